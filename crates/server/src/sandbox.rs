//! The sandbox as one thing: its clock, carrier, mailbox and webhooks, and what a page that plays the patient may do.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::PhoneNumber;
use frontdesk_http::{SandboxLine, SandboxMail, SandboxTurn, SandboxWorld};
use frontdesk_ports::store::StoreError;
use frontdesk_ports::{Clock as _, Ids, Store};
use frontdesk_reception::jobs::{JobKind, Runner};
use frontdesk_reception::{Reception, ReceptionError, TurnTrace, TurnWatcher, housekeeping};
use frontdesk_sandbox::{SandboxCarrier, SandboxMailbox, SandboxWebhooks, ShiftedClock};

use crate::system::SystemClock;

/// Turns kept for the page.
const TURNS: usize = 500;
/// Where the database keeps how far the business clock is ahead.
const OFFSET: &str = "sandbox/clock_offset_us";

/// The sandbox.
pub struct Sandbox {
    /// The business clock.
    pub clock: Arc<ShiftedClock>,
    /// Takes texts.
    pub carrier: Arc<SandboxCarrier>,
    /// Takes e-mails.
    pub mailbox: Arc<SandboxMailbox>,
    /// Signs and reads the carrier's webhooks.
    pub webhooks: Arc<SandboxWebhooks>,
    /// The sample clinic's number.
    pub default_number: Option<PhoneNumber>,
    turns: Mutex<(u64, VecDeque<SandboxTurn>)>,
    epoch: AtomicU64,
    /// The use cases and who runs their jobs; there once both are.
    works: OnceLock<(Arc<Reception>, Runner)>,
}

impl Sandbox {
    /// A sandbox whose clock goes on where the database left it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn open(store: &dyn Store, ids: &dyn Ids) -> Result<Arc<Self>, StoreError> {
        let clock = Arc::new(ShiftedClock::new(Arc::new(SystemClock)));
        let offset = store.begin_system().await?.note(OFFSET).await?;
        clock.set_offset_us(offset.and_then(|text| text.parse().ok()).unwrap_or(0));
        let at = SystemClock.real_now();
        let mut key = [0; 32];
        key[..16].copy_from_slice(&ids.raw(at).to_be_bytes());
        key[16..].copy_from_slice(&ids.raw(at).to_be_bytes());
        Ok(Arc::new(Self {
            carrier: Arc::new(SandboxCarrier::new(Arc::clone(&clock) as _)),
            mailbox: Arc::new(SandboxMailbox::new(Arc::clone(&clock) as _)),
            webhooks: Arc::new(SandboxWebhooks::new(key)),
            default_number: PhoneNumber::parse("+12125550100").ok(),
            turns: Mutex::default(),
            epoch: AtomicU64::new(u64::try_from(at.as_millisecond()).unwrap_or(0)),
            works: OnceLock::new(),
            clock,
        }))
    }

    /// Gives it the use cases and the runner that serves this process.
    pub fn attach(&self, reception: Arc<Reception>, runner: Runner) {
        drop(self.works.set((reception, runner)));
    }
}

impl TurnWatcher for Sandbox {
    fn turned(&self, turn: TurnTrace) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.0 += 1;
        let number = turns.0;
        turns.1.push_back(SandboxTurn { number, turn });
        if turns.1.len() > TURNS {
            turns.1.pop_front();
        }
    }
}

#[async_trait]
impl SandboxWorld for Sandbox {
    fn texts_after(&self, number: u64) -> Vec<SandboxLine> {
        let texts = self.carrier.texts_after(number).into_iter();
        texts
            .map(|t| SandboxLine {
                number: t.number,
                at: t.at,
                from: t.from.expose().to_owned(),
                to: t.to.expose().to_owned(),
                text: t.text,
                segments: t.segments,
            })
            .collect()
    }

    fn mail_after(&self, number: u64) -> Vec<SandboxMail> {
        let mails = self.mailbox.emails_after(number).into_iter();
        mails
            .map(|e| SandboxMail {
                number: e.number,
                at: e.at,
                to: e.email.to,
                subject: e.email.subject,
                text: e.email.text,
                html: e.email.html,
                has_calendar: e.email.calendar.is_some(),
            })
            .collect()
    }

    fn turns_after(&self, number: u64) -> Vec<SandboxTurn> {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.1.iter().filter(|turn| turn.number > number).cloned().collect()
    }

    fn default_number(&self) -> Option<PhoneNumber> {
        self.default_number.clone()
    }

    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    fn sign(&self, body: &[u8]) -> [(&'static str, String); 2] {
        self.webhooks.sign(body, self.clock.real_now())
    }

    async fn move_clock(&self, to: Timestamp) -> Result<usize, StoreError> {
        let Some((reception, runner)) = self.works.get() else { return Ok(0) };
        let ran = runner.drain_until(to, self.clock.as_ref()).await?;
        let mut tx = reception.store.begin_system().await?;
        tx.set_note(OFFSET, &self.clock.offset_us().to_string()).await?;
        tx.commit().await?;
        Ok(ran)
    }

    async fn reset(&self) -> Result<(), ReceptionError> {
        let Some((reception, runner)) = self.works.get() else { return Ok(()) };
        runner
            .pausing(async {
                let mut tx = reception.store.begin_system().await?;
                tx.wipe().await?;
                tx.commit().await?;
                self.clock.set_offset_us(0);
                self.carrier.clear();
                self.mailbox.clear();
                *self.turns.lock().unwrap_or_else(PoisonError::into_inner) = (0, VecDeque::new());
                self.epoch.fetch_add(1, Ordering::Relaxed);
                Ok::<(), StoreError>(())
            })
            .await?;
        housekeeping::keep_going(reception, JobKind::Prune).await
    }
}
