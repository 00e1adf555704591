//! What leaves in traces and error reports, on the wire of their protocols.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Request, State};
use frontdesk_ports::Clock as _;
use frontdesk_server::system::SystemClock;

use crate::carrier::{Carrier, Mood, text_body};
use crate::service::{Service, deliver, prepared};
use crate::world::{CLINIC, JO};

/// What came in: the path, what the sender was let in by, the body.
type Taken = Arc<Mutex<Vec<(String, String, Vec<u8>)>>>;

/// A collector of traces and a receiver of reports, which keep what they are sent.
async fn receiver() -> (Taken, String) {
    async fn take(State(taken): State<Taken>, request: Request) -> &'static str {
        let path = request.uri().path().to_owned();
        let key = request.headers().get("x-sentry-auth").map(|key| key.to_str().unwrap().to_owned());
        let body: Bytes = axum::body::to_bytes(request.into_body(), 4_000_000).await.unwrap();
        taken.lock().unwrap().push((path, key.unwrap_or_default(), body.to_vec()));
        "{}"
    }
    let taken = Taken::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    let router = axum::Router::new().fallback(take).with_state(Arc::clone(&taken));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (taken, base)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_a_trace_and_a_failure_is_reported_and_neither_says_whose() {
    let (folder, carrier) = (tempfile::tempdir().unwrap(), Carrier::start().await);
    let (taken, receiver) = receiver().await;
    let mut environment = prepared(folder.path(), &carrier, None).await;
    environment.push(("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), format!("http://{receiver}/")));
    environment.push(("SENTRY_DSN".to_owned(), format!("http://publickey@{receiver}/7")));
    let service = Service::start(&environment).await;
    carrier.next([Mood::Refuse]);
    let body = text_body(SystemClock.real_now(), "o1", JO, CLINIC, "I'm Quillon, is botox ok, xylophone");
    deliver(&reqwest::Client::new(), &carrier, &format!("{}/webhooks/telnyx/messages", service.base), &body).await;
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
    // A report leaves at once, traces when the process stops at the latest.
    let reported = || taken.lock().unwrap().iter().any(|(path, ..)| path == "/api/7/envelope/");
    for _ in 0..1_500 {
        tick.tick().await;
        if reported() {
            break;
        }
    }
    assert!(service.stop().await.success());
    let taken = taken.lock().unwrap().clone();
    let of = |wanted: &str| {
        let bodies = taken.iter().filter(|(path, ..)| path == wanted).map(|(.., body)| String::from_utf8_lossy(body));
        bodies.collect::<String>()
    };
    let (traces, reports) = (of("/v1/traces"), of("/api/7/envelope/"));
    for what in [
        "http request",
        "/webhooks/telnyx/messages",
        "job",
        "turn",
        "vendor request",
        "conversation.id",
        "service.name",
    ] {
        assert!(traces.contains(what), "no {what} in the traces");
    }
    assert!(reports.contains("a message will not arrive; staff are told"), "{reports}");
    assert!(taken.iter().any(|(_, key, _)| key.contains("sentry_key=publickey")), "let in by the key of the address");
    for (name, sent) in [("traces", &traces), ("reports", &reports)] {
        for secret in ["Quillon", "xylophone", &JO[2..], &CLINIC[2..], "SELECT", "desk@glow"] {
            assert!(!sent.contains(secret), "{secret} is in the {name}");
        }
    }
}

/// A collector that is not there costs nothing but the traces.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_away_holds_nothing_up() {
    let (folder, carrier) = (tempfile::tempdir().unwrap(), Carrier::start().await);
    let mut environment = prepared(folder.path(), &carrier, None).await;
    let nobody = crate::service::free_port();
    environment.push(("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), format!("http://127.0.0.1:{nobody}")));
    environment.push(("SENTRY_DSN".to_owned(), format!("http://publickey@127.0.0.1:{nobody}/7")));
    let service = Service::start(&environment).await;
    carrier.next([Mood::Refuse, Mood::Take]);
    for id in ["o1", "o2"] {
        let body = text_body(SystemClock.real_now(), id, JO, CLINIC, "hi there");
        deliver(&reqwest::Client::new(), &carrier, &format!("{}/webhooks/telnyx/messages", service.base), &body).await;
    }
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
    while carrier.messages().is_empty() {
        tick.tick().await;
    }
    assert!(service.stop().await.success());
}
