//! Clocks that are told the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use frontdesk_ports::{Clock, MovableClock};

/// A clock that stands still until it is set. Its real clock is the same.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Standing at an instant.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_microsecond()))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
    fn real_now(&self) -> Timestamp {
        self.now()
    }
}

/// The real clock plus an offset that only grows: the business clock of a sandbox.
pub struct ShiftedClock {
    real: Arc<dyn Clock>,
    offset_us: AtomicI64,
}

impl ShiftedClock {
    /// Without an offset yet.
    pub fn new(real: Arc<dyn Clock>) -> Self {
        Self { real, offset_us: AtomicI64::new(0) }
    }

    /// How far it is ahead, in microseconds.
    pub fn offset_us(&self) -> i64 {
        self.offset_us.load(Ordering::SeqCst)
    }

    /// Sets how far it is ahead: at a start, or when the sandbox begins anew.
    pub fn set_offset_us(&self, offset: i64) {
        self.offset_us.store(offset.max(0), Ordering::SeqCst);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        self.real.real_now() + SignedDuration::from_micros(self.offset_us.load(Ordering::SeqCst))
    }
    fn real_now(&self) -> Timestamp {
        self.real.real_now()
    }
}

impl MovableClock for ManualClock {
    fn set(&self, to: Timestamp) {
        self.0.fetch_max(to.as_microsecond(), Ordering::SeqCst);
    }
}

impl MovableClock for ShiftedClock {
    fn set(&self, to: Timestamp) {
        let offset = to.as_microsecond() - self.real.real_now().as_microsecond();
        self.offset_us.fetch_max(offset, Ordering::SeqCst);
    }
}
