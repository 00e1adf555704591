//! The binary's parts: settings, wiring, commands. A library so that the journeys in `tests/it` use the same wiring.

pub mod commands;
pub mod listen;
pub mod observe;
pub mod sandbox;
pub mod settings;
pub mod system;
pub mod tls;
pub mod wiring;
