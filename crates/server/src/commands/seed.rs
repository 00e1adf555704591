//! `frontdesk seed`: conversations as they happen, for demonstration and measuring. They go through the product itself, under a
//! clock that stands in the past and moves on.

use std::sync::Arc;

use anyhow::bail;
use jiff::SignedDuration;
use rand::{RngExt as _, SeedableRng as _};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::span::Span;
use frontdesk_ports::inbound::{Inbound, InboundEvent};
use frontdesk_ports::{Clock as _, Ids as _};
use frontdesk_reception::inbound;
use frontdesk_reception::jobs::Runner;
use frontdesk_sandbox::ManualClock;

use super::clinic::find;
use crate::settings::Settings;
use crate::system::{RandomIds, SystemClock};
use crate::wiring;

/// What to make.
#[derive(clap::Args)]
pub struct Args {
    /// The clinic, by id (`cln_…`) or key.
    #[arg(long)]
    clinic: String,
    /// How many conversations.
    #[arg(long)]
    conversations: u32,
    /// Over how many days, up to now.
    #[arg(long, default_value_t = 60)]
    days: u32,
}

const FIRST: [&str; 20] = [
    "Maria", "Dana", "Olivia", "Emma", "Camila", "Sofia", "Rachel", "Nicole", "Priya", "Mei", "Aaliyah", "Grace",
    "Hannah", "Lucia", "Elena", "Zoe", "Brooke", "Tessa", "Imani", "Carmen",
];
const LAST: [&str; 20] = [
    "Delgado",
    "Whitfield",
    "Nguyen",
    "Kim",
    "Patel",
    "Garcia",
    "Cohen",
    "Okafor",
    "Rossi",
    "Silva",
    "Chen",
    "Murphy",
    "Diaz",
    "Hughes",
    "Reyes",
    "Novak",
    "Walsh",
    "Ortiz",
    "Bauer",
    "Lopez",
];
const WHEN: [&str; 8] = [
    "any afternoon",
    "tuesday after 2",
    "thursday morning",
    "next week",
    "friday",
    "whenever works",
    "wednesday at 11",
    "monday",
];

/// One patient's words, with their own facts in them. The first may be a missed call.
fn script(dice: &mut rand::rngs::StdRng, clinic: &ClinicSettings) -> Vec<String> {
    let mut pick = |list: &[&str]| list[dice.random_range(0..list.len())].to_owned();
    let (first, last, when) = (pick(&FIRST), pick(&LAST), pick(&WHEN));
    let services: Vec<&str> = clinic.menu().map(|s| s.item.name.as_str()).collect();
    let service = if services.is_empty() { String::new() } else { pick(&services) };
    let email = format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase());
    let kind = pick(&["new here", "existing patient"]);
    let lines: &[&str] = match dice.random_range(0..10) {
        0 => &["hi, how much is {service}?", "ok thanks!"],
        1 => &[
            "Hola, quiero una cita para {service}",
            "{first} {last}",
            "soy nueva",
            "{email}",
            "el jueves por la tarde",
            "la primera",
        ],
        2 => &["{first} {last} here, {kind}, {service} {when}", "{email}", "the first one", "yes please"],
        3 => &["do you have anything for {service} {when}?", "{first} {last}", "{kind}", "{email}", "none of those"],
        4 => &["{service} {when} please. {first} {last}, {kind}, {email}", "the second one", "yes", "what time am I?"],
        5 => &["{service} {when} please. {first} {last}, {kind}, {email}", "1", "yes", "I need to cancel", "yes"],
        6 => &["can a person call me?", "thanks"],
        7 => &["STOP"],
        8 => &[
            "is {service} safe while pregnant?",
            "{first} {last}, I'd like to come in for it {when}",
            "{kind}",
            "{email}",
            "the last one",
        ],
        _ => &["hi! {first} {last}", "{service}", "{kind}", "{email}", "{when}", "the first one", "sounds good"],
    };
    let fill = |line: &&str| {
        let line = line.replace("{first}", &first).replace("{last}", &last).replace("{service}", &service);
        line.replace("{email}", &email).replace("{kind}", &kind).replace("{when}", &when)
    };
    lines.iter().map(fill).collect()
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let settings = Settings::read()?;
    if settings.has_real_vendor() {
        bail!("a real vendor is configured: made-up patients would be texted. Seed an installation without one");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let wired = wiring::service(&settings, None).await?;
        let _lock = super::serve::only_worker_of(&settings, &wired).await?;
        super::serve::sample_clinic(&wired).await?;
        let clinic = find(&wired.reception, &args.clinic).await?.settings;
        let Some(ours) = clinic.main_number().cloned() else { bail!("the clinic has no phone_numbers") };
        drop(wired);
        let now = SystemClock.real_now();
        let span = SignedDuration::from_hours(24 * i64::from(args.days.max(1)));
        let clock = Arc::new(ManualClock::at(now - span));
        let (database, links) = wiring::database_and_links(&settings).await?;
        let world =
            wiring::sandboxed(database, links, clock.clone(), Arc::new(RandomIds), Span::ZERO, &settings.public_url);
        let cx = &world.reception;
        let runner = Runner::new(Arc::clone(cx));
        let seed = u64::try_from(RandomIds.raw(now) & u128::from(u64::MAX)).unwrap_or_default();
        let mut dice = rand::rngs::StdRng::seed_from_u64(seed);
        let began = std::time::Instant::now();
        for n in 0..args.conversations {
            let at = now - span + span / i32::try_from(args.conversations.max(1))? * i32::try_from(n)?;
            runner.drain_until(at.max(clock.now()), clock.as_ref()).await?;
            let number = format!("+1{}555{:04}", 200 + dice.random_range(1..700), dice.random_range(0..10_000));
            let Ok(patient) = PhoneNumber::parse(&number) else { continue };
            for text in script(&mut dice, &clinic) {
                let event = InboundEvent {
                    vendor: "sandbox".to_owned(),
                    event_id: format!("seed-{:032x}", RandomIds.raw(clock.now())),
                    occurred_at: clock.now(),
                    what: Inbound::plain_text(patient.expose().to_owned(), ours.expose().to_owned(), text),
                };
                inbound::store(cx, vec![event]).await?;
                let next = clock.now() + SignedDuration::from_secs(dice.random_range(5..90));
                runner.drain_until(next, clock.as_ref()).await?;
            }
            if (n + 1) % 100 == 0 || n + 1 == args.conversations {
                let rate = f64::from(n + 1) / began.elapsed().as_secs_f64().max(0.001);
                eprintln!("{} of {} conversations ({rate:.0} a second)", n + 1, args.conversations);
            }
        }
        runner.drain_until(now.max(clock.now()), clock.as_ref()).await?;
        println!("{} conversations of {} over {} days.", args.conversations, clinic.name, args.days);
        Ok(())
    })
}
