//! A clinic as its owner sets it up: one versioned document with stable ids inside.
//!
//! [`file`] reads and writes it as TOML. The stored form is [`ClinicSettings`]; items that were removed are retired, not
//! deleted, so that an appointment of last year still finds its provider.

mod bookable;
pub mod file;
mod settings;

pub use bookable::{Resource, available};
pub use file::{ClinicFile, ClinicFileError, Origin, parse};
pub use settings::*;
