//! Which of the free times are offered, and how the list is marked.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::limits::{OFFER_MAX, OFFER_PER_DAY};
use crate::preference::{TimePreference, minutes_between};
use crate::slot::Slot;
use crate::zone::Zone;

/// How the entries of a list are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marks {
    /// One time only: no mark.
    None,
    /// 1, 2, 3.
    Numbers,
    /// A, B, C: because a list number is the hour of another listed time.
    Letters,
}

impl Marks {
    /// The marks for times in the order shown.
    pub fn for_times(times: &[DateTime]) -> Self {
        if times.len() < 2 {
            return Self::None;
        }
        let hour_of = |t: &DateTime| (usize::try_from(t.hour()).unwrap_or(0) + 11) % 12 + 1;
        let clash = (1..=times.len())
            .any(|number| times.iter().enumerate().any(|(at, time)| at + 1 != number && hour_of(time) == number));
        if clash { Self::Letters } else { Self::Numbers }
    }

    /// The mark of the entry at an index from 0.
    pub fn mark(self, index: usize) -> String {
        match self {
            Self::None => String::new(),
            Self::Numbers => (index + 1).to_string(),
            Self::Letters => char::from(b'A' + u8::try_from(index).unwrap_or(0)).to_string(),
        }
    }
}

/// Picks the times to offer: at most six (or `max`), at most two a day unless a day was asked for, those near a wanted
/// exact time first, spread over the day else, whole and half hours before quarters; sorted by time, one per start.
pub fn choose(zone: &Zone, free: &[Slot], wanted: &TimePreference, shown: &[Timestamp], max: usize) -> Vec<Slot> {
    let max = max.min(OFFER_MAX);
    let mut days: Vec<Vec<&Slot>> = Vec::new();
    for slot in free {
        if shown.contains(&slot.start) {
            continue;
        }
        let day = zone.local(slot.start).date();
        match days.last_mut() {
            Some(list) if zone.local(list[0].start).date() == day => {
                if list.last().is_none_or(|last| last.start != slot.start) {
                    list.push(slot);
                }
            }
            _ => days.push(vec![slot]),
        }
    }
    let per_day = if wanted.names_a_day() || days.len() == 1 {
        max.div_ceil(days.len().max(1)).max(OFFER_PER_DAY)
    } else {
        OFFER_PER_DAY
    };
    let mut chosen: Vec<&Slot> = Vec::new();
    for list in &days {
        let room = max.saturating_sub(chosen.len()).min(per_day);
        if room == 0 {
            break;
        }
        chosen.extend(of_one_day(zone, list, wanted, room));
    }
    chosen.sort_by_key(|slot| slot.start);
    chosen.into_iter().cloned().collect()
}

/// The free times nearest to a moment: one per start, at most three a day unless there is only one day, sorted by time.
pub fn nearest(zone: &Zone, free: &[Slot], target: Timestamp, shown: &[Timestamp], max: usize) -> Vec<Slot> {
    const PER_DAY: usize = 3;
    let mut by_distance: Vec<&Slot> = free.iter().filter(|slot| !shown.contains(&slot.start)).collect();
    let round = |slot: &Slot| zone.local(slot.start).minute() % 30 != 0;
    by_distance.sort_by_key(|slot| (slot.start.duration_since(target).abs(), slot.start));
    // Whole and half hours first, where there are enough of them near.
    let near: Vec<&Slot> = by_distance.iter().copied().filter(|slot| !round(slot)).collect();
    let pool = if near.len() >= max { near } else { by_distance };
    let day = |slot: &Slot| zone.local(slot.start).date();
    let one_day = pool.iter().all(|slot| day(slot) == day(pool[0]));
    let mut chosen: Vec<&Slot> = Vec::new();
    for slot in pool {
        let same_start = chosen.iter().any(|known| known.start == slot.start);
        let that_day = chosen.iter().filter(|known| day(known) == day(slot)).count();
        if !same_start && (one_day || that_day < PER_DAY) {
            chosen.push(slot);
        }
        if chosen.len() == max.min(OFFER_MAX) {
            break;
        }
    }
    chosen.sort_by_key(|slot| slot.start);
    chosen.into_iter().cloned().collect()
}

