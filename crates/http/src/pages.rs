//! The few pages a patient may see: where a payment link leads, and the sandbox's own payment page. Plain HTML, no script,
//! readable at 320 px, light and dark.

use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use frontdesk_domain::deposit::{Deposit, DepositStatus};
use frontdesk_ports::inbound::{Inbound, InboundEvent, PaymentReport};
use frontdesk_reception::deposits::{self, Page};

use crate::{Http, Problem};

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d9dee5; --paper: #ffffff; --ground: #f4f1ee; --accent: #7a3b57; --on: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef1f5; --soft: #a5afbd; --line: #39424f; --paper: #1b222c; --ground: #11161d; --accent: #d99ab5; --on: #2a1320; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 17px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { width: 100%; max-width: 26rem; background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 1.6rem; }
h1 { font-size: 1.15rem; margin: 0 0 1rem; }
.amount { font-size: 2.4rem; font-weight: 650; letter-spacing: -0.02em; margin: 0; }
p { margin: 0.5rem 0; } .soft { color: var(--soft); font-size: 0.95rem; }
.policy { border-top: 1px solid var(--line); margin-top: 1.1rem; padding-top: 0.9rem; }
form { display: grid; gap: 0.7rem; margin-top: 1.3rem; }
button { font: inherit; font-weight: 600; padding: 0.8rem 1rem; border-radius: 10px; border: 1px solid var(--accent); background: var(--accent); color: var(--on); cursor: pointer; }
button.plain { background: transparent; color: var(--accent); }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
h2 { font-size: 1rem; margin: 0; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.35rem 1rem; margin: 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.part { border-top: 1px solid var(--line); padding-top: 1.1rem; }
label { display: grid; gap: 0.25rem; font-size: 0.95rem; color: var(--soft); }
input, select { font: inherit; padding: 0.6rem 0.7rem; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); color: var(--ink); width: 100%; }
.banner { margin: -0.4rem 0 1.1rem; padding: 0.45rem 0.7rem; border-radius: 8px; background: var(--ground); color: var(--soft); font-size: 0.9rem; }
";

/// Text as HTML shows it.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

pub(crate) fn html(status: StatusCode, title: &str, body: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escaped(title)
    );
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'self'",
        ),
    ];
    (status, headers, Html(page)).into_response()
}

fn gone() -> Response {
    html(
        StatusCode::NOT_FOUND,
        "Not found",
        "<h1>This link leads nowhere</h1><p class=\"soft\">Please check the link in your text message, or reply to it.</p>",
    )
}

async fn find(http: &Http, code: &str) -> Result<Option<Page>, Problem> {
    let page = deposits::page(&http.reception, code).await;
    page.map_err(|_| Problem::new("unavailable", "the database does not answer"))
}

/// What a deposit is for, in the clinic's local time.
fn summary(page: &Page) -> String {
    let when = page.when.as_ref().map(|when| format!("<p>{}</p>", escaped(when))).unwrap_or_default();
    format!("<h1>{}</h1><p class=\"amount\">{}</p>{when}", escaped(&page.clinic), page.deposit.amount)
}

fn policy(deposit: &Deposit) -> String {
    if deposit.policy.is_empty() {
        return String::new();
    }
    format!("<p class=\"soft policy\">{}</p>", escaped(&deposit.policy))
}

/// Our short link: to the hosted page while it is open, else what became of it.
#[utoipa::path(
    get, path = "/p/{code}", tag = "pages", params(("code" = String, Path, description = "The code of a payment link")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "What became of a link that is over"),
        (status = 303, description = "To the hosted payment page"),
        (status = "4XX", description = "No such link, or asked for too often"),
        (status = 503, description = "The database does not answer"),
    ),
)]
pub(crate) async fn short_link(State(http): State<Http>, Path(code): Path<String>) -> Result<Response, Problem> {
    let Some(page) = find(&http, &code).await? else { return Ok(gone()) };
    if page.is_open {
        return Ok(Redirect::to(&page.deposit.url).into_response());
    }
    Ok(ended(&page))
}

