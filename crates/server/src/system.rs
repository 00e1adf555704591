//! The real clock and real randomness: the only place that asks the operating system for them.

use jiff::Timestamp;

use frontdesk_domain::ids::raw_id;
use frontdesk_ports::{Clock, Ids};

/// The operating system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.real_now()
    }
    #[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
    fn real_now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Random ids.
pub struct RandomIds;

impl Ids for RandomIds {
    fn raw(&self, at: Timestamp) -> u128 {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness once it is up");
        raw_id(u64::try_from(at.as_millisecond()).unwrap_or(0), u128::from_be_bytes(bytes))
    }
}
