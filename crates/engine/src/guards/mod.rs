//! Rules that stand before and behind the flow, whatever understood or phrased a message.
//!
//! Before: the flow asks consent and safety first (`flow/consent.rs`, `flow/safety.rs`). Behind: [`speech`] lets no clause
//! out that promises, diagnoses, invents a time, price or link, or asks for a word that carriers treat as a command.

pub mod speech;
