//! Conversations on a clinic's site: open one, say something, see where it stands, hear when it changes.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::ids::ConversationId;
use frontdesk_domain::limits::INBOUND_TEXT_MAX_CHARS;
use frontdesk_domain::slot::Slot;
use frontdesk_domain::token::Scope;
use frontdesk_ports::store::{Change, ThreadLine};
use frontdesk_reception::api::{self, ChatView};

use super::{Holder, asked, json, whole};
use crate::problem::ProblemBody;
use crate::{Http, Problem};

/// Opens a conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// Their first words; without any the receptionist greets.
    #[schema(max_length = 10_000)]
    text: Option<String>,
}

/// Says something in a conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Say {
    /// Of `POST /conversations/start`.
    conversation_id: String,
    /// What the patient wrote.
    #[schema(min_length = 1, max_length = 10_000)]
    text: String,
}

/// What was said in answer, and where the conversation stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct Answered {
    /// What was said after the patient's words.
    replies: Vec<Line>,
    /// Where it stands.
    state: ConversationState,
}

/// Where a conversation stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConversationState {
    /// Its id.
    conversation_id: String,
    /// A turn is under way: ask for the state in a moment.
    pending: bool,
    /// `greeting`, `qualifying`, `offering`, `holding`, `awaiting_payment`, `booked`, `awaiting_staff`, `confirmed`,
    /// `handed_over`, `opted_out` or `closed`.
    stage: &'static str,
    /// `en` or `es`.
    language: &'static str,
    /// What the last message asked for: `name`, `service`, `patient_type`, `email`, `time_preference`, `phone`, `code`, `slot`,
    /// `confirm`, `deposit` or `none`.
    expecting: &'static str,
    /// They want no more messages.
    opted_out: bool,
    /// What is known of the request.
    lead: Lead,
    /// The times on offer, in the order shown.
    offered: Vec<OpenTime>,
    /// The visit that stands.
    appointment: Option<Visit>,
    /// Money asked for.
    deposit: Option<DepositState>,
    /// What was said, oldest first; the last 200 lines.
    messages: Vec<Line>,
}

/// One request of a patient.
#[derive(Serialize, ToSchema)]
pub(crate) struct Lead {
    name: Option<String>,
    /// The person it is for, when that is someone else.
    for_name: Option<String>,
    services: Vec<String>,
    provider: Option<String>,
    /// `new` or `existing`.
    patient_type: Option<&'static str>,
    email: Option<String>,
    /// As typed, E.164.
    phone: Option<String>,
    /// A texted code came back from that number.
    phone_proven: bool,
    /// `new`, `engaged`, `qualified`, `booked`, `deposit_paid`, `confirmed`, `kept`, `no_show`, `cancelled` or `lost`.
    status: &'static str,
}

/// An open time.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenTime {
    /// RFC 3339 with the clinic's offset.
    start: String,
    /// When the patient is done.
    end: String,
    service: String,
    provider: Option<String>,
    /// The address.
    location: Option<String>,
}

/// A booked visit.
#[derive(Serialize, ToSchema)]
pub(crate) struct Visit {
    /// Its id, which is also its confirmation number.
    id: String,
    /// RFC 3339 with the clinic's offset.
    start: String,
    /// When the patient is done.
    end: String,
    service: String,
    provider: Option<String>,
    /// `held`, `booked`, `confirmed`, `arrived`, `completed`, `no_show`, `cancelled` or `rescheduled`.
    status: &'static str,
}

/// A deposit.
#[derive(Serialize, ToSchema)]
pub(crate) struct DepositState {
    /// In the currency's minor unit.
    amount_minor: i64,
    /// ISO 4217.
    currency: &'static str,
    /// `asked` until they agree, then `requested`, `paid`, `failed`, `expired`, `cancelled`, `refunded`, `disputed`, `won` or
    /// `lost`.
    status: &'static str,
    /// The clinic's policy, to be shown before they agree.
    policy: String,
    /// The hosted page, once they agreed.
    url: Option<String>,
    /// When that page closes.
    expires_at: Option<String>,
}

/// One line of a thread.
#[derive(Serialize, ToSchema)]
pub(crate) struct Line {
    id: String,
    /// `patient` or `clinic`.
    from: &'static str,
    text: String,
    /// What a line of the clinic was for: `greeting`, `ask_name`, `offer`, `confirm`, `deposit_link`, `safety`, …
    about: String,
    /// RFC 3339 with the clinic's offset.
    at: String,
}

