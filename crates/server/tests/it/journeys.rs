//! From a signed webhook to a booked appointment and a lead with staff, on both databases.

use frontdesk_domain::conversation::Stage;
use frontdesk_domain::span::Span;

use crate::world::{CLINIC, JO, World, databases, set_ups};

#[tokio::test]
async fn a_missed_call_becomes_an_appointment() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        let greeting = world.calls(JO).await;
        assert_eq!(greeting.len(), 1, "{greeting:?}");
        assert!(greeting[0].contains("Ava, the AI assistant") && greeting[0].contains("missed your call"));
        let offer = world.texts(JO, "Jo Park, new here, jo@example.com. Botox tuesday after 3?").await;
        assert_eq!(offer.len(), 1);
        assert!(!offer[0].contains("AI assistant"), "one greeting: {}", offer[0]);
        assert!(offer[0].contains("Tue, Nov 24, 3:00 PM"), "{}", offer[0]);
        let booked = world.texts(JO, "the first one").await;
        assert!(
            booked[0].contains("booked for Botox with Dana Lee on Tuesday, November 24 at 3:00 PM"),
            "{}",
            booked[0]
        );
        assert_eq!(world.visits().await, ["11-24 15:00 Botox, Dana Lee, Jo Park"]);
        assert_eq!(world.mail(), ["New booking: Jo Park"]);
        let sent = world.carrier.messages();
        assert!(sent.iter().all(|m| m.from == CLINIC), "from the number the patient used");
        let to_staff: Vec<_> = sent.iter().filter(|m| m.to == "+12125550111").map(|m| m.text.as_str()).collect();
        assert_eq!(to_staff, ["New booking: Jo Park, Botox, Tuesday, November 24 at 3:00 PM"]);
        assert_eq!(world.state(JO).await.stage, Stage::Booked);
        assert_eq!((world.jobs().await.running, world.jobs().await.dead), (0, 0));
    }
}

#[tokio::test]
async fn step_by_step_with_questions_and_a_correction() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        let first = world.texts(JO, "Hi do you do botox?").await.remove(0);
        assert!(first.contains("AI assistant") && first.ends_with("first and last name?"), "{first}");
        assert!(world.texts(JO, "maria").await[0].contains("last name"));
        assert!(world.texts(JO, "delgado").await[0].contains("been to us before"));
        let answer = world.texts(JO, "no. where do I park?").await.remove(0);
        assert!(answer.contains("Pearl Street") && answer.contains("email"), "{answer}");
        let answer = world.texts(JO, "rather not give my email").await.remove(0);
        assert!(answer.contains("No problem") && answer.contains("days and times"), "{answer}");
        let offer = world.texts(JO, "thursday morning").await.remove(0);
        assert!(offer.contains("Thu, Nov 26"), "{offer}");
        let other = world.texts(JO, "can I do 7:45pm?").await.remove(0);
        assert!(other.contains("isn't available"), "{other}");
        let booked = world.texts(JO, "ok the last one").await.remove(0);
        assert!(booked.contains("You're booked"), "{booked}");
        assert_eq!(world.state(JO).await.lead.name.as_deref(), Some("Maria Delgado"));
        assert!(world.texts(JO, "what time am i again?").await[0].contains("November 26"));
        assert!(world.texts(JO, "thanks!").await[0].contains("welcome"));
        let moved = world.texts(JO, "can we move it to friday at 11").await.remove(0);
        assert!(moved.contains("Friday, November 27 at 11:00 AM"), "{moved}");
        assert!(world.texts(JO, "yes").await[0].contains("moved to Friday, November 27"), "one visit, moved");
        assert_eq!(world.visits().await.len(), 1);
        assert!(world.texts(JO, "cancel my appointment please").await[0].contains("Shall I cancel"));
        assert!(world.texts(JO, "yes").await[0].contains("is cancelled"));
        assert!(world.visits().await.is_empty());
        assert_eq!(
            world.mail(),
            ["New booking: Maria Delgado", "Visit moved: Maria Delgado", "Visit cancelled: Maria Delgado"]
        );
    }
}

