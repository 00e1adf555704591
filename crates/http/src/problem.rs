//! Errors as `application/problem+json` (RFC 9457): one table from case to status, code and title.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refused request. `code` never changes once released; `docs/problems.md` lists every one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    wait_s: Option<u64>,
}

/// A problem as it is sent.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the shape alone is documented")]
pub(crate) struct ProblemBody {
    /// Where the code is explained.
    r#type: String,
    title: String,
    status: u16,
    /// Never changes once released; `docs/problems.md` lists every one.
    code: String,
    /// What to do, without anything of the request in it.
    detail: String,
}

impl Problem {
    /// Every code with its status and title.
    pub const TABLE: [(&'static str, u16, &'static str); 14] = [
        ("unauthorized", 401, "A token is needed"),
        ("bad_signature", 401, "The signature does not hold"),
        ("forbidden", 403, "This is not for you"),
        ("malformed", 400, "The request cannot be read"),
        ("invalid", 422, "A field is not as expected"),
        ("key_reused", 422, "The key was used for another request"),
        ("slot_taken", 409, "That time is not open"),
        ("by_hand", 409, "This clinic confirms times by hand"),
        ("method_not_allowed", 405, "This route has other methods"),
        ("too_large", 413, "The request is too large"),
        ("too_many", 429, "Too many requests, try again later"),
        ("not_found", 404, "There is nothing here"),
        ("not_configured", 503, "This vendor is not configured"),
        ("unavailable", 503, "The database is unavailable, try again"),
    ];

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// A problem by its code.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        let row = Self::TABLE.iter().find(|(known, _, _)| *known == code);
        let (code, status, title) = row.copied().unwrap_or(("unavailable", 503, "Try again"));
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
            code,
            title,
            detail: detail.into(),
            wait_s: None,
        }
    }

    /// Asked too often: how many seconds to wait.
    pub(crate) fn too_many(detail: &str, wait_s: u64) -> Self {
        Self { wait_s: Some(wait_s), ..Self::new("too_many", detail) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": format!("/problems/{}", self.code),
            "title": self.title,
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let mut response = (self.status, body.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.wait_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if self.code == "unauthorized" {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_documented() {
        let docs = include_str!("../../../docs/problems.md");
        for (code, status, title) in Problem::TABLE {
            assert!(docs.contains(&format!("| `{code}` | {status} | {title} |")), "docs/problems.md lacks {code}");
        }
    }
}
