//! Phone numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A phone number in E.164 form, e.g. `+13125550142`. `Debug` shows the last two digits only.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

/// The text is not an E.164 number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a phone number in E.164 form such as +13125550142")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// # Errors
    /// [`PhoneNumberError`] unless `raw` is `+` and 8 to 15 digits, the first not zero.
    pub fn parse(raw: &str) -> Result<Self, PhoneNumberError> {
        let digits = raw.strip_prefix('+').ok_or(PhoneNumberError)?;
        let fits =
            (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if fits { Ok(Self(raw.to_owned())) } else { Err(PhoneNumberError) }
    }

    /// The full number: for a vendor's request, never for a log line.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Its last four digits, by which people know it among few.
    pub fn last_four(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// The three digits behind `+1`, when the number is of the North American plan.
    pub fn area_code(&self) -> Option<u16> {
        let national = self.0.strip_prefix("+1").filter(|rest| rest.len() == 10)?;
        national[..3].parse().ok()
    }

    /// As people of the country write it: `(312) 555-0142`; other countries' as E.164.
    pub fn national(&self) -> String {
        match self.0.strip_prefix("+1").filter(|rest| rest.len() == 10) {
            Some(n) => format!("({}) {}-{}", &n[..3], &n[3..6], &n[6..]),
            None => self.0.clone(),
        }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "+…{}", &self.0[self.0.len() - 2..])
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e164_is_a_number_and_debug_hides_it() {
        let number = PhoneNumber::parse("+13125550142").unwrap();
        assert_eq!(format!("{number:?}"), "+…42");
        assert_eq!((number.area_code(), number.national().as_str()), (Some(312), "(312) 555-0142"));
        for wrong in ["3125550142", "+0125550142", "+1", "+1312555014a", "", "anonymous", "+1234567890123456"] {
            assert!(PhoneNumber::parse(wrong).is_err(), "{wrong}");
        }
    }
}