#[tokio::test]
async fn texts_in_a_row_are_answered_once() {
    for on in databases() {
        let mut world =
            World::with(on, frontdesk_server::wiring::SAMPLE, "2026-11-20T10:00:00-05:00", Span::millis(1500)).await;
        assert!(world.texts(JO, "hi").await.is_empty(), "it waits a moment");
        world.wait(Span::millis(1000)).await;
        assert!(world.texts(JO, "botox please").await.is_empty());
        world.wait(Span::millis(1000)).await;
        assert!(world.got(JO).is_empty());
        world.wait(Span::millis(600)).await;
        let replies = world.got(JO);
        assert_eq!(replies.len(), 1, "{replies:?}");
        assert_eq!(world.state(JO).await.lead.services.len(), 1);
        let now = world.texts(JO, "STOP").await;
        assert_eq!(now.len(), 1, "a command waits for nothing");
    }
}

#[tokio::test]
async fn one_text_per_caller_in_an_hour_and_none_to_the_opted_out() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        assert_eq!(world.calls(JO).await.len(), 1);
        assert_eq!(world.calls(JO).await.len(), 0);
        world.wait(Span::mins(61)).await;
        assert_eq!(world.calls(JO).await.len(), 1);
        world.texts(JO, "stop").await;
        world.wait(Span::mins(61)).await;
        assert_eq!(world.calls(JO).await.len(), 0);
    }
}

#[tokio::test]
async fn silence_after_an_offer_is_followed_up_once_inside_permitted_hours() {
    for on in databases() {
        let mut world =
            World::with(on, frontdesk_server::wiring::SAMPLE, "2026-11-20T18:00:00-05:00", Span::ZERO).await;
        world.texts(JO, "Jo Park, new, jo@example.com, botox tuesday afternoon").await;
        world.wait(Span::hours(5)).await;
        assert!(world.got(JO).is_empty(), "23:00 is quiet");
        world.wait(Span::hours(12)).await;
        let followed = world.got(JO);
        assert_eq!(followed.len(), 1, "{followed:?}");
        assert!(followed[0].contains("checking in"));
        world.wait(Span::days(3)).await;
        assert!(world.got(JO).is_empty(), "then it rests");
    }
}

#[tokio::test]
async fn a_follow_up_held_over_night_is_dropped_when_they_book_meanwhile() {
    for on in databases() {
        let mut world =
            World::with(on, frontdesk_server::wiring::SAMPLE, "2026-11-20T18:00:00-05:00", Span::ZERO).await;
        world.texts(JO, "Jo Park, new, jo@example.com, botox tuesday afternoon").await;
        world.wait(Span::hours(5)).await;
        let booked = world.texts(JO, "the first one").await;
        assert!(booked[0].contains("You're booked"), "answered at once, nothing waits before it: {booked:?}");
        world.wait(Span::days(2)).await;
        assert!(world.got(JO).is_empty());
    }
}

#[tokio::test]
async fn an_emergency_is_answered_at_once_and_reaches_staff_at_night() {
    for on in databases() {
        let mut world =
            World::with(on, frontdesk_server::wiring::SAMPLE, "2026-11-20T23:30:00-05:00", Span::millis(1500)).await;
        let reply = world.texts(JO, "lips huge after filler and I cant breathe").await;
        assert!(reply[0].contains("911"), "{reply:?}");
        assert!(world.mail()[0].starts_with("URGENT"));
        let to_staff: Vec<_> = world.carrier.messages().into_iter().filter(|m| m.to == "+12125550111").collect();
        assert_eq!(to_staff.len(), 1);
        assert!(!to_staff[0].text.contains("filler"), "no health words by text");
        let next = world.texts(JO, "ok also can you book me tuesday").await;
        world.wait(Span::secs(3)).await;
        let next = if next.is_empty() { world.got(JO) } else { next };
        assert!(!next[0].contains("Nov 24"), "booking talk stops: {}", next[0]);
    }
}

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
