//! The conversation: understanding, flow, guards and phrasing, with no model, no clock and no network.
//!
//! [`understand::read`] turns a message into a [`understand::Reading`]; [`turn::step`] turns what was and what happened
//! into what is and what to do; [`phrase`] turns what is to be said into words. Who carries the actions out is
//! `reception`.

pub mod guards;
pub mod phrase;
pub mod state;
pub mod turn;
pub mod understand;

mod flow;

pub use state::Conversation;
pub use turn::{Action, Facts, Input, step};
