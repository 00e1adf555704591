//! The flow: what the receptionist does next. Rules of consent and safety come first, then what was asked, then the next
//! missing fact. One file per concern; none of them sends, books or stores anything.

mod agree;
mod appointments;
mod booking;
mod consent;
mod deposit;
mod facts;
mod form;
mod phone;
mod questions;
mod remarks;
mod safety;

use jiff::Timestamp;

use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::language::Language;
use frontdesk_domain::lead::LeadStatus;
use frontdesk_domain::limits::{ASK_MAX, REDISCLOSE_AFTER};

use crate::phrase::{self, Act, Greeting};
use crate::state::{Conversation, HandoverReason};
use crate::turn::{Action, Facts, Input, NoticeAbout, SearchReason, Timer, Utterance};
use crate::understand::{Expecting, Intent, Reading};

/// One turn under way: the state, what will be said, what will be done.
pub(crate) struct Turn<'a> {
    pub(crate) state: Conversation,
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) now: Timestamp,
    pub(crate) acts: Vec<Act>,
    pub(crate) actions: Vec<Action>,
    pub(crate) kind: MessageKind,
    pub(crate) is_opt_out_confirmation: bool,
    /// The message brought a fact.
    pub(crate) learned: bool,
}

/// Whether the turn is decided or goes on to the next concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    Done,
    Go,
}

impl<'a> Turn<'a> {
    fn new(state: Conversation, facts: &'a Facts<'a>, now: Timestamp) -> Self {
        Self {
            state,
            facts,
            now,
            acts: Vec::new(),
            actions: Vec::new(),
            kind: MessageKind::Reply,
            is_opt_out_confirmation: false,
            learned: false,
        }
    }

    pub(crate) fn say(&mut self, act: Act) {
        self.acts.push(act);
    }

    pub(crate) fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Asks for a fact; the third time without an answer a person helps instead.
    pub(crate) fn ask(&mut self, what: Expecting) {
        let key = format!("{what:?}");
        let attempt = self.state.asked.get(&key).copied().unwrap_or(0);
        let met =
            self.acts.iter().any(|a| matches!(a, Act::Answer(_) | Act::Objection(_) | Act::NoSuchProvider { .. }));
        if met && attempt > 0 {
            // They asked something else: the same question right behind every answer would be nagging.
            self.state.expecting = what;
            if self.state.say_once(&format!("ready_{key}_{}", self.state.lead.sequence)) {
                self.say(Act::WheneverReady { what });
            }
            return;
        }
        // Who tells something new with every message is on the way, whatever was asked.
        if attempt >= ASK_MAX && !self.learned {
            self.hand_over(HandoverReason::NotUnderstood);
            return;
        }
        self.state.asked.insert(key, attempt + 1);
        self.state.expecting = what;
        self.say(Act::Ask { what, attempt });
    }

    pub(crate) fn times_asked(&self, what: Expecting) -> u8 {
        self.state.asked.get(&format!("{what:?}")).copied().unwrap_or(0)
    }

    /// A person has it from here.
    pub(crate) fn hand_over(&mut self, reason: HandoverReason) {
        let again = self.state.handed_over.is_some_and(|(_, known)| known == reason);
        if reason.closes_booking() {
            deposit::abandon(self);
        }
        // A lesser reason never replaces one that keeps booking talk shut.
        let kept = self.state.handed_over.map(|(_, known)| known).filter(|known| known.closes_booking());
        self.state.handed_over = Some((self.now, kept.unwrap_or(reason)));
        self.state.stage = Stage::HandedOver;
        self.state.expecting = Expecting::None;
        if !again {
            self.act(Action::Notify(NoticeAbout::Handover(reason)));
        }
        match reason {
            HandoverReason::Emergency | HandoverReason::Crisis | HandoverReason::Takeover => {}
            HandoverReason::Minor => self.say(Act::Minor),
            HandoverReason::Complaint => self.say(Act::Complaint),
            HandoverReason::Asked
            | HandoverReason::NotUnderstood
            | HandoverReason::PlatformDown
            | HandoverReason::PaymentsDown
            | HandoverReason::ByHand => {
                self.say(Act::Handover { again });
            }
        }
    }

