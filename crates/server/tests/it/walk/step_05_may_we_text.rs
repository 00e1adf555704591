//! Step 5: may we text this person now? No history of events sends an opted-out contact anything the table of kinds does not
//! allow.

use frontdesk_domain::span::Span;
use proptest::prelude::*;

use crate::world::{JO, On, World, databases, set_ups};

#[tokio::test]
async fn stop_start_and_help() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.texts(JO, "hi").await;
        let confirmed = world.texts(JO, "please quit messaging me").await;
        assert!(confirmed.len() == 1 && confirmed[0].contains("unsubscribed"), "{confirmed:?}");
        assert!(world.texts(JO, "STOP").await.is_empty(), "one confirmation");
        assert!(world.texts(JO, "botox tuesday?").await.is_empty());
        let help = world.texts(JO, "HELP").await;
        assert!(help.len() == 1 && help[0].contains("(212) 555-0100"), "HELP is answered all the same: {help:?}");
        assert!(world.texts(JO, "my face is drooping on one side").await[0].contains("911"), "and danger");
        let back = world.texts(JO, "START").await;
        assert!(back[0].contains("subscribed again"), "{back:?}");
        assert_eq!(world.texts(JO, "can I stop by friday?").await.len(), 1, "no opt-out");
        assert!(!world.row(JO).await.consent.is_opted_out());
    }
}

#[tokio::test]
async fn who_was_erased_is_not_texted_again() {
    use frontdesk_domain::consent::ContactPoint;
    use frontdesk_domain::conversation::Channel;
    use frontdesk_ports::store::Erasure;
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        let erase = async |world: &World| {
            let mut tx = world.reception.store.begin(world.clinic.org).await.unwrap();
            let point = ContactPoint::of(Channel::Sms, JO);
            let outcome = tx.erase(&point, frontdesk_ports::Clock::now(world.clock.as_ref())).await.unwrap();
            tx.commit().await.unwrap();
            outcome
        };
        world.texts(JO, "Jo Park, new, jo@example.com, hydrafacial tuesday at 3pm").await;
        world.texts(JO, "yes").await;
        assert_eq!(erase(&world).await, Erasure::VisitStands);
        world.texts(JO, "cancel my appointment").await;
        world.texts(JO, "yes").await;
        world.texts(JO, "stop").await;
        world.texts(JO, "my name is on file, right?").await;
        assert_eq!(erase(&world).await, Erasure::Done);
        world.run().await;
        assert_eq!(world.jobs().await.dead, 0, "nothing of it is left to fail");
        assert!(world.texts(JO, "hello again").await.is_empty() && world.calls(JO).await.is_empty());
        let state = world.state(JO).await;
        assert!(state.lead.name.is_none() && state.opted_out, "nobody we know, who said stop");
        assert!(world.texts(JO, "START").await[0].contains("subscribed again"));
        assert!(world.texts(JO, "is parking free?").await[0].contains("Pearl Street"));
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

fn said() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "hi",
        "STOP",
        "START",
        "HELP",
        "Jo Park, new, jo@x.com, botox tuesday",
        "the first one",
        "1",
        "cancel my appointment",
        "yes",
        "no",
        "stop texting me",
        "CALL",
        "WAIT",
        "I cant breathe",
        "talk to a person",
        "what time am I",
        "unsubscribe",
        "👍",
        "reschedule to friday",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn an_opted_out_contact_hears_nothing_but_what_the_table_allows(events in prop::collection::vec(said(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new(On::Sqlite).await;
            for event in events {
                let before = world.row(JO).await.consent.is_opted_out();
                let got = match event {
                    "CALL" => world.calls(JO).await,
                    "WAIT" => { world.wait(Span::hours(7)).await; world.got(JO) }
                    text => world.texts(JO, text).await,
                };
                let after = world.row(JO).await.consent.is_opted_out();
                if before && after {
                    for text in &got {
                        assert!(text.contains("911") || text.contains("988") || text.contains("For help call"), "{event}: {text}");
                    }
                }
                if !before && after {
                    assert!(got.len() <= 1, "{event}: {got:?}");
                }
            }
        });
    }
}