pub(crate) fn open_time(clinic: &ClinicSettings, slot: &Slot) -> OpenTime {
    OpenTime {
        start: clinic.timezone.rfc3339(slot.start),
        end: clinic.timezone.rfc3339(slot.end),
        service: clinic.service(slot.service).map(|s| s.name.clone()).unwrap_or_default(),
        provider: slot.provider.and_then(|id| clinic.provider(id)).map(|p| p.name.clone()),
        location: clinic.location(slot.location).map(|l| l.address.clone()).filter(|address| !address.is_empty()),
    }
}

fn line(clinic: &ClinicSettings, line: &ThreadLine) -> Line {
    Line {
        id: line.id.to_string(),
        from: if line.inbound { "patient" } else { "clinic" },
        text: line.text.clone(),
        about: line.about.clone(),
        at: clinic.timezone.rfc3339(line.at),
    }
}

fn deposit(view: &ChatView) -> Option<DepositState> {
    let clinic = &view.clinic.settings;
    if let Some(asked) = &view.state.agreeing {
        return Some(DepositState {
            amount_minor: asked.amount.minor_units(),
            currency: "USD",
            status: "asked",
            policy: asked.policy.clone(),
            url: None,
            expires_at: None,
        });
    }
    let deposit = view.state.deposit.as_ref()?;
    let open = deposit.status.is_open();
    Some(DepositState {
        amount_minor: deposit.amount.minor_units(),
        currency: "USD",
        status: deposit.status.key(),
        policy: deposit.policy.clone(),
        url: open.then(|| deposit.short_link.clone()),
        expires_at: open.then(|| clinic.timezone.rfc3339(deposit.expires_at)),
    })
}

pub(crate) fn state_of(view: &ChatView) -> ConversationState {
    let (clinic, state) = (&view.clinic.settings, &view.state);
    let phone = state.phone.as_ref();
    ConversationState {
        conversation_id: view.id.to_string(),
        pending: view.pending,
        stage: state.stage.key(),
        language: state.language.code(),
        expecting: if state.code.is_some()
            && !state.opted_out
            && (state.visit_wanted || state.expecting.key() == "none")
        {
            "code"
        } else {
            state.expecting.key()
        },
        opted_out: state.opted_out,
        lead: Lead {
            name: state.lead.name.clone(),
            for_name: state.lead.for_name.clone(),
            services: state.lead.services.iter().filter_map(|id| clinic.service(*id)).map(|s| s.name.clone()).collect(),
            provider: state.lead.provider.clone(),
            patient_type: state.lead.patient_type.map(frontdesk_domain::lead::PatientType::key),
            email: state.lead.email().map(str::to_owned),
            phone: phone.map(|phone| phone.number.expose().to_owned()),
            phone_proven: phone.is_some_and(|phone| phone.is_proven),
            status: state.lead.status.key(),
        },
        offered: state.offer.iter().flat_map(|offer| &offer.slots).map(|slot| open_time(clinic, slot)).collect(),
        appointment: state.appointment.as_ref().map(|visit| Visit {
            id: visit.id.to_string(),
            start: clinic.timezone.rfc3339(visit.slot.start),
            end: clinic.timezone.rfc3339(visit.slot.end),
            service: visit.service_name.clone(),
            provider: visit.provider_name.clone(),
            status: visit.status.key(),
        }),
        deposit: deposit(view),
        messages: view.thread.iter().map(|l| line(clinic, l)).collect(),
    }
}

pub(crate) fn status(view: &ChatView, done: StatusCode) -> StatusCode {
    if view.pending { StatusCode::ACCEPTED } else { done }
}

/// Opens a conversation; the receptionist greets, or answers their first words.
#[utoipa::path(
    post, path = "/conversations/start", tag = "conversations", request_body = Start,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same body opens one conversation, however often it is sent; remembered for 24 hours")),
    responses(
        (status = 201, body = Answered, description = "It is open, and this was said"),
        (status = 202, body = Answered, description = "It is stored; the answer is under way"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "Refused; `code` says why, see /problems"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Nothing was stored, or it is not known: send it again with its key"),
    ),
    security(("bearer" = ["conversations"])),
)]
pub(crate) async fn start(
    State(http): State<Http>,
    holder: Holder,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let caller = holder.may(Scope::Conversations)?;
    let body = whole(body)?;
    let start: Start = json(&body)?;
    start.text.as_deref().map_or(Ok(()), short_enough)?;
    let text = start.text.filter(|text| !text.trim().is_empty());
    let (view, message) = api::start(&http.reception, &http.acceptor, &caller, asked(&headers, &body)?, text).await?;
    // Opened without words, all of it is the answer.
    let said = if view.thread.iter().any(|l| l.id == message) { view.after(message) } else { &view.thread };
    let replies = said.iter().map(|l| line(&view.clinic.settings, l)).collect();
    Ok((status(&view, StatusCode::CREATED), Json(Answered { replies, state: state_of(&view) })).into_response())
}

