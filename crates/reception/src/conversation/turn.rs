//! The turn carried out: questions to the calendar with no transaction open, then everything else in one transaction.

use jiff::Timestamp;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::appointment::Appointment;
use frontdesk_domain::consent::{ConsentChange, ConsentSource, ConsentStanding};
use frontdesk_domain::contact_policy::{Circumstances, MessageKind, Verdict, may_send};
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit::{Deposit, DepositStatus};
use frontdesk_domain::ids::{AppointmentId, LeadId, MessageId, OrgId, raw_id};
use frontdesk_domain::limits::CARRIER_TEXT_MAX_CHARS;
use frontdesk_domain::quiet_hours::QuietHours;
use frontdesk_domain::sms::{segments, split};
use frontdesk_engine::turn::{Order, Search, Utterance};
use frontdesk_engine::{Action, Conversation, Facts, Input, step};
use frontdesk_ports::booking_platform::{AvailabilityQuery, BookingOutcome, BookingRequest};
use frontdesk_ports::store::{
    Claim, ClaimedJob, ConversationRow, ConversationSummary, InboundMessage, JobEnd, NewJob, OrgTx, OutboundMessage,
    SendState,
};

use super::chat;
use crate::calls::ToldCall;
use crate::jobs::{Follower, JobKind, JobOutcome, SendTextJob, TimerJob};
use crate::metrics::span;
use crate::outbound::Ready;
use crate::{ClinicView, Reception, ReceptionError, deposits, notify, watch};

/// What a turn answers.
pub(super) struct Heard<'a> {
    /// Texts it answers.
    pub(super) messages: &'a [InboundMessage],
    /// The one among them that is not stored yet.
    pub(super) fresh: Option<&'a InboundMessage>,
    /// Their words, for the consent record.
    pub(super) wording: &'a str,
    /// When the patient did what this answers.
    pub(super) occasioned_at: Timestamp,
    /// The visits of this conversation that stand, as the calendar has them.
    pub(super) visits: &'a [Appointment],
    /// It is the text-back of this missed call, which is told with it.
    pub(super) call: Option<&'a ToldCall>,
    /// A deposit as it stands after this, and how it stood before.
    pub(super) deposit: Option<(&'a Deposit, DepositStatus)>,
    /// The visit staff confirmed with it.
    pub(super) confirmed: Option<&'a Appointment>,
}

impl<'a> Heard<'a> {
    /// Something else than a text, at an instant.
    pub(super) fn of(occasioned_at: Timestamp, visits: &'a [Appointment]) -> Self {
        Self {
            messages: &[],
            fresh: None,
            wording: "",
            occasioned_at,
            visits,
            call: None,
            deposit: None,
            confirmed: None,
        }
    }
}

/// What the engine may know of this conversation.
pub(super) fn facts<'a>(view: &'a ClinicView, row: &ConversationRow, phone: Option<&'a PhoneNumber>) -> Facts<'a> {
    Facts { phone, known_patient: row.is_known, ..Facts::of(&view.settings, &view.menu, row.channel) }
}

/// How many questions to the calendar one turn may ask.
const QUESTIONS: usize = 8;

