//! Step 14: a person takes the thread over, and gives it back.

use crate::world::{JO, World, set_ups};

#[tokio::test]
async fn staff_take_over_and_give_back() {
    use frontdesk_reception::conversation::staff::{StaffAct, act};
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.texts(JO, "hi").await;
        let row = world.row(JO).await;
        act(&world.reception, row.org, row.id, StaffAct::Reply("This is Dana, how can I help?".into())).await.unwrap();
        world.run().await;
        assert_eq!(world.got(JO), ["This is Dana, how can I help?"]);
        assert!(world.texts(JO, "botox tuesday?").await.is_empty(), "a person has it");
        act(&world.reception, row.org, row.id, StaffAct::GiveBack).await.unwrap();
        assert_eq!(world.texts(JO, "hello?").await.len(), 1);
    }
}

#[tokio::test]
async fn staff_hear_of_the_visit_that_was_called_off_and_of_no_other() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.texts(JO, "Kim Tate, new, botox, tue at 3pm, kim@x.com").await;
        world.texts(JO, "yes").await;
        world.texts(JO, "also a hydrafacial wednesday morning").await;
        world.texts(JO, "the first one").await;
        assert_eq!(world.visits().await.len(), 2);
        let unnamed = world.texts(JO, "cancel my laser hair removal").await.remove(0);
        assert!(unnamed.contains("Which one"), "{unnamed}");
        world.texts(JO, "the hydrafacial").await;
        assert!(world.texts(JO, "yes").await[0].contains("HydraFacial visit on Wednesday"));
        assert_eq!(world.visits().await, ["11-24 15:00 Botox, Dana Lee, Kim Tate"]);
        let text = world.carrier.messages().into_iter().rfind(|m| m.to == "+12125550111").unwrap().text;
        assert!(text.starts_with("Visit cancelled: Kim Tate, HydraFacial, Wednesday, November 25"), "{text}");
        let mail =
            world.mailbox.emails_after(0).into_iter().rfind(|m| m.email.to == "desk@glow.example").unwrap().email.text;
        assert!(mail.contains("Service: HydraFacial") && mail.contains("Visit: HydraFacial, Wednesday"), "{mail}");
    }
}

/// A deposit is paid at a clinic whose calendar is not ours; the link of the lead card.
async fn awaiting_staff(on: crate::world::On) -> (World, String) {
    let clinic = crate::world::with_deposits("none");
    let mut world = World::with(on, &clinic, "2026-11-20T10:00:00-05:00", frontdesk_domain::span::Span::ZERO).await;
    world.texts(JO, "Jo Park, new here, jo@example.com. Botox tuesday after 3?").await;
    world.texts(JO, "yes").await;
    let paid = frontdesk_ports::inbound::PaymentReport::Paid { amount_minor: 5_000 };
    world.payment(JO, "pay_1", paid).await;
    let mail = world.mailbox.emails_after(0).pop().unwrap().email.text;
    let link = mail.split_whitespace().find(|word| word.contains("/s/")).unwrap();
    let path = format!("/s/{}", link.split_once("/s/").unwrap().1);
    (world, path)
}

