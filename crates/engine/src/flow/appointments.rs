//! "What time am I?", reschedule, cancel: for the person who holds the number.

use frontdesk_domain::appointment::{Appointment, AppointmentStatus};
use frontdesk_domain::clinic::PlatformChoice;
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::ids::AppointmentId;
use frontdesk_domain::lead::LeadStatus;

use super::{Flow, Turn, booking, questions};
use crate::phrase::{Act, Answer};
use crate::state::Pending;
use crate::turn::{Action, NoticeAbout, SearchReason};
use crate::understand::{Expecting, Intent, Reading, Remark};

/// The answer to "Shall I cancel it?", "another time, or cancel it?", "which one?".
pub(super) fn pending(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let Some(question) = turn.state.pending.clone() else { return Flow::Go };
    if !matches!(question, Pending::Cancel | Pending::MoveOrCancel | Pending::WhichToCancel | Pending::WhichToMove) {
        return Flow::Go;
    }
    turn.state.pending = None;
    turn.state.expecting = Expecting::None;
    let Some(appointment) = turn.state.appointment.clone() else { return Flow::Go };
    if matches!(question, Pending::WhichToCancel | Pending::WhichToMove) {
        if reading.wants(Intent::Deny) && reading.services.is_empty() {
            turn.say(Act::NoProblem);
            return Flow::Done;
        }
        let Some(meant) = named(turn, reading, true) else { return Flow::Go };
        turn.state.talk_about(meant.id);
        if question == Pending::WhichToCancel {
            confirm_cancel(turn, &meant);
        } else {
            reschedule(turn, &meant, reading);
        }
        return Flow::Done;
    }
    if reading.wants(Intent::Reschedule) || !reading.preference.is_empty() {
        if question == Pending::MoveOrCancel || reading.wants(Intent::Reschedule) {
            reschedule(turn, &appointment, reading);
            return Flow::Done;
        }
        return Flow::Go;
    }
    let cancels = reading.wants(Intent::Cancel) || reading.has_word(&["cancel", "cancelar", "cancela", "cancele"]);
    if question == Pending::MoveOrCancel {
        if reading.assents && !cancels {
            // Yes to which of the two?
            turn.state.pending = Some(question);
            turn.state.expecting = Expecting::Confirm;
            turn.say(Act::MoveOrCancel { slot: appointment.slot });
            return Flow::Done;
        }
        if cancels || reading.has_word(&["off"]) {
            turn.act(Action::CancelVisit(appointment.id));
            return Flow::Done;
        }
        if reading.wants(Intent::OtherOptions)
            || reading.has_word(&["another", "other", "different", "move", "time", "otra", "otro", "hora"])
        {
            reschedule(turn, &appointment, reading);
            return Flow::Done;
        }
        return Flow::Go;
    }
    if reading.assents || (cancels && !reading.wants(Intent::Deny)) {
        turn.act(Action::CancelVisit(appointment.id));
        return Flow::Done;
    }
    if reading.wants(Intent::Deny) {
        turn.say(Act::Kept { slot: appointment.slot });
        return Flow::Done;
    }
    if reading.wants(Intent::Question) || reading.redacted_text.contains(['?', '¿']) {
        // "Will I lose my deposit?": answered, and the question stands.
        let policy = turn.facts.clinic.booking.policy.clone();
        let about_money = reading
            .has_word(&["deposit", "fee", "refund", "charge", "charged", "money", "deposito", "cargo", "dinero"]);
        if about_money && !policy.is_empty() {
            turn.say(Act::Answer(Answer::Verbatim(policy)));
        } else {
            questions::answer(turn, reading);
        }
        confirm_cancel(turn, &appointment);
        return Flow::Done;
    }
    Flow::Go
}

/// The visit a message means by its service, else by its day; of one there is no question. A day named to move a visit is
/// where it shall go, and tells nothing (`by_day`).
fn named(turn: &Turn<'_>, reading: &Reading, by_day: bool) -> Option<Appointment> {
    let ahead = turn.state.visits_ahead(turn.now);
    if let [only] = ahead.as_slice() {
        return Some((*only).clone());
    }
    let of_service = |visit: &Appointment| reading.services.contains(&visit.service_name);
    let on_day = |visit: &Appointment| {
        let day = turn.facts.local(visit.slot.start).date();
        by_day && reading.preference.says_days() && reading.preference.admits_day(day)
    };
    let by_service = ahead.iter().any(|visit| of_service(visit));
    let mut found = ahead.iter().filter(|visit| if by_service { of_service(visit) } else { on_day(visit) });
    let first = found.next()?;
    found.next().is_none().then(|| (**first).clone())
}

