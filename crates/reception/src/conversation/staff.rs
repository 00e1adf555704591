//! What staff do in a conversation: write, take over, give back.

use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::ids::{ConversationId, MessageId, OrgId};
use frontdesk_domain::limits::CARRIER_TEXT_MAX_CHARS;
use frontdesk_domain::sms::{segments, split};
use frontdesk_engine::turn::NoticeAbout;
use frontdesk_engine::{Input, step};
use frontdesk_ports::store::{ClaimedJob, OrgTx, OutboundMessage, SendState, StoreError};
use jiff::Timestamp;

use super::receive::{confirmed, happened};
use super::state_of;
use super::turn::{facts, save, send_job};
use crate::jobs::{JobKind, JobOutcome, StaffDoing, StaffJob, payload};
use crate::{Reception, ReceptionError, clinics, notify};

/// Stores what staff did as a job.
pub(crate) async fn staff_later(
    tx: &mut dyn OrgTx,
    org: OrgId,
    what: StaffJob,
    now: Timestamp,
) -> Result<(), ReceptionError> {
    tx.enqueue(JobKind::Staff.job(org, &what, None, now)?).await?;
    Ok(())
}

/// Brings what staff did into the conversation.
pub(crate) async fn carry_out(cx: &Reception, job: &ClaimedJob) -> Result<JobOutcome, ReceptionError> {
    let StaffJob { conversation, what } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let input = match what {
        StaffDoing::Fee { deposit } => {
            let asked = cx.store.read(org).await?.deposit(deposit).await?;
            Input::FeeAsked(asked.ok_or(ReceptionError::Payload)?)
        }
        StaffDoing::Confirm { start, provider } => {
            return confirmed(cx, job, org, conversation, start, provider).await;
        }
    };
    happened(cx, job, org, conversation, input).await
}

/// What staff did could not be brought into its conversation: the patient was not told, and staff hear so.
pub(crate) async fn given_up(cx: &Reception, job: &ClaimedJob) -> Result<(), ReceptionError> {
    let StaffJob { conversation, .. } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let mut tx = cx.store.begin(org).await?;
    let row = tx.conversation(conversation).await?.ok_or(ReceptionError::Payload)?;
    drop(tx);
    let view = clinics::view(cx, row.clinic).await?;
    let mut tx = cx.store.begin(org).await?;
    let state = state_of(&row).unwrap_or_default();
    notify::write(cx, tx.as_mut(), &view, &row, &state, NoticeAbout::Unhandled).await?;
    tx.commit().await?;
    Ok(())
}

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
