//! What staff do in a conversation: write, take over, give back.

use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::ids::{ConversationId, MessageId, OrgId};
use frontdesk_domain::limits::CARRIER_TEXT_MAX_CHARS;
use frontdesk_domain::sms::{segments, split};
use frontdesk_engine::{Input, step};
use frontdesk_ports::store::{OutboundMessage, SendState, StoreError};

use super::state_of;
use super::turn::{facts, save, send_job};
use crate::{Reception, ReceptionError, clinics};

/// What staff did.
#[derive(Debug, Clone)]
pub enum StaffAct {
    /// They wrote to the patient.
    Reply(String),
    /// They answer in our place from here.
    TakeOver,
    /// They gave it back.
    GiveBack,
}

/// Carries it out.
///
/// # Errors
/// [`ReceptionError`]; nothing is stored then.
pub async fn act(
    cx: &Reception,
    org: OrgId,
    conversation: ConversationId,
    what: StaffAct,
) -> Result<(), ReceptionError> {
    let now = cx.now();
    let mut tx = cx.store.begin(org).await?;
    let mut row = tx.conversation(conversation).await?.ok_or(ReceptionError::Payload)?;
    drop(tx);
    let view = clinics::view(cx, row.clinic).await?;
    let facts = facts(&view, &row, None);
    let input = match &what {
        StaffAct::Reply(_) => Input::StaffReplied,
        StaffAct::TakeOver => Input::TakenOver,
        StaffAct::GiveBack => Input::GivenBack,
    };
    let (state, _) = step(state_of(&row)?, input, &facts, now);
    let mut tx = cx.store.begin(org).await?;
    save(cx, tx.as_mut(), &mut row, &state, &view).await?;
    if let StaffAct::Reply(text) = what {
        for text in split(&text, CARRIER_TEXT_MAX_CHARS) {
            let message = OutboundMessage {
                id: MessageId::from_raw(cx.raw_id()),
                conversation,
                kind: MessageKind::Reply,
                about: "staff".to_owned(),
                segments: segments(&text).count,
                text,
                is_opt_out_confirmation: false,
                written_at: now,
                occasioned_at: state.heard_at.unwrap_or(now),
                state: SendState::Queued,
                attempts: 0,
                vendor: None,
                vendor_message: None,
            };
            tx.enqueue(send_job(org, &message, now, None)?).await?;
            tx.insert_outbound(&message).await?;
        }
    }
    tx.commit().await.map_err(|error: StoreError| error.into())
}
