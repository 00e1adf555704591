//! Qualifying, offering, picking, booking.

use jiff::Timestamp;

use frontdesk_domain::appointment::Appointment;
use frontdesk_domain::clinic::PlatformChoice;
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::{Channel, Stage};
use frontdesk_domain::deposit::Path;
use frontdesk_domain::ids::{AppointmentId, ProviderId, ServiceId};
use frontdesk_domain::lead::LeadStatus;
use frontdesk_domain::limits::OFFER_MAX;
use frontdesk_domain::offer::{Marks, choose, nearest};
use frontdesk_domain::preference::TimePreference;
use frontdesk_domain::slot::Slot;

use super::{Flow, Turn, deposit, phone};
use crate::phrase::{Act, Answer, OfferNote};
use crate::state::{Conversation, EmailFact, HandoverReason, Offer, Pending};
use crate::turn::{Action, NoticeAbout, Order, Search, SearchReason, Timer};
use crate::understand::{Expecting, Intent, Reading, SlotAction};

/// Where a conversation stands by what it knows.
pub(super) fn stage_by_facts(state: &Conversation, now: Timestamp) -> Stage {
    let link = state.deposit.as_ref().is_some_and(|deposit| deposit.status.is_open() && deposit.expires_at > now);
    let asked_by_hand = state.said.iter().any(|said| *said == format!("by_hand_{}", state.lead.sequence));
    let with_staff = match state.lead.status {
        LeadStatus::DepositPaid => true,
        LeadStatus::Qualified => asked_by_hand,
        _ => false,
    };
    if link {
        Stage::AwaitingPayment
    } else if state.agreeing.is_some() {
        Stage::Holding
    } else if with_staff {
        Stage::AwaitingStaff
    } else if state.lead.status == LeadStatus::Confirmed {
        Stage::Confirmed
    } else if state.appointment.is_some() {
        Stage::Booked
    } else if state.offer.is_some() {
        Stage::Offering
    } else if state.heard_at.is_some() {
        Stage::Qualifying
    } else {
        Stage::Greeting
    }
}

/// What the message does to the times on offer.
pub(super) fn reply_to_offer(turn: &mut Turn<'_>, reading: &Reading) -> Flow {
    let Some(offer) = turn.state.offer.clone() else { return Flow::Go };
    let preface = || Vec::new();
    match reading.slot_action {
        Some(SlotAction::Select) => {
            let Some(slot) = reading.selected.and_then(|at| offer.slots.get(at)).cloned() else { return Flow::Go };
            // The same choice texted twice is one choice.
            if turn
                .state
                .appointment
                .as_ref()
                .is_some_and(|a| a.slot.start == slot.start && a.slot.service == slot.service)
            {
                turn.say(Act::Welcome { appointment: true });
                return Flow::Done;
            }
            take(turn, slot);
            Flow::Done
        }
        Some(SlotAction::Clarify) => {
            turn.state.expecting = Expecting::Slot;
            if let Some(slot) = reading.candidate.and_then(|at| offer.slots.get(at)).cloned() {
                // Named, but not plainly taken: one question, and from here on this is the time on offer.
                let shown = offer.slots.iter().map(|s| s.start).filter(|start| *start != slot.start);
                let shown_before = shown.chain(offer.shown_before.iter().copied()).collect();
                turn.state.offer = Some(Offer { slots: vec![slot.clone()], marks: Marks::None, shown_before, ..offer });
                turn.say(Act::ConfirmSlot { slot });
                return Flow::Done;
            }
            let candidates = narrowed(turn, reading, &offer);
            turn.say(Act::Clarify { slots: candidates, marks: offer.marks, all: offer.slots });
            Flow::Done
        }
        Some(SlotAction::MoreTimes) => {
            let wish = wish_for_more(turn, reading, &offer);
            turn.state.lead.preference = Some(wish);
            search(turn, SearchReason::More, preface());
            Flow::Done
        }
        Some(SlotAction::NotOffered) => {
            let known = turn.state.lead.preference.take().unwrap_or_default();
            turn.state.lead.preference = Some(known.updated_by(reading.preference.clone()));
            search(turn, SearchReason::NotOffered, preface());
            Flow::Done
        }
        Some(SlotAction::Reject) => {
            turn.state.stage = Stage::Qualifying;
            if reading.preference.is_empty() {
                turn.state.expecting = Expecting::TimePreference;
                turn.say(Act::AskOtherDays);
            } else {
                turn.state.lead.preference = Some(reading.preference.clone());
                search(turn, SearchReason::More, preface());
            }
            Flow::Done
        }
        None if reading.candidate.is_some() => {
            // They speak of a time without taking it; the list stays as it is.
            let slot = reading.candidate.and_then(|at| offer.slots.get(at));
            let provider = slot.and_then(|s| s.provider).and_then(|id| turn.facts.clinic.provider(id));
            if let Some(provider) = provider.filter(|_| reading.has_word(&["who", "whos", "quien"])) {
                turn.say(Act::Answer(Answer::Providers(vec![provider.name.clone()])));
            }
            Flow::Go
        }
        None if !reading.preference.is_empty() => {
            let known = turn.state.lead.preference.take().unwrap_or_default();
            turn.state.lead.preference = Some(known.updated_by(reading.preference.clone()));
            search(turn, SearchReason::More, preface());
            Flow::Done
        }
        None => Flow::Go,
    }
}

