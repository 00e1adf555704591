//! Step 11: a deposit is asked for, agreed to, and its link made: on paths (ii) and (iii), with what the vendor may do.

use frontdesk_domain::conversation::Stage;
use frontdesk_domain::deposit::DepositStatus;
use frontdesk_domain::span::Span;
use frontdesk_ports::inbound::PaymentReport;

use crate::till::Fault;
use crate::world::{JO, On, World, databases, set_ups, with_deposits};

const FACTS: &str = "Jo Park, new here, jo@example.com. Botox tuesday after 3?";

#[tokio::test]
async fn a_time_is_kept_the_policy_said_and_only_a_yes_to_the_deposit_makes_a_link() {
    for (on, by) in set_ups() {
        let mut world =
            World::over(on, &[by], &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, FACTS).await;
        let asked = world.texts(JO, "the first one").await.remove(0);
        assert!(asked.contains("holding Tuesday, November 24 at 3:00 PM") && asked.contains("$50 deposit"), "{asked}");
        assert!(
            asked.contains("24 hours' notice") && asked.ends_with("Shall I text you the secure payment link?"),
            "{asked}"
        );
        assert_eq!(world.state(JO).await.stage, Stage::Holding);
        assert!(world.till.0.lock().unwrap().links.is_empty(), "no link before they agree");
        // The time is nobody else's meanwhile.
        let other =
            world.texts("+13475550188", "Al Ray, new, no email, botox tuesday at 3pm with Dana Lee").await.remove(0);
        assert!(!other.contains("3:00 PM with Dana"), "{other}");
        let question = world.texts(JO, "is it refundable?").await.remove(0);
        assert!(question.contains("24 hours' notice") && question.contains("Shall I text you"), "{question}");
        assert!(world.till.0.lock().unwrap().links.is_empty());
        let link = world.texts(JO, "yes please").await.remove(0);
        assert!(link.contains("$50") && link.contains("/p/") && link.contains("60 minutes"), "{link}");
        let state = world.state(JO).await;
        assert_eq!((state.stage, state.deposit.unwrap().status), (Stage::AwaitingPayment, DepositStatus::Requested));
        assert!(world.visits().await.is_empty(), "booked when it is paid");
        let again = world.texts(JO, "can you send the link again").await.remove(0);
        assert!(again.contains("/p/"), "{again}");
        assert_eq!(world.till.0.lock().unwrap().links.len(), 1);
        let booked = world.payment(JO, "pay_1", PaymentReport::Paid { amount_minor: 5_000 }).await.remove(0);
        assert!(booked.contains("your $50 payment is in") && booked.contains("You're booked for Botox"), "{booked}");
        assert_eq!(world.visits().await, ["11-24 15:00 Botox, Dana Lee, Jo Park"]);
        assert!(world.mail().contains(&"New booking: Jo Park".to_owned()));
        let text = world.carrier.messages().into_iter().rfind(|m| m.to == "+12125550111").unwrap().text;
        assert!(text.contains("deposit $50 paid"), "{text}");
    }
}

#[tokio::test]
async fn who_declines_or_wants_another_time_pays_nothing() {
    for on in databases() {
        let mut world = World::with(on, &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, FACTS).await;
        world.texts(JO, "the first one").await;
        let other = world.texts(JO, "actually the 5pm").await.remove(0);
        assert!(other.contains("holding Tuesday, November 24 at 5:00 PM"), "{other}");
        let declined = world.texts(JO, "no thanks, I don't pay deposits").await.remove(0);
        assert!(declined.contains("No problem"), "{declined}");
        assert!(world.mail().iter().any(|subject| subject.starts_with("Would rather not pay")));
        assert!(world.till.0.lock().unwrap().links.is_empty());
        // Both times are free again.
        let offer = world.texts("+13475550188", "Al Ray, new, no email, botox tuesday after 3").await.remove(0);
        assert!(offer.contains("3:00 PM"), "{offer}");
    }
}

#[tokio::test]
async fn a_clinic_without_a_calendar_takes_the_deposit_and_staff_confirm() {
    for on in databases() {
        let mut world = World::with(on, &with_deposits("none"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        let asked = world.texts(JO, FACTS).await.remove(0);
        assert!(asked.contains("A $50 deposit reserves your visit"), "{asked}");
        let link = world.texts(JO, "sure").await.remove(0);
        assert!(link.contains("/p/"), "{link}");
        let paid = world.payment(JO, "pay_1", PaymentReport::Paid { amount_minor: 5_000 }).await.remove(0);
        assert!(paid.contains("$50 payment is in") && paid.contains("Our team will confirm your time"), "{paid}");
        let state = world.state(JO).await;
        assert_eq!((state.stage, state.lead.status.key()), (Stage::AwaitingStaff, "deposit_paid"));
        assert!(world.mail().contains(&"Paid: Jo Park".to_owned()));
    }
}

#[tokio::test]
async fn a_vendor_in_trouble_makes_one_link_or_brings_a_person() {
    for (fault, works) in
        [(Fault::Down, false), (Fault::Slow, false), (Fault::Refuses, false), (Fault::Lost, true), (Fault::None, true)]
    {
        let mut world =
            World::with(On::Sqlite, &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, FACTS).await;
        world.texts(JO, "the first one").await;
        world.till.0.lock().unwrap().fault = (fault, 1);
        let answer = world.texts(JO, "yes").await.remove(0);
        assert_eq!(answer.contains("/p/"), works, "{fault:?}: {answer}");
        if !works {
            assert!(answer.contains("can't open our payment page"), "{answer}");
            assert!(world.mail().iter().any(|s| s.starts_with("Needs you (payment page unavailable)")));
        }
        assert!(world.till.0.lock().unwrap().links.len() <= 1);
    }
}
