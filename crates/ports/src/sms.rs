//! Sending a text message.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::ids::ConversationId;

use crate::PortError;

/// A text to one handset.
#[derive(Debug, Clone)]
pub struct OutboundSms {
    /// Our number: the one the patient used.
    pub from: PhoneNumber,
    /// The handset.
    pub to: PhoneNumber,
    /// The words.
    pub text: Words,
    /// Our reference; it comes back in the receipt. `None` for texts whose receipt nobody waits for.
    pub reference: Option<String>,
    /// The conversation it is about.
    pub conversation: ConversationId,
}

/// Words of or to a patient. `Debug` shows their length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(pub String);

impl std::fmt::Debug for Words {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "[{} characters]", self.0.chars().count())
    }
}

/// The carrier's id of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorMessageId(pub String);

/// What a search for a message found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trace {
    /// The carrier has it, under this id.
    Found(VendorMessageId),
    /// It never got there: sending it again is safe.
    NotThere,
    /// This carrier's messages cannot be searched.
    Unsearchable,
}

/// Sends one text message to one handset.
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// The carrier's name in logs, metrics and the store.
    fn vendor(&self) -> &'static str;
    /// Hands a text over. `Ok` means the carrier accepted it, not that it was delivered. There is no idempotency key at
    /// either carrier: after `Happened::Unknown` only a receipt tells.
    async fn send(&self, sms: &OutboundSms) -> Result<VendorMessageId, PortError>;
    /// Looks for a text whose answer was lost, among those made since an instant.
    async fn trace(&self, sms: &OutboundSms, since: Timestamp) -> Result<Trace, PortError> {
        let _ = (sms, since);
        Ok(Trace::Unsearchable)
    }
}