fn ended(page: &Page) -> Response {
    let (title, text) = match page.deposit.status {
        DepositStatus::Paid | DepositStatus::Disputed | DepositStatus::Won | DepositStatus::Lost => {
            ("Paid, thank you", "We have your payment and confirm by text message.")
        }
        DepositStatus::Refunded => ("Refunded", "Your payment is on its way back to your card."),
        DepositStatus::Requested | DepositStatus::Failed | DepositStatus::Expired | DepositStatus::Cancelled => {
            ("This link has ended", "Nothing was charged. Reply to our text message and we send you a new one.")
        }
    };
    let body = format!("{}<p><strong>{title}</strong></p><p class=\"soft\">{text}</p>", summary(page));
    html(StatusCode::OK, title, &body)
}

/// The sandbox's payment page.
#[utoipa::path(
    get, path = "/sandbox/pay/{code}", tag = "sandbox", params(("code" = String, Path, description = "The code of a payment link")),
    responses((status = "2XX", content_type = "text/html", body = String, description = "The page"), (status = "4XX", description = "There is nothing, or it was asked for too often"), (status = 503, description = "The database does not answer")),
)]
pub(crate) async fn sandbox_page(State(http): State<Http>, Path(code): Path<String>) -> Result<Response, Problem> {
    let Some(page) = find(&http, &code).await?.filter(|page| page.deposit.vendor == "sandbox") else {
        return Ok(gone());
    };
    if !page.is_open {
        return Ok(ended(&page));
    }
    let failed = if page.deposit.status == DepositStatus::Failed {
        "<p><strong>That payment did not go through.</strong> You can try again.</p>"
    } else {
        ""
    };
    let body = format!(
        "<p class=\"banner\">Sandbox: no money moves.</p>{}{failed}<form method=\"post\"><button name=\"outcome\" value=\"paid\">Pay {}</button>\
         <button class=\"plain\" name=\"outcome\" value=\"failed\">Let the card be declined</button></form>{}",
        summary(&page),
        page.deposit.amount,
        policy(&page.deposit)
    );
    Ok(html(StatusCode::OK, "Payment", &body))
}

/// What the person chose.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    outcome: String,
}

/// The sandbox's payment page was used.
#[utoipa::path(
    post, path = "/sandbox/pay/{code}", tag = "sandbox", params(("code" = String, Path, description = "The code of a payment link")), request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`outcome=paid` or `outcome=failed`"),
    responses((status = "2XX", content_type = "text/html", body = String, description = "The page"), (status = "4XX", description = "There is nothing, or it was asked for too often"), (status = 503, description = "The database does not answer")),
)]
pub(crate) async fn sandbox_pay(
    State(http): State<Http>,
    Path(code): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Problem> {
    let Some(page) = find(&http, &code).await?.filter(|page| page.deposit.vendor == "sandbox") else {
        return Ok(gone());
    };
    if page.is_open {
        let deposit = &page.deposit;
        let report = match chosen.outcome.as_str() {
            "paid" => PaymentReport::Paid { amount_minor: deposit.amount.minor_units() },
            "failed" => PaymentReport::Failed,
            _ => return Err(Problem::new("malformed", "outcome: expected paid or failed")),
        };
        let event = InboundEvent {
            vendor: "sandbox".to_owned(),
            event_id: format!("sandbox-{:032x}", http.reception.ids.raw(http.reception.now())),
            occurred_at: http.reception.now(),
            what: Inbound::Payment {
                reference: Some(deposits::reference(deposit.org, deposit.id)),
                payment: format!("pay_{}", deposit.id),
                report,
            },
        };
        let stored = http.acceptor.accept(vec![event]).await;
        stored.map_err(|_| Problem::new("unavailable", "nothing was stored"))?;
        if report != PaymentReport::Failed {
            let body = format!(
                "{}<p><strong>Paid, thank you</strong></p><p class=\"soft\">You can close this page; we confirm by text message.</p>",
                summary(&page)
            );
            return Ok(html(StatusCode::OK, "Paid, thank you", &body));
        }
    }
    Ok(Redirect::to(&format!("/sandbox/pay/{code}")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_shown_as_text() {
        assert_eq!(escaped("<b>\"A\" & 'B'</b>"), "&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;");
    }
}
