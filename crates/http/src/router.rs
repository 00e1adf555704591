//! Every route: the table of contents of the API, of which the document at `/openapi.json` is made.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{DefaultBodyLimit, MatchedPath, Path, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tracing::Instrument as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use frontdesk_domain::limits::WEBHOOK_BODY_MAX_BYTES;
use frontdesk_ports::store::StoreError;
use frontdesk_reception::metrics::span;

use crate::api::{conversations, no_such_method, patients, visits};
use crate::{Http, Problem, desk, limits, openapi, pages, sandbox, web, webhooks};

/// The pages anybody with a link can reach.
fn open_pages() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(pages::short_link)).routes(routes!(feed)).routes(routes!(desk::show, desk::act))
}

/// What tokens and vendors reach.
fn service() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(conversations::start))
        .routes(routes!(conversations::message))
        .routes(routes!(conversations::state))
        .routes(routes!(conversations::events))
        .routes(routes!(visits::availability))
        .routes(routes!(visits::book))
        .routes(routes!(patients::create))
        .routes(routes!(webhooks::telnyx_messages))
        .routes(routes!(webhooks::telnyx_voice))
        .routes(routes!(webhooks::twilio_sms))
        .routes(routes!(webhooks::twilio_voice))
        .routes(routes!(health))
        .routes(routes!(document))
        .routes(routes!(problem))
}

/// The simulator's.
fn simulator() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(sandbox::scene))
        .routes(routes!(sandbox::clock))
        .routes(routes!(sandbox::reset))
        .routes(routes!(sandbox::token))
        .routes(routes!(sandbox::texts, sandbox::text))
        .routes(routes!(sandbox::call))
        .routes(routes!(sandbox::mail))
        .routes(routes!(pages::sandbox_page, pages::sandbox_pay))
}

/// The document of all routes.
pub(crate) fn documented(with_sandbox: bool) -> OpenApi {
    let mut document = openapi::frame();
    let mut parts = vec![service(), open_pages()];
    if with_sandbox {
        parts.extend([simulator(), OpenApiRouter::new().routes(routes!(webhooks::sandbox))]);
    }
    for part in parts {
        document.merge(part.into_openapi());
    }
    document
}

/// What patients' vendors, clinics' sites and people reach.
pub fn api(http: Http) -> Router {
    let (service, _) = service().split_for_parts();
    let (open, _) = open_pages().split_for_parts();
    let open = open.layer(axum::middleware::from_fn_with_state(Arc::clone(&http.limits), limits::pages));
    let mut router = Router::new().merge(open).merge(service);
    if http.sandbox.is_some() {
        let (simulator, _) = simulator().split_for_parts();
        let (webhook, _) = OpenApiRouter::new().routes(routes!(webhooks::sandbox)).split_for_parts();
        router = router
            .merge(simulator.layer(axum::middleware::from_fn(sandbox::own_pages_only)))
            .merge(webhook)
            .route("/", get(web::page))
            .route("/assets/{*path}", get(web::asset));
    }
    router
        .fallback(|| async { Problem::new("not_found", "no such route") })
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(WEBHOOK_BODY_MAX_BYTES))
        .layer(axum::middleware::from_fn(whole_body))
        .layer(axum::middleware::map_response(as_problem))
        .layer(axum::middleware::from_fn(traced))
        .with_state(http)
}

/// How long a body may take to arrive: vendors send theirs in one piece.
const BODY: Duration = Duration::from_secs(15);

/// The body before anything else: one that trickles in holds no handler and no stop up.
async fn whole_body(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match tokio::time::timeout(BODY, axum::body::to_bytes(body, WEBHOOK_BODY_MAX_BYTES)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(error)) if too_long(&error) => {
            Problem::new("too_large", "a body has at most 1,000,000 bytes").into_response()
        }
        Ok(Err(_)) | Err(_) => Problem::new("malformed", "the body did not arrive whole").into_response(),
    }
}

fn too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.to_string().contains("length limit"))
}

/// What the framework refuses by itself (a path that is no UTF-8, a query that cannot be read, a body too large) in the
/// form of every other refusal.
async fn as_problem(response: Response) -> Response {
    let is_plain =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status().as_u16() {
        413 if is_plain => Problem::new("too_large", "the body is longer than this route takes").into_response(),
        400..=499 if is_plain => {
            Problem::new("malformed", "the path, the query or the body cannot be read").into_response()
        }
        _ => response,
    }
}

/// Every request in a span: its route as it is written here, never its path, which may be a secret link.
async fn traced(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!(
        "http request",
        http.request.method = method(request.method()),
        http.route = route,
        http.response.status_code = tracing::field::Empty,
        otel.kind = "server",
    );
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    response
}

/// A method by its name; others than HTTP's own are whatever a stranger sent.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

/// What a problem's code means.
#[utoipa::path(
    get, path = "/problems/{code}", tag = "process", params(("code" = String, Path, description = "The code of a problem")),
    responses((status = 200, content_type = "application/json", body = String, description = "Its status and title"), (status = 404, body = crate::problem::ProblemBody, content_type = "application/problem+json", description = "There is no such code")),
)]
async fn problem(Path(code): Path<String>) -> Result<Json<serde_json::Value>, Problem> {
    let row = Problem::TABLE.iter().find(|(known, _, _)| *known == code);
    let (code, status, title) = row.ok_or_else(|| Problem::new("not_found", "no such code"))?;
    Ok(Json(json!({ "code": code, "status": status, "title": title })))
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "process", responses((status = 200, content_type = "application/json", body = String, description = "OpenAPI 3.1")))]
async fn document(State(http): State<Http>) -> Json<OpenApi> {
    Json(documented(http.sandbox.is_some()))
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
#[utoipa::path(
    get, path = "/calendar/{token}", tag = "pages", params(("token" = String, Path, description = "The provider's secret")),
    responses(
        (status = 200, content_type = "text/calendar", body = String, description = "iCalendar"),
        (status = "4XX", description = "No such calendar, or asked for too often"),
        (status = 503, description = "The database does not answer"),
    ),
)]
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

/// Whether it serves, and what is off.
#[utoipa::path(get, path = "/health", tag = "process", responses((status = 200, content_type = "application/json", body = String, description = "It serves")))]
async fn health(State(http): State<Http>) -> Response {
    Json(json!({ "status": "ok", "off": *http.off })).into_response()
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
            Json(json!({
                "status": if lag > LATE_S { "late" } else { "ready" },
                "database": "answers, its tables are this program's",
                "job_lag_seconds": lag.round(),
                "jobs": { "ready": counts.ready, "running": counts.running, "dead": counts.dead },
                "off": *http.off,
            }))
            .into_response()
        }
        Ok(Err(_)) | Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "database unavailable" }))).into_response()
        }
    }
}
