//! Step 12, in words: what patients say around money while it is asked for, on its way or there, and what must not follow.

use frontdesk_domain::conversation::Stage;
use frontdesk_domain::deposit::DepositStatus;
use frontdesk_domain::span::Span;
use frontdesk_ports::inbound::PaymentReport;

use crate::world::{JO, On, World, with_deposits};

const AT: &str = "2026-11-20T10:00:00-05:00";
const PAID: PaymentReport = PaymentReport::Paid { amount_minor: 5_000 };

/// How far a patient got.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Upto {
    /// Asked about the deposit.
    Asked,
    /// The link is open.
    Linked,
    /// Paid and booked.
    Paid,
}

async fn world(upto: Upto) -> World {
    let mut world = World::with(On::Sqlite, &with_deposits("calendar"), AT, Span::ZERO).await;
    world.texts(JO, "Jo Park, new here, jo@example.com. Botox tuesday after 3?").await;
    world.texts(JO, "the first one").await;
    if upto != Upto::Asked {
        world.texts(JO, "yes").await;
    }
    if upto == Upto::Paid {
        world.payment(JO, "pay_1", PAID).await;
    }
    world.mail();
    world
}

#[tokio::test]
async fn no_question_waives_a_deposit() {
    for upto in [Upto::Asked, Upto::Linked] {
        for words in [
            "can I just pay when I come in",
            "can I come in early",
            "how early should I come in",
            "would I pay if I was an existing patient",
            "last time I did this elsewhere they didnt charge",
            "I've been to other places and they dont ask for deposit",
            "I was there last week walking by",
        ] {
            let mut world = world(upto).await;
            let said = world.texts(JO, words).await;
            assert!(world.visits().await.is_empty(), "{upto:?} {words}: {said:?}");
            assert!(said.iter().all(|text| !text.contains("You're booked")), "{words}: {said:?}");
        }
    }
}

