//! Steps 1 to 13 in one go: a missed call opens a conversation and ends as an appointment and a lead with staff.

use frontdesk_domain::conversation::Stage;
use frontdesk_domain::span::Span;

use crate::carrier::Mood;

use crate::world::{CLINIC, JO, World, set_ups};

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
async fn a_burst_of_calls_is_one_text_to_each_caller_in_spite_of_a_carrier_that_is_too_slow() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.carrier.next([Mood::TooFast, Mood::Take, Mood::TooFast]);
        let callers: Vec<String> = (0..20).map(|n| format!("+1347555{n:04}")).collect();
        for round in 0..3 {
            for caller in &callers {
                world.calls(caller).await;
            }
            world.wait(Span::mins(round)).await;
        }
        // Who shows no number is told by voice only.
        world.calls("anonymous").await;
        world.wait(Span::mins(10)).await;
        let sent = world.carrier.messages();
        let texted = |caller: &String| sent.iter().filter(|m| m.to == *caller).count();
        assert!(
            callers.iter().all(|caller| texted(caller) == 1),
            "{:?}",
            callers.iter().map(texted).collect::<Vec<_>>()
        );
        assert_eq!(sent.len(), callers.len());
        assert_eq!(world.jobs().await.dead, 0);
    }
}