/// Says something; answered with what the receptionist says.
#[utoipa::path(
    post, path = "/conversations/message", tag = "conversations", request_body = Say,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same body says it once, however often it is sent")),
    responses(
        (status = 200, body = Answered, description = "This was said in answer"),
        (status = 202, body = Answered, description = "It is stored; the answer is under way"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "Refused; `code` says why"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Send it again with its key"),
    ),
    security(("bearer" = ["conversations"])),
)]
pub(crate) async fn message(
    State(http): State<Http>,
    holder: Holder,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let caller = holder.may(Scope::Conversations)?;
    let body = whole(body)?;
    let said: Say = json(&body)?;
    short_enough(&said.text)?;
    if said.text.trim().is_empty() {
        return Err(Problem::new("invalid", "text: expected some words"));
    }
    let conversation = id(&said.conversation_id)?;
    http.limits.chat(conversation)?;
    let asked = asked(&headers, &body)?;
    let (view, message) = api::say(&http.reception, &http.acceptor, &caller, asked, conversation, said.text).await?;
    let replies =
        view.after(message).iter().take_while(|l| !l.inbound).map(|l| line(&view.clinic.settings, l)).collect();
    Ok((status(&view, StatusCode::OK), Json(Answered { replies, state: state_of(&view) })).into_response())
}

fn short_enough(text: &str) -> Result<(), Problem> {
    if text.chars().count() > INBOUND_TEXT_MAX_CHARS {
        return Err(Problem::new("invalid", "text: expected at most 10,000 characters"));
    }
    Ok(())
}

fn id(text: &str) -> Result<ConversationId, Problem> {
    text.parse().map_err(|_| Problem::new("not_found", "no such conversation"))
}

/// Where a conversation stands, with what was said.
#[utoipa::path(
    get, path = "/conversations/{id}/state", tag = "conversations",
    params(("id" = String, Path, description = "Of `POST /conversations/start`")),
    responses(
        (status = 200, body = ConversationState, description = "Where it stands"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "Refused; `code` says why"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Try again"),
    ),
    security(("bearer" = ["conversations"])),
)]
pub(crate) async fn state(
    State(http): State<Http>,
    holder: Holder,
    Path(conversation): Path<String>,
) -> Result<Json<ConversationState>, Problem> {
    let caller = holder.may(Scope::Conversations)?;
    let view = api::state(&http.reception, &caller, id(&conversation)?).await?;
    Ok(Json(state_of(&view)))
}

/// An event each time something is said or done in a conversation, whichever process does it: ask for the state then.
#[utoipa::path(
    get, path = "/conversations/{id}/events", tag = "conversations",
    params(("id" = String, Path, description = "Of `POST /conversations/start`")),
    responses(
        (status = 200, content_type = "text/event-stream", body = String, description = "`event: changed`, once at the beginning and then with every change"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "Refused; `code` says why"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Try again"),
    ),
    security(("bearer" = ["conversations"])),
)]
pub(crate) async fn events(
    State(http): State<Http>,
    holder: Holder,
    Path(conversation): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let caller = holder.may(Scope::Conversations)?;
    let conversation = id(&conversation)?;
    let changes = http.reception.store.changes();
    api::state(&http.reception, &caller, conversation).await?;
    let changed = |at: Timestamp| Event::default().event("changed").data(at.to_string());
    let clock = std::sync::Arc::clone(&http.reception.clock);
    let first = Ok(changed(clock.now()));
    let following = futures::stream::unfold((changes, clock), move |(mut changes, clock)| async move {
        match api::news_of(changes.as_mut(), conversation).await {
            Change::Over => None,
            Change::Of(_) | Change::Unknown => Some((Ok(changed(clock.now())), (changes, clock))),
        }
    });
    let all = futures::StreamExt::chain(futures::stream::once(async { first }), following);
    let stream = futures::StreamExt::take_until(all, http.stop.clone().cancelled_owned());
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