/// Runs the engine until no question is open, then makes everything durable.
#[tracing::instrument(name = "turn", skip_all, fields(conversation.id = %row.id, org.id = %view.settings.org, channel = row.channel.key()))]
pub(super) async fn perform(
    cx: &Reception,
    job: &ClaimedJob,
    view: &ClinicView,
    row: ConversationRow,
    state: Conversation,
    input: Input,
    heard: &Heard<'_>,
) -> Result<JobOutcome, ReceptionError> {
    let (now, began) = (cx.now(), cx.clock.real_now());
    let phone = PhoneNumber::parse(&row.address).ok();
    // The low bits of an id are random.
    let code = u32::try_from(cx.raw_id() & u128::from(u32::MAX)).unwrap_or_default();
    let may_code = chat::may_code(cx, view, &row, &state, &input, now).await?;
    let facts = Facts { code, may_code, ..facts(view, &row, phone.as_ref()) };
    let mut trace = cx.watcher.as_ref().map(|_| Box::new(watch::begun(row.id, &state, &input, now)));
    let (state, mut actions) = reconciled(state, heard.visits, row.is_joined, &facts, now);
    let (mut state, more) = step(state, input, &facts, now);
    actions.extend(more);
    for _ in 0..QUESTIONS {
        let Some(at) = actions.iter().position(is_question) else {
            break;
        };
        let question = actions.remove(at);
        if let Some(trace) = &mut trace {
            trace.note(&question);
        }
        let answer = match question {
            Action::FindSlots(search) => find(cx, view, search, now).await,
            Action::Hold(order) => deposits::hold(cx, view, &row, &state, order, now).await?,
            Action::RequestDeposit(order) => deposits::request(cx, view, &row, &state, order, now).await?,
            Action::Book(order) => book(cx, view, &row, &state, order, now).await?,
            Action::ProvePhone(number) => chat::prove(cx, view, &row, number, now).await?,
            Action::CancelVisit(id) => {
                cx.calendar.cancel(&view.settings, id, now).await?;
                Input::Cancelled(id)
            }
            _ => break,
        };
        let (next, more) = step(state, answer, &facts, now);
        state = next;
        actions.extend(more);
    }
    if let Some(trace) = &mut trace {
        trace.after = state.stage.key();
        actions.iter().for_each(|action| trace.note(action));
    }
    let done = apply(cx, job, view, row, state, actions, heard).await;
    cx.metrics.turn.observe(span(cx.clock.real_now().duration_since(began)));
    if let (Some(watcher), Some(trace), Ok(_)) = (&cx.watcher, trace, &done) {
        watcher.turned(*trace);
    }
    done
}

/// Whether an action asks the outside and comes back with an answer.
fn is_question(action: &Action) -> bool {
    matches!(
        action,
        Action::FindSlots(_)
            | Action::Book(_)
            | Action::CancelVisit(_)
            | Action::Hold(_)
            | Action::RequestDeposit(_)
            | Action::ProvePhone(_)
    )
}

/// The calendar is the truth about visits. A process that died, or lost to another change, between the calendar's commit
/// and the conversation's leaves a visit the conversation does not know, or one it still believes in.
fn reconciled(
    mut state: Conversation,
    visits: &[Appointment],
    is_joined: bool,
    facts: &Facts<'_>,
    now: Timestamp,
) -> (Conversation, Vec<Action>) {
    let mut actions = Vec::new();
    if is_joined {
        // Another conversation of the same phone may have made, moved or called off a visit: it said so there.
        state.forget_visits_but(visits);
        for visit in visits {
            state = step(state, Input::VisitKnown(visit.clone()), facts, now).0;
        }
        return (state, actions);
    }
    let known: Vec<AppointmentId> = state.visits_ahead(now).iter().map(|visit| visit.id).collect();
    let mut unknown: Vec<&Appointment> = visits.iter().filter(|v| !known.contains(&v.id)).collect();
    unknown.reverse();
    for gone in known.into_iter().filter(|id| visits.iter().all(|v| v.id != *id)) {
        let input = match unknown.pop() {
            Some(moved) => Input::Booked(
                Order { slot: moved.slot.clone(), replaces: Some(gone), hold: None, preface: Vec::new() },
                moved.clone(),
            ),
            None => Input::Cancelled(gone),
        };
        let (next, more) = step(state, input, facts, now);
        state = next;
        actions.extend(more);
    }
    while let Some(booked) = unknown.pop() {
        let order = Order { slot: booked.slot.clone(), replaces: None, hold: None, preface: Vec::new() };
        let (next, more) = step(state, Input::Booked(order, booked.clone()), facts, now);
        state = next;
        actions.extend(more);
    }
    (state, actions)
}

