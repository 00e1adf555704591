//! When a patient would like to come.
//!
//! The field rules are those of the understanding contract; `after` means at or after, `before` strictly earlier, both
//! of the visit's start on the clinic's wall clock.

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::limits::NEAR;

/// A span of days, both ends included; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DateRange {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

impl DateRange {
    /// Whether a day lies in it.
    pub fn contains(&self, day: Date) -> bool {
        self.from.is_none_or(|from| day >= from) && self.to.is_none_or(|to| day <= to)
    }
}

/// Days with times of their own ("Tuesday mornings or Friday after 3").
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Window {
    /// Weekdays.
    pub days: Vec<DayName>,
    /// Single days.
    pub dates: Vec<Date>,
    /// At or after.
    pub after: Option<Time>,
    /// Strictly earlier.
    pub before: Option<Time>,
}

/// A weekday that serialises as `mon` … `sun`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DayName(pub Weekday);

impl Serialize for DayName {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(crate::zone::weekday_key(self.0))
    }
}

impl<'de> Deserialize<'de> for DayName {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let key = String::deserialize(from)?;
        let day = crate::zone::WEEK.into_iter().find(|day| crate::zone::weekday_key(*day) == key);
        day.map(Self).ok_or_else(|| serde::de::Error::custom("expected mon, tue, wed, thu, fri, sat or sun"))
    }
}

/// What was said about when. Nothing said is `Default`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TimePreference {
    /// Single days meant.
    pub dates: Vec<Date>,
    /// A span of days.
    pub date_range: Option<DateRange>,
    /// Weekdays named.
    pub days: Vec<DayName>,
    /// Exact times; offering looks within an hour of them.
    pub times: Vec<Time>,
    /// Weekdays ruled out.
    pub not_days: Vec<DayName>,
    /// Days ruled out.
    pub not_dates: Vec<Date>,
    /// Any time suits.
    pub flexible: bool,
    /// Filled only when different days carry different times.
    pub windows: Vec<Window>,
    /// At or after this time of day.
    pub after: Option<Time>,
    /// Strictly before this time of day.
    pub before: Option<Time>,
}

impl TimePreference {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a day was asked for (then more than two times a day may be offered).
    pub fn names_a_day(&self) -> bool {
        !self.dates.is_empty() || self.windows.iter().any(|window| !window.dates.is_empty())
    }

    /// Whether any day was named, excluded or bounded.
    pub fn says_days(&self) -> bool {
        !self.dates.is_empty()
            || self.date_range.is_some()
            || !self.days.is_empty()
            || !self.not_days.is_empty()
            || !self.not_dates.is_empty()
            || !self.windows.is_empty()
    }

    /// Whether any time of day was named or bounded.
    pub fn says_times(&self) -> bool {
        !self.times.is_empty() || self.after.is_some() || self.before.is_some() || !self.windows.is_empty()
    }

    /// Whether a visit that starts at this wall-clock time suits.
    pub fn admits(&self, start: DateTime) -> bool {
        let (day, time) = (start.date(), start.time());
        self.admits_day(day) && self.admits_time(day, time)
    }

    /// Whether a day suits, whatever the time.
    pub fn admits_day(&self, day: Date) -> bool {
        let weekday = DayName(day.weekday());
        if self.not_days.contains(&weekday) || self.not_dates.contains(&day) {
            return false;
        }
        if !self.dates.is_empty() || self.date_range.is_some() {
            let listed = self.dates.contains(&day);
            let in_range = self.date_range.is_some_and(|range| range.contains(day))
                && (self.days.is_empty() || !self.dates.is_empty() || self.days.contains(&weekday));
            return listed || in_range;
        }
        self.days.is_empty() || self.days.contains(&weekday)
    }

    fn admits_time(&self, day: Date, time: Time) -> bool {
        if !self.windows.is_empty() {
            let weekday = DayName(day.weekday());
            return self.windows.iter().any(|window| {
                let on =
                    if window.dates.is_empty() { window.days.contains(&weekday) } else { window.dates.contains(&day) };
                on && within(time, window.after, window.before)
            });
        }
        if !self.times.is_empty() {
            return self.times.iter().any(|wanted| minutes_between(*wanted, time) <= NEAR.as_mins());
        }
        within(time, self.after, self.before)
    }

