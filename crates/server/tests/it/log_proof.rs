//! Marked numbers, names, addresses, messages and secrets are sent through every path and fault; no log line, metric or error
//! page shows one.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use frontdesk_domain::span::Span;
use frontdesk_ports::Clock as _;
use frontdesk_ports::inbound::PaymentReport;
use frontdesk_server::observe::{self, Layer, otel};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use sentry::Transport;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use crate::carrier::{By, Mood, TOKEN, call_body, text_body, twilio_text};
use crate::till::Fault;
use crate::world::{CLINIC, World, set_ups, with_deposits};

const MARKED: &str = "+13475559173";
const STAFF: &str = "+12125550111";

/// What must stand nowhere, each in the forms it might take.
const SECRETS: [&str; 14] = [
    "13475559173",
    "5559173",
    "555-9173",
    "Quillon",
    "quillon",
    "Zebrowski",
    "zebrowski",
    "marked.example",
    "xylophone",
    "2125550111",
    "desk@glow.example",
    TOKEN,
    "4242 4242",
    "078-05-1120",
];

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What leaves in traces.
#[derive(Debug, Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

impl SpanExporter for Spans {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch.iter().map(|span| format!("{span:?}")));
        Ok(())
    }
}

/// What leaves in error reports.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<String>>>);

impl Transport for Reports {
    fn send_envelope(&self, envelope: sentry::Envelope) {
        let mut bytes = Vec::new();
        envelope.to_writer(&mut bytes).unwrap();
        self.0.lock().unwrap().push(String::from_utf8(bytes).unwrap());
    }
}

/// A report as the library makes one of a panic.
fn panicked() -> sentry::protocol::Event<'static> {
    let exception = sentry::protocol::Exception {
        ty: "panic".to_owned(),
        value: Some(format!("cannot read xylophone from {MARKED}")),
        ..sentry::protocol::Exception::default()
    };
    let mut event = sentry::protocol::Event::default();
    event.exception.values.push(exception);
    event.message = Some("xylophone".to_owned());
    event.server_name = Some("quillon".into());
    event.extra.insert("body".to_owned(), "xylophone".into());
    event.tags.insert("body".to_owned(), "xylophone".to_owned());
    event
}

/// Everything that can go right or wrong for one patient.
async fn everything(world: &mut World, by: By) -> Vec<String> {
    let mut pages = Vec::new();
    let paid = PaymentReport::Paid { amount_minor: 5_000 };
    for mood in Mood::FAULTS {
        world.carrier.next([mood]);
        world.texts(MARKED, "xylophone, hi").await;
        world.wait(Span::mins(3)).await;
    }
    for words in [
        "I'm Quillon Zebrowski, new, quillon.zebrowski@marked.example, botox with Dana next thursday at 3pm",
        "yes",
        "my card is 4242 4242 4242 4242 exp 12/29, ssn 078-05-1120, dob 1/2/1990",
        "yes",
    ] {
        world.texts(MARKED, words).await;
    }
    if let Some(deposit) = world.state(MARKED).await.deposit {
        for report in [PaymentReport::Failed, paid, paid, PaymentReport::Disputed, PaymentReport::DisputeWon] {
            world.payment_of(&deposit, "pay_1", report).await;
        }
        world.till.0.lock().unwrap().fault = (Fault::Down, 2);
        world.payment_of(&deposit, "pay_2", paid).await;
        world.wait(Span::mins(10)).await;
    }
    world.carrier.next([Mood::Take, Mood::Refuse, Mood::Refuse]);
    world.texts(MARKED, "can I talk to a xylophone person").await;
    world.texts(MARKED, "half my face is drooping, xylophone").await;
    world.calls(MARKED).await;
    world.texts(MARKED, "stop texting me, xylophone").await;
    world.calls(MARKED).await;
    world.texts(MARKED, "START").await;
    world.wait(Span::days(2)).await;

    // What is refused at the door.
    let id = world.event_id();
    let body = text_body(world.clock.now(), &id, MARKED, CLINIC, "xylophone").to_string().into_bytes();
    for (path, body) in [
        ("/webhooks/telnyx/messages", body.clone()),
        ("/webhooks/telnyx/messages", b"{\"xylophone\": \"+13475559173\"".to_vec()),
        ("/webhooks/twilio/sms", b"From=%2B13475559173&Body=xylophone".to_vec()),
        ("/webhooks/twilio/voice", b"xylophone".to_vec()),
    ] {
        assert_ne!(world.post_raw(path, body, &[("x-twilio-signature", "xylophone")]).await, StatusCode::OK);
    }
    // Signed, and still odd.
    let odd = serde_json::json!({"data": {"event_type": "message.received", "id": "odd", "payload": {"text": ["xylophone"], "from": "+13475559173"}}});
    world.post("/webhooks/telnyx/messages", &odd).await;
    let unknown = text_body(world.clock.now(), "nobody", MARKED, "+19995559173", "xylophone");
    world.post("/webhooks/telnyx/messages", &unknown).await;
    let call = call_body(world.clock.now(), "c1", "call.initiated", "s1", "incoming", MARKED, CLINIC, "");
    world.carrier.inner.lock().unwrap().call_moods.extend([Mood::Down, Mood::Refuse]);
    world.post("/webhooks/telnyx/voice", &call).await;
    if by == By::Twilio {
        world.post_form("/webhooks/twilio/sms", &twilio_text("", MARKED, "xylophone")).await;
    }
    world.wait(Span::days(1)).await;
    pages.extend(by_api(world).await);
    for path in ["/p/xylophone", "/s/xylophone", "/calendar/xylophone", "/xylophone", "/sandbox/texts"] {
        pages.push(world.get(path).await.1.replace(path.trim_start_matches('/'), ""));
    }
    pages
}

