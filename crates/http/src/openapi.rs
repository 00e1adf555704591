//! The document at `/openapi.json`: made of the routes themselves, so that none is missing.

use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

/// What stands in the document beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Frontdesk",
        description = "The receptionist of a med spa. A clinic's own site holds conversations, sees open times and books with a bearer token of `frontdesk token create`. Every refusal is `application/problem+json` with a `code` that never changes.",
        license(name = "Proprietary"),
    ),
    tags(
        (name = "conversations", description = "Hold a conversation, as by text"),
        (name = "visits", description = "Open times and bookings by form"),
        (name = "patients", description = "Patients of the clinic's own system"),
        (name = "webhooks", description = "For vendors; each request is signed"),
        (name = "pages", description = "For people with a link"),
        (name = "process", description = "Whether it serves"),
        (name = "sandbox", description = "The simulator's; only where no real vendor is configured"),
    ),
)]
struct Frame;

/// The document without any route.
pub(crate) fn frame() -> utoipa::openapi::OpenApi {
    let mut document = Frame::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("fd_…").build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    document
}

/// The whole document, the sandbox's routes with it.
pub fn document() -> utoipa::openapi::OpenApi {
    crate::router::documented(true)
}
