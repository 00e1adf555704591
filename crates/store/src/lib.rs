//! `SQLite` and `PostgreSQL` behind one unit of work.
//!
//! Every statement is written once, in the words both databases share (`$1` placeholders, 64-bit integers, microseconds
//! since the Unix epoch for instants); what differs stands in [`dialect`]. Bodies, states and payloads pass [`keys`].

mod booking;
mod clinics;
mod conversations;
mod database;
mod deposits;
mod dialect;
mod inbox;
mod jobs;
pub mod keys;
mod messages;
mod rows;
mod snapshot;
mod tokens;
mod unit_of_work;

pub use database::{Database, DatabaseError};
pub use keys::MasterKey;
pub use snapshot::{SnapshotError, TABLES};
