//! `frontdesk chat`: the receptionist in the terminal, alone or through a running server.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use frontdesk_domain::clinic::parse;
use frontdesk_domain::span::Span;
use frontdesk_ports::Clock;
use frontdesk_ports::inbound::{Inbound, InboundEvent};
use frontdesk_reception::clinics::import;
use frontdesk_reception::inbound;
use frontdesk_reception::jobs::Runner;
use frontdesk_sandbox::ShiftedClock;

use super::clinic;
use crate::system::{RandomIds, SystemClock};
use crate::wiring::{SAMPLE, in_memory};

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    /// A clinic file; the sample clinic without one.
    #[arg(long, conflicts_with = "server")]
    clinic: Option<PathBuf>,
    /// A running server in the sandbox, such as <http://127.0.0.1:8080>.
    #[arg(long)]
    server: Option<String>,
}

const PATIENT: &str = "+13475550123";

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(args: Args) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match args.server {
            Some(server) => remote(server.trim_end_matches('/')).await,
            None => local(args.clinic).await,
        }
    })
}

fn prompt(text: &str) -> anyhow::Result<Option<String>> {
    print!("{text}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        println!();
        return Ok(None);
    }
    Ok(Some(line.trim().to_owned()))
}

const HELP: &str =
    "You are the patient. Type a text; /call rings and nobody answers; /mail shows what staff got; /quit ends.";

async fn local(file: Option<PathBuf>) -> anyhow::Result<()> {
    let clock = Arc::new(ShiftedClock::new(Arc::new(SystemClock)));
    let world = in_memory(Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(RandomIds), Span::ZERO).await?;
    let file = match file {
        Some(file) => clinic::read(&file)?,
        None => parse(SAMPLE).map_err(|error| anyhow::anyhow!("the sample clinic: {error}"))?,
    };
    let stored = import(&world.reception, file, "import", false).await?;
    let ours =
        stored.settings.main_number().cloned().context("phone_numbers: the clinic needs a number to chat with")?;
    let runner = Runner::new(Arc::clone(&world.reception));
    println!("{} ({}). {HELP}", stored.settings.name, stored.settings.persona.assistant);
    let (mut texts, mut mails) = (0, 0);
    while let Some(line) = prompt("you> ")? {
        let what = match line.as_str() {
            "" => continue,
            "/quit" => break,
            "/mail" => {
                for mail in world.mailbox.emails_after(mails) {
                    mails = mail.number;
                    println!("--- {}\n{}", mail.email.subject, mail.email.text);
                }
                continue;
            }
            "/call" => Inbound::Call {
                session: format!("{:032x}", world.reception.ids.raw(world.reception.now())),
                leg: None,
                from: PATIENT.to_owned(),
                to: ours.expose().to_owned(),
                report: frontdesk_domain::call::CallReport::Arrived,
                busy: false,
            },
            text => Inbound::plain_text(PATIENT.to_owned(), ours.expose().to_owned(), text.to_owned()),
        };
        let now = world.reception.now();
        let event = InboundEvent {
            vendor: "sandbox".to_owned(),
            event_id: format!("{:032x}", world.reception.ids.raw(now)),
            occurred_at: now,
            what,
        };
        inbound::store(&world.reception, vec![event]).await?;
        runner.drain_until(world.reception.now(), clock.as_ref()).await?;
        for text in world.carrier.texts_after(texts) {
            texts = text.number;
            if text.to.expose() == PATIENT {
                println!(
                    "{}> {}",
                    stored.settings.persona.assistant.to_lowercase(),
                    text.text.replace('\n', "\n     ")
                );
            } else {
                println!("(text to staff: {})", text.text);
            }
        }
    }
    Ok(())
}

async fn remote(server: &str) -> anyhow::Result<()> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
    let after = |list: &Value| list.as_array().and_then(|l| l.last()).and_then(|t| t["number"].as_u64());
    let texts_url = format!("{server}/sandbox/texts");
    let first = http
        .get(&texts_url)
        .query(&[("number", PATIENT)])
        .send()
        .await
        .with_context(|| format!("{server} does not answer"))?;
    if first.status() == reqwest::StatusCode::NOT_FOUND {
        bail!("{server} has no sandbox: real carriers are configured there");
    }
    let mut seen = after(&first.json().await?).unwrap_or(0);
    println!("Connected to {server}. {HELP}");
    let mut mails = 0;
    while let Some(line) = prompt("you> ")? {
        let (path, body) = match line.as_str() {
            "" => continue,
            "/quit" => break,
            "/mail" => {
                let list: Value =
                    http.get(format!("{server}/sandbox/mail")).query(&[("after", mails)]).send().await?.json().await?;
                mails = after(&list).unwrap_or(mails);
                for mail in list.as_array().into_iter().flatten() {
                    println!("--- {}\n{}", mail["subject"].as_str().unwrap_or(""), mail["text"].as_str().unwrap_or(""));
                }
                continue;
            }
            "/call" => ("calls", json!({ "from": PATIENT })),
            text => ("texts", json!({ "from": PATIENT, "text": text })),
        };
        http.post(format!("{server}/sandbox/{path}")).json(&body).send().await?.error_for_status()?;
        // A reply takes the settle time and a little; silence is an answer too (after STOP, say).
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let list: Value = http
                .get(&texts_url)
                .query(&[("number", PATIENT), ("after", &seen.to_string())])
                .send()
                .await?
                .json()
                .await?;
            let Some(last) = after(&list) else { continue };
            seen = last;
            for text in list.as_array().into_iter().flatten() {
                println!("them> {}", text["text"].as_str().unwrap_or("").replace('\n', "\n      "));
            }
            break;
        }
    }
    Ok(())
}
