//! Error reports to Sentry: what a person must act on, without a word of anybody's.

use std::sync::Arc;

use anyhow::Context as _;
use sentry::ClientOptions;
use sentry::protocol::{Context, Event, Exception, Frame, Stacktrace, Value};
use sentry_tracing::ErrorLayer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Layer as _;

use super::redact::may_leave;
use super::{FLUSH, Layer, OUR_TARGET};

/// The client's options for an address `https://<key>@<host>/<project>`.
///
/// # Errors
/// It is none.
pub fn options(dsn: &str) -> anyhow::Result<ClientOptions> {
    let dsn = dsn.parse().ok().context("no address of a project")?;
    let mut options = ClientOptions::new();
    options.dsn = Some(dsn);
    options.release = Some(concat!("frontdesk@", env!("CARGO_PKG_VERSION")).into());
    options.environment = Some(if cfg!(debug_assertions) { "development" } else { "production" }.into());
    options.send_default_pii = false;
    options.max_breadcrumbs = 0;
    options.before_breadcrumb = Some(Arc::new(|_| None));
    options.before_send = Some(Arc::new(|event| Some(rebuilt(&event))));
    // A host's name is often a clinic's.
    options.server_name = None;
    options.shutdown_timeout = FLUSH;
    Ok(options)
}

/// The part of the subscriber that reports our own lines of level `error`.
pub fn layer() -> Layer {
    let ours = Targets::new().with_target(OUR_TARGET, LevelFilter::ERROR);
    ErrorLayer::new().with_filter(ours).boxed()
}

/// The report made anew of what is on the list.
fn rebuilt(event: &Event<'static>) -> Event<'static> {
    // Our lines are fixed sentences; a panic's words are whatever was at hand.
    let is_line = event.logger.as_deref().is_some_and(|from| from.starts_with(OUR_TARGET));
    let mut report = Event {
        event_id: event.event_id,
        timestamp: event.timestamp,
        level: event.level,
        platform: event.platform.clone(),
        release: event.release.clone(),
        environment: event.environment.clone(),
        logger: event.logger.clone(),
        sdk: event.sdk.clone(),
        message: event.message.clone().filter(|_| is_line),
        ..Event::default()
    };
    for context in event.contexts.values() {
        if let Context::Other(fields) = context {
            for (name, value) in fields {
                let value = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                if may_leave(name, &value) {
                    report.tags.insert(name.clone(), value);
                }
            }
        }
    }
    for exception in &event.exception.values {
        report.exception.values.push(Exception {
            ty: exception.ty.clone(),
            module: exception.module.clone(),
            stacktrace: exception.stacktrace.as_ref().map(places),
            ..Exception::default()
        });
    }
    report
}

/// Where it happened, and no values of variables.
fn places(stack: &Stacktrace) -> Stacktrace {
    let place = |frame: &Frame| Frame {
        function: frame.function.clone(),
        module: frame.module.clone(),
        filename: frame.filename.clone(),
        lineno: frame.lineno,
        in_app: frame.in_app,
        ..Frame::default()
    };
    Stacktrace { frames: stack.frames.iter().map(place).collect(), ..Stacktrace::default() }
}
