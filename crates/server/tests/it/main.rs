//! Whole journeys: the real router, store, jobs and engine around a carrier stand-in, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calendar;
mod carrier;
mod consent;
mod contracts;
mod evals;
mod jobs_twice;
mod journeys;
mod kill;
mod outages;
mod sending;
mod service;
mod twilio;
mod webhooks;
mod world;
