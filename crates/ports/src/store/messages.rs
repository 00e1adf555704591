//! Messages from and to patients, and notices to staff.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::consent::CarrierKeyword;
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::ids::{ContactId, ConversationId, MessageId, NoticeId};

use super::StoreError;
use crate::inbound::DeliveryStatus;

/// Where an outgoing message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendState {
    /// Written, waiting for its job.
    Queued,
    /// Handed to the carrier; no answer yet.
    Sending,
    /// The carrier's answer is unclear; a receipt is awaited.
    Unclear,
    /// The carrier has it.
    Accepted,
    /// It went on its way.
    Sent,
    /// It arrived.
    Delivered,
    /// It will not arrive.
    Failed,
    /// The rules forbid it.
    Dropped,
}

impl SendState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Unclear,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Failed,
        Self::Dropped,
    ];

    /// The name in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unclear => "unclear",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    /// The state of a name in the store.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// The state a receipt says.
    pub const fn of(status: DeliveryStatus) -> Self {
        match status {
            DeliveryStatus::Accepted => Self::Accepted,
            DeliveryStatus::Sent => Self::Sent,
            DeliveryStatus::Failed => Self::Failed,
            DeliveryStatus::Delivered => Self::Delivered,
        }
    }

    /// Whether the carrier certainly has, or had, it.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Accepted | Self::Sent | Self::Delivered | Self::Failed | Self::Dropped)
    }

    /// How far along; a receipt never moves a message back.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Unclear => 2,
            Self::Accepted => 3,
            Self::Sent => 4,
            Self::Failed => 5,
            Self::Delivered | Self::Dropped => 6,
        }
    }
}

/// A message of the patient.
#[derive(Clone)]
pub struct InboundMessage {
    /// Its id.
    pub id: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The words, identifiers masked; stored encrypted.
    pub text: String,
    /// Pictures or files that came along.
    pub media: u32,
    /// Where the carrier keeps them; stored encrypted.
    pub references: Vec<String>,
    /// The carrier answered a keyword by itself.
    pub carrier_keyword: Option<CarrierKeyword>,
    /// A masked birth date was of somebody under 18.
    pub minor: bool,
    /// When it came.
    pub at: Timestamp,
}

/// A message to the patient.
#[derive(Clone)]
pub struct OutboundMessage {
    /// Its id.
    pub id: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// For the rules of sending.
    pub kind: MessageKind,
    /// What it was for.
    pub about: String,
    /// The words; stored encrypted.
    pub text: String,
    /// What a carrier bills.
    pub segments: u32,
    /// The opt-out confirmation itself.
    pub is_opt_out_confirmation: bool,
    /// When it was written.
    pub written_at: Timestamp,
    /// What it answers happened then.
    pub occasioned_at: Timestamp,
    /// Where it stands.
    pub state: SendState,
    /// How often it was handed to a carrier.
    pub attempts: u32,
    /// Who carried it.
    pub vendor: Option<String>,
    /// The carrier's id.
    pub vendor_message: Option<String>,
}

/// A notice to staff.
#[derive(Clone)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// The conversation it is about.
    pub conversation: ConversationId,
    /// `email` or `sms`.
    pub channel: String,
    /// Address or number.
    pub to: String,
    /// Staff, urgent, or the patient's receipt.
    pub kind: MessageKind,
    /// Subject; stored encrypted.
    pub subject: String,
    /// The text; stored encrypted.
    pub text: String,
    /// A calendar file with it; stored encrypted.
    pub calendar: Option<String>,
    /// When it was written.
    pub written_at: Timestamp,
    /// It was handed to a vendor, whose answer may have been lost.
    pub handed_over: bool,
    /// It left.
    pub sent: bool,
}

/// One line of a thread.
#[derive(Clone)]
pub struct ThreadLine {
    /// Its id.
    pub id: MessageId,
    /// From the patient.
    pub inbound: bool,
    /// The words.
    pub text: String,
    /// What it was for (ours).
    pub about: String,
    /// Where it stands (ours).
    pub state: Option<SendState>,
    /// When.
    pub at: Timestamp,
}

/// Messages and notices.
#[async_trait]
pub trait MessageRows {
    /// Stores a message of the patient, answered in the same transaction or not yet.
    async fn insert_inbound(&mut self, message: &InboundMessage, is_answered: bool) -> Result<(), StoreError>;
    /// Those not answered yet, oldest first.
    async fn unanswered(&mut self, conversation: ConversationId) -> Result<Vec<InboundMessage>, StoreError>;
    /// Marks some as answered.
    async fn mark_answered(&mut self, ids: &[MessageId]) -> Result<(), StoreError>;
    /// Stores a message to the patient.
    async fn insert_outbound(&mut self, message: &OutboundMessage) -> Result<(), StoreError>;
    /// One by id, locked until the end of the transaction.
    async fn outbound(&mut self, id: MessageId) -> Result<Option<OutboundMessage>, StoreError>;
    /// One by the carrier's id.
    async fn outbound_by_vendor(
        &mut self,
        vendor: &str,
        vendor_message: &str,
    ) -> Result<Option<OutboundMessage>, StoreError>;
    /// Writes where it stands.
    async fn update_outbound(&mut self, message: &OutboundMessage, now: Timestamp) -> Result<(), StoreError>;
    /// Writes down what became of the attempt with this number, unless a receipt or a later attempt already settled the
    /// message; `false` then. The count of attempts never goes below that of a later attempt.
    async fn record_attempt(
        &mut self,
        message: &OutboundMessage,
        attempt: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Proactive messages handed over since an instant, to this contact.
    async fn proactive_since(&mut self, contact: ContactId, since: Timestamp) -> Result<u32, StoreError>;
    /// Messages about something written to a conversation since an instant.
    async fn written_about(
        &mut self,
        conversation: ConversationId,
        about: &str,
        since: Timestamp,
    ) -> Result<u32, StoreError>;
    /// The thread, oldest first.
    async fn thread(&mut self, conversation: ConversationId, limit: u32) -> Result<Vec<ThreadLine>, StoreError>;
    /// Whether a business associate agreement with a vendor is signed: names and health facts may be given to it.
    async fn has_agreement(&mut self, vendor: &str) -> Result<bool, StoreError>;
    /// Records that one is signed, or is not any more.
    async fn set_agreement(&mut self, vendor: &str, signed: bool, at: Timestamp) -> Result<(), StoreError>;
    /// Stores a notice.
    async fn insert_notice(&mut self, notice: &Notice) -> Result<(), StoreError>;
    /// One by id.
    async fn notice(&mut self, id: NoticeId) -> Result<Option<Notice>, StoreError>;
    /// Marks one as about to be handed to a vendor, or takes the mark back.
    async fn mark_notice_handed(&mut self, id: NoticeId, at: Option<Timestamp>) -> Result<(), StoreError>;
    /// Marks one as sent.
    async fn mark_notice_sent(&mut self, id: NoticeId, now: Timestamp) -> Result<(), StoreError>;
}
