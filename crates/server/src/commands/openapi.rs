//! `frontdesk openapi`: the API document.

use anyhow::Context as _;

/// Prints it.
///
/// # Errors
/// When it cannot be written.
pub fn run() -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&frontdesk_http::document()).context("the document")?;
    println!("{text}");
    Ok(())
}
