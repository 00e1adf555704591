//! Bearer tokens of the conversation API: what they look like, and what one may do.

use crate::ids::TokenId;

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Hold conversations and read their state.
    Conversations,
    /// See open times.
    Availability,
    /// Book by form.
    Bookings,
    /// Tell who is a patient of the clinic.
    Patients,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Conversations, Self::Availability, Self::Bookings, Self::Patients];

    /// The name on the command line and in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Availability => "availability",
            Self::Bookings => "bookings",
            Self::Patients => "patients",
        }
    }

    /// The scope of a name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.key() == key)
    }
}

/// A token as its holder has it: `fd_<26 digits of its id>_<43 characters of secret>`. `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken {
    /// Which.
    pub id: TokenId,
    /// 32 random bytes in URL-safe base64 without padding.
    pub secret: String,
}

impl BearerToken {
    /// Reads one; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix("fd_")?.split_once('_')?;
        let id = format!("{}_{id}", TokenId::PREFIX).parse().ok()?;
        let fits = secret.len() == 43 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        fits.then(|| Self { id, secret: secret.to_owned() })
    }

    /// As it is handed out, once.
    pub fn expose(&self) -> String {
        let id = self.id.to_string();
        let digits = id.split_once('_').map_or("", |(_, digits)| digits);
        format!("fd_{digits}_{}", self.secret)
    }
}

impl std::fmt::Debug for BearerToken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "BearerToken({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let token = BearerToken { id: TokenId::from_raw(77), secret: "a_-9".repeat(10) + "xyz" };
        assert_eq!(BearerToken::parse(&token.expose()), Some(token.clone()));
        assert!(!format!("{token:?}").contains("a_-9"), "the secret is not shown");
        for wrong in ["", "fd_", "fd_x_y", "tok_1", &token.expose()[1..], &(token.expose() + "1"), "fd_é_é"] {
            assert_eq!(BearerToken::parse(wrong), None, "{wrong}");
        }
    }
}
