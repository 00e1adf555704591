//! The sixth fact, where the channel gives no number: a phone, permission to text it, and the proof that it is theirs. A
//! number that was typed proves nothing: until a texted code came back, nothing is said about it.

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::appointment::Appointment;
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::limits::{CODE_LIFE, CODE_MISSES_MAX};

use super::{Flow, Turn, booking};
use crate::phrase::Act;
use crate::state::{EmailFact, PhoneFact, SentCode};
use crate::turn::Action;
use crate::understand::{Expecting, Intent, Reading, Word};

/// The digits of a code in a message: six in all, however they are grouped.
fn digits_of_code(reading: &Reading) -> Option<String> {
    let is_number = |token: &&str| token.bytes().all(|b| b.is_ascii_digit());
    let numbers: Vec<&str> = reading.tokens.iter().map(Word::as_str).filter(is_number).collect();
    let six: String = match numbers.iter().find(|number| number.len() == 6) {
        Some(whole) => (*whole).to_owned(),
        None => numbers.concat(),
    };
    (six.len() == 6).then_some(six)
}

/// The code, another one wanted, or a number not to be texted after all.
pub(super) fn code(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if turn.facts.phone.is_some() {
        return Flow::Go;
    }
    let Some(phone) = turn.state.phone.clone().filter(|phone| phone.may_text && !phone.is_proven) else {
        return Flow::Go;
    };
    if let Some(digits) = digits_of_code(reading).filter(|_| reading.phone.is_none()) {
        let Some(sent) = turn.state.code.as_mut() else { return Flow::Go };
        let fresh = turn.now.duration_since(sent.at) <= CODE_LIFE.signed() && sent.misses < CODE_MISSES_MAX;
        if fresh && digits == sent.code {
            turn.state.code = None;
            turn.act(Action::ProvePhone(phone.number));
            return Flow::Done;
        }
        sent.misses = sent.misses.saturating_add(1);
        turn.say(if fresh { Act::CodeWrong } else { Act::CodeOver });
        return Flow::Done;
    }
    let another = reading.has_word(&["code", "codigo"]) && reading.services.is_empty() && reading.phone.is_none();
    if another {
        send(turn, phone.number);
        return Flow::Done;
    }
    Flow::Go
}

/// Texts a code and says so.
fn send(turn: &mut Turn<'_>, number: PhoneNumber) {
    if !turn.facts.may_code {
        // What was texted last still holds; nothing that was never texted does.
        turn.say(Act::CodeNotNow);
        return;
    }
    let code = format!("{:06}", turn.facts.code % 1_000_000);
    turn.state.code = Some(SentCode { code: code.clone(), at: turn.now, misses: 0 });
    turn.say(Act::CodeSent { ending: number.last_four()[2..].to_owned() });
    turn.act(Action::TextCode { to: number, code });
}

/// Takes in a number, and whether it may be texted.
pub(super) fn absorb(turn: &mut Turn<'_>, reading: &Reading) {
    if turn.facts.phone.is_some() {
        return;
    }
    let asked = turn.state.expecting == Expecting::Phone;
    let no_texts = reading.has_word(&["text", "texts", "texting", "mensaje", "mensajes", "sms"])
        && reading.has_word(&["no", "dont", "not", "without", "never", "sin"]);
    let typed = reading.phone.as_deref().and_then(|number| PhoneNumber::parse(number).ok());
    if let Some(number) = typed {
        if turn.state.phone.as_ref().is_some_and(|known| known.number == number && known.may_text != no_texts) {
            return;
        }
        turn.learned = true;
        given(turn, number, !no_texts);
        return;
    }
    if asked && (reading.wants(Intent::Deny) || no_texts) {
        turn.say(Act::PhoneNotNeeded);
    }
}

/// A number was given, with or without permission to text it.
pub(super) fn given(turn: &mut Turn<'_>, number: PhoneNumber, may_text: bool) {
    turn.state.phone = Some(PhoneFact { number: number.clone(), may_text, is_proven: false });
    turn.state.code = None;
    if may_text {
        send(turn, number);
    } else {
        turn.say(Act::NoTexts);
    }
}

/// A visit was asked for and the code is on its way: nothing else is talked about.
pub(super) fn waits_for_code(turn: &mut Turn<'_>, _reading: &Reading) -> Flow {
    let just_sent = turn.acts.iter().any(|act| matches!(act, Act::CodeSent { .. } | Act::CodeNotNow));
    if turn.state.visit_wanted && just_sent { Flow::Done } else { Flow::Go }
}

