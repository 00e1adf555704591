//! "What time am I?", reschedule, cancel: for the person who holds the number.

use frontdesk_domain::appointment::AppointmentStatus;
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::ids::AppointmentId;
use frontdesk_domain::lead::LeadStatus;

use super::{Flow, Turn, booking};
use crate::phrase::Act;
use crate::state::Pending;
use crate::turn::{Action, NoticeAbout, SearchReason};
use crate::understand::{Expecting, Intent, Reading};

/// The answer to "Shall I cancel it?".
pub(super) fn pending(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if turn.state.pending != Some(Pending::Cancel) {
        return Flow::Go;
    }
    turn.state.pending = None;
    turn.state.expecting = Expecting::None;
    let Some(appointment) = turn.state.appointment.clone() else { return Flow::Go };
    if reading.wants(Intent::Reschedule) || !reading.preference.is_empty() {
        return Flow::Go;
    }
    if reading.wants(Intent::Affirm) || (reading.wants(Intent::Cancel) && !reading.wants(Intent::Deny)) {
        turn.act(Action::CancelVisit(appointment.id));
        return Flow::Done;
    }
    if reading.wants(Intent::Deny) {
        turn.say(Act::Kept { slot: appointment.slot });
        return Flow::Done;
    }
    Flow::Go
}

/// What is asked about a visit that stands.
pub(super) fn intents(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let upcoming = turn.state.appointment.clone().filter(|a| a.status.stands() && a.slot.start > turn.now);
    let offering = turn.state.offer.is_some();
    if reading.wants(Intent::CheckAppointment) && !(offering && reading.slot_action.is_some()) {
        match upcoming {
            Some(appointment) => {
                let provider = appointment.provider_name.clone();
                turn.say(Act::YourVisit { service: appointment.service_name, slot: appointment.slot, provider });
            }
            None => turn.say(Act::NoVisit),
        }
        return Flow::Done;
    }
    let corrects = reading
        .has_word(&["wait", "actually", "instead", "meant", "rather", "sorry", "no", "better", "switch"])
        && !reading.preference.is_empty()
        && reading.services.is_empty()
        && !reading.wants(Intent::Book)
        && turn.state.stage == Stage::Booked;
    if reading.wants(Intent::Reschedule) || (corrects && upcoming.is_some() && !offering) {
        let Some(appointment) = upcoming else {
            if offering {
                return Flow::Go;
            }
            turn.say(Act::NoVisit);
            return Flow::Go;
        };
        turn.state.rescheduling = true;
        turn.state.offer = None;
        turn.state.lead.services = vec![appointment.slot.service];
        turn.state.lead.preference = (!reading.preference.is_empty()).then(|| reading.preference.clone());
        if let Some(wish) = turn.state.lead.preference.as_mut().filter(|wish| !wish.says_days() && wish.says_times()) {
            // "No wait, 4:30": another time of the same day.
            wish.dates = vec![turn.facts.local(appointment.slot.start).date()];
        }
        if turn.state.lead.preference.is_none() {
            turn.state.asked.remove("TimePreference");
            turn.state.stage = Stage::Qualifying;
            turn.state.expecting = Expecting::TimePreference;
            turn.say(Act::AskNewTime);
        } else {
            booking::search(turn, SearchReason::Fresh, Vec::new());
        }
        return Flow::Done;
    }
    if reading.wants(Intent::Cancel) {
        match upcoming {
            Some(appointment) => {
                let notice = turn.facts.clinic.booking.cancellation_notice.signed();
                let late = appointment.slot.start.duration_since(turn.now) < notice;
                turn.state.pending = Some(Pending::Cancel);
                turn.state.expecting = Expecting::Confirm;
                turn.say(Act::ConfirmCancel { slot: appointment.slot, late });
            }
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

/// The visit is called off.
pub(super) fn cancelled(turn: &mut Turn<'_>, id: AppointmentId) {
    let Some(appointment) = turn.state.appointment.take_if(|a| a.id == id) else { return };
    turn.state.lead.status = LeadStatus::Cancelled;
    turn.state.stage = Stage::Closed;
    turn.state.rescheduling = false;
    turn.state.expecting = Expecting::None;
    debug_assert!(appointment.status != AppointmentStatus::Completed, "a visit that is over is never cancelled");
    turn.say(Act::Cancelled { slot: appointment.slot });
    turn.act(Action::Notify(NoticeAbout::Cancelled));
}
