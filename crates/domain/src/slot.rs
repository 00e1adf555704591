//! Bookable intervals, and the free ones of a day.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::hours::Stretch;
use crate::ids::{LocationId, ProviderId, ServiceId};
use crate::limits::{BOOKING_GRAIN, SLOT_GRID};
use crate::zone::Zone;

/// A bookable interval. It keeps its provider and the platform's own id to the end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// When the visit begins.
    pub start: Timestamp,
    /// When the patient is done; a buffer behind it is not part of it.
    pub end: Timestamp,
    /// Who treats; `None` where the clinic keeps no providers.
    pub provider: Option<ProviderId>,
    /// Where.
    pub location: LocationId,
    /// What for.
    pub service: ServiceId,
    /// The booking platform's own id of this slot, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_id: Option<String>,
}

/// The five-minute instants an interval touches, as counts since the Unix epoch: the key that forbids a double booking.
pub fn instants(start: Timestamp, end: Timestamp) -> impl Iterator<Item = i64> {
    let grain = i64::try_from(BOOKING_GRAIN.as_millis()).unwrap_or(300_000);
    let first = start.as_millisecond().div_euclid(grain);
    let last = (end.as_millisecond() - 1).div_euclid(grain);
    first..=last
}

/// What one resource needs to be free for.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// The visit, in minutes.
    pub minutes: u64,
    /// Cleaning up behind it, in minutes; it may lie after closing time.
    pub buffer_minutes: u64,
}

/// The starts of a day at which a visit fits: on the grid of the wall clock, inside one working stretch, and free.
///
/// Times the clocks skip do not exist; of a repeated hour the first one counts.
pub fn free_starts(
    zone: &Zone,
    day: Date,
    stretches: &[Stretch],
    need: Need,
    busy: &HashSet<i64>,
) -> Vec<(Timestamp, Timestamp)> {
    let grid = i64::try_from(SLOT_GRID.as_mins()).unwrap_or(15);
    let mut found = Vec::new();
    for stretch in stretches {
        let Some(closing) = zone.instant(day.to_datetime(stretch.to)) else { continue };
        let mut minute = i64::from(stretch.from.hour()) * 60 + i64::from(stretch.from.minute());
        minute = (minute + grid - 1) / grid * grid;
        while minute < 24 * 60 {
            let (hour, rest) = (i8::try_from(minute / 60).unwrap_or(0), i8::try_from(minute % 60).unwrap_or(0));
            minute += grid;
            let Some(start) = zone.instant(day.at(hour, rest, 0, 0)) else { continue };
            let end = start + jiff::SignedDuration::from_mins(i64::try_from(need.minutes).unwrap_or(0));
            if end > closing {
                break;
            }
            let cleared = end + jiff::SignedDuration::from_mins(i64::try_from(need.buffer_minutes).unwrap_or(0));
            if instants(start, cleared).all(|instant| !busy.contains(&instant)) {
                found.push((start, end));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn starts(zone: &Zone, day: Date, hours: &str, need: Need, busy: &[(Timestamp, Timestamp)]) -> Vec<String> {
        let busy = busy.iter().flat_map(|(from, to)| instants(*from, *to)).collect();
        free_starts(zone, day, &[hours.parse().unwrap()], need, &busy)
            .into_iter()
            .map(|(start, _)| zone.local(start).strftime("%H:%M").to_string())
            .collect()
    }

    #[test]
    fn a_visit_fits_before_closing_and_around_others() {
        let zone = Zone::parse("America/New_York").unwrap();
        let day = date(2026, 11, 23);
        let at = |h, m| zone.instant(day.at(h, m, 0, 0)).unwrap();
        let need = Need { minutes: 30, buffer_minutes: 15 };
        assert_eq!(starts(&zone, day, "9:00-10:30", need, &[]), ["09:00", "09:15", "09:30", "09:45", "10:00"]);
        let taken = [(at(9, 45), at(10, 0))];
        assert_eq!(starts(&zone, day, "9:00-10:30", need, &taken), ["09:00", "10:00"], "the buffer must be free too");
    }

    #[test]
    fn the_night_the_clocks_move_has_no_hour_that_is_not_there() {
        let zone = Zone::parse("America/New_York").unwrap();
        let need = Need { minutes: 30, buffer_minutes: 0 };
        assert_eq!(starts(&zone, date(2027, 3, 14), "1:30-3:30", need, &[]), ["01:30", "01:45", "03:00"]);
    }
}