/// The offered times a half-clear choice fits; all of them when it says nothing.
fn narrowed(turn: &Turn<'_>, reading: &Reading, offer: &Offer) -> Vec<usize> {
    let fits = |slot: &Slot| {
        let local = turn.facts.local(slot.start);
        reading.preference.admits_day(local.date())
            && (reading.preference.times.is_empty()
                || reading.preference.times.iter().any(|t| t.hour() % 12 == local.hour() % 12))
    };
    let found: Vec<usize> = if reading.preference.is_empty() {
        Vec::new()
    } else {
        (0..offer.slots.len()).filter(|i| fits(&offer.slots[*i])).collect()
    };
    if found.len() < 2 { (0..offer.slots.len()).collect() } else { found }
}

fn wish_for_more(turn: &Turn<'_>, reading: &Reading, offer: &Offer) -> TimePreference {
    let known = turn.state.lead.preference.clone().unwrap_or_default();
    let has = |words: &[&str]| reading.words.iter().any(|w| words.contains(&w.as_str()));
    let locals: Vec<_> = offer.slots.iter().map(|s| turn.facts.local(s.start)).collect();
    let one_day = locals.windows(2).all(|pair| pair[0].date() == pair[1].date());
    let mut wish = known.updated_by(reading.preference.clone());
    if has(&["too", "demasiado"]) && has(&["late", "early", "tarde", "temprano"]) {
        // "10:30 is too late": before it; said of all of them, before the first.
        let named = reading.preference.times.first().copied();
        let late = has(&["late", "tarde"]);
        let edge = if late { locals.iter().min() } else { locals.iter().max() };
        let bound = named.or(edge.map(|at| at.time()));
        let (after, before) = if late { (None, bound) } else { (bound, None) };
        let known = turn.state.lead.preference.clone().unwrap_or_default();
        return TimePreference { after, before, times: Vec::new(), ..known };
    }
    if reading.preference.is_empty() && one_day {
        if let (Some(first), Some(last)) = (locals.first(), locals.last()) {
            if has(&["later", "tarde"]) {
                wish = TimePreference { after: Some(last.time()), before: None, times: Vec::new(), ..wish };
            } else if has(&["earlier", "temprano"]) {
                wish = TimePreference { before: Some(first.time()), after: None, times: Vec::new(), ..wish };
            }
        }
        if has(&["day", "days", "dia", "dias", "date", "dates"]) {
            wish = wish.any_day();
        }
    }
    wish
}

/// A time was picked: booked, or kept until its deposit is paid.
pub(super) fn take(turn: &mut Turn<'_>, slot: Slot) {
    let replaces = replaced(turn);
    // Another time for what is booked needs no second deposit; another service does.
    let same = turn.state.appointment.as_ref().is_some_and(|visit| visit.slot.service == slot.service);
    if let (Path::DepositThenBooked(amount), false) = (deposit::path(turn), replaces.is_some() && same) {
        deposit::keep(turn, slot, amount);
        return;
    }
    let preface = std::mem::take(&mut turn.acts);
    turn.act(Action::Book(Order { slot, replaces, hold: None, preface }));
}

/// The visit that is being moved.
pub(super) fn replaced(turn: &Turn<'_>) -> Option<AppointmentId> {
    turn.state.appointment.as_ref().filter(|_| turn.state.rescheduling).map(|visit| visit.id)
}

