//! The whole turn: one pure function from what was and what happened to what is and what to do.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use frontdesk_domain::appointment::{Appointment, Hold};
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit::Deposit;
use frontdesk_domain::ids::{AppointmentId, DepositId, HoldId, ProviderId, ServiceId};
use frontdesk_domain::language::Language;
use frontdesk_domain::lead::PatientType;
use frontdesk_domain::money::Money;
use frontdesk_domain::phone::PhoneNumber;
use frontdesk_domain::preference::TimePreference;
use frontdesk_domain::slot::Slot;
use frontdesk_domain::span::Span;

use crate::flow;
use crate::phrase::Act;
use crate::state::{Agreement, Conversation, HandoverReason};
use crate::understand::{Context, Menu, Reading};

/// What the turn may know of the world around the conversation.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The clinic.
    pub clinic: &'a ClinicSettings,
    /// Its services, made ready for matching.
    pub menu: &'a Menu,
    /// How they talk.
    pub channel: Channel,
    /// The patient's number, where the channel gives it.
    pub phone: Option<&'a PhoneNumber>,
    /// The clinic's platform knows this number: never ask whether they are new.
    pub known_patient: bool,
    /// Another code may be texted to the number that is typed, or was.
    pub may_code: bool,
    /// A number nobody can guess, new each turn: what a code is made of.
    pub code: u32,
}

impl<'a> Facts<'a> {
    /// Of a clinic alone, nobody in particular talking.
    pub fn of(clinic: &'a ClinicSettings, menu: &'a Menu, channel: Channel) -> Self {
        Self { clinic, menu, channel, phone: None, known_patient: false, may_code: false, code: 0 }
    }

    /// The clinic's wall clock.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.clinic.timezone.local(at)
    }
}

/// A question to the booking platform, with what is to be said around its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// For which service.
    pub service: ServiceId,
    /// With this provider only.
    pub provider: Option<ProviderId>,
    /// When.
    pub preference: TimePreference,
    /// What led to it.
    pub why: SearchReason,
    /// Starts not to be offered again.
    pub exclude: Vec<Timestamp>,
    /// How much of the wish was given up so far: 0 nothing, 1 the time of day, 2 the day, 3 both.
    pub relaxed: u8,
    /// Said before the offer.
    pub preface: Vec<Act>,
}

/// What led to a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchReason {
    /// The facts are there.
    Fresh,
    /// They want others.
    More,
    /// They named a time that was not offered.
    NotOffered,
    /// The time they took is gone.
    Gone,
}

/// An order to the booking platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The slot taken.
    pub slot: Slot,
    /// The visit it replaces.
    pub replaces: Option<AppointmentId>,
    /// The hold that kept it.
    pub hold: Option<HoldId>,
    /// Said before the confirmation.
    pub preface: Vec<Act>,
}

/// A wish to keep a slot until a deposit is agreed to.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldOrder {
    /// The slot taken.
    pub slot: Slot,
    /// The deposit that books it.
    pub amount: Money,
    /// What was kept before: given up.
    pub replaces: Option<Hold>,
    /// Said before the question.
    pub preface: Vec<Act>,
}

/// An order for a payment link.
#[derive(Debug, Clone, PartialEq)]
pub struct DepositOrder {
    /// What they agreed to.
    pub agreement: Agreement,
    /// The hold that the link's life extends.
    pub hold: Option<Hold>,
    /// Said before the link.
    pub preface: Vec<Act>,
}

/// A visit asked for by a form.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitForm {
    /// First and last name.
    pub name: String,
    /// E-mail, valid.
    pub email: Option<String>,
    /// A number, and whether it may be texted.
    pub phone: Option<(PhoneNumber, bool)>,
    /// New or existing.
    pub patient_type: PatientType,
    /// The time, as the platform has it.
    pub slot: Slot,
    /// The deposit they agreed to, policy and amount before their eyes.
    pub agreed: Option<Money>,
    /// The language of the page.
    pub language: Language,
}

/// All that can happen to a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The patient wrote.
    Said(Box<Reading>),
    /// The patient called and nobody answered; `busy` when the line was.
    MissedCall {
        /// The line was busy.
        busy: bool,
    },
    /// The platform answered a search.
    SlotsFound(Search, Vec<Slot>),
    /// The platform did not answer.
    PlatformDown(Vec<Act>),
    /// A slot is kept.
    Held(HoldOrder, Hold),
    /// A slot that was to be kept is gone.
    HoldTaken(HoldOrder),
    /// A payment link is open.
    Linked(DepositOrder, Deposit),
    /// No payment link can be made.
    PaymentsDown(DepositOrder),
    /// The time a deposit was to keep is gone.
    KeptTimeGone(DepositOrder),
    /// Money asked for was paid.
    Paid(Deposit),
    /// An attempt to pay failed.
    PaymentFailed(Deposit),
    /// A link ended unpaid.
    DepositExpired(Deposit),
    /// Money went back.
    Refunded(Deposit),
    /// A payment is contested, or that was decided.
    Disputed(Deposit),
    /// A person asks for a fee.
    FeeAsked(Deposit),
    /// A visit is booked.
    Booked(Order, Appointment),
    /// The slot was taken in between.
    SlotTaken(Order),
    /// A visit was called off.
    Cancelled(AppointmentId),
    /// A timer fired.
    TimerFired(Timer),
    /// A form asked for a visit.
    FormFilled(Box<VisitForm>),
    /// A typed number is theirs; the visits that stand under it.
    PhoneProven(PhoneNumber, Vec<Appointment>),
    /// A visit of the same person, made on another channel.
    VisitKnown(Appointment),
    /// They opened a chat and wrote nothing yet.
    ChatOpened,
    /// Staff confirmed a time.
    StaffConfirmed(Appointment),
    /// Staff wrote to the patient.
    StaffReplied,
    /// Staff took the conversation.
    TakenOver,
    /// Staff gave it back.
    GivenBack,
    /// The carrier refused a message because of its own opt-out list.
    CarrierOptedOut,
}

