//! Requests to the API: authentication, deadline, and what an answer means.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

use frontdesk_domain::limits::CARRIER_TIMEOUT;
use frontdesk_ports::{PortError, PortErrorKind};

use super::{TWILIO, TwilioConfig};

/// A client of one account.
pub struct TwilioClient {
    pub(super) config: TwilioConfig,
    http: reqwest::Client,
}

impl TwilioClient {
    /// Opens no connection yet.
    ///
    /// # Errors
    /// When the TLS library cannot start.
    pub fn new(config: TwilioConfig) -> Result<Self, PortError> {
        let http = reqwest::Client::builder()
            .timeout(CARRIER_TIMEOUT.duration())
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(64)
            .build()
            .map_err(|_| PortError::new(TWILIO, "start", PortErrorKind::Unavailable, "tls"))?;
        Ok(Self { config, http })
    }

    /// One request under the account's path. The answer's JSON, or what went wrong and whether it may have happened.
    pub(super) async fn request(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        pairs: &[(&str, String)],
    ) -> Result<Value, PortError> {
        let base = self.config.base_url.trim_end_matches('/');
        let url = format!("{base}/Accounts/{}{path}", self.config.account_sid);
        let is_get = method == Method::GET;
        let request = self
            .http
            .request(method, url)
            .basic_auth(&self.config.account_sid, Some(self.config.auth_token.expose_secret()));
        let request = if is_get { request.query(pairs) } else { request.form(pairs) };
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
                .map_err(|_| PortError::new(TWILIO, operation, PortErrorKind::Malformed, status.as_str()).unknown());
        }
        Err(refused(operation, status, &body, retry_after))
    }
}

fn wait_of(headers: &reqwest::header::HeaderMap) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.parse::<u64>().ok()?;
    // A vendor that sends a date or nonsense must not park a message for a year.
    Some(Duration::from_secs(seconds.clamp(1, 600)))
}

/// No answer: a connection that was never made carried nothing; everything else may have.
fn lost(operation: &'static str, error: &reqwest::Error) -> PortError {
    let kind = PortErrorKind::Unavailable;
    if error.is_connect() || error.is_builder() {
        PortError::new(TWILIO, operation, kind, "connect")
    } else {
        PortError::new(TWILIO, operation, kind, if error.is_timeout() { "timeout" } else { "connection" }).unknown()
    }
}

fn refused(operation: &'static str, status: StatusCode, body: &[u8], retry_after: Option<Duration>) -> PortError {
    let code = serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|json| json["code"].as_i64())
        .map_or_else(|| status.as_str().to_owned(), |code| code.to_string());
    let kind = match (code.as_str(), status.as_u16()) {
        ("21610", _) => PortErrorKind::OptedOut,
        ("20429", _) | (_, 429) => PortErrorKind::RateLimited,
        // Queue overflow: later is fine. A suspended account: a person must act, the message may wait.
        ("30001", _) => PortErrorKind::RateLimited,
        ("20003" | "30002", _) | (_, 401 | 403) => PortErrorKind::Unauthorized,
        (_, 408 | 500..=599) => PortErrorKind::Unavailable,
        // Codes are split and refined over time: an unknown one is final for this message and no crash.
        _ => PortErrorKind::Rejected,
    };
    let mut error = PortError::new(TWILIO, operation, kind, code);
    error.retry_after = retry_after;
    // A gateway that gave up may have passed the request on.
    if matches!(status.as_u16(), 408 | 500 | 502 | 504) { error.unknown() } else { error }
}
