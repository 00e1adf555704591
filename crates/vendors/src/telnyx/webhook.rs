//! Webhooks: the signature over the raw bytes, then our own events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;

use frontdesk_domain::call::CallReport;
use frontdesk_domain::consent::CarrierKeyword;
use frontdesk_domain::limits::SIGNATURE_TOLERANCE;
use frontdesk_domain::text::mend_lone_surrogates;
use frontdesk_ports::inbound::{
    Acknowledgement, DeliveryStatus, Inbound, InboundEvent, WebhookError, WebhookPort, WebhookRequest,
};

use super::{TELNYX, calls::read_clinic_leg, wire};

/// Verifies and translates. Without a key every request is refused.
pub struct TelnyxWebhooks {
    key: Option<VerifyingKey>,
}

impl TelnyxWebhooks {
    /// From the portal's base64 key, if there is one.
    ///
    /// # Errors
    /// When it is not 32 bytes of base64 that make an ed25519 key.
    pub fn new(public_key: Option<&str>) -> Result<Self, &'static str> {
        let key = match public_key {
            None => None,
            Some(text) => {
                let bytes: [u8; 32] = STANDARD
                    .decode(text.trim())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .ok_or("expected the base64 ed25519 key of the portal (32 bytes)")?;
                Some(VerifyingKey::from_bytes(&bytes).map_err(|_| "expected an ed25519 public key")?)
            }
        };
        Ok(Self { key })
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookError> {
        let key = self.key.as_ref().ok_or(WebhookError::NotConfigured { setting: "TELNYX_PUBLIC_KEY" })?;
        let header =
            |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).ok_or(WebhookError::Signature);
        let stamp = header("telnyx-timestamp")?;
        let seconds: i64 = stamp.parse().map_err(|_| WebhookError::Signature)?;
        let tolerance = i64::try_from(SIGNATURE_TOLERANCE.as_millis() / 1000).unwrap_or(300);
        if request.now.as_second().saturating_sub(seconds).abs() > tolerance {
            return Err(WebhookError::Signature);
        }
        let signature = STANDARD.decode(header("telnyx-signature-ed25519")?).map_err(|_| WebhookError::Signature)?;
        let signature = Signature::from_slice(&signature).map_err(|_| WebhookError::Signature)?;
        let mut signed = Vec::with_capacity(stamp.len() + 1 + request.body.len());
        signed.extend_from_slice(stamp.as_bytes());
        signed.push(b'|');
        signed.extend_from_slice(request.body);
        key.verify_strict(&signed, &signature).map_err(|_| WebhookError::Signature)
    }
}

impl WebhookPort for TelnyxWebhooks {
    fn vendor(&self) -> &'static str {
        TELNYX
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<(Vec<InboundEvent>, Acknowledgement), WebhookError> {
        self.verify(request)?;
        let body = mend_lone_surrogates(request.body);
        let envelope: wire::Envelope = serde_json::from_slice(&body).map_err(|_| WebhookError::Malformed)?;
        let event = event(&envelope.data, request.query);
        Ok((event.into_iter().collect(), Acknowledgement::Empty))
    }
}

/// The event of a stored delivery.
pub(super) fn translate(event_json: serde_json::Value, query: Option<&str>) -> Option<InboundEvent> {
    let parsed: wire::Event = serde_json::from_value(event_json).ok()?;
    event(&parsed, query)
}

/// Our reference in the callback's query: `m=<reference>`.
fn reference(query: Option<&str>) -> Option<String> {
    query?.split('&').find_map(|pair| pair.strip_prefix("m=")).filter(|m| !m.is_empty()).map(str::to_owned)
}

fn event(event: &wire::Event, query: Option<&str>) -> Option<InboundEvent> {
    let payload = event.payload.as_ref()?;
    let what = match event.event_type.as_str() {
        "message.received" => Inbound::Text {
            from: payload.from.number(),
            to: payload.to.number(),
            also_to: payload
                .to
                .others()
                .chain(payload.cc.iter().flatten())
                .filter_map(|a| a.phone_number.clone())
                .collect(),
            text: payload.text.clone().unwrap_or_default(),
            references: payload.media.iter().flatten().filter_map(|m| m["url"].as_str().map(str::to_owned)).collect(),
            media: payload.media.as_ref().map_or(0, |m| u32::try_from(m.len()).unwrap_or(u32::MAX)),
            // A keyword is matched only where an answer to it is configured; HELP by default is not.
            carrier_keyword: payload.autoresponse_type.as_deref().and_then(CarrierKeyword::of),
            minor: false,
        },
        "message.sent" | "message.finalized" => Inbound::Receipt {
            message: reference(query),
            vendor_message: payload.id.clone()?,
            status: status(payload.to.status()?)?,
            code: payload.errors.iter().flatten().find_map(|e| e.code.as_ref().and_then(wire::code_text)),
        },
        "call.initiated" | "call.answered" | "call.bridged" | "call.hangup" | "call.speak.ended" => {
            call(&event.event_type, payload)?
        }
        // Everything else is acknowledged and of no use to us.
        _ => return None,
    };
    if event.id.is_empty() {
        return None;
    }
    let occurred_at =
        event.occurred_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    Some(InboundEvent { vendor: TELNYX.to_owned(), event_id: event.id.clone(), occurred_at, what })
}

fn status(word: &str) -> Option<DeliveryStatus> {
    Some(match word {
        "queued" | "sending" => DeliveryStatus::Accepted,
        "sent" | "delivery_unconfirmed" => DeliveryStatus::Sent,
        "delivered" => DeliveryStatus::Delivered,
        "sending_failed" | "delivery_failed" | "expired" => DeliveryStatus::Failed,
        _ => return None,
    })
}

fn call(kind: &str, payload: &wire::Payload) -> Option<Inbound> {
    let marked = payload.client_state.as_deref().and_then(read_clinic_leg);
    let clinic_leg = marked.is_some() || payload.direction.as_deref() == Some("outgoing");
    let cause = payload.hangup_cause.as_deref().unwrap_or("").to_ascii_lowercase();
    let report = match (kind, clinic_leg) {
        ("call.initiated", false) => CallReport::Arrived,
        ("call.answered", false) => CallReport::Answered,
        ("call.answered" | "call.bridged", true) => CallReport::ClinicAnswered,
        ("call.speak.ended", false) => CallReport::NoticeSpoken,
        ("call.hangup", false) => CallReport::Ended,
        // The clinic's leg ended: unanswered, unless a person had picked up before (the call's own state knows).
        ("call.hangup", true) => CallReport::ClinicUnanswered,
        _ => return None,
    };
    // Without our mark an outgoing leg is nobody's: it names the clinic's phone.
    let (from, to) = marked.unwrap_or_else(|| (payload.from.number(), payload.to.number()));
    Some(Inbound::Call {
        session: payload.call_session_id.clone()?,
        leg: payload.call_control_id.clone().filter(|_| !clinic_leg),
        from,
        to,
        report,
        busy: clinic_leg && cause.contains("busy"),
    })
}

#[cfg(test)]
mod tests;
