//! What vendors report to us by webhook, in our own words.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::call::CallReport;
use frontdesk_domain::consent::CarrierKeyword;
use frontdesk_domain::ids::{ClinicId, ConversationId, MessageId, OrgId};
use frontdesk_domain::language::Language;
use frontdesk_domain::lead::PatientType;
use frontdesk_domain::money::Money;
use frontdesk_domain::slot::Slot;

use crate::PortError;

/// Something that happened outside. `event_id` is the vendor's: the same event delivered twice has the same one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboundEvent {
    /// Which vendor.
    pub vendor: String,
    /// The vendor's id of the event.
    pub event_id: String,
    /// When it happened, by the vendor.
    pub occurred_at: Timestamp,
    /// What.
    pub what: Inbound,
}

impl std::fmt::Debug for InboundEvent {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "InboundEvent({} {} {})", self.vendor, self.what.key(), self.event_id)
    }
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Inbound {
    /// A patient texted one of our numbers.
    Text {
        /// As the carrier gives it; not always E.164.
        from: String,
        /// Our number, or the first of a group that has it.
        to: String,
        /// The others a text to a group went to.
        #[serde(default)]
        also_to: Vec<String>,
        /// The words; identifiers are masked before it is stored.
        text: String,
        /// How many pictures or files came along.
        media: u32,
        /// Where the carrier keeps them.
        #[serde(default)]
        references: Vec<String>,
        /// The carrier answered a keyword by itself.
        carrier_keyword: Option<CarrierKeyword>,
        /// A birth date in it, masked since, was of somebody under 18.
        #[serde(default)]
        minor: bool,
    },
    /// Something came from a clinic's own site: a chat, or a form.
    Chat {
        /// The tenant.
        org: OrgId,
        /// The clinic.
        clinic: ClinicId,
        /// The conversation: new, or one of this clinic by chat.
        conversation: ConversationId,
        /// The id of what was said.
        message: MessageId,
        /// What.
        what: Box<ChatEvent>,
    },
    /// What became of a message of ours.
    Receipt {
        /// Our id, from the callback URL.
        message: Option<String>,
        /// The carrier's id.
        vendor_message: String,
        /// What became of it.
        status: DeliveryStatus,
        /// The carrier's error code.
        code: Option<String>,
    },
    /// Something about a payment.
    Payment {
        /// Our reference, given with the link.
        reference: Option<String>,
        /// The vendor's id of the payment.
        payment: String,
        /// What.
        report: PaymentReport,
    },
    /// Something about a call.
    Call {
        /// The same for all legs of a call.
        session: String,
        /// The leg to command, where this event names the caller's.
        leg: Option<String>,
        /// The caller.
        from: String,
        /// Our number.
        to: String,
        /// What.
        report: CallReport,
        /// The clinic's line was busy.
        busy: bool,
    },
}

impl Inbound {
    /// The name in logs and metrics.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Chat { .. } => "chat",
            Self::Receipt { .. } => "receipt",
            Self::Call { .. } => "call",
            Self::Payment { .. } => "payment",
        }
    }

    /// A text of words alone.
    pub const fn plain_text(from: String, to: String, text: String) -> Self {
        Self::Text {
            from,
            to,
            also_to: Vec::new(),
            text,
            media: 0,
            references: Vec::new(),
            carrier_keyword: None,
            minor: false,
        }
    }

    /// The numbers it names of which one may be ours.
    pub fn called_numbers(&self) -> impl Iterator<Item = &str> {
        let (first, others) = match self {
            Self::Text { to, also_to, .. } => (Some(to), also_to.as_slice()),
            Self::Call { to, .. } => (Some(to), [].as_slice()),
            Self::Receipt { .. } | Self::Payment { .. } | Self::Chat { .. } => (None, [].as_slice()),
        };
        first.into_iter().chain(others).map(String::as_str)
    }
}

/// What came from a clinic's own site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum ChatEvent {
    /// They opened the chat.
    Opened,
    /// They wrote.
    Wrote {
        /// The words; identifiers are masked before it is stored.
        text: String,
        /// A birth date in it, masked since, was of somebody under 18.
        #[serde(default)]
        minor: bool,
    },
    /// They filled in a form.
    AskedForVisit {
        /// First and last name.
        name: String,
        /// E-mail, valid.
        email: Option<String>,
        /// A number.
        phone: Option<PhoneNumber>,
        /// It may be texted.
        may_text: bool,
        /// New or existing.
        patient_type: PatientType,
        /// The time, as the platform had it.
        slot: Slot,
        /// The deposit they agreed to.
        agreed: Option<Money>,
        /// The language of the page.
        language: Language,
    },
}

