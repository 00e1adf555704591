//! `frontdesk doctor`: every setting, its value, where it came from; and whether the database answers.

use std::collections::HashSet;

use anyhow::bail;

use frontdesk_domain::PhoneNumber;
use frontdesk_ports::checkup::Expected;
use frontdesk_ports::{Clock as _, PortErrorKind};

use crate::settings::{Settings, Source};
use crate::system::SystemClock;
use crate::wiring;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    /// Look at this clinic alone: its key or its id.
    #[arg(long, value_name = "ID")]
    clinic: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(args: &Args) -> anyhow::Result<()> {
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
        let mut clinics = tx.clinics().await?;
        if let Some(wanted) = &args.clinic {
            clinics.retain(|clinic| clinic.settings.key == *wanted || clinic.settings.id.to_string() == *wanted);
            if clinics.is_empty() {
                bail!("--clinic {wanted}: there is no such clinic");
            }
        }
        let jobs = tx.job_counts().await?;
        drop(tx);
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
        let numbers: Vec<PhoneNumber> = clinics.iter().flat_map(|c| c.settings.phone_numbers.iter().cloned()).collect();
        let mut faults = 0;
        let mut known: HashSet<PhoneNumber> = HashSet::new();
        let mut asked = false;
        for vendor in &wired.checkups {
            let name = vendor.vendor();
            let numbers = if name == "smtp" { &[] } else { numbers.as_slice() };
            match vendor.look(&Expected { public_url: &settings.public_url, numbers }).await {
                Ok(found) => {
                    asked |= !numbers.is_empty();
                    known.extend(numbers.iter().filter(|number| !found.unknown.contains(number)).cloned());
                    faults += found.wrong.len();
                    if found.wrong.is_empty() {
                        println!("{name:<15} answers, and is set up as it should be");
                    }
                    found.wrong.iter().for_each(|what| println!("{name:<15} {what}"));
                }
                Err(error) if error.kind == PortErrorKind::Unauthorized => {
                    faults += 1;
                    println!("{name:<15} refuses the key (code {}): is it the right one, and not revoked?", error.code);
                }
                Err(error) => {
                    faults += 1;
                    println!("{name:<15} {} (code {})", error.kind.key(), error.code);
                }
            }
        }
        // With two carriers a number is one's or the other's.
        for number in numbers.iter().filter(|number| asked && !known.contains(number)) {
            faults += 1;
            println!(
                "numbers         the number ending in {} is in no carrier's account that answered",
                number.last_four()
            );
        }
        for clinic in &clinics {
            let mut tx = wired.reception.store.begin(clinic.settings.org).await?;
            if let Some(sender) = &wired.reception.email {
                if !sender.may_hold_health_data() && !tx.has_agreement(sender.vendor()).await? {
                    let (vendor, key) = (sender.vendor(), &clinic.settings.key);
                    println!("{vendor:<15} no agreement is recorded for {key}: e-mails hold a link and no names (frontdesk vendor baa)");
                }
            }
        }
        faults += clock(&settings).await;
        faults += collector(&settings).await;
        faults += disk_and_key(&settings);
        if settings.public_url.starts_with("https://") && settings.trusted_proxies.is_empty() {
            println!(
                "note            behind a proxy set FRONTDESK_TRUSTED_PROXIES, or all visitors count as one address"
            );
        }
        for off in &wired.off {
            println!("off             {off}");
        }
        if settings.has_real_vendor() && settings.public_url.starts_with("http://") {
            println!("warning         FRONTDESK_PUBLIC_URL is not https: a carrier should not be given it");
            faults += 1;
        }
        if faults > 0 {
            bail!("{faults} things are not as they should be");
        }
        Ok(())
    })
}

/// Whether the collector of traces takes what it is sent: a request with no spans in it.
async fn collector(settings: &Settings) -> usize {
    let Some(endpoint) = &settings.otel_endpoint else { return 0 };
    let Ok(http) = reqwest::Client::builder().timeout(std::time::Duration::from_secs(5)).build() else { return 0 };
    let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    match http.post(address).header("content-type", "application/x-protobuf").send().await {
        Ok(answer) if answer.status().is_success() => println!("traces          the collector takes them"),
        Ok(answer) => {
            println!("traces          the collector answers {}: is it OTLP over HTTP, at port 4318?", answer.status());
            return 1;
        }
        Err(_) => {
            println!("traces          the collector of OTEL_EXPORTER_OTLP_ENDPOINT does not answer");
            return 1;
        }
    }
    0
}

/// A clock this far off makes signatures look stale soon: they hold for 300 seconds.
const CLOCK_OFF_S: i64 = 60;

/// Our clock beside the carriers'.
async fn clock(settings: &Settings) -> usize {
    let vendors = [
        ("telnyx", settings.telnyx_api_key.is_some(), &settings.telnyx_base_url),
        ("twilio", settings.twilio_account_sid.is_some(), &settings.twilio_base_url),
    ];
    let Ok(http) = reqwest::Client::builder().timeout(std::time::Duration::from_secs(5)).build() else { return 0 };
    let mut compared = 0;
    for (vendor, _, url) in vendors.into_iter().filter(|(_, is_configured, _)| *is_configured) {
        let before = SystemClock.real_now();
        let Ok(answer) = http.head(url).send().await else { continue };
        let took = SystemClock.real_now().duration_since(before);
        let theirs = answer.headers().get("date").and_then(|date| date.to_str().ok());
        let Some(theirs) = theirs.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) else { continue };
        compared += 1;
        let off = (before + took / 2).duration_since(theirs.timestamp()).as_secs();
        if off.abs() > CLOCK_OFF_S {
            println!(
                "clock           is {off} seconds off {vendor}'s: webhooks will be refused as stale; set the time by NTP"
            );
            return 1;
        }
    }
    match compared {
        0 => println!("clock           nothing to compare it with: no carrier answered"),
        _ => println!("clock           agrees with the carriers'"),
    }
    0
}

/// Less free space than this is a fault, in bytes.
const SPACE: u64 = 1 << 30;

/// Free space beside the database, and who can read the key.
fn disk_and_key(settings: &Settings) -> usize {
    use std::os::unix::fs::PermissionsExt as _;
    let mut faults = 0;
    if let Ok(disk) = rustix::fs::statvfs(&settings.data_dir) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        println!("disk            {} MB are free in {}", free >> 20, settings.data_dir.display());
        if free < SPACE {
            println!("disk            less than 1 GB: a full disk stops everything");
            faults += 1;
        }
    }
    let key = settings.data_dir.join("master.key");
    if let Ok(about) = std::fs::metadata(&key) {
        if about.permissions().mode() & 0o077 != 0 {
            println!("key             {} can be read by others: chmod 600 it", key.display());
            faults += 1;
        }
        println!("key             in {}: back it up apart from the database", key.display());
    }
    faults
}
