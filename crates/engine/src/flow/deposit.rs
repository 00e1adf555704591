//! Deposits: asking for one, the agreement to pay, and what became of it. Where a deposit is due a time is kept, not
//! booked, until it is paid; only a plain yes to the question about the deposit makes a link.

use frontdesk_domain::appointment::Hold;
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::deposit::{self, Deposit, DepositStatus, Path, Purpose};
use frontdesk_domain::ids::DepositId;
use frontdesk_domain::lead::LeadStatus;
use frontdesk_domain::money::Money;
use frontdesk_domain::slot::Slot;
use frontdesk_domain::span::Span;

use super::{Flow, Turn, booking};
use crate::phrase::{Act, Answer};
use crate::state::{Agreement, HandoverReason, Pending};
use crate::turn::{Action, DepositOrder, HoldOrder, NoticeAbout, Order, SearchReason, Timer};
use crate::understand::{Expecting, Intent, Reading, Remark, SlotAction};

/// How this request is booked and paid.
pub(super) fn path(turn: &Turn<'_>) -> Path {
    let lead = &turn.state.lead;
    deposit::path(turn.facts.clinic, lead.services.first().copied(), lead.patient_type)
}

/// A deposit of this request that can still be paid.
pub(super) fn open(turn: &Turn<'_>) -> Option<Deposit> {
    turn.state.deposit.clone().filter(|deposit| deposit.status.is_open() && deposit.expires_at > turn.now)
}

/// A time was taken for which a deposit is due: it is kept first.
pub(super) fn keep(turn: &mut Turn<'_>, slot: Slot, amount: Money) {
    cancel_open(turn);
    let before = turn.state.hold.take();
    if let Some(hold) = before.clone().filter(|hold| hold.slot == slot && hold.expires_at > turn.now) {
        // It is kept already.
        turn.state.hold = Some(hold);
        turn.state.stage = Stage::Holding;
        ask(turn, Some(slot), amount);
        return;
    }
    let preface = std::mem::take(&mut turn.acts);
    turn.act(Action::Hold(HoldOrder { slot, amount, replaces: before, preface }));
}

/// It is kept: the policy, the amount and the question.
pub(super) fn held(turn: &mut Turn<'_>, order: HoldOrder, hold: Hold) {
    turn.acts = order.preface;
    ask(turn, Some(hold.slot.clone()), order.amount);
    turn.state.hold = Some(hold);
    turn.state.stage = Stage::Holding;
}

/// Asks for the agreement to pay.
pub(super) fn ask(turn: &mut Turn<'_>, slot: Option<Slot>, amount: Money) {
    let policy = turn.facts.clinic.booking.policy.clone();
    turn.state.agreeing = Some(Agreement { amount, slot: slot.clone(), policy: policy.clone() });
    turn.state.expecting = Expecting::Deposit;
    turn.say(Act::AskDeposit { slot, amount, policy });
}

/// The answer to the question about the deposit.
pub(super) fn agreement(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let Some(agreement) = turn.state.agreeing.clone() else { return Flow::Go };
    let other_time = wants_other_time(reading)
        || (!reading.preference.is_empty()
            && !reading.assents
            && !about_paying(reading)
            && !reading.wants(Intent::Question));
    let other_wish = other_time || reading.wants(Intent::Book) && !reading.services.is_empty();
    // "Perfect, see you then" agrees to a time, not to pay.
    let courtesy = reading.has_word(&["see", "bye", "then", "there"]) && !reading.has_word(&["link", "send", "pay"]);
    let yes = turn.state.expecting == Expecting::Deposit && reading.assents && !other_wish && !courtesy;
    if yes {
        let preface = std::mem::take(&mut turn.acts);
        turn.act(Action::RequestDeposit(DepositOrder { agreement, hold: turn.state.hold.clone(), preface }));
        return Flow::Done;
    }
    if other_time {
        if agreement.slot.is_none() {
            // Without a calendar of ours the wish was taken in; the question stands.
            turn.say(Act::DepositStill { amount: agreement.amount });
            turn.state.expecting = Expecting::Deposit;
            return Flow::Done;
        }
        turn.state.agreeing = None;
        return Flow::Go;
    }
    let leaves = (reading.says(Remark::NeverMind) || reading.wants(Intent::Cancel)) && !about_paying(reading);
    let no = reading.wants(Intent::Deny) && !reading.wants(Intent::Question) && !softened(reading);
    if leaves || no {
        declined(turn, &agreement);
        return Flow::Done;
    }
    if other_wish {
        withdraw(turn);
        return Flow::Go;
    }
    about_policy(turn, reading, &agreement.policy);
    turn.state.expecting = Expecting::Deposit;
    turn.say(Act::DepositStill { amount: agreement.amount });
    Flow::Done
}

