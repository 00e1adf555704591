//! Consent: no history of events sends an opted-out contact anything the table of kinds does not allow.

use frontdesk_domain::span::Span;
use proptest::prelude::*;

use crate::world::{JO, On, World, set_ups};

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
