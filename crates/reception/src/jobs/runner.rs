//! Claiming and running jobs: as a service until it is told to stop, or step by step up to an instant.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use frontdesk_domain::limits::{
    BACKOFF_FIRST, BACKOFF_MAX, CLAIM_BATCH, GRACEFUL_STOP, JOB_ATTEMPTS_MAX, JOB_LEASE, POLL,
};
use frontdesk_ports::MovableClock;
use frontdesk_ports::store::{ClaimedJob, JobEnd, StoreError};

use super::{Follower, JobKind, JobOutcome, given_up, run};
use crate::outbound::Ready;
use crate::{Reception, ReceptionError};

/// Runs jobs.
#[derive(Clone)]
pub struct Runner {
    cx: Arc<Reception>,
    kinds: Vec<&'static str>,
    held: Arc<Mutex<HashSet<i64>>>,
    /// Who holds it may claim: moving the clock keeps it while it steps through what is due.
    claiming: Arc<tokio::sync::Mutex<()>>,
}

impl Runner {
    /// For all kinds this program knows.
    pub fn new(cx: Arc<Reception>) -> Self {
        Self {
            cx,
            kinds: JobKind::ALL.iter().map(|k| k.key()).collect(),
            held: Arc::default(),
            claiming: Arc::default(),
        }
    }

    /// Works until `stop`, with at most `workers` jobs at once; then waits for those under way.
    pub async fn serve(&self, workers: usize, stop: CancellationToken) {
        let permits = Arc::new(Semaphore::new(workers.max(1)));
        let tasks = TaskTracker::new();
        let keeper = tokio::spawn(self.clone().keep_leases(stop.clone()));
        while !stop.is_cancelled() {
            let free = permits.available_permits().min(CLAIM_BATCH);
            let claimed = if free == 0 {
                Ok((Vec::new(), POLL.duration()))
            } else {
                let _turn = self.claiming.lock().await;
                let claimed = self.claim_or_wait(free).await;
                if let Ok((jobs, _)) = &claimed {
                    self.held.lock().unwrap_or_else(PoisonError::into_inner).extend(jobs.iter().map(|job| job.id));
                }
                claimed
            };
            match claimed {
                Ok((jobs, _)) if !jobs.is_empty() => {
                    for job in jobs {
                        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { break };
                        let runner = self.clone();
                        tasks.spawn(async move {
                            runner.run_chain(job).await;
                            drop(permit);
                        });
                    }
                    // A full batch means that more is waiting; otherwise let those under way begin.
                    tokio::task::yield_now().await;
                }
                Ok((_, wait)) => {
                    tokio::select! {
                        () = self.cx.store.wait_for_jobs(wait) => {}
                        () = stop.cancelled() => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(error.kind = %error, "jobs cannot be claimed");
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                        () = stop.cancelled() => {}
                    }
                }
            }
        }
        tasks.close();
        if tokio::time::timeout(GRACEFUL_STOP.duration(), tasks.wait()).await.is_err() {
            tracing::warn!(jobs = tasks.len(), "jobs were still under way at the end of the graceful stop");
        }
        keeper.abort();
    }

    async fn claim(&self, limit: usize) -> Result<Vec<ClaimedJob>, StoreError> {
        Ok(self.claim_or_wait(limit).await?.0)
    }

    /// Due jobs; where there are none, how long until the next one is due, at most [`POLL`]: another process may add one
    /// that is due earlier.
    async fn claim_or_wait(&self, limit: usize) -> Result<(Vec<ClaimedJob>, Duration), StoreError> {
        let now = self.cx.now();
        let mut tx = self.cx.store.begin_system().await?;
        let jobs = tx.claim(self.cx.claim(), &self.kinds, now, limit).await?;
        if !jobs.is_empty() {
            tx.commit().await?;
            return Ok((jobs, Duration::ZERO));
        }
        let wait = tx.due_after(now).await?.and_then(|due| Duration::try_from(due.duration_since(now)).ok());
        Ok((jobs, wait.unwrap_or(POLL.duration()).min(POLL.duration())))
    }

    /// Extends the leases of what is under way, and frees the jobs of processes that died.
    async fn keep_leases(self, stop: CancellationToken) {
        let every = JOB_LEASE.duration() / 3;
        while !stop.is_cancelled() {
            let ids: Vec<i64> = self.held.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
            let kept = async {
                let mut tx = self.cx.store.begin_system().await?;
                tx.extend(&ids, self.cx.claim()).await?;
                let freed = tx.free_expired(self.cx.clock.real_now(), false).await?;
                tx.commit().await?;
                Ok::<u64, StoreError>(freed)
            };
            match kept.await {
                Ok(0) => {}
                Ok(freed) => tracing::info!(jobs = freed, "jobs of an ended lease are free again"),
                Err(error) => tracing::warn!(error.kind = %error, "leases could not be extended"),
            }
            tokio::time::sleep(every).await;
        }
    }

