//! Amounts of money.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A currency we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Currency {
    /// United States dollar, minor unit cent.
    #[serde(rename = "USD")]
    Usd,
}

impl Currency {
    /// The ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
        }
    }
}

/// An amount in the currency's minor unit (cents for USD). Never a float, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor_units: i64,
    currency: Currency,
}

/// The text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an amount such as \"$100\" or \"$12.50\"")]
pub struct MoneyError;

impl Money {
    /// A number of cents; negative counts as nothing.
    pub const fn usd_cents(minor_units: i64) -> Self {
        Self { minor_units: if minor_units < 0 { 0 } else { minor_units }, currency: Currency::Usd }
    }
    /// The amount in cents.
    pub const fn minor_units(self) -> i64 {
        self.minor_units
    }
    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, cents) = (self.minor_units / 100, self.minor_units % 100);
        if cents == 0 { write!(out, "${whole}") } else { write!(out, "${whole}.{cents:02}") }
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let digits = text.trim().strip_prefix('$').ok_or(MoneyError)?.replace(',', "");
        let (whole, cents) = digits.split_once('.').unwrap_or((&digits, "00"));
        if whole.is_empty() || cents.len() != 2 || !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Err(MoneyError);
        }
        let whole: i64 = whole.parse().map_err(|_| MoneyError)?;
        let cents: i64 = cents.parse().map_err(|_| MoneyError)?;
        let minor = whole.checked_mul(100).and_then(|w| w.checked_add(cents)).ok_or(MoneyError)?;
        Ok(Self::usd_cents(minor))
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_and_write() {
        for (text, minor) in [("$100", 10_000), ("$12.50", 1250), ("$0", 0)] {
            let money: Money = text.parse().unwrap();
            assert_eq!((money.minor_units(), money.to_string().as_str()), (minor, text));
        }
        assert_eq!("$1,250".parse::<Money>().map(Money::minor_units), Ok(125_000));
        for wrong in ["100", "$", "$1.5", "$-3", "$x"] {
            assert_eq!(wrong.parse::<Money>(), Err(MoneyError), "{wrong}");
        }
    }
}