async fn find(cx: &Reception, view: &ClinicView, search: Search, now: Timestamp) -> Input {
    let query = AvailabilityQuery {
        clinic: &view.settings,
        service: search.service,
        provider: search.provider,
        preference: &search.preference,
        now,
    };
    match cx.calendar.availability(&query).await {
        Ok(slots) => Input::SlotsFound(search, slots),
        Err(error) => {
            tracing::error!(error.kind = %error, "the calendar does not answer");
            Input::PlatformDown(search.preface)
        }
    }
}

/// The id of a lead: the same for the same request of the same conversation.
pub(crate) fn lead_id(row: &ConversationRow, state: &Conversation) -> LeadId {
    LeadId::from_raw(row.id.raw() ^ u128::from(state.lead.sequence))
}

async fn book(
    cx: &Reception,
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    order: Order,
    now: Timestamp,
) -> Result<Input, ReceptionError> {
    let lead = lead_id(row, state);
    let provider = order.slot.provider.map(|p| p.to_string()).unwrap_or_default();
    let request = BookingRequest {
        clinic: &view.settings,
        conversation: row.id,
        lead,
        slot: &order.slot,
        patient_name: state.lead.patient_name().unwrap_or_default(),
        replaces: order.replaces,
        hold: order.hold,
        // A turn that runs twice orders once; a visit booked again after a cancellation is another order.
        key: format!("{}:{}:{}:{}:{provider}", row.id, state.lead.sequence, state.bookings, order.slot.start),
        now,
    };
    Ok(match cx.calendar.book(&request).await? {
        BookingOutcome::Booked(appointment) => Input::Booked(order, appointment),
        BookingOutcome::SlotTaken => Input::SlotTaken(order),
    })
}

/// Writes state and summary.
pub(crate) async fn save(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    row: &mut ConversationRow,
    state: &Conversation,
    view: &ClinicView,
) -> Result<(), ReceptionError> {
    row.state = serde_json::to_string(state).map_err(|_| ReceptionError::Payload)?;
    let summary = ConversationSummary {
        stage: state.stage.key().to_owned(),
        status: state.lead.status.key().to_owned(),
        name: state.lead.name.clone(),
        service: state.lead.services.first().and_then(|id| view.settings.service(*id)).map(|s| s.name.clone()),
        email: state.lead.email().map(str::to_owned),
    };
    tx.save_conversation(row, &summary, cx.now()).await?;
    row.version += 1;
    Ok(())
}

/// The job that sends a message. Answers of one conversation leave in order; safety and consent wait
/// for nothing, and nothing waits for a proactive message.
pub(super) fn send_job(
    org: OrgId,
    message: &OutboundMessage,
    now: Timestamp,
    claim: Option<Claim>,
) -> Result<NewJob, ReceptionError> {
    // A follow-up held until morning must not hold an answer, and nothing holds a confirmation of STOP.
    let ordered = matches!(message.kind, MessageKind::Reply | MessageKind::Receipt);
    let order_key = ordered.then(|| format!("out:{}", message.conversation));
    let job = JobKind::SendText.job(org, &SendTextJob { message: message.id }, order_key, now)?;
    Ok(NewJob { claimed_by: claim, ..job })
}

/// The quiet hours of one recipient.
pub(crate) fn quiet_hours(view: &ClinicView, address: &str) -> QuietHours {
    let clinic = &view.settings;
    let recipient = PhoneNumber::parse(address).ok();
    QuietHours::new(&clinic.timezone, clinic.main_number(), recipient.as_ref(), clinic.permitted_hours())
}

