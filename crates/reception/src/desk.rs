//! What staff do without signing in: behind the signed link of a lead card, or by texting its code back. The link names a
//! conversation, holds until its end and opens nothing else.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::appointment::{Appointment, AppointmentStatus};
use frontdesk_domain::clinic::{ClinicSettings, FeeKind, PlatformChoice};
use frontdesk_domain::consent::ConsentSource;
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::deposit;
use frontdesk_domain::ids::{
    AppointmentId, ClinicId, ConversationId, DepositId, LocationId, OrgId, ProviderId, ServiceId,
};
use frontdesk_domain::lead::LeadStatus;
use frontdesk_domain::limits::STAFF_LINK;
use frontdesk_domain::slot::Slot;
use frontdesk_domain::span::Span;
use frontdesk_engine::Conversation;
use frontdesk_engine::understand::{self, Expecting};
use frontdesk_ports::store::{ClaimedJob, ConversationRow, JobEnd, StoreError};

use crate::conversation::staff::staff_later;
use crate::conversation::{lead_id, state_of};
use crate::deposits::{Refused, ask_fee, refund_by_person};
use crate::jobs::{JobOutcome, StaffDoing, StaffJob};
use crate::{ClinicView, Reception, ReceptionError, clinics, conversation, notify};

/// The link of a lead card, valid for [`STAFF_LINK`].
pub(crate) fn link(cx: &Reception, org: OrgId, conversation: ConversationId) -> String {
    let end = (cx.now() + STAFF_LINK.signed()).as_second();
    let what = format!("{org}.{conversation}.{end}");
    let code = cx.links.code("staff", &what);
    format!("{}/s/{what}.{code}", cx.public_url)
}

fn opened(cx: &Reception, token: &str) -> Option<(OrgId, ConversationId)> {
    let (what, code) = token.rsplit_once('.')?;
    // Codes differ in every letter: comparing them in constant time would hide nothing that matters, and costs nothing.
    let right = cx.links.code("staff", what);
    let same = right.len() == code.len() && right.bytes().zip(code.bytes()).fold(0, |odd, (a, b)| odd | (a ^ b)) == 0;
    let mut parts = what.split('.');
    let (org, conversation, end) = (parts.next()?, parts.next()?, parts.next()?);
    let end: i64 = end.parse().ok()?;
    if !same || cx.now().as_second() > end {
        return None;
    }
    Some((org.parse().ok()?, conversation.parse().ok()?))
}

/// The code of four digits by which a person confirms a time by text message.
pub(crate) fn reply_code(cx: &Reception, row: &ConversationRow, state: &Conversation) -> String {
    cx.links.digits("confirm", &format!("{}.{}", row.id, state.lead.sequence))
}

/// Whether a person is to name the time of this request: also while somebody talks with the patient, or they want no texts.
pub(crate) fn awaits_a_time(clinic: &ClinicSettings, state: &Conversation) -> bool {
    let asked = matches!(state.lead.status, LeadStatus::Qualified | LeadStatus::DepositPaid);
    clinic.booking_platform == PlatformChoice::None
        && (state.stage == Stage::AwaitingStaff || asked && matches!(state.stage, Stage::HandedOver | Stage::OptedOut))
}

/// The stages at which it may.
const WAITING: [Stage; 3] = [Stage::AwaitingStaff, Stage::HandedOver, Stage::OptedOut];
/// How long a time that is being confirmed keeps others from being confirmed in its place.
const CONFIRMING: Span = Span::mins(2);

/// A lead card as its page shows it.
pub struct Card {
    /// The clinic.
    pub clinic: String,
    /// What the lead card says, line by line: what, and how it stands.
    pub lines: Vec<(String, String)>,
    /// A time can be confirmed; these may treat.
    pub providers: Option<Vec<String>>,
    /// The first day a time can be confirmed for.
    pub today: Date,
    /// The payments that can be given back: which, for what, and how much.
    pub refundable: Vec<(DepositId, String, String)>,
    /// Fees that may be asked for.
    pub fees: Vec<(FeeKind, String)>,
}