/// Another of the times, or others.
fn wants_other_time(reading: &Reading) -> bool {
    let others = reading.has_word(&["other", "else", "different", "another", "instead", "otra", "otro"]);
    if about_paying(reading) && reading.selected.is_none() && !others {
        return false;
    }
    matches!(reading.slot_action, Some(SlotAction::Select | SlotAction::MoreTimes | SlotAction::NotOffered))
        || reading.wants(Intent::OtherOptions)
        || reading.wants(Intent::Reschedule)
}

/// They speak of paying, their card or the link: a day in it is when they pay, or the card's end.
fn about_paying(reading: &Reading) -> bool {
    reading.card
        || reading.has_word(&[
            "pay", "paying", "paid", "payment", "card", "link", "expires", "exp", "found", "pagar", "pago", "tarjeta",
            "enlace", "hold", "deposit", "deposito",
        ])
}

/// A "no" that refuses nothing: "no problem", "no worries", "not yet", "no wait yes".
fn softened(reading: &Reading) -> bool {
    reading.has_word(&[
        "problem",
        "prob",
        "worries",
        "worry",
        "yet",
        "wait",
        "yes",
        "send",
        "question",
        "questions",
        "sure",
        "later",
        "tonight",
        "now",
        "moment",
        "sec",
        "second",
        "problema",
    ])
}

/// "Is it refundable?" is answered with what the clinic wrote.
fn about_policy(turn: &mut Turn<'_>, reading: &Reading, policy: &str) {
    let answered = turn.acts.iter().any(|act| matches!(act, Act::Answer(answer) if *answer != Answer::Unknown));
    let about_it = reading.wants(Intent::Question)
        || reading.has_word(&["refund", "refundable", "deposit", "policy", "why", "back", "deposito", "reembolso"]);
    if answered || !about_it || policy.is_empty() {
        return;
    }
    turn.acts.retain(|act| !matches!(act, Act::Answer(Answer::Unknown)));
    turn.actions.retain(|action| *action != Action::Notify(NoticeAbout::NewMessage));
    turn.say(Act::Answer(Answer::Verbatim(policy.to_owned())));
}

/// They would rather not pay: the time is free again, and a person may help.
fn declined(turn: &mut Turn<'_>, agreement: &Agreement) {
    abandon(turn);
    turn.state.offer = None;
    turn.state.stage = if agreement.slot.is_some() { Stage::Qualifying } else { Stage::AwaitingStaff };
    turn.state.expecting = Expecting::None;
    turn.say(Act::DepositDeclined);
    turn.act(Action::Notify(NoticeAbout::DepositDeclined));
}

