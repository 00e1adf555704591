//! Danger, clinical questions, minors, injection: what is answered with fixed words, whatever else the message holds.

use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::limits::AFTERCARE_WATCH;

use super::{Flow, Turn};
use crate::phrase::Act;
use crate::state::HandoverReason;
use crate::turn::{Action, NoticeAbout};
use crate::understand::{Intent, Reading, SafetyFlag};

/// Emergencies and crises: at once, at any hour, opted out or not; booking talk stops.
pub(super) fn dangers(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let (act, reason) = if reading.is(SafetyFlag::Crisis) {
        (Act::Crisis, HandoverReason::Crisis)
    } else if reading.is(SafetyFlag::Emergency) {
        (Act::Emergency, HandoverReason::Emergency)
    } else {
        return Flow::Go;
    };
    turn.kind = MessageKind::Safety;
    turn.acts.clear();
    turn.say(act);
    turn.state.offer = None;
    turn.state.introduced_at.get_or_insert(turn.now);
    let opted_out = turn.state.opted_out;
    let stage = turn.state.stage;
    // A second alarm is told again: it may be another one.
    turn.state.handed_over = None;
    turn.hand_over(reason);
    if opted_out {
        turn.state.stage = stage;
    }
    Flow::Done
}

/// What must not be answered by us, and what a provider must know.
pub(super) fn guards(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if reading.injection {
        turn.say(Act::CannotDoThat);
        return Flow::Done;
    }
    if asks_about_others(reading) {
        turn.say(Act::OthersData);
        return Flow::Done;
    }
    if reading.card {
        turn.say(Act::NoCards);
    }
    // A child who comes along is not the patient.
    let comes_along = reading.has_word(&["bring", "bringing", "traer", "llevar", "babysit"]);
    if reading.is(SafetyFlag::Minor) && !comes_along {
        turn.state.minor = true;
        if turn.state.handed_over.is_none_or(|(_, reason)| reason != HandoverReason::Minor) {
            turn.hand_over(HandoverReason::Minor);
            return Flow::Done;
        }
    }
    if reading.is(SafetyFlag::PostProcedure) {
        turn.state.worried_at = Some(turn.now);
        turn.say(Act::PostProcedure);
        turn.act(Action::Notify(NoticeAbout::PostProcedure));
        return Flow::Done;
    }
    let worried = turn.state.worried_at.is_some_and(|at| turn.now.duration_since(at) < AFTERCARE_WATCH.signed());
    let asks_us = [Intent::AskPrice, Intent::AskHours, Intent::AskLocation, Intent::CheckAppointment, Intent::Book]
        .iter()
        .any(|i| reading.wants(*i));
    if worried && (reading.wants(Intent::Question) || reading.is(SafetyFlag::MedicalAdvice)) && !asks_us {
        // "Can I ice it?" right after a worry is a question about it, whoever wrote what about aftercare.
        turn.say(Act::ClinicalTeamKnows);
        turn.act(Action::Notify(NoticeAbout::PostProcedure));
        return Flow::Done;
    }
    if reading.is(SafetyFlag::Contraindication) {
        turn.state.provider_review = true;
        turn.say(Act::ProviderDecides);
    } else if reading.is(SafetyFlag::MedicalAdvice) {
        turn.say(Act::NoAdvice);
    }
    Flow::Go
}

/// "What time is my sister's appointment?"
fn asks_about_others(reading: &Reading) -> bool {
    const OTHERS: &[&str] = &[
        "sisters",
        "moms",
        "mothers",
        "husbands",
        "wifes",
        "friends",
        "daughters",
        "sons",
        "boyfriends",
        "girlfriends",
        "brothers",
        "dads",
        "neighbors",
        "coworkers",
    ];
    (reading.wants(Intent::CheckAppointment) || reading.wants(Intent::Question))
        && reading.words.iter().any(|w| OTHERS.contains(&w.as_str()))
        && reading.words.iter().any(|w| matches!(w.as_str(), "appointment" | "visit" | "booking" | "treatment"))
}
