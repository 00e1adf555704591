//! Taking money by a hosted page. Card numbers never come near us.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::money::Money;
use frontdesk_domain::span::Span;

use crate::PortError;

/// What a vendor of payments can do; ask before promising it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentCapabilities {
    /// The shortest life of a link.
    pub shortest_link: Span,
    /// It closes a link when asked.
    pub closes_links: bool,
    /// It gives money back when asked.
    pub refunds: bool,
}

/// An order for a link.
#[derive(Debug, Clone)]
pub struct LinkRequest {
    /// The same for the same order, however often it is tried: the vendor makes one link of it.
    pub key: String,
    /// How much.
    pub amount: Money,
    /// What the payer sees on the page; no health words.
    pub description: String,
    /// Our reference; it comes back in events.
    pub reference: String,
    /// The code of our short link, for the way back from the page.
    pub code: String,
    /// When the link ends.
    pub expires_at: Timestamp,
}

/// A hosted page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLink {
    /// The vendor's id of it.
    pub id: String,
    /// Its address.
    pub url: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What closing a link found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkEnd {
    /// Nobody can pay by it any more, and nobody did.
    Closed,
    /// It was paid before; an event says so, or will.
    Paid,
}

/// An order to give money back.
#[derive(Debug, Clone)]
pub struct RefundRequest {
    /// The same for the same order.
    pub key: String,
    /// The vendor's id of the payment.
    pub payment: String,
    /// How much of it.
    pub amount: Money,
}

/// Makes links and gives money back.
#[async_trait]
pub trait Payments: Send + Sync {
    /// The vendor's name in logs, metrics and the store.
    fn vendor(&self) -> &'static str;
    /// What it can do.
    fn capabilities(&self) -> PaymentCapabilities;
    /// Makes a hosted page. The same key gives the same page.
    async fn create_link(&self, request: &LinkRequest) -> Result<PaymentLink, PortError>;
    /// Ends a page. One that is closed already is no error.
    async fn close_link(&self, link: &str) -> Result<LinkEnd, PortError>;
    /// Gives money back. The same key gives it back once.
    async fn refund(&self, request: &RefundRequest) -> Result<(), PortError>;
}
