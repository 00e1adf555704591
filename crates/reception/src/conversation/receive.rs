//! Jobs that bring something into a conversation: a text, a missed call, a receipt, a timer.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::appointment::Appointment;
use frontdesk_domain::consent::{CarrierKeyword, ConsentChange, ConsentSource};
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit::{Deposit, DepositStatus};
use frontdesk_domain::ids::{ClinicId, ContactId, ConversationId, MessageId, OrgId, ProviderId, raw_id};
use frontdesk_domain::limits::{CATCH_UP_MAX, REPLY_STALE, SETTLE_CAP};
use frontdesk_engine::Input;
use frontdesk_engine::turn::{NoticeAbout, reading_context};
use frontdesk_engine::understand::{self, OptOut, SafetyFlag};
use frontdesk_ports::inbound::{Inbound, InboundEvent};
use frontdesk_ports::store::{ClaimedJob, ConversationRow, InboundMessage, JobEnd, OrgTx, StoreError};

use super::state_of;
use super::turn::{Heard, facts, perform, quiet_hours};
use crate::calls::MissedCall;
use crate::jobs::{JobKind, JobOutcome, TimerJob, TurnJob, payload};
use crate::{ClinicView, Reception, ReceptionError, calls, carriers, clinics, deposits, desk, notify, outbound};

/// Handles a vendor's event.
pub(crate) async fn inbound(cx: &Reception, job: &ClaimedJob) -> Result<JobOutcome, ReceptionError> {
    let event: InboundEvent = payload(job)?;
    let done = JobOutcome::End(JobEnd::Done);
    match &event.what {
        Inbound::Receipt { .. } => return outbound::receipt(cx, &event).await.map(|()| done),
        Inbound::Payment { .. } => return deposits::settle(cx, job, &event).await,
        Inbound::Chat { .. } => return super::chat::happened(cx, job, &event).await,
        Inbound::Text { .. } | Inbound::Call { .. } => {}
    }
    let Some((number, org, clinic)) = called(cx, &event.what).await? else {
        cx.metrics.unknown_number.inc();
        tracing::warn!(
            event.kind = event.what.key(),
            vendor = event.vendor,
            "an event for a number that belongs to no clinic"
        );
        return Ok(done);
    };
    carriers::learn(cx, &number, &event.vendor).await?;
    match &event.what {
        Inbound::Text { from, .. } => {
            let Ok(from) = PhoneNumber::parse(from) else {
                cx.metrics.unanswerable.inc();
                tracing::warn!(org.id = %org, vendor = event.vendor, "a text from an address that cannot be answered");
                return Ok(done);
            };
            text(cx, job, &event, (org, clinic), &from, &number).await
        }
        Inbound::Call { .. } => calls::report(cx, job, &event, (org, clinic), &number).await,
        Inbound::Receipt { .. } | Inbound::Payment { .. } | Inbound::Chat { .. } => Ok(done),
    }
}

/// Which of our numbers an event came to: the first that belongs to a clinic.
async fn called(cx: &Reception, what: &Inbound) -> Result<Option<(PhoneNumber, OrgId, ClinicId)>, ReceptionError> {
    for number in what.called_numbers().filter_map(|number| PhoneNumber::parse(number).ok()) {
        if let Some((org, clinic)) = cx.clinic_of(&number).await? {
            return Ok(Some((number, org, clinic)));
        }
    }
    Ok(None)
}

/// When an event happened: by the vendor's clock where that is plausible, else when it came. Quiet hours ask how old an
/// answer's occasion is, and a text fetched hours later is hours old.
pub(crate) fn happened_at(event: &InboundEvent, accepted_at: Timestamp) -> Timestamp {
    let plausible = event.occurred_at > accepted_at - CATCH_UP_MAX.signed() && event.occurred_at <= accepted_at;
    if plausible { event.occurred_at } else { accepted_at }
}

/// An id that is the same for the same event, so that a job that runs twice stores one message.
fn message_id(event: &InboundEvent, at: Timestamp) -> MessageId {
    let digest = Sha256::digest(format!("{}|{}", event.vendor, event.event_id));
    let entropy = digest[..10].iter().fold(0_u128, |raw, byte| raw << 8 | u128::from(*byte));
    MessageId::from_raw(raw_id(u64::try_from(at.as_millisecond()).unwrap_or(0), entropy))
}

