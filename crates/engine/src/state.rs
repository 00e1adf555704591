//! What a conversation knows: the durable state of the flow, stored as versioned JSON.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use frontdesk_domain::appointment::{Appointment, Hold};
use frontdesk_domain::conversation::Stage;
use frontdesk_domain::deposit::Deposit;
use frontdesk_domain::ids::{LeadId, ServiceId};
use frontdesk_domain::language::Language;
use frontdesk_domain::lead::{LeadStatus, PatientType};
use frontdesk_domain::limits::{TEXT_REFILL, TEXTS_PER_BURST};
use frontdesk_domain::money::Money;
use frontdesk_domain::offer::Marks;
use frontdesk_domain::phone::PhoneNumber;
use frontdesk_domain::preference::TimePreference;
use frontdesk_domain::slot::Slot;

use crate::understand::Expecting;

/// An e-mail address, as far as it got.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailFact {
    /// Not asked, not given.
    #[default]
    Unknown,
    /// Given and valid.
    Given(String),
    /// Looks mistyped: what was typed and what was probably meant.
    Doubtful {
        /// As typed.
        typed: String,
        /// The likely address.
        likely: String,
    },
    /// They would rather not, or did not answer.
    Declined,
}

/// What they want this time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Lead {
    /// Counts requests in this conversation, from 0.
    pub sequence: u32,
    /// The sender's own name.
    pub name: Option<String>,
    /// The name of the person it is for, when that is someone else.
    pub for_name: Option<String>,
    /// It is for someone else.
    pub for_other: bool,
    /// Services asked for, in order; the first is searched.
    pub services: Vec<ServiceId>,
    /// A variant of the first.
    pub variant: Option<String>,
    /// The provider wished for, or `any`.
    pub provider: Option<String>,
    /// New or existing.
    pub patient_type: Option<PatientType>,
    /// E-mail.
    pub email: EmailFact,
    /// When; `None` until they said anything about it.
    pub preference: Option<TimePreference>,
    /// How far it got.
    pub status: LeadStatus,
}

impl Lead {
    /// Whether first and last name are there.
    pub fn has_full_name(&self) -> bool {
        self.name.as_ref().is_some_and(|name| name.split_whitespace().count() > 1)
    }

    /// Whom the visit is for.
    pub fn patient_name(&self) -> Option<&str> {
        self.for_name.as_deref().or(self.name.as_deref())
    }

    /// The given e-mail address.
    pub fn email(&self) -> Option<&str> {
        match &self.email {
            EmailFact::Given(address) => Some(address),
            EmailFact::Unknown | EmailFact::Doubtful { .. } | EmailFact::Declined => None,
        }
    }
}

/// A phone number that was typed, where the channel gives none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneFact {
    /// As typed.
    pub number: PhoneNumber,
    /// They agreed to be texted there.
    pub may_text: bool,
    /// A texted code came back: it is theirs.
    pub is_proven: bool,
}

/// A code that was texted to a typed number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// Six digits.
    pub code: String,
    /// When it was texted.
    pub at: Timestamp,
    /// Wrong ones typed since.
    pub misses: u8,
}

impl std::fmt::Debug for SentCode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SentCode({} misses)", self.misses)
    }
}

/// Times on offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// In the order shown.
    pub slots: Vec<Slot>,
    /// How they are marked.
    pub marks: Marks,
    /// When they were shown.
    pub at: Timestamp,
    /// Starts shown earlier for the same request, so that "others" are others.
    #[serde(default)]
    pub shown_before: Vec<Timestamp>,
}

/// Why a person has the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoverReason {
    /// They asked for a person.
    Asked,
    /// A complaint.
    Complaint,
    /// An emergency.
    Emergency,
    /// A crisis.
    Crisis,
    /// A minor.
    Minor,
    /// We could not understand.
    NotUnderstood,
    /// The booking platform does not answer.
    PlatformDown,
    /// Staff took over.
    Takeover,
    /// The clinic books by hand.
    ByHand,
    /// No payment page can be made.
    PaymentsDown,
}

impl HandoverReason {
    /// Whether nothing is booked until staff give the conversation back.
    pub const fn closes_booking(self) -> bool {
        matches!(self, Self::Emergency | Self::Crisis | Self::Minor)
    }

    /// In words for staff.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Asked => "asked for a person",
            Self::Complaint => "complaint",
            Self::Emergency => "possible emergency",
            Self::Crisis => "crisis",
            Self::Minor => "patient under 18",
            Self::NotUnderstood => "needs a person",
            Self::PlatformDown => "calendar unavailable",
            Self::Takeover => "taken over",
            Self::ByHand => "confirm the time by hand",
            Self::PaymentsDown => "payment page unavailable",
        }
    }
}

/// A change a confirmation question is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// "Shall I cancel it?"
    Cancel,
    /// "Did you mean jo@gmail.com?"
    Email,
    /// "STOP texts, or cancel the visit?"
    CancelOrStop,
    /// "Another time, or cancel it?"
    MoveOrCancel,
    /// "Which one do you mean?", to cancel it.
    WhichToCancel,
    /// "Which one do you mean?", to move it.
    WhichToMove,
    /// "The link ended. Shall I try again?"
    TryAgain,
}

/// What a question about a deposit asks them to agree to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// How much.
    pub amount: Money,
    /// The time it keeps, where we keep the calendar.
    pub slot: Option<Slot>,
    /// The policy as it was shown.
    pub policy: String,
}

