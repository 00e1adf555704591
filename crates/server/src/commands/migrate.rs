//! `frontdesk migrate`.

use crate::settings::Settings;
use crate::wiring;

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run() -> anyhow::Result<()> {
    let settings = Settings::read()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(wiring::database(&settings))?;
    println!("the database is up to date");
    Ok(())
}