    fn finish(mut self) -> (Conversation, Vec<Action>) {
        let acts = std::mem::take(&mut self.acts);
        if !acts.is_empty() {
            let spoken = phrase::render(&acts, self.facts, self.state.language, self.now);
            let about = phrase::about(&acts);
            self.state.last_message.clone_from(&spoken);
            self.state.reminder_was_last = false;
            let utterance = Utterance {
                kind: self.kind,
                about,
                text: spoken,
                acts,
                is_opt_out_confirmation: self.is_opt_out_confirmation,
            };
            // Words come before effects that do not change them, so that a notice to staff never overtakes the answer.
            self.actions.insert(0, Action::Say(utterance));
        }
        (self.state, self.actions)
    }
}

/// See [`crate::turn::step`].
pub(crate) fn step(
    state: Conversation,
    input: Input,
    facts: &Facts<'_>,
    now: Timestamp,
) -> (Conversation, Vec<Action>) {
    let mut turn = Turn::new(state, facts, now);
    match input {
        Input::Said(reading) => said(&mut turn, &reading),
        Input::MissedCall { busy } => missed_call(&mut turn, busy),
        Input::SlotsFound(search, slots) => booking::slots_found(&mut turn, search, slots),
        Input::PlatformDown(preface) => {
            turn.acts = preface;
            turn.hand_over(HandoverReason::PlatformDown);
        }
        Input::Held(order, hold) => deposit::held(&mut turn, order, hold),
        Input::HoldTaken(order) => {
            turn.acts = order.preface;
            booking::search(&mut turn, SearchReason::Gone, vec![order.slot.start]);
        }
        Input::Linked(order, link) => deposit::linked(&mut turn, order, link),
        Input::PaymentsDown(order) => deposit::payments_down(&mut turn, order),
        Input::KeptTimeGone(order) => {
            turn.acts = order.preface;
            turn.state.agreeing = None;
            turn.state.hold = None;
            let gone = order.agreement.slot.iter().map(|slot| slot.start).collect();
            booking::search(&mut turn, SearchReason::Gone, gone);
        }
        Input::Paid(paid) => deposit::paid(&mut turn, &paid),
        Input::PaymentFailed(failed) => deposit::failed(&mut turn, &failed),
        Input::DepositExpired(expired) => deposit::expired(&mut turn, &expired),
        Input::Refunded(refunded) => deposit::refunded(&mut turn, &refunded),
        Input::Disputed(disputed) => deposit::disputed(&mut turn, &disputed),
        Input::FeeAsked(fee) => deposit::fee(&mut turn, &fee),
        Input::Booked(order, appointment) => booking::booked(&mut turn, order, appointment),
        Input::SlotTaken(order) => booking::slot_taken(&mut turn, order),
        Input::Cancelled(id) => appointments::cancelled(&mut turn, id),
        Input::TimerFired(Timer::FollowUp { offered_at }) => booking::follow_up(&mut turn, offered_at),
        Input::TimerFired(Timer::DepositReminder { deposit }) => deposit::remind(&mut turn, deposit),
        Input::TimerFired(Timer::DepositUnanswered { asked_at }) => deposit::unanswered(&mut turn, asked_at),
        Input::TimerFired(Timer::DepositLapsed { deposit }) => deposit::lapsed(&mut turn, deposit),
        Input::FormFilled(form) => form::filled(&mut turn, *form),
        Input::PhoneProven(number, visits) => phone::proven(&mut turn, &number, visits),
        Input::VisitKnown(visit) => phone::adopt(&mut turn, visit),
        Input::ChatOpened => {
            turn.state.introduced_at = Some(now);
            turn.say(Act::Greet(Greeting::FirstText));
            turn.say(Act::HowCanIHelp);
        }
        Input::StaffConfirmed(visit) => booking::confirmed(&mut turn, visit),
        Input::StaffReplied | Input::TakenOver => {
            turn.state.taken_over = true;
            // What a person says in between may have changed everything: a "yes" is no longer ours. Given back, they are asked
            // once more.
            turn.state.declined = turn.state.agreeing.take().or(turn.state.declined.take());
            turn.state.expecting = crate::understand::Expecting::None;
            turn.state.stage = Stage::HandedOver;
            turn.state.handed_over.get_or_insert((now, HandoverReason::Takeover));
            turn.state.introduced_at.get_or_insert(now);
        }
        Input::GivenBack => {
            turn.state.taken_over = false;
            turn.state.handed_over = None;
            turn.state.asked.clear();
            turn.state.stage = booking::stage_by_facts(&turn.state, turn.now);
        }
        Input::CarrierOptedOut => {
            if !turn.state.opted_out {
                turn.state.opted_out = true;
                turn.state.stage = Stage::OptedOut;
                turn.act(Action::OptOut);
            }
        }
    }
    turn.finish()
}

