//! Staff hear of things: the lead card by e-mail, a short text, each once.

use jiff::Timestamp;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::appointment::Appointment;
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::consent::ContactPoint;
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit::{self, Deposit};
use frontdesk_domain::icalendar::{self, CalendarEvent};
use frontdesk_domain::ids::{NoticeId, OrgId};
use frontdesk_domain::language::Language;
use frontdesk_domain::limits::{EMAIL_OFF_WAIT, REPLY_STALE};
use frontdesk_engine::Conversation;
use frontdesk_engine::phrase::{date_words, time_words};
use frontdesk_engine::turn::NoticeAbout;
use frontdesk_ports::email::OutboundEmail;
use frontdesk_ports::sms::{OutboundSms, Words};
use frontdesk_ports::store::{ClaimedJob, ConversationRow, JobEnd, Notice, OrgTx};
use frontdesk_ports::{Happened, PortError, PortErrorKind};

use crate::conversation::lead_id;
use crate::jobs::{JobKind, JobOutcome, SendNoticeJob, payload};
use crate::{ClinicView, Reception, ReceptionError, carriers, clinics, desk, mail};

/// Stores the notices of an occasion with the jobs that send them.
pub(crate) async fn write(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    about: NoticeAbout,
) -> Result<(), ReceptionError> {
    let now = cx.now();
    let clinic = &view.settings;
    let (kind, urgent) = if about.is_urgent() { (MessageKind::StaffUrgent, true) } else { (MessageKind::Staff, false) };
    let headline = headline(about);
    let name = state.lead.patient_name().unwrap_or("a patient");
    let mut notices: Vec<(&str, String, String, String)> = Vec::new();
    let may_tell = may_tell(cx, tx).await?;
    for address in &clinic.notify.email {
        let mark = if urgent { "URGENT - " } else { "" };
        let (subject, text) = if may_tell {
            (format!("{mark}{headline}: {name}"), card(cx, clinic, row, state, about))
        } else {
            // No agreement about health data with this mail server: the card is behind the link.
            let link = desk::link(cx, row.org, row.id);
            let text =
                format!("{headline} - {}\n\nPriority: {}\n\nThe lead card:\n{link}", clinic.name, priority(about));
            (format!("{mark}{headline} - {}", clinic.name), text)
        };
        notices.push(("email", address.clone(), subject, text));
    }
    // A new line in a thread that staff have is no reason for another text message, unless nothing else reaches them.
    let texted = !matches!(about, NoticeAbout::NewMessage) || cx.email.is_none() || clinic.notify.email.is_empty();
    for number in clinic.notify.sms.iter().filter(|_| texted) {
        let by_mail = cx.email.is_some() && !clinic.notify.email.is_empty();
        if by_mail && tx.consent_of(&ContactPoint::of(Channel::Sms, number.expose())).await?.is_opted_out() {
            // They texted STOP, and the carrier may block them: what they no longer hear the mailbox is told.
            let note = format!(
                "\nTexts to the number ending in {} are off: STOP was sent from it. START from that phone turns them on.",
                number.last_four()
            );
            notices.iter_mut().filter(|(channel, ..)| *channel == "email").for_each(|(.., text)| text.push_str(&note));
            continue;
        }
        notices.push(("sms", number.expose().to_owned(), String::new(), short(cx, clinic, row, state, about)));
    }
    if notices.is_empty() {
        tracing::error!(clinic.id = %clinic.id, conversation.id = %row.id, "staff should hear of a conversation, but [notify] names nobody");
    }
    for (channel, to, subject, text) in notices {
        let notice = Notice {
            id: NoticeId::from_raw(cx.raw_id()),
            conversation: row.id,
            channel: channel.to_owned(),
            to,
            kind,
            subject,
            text,
            calendar: None,
            written_at: now,
            handed_over: false,
            sent: false,
        };
        store_notice(cx, tx, row, notice).await?;
    }
    tell_patient(cx, tx, view, row, state, (about, may_tell)).await
}