    /// The newer statement wins where it says something; days and times are separate matters, so "after 5" keeps
    /// yesterday's "Tuesday" and "Friday" keeps "mornings".
    #[must_use]
    pub fn updated_by(self, newer: Self) -> Self {
        if newer.is_empty() {
            return self;
        }
        if newer.flexible && !newer.says_days() && !newer.says_times() {
            return newer;
        }
        let (mut merged, keep_days, keep_times) = (newer, self.clone(), self);
        // "Anytime but Thursday", then "not Friday either": only exclusions were added.
        let only_excludes = merged.dates.is_empty()
            && merged.days.is_empty()
            && merged.date_range.is_none()
            && merged.windows.is_empty()
            && !(merged.not_days.is_empty() && merged.not_dates.is_empty());
        if only_excludes {
            merged.dates.clone_from(&keep_days.dates);
            merged.date_range = keep_days.date_range;
            merged.days = keep_days.days.iter().filter(|day| !merged.not_days.contains(day)).copied().collect();
            merged.flexible |= keep_days.flexible;
            for day in &keep_days.not_days {
                if !merged.not_days.contains(day) {
                    merged.not_days.push(*day);
                }
            }
            for date in &keep_days.not_dates {
                if !merged.not_dates.contains(date) {
                    merged.not_dates.push(*date);
                }
            }
        }
        if !only_excludes && !merged.says_days() && keep_days.windows.is_empty() {
            merged.dates = keep_days.dates;
            merged.date_range = keep_days.date_range;
            merged.days = keep_days.days;
            merged.not_days = keep_days.not_days;
            merged.not_dates = keep_days.not_dates;
        }
        if !merged.says_times() && keep_times.windows.is_empty() {
            merged.times = keep_times.times;
            merged.after = keep_times.after;
            merged.before = keep_times.before;
        }
        merged
    }

    /// The same days with no time of day, for "the nearest we have that day".
    #[must_use]
    pub fn any_time(&self) -> Self {
        Self { times: Vec::new(), after: None, before: None, windows: Vec::new(), ..self.clone() }
    }

    /// The same time of day on any day.
    #[must_use]
    pub fn any_day(&self) -> Self {
        Self { times: self.times.clone(), after: self.after, before: self.before, ..Self::default() }
    }
}

fn within(time: Time, after: Option<Time>, before: Option<Time>) -> bool {
    after.is_none_or(|after| time >= after) && before.is_none_or(|before| time < before)
}

/// Minutes between two times of a day, without sign.
pub fn minutes_between(a: Time, b: Time) -> u64 {
    let minutes = |t: Time| i64::from(t.hour()) * 60 + i64::from(t.minute());
    minutes(a).abs_diff(minutes(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn bounds_and_days() {
        let tuesday_after_three = TimePreference {
            dates: vec![date(2026, 11, 24)],
            days: vec![DayName(Weekday::Tuesday)],
            after: Some(time(15, 0, 0, 0)),
            ..TimePreference::default()
        };
        let cases = [
            (date(2026, 11, 24).at(15, 0, 0, 0), true, "after is at or after"),
            (date(2026, 11, 24).at(14, 45, 0, 0), false, "too early"),
            (date(2026, 12, 1).at(15, 0, 0, 0), false, "another Tuesday"),
        ];
        for (at, suits, why) in cases {
            assert_eq!(tuesday_after_three.admits(at), suits, "{why}");
        }
        let before = TimePreference { before: Some(time(10, 30, 0, 0)), ..TimePreference::default() };
        assert!(before.admits(date(2026, 11, 24).at(10, 15, 0, 0)));
        assert!(!before.admits(date(2026, 11, 24).at(10, 30, 0, 0)), "before is strictly earlier");
        let around = TimePreference { times: vec![time(15, 0, 0, 0)], ..TimePreference::default() };
        assert!(
            around.admits(date(2026, 11, 24).at(16, 0, 0, 0)) && !around.admits(date(2026, 11, 24).at(16, 15, 0, 0))
        );
    }

    #[test]
    fn the_newest_statement_wins_where_it_speaks() {
        let mornings = TimePreference { before: Some(time(12, 0, 0, 0)), ..TimePreference::default() };
        let friday = TimePreference { dates: vec![date(2026, 11, 27)], ..TimePreference::default() };
        let both = mornings.clone().updated_by(friday.clone());
        assert_eq!((both.before, both.dates.len()), (mornings.before, 1));
        let after_five = TimePreference { after: Some(time(17, 0, 0, 0)), ..TimePreference::default() };
        let changed = both.updated_by(after_five);
        assert_eq!((changed.before, changed.after.is_some(), changed.dates.len()), (None, true, 1));
    }
}
