//! `frontdesk clinic check|import|export|feeds`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use frontdesk_domain::clinic::{ClinicFile, parse};
use frontdesk_domain::ids::ClinicId;
use frontdesk_ports::store::StoredClinic;
use frontdesk_reception::Reception;
use frontdesk_reception::clinics::{import, outside_working_time};
use frontdesk_reception::feeds::addresses;

use crate::settings::Settings;
use crate::wiring;

/// Subcommands.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Read a clinic file and say what is wrong with it. Stores nothing.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Create or update the clinic of a file.
    Import {
        /// The file.
        file: PathBuf,
        /// Replace edits that were made since the last import.
        #[arg(long)]
        force: bool,
    },
    /// Print a clinic as a file.
    Export {
        /// Its id (`cln_…`) or key.
        id: String,
    },
    /// Print the secret address of each provider's calendar feed.
    Feeds {
        /// Its id (`cln_…`) or key.
        id: String,
    },
}

/// Reads and checks a clinic file.
pub fn read(file: &PathBuf) -> anyhow::Result<ClinicFile> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    parse(&text).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))
}

/// A clinic by id or key.
pub(super) async fn find(cx: &Reception, id: &str) -> anyhow::Result<StoredClinic> {
    let mut tx = cx.store.begin_system().await?;
    let stored = match id.parse::<ClinicId>() {
        Ok(id) => tx.clinic(id).await?,
        Err(_) => tx.clinic_by_key(id).await?,
    };
    stored.with_context(|| format!("there is no clinic {id}"))
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(command: Command) -> anyhow::Result<()> {
    if let Command::Check { file } = &command {
        let clinic = read(file)?;
        println!(
            "{}: {} is fine ({} services, {} providers)",
            file.display(),
            clinic.name,
            clinic.services.as_ref().map_or(0, Vec::len),
            clinic.providers.as_ref().map_or(0, Vec::len)
        );
        for note in clinic.notes() {
            println!("note: {note}");
        }
        return Ok(());
    }
    let settings = Settings::read()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let wired = wiring::service(&settings, None).await?;
        let cx = Arc::clone(&wired.reception);
        match command {
            Command::Check { .. } => {}
            Command::Import { file, force } => {
                let stored = import(&cx, read(&file)?, "import", force).await?;
                let clinic = &stored.settings;
                println!("{} is version {} of {}", clinic.name, stored.version, clinic.id);
                for visit in outside_working_time(&cx, clinic).await? {
                    let at = clinic.timezone.local(visit.slot.start).strftime("%Y-%m-%d %H:%M");
                    let who = visit.provider_name.map(|name| format!(" with {name}")).unwrap_or_default();
                    println!("note: a visit stands at {at}{who}, where nobody works now; move it or let it stand");
                }
            }
            Command::Export { id } => {
                print!("{}", ClinicFile::of(&find(&cx, &id).await?.settings).to_toml());
            }
            Command::Feeds { id } => {
                for (provider, address) in addresses(&cx, &find(&cx, &id).await?.settings) {
                    println!("{provider}: {address}");
                }
            }
        }
        Ok(())
    })
}
