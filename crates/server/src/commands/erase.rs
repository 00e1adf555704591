//! `frontdesk erase`: removes a person who asked for it.

use anyhow::bail;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::consent::ContactPoint;
use frontdesk_domain::conversation::Channel;
use frontdesk_ports::store::Erasure;

use super::clinic::find;
use crate::settings::Settings;
use crate::wiring;

/// Whom to erase.
#[derive(clap::Args)]
pub struct Args {
    /// A clinic of the organisation, by id (`cln_…`) or key.
    #[arg(long)]
    clinic: String,
    /// The phone number, with its country code. Read from standard input when absent, so that no shell remembers it.
    phone: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(args: Args) -> anyhow::Result<()> {
    let typed = match args.phone {
        Some(phone) => phone,
        None => std::io::read_to_string(std::io::stdin())?,
    };
    let Ok(phone) = PhoneNumber::parse(typed.trim()) else {
        bail!("expected a phone number with its country code");
    };
    let settings = Settings::read()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let wired = wiring::service(&settings, None).await?;
        let org = find(&wired.reception, &args.clinic).await?.settings.org;
        let mut tx = wired.reception.store.begin(org).await?;
        let outcome = tx.erase(&ContactPoint::of(Channel::Sms, phone.expose()), wired.reception.now()).await?;
        tx.commit().await?;
        match outcome {
            Erasure::Done => {
                println!("Erased: messages, names and addresses are gone. The record of consent stays, under a hash.");
                Ok(())
            }
            Erasure::Nobody => bail!("nobody has written or called from that number"),
            Erasure::VisitStands => bail!("a visit ahead stands; cancel it first, then erase"),
            Erasure::MoneyOpen => bail!("a payment is asked for or contested; settle it first, then erase"),
        }
    })
}
