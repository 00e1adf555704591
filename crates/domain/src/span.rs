//! Lengths of time as people write them in a clinic file: `90m`, `2h`, `60d`, `1500ms`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// A length of time, whole milliseconds, at most ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

/// The text is not a length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a length of time such as \"90m\", \"2h\", \"60d\" or \"1500ms\"")]
pub struct SpanError;

impl Span {
    /// Nothing at all.
    pub const ZERO: Self = Self(0);

    /// A number of milliseconds.
    pub const fn millis(ms: u64) -> Self {
        Self(ms)
    }
    /// A number of seconds.
    pub const fn secs(seconds: u64) -> Self {
        Self(seconds * 1000)
    }
    /// A number of minutes.
    pub const fn mins(minutes: u64) -> Self {
        Self(minutes * 60_000)
    }
    /// A number of hours.
    pub const fn hours(hours: u64) -> Self {
        Self(hours * 3_600_000)
    }
    /// A number of days of 24 hours.
    pub const fn days(days: u64) -> Self {
        Self(days * 86_400_000)
    }
    /// Whole milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }
    /// Whole minutes, rounded up.
    pub const fn as_mins(self) -> u64 {
        self.0.div_ceil(60_000)
    }
    /// As the standard library's duration.
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
    /// As a signed duration, for arithmetic on instants.
    pub fn signed(self) -> SignedDuration {
        SignedDuration::from_millis(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
        // "60m" is read more easily than "1h" beside "15m", so only two or more of a unit use it.
        for (size, unit) in UNITS {
            if self.0 >= 2 * size && self.0.is_multiple_of(size) {
                return write!(out, "{}{unit}", self.0 / size);
            }
        }
        if self.0.is_multiple_of(60_000) { write!(out, "{}m", self.0 / 60_000) } else { write!(out, "{}ms", self.0) }
    }
}

impl FromStr for Span {
    type Err = SpanError;
    fn from_str(text: &str) -> Result<Self, SpanError> {
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or(SpanError)?;
        let count: u64 = text[..split].parse().map_err(|_| SpanError)?;
        let unit = match text[split..].trim() {
            "ms" => 1,
            "s" => 1000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(SpanError),
        };
        let ms = count.checked_mul(unit).filter(|ms| *ms <= 10 * 366 * 86_400_000).ok_or(SpanError)?;
        Ok(Self(ms))
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_and_write() {
        for (text, ms) in [("90m", 5_400_000), ("2h", 7_200_000), ("60d", 5_184_000_000), ("1500ms", 1500), ("0m", 0)] {
            let span: Span = text.parse().unwrap();
            assert_eq!((span.as_millis(), span.to_string().as_str()), (ms, text));
        }
        for wrong in ["", "5", "h", "-1h", "1.5h", "9999999d", "2 weeks"] {
            assert_eq!(wrong.parse::<Span>(), Err(SpanError), "{wrong}");
        }
    }
}
