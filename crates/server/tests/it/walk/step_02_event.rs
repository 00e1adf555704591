//! Step 2: the carrier's words become our own events: a call that was missed, and one that was not.

use axum::http::StatusCode;
use frontdesk_domain::span::Span;
use frontdesk_ports::Clock as _;

use crate::carrier::call_body;
use crate::world::{CLINIC, JO, World, databases};

#[tokio::test]
async fn a_call_is_picked_up_told_and_ended() {
    for on in databases() {
        let mut world = World::new(on).await;
        for (n, kind) in ["call.initiated", "call.answered", "call.speak.ended", "call.hangup"].iter().enumerate() {
            let body = call_body(
                world.clock.now(),
                &format!("c{n}"),
                kind,
                "session",
                "incoming",
                JO,
                CLINIC,
                "normal_clearing",
            );
            assert_eq!(world.post("/webhooks/telnyx/voice", &body).await, StatusCode::OK);
            world.run().await;
        }
        let verbs: Vec<String> =
            world.carrier.inner.lock().unwrap().commands.iter().map(|(_, verb, _)| verb.clone()).collect();
        assert_eq!(verbs, ["answer", "speak", "hangup"]);
        assert_eq!(world.got(JO).len(), 1);
    }
}

#[tokio::test]
async fn a_ringing_clinic_that_answers_is_no_missed_call() {
    for on in databases() {
        let ring = frontdesk_server::wiring::SAMPLE
            .replace("[persona]", "[calls]\nmode = \"ring\"\nring = \"+12125550199\"\n\n[persona]");
        let start = "2026-11-20T10:00:00-05:00";
        let mut world = World::with(on, &ring, start, frontdesk_domain::span::Span::ZERO).await;
        // As the carrier reports it: the clinic's leg names our number and the clinic's phone, and carries what we gave it.
        let report = |world: &World, kind: &str, direction: &str, session: &str, cause: &str| {
            let outgoing = direction == "outgoing";
            let (from, to) = if outgoing { (CLINIC, "+12125550199") } else { (JO, CLINIC) };
            let id = format!("{kind}{direction}{session}");
            let mut body = call_body(world.clock.now(), &id, kind, session, direction, from, to, cause);
            if outgoing {
                let commands = &world.carrier.inner.lock().unwrap().commands;
                let ring = commands.iter().rev().find(|(_, verb, _)| verb == "transfer").unwrap();
                body["data"]["payload"]["client_state"] = ring.2["target_leg_client_state"].clone();
            }
            body
        };
        for (kind, direction, cause) in [
            ("call.initiated", "incoming", ""),
            ("call.answered", "outgoing", ""),
            ("call.hangup", "outgoing", "normal_clearing"),
            ("call.hangup", "incoming", "normal_clearing"),
        ] {
            world.post("/webhooks/telnyx/voice", &report(&world, kind, direction, "a", cause)).await;
            world.run().await;
        }
        assert!(world.got(JO).is_empty(), "a person spoke");
        for (kind, direction, cause) in [("call.initiated", "incoming", ""), ("call.hangup", "outgoing", "user_busy")] {
            world.post("/webhooks/telnyx/voice", &report(&world, kind, direction, "b", cause)).await;
            world.run().await;
        }
        let texts = world.got(JO);
        assert!(texts.len() == 1 && texts[0].contains("busy"), "{texts:?}");
        let verbs: Vec<String> =
            world.carrier.inner.lock().unwrap().commands.iter().map(|(_, v, _)| v.clone()).collect();
        assert_eq!(verbs, ["transfer", "transfer", "answer"]);
    }
}

/// Whatever the carrier answers to a command, the caller gets the one text, and no command is carried out twice.
#[tokio::test]
async fn a_call_command_that_fails_costs_the_caller_nothing() {
    use crate::carrier::Mood;
    let ringing = frontdesk_server::wiring::SAMPLE
        .replace("[persona]", "[calls]\nmode = \"ring\"\nring = \"+12125550199\"\n\n[persona]");
    let moods = [
        (vec![Mood::TooFast, Mood::TooFast], true),
        (vec![Mood::Down, Mood::Down], true),
        (vec![Mood::TakeAndGarble], true),
        (vec![Mood::TakeAndLose, Mood::TakeAndLose], true),
        (vec![Mood::Down; 3], false),
        (vec![Mood::Refuse], false),
    ];
    for on in databases() {
        for (faults, carried_out) in &moods {
            // Forwarded: the text does not wait for the command.
            let mut world = World::new(on).await;
            world.carrier.inner.lock().unwrap().call_moods.extend(faults.iter().copied());
            assert_eq!(world.calls(JO).await.len(), 1, "{faults:?}");
            world.wait(Span::mins(5)).await;
            assert!(world.got(JO).is_empty());
            let answered = world.carrier.inner.lock().unwrap().commands.len();
            assert_eq!(answered, usize::from(*carried_out), "{faults:?}");

            // Ring: a clinic whose phone cannot be rung did not answer; the caller is told and texted.
            let mut world = World::with(on, &ringing, "2026-11-20T10:00:00-05:00", Span::ZERO).await;
            world.carrier.inner.lock().unwrap().call_moods.extend(faults.iter().copied());
            let body = call_body(world.clock.now(), "e1", "call.initiated", "s1", "incoming", JO, CLINIC, "");
            assert_eq!(world.post("/webhooks/telnyx/voice", &body).await, StatusCode::OK);
            world.wait(Span::secs(10)).await;
            let verbs: Vec<String> =
                world.carrier.inner.lock().unwrap().commands.iter().map(|(_, verb, _)| verb.clone()).collect();
            let expected = if *carried_out { "transfer" } else { "answer" };
            assert_eq!(verbs, [expected], "{faults:?}");
            assert_eq!(world.got(JO).len(), usize::from(!carried_out), "{faults:?}");
            assert_eq!(world.jobs().await.dead, 0);
        }
    }
}
