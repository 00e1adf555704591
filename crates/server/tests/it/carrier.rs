//! Stand-ins for Telnyx and Twilio on a local port: they take messages and call commands in the vendors' formats, and sign
//! webhooks as the vendors do.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::specs::{self, Sent};

/// How the next send goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Taken.
    Take,
    /// Refused: too fast.
    TooFast,
    /// Refused: out of order.
    Down,
    /// Refused: the recipient opted out at the carrier.
    OptedOut,
    /// Refused for good.
    Refuse,
    /// Taken, but the answer is nonsense.
    TakeAndGarble,
    /// Taken, but the answer is a 504 of a gateway.
    TakeAndLose,
    /// Taken, but the connection ends in the middle of the answer.
    TakeAndHalf,
    /// Not taken, and the connection ends without an answer: from here the same as taken.
    Reset,
}

impl Mood {
    /// Everything that can go wrong with a message but the carrier's own opt-out list.
    pub(crate) const FAULTS: [Self; 7] = [
        Self::TooFast,
        Self::Down,
        Self::Refuse,
        Self::TakeAndGarble,
        Self::TakeAndLose,
        Self::TakeAndHalf,
        Self::Reset,
    ];
}

/// Which carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Telnyx,
    Twilio,
}

/// The account and token of the Twilio stand-in.
pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// Our address as the vendors know it.
pub(crate) const PUBLIC: &str = "http://us.example";

/// A message as the carrier got it.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub by: By,
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
    /// The same for call commands.
    pub call_moods: VecDeque<Mood>,
    pub failed_deliveries: Vec<Value>,
    /// Inbound texts in Twilio's list.
    pub received: Vec<Value>,
    pub requests: usize,
    /// What of our requests the vendors' specifications do not allow.
    pub faults: Vec<String>,
    /// When the request of each message was there.
    pub arrivals: Vec<std::time::Instant>,
}

#[derive(Clone)]
pub(crate) struct Carrier {
    pub inner: Arc<Mutex<Inner>>,
    pub url: String,
    pub twilio_url: String,
    key: Arc<SigningKey>,
}

