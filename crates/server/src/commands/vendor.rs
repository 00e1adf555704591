//! `frontdesk vendor baa`: which vendors may be given names and health facts.

use anyhow::bail;

use frontdesk_domain::ids::OrgId;

use crate::settings::Settings;
use crate::wiring;

/// Vendors that see what patients write or what staff are told.
const VENDORS: [&str; 3] = ["smtp", "telnyx", "twilio"];

/// Subcommands.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Record that a business associate agreement with a vendor is signed, or is not any more.
    Baa {
        /// The organisation: its id (`org_…`), its name, or a clinic's id or key.
        #[arg(long)]
        org: String,
        /// The vendor, such as smtp.
        vendor: String,
        /// Whether it is signed.
        #[arg(value_parser = ["yes", "no"])]
        signed: String,
    },
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(command: Command) -> anyhow::Result<()> {
    let Command::Baa { org, vendor, signed } = command;
    let vendor = vendor.to_lowercase();
    if !VENDORS.contains(&vendor.as_str()) {
        bail!("{vendor}: expected one of {}", VENDORS.join(", "));
    }
    let settings = Settings::read()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let cx = wiring::service(&settings, None).await?.reception;
        let mut tx = cx.store.begin_system().await?;
        let clinics = tx.clinics().await?;
        drop(tx);
        let named = |clinic: &frontdesk_domain::clinic::ClinicSettings| {
            clinic.org.to_string() == org
                || clinic.id.to_string() == org
                || clinic.key == org
                || clinic.organisation.eq_ignore_ascii_case(&org)
        };
        let Some(id): Option<OrgId> = clinics.iter().map(|c| &c.settings).find(|c| named(c)).map(|c| c.org) else {
            bail!("there is no organisation {org}");
        };
        let signed = signed == "yes";
        let mut tx = cx.store.begin(id).await?;
        tx.set_agreement(&vendor, signed, cx.now()).await?;
        tx.commit().await?;
        if signed {
            println!("{vendor}: an agreement is recorded; what it sends may hold names and visits.");
        } else {
            println!("{vendor}: no agreement; what it sends says that there is something, and where to look.");
        }
        Ok(())
    })
}