fn missed_call(turn: &mut Turn<'_>, busy: bool) {
    let state = &mut turn.state;
    if state.opted_out || state.taken_over {
        if state.taken_over {
            turn.act(Action::Notify(NoticeAbout::NewMessage));
        }
        return;
    }
    let known = state.introduced_at.is_some_and(|at| turn.now.duration_since(at) < REDISCLOSE_AFTER.signed());
    let greeting = if busy {
        Greeting::MissedBusy
    } else if turn.facts.clinic.is_open(turn.now) {
        Greeting::MissedOpen
    } else {
        Greeting::MissedClosed
    };
    if state.stage == Stage::Closed {
        state.stage = Stage::Greeting;
    }
    state.introduced_at = Some(turn.now);
    // A "yes" to "How can I help?" agrees to nothing.
    state.expecting = crate::understand::Expecting::None;
    turn.say(if known { Act::MissedAgain } else { Act::Greet(greeting) });
}

fn said(turn: &mut Turn<'_>, reading: &Reading) {
    turn.state.heard_at = Some(turn.now);
    let passed = turn.state.offer.as_ref().is_some_and(|offer| offer.slots.iter().all(|slot| slot.start <= turn.now));
    if passed {
        // Nothing of it is ahead any more: they are asked anew.
        turn.state.offer = None;
        turn.state.lead.preference = None;
        turn.state.asked.remove("TimePreference");
        turn.state.expecting = Expecting::TimePreference;
        turn.state.stage = booking::stage_by_facts(&turn.state, turn.now);
    }
    if let Some(language) = reading.language.filter(|l| turn.facts.clinic.languages.contains(l)) {
        turn.state.language = language;
    }
    if turn.state.lead.status == LeadStatus::New {
        turn.state.lead.status = LeadStatus::Engaged;
    }
    for concern in [consent::commands, safety::dangers, staff_has_it] {
        if concern(turn, reading) == Flow::Done {
            return;
        }
    }
    if !turn.state.pace.allows(turn.now) {
        // Faster than anybody talks: it is kept and a person looks at it, but no longer answered line by line.
        if turn.state.say_once("too_fast") {
            turn.act(Action::Notify(NoticeAbout::NewMessage));
        }
        return;
    }
    introduce(turn, reading);
    if passed {
        turn.say(Act::TimesPassed);
    }
    for concern in [
        consent::pending,
        safety::guards,
        phone::code,
        appointments::pending,
        people,
        somebody_else_too,
        waiting_for_staff,
        remarks::money,
        facts::absorb_and_answer,
        phone::waits_for_code,
        phone::prove_first,
        deposit::back_to_it,
        deposit::try_again,
        deposit::agreement,
        deposit::awaiting,
        appointments::intents,
        remarks::met,
        small_talk,
        booking::reply_to_offer,
    ] {
        if concern(turn, reading) == Flow::Done {
            return;
        }
    }
    booking::go_on(turn, reading);
}

