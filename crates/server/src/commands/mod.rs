//! The commands, one file each.

pub mod backup;
pub mod chat;
pub mod clinic;
pub mod converse;
pub mod doctor;
pub mod erase;
pub mod migrate;
pub mod openapi;
pub mod seed;
pub mod serve;
pub mod token;
pub mod understand;
pub mod vendor;
