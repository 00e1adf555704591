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
        let mail = world.mailbox.emails_after(0).pop().unwrap().email.text;
        assert!(mail.contains("Service: HydraFacial") && mail.contains("Visit: HydraFacial, Wednesday"), "{mail}");
    }
}
