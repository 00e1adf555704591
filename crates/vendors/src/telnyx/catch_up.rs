//! Webhook deliveries the vendor gave up on.

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::Method;

use frontdesk_ports::PortError;
use frontdesk_ports::inbound::{CatchUp, InboundEvent};

use super::{TELNYX, TelnyxClient, webhook};

/// The vendor's largest page.
const PAGE: usize = 250;
/// Pages read at most in one look: 5,000 events.
const PAGES: usize = 20;

#[async_trait]
impl CatchUp for TelnyxClient {
    fn vendor(&self) -> &'static str {
        TELNYX
    }

    async fn missed_since(&self, since: Timestamp) -> Result<Vec<InboundEvent>, PortError> {
        let mut events = Vec::new();
        for page in 1..=PAGES {
            let from = since.strftime("%Y-%m-%dT%H:%M:%SZ");
            let path = format!(
                "/webhook_deliveries?filter%5Bstatus%5D%5Beq%5D=failed&filter%5Bstarted_at%5D%5Bgte%5D={from}&page%5Bnumber%5D={page}&page%5Bsize%5D={PAGE}"
            );
            let answer = self.request("webhook_deliveries", Method::GET, &path, None).await?;
            let rows = answer["data"].as_array().cloned().unwrap_or_default();
            let count = rows.len();
            for mut row in rows {
                // The delivery's address holds our reference, the webhook itself does not.
                let reference = row["attempts"][0]["http"]["request"]["url"]
                    .as_str()
                    .and_then(|url| url.split_once('?'))
                    .map(|(_, query)| query.to_owned());
                if let Some(event) = webhook::translate(row["webhook"].take(), reference.as_deref()) {
                    events.push(event);
                }
            }
            if count < PAGE {
                break;
            }
        }
        events.sort_by_key(|event| event.occurred_at);
        Ok(events)
    }
}