/// A code that was texted and still holds.
fn has_fresh_code(turn: &Turn<'_>) -> bool {
    turn.state
        .code
        .as_ref()
        .is_some_and(|sent| turn.now.duration_since(sent.at) <= CODE_LIFE.signed() && sent.misses < CODE_MISSES_MAX)
}

/// Asks for the number, once; again only of those who can be reached in no other way.
pub(super) fn ask(turn: &mut Turn<'_>) -> bool {
    let reachable = turn.facts.phone.is_some() || turn.state.phone.is_some();
    let times = if turn.state.lead.email == EmailFact::Declined { 2 } else { 1 };
    if reachable || turn.times_asked(Expecting::Phone) >= times {
        return false;
    }
    turn.ask(Expecting::Phone);
    true
}

/// A visit is asked about that is not of this conversation: first they show whose number they have.
pub(super) fn prove_first(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let asks = [Intent::CheckAppointment, Intent::Cancel, Intent::Reschedule].iter().any(|i| reading.wants(*i));
    let proven = turn.facts.phone.is_some() || turn.state.phone.as_ref().is_some_and(|phone| phone.is_proven);
    let under_way = turn.state.offer.is_some() || turn.state.agreeing.is_some();
    if !asks || proven || under_way || !turn.state.visits_ahead(turn.now).is_empty() {
        return Flow::Go;
    }
    turn.state.visit_wanted = true;
    match turn.state.phone.clone().filter(|phone| phone.may_text) {
        Some(_) if turn.acts.iter().any(|act| matches!(act, Act::CodeSent { .. } | Act::CodeNotNow)) => {}
        Some(phone) if has_fresh_code(turn) => {
            turn.say(Act::CodeWaiting { ending: phone.number.last_four()[2..].to_owned() });
        }
        Some(phone) => send(turn, phone.number),
        None => {
            turn.state.expecting = Expecting::Phone;
            turn.say(Act::PhoneForVisit);
        }
    }
    Flow::Done
}

/// The number is theirs: what stands under it is theirs to know.
pub(super) fn proven(turn: &mut Turn<'_>, number: &PhoneNumber, visits: Vec<Appointment>) {
    if let Some(phone) = turn.state.phone.as_mut().filter(|phone| phone.number == *number) {
        phone.is_proven = true;
    }
    turn.say(Act::PhoneProven);
    let booked_here = turn.state.visits_ahead(turn.now).first().map(|visit| (*visit).clone());
    for visit in visits {
        adopt(turn, visit);
    }
    if let Some(visit) = booked_here.filter(|_| !turn.state.visit_wanted) {
        // What was booked before the code came back: the phone gets its receipt now.
        turn.kind = MessageKind::Receipt;
        booking::read_back(turn, &visit, false);
        return;
    }
    if std::mem::take(&mut turn.state.visit_wanted) {
        let ahead = turn.state.visits_ahead(turn.now);
        let act = match ahead.as_slice() {
            [] => Act::NoVisit,
            [only] => Act::YourVisit {
                service: only.service_name.clone(),
                slot: only.slot.clone(),
                provider: only.provider_name.clone(),
            },
            several => Act::YourVisits {
                visits: several.iter().map(|v| (v.service_name.clone(), v.slot.clone())).collect(),
                which: false,
            },
        };
        turn.say(act);
        turn.state.expecting = Expecting::None;
        return;
    }
    if matches!(turn.state.stage, Stage::Qualifying | Stage::Offering) && turn.state.pending.is_none() {
        turn.learned = true;
        booking::go_on(turn, &Reading::default());
    }
}

/// A visit of the same person, made on another channel: known from now on, and nothing is said of it.
pub(super) fn adopt(turn: &mut Turn<'_>, visit: Appointment) {
    let known = turn.state.appointment.iter().chain(&turn.state.other_visits).any(|v| v.id == visit.id);
    if known {
        return;
    }
    match &turn.state.appointment {
        Some(standing) if standing.status.stands() && standing.slot.start > turn.now => {
            turn.state.other_visits.push(visit);
        }
        _ => {
            turn.state.appointment = Some(visit);
            if matches!(turn.state.stage, Stage::Greeting | Stage::Closed) {
                turn.state.stage = Stage::Booked;
            }
        }
    }
}
