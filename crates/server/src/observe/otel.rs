//! Traces over OTLP/HTTP, binary protobuf, to `<endpoint>/v1/traces`.

use opentelemetry::trace::{Status, TracerProvider as _};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter as Otlp, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Layer as _;

use super::redact::may_leave;
use super::{FLUSH, Layer, OUR_TARGET};

/// The path that the protocol gives traces below the endpoint.
pub const PATH: &str = "/v1/traces";

/// Where spans go. They leave from a thread of their own, 512 at a time or every five seconds; more than 2,048 waiting
/// are dropped. When this is dropped the rest is sent.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// To a collector, `http://host:4318` for example.
    ///
    /// # Errors
    /// The address is none.
    pub fn to(endpoint: &str) -> anyhow::Result<Self> {
        let exporter = Otlp::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')))
            .with_timeout(FLUSH)
            .build()?;
        let provider =
            SdkTracerProvider::builder().with_resource(resource()).with_batch_exporter(Redacting(exporter)).build();
        Ok(Self(provider))
    }

    /// To an exporter at once, for tests of what leaves.
    pub fn at_once<E: SpanExporter + 'static>(exporter: E) -> Self {
        let redacting = Redacting(exporter);
        Self(SdkTracerProvider::builder().with_resource(resource()).with_simple_exporter(redacting).build())
    }

    /// The part of the subscriber that makes them.
    pub fn layer(&self) -> Layer {
        let ours = Targets::new().with_target(OUR_TARGET, LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("frontdesk"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(ours)
            .boxed()
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // A collector that is away at the stop costs its spans and nothing else.
        let _ = self.0.shutdown_with_timeout(FLUSH);
    }
}

/// The program, and not the machine: a host's name is often a clinic's.
fn resource() -> Resource {
    Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.name", "frontdesk"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        ])
        .build()
}

/// Takes everything off a span that is not on the list, just before it leaves.
#[derive(Debug)]
struct Redacting<E>(E);

impl<E: SpanExporter> SpanExporter for Redacting<E> {
    fn export(&self, mut batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        batch.iter_mut().for_each(redact);
        self.0.export(batch)
    }

    fn shutdown_with_timeout(&self, timeout: std::time::Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn redact(span: &mut SpanData) {
    let keep = |pair: &KeyValue| may_leave(pair.key.as_str(), &pair.value.as_str());
    span.attributes.retain(keep);
    for event in &mut span.events.events {
        event.attributes.retain(keep);
    }
    // A line's sentence is fixed; what a program's error said is not.
    span.events.events.retain(|event| !event.name.contains("exception"));
    if let Status::Error { .. } = span.status {
        span.status = Status::error("");
    }
    span.instrumentation_scope = InstrumentationScope::builder("frontdesk").build();
}
