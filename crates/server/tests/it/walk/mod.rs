//! The main job, one file per step of its walk, on both databases: a patient calls, nobody answers, and forty minutes later
//! there is an appointment and a lead.

mod paths;
mod step_01_webhook;
mod step_02_event;
mod step_03_stored;
mod step_04_jobs;
mod step_05_may_we_text;
mod step_06_opening;
mod step_07_send_text;
mod step_08_reply;
mod step_09_turn;
mod step_10_calendar;
mod step_10_slots;
mod step_11_deposit;
mod step_12_outcome;
mod step_12_words;
mod step_13_notices;
mod step_14_staff;

const MESSAGES: &str = "/webhooks/telnyx/messages";
