//! Tokens of the conversation API, and the requests they made.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::ids::{ClinicId, OrgId, TokenId};
use frontdesk_domain::token::Scope;

use super::StoreError;

/// A token as it is kept: its secret is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id: the part of a token that is no secret.
    pub id: TokenId,
    /// The tenant.
    pub org: OrgId,
    /// The one clinic it is for.
    pub clinic: ClinicId,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// SHA-256 of the secret part.
    pub secret_hash: [u8; 32],
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}

/// A request that named a key, as it was made first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// SHA-256 of what was asked.
    pub body_hash: [u8; 32],
    /// The raw id of what it made.
    pub subject: u128,
}

/// Tokens and their requests.
#[async_trait]
pub trait TokenRows {
    /// Stores a token.
    async fn insert_token(&mut self, token: &TokenRow) -> Result<(), StoreError>;
    /// One by id, revoked or not.
    async fn token(&mut self, id: TokenId) -> Result<Option<TokenRow>, StoreError>;
    /// All of them, the oldest first.
    async fn tokens(&mut self) -> Result<Vec<TokenRow>, StoreError>;
    /// Refuses a token from now on. `false` when there is none, or it is refused already.
    async fn revoke_token(&mut self, id: TokenId, at: Timestamp) -> Result<bool, StoreError>;
    /// Writes down a request under its key, unless one was written down before: that one is returned.
    async fn keyed_request(
        &mut self,
        token: TokenId,
        key: &str,
        request: &KeyedRequest,
        at: Timestamp,
    ) -> Result<KeyedRequest, StoreError>;
}
