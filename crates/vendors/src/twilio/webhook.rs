//! Webhooks: the signature over the public address and the form, then our own events. Form fields tell the kinds apart.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use frontdesk_domain::call::CallReport;
use frontdesk_domain::consent::CarrierKeyword;
use frontdesk_ports::inbound::{
    Acknowledgement, CallAnswer, CallMoment, DeliveryStatus, Inbound, InboundEvent, WebhookError, WebhookPort,
    WebhookRequest,
};

use super::{CONNECTION_OVERRIDES, TWILIO, twiml};

/// Verifies and translates. Without a token every request is refused.
pub struct TwilioWebhooks {
    token: Option<SecretString>,
    /// What the vendor was given as our address: `https://us.example`, whatever stands in front of us.
    public_url: String,
}

type Form = Vec<(String, String)>;

fn field<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

impl TwilioWebhooks {
    /// With the account's primary token, if there is one.
    pub fn new(token: Option<SecretString>, public_url: &str) -> Self {
        Self { token, public_url: public_url.trim_end_matches('/').to_owned() }
    }

    fn verify(&self, request: &WebhookRequest<'_>, form: Option<&Form>) -> Result<(), WebhookError> {
        let token = self.token.as_ref().ok_or(WebhookError::NotConfigured { setting: "TWILIO_AUTH_TOKEN" })?;
        let signature = request.headers.get("x-twilio-signature").and_then(|value| value.to_str().ok());
        let signature = signature.and_then(|text| STANDARD.decode(text).ok()).ok_or(WebhookError::Signature)?;
        let mut fields = String::new();
        match form {
            Some(form) => {
                let mut pairs = form.clone();
                pairs.sort();
                pairs.dedup();
                for (key, value) in &pairs {
                    fields.push_str(key);
                    fields.push_str(value);
                }
            }
            // A JSON body is signed by its hash in the query.
            None => {
                let stated = request.query.unwrap_or_default().split('&').find_map(|p| p.strip_prefix("bodySHA256="));
                let hash = Sha256::digest(request.body).iter().fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
                if !stated.is_some_and(|stated| stated.eq_ignore_ascii_case(&hash)) {
                    return Err(WebhookError::Signature);
                }
            }
        }
        let holds = addresses(&self.public_url, request).iter().any(|address| {
            let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.expose_secret().as_bytes()) else { return false };
            mac.update(address.as_bytes());
            mac.update(fields.as_bytes());
            // In constant time.
            mac.verify_slice(&signature).is_ok()
        });
        if holds { Ok(()) } else { Err(WebhookError::Signature) }
    }
}