impl Carrier {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new()
            .route("/v2/messages", post(message))
            .route("/v2/calls/{leg}/actions/{verb}", post(command))
            .route("/v2/webhook_deliveries", get(deliveries))
            .route("/v2/messaging_profiles/{id}", get(profile))
            .route("/v2/phone_numbers", get(telnyx_numbers))
            .route("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", get(twilio_numbers))
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(twilio_message).get(twilio_search))
            .with_state(Arc::clone(&inner));
        let router = if specs::are_given() {
            router.layer(axum::middleware::from_fn_with_state(Arc::clone(&inner), specified))
        } else {
            router
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (url, twilio_url) = (format!("http://{address}/v2"), format!("http://{address}/2010-04-01"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            inner,
            url,
            twilio_url,
            key: Arc::new(SigningKey::from_bytes(&std::array::from_fn(|i| u8::try_from(i).unwrap()))),
        }
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

    /// The signature of a form posted to a path of ours, as Twilio makes it.
    pub(crate) fn sign_form(path: &str, form: &[(&str, String)]) -> String {
        let mut pairs: Vec<(&str, &str)> = form.iter().map(|(key, value)| (*key, value.as_str())).collect();
        pairs.sort_unstable();
        let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
        mac.update(format!("{PUBLIC}{path}").as_bytes());
        for (key, value) in pairs {
            mac.update(key.as_bytes());
            mac.update(value.as_bytes());
        }
        STANDARD.encode(mac.finalize().into_bytes())
    }

    pub(crate) fn next(&self, moods: impl IntoIterator<Item = Mood>) {
        self.inner.lock().unwrap().moods.extend(moods);
    }

    pub(crate) fn messages(&self) -> Vec<Taken> {
        self.inner.lock().unwrap().messages.clone()
    }
}

type Shared = State<Arc<Mutex<Inner>>>;

/// What a message is answered with; stored when it is taken.
fn take(shared: &Mutex<Inner>, by: By, text: impl Fn(&str) -> String) -> Response {
    let mut inner = shared.lock().unwrap();
    inner.requests += 1;
    let mood = inner.moods.pop_front().unwrap_or(Mood::Take);
    if mood == Mood::Reset {
        drop(inner);
        // The server drops the connection of a handler that ends like this, and says nothing.
        std::panic::resume_unwind(Box::new(()));
    }
    let refusal = match (mood, by) {
        (Mood::TooFast, By::Telnyx) => Some((429, "10011")),
        (Mood::TooFast, By::Twilio) => Some((429, "20429")),
        (Mood::Down, _) => Some((503, "0")),
        (Mood::OptedOut, By::Telnyx) => Some((409, "40300")),
        (Mood::OptedOut, By::Twilio) => Some((400, "21610")),
        (Mood::Refuse, By::Telnyx) => Some((400, "40310")),
        (Mood::Refuse, By::Twilio) => Some((400, "21211")),
        (Mood::Take | Mood::TakeAndGarble | Mood::TakeAndLose | Mood::TakeAndHalf | Mood::Reset, _) => None,
    };
    if let Some((status, code)) = refusal {
        let body = match by {
            By::Telnyx => json!({"errors": [{"code": code, "title": "no", "detail": "no"}]}),
            By::Twilio => json!({"code": code.parse::<u32>().unwrap(), "message": "no", "status": status}),
        };
        return (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response();
    }
    let number = inner.messages.len() + 1;
    let (id, names) = match by {
        By::Telnyx => (format!("40000000-0000-4000-8000-{number:012}"), ["from", "to", "text", "webhook_url"]),
        By::Twilio => (format!("SM{number:032x}"), ["From", "To", "Body", "StatusCallback"]),
    };
    let [from, to, words, callback] = names.map(text);
    inner.arrivals.push(std::time::Instant::now());
    inner.messages.push(Taken { by, id: id.clone(), from, to, text: words, webhook_url: callback });
    match (mood, by) {
        (Mood::TakeAndGarble, _) => (StatusCode::OK, "<html>".to_owned()).into_response(),
        (Mood::TakeAndLose, _) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        (Mood::TakeAndHalf, _) => {
            let half = [Ok("{\"data\":"), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
            (StatusCode::OK, Body::from_stream(futures::stream::iter(half))).into_response()
        }
        (_, By::Telnyx) => {
            let body = json!({"data": {"id": id, "to": [{"status": "queued"}]}});
            (StatusCode::OK, body.to_string()).into_response()
        }
        (_, By::Twilio) => (StatusCode::CREATED, json!({"sid": id, "status": "queued"}).to_string()).into_response(),
    }
}

/// Notes what a vendor would not have understood.
async fn specified(State(inner): Shared, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let faults = specs::faults(&Sent {
        by: if head.uri.path().starts_with("/v2/") { By::Telnyx } else { By::Twilio },
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        content_type: header("content-type"),
        authorization: header("authorization"),
        body: &body,
    });
    inner.lock().unwrap().faults.extend(faults);
    next.run(Request::from_parts(head, Body::from(body))).await
}

async fn message(State(inner): Shared, Json(body): Json<Value>) -> Response {
    take(&inner, By::Telnyx, |key| body[key].as_str().unwrap_or_default().to_owned())
}

async fn twilio_message(
    State(inner): Shared,
    Path(account): Path<String>,
    headers: axum::http::HeaderMap,
    body: String,
) -> Response {
    let basic = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")));
    if account != ACCOUNT || headers.get("authorization").is_none_or(|sent| *sent != basic) {
        return (StatusCode::UNAUTHORIZED, json!({"code": 20003}).to_string()).into_response();
    }
    let form: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let of = |key: &str| form.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()).unwrap_or_default();
    take(&inner, By::Twilio, of)
}

/// The account's list: what was sent to a handset, or what came in.
async fn twilio_search(State(inner): Shared, Query(wanted): Query<HashMap<String, String>>) -> Json<Value> {
    let inner = inner.lock().unwrap();
    let mut rows: Vec<Value> = match wanted.get("To") {
        Some(to) => inner
            .messages
            .iter()
            .filter(|m| m.by == By::Twilio && m.to == *to)
            .map(|m| json!({"sid": m.id, "direction": "outbound-api", "to": m.to, "from": m.from, "body": m.text}))
            .collect(),
        None => inner.received.clone(),
    };
    rows.reverse();
    Json(json!({ "messages": rows }))
}

async fn command(
    State(inner): Shared,
    Path((leg, verb)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> (StatusCode, String) {
    let mut inner = inner.lock().unwrap();
    let refuse = |status, code: &str| (status, json!({"errors": [{"code": code, "title": "no"}]}).to_string());
    let mood = inner.call_moods.pop_front().unwrap_or(Mood::Take);
    match mood {
        Mood::TooFast => return refuse(StatusCode::TOO_MANY_REQUESTS, "10011"),
        Mood::Down => return (StatusCode::SERVICE_UNAVAILABLE, String::new()),
        Mood::Refuse | Mood::OptedOut => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "90015"),
        Mood::Take | Mood::TakeAndGarble | Mood::TakeAndLose | Mood::TakeAndHalf | Mood::Reset => {}
    }
    // A command that was seen is not carried out again.
    let is_new = inner.commands.iter().all(|(_, _, known)| known["command_id"] != body["command_id"]);
    if is_new {
        inner.commands.push((leg, verb, body));
    }
    match mood {
        Mood::TakeAndGarble => (StatusCode::OK, "<html>".to_owned()),
        Mood::TakeAndLose => (StatusCode::GATEWAY_TIMEOUT, String::new()),
        _ => (StatusCode::OK, json!({"data": {"result": "ok"}}).to_string()),
    }
}

async fn deliveries(State(inner): Shared) -> Json<Value> {
    let rows = inner.lock().unwrap().failed_deliveries.clone();
    Json(json!({"data": rows, "meta": {"page_number": 1}}))
}

async fn profile(Path(id): Path<String>, headers: axum::http::HeaderMap) -> (StatusCode, Json<Value>) {
    if headers.get("authorization").is_none_or(|sent| sent != "Bearer KEY") {
        return (StatusCode::UNAUTHORIZED, Json(json!({"errors": [{"code": "10009", "title": "no"}]})));
    }
    let webhook = format!("{PUBLIC}/webhooks/telnyx/messages");
    (StatusCode::OK, Json(json!({"data": {"id": id, "enabled": true, "webhook_url": webhook}})))
}

async fn telnyx_numbers() -> Json<Value> {
    Json(json!({"data": [{"id": "1", "messaging_profile_id": "profile"}]}))
}

/// The number's calls come back to us; its texts do, but are tried once.
async fn twilio_numbers() -> Json<Value> {
    let voice = format!("{PUBLIC}/webhooks/twilio/voice#rc=3&rp=all&rt=4000");
    let sms = format!("{PUBLIC}/webhooks/twilio/sms");
    Json(json!({"incoming_phone_numbers": [{"sms_url": sms, "voice_url": voice}]}))
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

/// The form of an inbound text.
pub(crate) fn twilio_text(event: &str, from: &str, text: &str) -> Vec<(&'static str, String)> {
    let number = format!("SM-{event}");
    vec![
        ("MessageSid", number.clone()),
        ("SmsSid", number),
        ("AccountSid", ACCOUNT.to_owned()),
        ("From", from.to_owned()),
        ("To", "+12125550100".to_owned()),
        ("Body", text.to_owned()),
        ("NumMedia", "0".to_owned()),
        ("SmsStatus", "received".to_owned()),
    ]
}

/// The form of a voice request: one that just came in, unless `more` says otherwise.
pub(crate) fn twilio_call(call: &str, from: &str, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut form = vec![
        ("CallSid", format!("CA-{call}")),
        ("AccountSid", ACCOUNT.to_owned()),
        ("From", from.to_owned()),
        ("To", "+12125550100".to_owned()),
        ("Direction", "inbound".to_owned()),
        ("ApiVersion", "2010-04-01".to_owned()),
    ];
    form.extend(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
    if !more.iter().any(|(key, _)| *key == "CallStatus") {
        form.push(("CallStatus", "ringing".to_owned()));
    }
    form
}
