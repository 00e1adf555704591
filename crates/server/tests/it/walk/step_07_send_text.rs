//! What becomes of a message when the carrier refuses, fails or answers nonsense: delivered in the end or with staff, no
//! duplicate but the counted ones.

use frontdesk_domain::span::Span;

use axum::http::StatusCode;
use frontdesk_ports::Clock as _;

use crate::carrier::{By, Mood, text_body};
use crate::world::{CLINIC, JO, On, World, set_ups};

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
        assert_eq!(world.reception.metrics.resent_unclear.get(), 0);
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
        assert_eq!(world.reception.metrics.resent_unclear.get(), again as u64);
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

/// A message of each kind, at the moment before it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Greeting,
    Reply,
    Safety,
    Consent,
    Receipt,
    Proactive,
    Staff,
}

/// Whatever the carrier does to a message of whatever kind: it arrives or a person knows, and it arrives twice only where
/// that was counted.
#[tokio::test]
async fn every_fault_of_every_kind_ends_with_the_patient_or_with_staff() {
    use Kind::{Consent, Greeting, Proactive, Receipt, Reply, Safety, Staff};
    let mut faults = Vec::new();
    // The carriers differ in what can be asked of them; for the databases one carrier is enough.
    for (on, by) in set_ups().into_iter().filter(|(on, by)| *on == On::Sqlite || *by == By::Telnyx) {
        for kind in [Greeting, Reply, Safety, Consent, Receipt, Proactive, Staff] {
            for mood in Mood::FAULTS {
                let clinic = crate::world::with_deposits("calendar");
                let mut world = World::over(on, &[by], &clinic, "2026-11-20T10:00:00-05:00", Span::ZERO).await;
                let staff = "+12125550111";
                match kind {
                    Receipt => {
                        world.texts(JO, "Jo Park, new, jo@example.com. Botox with Dana tuesday at 3pm").await;
                        world.texts(JO, "yes").await;
                        world.texts(JO, "yes").await;
                    }
                    Proactive => {
                        world.texts(JO, "Jo Park, existing, jo@example.com. Botox tuesday afternoon").await;
                    }
                    Staff => {
                        world.texts(JO, "Jo Park, existing, jo@example.com. Botox with Dana tuesday at 3pm").await;
                        world.carrier.next([Mood::Take]);
                    }
                    _ => {}
                }
                world.mail();
                world.carrier.next([mood]);
                let before = world.carrier.messages().len();
                match kind {
                    Greeting => drop(world.calls(JO).await),
                    Reply => drop(world.texts(JO, "hi").await),
                    Safety => drop(world.texts(JO, "half my face is drooping").await),
                    Consent => drop(world.texts(JO, "stop texting me").await),
                    Receipt => {
                        let paid = frontdesk_ports::inbound::PaymentReport::Paid { amount_minor: 5_000 };
                        world.payment(JO, "pay_1", paid).await;
                    }
                    Proactive => world.wait(Span::hours(5)).await,
                    Staff => drop(world.texts(JO, "yes").await),
                }
                world.wait(Span::mins(40)).await;
                let to = if kind == Staff { staff } else { JO };
                let arrived = world.carrier.messages()[before..].iter().filter(|m| m.to == to).count();
                let resent = usize::try_from(world.reception.metrics.resent_unclear.get()).unwrap();
                let told = world.mail().into_iter().filter(|s| !s.starts_with("New booking")).count();
                let staff_have_it_by_mail = kind == Staff;
                let opted_out = kind == Consent && world.row(JO).await.consent.is_opted_out();
                if arrived == 0 && told == 0 && !staff_have_it_by_mail && !opted_out {
                    faults.push(format!("{kind:?} {mood:?} {by:?} {on:?}: lost, and nobody knows"));
                }
                if arrived > 1 + resent {
                    faults.push(format!("{kind:?} {mood:?} {by:?} {on:?}: {arrived} of it, {resent} counted"));
                }
                if matches!(mood, Mood::TooFast | Mood::Down) && arrived != 1 {
                    faults.push(format!("{kind:?} {mood:?} {by:?} {on:?}: a passing fault, {arrived} arrived"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn a_number_that_sends_too_fast_holds_up_no_other() {
    let second = "+12125550101";
    let clinic =
        frontdesk_server::wiring::SAMPLE.replace("[\"+12125550100\"]", &format!("[\"{CLINIC}\", \"{second}\"]"));
    for (on, _) in set_ups() {
        let mut world = World::with(on, &clinic, "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.carrier.next([Mood::TooFast]);
        assert!(world.texts(JO, "hi").await.is_empty(), "its carrier wants a pause");
        assert!(world.texts(JO, "are you there?").await.is_empty());
        let (other, id) = ("+13475550177", world.event_id());
        let body = text_body(world.clock.now(), &id, other, second, "my face is drooping");
        assert_eq!(world.post("/webhooks/telnyx/messages", &body).await, StatusCode::OK);
        world.run().await;
        assert!(world.got(other)[0].contains("911"), "another number of the clinic is not held up");
        world.wait(Span::secs(20)).await;
        assert_eq!(world.got(JO).len(), 2);
    }
}
