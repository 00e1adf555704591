//! Step 8: what a patient texts in a row is one turn; a command waits for nothing.

use frontdesk_domain::span::Span;

use crate::world::{JO, World, databases};

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
