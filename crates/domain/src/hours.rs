//! Weekly hours: when a clinic is open and a provider works.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::zone::{WEEK, hhmm, weekday_key};

/// One stretch of a day, `from` included, `to` not. Never empty, never over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// First minute.
    pub from: Time,
    /// First minute after it.
    pub to: Time,
}

/// The text is not a stretch of a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected hours such as \"9:00-18:00\"")]
pub struct HoursError;

/// `9:00`, `09:30`, `24:00` (the last minute of the day).
pub(crate) fn parse_clock(text: &str) -> Result<Time, HoursError> {
    let (hour, minute) = text.trim().split_once(':').ok_or(HoursError)?;
    if hour.is_empty() || hour.len() > 2 || minute.len() != 2 {
        return Err(HoursError);
    }
    let (hour, minute): (i8, i8) = (hour.parse().map_err(|_| HoursError)?, minute.parse().map_err(|_| HoursError)?);
    if (hour, minute) == (24, 0) {
        return Ok(Time::constant(23, 59, 0, 0));
    }
    Time::new(hour, minute, 0, 0).map_err(|_| HoursError)
}

impl Stretch {
    /// A day from its first minute to its last.
    pub const WHOLE_DAY: Self = Self { from: Time::midnight(), to: Time::constant(23, 59, 0, 0) };

    /// What is left of it, at most two pieces.
    pub fn without(self, taken: Self) -> impl Iterator<Item = Self> {
        let before = Self { from: self.from, to: self.to.min(taken.from) };
        let after = Self { from: self.from.max(taken.to), to: self.to };
        [before, after].into_iter().filter(|piece| piece.from < piece.to)
    }

    /// What two stretches share.
    pub fn intersect(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from < to).then_some(Self { from, to })
    }
}

impl FromStr for Stretch {
    type Err = HoursError;
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let (from, to) = text.split_once(['-', '–']).ok_or(HoursError)?;
        let stretch = Self { from: parse_clock(from)?, to: parse_clock(to)? };
        if stretch.from < stretch.to { Ok(stretch) } else { Err(HoursError) }
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{:02}-{}", self.from.hour(), self.from.minute(), hhmm(self.to).trim_start_matches('0'))
    }
}

/// The stretches of one day, in order; none means closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayHours(pub Vec<Stretch>);

impl DayHours {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for DayHours {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => to.collect_str(one),
            many => to.collect_seq(many.iter().map(ToString::to_string)),
        }
    }
}

impl<'de> Deserialize<'de> for DayHours {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected hours such as \"9:00-18:00\" or a list of them")]
        enum Form {
            One(String),
            Many(Vec<String>),
        }
        let texts = match Form::deserialize(from)? {
            Form::One(text) => vec![text],
            Form::Many(texts) => texts,
        };
        let mut stretches: Vec<Stretch> =
            texts.iter().map(|t| t.parse()).collect::<Result<_, _>>().map_err(serde::de::Error::custom)?;
        stretches.sort_by_key(|s| s.from);
        if stretches.windows(2).any(|pair| pair[0].to > pair[1].from) {
            return Err(serde::de::Error::custom("expected hours of one day that do not overlap"));
        }
        Ok(Self(stretches))
    }
}

/// The hours of a week; a day that is absent is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are the days of the week")]
pub struct WeekHours {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mon: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tue: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wed: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thu: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fri: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sat: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sun: Option<DayHours>,
}

impl WeekHours {
    /// The stretches of a weekday; empty when closed.
    pub fn on(&self, day: Weekday) -> &[Stretch] {
        let hours = match day {
            Weekday::Monday => &self.mon,
            Weekday::Tuesday => &self.tue,
            Weekday::Wednesday => &self.wed,
            Weekday::Thursday => &self.thu,
            Weekday::Friday => &self.fri,
            Weekday::Saturday => &self.sat,
            Weekday::Sunday => &self.sun,
        };
        hours.as_ref().map_or(&[], |hours| &hours.0)
    }

    /// Whether no day has hours.
    pub fn is_empty(&self) -> bool {
        WEEK.iter().all(|day| self.on(*day).is_empty())
    }

    /// Runs of neighbouring days with equal hours, Monday first, closed days left out: how people say hours.
    pub fn runs(&self) -> Vec<(Weekday, Weekday, &[Stretch])> {
        let mut runs: Vec<(Weekday, Weekday, &[Stretch])> = Vec::new();
        for day in WEEK {
            let hours = self.on(day);
            if hours.is_empty() {
                continue;
            }
            match runs.last_mut() {
                Some((_, last, same)) if *same == hours && last.next() == day => *last = day,
                _ => runs.push((day, day, hours)),
            }
        }
        runs
    }
}

/// The key of a weekday in a clinic file.
pub fn day_key(day: Weekday) -> &'static str {
    weekday_key(day)
}

/// A time of day written `9:00` or `20:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime(pub Time);

impl Serialize for ClockTime {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{}:{:02}", self.0.hour(), self.0.minute()))
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        parse_clock(&text).map(Self).map_err(|_| serde::de::Error::custom("expected a time of day such as \"20:00\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_read_write_and_group() {
        let week: WeekHours =
            toml::from_str("mon = \"9:00-18:00\"\ntue = \"09:00-18:00\"\nthu = [\"13:00-19:00\", \"9:00-12:00\"]")
                .unwrap();
        assert_eq!(week.runs().len(), 2);
        assert_eq!(week.on(Weekday::Thursday)[0].to_string(), "9:00-12:00");
        assert_eq!(toml::to_string(&week).unwrap().lines().next(), Some("mon = \"9:00-18:00\""));
        for wrong in ["mon = \"18:00-9:00\"", "mon = \"9-18\"", "mon = 9", "mon = [\"9:00-12:00\", \"11:00-13:00\"]"] {
            assert!(toml::from_str::<WeekHours>(wrong).is_err(), "{wrong}");
        }
    }
}
