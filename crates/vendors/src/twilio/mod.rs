//! Twilio: text messages, and calls answered by `TwiML`.
//!
//! Documentation: <https://www.twilio.com/docs>. Implements `sms`, `inbound` (webhooks and catch-up). Calls need no commands:
//! what is to happen is the answer to the webhook that reports it. A message cannot be sent under an idempotency key, but the
//! account's messages can be searched, so an unclear send is looked up before anything else happens.

mod catch_up;
mod checkup;
mod client;
mod config;
mod sms;
mod twiml;
mod webhook;

pub use client::TwilioClient;
pub use config::{BASE_URL, CONNECTION_OVERRIDES, TwilioConfig};
pub use webhook::TwilioWebhooks;

/// The vendor's name.
pub const TWILIO: &str = "twilio";