/// A wait the conversation asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// An offer made at this instant stayed unanswered.
    FollowUp {
        /// When the offer was made.
        offered_at: Timestamp,
    },
    /// The question about a deposit stayed unanswered.
    DepositUnanswered {
        /// When it was asked.
        asked_at: Timestamp,
    },
    /// Half of a payment link's life is over.
    DepositReminder {
        /// Which.
        deposit: DepositId,
    },
    /// A payment link ended unpaid.
    DepositLapsed {
        /// Which.
        deposit: DepositId,
    },
}

/// What is to be said.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    /// What it is for the rules of sending.
    pub kind: MessageKind,
    /// What it was for, in the words of the `converse` contract.
    pub about: &'static str,
    /// The words.
    pub text: String,
    /// The acts behind the words.
    pub acts: Vec<Act>,
    /// This is the one confirmation of an opt-out.
    pub is_opt_out_confirmation: bool,
}

/// What staff are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeAbout {
    /// A visit was booked.
    Booked,
    /// A visit was moved.
    Rescheduled,
    /// A visit was called off.
    Cancelled,
    /// A person is needed.
    Handover(HandoverReason),
    /// A treated area worries the patient.
    PostProcedure,
    /// They wrote while a person has the conversation.
    NewMessage,
    /// They want a time that staff confirm by hand.
    ConfirmByHand,
    /// They are at the door, or will be late.
    Arrival,
    /// Money asked for was paid.
    DepositPaid,
    /// They would rather not pay a deposit.
    DepositDeclined,
    /// They did not answer the question about a deposit, or let its link end.
    DepositUnpaid,
    /// They want no more texts, and their request was under way.
    LeftMidway,
    /// They want another time for a visit that staff confirmed by hand.
    MoveByHand,
    /// They say that money was taken wrongly, or want it back.
    MoneyQuestion,
    /// They called a request off that staff were to confirm.
    RequestCalledOff,
    /// A payment goes back, or went back.
    DepositRefunded,
    /// A payment is contested.
    DepositDisputed,
    /// A contested payment was decided.
    DisputeDecided,
    /// A payment could not be handled or given back.
    PaymentTrouble,
    /// They get no more texts, but their visit stands.
    OptedOut,
    /// A call that is too long ago for a text.
    MissedCall,
    /// A text that could not be handled.
    Unhandled,
}

impl NoticeAbout {
    /// Whether it reaches staff at any hour.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Handover(HandoverReason::Emergency | HandoverReason::Crisis) | Self::PostProcedure)
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Send this.
    Say(Utterance),
    /// Ask the platform for times, then come back with [`Input::SlotsFound`].
    FindSlots(Search),
    /// Book, then come back with [`Input::Booked`] or [`Input::SlotTaken`].
    Book(Order),
    /// Call a visit off, then come back with [`Input::Cancelled`].
    CancelVisit(AppointmentId),
    /// Let a kept slot go.
    Release(Hold),
    /// Keep a slot, then come back with [`Input::Held`] or [`Input::HoldTaken`].
    Hold(HoldOrder),
    /// Text a code to a number that was typed.
    TextCode {
        /// Where to.
        to: PhoneNumber,
        /// Six digits.
        code: String,
    },
    /// The code came back: join what stands under the number, then come back with [`Input::PhoneProven`].
    ProvePhone(PhoneNumber),
    /// Make a payment link, then come back with [`Input::Linked`], [`Input::PaymentsDown`] or [`Input::KeptTimeGone`].
    RequestDeposit(DepositOrder),
    /// Take a payment link back.
    CancelDeposit(DepositId),
    /// Give a payment back.
    Refund(DepositId),
    /// Come back later.
    SetTimer(Timer, Span),
    /// Tell staff.
    Notify(NoticeAbout),
    /// Record the withdrawal of consent.
    OptOut,
    /// Record its return.
    OptIn,
}

/// The turn.
pub fn step(state: Conversation, input: Input, facts: &Facts<'_>, now: Timestamp) -> (Conversation, Vec<Action>) {
    flow::step(state, input, facts, now)
}

/// What a message of this conversation is to be read against.
pub fn reading_context<'a>(state: &'a Conversation, facts: &Facts<'a>, now: Timestamp) -> Context<'a> {
    // A "yes" to another question picks no time.
    let offer = state.offer.iter().filter(|_| state.pending.is_none());
    Context {
        now: facts.local(now),
        menu: facts.menu,
        offered: offer.flat_map(|o| &o.slots).map(|slot| facts.local(slot.start)).collect(),
        expecting: state.expecting,
        last_message: &state.last_message,
        known_name: state.lead.name.as_deref(),
        known_preference: state.lead.preference.as_ref(),
        has_appointment: state.appointment.is_some(),
        reminder_was_last: state.reminder_was_last,
    }
}
