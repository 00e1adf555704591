//! The sandbox carrier's webhooks: one signed JSON object, as a carrier's would be.
//!
//! `POST /webhooks/sandbox` with `x-sandbox-timestamp` (Unix seconds) and `x-sandbox-signature` (hex HMAC-SHA256 of
//! `<timestamp>.<body>` under a key of the process), and
//! `{"id": "…", "at": "…", "type": "text" | "call", "from": "+1…", "to": "+1…", "text": "…", "session": "…", "status": "arrived" | "ended"}`.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use frontdesk_domain::call::CallReport;
use frontdesk_domain::text::mend_lone_surrogates;
use frontdesk_ports::inbound::{
    Acknowledgement, CallAnswer, CallMoment, Inbound, InboundEvent, WebhookError, WebhookPort, WebhookRequest,
};

use crate::SANDBOX;

/// How old a signature may be, in seconds.
const TOLERANCE_S: i64 = 300;
const SIGNATURE: &str = "x-sandbox-signature";
const STAMP: &str = "x-sandbox-timestamp";

/// What the carrier reports.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SandboxReport {
    /// A patient's text.
    Text {
        /// The event's id.
        id: String,
        /// When, by the business clock: the carrier of a sandbox lives in its time.
        at: Timestamp,
        /// The handset.
        from: String,
        /// Our number.
        to: String,
        /// The words.
        text: String,
    },
    /// A patient's call.
    Call {
        /// The event's id.
        id: String,
        /// When, by the business clock: the carrier of a sandbox lives in its time.
        at: Timestamp,
        /// The handset.
        from: String,
        /// Our number.
        to: String,
        /// The call.
        session: String,
        /// `arrived`, `clinic_answered`, `clinic_unanswered` or `ended`.
        status: CallReport,
    },
}

/// Verifies and reads the sandbox's webhooks, and signs them for the page that plays the patient.
pub struct SandboxWebhooks {
    key: [u8; 32],
}

impl SandboxWebhooks {
    /// With the key both sides know.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    fn mac(&self, stamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(stamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac
    }

    /// The headers of a signed body.
    pub fn sign(&self, body: &[u8], now: Timestamp) -> [(&'static str, String); 2] {
        let stamp = now.as_second().to_string();
        let digest = self.mac(&stamp, body).finalize().into_bytes();
        let mut hex = String::with_capacity(digest.len() * 2);
        for byte in digest {
            let _ = write!(hex, "{byte:02x}");
        }
        [(STAMP, stamp), (SIGNATURE, hex)]
    }

    fn is_signed(&self, request: &WebhookRequest<'_>) -> bool {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(stamp), Some(signature)) = (header(STAMP), header(SIGNATURE)) else { return false };
        let is_fresh =
            stamp.parse::<i64>().is_ok_and(|at| request.now.as_second().saturating_sub(at).abs() <= TOLERANCE_S);
        let given: Option<Vec<u8>> = (0..signature.len() / 2)
            .map(|at| signature.get(at * 2..at * 2 + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        is_fresh && given.is_some_and(|given| self.mac(stamp, request.body).verify_slice(&given).is_ok())
    }
}

impl WebhookPort for SandboxWebhooks {
    fn vendor(&self) -> &'static str {
        SANDBOX
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<(Vec<InboundEvent>, Acknowledgement), WebhookError> {
        if !self.is_signed(request) {
            return Err(WebhookError::Signature);
        }
        let body = mend_lone_surrogates(request.body);
        let report: SandboxReport = serde_json::from_slice(&body).map_err(|_| WebhookError::Malformed)?;
        let (event_id, occurred_at, what, acknowledgement) = match report {
            SandboxReport::Text { id, at, from, to, text } => {
                (id, at, Inbound::plain_text(from, to, text), Acknowledgement::Empty)
            }
            SandboxReport::Call { id, at, from, to, session, status } => {
                let moment = match status {
                    CallReport::Arrived => Some(CallMoment::Arrived),
                    CallReport::ClinicUnanswered => Some(CallMoment::ClinicUnanswered),
                    _ => None,
                };
                let acknowledgement = moment.map_or(Acknowledgement::Empty, |moment| Acknowledgement::Call {
                    ours: to.clone(),
                    caller: from.clone(),
                    moment,
                });
                let what = Inbound::Call { session, leg: None, from, to, report: status, busy: false };
                (id, at, what, acknowledgement)
            }
        };
        let event = InboundEvent { vendor: SANDBOX.to_owned(), event_id, occurred_at, what };
        Ok((vec![event], acknowledgement))
    }

    /// What the caller hears, as JSON: `{"say": "…"}` or `{"ring": seconds}`.
    fn call_answer(&self, answer: &CallAnswer) -> Acknowledgement {
        let body = match answer {
            CallAnswer::Ring { seconds, .. } => serde_json::json!({ "ring": seconds }),
            CallAnswer::Notice { text, .. } => serde_json::json!({ "say": text }),
            CallAnswer::NotOurs => serde_json::json!({ "say": "This number is not in service." }),
        };
        Acknowledgement::Json(body.to_string())
    }
}
