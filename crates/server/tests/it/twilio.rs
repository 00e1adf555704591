//! What is special to Twilio: calls answered by the reply to their webhook, its own STOP, lost texts, and two carriers that
//! stand in for each other.

use axum::http::StatusCode;
use serde_json::json;

use frontdesk_domain::span::Span;
use frontdesk_ports::Clock as _;

use crate::carrier::{By, Mood, text_body, twilio_call, twilio_text};
use crate::world::{CLINIC, JO, On, World, set_ups};

const VOICE: &str = "/webhooks/twilio/voice";
const START: &str = "2026-11-20T10:00:00-05:00";

fn ringing() -> String {
    frontdesk_server::wiring::SAMPLE
        .replace("[persona]", "[calls]\nmode = \"ring\"\nring = \"+12125550199\"\n\n[persona]")
}

#[tokio::test]
async fn a_forwarded_call_is_told_that_a_text_comes() {
    let mut world = World::by(On::Sqlite, By::Twilio).await;
    let (status, xml) = world.post_form(VOICE, &twilio_call("a", JO, &[])).await;
    assert_eq!(status, StatusCode::OK);
    assert!(xml.starts_with("<Response><Say") && xml.contains("text message") && xml.contains("<Hangup/>"), "{xml}");
    world.run().await;
    assert_eq!(world.got(JO).len(), 1);
    // Its end, and the same call reported again, bring no second text.
    world.post_form(VOICE, &twilio_call("a", JO, &[("CallStatus", "completed")])).await;
    world.post_form(VOICE, &twilio_call("a", JO, &[])).await;
    world.run().await;
    assert!(world.got(JO).is_empty());
    // Who withholds their number, or wants no texts, is promised none.
    let (_, xml) = world.post_form(VOICE, &twilio_call("b", "+266696687", &[])).await;
    assert!(xml.contains("cannot text this number"), "{xml}");
    world.texts(JO, "STOP").await;
    world.wait(Span::hours(2)).await;
    let (_, xml) = world.post_form(VOICE, &twilio_call("c", JO, &[])).await;
    assert!(xml.contains("cannot text this number"), "{xml}");
    world.run().await;
    assert!(world.got(JO).is_empty() && world.carrier.messages().iter().all(|m| m.to != "+266696687"));
    // A number of nobody is the carrier's own polite nothing.
    let mut form = twilio_call("d", JO, &[]);
    form.iter_mut().filter(|(key, _)| *key == "To").for_each(|(_, value)| "+19995550000".clone_into(value));
    assert_eq!(world.post_form(VOICE, &form).await.1, "<Response><Reject/></Response>");
}

#[tokio::test]
async fn a_ringing_clinic_is_rung_first_and_missed_when_that_fails() {
    for (dialled, missed) in [("no-answer", true), ("busy", true), ("failed", true), ("completed", false)] {
        let mut world = World::over(On::Sqlite, &[By::Twilio], &ringing(), START, Span::ZERO).await;
        let (_, xml) = world.post_form(VOICE, &twilio_call("a", JO, &[])).await;
        assert!(xml.contains("<Dial timeout=\"18\"") && xml.contains(">+12125550199</Number>"), "{xml}");
        assert!(xml.contains("answerOnBridge=\"true\"") && xml.contains("statusCallbackEvent=\"answered\""), "{xml}");
        world.run().await;
        assert!(world.got(JO).is_empty(), "it rings");
        let status = [("CallStatus", "in-progress"), ("DialCallStatus", dialled)];
        let (_, xml) = world.post_form(VOICE, &twilio_call("a", JO, &status)).await;
        assert_eq!(xml.contains("<Say"), missed, "{dialled}: {xml}");
        world.post_form(VOICE, &twilio_call("a", JO, &[("CallStatus", "completed")])).await;
        world.run().await;
        assert_eq!(world.got(JO).len(), usize::from(missed), "{dialled}");
    }
    // Answered by the clinic, its leg says so before anything else; the caller hangs up and it is no missed call.
    let mut world = World::over(On::Sqlite, &[By::Twilio], &ringing(), START, Span::ZERO).await;
    world.post_form(VOICE, &twilio_call("a", JO, &[])).await;
    let leg = [("ParentCallSid", "CA-a"), ("CallStatus", "in-progress")];
    world.post_form(&format!("{VOICE}?ours={}", &CLINIC[1..]), &twilio_call("leg", JO, &leg)).await;
    world.post_form(VOICE, &twilio_call("a", JO, &[("CallStatus", "completed")])).await;
    world.run().await;
    assert!(world.got(JO).is_empty());
    // The caller gives up while it rings.
    world.post_form(VOICE, &twilio_call("b", "+13475550177", &[])).await;
    world.post_form(VOICE, &twilio_call("b", "+13475550177", &[("CallStatus", "no-answer")])).await;
    world.run().await;
    assert_eq!(world.got("+13475550177").len(), 1);
}

