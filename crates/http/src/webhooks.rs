//! Vendors' webhooks: verify over the raw bytes, store once with the job, answer. Processing is a job.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use frontdesk_ports::inbound::{Acknowledgement, WebhookError, WebhookRequest};

use crate::{Http, Problem};

/// Telnyx: messages and receipts, and calls; the event's kind tells which.
pub(crate) async fn telnyx(
    State(http): State<Http>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    receive(&http, "telnyx", query.as_deref(), &headers, body).await
}

async fn receive(
    http: &Http,
    vendor: &'static str,
    query: Option<&str>,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new("too_large", "a webhook has at most 1,000,000 bytes")
        } else {
            Problem::new("malformed", "the body did not arrive whole")
        }
    })?;
    let port = http.webhooks.get(vendor).ok_or_else(|| Problem::new("not_found", "no such vendor"))?;
    let request = WebhookRequest { headers, query, body: &body, now: http.reception.clock.real_now() };
    let (events, acknowledgement) = port.read(&request).map_err(|error| match error {
        WebhookError::NotConfigured { setting } => Problem::new("not_configured", format!("{setting} is not set")),
        WebhookError::Signature => Problem::new("bad_signature", "missing, wrong or stale"),
        WebhookError::Malformed => Problem::new("malformed", "not the vendor's JSON"),
    })?;
    http.acceptor.accept(events).await.map_err(|_| Problem::new("unavailable", "nothing was stored"))?;
    Ok(match acknowledgement {
        Acknowledgement::Empty => StatusCode::OK.into_response(),
        Acknowledgement::Twiml(xml) => ([(header::CONTENT_TYPE, "text/xml")], xml).into_response(),
    })
}
