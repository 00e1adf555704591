//! Requests to the API: authentication, deadline, and what an answer means.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

use frontdesk_domain::limits::CARRIER_TIMEOUT;
use frontdesk_ports::{PortError, PortErrorKind};

use super::{TELNYX, TelnyxConfig, wire};

/// A client of one account.
pub struct TelnyxClient {
    pub(super) config: TelnyxConfig,
    http: reqwest::Client,
}

impl TelnyxClient {
    /// Opens no connection yet.
    ///
    /// # Errors
    /// When the TLS library cannot start.
    pub fn new(config: TelnyxConfig) -> Result<Self, PortError> {
        let http = reqwest::Client::builder()
            .timeout(CARRIER_TIMEOUT.duration())
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(64)
            .build()
            .map_err(|_| PortError::new(TELNYX, "start", PortErrorKind::Unavailable, "tls"))?;
        Ok(Self { config, http })
    }

    /// One request. The answer's JSON, or what went wrong and whether it may have happened.
    pub(super) async fn request(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, PortError> {
        let url = format!("{}{path}", self.config.base_url.trim_end_matches('/'));
        let mut request = self.http.request(method, url).bearer_auth(self.config.api_key.expose_secret());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|error| lost(operation, &error))?;
        let status = answer.status();
        let retry_after = wait_of(answer.headers());
        let body = answer.bytes().await.map_err(|error| {
            let lost = lost(operation, &error);
            // The status was there, so the vendor acted.
            if status.is_success() { lost.unknown() } else { lost }
        })?;
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|_| PortError::new(TELNYX, operation, PortErrorKind::Malformed, status.as_str()).unknown());
        }
        Err(refused(operation, status, &body, retry_after))
    }
}

fn wait_of(headers: &reqwest::header::HeaderMap) -> Option<Duration> {
    let seconds = ["retry-after", "x-ratelimit-reset"]
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok()?.parse::<u64>().ok())?;
    // A vendor that sends a date or nonsense must not park a message for a year.
    Some(Duration::from_secs(seconds.clamp(1, 600)))
}

/// No answer: a connection that was never made carried nothing; everything else may have.
fn lost(operation: &'static str, error: &reqwest::Error) -> PortError {
    let kind = PortErrorKind::Unavailable;
    if error.is_connect() || error.is_builder() {
        PortError::new(TELNYX, operation, kind, "connect")
    } else {
        PortError::new(TELNYX, operation, kind, if error.is_timeout() { "timeout" } else { "connection" }).unknown()
    }
}

fn refused(operation: &'static str, status: StatusCode, body: &[u8], retry_after: Option<Duration>) -> PortError {
    let code = wire::error_code(body).unwrap_or_else(|| status.as_str().to_owned());
    let kind = match (code.as_str(), status.as_u16()) {
        ("40300", 400..=499) => PortErrorKind::OptedOut,
        // Queue full, sender being provisioned: later is fine.
        ("40318" | "40320", _) | (_, 429) => PortErrorKind::RateLimited,
        // The account or profile is switched off, the spend limit is reached: a person must act, the message may wait.
        ("40312" | "40314" | "40333", _) | (_, 401 | 403) => PortErrorKind::Unauthorized,
        (_, 408 | 500..=599) => PortErrorKind::Unavailable,
        _ => PortErrorKind::Rejected,
    };
    let mut error = PortError::new(TELNYX, operation, kind, code);
    error.retry_after = retry_after;
    // A gateway that gave up may have passed the request on.
    if matches!(status.as_u16(), 408 | 500 | 502 | 504) { error.unknown() } else { error }
}
