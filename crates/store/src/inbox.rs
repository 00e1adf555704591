//! The inbox: each vendor event once, with its job, in one transaction.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_ports::store::{InboxRows, NewInbound, StoreError};

use crate::rows::{execute, micros};
use crate::unit_of_work::SqlTx;

#[async_trait]
impl InboxRows for SqlTx {
    async fn accept(&mut self, events: &[NewInbound], at: Timestamp) -> Result<Vec<bool>, StoreError> {
        let mut fresh = Vec::with_capacity(events.len());
        for event in events {
            let sql = "INSERT INTO inbox_event (vendor, event_id, accepted_at) VALUES ($1, $2, $3) ON CONFLICT (vendor, event_id) DO NOTHING";
            let values = vec![event.vendor.clone().into(), event.event_id.clone().into(), micros(at).into()];
            let is_new = execute(&self.inner, sql, values).await? == 1;
            if is_new {
                self.insert_job(event.job.clone(), at).await?;
            }
            fresh.push(is_new);
        }
        Ok(fresh)
    }
}
