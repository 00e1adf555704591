//! Questions in between, answered from what the clinic wrote: hours, address, prices, services, preparation, policies.

use super::Turn;
use crate::phrase::{Act, Answer};
use crate::turn::{Action, NoticeAbout};
use crate::understand::{Intent, Reading, SafetyFlag};

/// Adds the answers to what was asked. What the clinic did not write is said to be unknown, never invented.
pub(super) fn answer(turn: &mut Turn<'_>, reading: &Reading) {
    if reading.is(SafetyFlag::MedicalAdvice) || reading.is(SafetyFlag::PostProcedure) {
        return;
    }
    let before = turn.acts.len();
    if reading.wants(Intent::AskHours) {
        let answer = open_when(turn, reading);
        turn.say(Act::Answer(answer));
    }
    if reading.wants(Intent::AskLocation) {
        // "Where do I park?" is answered better by what the clinic wrote about parking.
        let found = knowledge(turn, reading).map_or(Answer::Location, Answer::Verbatim);
        turn.say(Act::Answer(found));
    }
    if reading.wants(Intent::AskPrice) {
        // "What do you charge if I cancel?" asks for a rule, not for the price of the treatment.
        let rule = reading.has_word(&["cancel", "cancellation", "cancelacion", "noshow", "miss", "late"]);
        match written(turn, reading).filter(|_| rule) {
            Some(found) => turn.say(Act::Answer(found)),
            None => price(turn, reading),
        }
    }
    let answered = turn.acts.len() > before;
    let asks = reading.wants(Intent::Question) && !reading.wants(Intent::AskIfBot);
    if !asks || answered {
        return;
    }
    let about_visit = [
        Intent::Book,
        Intent::CheckAppointment,
        Intent::Cancel,
        Intent::Reschedule,
        Intent::Human,
        Intent::OtherOptions,
    ]
    .iter()
    .any(|i| reading.wants(*i))
        || reading.slot_action.is_some();
    if let Some(found) = written(turn, reading) {
        turn.say(Act::Answer(found));
    } else if !about_visit
        && reading.unlisted_service.is_none()
        && reading.preference.is_empty()
        && reading.candidate.is_none()
        && !reading.concern
        && reading.patient_type.is_none()
    {
        turn.say(Act::Answer(Answer::Unknown));
        // What is promised to the patient is told to staff.
        turn.act(Action::Notify(NoticeAbout::NewMessage));
    }
}

/// "Are you open now?", "are you open Sunday?", "what are your hours?".
fn open_when(turn: &Turn<'_>, reading: &Reading) -> Answer {
    let clinic = turn.facts.clinic;
    if clinic.hours.is_empty() {
        return Answer::Hours;
    }
    let today = turn.facts.local(turn.now).date();
    let wish = &reading.preference;
    let named = wish.dates.first().copied().or_else(|| {
        let day = wish.days.first().filter(|_| wish.days.len() == 1)?;
        (0..7).find_map(|ahead| today.checked_add(jiff::Span::new().days(ahead)).ok().filter(|d| d.weekday() == day.0))
    });
    match named {
        Some(day) => Answer::OpenOn { day, hours: clinic.hours_on(day).to_vec() },
        None if reading.has_word(&["now", "currently", "still", "ahora", "rn"]) => Answer::OpenNow,
        None => Answer::Hours,
    }
}

fn price(turn: &mut Turn<'_>, reading: &Reading) {
    let clinic = turn.facts.clinic;
    let named = reading.services.first().and_then(|name| clinic.service_named(name)).map(|s| s.id);
    let service = named.or_else(|| turn.state.lead.services.first().copied());
    match service.and_then(|id| clinic.service(id)) {
        Some(service) if !service.price.is_empty() => {
            turn.say(Act::Answer(Answer::Price { service: service.name.clone(), price: service.price.clone() }));
        }
        Some(service) => turn.say(Act::Answer(Answer::NoPrice { service: service.name.clone() })),
        None if reading.unlisted_service.is_some() => {}
        None => {
            let priced: Vec<(String, String)> = clinic
                .menu()
                .filter(|s| !s.item.price.is_empty())
                .take(4)
                .map(|s| (s.item.name.clone(), s.item.price.clone()))
                .collect();
            turn.say(Act::Answer(if priced.is_empty() { Answer::Unknown } else { Answer::Prices(priced) }));
        }
    }
}

