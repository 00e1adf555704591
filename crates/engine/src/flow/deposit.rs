//! Deposits: asking for one, the agreement to pay, and what became of it. Where a deposit is due a time is kept, not
//! booked, until it is paid; only a plain yes to the question about the deposit makes a link.

use jiff::Timestamp;

use frontdesk_domain::appointment::Hold;
use frontdesk_domain::clinic::Members;
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::deposit::{self, Deposit, DepositStatus, Path, Purpose};
use frontdesk_domain::ids::DepositId;
use frontdesk_domain::lead::LeadStatus;
use frontdesk_domain::limits::ASK_MAX;
use frontdesk_domain::money::Money;
use frontdesk_domain::preference::TimePreference;
use frontdesk_domain::slot::Slot;
use frontdesk_domain::span::Span;

use super::agree::{self, Answer};
use super::{Flow, Turn, booking, facts};
use crate::phrase::{Act, Answer as Told};
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

/// A time was taken for which a deposit is due: it is kept first. What was kept before stays until it is.
pub(super) fn keep(turn: &mut Turn<'_>, slot: Slot, amount: Money) {
    let before = turn.state.hold.clone();
    if before.as_ref().is_some_and(|hold| hold.slot == slot && hold.expires_at > turn.now) {
        // It is kept already.
        cancel_open(turn);
        turn.state.stage = Stage::Holding;
        ask(turn, Some(slot), amount);
        return;
    }
    let preface = std::mem::take(&mut turn.acts);
    turn.act(Action::Hold(HoldOrder { slot, amount, replaces: before, preface }));
}

/// It is kept: the policy, the amount and the question.
pub(super) fn held(turn: &mut Turn<'_>, order: HoldOrder, hold: Hold) {
    cancel_open(turn);
    turn.acts = order.preface;
    turn.state.stage = Stage::Holding;
    if turn.state.form_agreed.take() == Some(order.amount) {
        // The form showed policy and amount, and they agreed to them there.
        let policy = turn.facts.clinic.booking.policy.clone();
        let agreement = Agreement { amount: order.amount, slot: Some(hold.slot.clone()), policy };
        turn.state.agreeing = Some(agreement.clone());
        turn.state.hold = Some(hold.clone());
        let preface = std::mem::take(&mut turn.acts);
        turn.act(Action::RequestDeposit(DepositOrder { agreement, hold: Some(hold), preface }));
        return;
    }
    ask(turn, Some(hold.slot.clone()), order.amount);
    turn.state.hold = Some(hold);
}

/// Asks for the agreement to pay.
pub(super) fn ask(turn: &mut Turn<'_>, slot: Option<Slot>, amount: Money) {
    let policy = turn.facts.clinic.booking.policy.clone();
    turn.state.agreeing = Some(Agreement { amount, slot: slot.clone(), policy: policy.clone() });
    turn.state.expecting = Expecting::Deposit;
    turn.say(Act::AskDeposit { slot, amount, policy });
    if let Some(after) = turn.facts.clinic.follow_up.after_offer {
        turn.act(Action::SetTimer(Timer::DepositUnanswered { asked_at: turn.now }, after));
    }
}

/// The question about a deposit stayed without an answer: one word about it, and staff know.
pub(super) fn unanswered(turn: &mut Turn<'_>, asked_at: Timestamp) {
    let state = &turn.state;
    let heard = state.heard_at.is_some_and(|at| at > asked_at);
    if state.agreeing.is_none() || heard || state.taken_over || state.handed_over.is_some() {
        return;
    }
    // Once for a request, however often it was asked.
    if !turn.state.say_once(&format!("unanswered_{}_{}", turn.state.lead.sequence, turn.state.deposits)) {
        return;
    }
    turn.act(Action::Notify(NoticeAbout::DepositUnpaid));
    if !turn.state.opted_out {
        turn.kind = MessageKind::Proactive;
        turn.say(Act::DepositFollowUp);
    }
}

