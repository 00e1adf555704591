//! What every vendor's requests have in common: the client, the deadline, what a lost answer means, and reading a list by
//! stretches of time. What an answer says is each vendor's own.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use frontdesk_domain::limits::CARRIER_TIMEOUT;
use frontdesk_ports::inbound::{InboundEvent, Missed};
use frontdesk_ports::{PortError, PortErrorKind};

/// A client for one vendor; opens no connection yet.
pub(crate) fn client(vendor: &'static str) -> Result<reqwest::Client, PortError> {
    reqwest::Client::builder()
        .timeout(CARRIER_TIMEOUT.duration())
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(64)
        .build()
        .map_err(|_| PortError::new(vendor, "start", PortErrorKind::Unavailable, "tls"))
}

/// A refusal: its status, its body and how long the vendor wants to be left alone.
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    /// The failure it is, of a kind and code that the vendor's folder knows. A gateway that gave up may have passed the
    /// request on.
    pub(crate) fn error(
        &self,
        vendor: &'static str,
        operation: &'static str,
        kind: PortErrorKind,
        code: String,
    ) -> PortError {
        let mut error = PortError::new(vendor, operation, kind, code);
        error.retry_after = self.retry_after;
        if matches!(self.status.as_u16(), 408 | 500 | 502 | 504) { error.unknown() } else { error }
    }
}

/// Sends a request: the answer's JSON, or what `refused` makes of a refusal, or what is known of an answer that was lost.
#[tracing::instrument(
    name = "vendor request",
    skip_all,
    fields(vendor = vendor, operation = operation, otel.kind = "client", http.response.status_code = tracing::field::Empty)
)]
pub(crate) async fn send(
    vendor: &'static str,
    operation: &'static str,
    request: RequestBuilder,
    refused: impl FnOnce(&Refusal) -> PortError,
) -> Result<Value, PortError> {
    let answer = request.send().await.map_err(|error| lost(vendor, operation, &error))?;
    let status = answer.status();
    tracing::Span::current().record("http.response.status_code", status.as_u16());
    let retry_after = wait_of(answer.headers());
    let body = answer.bytes().await.map_err(|error| {
        let lost = lost(vendor, operation, &error);
        // The status was there, so the vendor acted.
        if status.is_success() { lost.unknown() } else { lost }
    })?;
    if status.is_success() {
        return serde_json::from_slice(&body)
            .map_err(|_| PortError::new(vendor, operation, PortErrorKind::Malformed, status.as_str()).unknown());
    }
    Err(refused(&Refusal { status, body: body.to_vec(), retry_after }))
}

fn wait_of(headers: &HeaderMap) -> Option<Duration> {
    let seconds = ["retry-after", "x-ratelimit-reset"]
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok()?.parse::<u64>().ok())?;
    // A vendor that sends a date or nonsense must not park a message for a year.
    Some(Duration::from_secs(seconds.clamp(1, 600)))
}

/// No answer: a connection that was never made carried nothing; everything else may have.
fn lost(vendor: &'static str, operation: &'static str, error: &reqwest::Error) -> PortError {
    let kind = PortErrorKind::Unavailable;
    if error.is_connect() || error.is_builder() {
        PortError::new(vendor, operation, kind, "connect")
    } else {
        PortError::new(vendor, operation, kind, if error.is_timeout() { "timeout" } else { "connection" }).unknown()
    }
}

/// The longest stretch of time one look reads.
const STRETCH: SignedDuration = SignedDuration::from_hours(6);
/// The shortest; more than a vendor's pages hold in one minute no clinic has.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

/// Reads one stretch of time from `since` on. `read` gets its two ends and whether it must take what it gets; it answers
/// `None` when there is more than its pages hold, and is asked again for half of it.
pub(crate) async fn by_stretches<F>(
    since: Timestamp,
    now: Timestamp,
    read: impl Fn(Timestamp, Timestamp, bool) -> F,
) -> Result<Missed, PortError>
where
    F: Future<Output = Result<Option<Vec<InboundEvent>>, PortError>>,
{
    let mut stretch = STRETCH;
    loop {
        let until = now.min(since + stretch);
        if let Some(mut events) = read(since, until, stretch <= SHORTEST).await? {
            events.sort_by_key(|event| event.occurred_at);
            return Ok(Missed { events, until: (until < now).then_some(until) });
        }
        stretch /= 2;
    }
}
