//! Accepting what vendors report: masked, stored once, with its job; many events share a transaction under load.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};

use frontdesk_domain::limits::{ACCEPT_BATCH, ACCEPT_TIMEOUT, INBOUND_TEXT_MAX_CHARS};
use frontdesk_domain::text::clean_inbound;
use frontdesk_engine::understand::mask_for_store;
use frontdesk_ports::inbound::{ChatEvent, Inbound, InboundEvent};
use frontdesk_ports::store::{NewInbound, NewJob, StoreError};

use crate::jobs::JobKind;
use crate::{Reception, ReceptionError};

/// Events that wait to be stored; beyond it callers wait, which is what slows a carrier down.
const QUEUE: usize = 1024;

struct Waiting {
    events: Vec<InboundEvent>,
    done: oneshot::Sender<Result<(), StoreError>>,
}

/// The door for events. Clones share one writer.
#[derive(Clone)]
pub struct Acceptor {
    cx: Arc<Reception>,
    queue: mpsc::Sender<Waiting>,
}

impl Acceptor {
    /// Starts the writer; it ends when every clone is gone.
    pub fn start(cx: Arc<Reception>) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let writer = tokio::spawn(write(Arc::clone(&cx), waiting));
        (Self { cx, queue }, writer)
    }

    /// Returns when the events are durable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when they are not: the vendor must send them again.
    pub async fn accept(&self, events: Vec<InboundEvent>) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let gone = || StoreError::Unavailable("the writer has stopped".into());
        // Here and not in the writer: what one text costs, or breaks, is its own sender's.
        let events = events.into_iter().map(|event| masked(event, &self.cx)).collect();
        let (done, answer) = oneshot::channel();
        let stored = async {
            self.queue.send(Waiting { events, done }).await.map_err(|_| gone())?;
            answer.await.map_err(|_| gone())?
        };
        // A database that does not answer: the carrier hears so in time to deliver again, and what was stored after all is
        // recognised then.
        tokio::time::timeout(ACCEPT_TIMEOUT.duration(), stored)
            .await
            .map_err(|_| StoreError::Unavailable("the database did not answer in time".into()))?
    }
}

async fn write(cx: Arc<Reception>, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some(first) = waiting.recv().await {
        let mut batch = vec![first];
        while batch.len() < ACCEPT_BATCH {
            match waiting.try_recv() {
                Ok(next) => batch.push(next),
                Err(_) => break,
            }
        }
        let events: Vec<InboundEvent> = batch.iter().flat_map(|w| w.events.iter().cloned()).collect();
        match store_masked(&cx, events).await {
            Ok(()) => batch.into_iter().for_each(|w| drop(w.done.send(Ok(())))),
            Err(ReceptionError::Store(error)) => {
                tracing::warn!(error.kind = %error, events = batch.len(), "events could not be stored");
                for one in batch {
                    drop(one.done.send(Err(StoreError::Unavailable("the events were not stored".into()))));
                }
            }
            Err(_) => batch.into_iter().for_each(|w| drop(w.done.send(Err(StoreError::Corrupt("an event"))))),
        }
    }
}

/// Masks and stores events with their jobs in one transaction.
///
/// # Errors
/// When nothing was stored.
pub async fn store(cx: &Reception, events: Vec<InboundEvent>) -> Result<(), ReceptionError> {
    let events = events.into_iter().map(|event| masked(event, cx)).collect();
    store_masked(cx, events).await
}

async fn store_masked(cx: &Reception, events: Vec<InboundEvent>) -> Result<(), ReceptionError> {
    let now = cx.now();
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let payload = serde_json::to_string(&event).map_err(|_| ReceptionError::Payload)?;
        rows.push(NewInbound {
            vendor: event.vendor.clone(),
            event_id: event.event_id.clone(),
            job: NewJob {
                org: None,
                kind: JobKind::Inbound.key(),
                version: JobKind::Inbound.version(),
                payload,
                order_key: order_key(&event.what),
                run_at: now,
                claimed_by: None,
            },
        });
    }
    let mut tx = cx.store.begin_system().await?;
    let fresh = tx.accept(&rows, now).await?;
    tx.commit().await?;
    for _ in fresh.iter().filter(|is_new| !**is_new) {
        cx.metrics.duplicates.inc();
    }
    Ok(())
}

/// Cleans and masks before the first write.
fn masked(mut event: InboundEvent, cx: &Reception) -> InboundEvent {
    if let Inbound::Text { text, minor, .. } = &mut event.what {
        let clean = clean_inbound(text, INBOUND_TEXT_MAX_CHARS);
        let today = cx.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let (safe, is_minor) = mask_for_store(&clean, today);
        *text = safe;
        *minor = is_minor;
    }
    if let Inbound::Chat { what, .. } = &mut event.what {
        if let ChatEvent::Wrote { text, minor } = what.as_mut() {
            let clean = clean_inbound(text, INBOUND_TEXT_MAX_CHARS);
            let today = cx.now().to_zoned(jiff::tz::TimeZone::UTC).date();
            (*text, *minor) = mask_for_store(&clean, today);
        }
    }
    event
}

/// What must be handled in order: the texts of one person to one number, the reports of one call. Hashed: the job table
/// shows no numbers.
fn order_key(what: &Inbound) -> Option<String> {
    let hash = |parts: &[&str]| {
        let digest = Sha256::digest(parts.join("|"));
        u128::from_be_bytes(digest[..16].try_into().expect("SHA-256 has 32 bytes"))
    };
    match what {
        Inbound::Text { from, to, .. } => Some(format!("in:{:032x}", hash(&[from, to]))),
        Inbound::Call { session, .. } => Some(format!("call:{:032x}", hash(&[session]))),
        Inbound::Payment { reference, payment, .. } => {
            Some(format!("pay:{:032x}", hash(&[reference.as_deref().unwrap_or(payment)])))
        }
        Inbound::Chat { conversation, .. } => Some(format!("chat:{conversation}")),
        Inbound::Receipt { .. } => None,
    }
}
