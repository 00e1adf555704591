//! Jobs of the installation that go on for ever: one of each, however many processes start.

use frontdesk_domain::limits::{CALLS_KEPT, DEAD_JOBS_KEPT, INBOX_KEPT, PRUNE_EVERY, REQUESTS_KEPT};
use frontdesk_ports::store::{JobEnd, NewInbound, NewJob, Retention};

use crate::jobs::{JobKind, JobOutcome};
use crate::{Reception, ReceptionError};

/// Makes sure that a perpetual job exists and looks now; called at start.
///
/// # Errors
/// When the store does not answer.
pub async fn keep_going(cx: &Reception, kind: JobKind) -> Result<(), ReceptionError> {
    let now = cx.now();
    let mut tx = cx.store.begin_system().await?;
    if !tx.hasten(kind.key(), now).await? {
        // Replicas that start together meet at the inbox: one of them stores the job.
        let event = NewInbound {
            vendor: "frontdesk".to_owned(),
            event_id: format!("{}-{}", kind.key(), now.as_second() / 60),
            job: NewJob {
                org: None,
                kind: kind.key(),
                version: kind.version(),
                payload: "{}".to_owned(),
                order_key: Some(kind.key().to_owned()),
                run_at: now,
                claimed_by: None,
            },
        };
        tx.accept(&[event], now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes what is older than its time in [`frontdesk_domain::limits`].
pub(crate) async fn prune(cx: &Reception) -> Result<JobOutcome, ReceptionError> {
    let now = cx.now();
    let older = Retention {
        inbox: now - INBOX_KEPT.signed(),
        calls: now - CALLS_KEPT.signed(),
        dead: now - DEAD_JOBS_KEPT.signed(),
        requests: now - REQUESTS_KEPT.signed(),
    };
    let mut tx = cx.store.begin_system().await?;
    let gone = tx.prune(&older).await?;
    tx.commit().await?;
    if gone > 0 {
        tracing::info!(rows = gone, "old rows were removed");
    }
    Ok(JobOutcome::End(JobEnd::Later { at: now + PRUNE_EVERY.signed() }))
}