/// What a turn over a conversation begins with.
pub(super) struct Loaded {
    pub(super) row: ConversationRow,
    pub(super) waiting: Vec<InboundMessage>,
    pub(super) visits: Vec<Appointment>,
}

pub(crate) async fn open(
    cx: &Reception,
    (org, clinic): (OrgId, ClinicId),
    patient: &PhoneNumber,
    ours: &PhoneNumber,
    source: ConsentSource,
) -> Result<ConversationRow, ReceptionError> {
    Ok(open_and_load(cx, (org, clinic), patient, ours, source).await?.row)
}

async fn open_and_load(
    cx: &Reception,
    (org, clinic): (OrgId, ClinicId),
    patient: &PhoneNumber,
    ours: &PhoneNumber,
    source: ConsentSource,
) -> Result<Loaded, ReceptionError> {
    let now = cx.now();
    let new_ids = (ContactId::from_raw(cx.raw_id()), ConversationId::from_raw(cx.raw_id()));
    let mut tx = cx.store.read(org).await?;
    let known = tx.conversation_with(clinic, Channel::Sms, patient.expose()).await?;
    if let Some(row) = known.filter(|row| row.our_address == ours.expose()) {
        return load(tx, row, now).await;
    }
    drop(tx);
    let mut tx = cx.store.begin(org).await?;
    let row = tx.open_conversation(clinic, Channel::Sms, patient.expose(), ours.expose(), new_ids, now).await?;
    if row.id == new_ids.1 {
        tx.record_consent(row.contact, ConsentChange::Implied, source, "", now).await?;
    }
    tx.commit().await?;
    load(cx.store.read(org).await?, row, now).await
}

/// What belongs to a conversation that was just read.
async fn load(mut tx: Box<dyn OrgTx>, row: ConversationRow, now: Timestamp) -> Result<Loaded, ReceptionError> {
    let waiting = if row.has_unanswered { tx.unanswered(row.id).await? } else { Vec::new() };
    let visits = if row.has_visits { tx.standing_visits(row.id, now).await? } else { Vec::new() };
    Ok(Loaded { row, waiting, visits })
}

pub(super) async fn load_by_id(
    cx: &Reception,
    org: OrgId,
    conversation: ConversationId,
) -> Result<Loaded, ReceptionError> {
    let mut tx = cx.store.read(org).await?;
    let row = tx.conversation(conversation).await?.ok_or(ReceptionError::Payload)?;
    load(tx, row, cx.now()).await
}

async fn text(
    cx: &Reception,
    job: &ClaimedJob,
    event: &InboundEvent,
    clinic: (OrgId, ClinicId),
    from: &PhoneNumber,
    to: &PhoneNumber,
) -> Result<JobOutcome, ReceptionError> {
    let Inbound::Text { text, media, references, carrier_keyword, minor, .. } = &event.what else {
        return Err(ReceptionError::Payload);
    };
    let view = clinics::view(cx, clinic.1).await?;
    if view.settings.phone_numbers.contains(from) {
        // Two of our numbers would answer each other for ever.
        cx.metrics.unanswerable.inc();
        return Ok(JobOutcome::End(JobEnd::Done));
    }
    if view.settings.notify.sms.contains(from) {
        if let Some(done) = desk::texted(cx, job, clinic, (from, to), text).await? {
            return Ok(done);
        }
    }
    let loaded = open_and_load(cx, clinic, from, to, ConsentSource::Text).await?;
    let row = loaded.row.clone();
    let at = happened_at(event, job.run_at);
    cx.metrics.message("sms", "in", "text", "received");
    let message = InboundMessage {
        id: message_id(event, job.run_at),
        conversation: row.id,
        text: text.clone(),
        media: *media,
        references: references.clone(),
        carrier_keyword: *carrier_keyword,
        minor: *minor,
        at,
    };
    let settle = view.settings.booking.settle.unwrap_or(cx.settle);
    if settle.as_millis() == 0 || is_urgent(&view, &row, &message, cx.now())? {
        return answer(cx, job, row.id, clinic.0, Some(message), Some(loaded)).await;
    }
    let mut tx = cx.store.begin(clinic.0).await?;
    tx.insert_inbound(&message, false).await?;
    let order_key = Some(format!("turn:{}", row.id));
    let at = job.run_at + settle.signed();
    tx.enqueue(JobKind::Turn.job(clinic.0, &TurnJob { conversation: row.id }, order_key, at)?).await?;
    tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
    tx.commit().await?;
    Ok(JobOutcome::Ended(Vec::new()))
}

