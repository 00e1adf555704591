//! A provider's visits as an iCalendar feed behind a secret address, for the calendar on their phone. A calendar service reads
//! it, so it says when, and with whom by initials; never what for.

use jiff::SignedDuration;

use frontdesk_domain::appointment::AppointmentStatus;
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::icalendar::{CalendarEvent, calendar};
use frontdesk_domain::ids::{ClinicId, ProviderId};

use crate::{Reception, ReceptionError, clinics};

/// How far back a feed goes.
const BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The address of each provider's feed.
pub fn addresses(cx: &Reception, clinic: &ClinicSettings) -> Vec<(String, String)> {
    let providers = clinic.providers.iter().filter(|provider| !provider.retired);
    providers
        .map(|provider| {
            let what = format!("{}.{}", clinic.id, provider.id);
            let code = cx.links.code("feed", &what);
            (provider.item.name.clone(), format!("{}/calendar/{what}.{code}.ics", cx.public_url))
        })
        .collect()
}

fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|part| part.chars().next()).flat_map(|first| [first, '.']).collect()
}

/// The feed behind an address; `None` when it is nobody's.
///
/// # Errors
/// When the store does not answer.
pub async fn feed(cx: &Reception, token: &str) -> Result<Option<String>, ReceptionError> {
    let token = token.strip_suffix(".ics").unwrap_or(token);
    let Some((what, code)) = token.rsplit_once('.') else { return Ok(None) };
    if cx.links.code("feed", what) != code {
        return Ok(None);
    }
    let parsed =
        what.split_once('.').and_then(|(clinic, provider)| Some((clinic.parse().ok()?, provider.parse().ok()?)));
    let Some((clinic, provider)): Option<(ClinicId, ProviderId)> = parsed else { return Ok(None) };
    let view = match clinics::view(cx, clinic).await {
        Err(ReceptionError::NoClinic) => return Ok(None),
        view => view?,
    };
    let settings = &view.settings;
    let Some(person) = settings.providers.iter().find(|p| p.id == provider && !p.retired) else { return Ok(None) };
    let now = cx.now();
    let until = now + settings.booking.horizon.signed() + SignedDuration::from_hours(24);
    let visits = cx.store.read(settings.org).await?.appointments_between(now - BACK, until).await?;
    let mut events: Vec<CalendarEvent> = visits
        .into_iter()
        .filter(|visit| visit.clinic == clinic && visit.slot.provider == Some(provider))
        .map(|visit| {
            let is_cancelled = matches!(visit.status, AppointmentStatus::Cancelled | AppointmentStatus::Rescheduled);
            CalendarEvent {
                uid: format!("{}@frontdesk", visit.id),
                sequence: u32::from(is_cancelled),
                stamp: now,
                start: visit.slot.start,
                end: visit.slot.end,
                summary: format!("Visit {}", initials(&visit.patient_name)).trim_end().to_owned(),
                location: settings.location(visit.slot.location).map(|l| l.address.clone()).unwrap_or_default(),
                is_cancelled,
            }
        })
        .collect();
    let zone = &settings.timezone;
    let (mut day, last) = (zone.local(now - BACK).date(), zone.local(until).date());
    while day <= last {
        let blocks = settings.blocks.iter().enumerate().filter(|(_, block)| block.is_for(Some(&person.item.name)));
        for (at, block, taken) in
            blocks.flat_map(|(at, block)| block.on(day).into_iter().map(move |taken| (at, block, taken)))
        {
            let instant = |time| zone.instant(day.to_datetime(time));
            let (Some(start), Some(end)) = (instant(taken.from), instant(taken.to)) else { continue };
            events.push(CalendarEvent {
                uid: format!("{provider}.{at}.{}@frontdesk", day.to_datetime(taken.from).strftime("%Y%m%dT%H%M")),
                sequence: 0,
                stamp: now,
                start,
                end,
                summary: if block.note.is_empty() { "Blocked".to_owned() } else { format!("Blocked: {}", block.note) },
                location: String::new(),
                is_cancelled: false,
            });
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(Some(calendar(&format!("{} - {}", person.item.name, settings.name), &events)))
}
