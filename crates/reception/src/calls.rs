//! Calls: what a report leads to, and the commands to live calls.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::call::{Call, CallReport, CallStep, Wiring};
use frontdesk_domain::consent::ContactPoint;
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::ids::{ClinicId, OrgId};
use frontdesk_engine::phrase::spoken_notice;
use frontdesk_engine::turn::Facts;
use frontdesk_ports::Happened;
use frontdesk_ports::inbound::{CallAnswer, CallMoment, Inbound, InboundEvent};
use frontdesk_ports::store::{ClaimedJob, JobEnd};

use crate::conversation::receive::happened_at;
use crate::jobs::{CallCommandJob, JobKind, JobOutcome, StoredCommand, payload};
use crate::{Reception, ReceptionError, clinics, conversation, inbound};

/// A call as stored.
#[derive(Serialize, Deserialize, Default)]
struct StoredCall {
    call: Call,
    /// The caller's leg, once an event named it.
    leg: Option<String>,
    /// The text-back was handed to the conversation.
    #[serde(default)]
    told: bool,
}

/// Handles a report: the call's own state first, then what it leads to.
pub(crate) async fn report(
    cx: &Reception,
    job: &ClaimedJob,
    event: &InboundEvent,
    clinic: (OrgId, ClinicId),
    ours: &PhoneNumber,
) -> Result<JobOutcome, ReceptionError> {
    let Inbound::Call { session, leg, from, report, busy, .. } = &event.what else {
        return Err(ReceptionError::Payload);
    };
    let view = clinics::view(cx, clinic.1).await?;
    let calls = &view.settings.calls;
    let now = cx.now();
    let mut tx = cx.store.begin(clinic.0).await?;
    let mut known: StoredCall = match tx.call(&event.vendor, session).await? {
        Some(state) => serde_json::from_str(&state).map_err(|_| ReceptionError::Payload)?,
        None => StoredCall::default(),
    };
    let (call, steps) = known.call.after(*report, calls.mode);
    known.call = call;
    known.leg = leg.clone().or(known.leg);
    // The clinic's own phones are no patients.
    let own =
        |caller: &PhoneNumber| view.settings.phone_numbers.contains(caller) || calls.ring.as_ref() == Some(caller);
    let caller = PhoneNumber::parse(from).ok().filter(|caller| !own(caller));
    for step in steps {
        let facts = Facts { phone: caller.as_ref(), ..Facts::of(&view.settings, &view.menu, Channel::Sms) };
        let command = match step {
            CallStep::Missed => None,
            CallStep::RingClinic => calls.ring.clone().map(|to| StoredCommand::Ring {
                to,
                seconds: calls.ring_seconds,
                caller: from.clone(),
                ours: ours.clone(),
            }),
            CallStep::Answer => Some(StoredCommand::Answer),
            CallStep::SpeakNotice => {
                let texted = match &caller {
                    Some(caller) => {
                        !tx.consent_of(&ContactPoint::of(Channel::Sms, caller.expose())).await?.is_opted_out()
                    }
                    None => false,
                };
                Some(StoredCommand::Speak { text: spoken_notice(&facts, texted), spanish: false })
            }
            CallStep::HangUp => Some(StoredCommand::HangUp),
        };
        // A vendor without call control took its orders as the answer to its webhook.
        let (Some(command), Some(leg)) = (command, known.leg.clone()) else { continue };
        if !cx.calls.keys().any(|vendor| **vendor == event.vendor) {
            continue;
        }
        let payload =
            CallCommandJob { vendor: event.vendor.clone(), session: session.clone(), leg, command, key: cx.raw_id() };
        tx.enqueue(JobKind::CallCommand.job(clinic.0, &payload, None, now)?).await?;
    }
    let tell = known.call.missed && !known.told && caller.is_some();
    let write = |known: &StoredCall| serde_json::to_string(known).map_err(|_| ReceptionError::Payload);
    tx.save_call(&event.vendor, session, clinic.1, &write(&known)?, now).await?;
    let (true, Some(caller)) = (tell, caller) else {
        tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
        tx.commit().await?;
        return Ok(JobOutcome::Ended(Vec::new()));
    };
    tx.commit().await?;
    // The call is stored as told in the transaction that writes the text: a process that dies before it runs the job again.
    known.told = true;
    let call = ToldCall { vendor: event.vendor.clone(), session: session.clone(), state: write(&known)? };
    let missed = MissedCall { caller, ours: ours.clone(), busy: *busy, at: happened_at(event, now), call };
    conversation::receive::missed_call(cx, job, clinic, &missed).await
}

