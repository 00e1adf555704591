//! Logs, traces and error reports of `frontdesk serve`. What leaves the process is on a list:
//! `docs/adr/0020-traces-and-error-reports.md`.

use anyhow::Context as _;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry};

use crate::settings::Settings;

#[cfg(feature = "otel")]
pub mod otel;
pub mod redact;
#[cfg(feature = "sentry")]
pub mod sentry;

/// A part of the subscriber.
pub type Layer = Box<dyn tracing_subscriber::Layer<Registry> + Send + Sync>;

/// How long traces and reports may take to leave at the stop.
pub const FLUSH: std::time::Duration = std::time::Duration::from_secs(2);

/// Only what we write ourselves: libraries put SQL and URLs into their spans.
pub const OUR_TARGET: &str = "frontdesk";

/// Sends what is still queued when it is dropped, for at most [`FLUSH`].
#[derive(Default)]
#[must_use = "nothing leaves once it is dropped"]
pub struct Observing(Vec<Box<dyn std::any::Any>>);

impl Drop for Observing {
    fn drop(&mut self) {
        // Each waits for its own queue.
        self.0.clear();
    }
}

/// Starts them; call it before the runtime, once.
///
/// # Errors
/// A sentence that names the setting.
pub fn start(settings: &Settings) -> anyhow::Result<Observing> {
    let filter = EnvFilter::try_new(&settings.log).context("FRONTDESK_LOG: expected a tracing filter such as info")?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines: Layer = if settings.log_json { lines.json().boxed() } else { lines.boxed() };
    let mut layers: Vec<Layer> = vec![lines.with_filter(filter).boxed()];
    let mut observing = Observing::default();
    no_words_of_a_panic();
    traces(settings, &mut layers, &mut observing)?;
    reports(settings, &mut layers, &mut observing)?;
    Registry::default().with(layers).try_init().context("logs are set up twice")?;
    Ok(observing)
}

#[cfg(feature = "otel")]
fn traces(settings: &Settings, layers: &mut Vec<Layer>, observing: &mut Observing) -> anyhow::Result<()> {
    if let Some(endpoint) = &settings.otel_endpoint {
        let traces = otel::Traces::to(endpoint).context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        layers.push(traces.layer());
        observing.0.push(Box::new(traces));
    }
    Ok(())
}

#[cfg(not(feature = "otel"))]
fn traces(settings: &Settings, _: &mut Vec<Layer>, _: &mut Observing) -> anyhow::Result<()> {
    anyhow::ensure!(
        settings.otel_endpoint.is_none(),
        "OTEL_EXPORTER_OTLP_ENDPOINT is set, but this program was built without the feature otel"
    );
    Ok(())
}

#[cfg(feature = "sentry")]
fn reports(settings: &Settings, layers: &mut Vec<Layer>, observing: &mut Observing) -> anyhow::Result<()> {
    use secrecy::ExposeSecret as _;
    if let Some(dsn) = &settings.sentry_dsn {
        let options = sentry::options(dsn.expose_secret()).context("SENTRY_DSN")?;
        observing.0.push(Box::new(::sentry::init(options)));
        layers.push(sentry::layer());
    }
    Ok(())
}

#[cfg(not(feature = "sentry"))]
fn reports(settings: &Settings, _: &mut Vec<Layer>, _: &mut Observing) -> anyhow::Result<()> {
    anyhow::ensure!(
        settings.sentry_dsn.is_none(),
        "SENTRY_DSN is set, but this program was built without the feature sentry"
    );
    Ok(())
}

/// A panic may quote what a patient wrote: the log gets its place alone.
fn no_words_of_a_panic() {
    std::panic::set_hook(Box::new(|panic| {
        let (file, line) = panic.location().map_or(("unknown", 0), |place| (place.file(), place.line()));
        tracing::error!(target: "panic", file, line, "a bug: the program panicked");
    }));
}