/// The answer to the question about the deposit.
pub(super) fn agreement(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let Some(agreement) = turn.state.agreeing.clone() else { return Flow::Go };
    if about_a_visit(turn, reading) {
        return Flow::Go;
    }
    if let Some(flow) = changed(turn, reading, agreement.slot.as_ref(), agreement.amount) {
        return flow;
    }
    let kept = agreement.slot.as_ref().is_some_and(|slot| names_kept(turn, reading, slot));
    let answer = agree::answer(reading, agreement.amount.minor_units() / 100, kept);
    let asks = reading.wants(Intent::Question);
    let other_time = wants_other_time(reading) && answer != Answer::Yes
        || (!reading.preference.is_empty()
            && !kept
            && answer == Answer::Other
            && !about_paying(reading)
            && (!asks || !reading.preference.times.is_empty()));
    let yes = turn.state.expecting == Expecting::Deposit && answer == Answer::Yes && !other_time;
    if yes {
        // "How do I pay?" is answered by the link.
        turn.acts.retain(|act| !matches!(act, Act::Answer(Told::Unknown)));
        turn.actions.retain(|action| *action != Action::Notify(NoticeAbout::NewMessage));
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
    let leaves = leaves(reading);
    let wonders = wonders(reading);
    if leaves || answer == Answer::No && !asks && !wonders {
        declined(turn, &agreement);
        return Flow::Done;
    }
    if reading.wants(Intent::Book) && !reading.services.is_empty() {
        withdraw(turn);
        return Flow::Go;
    }
    if is_member(turn, reading) {
        // Who is a member the clinic knows.
        turn.hand_over(HandoverReason::ByHand);
        return Flow::Done;
    }
    if answer == Answer::Waits && !asks {
        turn.say(Act::DepositNoRush);
        asked_again(turn);
        return Flow::Done;
    }
    about_policy(turn, reading, &agreement.policy);
    let answered = turn.acts.iter().any(|act| matches!(act, Act::Answer(_)));
    if answer == Answer::Other && !answered {
        // Asked three times in vain, a person helps.
        let times = turn.state.asked.entry("Deposit".to_owned()).or_default();
        *times += 1;
        if *times > ASK_MAX {
            turn.hand_over(HandoverReason::NotUnderstood);
            return Flow::Done;
        }
    }
    turn.say(Act::DepositStill { amount: agreement.amount });
    asked_again(turn);
    Flow::Done
}

/// The question stands, and its wait begins anew: who said something and then nothing more is followed up as well.
fn asked_again(turn: &mut Turn<'_>) {
    turn.state.expecting = Expecting::Deposit;
    if let Some(after) = turn.facts.clinic.follow_up.after_offer {
        turn.act(Action::SetTimer(Timer::DepositUnanswered { asked_at: turn.now }, after));
    }
}

/// Whether the time a message names is the one that is kept.
fn names_kept(turn: &Turn<'_>, reading: &Reading, slot: &Slot) -> bool {
    let local = turn.facts.local(slot.start);
    let hour = agree::bare_hour(reading).is_none_or(|hour| hour.hour() == local.hour());
    let times = &reading.preference.times;
    let exact =
        times.is_empty() || times.iter().any(|time| time.hour() == local.hour() && time.minute() == local.minute());
    !reading.preference.is_empty() && reading.preference.admits(local) && exact && hour
        || reading.preference.is_empty() && agree::bare_hour(reading).is_some() && hour
}

/// A visit that stands is asked about, moved or called off while another is about to be paid: that is another matter.
fn about_a_visit(turn: &Turn<'_>, reading: &Reading) -> bool {
    let visits = turn.state.visits_ahead(turn.now);
    let named = reading.services.is_empty() || visits.iter().any(|v| reading.services.contains(&v.service_name));
    let kept = turn.state.lead.services.first().and_then(|id| turn.facts.clinic.service(*id)).map(|s| s.name.clone());
    let about_kept = kept.is_some_and(|name| reading.services.contains(&name));
    let asks =
        [Intent::Cancel, Intent::Reschedule, Intent::CheckAppointment].iter().any(|intent| reading.wants(*intent));
    !visits.is_empty() && asks && named && !about_kept && !turn.state.rescheduling
}

/// A clinic that waives deposits for its members, and somebody who says to be one.
fn is_member(turn: &Turn<'_>, reading: &Reading) -> bool {
    turn.facts.clinic.deposits.iter().any(|rule| rule.members == Some(Members::Waived))
        && reading.has_word(&["member", "members", "membership", "miembro", "socia", "socio", "membresia"])
}

/// What a message changes of what is kept: another service, provider or hour, or who they are, on which the deposit hangs.
/// `None` when it stands.
fn changed(turn: &mut Turn<'_>, reading: &Reading, slot: Option<&Slot>, amount: Money) -> Option<Flow> {
    let asks = reading.wants(Intent::Question) && !reading.wants(Intent::Book) && !asks_for_a_time(reading);
    let Some(slot) = slot else {
        let due = path(turn);
        let said = reading.patient_type.is_some() || !reading.services.is_empty() && !asks;
        return match due {
            Path::DepositThenStaff(other) if other != amount && said => {
                cancel_open(turn);
                ask(turn, None, other);
                Some(Flow::Done)
            }
            Path::LeadOnly if said => {
                cancel_open(turn);
                Some(Flow::Go)
            }
            _ => None,
        };
    };
    let local = turn.facts.local(slot.start);
    let kept_time =
        || TimePreference { dates: vec![local.date()], times: vec![local.time()], ..TimePreference::default() };
    let service =
        !reading.services.is_empty() && turn.state.lead.services.first().is_some_and(|id| *id != slot.service);
    let provider = reading.provider.as_deref().filter(|name| *name != "any");
    let provider =
        provider.and_then(|name| facts::find_provider(turn.facts, name)).is_some_and(|id| Some(id) != slot.provider);
    if (service || provider) && !asks {
        // The same hour if that can be; what was kept, or asked for, ends when another time is kept in its place.
        withdraw(turn);
        turn.state.offer = None;
        let wish = if reading.preference.is_empty() { kept_time() } else { reading.preference.clone() };
        turn.state.lead.preference = Some(wish);
        booking::search(turn, SearchReason::Fresh, Vec::new());
        return Some(Flow::Done);
    }
    if reading.patient_type.is_some() {
        match path(turn) {
            Path::DepositThenBooked(other) if other != amount => {
                keep(turn, slot.clone(), other);
                return Some(Flow::Done);
            }
            Path::Booked => {
                cancel_open(turn);
                let hold = turn.state.hold.as_ref().filter(|hold| hold.expires_at > turn.now).map(|hold| hold.id);
                let preface = std::mem::take(&mut turn.acts);
                let replaces = booking::replaced(turn);
                turn.act(Action::Book(Order { slot: slot.clone(), replaces, hold, preface }));
                return Some(Flow::Done);
            }
            _ => {}
        }
    }
    let hour = agree::bare_hour(reading).filter(|_| !about_paying(reading))?;
    let same = hour.hour() == local.hour();
    let cannot = reading.has_word(&["cant", "cannot", "not", "wont", "anymore", "no", "puedo"]);
    let cannot = cannot && !reading.has_word(&["problem", "worries"]);
    if same && !cannot {
        return None;
    }
    turn.state.agreeing = None;
    let day = TimePreference { dates: vec![local.date()], ..TimePreference::default() };
    let wish = if same { day } else { TimePreference { times: vec![hour], ..day } };
    turn.state.lead.preference = Some(wish);
    let gone = if same { vec![slot.start] } else { Vec::new() };
    booking::search(turn, if same { SearchReason::More } else { SearchReason::Fresh }, gone);
    Some(Flow::Done)
}

/// They call it off, as it stands and not as it might.
fn leaves(reading: &Reading) -> bool {
    (reading.says(Remark::NeverMind) || reading.wants(Intent::Cancel))
        && !about_paying(reading)
        && !reading.wants(Intent::Question)
        && !wonders(reading)
}

/// "What if I need to cancel?", "I might have to": what they ask is how it would be.
fn wonders(reading: &Reading) -> bool {
    let perhaps = reading.has_word(&["if", "might", "may", "would", "quiza", "quizas"]);
    let spanish = reading.redacted_text.contains('?') && reading.has_word(&["si"]);
    (perhaps || spanish)
        && reading.has_word(&["cancel", "cancelar", "cancelo", "need", "have", "reschedule", "cant", "tengo"])
}

/// The link, or paying by it, does not go well: that is no refusal. Nor is "paying now".
fn about_link(reading: &Reading) -> bool {
    let gives_up = reading.has_word(&["forget", "cancel", "olvidalo", "olvidelo"]);
    let page = reading.has_word(&[
        "link", "enlace", "load", "loading", "loads", "open", "opens", "opening", "abre", "funciona", "sirve", "llego",
        "llega", "through", "entiendo", "page", "pagina", "website", "comes", "received", "error", "online", "deja",
        "says",
    ]);
    let how = reading.has_word(&["pagar", "pago"]) && reading.has_word(&["como", "se"]);
    let now = reading.has_word(&["paying", "pagando"]) && !reading.has_word(&["not", "no", "never"]);
    let later = reading.has_word(&["until", "till", "hasta"]);
    !gives_up && (page || how || now || later)
}

/// Another of the times, or others.
fn wants_other_time(reading: &Reading) -> bool {
    let others = reading.has_word(&["other", "else", "different", "another", "instead", "otra", "otro"])
        || reading.has_word(&["changed"]) && reading.has_word(&["time", "day", "hora", "dia"]);
    if about_paying(reading) && reading.selected.is_none() && !others {
        return false;
    }
    matches!(reading.slot_action, Some(SlotAction::Select | SlotAction::MoreTimes | SlotAction::NotOffered))
        || reading.wants(Intent::OtherOptions)
        || reading.wants(Intent::Reschedule)
        || reading.has_word(&["changed"]) && reading.has_word(&["time", "day", "hora", "dia"])
}

/// They speak of paying, their card or the link: a day in it is when they pay, or the card's end.
fn about_paying(reading: &Reading) -> bool {
    reading.card
        || reading.has_word(&[
            "pay", "paying", "paid", "payment", "card", "link", "expires", "exp", "found", "pagar", "pago", "tarjeta",
            "enlace", "hold", "deposit", "deposito",
        ])
}

/// "Is it refundable?" is answered with what the clinic wrote.
fn about_policy(turn: &mut Turn<'_>, reading: &Reading, policy: &str) {
    let answered = turn.acts.iter().any(|act| matches!(act, Act::Answer(answer) if *answer != Told::Unknown));
    let about_it = reading.wants(Intent::Question)
        || wonders(reading)
        || reading.has_word(&["refund", "refundable", "deposit", "policy", "why", "back", "deposito", "reembolso"]);
    if answered || !about_it || policy.is_empty() {
        return;
    }
    turn.acts.retain(|act| !matches!(act, Act::Answer(Told::Unknown)));
    turn.actions.retain(|action| *action != Action::Notify(NoticeAbout::NewMessage));
    turn.say(Act::Answer(Told::Verbatim(policy.to_owned())));
}

/// They would rather not pay: the time is free again, and a person may help.
fn declined(turn: &mut Turn<'_>, agreement: &Agreement) {
    abandon(turn);
    turn.state.offer = None;
    turn.state.stage = if agreement.slot.is_some() { Stage::Qualifying } else { Stage::AwaitingStaff };
    turn.state.expecting = Expecting::None;
    turn.say(Act::DepositDeclined);
    turn.act(Action::Notify(NoticeAbout::DepositDeclined));
    turn.state.declined = Some(agreement.clone());
}

/// "Actually ok, send the link" after a no: they are asked once more, and what was kept is kept again.
pub(super) fn back_to_it(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let Some(declined) = turn.state.declined.take() else { return Flow::Go };
    let agrees = agree::answer(reading, declined.amount.minor_units() / 100, false) == Answer::Yes;
    let about_it = about_paying(reading) || reading.has_word(&["actually", "yes", "si", "send"]);
    let visit = turn.state.appointment.is_some();
    let over = declined.slot.as_ref().is_some_and(|slot| slot.start <= turn.now);
    let refuses = agree::answer(reading, 0, false) == Answer::No;
    if !(agrees && about_it || about_paying(reading) && !refuses && !reading.wants(Intent::Question)) || visit || over {
        return Flow::Go;
    }
    match declined.slot {
        Some(slot) => keep(turn, slot, declined.amount),
        None => ask(turn, None, declined.amount),
    }
    Flow::Done
}

/// The link is made.
pub(super) fn linked(turn: &mut Turn<'_>, order: DepositOrder, deposit: Deposit) {
    turn.acts = order.preface;
    turn.state.agreeing = None;
    turn.state.deposits += 1;
    if let Some(before) = turn.state.deposit.take_if(|before| before.lead != deposit.lead) {
        turn.state.other_deposits.push(before);
    }
    turn.state.hold.clone_from(&deposit.hold);
    turn.state.stage = Stage::AwaitingPayment;
    turn.state.expecting = Expecting::None;
    turn.state.asked.remove("Paying");
    turn.state.asked.remove("Deposit");
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
    if about_a_visit(turn, reading) {
        return Flow::Go;
    }
    if let Some(flow) = changed(turn, reading, deposit.hold.as_ref().map(|hold| &hold.slot), deposit.amount) {
        return flow;
    }
    let leaves = leaves(reading);
    let kept = deposit.hold.as_ref().is_some_and(|hold| names_kept(turn, reading, &hold.slot));
    let answer = agree::answer(reading, deposit.amount.minor_units() / 100, kept);
    let asks = reading.wants(Intent::Question);
    let stuck = about_link(reading);
    if answer == Answer::No && !asks && !stuck && !wonders(reading) && !reading.wants(Intent::Repeat) {
        let slot = deposit.hold.as_ref().map(|hold| hold.slot.clone());
        declined(turn, &Agreement { amount: deposit.amount, slot, policy: deposit.policy.clone() });
        return Flow::Done;
    }
    if leaves {
        withdraw(turn);
        turn.state.lead.status = LeadStatus::Lost;
        turn.state.stage = Stage::Closed;
        turn.say(Act::NoProblem);
        turn.act(Action::Notify(NoticeAbout::RequestCalledOff));
        return Flow::Done;
    }
    let chosen = reading.selected.and_then(|at| turn.state.offer.as_ref()?.slots.get(at).cloned());
    let same = chosen.is_some() && chosen == deposit.hold.as_ref().map(|hold| hold.slot.clone());
    let named = !reading.preference.is_empty()
        && !kept
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
    about_policy(turn, reading, &deposit.policy);
    let answered = turn.acts.iter().any(|act| matches!(act, Act::Answer(_)));
    let again = reading.wants(Intent::Repeat)
        || reading.has_word(&["link", "resend", "again", "enlace", "send", "pay", "pagar", "work", "working", "url"]);
    if answered && !again {
        return Flow::Done;
    }
    // "I paid", "it does not take my card": the third time a person looks.
    let trouble = reading.has_word(&[
        "paid",
        "declined",
        "doesnt",
        "wont",
        "cant",
        "error",
        "failed",
        "fails",
        "broken",
        "charged",
        "through",
        "rechazada",
        "pague",
    ]);
    if trouble {
        let times = turn.state.asked.entry("Paying".to_owned()).or_default();
        *times += 1;
        if *times >= ASK_MAX {
            turn.hand_over(HandoverReason::PaymentsDown);
            return Flow::Done;
        }
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
    turn.state.stage = booking::stage_by_facts(&turn.state, turn.now);
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
    let newer = turn.state.agreeing.is_some() || open(turn).is_some_and(|other| other.id != deposit.id);
    if newer && !asked && !linked {
        // A link they had given up for another service, paid all the same: nobody wants what it books any more.
        turn.state.other_deposits.push(deposit.clone());
        turn.state.said.push(refund_mark(deposit.id));
        turn.say(Act::PaidOther { amount });
        turn.act(Action::Refund(deposit.id));
        turn.act(Action::Notify(NoticeAbout::DepositRefunded));
        return;
    }
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
        if !closed {
            turn.say(Act::StaffConfirm);
        }
        turn.act(Action::Notify(NoticeAbout::DepositPaid));
        return;
    };
    let stands = turn.state.visits_ahead(turn.now).iter().any(|visit| visit.slot == hold.slot);
    if stands {
        // It is booked already: a process died between the calendar and here, or they need not have paid. Staff decide.
        turn.say(Act::Paid { amount });
        turn.act(Action::Notify(NoticeAbout::DepositPaid));
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
    let open = deposit.status == DepositStatus::Disputed;
    turn.act(Action::Notify(if open { NoticeAbout::DepositDisputed } else { NoticeAbout::DisputeDecided }));
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
    if state.taken_over || deposit.purpose != Purpose::Deposit {
        return;
    }
    // Another time is agreed to or booked since: this link is history.
    let settled = state.agreeing.is_some()
        || matches!(state.stage, Stage::Booked | Stage::Confirmed | Stage::Closed | Stage::AwaitingStaff);
    if !settled {
        turn.act(Action::Notify(NoticeAbout::DepositUnpaid));
    }
    let heard = turn.state.heard_at.is_some_and(|at| at > deposit.expires_at);
    if settled || heard || turn.state.opted_out {
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
