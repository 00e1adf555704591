//! After a start or an outage: what carriers gave up on is fetched and fed to the same inbox.

use frontdesk_domain::limits::CATCH_UP_MAX;
use frontdesk_ports::store::JobEnd;

use crate::jobs::{JobKind, JobOutcome};
use crate::{Reception, ReceptionError, housekeeping, inbound};

/// How often it looks while nothing is wrong.
const EVERY: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
/// Looked at twice, because a carrier's own clock and ours differ and a delivery may just be under way.
const OVERLAP: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// Makes sure that the job exists and looks at once; called at start.
///
/// # Errors
/// When the store does not answer.
pub async fn schedule(cx: &Reception) -> Result<(), ReceptionError> {
    if cx.catch_up.is_empty() { Ok(()) } else { housekeeping::keep_going(cx, JobKind::CatchUp).await }
}

/// Looks at every vendor since the last look.
pub(crate) async fn run(cx: &Reception) -> Result<JobOutcome, ReceptionError> {
    let now = cx.now();
    let mut is_behind = false;
    for vendor in &cx.catch_up {
        let key = format!("catch_up/{}", vendor.vendor());
        let mut tx = cx.store.begin_system().await?;
        let last = tx.note(&key).await?.and_then(|at| at.parse::<jiff::Timestamp>().ok());
        drop(tx);
        let earliest = now - CATCH_UP_MAX.signed();
        // The first look of an installation has nothing to catch up with.
        let Some(since) = last.map_or(Some(now - OVERLAP), |at| Some(at - OVERLAP)).map(|at| at.max(earliest)) else {
            continue;
        };
        match vendor.missed_since(since, now).await {
            Ok(missed) => {
                let events = missed.events;
                if !events.is_empty() {
                    tracing::info!(
                        vendor = vendor.vendor(),
                        events = events.len(),
                        "events the vendor could not deliver were fetched"
                    );
                    inbound::store(cx, events).await?;
                }
                // What did not fit into one look is fetched by the next, which begins where this one ended.
                let seen = missed.until.unwrap_or(now);
                is_behind |= missed.until.is_some();
                let mut tx = cx.store.begin_system().await?;
                tx.set_note(&key, &seen.to_string()).await?;
                tx.commit().await?;
            }
            Err(error) => {
                cx.metrics.failure(&error);
                tracing::warn!(
                    vendor = vendor.vendor(),
                    kind = error.kind.key(),
                    code = error.code,
                    "missed events could not be fetched"
                );
            }
        }
    }
    Ok(JobOutcome::End(JobEnd::Later { at: if is_behind { now } else { now + EVERY } }))
}
