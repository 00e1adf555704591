//! The sandbox: play the patient, see what staff and the calendar see, move the clock. Mounted only where the carrier is the
//! sandbox; see `docs/adr/0017-simulator.md`.

use async_trait::async_trait;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::text::mend_lone_surrogates;
use frontdesk_ports::store::StoreError;
use frontdesk_reception::simulator::{View, view};
use frontdesk_reception::{ReceptionError, TurnTrace};

use crate::{Http, Problem, webhooks};

/// A text the sandbox carrier took.
#[derive(Debug, Clone, Serialize)]
pub struct SandboxLine {
    /// Counts texts.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Our number.
    pub from: String,
    /// The handset.
    pub to: String,
    /// The words.
    pub text: String,
    /// What a carrier would bill.
    pub segments: u32,
}

/// An e-mail the sandbox mailbox took.
#[derive(Debug, Clone, Serialize)]
pub struct SandboxMail {
    /// Counts e-mails.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// A calendar file came with it.
    pub has_calendar: bool,
}

/// A turn with its count.
#[derive(Debug, Clone, Serialize)]
pub struct SandboxTurn {
    /// Counts turns.
    pub number: u64,
    /// How it went.
    #[serde(flatten)]
    pub turn: TurnTrace,
}

/// What the sandbox shows and does.
#[async_trait]
pub trait SandboxWorld: Send + Sync {
    /// Texts behind a number of texts.
    fn texts_after(&self, number: u64) -> Vec<SandboxLine>;
    /// E-mails behind a number of e-mails.
    fn mail_after(&self, number: u64) -> Vec<SandboxMail>;
    /// Turns behind a number of turns.
    fn turns_after(&self, number: u64) -> Vec<SandboxTurn>;
    /// The clinic number a patient texts when none is named.
    fn default_number(&self) -> Option<PhoneNumber>;
    /// Another one each time the sandbox began anew.
    fn epoch(&self) -> u64;
    /// The headers of a webhook body of the sandbox's carrier.
    fn sign(&self, body: &[u8]) -> [(&'static str, String); 2];
    /// Moves the business clock on to an instant; everything due on the way happens in order. How many jobs ran.
    async fn move_clock(&self, to: Timestamp) -> Result<usize, StoreError>;
    /// Begins anew: only clinics and their settings stay, and the clock is the real one.
    async fn reset(&self) -> Result<(), ReceptionError>;
}

/// A text or call of a patient.
#[derive(Deserialize)]
pub(crate) struct FromPatient {
    from: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    text: String,
    /// Of a call: its session, once it has one.
    #[serde(default)]
    session: Option<String>,
    /// Of a call: `arrived`, `clinic_answered`, `clinic_unanswered` or `ended`; without one it rings and nobody answers.
    #[serde(default)]
    status: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    after: u64,
}

fn world(http: &Http) -> Result<&dyn SandboxWorld, Problem> {
    http.sandbox.as_deref().ok_or_else(|| Problem::new("not_found", "the sandbox is off"))
}

fn down<E>(_: E) -> Problem {
    Problem::new("unavailable", "the database does not answer")
}

/// Another site's page in the same browser has no business here.
pub(crate) async fn own_pages_only(request: Request, next: Next) -> Response {
    if request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return Problem::new("forbidden", "the sandbox is for its own page").into_response();
    }
    next.run(request).await
}

fn numbers(http: &Http, body: &FromPatient) -> Result<(String, String), Problem> {
    let from = PhoneNumber::parse(&body.from).map_err(|error| Problem::new("malformed", format!("from: {error}")))?;
    let to = match &body.to {
        Some(to) => PhoneNumber::parse(to).map_err(|error| Problem::new("malformed", format!("to: {error}")))?,
        None => world(http)?.default_number().ok_or_else(|| Problem::new("malformed", "no clinic has a number yet"))?,
    };
    Ok((from.expose().to_owned(), to.expose().to_owned()))
}

/// The body, whatever content type it came under; half an emoji is mended as a carrier's is.
fn read<'a, T: Deserialize<'a>>(body: &'a [u8], example: &str) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|_| Problem::new("malformed", format!("expected JSON such as {example}")))
}

const PATIENT: &str = "{\"from\": \"+13475550123\", \"text\": \"hi\"}";

/// Hands a report of the sandbox's carrier in by the door every carrier uses.
async fn deliver(http: &Http, report: &serde_json::Value) -> Result<Response, Problem> {
    let body = Bytes::from(report.to_string());
    let mut headers = HeaderMap::new();
    for (name, value) in world(http)?.sign(&body) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    webhooks::receive(http, "sandbox", "/webhooks/sandbox", None, &headers, Ok(body)).await
}

/// The patient texts.
#[utoipa::path(
    post, path = "/sandbox/texts", tag = "sandbox", request_body(content = String, content_type = "application/json", description = "from, to, text"),
    responses((status = "2XX", description = "A patient texted"), (status = "4XX", body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "Not as expected"), (status = 503, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "The database does not answer")),
)]
pub(crate) async fn text(State(http): State<Http>, body: Bytes) -> Result<StatusCode, Problem> {
    let body = mend_lone_surrogates(&body);
    let body: FromPatient = read(&body, PATIENT)?;
    let (from, to) = numbers(&http, &body)?;
    let now = http.reception.now();
    let id = format!("sandbox-{:032x}", http.reception.ids.raw(now));
    let report = json!({ "type": "text", "id": id, "at": now, "from": from, "to": to, "text": body.text });
    deliver(&http, &report).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The patient calls. Answered with the call's session and what the caller hears; without a status the call is over at
/// once, as when nobody answers and the caller hangs up.
#[utoipa::path(
    post, path = "/sandbox/calls", tag = "sandbox", request_body(content = String, content_type = "application/json", description = "from, to, status"),
    responses((status = "2XX", description = "A patient called"), (status = "4XX", body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "Not as expected"), (status = 503, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "The database does not answer")),
)]
pub(crate) async fn call(State(http): State<Http>, body: Bytes) -> Result<Response, Problem> {
    let body = mend_lone_surrogates(&body);
    let body: FromPatient = read(&body, PATIENT)?;
    let (from, to) = numbers(&http, &body)?;
    let now = http.reception.now();
    let session = body.session.clone().unwrap_or_else(|| format!("{:032x}", http.reception.ids.raw(now)));
    let statuses = body.status.as_deref().map_or(vec!["arrived", "ended"], |status| vec![status]);
    let mut heard = serde_json::Value::Null;
    for status in statuses {
        let id = format!("sandbox-{:032x}", http.reception.ids.raw(now));
        let report = json!({ "type": "call", "id": id, "at": now, "from": from, "to": to, "session": session, "status": status });
        let answer = deliver(&http, &report).await?;
        let bytes = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap_or_default();
        if let Ok(said) = serde_json::from_slice(&bytes) {
            heard = said;
        }
    }
    Ok((StatusCode::ACCEPTED, Json(json!({ "session": session, "answer": heard }))).into_response())
}

