//! The sandbox's phone: play the patient over HTTP. Mounted only where the carrier is the sandbox.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::call::CallReport;
use frontdesk_domain::text::mend_lone_surrogates;
use frontdesk_ports::inbound::{Inbound, InboundEvent};

use crate::{Http, Problem};

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
}

/// What the sandbox shows.
pub trait SandboxWorld: Send + Sync {
    /// Texts behind a number of texts.
    fn texts_after(&self, number: u64) -> Vec<SandboxLine>;
    /// E-mails behind a number of e-mails.
    fn mail_after(&self, number: u64) -> Vec<SandboxMail>;
    /// The clinic number a patient texts when none is named.
    fn default_number(&self) -> Option<PhoneNumber>;
}

/// A text or call of a patient.
#[derive(Deserialize)]
pub(crate) struct FromPatient {
    from: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    after: u64,
}

fn event(http: &Http, id: u128, what: Inbound) -> InboundEvent {
    InboundEvent {
        vendor: "sandbox".to_owned(),
        event_id: format!("sandbox-{id:032x}"),
        occurred_at: http.reception.now(),
        what,
    }
}

fn world(http: &Http) -> Result<&dyn SandboxWorld, Problem> {
    http.sandbox.as_deref().ok_or_else(|| Problem::new("not_found", "the sandbox is off"))
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
fn from_patient(body: &[u8]) -> Result<FromPatient, Problem> {
    serde_json::from_slice(&mend_lone_surrogates(body))
        .map_err(|_| Problem::new("malformed", "expected JSON such as {\"from\": \"+13475550123\", \"text\": \"hi\"}"))
}

/// The patient texts.
pub(crate) async fn text(State(http): State<Http>, body: Bytes) -> Result<StatusCode, Problem> {
    let body = from_patient(&body)?;
    let (from, to) = numbers(&http, &body)?;
    let what = Inbound::plain_text(from, to, body.text);
    let id = http.reception.ids.raw(http.reception.now());
    http.acceptor
        .accept(vec![event(&http, id, what)])
        .await
        .map_err(|_| Problem::new("unavailable", "nothing was stored"))?;
    Ok(StatusCode::ACCEPTED)
}

/// The patient calls and nobody answers.
pub(crate) async fn call(State(http): State<Http>, body: Bytes) -> Result<StatusCode, Problem> {
    let body = from_patient(&body)?;
    let (from, to) = numbers(&http, &body)?;
    let session = format!("{:032x}", http.reception.ids.raw(http.reception.now()));
    let report = |report| Inbound::Call {
        session: session.clone(),
        leg: None,
        from: from.clone(),
        to: to.clone(),
        report,
        busy: false,
    };
    let events = [CallReport::Arrived, CallReport::Ended]
        .map(|r| event(&http, http.reception.ids.raw(http.reception.now()), report(r)))
        .to_vec();
    http.acceptor.accept(events).await.map_err(|_| Problem::new("unavailable", "nothing was stored"))?;
    Ok(StatusCode::ACCEPTED)
}

/// What arrived on a handset.
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
pub(crate) async fn mail(
    State(http): State<Http>,
    Query(after): Query<After>,
) -> Result<Json<Vec<SandboxMail>>, Problem> {
    Ok(Json(world(&http)?.mail_after(after.after)))
}