    async fn run_chain(&self, job: ClaimedJob) {
        let mut next = vec![Follower::from(job)];
        while let Some(Follower { job, ready }) = next.pop() {
            self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(job.id);
            let followers = self.run_one(&job, ready).await;
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.remove(&job.id);
            held.extend(followers.iter().map(|f| f.job.id));
            drop(held);
            next.extend(followers.into_iter().rev());
        }
    }

    #[tracing::instrument(
        name = "job",
        skip_all,
        fields(job.id = job.id, job.kind = job.kind, attempt = job.attempt, org.id = job.org.map(tracing::field::display), otel.kind = "consumer")
    )]
    async fn run_one(&self, job: &ClaimedJob, ready: Option<Box<Ready>>) -> Vec<Follower> {
        // A panic is a bug in one job: it must neither keep the lease for ever nor take others along.
        // On the heap: every kind of work together is too much for a stack it may share with others.
        let ran = AssertUnwindSafe(Box::pin(run(&self.cx, job, ready))).catch_unwind().await;
        let end = match ran.unwrap_or(Err(ReceptionError::Panicked)) {
            Ok(JobOutcome::Ended(followers)) => return followers,
            Ok(JobOutcome::End(end)) => end,
            Err(ReceptionError::Store(StoreError::LeaseLost)) => {
                tracing::info!(job.id = job.id, job.kind = job.kind, "the lease was lost, another process has the job");
                return Vec::new();
            }
            // A newer process of the installation knows how.
            Err(ReceptionError::Store(StoreError::NewerProgram)) => {
                JobEnd::Later { at: self.cx.now() + jiff::SignedDuration::from_secs(30) }
            }
            Err(error) => self.failed(job, &error),
        };
        if matches!(end, JobEnd::Dead { .. }) {
            if let Err(error) = given_up(&self.cx, job).await {
                tracing::error!(job.id = job.id, error.kind = %error, "nobody could be told of a job that was given up");
            }
        }
        if let Err(error) = self.finish(job, end).await {
            // The lease ends by itself and the job runs again.
            tracing::warn!(job.id = job.id, job.kind = job.kind, error.kind = %error, "a job could not be ended");
        }
        Vec::new()
    }

    fn failed(&self, job: &ClaimedJob, error: &ReceptionError) -> JobEnd {
        let passing = match error {
            ReceptionError::Store(StoreError::Corrupt(_))
            | ReceptionError::Payload
            | ReceptionError::NoClinic
            | ReceptionError::Panicked => false,
            ReceptionError::Store(_) => true,
            ReceptionError::Port(error) => error.is_passing(),
        };
        let perpetual = JobKind::from_key(&job.kind).is_some_and(JobKind::is_perpetual);
        if !perpetual && (!passing || job.attempt >= JOB_ATTEMPTS_MAX) {
            tracing::error!(job.id = job.id, job.kind = job.kind, attempt = job.attempt, error.kind = %error, "a job was given up");
            return JobEnd::Dead { error: error.to_string() };
        }
        let at = self.cx.now() + back_off(job.attempt);
        tracing::warn!(job.id = job.id, job.kind = job.kind, attempt = job.attempt, error.kind = %error, "a job failed and is tried again");
        JobEnd::Retry { at, error: error.to_string() }
    }

    async fn finish(&self, job: &ClaimedJob, end: JobEnd) -> Result<(), StoreError> {
        let mut tx = self.cx.store.begin_system().await?;
        tx.finish(job.id, self.cx.worker, job.attempt, end).await?;
        tx.commit().await
    }

    /// Nothing is claimed while this is held, and nothing is under way.
    async fn quiet(&self) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = Arc::clone(&self.claiming).lock_owned().await;
        while !self.held.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        turn
    }

    /// Does something while no job is under way and none is claimed.
    pub async fn pausing<T>(&self, what: impl Future<Output = T>) -> T {
        let _turn = self.quiet().await;
        what.await
    }

    /// Runs everything due up to an instant, one by one in order, moving the clock from job to job; ends with the clock
    /// at that instant. Returns how many jobs ran.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn drain_until(&self, to: Timestamp, clock: &dyn MovableClock) -> Result<usize, StoreError> {
        let _turn = self.quiet().await;
        let mut ran = 0;
        loop {
            let mut tx = self.cx.store.begin_system().await?;
            let due = tx.next_due().await?.filter(|due| *due <= to);
            drop(tx);
            let Some(due) = due else { break };
            if due > clock.now() {
                clock.set(due);
            }
            let jobs = self.claim(1).await?;
            if jobs.is_empty() {
                break;
            }
            for job in jobs {
                self.run_chain(job).await;
                ran += 1;
            }
        }
        if to > clock.now() {
            clock.set(to);
        }
        Ok(ran)
    }
}

/// The wait before the next attempt: doubling, bounded.
pub(crate) fn back_off(attempt: u32) -> jiff::SignedDuration {
    let first = BACKOFF_FIRST.as_millis();
    let wait = first.saturating_mul(1_u64 << attempt.saturating_sub(1).min(20)).min(BACKOFF_MAX.as_millis());
    jiff::SignedDuration::from_millis(i64::try_from(wait).unwrap_or(i64::MAX))
}