/// Everything a conversation knows. Bodies of messages are not in it, but for the last question, which settles what a
/// bare "yes" means.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversation {
    /// Version of this form; see [`Conversation::FORMAT`].
    pub format: u32,
    /// Where it stands.
    pub stage: Stage,
    /// The phone they typed, where the channel gives none.
    pub phone: Option<PhoneFact>,
    /// The code that shall prove it.
    pub code: Option<SentCode>,
    /// The deposit a form agreed to, until the time is kept.
    pub form_agreed: Option<Money>,
    /// They asked for a visit before they proved their number.
    pub visit_wanted: bool,
    /// The language of the last message that told.
    pub language: Language,
    /// What they want this time.
    pub lead: Lead,
    /// What the last message asked for.
    pub expecting: Expecting,
    /// That message.
    pub last_message: String,
    /// Times on offer.
    pub offer: Option<Offer>,
    /// A slot kept.
    pub hold: Option<Hold>,
    /// The question about a deposit that is open.
    pub agreeing: Option<Agreement>,
    /// The last deposit asked for.
    pub deposit: Option<Deposit>,
    /// Deposits of earlier requests.
    pub other_deposits: Vec<Deposit>,
    /// The last fee asked for.
    pub fee: Option<Deposit>,
    /// Links made so far, for the key of the next one.
    pub deposits: u32,
    /// The visit that stands, of several the one talked about.
    pub appointment: Option<Appointment>,
    /// Other visits that stand.
    pub other_visits: Vec<Appointment>,
    /// The visit called off last, for what staff are told.
    pub called_off: Option<Appointment>,
    /// The visit being moved.
    pub rescheduling: bool,
    /// What a confirmation question is about.
    pub pending: Option<Pending>,
    /// When the assistant introduced itself as an AI last.
    pub introduced_at: Option<Timestamp>,
    /// When the patient wrote last.
    pub heard_at: Option<Timestamp>,
    /// How often each question was asked for this request.
    pub asked: BTreeMap<String, u8>,
    /// Things that are said once.
    pub said: Vec<String>,
    /// A person has it: since when and why.
    pub handed_over: Option<(Timestamp, HandoverReason)>,
    /// A person answers in our place.
    pub taken_over: bool,
    /// The deposit they said no to last, should they come back to it with their next words.
    pub declined: Option<Agreement>,
    /// The time staff are confirming, and since when: until the turn that tells the patient.
    pub confirming: Option<(Timestamp, Timestamp)>,
    /// They opted out.
    pub opted_out: bool,
    /// They disclosed something a provider must look at. What it was is not kept here.
    pub provider_review: bool,
    /// A person under 18 may be meant.
    pub minor: bool,
    /// Visits booked so far, for the key of the next booking.
    pub bookings: u32,
    /// The last offer was followed up.
    pub followed_up: bool,
    /// The last thing sent was an appointment reminder.
    pub reminder_was_last: bool,
    /// Messages in a row that were not understood.
    pub lost: u8,
    /// The name asked for last is that of the person it is for.
    pub naming_other: bool,
    /// When they worried about a treated area last.
    pub worried_at: Option<Timestamp>,
    /// How fast they write.
    pub pace: Pace,
}

/// A leaky bucket over the texts of one number: what keeps one handset from keeping the carrier busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// Texts in the bucket.
    level: u32,
    /// When it was looked at last.
    at: Option<Timestamp>,
}

impl Pace {
    /// One more text. `false` when they write faster than anybody talks.
    pub fn allows(&mut self, now: Timestamp) -> bool {
        let passed = self.at.map_or(i64::MAX, |at| now.duration_since(at).as_secs());
        let refill = i64::try_from(TEXT_REFILL.as_millis() / 1_000).unwrap_or(1).max(1);
        let leaked = u32::try_from((passed / refill).max(0)).unwrap_or(u32::MAX);
        if leaked > 0 || self.at.is_none() {
            self.level = self.level.saturating_sub(leaked);
            self.at = Some(now);
        }
        let allowed = self.level < TEXTS_PER_BURST;
        self.level += u32::from(allowed);
        allowed
    }
}

impl Conversation {
    /// The format this program writes.
    pub const FORMAT: u32 = 1;

    /// A conversation nobody has written in.
    pub fn new() -> Self {
        Self { format: Self::FORMAT, ..Self::default() }
    }

    /// The visits that stand and are ahead, by start.
    pub fn visits_ahead(&self, now: Timestamp) -> Vec<&Appointment> {
        let all = self.appointment.iter().chain(&self.other_visits);
        let mut ahead: Vec<&Appointment> = all.filter(|v| v.status.stands() && v.slot.start > now).collect();
        ahead.sort_by_key(|visit| visit.slot.start);
        ahead
    }

    /// The deposit of a request.
    pub fn deposit_of(&self, lead: LeadId) -> Option<&Deposit> {
        self.deposit.iter().chain(self.other_deposits.iter().rev()).find(|deposit| deposit.lead == lead)
    }

    /// Forgets visits that no longer stand in the calendar.
    pub fn forget_visits_but(&mut self, standing: &[Appointment]) {
        let stands = |visit: &Appointment| standing.iter().any(|s| s.id == visit.id);
        self.other_visits.retain(stands);
        if self.appointment.as_ref().is_some_and(|visit| !stands(visit)) {
            self.appointment = self.other_visits.pop();
            self.rescheduling = false;
        }
    }

    /// Makes one of the visits the one talked about.
    pub(crate) fn talk_about(&mut self, id: frontdesk_domain::ids::AppointmentId) {
        if let Some(at) = self.other_visits.iter().position(|visit| visit.id == id) {
            let chosen = self.other_visits.remove(at);
            self.other_visits.extend(self.appointment.replace(chosen));
        }
    }

    /// Whether a thing was said before; marks it said.
    pub(crate) fn say_once(&mut self, what: &str) -> bool {
        if self.said.iter().any(|s| s == what) {
            return false;
        }
        self.said.push(what.to_owned());
        true
    }
}
