//! What the simulator's page shows: the clinic, its patients as the product knows them, the calendar and what is to come.
//! For the sandbox, where every person is played.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::clinic::{ClinicSettings, Resource};
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::ids::ClinicId;
use frontdesk_domain::zone::hhmm;
use frontdesk_engine::turn::Timer;
use frontdesk_engine::understand::contract::PreferenceJson;
use frontdesk_ports::store::ClaimedJob;

use crate::conversation::state_of;
use crate::jobs::{JobKind, TimerJob, payload};
use crate::{Reception, ReceptionError, clinics};

/// Lines of a thread that are shown.
const LINES: u32 = 200;
/// Days of the calendar that are shown.
const DAYS: i32 = 14;
/// Jobs to come that are shown.
const WAITING: u32 = 12;

/// Everything the page shows but the handset's texts and the mailbox, which are the sandbox's own.
#[derive(Debug, Serialize)]
pub struct View {
    /// The clinic.
    pub clinic: ClinicCard,
    /// The business clock.
    pub now: Timestamp,
    /// The people asked for, in their order; somebody who never wrote has no conversation yet.
    pub patients: Vec<PatientCard>,
    /// The next days.
    pub days: Vec<DayCard>,
    /// What happens by itself next.
    pub waiting: Vec<WaitingCard>,
}

/// The clinic.
#[derive(Debug, Serialize)]
pub struct ClinicCard {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who answers.
    pub assistant: String,
    /// Its number.
    pub number: String,
    /// IANA zone.
    pub timezone: String,
    /// The clinic's wall clock, such as `2026-11-20T10:00`.
    pub local: String,
    /// Whether it is open now.
    pub is_open: bool,
    /// Today's hours.
    pub hours: Vec<String>,
    /// Phones of staff.
    pub staff: Vec<String>,
    /// What is sold.
    pub services: Vec<String>,
}

