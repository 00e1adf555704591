//! Fuzz targets: whatever arrives, nothing panics, and what is read of it keeps its promises. `make check` runs each for a
//! second on mutations of real requests; `make fuzz` as long as one likes. See `docs/fuzzing.md`.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bolero::check;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

use frontdesk_domain::clinic::{ClinicFile, parse};
use frontdesk_engine::understand::{self, Context, Expecting, Menu, MenuItem};
use frontdesk_ports::inbound::{WebhookPort, WebhookRequest};
use frontdesk_vendors::telnyx::TelnyxWebhooks;
use frontdesk_vendors::twilio::TwilioWebhooks;

/// Changes to make to a real request: where and to what, and what is pushed in between.
type Changes = (u8, Vec<(u16, u8)>, u16, Vec<u8>);

/// One of the samples with some of its bytes changed and others pushed in.
fn mutated(samples: &[Vec<u8>], (which, edits, at, pushed): &Changes) -> Vec<u8> {
    let mut bytes = samples[usize::from(*which) % samples.len()].clone();
    for (place, byte) in edits.iter().take(12) {
        let length = bytes.len().max(1);
        if let Some(old) = bytes.get_mut(usize::from(*place) % length) {
            *old = *byte;
        }
    }
    let at = usize::from(*at) % (bytes.len() + 1);
    bytes.splice(at..at, pushed.iter().copied().take(64));
    bytes
}

/// Real bodies of a vendor, from its fixtures.
fn fixtures(vendor: &str) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../vendors/src").join(vendor).join("fixtures");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    files.filter_map(|file| std::fs::read(file).ok()).collect()
}

fn request<'a>(headers: &'a HeaderMap, path: &'a str, body: &'a [u8], now: Timestamp) -> WebhookRequest<'a> {
    WebhookRequest { headers, path, query: None, body, now }
}

#[test]
fn telnyx_webhooks() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let port = TelnyxWebhooks::new(Some(&STANDARD.encode(key.verifying_key().to_bytes()))).unwrap();
    let now: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
    let mut samples = fixtures("telnyx");
    samples.push(
        br#"{"data":{"event_type":"message.received","id":"e","occurred_at":"2026-11-20T15:00:00Z","payload":{"id":"m","direction":"inbound","type":"SMS","from":{"phone_number":"+13475550123"},"to":[{"phone_number":"+12125550100"}],"text":"hi","media":[]}}}"#.to_vec(),
    );
    check!().with_type::<Changes>().for_each(|changes| {
        let body = mutated(&samples, changes);
        let mut signed = format!("{}|", now.as_second()).into_bytes();
        signed.extend_from_slice(&body);
        let mut headers = HeaderMap::new();
        headers.insert("telnyx-signature-ed25519", STANDARD.encode(key.sign(&signed).to_bytes()).parse().unwrap());
        headers.insert("telnyx-timestamp", now.as_second().to_string().parse().unwrap());
        let read = port.read(&request(&headers, "/webhooks/telnyx/messages", &body, now));
        // Read or refused; a changed byte behind the signature is always refused.
        if let Ok((events, _)) = read {
            assert!(events.iter().all(|event| event.vendor == "telnyx"));
            let mut other = body.clone();
            other.push(b' ');
            assert!(port.read(&request(&headers, "/webhooks/telnyx/messages", &other, now)).is_err());
        }
    });
}

#[test]
fn twilio_webhooks() {
    const PUBLIC: &str = "https://us.example";
    let port = TwilioWebhooks::new(Some("token".to_owned().into()), PUBLIC);
    let now: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
    let samples: Vec<Vec<u8>> = [
        "MessageSid=SM1&From=%2B13475550123&To=%2B12125550100&Body=hi&NumMedia=0&AccountSid=AC1",
        "MessageSid=SM1&MessageStatus=delivered&From=%2B12125550100&To=%2B13475550123",
        "CallSid=CA1&CallStatus=ringing&From=%2B13475550123&To=%2B12125550100&Direction=inbound",
        "CallSid=CA1&DialCallStatus=no-answer&From=%2B13475550123&To=%2B12125550100",
    ]
    .iter()
    .map(|body| body.as_bytes().to_vec())
    .collect();
    check!().with_type::<Changes>().for_each(|changes| {
        let body = mutated(&samples, changes);
        for path in ["/webhooks/twilio/sms", "/webhooks/twilio/voice"] {
            let mut pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
            pairs.sort();
            let mut mac = Hmac::<Sha1>::new_from_slice(b"token").unwrap();
            mac.update(format!("{PUBLIC}{path}").as_bytes());
            for (key, value) in &pairs {
                mac.update(key.as_bytes());
                mac.update(value.as_bytes());
            }
            let mut headers = HeaderMap::new();
            headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
            headers.insert("x-twilio-signature", STANDARD.encode(mac.finalize().into_bytes()).parse().unwrap());
            if let Ok((events, _)) = port.read(&request(&headers, path, &body, now)) {
                assert!(events.iter().all(|event| event.vendor == "twilio"));
            }
            headers.insert("x-twilio-signature", "AAAA".parse().unwrap());
            assert!(port.read(&request(&headers, path, &body, now)).is_err(), "another signature");
        }
    });
}

/// A clinic file is read or refused with a sentence; what was read is written and read again as the same.
#[test]
fn clinic_files() {
    let samples = vec![frontdesk_server::wiring::SAMPLE.as_bytes().to_vec()];
    check!().with_type::<Changes>().for_each(|changes| {
        let text = String::from_utf8_lossy(&mutated(&samples, changes)).into_owned();
        match parse(&text) {
            Ok(file) => {
                let file: ClinicFile = file;
                let again = parse(&file.to_toml()).expect("what we write we read");
                assert_eq!(again.to_toml(), file.to_toml());
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    });
}

/// Any text is read, and its identifiers lie in it, in order.
#[test]
fn messages() {
    let item = |name: &str, alias: &str| MenuItem {
        name: name.to_owned(),
        aliases: vec![alias.to_owned()],
        variants: Vec::new(),
    };
    let menu = Menu::new(vec![item("Botox", "tox"), item("Dermal Filler", "lip filler")]);
    let samples: Vec<Vec<u8>> = [
        "Hi! I'm Dana Whitfield, never been in before. Any chance for lip filler tues or weds after 3?",
        "quiero una cita el próximo martes después de las 3, mi correo es ana@example.com",
        "STOP. my card is 4111 1111 1111 1111 and ssn 123-45-6789, dob 3/4/1990",
        "between half past two and quarter to 5 on the 14th or 12/4/2026",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    let now = jiff::civil::date(2026, 11, 20).at(10, 0, 0, 0);
    check!().with_type::<Changes>().for_each(|changes| {
        let text = String::from_utf8_lossy(&mutated(&samples, changes)).into_owned();
        let context = Context {
            now,
            menu: &menu,
            offered: vec![now, now + jiff::Span::new().hours(3)],
            expecting: Expecting::Slot,
            last_message: "Which works best?",
            known_name: None,
            known_preference: None,
            has_appointment: false,
            reminder_was_last: false,
        };
        let read = understand::read(&context, &text);
        let length = text.chars().count();
        let mut end = 0;
        for found in &read.identifiers {
            assert!(found.start >= end && found.end > found.start && found.end <= length);
            end = found.end;
        }
    });
}