/// The card behind a link; `None` when the link does not hold.
///
/// # Errors
/// When the store does not answer.
pub async fn card(cx: &Reception, token: &str) -> Result<Option<Card>, ReceptionError> {
    let Some((org, conversation)) = opened(cx, token) else { return Ok(None) };
    let mut tx = cx.store.read(org).await?;
    let Some(row) = tx.conversation(conversation).await? else { return Ok(None) };
    let deposits = tx.deposits_of(conversation).await?;
    drop(tx);
    let view = clinics::view(cx, row.clinic).await?;
    let state = state_of(&row)?;
    let clinic = &view.settings;
    let doing = |names: Vec<String>| awaits_a_time(clinic, &state).then_some(names);
    let names = clinic.providers.iter().filter(|p| !p.retired).map(|p| p.item.name.clone()).collect();
    let fees = [FeeKind::LateCancellation, FeeKind::NoShow];
    Ok(Some(Card {
        clinic: clinic.name.clone(),
        lines: notify::lines(clinic, &row, &state),
        providers: doing(names),
        today: clinic.timezone.local(cx.now()).date(),
        refundable: deposits
            .iter()
            .filter(|d| d.status.is_paid())
            .map(|d| (d.id, d.service_name.clone(), d.amount.to_string()))
            .collect(),
        fees: fees
            .into_iter()
            .filter(|kind| may_ask(*kind, &state, cx.now()))
            .filter_map(|kind| Some((kind, deposit::fee(clinic, kind)?.to_string())))
            .collect(),
    }))
}

/// Whether a fee fits what happened: a visit that was missed has begun, one cancelled late was called off.
fn may_ask(kind: FeeKind, state: &Conversation, now: Timestamp) -> bool {
    match kind {
        FeeKind::NoShow => state.appointment.iter().chain(&state.other_visits).any(|visit| visit.slot.start <= now),
        FeeKind::LateCancellation => state.called_off.is_some(),
    }
}

/// What a person wants done.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Confirm a time.
    Confirm {
        /// The day, by the clinic's clock.
        day: Date,
        /// The time.
        time: Time,
        /// Who treats, by name; empty for whoever.
        provider: String,
    },
    /// Give a payment back: this one, so that a page sent twice gives one back.
    Refund(DepositId),
    /// Ask for a fee.
    Fee(FeeKind),
}

/// Why it was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// The link does not hold.
    #[error("this link is not valid any more")]
    Link,
    /// The time is over, or cannot be.
    #[error("expected a time that is ahead")]
    Past,
    /// Another time is being confirmed at this moment.
    #[error("another time was confirmed for this request a moment ago")]
    Confirmed,
    /// Nobody of that name treats here.
    #[error("nobody of that name treats here")]
    Provider,
    /// The provider has a visit then.
    #[error("{0} has a visit at that time")]
    Taken(String),
    /// The provider does not do that service.
    #[error("{0} does not do that service")]
    Service(String),
    /// The provider does not work then, or the visit would outlast the day.
    #[error("{0} does not work through that time")]
    Away(String),
    /// The clinic is closed at that time.
    #[error("the clinic is not open at that time")]
    Closed,
    /// There is nothing to confirm.
    #[error("there is no request that waits for a time; it may have been confirmed already")]
    Nothing,
    /// Money.
    #[error(transparent)]
    Money(#[from] Refused),
}

/// Does what a person wants. The patient hears of it by a job; `false` when they want no texts, and somebody must call.
///
/// # Errors
/// When the store does not answer.
pub async fn act(cx: &Reception, token: &str, wish: Wish) -> Result<Result<bool, NotDone>, ReceptionError> {
    let Some((org, conversation)) = opened(cx, token) else { return Ok(Err(NotDone::Link)) };
    let row = cx.store.read(org).await?.conversation(conversation).await?;
    let Some(row) = row else { return Ok(Err(NotDone::Link)) };
    let done = match wish {
        Wish::Refund(deposit) => refund_by_person(cx, org, conversation, deposit).await?.map_err(NotDone::from),
        Wish::Fee(kind) => ask_fee(cx, org, conversation, kind).await?.map_err(NotDone::from),
        Wish::Confirm { day, time, provider } => confirm(cx, &row, day, time, &provider).await?,
    };
    Ok(done.map(|()| !row.consent.is_opted_out()))
}

