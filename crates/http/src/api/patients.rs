//! Patients of a clinic's own system.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use frontdesk_domain::phone::PhoneNumber;
use frontdesk_domain::token::Scope;
use frontdesk_reception::api;

use super::{Holder, json, whole};
use crate::problem::ProblemBody;
use crate::{Http, Problem};

/// A patient the clinic's own system knows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPatient {
    /// First and last name.
    name: String,
    /// E.164.
    #[schema(example = "+12125550142")]
    phone: String,
    /// E-mail.
    email: Option<String>,
}

/// Under which id they stand.
#[derive(Serialize, ToSchema)]
pub(crate) struct Patient {
    /// The id.
    patient_id: String,
}

/// Tells that the clinic knows a patient by their phone: from now on whoever texts from it is not asked whether they are new.
/// Who is known already stays as they are, under the same id, and nothing that is known is told.
#[utoipa::path(
    post, path = "/patients", tag = "patients", request_body = NewPatient,
    responses(
        (status = 201, body = Patient, description = "They are known"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "Refused; `code` says why"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Try again"),
    ),
    security(("bearer" = ["patients"])),
)]
pub(crate) async fn create(
    State(http): State<Http>,
    holder: Holder,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let caller = holder.may(Scope::Patients)?;
    let patient: NewPatient = json(&whole(body)?)?;
    let phone = PhoneNumber::parse(&patient.phone);
    let phone = phone.map_err(|_| Problem::new("invalid", "phone: expected E.164 such as +12125550142"))?;
    let id = api::save_patient(&http.reception, &caller, &patient.name, &phone, patient.email.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(Patient { patient_id: id.to_string() })).into_response())
}
