//! The vendor's own format and signature.

use super::*;

const KEY: &str = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const BODY: &str = r#"{"data":{"event_type":"message.received","id":"11111111-1111-4111-8111-111111111111"}}"#;
const SIGNATURE: &str = "CnhqJ1h+GqYvL5MSScw6/N17FsXW1v/lxCx/boTfPADyyBYz9odCXfCns+YTi5GavB7npGkmXVZYpXxv/DYKCw==";

fn read(
    stamp: &str,
    signature: &str,
    body: &str,
    now: i64,
) -> Result<(Vec<InboundEvent>, Acknowledgement), WebhookError> {
    let mut headers = http::HeaderMap::new();
    headers.insert("telnyx-timestamp", stamp.parse().unwrap());
    headers.insert("telnyx-signature-ed25519", signature.parse().unwrap());
    let request = WebhookRequest {
        headers: &headers,
        path: "/webhooks/telnyx/messages",
        query: None,
        body: body.as_bytes(),
        now: Timestamp::from_second(now).unwrap(),
    };
    TelnyxWebhooks::new(Some(KEY)).unwrap().read(&request)
}

#[test]
fn the_vendors_test_vector_holds_and_nothing_else_does() {
    assert!(read("1700000000", SIGNATURE, BODY, 1_700_000_000).is_ok());
    assert!(read("1700000000", SIGNATURE, BODY, 1_700_000_300).is_ok(), "at the edge of the tolerance");
    let refused = Err(WebhookError::Signature);
    assert_eq!(read("1700000000", SIGNATURE, BODY, 1_700_000_301), refused, "stale");
    assert_eq!(read("1700000000", SIGNATURE, BODY, 1_699_999_699), refused, "from the future");
    assert_eq!(read("1700000001", SIGNATURE, BODY, 1_700_000_000), refused, "another time stamp");
    assert_eq!(read("1700000000", SIGNATURE, &BODY.replace("1111", "1112"), 1_700_000_000), refused, "another body");
    assert_eq!(read("now", SIGNATURE, BODY, 1_700_000_000), refused);
    assert_eq!(read("1700000000", "bm8=", BODY, 1_700_000_000), refused);
    let headers = http::HeaderMap::new();
    let bare = WebhookRequest { headers: &headers, path: "", query: None, body: b"{}", now: Timestamp::UNIX_EPOCH };
    assert_eq!(TelnyxWebhooks::new(Some(KEY)).unwrap().read(&bare), refused, "no headers");
    let without = TelnyxWebhooks::new(None).unwrap().read(&bare);
    assert_eq!(without, Err(WebhookError::NotConfigured { setting: "TELNYX_PUBLIC_KEY" }));
}

fn parsed(json: &str, query: Option<&str>) -> Option<InboundEvent> {
    let envelope: wire::Envelope = serde_json::from_str(json).unwrap();
    event(&envelope.data, query)
}

#[test]
fn a_text_becomes_our_event() {
    let got = parsed(include_str!("../fixtures/message_received.json"), None).unwrap();
    let Inbound::Text { from, to, text, media, carrier_keyword, .. } = got.what else { panic!("a text") };
    assert_eq!((from.as_str(), to.as_str(), text.as_str()), ("+15550100002", "+15550100001", "do you do lip filler?"));
    assert_eq!((media, carrier_keyword), (1, Some(CarrierKeyword::Help)));
}

#[test]
fn a_receipt_carries_our_reference() {
    let got = parsed(include_str!("../fixtures/message_finalized.json"), Some("a=b&m=org_1.msg_2")).unwrap();
    let Inbound::Receipt { message, vendor_message, status, code } = got.what else { panic!("a receipt") };
    assert_eq!(message.as_deref(), Some("org_1.msg_2"));
    assert_eq!(
        (vendor_message.as_str(), status, code.as_deref()),
        ("0b8f0000-0000-4000-8000-000000000001", DeliveryStatus::Failed, Some("40001"))
    );
}

#[test]
fn calls_and_what_we_do_not_read() {
    let call = |kind: &str, direction: &str, cause: &str| {
        format!(
            r#"{{"data":{{"event_type":"{kind}","id":"e","occurred_at":"2026-01-02T03:04:05Z","payload":{{"call_control_id":"v3:x","call_session_id":"s","direction":"{direction}","from":"+15550100002","to":"+15550100001","hangup_cause":"{cause}"}}}}}}"#
        )
    };
    let report = |json: &str| match parsed(json, None).map(|e| e.what) {
        Some(Inbound::Call { report, busy, leg, .. }) => Some((report, busy, leg.is_some())),
        _ => None,
    };
    assert_eq!(report(&call("call.initiated", "incoming", "")), Some((CallReport::Arrived, false, true)));
    assert_eq!(report(&call("call.hangup", "incoming", "ORIGINATOR_CANCEL")), Some((CallReport::Ended, false, true)));
    assert_eq!(
        report(&call("call.hangup", "outgoing", "USER_BUSY")),
        Some((CallReport::ClinicUnanswered, true, false))
    );
    assert_eq!(report(&call("call.answered", "outgoing", "")), Some((CallReport::ClinicAnswered, false, false)));
    assert_eq!(report(&call("call.recording.saved", "incoming", "")), None);
    assert_eq!(
        parsed(r#"{"data":{"event_type":"10dlc.campaign.update","id":"x","payload":{"campaignId":"c"}}}"#, None),
        None
    );
}
