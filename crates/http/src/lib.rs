//! HTTP: webhooks, the sandbox's phone, health. Handlers extract, call one use case and shape the answer.

mod api;
mod desk;
mod limits;
mod openapi;
mod pages;
mod problem;
mod router;
mod sandbox;
mod web;
mod webhooks;

use std::collections::HashMap;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use frontdesk_ports::inbound::WebhookPort;
use frontdesk_reception::Reception;
use frontdesk_reception::inbound::Acceptor;

pub use limits::Limits;
pub use openapi::document;
pub use problem::Problem;
pub use router::{api, ops};
pub use sandbox::{SandboxLine, SandboxMail, SandboxTurn, SandboxWorld};

/// What handlers need.
#[derive(Clone)]
pub struct Http {
    /// The use cases.
    pub reception: Arc<Reception>,
    /// The door for events.
    pub acceptor: Acceptor,
    /// Webhook ports by vendor.
    pub webhooks: Arc<HashMap<&'static str, Arc<dyn WebhookPort>>>,
    /// The sandbox's phone and mailbox, where there is one.
    pub sandbox: Option<Arc<dyn SandboxWorld>>,
    /// How often one address may ask.
    pub limits: Arc<Limits>,
    /// The process stops: streams end.
    pub stop: CancellationToken,
    /// What is off and why, for health.
    pub off: Arc<Vec<String>>,
}
