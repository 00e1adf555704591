//! Taking in the facts of a message: each is kept, a newer one replaces, nothing is asked twice.

use frontdesk_domain::conversation::Stage;
use frontdesk_domain::lead::{LeadStatus, PatientType};

use super::{Flow, Turn, questions};
use crate::phrase::Act;
use crate::state::{EmailFact, Lead, Pending};
use crate::turn::{Action, NoticeAbout};
use crate::understand::{Expecting, Intent, Reading, Remark, likely_email};

/// Takes in what was said, then answers what was asked.
pub(super) fn absorb_and_answer(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let had_name = turn.state.lead.name.is_some();
    let before = turn.state.lead.clone();
    absorb(turn, reading);
    turn.learned = turn.state.lead != before;
    if !had_name && turn.state.lead.name.is_some() {
        if let Some(first) = turn.state.lead.name.as_deref().and_then(|n| n.split_whitespace().next()) {
            let first = first.to_owned();
            if turn.state.say_once("thanks_name") {
                turn.say(Act::NiceToMeet { first });
            }
        }
    }
    if let Some(said) = &reading.unlisted_service {
        if reading.services.is_empty() {
            turn.say(Act::NotOnMenu { said: said.clone() });
        }
    }
    questions::answer(turn, reading);
    Flow::Go
}