/// The next missing fact, or the times.
pub(super) fn go_on(turn: &mut Turn<'_>, reading: &Reading) {
    let clinic = turn.facts.clinic;
    if let EmailFact::Doubtful { likely, .. } = &turn.state.lead.email {
        if turn.state.pending == Some(Pending::Email) {
            let likely = likely.clone();
            turn.state.expecting = Expecting::Confirm;
            turn.say(Act::ConfirmEmail { likely });
            return;
        }
    }
    if turn.state.offer.is_some() && turn.state.stage == Stage::Offering {
        if understood_nothing(turn, reading) {
            turn.state.lost += 1;
            if turn.state.lost >= 3 {
                turn.hand_over(HandoverReason::NotUnderstood);
                return;
            }
        }
        turn.state.expecting = Expecting::Slot;
        let said_more = turn.acts.iter().any(|a| !matches!(a, Act::Greet(_)));
        if !said_more {
            turn.say(Act::StillOpen { attempt: turn.state.lost });
        } else if turn.state.say_once(&format!("still_{}_{}", turn.state.lead.sequence, turn.state.bookings)) {
            turn.say(Act::StillOpen { attempt: 0 });
        } else if turn.state.say_once(&format!("above_{}_{}", turn.state.lead.sequence, turn.state.bookings)) {
            turn.say(Act::StillOpen { attempt: 9 });
        }
        return;
    }
    if understood_nothing(turn, reading) && turn.state.expecting != Expecting::None {
        turn.say(Act::DidNotGet);
    }
    if clinic.menu().next().is_none() {
        turn.hand_over(HandoverReason::ByHand);
        return;
    }
    if turn.state.lead.name.is_none() {
        turn.ask(Expecting::Name);
        return;
    }
    if !turn.state.lead.has_full_name() && turn.state.say_once("last_name") {
        turn.state.expecting = Expecting::Name;
        let first = turn.state.lead.name.clone().unwrap_or_default();
        turn.say(Act::AskLastName { first });
        return;
    }
    if turn.state.lead.for_other && turn.state.lead.for_name.is_none() && turn.state.say_once("for_name") {
        turn.say(Act::AskForName);
        turn.state.expecting = Expecting::Name;
        turn.state.naming_other = true;
        return;
    }
    if turn.state.lead.services.is_empty() {
        if reading.concern {
            turn.say(Act::Concern { names: clinic.menu().take(5).map(|s| s.item.name.clone()).collect() });
            turn.state.expecting = Expecting::Service;
            turn.state.asked.insert(format!("{:?}", Expecting::Service), 1);
        } else {
            turn.ask(Expecting::Service);
        }
        return;
    }
    if ask_variant(turn) {
        return;
    }
    if turn.state.lead.patient_type.is_none() && turn.times_asked(Expecting::PatientType) < 2 {
        let other = turn.state.lead.for_other;
        turn.ask(Expecting::PatientType);
        if let Some(act) = turn.acts.iter_mut().find(|a| other && matches!(a, Act::Ask { attempt: 0, .. })) {
            *act = Act::AskOtherPatientType { name: turn.state.lead.for_name.clone() };
        }
        return;
    }
    if turn.state.lead.email == EmailFact::Unknown {
        if turn.times_asked(Expecting::Email) == 0 {
            turn.ask(Expecting::Email);
            return;
        }
        // Asked once; late or not at all does not stop the booking.
        turn.state.lead.email = EmailFact::Declined;
    }
    if clinic.booking_platform == PlatformChoice::None {
        if (turn.state.lead.preference.is_some() || turn.times_asked(Expecting::TimePreference) > 0) && phone::ask(turn)
        {
            return;
        }
        by_hand(turn);
        return;
    }
    if turn.state.lead.preference.is_none() {
        turn.ask(Expecting::TimePreference);
        return;
    }
    if phone::ask(turn) {
        return;
    }
    search(turn, SearchReason::Fresh, Vec::new());
}

fn understood_nothing(turn: &Turn<'_>, reading: &Reading) -> bool {
    let facts = reading.name.is_some()
        || reading.for_other
        || !reading.services.is_empty()
        || reading.patient_type.is_some()
        || reading.email.is_some()
        || reading.email_refused
        || !reading.preference.is_empty()
        || reading.provider.is_some()
        || reading.concern
        || reading.unlisted_service.is_some();
    let acted = turn.learned || turn.acts.iter().any(|a| !matches!(a, Act::Greet(_)));
    !facts && !acted && reading.intents.iter().all(|i| matches!(i, Intent::Affirm | Intent::Deny | Intent::Question))
}