/// A patient.
#[derive(Debug, Serialize)]
pub struct PatientCard {
    /// Their number.
    pub number: String,
    /// The conversation, once there is one.
    pub conversation: Option<String>,
    /// Where it stands.
    pub stage: &'static str,
    /// How far the request got.
    pub lead: &'static str,
    /// What is known of them, by fact, in the order it is asked for.
    pub facts: Vec<(&'static str, Option<String>)>,
    /// The preference as it was understood.
    pub preference: Option<PreferenceJson>,
    /// They opted out.
    pub opted_out: bool,
    /// A person has it.
    pub with_staff: bool,
    /// The deposit asked for, as words: amount and state.
    pub deposit: Option<String>,
    /// The thread.
    pub thread: Vec<LineCard>,
}

/// A line of a thread.
#[derive(Debug, Serialize)]
pub struct LineCard {
    /// From the patient.
    pub inbound: bool,
    /// The words.
    pub text: String,
    /// What it was for (ours).
    pub about: String,
    /// Where it stands (ours).
    pub state: Option<&'static str>,
    /// When.
    pub at: Timestamp,
}

/// A day of the calendar.
#[derive(Debug, Serialize)]
pub struct DayCard {
    /// Which.
    pub date: Date,
    /// Why the clinic is closed, where it is.
    pub closed: Option<String>,
    /// A column for each provider, or one for the clinic.
    pub columns: Vec<ColumnCard>,
}

/// A provider's day.
#[derive(Debug, Serialize)]
pub struct ColumnCard {
    /// Who.
    pub provider: String,
    /// When they work, as `09:00-17:00`.
    pub working: Vec<String>,
    /// Visits and times that are kept.
    pub entries: Vec<EntryCard>,
}

/// A visit, or a time kept until a deposit is paid.
#[derive(Debug, Serialize)]
pub struct EntryCard {
    /// Begin, as `15:30`.
    pub from: String,
    /// End.
    pub to: String,
    /// What for.
    pub service: String,
    /// Whom.
    pub patient: String,
    /// `held`, `booked`, `confirmed`, …
    pub status: String,
}

/// Something that happens by itself.
#[derive(Debug, Serialize)]
pub struct WaitingCard {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

/// What the page shows.
///
/// # Errors
/// [`ReceptionError::NoClinic`] when there is none; the store's.
pub async fn view(cx: &Reception, clinic: ClinicId, numbers: &[PhoneNumber]) -> Result<View, ReceptionError> {
    let now = cx.now();
    let view = clinics::view(cx, clinic).await?;
    let settings = &view.settings;
    let mut tx = cx.store.read(settings.org).await?;
    let mut patients = Vec::new();
    let mut kept: Vec<(Date, Option<String>, EntryCard)> = Vec::new();
    for number in numbers {
        let row = tx.conversation_with(clinic, Channel::Sms, number.expose()).await?;
        let Some(row) = row else {
            patients.push(stranger(number));
            continue;
        };
        let lines = tx.thread(row.id, LINES).await?;
        let state = state_of(&row)?;
        if let Some(hold) = state.hold.as_ref().filter(|hold| hold.expires_at > now) {
            let provider = hold.slot.provider.and_then(|id| settings.provider(id)).map(|p| p.name.clone());
            let patient = state.lead.patient_name().unwrap_or_default();
            let service = settings.service(hold.slot.service).map(|s| s.name.clone()).unwrap_or_default();
            let (day, entry) = entry(settings, hold.slot.start, hold.slot.end, service, patient, "held");
            kept.push((day, provider, entry));
        }
        let lead = &state.lead;
        let service = |id| settings.service(id).map(|s| s.name.clone());
        let named: Vec<String> = lead.services.iter().filter_map(|id| service(*id)).collect();
        patients.push(PatientCard {
            number: number.expose().to_owned(),
            conversation: Some(row.id.to_string()),
            stage: state.stage.key(),
            lead: lead.status.key(),
            facts: vec![
                ("Name", lead.name.clone()),
                ("For", lead.for_name.clone()),
                ("Service", (!named.is_empty()).then(|| named.join(", "))),
                ("Patient", lead.patient_type.map(|kind| kind.key().to_owned())),
                ("E-mail", lead.email().map(str::to_owned)),
                ("Provider", lead.provider.clone()),
            ],
            preference: lead.preference.as_ref().filter(|wish| !wish.is_empty()).map(PreferenceJson::from),
            opted_out: row.consent.is_opted_out(),
            with_staff: state.taken_over || state.handed_over.is_some(),
            deposit: state.deposit.as_ref().map(|d| format!("{} {}", d.amount, d.status.key())),
            thread: lines
                .into_iter()
                .map(|line| LineCard {
                    inbound: line.inbound,
                    text: line.text,
                    about: line.about,
                    state: line.state.map(frontdesk_ports::store::SendState::key),
                    at: line.at,
                })
                .collect(),
        });
    }
    let zone = &settings.timezone;
    let today = zone.local(now).date();
    let begin = zone.start_of(today);
    let until = begin + SignedDuration::from_hours(24 * i64::from(DAYS) + 2);
    for visit in tx.appointments_between(begin, until).await? {
        if visit.clinic == clinic && visit.status.stands() {
            let (start, end) = (visit.slot.start, visit.slot.end);
            let (day, entry) = entry(settings, start, end, visit.service_name, &visit.patient_name, visit.status.key());
            kept.push((day, visit.provider_name, entry));
        }
    }
    drop(tx);
    let mut days = Vec::new();
    for ahead in 0..DAYS {
        let Ok(date) = today.checked_add(jiff::Span::new().days(ahead)) else { break };
        days.push(day_of(settings, date, &mut kept));
    }
    Ok(View { clinic: card(settings, now), now, patients, days, waiting: waiting(cx).await? })
}

fn stranger(number: &PhoneNumber) -> PatientCard {
    PatientCard {
        number: number.expose().to_owned(),
        conversation: None,
        stage: "",
        lead: "",
        facts: Vec::new(),
        preference: None,
        opted_out: false,
        with_staff: false,
        deposit: None,
        thread: Vec::new(),
    }
}

fn card(settings: &ClinicSettings, now: Timestamp) -> ClinicCard {
    let local = settings.timezone.local(now);
    ClinicCard {
        id: settings.id.to_string(),
        name: settings.name.clone(),
        assistant: settings.persona.assistant.clone(),
        number: settings.main_number().map(|n| n.expose().to_owned()).unwrap_or_default(),
        timezone: settings.timezone.name().to_owned(),
        local: local.strftime("%Y-%m-%dT%H:%M").to_string(),
        is_open: settings.is_open(now),
        hours: settings.hours_on(local.date()).iter().map(ToString::to_string).collect(),
        staff: settings.notify.sms.iter().map(|n| n.expose().to_owned()).collect(),
        services: settings.menu().map(|s| s.item.name.clone()).collect(),
    }
}

fn entry(
    settings: &ClinicSettings,
    start: Timestamp,
    end: Timestamp,
    service: String,
    patient: &str,
    status: &str,
) -> (Date, EntryCard) {
    let (from, to) = (settings.timezone.local(start), settings.timezone.local(end));
    let entry = EntryCard {
        from: hhmm(from.time()),
        to: hhmm(to.time()),
        service,
        patient: patient.to_owned(),
        status: status.to_owned(),
    };
    (from.date(), entry)
}

fn day_of(settings: &ClinicSettings, date: Date, kept: &mut Vec<(Date, Option<String>, EntryCard)>) -> DayCard {
    let closed = settings.closure_on(date).map(|closure| match closure.reason.as_str() {
        "" => "Closed".to_owned(),
        reason => reason.to_owned(),
    });
    let home = settings.locations.iter().find(|l| !l.retired).map(|l| Resource::Location(l.id));
    let mut resources: Vec<(String, Option<Resource>)> = settings
        .providers
        .iter()
        .filter(|p| !p.retired)
        .map(|p| (p.item.name.clone(), Some(Resource::Provider(p.id))))
        .collect();
    if resources.is_empty() {
        resources.push((settings.name.clone(), home));
    }
    let alone = resources.len() == 1;
    let columns = resources
        .into_iter()
        .map(|(provider, resource)| {
            let is_here = |on: &Date, who: &Option<String>| {
                *on == date && (who.as_deref() == Some(provider.as_str()) || who.is_none() && alone)
            };
            let mut entries: Vec<EntryCard> =
                kept.extract_if(.., |(on, who, _)| is_here(on, who)).map(|(_, _, entry)| entry).collect();
            entries.sort_by(|a, b| a.from.cmp(&b.from));
            let working = resource.map(|r| settings.working(r, date)).unwrap_or_default();
            let working = working.iter().map(|s| format!("{}-{}", hhmm(s.from), hhmm(s.to))).collect();
            ColumnCard { provider, working, entries }
        })
        .collect();
    DayCard { date, closed, columns }
}

/// What waits for its time, in words.
async fn waiting(cx: &Reception) -> Result<Vec<WaitingCard>, ReceptionError> {
    let jobs = cx.store.begin_system().await?.waiting(WAITING).await?;
    let card = |job: ClaimedJob| {
        let kind = JobKind::from_key(&job.kind)?;
        (!kind.is_perpetual()).then(|| WaitingCard { at: job.run_at, what: words(kind, &job) })
    };
    Ok(jobs.into_iter().filter_map(card).collect())
}

fn words(kind: JobKind, job: &ClaimedJob) -> String {
    let text = match kind {
        JobKind::Timer => match payload::<TimerJob>(job).map(|timer| timer.timer) {
            Ok(Timer::FollowUp { .. }) => "An unanswered offer is followed up",
            Ok(Timer::DepositUnanswered { .. }) => "An unanswered question about a deposit is followed up",
            Ok(Timer::DepositReminder { .. }) => "An open payment link is reminded of",
            Ok(Timer::DepositLapsed { .. }) => "A payment link ends, and its time is let go",
            Err(_) => "A timer fires",
        },
        JobKind::Turn => "Texts that settled are answered",
        JobKind::SendText => "A text leaves",
        JobKind::SendNotice => "Staff are told",
        JobKind::CloseLink => "A payment link is closed at its vendor",
        JobKind::Refund => "A payment goes back",
        JobKind::Inbound | JobKind::CallCommand | JobKind::Staff | JobKind::CatchUp | JobKind::Prune => kind.key(),
    };
    text.to_owned()
}
