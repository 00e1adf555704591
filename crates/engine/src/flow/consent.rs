//! STOP, START and HELP.

use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Stage;

use super::{Flow, Turn, deposit};
use crate::phrase::Act;
use crate::state::Pending;
use crate::turn::{Action, NoticeAbout};
use crate::understand::{Expecting, OptOut, Reading, SafetyFlag, Word};

/// Commands come before everything else, on any stage.
pub(super) fn commands(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let Some(command) = reading.opt_out else { return Flow::Go };
    match command {
        OptOut::Stop if reading.lone_cancel && about_a_visit(turn) && !turn.state.opted_out => {
            turn.state.pending = Some(Pending::CancelOrStop);
            turn.say(Act::CancelOrStop);
            Flow::Done
        }
        OptOut::Stop => {
            // Danger in the same message is answered by the next concern, opted out or not.
            let danger = reading.is(SafetyFlag::Emergency) || reading.is(SafetyFlag::Crisis);
            stop(turn, !danger);
            if danger { Flow::Go } else { Flow::Done }
        }
        OptOut::Start => {
            if turn.state.opted_out {
                turn.state.opted_out = false;
                turn.state.said.retain(|said| said != "wrote_after_stop");
                turn.state.stage = super::booking::stage_by_facts(&turn.state, turn.now);
                turn.act(Action::OptIn);
                turn.kind = MessageKind::Consent;
                turn.say(Act::OptedIn);
                return Flow::Done;
            }
            Flow::Go
        }
        OptOut::Help => {
            turn.kind = MessageKind::Consent;
            turn.say(Act::Help);
            Flow::Done
        }
    }
}

/// Whether a lone CANCEL may mean a visit: a reminder, or a question of ours about one, was the last thing sent.
fn about_a_visit(turn: &Turn<'_>) -> bool {
    let asked = matches!(turn.state.pending, Some(Pending::Cancel | Pending::MoveOrCancel | Pending::WhichToCancel));
    turn.state.reminder_was_last || asked
}

pub(super) fn stop(turn: &mut Turn<'_>, confirm: bool) {
    if turn.state.opted_out {
        return;
    }
    // Somebody who was about to come in: a person may call them.
    let under_way =
        matches!(turn.state.stage, Stage::Offering | Stage::Holding | Stage::AwaitingPayment | Stage::AwaitingStaff);
    turn.state.opted_out = true;
    turn.state.stage = Stage::OptedOut;
    turn.state.offer = None;
    turn.state.pending = None;
    turn.state.expecting = Expecting::None;
    // A link that is open stays so, with the time it keeps: they may still pay.
    turn.state.agreeing = None;
    if deposit::open(turn).is_none() {
        if let Some(hold) = turn.state.hold.take() {
            turn.act(Action::Release(hold));
        }
    }
    turn.act(Action::OptOut);
    if turn.state.appointment.as_ref().is_some_and(|v| v.status.stands() && v.slot.start > turn.now) {
        turn.act(Action::Notify(NoticeAbout::OptedOut));
    } else if under_way {
        turn.act(Action::Notify(NoticeAbout::LeftMidway));
    }
    if confirm {
        turn.kind = MessageKind::Consent;
        turn.is_opt_out_confirmation = true;
        turn.acts.clear();
        turn.say(Act::OptedOut);
    }
}

/// The answer to "STOP texts, or cancel the visit?".
pub(super) fn pending(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if turn.state.pending != Some(Pending::CancelOrStop) {
        return Flow::Go;
    }
    turn.state.pending = None;
    let words = |list: &[&str]| reading.words.iter().any(|w| list.contains(&w.as_str()));
    // "The appointment, not the texts": what is ruled out is not what they mean.
    let spoken: Vec<&str> = reading.words.iter().map(Word::as_str).collect();
    let texts =
        (0..spoken.len()).filter(|at| matches!(spoken[*at], "texts" | "text" | "messages" | "texting" | "mensajes"));
    let meant = texts.into_iter().any(|at| {
        !spoken[at.saturating_sub(3)..at].iter().any(|w| matches!(*w, "not" | "keep" | "dont" | "no" | "sin" | "still"))
    });
    if meant {
        stop(turn, true);
        return Flow::Done;
    }
    if words(&["visit", "appointment", "appt", "cita", "both"]) {
        if let Some(appointment) = &turn.state.appointment {
            turn.actions.push(Action::CancelVisit(appointment.id));
            return Flow::Done;
        }
    }
    Flow::Go
}
