//! The page behind the link of a lead card: what it says, and what a person may do with it. Looking changes nothing, so that
//! a mail scanner that opens the link does nothing either.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use frontdesk_domain::clinic::FeeKind;
use frontdesk_reception::desk::{self, Card, NotDone, Wish};

use crate::pages::{escaped, html};
use crate::{Http, Problem};

fn unavailable<E>(_: E) -> Problem {
    Problem::new("unavailable", "the database does not answer")
}

fn invalid() -> Response {
    let body = "<h1>This link is not valid any more</h1><p class=\"soft\">Links of lead cards hold for 30 days. A newer e-mail about the same patient has a newer one.</p>";
    html(StatusCode::NOT_FOUND, "Not valid", body)
}

fn shown(card: &Card, said: Option<&str>) -> String {
    let mut body = format!("<h1>{}</h1>", escaped(&card.clinic));
    if let Some(said) = said {
        body.push_str(&format!("<p class=\"banner\" role=\"status\">{}</p>", escaped(said)));
    }
    body.push_str("<dl>");
    for (what, how) in &card.lines {
        body.push_str(&format!("<dt>{}</dt><dd>{}</dd>", escaped(what), escaped(how)));
    }
    body.push_str("</dl>");
    if let Some(providers) = &card.providers {
        let options: String =
            providers.iter().map(|name| format!("<option>{}</option>", escaped(name))).collect::<Vec<_>>().concat();
        body.push_str(&format!(
            "<form method=\"post\" class=\"part\"><h2>Confirm a time</h2><label>Day<input type=\"date\" name=\"day\" min=\"{}\" required></label>\
             <label>Time<input type=\"time\" name=\"time\" required></label><label>With<select name=\"provider\"><option value=\"\">Anyone</option>{options}</select></label>\
             <button name=\"do\" value=\"confirm\">Confirm and tell the patient</button></form>",
            card.today
        ));
    }
    for (deposit, service, amount) in &card.refundable {
        // Of several, which one is on the button itself.
        let what = if card.refundable.len() > 1 { format!(" for {}", escaped(service)) } else { String::new() };
        body.push_str(&format!(
            "<form method=\"post\" class=\"part\"><input type=\"hidden\" name=\"deposit\" value=\"{deposit}\"><button class=\"plain\" name=\"do\" value=\"refund\">Give {}{what} back</button></form>",
            escaped(amount)
        ));
    }
    for (kind, amount) in &card.fees {
        let (value, words) = match kind {
            FeeKind::NoShow => ("no_show", "missed visit"),
            FeeKind::LateCancellation => ("late_cancellation", "late cancellation"),
        };
        body.push_str(&format!(
            "<form method=\"post\" class=\"part\"><button class=\"plain\" name=\"do\" value=\"{value}\">Ask for the {} fee ({words})</button></form>",
            escaped(amount)
        ));
    }
    body
}

/// The lead card.
#[utoipa::path(
    get, path = "/s/{token}", tag = "pages", params(("token" = String, Path, description = "The signed link of a lead card")),
    responses((status = "2XX", content_type = "text/html", body = String, description = "The page"), (status = "4XX", description = "There is nothing, or it was asked for too often"), (status = 503, description = "The database does not answer")),
)]
pub(crate) async fn show(State(http): State<Http>, Path(token): Path<String>) -> Result<Response, Problem> {
    let Some(card) = desk::card(&http.reception, &token).await.map_err(unavailable)? else { return Ok(invalid()) };
    Ok(html(StatusCode::OK, "Lead", &shown(&card, None)))
}

/// What was asked for on the page.
#[derive(Deserialize)]
pub(crate) struct Asked {
    r#do: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    deposit: String,
}

impl Asked {
    fn wish(&self) -> Option<Wish> {
        Some(match self.r#do.as_str() {
            "refund" => Wish::Refund(self.deposit.parse().ok()?),
            "no_show" => Wish::Fee(FeeKind::NoShow),
            "late_cancellation" => Wish::Fee(FeeKind::LateCancellation),
            "confirm" => Wish::Confirm {
                day: self.day.parse().ok()?,
                time: self.time.parse().ok()?,
                provider: self.provider.clone(),
            },
            _ => return None,
        })
    }
}

/// A person does something with it.
#[utoipa::path(
    post, path = "/s/{token}", tag = "pages", params(("token" = String, Path, description = "The signed link of a lead card")), request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The form of that page"),
    responses((status = "2XX", content_type = "text/html", body = String, description = "The page"), (status = "4XX", description = "There is nothing, or it was asked for too often"), (status = 503, description = "The database does not answer")),
)]
pub(crate) async fn act(
    State(http): State<Http>,
    Path(token): Path<String>,
    Form(asked): Form<Asked>,
) -> Result<Response, Problem> {
    let (status, said) = match asked.wish() {
        None => (
            StatusCode::BAD_REQUEST,
            "Something is missing: please load the page again, and choose a day and a time.".to_owned(),
        ),
        Some(wish) => match desk::act(&http.reception, &token, wish).await.map_err(unavailable)? {
            Ok(true) => (StatusCode::OK, "Done. The patient hears of it in a moment.".to_owned()),
            Ok(false) => (StatusCode::OK, "Done. The patient wants no texts: please call them.".to_owned()),
            Err(NotDone::Link) => return Ok(invalid()),
            Err(why) => (StatusCode::CONFLICT, format!("Not done: {why}.")),
        },
    };
    let Some(card) = desk::card(&http.reception, &token).await.map_err(unavailable)? else { return Ok(invalid()) };
    Ok(html(status, "Lead", &shown(&card, Some(&said))))
}