async fn confirm(
    cx: &Reception,
    row: &ConversationRow,
    day: Date,
    time: Time,
    provider: &str,
) -> Result<Result<(), NotDone>, ReceptionError> {
    let now = cx.now();
    let view = clinics::view(cx, row.clinic).await?;
    let state = state_of(row)?;
    if !awaits_a_time(&view.settings, &state) {
        return Ok(Err(NotDone::Nothing));
    }
    let settings = &view.settings;
    let start = settings.timezone.instant(day.to_datetime(time)).filter(|start| *start > now);
    let Some(start) = start else { return Ok(Err(NotDone::Past)) };
    let open = settings.hours_on(day);
    if !settings.hours.is_empty() && !open.iter().any(|hours| hours.from <= time && time < hours.to) {
        return Ok(Err(NotDone::Closed));
    }
    let named = settings.providers.iter().filter(|p| !p.retired).find(|p| {
        let words = |name: &str| name.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (known, asked) = (words(&p.item.name), words(provider));
        !asked.is_empty() && asked.iter().all(|word| known.contains(word))
    });
    if named.is_none() && !provider.trim().is_empty() && provider != "any" {
        return Ok(Err(NotDone::Provider));
    }
    // A service that one person does is theirs, named or not.
    let wanted = state.lead.services.first().and_then(|id| settings.service(*id));
    let only = wanted.filter(|service| !service.providers.is_empty()).and_then(|service| {
        let mut who = settings.providers_of(service);
        who.next().filter(|_| who.next().is_none())
    });
    let named = named.or(only);
    let mut tx = cx.store.begin(row.org).await?;
    // The moment is written down with the job: of two people who confirm at once, the second hears of it.
    let Some(mut row) = tx.conversation(row.id).await? else { return Ok(Err(NotDone::Nothing)) };
    let mut state = state_of(&row)?;
    if !awaits_a_time(settings, &state) {
        return Ok(Err(NotDone::Nothing));
    }
    if state.confirming.is_some_and(|(at, since)| at != start && now.duration_since(since) < CONFIRMING.signed()) {
        return Ok(Err(NotDone::Confirmed));
    }
    let minutes = state.lead.services.first().and_then(|id| settings.service(*id)).map_or(30, |s| s.minutes);
    let end = start + jiff::SignedDuration::from_mins(i64::from(minutes));
    let service = state.lead.services.first().and_then(|id| settings.service(*id));
    if let Some(provider) = named {
        if service.is_some_and(|s| !s.providers.is_empty() && !s.providers.contains(&provider.item.name)) {
            return Ok(Err(NotDone::Service(provider.item.name.clone())));
        }
        let location = settings.locations.iter().find(|l| !l.retired).map_or(LocationId::from_raw(0), |l| l.id);
        let service = state.lead.services.first().copied().unwrap_or(ServiceId::from_raw(0));
        let slot = Slot { start, end, provider: Some(provider.id), location, service, platform_id: None };
        if !settings.hours.is_empty() && !settings.is_working(&slot) {
            return Ok(Err(NotDone::Away(provider.item.name.clone())));
        }
    }
    let around = jiff::SignedDuration::from_hours(12);
    let visits = tx.appointments_between(start - around, end).await?;
    let taken = named.filter(|p| {
        let theirs = visits.iter().filter(|visit| visit.status.stands() && visit.slot.provider == Some(p.id));
        theirs.into_iter().any(|visit| visit.slot.start < end && start < visit.slot.end)
    });
    if let Some(provider) = taken {
        return Ok(Err(NotDone::Taken(provider.item.name.clone())));
    }
    state.confirming = Some((start, now));
    match conversation::save(cx, tx.as_mut(), &mut row, &state, &view).await {
        Err(ReceptionError::Store(StoreError::Conflict)) => return Ok(Err(NotDone::Confirmed)),
        saved => saved?,
    }
    let what = StaffDoing::Confirm { start, provider: named.map(|p| p.id) };
    staff_later(tx.as_mut(), row.org, StaffJob { conversation: row.id, what }, now).await?;
    match tx.commit().await {
        Err(StoreError::Conflict) => Ok(Err(NotDone::Confirmed)),
        done => Ok(Ok(done?)),
    }
}