/// Whether e-mails of an organisation may hold names and health facts.
async fn may_tell(cx: &Reception, tx: &mut dyn OrgTx) -> Result<bool, ReceptionError> {
    match &cx.email {
        Some(sender) => Ok(sender.may_hold_health_data() || tx.has_agreement(sender.vendor()).await?),
        None => Ok(true),
    }
}

/// The patient's own e-mail about a visit, with a calendar file.
async fn tell_patient(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    (about, may_tell): (NoticeAbout, bool),
) -> Result<(), ReceptionError> {
    let (Some(to), Some(visit)) = (state.lead.email(), visit_of(state, about)) else { return Ok(()) };
    if row.consent.is_opted_out() || state.opted_out || cx.email.is_none() {
        return Ok(());
    }
    // STOP texted from the phone that a chat proved holds for what the chat would send.
    if let Some(phone) = state.phone.as_ref().filter(|phone| phone.is_proven) {
        if tx.consent_of(&ContactPoint::of(Channel::Sms, phone.number.expose())).await?.is_opted_out() {
            return Ok(());
        }
    }
    let clinic = &view.settings;
    let spanish = state.language == Language::Spanish;
    let location = clinic.location(visit.slot.location).map(|l| l.address.clone()).unwrap_or_default();
    let is_cancelled = about == NoticeAbout::Cancelled;
    let headline = match (about, spanish) {
        (NoticeAbout::Cancelled, false) => "Your visit is cancelled",
        (NoticeAbout::Cancelled, true) => "Su visita está cancelada",
        (NoticeAbout::Rescheduled, false) => "Your visit is moved",
        (NoticeAbout::Rescheduled, true) => "Su visita cambió de hora",
        (_, false) => "Your visit is booked",
        (_, true) => "Su visita está reservada",
    };
    let mut text = format!("{headline} - {}\n", clinic.name);
    let mut calendar = None;
    if may_tell {
        let local = clinic.timezone.local(visit.slot.start);
        let when = format!("{}, {}", date_words(local.date(), state.language), time_words(local.time()));
        let with = visit.provider_name.clone();
        let lines = if spanish {
            [
                ("Qué", Some(visit.service_name.clone())),
                ("Cuándo", Some(when)),
                ("Con", with),
                ("Dónde", Some(location.clone())),
            ]
        } else {
            [
                ("What", Some(visit.service_name.clone())),
                ("When", Some(when)),
                ("With", with),
                ("Where", Some(location.clone())),
            ]
        };
        for (what, how) in lines {
            if let Some(how) = how.filter(|how| !how.is_empty()) {
                text.push_str(&format!("\n{what}: {how}"));
            }
        }
        let chat = row.channel == Channel::Webchat;
        let change = match (spanish, chat) {
            (true, false) => "¿Necesita cambiarla? Responda a nuestro mensaje de texto.",
            (false, false) => "Need to change it? Reply to our text message.",
            (true, true) => "¿Necesita cambiarla? Escríbanos en el chat o llámenos.",
            (false, true) => "Need to change it? Write to us in the chat, or call us.",
        };
        text.push_str(&format!("\n\n{change}"));
        let event = CalendarEvent {
            uid: format!("{}@frontdesk", visit.id),
            sequence: u32::from(is_cancelled),
            stamp: cx.now(),
            start: visit.slot.start,
            end: visit.slot.end,
            // A calendar may be read over a shoulder.
            summary: clinic.name.clone(),
            location,
            is_cancelled,
        };
        calendar = Some(icalendar::calendar(&clinic.name, &[event]));
    } else {
        let where_to = if spanish {
            "Los detalles están en nuestro mensaje de texto."
        } else {
            "The details are in our text message."
        };
        text.push_str(&format!("\n{where_to}"));
    }
    let notice = Notice {
        id: NoticeId::from_raw(cx.raw_id()),
        conversation: row.id,
        channel: "email".to_owned(),
        to: to.to_owned(),
        kind: MessageKind::Receipt,
        subject: format!("{headline} - {}", clinic.name),
        text,
        calendar,
        written_at: cx.now(),
        handed_over: false,
        sent: false,
    };
    store_notice(cx, tx, row, notice).await
}