/// What became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentReport {
    /// The money is there.
    Paid {
        /// How much, in minor units.
        amount_minor: i64,
    },
    /// An attempt failed; the page is still open.
    Failed,
    /// The money went back.
    Refunded,
    /// The cardholder contests it.
    Disputed,
    /// The dispute ended for the clinic.
    DisputeWon,
    /// The dispute ended against it.
    DisputeLost,
}

/// What became of a message, in the order it can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// The carrier has it.
    Accepted,
    /// The carrier sent it on.
    Sent,
    /// It did not arrive.
    Failed,
    /// It arrived.
    Delivered,
}

impl DeliveryStatus {
    /// The name in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
        }
    }
}

/// A webhook request as it came.
#[derive(Debug, Clone, Copy)]
pub struct WebhookRequest<'a> {
    /// Headers.
    pub headers: &'a http::HeaderMap,
    /// The path: part of what some vendors sign.
    pub path: &'a str,
    /// The query string, without `?`.
    pub query: Option<&'a str>,
    /// The raw body: what the signature is over.
    pub body: &'a [u8],
    /// The real clock.
    pub now: Timestamp,
}

/// What to answer the vendor at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acknowledgement {
    /// 200 with nothing in it.
    Empty,
    /// 200 with `TwiML`.
    Twiml(String),
    /// 200 with JSON.
    Json(String),
    /// 200 with what the clinic's wiring wants of a live call, in the vendor's words: see [`WebhookPort::call_answer`].
    Call {
        /// Our number.
        ours: String,
        /// The caller, as the vendor gives them.
        caller: String,
        /// Where the call stands.
        moment: CallMoment,
    },
}

/// Where a live call stands when the vendor asks what to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallMoment {
    /// It just came in.
    Arrived,
    /// The clinic's phone was rung in vain.
    ClinicUnanswered,
}

/// What is to be done with a live call, where the vendor takes it as the answer to its webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallAnswer {
    /// The number is nobody's: the carrier's own polite nothing.
    NotOurs,
    /// Say something and end the call.
    Notice {
        /// The words.
        text: String,
        /// In Spanish.
        spanish: bool,
    },
    /// Ring the clinic's phone.
    Ring {
        /// Which phone.
        to: PhoneNumber,
        /// How long.
        seconds: u16,
        /// Our number that was called.
        ours: PhoneNumber,
    },
}

/// Why a webhook was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The vendor's key is not configured: a signature is never skipped.
    #[error("{setting} is not set")]
    NotConfigured {
        /// The missing setting.
        setting: &'static str,
    },
    /// Signature or time stamp is missing, wrong or stale.
    #[error("the signature does not hold")]
    Signature,
    /// The body is not what the vendor sends.
    #[error("the body is malformed")]
    Malformed,
}

/// Verifies and translates a vendor's webhooks.
pub trait WebhookPort: Send + Sync {
    /// The vendor's name.
    fn vendor(&self) -> &'static str;
    /// Checks the signature over the raw bytes, then translates. Events we have no use for are acknowledged and dropped.
    ///
    /// # Errors
    /// [`WebhookError`]; a request whose signature does not hold leaves no trace.
    fn read(&self, request: &WebhookRequest<'_>) -> Result<(Vec<InboundEvent>, Acknowledgement), WebhookError>;
    /// An answer about a live call in the vendor's words; nothing where calls are commanded.
    fn call_answer(&self, answer: &CallAnswer) -> Acknowledgement {
        let _ = answer;
        Acknowledgement::Empty
    }
}

/// What a vendor could not deliver.
#[derive(Debug, Clone, Default)]
pub struct Missed {
    /// The events, oldest first.
    pub events: Vec<InboundEvent>,
    /// There are more: ask again from this instant, which is later than the one asked from.
    pub until: Option<Timestamp>,
}

/// Reads what a vendor could not deliver while we were away.
#[async_trait]
pub trait CatchUp: Send + Sync {
    /// The vendor's name.
    fn vendor(&self) -> &'static str;
    /// Events the vendor gave up on between an instant and now. They may be known already.
    async fn missed_since(&self, since: Timestamp, now: Timestamp) -> Result<Missed, PortError>;
}
