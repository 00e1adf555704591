//! The commands, one file each.

pub mod backup;
pub mod chat;
pub mod clinic;
pub mod converse;
pub mod doctor;
pub mod erase;
pub mod migrate;
pub mod serve;
pub mod understand;