/// A person answers in our place, or nobody may.
fn staff_has_it(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if turn.state.opted_out {
        // They get no answer; that they wrote is told once, for a person to call them.
        let words = !reading.wordless && !reading.words.is_empty();
        if words && turn.state.say_once("wrote_after_stop") {
            turn.act(Action::Notify(NoticeAbout::NewMessage));
        }
        return Flow::Done;
    }
    if turn.state.taken_over {
        turn.act(Action::Notify(NoticeAbout::NewMessage));
        return Flow::Done;
    }
    Flow::Go
}

/// The first reply introduces the assistant and says that it is one; after a long silence it does so again.
fn introduce(turn: &mut Turn<'_>, _reading: &Reading) {
    let due = turn.state.introduced_at.is_none_or(|at| turn.now.duration_since(at) >= REDISCLOSE_AFTER.signed());
    if due {
        turn.say(Act::Greet(Greeting::FirstText));
    }
    turn.state.introduced_at = Some(turn.now);
}

/// A person wanted, a complaint, "are you a bot?", and what is said while a person has the conversation.
fn people(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if reading.wrong_number {
        turn.state.stage = Stage::Closed;
        turn.state.offer = None;
        turn.state.expecting = crate::understand::Expecting::None;
        turn.state.lead.status = LeadStatus::Lost;
        turn.acts.retain(|act| matches!(act, Act::Greet(_)));
        turn.say(Act::WrongNumber);
        return Flow::Done;
    }
    if reading.media > 0 {
        // Nobody here looks at pictures: a person does.
        turn.act(Action::Notify(NoticeAbout::NewMessage));
        if reading.wordless {
            turn.say(Act::PassedOn { danger: false });
            return Flow::Done;
        }
    }
    if reading.wants(Intent::AskIfBot) {
        turn.say(Act::Bot);
    }
    if reading.wants(Intent::Complaint) {
        // "You charged me twice": they hear about their money, and not that somebody is sorry.
        if turn.state.handed_over.is_none() && remarks::money(turn, reading) == Flow::Done {
            return Flow::Done;
        }
        turn.hand_over(HandoverReason::Complaint);
        return Flow::Done;
    }
    if reading.wants(Intent::Human) && !reading.wants(Intent::AskIfBot) {
        if turn.state.handed_over.is_none() && remarks::money(turn, reading) == Flow::Done {
            return Flow::Done;
        }
        turn.hand_over(HandoverReason::Asked);
        return Flow::Done;
    }
    let Some((_, reason)) = turn.state.handed_over else { return Flow::Go };
    let danger = reason.closes_booking() && reason != HandoverReason::Minor;
    if reason == HandoverReason::Crisis {
        turn.say(Act::StillHere);
        turn.act(Action::Notify(NoticeAbout::NewMessage));
        return Flow::Done;
    }
    let resumes =
        [Intent::Book, Intent::Reschedule, Intent::Cancel, Intent::CheckAppointment].iter().any(|i| reading.wants(*i))
            || reading.slot_action.is_some();
    if resumes && !reason.closes_booking() {
        turn.state.handed_over = None;
        turn.state.asked.clear();
        turn.state.stage = booking::stage_by_facts(&turn.state, turn.now);
        return Flow::Go;
    }
    questions::answer(turn, reading);
    if !turn.acts.iter().any(|a| matches!(a, Act::Answer(_) | Act::Bot)) {
        turn.say(Act::PassedOn { danger });
    }
    if !turn.actions.contains(&Action::Notify(NoticeAbout::NewMessage)) {
        turn.act(Action::Notify(NoticeAbout::NewMessage));
    }
    Flow::Done
}

/// Somebody else's visit, asked for while one's own is about to be paid: one at a time, and staff know of the other.
fn somebody_else_too(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let paying = turn.state.agreeing.is_some() || turn.state.stage == Stage::AwaitingPayment;
    if !paying || !reading.for_other || turn.state.lead.for_other {
        return Flow::Go;
    }
    turn.say(Act::PassedOn { danger: false });
    turn.act(Action::Notify(NoticeAbout::NewMessage));
    Flow::Done
}