fn confirm_cancel(turn: &mut Turn<'_>, visit: &Appointment) {
    let notice = turn.facts.clinic.booking.cancellation_notice.signed();
    let late = visit.slot.start.duration_since(turn.now) < notice;
    turn.state.pending = Some(Pending::Cancel);
    turn.state.expecting = Expecting::Confirm;
    turn.say(Act::ConfirmCancel { service: visit.service_name.clone(), slot: visit.slot.clone(), late });
}

/// Another time for a visit: looked for at once where they said when, else asked.
fn reschedule(turn: &mut Turn<'_>, visit: &Appointment, reading: &Reading) {
    if turn.facts.clinic.booking_platform == PlatformChoice::None {
        // No calendar of ours: which times are free staff know.
        if !reading.preference.is_empty() {
            turn.state.lead.preference = Some(reading.preference.clone());
        }
        turn.say(Act::PassedOn { danger: false });
        turn.act(Action::Notify(NoticeAbout::MoveByHand));
        turn.state.expecting = Expecting::None;
        return;
    }
    turn.state.rescheduling = true;
    turn.state.offer = None;
    let other = super::facts::swaps(turn, reading);
    let swapped = reading.services.first().filter(|_| other).and_then(|name| turn.facts.clinic.service_named(name));
    turn.state.lead.services = vec![swapped.map_or(visit.slot.service, |service| service.id)];
    turn.state.lead.preference = (!reading.preference.is_empty()).then(|| reading.preference.clone());
    let day = turn.facts.local(visit.slot.start).date();
    if let Some(wish) = turn.state.lead.preference.as_mut().filter(|wish| !wish.says_days() && wish.says_times()) {
        // "No wait, 4:30": another time of the same day.
        wish.dates = vec![day];
    }
    if let Some(wish) = turn.state.lead.preference.as_mut() {
        // "Move Tuesday to Friday": the day it stands on is not where it shall go.
        let elsewhere = wish.dates.iter().any(|date| *date != day)
            || wish.dates.is_empty() && wish.days.iter().any(|known| known.0 != day.weekday());
        let ranged = wish.dates.is_empty() && wish.days.first().is_some_and(|known| known.0 == day.weekday());
        if ranged && reading.has_word(&["move", "switch", "change", "cambiar", "mover"]) {
            // "Move Tuesday to Thursday" is no range.
            wish.days = wish.days.last().copied().into_iter().collect();
        } else if elsewhere {
            wish.dates.retain(|date| *date != day);
            wish.days.retain(|known| known.0 != day.weekday());
        }
    }
    if turn.state.lead.preference.is_none() {
        turn.state.asked.remove("TimePreference");
        turn.state.stage = Stage::Qualifying;
        turn.state.expecting = Expecting::TimePreference;
        turn.say(Act::AskNewTime);
    } else {
        booking::search(turn, SearchReason::Fresh, Vec::new());
    }
}

/// "Could Sam do…", "do you have…": asks for a time, and does not only name one.
fn asks_for_times(reading: &Reading) -> bool {
    let opener = reading.words.iter().find(|word| !matches!(word.as_str(), "hi" | "hey" | "so" | "and" | "okay"));
    opener.is_some_and(|word| {
        matches!(
            word.as_str(),
            "can"
                | "could"
                | "is"
                | "do"
                | "does"
                | "would"
                | "any"
                | "what"
                | "how"
                | "puede"
                | "puedo"
                | "tiene"
                | "tienen"
                | "hay"
        )
    }) && !reading.has_word(&["wedding", "event", "trip", "flight", "birthday", "party", "by"])
}

/// "No, keep Tuesday": the visit that was being moved stays where it is.
fn keeps(turn: &Turn<'_>, reading: &Reading, visit: &Appointment) -> bool {
    let says =
        reading.has_word(&["keep", "leave", "stay", "stick", "dejar", "dejo", "dejemos", "dejalo", "dejala", "quedo"]);
    let wish = &reading.preference;
    let start = turn.facts.local(visit.slot.start);
    let its_own =
        (!wish.says_days() || wish.admits_day(start.date())) && (!wish.says_times() || wish.any_day().admits(start));
    turn.state.rescheduling && says && its_own && reading.selected.is_none()
}

fn list_of(turn: &Turn<'_>, which: bool) -> Act {
    let visits = turn.state.visits_ahead(turn.now);
    Act::YourVisits { visits: visits.iter().map(|v| (v.service_name.clone(), v.slot.clone())).collect(), which }
}

