//! What is said that is no request: an objection, a wish to think, nerves, "running late", "never mind", abuse. Each is met
//! kindly, once, and never argued with.

use frontdesk_domain::conversation::Stage;
use frontdesk_domain::lead::LeadStatus;
use frontdesk_domain::limits::ARRIVAL_WINDOW;

use super::{Flow, Turn};
use crate::phrase::{Act, Objection};
use crate::state::{HandoverReason, Pending};
use crate::turn::{Action, NoticeAbout};
use crate::understand::{Expecting, Intent, Reading, Remark, SlotAction};

/// Answers what was remarked, unless the message brings the conversation forward by itself.
pub(super) fn met(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let brings_on =
        matches!(reading.slot_action, Some(SlotAction::Select | SlotAction::MoreTimes | SlotAction::NotOffered))
            || (!reading.preference.is_empty() && reading.candidate.is_none())
            || reading.name.is_some()
            || reading.email.is_some()
            || (!reading.services.is_empty() && reading.wants(Intent::Book));
    if reading.says(Remark::Abuse) && !brings_on {
        return abuse(turn);
    }
    if arrival(turn, reading) == Flow::Done {
        return Flow::Done;
    }
    if reading.says(Remark::Nervous) && turn.state.say_once("objection_Nervous") {
        turn.say(Act::Objection(Objection::Nervous));
    }
    if brings_on {
        return Flow::Go;
    }
    if reading.says(Remark::NeverMind) {
        return never_mind(turn, reading);
    }
    for (remark, objection) in [(Remark::Price, Objection::Price), (Remark::Shopping, Objection::Shopping)] {
        if reading.says(remark) && turn.state.say_once(&format!("objection_{objection:?}")) {
            turn.say(Act::Objection(objection));
            if !reading.says(Remark::Thinking) {
                return Flow::Go;
            }
        }
    }
    let open_question = matches!(turn.state.expecting, Expecting::Service | Expecting::PatientType);
    let objects = [Remark::Price, Remark::Shopping].iter().any(|r| reading.says(*r));
    let asks = reading.wants(Intent::Question);
    if (reading.says(Remark::Thinking) && !open_question || objects) && !asks {
        let again = !turn.state.say_once(&format!("thinking_{}", turn.state.lead.sequence));
        turn.state.expecting = Expecting::None;
        turn.say(if again { Act::NoProblem } else { Act::TakeYourTime });
        return Flow::Done;
    }
    Flow::Go
}

/// "I was charged twice", "refund please": staff look into it, and the patient hears that they do.
pub(super) fn money(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let asked: Vec<_> =
        turn.state.deposit.iter().chain(&turn.state.other_deposits).chain(&turn.state.fee).cloned().collect();
    let paid = asked.iter().any(|d| d.paid_at.is_some());
    let link = asked.iter().any(|d| d.status.is_open() && d.expires_at > turn.now);
    let has = |list: &[&str]| reading.has_word(list);
    // "Will I get charged again?", "do you charge twice a year?": they ask how it is.
    let wonders =
        has(&["will", "would", "do", "does", "when", "if", "cobran", "si"]) && !has(&["didnt", "back", "dont"]);
    let charged = (has(&["charged", "billed", "cobraron", "cobrado", "took", "charges"])
        && has(&[
            "twice", "double", "wrong", "instead", "dos", "extra", "again", "shouldnt", "but", "mal", "two", "never",
            "money",
        ])
        || has(&["overpaid", "overcharged", "disputing", "dispute"])
        || has(&["recognize", "recognise"]) && has(&["charge"])
        || link && has(&["paid", "pague"]) && has(&["twice", "already", "ya", "dos", "money"]))
        && !wonders;
    let money = has(&["deposit", "money", "deposito", "dinero", "payment"])
        && has(&["back", "vuelta", "devuelvan", "devuelva", "devuelve", "devolver"])
        || has(&["refund", "reembolso"]);
    let supposes = has(&["if", "would", "policy", "refundable", "si", "when"]) || reading.wants(Intent::Cancel);
    let asks_back = money && !supposes && (paid || asked.is_empty() && reading.services.is_empty());
    if !charged && !asks_back {
        return Flow::Go;
    }
    turn.acts.retain(|act| matches!(act, Act::Greet(_)));
    turn.actions.retain(|action| *action != Action::Notify(NoticeAbout::NewMessage));
    let amount = asked.iter().rev().find(|d| d.paid_at.is_some()).or(asked.first()).map(|d| d.amount);
    turn.say(amount.map_or(Act::PassedOn { danger: false }, |amount| Act::AboutDeposit { amount }));
    turn.act(Action::Notify(NoticeAbout::MoneyQuestion));
    Flow::Done
}

fn abuse(turn: &mut Turn<'_>) -> Flow {
    if turn.state.say_once("polite") {
        turn.say(Act::Polite);
    } else {
        turn.hand_over(HandoverReason::Complaint);
    }
    Flow::Done
}

/// "I'm here", "running ten minutes late": staff hear of it, when there is a visit it can be about.
fn arrival(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let late = reading.says(Remark::Late);
    if !late && !reading.says(Remark::Arrived) {
        return Flow::Go;
    }
    let near = turn.state.appointment.as_ref().is_some_and(|visit| {
        visit.status.stands() && visit.slot.start.duration_since(turn.now).abs() <= ARRIVAL_WINDOW.signed()
    });
    if !near || reading.wants(Intent::Reschedule) || reading.wants(Intent::Cancel) {
        return Flow::Go;
    }
    turn.say(Act::ArrivalNoted { late });
    turn.act(Action::Notify(NoticeAbout::Arrival));
    Flow::Done
}

fn never_mind(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    turn.state.expecting = Expecting::None;
    if let Some(visit) = turn.state.appointment.clone().filter(|v| v.status.stands() && v.slot.start > turn.now) {
        if turn.state.rescheduling || turn.state.offer.is_some() {
            turn.state.rescheduling = false;
            turn.state.offer = None;
            turn.state.stage = Stage::Booked;
            turn.say(Act::Kept { slot: visit.slot });
        } else if reading.has_word(&["book", "schedule", "want", "need", "changed", "interested"]) {
            // "I don't want it any more", said of a visit that stands.
            turn.state.pending = Some(Pending::Cancel);
            turn.state.expecting = Expecting::Confirm;
            let notice = turn.facts.clinic.booking.cancellation_notice.signed();
            let late = visit.slot.start.duration_since(turn.now) < notice;
            turn.say(Act::ConfirmCancel { service: visit.service_name, slot: visit.slot, late });
        } else {
            turn.say(Act::Kept { slot: visit.slot });
        }
        return Flow::Done;
    }
    turn.state.offer = None;
    turn.state.rescheduling = false;
    turn.state.stage = Stage::Closed;
    turn.state.lead.status = LeadStatus::Lost;
    turn.say(Act::NoProblem);
    Flow::Done
}