async fn apply(
    cx: &Reception,
    job: &ClaimedJob,
    view: &ClinicView,
    mut row: ConversationRow,
    state: Conversation,
    actions: Vec<Action>,
    heard: &Heard<'_>,
) -> Result<JobOutcome, ReceptionError> {
    let now = cx.now();
    let org = row.org;
    let mut tx = cx.store.begin(org).await?;
    if heard.call.is_some() && actions.iter().any(|a| matches!(a, Action::Say(_))) {
        row.called_back_at = Some(now);
    }
    if let Some(call) = heard.call {
        tx.save_call(&call.vendor, &call.session, row.clinic, &call.state, now).await?;
    }
    save(cx, tx.as_mut(), &mut row, &state, view).await?;
    if let Some((deposit, was)) = heard.deposit {
        tx.save_deposit(deposit, was, now).await?;
    }
    if let Some(visit) = heard.confirmed {
        tx.insert_appointment(visit, &format!("staff:{}", visit.lead), now).await?;
    }
    if let Some(fresh) = heard.fresh {
        tx.insert_inbound(fresh, true).await?;
    }
    let is_fresh = |id: MessageId| heard.fresh.is_some_and(|fresh| fresh.id == id);
    let answered: Vec<MessageId> = heard.messages.iter().map(|m| m.id).filter(|id| !is_fresh(*id)).collect();
    tx.mark_answered(&answered).await?;
    let carrier_replied = heard.messages.iter().any(|m| m.carrier_keyword.is_some());
    let source = if row.channel == Channel::Webchat { ConsentSource::Chat } else { ConsentSource::Text };
    // The rules are asked with the consent as it stands after this turn.
    let mut consent = row.consent;
    let mut next = Vec::new();
    for action in &actions {
        match action {
            Action::OptOut => {
                tx.record_consent(row.contact, ConsentChange::OptedOut, source, heard.wording, now).await?;
                if let Some(phone) = chat::proven_phone(&row, &state) {
                    // Said in a chat it holds for the phone as well.
                    let text = chat::by_text(cx, tx.as_mut(), view, &row, phone, now).await?;
                    tx.record_consent(text.contact, ConsentChange::OptedOut, source, heard.wording, now).await?;
                }
                consent = consent.after(ConsentChange::OptedOut, now);
                cx.metrics.consent_changed("opted_out");
            }
            Action::OptIn => {
                tx.record_consent(row.contact, ConsentChange::OptedIn, source, heard.wording, now).await?;
                if let Some(phone) = chat::proven_phone(&row, &state) {
                    let text = chat::by_text(cx, tx.as_mut(), view, &row, phone, now).await?;
                    tx.record_consent(text.contact, ConsentChange::OptedIn, source, heard.wording, now).await?;
                }
                consent = consent.after(ConsentChange::OptedIn, now);
                cx.metrics.consent_changed("opted_in");
            }
            _ => {}
        }
    }
    for action in actions {
        match action {
            // The carrier answered the keyword; a second confirmation would be one too many.
            Action::Say(said) if said.kind == MessageKind::Consent && carrier_replied => {}
            Action::Say(said) => {
                next.extend(say(cx, tx.as_mut(), view, &row, consent, &said, heard.occasioned_at).await?);
                // Who left the page still gets what they were promised.
                let also = matches!(said.kind, MessageKind::Receipt | MessageKind::Proactive);
                if let Some(phone) = chat::proven_phone(&row, &state).filter(|_| also) {
                    let text = chat::by_text(cx, tx.as_mut(), view, &row, phone, now).await?;
                    next.extend(say(cx, tx.as_mut(), view, &text, text.consent, &said, heard.occasioned_at).await?);
                }
            }
            Action::TextCode { to, code } => {
                let text = chat::by_text(cx, tx.as_mut(), view, &row, &to, now).await?;
                let said = chat::code_text(view, &row, &state, code, now);
                next.extend(say(cx, tx.as_mut(), view, &text, text.consent, &said, heard.occasioned_at).await?);
            }
            Action::SetTimer(timer, after) => {
                let payload = TimerJob { conversation: row.id, timer };
                tx.enqueue(JobKind::Timer.job(org, &payload, None, now + after.signed())?).await?;
            }
            Action::Notify(about) => notify::write(cx, tx.as_mut(), view, &row, &state, about).await?,
            Action::Release(hold) => {
                tx.let_go(&hold.id.to_string()).await?;
                tx.let_go(&format!("{}/room", hold.id)).await?;
            }
            Action::CancelDeposit(id) => deposits::cancel(tx.as_mut(), id, now).await?,
            Action::Refund(id) => deposits::give_back(tx.as_mut(), id, now).await?,
            Action::OptOut
            | Action::OptIn
            | Action::FindSlots(_)
            | Action::Book(_)
            | Action::CancelVisit(_)
            | Action::Hold(_)
            | Action::ProvePhone(_)
            | Action::RequestDeposit(_) => {}
        }
    }
    tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
    tx.commit().await?;
    Ok(JobOutcome::Ended(next))
}

