//! Every route: the table of contents of the API.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use frontdesk_domain::limits::WEBHOOK_BODY_MAX_BYTES;
use frontdesk_ports::store::StoreError;
use frontdesk_reception::metrics::span;

use crate::{Http, Problem, desk, limits, pages, sandbox, web, webhooks};

/// What patients' vendors and people reach.
pub fn api(http: Http) -> Router {
    let open = Router::new()
        .route("/p/{code}", get(pages::short_link))
        .route("/calendar/{token}", get(feed))
        .route("/s/{token}", get(desk::show).post(desk::act))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&http.limits), limits::pages));
    let mut router = Router::new()
        .merge(open)
        .route("/health", get(health))
        .route("/webhooks/telnyx/messages", webhooks::of("telnyx"))
        .route("/webhooks/telnyx/voice", webhooks::of("telnyx"))
        .route("/webhooks/twilio/sms", webhooks::of("twilio"))
        .route("/webhooks/twilio/voice", webhooks::of("twilio"));
    if http.sandbox.is_some() {
        let sandbox = Router::new()
            .route("/sandbox/scene", get(sandbox::scene))
            .route("/sandbox/clock", post(sandbox::clock))
            .route("/sandbox/reset", post(sandbox::reset))
            .route("/sandbox/texts", get(sandbox::texts).post(sandbox::text))
            .route("/sandbox/calls", post(sandbox::call))
            .route("/sandbox/mail", get(sandbox::mail))
            .route("/sandbox/pay/{code}", get(pages::sandbox_page).post(pages::sandbox_pay))
            .layer(axum::middleware::from_fn(sandbox::own_pages_only));
        router = router
            .merge(sandbox)
            .route("/", get(web::page))
            .route("/assets/{*path}", get(web::asset))
            .route("/webhooks/sandbox", webhooks::of("sandbox"));
    }
    router
        .fallback(|| async { Problem::new("not_found", "no such route") })
        .layer(DefaultBodyLimit::max(WEBHOOK_BODY_MAX_BYTES))
        .with_state(http)
}

/// What the operator's tools reach, on a listener of its own.
pub fn ops(http: Http) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(http)
}

/// A provider's calendar feed.
async fn feed(State(http): State<Http>, Path(token): Path<String>) -> Result<Response, Problem> {
    let feed = frontdesk_reception::feeds::feed(&http.reception, &token).await;
    let feed = feed.map_err(|_| Problem::new("unavailable", "the database does not answer"))?;
    let file = feed.ok_or_else(|| Problem::new("not_found", "no such calendar"))?;
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=60")];
    Ok((headers, file).into_response())
}

/// What is counted and timed, for Prometheus.
async fn metrics(State(http): State<Http>) -> Response {
    let asked = frontdesk_reception::metrics::text(&http.reception);
    match tokio::time::timeout(Duration::from_secs(2), asked).await {
        Ok(Ok(text)) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Ok(Err(_)) | Err(_) => Problem::new("unavailable", "the database does not answer").into_response(),
    }
}

async fn health(State(http): State<Http>) -> Response {
    axum::Json(json!({ "status": "ok", "off": *http.off })).into_response()
}

/// How long a due job may wait before the answer says so, in seconds.
const LATE_S: f64 = 60.0;

/// Ready when the database answers; late work is said, and no reason to take a process that works out of service.
async fn ready(State(http): State<Http>) -> Response {
    let asked = async {
        let mut tx = http.reception.store.begin_system().await?;
        Ok::<_, StoreError>((tx.job_counts().await?, tx.next_due().await?))
    };
    match tokio::time::timeout(Duration::from_secs(2), asked).await {
        Ok(Ok((counts, due))) => {
            let lag = due.map_or(0.0, |due| span(http.reception.now().duration_since(due)));
            axum::Json(json!({
                "status": if lag > LATE_S { "late" } else { "ready" },
                "database": "answers, its tables are this program's",
                "job_lag_seconds": lag.round(),
                "jobs": { "ready": counts.ready, "running": counts.running, "dead": counts.dead },
                "off": *http.off,
            }))
            .into_response()
        }
        Ok(Err(_)) | Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({ "status": "database unavailable" }))).into_response()
        }
    }
}
