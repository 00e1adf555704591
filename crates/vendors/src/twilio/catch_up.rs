//! Texts whose webhook got lost: the vendor tries a webhook a few times within seconds and never again, so the account's own
//! list is read.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::Value;

use frontdesk_ports::PortError;
use frontdesk_ports::inbound::{CatchUp, Inbound, InboundEvent, Missed};

use super::sms::created;
use super::{TWILIO, TwilioClient};
use crate::exchange::by_stretches;

/// The vendor's largest page.
const PAGE: usize = 1_000;
/// Pages read of one stretch of time; a stretch with more is halved.
const PAGES: usize = 5;

#[async_trait]
impl CatchUp for TwilioClient {
    fn vendor(&self) -> &'static str {
        TWILIO
    }

    async fn missed_since(&self, since: Timestamp, now: Timestamp) -> Result<Missed, PortError> {
        by_stretches(since, now, |from, to, all_the_same| self.received(from, to, all_the_same)).await
    }
}

impl TwilioClient {
    /// Inbound texts of a stretch of time. `None` when there are more than the pages hold, unless `all_the_same`.
    async fn received(
        &self,
        from: Timestamp,
        to: Timestamp,
        all_the_same: bool,
    ) -> Result<Option<Vec<InboundEvent>>, PortError> {
        let iso = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut events = Vec::new();
        for page in 0..PAGES {
            let pairs = [
                ("DateSent>", iso(from)),
                ("DateSent<", iso(to + SignedDuration::from_secs(1))),
                ("PageSize", PAGE.to_string()),
                ("Page", page.to_string()),
            ];
            let answer = self.request("list", Method::GET, "/Messages.json", &pairs).await?;
            let rows = answer["messages"].as_array().cloned().unwrap_or_default();
            events.extend(rows.iter().filter_map(inbound));
            if rows.len() < PAGE {
                return Ok(Some(events));
            }
        }
        Ok(all_the_same.then_some(events))
    }
}

/// The event a lost webhook would have brought, under the same id.
fn inbound(message: &Value) -> Option<InboundEvent> {
    if message["direction"].as_str() != Some("inbound") {
        return None;
    }
    let own = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
    let what = Inbound::Text {
        from: own("from"),
        to: own("to"),
        also_to: Vec::new(),
        text: own("body"),
        media: message["num_media"].as_str().and_then(|n| n.parse().ok()).unwrap_or(0),
        references: Vec::new(),
        carrier_keyword: None,
        minor: false,
    };
    let event_id = message["sid"].as_str().filter(|sid| !sid.is_empty())?.to_owned();
    Some(InboundEvent { vendor: TWILIO.to_owned(), event_id, occurred_at: created(message)?, what })
}