/// What arrived on a handset.
#[utoipa::path(
    get, path = "/sandbox/texts", tag = "sandbox",
    responses((status = "2XX", description = "What arrived on handsets"), (status = "4XX", body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "Not as expected"), (status = 503, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "The database does not answer")),
)]
pub(crate) async fn texts(
    State(http): State<Http>,
    Query(after): Query<After>,
) -> Result<Json<Vec<SandboxLine>>, Problem> {
    let mut lines = world(&http)?.texts_after(after.after);
    if let Some(number) = after.number {
        // `+` is a space in a query that was not encoded.
        let number = number.replace(' ', "+");
        lines.retain(|line| line.to == number);
    }
    Ok(Json(lines))
}

/// What staff were sent.
#[utoipa::path(
    get, path = "/sandbox/mail", tag = "sandbox",
    responses((status = "2XX", description = "What staff were sent"), (status = "4XX", body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "Not as expected"), (status = 503, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "The database does not answer")),
)]
pub(crate) async fn mail(
    State(http): State<Http>,
    Query(after): Query<After>,
) -> Result<Json<Vec<SandboxMail>>, Problem> {
    Ok(Json(world(&http)?.mail_after(after.after)))
}

/// What the page has seen so far.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Seen {
    /// Handsets, with commas between.
    numbers: String,
    texts: u64,
    mail: u64,
    turns: u64,
}

/// Everything the page shows.
#[derive(Serialize)]
pub(crate) struct Scene {
    epoch: u64,
    #[serde(flatten)]
    view: View,
    texts: Vec<SandboxLine>,
    mail: Vec<SandboxMail>,
    turns: Vec<SandboxTurn>,
}

