//! Contacts, conversations and consent.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::consent::{ConsentChange, ConsentSource, ConsentStanding, ContactPoint};
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::ids::{ClinicId, ContactId, ConversationId, OrgId, PatientId};
use frontdesk_domain::phone::PhoneNumber;

use super::StoreError;

/// A conversation as stored.
#[derive(Clone)]
pub struct ConversationRow {
    /// Its id.
    pub id: ConversationId,
    /// The tenant.
    pub org: OrgId,
    /// The clinic.
    pub clinic: ClinicId,
    /// With whom.
    pub contact: ContactId,
    /// How.
    pub channel: Channel,
    /// The contact's address: for SMS the number in E.164.
    pub address: String,
    /// Our number they use.
    pub our_address: String,
    /// The engine's state as JSON; stored encrypted. Empty when new.
    pub state: String,
    /// Counts changes.
    pub version: i64,
    /// Where the contact stands with consent.
    pub consent: ConsentStanding,
    /// When the last missed-call text was written.
    pub called_back_at: Option<Timestamp>,
    /// Texts of it wait for an answer.
    pub has_unanswered: bool,
    /// Visits of it stand, ahead or over.
    pub has_visits: bool,
    /// The clinic's own system knows whose phone it is.
    pub is_known: bool,
    /// Its phone was proven: it shares its visits with other conversations of that phone.
    pub is_joined: bool,
    /// Opening it made it, or wrote down another number of ours: worth a commit.
    pub is_changed: bool,
}

/// What lists show and search without opening the state.
#[derive(Debug, Clone, Default)]
pub struct ConversationSummary {
    /// Stage key.
    pub stage: String,
    /// Lead status key.
    pub status: String,
    /// The sender's name.
    pub name: Option<String>,
    /// The service.
    pub service: Option<String>,
    /// E-mail.
    pub email: Option<String>,
}

/// What became of a request to erase a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// It is done.
    Done,
    /// Nobody has written from that address.
    Nobody,
    /// A visit ahead stands: call it off first.
    VisitStands,
    /// A payment is asked for or contested: end it first.
    MoneyOpen,
}

/// Contacts, conversations, consent.
#[async_trait]
pub trait ConversationRows {
    /// The conversation of a clinic with an address, if they have one.
    async fn conversation_with(
        &mut self,
        clinic: ClinicId,
        channel: Channel,
        address: &str,
    ) -> Result<Option<ConversationRow>, StoreError>;
    /// The conversation of a clinic with an address, made when new with the given ids.
    async fn open_conversation(
        &mut self,
        clinic: ClinicId,
        channel: Channel,
        address: &str,
        our_address: &str,
        new_ids: (ContactId, ConversationId),
        now: Timestamp,
    ) -> Result<ConversationRow, StoreError>;
    /// Where an address stands with consent; the default when nothing is known of it.
    async fn consent_of(&mut self, point: &ContactPoint) -> Result<ConsentStanding, StoreError>;
    /// A conversation by id.
    async fn conversation(&mut self, id: ConversationId) -> Result<Option<ConversationRow>, StoreError>;
    /// The conversations of a clinic at a stage, by its key, the newest first; at most a hundred.
    async fn conversations_at(&mut self, clinic: ClinicId, stage: &str) -> Result<Vec<ConversationRow>, StoreError>;
    /// Joins a conversation, and the ones by text, under a phone that was proven to be theirs.
    async fn join_phone(&mut self, conversation: ConversationId, phone: &PhoneNumber) -> Result<(), StoreError>;
    /// Writes down a patient of the clinic's own system under a phone. Who stands there already stays as they are. The id
    /// under which they stand.
    async fn save_patient(
        &mut self,
        clinic: ClinicId,
        phone: &PhoneNumber,
        document: &str,
        new_id: PatientId,
        now: Timestamp,
    ) -> Result<PatientId, StoreError>;
    /// Writes state and summary over the version that was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another version stands.
    async fn save_conversation(
        &mut self,
        row: &ConversationRow,
        summary: &ConversationSummary,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Records a change of consent for the contact's address and the e-mail addresses its conversations hold. The wording is
    /// stored encrypted; kind, source and time stay under the hash of the address when the person is erased.
    async fn record_consent(
        &mut self,
        contact: ContactId,
        change: ConsentChange,
        source: ConsentSource,
        wording: &str,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Marks the one opt-out confirmation as handed to the sender.
    async fn confirm_opt_out(&mut self, contact: ContactId, at: Timestamp) -> Result<(), StoreError>;
    /// Removes what is kept of the person behind an address but the consent record and the bare rows of money.
    async fn erase(&mut self, point: &ContactPoint, now: Timestamp) -> Result<Erasure, StoreError>;
    /// A call's state as JSON, locked.
    async fn call(&mut self, vendor: &str, session: &str) -> Result<Option<String>, StoreError>;
    /// Writes it.
    async fn save_call(
        &mut self,
        vendor: &str,
        session: &str,
        clinic: ClinicId,
        state: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
