//! Inbox and jobs.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::ids::OrgId;

use super::StoreError;

/// A job to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Whose; `None` for the installation's own.
    pub org: Option<OrgId>,
    /// What, from the list of kinds.
    pub kind: &'static str,
    /// Version of the payload.
    pub version: u32,
    /// JSON; stored encrypted.
    pub payload: String,
    /// Jobs with the same key run one at a time, in the order they were stored.
    pub order_key: Option<String>,
    /// Not before (business clock).
    pub run_at: Timestamp,
    /// Stored as already claimed by this worker, which runs it right after the commit.
    pub claimed_by: Option<Claim>,
}

/// Who holds a job and until when (real clock).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The process.
    pub worker: u128,
    /// When the lease ends.
    pub until: Timestamp,
}

/// A job under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Its row.
    pub id: i64,
    /// Whose.
    pub org: Option<OrgId>,
    /// What.
    pub kind: String,
    /// Version of the payload.
    pub version: u32,
    /// JSON.
    pub payload: String,
    /// Which attempt this is, from 1. With the worker it fences the end of the job.
    pub attempt: u32,
    /// The order key.
    pub order_key: Option<String>,
    /// When it was due.
    pub run_at: Timestamp,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// Done: the row goes.
    Done,
    /// Once more, not before.
    Retry {
        /// Business clock.
        at: Timestamp,
        /// What failed, without content.
        error: String,
    },
    /// Later by its own wish; the attempt does not count.
    Later {
        /// Business clock.
        at: Timestamp,
    },
    /// Given up: a dead letter that a person sees.
    Dead {
        /// What failed, without content.
        error: String,
    },
}

/// Jobs inside an organisation's transaction.
#[async_trait]
pub trait JobRows {
    /// Stores a job. It is not stored as claimed when an earlier one of its order key waits.
    async fn enqueue(&mut self, job: NewJob) -> Result<Enqueued, StoreError>;
    /// Ends a job in the same transaction as its effect. Fenced by worker and attempt.
    async fn end_job(&mut self, id: i64, worker: u128, attempt: u32, end: JobEnd) -> Result<(), StoreError>;
}

/// An event for the inbox, with the job that handles it.
#[derive(Debug, Clone)]
pub struct NewInbound {
    /// The vendor.
    pub vendor: String,
    /// The vendor's event id.
    pub event_id: String,
    /// The job.
    pub job: NewJob,
}

/// The inbox: each event once.
#[async_trait]
pub trait InboxRows {
    /// Stores events with their jobs; an event that is known already brings no second job. `true` for each that was new.
    async fn accept(&mut self, events: &[NewInbound], at: Timestamp) -> Result<Vec<bool>, StoreError>;
}

/// Claiming jobs.
#[async_trait]
pub trait ClaimRows {
    /// Due jobs, earliest first, marked as held. Only kinds in `kinds`; of one order key at most one, the oldest.
    async fn claim(
        &mut self,
        claim: Claim,
        kinds: &[&str],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ClaimedJob>, StoreError>;
    /// Makes the jobs of ended leases free again; all running ones when `all` (only when no other process can exist).
    async fn free_expired(&mut self, real_now: Timestamp, all: bool) -> Result<u64, StoreError>;
    /// Extends leases.
    async fn extend(&mut self, ids: &[i64], claim: Claim) -> Result<(), StoreError>;
    /// Ends a job outside its effect.
    async fn finish(&mut self, id: i64, worker: u128, attempt: u32, end: JobEnd) -> Result<(), StoreError>;
    /// The earliest due time of a job that waits for nothing but its time.
    async fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError>;
    /// The earliest due time after an instant, whatever the job waits for besides.
    async fn due_after(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;
    /// Jobs that wait, the earliest first, at most `limit`.
    async fn waiting(&mut self, limit: u32) -> Result<Vec<ClaimedJob>, StoreError>;
    /// Removes everything but organisations, clinics, their settings and numbers. For a sandbox that begins anew.
    async fn wipe(&mut self) -> Result<(), StoreError>;
    /// How many jobs wait, run and are dead.
    async fn job_counts(&mut self) -> Result<JobCounts, StoreError>;
    /// Brings the waiting job of a kind forward to an instant. `false` when there is none, waiting or running.
    async fn hasten(&mut self, kind: &str, at: Timestamp) -> Result<bool, StoreError>;
    /// Removes inbox events, calls and dead letters older than the given instants. How many rows went.
    async fn prune(&mut self, older: &Retention) -> Result<u64, StoreError>;
    /// A note of the installation's own, such as how far a catch-up came.
    async fn note(&mut self, key: &str) -> Result<Option<String>, StoreError>;
    /// Writes one.
    async fn set_note(&mut self, key: &str, value: &str) -> Result<(), StoreError>;
}

/// Up to when rows that only guard against repetition, or that nobody needs any more, are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Inbox events: no vendor delivers one again after this.
    pub inbox: Timestamp,
    /// Calls.
    pub calls: Timestamp,
    /// Dead letters.
    pub dead: Timestamp,
    /// Requests that named a key.
    pub requests: Timestamp,
}

/// How many jobs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Waiting.
    pub ready: u64,
    /// Held by a worker.
    pub running: u64,
    /// Given up.
    pub dead: u64,
}

/// A stored job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// Its row.
    pub id: i64,
    /// The worker that stored it holds it and runs it after the commit.
    pub claimed: bool,
}
