//! What time it is.

use jiff::Timestamp;

/// Two clocks. Rules, due times and everything a person sees go by the business clock; leases and signatures by the real
/// one. They differ only in the sandbox, where the business clock can be moved on.
pub trait Clock: Send + Sync {
    /// The business clock.
    fn now(&self) -> Timestamp;
    /// The real clock.
    fn real_now(&self) -> Timestamp;
}

/// A clock whose business time can be moved on.
pub trait MovableClock: Clock {
    /// Sets the business clock; it never goes back.
    fn set(&self, to: Timestamp);
}