/// The visit that staff confirm, for a clinic whose calendar is not ours.
pub(crate) fn visit(
    cx: &Reception,
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    start: Timestamp,
    provider: Option<ProviderId>,
) -> Option<Appointment> {
    let clinic = &view.settings;
    let service = state.lead.services.first().and_then(|id| Some((*id, clinic.service(*id)?)));
    let (service, name, minutes) = service.map_or((ServiceId::from_raw(0), String::new(), 30), |(id, service)| {
        (id, service.name.clone(), service.minutes)
    });
    let location = clinic.locations.iter().find(|l| !l.retired).map_or(LocationId::from_raw(0), |l| l.id);
    awaits_a_time(clinic, state).then(|| Appointment {
        id: AppointmentId::from_raw(cx.raw_id()),
        org: row.org,
        clinic: row.clinic,
        conversation: row.id,
        lead: lead_id(row, state),
        slot: Slot {
            start,
            end: start + jiff::SignedDuration::from_mins(i64::from(minutes)),
            provider,
            location,
            service,
            platform_id: None,
        },
        service_name: name,
        provider_name: provider.and_then(|id| clinic.provider(id)).map(|p| p.name.clone()),
        patient_name: state.lead.patient_name().unwrap_or_default().to_owned(),
        status: AppointmentStatus::Confirmed,
    })
}

/// A text of a person of the clinic that begins with a code: "4821 tue 2pm". `None` when it is none of ours.
pub(crate) async fn texted(
    cx: &Reception,
    job: &ClaimedJob,
    (org, clinic): (OrgId, ClinicId),
    (from, ours): (&PhoneNumber, &PhoneNumber),
    text: &str,
) -> Result<Option<JobOutcome>, ReceptionError> {
    let view = clinics::view(cx, clinic).await?;
    if view.settings.booking_platform != PlatformChoice::None {
        return Ok(None);
    }
    let codes = codes_of(text);
    if codes.is_empty() && !is_short_answer(text) {
        return Ok(None);
    }
    let mut tx = cx.store.read(org).await?;
    let mut waiting = Vec::new();
    for stage in WAITING {
        waiting.extend(tx.conversations_at(clinic, stage.key()).await?);
    }
    drop(tx);
    let open = waiting.into_iter().filter_map(|row| {
        let state = state_of(&row).ok()?;
        awaits_a_time(&view.settings, &state).then_some((row, state))
    });
    let open: Vec<(ConversationRow, Conversation)> = open.collect();
    if codes.is_empty() && open.is_empty() {
        return Ok(None);
    }
    let mut found = open.iter().filter_map(|(row, state)| {
        let own = reply_code(cx, row, state);
        codes.iter().find(|(code, _)| *code == own).map(|(code, rest)| (row, state, code, rest))
    });
    let Some((row, state, code, rest)) = found.next() else {
        // A person of the clinic, and a code of ours that is used up, mistyped or left out: they must not become a patient by
        // it.
        let row = conversation::receive::open(cx, (org, clinic), from, ours, ConsentSource::Text).await?;
        let mut tx = cx.store.begin(org).await?;
        let answer = if codes.is_empty() {
            "Please begin with the code of the request, then a day and a time. The link in the e-mail works as well."
        } else {
            "No request waits under that code: it may be confirmed already. The link in the e-mail shows how it stands."
        };
        notify::answer_staff(cx, tx.as_mut(), &row, from, answer.to_owned()).await?;
        tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
        tx.commit().await?;
        return Ok(Some(JobOutcome::Ended(Vec::new())));
    };
    let answer = match named_time(&view, state, rest, cx.now()) {
        // Four digits are few: whose time it is must not be a guess.
        _ if found.next().is_some() => {
            "Two requests have this code. Please confirm by the link in the e-mail.".to_owned()
        }
        None => format!("Please send the code with a day and a time, such as \"{code} tue 2pm\"."),
        Some((day, time, provider)) => match confirm(cx, row, day, time, &provider).await? {
            Ok(()) if row.consent.is_opted_out() => {
                "Confirmed, but the patient wants no texts: please call them.".to_owned()
            }
            Ok(()) => "Confirmed. The patient is told.".to_owned(),
            Err(why) => format!("Not confirmed: {why}."),
        },
    };
    let mut tx = cx.store.begin(org).await?;
    notify::answer_staff(cx, tx.as_mut(), row, from, answer).await?;
    tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
    tx.commit().await?;
    Ok(Some(JobOutcome::Ended(Vec::new())))
}