/// Answers a person of the clinic who texted a code.
pub(crate) async fn answer_staff(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    row: &ConversationRow,
    to: &PhoneNumber,
    text: String,
) -> Result<(), ReceptionError> {
    let notice = Notice {
        id: NoticeId::from_raw(cx.raw_id()),
        conversation: row.id,
        channel: "sms".to_owned(),
        to: to.expose().to_owned(),
        // They wrote a moment ago: it is no hour to wait for.
        kind: MessageKind::StaffUrgent,
        subject: String::new(),
        text,
        calendar: None,
        written_at: cx.now(),
        handed_over: false,
        sent: false,
    };
    store_notice(cx, tx, row, notice).await
}

async fn store_notice(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    row: &ConversationRow,
    notice: Notice,
) -> Result<(), ReceptionError> {
    tx.insert_notice(&notice).await?;
    tx.enqueue(JobKind::SendNotice.job(row.org, &SendNoticeJob { notice: notice.id }, None, cx.now())?).await?;
    Ok(())
}

fn headline(about: NoticeAbout) -> String {
    match about {
        NoticeAbout::Booked => "New booking".to_owned(),
        NoticeAbout::Rescheduled => "Visit moved".to_owned(),
        NoticeAbout::Cancelled => "Visit cancelled".to_owned(),
        NoticeAbout::Handover(reason) => format!("Needs you ({})", reason.words()),
        NoticeAbout::PostProcedure => "Worried after a treatment".to_owned(),
        NoticeAbout::NewMessage => "New message".to_owned(),
        NoticeAbout::ConfirmByHand => "Please confirm a time".to_owned(),
        NoticeAbout::Arrival => "Here or running late".to_owned(),
        NoticeAbout::OptedOut => "No more texts, but the visit stands".to_owned(),
        NoticeAbout::MissedCall => "Missed call, please call back".to_owned(),
        NoticeAbout::Unhandled => "A text could not be handled, please look".to_owned(),
        NoticeAbout::DepositPaid => "Paid".to_owned(),
        NoticeAbout::DepositDeclined => "Would rather not pay a deposit".to_owned(),
        NoticeAbout::DepositUnpaid => "Did not pay the deposit".to_owned(),
        NoticeAbout::LeftMidway => "Wants no more texts; a request was under way".to_owned(),
        NoticeAbout::MoveByHand => "Wants another time, please confirm by phone".to_owned(),
        NoticeAbout::MoneyQuestion => "Asks about a payment".to_owned(),
        NoticeAbout::RequestCalledOff => "Called off, nothing to confirm".to_owned(),
        NoticeAbout::DepositRefunded => "A payment goes back".to_owned(),
        NoticeAbout::DepositDisputed => "A payment is contested".to_owned(),
        NoticeAbout::DisputeDecided => "A contested payment was decided".to_owned(),
        NoticeAbout::PaymentTrouble => "A payment needs you".to_owned(),
    }
}

fn priority(about: NoticeAbout) -> &'static str {
    match about {
        _ if about.is_urgent() => "urgent",
        NoticeAbout::Handover(_)
        | NoticeAbout::ConfirmByHand
        | NoticeAbout::Arrival
        | NoticeAbout::OptedOut
        | NoticeAbout::MissedCall
        | NoticeAbout::DepositDeclined
        | NoticeAbout::DepositUnpaid
        | NoticeAbout::LeftMidway
        | NoticeAbout::MoveByHand
        | NoticeAbout::MoneyQuestion
        | NoticeAbout::RequestCalledOff
        | NoticeAbout::DepositDisputed
        | NoticeAbout::PaymentTrouble
        | NoticeAbout::Unhandled => "high",
        NoticeAbout::Booked
        | NoticeAbout::Rescheduled
        | NoticeAbout::Cancelled
        | NoticeAbout::NewMessage
        | NoticeAbout::DepositPaid
        | NoticeAbout::DepositRefunded
        | NoticeAbout::DisputeDecided
        | NoticeAbout::PostProcedure => "normal",
    }
}

