//! Step 1: the carrier reports something; what is forged, odd or too large is answered sensibly and leaves nothing.

use axum::http::StatusCode;
use frontdesk_ports::Clock as _;
use serde_json::json;

use super::MESSAGES;
use crate::carrier::text_body;
use crate::world::{CLINIC, JO, World, databases};

#[tokio::test]
async fn a_wrong_signature_leaves_no_trace() {
    for on in databases() {
        let mut world = World::new(on).await;
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
        let counters = &world.reception.metrics;
        assert_eq!(counters.unknown_number.get(), 1);
        assert_eq!(counters.unanswerable.get(), 5);
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
async fn health_tells_whether_the_database_answers() {
    for on in databases() {
        use tower::ServiceExt as _;
        let world = World::new(on).await;
        for path in ["/healthz", "/readyz"] {
            let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
            assert_eq!(world.ops.clone().oneshot(request).await.unwrap().status(), StatusCode::OK, "{path}");
        }
    }
}

#[tokio::test]
async fn a_text_to_a_group_is_ours_wherever_our_number_stands() {
    for on in databases() {
        let mut world = World::new(on).await;
        let mut body = text_body(world.clock.now(), "group", JO, "+13475550188", "hi");
        let ours = json!({"phone_number": CLINIC, "status": "webhook_delivered"});
        body["data"]["payload"]["to"].as_array_mut().unwrap().push(ours);
        assert_eq!(world.post(MESSAGES, &body).await, StatusCode::OK);
        world.run().await;
        assert_eq!(world.got(JO).len(), 1, "answered to the sender alone");
        assert!(world.got("+13475550188").is_empty());
    }
}
