//! What becomes of a message when the carrier refuses, fails or answers nonsense: delivered in the end or with staff, no
//! duplicate but the counted ones.

use std::sync::atomic::Ordering;

use frontdesk_domain::span::Span;

use crate::carrier::{By, Mood};
use crate::world::{JO, World, set_ups};

#[tokio::test]
async fn a_carrier_that_fails_is_asked_again_and_order_is_kept() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.carrier.next([Mood::TooFast, Mood::Down]);
        assert!(world.texts(JO, "hi").await.is_empty());
        assert!(world.texts(JO, "Jo Park").await.is_empty(), "the second reply waits for the first");
        world.wait(Span::secs(20)).await;
        let got = world.got(JO);
        assert_eq!(got.len(), 2, "{got:?}");
        assert!(got[0].contains("AI assistant"), "in order");
    }
}

#[tokio::test]
async fn an_unclear_send_is_settled_by_its_receipt() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.carrier.next([Mood::TakeAndGarble]);
        assert_eq!(world.texts(JO, "hi").await.len(), 1);
        world.receipt(0, "delivered", None).await;
        world.wait(Span::mins(5)).await;
        assert!(world.got(JO).is_empty(), "never twice");
        assert_eq!(world.reception.counters.resent_unclear.load(Ordering::Relaxed), 0);
    }
}

#[tokio::test]
async fn an_unclear_reply_without_a_receipt_is_sent_once_more_and_counted() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.carrier.next([Mood::TakeAndLose]);
        assert_eq!(world.texts(JO, "hi").await.len(), 1);
        world.wait(Span::secs(80)).await;
        assert!(world.got(JO).is_empty());
        world.wait(Span::secs(20)).await;
        // Twilio can be asked and says that it has it; Telnyx cannot.
        let again = usize::from(by == By::Telnyx);
        assert_eq!(world.got(JO).len(), again);
        assert_eq!(world.reception.counters.resent_unclear.load(Ordering::Relaxed), again as u64);
        world.wait(Span::mins(30)).await;
        assert!(world.got(JO).is_empty());
    }
}

#[tokio::test]
async fn a_refused_message_reaches_staff_and_a_blocked_number_is_opted_out() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.carrier.next([Mood::Refuse]);
        world.texts(JO, "hi").await;
        assert!(world.mail()[0].starts_with("Needs you"));
        let other = "+13475550177";
        world.carrier.next([Mood::OptedOut]);
        world.texts(other, "hi").await;
        assert!(world.row(other).await.consent.is_opted_out());
        assert!(world.texts(other, "are you there").await.is_empty());
    }
}

#[tokio::test]
async fn a_failed_receipt_reaches_staff_and_a_late_one_moves_nothing_back() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.texts(JO, "hi").await;
        world.receipt(0, "delivery_failed", Some("40001")).await;
        assert_eq!(world.mail().len(), 1);
        world.receipt(0, "sent", None).await;
        assert!(world.mail().is_empty());
    }
}
