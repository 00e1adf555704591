//! Looking at a vendor's account without changing anything: for `frontdesk doctor`.

use async_trait::async_trait;

use frontdesk_domain::PhoneNumber;

use crate::PortError;

/// What an account should be like.
pub struct Expected<'a> {
    /// Where the vendor should reach us, without a slash at the end.
    pub public_url: &'a str,
    /// Numbers that should be its.
    pub numbers: &'a [PhoneNumber],
}

/// What a look found.
#[derive(Debug, Default)]
pub struct Found {
    /// What is not as it should be, a sentence each that says what to do.
    pub wrong: Vec<String>,
    /// Numbers that are not in this account: another carrier's, or nobody's.
    pub unknown: Vec<PhoneNumber>,
}

/// A vendor that can be looked at.
#[async_trait]
pub trait Checkup: Send + Sync {
    /// Its name.
    fn vendor(&self) -> &'static str;
    /// What is not as it should be; nothing when all is well.
    ///
    /// # Errors
    /// When it does not answer, or refuses the key.
    async fn look(&self, expected: &Expected<'_>) -> Result<Found, PortError>;
}
