//! Sending texts, and looking one up whose answer was lost.

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;

use frontdesk_ports::sms::{OutboundSms, SmsSender, Trace, VendorMessageId};
use frontdesk_ports::{PortError, PortErrorKind};

use super::{TWILIO, TwilioClient};

/// Messages of one handset looked through; nobody gets as many in the minutes in question.
const SEARCHED: usize = 50;

#[async_trait]
impl SmsSender for TwilioClient {
    fn vendor(&self) -> &'static str {
        TWILIO
    }

    async fn send(&self, sms: &OutboundSms) -> Result<VendorMessageId, PortError> {
        let callback = match &sms.reference {
            Some(reference) => format!("{}?m={reference}", self.config.callback_url),
            None => self.config.callback_url.clone(),
        };
        let pairs = [
            ("To", sms.to.expose().to_owned()),
            ("From", sms.from.expose().to_owned()),
            ("Body", sms.text.0.clone()),
            ("StatusCallback", callback),
        ];
        let answer = self.request("send", Method::POST, "/Messages.json", &pairs).await?;
        match answer["sid"].as_str() {
            Some(sid) if !sid.is_empty() => Ok(VendorMessageId(sid.to_owned())),
            // Accepted by status, but without an id: it may be on its way.
            _ => Err(PortError::new(TWILIO, "send", PortErrorKind::Malformed, "no sid").unknown()),
        }
    }

    async fn trace(&self, sms: &OutboundSms, since: Timestamp) -> Result<Trace, PortError> {
        // Not by our number: after a fail-over it left from another of the clinic's.
        let pairs = [("To", sms.to.expose().to_owned()), ("PageSize", SEARCHED.to_string())];
        let answer = self.request("search", Method::GET, "/Messages.json", &pairs).await?;
        let messages = answer["messages"].as_array().cloned().unwrap_or_default();
        let ours = messages.iter().find(|message| {
            message["body"].as_str() == Some(sms.text.0.as_str()) && created(message).is_none_or(|at| at >= since)
        });
        Ok(match ours.and_then(|message| message["sid"].as_str()) {
            Some(sid) => Trace::Found(VendorMessageId(sid.to_owned())),
            None => Trace::NotThere,
        })
    }
}

/// When a message was made; the vendor writes it as in e-mail.
pub(super) fn created(message: &Value) -> Option<Timestamp> {
    let text = message["date_created"].as_str()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp())
}
