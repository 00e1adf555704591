//! Where the bits of new ids come from.

use jiff::Timestamp;

/// Makes raw ids: random in production, seeded where a run must repeat.
pub trait Ids: Send + Sync {
    /// Raw bits of an id made at an instant, see `domain::ids::raw_id`.
    fn raw(&self, at: Timestamp) -> u128;
}