fn absorb(turn: &mut Turn<'_>, reading: &Reading) {
    let clinic = turn.facts.clinic;
    // "Does that include a consult?" names a service and asks for none.
    let only_asks = reading.wants(Intent::Question)
        && !reading.wants(Intent::Book)
        && !reading.has_word(&["instead", "actually", "rather", "switch", "change", "about"]);
    let asks_new = reading.wants(Intent::Book) || (!reading.services.is_empty() && !only_asks);
    let booked = turn.state.appointment.is_some() && matches!(turn.state.stage, Stage::Booked | Stage::Confirmed);
    if booked
        && asks_new
        && !turn.state.rescheduling
        && !reading.wants(Intent::Reschedule)
        && !reading.wants(Intent::Cancel)
        && !reading.wants(Intent::CheckAppointment)
        && !reading.says(Remark::NeverMind)
        && !is_change(turn, reading)
    {
        let before = std::mem::take(&mut turn.state.lead.services);
        next_request(turn);
        if reading.services.is_empty() && reading.has_word(&["same", "mismo", "misma"]) {
            turn.state.lead.services = before;
        }
        if reading.for_other {
            // Whether they have been here is known of the sender only.
            turn.state.lead.patient_type = None;
        }
    }
    let over =
        matches!(turn.state.lead.status, LeadStatus::Cancelled | LeadStatus::Lost) && turn.state.appointment.is_none();
    if over && (asks_new || !reading.preference.is_empty()) {
        let before = std::mem::take(&mut turn.state.lead.services);
        next_request(turn);
        if reading.services.is_empty() {
            // "Can I rebook for Thursday?": the same as was called off.
            turn.state.lead.services = before;
        }
    }
    let expecting = turn.state.expecting;
    if matches!(turn.state.stage, Stage::Greeting | Stage::Closed) {
        turn.state.stage = Stage::Qualifying;
    }
    let lead = &mut turn.state.lead;
    let naming_other = std::mem::take(&mut turn.state.naming_other);
    if let (true, Some(name)) = (naming_other, reading.for_name.as_ref().or(reading.name.as_ref())) {
        lead.for_name = Some(name.clone());
    } else if let Some(name) = &reading.name {
        lead.name = Some(merge_names(lead.name.as_deref(), name, expecting));
    }
    if reading.for_other {
        lead.for_other = true;
    }
    if let Some(name) = &reading.for_name {
        lead.for_other = true;
        lead.for_name = Some(name.clone());
    }
    let chosen = turn.state.offer.is_some() || booked;
    // What is about to be paid for, or waits for staff, is not changed by a question, or by words about another visit.
    let settled =
        turn.state.agreeing.is_some() || matches!(turn.state.stage, Stage::AwaitingPayment | Stage::AwaitingStaff);
    let other_visit = !turn.state.visits_ahead(turn.now).is_empty()
        && [Intent::Cancel, Intent::Reschedule, Intent::CheckAppointment].iter().any(|intent| reading.wants(*intent));
    let besides = reading.has_word(&["also", "too", "add", "plus", "additionally", "tambien", "ademas", "agregar"])
        && !reading.has_word(&["instead"]);
    if settled && besides && !reading.services.is_empty() {
        let more = reading.services.iter().filter_map(|name| clinic.service_named(name)).map(|s| s.id);
        let known = turn.state.lead.services.clone();
        turn.state.lead.services.extend(more.filter(|id| !known.contains(id)));
        turn.say(Act::PassedOn { danger: false });
        turn.act(Action::Notify(NoticeAbout::NewMessage));
    }
    let asked_in_passing = only_asks && (chosen || settled) || settled && (other_visit || besides);
    let lead = &mut turn.state.lead;
    if !asked_in_passing && !reading.services.is_empty() {
        let services: Vec<_> =
            reading.services.iter().filter_map(|name| clinic.service_named(name)).map(|s| s.id).collect();
        if !services.is_empty() && services != lead.services {
            let changed = !lead.services.is_empty();
            lead.services = services;
            lead.variant = None;
            if changed {
                // Another service: other times. Who they are and when they can come stays.
                turn.state.offer = None;
                turn.state.asked.retain(|key, _| key != "Slot");
            }
        }
    }
    let lead = &mut turn.state.lead;
    if reading.variant.is_some() {
        lead.variant.clone_from(&reading.variant);
    }
    if let Some(provider) = &reading.provider {
        let own = lead.name.as_deref().is_some_and(|name| name.to_lowercase().starts_with(&provider.to_lowercase()));
        let known = provider == "any" || find_provider(turn.facts, provider).is_some();
        let names: Vec<String> = clinic.providers.iter().filter(|p| !p.retired).map(|p| p.item.name.clone()).collect();
        let of_the_past = reading.has_word(&["had", "did", "saw", "was", "went", "last", "used"]);
        if !known
            && !own
            && !of_the_past
            && !names.is_empty()
            && turn.state.say_once(&format!("no_{}", provider.to_lowercase()))
        {
            turn.say(Act::NoSuchProvider { said: provider.clone(), names });
        }
        if known && !own {
            let changed = turn.state.lead.provider.as_ref() != Some(provider);
            turn.state.lead.provider = Some(provider.clone());
            if changed && provider != "any" {
                turn.state.offer = None;
            }
        }
    }
    let lead = &mut turn.state.lead;
    if turn.facts.known_patient {
        lead.patient_type = Some(PatientType::Existing);
    } else if reading.patient_type.is_some() && (!settled || says_who_they_are(reading)) {
        lead.patient_type = reading.patient_type;
    }
    absorb_email(turn, reading);
    super::phone::absorb(turn, reading);
    let asks_hours = reading.wants(Intent::AskHours) && !reading.wants(Intent::Book);
    if !reading.preference.is_empty() && turn.state.offer.is_none() && !asks_hours {
        let known = turn.state.lead.preference.take().unwrap_or_default();
        turn.state.lead.preference = Some(known.updated_by(reading.preference.clone()));
    }
}

fn absorb_email(turn: &mut Turn<'_>, reading: &Reading) {
    let asked = turn.state.expecting == Expecting::Email;
    if let Some(address) = &reading.email {
        turn.state.lead.email = match likely_email(address) {
            Some(likely) if !matches!(&turn.state.lead.email, EmailFact::Doubtful { typed, .. } if typed == address) => {
                turn.state.pending = Some(Pending::Email);
                EmailFact::Doubtful { typed: address.clone(), likely }
            }
            _ => EmailFact::Given(address.clone()),
        };
        return;
    }
    if let EmailFact::Doubtful { typed, likely } = &turn.state.lead.email {
        if turn.state.pending == Some(Pending::Email) && turn.state.expecting == Expecting::Confirm {
            let (typed, likely) = (typed.clone(), likely.clone());
            turn.state.pending = None;
            turn.state.lead.email = EmailFact::Given(if reading.wants(Intent::Deny) { typed } else { likely });
            turn.state.expecting = Expecting::None;
        }
        return;
    }
    if matches!(turn.state.lead.email, EmailFact::Unknown)
        && (reading.email_refused || (asked && reading.wants(Intent::Deny)))
    {
        turn.state.lead.email = EmailFact::Declined;
        turn.say(Act::EmailNotNeeded);
    }
}

