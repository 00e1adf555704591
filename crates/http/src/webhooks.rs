//! Vendors' webhooks: verify over the raw bytes, store once with the job, answer. Processing is a job.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};

use frontdesk_ports::inbound::{Acknowledgement, CallAnswer, WebhookError, WebhookPort, WebhookRequest};
use frontdesk_reception::calls::answer_call;
use frontdesk_reception::metrics::{WebhookLabels, span};

use crate::{Http, Problem};

/// A vendor's route; what a request is about, its port reads from the request.
pub(crate) fn of(vendor: &'static str) -> MethodRouter<Http> {
    post(
        move |State(http): State<Http>,
              uri: Uri,
              RawQuery(query): RawQuery,
              headers: HeaderMap,
              body: Result<Bytes, BytesRejection>| async move {
            receive(&http, vendor, uri.path(), query.as_deref(), &headers, body).await
        },
    )
}

/// One request of a vendor, whoever hands it in.
pub(crate) async fn receive(
    http: &Http,
    vendor: &'static str,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let began = http.reception.clock.real_now();
    let outcome = accept(http, vendor, path, query, headers, body).await;
    let what = outcome.as_ref().map_or_else(Problem::code, |_| "accepted");
    let metrics = &http.reception.metrics;
    metrics.webhooks.get_or_create(&WebhookLabels { vendor, outcome: what }).inc();
    let (port, acknowledgement) = outcome?;
    metrics.accept.observe(span(http.reception.clock.real_now().duration_since(began)));
    let acknowledgement = match acknowledgement {
        Acknowledgement::Call { ours, caller, moment } => {
            // A caller never hears of a database: what cannot be looked up now is answered as nobody's call.
            let answer = answer_call(&http.reception, &ours, &caller, moment).await.unwrap_or(CallAnswer::NotOurs);
            port.call_answer(&answer)
        }
        other => other,
    };
    Ok(match acknowledgement {
        Acknowledgement::Empty | Acknowledgement::Call { .. } => StatusCode::OK.into_response(),
        Acknowledgement::Json(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Acknowledgement::Twiml(xml) => ([(header::CONTENT_TYPE, "text/xml")], xml).into_response(),
    })
}

/// Verifies, reads and stores; what the vendor is to be answered with.
async fn accept<'a>(
    http: &'a Http,
    vendor: &'static str,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(&'a Arc<dyn WebhookPort>, Acknowledgement), Problem> {
    let body = body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new("too_large", "a webhook has at most 1,000,000 bytes")
        } else {
            Problem::new("malformed", "the body did not arrive whole")
        }
    })?;
    let port = http.webhooks.get(vendor).ok_or_else(|| Problem::new("not_found", "no such vendor"))?;
    let request = WebhookRequest { headers, path, query, body: &body, now: http.reception.clock.real_now() };
    let (events, acknowledgement) = port.read(&request).map_err(|error| match error {
        WebhookError::NotConfigured { setting } => Problem::new("not_configured", format!("{setting} is not set")),
        WebhookError::Signature => Problem::new("bad_signature", "missing, wrong or stale"),
        WebhookError::Malformed => Problem::new("malformed", "not what the vendor sends"),
    })?;
    http.acceptor.accept(events).await.map_err(|_| Problem::new("unavailable", "nothing was stored"))?;
    Ok((port, acknowledgement))
}