#[tokio::test]
async fn a_stop_the_carrier_answered_is_confirmed_once() {
    let mut world = World::by(On::Sqlite, By::Twilio).await;
    world.texts(JO, "hi").await;
    let mut form = twilio_text("stop", JO, "STOP");
    form.push(("OptOutType", "STOP".to_owned()));
    assert_eq!(world.post_form("/webhooks/twilio/sms", &form).await.0, StatusCode::OK);
    world.run().await;
    assert!(world.got(JO).is_empty(), "Advanced Opt-Out confirmed it");
    assert!(world.row(JO).await.consent.is_opted_out());
    // Without it the carrier refuses our confirmation, and that is the end of it.
    let other = "+13475550177";
    world.texts(other, "hi").await;
    world.carrier.next([Mood::OptedOut]);
    world.texts(other, "STOP").await;
    world.wait(Span::mins(10)).await;
    assert!(world.got(other).is_empty() && world.row(other).await.consent.is_opted_out());
}

#[tokio::test]
async fn pictures_are_kept_as_references_and_a_person_looks() {
    let mut world = World::by(On::Sqlite, By::Twilio).await;
    let mut form = twilio_text("mms", JO, "");
    form.iter_mut().filter(|(key, _)| *key == "NumMedia").for_each(|(_, value)| "1".clone_into(value));
    form.push(("MediaUrl0", "https://api.example/Media/1".to_owned()));
    world.post_form("/webhooks/twilio/sms", &form).await;
    world.run().await;
    assert!(world.mail().iter().any(|subject| subject.starts_with("New message")));
}

#[tokio::test]
async fn a_text_whose_webhook_was_lost_is_read_from_the_list() {
    let mut world = World::by(On::Sqlite, By::Twilio).await;
    let at = world.clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let row = json!({"sid": "SMlost", "direction": "inbound", "from": JO, "to": CLINIC, "body": "are you there?",
        "num_media": "0", "date_created": at});
    world.carrier.inner.lock().unwrap().received.push(row);
    frontdesk_reception::catch_up::schedule(&world.reception).await.unwrap();
    world.run().await;
    assert_eq!(world.got(JO).len(), 1);
    world.wait(Span::mins(20)).await;
    assert!(world.got(JO).is_empty(), "read again, it is known");
}

#[tokio::test]
async fn a_carrier_in_trouble_hands_over_to_the_other_but_never_when_unclear() {
    let start = "2026-11-20T10:00:00-05:00";
    let clinic = frontdesk_server::wiring::SAMPLE;
    for (first, second) in [(By::Telnyx, By::Twilio), (By::Twilio, By::Telnyx)] {
        let mut world = World::over(On::Sqlite, &[first, second], clinic, start, Span::ZERO).await;
        world.carrier.next([Mood::Down]);
        assert_eq!(world.texts(JO, "hi").await.len(), 1, "at once, by the other");
        assert_eq!(world.carrier.messages()[0].by, second);
        assert_eq!(world.reception.metrics.failed_over.get(), 1);
        // Taken, but nobody can tell: the other carrier must not be asked.
        let unsure = "+13475550177";
        world.carrier.next([Mood::TakeAndLose]);
        world.texts(unsure, "hi").await;
        world.wait(Span::secs(60)).await;
        let by: Vec<By> = world.carrier.messages().iter().filter(|m| m.to == unsure).map(|m| m.by).collect();
        assert_eq!(by, [first]);
    }
}