/// A variant is asked for only when the service has several, once.
fn ask_variant(turn: &mut Turn<'_>) -> bool {
    let Some(service) = turn.state.lead.services.first().and_then(|id| turn.facts.clinic.service(*id)) else {
        return false;
    };
    if service.variants.len() < 2 || turn.state.lead.variant.is_some() {
        return false;
    }
    let names: Vec<String> = service.variants.iter().map(|v| v.name.clone()).collect();
    if !turn.state.say_once(&format!("variant_{}", turn.state.lead.sequence)) {
        return false;
    }
    turn.state.expecting = Expecting::Service;
    turn.say(Act::AskVariant { names });
    true
}

/// No calendar of ours: staff confirm the time.
fn by_hand(turn: &mut Turn<'_>) {
    if turn.state.lead.status == LeadStatus::Confirmed {
        // Staff confirmed this request: another time for it is theirs to find, and nothing is paid again.
        turn.state.stage = Stage::Confirmed;
        turn.state.expecting = Expecting::None;
        if !turn.acts.iter().any(|act| matches!(act, Act::Answer(_))) {
            turn.say(Act::PassedOn { danger: false });
        }
        turn.act(Action::Notify(NoticeAbout::MoveByHand));
        return;
    }
    if turn.state.lead.preference.is_none() && turn.times_asked(Expecting::TimePreference) == 0 {
        turn.ask(Expecting::TimePreference);
        return;
    }
    if turn.state.lead.status == LeadStatus::DepositPaid {
        // It is paid and with staff: whatever was said besides is theirs to see.
        turn.state.stage = Stage::AwaitingStaff;
        turn.state.expecting = Expecting::None;
        if !turn.acts.iter().any(|act| matches!(act, Act::Answer(_))) {
            turn.say(Act::PassedOn { danger: false });
        }
        turn.act(Action::Notify(NoticeAbout::NewMessage));
        return;
    }
    turn.state.lead.status = LeadStatus::Qualified;
    if let Path::DepositThenStaff(amount) = deposit::path(turn) {
        // Asked once for a request, and once more for each link that ended unpaid.
        if turn.state.say_once(&format!("deposit_{}_{}", turn.state.lead.sequence, turn.state.deposits)) {
            turn.state.stage = Stage::Holding;
            deposit::ask(turn, None, amount);
            return;
        }
    }
    turn.state.stage = Stage::AwaitingStaff;
    turn.state.expecting = Expecting::None;
    let already = !turn.state.say_once(&format!("by_hand_{}", turn.state.lead.sequence));
    if already {
        turn.say(Act::PassedOn { danger: false });
        turn.act(Action::Notify(NoticeAbout::NewMessage));
    } else {
        turn.say(Act::StaffConfirm);
        turn.act(Action::Notify(NoticeAbout::ConfirmByHand));
    }
}

/// Asks the platform for times that suit.
pub(super) fn search(turn: &mut Turn<'_>, why: SearchReason, mut exclude: Vec<Timestamp>) {
    let Some(service) = turn.state.lead.services.first().copied() else {
        turn.ask(Expecting::Service);
        return;
    };
    if turn.state.lead.status == LeadStatus::Engaged {
        turn.state.lead.status = LeadStatus::Qualified;
    }
    if why == SearchReason::More {
        if let Some(offer) = &turn.state.offer {
            exclude.extend(offer.slots.iter().map(|s| s.start).chain(offer.shown_before.iter().copied()));
        }
    }
    let wish = turn.state.lead.provider.clone();
    let provider = wish.filter(|w| w != "any").and_then(|w| super::facts::find_provider(turn.facts, &w));
    let provider = provider.filter(|id| does_it(turn, *id, service));
    let preface = std::mem::take(&mut turn.acts);
    let preference = turn.state.lead.preference.clone().unwrap_or_default();
    turn.act(Action::FindSlots(Search { service, provider, preference, why, exclude, relaxed: 0, preface }));
}

/// Whether a provider does a service; who does is said once, and the wish let go, where they do not.
fn does_it(turn: &mut Turn<'_>, provider: ProviderId, service: ServiceId) -> bool {
    let clinic = turn.facts.clinic;
    let (Some(person), Some(wanted)) = (clinic.provider(provider), clinic.service(service)) else { return true };
    if wanted.providers.is_empty() || wanted.providers.contains(&person.name) {
        return true;
    }
    turn.state.lead.provider = None;
    let names = wanted.providers.clone();
    turn.say(Act::NotTheirs { provider: person.name.clone(), service: wanted.name.clone(), names });
    false
}

