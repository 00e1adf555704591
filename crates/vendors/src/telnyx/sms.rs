//! Sending texts.

use async_trait::async_trait;
use reqwest::Method;
use serde_json::json;

use frontdesk_ports::sms::{OutboundSms, SmsSender, VendorMessageId};
use frontdesk_ports::{PortError, PortErrorKind};

use super::{TELNYX, TelnyxClient};

#[async_trait]
impl SmsSender for TelnyxClient {
    fn vendor(&self) -> &'static str {
        TELNYX
    }

    async fn send(&self, sms: &OutboundSms) -> Result<VendorMessageId, PortError> {
        let callback = match &sms.reference {
            Some(reference) => format!("{}?m={reference}", self.config.callback_url),
            None => self.config.callback_url.clone(),
        };
        let mut body = json!({
            "from": sms.from.expose(),
            "to": sms.to.expose(),
            "text": sms.text.0,
            "type": "SMS",
            "webhook_url": callback,
            // The receipt must come to the address that carries our reference, not to the profile's as well.
            "use_profile_webhooks": false,
        });
        if let Some(profile) = &self.config.messaging_profile_id {
            body["messaging_profile_id"] = json!(profile);
        }
        let answer = self.request("send", Method::POST, "/messages", Some(body)).await?;
        match answer["data"]["id"].as_str() {
            Some(id) if !id.is_empty() => Ok(VendorMessageId(id.to_owned())),
            // Accepted by status, but without an id: it may be on its way.
            _ => Err(PortError::new(TELNYX, "send", PortErrorKind::Malformed, "no id").unknown()),
        }
    }
}
