//! The account as it is set up: key, numbers, their webhooks and how often a lost one is tried again.

use async_trait::async_trait;
use reqwest::Method;
use serde_json::Value;

use frontdesk_ports::PortError;
use frontdesk_ports::checkup::{Checkup, Expected, Found};

use super::{TWILIO, TwilioClient};

/// What a webhook's address must end in: without it a text whose delivery failed is tried once.
const RETRY: &str = "#rc=3&rp=all&rt=4000";

impl TwilioClient {
    async fn numbers(&self, query: &[(&str, String)]) -> Result<Value, PortError> {
        self.request("look", Method::GET, "/IncomingPhoneNumbers.json", query).await
    }
}

#[async_trait]
impl Checkup for TwilioClient {
    fn vendor(&self) -> &'static str {
        TWILIO
    }

    async fn look(&self, expected: &Expected<'_>) -> Result<Found, PortError> {
        let mut found = Found::default();
        for number in expected.numbers {
            let list = self.numbers(&[("PhoneNumber", number.expose().to_owned())]).await?;
            let known = list["incoming_phone_numbers"].as_array().and_then(|all| all.first());
            let Some(known) = known else {
                found.unknown.push(number.clone());
                continue;
            };
            for (field, path, what) in [("sms_url", "sms", "texts"), ("voice_url", "voice", "calls")] {
                let wanted = format!("{}/webhooks/twilio/{path}", expected.public_url);
                let set = known[field].as_str().unwrap_or_default();
                let (address, options) = set.split_once('#').map_or((set, None), |(a, o)| (a, Some(o)));
                if address != wanted {
                    found.wrong.push(format!(
                        "{what} of the number ending in {} do not reach us: set {wanted}{RETRY}",
                        number.last_four()
                    ));
                } else if options != RETRY.strip_prefix('#') {
                    found.wrong.push(format!(
                        "lost {what} of the number ending in {} are not tried again often enough: set {wanted}{RETRY}",
                        number.last_four()
                    ));
                }
            }
        }
        if expected.numbers.is_empty() {
            self.numbers(&[("PageSize", "1".to_owned())]).await?;
        }
        Ok(found)
    }
}
