//! The four paths of a clinic's set-up, each with every outcome it can have, on both carriers and both databases.

use axum::http::StatusCode;
use frontdesk_domain::span::Span;
use frontdesk_ports::inbound::PaymentReport;

use crate::carrier::By;
use crate::world::{JO, On, World, set_ups, with_deposits};

const OTHER: &str = "+13475550177";

/// Who takes the time: (i) the calendar at once; (ii) the calendar, when it is paid; (iii) staff, when it is paid; (iv) staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    Books,
    PaysThenBooks,
    PaysThenStaff,
    StaffAlone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Picked,
    SlotLost,
    CalledOff,
    Paid,
    FailedThenPaid,
    Expired,
    Late,
    LateAndTaken,
    Twice,
    Part,
    Refunded,
    Disputed,
    Won,
    Confirmed,
}

use Outcome::{
    CalledOff, Confirmed, Disputed, Expired, FailedThenPaid, Late, LateAndTaken, Paid, Part, Picked, Refunded,
    SlotLost, Twice, Won,
};
use Path::{Books, PaysThenBooks, PaysThenStaff, StaffAlone};

/// Path and outcome; what the patient hears last; stage; what became of the deposit; visits that stand; a subject in the
/// staff's mailbox.
type Row = (Path, Outcome, &'static str, &'static str, Option<&'static str>, usize, &'static str);

const ROWS: [Row; 30] = [
    (Books, Picked, "You're booked for Botox with Dana Lee", "booked", None, 1, "New booking: Jo Park"),
    (Books, SlotLost, "just taken", "offering", None, 1, "New booking: Ana Ray"),
    (Books, CalledOff, "is cancelled", "closed", None, 0, "Visit cancelled: Jo Park"),
    (PaysThenBooks, Picked, "$50 deposit", "holding", None, 0, ""),
    (PaysThenBooks, Paid, "You're booked for Botox with Dana Lee", "booked", Some("paid"), 1, "New booking: Jo Park"),
    (PaysThenBooks, FailedThenPaid, "You're booked", "booked", Some("paid"), 1, "New booking: Jo Park"),
    (PaysThenBooks, Expired, "no longer held", "qualifying", Some("expired"), 0, "Did not pay the deposit: Jo Park"),
    (PaysThenBooks, Late, "You're booked", "booked", Some("paid"), 1, "New booking: Jo Park"),
    (PaysThenBooks, LateAndTaken, "sending your $50 back", "offering", Some("refunded"), 1, "New booking: Ana Ray"),
    (PaysThenBooks, Twice, "You're booked", "booked", Some("paid"), 1, "A payment goes back: Jo Park"),
    (PaysThenBooks, Part, "/p/", "awaiting_payment", Some("requested"), 0, "A payment needs you: Jo Park"),
    (PaysThenBooks, Refunded, "on its way back", "booked", Some("refunded"), 1, "New booking: Jo Park"),
    (PaysThenBooks, Disputed, "You're booked", "booked", Some("disputed"), 1, "A payment is contested: Jo Park"),
    (
        PaysThenBooks,
        CalledOff,
        "in touch about your $50 deposit",
        "closed",
        Some("paid"),
        0,
        "Visit cancelled: Jo Park",
    ),
    (PaysThenStaff, Picked, "$50 deposit", "holding", None, 0, ""),
    (PaysThenStaff, Paid, "Our team will confirm your time", "awaiting_staff", Some("paid"), 0, "Paid: Jo Park"),
    (PaysThenStaff, FailedThenPaid, "Our team will confirm", "awaiting_staff", Some("paid"), 0, "Paid: Jo Park"),
    (
        PaysThenStaff,
        Expired,
        "your payment link ended",
        "qualifying",
        Some("expired"),
        0,
        "Did not pay the deposit: Jo Park",
    ),
    (PaysThenStaff, Late, "Our team will confirm", "awaiting_staff", Some("paid"), 0, "Paid: Jo Park"),
    (PaysThenStaff, Twice, "Our team will confirm", "awaiting_staff", Some("paid"), 0, "A payment goes back: Jo Park"),
    (PaysThenStaff, Refunded, "on its way back", "awaiting_staff", Some("refunded"), 0, "Paid: Jo Park"),
    (
        PaysThenStaff,
        Disputed,
        "Our team will confirm",
        "awaiting_staff",
        Some("disputed"),
        0,
        "A payment is contested: Jo Park",
    ),
    (PaysThenStaff, Confirmed, "Tuesday, November 24 at 3:30 PM", "confirmed", Some("paid"), 1, "Paid: Jo Park"),
    (PaysThenBooks, SlotLost, "just taken", "offering", None, 1, "New booking: Ana Ray"),
    (PaysThenBooks, Won, "You're booked", "booked", Some("won"), 1, "A contested payment was decided: Jo Park"),
    (PaysThenStaff, Part, "/p/", "awaiting_payment", Some("requested"), 0, "A payment needs you: Jo Park"),
    (
        PaysThenStaff,
        CalledOff,
        "in touch about your $50 deposit",
        "closed",
        Some("paid"),
        0,
        "Called off, nothing to confirm: Jo Park",
    ),
    (StaffAlone, CalledOff, "No problem", "closed", None, 0, "Called off, nothing to confirm: Jo Park"),
    (StaffAlone, Picked, "Our team will", "awaiting_staff", None, 0, "Please confirm a time: Jo Park"),
    (StaffAlone, Confirmed, "Tuesday, November 24 at 3:30 PM", "confirmed", None, 1, "Please confirm a time: Jo Park"),
];

