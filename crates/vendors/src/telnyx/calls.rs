//! Commands to live calls.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::json;

use frontdesk_ports::PortError;
use frontdesk_ports::calls::{CallCommand, CallControl};

use super::TelnyxClient;

/// What the second leg of a transfer carries: its own events name the clinic's phone and our number, so the caller and the
/// number they called travel along.
pub(super) fn clinic_leg(caller: &str, ours: &str) -> String {
    STANDARD.encode(format!("{CLINIC_LEG}|{caller}|{ours}"))
}

/// The caller and our number of a leg that carries them.
pub(super) fn read_clinic_leg(client_state: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(client_state).ok()?).ok()?;
    let (caller, ours) = text.strip_prefix(CLINIC_LEG)?.strip_prefix('|')?.split_once('|')?;
    Some((caller.to_owned(), ours.to_owned()))
}

const CLINIC_LEG: &str = "clinic-leg";

/// `call ended` and `call not answered yet`: nothing to command any more.
const OVER: [&str; 2] = ["90018", "90034"];

/// The colons of a call id, and whatever else it may hold, encoded for a path.
fn encoded(leg: &str) -> String {
    leg.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// The vendor takes a UUID and ignores one it saw within 60 seconds.
fn command_id(key: u128) -> String {
    let hex = format!("{key:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[async_trait]
impl CallControl for TelnyxClient {
    async fn command(&self, leg: &str, command: &CallCommand, key: u128) -> Result<(), PortError> {
        let id = command_id(key);
        let (verb, body) = match command {
            CallCommand::Answer => ("answer", json!({ "command_id": id })),
            CallCommand::HangUp => ("hangup", json!({ "command_id": id })),
            CallCommand::Speak { text, language } => {
                let (language, voice) = if *language == "es" {
                    ("es-MX", "AWS.Polly.Mia-Neural")
                } else {
                    ("en-US", "AWS.Polly.Joanna-Neural")
                };
                (
                    "speak",
                    json!({ "payload": text, "payload_type": "text", "language": language, "voice": voice, "command_id": id }),
                )
            }
            CallCommand::Ring { to, seconds, caller, ours } => (
                "transfer",
                json!({
                    "to": to.expose(),
                    "timeout_secs": seconds,
                    "target_leg_client_state": clinic_leg(caller, ours.expose()),
                    "command_id": id,
                }),
            ),
        };
        match self.request(verb, Method::POST, &format!("/calls/{}/actions/{verb}", encoded(leg)), Some(body)).await {
            Err(error) if OVER.contains(&error.code.as_str()) => Ok(()),
            other => other.map(|_| ()),
        }
    }
}