/// The link is made.
pub(super) fn linked(turn: &mut Turn<'_>, order: DepositOrder, deposit: Deposit) {
    turn.acts = order.preface;
    turn.state.agreeing = None;
    turn.state.deposits += 1;
    turn.state.hold.clone_from(&deposit.hold);
    turn.state.stage = Stage::AwaitingPayment;
    turn.state.expecting = Expecting::None;
    let life = deposit.expires_at.duration_since(turn.now);
    turn.say(Act::DepositLink { link: deposit.short_link.clone(), amount: deposit.amount, minutes: life.as_mins() });
    let half = Span::millis(u64::try_from(life.as_millis() / 2).unwrap_or(0));
    turn.act(Action::SetTimer(Timer::DepositReminder { deposit: deposit.id }, half));
    turn.state.deposit = Some(deposit);
}

/// No link can be made now: a person sends it.
pub(super) fn payments_down(turn: &mut Turn<'_>, order: DepositOrder) {
    turn.acts = order.preface;
    turn.state.agreeing = None;
    turn.say(Act::PaymentsDown);
    turn.hand_over(HandoverReason::PaymentsDown);
}

fn asks_for_a_time(reading: &Reading) -> bool {
    reading.has_word(&[
        "available",
        "have",
        "anything",
        "open",
        "free",
        "possible",
        "come",
        "do",
        "switch",
        "move",
        "instead",
    ])
}

/// What is said while a link is open.
pub(super) fn awaiting(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if turn.state.stage != Stage::AwaitingPayment {
        return Flow::Go;
    }
    let Some(deposit) = open(turn) else { return Flow::Go };
    let leaves = (reading.says(Remark::NeverMind) || reading.wants(Intent::Cancel)) && !about_paying(reading);
    if leaves {
        withdraw(turn);
        turn.state.lead.status = LeadStatus::Lost;
        turn.state.stage = Stage::Closed;
        turn.say(Act::NoProblem);
        return Flow::Done;
    }
    let chosen = reading.selected.and_then(|at| turn.state.offer.as_ref()?.slots.get(at).cloned());
    let same = chosen.is_some() && chosen == deposit.hold.as_ref().map(|hold| hold.slot.clone());
    let named = !reading.preference.is_empty()
        && !about_paying(reading)
        && (!reading.wants(Intent::Question) || asks_for_a_time(reading));
    if deposit.hold.is_some() && !same && (chosen.is_some() || named || wants_other_time(reading)) {
        // Others are shown, or taken; the link stays open until another time is kept in its place.
        if let Some(slot) = chosen {
            keep(turn, slot, deposit.amount);
            return Flow::Done;
        }
        if !reading.preference.is_empty() {
            turn.state.lead.preference = Some(reading.preference.clone());
        }
        booking::search(turn, SearchReason::Fresh, deposit.hold.iter().map(|hold| hold.slot.start).collect());
        return Flow::Done;
    }
    if !reading.services.is_empty() && reading.has_word(&["instead", "actually", "make", "switch", "change", "rather"])
    {
        withdraw(turn);
        return Flow::Go;
    }
    about_policy(turn, reading, &deposit.policy);
    let answered = turn.acts.iter().any(|act| matches!(act, Act::Answer(_)));
    let again = reading.wants(Intent::Repeat)
        || reading.has_word(&["link", "resend", "again", "enlace", "send", "pay", "pagar", "work", "working", "url"]);
    if answered && !again {
        return Flow::Done;
    }
    let act = if again {
        Act::LinkAgain { link: deposit.short_link }
    } else {
        Act::AwaitingPayment { link: deposit.short_link }
    };
    turn.say(act);
    Flow::Done
}

/// Takes an open deposit back, with the time it kept.
fn withdraw(turn: &mut Turn<'_>) {
    abandon(turn);
    turn.state.stage = booking::stage_by_facts(&turn.state);
}

/// Nothing is booked any more: what was kept or asked for ends.
pub(super) fn abandon(turn: &mut Turn<'_>) {
    cancel_open(turn);
    if let Some(hold) = turn.state.hold.take() {
        turn.act(Action::Release(hold));
    }
}

