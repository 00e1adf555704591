//! Step 9: the turn, question by question, and danger before everything else.

use frontdesk_domain::span::Span;

use crate::world::{JO, World, databases, set_ups};

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