#[tokio::test]
async fn staff_confirm_a_time_by_the_signed_link_of_their_mail() {
    for on in crate::world::databases() {
        let (mut world, path) = awaiting_staff(on).await;
        let (status, page) = world.get(&path).await;
        assert!(status == 200 && page.contains("Jo Park") && page.contains("Confirm a time"), "{page}");
        assert!(world.got(JO).is_empty(), "looking changes nothing");
        let forged = format!("{}x", &path[..path.len() - 1]);
        assert_eq!(world.get(&forged).await.0, 404);
        let confirm = |day: &str| {
            [
                ("do", "confirm".to_owned()),
                ("day", day.to_owned()),
                ("time", "15:30".to_owned()),
                ("provider", "Dana Lee".to_owned()),
            ]
        };
        assert_eq!(world.post_form(&forged, &confirm("2026-11-24")).await.0, 404);
        assert_eq!(world.post_form(&path, &confirm("2026-11-19")).await.0, 409, "a day that is over");
        assert_eq!(world.post_form(&path, &[("do", "confirm".to_owned())]).await.0, 400);
        let (status, page) = world.post_form(&path, &confirm("2026-11-24")).await;
        assert!(status == 200 && page.contains("Done."), "{page}");
        world.post_form(&path, &confirm("2026-11-25")).await;
        world.run().await;
        let told = world.got(JO);
        assert!(
            told.len() == 1 && told[0].contains("Botox with Dana Lee on Tuesday, November 24 at 3:30 PM"),
            "{told:?}"
        );
        let state = world.state(JO).await;
        assert_eq!((state.stage.key(), state.lead.status.key()), ("confirmed", "confirmed"));
        assert_eq!(world.visits().await, ["11-24 15:30 Botox, Dana Lee, Jo Park"]);
        assert!(world.texts(JO, "what time am I?").await[0].contains("3:30 PM"));
        assert_eq!(world.post_form(&path, &[("do", "refund".to_owned())]).await.0, 400, "which payment?");
        let deposit = world.state(JO).await.deposit.unwrap().id.to_string();
        assert!(world.get(&path).await.1.contains(&deposit), "the page names it");
        let refund = [("do", "refund".to_owned()), ("deposit", deposit)];
        let (_, page) = world.post_form(&path, &refund).await;
        assert!(page.contains("Done."), "{page}");
        world.post_form(&path, &refund).await;
        world.run().await;
        let told = world.got(JO);
        assert!(told.len() == 1 && told[0].contains("on its way back"), "{told:?}");
        assert_eq!(world.till.0.lock().unwrap().refunds.len(), 1, "sent twice it is given back once");
        assert_eq!(world.post_form(&path, &refund).await.0, 409);
        world.wait(frontdesk_domain::span::Span::days(31)).await;
        assert_eq!(world.get(&path).await.0, 404, "its end");
    }
}

const STAFF: &str = "+12125550111";

#[tokio::test]
async fn staff_confirm_a_time_by_texting_the_code_back() {
    for on in crate::world::databases() {
        let (mut world, _) = awaiting_staff(on).await;
        let asked = world.carrier.messages().into_iter().rfind(|m| m.to == STAFF).unwrap().text;
        let code = asked.split('"').nth(1).unwrap().split(' ').next().unwrap().to_owned();
        let unclear = world.texts(STAFF, &code).await;
        assert!(unclear[0].contains("a day and a time"), "{unclear:?}");
        let done = world.texts(STAFF, &format!("{code} tue 4pm")).await;
        assert_eq!(done[0], "Confirmed. The patient is told.");
        let told: Vec<String> = world.carrier.messages().into_iter().filter(|m| m.to == JO).map(|m| m.text).collect();
        assert!(told.last().unwrap().contains("Tuesday, November 24 at 4:00 PM"), "{told:?}");
        // A code that is used up confirms nothing; from another phone it is a text like any other.
        assert!(world.texts(STAFF, &format!("{code} wed 4pm")).await[0].contains("No request waits"));
        assert!(world.texts("+13475550188", &format!("{code} wed 4pm")).await[0].contains("Ava"));
        assert_eq!(world.visits().await.len(), 1);
    }
}

#[tokio::test]
async fn of_two_who_confirm_at_once_the_second_hears_of_it_and_nothing_odd_is_confirmed() {
    for on in crate::world::databases() {
        let (mut world, path) = awaiting_staff(on).await;
        let confirm = |day: &str, time: &str, provider: &str| {
            [("do", "confirm"), ("day", day), ("time", time), ("provider", provider)].map(|(k, v)| (k, v.to_owned()))
        };
        for (day, time, provider, why) in [
            ("2026-11-24", "03:00", "Dana Lee", "not open"),
            ("2026-11-22", "11:00", "Dana Lee", "not open"),
            ("2026-11-24", "14:00", "Nobody", "nobody of that name"),
            ("2026-11-24", "14:00", "Kim Novak", "does not do that service"),
            ("2026-11-24", "14:00", "Sam Ortiz", "does not work"),
            ("2026-11-24", "18:45", "Dana Lee", "does not work"),
        ] {
            let (status, page) = world.post_form(&path, &confirm(day, time, provider)).await;
            assert!(status == 409 && page.contains(why), "{why}: {page}");
        }
        let (first, _) = world.post_form(&path, &confirm("2026-11-24", "14:00", "Dana Lee")).await;
        let (second, page) = world.post_form(&path, &confirm("2026-11-24", "16:00", "Dana Lee")).await;
        assert_eq!((first.as_u16(), second.as_u16()), (200, 409), "{page}");
        assert!(page.contains("another time was confirmed"), "{page}");
        world.run().await;
        assert!(world.got(JO)[0].contains("2:00 PM"));
        assert_eq!(world.visits().await, ["11-24 14:00 Botox, Dana Lee, Jo Park"]);
        assert_eq!(world.jobs().await.dead, 0);
    }
}

