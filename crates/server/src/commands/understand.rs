//! `frontdesk understand --jsonl`: the engine's reading of messages, one JSON object a line.

use std::borrow::Cow;
use std::io::{BufRead, Write};

use anyhow::bail;
use serde_json::json;
use serde_json::value::RawValue;

use frontdesk_domain::text::mend_lone_surrogates;
use frontdesk_engine::understand::Menu;
use frontdesk_engine::understand::contract::{Request, answer};

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    /// One request a line on standard input, one answer a line on standard output.
    #[arg(long)]
    jsonl: bool,
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(args: &Args) -> anyhow::Result<()> {
    if !args.jsonl {
        bail!("understand reads JSON lines: use `frontdesk understand --jsonl < requests.jsonl`");
    }
    let mut input = std::io::stdin().lock();
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    // The menu rarely changes from line to line.
    let mut menu = (String::new(), Menu::default());
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match one(&line, &mut menu) {
            Ok(response) => serde_json::to_writer(&mut output, &response)?,
            Err((id, error)) => serde_json::to_writer(&mut output, &json!({ "id": id, "error": error }))?,
        }
        output.write_all(b"\n")?;
    }
    output.flush()?;
    Ok(())
}

fn one(
    line: &[u8],
    menu: &mut (String, Menu),
) -> Result<frontdesk_engine::understand::contract::Response, (Option<String>, String)> {
    let line = mend_lone_surrogates(line);
    // Checking is far quicker than mending, and seldom fails.
    let text = std::str::from_utf8(&line).map_or_else(|_| String::from_utf8_lossy(&line), Cow::Borrowed);
    let request: Request = serde_json::from_str(&text).map_err(|error| {
        let id = serde_json::from_str::<serde_json::Value>(&text)
            .ok()
            .and_then(|v| v.get("id")?.as_str().map(str::to_owned));
        let reason = if error.is_data() { error.to_string() } else { "not a JSON object".to_owned() };
        (id, reason)
    })?;
    let services = request.services.as_deref().map_or("", RawValue::get);
    if services != menu.0 {
        let items = request.menu_items().map_err(|error| (request.id.clone(), format!("services: {error}")))?;
        *menu = (services.to_owned(), Menu::new(items));
    }
    answer(&request, &menu.1).map_err(|error| (request.id.clone(), error.to_string()))
}