/// The addresses the vendor may have signed: with and without the port that goes without saying, with and without the
/// connection overrides of the fragment.
fn addresses(public_url: &str, request: &WebhookRequest<'_>) -> Vec<String> {
    let (scheme, rest) = public_url.split_once("://").unwrap_or(("https", public_url));
    let (host, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let default_port = if scheme == "http" { ":80" } else { ":443" };
    let bare = host.strip_suffix(default_port).unwrap_or(host);
    let mut hosts = vec![host.to_owned(), bare.to_owned()];
    if !bare.contains(':') {
        hosts.push(format!("{bare}{default_port}"));
    }
    let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
    hosts.dedup();
    hosts
        .iter()
        .map(|host| format!("{scheme}://{host}{prefix}{}{query}", request.path))
        .flat_map(|address| [format!("{address}{CONNECTION_OVERRIDES}"), address])
        .collect()
}

impl WebhookPort for TwilioWebhooks {
    fn vendor(&self) -> &'static str {
        TWILIO
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<(Vec<InboundEvent>, Acknowledgement), WebhookError> {
        let content_type = request.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        if content_type.starts_with("application/json") {
            self.verify(request, None)?;
            // The vendor posts no JSON that we have asked for.
            return Ok((Vec::new(), Acknowledgement::Empty));
        }
        let form: Form = form_urlencoded::parse(request.body).into_owned().collect();
        self.verify(request, Some(&form))?;
        let event = |event_id: String, what: Inbound| InboundEvent {
            vendor: TWILIO.to_owned(),
            event_id,
            occurred_at: request.now,
            what,
        };
        if let Some(call) = field(&form, "CallSid") {
            let (id, what, acknowledgement) = call_event(&form, call, request.query);
            let events = what.map(|what| event(id, what)).into_iter().collect();
            return Ok((events, acknowledgement));
        }
        let sid = field(&form, "MessageSid").filter(|sid| !sid.is_empty()).ok_or(WebhookError::Malformed)?;
        if let Some(word) = field(&form, "MessageStatus").filter(|word| *word != "received") {
            let Some(status) = delivery(word) else { return Ok((Vec::new(), Acknowledgement::Empty)) };
            let what = Inbound::Receipt {
                message: reference(request.query),
                vendor_message: sid.to_owned(),
                status,
                code: field(&form, "ErrorCode").filter(|code| !code.is_empty()).map(str::to_owned),
            };
            return Ok((vec![event(format!("{sid}:{word}"), what)], Acknowledgement::Empty));
        }
        Ok((vec![event(sid.to_owned(), text(&form))], Acknowledgement::Twiml(twiml::NOTHING.to_owned())))
    }

    fn call_answer(&self, answer: &CallAnswer) -> Acknowledgement {
        Acknowledgement::Twiml(match answer {
            CallAnswer::NotOurs => twiml::REJECT.to_owned(),
            CallAnswer::Notice { text, spanish } => twiml::notice(text, *spanish),
            CallAnswer::Ring { to, seconds, ours } => {
                let voice = format!("{}/webhooks/twilio/voice", self.public_url);
                let leg = format!("{voice}?ours={}", ours.expose().trim_start_matches('+'));
                twiml::ring(to, *seconds, &voice, &leg)
            }
        })
    }
}

/// An inbound text; also the form of a message in the account's list.
fn text(form: &Form) -> Inbound {
    let own = |name: &str| field(form, name).unwrap_or_default().to_owned();
    let count: u32 = field(form, "NumMedia").and_then(|n| n.parse().ok()).unwrap_or(0);
    Inbound::Text {
        from: own("From"),
        to: own("To"),
        also_to: Vec::new(),
        text: own("Body"),
        media: count,
        references: (0..count).filter_map(|n| field(form, &format!("MediaUrl{n}")).map(str::to_owned)).collect(),
        // Advanced Opt-Out answered by itself.
        carrier_keyword: field(form, "OptOutType").and_then(CarrierKeyword::of),
        minor: false,
    }
}

/// Our reference in the callback's query: `m=<reference>`.
fn reference(query: Option<&str>) -> Option<String> {
    query?.split('&').find_map(|pair| pair.strip_prefix("m=")).filter(|m| !m.is_empty()).map(str::to_owned)
}

fn delivery(word: &str) -> Option<DeliveryStatus> {
    Some(match word {
        "accepted" | "scheduled" | "queued" | "sending" => DeliveryStatus::Accepted,
        "sent" => DeliveryStatus::Sent,
        "delivered" | "read" => DeliveryStatus::Delivered,
        "undelivered" | "failed" | "canceled" => DeliveryStatus::Failed,
        _ => return None,
    })
}

/// What a caller who withholds their number is given as: the vendor spells a word on the keypad.
const WITHHELD: [&str; 5] = ["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"];

fn caller(form: &Form) -> String {
    let from = field(form, "From").unwrap_or_default();
    if WITHHELD.contains(&from) { "anonymous".to_owned() } else { from.to_owned() }
}

/// The event of a voice request, under what id it is stored, and how it is answered.
fn call_event(form: &Form, call: &str, query: Option<&str>) -> (String, Option<Inbound>, Acknowledgement) {
    let status = field(form, "CallStatus").unwrap_or_default();
    let nothing = || Acknowledgement::Twiml(twiml::NOTHING.to_owned());
    let to = field(form, "To").unwrap_or_default().to_owned();
    let what = |session: &str, ours: String, report, busy| Inbound::Call {
        session: session.to_owned(),
        leg: None,
        from: caller(form),
        to: ours,
        report,
        busy,
    };
    // The clinic's leg: it names its parent.
    if let Some(parent) = field(form, "ParentCallSid").filter(|sid| !sid.is_empty()) {
        let ours = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("ours="));
        let answered = matches!(status, "in-progress" | "answered");
        let event = ours
            .filter(|_| answered)
            .map(|digits| what(parent, format!("+{digits}"), CallReport::ClinicAnswered, false));
        return (format!("{parent}:leg:{status}"), event, nothing());
    }
    // What became of ringing the clinic.
    if let Some(dialled) = field(form, "DialCallStatus") {
        let answered = matches!(dialled, "completed" | "answered");
        let report = if answered { CallReport::ClinicAnswered } else { CallReport::ClinicUnanswered };
        let acknowledgement = if answered || status == "completed" || dialled == "canceled" {
            Acknowledgement::Twiml(twiml::HANG_UP.to_owned())
        } else {
            Acknowledgement::Call { ours: to.clone(), caller: caller(form), moment: CallMoment::ClinicUnanswered }
        };
        return (format!("{call}:dial"), Some(what(call, to, report, dialled == "busy")), acknowledgement);
    }
    match status {
        "ringing" | "queued" | "initiated" => (
            format!("{call}:arrived"),
            Some(what(call, to.clone(), CallReport::Arrived, false)),
            Acknowledgement::Call { ours: to, caller: caller(form), moment: CallMoment::Arrived },
        ),
        "completed" | "busy" | "no-answer" | "failed" | "canceled" => {
            (format!("{call}:ended"), Some(what(call, to, CallReport::Ended, false)), nothing())
        }
        _ => (String::new(), None, nothing()),
    }
}

#[cfg(test)]
mod tests;
