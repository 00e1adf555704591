//! Step 3: stored once, masked, with its job; what was lost on the way is fetched.

use axum::http::StatusCode;
use frontdesk_ports::Clock as _;
use serde_json::json;

use super::MESSAGES;
use crate::carrier::{call_body, text_body};
use crate::world::{CLINIC, JO, World, databases};

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
async fn what_the_carrier_gave_up_on_is_fetched() {
    for on in databases() {
        let mut world = World::new(on).await;
        let lost = text_body(world.clock.now(), "lost", JO, CLINIC, "are you there?");
        let row = json!({"id": "d", "status": "failed", "webhook": lost["data"], "attempts": []});
        world.carrier.inner.lock().unwrap().failed_deliveries.push(row);
        frontdesk_reception::catch_up::schedule(&world.reception).await.unwrap();
        world.run().await;
        assert_eq!(world.got(JO).len(), 1);
        world.wait(frontdesk_domain::span::Span::mins(20)).await;
        assert!(world.got(JO).is_empty(), "fetched again, it is known");
    }
}

#[tokio::test]
async fn a_text_fetched_at_night_is_answered_in_the_morning() {
    for on in databases() {
        let start = "2026-11-20T23:30:00-05:00";
        let span = frontdesk_domain::span::Span::ZERO;
        let mut world = World::with(on, frontdesk_server::wiring::SAMPLE, start, span).await;
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
}