/// What a live call is answered with where the vendor takes orders as the answer to its webhook.
///
/// # Errors
/// When the store does not answer.
pub async fn answer_call(
    cx: &Reception,
    ours: &str,
    caller: &str,
    moment: CallMoment,
) -> Result<CallAnswer, ReceptionError> {
    let Ok(ours) = PhoneNumber::parse(ours) else { return Ok(CallAnswer::NotOurs) };
    let Some((org, clinic)) = cx.clinic_of(&ours).await? else { return Ok(CallAnswer::NotOurs) };
    let view = clinics::view(cx, clinic).await?;
    let calls = &view.settings.calls;
    if let (CallMoment::Arrived, Wiring::Ring, Some(to)) = (moment, calls.mode, calls.ring.clone()) {
        return Ok(CallAnswer::Ring { to, seconds: calls.ring_seconds, ours });
    }
    let texted = match PhoneNumber::parse(caller) {
        Ok(caller) => {
            let mut tx = cx.store.begin(org).await?;
            !tx.consent_of(&ContactPoint::of(Channel::Sms, caller.expose())).await?.is_opted_out()
        }
        Err(_) => false,
    };
    let facts = Facts::of(&view.settings, &view.menu, Channel::Sms);
    Ok(CallAnswer::Notice { text: spoken_notice(&facts, texted), spanish: false })
}

/// A call counted as missed.
pub(crate) struct MissedCall {
    pub(crate) caller: PhoneNumber,
    pub(crate) ours: PhoneNumber,
    pub(crate) busy: bool,
    pub(crate) at: Timestamp,
    pub(crate) call: ToldCall,
}

/// A call's state once its text is written.
pub(crate) struct ToldCall {
    pub(crate) vendor: String,
    pub(crate) session: String,
    pub(crate) state: String,
}

/// Commands a live call. A call that is over is nobody's loss: a few quick tries, then it rests.
pub(crate) async fn command(cx: &Reception, job: &ClaimedJob) -> Result<JobOutcome, ReceptionError> {
    const TRIES: u32 = 3;
    let CallCommandJob { vendor, session, leg, command, key } = payload(job)?;
    let Some(control) = cx.calls.iter().find(|(name, _)| **name == vendor).map(|(_, control)| control) else {
        return Ok(JobOutcome::End(JobEnd::Done));
    };
    let ring = match &command {
        StoredCommand::Ring { caller, ours, .. } => Some((caller.clone(), ours.expose().to_owned())),
        _ => None,
    };
    let done = control.command(&leg, &command.command(), key).await;
    if let Err(error) = &done {
        cx.metrics.failure(error);
    }
    match done {
        Ok(()) => Ok(JobOutcome::End(JobEnd::Done)),
        Err(error) if job.attempt < TRIES && error.is_passing() => Ok(JobOutcome::End(JobEnd::Retry {
            at: cx.now() + jiff::SignedDuration::from_millis(500),
            error: error.to_string(),
        })),
        Err(error) => {
            tracing::warn!(vendor, code = error.code, "a call could not be commanded");
            // A phone that surely does not ring will not be answered: the caller hears so now, not when they give up.
            if let (Some((from, to)), Happened::No) = (ring, error.happened) {
                let what = Inbound::Call {
                    session,
                    leg: Some(leg),
                    from,
                    to,
                    report: CallReport::ClinicUnanswered,
                    busy: false,
                };
                let event =
                    InboundEvent { event_id: format!("unrung:{key:032x}"), occurred_at: cx.now(), vendor, what };
                inbound::store(cx, vec![event]).await?;
            }
            Ok(JobOutcome::End(JobEnd::Done))
        }
    }
}
