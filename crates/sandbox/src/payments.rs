//! A payment vendor that moves no money: its hosted page is served by this program, which reports what the person chose.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use frontdesk_domain::span::Span;
use frontdesk_ports::PortError;
use frontdesk_ports::payments::{LinkEnd, LinkRequest, PaymentCapabilities, PaymentLink, Payments, RefundRequest};

use crate::SANDBOX;

/// Invented money.
pub struct SandboxPayments {
    public_url: String,
    refunds: Mutex<Vec<RefundRequest>>,
    keys: Mutex<HashSet<String>>,
}

impl SandboxPayments {
    /// `public_url`: where its pages are reached.
    pub fn new(public_url: &str) -> Self {
        Self { public_url: public_url.to_owned(), refunds: Mutex::default(), keys: Mutex::default() }
    }

    /// What was given back, in order.
    pub fn refunds(&self) -> Vec<RefundRequest> {
        self.refunds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Payments for SandboxPayments {
    fn vendor(&self) -> &'static str {
        SANDBOX
    }

    fn capabilities(&self) -> PaymentCapabilities {
        PaymentCapabilities { shortest_link: Span::mins(1), closes_links: true, refunds: true }
    }

    async fn create_link(&self, request: &LinkRequest) -> Result<PaymentLink, PortError> {
        Ok(PaymentLink {
            id: format!("link_{}", request.key),
            url: format!("{}/sandbox/pay/{}", self.public_url, request.code),
            expires_at: request.expires_at,
        })
    }

    async fn close_link(&self, _link: &str) -> Result<LinkEnd, PortError> {
        // Its page asks the deposit itself whether it is open.
        Ok(LinkEnd::Closed)
    }

    async fn refund(&self, request: &RefundRequest) -> Result<(), PortError> {
        if self.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(request.key.clone()) {
            self.refunds.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        }
        Ok(())
    }
}
