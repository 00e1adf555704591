//! What the webhooks answer to good, bad and odd requests.

use axum::http::StatusCode;
use frontdesk_ports::Clock as _;
use serde_json::json;

use crate::carrier::{call_body, text_body};
use crate::world::{CLINIC, JO, World, databases};

const MESSAGES: &str = "/webhooks/telnyx/messages";

#[tokio::test]
async fn a_wrong_signature_leaves_no_trace() {
    let mut world = World::new(crate::world::On::Sqlite).await;
    let body = text_body(world.clock.now(), "e", JO, CLINIC, "hi").to_string().into_bytes();
    let seconds = world.clock.now().as_second();
    let (good, stamp) = world.carrier.sign(&body, seconds);
    let (stale, old) = world.carrier.sign(&body, seconds - 301);
    let sig = "telnyx-signature-ed25519";
    let ts = "telnyx-timestamp";
    let cases: Vec<(Vec<(&str, &str)>, &str)> = vec![
        (vec![], "none"),
        (vec![(sig, &good)], "no time stamp"),
        (vec![(sig, "AAAA"), (ts, &stamp)], "short"),
        (vec![(sig, &stale), (ts, &old)], "stale"),
        (vec![(sig, &stale), (ts, &stamp)], "of another time"),
    ];
    for (headers, why) in cases {
        assert_eq!(world.post_raw(MESSAGES, body.clone(), &headers).await, StatusCode::UNAUTHORIZED, "{why}");
    }
    world.run().await;
    assert!(world.got(JO).is_empty());
    assert_eq!(world.jobs().await, frontdesk_ports::store::JobCounts::default());
    assert_eq!(world.post_raw(MESSAGES, body, &[(sig, &good), (ts, &stamp)]).await, StatusCode::OK);
}