fn of_one_day<'a>(zone: &Zone, list: &[&'a Slot], wanted: &TimePreference, room: usize) -> Vec<&'a Slot> {
    if !wanted.times.is_empty() {
        let mut near: Vec<&Slot> = list.to_vec();
        near.sort_by_key(|slot| {
            let time = zone.local(slot.start).time();
            wanted.times.iter().map(|want| minutes_between(*want, time)).min().unwrap_or(0)
        });
        // The time asked for is free: more of that day would only blur the answer.
        let exact = near.iter().filter(|slot| wanted.times.contains(&zone.local(slot.start).time())).count();
        near.truncate(if exact > 0 { exact.min(room) } else { room.min(3) });
        return near;
    }
    let round: Vec<&Slot> = list.iter().copied().filter(|slot| zone.local(slot.start).minute() % 30 == 0).collect();
    let pool = if round.len() >= room { round } else { list.to_vec() };
    if pool.len() <= room {
        return pool;
    }
    if room == 1 {
        return vec![pool[0]];
    }
    (0..room).map(|step| pool[step * (pool.len() - 1) / (room - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LocationId, ServiceId};
    use jiff::civil::{date, time};

    fn slots(zone: &Zone, days: &[i8], hours: std::ops::Range<i8>) -> Vec<Slot> {
        let mut out = Vec::new();
        for day in days {
            for hour in hours.clone() {
                for minute in [0, 15, 30, 45] {
                    let start = zone.instant(date(2026, 11, *day).at(hour, minute, 0, 0)).unwrap();
                    out.push(Slot {
                        start,
                        end: start + jiff::SignedDuration::from_mins(30),
                        provider: None,
                        location: LocationId::from_raw(1),
                        service: ServiceId::from_raw(1),
                        platform_id: None,
                    });
                }
            }
        }
        out
    }

    fn shown(zone: &Zone, slots: &[Slot]) -> Vec<String> {
        slots.iter().map(|s| zone.local(s.start).strftime("%d %H:%M").to_string()).collect()
    }

    #[test]
    fn two_a_day_unless_a_day_was_asked_for() {
        let zone = Zone::parse("America/New_York").unwrap();
        let free = slots(&zone, &[23, 24, 25, 26], 9..17);
        let any = choose(&zone, &free, &TimePreference::default(), &[], 6);
        assert_eq!(shown(&zone, &any), ["23 09:00", "23 16:30", "24 09:00", "24 16:30", "25 09:00", "25 16:30"]);
        let one_day = TimePreference { dates: vec![date(2026, 11, 23)], ..TimePreference::default() };
        let monday: Vec<Slot> = slots(&zone, &[23], 9..17);
        assert_eq!(choose(&zone, &monday, &one_day, &[], 6).len(), 6);
    }

    #[test]
    fn an_exact_time_that_is_free_stands_alone() {
        let zone = Zone::parse("America/New_York").unwrap();
        let want = TimePreference {
            dates: vec![date(2026, 11, 23)],
            times: vec![time(14, 0, 0, 0)],
            ..TimePreference::default()
        };
        let free = slots(&zone, &[23], 13..16);
        assert_eq!(shown(&zone, &choose(&zone, &free, &want, &[], 6)), ["23 14:00"]);
        let without: Vec<Slot> = free.into_iter().filter(|s| zone.local(s.start).minute() != 0).collect();
        assert_eq!(shown(&zone, &choose(&zone, &without, &want, &[], 6)), ["23 13:30", "23 13:45", "23 14:15"]);
    }

    #[test]
    fn a_list_number_that_is_another_times_hour_makes_letters() {
        let at = |h| date(2026, 11, 23).at(h, 0, 0, 0);
        for (hours, marks, why) in [
            (vec![13, 14, 15], Marks::Numbers, "1, 2 and 3 pm stand at 1, 2 and 3"),
            (vec![10, 11, 13], Marks::Letters, "1 is 10:00 by number and 1 pm by hour"),
            (vec![9, 11, 16], Marks::Numbers, "no hour among 1 to 3"),
            (vec![14], Marks::None, "one time needs no mark"),
        ] {
            let times: Vec<DateTime> = hours.into_iter().map(at).collect();
            assert_eq!(Marks::for_times(&times), marks, "{why}");
        }
    }
}
