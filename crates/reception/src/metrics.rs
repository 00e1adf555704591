//! What is counted and timed, without personal data: labels hold vendors, kinds and outcomes of fixed lists, never a
//! patient, number or clinic. Names and labels are stable: dashboards and alerts (`ops/`) are written against them.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use jiff::SignedDuration;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use frontdesk_ports::PortError;
use frontdesk_ports::store::StoreError;

use crate::Reception;

/// A webhook: whose, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct WebhookLabels {
    /// The vendor.
    pub vendor: &'static str,
    /// `accepted`, `bad_signature`, `malformed`, `too_large`, `not_configured`, `unavailable`.
    pub outcome: &'static str,
}

/// A message: how, which way, what for, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct MessageLabels {
    /// The channel.
    pub channel: &'static str,
    /// `in` or `out`.
    pub direction: &'static str,
    /// The kind for the rules of sending; `text` for what patients write.
    pub kind: &'static str,
    /// Where it stands: `received`, or a state of sending.
    pub outcome: &'static str,
}

/// A failure of a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct FailureLabels {
    /// The vendor.
    pub vendor: &'static str,
    /// What was asked of it.
    pub operation: &'static str,
    /// The kind of failure.
    pub kind: &'static str,
    /// Whether it happened all the same: `no` or `unknown`.
    pub happened: &'static str,
}

/// One word of a fixed list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct WordLabels {
    /// The word.
    pub what: &'static str,
}

/// Seconds, from a millisecond to a minute.
const SECONDS: [f64; 15] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

/// Everything that is counted, of this process since its start.
pub struct Metrics {
    registry: Registry,
    /// Webhooks by vendor and outcome.
    pub webhooks: Family<WebhookLabels, Counter>,
    /// From a webhook's arrival to its durable storage.
    pub accept: Histogram,
    /// One turn, questions to the calendar and the commit included.
    pub turn: Histogram,
    /// From the patient's text to the carrier's yes to the answer, settle time included.
    pub reply: Histogram,
    /// Messages.
    pub messages: Family<MessageLabels, Counter>,
    /// Failures of vendors.
    pub failures: Family<FailureLabels, Counter>,
    /// Opt-outs and opt-ins by where they came from.
    pub consent: Family<WordLabels, Counter>,
    /// What the guards saw in what patients wrote.
    pub guards: Family<WordLabels, Counter>,
    /// Events for a number no clinic has.
    pub unknown_number: Counter,
    /// Events from an address that cannot be answered.
    pub unanswerable: Counter,
    /// Events that were known already.
    pub duplicates: Counter,
    /// Replies sent once more because the carrier could not tell.
    pub resent_unclear: Counter,
    /// Messages the rules dropped.
    pub dropped: Counter,
    /// Messages that will not arrive.
    pub failed: Counter,
    /// Texts that left by another carrier than their number's.
    pub failed_over: Counter,
    /// Turns.
    pub turns: Counter,
    jobs: Family<WordLabels, Gauge>,
    job_lag: Gauge<f64, AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("frontdesk"),
            webhooks: Family::default(),
            accept: seconds(),
            turn: seconds(),
            reply: seconds(),
            messages: Family::default(),
            failures: Family::default(),
            consent: Family::default(),
            guards: Family::default(),
            unknown_number: Counter::default(),
            unanswerable: Counter::default(),
            duplicates: Counter::default(),
            resent_unclear: Counter::default(),
            dropped: Counter::default(),
            failed: Counter::default(),
            failed_over: Counter::default(),
            turns: Counter::default(),
            jobs: Family::default(),
            job_lag: Gauge::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let r = &mut self.registry;
        r.register("webhooks", "Webhooks by vendor and outcome", self.webhooks.clone());
        r.register("accept_seconds", "From a webhook's arrival to its durable storage", self.accept.clone());
        r.register("turn_seconds", "One turn, questions to the calendar included", self.turn.clone());
        r.register("reply_seconds", "From the patient's text to the carrier's yes to the answer", self.reply.clone());
        r.register("messages", "Messages by channel, direction, kind and outcome", self.messages.clone());
        r.register("vendor_failures", "Failures of vendors", self.failures.clone());
        r.register("consent_changes", "Opt-outs and opt-ins", self.consent.clone());
        r.register("guards", "What the guards saw in what patients wrote", self.guards.clone());
        r.register("unknown_number", "Events for a number no clinic has", self.unknown_number.clone());
        r.register("unanswerable", "Events from an address that cannot be answered", self.unanswerable.clone());
        r.register("duplicate_events", "Events that were known already", self.duplicates.clone());
        r.register(
            "resent_unclear",
            "Replies sent once more because the carrier could not tell",
            self.resent_unclear.clone(),
        );
        r.register("messages_dropped", "Messages the rules dropped", self.dropped.clone());
        r.register("messages_failed", "Messages that will not arrive", self.failed.clone());
        r.register("failed_over", "Texts that left by another carrier than their number's", self.failed_over.clone());
        r.register("turns", "Turns", self.turns.clone());
        r.register("jobs", "Jobs by state, of the whole installation", self.jobs.clone());
        r.register("job_lag_seconds", "How long the oldest due job has waited", self.job_lag.clone());
        self
    }

    /// A vendor failed.
    pub(crate) fn failure(&self, error: &PortError) {
        let happened = match error.happened {
            frontdesk_ports::Happened::No => "no",
            frontdesk_ports::Happened::Unknown => "unknown",
        };
        let labels =
            FailureLabels { vendor: error.vendor, operation: error.operation, kind: error.kind.key(), happened };
        self.failures.get_or_create(&labels).inc();
    }

    pub(crate) fn guarded(&self, what: &'static str) {
        self.guards.get_or_create(&WordLabels { what }).inc();
    }

    pub(crate) fn consent_changed(&self, what: &'static str) {
        self.consent.get_or_create(&WordLabels { what }).inc();
    }

    pub(crate) fn message(
        &self,
        channel: &'static str,
        direction: &'static str,
        kind: &'static str,
        outcome: &'static str,
    ) {
        self.messages.get_or_create(&MessageLabels { channel, direction, kind, outcome }).inc();
    }
}

/// A span for a histogram; one that runs backwards is none.
pub fn span(of: SignedDuration) -> f64 {
    Duration::try_from(of).unwrap_or_default().as_secs_f64()
}

/// Everything in the text format of `OpenMetrics`; what the database knows of the jobs is asked now.
///
/// # Errors
/// When the store does not answer.
pub async fn text(cx: &Reception) -> Result<String, StoreError> {
    let mut tx = cx.store.begin_system().await?;
    let counts = tx.job_counts().await?;
    let due = tx.next_due().await?;
    drop(tx);
    for (what, count) in [("ready", counts.ready), ("running", counts.running), ("dead", counts.dead)] {
        cx.metrics.jobs.get_or_create(&WordLabels { what }).set(i64::try_from(count).unwrap_or(i64::MAX));
    }
    cx.metrics.job_lag.set(due.map_or(0.0, |due| span(cx.now().duration_since(due))));
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = encode(&mut out, &cx.metrics.registry);
    Ok(out)
}