#[tokio::test]
async fn a_code_stays_good_while_a_person_talks_and_a_used_one_makes_no_patient_of_staff() {
    for words in ["can I talk to a person", "STOP"] {
        let (mut world, _) = awaiting_staff(crate::world::On::Sqlite).await;
        let asked = world.carrier.messages().into_iter().rfind(|m| m.to == STAFF).unwrap().text;
        let code = asked.split('"').nth(1).unwrap().split(' ').next().unwrap().to_owned();
        world.texts(JO, words).await;
        world.got(STAFF);
        let done = world.texts(STAFF, &format!("tue 4pm Dana (code: {code})")).await;
        assert!(done.iter().any(|text| text.starts_with("Confirmed")), "{words}: {done:?}");
        assert_eq!(world.visits().await, ["11-24 16:00 Botox, Dana Lee, Jo Park"], "{words}");
        for used in [format!("{code} tue 5pm"), format!("#{code} tue 5pm"), "0000 tue 5pm".to_owned()] {
            let told = world.texts(STAFF, &used).await;
            assert!(told.len() == 1 && told[0].contains("No request waits under that code"), "{used}: {told:?}");
        }
        assert_eq!(world.visits().await.len(), 1);
    }
}

#[tokio::test]
async fn what_is_called_off_or_wanted_besides_while_staff_confirm_reaches_them() {
    for on in crate::world::databases() {
        let (mut world, path) = awaiting_staff(on).await;
        world.mail();
        let more = world.texts(JO, "also want a hydrafacial").await.remove(0);
        assert!(more.contains("team"), "{more}");
        assert_eq!(world.mail(), ["New message: Jo Park"]);
        let state = world.state(JO).await;
        assert_eq!(
            (state.lead.services.len(), state.lead.status.key()),
            (2, "deposit_paid"),
            "the paid one is the first"
        );
        let off = world.texts(JO, "cancel my appointment please").await.remove(0);
        assert!(off.contains("No problem") && off.contains("in touch about your $50 deposit"), "{off}");
        assert_eq!(world.mail(), ["Called off, nothing to confirm: Jo Park"]);
        let confirm = [("do", "confirm"), ("day", "2026-11-24"), ("time", "15:30"), ("provider", "Dana Lee")];
        let (status, _) = world.post_form(&path, &confirm.map(|(k, v)| (k, v.to_owned()))).await;
        assert_eq!((status.as_u16(), world.visits().await.len()), (409, 0), "nobody is booked who called it off");
    }
}

/// A clinic that is told by text alone hears of a booking whatever the carrier answers.
#[tokio::test]
async fn staff_who_have_no_mailbox_are_texted_until_it_is_sure() {
    use crate::carrier::Mood;
    let alone = frontdesk_server::wiring::SAMPLE.replace("email = [\"desk@glow.example\"]\n", "");
    for (on, by) in set_ups() {
        for mood in Mood::FAULTS.into_iter().filter(|mood| *mood != Mood::Refuse) {
            let start = "2026-11-20T10:00:00-05:00";
            let mut world = World::over(on, &[by], &alone, start, frontdesk_domain::span::Span::ZERO).await;
            world.texts(JO, "Jo Park, existing, jo@example.com. Botox with Dana tuesday at 3pm").await;
            world.carrier.next([Mood::Take, mood]);
            world.texts(JO, "yes").await;
            world.wait(frontdesk_domain::span::Span::mins(40)).await;
            let told = world.carrier.messages().iter().filter(|m| m.to == STAFF).count();
            assert!((1..=2).contains(&told), "{mood:?} {by:?}: {told}");
        }
    }
}