/// What is new for the page.
#[utoipa::path(
    get, path = "/sandbox/scene", tag = "sandbox",
    responses((status = "2XX", description = "What is new for the page"), (status = "4XX", body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "Not as expected"), (status = 503, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "The database does not answer")),
)]
pub(crate) async fn scene(State(http): State<Http>, Query(seen): Query<Seen>) -> Result<Json<Scene>, Problem> {
    let world = world(&http)?;
    let ours = world.default_number().ok_or_else(|| Problem::new("not_found", "no clinic has a number yet"))?;
    let mut tx = http.reception.store.begin_system().await.map_err(down)?;
    let found = tx.clinic_of_number(&ours).await.map_err(down)?;
    drop(tx);
    let (_, clinic) = found.ok_or_else(|| Problem::new("not_found", "no clinic has a number yet"))?;
    let numbers: Vec<PhoneNumber> = seen
        .numbers
        .split(',')
        .map(|number| number.replace(' ', "+"))
        .filter_map(|number| PhoneNumber::parse(&number).ok())
        .take(20)
        .collect();
    let view = view(&http.reception, clinic, &numbers).await.map_err(down)?;
    Ok(Json(Scene {
        epoch: world.epoch(),
        view,
        texts: world.texts_after(seen.texts),
        mail: world.mail_after(seen.mail),
        turns: world.turns_after(seen.turns),
    }))
}

/// Where the clock is to stand.
#[derive(Deserialize)]
pub(crate) struct Ahead {
    #[serde(default)]
    to: Option<Timestamp>,
    #[serde(default)]
    by_seconds: Option<i64>,
}

/// How far the clock may be moved at once.
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 62);

/// Moves the clock on.
#[utoipa::path(
    post, path = "/sandbox/clock", tag = "sandbox", request_body(content = String, content_type = "application/json", description = "by_seconds or to"),
    responses((status = "2XX", description = "The clock was moved on"), (status = "4XX", body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "Not as expected"), (status = 503, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "The database does not answer")),
)]
pub(crate) async fn clock(State(http): State<Http>, body: Bytes) -> Result<Json<serde_json::Value>, Problem> {
    let ahead: Ahead = read(&body, "{\"by_seconds\": 3600} or {\"to\": \"2026-11-24T15:00:00Z\"}")?;
    let now = http.reception.now();
    let to = match (ahead.to, ahead.by_seconds) {
        (Some(to), None) => to,
        (None, Some(seconds)) => now + SignedDuration::from_secs(seconds.clamp(0, FARTHEST.as_secs())),
        _ => return Err(Problem::new("malformed", "expected either to or by_seconds")),
    };
    if to < now || to.duration_since(now) > FARTHEST {
        return Err(Problem::new("malformed", "the clock only moves on, at most two months at once"));
    }
    let ran = world(&http)?.move_clock(to).await.map_err(down)?;
    Ok(Json(json!({ "now": http.reception.now(), "ran": ran })))
}

/// A token of the default clinic, for the page that plays the clinic's site.
#[utoipa::path(
    post, path = "/sandbox/token", tag = "sandbox",
    responses((status = "2XX", description = "A token"), (status = "4XX", body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "No clinic yet"), (status = 503, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "The database does not answer")),
)]
pub(crate) async fn token(State(http): State<Http>) -> Result<Json<serde_json::Value>, Problem> {
    let ours = world(&http)?.default_number().ok_or_else(|| Problem::new("not_found", "no clinic has a number yet"))?;
    let mut tx = http.reception.store.begin_system().await.map_err(down)?;
    let found = tx.clinic_of_number(&ours).await.map_err(down)?;
    drop(tx);
    let (_, clinic) = found.ok_or_else(|| Problem::new("not_found", "the default number belongs to no clinic"))?;
    let ids = &http.reception.ids;
    let now = http.reception.now();
    let mut secret = format!("{:032x}{:032x}", ids.raw(now), ids.raw(now));
    secret.truncate(43);
    let scopes = frontdesk_domain::token::Scope::ALL.to_vec();
    let made = frontdesk_reception::api::create_token(&http.reception, clinic, scopes, secret).await;
    let token = made.map_err(|_| Problem::new("unavailable", "the database does not answer"))?;
    Ok(Json(json!({ "token": token.expose() })))
}

/// Begins anew.
#[utoipa::path(
    post, path = "/sandbox/reset", tag = "sandbox",
    responses((status = "2XX", description = "Everything but the clinics was removed"), (status = "4XX", body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "Not as expected"), (status = 503, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "The database does not answer")),
)]
pub(crate) async fn reset(State(http): State<Http>) -> Result<StatusCode, Problem> {
    world(&http)?.reset().await.map_err(down)?;
    Ok(StatusCode::NO_CONTENT)
}
