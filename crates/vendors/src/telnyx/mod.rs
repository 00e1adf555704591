//! Telnyx: text messages and call control.
//!
//! Documentation: <https://developers.telnyx.com>. Implements `sms`, `calls`, `inbound` (webhooks and catch-up).
//! A message cannot be sent under an idempotency key: a request whose answer is lost is `Unknown`, and only the receipt
//! tells, which carries our reference in its callback URL.

mod calls;
mod catch_up;
mod checkup;
mod client;
mod config;
mod sms;
mod webhook;
mod wire;

pub use client::TelnyxClient;
pub use config::{BASE_URL, TelnyxConfig};
pub use webhook::TelnyxWebhooks;

/// The vendor's name.
pub const TELNYX: &str = "telnyx";
