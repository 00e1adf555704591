//! Open times, and a visit booked by form.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use frontdesk_domain::language::Language;
use frontdesk_domain::lead::PatientType;
use frontdesk_domain::money::Money;
use frontdesk_domain::phone::PhoneNumber;
use frontdesk_domain::token::Scope;
use frontdesk_reception::api::{self, TimesAsked, VisitAsked};

use super::conversations::{ConversationState, OpenTime, open_time, state_of, status};
use super::{Holder, asked, json, whole};
use crate::problem::ProblemBody;
use crate::{Http, Problem};

/// A question for open times.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimesQuery {
    /// A service of the clinic, by name or id.
    service: String,
    /// One of its providers, by name or id.
    provider: Option<String>,
    /// First day, `YYYY-MM-DD`; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// Last day; at most 31 days from the first, which is also the default.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// At or after this time of day, `HH:MM`.
    after: Option<String>,
    /// Strictly before this time of day, `HH:MM`.
    before: Option<String>,
    /// `new` or `existing`: a deposit may hang on it.
    patient_type: Option<String>,
}

/// Open times of a service.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenTimes {
    /// The service's name.
    service: String,
    /// IANA name.
    timezone: String,
    /// The times, the earliest first.
    times: Vec<OpenTime>,
    /// What is asked for before one of them is booked.
    deposit: Option<Due>,
}

/// A deposit that is due.
#[derive(Serialize, ToSchema)]
pub(crate) struct Due {
    /// In the currency's minor unit.
    amount_minor: i64,
    /// ISO 4217.
    currency: &'static str,
    /// The clinic's policy: show it with the amount before they agree.
    policy: String,
}

/// A visit asked for by form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookingForm {
    /// First and last name.
    name: String,
    /// E-mail; one of e-mail and phone is needed.
    email: Option<String>,
    /// E.164.
    #[schema(example = "+12125550142")]
    phone: Option<String>,
    /// They agreed to be texted there. A code is texted first; nothing else until it came back by `POST /conversations/message`.
    #[serde(default)]
    consent_to_text: bool,
    /// `new` or `existing`.
    patient_type: String,
    /// By name or id.
    service: String,
    /// By name or id.
    provider: Option<String>,
    /// A `start` of `GET /availability`.
    #[schema(format = DateTime)]
    start: String,
    /// What they agreed to pay after they were shown amount and policy, in minor units. Left out, or another amount than is
    /// due: the time is kept for some minutes and `deposit.status` is `asked`.
    agreed_deposit_minor: Option<i64>,
    /// `en` or `es`.
    #[serde(default)]
    language: Option<String>,
}

fn wrong(field: &str, expected: &str) -> Problem {
    Problem::new("invalid", format!("{field}: expected {expected}"))
}

fn day(field: &str, text: Option<&String>) -> Result<Option<Date>, Problem> {
    text.map(|text| text.parse().map_err(|_| wrong(field, "YYYY-MM-DD"))).transpose()
}

fn time(field: &str, text: Option<&String>) -> Result<Option<Time>, Problem> {
    text.map(|text| Time::strptime("%H:%M", text).map_err(|_| wrong(field, "HH:MM"))).transpose()
}

fn patient_type(text: &str) -> Result<PatientType, Problem> {
    let known = [PatientType::New, PatientType::Existing].into_iter().find(|kind| kind.key() == text);
    known.ok_or_else(|| wrong("patient_type", "new or existing"))
}

/// Open times of a service, as the receptionist would offer them.
#[utoipa::path(
    get, path = "/availability", tag = "visits", params(TimesQuery),
    responses(
        (status = 200, body = OpenTimes, description = "Open times"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "Refused; `code` says why"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The calendar does not answer: try again"),
    ),
    security(("bearer" = ["availability"])),
)]
pub(crate) async fn availability(
    State(http): State<Http>,
    holder: Holder,
    query: Result<Query<TimesQuery>, QueryRejection>,
) -> Result<Json<OpenTimes>, Problem> {
    let caller = holder.may(Scope::Availability)?;
    let Query(query) = query.map_err(|_| Problem::new("malformed", "the query: not as /openapi.json describes it"))?;
    let asked = TimesAsked {
        from: day("from", query.from.as_ref())?,
        to: day("to", query.to.as_ref())?,
        after: time("after", query.after.as_ref())?,
        before: time("before", query.before.as_ref())?,
        patient_type: query.patient_type.as_deref().map(patient_type).transpose()?,
        service: query.service,
        provider: query.provider,
    };
    let times = api::availability(&http.reception, &caller, &asked).await?;
    let clinic = &times.clinic.settings;
    Ok(Json(OpenTimes {
        service: clinic.service(times.service).map(|s| s.name.clone()).unwrap_or_default(),
        timezone: clinic.timezone.name().to_owned(),
        times: times.slots.iter().map(|slot| open_time(clinic, slot)).collect(),
        deposit: times.deposit.map(|amount| Due {
            amount_minor: amount.minor_units(),
            currency: "USD",
            policy: clinic.booking.policy.clone(),
        }),
    }))
}

/// Books a visit, or keeps its time and asks for the deposit. It is a conversation, which goes on with
/// `POST /conversations/message`.
#[utoipa::path(
    post, path = "/bookings", tag = "visits", request_body = BookingForm,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same body books once, however often it is sent")),
    responses(
        (status = 201, body = ConversationState, description = "`stage` says what became of it: `booked`; `holding` while a deposit is to be agreed to; `awaiting_payment` with its page; `offering` when somebody was faster"),
        (status = 202, body = ConversationState, description = "It is stored; the outcome is under way"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "Refused; `code` says why: `slot_taken` when the time is not open"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Send it again with its key"),
    ),
    security(("bearer" = ["bookings"])),
)]
pub(crate) async fn book(
    State(http): State<Http>,
    holder: Holder,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let caller = holder.may(Scope::Bookings)?;
    let body = whole(body)?;
    let form: BookingForm = json(&body)?;
    let start: Timestamp =
        form.start.parse().map_err(|_| wrong("start", "an instant such as 2026-11-24T15:00:00-05:00"))?;
    let phone = form.phone.as_deref().map(PhoneNumber::parse).transpose();
    let language = match form.language.as_deref() {
        None | Some("en") => Language::English,
        Some("es") => Language::Spanish,
        Some(_) => return Err(wrong("language", "en or es")),
    };
    let visit = VisitAsked {
        name: form.name,
        email: form.email,
        phone: phone.map_err(|_| wrong("phone", "E.164 such as +12125550142"))?,
        may_text: form.consent_to_text,
        patient_type: patient_type(&form.patient_type)?,
        service: form.service,
        provider: form.provider,
        start,
        agreed: form.agreed_deposit_minor.map(Money::usd_cents),
        language,
    };
    let view = api::book(&http.reception, &http.acceptor, &caller, asked(&headers, &body)?, visit).await?;
    Ok((status(&view, StatusCode::CREATED), Json(state_of(&view))).into_response())
}
