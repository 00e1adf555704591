//! Sending e-mail.

use async_trait::async_trait;

use frontdesk_domain::ids::ConversationId;

use crate::PortError;

/// An e-mail.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboundEmail {
    /// The recipient.
    pub to: String,
    /// The subject, on one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// A calendar file (`text/calendar`).
    pub calendar: Option<String>,
    /// The same each time this e-mail is tried: the `Message-ID`.
    pub key: String,
    /// The conversation it is about.
    pub conversation: ConversationId,
}

impl std::fmt::Debug for OutboundEmail {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "OutboundEmail({})", self.key)
    }
}

/// Sends e-mail.
#[async_trait]
pub trait EmailSender: Send + Sync {
    /// The vendor's name in logs and the store.
    fn vendor(&self) -> &'static str;
    /// Whether names and health facts may stand in every e-mail by it, because none leaves this machine. Of any other vendor
    /// an agreement is recorded by organisation; without one an e-mail only says that there is something behind a link.
    fn may_hold_health_data(&self) -> bool {
        false
    }
    /// Hands an e-mail over. `Ok` means that the next server took it.
    async fn send(&self, email: &OutboundEmail) -> Result<(), PortError>;
}
