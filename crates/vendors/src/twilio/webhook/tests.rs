//! The vendor's own signatures, and which form is which event.

use jiff::Timestamp;

use super::*;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn request<'a>(
    headers: &'a http::HeaderMap,
    path: &'a str,
    query: Option<&'a str>,
    body: &'a [u8],
) -> WebhookRequest<'a> {
    WebhookRequest { headers, path, query, body, now: Timestamp::from_second(1_795_000_000).unwrap() }
}

fn headers(signature: &str, json: bool) -> http::HeaderMap {
    let mut headers = http::HeaderMap::new();
    headers.insert("x-twilio-signature", signature.parse().unwrap());
    let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
    headers.insert("content-type", kind.parse().unwrap());
    headers
}

fn port(public_url: &str) -> TwilioWebhooks {
    TwilioWebhooks::new(Some(TOKEN.to_owned().into()), public_url)
}

#[test]
fn the_vendors_test_vectors_hold_and_nothing_else_does() {
    let spa = "https://spa.example.com";
    let (sms, query) = ("/hooks/twilio/sms", Some("tenant=7"));
    let full = b"MessageSid=SM00000000000000000000000000000001&From=%2B15550100002&To=%2B15550100001&Body=Hi%2C+is+3+pm+ok%3F&NumMedia=0";
    let read = |public: &str, signature: &str, query, body: &[u8]| {
        let headers = headers(signature, false);
        let form: Form = form_urlencoded::parse(body).into_owned().collect();
        port(public).verify(&request(&headers, sms, query, body), Some(&form))
    };
    let good = "KRJFrY17fU/JjZCyvlQp49RZDOQ=";
    assert_eq!(read(spa, good, query, full), Ok(()));
    assert_eq!(read(spa, good, Some("tenant=8"), full), Err(WebhookError::Signature), "another query");
    assert_eq!(read("https://other.example", good, query, full), Err(WebhookError::Signature), "another host");
    assert_eq!(read(spa, good, query, b"Body=Hi"), Err(WebhookError::Signature), "another body");
    assert_eq!(read(spa, "AAAA", query, full), Err(WebhookError::Signature));
    for (signature, why) in
        [("uhT4zvEbjcDy0JbMvA+m0RVsOlI=", "without the port"), ("ZA/+SH2/q+HV3PGtiJhrTSnKl+I=", "with it")]
    {
        for public in [spa, "https://spa.example.com:443", "https://spa.example.com/"] {
            assert_eq!(read(public, signature, query, b"Body=Hi"), Ok(()), "{why}, {public}");
        }
    }
    let json = "/hooks/twilio/json";
    let hash = Some("bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
    let headers = headers("qq3JbrJMFn6gAB/Ab1xYeiJj4ak=", true);
    assert!(port(spa).read(&request(&headers, json, hash, br#"{"a":1}"#)).is_ok());
    let other = port(spa).read(&request(&headers, json, hash, br#"{"a":2}"#));
    assert_eq!(other, Err(WebhookError::Signature), "the hash is of another body");
    let closed = TwilioWebhooks::new(None, spa).read(&request(&headers, json, hash, b"{}"));
    let closed_form = TwilioWebhooks::new(None, spa).read(&request(&http::HeaderMap::new(), sms, None, b"a=b"));
    for refused in [closed, closed_form] {
        assert_eq!(refused, Err(WebhookError::NotConfigured { setting: "TWILIO_AUTH_TOKEN" }));
    }
}

fn form(pairs: &[(&str, &str)]) -> Form {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_fields_of_a_voice_request_tell_what_happened() {
    let inbound = [("CallSid", "CA1"), ("From", "+13475550123"), ("To", "+12125550100")];
    let with = |more: &[(&'static str, &'static str)]| form(&[&inbound[..], more].concat());
    let cases: [(Form, Option<&str>, Option<CallReport>, &str); 9] = [
        (with(&[("CallStatus", "ringing")]), None, Some(CallReport::Arrived), "arrived"),
        (
            with(&[("CallStatus", "in-progress"), ("DialCallStatus", "completed")]),
            None,
            Some(CallReport::ClinicAnswered),
            "spoke",
        ),
        (
            with(&[("CallStatus", "in-progress"), ("DialCallStatus", "no-answer")]),
            None,
            Some(CallReport::ClinicUnanswered),
            "rang out",
        ),
        (
            with(&[("CallStatus", "in-progress"), ("DialCallStatus", "busy")]),
            None,
            Some(CallReport::ClinicUnanswered),
            "busy",
        ),
        (
            with(&[("CallStatus", "no-answer"), ("DialCallStatus", "canceled")]),
            None,
            Some(CallReport::ClinicUnanswered),
            "gave up",
        ),
        (with(&[("CallStatus", "completed")]), None, Some(CallReport::Ended), "over"),
        (
            with(&[("CallStatus", "in-progress"), ("ParentCallSid", "CA0")]),
            Some("ours=12125550100"),
            Some(CallReport::ClinicAnswered),
            "the clinic's leg",
        ),
        (
            with(&[("CallStatus", "completed"), ("ParentCallSid", "CA0")]),
            Some("ours=12125550100"),
            None,
            "the leg's end says nothing",
        ),
        (with(&[("CallStatus", "in-progress")]), None, None, "nothing new"),
    ];
    for (form, query, expected, why) in cases {
        let (_, what, _) = call_event(&form, "CA1", query);
        let report = what.map(|what| match what {
            Inbound::Call { report, to, .. } => {
                assert_eq!(to, "+12125550100", "{why}: our number finds the clinic");
                report
            }
            _ => panic!("a call"),
        });
        assert_eq!(report, expected, "{why}");
    }
    let hidden = form(&[("CallSid", "CA1"), ("From", "+266696687"), ("To", "+12125550100"), ("CallStatus", "ringing")]);
    assert!(matches!(call_event(&hidden, "CA1", None).1, Some(Inbound::Call { from, .. }) if from == "anonymous"));
}
