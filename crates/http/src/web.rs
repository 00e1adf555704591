//! The web app's files, embedded in the binary: `web/dist` as it was when the program was built.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::pages;

/// Empty where the web app was not built.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist/"]
#[allow_missing = true]
struct Files;

/// What the page may load: itself. Mails are shown in a frame of their own, whose styles are inline.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The page itself.
pub(crate) async fn page() -> Response {
    let Some(file) = Files::get("index.html") else {
        return pages::html(
            StatusCode::OK,
            "Frontdesk",
            "<h1>The simulator's page is not in this build</h1><p>Build it with <code>./scripts/build-web</code> (it needs Node 20 and npm), then start again: <code>make run</code> does both.</p>\
             <p class=\"soft\">Everything else works without it: <code>frontdesk chat --server</code> plays the patient in the terminal.</p>",
        );
    };
    let headers = [
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(file.data)).into_response()
}

fn kind_of(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// A script, a style, a picture. Their names carry a hash of what is in them, so they may be kept.
pub(crate) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = Files::get(&format!("assets/{path}")) else { return StatusCode::NOT_FOUND.into_response() };
    let hash = file.metadata.sha256_hash();
    let tag = format!("\"{:016x}\"", u64::from_be_bytes(hash[..8].try_into().expect("a hash has 32 bytes")));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, kind_of(&path).to_owned()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::ETAG, tag),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, file.data).into_response()
}