/// Consent commands and danger do not wait for another text.
fn is_urgent(
    view: &ClinicView,
    row: &ConversationRow,
    message: &InboundMessage,
    now: Timestamp,
) -> Result<bool, ReceptionError> {
    let state = state_of(row)?;
    let phone = PhoneNumber::parse(&row.address).ok();
    let facts = facts(view, row, phone.as_ref());
    if message.carrier_keyword.is_some() {
        return Ok(true);
    }
    let reading = understand::read(&reading_context(&state, &facts, now), &message.text);
    Ok(reading.opt_out.is_some() || reading.is(SafetyFlag::Emergency) || reading.is(SafetyFlag::Crisis))
}

/// Answers texts that settled, unless another came a moment ago.
pub(crate) async fn settled(cx: &Reception, job: &ClaimedJob) -> Result<JobOutcome, ReceptionError> {
    let TurnJob { conversation } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let Loaded { row, waiting, .. } = load_by_id(cx, org, conversation).await?;
    let (Some(first), Some(last)) = (waiting.first(), waiting.last()) else { return Ok(JobOutcome::End(JobEnd::Done)) };
    let view = clinics::view(cx, row.clinic).await?;
    let settle = view.settings.booking.settle.unwrap_or(cx.settle).signed();
    let due = (last.at + settle).min(first.at + SETTLE_CAP.signed());
    if cx.now() < due {
        return Ok(JobOutcome::End(JobEnd::Later { at: due }));
    }
    answer(cx, job, conversation, org, None, None).await
}

/// How often a turn starts over because another change of the conversation came first.
pub(crate) const CONFLICTS: usize = 8;

