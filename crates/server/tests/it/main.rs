//! Whole journeys: the real router, store, jobs and engine around a carrier stand-in, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod api;
mod carrier;
mod contracts;
mod evals;
mod kill;
mod log_proof;
mod observe;
mod operations;
mod outages;
mod service;
mod simulator;
mod smtp;
mod specs;
mod till;
mod twilio;
mod walk;
mod world;
