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
}

impl Problem {
    /// Every code with its status and title.
    pub const TABLE: [(&'static str, u16, &'static str); 8] = [
        ("bad_signature", 401, "The signature does not hold"),
        ("forbidden", 403, "This is not for you"),
        ("malformed", 400, "The request cannot be read"),
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
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": format!("/problems/{}", self.code.replace('_', "-")),
            "title": self.title,
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let mut response = (self.status, body.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
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