/// "Maria" then "Delgado" is one name; "actually it's Dana" replaces the first name.
fn merge_names(known: Option<&str>, said: &str, expecting: Expecting) -> String {
    let Some(known) = known else { return said.to_owned() };
    let (known_words, said_words) = (known.split_whitespace().count(), said.split_whitespace().count());
    if known_words == 1 && said_words == 1 && expecting == Expecting::Name && !known.eq_ignore_ascii_case(said) {
        return format!("{known} {said}");
    }
    if known_words > 1 && said_words == 1 {
        let last = known.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
        return format!("{said} {last}");
    }
    said.to_owned()
}

/// Whether a message tells plainly that they are new or have been here: a deposit may hang on it, and "can I pay when I come
/// in?" or "I did this elsewhere" tells neither.
fn says_who_they_are(reading: &Reading) -> bool {
    let asks = reading.wants(Intent::Question) || reading.redacted_text.contains('?');
    let tells = reading.has_word(&[
        "been",
        "came",
        "visited",
        "patient",
        "client",
        "customer",
        "existing",
        "returning",
        "regular",
        "new",
        "first",
        "already",
        "paciente",
        "cliente",
        "nueva",
        "nuevo",
        "primera",
    ]);
    let elsewhere = reading.has_word(&[
        "if",
        "would",
        "could",
        "elsewhere",
        "other",
        "another",
        "places",
        "walking",
        "early",
        "si",
        "otro",
        "otra",
        "otros",
        "otras",
    ]);
    tells && !asks && !elsewhere
}

/// The provider a patient means by a first, last or full name, with or without a title.
pub(super) fn find_provider(facts: &crate::turn::Facts<'_>, wish: &str) -> Option<frontdesk_domain::ids::ProviderId> {
    let wish = wish.to_lowercase();
    let words: Vec<&str> = wish.split_whitespace().collect();
    let mut found = facts.clinic.providers.iter().filter(|p| !p.retired).filter(|p| {
        let name = p.item.name.to_lowercase();
        words.iter().all(|word| name.split_whitespace().any(|part| part == *word))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first.id)
}

/// "Can I come at 10:30 instead": about the visit that stands, not about another one.
fn is_change(turn: &Turn<'_>, reading: &Reading) -> bool {
    let another = reading.has_word(&["another", "also", "too", "second", "additional", "add", "both", "otra"])
        && !reading.has_word(&["instead", "different"]);
    let ahead = turn.state.visits_ahead(turn.now);
    let same = ahead.iter().any(|visit| reading.services.iter().all(|name| *name == visit.service_name));
    let sooner = reading.services.is_empty() && reading.has_word(&["earlier", "sooner", "later"]);
    same && !another
        && !reading.for_other
        && (!reading.preference.is_empty() || reading.says(Remark::CannotCome) || sooner)
        || swaps(turn, reading)
}

/// "Make it a facial instead": the visit that stands becomes another service.
pub(super) fn swaps(turn: &Turn<'_>, reading: &Reading) -> bool {
    let [only] = turn.state.visits_ahead(turn.now)[..] else { return false };
    !reading.for_other
        && reading.services.iter().any(|name| *name != only.service_name)
        && reading.has_word(&["instead", "switch", "swap", "rather"])
}

/// A new request in the same conversation: who they are stays, what they wanted does not.
pub(super) fn next_request(turn: &mut Turn<'_>) {
    let old = &turn.state.lead;
    turn.state.lead = Lead {
        sequence: old.sequence + 1,
        name: old.name.clone(),
        email: old.email.clone(),
        // Who called a visit off has not been here yet.
        patient_type: if turn.state.appointment.is_some() { Some(PatientType::Existing) } else { old.patient_type },
        status: LeadStatus::Engaged,
        ..Lead::default()
    };
    turn.state.offer = None;
    turn.state.asked.clear();
    turn.state.followed_up = false;
    turn.state.stage = Stage::Qualifying;
}
