//! A carrier that keeps what it is given.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::ids::ConversationId;
use frontdesk_domain::sms::segments;
use frontdesk_ports::sms::{OutboundSms, SmsSender, VendorMessageId};
use frontdesk_ports::{Clock, PortError};

use crate::SANDBOX;

/// A text the carrier took.
#[derive(Clone)]
pub struct SandboxText {
    /// Counts texts, from 1.
    pub number: u64,
    /// When (business clock).
    pub at: Timestamp,
    /// Our number.
    pub from: PhoneNumber,
    /// The handset.
    pub to: PhoneNumber,
    /// The words.
    pub text: String,
    /// What a carrier would bill.
    pub segments: u32,
    /// The conversation it is about.
    pub conversation: ConversationId,
    /// Our reference; `None` for texts to staff.
    pub reference: Option<String>,
}

#[derive(Default)]
struct State {
    texts: VecDeque<SandboxText>,
    taken: u64,
    failures: VecDeque<PortError>,
}

/// Keeps the last texts it was given.
pub struct SandboxCarrier {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// Texts kept; a simulator shows far fewer.
const KEPT: usize = 10_000;

impl SandboxCarrier {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The texts behind a number of texts, in order.
    pub fn texts_after(&self, number: u64) -> Vec<SandboxText> {
        self.state().texts.iter().filter(|t| t.number > number).cloned().collect()
    }

    /// Forgets every text.
    pub fn clear(&self) {
        *self.state() = State::default();
    }

    /// The next sends fail so, in order.
    pub fn fail_next(&self, failures: impl IntoIterator<Item = PortError>) {
        self.state().failures.extend(failures);
    }
}

#[async_trait]
impl SmsSender for SandboxCarrier {
    fn vendor(&self) -> &'static str {
        SANDBOX
    }

    async fn send(&self, sms: &OutboundSms) -> Result<VendorMessageId, PortError> {
        let at = self.clock.now();
        let mut state = self.state();
        if let Some(failure) = state.failures.pop_front() {
            return Err(failure);
        }
        state.taken += 1;
        let number = state.taken;
        state.texts.push_back(SandboxText {
            number,
            at,
            from: sms.from.clone(),
            to: sms.to.clone(),
            segments: segments(&sms.text.0).count,
            text: sms.text.0.clone(),
            conversation: sms.conversation,
            reference: sms.reference.clone(),
        });
        if state.texts.len() > KEPT {
            state.texts.pop_front();
        }
        // Unique over restarts, as a carrier's ids are.
        let own = sms.reference.clone().unwrap_or_else(|| number.to_string());
        Ok(VendorMessageId(format!("sandbox-{}-{own}", at.as_microsecond())))
    }
}
