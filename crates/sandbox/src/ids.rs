//! Ids that repeat from run to run.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use frontdesk_domain::ids::raw_id;
use frontdesk_ports::Ids;

/// Counts; the same calls give the same ids.
pub struct SeededIds(AtomicU64);

impl SeededIds {
    /// Beginning at a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Ids for SeededIds {
    fn raw(&self, at: Timestamp) -> u128 {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        raw_id(u64::try_from(at.as_millisecond()).unwrap_or(0), u128::from(count))
    }
}