/// The same by the API of a clinic's site: what is refused there says nothing of what was sent.
async fn by_api(world: &World) -> Vec<String> {
    use crate::api::{get, post, send};
    use frontdesk_domain::token::Scope;
    use serde_json::json;
    let secret = "xylophone".repeat(4) + "xylopho";
    let made = frontdesk_reception::api::create_token(&world.reception, world.clinic.id, Scope::ALL.to_vec(), secret);
    let token = made.await.unwrap().expose();
    let text = json!({ "text": "Quillon Zebrowski, new, quillon@marked.example, xylophone botox any day" });
    let (_, opened, _) = send(world, post("/conversations/start", &token, Some("xylophone"), &text)).await;
    let id = opened["state"]["conversation_id"].as_str().unwrap();
    for words in
        ["347 555 9173", "000000", "what time is my xylophone appointment", "half my face is drooping, xylophone"]
    {
        let body = json!({ "conversation_id": id, "text": words });
        send(world, post("/conversations/message", &token, None, &body)).await;
    }
    let form = json!({ "name": "Quillon Zebrowski", "email": "xylophone", "phone": MARKED, "patient_type": "new", "service": "Botox", "start": "xylophone" });
    let patient = json!({ "name": "Quillon Zebrowski", "phone": MARKED, "email": "quillon@marked.example" });
    let mut refused = Vec::new();
    for request in [
        post("/conversations/start", &token, Some("xylophone"), &json!({ "text": "Quillon" })),
        post("/conversations/start", &token, None, &json!({ "xylophone": 1, "text": 5 })),
        post("/conversations/start", "fd_xylophone_Zebrowski", None, &json!({ "text": "Quillon" })),
        post("/conversations/message", &token, None, &json!({ "conversation_id": "xylophone", "text": "xylophone" })),
        post("/bookings", &token, None, &form),
        post("/patients", &token, None, &patient),
        post("/patients", &token, None, &json!({ "name": "Quillon", "phone": "5559173" })),
        get("/availability?service=xylophone&from=xylophone", &token),
        get("/conversations/xylophone/state", &token),
    ] {
        let (_, answer, _) = send(world, request).await;
        refused.push(answer.to_string());
    }
    refused
}

#[tokio::test]
async fn nothing_marked_is_in_a_log_a_metric_or_an_error() {
    let lines = Lines::default();
    let (spans, reports) = (Spans::default(), Reports::default());
    let log =
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(lines.clone()).with_filter(LevelFilter::TRACE);
    let traces = otel::Traces::at_once(spans.clone());
    let layers: Vec<Layer> = vec![log.boxed(), traces.layer(), observe::sentry::layer()];
    let _logs = tracing::subscriber::set_default(Registry::default().with(layers));
    let mut options = observe::sentry::options("https://key@reports.example/1").unwrap();
    let transport: Arc<dyn Transport> = Arc::new(reports.clone());
    options.transport = Some(Arc::new(move |_: &sentry::ClientOptions| Arc::clone(&transport)));
    sentry::Hub::current().bind_client(Some(Arc::new(sentry::Client::with_options(options))));
    let mut shown = Vec::new();
    for (on, by) in set_ups() {
        for clinic in [with_deposits("calendar"), with_deposits("none")] {
            let mut world = World::over(on, &[by], &clinic, "2026-11-20T10:00:00-05:00", Span::ZERO).await;
            let pages = Box::pin(everything(&mut world, by)).await;
            shown.extend(pages);
            assert!(
                world.carrier.messages().iter().any(|m| m.to == STAFF)
                    && world.carrier.messages().iter().any(|m| m.to == MARKED)
            );
            let (status, metrics) = world.ops_get("/metrics").await;
            assert!(status == StatusCode::OK && metrics.contains("frontdesk_vendor_failures_total{"), "{metrics}");
            for counted in [
                "frontdesk_guards_total{what=\"emergency\"}",
                "frontdesk_consent_changes_total{what=\"opted_out\"}",
                "frontdesk_turn_seconds_count",
                "outcome=\"bad_signature\"",
            ] {
                assert!(metrics.contains(counted), "{counted} is not in {metrics}");
            }
            shown.push(metrics);
            shown.push(world.ops_get("/readyz").await.1);
        }
    }
    // The worst a bug can do: to put a text into a field of a line, and to panic over it.
    tracing::error!(target: "frontdesk_test", body = "xylophone", code = MARKED, reason = "for quillon@marked.example", "a line of level error");
    let panic = std::panic::catch_unwind(|| panic!("cannot read xylophone from {MARKED}"));
    assert!(panic.is_err());
    sentry::capture_event(panicked());
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let log: String =
        log.lines().filter(|line| !line.contains("a line of level error")).flat_map(|l| [l, "\n"]).collect();
    shown.push(log);
    assert!(shown.last().unwrap().lines().count() > 50, "the log was listened to");
    let (spans, reports) = (spans.0.lock().unwrap().join("\n"), reports.0.lock().unwrap().join("\n"));
    for name in ["http request", "job", "turn", "conversation.id"] {
        assert!(spans.contains(name), "{name} is not in the traces: {}", &spans[..3000]);
    }
    assert!(reports.contains("a line of level error") && reports.contains("\"type\":\"panic\""), "{reports}");
    assert!(reports.contains("a message will not arrive"), "errors of the faults are reported");
    shown.extend([spans, reports]);
    for text in &shown {
        for secret in SECRETS {
            let found = text.lines().find(|line| line.contains(secret));
            assert!(found.is_none(), "{secret}: {}", found.unwrap_or_default());
        }
    }
}