async fn clinic_of(path: Path, on: On, by: By) -> World {
    let clinic = match path {
        Books => frontdesk_server::wiring::SAMPLE.to_owned(),
        PaysThenBooks => with_deposits("calendar"),
        PaysThenStaff => with_deposits("none"),
        StaffAlone => {
            frontdesk_server::wiring::SAMPLE.replace("booking_platform = \"calendar\"", "booking_platform = \"none\"")
        }
    };
    World::over(on, &[by], &clinic, "2026-11-20T10:00:00-05:00", Span::ZERO).await
}

/// Somebody with no deposit to pay takes Dana's Tuesday at three.
async fn ana_takes_it(world: &mut World) {
    world.texts(OTHER, "Ana Ray, existing, no email, botox with Dana tuesday at 3pm").await;
    assert!(world.texts(OTHER, "yes").await[0].contains("You're booked"));
}

/// Plays the outcome; everything the patient heard.
async fn play(world: &mut World, path: Path, outcome: Outcome) -> Vec<String> {
    let paid = PaymentReport::Paid { amount_minor: 5_000 };
    let mut heard = world.texts(JO, "Jo Park, new here, jo@example.com. Botox with Dana tuesday at 3pm").await;
    if outcome == SlotLost {
        ana_takes_it(world).await;
    }
    if matches!(path, Books | PaysThenBooks) {
        heard.extend(world.texts(JO, "yes").await);
    }
    if matches!(outcome, Picked | SlotLost) {
        return heard;
    }
    // The link, and what is done with it.
    if matches!(path, PaysThenBooks | PaysThenStaff) {
        heard.extend(world.texts(JO, "yes please").await);
        assert!(heard.last().unwrap().contains("/p/"), "{heard:?}");
        match outcome {
            FailedThenPaid => heard.extend(world.payment(JO, "pay_0", PaymentReport::Failed).await),
            Part => heard.extend(world.payment(JO, "pay_1", PaymentReport::Paid { amount_minor: 100 }).await),
            Expired | Late | LateAndTaken => {
                world.wait(Span::mins(62)).await;
                heard.extend(world.got(JO));
            }
            _ => {}
        }
        if outcome == LateAndTaken {
            ana_takes_it(world).await;
        }
        if !matches!(outcome, Expired | Part) {
            heard.extend(world.payment(JO, "pay_1", paid).await);
        }
    }
    match outcome {
        Twice => {
            heard.extend(world.payment(JO, "pay_1", paid).await);
            heard.extend(world.payment(JO, "pay_2", paid).await);
            assert_eq!(world.till.0.lock().unwrap().refunds.len(), 1, "the second goes back, the first stays");
        }
        Refunded => {
            let row = world.row(JO).await;
            let paid_id = world.state(JO).await.deposit.unwrap().id;
            let asked =
                frontdesk_reception::deposits::refund_by_person(&world.reception, row.org, row.id, paid_id).await;
            asked.unwrap().unwrap();
            world.run().await;
            heard.extend(world.got(JO));
        }
        Disputed => heard.extend(world.payment(JO, "pay_1", PaymentReport::Disputed).await),
        Won => {
            heard.extend(world.payment(JO, "pay_1", PaymentReport::Disputed).await);
            heard.extend(world.payment(JO, "pay_1", PaymentReport::DisputeWon).await);
        }
        CalledOff => {
            heard.extend(world.texts(JO, "cancel my appointment").await);
            if matches!(path, Books | PaysThenBooks) {
                heard.extend(world.texts(JO, "yes").await);
            }
        }
        Confirmed => {
            let mail = world.mailbox.emails_after(0).pop().unwrap().email.text;
            let link = mail.split_whitespace().find(|word| word.contains("/s/")).unwrap().to_owned();
            let form = [("do", "confirm"), ("day", "2026-11-24"), ("time", "15:30"), ("provider", "Dana Lee")];
            let form = form.map(|(key, value)| (key, value.to_owned()));
            let path = format!("/s/{}", link.split_once("/s/").unwrap().1);
            assert_eq!(world.post_form(&path, &form).await.0, StatusCode::OK);
            world.run().await;
            heard.extend(world.got(JO));
        }
        _ => {}
    }
    heard
}

#[tokio::test]
async fn every_path_ends_as_it_should() {
    let mut faults = Vec::new();
    for (on, by) in set_ups() {
        for (path, outcome, words, stage, deposit, visits, subject) in ROWS {
            let mut world = clinic_of(path, on, by).await;
            let heard = Box::pin(play(&mut world, path, outcome)).await;
            let state = world.state(JO).await;
            let mail = world.mail();
            let texts = world.carrier.messages();
            let is_repeated = |at: usize| texts[..at].iter().any(|t| t.to == texts[at].to && t.text == texts[at].text);
            let (now, money) = (state.stage.key(), state.deposit.map(|d| d.status.key()));
            for (holds, what) in [
                (heard.last().unwrap().contains(words), format!("heard {heard:#?}")),
                (now == stage, format!("the stage is {now}")),
                (money == deposit, format!("the deposit is {money:?}")),
                (world.visits().await.len() == visits, "the visits".to_owned()),
                (subject.is_empty() || mail.iter().filter(|s| *s == subject).count() == 1, format!("mail {mail:?}")),
                (world.jobs().await.dead == 0, "a job was given up".to_owned()),
                (!(0..texts.len()).any(is_repeated), format!("somebody hears the same twice: {heard:#?}")),
            ] {
                if !holds {
                    faults.push(format!("{path:?} {outcome:?} {on:?} {by:?}: {what}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