/// The platform answered: offer, or look further away before saying that there is nothing.
pub(super) fn slots_found(turn: &mut Turn<'_>, mut search: Search, slots: Vec<Slot>) {
    let max = if turn.facts.channel == Channel::Voice { 3 } else { OFFER_MAX };
    let wanted = &search.preference;
    let target = if search.relaxed > 0 { target(turn) } else { None };
    let chosen = match target {
        // Nothing as asked: what lies nearest to it.
        Some(target) => nearest(&turn.facts.clinic.timezone, &slots, target, &search.exclude, max),
        None => choose(&turn.facts.clinic.timezone, &slots, wanted, &search.exclude, max),
    };
    if chosen.is_empty() {
        let original = turn.state.lead.preference.clone().unwrap_or_default();
        let (next, preference) = match search.relaxed {
            0 if original.says_days() && original.says_times() => (1, original.any_time()),
            0 | 1 if original.says_times() => (2, original.any_day()),
            0..=2 if !original.is_empty() && !original.flexible => (
                3,
                TimePreference {
                    not_days: original.not_days,
                    not_dates: original.not_dates,
                    ..TimePreference::default()
                },
            ),
            _ => {
                turn.acts = search.preface;
                nothing_free(turn);
                return;
            }
        };
        search.relaxed = next;
        search.preference = preference;
        turn.act(Action::FindSlots(search));
        return;
    }
    let mut acts = search.preface;
    let shown_before: Vec<Timestamp> = search.exclude;
    let closed = search.relaxed > 0 && closed_then(turn);
    let note = match (search.why, search.relaxed) {
        (SearchReason::Gone, _) => OfferNote::Gone,
        (_, 1..) if closed => OfferNote::Closed,
        (SearchReason::NotOffered, 1..) => OfferNote::NotOffered,
        (_, 1..) => OfferNote::Nearest,
        (SearchReason::More, _) => OfferNote::More,
        (SearchReason::NotOffered | SearchReason::Fresh, _) => OfferNote::Fresh,
    };
    let times: Vec<_> = chosen.iter().map(|slot| turn.facts.local(slot.start)).collect();
    let marks = Marks::for_times(&times);
    acts.push(Act::Offer { slots: chosen.clone(), marks, note });
    turn.acts = acts;
    turn.state.offer = Some(Offer { slots: chosen, marks, at: turn.now, shown_before });
    turn.state.stage = Stage::Offering;
    turn.state.expecting = Expecting::Slot;
    turn.state.lost = 0;
    turn.state.followed_up = false;
    if let Some(after) = turn.facts.clinic.follow_up.after_offer {
        turn.act(Action::SetTimer(Timer::FollowUp { offered_at: turn.now }, after));
    }
}

/// The one moment they asked for, where they named a day: its time, or the middle of what would have suited.
fn target(turn: &Turn<'_>) -> Option<Timestamp> {
    let wish = turn.state.lead.preference.as_ref()?;
    let today = turn.facts.local(turn.now).date();
    let day = wish.dates.first().copied().or_else(|| {
        let [only] = wish.days.as_slice() else { return None };
        (0..7).find_map(|ahead| {
            today.checked_add(jiff::Span::new().days(ahead)).ok().filter(|day| day.weekday() == only.0)
        })
    })?;
    let noon = jiff::civil::Time::constant(12, 0, 0, 0);
    let time = wish.times.first().copied().or(wish.after).or(wish.before).unwrap_or(noon);
    turn.facts.clinic.timezone.instant(day.to_datetime(time))
}

/// Whether every day they named is one the clinic is closed on.
fn closed_then(turn: &Turn<'_>) -> bool {
    let Some(wanted) = &turn.state.lead.preference else { return false };
    let clinic = turn.facts.clinic;
    let open = |day: jiff::civil::Date| clinic.closure_on(day).is_none() && !clinic.hours.on(day.weekday()).is_empty();
    if !wanted.dates.is_empty() {
        return wanted.dates.iter().all(|day| !open(*day));
    }
    !wanted.days.is_empty() && wanted.days.iter().all(|day| clinic.hours.on(day.0).is_empty())
}

