//! The outside world in memory: for the first run, for `converse` and `chat`, and for tests.
//!
//! It has behaviour, not expectations: a carrier that keeps what it was given and delivers receipts when asked, a mailbox,
//! clocks that are told the time, ids that repeat.

mod carrier;
mod clock;
pub mod contract;
mod ids;
mod mailbox;
mod payments;
mod webhook;

pub use carrier::{SandboxCarrier, SandboxText};
pub use clock::{ManualClock, ShiftedClock};
pub use ids::SeededIds;
pub use mailbox::{SandboxEmail, SandboxMailbox};
pub use payments::SandboxPayments;
pub use webhook::{SandboxReport, SandboxWebhooks};

/// The name of every sandbox vendor.
pub const SANDBOX: &str = "sandbox";
