//! The one sender: asks the table of kinds, hands over, and records what is known of the outcome.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::consent::{ConsentChange, ConsentSource};
use frontdesk_domain::contact_policy::{Circumstances, Dropped, MessageKind, Verdict, may_send};
use frontdesk_domain::ids::{MessageId, OrgId};
use frontdesk_domain::limits::{BACKOFF_FIRST, JOB_ATTEMPTS_MAX, UNKNOWN_WAIT};
use frontdesk_domain::sms::plain_signs;
use frontdesk_engine::state::HandoverReason;
use frontdesk_engine::turn::NoticeAbout;
use frontdesk_ports::inbound::{DeliveryStatus, Inbound, InboundEvent};
use frontdesk_ports::sms::{OutboundSms, Trace, VendorMessageId, Words};
use frontdesk_ports::store::{ClaimedJob, ConversationRow, JobEnd, OrgTx, OutboundMessage, SendState, StoreError};
use frontdesk_ports::{Happened, PortError, PortErrorKind};

use crate::conversation::state_of;
use crate::jobs::{JobOutcome, SendTextJob, payload};
use crate::metrics::span;
use crate::{ClinicView, Reception, ReceptionError, carriers, clinics, notify};

/// A message whose carrier could not tell is sent once more at most.
const UNCLEAR_ATTEMPTS_MAX: u32 = 2;

/// A message just written by this process, and its conversation.
pub(crate) struct Ready {
    pub(crate) message: OutboundMessage,
    pub(crate) row: ConversationRow,
}

/// Sends a message, if it is still wanted.
pub(crate) async fn send_text(
    cx: &Reception,
    job: &ClaimedJob,
    ready: Option<Box<Ready>>,
) -> Result<JobOutcome, ReceptionError> {
    let SendTextJob { message } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let now = cx.now();
    let (asked, row, view) = match ready {
        Some(ready) => {
            let view = clinics::view(cx, ready.row.clinic).await?;
            (ready.message, ready.row, view)
        }
        None => recipient(cx, org, message).await?,
    };
    // Stored as under way together with this job, whose first attempt this is: nobody handed it over yet, and the rules
    // were asked in that transaction.
    if asked.state == SendState::Sending && job.attempt == 1 && asked.attempts == 1 {
        let outcome = hand_over(cx, &row, &asked).await;
        return record(cx, job, &view, row, asked, outcome).await;
    }
    // An unclear send is looked up where that can be done, before the transaction that decides.
    let traced = if asked.state == SendState::Unclear { trace(cx, &row, &asked).await? } else { Trace::Unsearchable };
    let mut tx = cx.store.begin(org).await?;
    let mut message = tx.outbound(asked.id).await?.ok_or(ReceptionError::Payload)?;
    let row = tx.conversation(message.conversation).await?.ok_or(ReceptionError::Payload)?;
    match message.state {
        state if state.is_settled() => return Ok(JobOutcome::End(JobEnd::Done)),
        SendState::Sending => {
            // A process died between handing it over and writing down the answer.
            message.state = SendState::Unclear;
            return end(cx, job, tx, &message, JobEnd::Later { at: now + UNKNOWN_WAIT.signed() }).await;
        }
        SendState::Unclear if matches!(traced, Trace::Found(_)) => {
            let Trace::Found(id) = traced else { return Err(ReceptionError::Payload) };
            message.state = SendState::Accepted;
            message.vendor_message = Some(id.0);
            return end(cx, job, tx, &message, JobEnd::Done).await;
        }
        // It certainly never got there: like one that was never handed over.
        SendState::Unclear if traced == Trace::NotThere => message.state = SendState::Queued,
        SendState::Unclear if !message.kind.resend_when_unclear() || message.attempts >= UNCLEAR_ATTEMPTS_MAX => {
            message.state = SendState::Failed;
            undelivered(cx, tx.as_mut(), &view, &row, &message, "unclear").await?;
            return end(cx, job, tx, &message, JobEnd::Done).await;
        }
        SendState::Unclear => {
            cx.metrics.resent_unclear.inc();
            tracing::warn!(message.id = %message.id, "no receipt settled an unclear send: it is sent once more");
        }
        _ => {}
    }
    match verdict(cx, tx.as_mut(), &view, &row, &message).await? {
        Verdict::Send => {}
        Verdict::HoldUntil(at) => return end(cx, job, tx, &message, JobEnd::Later { at }).await,
        Verdict::Drop(why) => {
            cx.metrics.dropped.inc();
            tracing::info!(message.id = %message.id, reason = why.key(), "the rules dropped a message");
            message.state = SendState::Dropped;
            if why == Dropped::Stale && message.kind != MessageKind::Proactive {
                // Somebody waits for this answer: a person must give it.
                undelivered(cx, tx.as_mut(), &view, &row, &message, why.key()).await?;
            }
            return end(cx, job, tx, &message, JobEnd::Done).await;
        }
    }
    message.state = SendState::Sending;
    message.attempts += 1;
    tx.update_outbound(&message, now).await?;
    tx.commit().await?;
    let outcome = hand_over(cx, &row, &message).await;
    record(cx, job, &view, row, message, outcome).await
}

