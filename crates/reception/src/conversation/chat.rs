//! Conversations on a clinic's own site. What came from there is an event like a carrier's; what is said there needs no
//! carrier. A phone that was typed is only texted a code until that came back.

use jiff::{SignedDuration, Timestamp};

use frontdesk_domain::area_codes;
use frontdesk_domain::consent::{ConsentChange, ConsentSource};
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::ids::{ContactId, ConversationId, MessageId};
use frontdesk_domain::limits::CODES_PER_HOUR;
use frontdesk_domain::phone::PhoneNumber;
use frontdesk_domain::preference::TimePreference;
use frontdesk_engine::phrase::{self, Act};
use frontdesk_engine::state::{EmailFact, PhoneFact};
use frontdesk_engine::turn::{NoticeAbout, Utterance, VisitForm};
use frontdesk_engine::{Conversation, Input};
use frontdesk_ports::inbound::{ChatEvent, Inbound, InboundEvent};
use frontdesk_ports::store::{ClaimedJob, ConversationRow, InboundMessage, JobEnd, OrgTx, StoreError};

use super::receive::{CONFLICTS, Loaded, answer, happened_at, load_by_id, tell_unhandled};
use super::state_of;
use super::turn::{Heard, facts, perform};
use crate::jobs::JobOutcome;
use crate::{ClinicView, Reception, ReceptionError, clinics, notify};

