//! A payment vendor that misbehaves when told to.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

use frontdesk_domain::span::Span;
use frontdesk_ports::payments::{LinkEnd, LinkRequest, PaymentCapabilities, PaymentLink, Payments, RefundRequest};
use frontdesk_ports::{PortError, PortErrorKind};

/// How the vendor answers next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fault {
    #[default]
    None,
    /// It cannot be reached.
    Down,
    /// It does it, and the answer is lost.
    Lost,
    /// Too fast.
    Slow,
    /// It refuses for good.
    Refuses,
}

#[derive(Default)]
pub(crate) struct TillState {
    /// Applies to as many calls.
    pub(crate) fault: (Fault, usize),
    /// By key: a key makes one link.
    pub(crate) links: HashMap<String, LinkRequest>,
    /// By key: a key gives back once.
    pub(crate) refunds: HashMap<String, RefundRequest>,
    pub(crate) closed: Vec<String>,
    /// What closing a link finds.
    pub(crate) paid_in_the_last_moment: bool,
}

/// The vendor.
#[derive(Default)]
pub(crate) struct Till(pub(crate) Mutex<TillState>);

impl Till {
    fn faulty(
        state: &mut TillState,
        operation: &'static str,
        act: impl FnOnce(&mut TillState),
    ) -> Result<(), PortError> {
        let fault = if state.fault.1 > 0 { state.fault.0 } else { Fault::None };
        state.fault.1 = state.fault.1.saturating_sub(1);
        let error = |kind, code| Err(PortError::new("sandbox", operation, kind, code));
        match fault {
            Fault::None => {
                act(state);
                Ok(())
            }
            Fault::Down => error(PortErrorKind::Unavailable, "503"),
            Fault::Slow => error(PortErrorKind::RateLimited, "429"),
            Fault::Refuses => error(PortErrorKind::Rejected, "400"),
            Fault::Lost => {
                act(state);
                Err(PortError::new("sandbox", operation, PortErrorKind::Unavailable, "timeout").unknown())
            }
        }
    }
}

#[async_trait]
impl Payments for Till {
    fn vendor(&self) -> &'static str {
        "sandbox"
    }

    fn capabilities(&self) -> PaymentCapabilities {
        PaymentCapabilities { shortest_link: Span::mins(1), closes_links: true, refunds: true }
    }

    async fn create_link(&self, request: &LinkRequest) -> Result<PaymentLink, PortError> {
        let mut state = self.0.lock().unwrap();
        Self::faulty(&mut state, "create_link", |state| {
            state.links.entry(request.key.clone()).or_insert_with(|| request.clone());
        })?;
        Ok(PaymentLink {
            id: format!("link_{}", request.key),
            url: format!("https://pay.example/{}", request.code),
            expires_at: request.expires_at,
        })
    }

    async fn close_link(&self, link: &str) -> Result<LinkEnd, PortError> {
        let mut state = self.0.lock().unwrap();
        Self::faulty(&mut state, "close_link", |state| state.closed.push(link.to_owned()))?;
        Ok(if state.paid_in_the_last_moment { LinkEnd::Paid } else { LinkEnd::Closed })
    }

    async fn refund(&self, request: &RefundRequest) -> Result<(), PortError> {
        let mut state = self.0.lock().unwrap();
        Self::faulty(&mut state, "refund", |state| {
            state.refunds.entry(request.key.clone()).or_insert_with(|| request.clone());
        })
    }
}
