//! A stand-in for Telnyx on a local port: it takes messages and call commands in the vendor's format, and signs webhooks
//! as the vendor does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

/// How the next send goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Taken.
    Take,
    /// Refused with a status and a vendor's code.
    Refuse(u16, &'static str),
    /// Taken, but the answer is nonsense.
    TakeAndGarble,
    /// Taken, but the answer is a 504 of a gateway.
    TakeAndLose,
}

/// A message as the carrier got it.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub id: String,
    pub from: String,
    pub to: String,
    pub text: String,
    pub webhook_url: String,
}

#[derive(Default)]
pub(crate) struct Inner {
    pub messages: Vec<Taken>,
    pub commands: Vec<(String, String, Value)>,
    pub moods: VecDeque<Mood>,
    pub failed_deliveries: Vec<Value>,
    pub requests: usize,
    /// When the request of each message was there.
    pub arrivals: Vec<std::time::Instant>,
}

#[derive(Clone)]
pub(crate) struct Carrier {
    pub inner: Arc<Mutex<Inner>>,
    pub url: String,
    key: Arc<SigningKey>,
}

impl Carrier {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new()
            .route("/v2/messages", post(message))
            .route("/v2/calls/{leg}/actions/{verb}", post(command))
            .route("/v2/webhook_deliveries", get(deliveries))
            .with_state(Arc::clone(&inner));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v2", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inner, url, key: Arc::new(SigningKey::from_bytes(&std::array::from_fn(|i| u8::try_from(i).unwrap()))) }
    }

    /// The portal's public key.
    pub(crate) fn public_key(&self) -> String {
        STANDARD.encode(self.key.verifying_key().as_bytes())
    }

    /// The two headers of a signed webhook.
    pub(crate) fn sign(&self, body: &[u8], seconds: i64) -> (String, String) {
        let mut signed = format!("{seconds}|").into_bytes();
        signed.extend_from_slice(body);
        (STANDARD.encode(self.key.sign(&signed).to_bytes()), seconds.to_string())
    }

    pub(crate) fn next(&self, moods: impl IntoIterator<Item = Mood>) {
        self.inner.lock().unwrap().moods.extend(moods);
    }

    pub(crate) fn messages(&self) -> Vec<Taken> {
        self.inner.lock().unwrap().messages.clone()
    }
}

type Shared = State<Arc<Mutex<Inner>>>;

async fn message(State(inner): Shared, Json(body): Json<Value>) -> (StatusCode, String) {
    let mut inner = inner.lock().unwrap();
    inner.requests += 1;
    let mood = inner.moods.pop_front().unwrap_or(Mood::Take);
    if let Mood::Refuse(status, code) = mood {
        let body = json!({"errors": [{"code": code, "title": "no", "detail": "no"}]});
        return (StatusCode::from_u16(status).unwrap(), body.to_string());
    }
    let id = format!("40000000-0000-4000-8000-{:012}", inner.messages.len() + 1);
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    inner.arrivals.push(std::time::Instant::now());
    inner.messages.push(Taken {
        id: id.clone(),
        from: text("from"),
        to: text("to"),
        text: text("text"),
        webhook_url: text("webhook_url"),
    });
    match mood {
        Mood::TakeAndGarble => (StatusCode::OK, "<html>".to_owned()),
        Mood::TakeAndLose => (StatusCode::GATEWAY_TIMEOUT, String::new()),
        _ => (StatusCode::OK, json!({"data": {"id": id, "to": [{"status": "queued"}]}}).to_string()),
    }
}

async fn command(
    State(inner): Shared,
    Path((leg, verb)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Json<Value> {
    inner.lock().unwrap().commands.push((leg, verb, body));
    Json(json!({"data": {"result": "ok"}}))
}

async fn deliveries(State(inner): Shared) -> Json<Value> {
    let rows = inner.lock().unwrap().failed_deliveries.clone();
    Json(json!({"data": rows, "meta": {"page_number": 1}}))
}

/// The body of an inbound text.
pub(crate) fn text_body(at: jiff::Timestamp, event: &str, from: &str, to: &str, text: &str) -> Value {
    json!({"data": {"record_type": "event", "event_type": "message.received", "id": event, "occurred_at": at.to_string(),
        "payload": {"record_type": "message", "direction": "inbound", "id": format!("m-{event}"), "type": "SMS",
            "from": {"phone_number": from, "carrier": "T-Mobile", "line_type": "Wireless"},
            "to": [{"phone_number": to, "status": "webhook_delivered"}], "text": text, "media": [], "errors": []}},
        "meta": {"attempt": 1}})
}

/// The body of a call event.
pub(crate) fn call_body(
    at: jiff::Timestamp,
    event: &str,
    kind: &str,
    session: &str,
    direction: &str,
    from: &str,
    to: &str,
    cause: &str,
) -> Value {
    json!({"data": {"record_type": "event", "event_type": kind, "id": event, "occurred_at": at.to_string(),
        "payload": {"client_state": null, "call_control_id": format!("v3:{session}-{direction}"), "call_session_id": session, "direction": direction,
            "from": from, "to": to, "hangup_cause": cause}}})
}

/// The body of a receipt.
pub(crate) fn receipt_body(event: &str, message: &str, status: &str, code: Option<&str>) -> Value {
    let errors: Vec<Value> = code.into_iter().map(|c| json!({"code": c, "title": "x"})).collect();
    json!({"data": {"record_type": "event", "event_type": "message.finalized", "id": event, "occurred_at": "2026-11-20T15:00:05.000Z",
        "payload": {"id": message, "direction": "outbound", "to": [{"phone_number": "+1", "status": status}], "errors": errors}}})
}