fn nothing_free(turn: &mut Turn<'_>) {
    if turn.state.offer.is_some() {
        turn.state.expecting = Expecting::Slot;
        turn.say(Act::NoOthers);
        return;
    }
    turn.say(Act::NothingFree);
    turn.hand_over(HandoverReason::ByHand);
}

/// Booked: read back, told to staff, and the request is closed.
pub(super) fn booked(turn: &mut Turn<'_>, order: Order, appointment: Appointment) {
    let moved = order.replaces.is_some();
    turn.acts = order.preface;
    turn.state.bookings += 1;
    turn.state.offer = None;
    turn.state.hold = None;
    turn.state.rescheduling = false;
    turn.state.expecting = Expecting::None;
    turn.state.lead.status = LeadStatus::Booked;
    turn.state.stage = Stage::Booked;
    turn.kind = MessageKind::Receipt;
    read_back(turn, &appointment, moved);
    let more: Vec<String> = turn
        .state
        .lead
        .services
        .iter()
        .skip(1)
        .filter_map(|id| turn.facts.clinic.service(*id))
        .map(|s| s.name.clone())
        .collect();
    if !more.is_empty() && !moved {
        turn.say(Act::AlsoNoted { names: more });
    }
    let replaced = order.replaces;
    turn.state
        .other_visits
        .retain(|visit| Some(visit.id) != replaced && visit.status.stands() && visit.slot.start > turn.now);
    let before = turn.state.appointment.take();
    turn.state.other_visits.extend(before.filter(|visit| {
        Some(visit.id) != replaced && visit.id != appointment.id && visit.status.stands() && visit.slot.start > turn.now
    }));
    turn.state.appointment = Some(appointment);
    turn.act(Action::Notify(if moved { NoticeAbout::Rescheduled } else { NoticeAbout::Booked }));
}

pub(super) fn read_back(turn: &mut Turn<'_>, visit: &Appointment, moved: bool) {
    turn.say(Act::Booked {
        service: visit.service_name.clone(),
        slot: visit.slot.clone(),
        provider: visit.provider_name.clone(),
        patient: turn.state.lead.for_name.clone(),
        moved,
    });
}

/// Staff named the time of a visit that is not in a calendar of ours.
pub(super) fn confirmed(turn: &mut Turn<'_>, visit: Appointment) {
    turn.state.confirming = None;
    turn.state.bookings += 1;
    turn.state.expecting = Expecting::None;
    turn.state.lead.status = LeadStatus::Confirmed;
    turn.state.stage = Stage::Confirmed;
    // Hours may have passed since they wrote: it waits for permitted hours.
    turn.kind = MessageKind::Proactive;
    read_back(turn, &visit, false);
    let before = turn.state.appointment.take().filter(|v| v.status.stands() && v.slot.start > turn.now);
    turn.state.other_visits.extend(before.filter(|before| before.id != visit.id));
    turn.state.appointment = Some(visit);
    turn.act(Action::Notify(NoticeAbout::Booked));
}

/// Somebody was faster: say so and look again.
pub(super) fn slot_taken(turn: &mut Turn<'_>, order: Order) {
    turn.acts = order.preface;
    let paid = turn.acts.iter().any(|act| matches!(act, Act::Paid { .. }));
    if paid {
        deposit::paid_but_gone(turn, order.slot);
        return;
    }
    search(turn, SearchReason::Gone, vec![order.slot.start]);
}

/// An offer stayed unanswered: one follow-up, then it rests.
pub(super) fn follow_up(turn: &mut Turn<'_>, offered_at: Timestamp) {
    let stands = turn.state.offer.as_ref().is_some_and(|o| o.at == offered_at);
    let answered = turn.state.heard_at.is_some_and(|at| at > offered_at);
    // Where a deposit is asked for, its own reminder speaks.
    let deposit = turn.state.agreeing.is_some() || turn.state.stage == Stage::AwaitingPayment;
    if !stands || answered || deposit || turn.state.followed_up || turn.state.opted_out || turn.state.taken_over {
        return;
    }
    turn.state.followed_up = true;
    turn.kind = MessageKind::Proactive;
    turn.say(Act::FollowUp);
}

/// "Say that again": the list once more.
pub(super) fn repeat_offer(turn: &mut Turn<'_>) {
    if let Some(offer) = turn.state.offer.clone() {
        turn.state.expecting = Expecting::Slot;
        turn.say(Act::Offer { slots: offer.slots, marks: offer.marks, note: OfferNote::Fresh });
    }
}
