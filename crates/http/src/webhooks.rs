//! Vendors' webhooks: verify over the raw bytes, store once with the job, answer. Processing is a job.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use frontdesk_ports::inbound::{Acknowledgement, CallAnswer, WebhookError, WebhookPort, WebhookRequest};
use frontdesk_reception::calls::answer_call;
use frontdesk_reception::metrics::{WebhookLabels, span};

use crate::problem::ProblemBody;
use crate::{Http, Problem};

/// A request as its vendor signed it.
pub(crate) struct Signed {
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
}

impl FromRequest<Http> for Signed {
    type Rejection = Problem;

    async fn from_request(request: Request, http: &Http) -> Result<Self, Problem> {
        let (path, query) = (request.uri().path().to_owned(), request.uri().query().map(str::to_owned));
        let headers = request.headers().clone();
        Ok(Self { path, query, headers, body: Bytes::from_request(request, http).await })
    }
}

impl Signed {
    async fn receive(self, http: &Http, vendor: &'static str) -> Result<Response, Problem> {
        receive(http, vendor, &self.path, self.query.as_deref(), &self.headers, self.body).await
    }
}

macro_rules! vendor_routes {
    ($($name:ident, $path:literal, $vendor:literal, $kind:literal, $what:literal;)*) => {$(
        #[doc = $what]
        #[utoipa::path(
            post, path = $path, tag = "webhooks", request_body(content = String, content_type = $kind),
            responses(
                (status = 200, description = "Stored: it is handled once, however often it comes"),
                (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "The signature does not hold, or the body is not the vendor's"),
                (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Nothing was stored, or the vendor has no key configured: deliver it again"),
            ),
        )]
        pub(crate) async fn $name(State(http): State<Http>, signed: Signed) -> Result<Response, Problem> {
            signed.receive(&http, $vendor).await
        }
    )*};
}

vendor_routes! {
    telnyx_messages, "/webhooks/telnyx/messages", "telnyx", "application/json", "Texts and receipts of Telnyx, signed with its ed25519 key.";
    telnyx_voice, "/webhooks/telnyx/voice", "telnyx", "application/json", "Calls of Telnyx, signed with its ed25519 key.";
    twilio_sms, "/webhooks/twilio/sms", "twilio", "application/x-www-form-urlencoded", "Texts and receipts of Twilio, signed with the account's token.";
    twilio_voice, "/webhooks/twilio/voice", "twilio", "application/x-www-form-urlencoded", "Calls of Twilio, signed with the account's token; answered with `TwiML`.";
    sandbox, "/webhooks/sandbox", "sandbox", "application/json", "The sandbox carrier, signed with a key of the process.";
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
