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