/// The code in the last text to staff.
fn code_of(world: &World) -> String {
    let asked =
        world.carrier.messages().into_iter().rfind(|m| m.to == STAFF && m.text.contains("text back")).unwrap().text;
    asked.split('"').nth(1).unwrap().split(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_second_request_after_a_confirmed_one_is_one_of_its_own() {
    for on in crate::world::databases() {
        let (mut world, _) = awaiting_staff(on).await;
        let first = code_of(&world);
        world.texts(STAFF, &format!("{first} tue 4pm")).await;
        let asked = world.texts(JO, "also want a hydrafacial thursday at 2").await.join(" ");
        assert!(asked.contains("confirm your time") || asked.contains("deposit"), "{asked}");
        if asked.contains("deposit") {
            world.texts(JO, "yes").await;
            let paid = frontdesk_ports::inbound::PaymentReport::Paid { amount_minor: 5_000 };
            world.payment(JO, "pay_2", paid).await;
        }
        let second = code_of(&world);
        assert_ne!(first, second);
        let done = world.texts(STAFF, &format!("{second} thu 2pm")).await;
        assert!(done[0].starts_with("Confirmed"), "{done:?}");
        assert_eq!(world.visits().await.len(), 2, "both stand");
        let mails = world.mail().len();
        let thanks = world.texts(JO, "thanks").await.join(" ");
        assert!(mails > 0 && !thanks.contains("You're booked") && world.mail().is_empty(), "told once: {thanks}");
    }
}

#[tokio::test]
async fn a_clinic_that_keeps_its_own_calendar_moves_its_visits_itself() {
    let (mut world, _) = awaiting_staff(crate::world::On::Sqlite).await;
    let code = code_of(&world);
    world.texts(STAFF, &format!("{code} tue 4pm")).await;
    world.mail();
    let said = world.texts(JO, "can I move it to thursday at 2").await.join(" ");
    assert!(said.contains("our team") && !said.contains("2:00 PM"), "no time is offered that nobody knows of: {said}");
    assert!(world.mail().iter().any(|subject| subject.contains("another time")));
    for words in ["I need a different time", "do you have anything thursday?"] {
        let said = world.texts(JO, words).await.join(" ");
        assert!(!said.contains("deposit") && !said.contains("confirm your time"), "{words}: {said}");
        assert!(!world.mail().is_empty(), "{words}");
    }
    assert_eq!(world.visits().await, ["11-24 16:00 Botox, -, Jo Park"]);
}

#[tokio::test]
async fn a_paid_request_stays_confirmable_whatever_comes_between() {
    use frontdesk_reception::conversation::staff::{StaffAct, act};
    for between in [vec!["stop", "start"], vec!["can I talk to a person", "what time is my appointment"], vec![]] {
        let (mut world, _) = awaiting_staff(crate::world::On::Sqlite).await;
        let code = code_of(&world);
        for words in &between {
            world.texts(JO, words).await;
        }
        if between.is_empty() {
            let row = world.row(JO).await;
            act(&world.reception, world.clinic.org, row.id, StaffAct::TakeOver).await.unwrap();
            act(&world.reception, world.clinic.org, row.id, StaffAct::GiveBack).await.unwrap();
            world.run().await;
        }
        world.got(STAFF);
        let done = world.texts(STAFF, &format!("{code} tue 4pm")).await;
        assert!(done.iter().any(|text| text.starts_with("Confirmed")), "{between:?}: {done:?}");
        assert_eq!(world.visits().await.len(), 1, "{between:?}");
    }
}

#[tokio::test]
async fn what_staff_text_without_a_code_is_answered_as_staff_s_and_a_year_is_no_code() {
    let (mut world, _) = awaiting_staff(crate::world::On::Sqlite).await;
    let code = code_of(&world);
    for words in ["ok", "wed 3:30"] {
        let told = world.texts(STAFF, words).await;
        assert!(told.len() == 1 && told[0].contains("begin with the code"), "{words}: {told:?}");
    }
    let done = world.texts(STAFF, &format!("November 24 2026 4pm {code}")).await;
    assert!(done[0].starts_with("Confirmed"), "{done:?}");
}

#[tokio::test]
async fn a_staff_phone_that_texted_stop_is_left_alone_and_the_mailbox_says_so() {
    let (mut world, _) = awaiting_staff(crate::world::On::Sqlite).await;
    world.texts(STAFF, "STOP").await;
    let urgent =
        |world: &World| world.carrier.messages().iter().filter(|m| m.to == STAFF && m.text.contains("URGENT")).count();
    world.texts("+13475550188", "my face is drooping").await;
    assert_eq!(urgent(&world), 0);
    let mail = world.mailbox.emails_after(0).into_iter().map(|m| m.email.text);
    assert!(mail.into_iter().any(|text| text.contains("number ending in 0111 are off")));
    world.texts(STAFF, "START").await;
    world.texts("+13475550189", "my face is drooping").await;
    assert_eq!(urgent(&world), 1);
}