#[tokio::test]
async fn trouble_with_a_link_is_no_refusal() {
    for words in [
        "no funciona el link",
        "no me abre el link",
        "no me llego el link",
        "no se como pagar",
        "no link came through",
        "no it wont load",
        "nope still loading",
        "im good, paying now",
        "I can't pay, it says error",
        "no me deja pagar",
        "I can't pay online",
        "what if I need to cancel later",
        "I might have to cancel, is that ok",
    ] {
        let mut world = world(Upto::Linked).await;
        let said = world.texts(JO, words).await;
        let state = world.state(JO).await;
        assert_eq!(state.stage, Stage::AwaitingPayment, "{words}: {said:?}");
        assert_eq!(state.deposit.unwrap().status, DepositStatus::Requested, "{words}: {said:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_heard_and_an_acknowledgement_makes_no_link() {
    for words in [
        "absolutely not",
        "of course not",
        "I don't agree",
        "i guess not",
        "please do not send link",
        "yes i will not pay",
    ] {
        let mut world = world(Upto::Asked).await;
        let said = world.texts(JO, words).await.remove(0);
        assert!(said.contains("No problem"), "{words}: {said}");
    }
    for words in ["got it", "I understand", "yes but what if I need to cancel"] {
        let mut world = world(Upto::Asked).await;
        world.texts(JO, words).await;
        assert!(world.till.0.lock().unwrap().links.is_empty(), "{words}");
        assert_eq!(world.state(JO).await.stage, Stage::Holding, "{words}");
    }
}

#[tokio::test]
async fn who_leaves_before_paying_is_told_to_staff() {
    for upto in [Upto::Asked, Upto::Linked] {
        for words in ["STOP", "cancel", "never mind", "please cancel it"] {
            let mut world = world(upto).await;
            world.texts(JO, words).await;
            world.wait(Span::hours(26)).await;
            assert!(!world.mail().is_empty(), "{upto:?} {words}");
        }
    }
    // Heard from after the link ended, but nothing came of it.
    let mut world = World::with(On::Sqlite, &with_deposits("calendar"), "2026-11-20T19:11:00-05:00", Span::ZERO).await;
    world.texts(JO, "Jo Park, new here, jo@example.com. Botox tuesday after 3?").await;
    world.texts(JO, "the first one").await;
    world.texts(JO, "yes").await;
    world.wait(Span::mins(90)).await;
    world.texts(JO, "ok").await;
    world.wait(Span::hours(26)).await;
    assert!(world.mail().iter().any(|subject| subject.contains("Did not pay")));
}

#[tokio::test]
async fn a_word_about_money_reaches_a_person() {
    for words in [
        "I was charged twice",
        "you charged me $500 instead of $50",
        "refund please",
        "me cobraron dos veces",
        "can I get my deposit back",
        "I see two charges, you charged me twice",
        "you took $50 twice",
        "I overpaid",
        "I don't recognize this charge",
    ] {
        let mut world = world(Upto::Paid).await;
        let said = world.texts(JO, words).await.remove(0);
        assert!(said.contains("$50") && world.mail() == ["Asks about a payment: Jo Park"], "{words}: {said}");
        assert_eq!(world.visits().await.len(), 1, "{words}");
        assert_eq!(world.state(JO).await.lead.status.key(), "booked", "{words}");
    }
    for words in ["I was charged twice!", "I paid already it took the money"] {
        let mut world = world(Upto::Linked).await;
        world.texts(JO, words).await;
        assert_eq!(world.mail(), ["Asks about a payment: Jo Park"], "{words}");
    }
    for words in ["I was charged twice for my facial", "refund please"] {
        let mut world = World::with(On::Sqlite, &with_deposits("calendar"), AT, Span::ZERO).await;
        world.texts(JO, words).await;
        assert!(world.mail().iter().any(|subject| subject.starts_with("Asks about a payment")), "{words}");
    }
    for words in ["do you charge twice a year", "will I get charged again at the visit"] {
        let mut world = world(Upto::Paid).await;
        world.texts(JO, words).await;
        assert!(!world.mail().iter().any(|subject| subject.starts_with("Asks about a payment")), "{words}");
    }
}

#[tokio::test]
async fn a_question_before_a_cancellation_leaves_the_cancellation_open() {
    let mut world = world(Upto::Paid).await;
    world.texts(JO, "cancel my visit").await;
    let said = world.texts(JO, "will I lose my deposit?").await.remove(0);
    assert!(said.contains("24 hours' notice") && said.contains("Shall I cancel"), "{said}");
    let gone = world.texts(JO, "yes").await.remove(0);
    assert!(gone.contains("is cancelled") && gone.contains("your $50 deposit"), "{gone}");
    // Who called a visit off has not been here: the rules for new patients hold.
    world.payment(JO, "pay_1", PaymentReport::Refunded).await;
    world.texts(JO, "I'd like botox thursday at 3 after all").await;
    let asked = world.texts(JO, "the first one").await.join(" ");
    assert!(asked.contains("$50 deposit"), "{asked}");
}

#[tokio::test]
async fn the_answer_to_visit_or_texts_is_understood_with_its_not() {
    for words in ["the appointment not the texts", "call off my visit but keep texting me", "the visit"] {
        let mut world = world(Upto::Paid).await;
        world.texts(JO, "I cant come tuesday").await;
        let asked = world.texts(JO, "cancel").await.join(" ");
        if asked.contains("texts") {
            world.texts(JO, words).await;
        }
        let state = world.state(JO).await;
        assert!(!state.opted_out && world.visits().await.is_empty(), "{words}: {asked}");
    }
}

#[tokio::test]
async fn of_two_paid_visits_the_one_called_off_is_the_one_whose_money_is_spoken_of() {
    let mut world = world(Upto::Paid).await;
    world.texts(JO, "also want a hydrafacial next thursday at 2").await;
    for _ in 0..3 {
        let state = world.state(JO).await;
        if state.deposit.as_ref().is_some_and(|deposit| deposit.status.is_open()) {
            break;
        }
        world.texts(JO, "yes").await;
    }
    let state = world.state(JO).await;
    if state.deposit.as_ref().is_some_and(|deposit| deposit.status.is_open()) {
        world.payment(JO, "pay_2", PAID).await;
    }
    assert_eq!(world.visits().await.len(), 2);
    world.texts(JO, "cancel the botox please").await;
    let gone = world.texts(JO, "yes").await.join(" ");
    assert!(gone.contains("Botox visit") && gone.contains("your $50 deposit"), "{gone}");
}

#[tokio::test]
async fn an_old_link_paid_for_what_is_no_longer_wanted_goes_back() {
    let clinic = frontdesk_server::wiring::SAMPLE.replace(
        "service = \"Dermal Filler\"\namount = \"$100\"",
        "service = \"Dermal Filler\"\namount = \"$100\"\n[[deposits]]\npatient_type = \"new\"\namount = \"$50\"",
    );
    let mut world = World::with(On::Sqlite, &clinic, AT, Span::ZERO).await;
    world.texts(JO, "Jo Park, new here, jo@example.com. Botox tuesday after 3?").await;
    world.texts(JO, "the first one").await;
    world.texts(JO, "yes").await;
    let old = world.state(JO).await.deposit.unwrap();
    world.texts(JO, "actually make it filler").await;
    world.texts(JO, "the first one").await;
    assert_eq!(world.state(JO).await.agreeing.unwrap().amount.minor_units(), 10_000);
    let told = world.payment_of(&old, "pay_1", PAID).await.join(" ");
    assert!(told.contains("sending it back") && world.visits().await.is_empty(), "{told}");
    let state = world.state(JO).await;
    assert_eq!((state.stage, state.agreeing.is_some()), (Stage::Holding, true), "what is asked now stands");
    // After danger nothing is booked, and nothing is said of confirming.
    let mut world = self::world(Upto::Linked).await;
    let old = world.state(JO).await.deposit.unwrap();
    world.texts(JO, "i cant breathe after my filler yesterday").await;
    let told = world.payment_of(&old, "pay_1", PAID).await.join(" ");
    assert!(!told.contains("confirm your time") && world.visits().await.is_empty(), "{told}");
}

#[tokio::test]
async fn words_after_a_booking_are_never_waved_away() {
    for words in ["I need to move to friday", "can we make it thursday"] {
        let mut world = world(Upto::Paid).await;
        let said = world.texts(JO, words).await.join(" ");
        let state = world.state(JO).await;
        assert!(state.offer.is_some() && state.rescheduling, "{words}: {said}");
        assert_eq!(world.visits().await.len(), 1, "it stands until another time is picked");
    }
    for words in ["that time doesn't work for me", "I can't do 3", "no puedo ir el martes"] {
        let mut world = world(Upto::Paid).await;
        let said = world.texts(JO, words).await.join(" ");
        assert!(
            said.contains("another time") || said.contains("otra hora") || world.state(JO).await.offer.is_some(),
            "{words}: {said}"
        );
    }
    let mut world = world(Upto::Paid).await;
    world.texts(JO, "the sidewalk over there has a really big hole").await;
    assert!(!world.mail().is_empty(), "a person reads what we do not understand");
    // After STOP they get no answer, but a person hears once that they wrote.
    world.texts(JO, "STOP").await;
    world.mail();
    assert!(world.texts(JO, "cancel my appointment").await.is_empty());
    assert_eq!(world.mail(), ["New message: Jo Park"]);
    world.texts(JO, "hello?").await;
    assert!(world.mail().is_empty());
}

#[tokio::test]
async fn given_back_by_staff_a_deposit_is_asked_for_once_more() {
    use frontdesk_reception::conversation::staff::{StaffAct, act};
    let mut world = world(Upto::Asked).await;
    let row = world.row(JO).await;
    for what in [StaffAct::TakeOver, StaffAct::Reply("one moment".to_owned()), StaffAct::GiveBack] {
        act(&world.reception, world.clinic.org, row.id, what).await.unwrap();
    }
    world.run().await;
    let asked = world.texts(JO, "yes please").await.join(" ");
    assert!(asked.contains("$50 deposit"), "{asked}");
    assert!(world.till.0.lock().unwrap().links.is_empty());
}
