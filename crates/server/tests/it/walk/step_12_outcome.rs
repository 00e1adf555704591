//! Step 12: what became of a payment: paid, failed, late, twice, its time gone, refunded, contested.

use frontdesk_domain::deposit::DepositStatus;
use frontdesk_domain::span::Span;
use frontdesk_ports::inbound::PaymentReport;

use crate::till::Fault;
use crate::world::{JO, On, World, databases, with_deposits};

const OTHER: &str = "+13475550177";
const PAID: PaymentReport = PaymentReport::Paid { amount_minor: 5_000 };

/// A link is open for Tuesday at three.
async fn linked(on: On) -> World {
    let mut world = World::with(on, &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
    world.texts(JO, "Jo Park, new here, jo@example.com. Botox with Dana tuesday at 3pm").await;
    world.texts(JO, "yes").await;
    let link = world.texts(JO, "yes").await.remove(0);
    assert!(link.contains("/p/"), "{link}");
    world.mail();
    world
}

async fn status(world: &World) -> DepositStatus {
    world.state(JO).await.deposit.unwrap().status
}

#[tokio::test]
async fn a_failed_card_may_be_tried_again() {
    for on in databases() {
        let mut world = linked(on).await;
        let failed = world.payment(JO, "pay_1", PaymentReport::Failed).await.remove(0);
        assert!(failed.contains("didn't go through") && failed.contains("/p/"), "{failed}");
        assert_eq!(status(&world).await, DepositStatus::Failed);
        assert!(world.payment(JO, "pay_2", PAID).await[0].contains("You're booked"));
        assert_eq!(world.visits().await.len(), 1);
    }
}

#[tokio::test]
async fn the_same_payment_twice_is_one_and_another_goes_back() {
    for on in databases() {
        let mut world = linked(on).await;
        assert_eq!(world.payment(JO, "pay_1", PAID).await.len(), 1);
        assert!(world.payment(JO, "pay_1", PAID).await.is_empty());
        assert!(world.payment(JO, "pay_2", PAID).await.is_empty());
        let refunds: Vec<String> = world.till.0.lock().unwrap().refunds.values().map(|r| r.payment.clone()).collect();
        assert_eq!(refunds, ["pay_2"]);
        assert_eq!((status(&world).await, world.visits().await.len()), (DepositStatus::Paid, 1));
        assert!(world.mail().contains(&"A payment goes back: Jo Park".to_owned()));
    }
}

#[tokio::test]
async fn silence_is_reminded_once_then_the_time_is_free_again() {
    for on in databases() {
        let mut world = linked(on).await;
        world.wait(Span::mins(31)).await;
        let reminder = world.got(JO);
        assert!(
            reminder.len() == 1 && reminder[0].contains("open until") && reminder[0].contains("/p/"),
            "{reminder:?}"
        );
        world.wait(Span::mins(31)).await;
        let ended = world.got(JO);
        assert!(ended.len() == 1 && ended[0].contains("no longer held"), "{ended:?}");
        assert_eq!(status(&world).await, DepositStatus::Expired);
        assert_eq!(world.till.0.lock().unwrap().closed.len(), 1, "closed at the vendor");
        world.wait(Span::days(2)).await;
        assert!(world.got(JO).is_empty(), "then it rests");
        let offer =
            world.texts("+13475550188", "Ana Ray, existing, no email, botox with Dana tuesday at 3pm").await.remove(0);
        assert!(offer.contains("Tuesday, November 24 at 3:00 PM"), "{offer}");
    }
}

#[tokio::test]
async fn who_wants_another_try_gets_one() {
    let mut world = linked(On::Sqlite).await;
    world.wait(Span::mins(62)).await;
    world.got(JO);
    let asked = world.texts(JO, "yes").await.remove(0);
    assert!(asked.contains("holding Tuesday, November 24 at 3:00 PM"), "{asked}");
    assert!(world.texts(JO, "yes").await[0].contains("/p/"));
    assert_eq!(world.till.0.lock().unwrap().links.len(), 2);
    assert!(world.payment(JO, "pay_9", PAID).await[0].contains("You're booked"));
}

#[tokio::test]
async fn a_late_payment_books_a_free_time_and_goes_back_where_it_is_taken() {
    for on in databases() {
        let mut world = linked(on).await;
        world.wait(Span::mins(62)).await;
        world.got(JO);
        let booked = world.payment(JO, "pay_1", PAID).await.remove(0);
        assert!(booked.contains("You're booked"), "{booked}");

        let mut world = linked(on).await;
        world.wait(Span::mins(62)).await;
        world.got(JO);
        world.texts("+13475550188", "Ana Ray, existing, no email, botox with Dana tuesday at 3pm").await;
        assert!(world.texts("+13475550188", "yes").await[0].contains("You're booked"));
        world.got(JO);
        let gone = world.payment(JO, "pay_1", PAID).await;
        assert!(gone[0].contains("I'm sending your $50 back") && gone[0].contains("Here are some others"), "{gone:?}");
        assert!(!gone[0].contains("is in."), "{gone:?}");
        assert_eq!((status(&world).await, world.till.0.lock().unwrap().refunds.len()), (DepositStatus::Refunded, 1));
        assert_eq!(world.visits().await.len(), 1, "nobody is booked twice");
        assert_eq!(gone.len(), 1, "told once");
    }
}

#[tokio::test]
async fn what_is_paid_in_the_last_moment_is_not_given_away() {
    let mut world = linked(On::Sqlite).await;
    world.till.0.lock().unwrap().paid_in_the_last_moment = true;
    world.wait(Span::mins(62)).await;
    world.got(JO);
    assert_eq!(status(&world).await, DepositStatus::Requested, "the vendor's word is awaited");
    let other = world.texts(OTHER, "Ana Ruiz, existing, no email, botox with Dana tuesday at 3pm").await.remove(0);
    assert!(!other.contains("3:00 PM with Dana"), "nobody gets it meanwhile: {other}");
    assert!(world.payment(JO, "pay_1", PAID).await[0].contains("You're booked"));
}

#[tokio::test]
async fn a_refund_is_made_once_whatever_the_vendor_answers() {
    for fault in [Fault::Down, Fault::Slow, Fault::Lost] {
        let mut world = linked(On::Sqlite).await;
        world.payment(JO, "pay_1", PAID).await;
        let (row, paid_id) = (world.row(JO).await, world.state(JO).await.deposit.unwrap().id);
        world.till.0.lock().unwrap().fault = (fault, 2);
        let done =
            frontdesk_reception::deposits::refund_by_person(&world.reception, row.org, row.id, paid_id).await.unwrap();
        assert_eq!(done, Ok(()));
        world.wait(Span::mins(5)).await;
        let told = world.got(JO);
        assert!(told.len() == 1 && told[0].contains("on its way back"), "{fault:?}: {told:?}");
        assert_eq!((status(&world).await, world.till.0.lock().unwrap().refunds.len()), (DepositStatus::Refunded, 1));
    }
    let mut world = linked(On::Sqlite).await;
    world.payment(JO, "pay_1", PAID).await;
    world.mail();
    let (row, paid_id) = (world.row(JO).await, world.state(JO).await.deposit.unwrap().id);
    world.till.0.lock().unwrap().fault = (Fault::Refuses, 9);
    frontdesk_reception::deposits::refund_by_person(&world.reception, row.org, row.id, paid_id).await.unwrap().unwrap();
    world.wait(Span::mins(5)).await;
    assert_eq!(world.mail(), ["A payment needs you: Jo Park"]);
}

#[tokio::test]
async fn a_contested_payment_reaches_staff_and_stop_leaves_an_open_link_alone() {
    let mut world = linked(On::Sqlite).await;
    assert_eq!(world.texts(JO, "STOP").await.len(), 1);
    world.wait(Span::mins(40)).await;
    assert!(world.got(JO).is_empty(), "no reminder to who opted out");
    assert!(world.payment(JO, "pay_1", PAID).await.is_empty(), "no receipt either");
    assert_eq!(world.visits().await.len(), 1, "but what they paid for is booked");
    world.mail();
    world.payment(JO, "pay_1", PaymentReport::Disputed).await;
    assert_eq!(world.mail(), ["A payment is contested: Jo Park"]);
    assert_eq!(status(&world).await, DepositStatus::Disputed);
}

#[tokio::test]
async fn a_fee_is_asked_for_by_a_person_and_only_where_the_rules_name_one() {
    use frontdesk_domain::clinic::FeeKind;
    use frontdesk_reception::deposits::{Refused, ask_fee};
    let mut world = linked(On::Sqlite).await;
    world.payment(JO, "pay_1", PAID).await;
    let row = world.row(JO).await;
    let late = ask_fee(&world.reception, row.org, row.id, FeeKind::LateCancellation).await.unwrap();
    assert_eq!(late, Err(Refused::NoRule));
    ask_fee(&world.reception, row.org, row.id, FeeKind::NoShow).await.unwrap().unwrap();
    world.run().await;
    let asked = world.got(JO);
    assert!(
        asked.len() == 1 && asked[0].contains("$40 fee for the missed visit") && asked[0].contains("/p/"),
        "{asked:?}"
    );
    let thanks = world.payment(JO, "pay_2", PaymentReport::Paid { amount_minor: 4_000 }).await;
    assert!(thanks[0].contains("your $40 payment is in") && !thanks[0].contains("booked"), "{thanks:?}");
}

#[tokio::test]
async fn calling_off_a_paid_visit_leaves_the_deposit_to_the_clinic_and_says_so() {
    let mut world = linked(On::Sqlite).await;
    world.payment(JO, "pay_1", PAID).await;
    world.mail();
    world.texts(JO, "cancel my appointment").await;
    let told = world.texts(JO, "yes").await.remove(0);
    assert!(told.contains("is cancelled") && told.contains("in touch about your $50 deposit"), "{told}");
    assert_eq!(world.mail(), ["Visit cancelled: Jo Park"]);
    let card = world.mailbox.emails_after(0).into_iter().rfind(|m| m.email.to == "desk@glow.example").unwrap();
    assert!(card.email.text.contains("Deposit: $50 paid"), "{}", card.email.text);
}

#[tokio::test]
async fn a_part_of_the_money_books_nothing_and_a_vendor_that_cannot_close_a_link_reaches_a_person() {
    let mut world = linked(On::Sqlite).await;
    assert!(world.payment(JO, "pay_1", PaymentReport::Paid { amount_minor: 100 }).await.is_empty());
    assert_eq!(world.mail(), ["A payment needs you: Jo Park"]);
    assert!(world.visits().await.is_empty());
    world.till.0.lock().unwrap().fault = (Fault::Refuses, 99);
    world.wait(Span::hours(3)).await;
    assert_eq!(world.mail(), ["A payment needs you: Jo Park"]);
}

#[tokio::test]
async fn a_time_taken_once_more_stays_kept() {
    for on in databases() {
        let mut world = World::with(on, &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, "Jo Park, new here, jo@example.com. Botox with Dana tuesday after 3").await;
        for take in ["the 3pm", "I'll take the 3pm"] {
            assert!(world.texts(JO, take).await[0].contains("A $50 deposit books it"));
        }
        let other = world.texts(OTHER, "Ana Ruiz, existing, no email, botox with Dana tuesday at 3pm").await.remove(0);
        assert!(!other.contains("3:00 PM with Dana"), "{other}");
    }
}

#[tokio::test]
async fn a_payment_by_the_old_link_books_the_time_they_want_now() {
    for linked_too in [false, true] {
        let mut world = linked(On::Sqlite).await;
        let first = world.state(JO).await.deposit.unwrap();
        world.texts(JO, "actually can I take wednesday at 10am with Dana instead").await;
        assert!(world.texts(JO, "yes").await[0].contains("holding Wednesday"));
        if linked_too {
            assert!(world.texts(JO, "yes").await[0].contains("/p/"));
        }
        let paid = world.payment_of(&first, "pay_1", PAID).await;
        assert!(paid[0].contains("You're booked for Botox with Dana Lee on Wednesday"), "{paid:?}");
        assert_eq!(world.visits().await, ["11-25 10:00 Botox, Dana Lee, Jo Park"]);
        world.wait(Span::hours(2)).await;
        assert!(world.got(JO).is_empty(), "no word of the other link");
    }
}

#[tokio::test]
async fn a_minor_told_of_ends_the_link_and_its_reminder() {
    let mut world = linked(On::Sqlite).await;
    assert!(world.texts(JO, "btw it's for my daughter, she is 16").await[0].contains("under 18"));
    assert_eq!(status(&world).await, DepositStatus::Cancelled);
    world.wait(Span::hours(2)).await;
    assert!(world.got(JO).is_empty());
    world.payment(JO, "pay_1", PAID).await;
    assert!(world.visits().await.is_empty(), "a person decides");
    assert!(world.mail().contains(&"Paid: Jo Park".to_owned()));
}

#[tokio::test]
async fn another_service_that_needs_a_deposit_is_not_had_by_moving_a_visit() {
    let clinic = with_deposits("calendar").replace("patient_type = \"new\"", "service = \"HydraFacial\"");
    let mut world = World::with(On::Sqlite, &clinic, "2026-11-20T10:00:00-05:00", Span::ZERO).await;
    world.texts(JO, "Jo Park, existing, no email, botox tuesday at 3pm").await;
    assert!(world.texts(JO, "yes").await[0].contains("You're booked"));
    world.texts(JO, "make it a hydrafacial instead").await;
    world.texts(JO, "wednesday at 3pm").await;
    assert!(world.texts(JO, "yes").await[0].contains("A $50 deposit books it"));
    assert!(world.texts(JO, "yes").await[0].contains("/p/"));
    assert!(world.payment(JO, "pay_1", PAID).await[0].contains("HydraFacial"));
    assert_eq!(world.visits().await, ["11-25 15:00 HydraFacial, Kim Novak, Jo Park"]);
}

#[tokio::test]
async fn a_fee_stands_beside_a_deposit_and_is_not_asked_of_who_wants_no_texts() {
    use frontdesk_domain::clinic::FeeKind::NoShow;
    use frontdesk_reception::deposits::{Refused, ask_fee};
    let mut world = linked(On::Sqlite).await;
    let row = world.row(JO).await;
    let deposit = world.state(JO).await.deposit.unwrap();
    for _ in 0..2 {
        ask_fee(&world.reception, row.org, row.id, NoShow).await.unwrap().unwrap();
        world.run().await;
    }
    let asked = world.got(JO);
    assert!(asked.len() == 2 && asked[0] == asked[1], "the same link again: {asked:?}");
    world.payment(JO, "pay_2", PaymentReport::Paid { amount_minor: 4_000 }).await;
    assert_eq!(ask_fee(&world.reception, row.org, row.id, NoShow).await.unwrap(), Err(Refused::Paid));
    assert_eq!(status(&world).await, DepositStatus::Requested, "the deposit's link is still open");
    assert!(world.payment_of(&deposit, "pay_1", PAID).await[0].contains("You're booked"));
    world.texts(JO, "STOP").await;
    assert_eq!(ask_fee(&world.reception, row.org, row.id, NoShow).await.unwrap(), Err(Refused::OptedOut));
}

#[tokio::test]
async fn nobody_is_erased_while_a_payment_can_still_be_made_or_a_paid_time_is_not_named() {
    use frontdesk_domain::consent::ContactPoint;
    use frontdesk_domain::conversation::Channel;
    use frontdesk_ports::store::Erasure;
    for on in databases() {
        let erase = async |world: &World| {
            let mut tx = world.reception.store.begin(world.clinic.org).await.unwrap();
            let outcome =
                tx.erase(&ContactPoint::of(Channel::Sms, JO), frontdesk_ports::Clock::now(world.clock.as_ref())).await;
            tx.commit().await.unwrap();
            outcome.unwrap()
        };
        let mut world = linked(on).await;
        assert_eq!(erase(&world).await, Erasure::MoneyOpen);
        world.payment(JO, "pay_1", PaymentReport::Failed).await;
        assert_eq!(erase(&world).await, Erasure::MoneyOpen, "the link still takes a card");
        world.wait(Span::days(1)).await;
        assert_eq!(erase(&world).await, Erasure::Done);

        let mut world = World::with(on, &with_deposits("none"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, "Jo Park, new here, jo@example.com. Botox tuesday after 3?").await;
        world.texts(JO, "yes").await;
        world.payment(JO, "pay_1", PAID).await;
        assert_eq!(erase(&world).await, Erasure::MoneyOpen, "staff are about to name the time");
    }
}