/// A request that staff are about to confirm: what is called off, or wanted besides, is theirs to know, and nothing of it is
/// replaced behind their back.
fn waiting_for_staff(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if turn.state.stage != Stage::AwaitingStaff {
        return Flow::Go;
    }
    if reading.wants(Intent::Cancel) && !reading.for_other {
        let paid = turn.state.deposit.as_ref().filter(|d| d.status.is_paid()).map(|d| d.amount);
        turn.state.lead.status = LeadStatus::Cancelled;
        turn.state.stage = Stage::Closed;
        turn.state.expecting = crate::understand::Expecting::None;
        turn.say(Act::NoProblem);
        if let Some(amount) = paid {
            turn.say(Act::AboutDeposit { amount });
        }
        turn.act(Action::Notify(NoticeAbout::RequestCalledOff));
        return Flow::Done;
    }
    let named: Vec<_> =
        reading.services.iter().filter_map(|name| turn.facts.clinic.service_named(name)).map(|s| s.id).collect();
    let is_new = named.iter().any(|id| !turn.state.lead.services.contains(id));
    if is_new && (!reading.wants(Intent::Question) || reading.wants(Intent::Book)) {
        let known = turn.state.lead.services.clone();
        turn.state.lead.services.extend(named.into_iter().filter(|id| !known.contains(id)));
        turn.say(Act::PassedOn { danger: false });
        turn.act(Action::Notify(NoticeAbout::NewMessage));
        return Flow::Done;
    }
    Flow::Go
}

/// Thanks, goodbye, and words that need no new question.
fn small_talk(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let only = |allowed: &[Intent]| reading.intents.iter().all(|i| allowed.contains(i));
    let nothing_new = reading.services.is_empty()
        && reading.preference.is_empty()
        && reading.name.is_none()
        && reading.email.is_none()
        && !reading.email_refused
        && reading.slot_action.is_none()
        && reading.patient_type.is_none();
    let closing = (reading.wants(Intent::Thanks) || reading.wants(Intent::Goodbye))
        && only(&[Intent::Thanks, Intent::Goodbye, Intent::Affirm, Intent::Greeting, Intent::Deny]);
    if nothing_new && closing && !turn.acts.iter().any(|a| matches!(a, Act::Answer(_))) {
        let busy = matches!(turn.state.stage, Stage::Offering | Stage::Holding)
            && reading.wants(Intent::Affirm)
            && !reading.wants(Intent::Goodbye);
        if !busy {
            turn.state.expecting = crate::understand::Expecting::None;
            turn.say(Act::Welcome { appointment: turn.state.appointment.is_some() });
            return Flow::Done;
        }
    }
    if reading.wants(Intent::Repeat) && turn.state.offer.is_some() {
        booking::repeat_offer(turn);
        return Flow::Done;
    }
    let booked = turn.state.appointment.is_some()
        && matches!(turn.state.stage, Stage::Booked | Stage::Confirmed | Stage::AwaitingStaff);
    let wants_more = reading.wants(Intent::Book)
        || (!reading.services.is_empty() && !reading.wants(Intent::Question))
        || reading.slot_action.is_some()
        || reading.wants(Intent::OtherOptions);
    if booked && !wants_more && turn.acts.iter().all(|a| matches!(a, Act::Greet(_))) {
        if let Flow::Done = appointments::unclear(turn, reading) {
            return Flow::Done;
        }
    }
    let over = turn.state.stage == Stage::Closed && turn.state.lead.status != LeadStatus::Lost;
    if over && nothing_new && reading.wants(Intent::Affirm) && only(&[Intent::Affirm, Intent::Thanks, Intent::Goodbye])
    {
        turn.say(Act::Welcome { appointment: false });
        return Flow::Done;
    }
    if booked && !wants_more {
        if turn.acts.is_empty() || turn.acts.iter().all(|a| matches!(a, Act::Greet(_))) {
            let act = if reading.wants(Intent::Affirm) || reading.wordless {
                Act::Welcome { appointment: true }
            } else {
                Act::AnythingElse
            };
            turn.say(act);
        }
        return Flow::Done;
    }
    Flow::Go
}

/// Spanish or English, for texts that exist in both.
pub(crate) fn is_spanish(turn: &Turn<'_>) -> bool {
    turn.state.language == Language::Spanish
}
