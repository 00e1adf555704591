//! The conversation API: what a clinic's own site may do with a bearer token. One file per noun; here what all of them
//! share: who asks, how often, and how a request is read.

pub(crate) mod conversations;
pub(crate) mod patients;
pub(crate) mod visits;

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;

use frontdesk_domain::limits::IDEMPOTENCY_KEY_MAX_CHARS;
use frontdesk_domain::text::mend_lone_surrogates;
use frontdesk_domain::token::Scope;
use frontdesk_reception::api;
use frontdesk_reception::api::{ApiError, Asked, Caller};

use crate::{Http, Problem};

/// Whoever holds a token that is known and not revoked, within its rate.
pub(crate) struct Holder(pub(crate) Caller);

impl Holder {
    /// Refuses what the token is not for.
    pub(crate) fn may(self, scope: Scope) -> Result<Caller, Problem> {
        if self.0.scopes.contains(&scope) {
            return Ok(self.0);
        }
        Err(Problem::new("forbidden", format!("this token lacks the scope {}", scope.key())))
    }
}

impl FromRequestParts<Http> for Holder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        // Who guesses tokens is slowed down by address; whoever shares it with a good token is not.
        let client = peer.map(|peer| http.limits.client(peer, &parts.headers));
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer =
            value.and_then(|value| value.split_once(' ')).filter(|(how, _)| how.eq_ignore_ascii_case("bearer"));
        let caller = match bearer {
            Some((_, token)) => api::caller(&http.reception, token.trim()).await.map_err(|_| down())?,
            None => None,
        };
        let Some(caller) = caller else {
            http.limits.guessing(client)?;
            http.limits.guessed(client);
            return Err(Problem::new(
                "unauthorized",
                "expected `Authorization: Bearer fd_…` with a token of this clinic",
            ));
        };
        http.limits.token(caller.token)?;
        Ok(Self(caller))
    }
}

fn down() -> Problem {
    Problem::new("unavailable", "the database does not answer")
}

/// The body, whole.
pub(crate) fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new("too_large", "a request has at most 1,000,000 bytes")
        } else {
            Problem::new("malformed", "the body did not arrive whole")
        }
    })
}

/// The body as JSON. What is wrong is said by its place, never with its value.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // A page that cuts a string in the middle of a sign sends half of it.
    let body = mend_lone_surrogates(if body.is_empty() { b"{}" } else { body });
    let mut reader = serde_json::Deserializer::from_slice(&body);
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    let value = read.map_err(|error| {
        let place = error.path().to_string();
        // A field we do not know is the client's own word.
        let unknown = error.inner().to_string().starts_with("unknown field");
        let place = if unknown {
            "a field of the body".to_owned()
        } else if place.chars().any(char::is_alphanumeric) {
            place
        } else {
            "the body".to_owned()
        };
        let place: String = place
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | ' '))
            .take(60)
            .collect();
        Problem::new("malformed", format!("{place}: not as /openapi.json describes it"))
    })?;
    reader.end().map_err(|_| Problem::new("malformed", "the body: more than one JSON value"))?;
    Ok(value)
}

/// What was asked, so that it can be asked again.
pub(crate) fn asked<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Result<Asked<'a>, Problem> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(value) = keys.next() else { return Ok(Asked { key: None, body }) };
    if keys.next().is_some() {
        return Err(Problem::new("invalid", "Idempotency-Key: expected one"));
    }
    let key = value.to_str().ok().filter(|key| !key.is_empty() && key.chars().count() <= IDEMPOTENCY_KEY_MAX_CHARS);
    let key = key.ok_or_else(|| Problem::new("invalid", "Idempotency-Key: expected 1 to 128 ASCII characters"))?;
    Ok(Asked { key: Some(key), body })
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Reception(_) => down(),
            ApiError::NotFound(what) => Self::new("not_found", what),
            ApiError::Invalid(field, expected) => Self::new("invalid", format!("{field}: {expected}")),
            ApiError::KeyReused => Self::new("key_reused", "this Idempotency-Key belongs to another request"),
            ApiError::SlotTaken => Self::new("slot_taken", "ask for open times again"),
            ApiError::ByHand => Self::new("by_hand", "staff name the time: hold a conversation instead"),
        }
    }
}

/// A method a route does not have.
pub(crate) async fn no_such_method() -> axum::response::Response {
    Problem::new("method_not_allowed", "this route has other methods; see /openapi.json").into_response()
}
