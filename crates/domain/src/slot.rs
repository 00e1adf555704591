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

    /// Zones with and without summer time, on both sides of the equator, with a half-hour shift, and far from UTC.
    const ZONES: [&str; 7] = [
        "America/New_York",
        "America/Los_Angeles",
        "America/Phoenix",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Auckland",
        "Europe/London",
    ];

    proptest::proptest! {
        /// Whatever day it is, the nights the clocks move above all: a start exists, lies in the hours on the day and on the
        /// grid, comes once, and its visit is as long as it should be and over by closing time, on free instants only.
        #[test]
        fn every_start_is_real(
            zone in proptest::sample::select(&ZONES[..]),
            days in 0_i64..2_200,
            night in proptest::bool::ANY,
            (open, length) in (0_i64..1_400, 15_i64..1_400),
            minutes in 5_u64..240,
            buffer in 0_u64..30,
            busy in proptest::collection::vec(0_i64..288, 0..40),
        ) {
            let zone = Zone::parse(zone).unwrap();
            let mut day = date(2025, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            if night {
                // The next day on which the clocks move in New York.
                let moves = |d: Date| {
                    let ny = Zone::parse("America/New_York").unwrap();
                    let at = |d: Date| ny.instant(d.at(12, 0, 0, 0)).unwrap();
                    at(d).duration_since(at(d.yesterday().unwrap())).as_hours() != 24
                };
                while !moves(day) {
                    day = day.tomorrow().unwrap();
                }
            }
            let clock = |minute: i64| {
                jiff::civil::Time::constant(i8::try_from(minute / 60).unwrap(), i8::try_from(minute % 60).unwrap(), 0, 0)
            };
            let stretch = Stretch { from: clock(open), to: clock((open + length).min(1_439)) };
            let first = zone.instant(day.at(4, 0, 0, 0)).unwrap();
            let base = instants(first, first + jiff::SignedDuration::from_mins(5)).next().unwrap();
            let busy: HashSet<i64> = busy.into_iter().map(|n| base + n).collect();
            let need = Need { minutes, buffer_minutes: buffer };
            let found = free_starts(&zone, day, &[stretch], need, &busy);
            for (start, end) in &found {
                let local = zone.local(*start);
                proptest::prop_assert_eq!(local.date(), day);
                proptest::prop_assert!(local.time() >= stretch.from && local.time() < stretch.to);
                proptest::prop_assert_eq!(local.minute() % 15, 0);
                proptest::prop_assert_eq!(zone.instant(local), Some(*start));
                proptest::prop_assert_eq!(end.duration_since(*start).as_mins(), i64::try_from(minutes).unwrap());
                let closing = zone.instant(day.to_datetime(stretch.to)).unwrap();
                proptest::prop_assert!(*end <= closing);
                let cleared = *end + jiff::SignedDuration::from_mins(i64::try_from(buffer).unwrap());
                proptest::prop_assert!(instants(*start, cleared).all(|instant| !busy.contains(&instant)));
            }
            proptest::prop_assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}