/// To whom a message goes, and for which clinic; read before the transaction that decides, so that none is nested.
async fn recipient(
    cx: &Reception,
    org: OrgId,
    message: MessageId,
) -> Result<(OutboundMessage, ConversationRow, Arc<ClinicView>), ReceptionError> {
    let mut tx = cx.store.read(org).await?;
    let message = tx.outbound(message).await?.ok_or(ReceptionError::Payload)?;
    let row = tx.conversation(message.conversation).await?.ok_or(ReceptionError::Payload)?;
    drop(tx);
    let view = clinics::view(cx, row.clinic).await?;
    Ok((message, row, view))
}

async fn verdict(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    view: &ClinicView,
    row: &ConversationRow,
    message: &OutboundMessage,
) -> Result<Verdict, ReceptionError> {
    let now = cx.now();
    let quiet = crate::conversation::receive_quiet(view, &row.address);
    let proactive_last_day = if message.kind == MessageKind::Proactive {
        tx.proactive_since(row.contact, now - SignedDuration::from_hours(24)).await?
    } else {
        0
    };
    let about = Circumstances {
        consent: row.consent,
        is_opt_out_confirmation: message.is_opt_out_confirmation,
        occasioned_at: message.occasioned_at,
        written_at: message.written_at,
        proactive_last_day,
        quiet: &quiet,
    };
    Ok(may_send(message.kind, &about, now))
}

/// The text as a carrier gets it.
fn as_text(row: &ConversationRow, message: &OutboundMessage) -> Result<OutboundSms, PortError> {
    let number = |text: &str| {
        PhoneNumber::parse(text).map_err(|_| PortError::new("sms", "send", PortErrorKind::Rejected, "address"))
    };
    Ok(OutboundSms {
        from: number(&row.our_address)?,
        to: number(&row.address)?,
        text: Words(plain_signs(&message.text)),
        reference: Some(reference(row.org, message.id)),
        conversation: row.id,
    })
}

async fn hand_over(
    cx: &Reception,
    row: &ConversationRow,
    message: &OutboundMessage,
) -> Result<(&'static str, VendorMessageId), PortError> {
    carriers::send(cx, row.clinic, as_text(row, message)?).await
}

/// What the carriers say when they are asked for the message of an unclear send: the one that had it, or each of them where a
/// process died before it was written down which. Not there only when every one of them can tell and none has it.
async fn trace(cx: &Reception, row: &ConversationRow, message: &OutboundMessage) -> Result<Trace, PortError> {
    // The vendor's clock and ours differ a little.
    let since = message.written_at - SignedDuration::from_mins(2);
    let text = as_text(row, message)?;
    let mut answer = if cx.carriers.is_empty() { Trace::Unsearchable } else { Trace::NotThere };
    for carrier in cx.carriers.iter().filter(|c| message.vendor.as_deref().is_none_or(|known| known == c.vendor())) {
        match carrier.trace(&text, since).await {
            Ok(Trace::Found(id)) => return Ok(Trace::Found(id)),
            Ok(Trace::NotThere) => {}
            Ok(Trace::Unsearchable) => answer = Trace::Unsearchable,
            Err(error) if error.is_passing() => return Err(error),
            // It will never tell.
            Err(_) => answer = Trace::Unsearchable,
        }
    }
    Ok(answer)
}

