//! `frontdesk doctor`: every setting, its value, where it came from; and whether the database answers.

use crate::settings::{Settings, Source};
use crate::wiring;

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run() -> anyhow::Result<()> {
    let settings = Settings::read()?;
    for seen in &settings.seen {
        let source = match seen.source {
            Source::Environment => "environment",
            Source::File => "frontdesk.toml",
            Source::Default => "default",
        };
        println!("{:<28} {:<40} {source}", seen.name, seen.shown);
    }
    println!();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let wired = wiring::service(&settings, None).await?;
        let mut tx = wired.reception.store.begin_system().await?;
        let clinics = tx.clinics().await?;
        let jobs = tx.job_counts().await?;
        println!(
            "database        answers; {} clinics; jobs: {} waiting, {} running, {} given up",
            clinics.len(),
            jobs.ready,
            jobs.running,
            jobs.dead
        );
        for clinic in &clinics {
            if clinic.settings.phone_numbers.is_empty() {
                println!("clinic {:<8} has no phone_numbers: nothing reaches it", clinic.settings.key);
            }
            if clinic.settings.notify.email.is_empty() && clinic.settings.notify.sms.is_empty() {
                println!("clinic {:<8} has nobody in [notify]: staff hear of nothing", clinic.settings.key);
            }
        }
        for off in &wired.off {
            println!("off             {off}");
        }
        if settings.has_real_vendor() && settings.public_url.starts_with("http://") {
            println!("warning         FRONTDESK_PUBLIC_URL is not https: a carrier should not be given it");
        }
        Ok(())
    })
}