fn service_names(clinic: &ClinicSettings, state: &Conversation) -> String {
    let names: Vec<&str> =
        state.lead.services.iter().filter_map(|id| clinic.service(*id)).map(|s| s.name.as_str()).collect();
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

pub(crate) fn when(clinic: &ClinicSettings, at: Timestamp) -> String {
    let local = clinic.timezone.local(at);
    format!("{} at {}", date_words(local.date(), Language::English), time_words(local.time()))
}

/// The visit a notice is about: the one called off is no longer the one that stands.
fn visit_of(state: &Conversation, about: NoticeAbout) -> Option<&Appointment> {
    match about {
        NoticeAbout::Cancelled => state.called_off.as_ref(),
        NoticeAbout::Booked | NoticeAbout::Rescheduled => state.appointment.as_ref(),
        _ => None,
    }
}

/// What a lead card says, line by line.
pub(crate) fn lines(clinic: &ClinicSettings, row: &ConversationRow, state: &Conversation) -> Vec<(String, String)> {
    facts_of(clinic, row, state, None)
}

fn facts_of(
    clinic: &ClinicSettings,
    row: &ConversationRow,
    state: &Conversation,
    visit: Option<&Appointment>,
) -> Vec<(String, String)> {
    let lead = &state.lead;
    let phone = PhoneNumber::parse(&row.address).map_or_else(|_| row.address.clone(), |p| p.national());
    let mut lines = vec![("Name", lead.name.clone().unwrap_or_else(|| "-".to_owned()))];
    if lead.for_other {
        lines.push(("For", lead.for_name.clone().unwrap_or_else(|| "someone else".to_owned())));
    }
    let typed = state.phone.as_ref();
    let phone = typed.map_or(phone, |typed| {
        let proven = if typed.is_proven { "" } else { " (typed in the chat, not confirmed by code)" };
        let texts = if typed.may_text { "" } else { ", no texts please" };
        format!("{}{proven}{texts}", typed.number.national())
    });
    lines.push(("Phone", if row.channel == Channel::Webchat && typed.is_none() { "-".to_owned() } else { phone }));
    lines.push(("Service", visit.map_or_else(|| service_names(clinic, state), |visit| visit.service_name.clone())));
    lines.extend(lead.variant.clone().map(|variant| ("Variant", variant)));
    lines.push(("Patient", lead.patient_type.map_or("-", frontdesk_domain::lead::PatientType::key).to_owned()));
    lines.push(("E-mail", lead.email().unwrap_or("-").to_owned()));
    lines.push(("Preference", preference(state)));
    lines.extend(lead.provider.clone().map(|provider| ("Provider wish", provider)));
    if let Some(appointment) = visit.or(state.appointment.as_ref()) {
        let with = appointment.provider_name.as_ref().map(|p| format!(" with {p}")).unwrap_or_default();
        let when = when(clinic, appointment.slot.start);
        lines.push(("Visit", format!("{}, {when}{with}", appointment.service_name)));
    }
    lines.extend(deposit_line(clinic, row, state, visit).map(|line| ("Deposit", line)));
    lines.extend(state.fee.as_ref().map(|fee| ("Fee", format!("{} {}", fee.amount, fee.status.key()))));
    if state.provider_review {
        let note = "the provider should review this patient's health disclosure before treating";
        lines.push(("Note", note.to_owned()));
    }
    lines.push(("Language", state.language.code().to_owned()));
    lines.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}

/// The lead card.
fn card(
    cx: &Reception,
    clinic: &ClinicSettings,
    row: &ConversationRow,
    state: &Conversation,
    about: NoticeAbout,
) -> String {
    let mut lines = vec![format!("{} - {}", headline(about), clinic.name), String::new()];
    let facts = facts_of(clinic, row, state, visit_of(state, about));
    lines.extend(facts.into_iter().map(|(what, how)| format!("{what}: {how}")));
    lines.push(format!("Priority: {}", priority(about)));
    lines.push(String::new());
    if desk::awaits_a_time(clinic, state) {
        lines.push("Please confirm a time with the patient's wish in mind:".to_owned());
    }
    lines.push(desk::link(cx, row.org, row.id));
    lines.join("\n")
}

fn short(
    cx: &Reception,
    clinic: &ClinicSettings,
    row: &ConversationRow,
    state: &Conversation,
    about: NoticeAbout,
) -> String {
    let name = state.lead.patient_name().unwrap_or("A patient");
    let ask = if desk::awaits_a_time(clinic, state) {
        let code = desk::reply_code(cx, row, state);
        format!(". To confirm, text back the code, a day and a time, such as \"{code} tue 2pm\"")
    } else {
        String::new()
    };
    let typed = state.phone.as_ref().map(|phone| phone.number.national());
    let phone = typed.or_else(|| PhoneNumber::parse(&row.address).ok().map(|p| p.national()));
    let phone = phone.unwrap_or_else(|| "by chat, no phone".to_owned());
    let visit = visit_of(state, about);
    let service = visit.map_or_else(|| service_names(clinic, state), |visit| visit.service_name.clone());
    let visit = visit.map(|a| format!(", {}", when(clinic, a.slot.start))).unwrap_or_default();
    match about {
        // Health words do not travel by text message.
        _ if about.is_urgent() => format!("URGENT {}: {name} needs you now. Call {phone}.", clinic.name),
        NoticeAbout::Booked | NoticeAbout::Rescheduled | NoticeAbout::Cancelled | NoticeAbout::DepositPaid => {
            let fee = state.fee.as_ref().filter(|fee| about == NoticeAbout::DepositPaid && is_latest(fee, state));
            let money = match fee {
                Some(fee) => format!(", fee {} {}", fee.amount, fee.status.key()),
                None => deposit_line(clinic, row, state, visit_of(state, about))
                    .map(|line| format!(", deposit {line}"))
                    .unwrap_or_default(),
            };
            format!("{}: {name}, {service}{visit}{money}{ask}", headline(about))
        }
        NoticeAbout::Handover(_)
        | NoticeAbout::PostProcedure
        | NoticeAbout::NewMessage
        | NoticeAbout::ConfirmByHand
        | NoticeAbout::Arrival
        | NoticeAbout::OptedOut
        | NoticeAbout::MissedCall
        | NoticeAbout::DepositDeclined
        | NoticeAbout::DepositUnpaid
        | NoticeAbout::LeftMidway
        | NoticeAbout::MoveByHand
        | NoticeAbout::MoneyQuestion
        | NoticeAbout::RequestCalledOff
        | NoticeAbout::DepositRefunded
        | NoticeAbout::DepositDisputed
        | NoticeAbout::DisputeDecided
        | NoticeAbout::PaymentTrouble
        | NoticeAbout::Unhandled => {
            format!("{}: {name}, {phone}{ask}", headline(about))
        }
    }
}

fn preference(state: &Conversation) -> String {
    let Some(p) = &state.lead.preference else { return "-".to_owned() };
    if p.flexible {
        return "any time".to_owned();
    }
    let mut parts: Vec<String> = p.dates.iter().map(|d| d.strftime("%b %-d").to_string()).collect();
    if parts.is_empty() {
        parts.extend(p.days.iter().map(|d| frontdesk_domain::zone::weekday_key(d.0).to_owned()));
    }
    if let Some(range) = p.date_range {
        let end =
            |d: Option<jiff::civil::Date>| d.map_or_else(|| "...".to_owned(), |d| d.strftime("%b %-d").to_string());
        parts.push(format!("{} to {}", end(range.from), end(range.to)));
    }
    parts.extend(p.times.iter().map(|t| time_words(*t)));
    parts.extend(p.after.map(|t| format!("after {}", time_words(t))));
    parts.extend(p.before.map(|t| format!("before {}", time_words(t))));
    if parts.is_empty() { "any time".to_owned() } else { parts.join(", ") }
}

/// Whether a fee was paid after the deposit.
fn is_latest(fee: &Deposit, state: &Conversation) -> bool {
    fee.status.is_paid() && state.deposit.as_ref().is_none_or(|deposit| deposit.paid_at < fee.paid_at)
}

/// How the deposit of this request stands, where there is one.
fn deposit_line(
    clinic: &ClinicSettings,
    row: &ConversationRow,
    state: &Conversation,
    visit: Option<&Appointment>,
) -> Option<String> {
    // Of this request, or of the request the visit came from.
    let lead = visit.map_or_else(|| lead_id(row, state), |visit| visit.lead);
    if let Some(deposit) = state.deposit_of(lead) {
        return Some(format!("{} {}", deposit.amount, deposit.status.key()));
    }
    if visit.is_some() {
        return None;
    }
    let due = deposit::due(clinic, state.lead.services.first().copied(), state.lead.patient_type)?;
    Some(format!("{due} by your rules, not requested"))
}

/// When staff of a clinic may be texted next.
fn staff_may_hear(clinic: &ClinicSettings, now: Timestamp) -> Timestamp {
    let Some(hours) = clinic.notify.hours else { return now };
    let local = clinic.timezone.local(now);
    if local.time() >= hours.from && local.time() < hours.to {
        return now;
    }
    let day = if local.time() < hours.from { local.date() } else { local.date().tomorrow().unwrap_or(local.date()) };
    clinic.timezone.instant(day.to_datetime(hours.from)).unwrap_or(now)
}

/// Sends a notice.
pub(crate) async fn send_notice(cx: &Reception, job: &ClaimedJob) -> Result<JobOutcome, ReceptionError> {
    let SendNoticeJob { notice } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let mut tx = cx.store.begin(org).await?;
    // Whom it was about asked to be erased.
    let Some(notice) = tx.notice(notice).await? else { return Ok(JobOutcome::End(JobEnd::Done)) };
    let row = tx.conversation(notice.conversation).await?.ok_or(ReceptionError::Payload)?;
    let is_patients = notice.kind == MessageKind::Receipt;
    let is_opted_out = row.consent.is_opted_out()
        || is_patients && tx.consent_of(&ContactPoint::email(&notice.to)).await?.is_opted_out();
    drop(tx);
    if notice.sent {
        return Ok(JobOutcome::End(JobEnd::Done));
    }
    let now = cx.now();
    if is_patients && (is_opted_out || now.duration_since(notice.written_at) > REPLY_STALE.signed()) {
        // Asked at the moment of sending, on this channel as on the other.
        return Ok(JobOutcome::End(JobEnd::Done));
    }
    if notice.channel != "sms" && cx.email.is_none() {
        // Nobody to hand it to: it waits until e-mail is switched on, as long as it still tells staff something.
        let end = if now.duration_since(notice.written_at) < REPLY_STALE.signed() * 6 {
            JobEnd::Later { at: now + EMAIL_OFF_WAIT.signed() }
        } else {
            tracing::error!(notice.id = %notice.id, "no e-mail sender is configured; a notice to staff was given up");
            JobEnd::Dead { error: "e-mail is off".to_owned() }
        };
        return Ok(JobOutcome::End(end));
    }
    let by_mail_too = cx.email.is_some() && !clinics::view(cx, row.clinic).await?.settings.notify.email.is_empty();
    let told_twice = notice.kind == MessageKind::StaffUrgent || !by_mail_too;
    if notice.handed_over && notice.channel == "sms" && (!told_twice || job.attempt > 2) {
        // A process died while the carrier had it. Its e-mail tells the same; an emergency is told twice rather than never.
        tracing::warn!(notice.id = %notice.id, "a text to staff may or may not have left");
        return Ok(JobOutcome::End(JobEnd::Done));
    }
    let sent: Result<(), ReceptionError> = if notice.channel == "sms" {
        let view = clinics::view(cx, row.clinic).await?;
        let at = staff_may_hear(&view.settings, cx.now());
        if notice.kind == MessageKind::Staff && at > cx.now() {
            return Ok(JobOutcome::End(JobEnd::Later { at }));
        }
        mark_handed(cx, org, &notice, Some(now)).await?;
        text_staff(cx, &row, &notice).await
    } else {
        let sender =
            cx.email.as_ref().ok_or_else(|| PortError::new("email", "send", PortErrorKind::Unavailable, "off"))?;
        let email = OutboundEmail {
            to: notice.to.clone(),
            subject: notice.subject.replace(['\r', '\n'], " "),
            text: notice.text.clone(),
            html: Some(mail::html(&notice.text)),
            calendar: notice.calendar.clone(),
            key: notice.id.to_string(),
            conversation: row.id,
        };
        mark_handed(cx, org, &notice, Some(now)).await?;
        // Sent again after a kill it has the same Message-ID, by which mailboxes show it once.
        sender.send(&email).await.map_err(Into::into)
    };
    // A text's failure was counted where it was handed over.
    if let (Err(ReceptionError::Port(error)), "email") = (&sent, notice.channel.as_str()) {
        cx.metrics.failure(error);
    }
    match sent {
        Ok(()) => {}
        Err(ReceptionError::Port(error)) if error.happened == Happened::No => {
            mark_handed(cx, org, &notice, None).await?;
            return Err(error.into());
        }
        // The same Message-ID makes one mail of two in the mailbox: one more try.
        Err(ReceptionError::Port(error))
            if error.happened == Happened::Unknown && notice.channel == "email" && job.attempt < 3 =>
        {
            return Err(error.into());
        }
        // Staff who hear twice of an emergency, or of what no e-mail tells them, lose less than staff who do not hear: one
        // more try.
        Err(ReceptionError::Port(error)) if error.happened == Happened::Unknown && (!told_twice || job.attempt > 1) => {
            tracing::warn!(notice.id = %notice.id, vendor = error.vendor, "a notice may or may not have left");
        }
        Err(error) => return Err(error),
    }
    let mut tx = cx.store.begin(org).await?;
    tx.mark_notice_sent(notice.id, cx.now()).await?;
    tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
    tx.commit().await?;
    Ok(JobOutcome::Ended(Vec::new()))
}

/// The mark that a vendor is about to have it, made durable before the vendor is asked, and taken back when it refused.
async fn mark_handed(cx: &Reception, org: OrgId, notice: &Notice, at: Option<Timestamp>) -> Result<(), ReceptionError> {
    let mut tx = cx.store.begin(org).await?;
    tx.mark_notice_handed(notice.id, at).await?;
    tx.commit().await?;
    Ok(())
}

async fn text_staff(cx: &Reception, row: &ConversationRow, notice: &Notice) -> Result<(), ReceptionError> {
    let number = |text: &str| {
        PhoneNumber::parse(text).map_err(|_| PortError::new("sms", "send", PortErrorKind::Rejected, "address"))
    };
    let sms = OutboundSms {
        from: number(&row.our_address)?,
        to: number(&notice.to)?,
        text: Words(notice.text.clone()),
        reference: None,
        conversation: row.id,
    };
    carriers::send(cx, row.clinic, sms).await?;
    Ok(())
}
