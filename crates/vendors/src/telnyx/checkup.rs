//! The account as it is set up: key, messaging profile, numbers.

use async_trait::async_trait;
use reqwest::Method;

use frontdesk_ports::PortError;
use frontdesk_ports::checkup::{Checkup, Expected, Found};

use super::{TELNYX, TelnyxClient};

#[async_trait]
impl Checkup for TelnyxClient {
    fn vendor(&self) -> &'static str {
        TELNYX
    }

    async fn look(&self, expected: &Expected<'_>) -> Result<Found, PortError> {
        let get = |path: String| async move { self.request("look", Method::GET, &path, None).await };
        let mut found = Found::default();
        let profile = self.config.messaging_profile_id.as_deref();
        if let Some(id) = profile {
            let profile = get(format!("/messaging_profiles/{id}")).await?;
            let wanted = format!("{}/webhooks/telnyx/messages", expected.public_url);
            if profile["data"]["webhook_url"].as_str() != Some(wanted.as_str()) {
                found.wrong.push(format!("the messaging profile's webhook is not {wanted}: texts go elsewhere"));
            }
            if profile["data"]["enabled"].as_bool() == Some(false) {
                found.wrong.push("the messaging profile is switched off in the portal".to_owned());
            }
        } else {
            get("/messaging_profiles?page[size]=1".to_owned()).await?;
            found
                .wrong
                .push("TELNYX_MESSAGING_PROFILE_ID is not set: the profile's webhook cannot be looked at".to_owned());
        }
        for number in expected.numbers {
            let query: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("filter[phone_number]", number.expose())
                .finish();
            let numbers = get(format!("/phone_numbers?{query}")).await?;
            let Some(known) = numbers["data"].as_array().and_then(|all| all.first()) else {
                found.unknown.push(number.clone());
                continue;
            };
            let its = known["messaging_profile_id"].as_str();
            if profile.is_some() && its.is_some() && its != profile {
                found
                    .wrong
                    .push(format!("the number ending in {} is on another messaging profile", number.last_four()));
            }
        }
        Ok(found)
    }
}