/// Takes an open link back; what it kept stays kept.
fn cancel_open(turn: &mut Turn<'_>) {
    turn.state.agreeing = None;
    let Some(deposit) = open(turn) else { return };
    turn.act(Action::CancelDeposit(deposit.id));
    if let Some(known) = turn.state.deposit.as_mut() {
        known.status = DepositStatus::Cancelled;
    }
}

/// Writes down how money stands: a fee beside the deposit, and never an older deposit over a newer one.
fn remember(turn: &mut Turn<'_>, deposit: &Deposit) {
    let place = if deposit.purpose == Purpose::Deposit { &mut turn.state.deposit } else { &mut turn.state.fee };
    if place.as_ref().is_none_or(|known| known.id == deposit.id || known.requested_at <= deposit.requested_at) {
        *place = Some(deposit.clone());
    }
}

/// The money is there.
pub(super) fn paid(turn: &mut Turn<'_>, deposit: &Deposit) {
    turn.kind = MessageKind::Receipt;
    let amount = deposit.amount;
    if deposit.purpose != Purpose::Deposit {
        remember(turn, deposit);
        turn.say(Act::Paid { amount });
        turn.act(Action::Notify(NoticeAbout::DepositPaid));
        return;
    }
    // They changed their mind and paid by the link they had: it books the time they want now, asked about or linked.
    let asked = turn.state.agreeing.as_ref().is_some_and(|agreement| agreement.amount == amount);
    let linked = open(turn).is_some_and(|other| other.id != deposit.id && other.amount == amount);
    let wanted = turn.state.hold.clone().filter(|_| asked || linked);
    let hold = wanted.or_else(|| deposit.hold.clone());
    if linked {
        cancel_open(turn);
    }
    turn.state.deposit = Some(deposit.clone());
    turn.state.agreeing = None;
    let closed = turn.state.handed_over.is_some_and(|(_, reason)| reason.closes_booking());
    let Some(hold) = hold.filter(|_| !closed) else {
        turn.state.lead.status = LeadStatus::DepositPaid;
        if !closed {
            turn.state.stage = Stage::AwaitingStaff;
        }
        turn.state.expecting = Expecting::None;
        turn.say(Act::Paid { amount });
        turn.say(Act::StaffConfirm);
        turn.act(Action::Notify(NoticeAbout::DepositPaid));
        return;
    };
    let stands = turn.state.visits_ahead(turn.now).iter().any(|visit| visit.slot == hold.slot);
    if stands {
        // A process died between the calendar and here: it is booked, and was told a moment ago.
        turn.say(Act::Paid { amount });
        return;
    }
    let kept = (hold.expires_at > turn.now).then_some(hold.id);
    let preface = vec![Act::Paid { amount }];
    let replaces = booking::replaced(turn);
    turn.act(Action::Book(Order { slot: hold.slot, replaces, hold: kept, preface }));
}

/// It was paid, but its time is gone: the money goes back and others are offered.
pub(super) fn paid_but_gone(turn: &mut Turn<'_>, slot: Slot) {
    let Some(deposit) = turn.state.deposit.clone() else { return };
    turn.acts.clear();
    turn.kind = MessageKind::Receipt;
    turn.state.hold = None;
    turn.state.said.push(refund_mark(deposit.id));
    turn.say(Act::PaidButGone { slot: slot.clone(), amount: deposit.amount });
    turn.act(Action::Refund(deposit.id));
    turn.act(Action::Notify(NoticeAbout::DepositRefunded));
    booking::search(turn, SearchReason::More, vec![slot.start]);
}

fn refund_mark(deposit: DepositId) -> String {
    format!("refund_{deposit}")
}

/// An attempt to pay failed; the page is still open.
pub(super) fn failed(turn: &mut Turn<'_>, deposit: &Deposit) {
    turn.kind = MessageKind::Receipt;
    if deposit.expires_at > turn.now {
        turn.say(Act::PaymentFailed { link: deposit.short_link.clone() });
    }
    remember(turn, deposit);
}

