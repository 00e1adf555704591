//! Webhook deliveries the vendor gave up on.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;

use frontdesk_ports::PortError;
use frontdesk_ports::inbound::{CatchUp, InboundEvent, Missed};

use super::{TELNYX, TelnyxClient, webhook};
use crate::exchange::by_stretches;

/// The vendor's largest page.
const PAGE: usize = 250;
/// Pages read of one stretch of time; a stretch with more is halved.
const PAGES: usize = 20;

#[async_trait]
impl CatchUp for TelnyxClient {
    fn vendor(&self) -> &'static str {
        TELNYX
    }

    async fn missed_since(&self, since: Timestamp, now: Timestamp) -> Result<Missed, PortError> {
        by_stretches(since, now, |from, to, all_the_same| self.given_up(from, to, all_the_same)).await
    }
}

impl TelnyxClient {
    /// Deliveries given up between two instants. `None` when there are more than the pages hold, unless `all_the_same`.
    async fn given_up(
        &self,
        from: Timestamp,
        to: Timestamp,
        all_the_same: bool,
    ) -> Result<Option<Vec<InboundEvent>>, PortError> {
        let mut events = Vec::new();
        let iso = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        // Both ends are part of the answer and in whole seconds; what is known already is recognised by the inbox.
        let (from, to) = (iso(from), iso(to + SignedDuration::from_secs(1)));
        for page in 1..=PAGES {
            let path = format!(
                "/webhook_deliveries?filter%5Bstatus%5D%5Beq%5D=failed&filter%5Bfinished_at%5D%5Bgte%5D={from}&filter%5Bfinished_at%5D%5Blte%5D={to}&page%5Bnumber%5D={page}&page%5Bsize%5D={PAGE}"
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
                return Ok(Some(events));
            }
        }
        Ok(all_the_same.then_some(events))
    }
}
