//! A mailbox that keeps what staff were sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_ports::email::{EmailSender, OutboundEmail};
use frontdesk_ports::{Clock, PortError};

use crate::SANDBOX;

/// An e-mail the mailbox took.
#[derive(Clone)]
pub struct SandboxEmail {
    /// Counts e-mails, from 1.
    pub number: u64,
    /// When (business clock).
    pub at: Timestamp,
    /// The e-mail.
    pub email: OutboundEmail,
}

/// Keeps e-mails; the same key twice is one e-mail, as it is for a mail server that sees one `Message-ID` twice.
pub struct SandboxMailbox {
    clock: Arc<dyn Clock>,
    emails: Mutex<(u64, VecDeque<SandboxEmail>)>,
}

const KEPT: usize = 2_000;

impl SandboxMailbox {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, emails: Mutex::default() }
    }

    /// Forgets every e-mail.
    pub fn clear(&self) {
        *self.emails.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
    }

    /// The e-mails behind a number of e-mails, in order.
    pub fn emails_after(&self, number: u64) -> Vec<SandboxEmail> {
        let emails = self.emails.lock().unwrap_or_else(PoisonError::into_inner);
        emails.1.iter().filter(|e| e.number > number).cloned().collect()
    }
}

#[async_trait]
impl EmailSender for SandboxMailbox {
    fn vendor(&self) -> &'static str {
        SANDBOX
    }

    fn may_hold_health_data(&self) -> bool {
        true
    }

    async fn send(&self, email: &OutboundEmail) -> Result<(), PortError> {
        let mut emails = self.emails.lock().unwrap_or_else(PoisonError::into_inner);
        if emails.1.iter().any(|known| known.email.key == email.key) {
            return Ok(());
        }
        emails.0 += 1;
        let number = emails.0;
        emails.1.push_back(SandboxEmail { number, at: self.clock.now(), email: email.clone() });
        if emails.1.len() > KEPT {
            emails.1.pop_front();
        }
        Ok(())
    }
}
