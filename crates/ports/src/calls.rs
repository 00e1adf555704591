//! Commands to a live call.

use async_trait::async_trait;

use frontdesk_domain::PhoneNumber;

use crate::PortError;

/// A command. Repeating one with the same key does nothing a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallCommand {
    /// Pick up.
    Answer,
    /// Say something, in English (`en`) or Spanish (`es`).
    Speak {
        /// The words.
        text: String,
        /// ISO 639-1 code.
        language: &'static str,
    },
    /// Ring another phone and join it to the caller when it is picked up.
    Ring {
        /// Which phone.
        to: PhoneNumber,
        /// How long, in seconds.
        seconds: u16,
        /// The caller as the carrier named them, so that reports of the rung phone find their call.
        caller: String,
        /// Our number that was called.
        ours: PhoneNumber,
    },
    /// End the call.
    HangUp,
}

/// Controls calls that reach our numbers.
#[async_trait]
pub trait CallControl: Send + Sync {
    /// Carries a command out on the leg the carrier named. A call that is over already is no error.
    async fn command(&self, leg: &str, command: &CallCommand, key: u128) -> Result<(), PortError>;
}
