//! The inbox: each vendor event once, with its job, in one transaction and two statements however many they are.

use std::collections::HashSet;

use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::Value;

use frontdesk_ports::store::{InboxRows, NewInbound, StoreError};

use crate::rows::{all, get, micros};
use crate::unit_of_work::SqlTx;

#[async_trait]
impl InboxRows for SqlTx {
    async fn accept(&mut self, events: &[NewInbound], at: Timestamp) -> Result<Vec<bool>, StoreError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<String> = (0..events.len()).map(|n| format!("(${}, ${}, $1)", 2 * n + 2, 2 * n + 3)).collect();
        let sql = format!(
            "INSERT INTO inbox_event (vendor, event_id, accepted_at) VALUES {} ON CONFLICT (vendor, event_id) DO NOTHING RETURNING vendor, event_id",
            rows.join(", ")
        );
        let mut values: Vec<Value> = vec![micros(at).into()];
        values.extend(events.iter().flat_map(|e| [e.vendor.clone().into(), e.event_id.clone().into()]));
        let mut stored: HashSet<(String, String)> = HashSet::new();
        for row in all(&self.inner, &sql, values).await? {
            stored.insert((get(&row, "vendor")?, get(&row, "event_id")?));
        }
        // The same event twice in one batch is new once.
        let fresh: Vec<bool> = events.iter().map(|e| stored.remove(&(e.vendor.clone(), e.event_id.clone()))).collect();
        let jobs = events.iter().zip(&fresh).filter(|(_, is_new)| **is_new).map(|(event, _)| &event.job);
        self.insert_ready_jobs(jobs, at).await?;
        Ok(fresh)
    }
}