/// Preparation, aftercare, a knowledge section or a service's description that the words of the question lead to.
fn written(turn: &Turn<'_>, reading: &Reading) -> Option<Answer> {
    let clinic = turn.facts.clinic;
    let has = |words: &[&str]| reading.words.iter().any(|w| words.contains(&w.as_str()));
    let service = reading
        .services
        .first()
        .and_then(|name| clinic.service_named(name))
        .map(|s| s.id)
        .or_else(|| turn.state.appointment.as_ref().map(|a| a.slot.service))
        .or_else(|| turn.state.lead.services.first().copied())
        .and_then(|id| clinic.service(id));
    if let Some(service) = service {
        if has(&["prepare", "prep", "preparation", "beforehand", "preparar", "preparo"])
            && !service.preparation.is_empty()
        {
            return Some(Answer::Verbatim(service.preparation.clone()));
        }
        if has(&["aftercare", "afterwards", "recovery", "downtime", "cuidados"]) && !service.aftercare.is_empty() {
            return Some(Answer::Verbatim(service.aftercare.clone()));
        }
    }
    if let Some(section) = knowledge(turn, reading) {
        return Some(Answer::Verbatim(section));
    }
    let named = reading.services.first().and_then(|name| clinic.service_named(name));
    if let Some(service) = named {
        if has(&["long", "dura", "takes", "duration", "minutes"]) {
            return Some(Answer::Duration { service: service.item.name.clone(), minutes: service.item.minutes });
        }
        // "Can you do Botox Thursday?" wants a time, not a description.
        let wants_a_visit = reading.wants(Intent::Book) || reading.wants(Intent::CheckAppointment);
        if !service.item.description.is_empty() && reading.preference.is_empty() && !wants_a_visit {
            return Some(Answer::Verbatim(service.item.description.clone()));
        }
    }
    if has(&["phone", "number", "telefono"]) && !has(&["card", "my"]) {
        return Some(Answer::Contact);
    }
    if has(&["website", "web", "site", "online", "pagina"]) && !clinic.website.is_empty() {
        return Some(Answer::Verbatim(clinic.website.clone()));
    }
    if has(&["services", "treatments", "offer", "menu", "servicios", "tratamientos"]) {
        return Some(Answer::Menu(clinic.menu().take(8).map(|s| s.item.name.clone()).collect()));
    }
    let who_works = has(&["who", "quien", "quienes"])
        && has(&["works", "work", "there", "trabaja", "trabajan", "team", "staff", "does"]);
    if who_works || has(&["provider", "providers", "injector", "injectors", "nurse", "doctor", "performs"]) {
        // "Who is the provider?" while Botox is the matter: who does that.
        let does_it =
            |name: &str| service.is_none_or(|s| s.providers.is_empty() || s.providers.iter().any(|p| p == name));
        let names: Vec<String> = clinic
            .providers
            .iter()
            .filter(|p| !p.retired && does_it(&p.item.name))
            .take(4)
            .map(|p| {
                if p.item.title.is_empty() { p.item.name.clone() } else { format!("{}, {}", p.item.name, p.item.title) }
            })
            .collect();
        if !names.is_empty() {
            return Some(Answer::Providers(names));
        }
    }
    None
}

fn fold_words(text: &str) -> Vec<String> {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1).map(str::to_owned).collect()
}

/// The section whose title and tags share most words with the question; words of the text count a little.
fn knowledge(turn: &Turn<'_>, reading: &Reading) -> Option<String> {
    const LITTLE: &[&str] = &[
        "the", "a", "is", "do", "you", "your", "i", "my", "what", "how", "to", "of", "and", "in", "for", "can", "it",
        "are", "there", "have", "on", "if", "be", "with", "does", "me", "we", "or", "at", "this", "that", "much",
        "long", "get", "will",
    ];
    let spanish = super::is_spanish(turn);
    let fold =
        |text: &str| -> Vec<String> { fold_words(text).iter().map(|w| w.trim_end_matches('s').to_owned()).collect() };
    // "I'm Jo Park" asks nothing about parking.
    let own_name: Vec<String> = reading.name.iter().flat_map(|name| fold_words(name)).collect();
    let asked: Vec<String> = reading
        .words
        .iter()
        .filter(|w| !LITTLE.contains(&w.as_str()) && !own_name.iter().any(|own| *own == **w))
        .map(|w| w.trim_end_matches('s').to_owned())
        .collect();
    let mut best: Option<(usize, &str)> = None;
    for section in &turn.facts.clinic.knowledge {
        if section.language.is_some_and(|l| (l == frontdesk_domain::language::Language::Spanish) != spanish) {
            continue;
        }
        let heads: Vec<String> =
            fold(&section.title).into_iter().chain(section.tags.iter().flat_map(|t| fold(t))).collect();
        let body = fold(&section.text);
        let score: usize =
            asked.iter().map(|w| if heads.contains(w) { 3 } else { usize::from(body.contains(w)) }).sum();
        if score >= 3 && best.is_none_or(|(known, _)| score > known) {
            best = Some((score, &section.text));
        }
    }
    best.map(|(_, text)| text.to_owned())
}
