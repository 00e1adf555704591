//! What the product needs from the outside world, as small traits in our own words.
//!
//! One file a need. No vendor's word and no SQL appears here; every answer of the outside says whether the thing happened.

pub mod booking_platform;
pub mod calls;
pub mod checkup;
pub mod clock;
pub mod email;
pub mod error;
pub mod ids;
pub mod inbound;
pub mod payments;
pub mod sms;
pub mod store;

pub use clock::{Clock, MovableClock};
pub use error::{Happened, PortError, PortErrorKind};
pub use ids::Ids;
pub use store::Store;