/// The link ended unpaid.
pub(super) fn expired(turn: &mut Turn<'_>, deposit: &Deposit) {
    remember(turn, deposit);
    if deposit.purpose != Purpose::Deposit {
        return;
    }
    if let Some(hold) = deposit.hold.clone() {
        // It outlives the link by a little, for a payment that was on its way.
        if turn.state.hold.as_ref().is_some_and(|kept| kept.id == hold.id) {
            turn.state.hold = None;
        }
        turn.act(Action::Release(hold));
    }
    if turn.state.stage == Stage::AwaitingPayment {
        turn.state.offer = None;
        turn.state.stage = Stage::Qualifying;
    }
    turn.act(Action::SetTimer(Timer::DepositLapsed { deposit: deposit.id }, Span::ZERO));
}

/// The money went back.
pub(super) fn refunded(turn: &mut Turn<'_>, deposit: &Deposit) {
    turn.kind = MessageKind::Receipt;
    if turn.state.say_once(&refund_mark(deposit.id)) {
        turn.say(Act::Refunded { amount: deposit.amount });
    }
    remember(turn, deposit);
}

/// It is contested, or that was decided.
pub(super) fn disputed(turn: &mut Turn<'_>, deposit: &Deposit) {
    remember(turn, deposit);
    turn.act(Action::Notify(NoticeAbout::DepositDisputed));
}

/// A person asks for a fee.
pub(super) fn fee(turn: &mut Turn<'_>, deposit: &Deposit) {
    turn.kind = MessageKind::Proactive;
    turn.say(Act::Fee { link: deposit.short_link.clone(), amount: deposit.amount, purpose: deposit.purpose });
    remember(turn, deposit);
}

/// Half of the link's life is over.
pub(super) fn remind(turn: &mut Turn<'_>, id: DepositId) {
    let Some(deposit) = open(turn).filter(|deposit| deposit.id == id) else { return };
    if turn.state.taken_over || turn.state.opted_out {
        return;
    }
    turn.kind = MessageKind::Proactive;
    turn.say(Act::DepositReminder { link: deposit.short_link, amount: deposit.amount, until: deposit.expires_at });
}

/// The link ended and nothing was heard since: one word about it, then it rests.
pub(super) fn lapsed(turn: &mut Turn<'_>, id: DepositId) {
    let state = &turn.state;
    let lapsed = state.deposit.as_ref().filter(|d| d.id == id && d.status == DepositStatus::Expired);
    let Some(deposit) = lapsed.cloned() else { return };
    let moved_on = state.heard_at.is_some_and(|at| at > deposit.expires_at) || state.taken_over || state.opted_out;
    if moved_on || deposit.purpose != Purpose::Deposit {
        return;
    }
    turn.kind = MessageKind::Proactive;
    let slot = deposit.hold.map(|hold| hold.slot).filter(|slot| slot.start > turn.now);
    turn.state.pending = Some(Pending::TryAgain);
    turn.state.expecting = Expecting::Confirm;
    turn.say(Act::DepositExpired { slot });
}

/// "Shall I try again?" after a link that ended.
pub(super) fn try_again(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    if turn.state.pending != Some(Pending::TryAgain) {
        return Flow::Go;
    }
    turn.state.pending = None;
    turn.state.expecting = Expecting::None;
    let Some(deposit) = turn.state.deposit.clone() else { return Flow::Go };
    if !reading.assents {
        if reading.wants(Intent::Deny) && reading.preference.is_empty() {
            turn.state.lead.status = LeadStatus::Lost;
            turn.state.stage = Stage::Closed;
            turn.say(Act::NoProblem);
            return Flow::Done;
        }
        return Flow::Go;
    }
    match deposit.hold {
        Some(hold) if hold.slot.start > turn.now => keep(turn, hold.slot, deposit.amount),
        Some(_) => booking::search(turn, SearchReason::Fresh, Vec::new()),
        None => ask(turn, None, deposit.amount),
    }
    Flow::Done
}