/// "Ok", "wed 3:30": said by a person of the clinic it answers a notice, and lacks its code.
fn is_short_answer(text: &str) -> bool {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let agrees =
        words.iter().any(|w| matches!(w.as_str(), "ok" | "okay" | "yes" | "confirm" | "confirmed" | "done" | "si"));
    let names_time = text.chars().any(|c| c.is_ascii_digit());
    words.len() <= 5 && (agrees || names_time)
}

/// The code in a text, wherever it stands, and the words around it: `4821 tue 2pm`, `Code: 4821 tue 2pm`, `tue 2pm (4821)`.
///
/// A year is four digits as well: each group of four may be it.
fn codes_of(text: &str) -> Vec<(String, String)> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let groups = (0..bytes.len()).filter(|at| {
        let alone = *at == 0 || !is_digit(at - 1) && !matches!(bytes[at - 1], b':' | b'/' | b'$');
        alone && (*at..at + 4).all(is_digit) && !is_digit(at + 4)
    });
    groups
        .map(|at| {
            let rest = format!("{} {}", &text[..at], &text[at + 4..]);
            let words = rest.split_whitespace().map(|word| word.trim_matches(['#', '(', ')', ':', ',', '-']));
            let rest: Vec<&str> = words.filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("code")).collect();
            (text[at..at + 4].to_owned(), rest.join(" "))
        })
        .collect()
}

/// The one moment a text names, and with whom; a code alone stands for the moment the patient asked for.
fn named_time(view: &ClinicView, state: &Conversation, text: &str, now: Timestamp) -> Option<(Date, Time, String)> {
    let clinic = &view.settings;
    let context = understand::Context {
        now: clinic.timezone.local(now),
        menu: &view.menu,
        offered: Vec::new(),
        expecting: Expecting::TimePreference,
        last_message: "",
        known_name: None,
        known_preference: None,
        has_appointment: false,
        reminder_was_last: false,
    };
    let read = understand::read(&context, text);
    let wish = if text.trim().is_empty() { state.lead.preference.clone()? } else { read.preference };
    let time = match wish.times.as_slice() {
        [only] => *only,
        _ => return None,
    };
    let today = clinic.timezone.local(now).date();
    let day = match (wish.dates.as_slice(), wish.days.as_slice()) {
        ([only], _) => *only,
        ([], [only]) => (0..7)
            .filter_map(|ahead| today.checked_add(jiff::Span::new().days(ahead)).ok())
            .find(|day| day.weekday() == only.0)?,
        _ => return None,
    };
    let said: Vec<String> = text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    let named = clinic
        .providers
        .iter()
        .filter(|p| !p.retired)
        .find(|p| p.item.name.to_lowercase().split_whitespace().any(|part| said.iter().any(|word| word == part)));
    let provider = named.map(|p| p.item.name.clone()).or(read.provider).unwrap_or_default();
    Some((day, time, provider))
}
