//! Requests to the API: authentication, deadline, and what an answer means.

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::Value;

use frontdesk_ports::{PortError, PortErrorKind};

use super::{TWILIO, TwilioConfig};
use crate::exchange::{self, Refusal};

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
        let http = exchange::client(TWILIO)?;
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
        exchange::send(TWILIO, operation, request, |refusal| refused(operation, refusal)).await
    }
}

fn refused(operation: &'static str, refusal: &Refusal) -> PortError {
    let code = serde_json::from_slice::<Value>(&refusal.body)
        .ok()
        .and_then(|json| json["code"].as_i64())
        .map_or_else(|| refusal.status.as_str().to_owned(), |code| code.to_string());
    let kind = match (code.as_str(), refusal.status.as_u16()) {
        ("21610", _) => PortErrorKind::OptedOut,
        ("20429", _) | (_, 429) => PortErrorKind::RateLimited,
        // Queue overflow: later is fine. A suspended account: a person must act, the message may wait.
        ("30001", _) => PortErrorKind::RateLimited,
        ("20003" | "30002", _) | (_, 401 | 403) => PortErrorKind::Unauthorized,
        (_, 408 | 500..=599) => PortErrorKind::Unavailable,
        // Codes are split and refined over time: an unknown one is final for this message and no crash.
        _ => PortErrorKind::Rejected,
    };
    refusal.error(TWILIO, operation, kind, code)
}
