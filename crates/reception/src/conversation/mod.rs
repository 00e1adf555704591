//! Conversations: taking in what happened ([`receive`]), the turn ([`turn`]), and what staff do ([`staff`]).

mod chat;
pub mod receive;
pub mod staff;
mod turn;

pub(crate) use turn::{lead_id, quiet_hours as receive_quiet, save};

use frontdesk_engine::Conversation;
use frontdesk_ports::store::{ConversationRow, StoreError};

/// The version of a stored state, whatever else it holds.
#[derive(serde::Deserialize)]
struct Form {
    #[serde(default)]
    format: u32,
}

/// The engine's state of a stored conversation.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be read, [`StoreError::NewerProgram`] when a newer program wrote it.
pub fn state_of(row: &ConversationRow) -> Result<Conversation, StoreError> {
    if row.state.is_empty() {
        return Ok(Conversation { opted_out: row.consent.is_opted_out(), ..Conversation::new() });
    }
    let form: Form = serde_json::from_str(&row.state).map_err(|_| StoreError::Corrupt("a conversation"))?;
    if form.format > Conversation::FORMAT {
        return Err(StoreError::NewerProgram);
    }
    let mut state: Conversation =
        serde_json::from_str(&row.state).map_err(|_| StoreError::Corrupt("a conversation"))?;
    // The contact's consent is the truth: a carrier's refusal or another clinic of the organisation may have changed it.
    state.opted_out = row.consent.is_opted_out();
    Ok(state)
}