/// A message as it is written down.
fn written(
    cx: &Reception,
    row: &ConversationRow,
    said: &Utterance,
    text: String,
    occasioned_at: Timestamp,
) -> OutboundMessage {
    let now = cx.now();
    OutboundMessage {
        id: MessageId::from_raw(raw_id(u64::try_from(now.as_millisecond()).unwrap_or(0), cx.raw_id())),
        conversation: row.id,
        kind: said.kind,
        about: said.about.to_owned(),
        segments: segments(&text).count,
        text,
        is_opt_out_confirmation: said.is_opt_out_confirmation,
        written_at: now,
        occasioned_at,
        state: SendState::Queued,
        attempts: 0,
        vendor: None,
        vendor_message: None,
    }
}

/// Stores what is said with the jobs that send it. The first part is claimed by this process and marked as under way in
/// the same transaction when the rules let it leave now, which saves two transactions a turn.
async fn say(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    view: &ClinicView,
    row: &ConversationRow,
    consent: ConsentStanding,
    said: &Utterance,
    occasioned_at: Timestamp,
) -> Result<Vec<Follower>, ReceptionError> {
    let now = cx.now();
    if row.channel == Channel::Webchat {
        // The page shows what stands in the thread: written down it is delivered.
        let message = OutboundMessage {
            state: SendState::Delivered,
            attempts: 1,
            ..written(cx, row, said, said.text.clone(), occasioned_at)
        };
        cx.metrics.message("webchat", "out", said.kind.key(), "delivered");
        tx.insert_outbound(&message).await?;
        return Ok(Vec::new());
    }
    let quiet = quiet_hours(view, &row.address);
    let mut next = Vec::new();
    for (part, text) in split(&said.text, CARRIER_TEXT_MAX_CHARS).into_iter().enumerate() {
        let mut message = written(cx, row, said, text, occasioned_at);
        let about = Circumstances {
            consent,
            is_opt_out_confirmation: said.is_opt_out_confirmation,
            occasioned_at,
            written_at: now,
            proactive_last_day: 0,
            quiet: &quiet,
        };
        let at_once =
            part == 0 && said.kind != MessageKind::Proactive && may_send(said.kind, &about, now) == Verdict::Send;
        let job = send_job(row.org, &message, now, at_once.then(|| cx.claim()))?;
        let (payload, order_key) = (job.payload.clone(), job.order_key.clone());
        let enqueued = tx.enqueue(job).await?;
        if enqueued.claimed {
            message.state = SendState::Sending;
            message.attempts = 1;
            let job = ClaimedJob {
                id: enqueued.id,
                org: Some(row.org),
                kind: JobKind::SendText.key().to_owned(),
                version: JobKind::SendText.version(),
                payload,
                attempt: 1,
                order_key,
                run_at: now,
            };
            let ready = Ready { message: message.clone(), row: row.clone() };
            next.push(Follower { job, ready: Some(Box::new(ready)) });
        }
        tx.insert_outbound(&message).await?;
    }
    Ok(next)
}
