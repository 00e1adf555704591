//! Every kind of job can run twice: a process that dies after the effect and before the end changes nothing.

use frontdesk_ports::Clock as _;
use frontdesk_ports::store::{Claim, JobEnd};
use frontdesk_reception::jobs::JobKind;

use crate::carrier::text_body;
use crate::world::{CLINIC, JO, World, databases};

#[tokio::test]
async fn a_lease_that_ended_lets_another_worker_finish() {
    for on in databases() {
        let mut world = World::new(on).await;
        let id = world.event_id();
        world.post("/webhooks/telnyx/messages", &text_body(world.clock.now(), &id, JO, CLINIC, "hi")).await;
        let now = world.clock.now();
        let kinds: Vec<&str> = JobKind::ALL.iter().map(|k| k.key()).collect();
        // Another process claims it and dies.
        let dead = Claim { worker: 666, until: now + jiff::SignedDuration::from_secs(30) };
        let mut tx = world.reception.store.begin_system().await.unwrap();
        let claimed = tx.claim(dead, &kinds, now, 10).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claimed.len(), 1);
        world.run().await;
        assert!(world.got(JO).is_empty(), "it is held");
        let later = now + jiff::SignedDuration::from_secs(31);
        let mut tx = world.reception.store.begin_system().await.unwrap();
        assert_eq!(tx.free_expired(later, false).await.unwrap(), 1);
        tx.commit().await.unwrap();
        world.run().await;
        assert_eq!(world.got(JO).len(), 1);
        // The dead one comes back: its end changes nothing.
        let mut tx = world.reception.store.begin_system().await.unwrap();
        assert!(tx.finish(claimed[0].id, 666, claimed[0].attempt, JobEnd::Done).await.is_err());
    }
}

#[tokio::test]
async fn jobs_of_one_key_run_in_order_one_at_a_time() {
    for on in databases() {
        let mut world = World::new(on).await;
        for text in ["one", "two", "three"] {
            let id = world.event_id();
            world.post("/webhooks/telnyx/messages", &text_body(world.clock.now(), &id, JO, CLINIC, text)).await;
        }
        let now = world.clock.now();
        let claim = Claim { worker: 1, until: now + jiff::SignedDuration::from_secs(30) };
        let mut tx = world.reception.store.begin_system().await.unwrap();
        let first = tx.claim(claim, &["inbound"], now, 10).await.unwrap();
        assert_eq!(first.len(), 1);
        assert!(tx.claim(claim, &["inbound"], now, 10).await.unwrap().is_empty());
        tx.finish(first[0].id, 1, 1, JobEnd::Done).await.unwrap();
        let second = tx.claim(claim, &["inbound"], now, 10).await.unwrap();
        assert!(second.len() == 1 && second[0].id > first[0].id);
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_handled_reaches_a_person() {
    for on in databases() {
        let mut world = World::new(on).await;
        world.texts(JO, "hi").await;
        // A state that nobody can read: what damage or a bug leaves behind.
        let row = world.row(JO).await;
        let broken = frontdesk_ports::store::ConversationRow { state: "{".to_owned(), ..row };
        let mut tx = world.reception.store.begin(world.clinic.org).await.unwrap();
        tx.save_conversation(&broken, &frontdesk_ports::store::ConversationSummary::default(), world.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(world.texts(JO, "botox on tuesday please").await.is_empty());
        assert_eq!(world.jobs().await.dead, 1);
        assert!(world.mail().iter().any(|subject| subject.starts_with("A text could not be handled")));
        let mut tx = world.reception.store.begin(world.clinic.org).await.unwrap();
        let thread = tx.thread(broken.id, 10).await.unwrap();
        assert!(thread.iter().any(|line| line.text == "botox on tuesday please"), "and stands in the thread");
    }
}