#[tokio::test]
async fn odd_requests_are_answered_sensibly() {
    for on in databases() {
        let mut world = World::new(on).await;
        let id = world.event_id();
        assert_eq!(
            world.post(MESSAGES, &text_body(world.clock.now(), &id, JO, "+19995550000", "hi")).await,
            StatusCode::OK,
            "unknown number"
        );
        for from in ["12345", "anonymous", "", "+1"] {
            let id = world.event_id();
            assert_eq!(
                world.post(MESSAGES, &text_body(world.clock.now(), &id, from, CLINIC, "hi")).await,
                StatusCode::OK,
                "{from}"
            );
        }
        let id = world.event_id();
        let echo = text_body(world.clock.now(), &id, CLINIC, CLINIC, "hi");
        assert_eq!(world.post(MESSAGES, &echo).await, StatusCode::OK, "our own number answers nobody");
        for text in ["", "   ", "\u{0}\u{0}", "🙂🙂🙂", &"long ".repeat(2_000)] {
            let id = world.event_id();
            assert_eq!(
                world.post(MESSAGES, &text_body(world.clock.now(), &id, JO, CLINIC, text)).await,
                StatusCode::OK
            );
        }
        world.run().await;
        assert!(!world.got(JO).is_empty());
        assert_eq!((world.jobs().await.ready, world.jobs().await.dead), (0, 0));
        let counters = &world.reception.counters;
        assert_eq!(counters.unknown_number.load(std::sync::atomic::Ordering::Relaxed), 1);
        assert_eq!(counters.unanswerable.load(std::sync::atomic::Ordering::Relaxed), 5);
        assert!(world.got(CLINIC).is_empty());
        // Half an emoji, as handsets send it.
        let raw = text_body(world.clock.now(), "half", JO, CLINIC, "HALF")
            .to_string()
            .replace("HALF", "hi \\ud83d")
            .into_bytes();
        let (signature, stamp) = world.carrier.sign(&raw, world.clock.now().as_second());
        let headers = [("telnyx-signature-ed25519", signature.as_str()), ("telnyx-timestamp", stamp.as_str())];
        assert_eq!(world.post_raw(MESSAGES, raw, &headers).await, StatusCode::OK);
        // Signed, but no JSON of theirs.
        for raw in [b"{".to_vec(), b"[]".to_vec(), b"\xff\xfe".to_vec()] {
            let (signature, stamp) = world.carrier.sign(&raw, world.clock.now().as_second());
            let headers = [("telnyx-signature-ed25519", signature.as_str()), ("telnyx-timestamp", stamp.as_str())];
            assert_eq!(world.post_raw(MESSAGES, raw, &headers).await, StatusCode::BAD_REQUEST);
        }
        let huge = vec![b'x'; 1_000_001];
        assert_eq!(world.post_raw(MESSAGES, huge, &[]).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(world.post_raw("/nowhere", vec![], &[]).await, StatusCode::NOT_FOUND);
        assert_eq!(
            world
                .post(MESSAGES, &json!({"data": {"event_type": "call.dtmf.received", "id": "x", "payload": {}}}))
                .await,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn the_same_event_delivered_twice_is_one() {
    for on in databases() {
        let mut world = World::new(on).await;
        let body = text_body(world.clock.now(), "same", JO, CLINIC, "hi");
        let answers = futures::future::join_all((0..8).map(|_| world.post(MESSAGES, &body))).await;
        assert!(answers.iter().all(|s| *s == StatusCode::OK));
        world.run().await;
        assert_eq!(world.got(JO).len(), 1);
    }
}

#[tokio::test]
async fn a_call_is_picked_up_told_and_ended() {
    let mut world = World::new(crate::world::On::Sqlite).await;
    for (n, kind) in ["call.initiated", "call.answered", "call.speak.ended", "call.hangup"].iter().enumerate() {
        let body =
            call_body(world.clock.now(), &format!("c{n}"), kind, "session", "incoming", JO, CLINIC, "normal_clearing");
        assert_eq!(world.post("/webhooks/telnyx/voice", &body).await, StatusCode::OK);
        world.run().await;
    }
    let verbs: Vec<String> =
        world.carrier.inner.lock().unwrap().commands.iter().map(|(_, verb, _)| verb.clone()).collect();
    assert_eq!(verbs, ["answer", "speak", "hangup"]);
    assert_eq!(world.got(JO).len(), 1);
}

#[tokio::test]
async fn a_ringing_clinic_that_answers_is_no_missed_call() {
    let ring = frontdesk_server::wiring::SAMPLE
        .replace("[persona]", "[calls]\nmode = \"ring\"\nring = \"+12125550199\"\n\n[persona]");
    let start = "2026-11-20T10:00:00-05:00";
    let mut world = World::with(crate::world::On::Sqlite, &ring, start, frontdesk_domain::span::Span::ZERO).await;
    // As the carrier reports it: the clinic's leg names our number and the clinic's phone, and carries what we gave it.
    let report = |world: &World, kind: &str, direction: &str, session: &str, cause: &str| {
        let outgoing = direction == "outgoing";
        let (from, to) = if outgoing { (CLINIC, "+12125550199") } else { (JO, CLINIC) };
        let id = format!("{kind}{direction}{session}");
        let mut body = call_body(world.clock.now(), &id, kind, session, direction, from, to, cause);
        if outgoing {
            let commands = &world.carrier.inner.lock().unwrap().commands;
            let ring = commands.iter().rev().find(|(_, verb, _)| verb == "transfer").unwrap();
            body["data"]["payload"]["client_state"] = ring.2["target_leg_client_state"].clone();
        }
        body
    };
    for (kind, direction, cause) in [
        ("call.initiated", "incoming", ""),
        ("call.answered", "outgoing", ""),
        ("call.hangup", "outgoing", "normal_clearing"),
        ("call.hangup", "incoming", "normal_clearing"),
    ] {
        world.post("/webhooks/telnyx/voice", &report(&world, kind, direction, "a", cause)).await;
        world.run().await;
    }
    assert!(world.got(JO).is_empty(), "a person spoke");
    for (kind, direction, cause) in [("call.initiated", "incoming", ""), ("call.hangup", "outgoing", "user_busy")] {
        world.post("/webhooks/telnyx/voice", &report(&world, kind, direction, "b", cause)).await;
        world.run().await;
    }
    let texts = world.got(JO);
    assert!(texts.len() == 1 && texts[0].contains("busy"), "{texts:?}");
    let verbs: Vec<String> = world.carrier.inner.lock().unwrap().commands.iter().map(|(_, v, _)| v.clone()).collect();
    assert_eq!(verbs, ["transfer", "transfer", "answer"]);
}

#[tokio::test]
async fn identifiers_are_masked_before_the_first_write() {
    for on in databases() {
        let mut world = World::new(on).await;
        let replies = world.texts(JO, "my card is 4111 1111 1111 1111, ssn 123-45-6789").await;
        assert!(replies[0].contains("secure link"), "{replies:?}");
        let row = world.row(JO).await;
        let mut tx = world.reception.store.begin(row.org).await.unwrap();
        let thread = tx.thread(row.id, 10).await.unwrap();
        assert_eq!(thread[0].text, "my card is [CARD], ssn [SSN]");
    }
}

#[tokio::test]
async fn a_text_fetched_at_night_is_answered_in_the_morning() {
    let start = "2026-11-20T23:30:00-05:00";
    let span = frontdesk_domain::span::Span::ZERO;
    let mut world = World::with(crate::world::On::Sqlite, frontdesk_server::wiring::SAMPLE, start, span).await;
    let hours_ago = world.clock.now() - jiff::SignedDuration::from_hours(9);
    let id = world.event_id();
    world.post(MESSAGES, &text_body(hours_ago, &id, JO, CLINIC, "hi")).await;
    world.run().await;
    assert!(world.got(JO).is_empty(), "nine hours old: no answer to their own message any more");
    world.wait(frontdesk_domain::span::Span::hours(10)).await;
    assert_eq!(world.got(JO).len(), 1);
    let id = world.event_id();
    let stale = world.clock.now() - jiff::SignedDuration::from_hours(13);
    let body = call_body(stale, &id, "call.initiated", "old", "incoming", "+13475550188", CLINIC, "");
    world.post("/webhooks/telnyx/voice", &body).await;
    world.run().await;
    assert!(world.got("+13475550188").is_empty(), "a call of yesterday");
    assert!(world.mail().iter().any(|subject| subject.starts_with("Missed call, please call back")));
}

#[tokio::test]
async fn what_the_carrier_gave_up_on_is_fetched() {
    let mut world = World::new(crate::world::On::Sqlite).await;
    let lost = text_body(world.clock.now(), "lost", JO, CLINIC, "are you there?");
    let row = json!({"id": "d", "status": "failed", "webhook": lost["data"], "attempts": []});
    world.carrier.inner.lock().unwrap().failed_deliveries.push(row);
    frontdesk_reception::catch_up::schedule(&world.reception).await.unwrap();
    world.run().await;
    assert_eq!(world.got(JO).len(), 1);
    world.wait(frontdesk_domain::span::Span::mins(20)).await;
    assert!(world.got(JO).is_empty(), "fetched again, it is known");
}

#[tokio::test]
async fn health_tells_whether_the_database_answers() {
    use tower::ServiceExt as _;
    let world = World::new(crate::world::On::Sqlite).await;
    for path in ["/healthz", "/readyz"] {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        assert_eq!(world.ops.clone().oneshot(request).await.unwrap().status(), StatusCode::OK, "{path}");
    }
}