/// What is asked about a visit that stands.
pub(super) fn intents(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let ahead = turn.state.visits_ahead(turn.now).len();
    let offering = turn.state.offer.is_some();
    // While a visit is being moved it stays the one talked about, whatever days and services are named on the way.
    let changes =
        reading.wants(Intent::Cancel) || reading.wants(Intent::Reschedule) || reading.says(Remark::CannotCome);
    let meant = named(turn, reading, !reading.wants(Intent::Reschedule)).filter(|_| changes);
    if let Some(meant) = meant.as_ref().filter(|_| !turn.state.rescheduling) {
        turn.state.talk_about(meant.id);
    }
    let upcoming = turn.state.appointment.clone().filter(|a| a.status.stands() && a.slot.start > turn.now);
    if let Some(visit) = upcoming.as_ref().filter(|visit| keeps(turn, reading, visit)) {
        turn.say(Act::Kept { slot: visit.slot.clone() });
        turn.state.rescheduling = false;
        turn.state.offer = None;
        turn.state.expecting = Expecting::None;
        turn.state.stage = Stage::Booked;
        return Flow::Done;
    }
    if reading.wants(Intent::CheckAppointment) && !(offering && reading.slot_action.is_some()) {
        match upcoming {
            Some(_) if ahead > 1 => {
                let act = list_of(turn, false);
                turn.say(act);
            }
            Some(appointment) => {
                let provider = appointment.provider_name.clone();
                turn.say(Act::YourVisit { service: appointment.service_name, slot: appointment.slot, provider });
            }
            None if turn.state.stage == Stage::AwaitingStaff => turn.say(Act::StaffConfirm),
            None => turn.say(Act::NoVisit),
        }
        return Flow::Done;
    }
    let same_service = |visit: &Appointment| reading.services.iter().all(|name| *name == visit.service_name);
    let settled = turn.state.stage == Stage::Booked && !offering && !reading.for_other;
    let another = reading.has_word(&["another", "also", "too", "second", "additional", "add", "both", "otra"])
        && !reading.has_word(&["instead", "different"]);
    let calls_off = reading.has_word(&["cancel", "cancelar", "cancela", "cancele", "cancelo"]);
    let corrects = settled
        && !another
        && !reading.says(Remark::CannotCome)
        && !reading.preference.is_empty()
        && upcoming.as_ref().is_some_and(same_service)
        && (reading.wants(Intent::Book)
            || reading.has_word(&[
                "wait",
                "actually",
                "instead",
                "meant",
                "rather",
                "sorry",
                "no",
                "better",
                "switch",
                "wrong",
                "wanted",
                "come",
                "mejor",
                "change",
                "different",
            ]));
    let cannot_come = settled && reading.says(Remark::CannotCome) && upcoming.is_some();
    let other_time =
        settled && reading.wants(Intent::OtherOptions) && !reading.wants(Intent::Question) && upcoming.is_some();
    // "Could Sam do Thursday at 3?": asked of a visit that stands, it is about another time for it.
    let asks_other_time = settled
        && upcoming.as_ref().is_some_and(same_service)
        && reading.wants(Intent::Question)
        && asks_for_times(reading)
        && reading.preference.says_days()
        && (reading.preference.says_times() || reading.provider.is_some())
        && ![Intent::AskHours, Intent::AskLocation, Intent::AskPrice].iter().any(|i| reading.wants(*i));
    let sooner = settled
        && upcoming.is_some()
        && !another
        && reading.has_word(&["earlier", "sooner", "later"])
        && reading.has_word(&["come", "get", "do", "move", "make", "anything", "time", "spot", "opening"])
        && !reading.says(Remark::Late);
    let swapped = settled && upcoming.is_some() && super::facts::swaps(turn, reading);
    let other_time = other_time || asks_other_time || sooner || swapped;
    if cannot_come && !calls_off && !reading.wants(Intent::Reschedule) && !other_time {
        let wish = reading.preference.clone();
        let names_only_its_day = upcoming.as_ref().is_some_and(|visit| {
            wish.is_empty() || (!wish.says_times() && wish.admits_day(turn.facts.local(visit.slot.start).date()))
        });
        if names_only_its_day || wish.dates.is_empty() && wish.days.is_empty() && !wish.says_times() {
            if let Some(visit) = upcoming {
                turn.state.pending = Some(Pending::MoveOrCancel);
                turn.state.expecting = Expecting::Confirm;
                turn.say(Act::MoveOrCancel { slot: visit.slot });
                return Flow::Done;
            }
        }
    }
    if reading.wants(Intent::Reschedule) || corrects || cannot_come && !calls_off || other_time {
        let Some(appointment) = upcoming else {
            if offering {
                return Flow::Go;
            }
            turn.say(Act::NoVisit);
            return Flow::Go;
        };
        if ahead > 1 && meant.is_none() && !corrects && !turn.state.rescheduling {
            turn.state.pending = Some(Pending::WhichToMove);
            let act = list_of(turn, true);
            turn.say(act);
            return Flow::Done;
        }
        reschedule(turn, &appointment, reading);
        return Flow::Done;
    }
    if reading.wants(Intent::Cancel) {
        match upcoming {
            Some(_) if ahead > 1 && meant.is_none() => {
                turn.state.pending = Some(Pending::WhichToCancel);
                let act = list_of(turn, true);
                turn.say(act);
            }
            Some(appointment) if !same_service(&appointment) => {
                // "Cancel my HydraFacial", where only Botox stands: said so, and cancelled only when they mean that.
                turn.state.pending = Some(Pending::WhichToCancel);
                let act = list_of(turn, true);
                turn.say(act);
            }
            Some(appointment) => confirm_cancel(turn, &appointment),
            None if offering => {
                turn.state.offer = None;
                turn.state.stage = Stage::Closed;
                turn.state.lead.status = LeadStatus::Lost;
                turn.say(Act::NoProblem);
            }
            None => turn.say(Act::NoVisit),
        }
        return Flow::Done;
    }
    Flow::Go
}

