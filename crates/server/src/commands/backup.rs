//! `frontdesk backup` and `frontdesk restore`: one portable file of either database.

use std::io::{BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use anyhow::Context as _;

use frontdesk_ports::Clock as _;

use crate::settings::Settings;
use crate::system::SystemClock;
use crate::wiring;

/// Where the backup is.
#[derive(clap::Args)]
pub struct Args {
    /// The file.
    file: PathBuf,
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Runs `backup`: works while the service serves.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn backup(args: &Args) -> anyhow::Result<()> {
    let settings = Settings::read()?;
    // Beside its place first: a backup that was cut short must not stand where the last good one stood.
    let part = args.file.with_extension("part");
    let mut open = std::fs::OpenOptions::new();
    let file = open.write(true).create(true).truncate(true).mode(0o600).open(&part);
    let mut out = BufWriter::new(file.with_context(|| format!("{} cannot be written", part.display()))?);
    let rows = runtime()?.block_on(async {
        let database = wiring::database(&settings).await?;
        anyhow::Ok(database.backup(&mut out, SystemClock.real_now()).await?)
    })?;
    out.flush()?;
    out.get_ref().sync_all()?;
    std::fs::rename(&part, &args.file).with_context(|| format!("{} cannot be written", args.file.display()))?;
    println!("{rows} rows are in {}; the master key is not, keep it elsewhere", args.file.display());
    Ok(())
}

/// Runs `restore`: into an empty database of either kind.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn restore(args: &Args) -> anyhow::Result<()> {
    let settings = Settings::read()?;
    let file = std::fs::File::open(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    let rows = runtime()?.block_on(async {
        let database = wiring::database(&settings).await?;
        anyhow::Ok(database.restore(&mut BufReader::new(file)).await?)
    })?;
    println!("{rows} rows are restored");
    Ok(())
}