#[tokio::test]
async fn an_unclear_send_after_a_fail_over_is_found_and_never_repeated() {
    let clinic = frontdesk_server::wiring::SAMPLE;
    let two = clinic.replace("[\"+12125550100\"]", "[\"+12125550100\", \"+12125550101\"]");
    assert_ne!(clinic, two, "the sample clinic has one number");
    let mut world = World::over(On::Sqlite, &[By::Telnyx, By::Twilio], &two, START, Span::ZERO).await;
    // The second number was seen at Twilio, so what fails over leaves from it.
    let mut form = twilio_text("seen", "+13475550177", "hi");
    form.iter_mut().filter(|(key, _)| *key == "To").for_each(|(_, value)| "+12125550101".clone_into(value));
    world.post_form("/webhooks/twilio/sms", &form).await;
    world.run().await;
    world.carrier.next([Mood::Down, Mood::TakeAndLose]);
    assert_eq!(world.texts(JO, "hi").await.len(), 1);
    let sent = world.carrier.messages().into_iter().find(|m| m.to == JO).unwrap();
    assert_eq!((sent.by, sent.from.as_str()), (By::Twilio, "+12125550101"));
    world.wait(Span::mins(10)).await;
    assert!(world.got(JO).is_empty(), "it was there");
}

#[tokio::test]
async fn help_is_answered_by_whoever_must() {
    let mut world = World::by(On::Sqlite, By::Twilio).await;
    let mut form = twilio_text("help", JO, "HELP");
    form.push(("OptOutType", "HELP".to_owned()));
    world.post_form("/webhooks/twilio/sms", &form).await;
    world.run().await;
    assert!(world.got(JO).is_empty(), "Advanced Opt-Out answered it");
    let mut world = World::new(On::Sqlite).await;
    let mut body = text_body(world.clock.now(), "help", JO, CLINIC, "HELP");
    body["data"]["payload"]["autoresponse_type"] = json!("HELP");
    world.post("/webhooks/telnyx/messages", &body).await;
    world.run().await;
    assert!(world.got(JO).is_empty(), "its profile is configured to answer it");
    assert_eq!(world.texts(JO, "HELP").await.len(), 1, "as by default it is not");
}

#[tokio::test]
async fn a_forged_form_leaves_no_trace() {
    for (on, by) in set_ups().into_iter().filter(|(_, by)| *by == By::Twilio) {
        let mut world = World::by(on, by).await;
        let body = b"MessageSid=SM1&From=%2B13475550123&To=%2B12125550100&Body=hi".to_vec();
        for headers in [vec![], vec![("x-twilio-signature", "AAAA")]] {
            let status = world.post_raw("/webhooks/twilio/sms", body.clone(), &headers).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }
        world.run().await;
        assert!(world.got(JO).is_empty());
    }
}

#[tokio::test]
async fn what_the_carrier_took_for_a_keyword_our_list_follows_in_any_language() {
    for (on, by) in set_ups() {
        let mut world = World::by(on, by).await;
        world.texts(JO, "hi").await;
        let said = async |world: &mut World, words: &str, keyword: &str| {
            let id = world.event_id();
            if by == By::Twilio {
                let mut form = twilio_text(&id, JO, words);
                form.push(("OptOutType", keyword.to_owned()));
                world.post_form("/webhooks/twilio/sms", &form).await;
            } else {
                let mut body = text_body(world.clock.now(), &id, JO, CLINIC, words);
                body["data"]["payload"]["autoresponse_type"] = json!(keyword);
                world.post("/webhooks/telnyx/messages", &body).await;
            }
            world.run().await;
            world.got(JO)
        };
        assert!(said(&mut world, "ARRET", "STOP").await.is_empty(), "the carrier answered");
        assert!(world.row(JO).await.consent.is_opted_out());
        assert!(world.texts(JO, "and my appointment?").await.is_empty());
        assert!(said(&mut world, "YES", "START").await.is_empty(), "the carrier answered");
        assert!(!world.row(JO).await.consent.is_opted_out());
        assert_eq!(world.texts(JO, "is parking free?").await.len(), 1);
    }
}
