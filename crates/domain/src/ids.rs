//! Identifiers: typed, prefixed, sortable by the time they were made.
//!
//! An id is 48 bits of Unix milliseconds and 80 bits of entropy, written as a prefix and 26 Crockford base-32 digits
//! (`cnv_01JD…`). Where the bits come from is decided outside: `ports::Ids`.

use std::fmt;
use std::str::FromStr;

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The prefix is another kind's, or missing.
    #[error("expected an id that starts with {0}_")]
    Prefix(&'static str),
    /// The part behind the prefix is not 26 base-32 digits.
    #[error("expected 26 base-32 digits behind the prefix")]
    Digits,
}

/// Puts a moment and entropy together: the raw value of an id.
pub const fn raw_id(unix_ms: u64, entropy: u128) -> u128 {
    ((unix_ms as u128 & 0xFFFF_FFFF_FFFF) << 80) | (entropy & ((1 << 80) - 1))
}

fn write_digits(raw: u128, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [0_u8; 26];
    for (at, digit) in text.iter_mut().enumerate() {
        let shift = 5 * (25 - at);
        *digit = DIGITS[usize::try_from((raw >> shift) & 31).unwrap_or(0)];
    }
    out.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

fn read_digits(text: &str) -> Option<u128> {
    if text.len() != 26 {
        return None;
    }
    text.bytes().try_fold(0_u128, |raw, byte| {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        raw.checked_mul(32)?.checked_add(digit as u128)
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What every id of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// From raw bits, see [`raw_id`].
            pub const fn from_raw(raw: u128) -> Self {
                Self(raw)
            }

            /// The raw bits.
            pub const fn raw(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(concat!($prefix, "_"))?;
                write_digits(self.0, out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(IdError::Prefix($prefix))?;
                read_digits(digits).map(Self).ok_or(IdError::Digits)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A booked visit.
    AppointmentId = "apt";
    /// One phone call, all legs of it.
    CallId = "cal";
    /// A med spa that patients call and text.
    ClinicId = "cln";
    /// A number, e-mail address or social id of an organisation.
    ContactId = "con";
    /// The thread between a clinic and a contact.
    ConversationId = "cnv";
    /// Money asked of a patient by link.
    DepositId = "dep";
    /// A slot kept for minutes.
    HoldId = "hld";
    /// One request inside a conversation.
    LeadId = "led";
    /// One address of a clinic.
    LocationId = "loc";
    /// A message to or from a patient.
    MessageId = "msg";
    /// A message to staff.
    NoticeId = "ntc";
    /// The tenant that owns data.
    OrgId = "org";
    /// Who treats.
    ProviderId = "pro";
    /// A room, one visit at a time.
    RoomId = "rom";
    /// Who the clinic's own system knows.
    PatientId = "pat";
    /// What is sold.
    ServiceId = "svc";
    /// A bearer token of the conversation API.
    TokenId = "tok";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_sorts_by_time() {
        let early = ConversationId::from_raw(raw_id(1_700_000_000_000, u128::MAX));
        let late = ConversationId::from_raw(raw_id(1_700_000_000_001, 0));
        assert_eq!(early.to_string().parse(), Ok(early));
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!("apt_1".parse::<ConversationId>(), Err(IdError::Prefix("cnv")));
        assert_eq!("cnv_1".parse::<ConversationId>(), Err(IdError::Digits));
    }
}
