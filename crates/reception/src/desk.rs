//! What staff do without signing in: behind the signed link of a lead card, or by texting its code back. The link names a
//! conversation, holds until its end and opens nothing else.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::appointment::{Appointment, AppointmentStatus};
use frontdesk_domain::clinic::{ClinicSettings, FeeKind, PlatformChoice};
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::deposit;
use frontdesk_domain::ids::{AppointmentId, ClinicId, ConversationId, LocationId, OrgId, ProviderId, ServiceId};
use frontdesk_domain::limits::STAFF_LINK;
use frontdesk_domain::slot::Slot;
use frontdesk_engine::Conversation;
use frontdesk_engine::understand::{self, Expecting};
use frontdesk_ports::store::{ClaimedJob, ConversationRow, JobEnd};

use crate::conversation::staff::staff_later;
use crate::conversation::{lead_id, state_of};
use crate::deposits::{Refused, ask_fee, refund_by_person};
use crate::jobs::{JobOutcome, StaffDoing, StaffJob};
use crate::{ClinicView, Reception, ReceptionError, clinics, notify};

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

/// Whether a person is to name the time of this request.
pub(crate) fn awaits_a_time(clinic: &ClinicSettings, state: &Conversation) -> bool {
    clinic.booking_platform == PlatformChoice::None && state.stage == Stage::AwaitingStaff
}

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
    /// A payment can be given back.
    pub refundable: Option<String>,
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
        refundable: deposits.iter().rev().find(|d| d.status.is_paid()).map(|d| d.amount.to_string()),
        fees: fees
            .into_iter()
            .filter(|_| state.bookings > 0 || state.appointment.is_some())
            .filter_map(|kind| Some((kind, deposit::fee(clinic, kind)?.to_string())))
            .collect(),
    }))
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
    /// Give the last payment back.
    Refund,
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
        Wish::Refund => refund_by_person(cx, org, conversation).await?.map_err(NotDone::from),
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
    let start = view.settings.timezone.instant(day.to_datetime(time)).filter(|start| *start > now);
    let Some(start) = start else { return Ok(Err(NotDone::Past)) };
    let provider = view.settings.providers.iter().find(|p| !p.retired && p.item.name == provider).map(|p| p.id);
    let mut tx = cx.store.begin(row.org).await?;
    let what = StaffDoing::Confirm { start, provider };
    staff_later(tx.as_mut(), row.org, StaffJob { conversation: row.id, what }, now).await?;
    tx.commit().await?;
    Ok(Ok(()))
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
    from: &PhoneNumber,
    text: &str,
) -> Result<Option<JobOutcome>, ReceptionError> {
    let text = text.trim();
    let (code, rest) = text.split_at_checked(4).unwrap_or((text, ""));
    if code.len() != 4 || !code.bytes().all(|b| b.is_ascii_digit()) || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(None);
    }
    let waiting = cx.store.read(org).await?.conversations_at(clinic, Stage::AwaitingStaff.key()).await?;
    let mut found = waiting.into_iter().filter_map(|row| {
        let state = state_of(&row).ok()?;
        (reply_code(cx, &row, &state) == code).then_some((row, state))
    });
    let Some((row, state)) = found.next() else { return Ok(None) };
    let view = clinics::view(cx, clinic).await?;
    let answer = match named_time(&view, &state, rest, cx.now()) {
        // Four digits are few: whose time it is must not be a guess.
        _ if found.next().is_some() => {
            "Two requests have this code. Please confirm by the link in the e-mail.".to_owned()
        }
        None => format!("Please send the code with a day and a time, such as \"{code} tue 2pm\"."),
        Some((day, time)) => match confirm(cx, &row, day, time, "").await? {
            Ok(()) if row.consent.is_opted_out() => {
                "Confirmed, but the patient wants no texts: please call them.".to_owned()
            }
            Ok(()) => "Confirmed. The patient is told.".to_owned(),
            Err(why) => format!("Not confirmed: {why}."),
        },
    };
    let mut tx = cx.store.begin(org).await?;
    notify::answer_staff(cx, tx.as_mut(), &row, from, answer).await?;
    tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
    tx.commit().await?;
    Ok(Some(JobOutcome::Ended(Vec::new())))
}

/// The one moment a text names; a code alone stands for the one the patient asked for.
fn named_time(view: &ClinicView, state: &Conversation, text: &str, now: Timestamp) -> Option<(Date, Time)> {
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
    let read = understand::read(&context, text).preference;
    let wish = if text.trim().is_empty() { state.lead.preference.clone()? } else { read };
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
    Some((day, time))
}