/// One turn over everything that is not answered yet.
pub(super) async fn answer(
    cx: &Reception,
    job: &ClaimedJob,
    conversation: ConversationId,
    org: OrgId,
    fresh: Option<InboundMessage>,
    mut loaded: Option<Loaded>,
) -> Result<JobOutcome, ReceptionError> {
    for _ in 0..CONFLICTS {
        // Read when it was opened a moment ago; after a conflict it is read again.
        let Loaded { row, waiting: mut messages, visits } = match loaded.take() {
            Some(loaded) => loaded,
            None => load_by_id(cx, org, conversation).await?,
        };
        let fresh = fresh.as_ref().filter(|fresh| !messages.iter().any(|m| m.id == fresh.id));
        messages.extend(fresh.cloned());
        if messages.is_empty() {
            return Ok(JobOutcome::End(JobEnd::Done));
        }
        let view = clinics::view(cx, row.clinic).await?;
        let state = state_of(&row)?;
        let phone = PhoneNumber::parse(&row.address).ok();
        let facts = facts(&view, &row, phone.as_ref());
        let now = cx.now();
        let joined = messages.iter().map(|m| m.text.as_str()).collect::<Vec<_>>().join("\n");
        let mut reading = understand::read(&reading_context(&state, &facts, now), &joined);
        // A command is a whole message; joined with another text it would not be seen.
        for message in messages.iter().filter(|_| messages.len() > 1) {
            let alone = understand::read(&reading_context(&state, &facts, now), &message.text);
            reading.opt_out = alone.opt_out.or(reading.opt_out);
            reading.lone_cancel |= alone.lone_cancel;
        }
        // What the carrier took for a keyword it acted on, whatever the word means to us.
        if let Some(keyword) = messages.iter().rev().find_map(|m| m.carrier_keyword) {
            reading.opt_out = Some(match keyword {
                CarrierKeyword::Stop => OptOut::Stop,
                CarrierKeyword::Start => OptOut::Start,
                CarrierKeyword::Help => OptOut::Help,
            });
            reading.lone_cancel = false;
        }
        reading.media = messages.iter().map(|m| m.media).sum();
        if messages.iter().any(|m| m.minor) && !reading.is(SafetyFlag::Minor) {
            reading.safety.push(SafetyFlag::Minor);
        }
        let occasioned_at = messages.iter().map(|m| m.at).max().unwrap_or(now);
        let heard = Heard { messages: &messages, fresh, wording: &joined, ..Heard::of(occasioned_at, &visits) };
        cx.metrics.turns.inc();
        for flag in &reading.safety {
            cx.metrics.guarded(flag.key());
        }
        if reading.injection {
            cx.metrics.guarded("injection");
        }
        match perform(cx, job, &view, row, state, Input::Said(Box::new(reading)), &heard).await {
            Err(ReceptionError::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(ReceptionError::Store(StoreError::Conflict))
}

/// A missed call opens or continues the conversation; one text per caller in the clinic's window. A call that was fetched
/// so late that a text would only puzzle is told to staff.
pub(crate) async fn missed_call(
    cx: &Reception,
    job: &ClaimedJob,
    clinic: (OrgId, ClinicId),
    missed: &MissedCall,
) -> Result<JobOutcome, ReceptionError> {
    let view = clinics::view(cx, clinic.1).await?;
    let loaded = open_and_load(cx, clinic, &missed.caller, &missed.ours, ConsentSource::Call).await?;
    if cx.now().duration_since(missed.at) > REPLY_STALE.signed() {
        // Too old for a text, but somebody called: staff call back.
        let opened = loaded.row;
        let state = state_of(&opened)?;
        let mut tx = cx.store.begin(clinic.0).await?;
        tx.save_call(&missed.call.vendor, &missed.call.session, clinic.1, &missed.call.state, cx.now()).await?;
        notify::write(cx, tx.as_mut(), &view, &opened, &state, NoticeAbout::MissedCall).await?;
        tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
        tx.commit().await?;
        return Ok(JobOutcome::Ended(Vec::new()));
    }
    let (id, mut loaded) = (loaded.row.id, Some(loaded));
    for _ in 0..CONFLICTS {
        let Loaded { row, visits, .. } = match loaded.take() {
            Some(loaded) => loaded,
            None => load_by_id(cx, clinic.0, id).await?,
        };
        let now = cx.now();
        let recent = row.called_back_at.is_some_and(|at| now.duration_since(at) < view.settings.calls.window.signed());
        if recent || view.settings.notify.sms.contains(&missed.caller) {
            return Ok(JobOutcome::End(JobEnd::Done));
        }
        let state = state_of(&row)?;
        if row.consent.is_opted_out() {
            // They want no texts, but they called: a person calls back, told once in the window.
            let mut row = ConversationRow { called_back_at: Some(now), ..row };
            let mut tx = cx.store.begin(clinic.0).await?;
            tx.save_call(&missed.call.vendor, &missed.call.session, clinic.1, &missed.call.state, now).await?;
            super::save(cx, tx.as_mut(), &mut row, &state, &view).await?;
            notify::write(cx, tx.as_mut(), &view, &row, &state, NoticeAbout::MissedCall).await?;
            tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
            tx.commit().await?;
            return Ok(JobOutcome::Ended(Vec::new()));
        }
        let heard = Heard { occasioned_at: missed.at, call: Some(&missed.call), ..Heard::of(now, &visits) };
        match perform(cx, job, &view, row, state, Input::MissedCall { busy: missed.busy }, &heard).await {
            Err(ReceptionError::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(ReceptionError::Store(StoreError::Conflict))
}

/// A wait is over.
pub(crate) async fn timer(cx: &Reception, job: &ClaimedJob) -> Result<JobOutcome, ReceptionError> {
    let TimerJob { conversation, timer } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let row = load_by_id(cx, org, conversation).await?.row;
    let view = clinics::view(cx, row.clinic).await?;
    // The wait goes on through quiet hours, so that what is said in the morning is decided in the morning.
    let quiet = quiet_hours(&view, &row.address);
    if !quiet.permit(cx.now()) {
        return Ok(JobOutcome::End(JobEnd::Later { at: quiet.next_permitted(cx.now()) }));
    }
    happened(cx, job, org, conversation, Input::TimerFired(timer)).await
}

/// Brings something other than a text into a conversation.
pub(crate) async fn happened(
    cx: &Reception,
    job: &ClaimedJob,
    org: OrgId,
    conversation: ConversationId,
    input: Input,
) -> Result<JobOutcome, ReceptionError> {
    for _ in 0..CONFLICTS {
        let Loaded { row, visits, .. } = load_by_id(cx, org, conversation).await?;
        let view = clinics::view(cx, row.clinic).await?;
        let state = state_of(&row)?;
        let heard = Heard::of(cx.now(), &visits);
        match perform(cx, job, &view, row, state, input.clone(), &heard).await {
            Err(ReceptionError::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(ReceptionError::Store(StoreError::Conflict))
}

/// Staff named the time: the visit is stored with the conversation that hears of it. Confirmed twice it is one.
pub(crate) async fn confirmed(
    cx: &Reception,
    job: &ClaimedJob,
    org: OrgId,
    conversation: ConversationId,
    start: Timestamp,
    provider: Option<ProviderId>,
) -> Result<JobOutcome, ReceptionError> {
    for _ in 0..CONFLICTS {
        let Loaded { row, visits, .. } = load_by_id(cx, org, conversation).await?;
        let view = clinics::view(cx, row.clinic).await?;
        let state = state_of(&row)?;
        let Some(visit) = desk::visit(cx, &view, &row, &state, start, provider) else {
            return Ok(JobOutcome::End(JobEnd::Done));
        };
        let heard = Heard { confirmed: Some(&visit), ..Heard::of(cx.now(), &visits) };
        match perform(cx, job, &view, row, state, Input::StaffConfirmed(visit.clone()), &heard).await {
            Err(ReceptionError::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(ReceptionError::Store(StoreError::Conflict))
}

/// Brings a changed deposit into its conversation: both are stored in one transaction.
pub(crate) async fn with_deposit(
    cx: &Reception,
    job: &ClaimedJob,
    after: &Deposit,
    was: DepositStatus,
    input: Input,
) -> Result<JobOutcome, ReceptionError> {
    let Loaded { row, visits, .. } = load_by_id(cx, after.org, after.conversation).await?;
    let view = clinics::view(cx, row.clinic).await?;
    let state = state_of(&row)?;
    let heard = Heard { deposit: Some((after, was)), ..Heard::of(cx.now(), &visits) };
    perform(cx, job, &view, row, state, input, &heard).await
}

/// A text whose handling was given up: it is kept in its thread and staff are told.
pub(crate) async fn unhandled(cx: &Reception, job: &ClaimedJob) -> Result<(), ReceptionError> {
    let event: InboundEvent = payload(job)?;
    if let Some(deposit) = deposits::of_event(cx, &event).await? {
        return deposits::trouble(cx, deposit.org, deposit.id).await;
    }
    if let Inbound::Chat { .. } = &event.what {
        return super::chat::unhandled(cx, &event).await;
    }
    let Inbound::Text { from, text, media, references, carrier_keyword, minor, .. } = &event.what else {
        return Ok(());
    };
    let Ok(from) = PhoneNumber::parse(from) else { return Ok(()) };
    let Some((to, org, clinic)) = called(cx, &event.what).await? else { return Ok(()) };
    let clinic = (org, clinic);
    let view = clinics::view(cx, clinic.1).await?;
    let row = open(cx, clinic, &from, &to, ConsentSource::Text).await?;
    let message = InboundMessage {
        id: message_id(&event, job.run_at),
        conversation: row.id,
        text: text.clone(),
        media: *media,
        references: references.clone(),
        carrier_keyword: *carrier_keyword,
        minor: *minor,
        at: happened_at(&event, job.run_at),
    };
    let mut tx = cx.store.begin(clinic.0).await?;
    // As answered: what broke one turn must not break the next.
    tx.insert_inbound(&message, true).await?;
    tx.mark_answered(&[message.id]).await?;
    tell_unhandled(cx, tx, &view, &row).await
}

/// Texts whose turn was given up.
pub(crate) async fn unanswered(
    cx: &Reception,
    job: &ClaimedJob,
    conversation: ConversationId,
) -> Result<(), ReceptionError> {
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let Loaded { row, waiting, .. } = load_by_id(cx, org, conversation).await?;
    let view = clinics::view(cx, row.clinic).await?;
    let mut tx = cx.store.begin(org).await?;
    let waiting: Vec<MessageId> = waiting.iter().map(|m| m.id).collect();
    tx.mark_answered(&waiting).await?;
    tell_unhandled(cx, tx, &view, &row).await
}

pub(super) async fn tell_unhandled(
    cx: &Reception,
    mut tx: Box<dyn OrgTx>,
    view: &ClinicView,
    row: &ConversationRow,
) -> Result<(), ReceptionError> {
    // The state itself may be what cannot be read.
    let state = state_of(row).unwrap_or_default();
    notify::write(cx, tx.as_mut(), view, row, &state, NoticeAbout::Unhandled).await?;
    tx.commit().await?;
    Ok(())
}