/// Opens the conversation of an event where it is new.
async fn opened(cx: &Reception, event: &InboundEvent) -> Result<(), ReceptionError> {
    let Inbound::Chat { org, clinic, conversation, .. } = &event.what else { return Err(ReceptionError::Payload) };
    let view = clinics::view(cx, *clinic).await?;
    let ours = view.settings.main_number().map_or("", PhoneNumber::expose);
    let ids = (ContactId::from_raw(cx.raw_id()), *conversation);
    let mut tx = cx.store.begin(*org).await?;
    if tx.conversation(*conversation).await?.is_some() {
        return Ok(());
    }
    // The address is the conversation itself: nothing of the person is known yet.
    let row = tx.open_conversation(*clinic, Channel::Webchat, &conversation.to_string(), ours, ids, cx.now()).await?;
    tx.record_consent(row.contact, ConsentChange::Implied, ConsentSource::Chat, "", cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Brings what came from a site into its conversation.
pub(super) async fn happened(
    cx: &Reception,
    job: &ClaimedJob,
    event: &InboundEvent,
) -> Result<JobOutcome, ReceptionError> {
    let Inbound::Chat { org, conversation, message, what, .. } = &event.what else {
        return Err(ReceptionError::Payload);
    };
    opened(cx, event).await?;
    let at = happened_at(event, job.run_at);
    let input = match what.as_ref() {
        ChatEvent::Wrote { text, minor } => {
            cx.metrics.message("webchat", "in", "chat", "received");
            let message = written((*message, *conversation), text, *minor, at);
            return answer(cx, job, *conversation, *org, Some(message), None).await;
        }
        ChatEvent::Opened => Input::ChatOpened,
        ChatEvent::AskedForVisit { name, email, phone, may_text, patient_type, slot, agreed, language } => {
            Input::FormFilled(Box::new(VisitForm {
                name: name.clone(),
                email: email.clone(),
                phone: phone.clone().map(|number| (number, *may_text)),
                patient_type: *patient_type,
                slot: slot.clone(),
                agreed: *agreed,
                language: *language,
            }))
        }
    };
    for _ in 0..CONFLICTS {
        let Loaded { row, visits, .. } = load_by_id(cx, *org, *conversation).await?;
        if !row.state.is_empty() {
            // It was taken in before.
            return Ok(JobOutcome::End(JobEnd::Done));
        }
        let view = clinics::view(cx, row.clinic).await?;
        let state = state_of(&row)?;
        match perform(cx, job, &view, row, state, input.clone(), &Heard::of(at, &visits)).await {
            Err(ReceptionError::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(ReceptionError::Store(StoreError::Conflict))
}

/// What they wrote, as it is stored.
fn written((id, conversation): (MessageId, ConversationId), text: &str, minor: bool, at: Timestamp) -> InboundMessage {
    InboundMessage {
        id,
        conversation,
        text: text.to_owned(),
        media: 0,
        references: Vec::new(),
        carrier_keyword: None,
        minor,
        at,
    }
}

/// An event whose handling was given up: it is kept in its thread and staff are told.
pub(super) async fn unhandled(cx: &Reception, event: &InboundEvent) -> Result<(), ReceptionError> {
    let Inbound::Chat { org, conversation, message, what, .. } = &event.what else {
        return Err(ReceptionError::Payload);
    };
    opened(cx, event).await?;
    let row = load_by_id(cx, *org, *conversation).await?.row;
    let view = clinics::view(cx, row.clinic).await?;
    let mut tx = cx.store.begin(*org).await?;
    match what.as_ref() {
        ChatEvent::Opened => {}
        ChatEvent::Wrote { text, minor } => {
            tx.insert_inbound(&written((*message, *conversation), text, *minor, event.occurred_at), true).await?;
        }
        ChatEvent::AskedForVisit { name, email, phone, may_text, patient_type, slot, .. } => {
            // Who asked, and how they are reached, stands on the card that staff get.
            let mut state = Conversation::new();
            state.lead.name = Some(name.clone());
            state.lead.email = email.clone().map_or(EmailFact::Declined, EmailFact::Given);
            state.lead.patient_type = Some(*patient_type);
            state.lead.services = vec![slot.service];
            let local = view.settings.timezone.local(slot.start);
            state.lead.preference = Some(TimePreference {
                dates: vec![local.date()],
                times: vec![local.time()],
                ..TimePreference::default()
            });
            state.phone = phone.clone().map(|number| PhoneFact { number, may_text: *may_text, is_proven: false });
            notify::write(cx, tx.as_mut(), &view, &row, &state, NoticeAbout::Unhandled).await?;
            tx.commit().await?;
            return Ok(());
        }
    }
    tell_unhandled(cx, tx, &view, &row).await
}

/// The phone of a chat, once it is known to be theirs and may be texted.
pub(super) fn proven_phone<'a>(row: &ConversationRow, state: &'a Conversation) -> Option<&'a PhoneNumber> {
    let phone = state.phone.as_ref().filter(|phone| phone.is_proven && phone.may_text)?;
    (row.channel == Channel::Webchat).then_some(&phone.number)
}

/// The conversation by text with a phone that was given in a chat.
pub(super) async fn by_text(
    cx: &Reception,
    tx: &mut dyn OrgTx,
    view: &ClinicView,
    row: &ConversationRow,
    phone: &PhoneNumber,
    now: Timestamp,
) -> Result<ConversationRow, ReceptionError> {
    let ids = (ContactId::from_raw(cx.raw_id()), ConversationId::from_raw(cx.raw_id()));
    if let Some(known) = tx.conversation_with(row.clinic, Channel::Sms, phone.expose()).await? {
        return Ok(known);
    }
    let ours = view.settings.main_number().map_or("", PhoneNumber::expose);
    Ok(tx.open_conversation(row.clinic, Channel::Sms, phone.expose(), ours, ids, now).await?)
}

/// Whether a code may be texted to the number that is typed, or was: not abroad, not more than a few an hour, so that nobody
/// keeps a stranger's phone buzzing and guesses stay few.
pub(super) async fn may_code(
    cx: &Reception,
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    input: &Input,
    now: Timestamp,
) -> Result<bool, ReceptionError> {
    // Without a carrier no code leaves, and none is promised.
    if row.channel != Channel::Webchat || cx.carriers.is_empty() {
        return Ok(false);
    }
    let typed = match input {
        Input::Said(reading) => reading.phone.as_deref().and_then(|number| PhoneNumber::parse(number).ok()),
        Input::FormFilled(form) => form.phone.as_ref().map(|(number, _)| number.clone()),
        _ => None,
    };
    let Some(number) = typed.or_else(|| state.phone.as_ref().map(|phone| phone.number.clone())) else {
        return Ok(false);
    };
    // A clinic of the North American plan texts no codes abroad: strangers would make it pay for them.
    // Its dearer corners (the Caribbean, 900) are abroad too, and our own numbers answer nobody.
    let ours = view.settings.main_number().and_then(PhoneNumber::area_code);
    let at_home = |code: u16| area_codes::region(code).is_some() || Some(code) == ours;
    if ours.is_some() && !number.area_code().is_some_and(at_home) || view.settings.phone_numbers.contains(&number) {
        return Ok(false);
    }
    let mut tx = cx.store.read(row.org).await?;
    let Some(text) = tx.conversation_with(row.clinic, Channel::Sms, number.expose()).await? else { return Ok(true) };
    let hour_ago = now - SignedDuration::from_hours(1);
    Ok(tx.written_about(text.id, "code", hour_ago).await? < CODES_PER_HOUR)
}

/// The text with a code.
pub(super) fn code_text(
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    code: String,
    now: Timestamp,
) -> Utterance {
    let acts = vec![Act::CodeText { code }];
    let text = phrase::render(&acts, &facts(view, row, None), state.language, now);
    Utterance { kind: MessageKind::Reply, about: "code", text, acts, is_opt_out_confirmation: false }
}

/// The code came back: the conversations of the phone share their visits from now on.
pub(super) async fn prove(
    cx: &Reception,
    view: &ClinicView,
    row: &ConversationRow,
    number: PhoneNumber,
    now: Timestamp,
) -> Result<Input, ReceptionError> {
    let mut tx = cx.store.begin(row.org).await?;
    let text = by_text(cx, tx.as_mut(), view, row, &number, now).await?;
    // Only now it is their own number they gave, for what the question told them.
    let wording = "number and code typed in the chat";
    tx.record_consent(text.contact, ConsentChange::Granted, ConsentSource::Chat, wording, now).await?;
    tx.join_phone(row.id, &number).await?;
    let visits = tx.standing_visits(row.id, now).await?;
    tx.commit().await?;
    Ok(Input::PhoneProven(number, visits))
}