/// Words after a booking that nothing else understood. A day or an hour other than its own asks for another time; that it
/// does not suit asks which of the two they want; anything longer is for a person to read.
pub(super) fn unclear(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let ahead = turn.state.visits_ahead(turn.now);
    let visit = match ahead.as_slice() {
        [only] => Some((*only).clone()),
        _ => None,
    };
    let asks = [Intent::AskHours, Intent::AskPrice, Intent::AskLocation].iter().any(|i| reading.wants(*i))
        || reading.for_other;
    let wish = &reading.preference;
    if let Some(visit) = visit.filter(|_| !asks) {
        let start = turn.facts.local(visit.slot.start);
        let its_own = (!wish.says_days() || wish.admits_day(start.date()))
            && (!wish.says_times() || wish.any_day().admits(start));
        let cannot = reading.has_word(&["cant", "cannot", "doesnt", "wont", "puedo"])
            && reading.has_word(&["work", "works", "do", "make", "come", "time", "ir", "venir"]);
        let moves = reading.has_word(&[
            "move", "mv", "push", "make", "come", "switch", "change", "instead", "need", "mover", "cambiar",
        ]);
        if !wish.is_empty() && !its_own && moves && !cannot {
            reschedule(turn, &visit, reading);
            return Flow::Done;
        }
        if cannot {
            turn.state.pending = Some(Pending::MoveOrCancel);
            turn.state.expecting = Expecting::Confirm;
            turn.say(Act::MoveOrCancel { slot: visit.slot });
            return Flow::Done;
        }
    }
    let said = reading.words.len() > 4 && !reading.wants(Intent::Affirm) && !reading.wants(Intent::Thanks);
    if said && !reading.wants(Intent::Greeting) && reading.email.is_none() {
        turn.say(Act::PassedOn { danger: false });
        turn.act(Action::Notify(NoticeAbout::NewMessage));
        return Flow::Done;
    }
    Flow::Go
}

/// The visit is called off.
pub(super) fn cancelled(turn: &mut Turn<'_>, id: AppointmentId) {
    turn.state.talk_about(id);
    let Some(appointment) = turn.state.appointment.take_if(|a| a.id == id) else { return };
    turn.state.lead.status = LeadStatus::Cancelled;
    turn.state.stage = Stage::Closed;
    if let Some(next) = turn.state.visits_ahead(turn.now).first().map(|visit| visit.id) {
        turn.state.talk_about(next);
        turn.state.lead.status = LeadStatus::Booked;
        turn.state.stage = Stage::Booked;
    }
    turn.state.rescheduling = false;
    turn.state.expecting = Expecting::None;
    debug_assert!(appointment.status != AppointmentStatus::Completed, "a visit that is over is never cancelled");
    turn.say(Act::Cancelled { service: appointment.service_name.clone(), slot: appointment.slot.clone() });
    let paid = turn.state.deposit_of(appointment.lead).filter(|d| d.status.is_paid());
    if let Some(amount) = paid.map(|deposit| deposit.amount) {
        // Whether it goes back is the clinic's decision, by its policy.
        turn.say(Act::AboutDeposit { amount });
    }
    turn.state.called_off = Some(appointment);
    turn.act(Action::Notify(NoticeAbout::Cancelled));
}
