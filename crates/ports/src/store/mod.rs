//! Durable facts, behind one unit of work.
//!
//! [`Store::begin`] needs the organisation, so a query cannot forget the tenant; [`Store::begin_system`] is the narrow
//! door for the inbox, job claims and number look-up. A transaction that is dropped is rolled back.

mod booking;
mod clinics;
mod conversations;
mod deposits;
mod jobs;
mod messages;
mod tokens;

use async_trait::async_trait;

use frontdesk_domain::ids::{ConversationId, OrgId};

pub use booking::*;
pub use clinics::*;
pub use conversations::*;
pub use deposits::*;
pub use jobs::*;
pub use messages::*;
pub use tokens::*;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, is full or busy: try again.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What stands there cannot be read: another key, another program's form, or damage.
    #[error("stored data cannot be read: {0}")]
    Corrupt(&'static str),
    /// Another turn of the same conversation was faster.
    #[error("another change came first")]
    Conflict,
    /// The job was given to another worker in between.
    #[error("the lease was lost")]
    LeaseLost,
    /// A newer program of the same installation wrote it: one that knows it must do the work.
    #[error("a newer program wrote this")]
    NewerProgram,
    /// A newer version of the settings stands.
    #[error("a newer version stands")]
    Newer,
}

/// Where everything is kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// A transaction for one organisation.
    async fn begin(&self, org: OrgId) -> Result<Box<dyn OrgTx>, StoreError>;
    /// For reading only, without a transaction: every statement sees what was committed before it. Writing is refused.
    async fn read(&self, org: OrgId) -> Result<Box<dyn OrgTx>, StoreError>;
    /// A transaction for inbox, jobs and number look-up.
    async fn begin_system(&self) -> Result<Box<dyn SystemTx>, StoreError>;
    /// Waits until another process may have added jobs, or the time is over.
    async fn wait_for_jobs(&self, at_most: std::time::Duration);
    /// Conversations as they change from now on, whichever process changes them.
    fn changes(&self) -> Box<dyn Changes>;
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Something was said or done in it.
    Of(ConversationId),
    /// Any of them may have: some news were lost.
    Unknown,
    /// The store is closed.
    Over,
}

/// Tells of changes, of which some may be told twice.
#[async_trait]
pub trait Changes: Send {
    /// The next one.
    async fn next(&mut self) -> Change;
}

/// What can be done for one organisation in one transaction.
#[async_trait]
pub trait OrgTx: ConversationRows + MessageRows + BookingRows + DepositRows + JobRows + Send {
    /// Makes it durable.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// What can be done across organisations in one transaction.
#[async_trait]
pub trait SystemTx: InboxRows + ClaimRows + ClinicRows + TokenRows + Send {
    /// Makes it durable.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