async fn end(
    cx: &Reception,
    job: &ClaimedJob,
    mut tx: Box<dyn OrgTx>,
    message: &OutboundMessage,
    how: JobEnd,
) -> Result<JobOutcome, ReceptionError> {
    tx.update_outbound(message, cx.now()).await?;
    tx.end_job(job.id, cx.worker, job.attempt, how).await?;
    tx.commit().await?;
    Ok(JobOutcome::Ended(Vec::new()))
}

/// What follows from a carrier's answer.
enum Consequence {
    Nothing,
    /// The carrier has it.
    Taken,
    /// The carrier says that they opted out.
    OptedOut(String),
    /// It will not arrive.
    Undelivered(String),
}

/// What a carrier's answer means for a message: how it stands, how its job ends, and what follows.
fn judged(
    message: &mut OutboundMessage,
    attempt: u32,
    outcome: Result<(&'static str, VendorMessageId), PortError>,
    now: Timestamp,
) -> (JobEnd, Consequence) {
    let error = match outcome {
        Ok((vendor, id)) => {
            message.state = SendState::Accepted;
            message.vendor = Some(vendor.to_owned());
            message.vendor_message = Some(id.0);
            return (JobEnd::Done, Consequence::Taken);
        }
        Err(error) => error,
    };
    let asked = error.retry_after.and_then(|d| SignedDuration::try_from(d).ok()).unwrap_or_default();
    if error.happened == Happened::Unknown {
        tracing::warn!(message.id = %message.id, vendor = error.vendor, code = error.code, "the carrier's answer is unclear");
        message.state = SendState::Unclear;
        message.vendor = Some(error.vendor.to_owned());
        (JobEnd::Later { at: now + UNKNOWN_WAIT.signed() }, Consequence::Nothing)
    } else if error.kind == PortErrorKind::OptedOut {
        message.state = SendState::Dropped;
        (JobEnd::Done, Consequence::OptedOut(error.code))
    } else if error.kind == PortErrorKind::RateLimited {
        // A queue, not a failure: it waits its turn, and what waits behind it in this conversation stays behind it.
        message.state = SendState::Queued;
        message.attempts = message.attempts.saturating_sub(1);
        (JobEnd::Later { at: now + asked.max(BACKOFF_FIRST.signed()) }, Consequence::Nothing)
    } else if error.is_passing() && attempt < JOB_ATTEMPTS_MAX {
        tracing::warn!(message.id = %message.id, vendor = error.vendor, kind = error.kind.key(), code = error.code, attempt, "the carrier did not take a message");
        message.state = SendState::Queued;
        message.attempts = message.attempts.saturating_sub(1);
        let at = now + asked.max(crate::jobs::wait(attempt));
        (JobEnd::Retry { at, error: error.to_string() }, Consequence::Nothing)
    } else {
        message.state = SendState::Failed;
        (JobEnd::Done, Consequence::Undelivered(error.code))
    }
}

async fn record(
    cx: &Reception,
    job: &ClaimedJob,
    view: &ClinicView,
    row: ConversationRow,
    mut message: OutboundMessage,
    outcome: Result<(&'static str, VendorMessageId), PortError>,
) -> Result<JobOutcome, ReceptionError> {
    let (now, sent) = (cx.now(), message.attempts);
    let (how, consequence) = judged(&mut message, job.attempt, outcome, now);
    cx.metrics.message("sms", "out", message.kind.key(), message.state.key());
    if message.kind == MessageKind::Reply && message.state == SendState::Accepted {
        cx.metrics.reply.observe(span(now.duration_since(message.occasioned_at)));
    }
    let mut tx = cx.store.begin(row.org).await?;
    if !tx.record_attempt(&message, sent, now).await? {
        // A receipt was faster than the carrier's own answer.
        return Ok(JobOutcome::End(JobEnd::Done));
    }
    match consequence {
        Consequence::Nothing => {}
        Consequence::Taken => confirmed(tx.as_mut(), &row, &message, now).await?,
        Consequence::OptedOut(code) => {
            tx.record_consent(row.contact, ConsentChange::OptedOut, ConsentSource::Carrier, "", now).await?;
            cx.metrics.dropped.inc();
            cx.metrics.consent_changed("opted_out_at_carrier");
            if message.kind == MessageKind::Reply {
                // They wrote to us and the carrier lets no answer through: only a person can reach them now.
                undelivered(cx, tx.as_mut(), view, &row, &message, &code).await?;
            }
        }
        Consequence::Undelivered(code) => undelivered(cx, tx.as_mut(), view, &row, &message, &code).await?,
    }
    match tx.end_job(job.id, cx.worker, job.attempt, how).await {
        // The lease went to another worker, but what the carrier said is known here and nowhere else.
        Err(StoreError::LeaseLost) if message.state == SendState::Accepted => {
            drop(tx);
            let mut tx = cx.store.begin(row.org).await?;
            if tx.record_attempt(&message, sent, now).await? {
                confirmed(tx.as_mut(), &row, &message, now).await?;
            }
            tx.commit().await?;
            Err(StoreError::LeaseLost.into())
        }
        ended => {
            ended?;
            tx.commit().await?;
            Ok(JobOutcome::Ended(Vec::new()))
        }
    }
}

/// The one confirmation of an opt-out is with the carrier.
async fn confirmed(
    tx: &mut dyn OrgTx,
    row: &ConversationRow,
    message: &OutboundMessage,
    now: Timestamp,
) -> Result<(), StoreError> {
    if message.is_opt_out_confirmation { tx.confirm_opt_out(row.contact, now).await } else { Ok(()) }
}

/// A message will not arrive: staff hear of it, so that nobody waits for an answer that never comes.
async fn undelivered(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    view: &ClinicView,
    row: &ConversationRow,
    message: &OutboundMessage,
    code: &str,
) -> Result<(), ReceptionError> {
    cx.metrics.failed.inc();
    tracing::error!(message.id = %message.id, conversation.id = %row.id, code, "a message will not arrive; staff are told");
    let state = state_of(row)?;
    notify::write(cx, tx, view, row, &state, NoticeAbout::Handover(HandoverReason::NotUnderstood)).await
}

/// The job of a message was given up: it will not arrive, and staff hear of it.
pub(crate) async fn given_up(cx: &Reception, job: &ClaimedJob) -> Result<(), ReceptionError> {
    let SendTextJob { message } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let (_, row, view) = recipient(cx, org, message).await?;
    let mut tx = cx.store.begin(org).await?;
    let mut message = tx.outbound(message).await?.ok_or(ReceptionError::Payload)?;
    if message.state.is_settled() {
        return Ok(());
    }
    message.state = SendState::Failed;
    undelivered(cx, tx.as_mut(), &view, &row, &message, "given_up").await?;
    tx.update_outbound(&message, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// What became of a message, as the carrier reports it. It settles an unclear send and never moves a message back.
pub(crate) async fn receipt(cx: &Reception, event: &InboundEvent) -> Result<(), ReceptionError> {
    let Inbound::Receipt { message, vendor_message, status, code } = &event.what else {
        return Err(ReceptionError::Payload);
    };
    let Some((org, id)) = message.as_deref().and_then(crate::split_reference) else {
        // Not one of ours, or sent before references were kept: nothing to settle.
        return Ok(());
    };
    let known = cx.store.read(org).await?.outbound(id).await?.is_some();
    if !known {
        return Ok(());
    }
    let (_, row, view) = recipient(cx, org, id).await?;
    let mut tx = cx.store.begin(org).await?;
    let mut message = tx.outbound(id).await?.ok_or(ReceptionError::Payload)?;
    let reported = SendState::of(*status);
    if reported.rank() <= message.state.rank() {
        return Ok(());
    }
    message.state = reported;
    message.vendor = Some(event.vendor.clone());
    message.vendor_message = Some(vendor_message.clone());
    if message.is_opt_out_confirmation && row.consent.confirmed_at.is_none() {
        tx.confirm_opt_out(row.contact, cx.now()).await?;
    }
    if *status == DeliveryStatus::Failed {
        undelivered(cx, tx.as_mut(), &view, &row, &message, code.as_deref().unwrap_or("unknown")).await?;
    }
    tx.update_outbound(&message, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// The reference a carrier carries back: organisation and message.
pub fn reference(org: OrgId, message: MessageId) -> String {
    format!("{org}.{message}")
}
