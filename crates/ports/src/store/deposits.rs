//! Money asked of patients.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::deposit::{Deposit, DepositStatus};
use frontdesk_domain::ids::{ConversationId, DepositId};

use super::StoreError;

/// Deposits and what happened to each: the evidence of a payment.
#[async_trait]
pub trait DepositRows {
    /// Stores a new one; one that is there already stays.
    async fn insert_deposit(&mut self, deposit: &Deposit, now: Timestamp) -> Result<(), StoreError>;
    /// One by id.
    async fn deposit(&mut self, id: DepositId) -> Result<Option<Deposit>, StoreError>;
    /// Those of a conversation, the newest last.
    async fn deposits_of(&mut self, conversation: ConversationId) -> Result<Vec<Deposit>, StoreError>;
    /// Writes a deposit over the status that was read, and what happened to it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another status stands.
    async fn save_deposit(&mut self, deposit: &Deposit, was: DepositStatus, now: Timestamp) -> Result<(), StoreError>;
    /// Its changes in order: status and when.
    async fn deposit_history(&mut self, id: DepositId) -> Result<Vec<(DepositStatus, Timestamp)>, StoreError>;
}
