//! Requests to the API: authentication, deadline, and what an answer means.

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::Value;

use frontdesk_ports::{PortError, PortErrorKind};

use super::{TELNYX, TelnyxConfig, wire};
use crate::exchange::{self, Refusal};

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
        let http = exchange::client(TELNYX)?;
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
        exchange::send(TELNYX, operation, request, |refusal| refused(operation, refusal)).await
    }
}

fn refused(operation: &'static str, refusal: &Refusal) -> PortError {
    let code = wire::error_code(&refusal.body).unwrap_or_else(|| refusal.status.as_str().to_owned());
    let kind = match (code.as_str(), refusal.status.as_u16()) {
        ("40300", 400..=499) => PortErrorKind::OptedOut,
        // Queue full, sender being provisioned: later is fine.
        ("40318" | "40320", _) | (_, 429) => PortErrorKind::RateLimited,
        // The account or profile is switched off, the spend limit is reached: a person must act, the message may wait.
        ("40312" | "40314" | "40333", _) | (_, 401 | 403) => PortErrorKind::Unauthorized,
        (_, 408 | 500..=599) => PortErrorKind::Unavailable,
        _ => PortErrorKind::Rejected,
    };
    refusal.error(TELNYX, operation, kind, code)
}
