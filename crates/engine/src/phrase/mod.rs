//! What is said, as acts; and the acts as words, in English and Spanish.
//!
//! Each act becomes one clause; each clause passes the guard behind (`guards/speech.rs`) before it is part of a message.
//! Times, prices, names and links come only from what an act carries or the clinic wrote.

mod en;
mod es;
mod when;

use jiff::Timestamp;

use frontdesk_domain::deposit::Purpose;
use frontdesk_domain::language::Language;
use frontdesk_domain::limits::REPLY_MAX_CHARS;
use frontdesk_domain::money::Money;
use frontdesk_domain::offer::Marks;
use frontdesk_domain::slot::Slot;
use frontdesk_domain::sms::plain_signs;

use crate::guards::speech;
use crate::turn::Facts;
use crate::understand::Expecting;

pub use when::{date_words, time_words};

/// Which greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greeting {
    /// A call missed in open hours.
    MissedOpen,
    /// A call missed out of hours.
    MissedClosed,
    /// A call missed because the line was busy.
    MissedBusy,
    /// Their first message.
    FirstText,
}

/// How an offer is introduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferNote {
    /// It is what they asked for.
    Fresh,
    /// Others than before.
    More,
    /// Nothing as asked; these are nearest.
    Nearest,
    /// The clinic is closed then.
    Closed,
    /// The time they named is not free.
    NotOffered,
    /// The time they took was taken by someone else.
    Gone,
}

/// What a question is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Opening hours.
    Hours,
    /// Address.
    Location,
    /// What a service costs, as the clinic says it.
    Price {
        /// The service.
        service: String,
        /// The price as written.
        price: String,
    },
    /// The clinic wrote no price.
    NoPrice {
        /// The service.
        service: String,
    },
    /// Some prices.
    Prices(Vec<(String, String)>),
    /// How long a visit takes.
    Duration {
        /// The service.
        service: String,
        /// Minutes.
        minutes: u16,
    },
    /// The clinic's own words.
    Verbatim(String),
    /// What is on the menu.
    Menu(Vec<String>),
    /// Who works here.
    Providers(Vec<String>),
    /// Whether, and when, the clinic is open on a day.
    OpenOn {
        /// The day.
        day: jiff::civil::Date,
        /// Its hours; none when closed.
        hours: Vec<frontdesk_domain::hours::Stretch>,
    },
    /// Whether it is open now.
    OpenNow,
    /// The clinic's number.
    Contact,
    /// The clinic wrote nothing about it.
    Unknown,
}

/// What stands in the way of a visit, met once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    /// It costs too much.
    Price,
    /// They compare places.
    Shopping,
    /// They are nervous.
    Nervous,
}

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the acts are described by their names and by the catalogue beside them")]
pub enum Act {
    Greet(Greeting),
    MissedAgain,
    NiceToMeet { first: String },
    Ask { what: Expecting, attempt: u8 },
    AskLastName { first: String },
    AskForName,
    AskVariant { names: Vec<String> },
    AskNewTime,
    AskOtherDays,
    ConfirmEmail { likely: String },
    EmailNotNeeded,
    Concern { names: Vec<String> },
    NotOnMenu { said: String },
    Answer(Answer),
    Offer { slots: Vec<Slot>, marks: Marks, note: OfferNote },
    Clarify { slots: Vec<usize>, marks: Marks, all: Vec<Slot> },
    StillOpen { attempt: u8 },
    NoOthers,
    NothingFree,
    Booked { service: String, slot: Slot, provider: Option<String>, patient: Option<String>, moved: bool },
    YourVisit { service: String, slot: Slot, provider: Option<String> },
    NoVisit,
    ConfirmCancel { service: String, slot: Slot, late: bool },
    Cancelled { service: String, slot: Slot },
    Kept { slot: Slot },
    NoProblem,
    WrongNumber,
    StaffConfirm,
    HowCanIHelp,
    CodeSent { ending: String },
    CodeText { code: String },
    CodeWrong,
    CodeOver,
    CodeNotNow,
    CodeWaiting { ending: String },
    PhoneProven,
    PhoneForVisit,
    PhoneNotNeeded,
    NoTexts,
    OptedOut,
    OptedIn,
    Help,
    CancelOrStop,
    Emergency,
    Crisis,
    PostProcedure,
    NoAdvice,
    ProviderDecides,
    Minor,
    NoCards,
    OthersData,
    CannotDoThat,
    Bot,
    Handover { again: bool },
    PassedOn { danger: bool },
    Complaint,
    Welcome { appointment: bool },
    AnythingElse,
    DidNotGet,
    FollowUp,
    Objection(Objection),
    TakeYourTime,
    WheneverReady { what: Expecting },
    ArrivalNoted { late: bool },
    Polite,
    NoSuchProvider { said: String, names: Vec<String> },
    AlsoNoted { names: Vec<String> },
    AskOtherPatientType { name: Option<String> },
    StillHere,
    TimesPassed,
    ConfirmSlot { slot: Slot },
    YourVisits { visits: Vec<(String, Slot)>, which: bool },
    MoveOrCancel { slot: Slot },
    ClinicalTeamKnows,
    NotTheirs { provider: String, service: String, names: Vec<String> },
    AskDeposit { slot: Option<Slot>, amount: Money, policy: String },
    DepositStill { amount: Money },
    DepositNoRush,
    DepositDeclined,
    DepositLink { link: String, amount: Money, minutes: i64 },
    LinkAgain { link: String },
    AwaitingPayment { link: String },
    PaymentsDown,
    Paid { amount: Money },
    PaidButGone { slot: Slot, amount: Money },
    PaidOther { amount: Money },
    PaymentFailed { link: String },
    DepositReminder { link: String, amount: Money, until: Timestamp },
    DepositExpired { slot: Option<Slot> },
    DepositFollowUp,
    Refunded { amount: Money },
    AboutDeposit { amount: Money },
    Fee { link: String, amount: Money, purpose: Purpose },
}

/// What a message was for, in the words of the `converse` contract: its most telling act.
pub fn about(acts: &[Act]) -> &'static str {
    let of = |act: &Act| match act {
        Act::Emergency | Act::Crisis | Act::PostProcedure | Act::StillHere | Act::ClinicalTeamKnows => (9, "safety"),
        Act::OptedOut | Act::OptedIn | Act::Help | Act::CancelOrStop => (9, "consent"),
        Act::DepositLink { .. } | Act::LinkAgain { .. } | Act::PaymentFailed { .. } | Act::Fee { .. } => {
            (8, "deposit_link")
        }
        Act::Booked { .. } => (8, "confirm"),
        Act::Paid { .. } | Act::Refunded { .. } | Act::PaidButGone { .. } | Act::PaidOther { .. } => (7, "receipt"),
        Act::AskDeposit { .. } | Act::DepositStill { .. } | Act::DepositNoRush => (6, "ask_deposit"),
        Act::DepositReminder { .. } | Act::DepositExpired { .. } | Act::DepositFollowUp => (6, "reminder"),
        Act::Minor
        | Act::Handover { .. }
        | Act::Complaint
        | Act::StaffConfirm
        | Act::PassedOn { .. }
        | Act::PaymentsDown
        | Act::NothingFree => (7, "handover"),
        Act::Offer { .. } => (6, "offer"),
        Act::Clarify { .. }
        | Act::StillOpen { .. }
        | Act::NoOthers
        | Act::ConfirmEmail { .. }
        | Act::ConfirmSlot { .. }
        | Act::MoveOrCancel { .. }
        | Act::YourVisits { which: true, .. }
        | Act::AskVariant { .. }
        | Act::ConfirmCancel { .. } => (6, "clarify"),
        Act::FollowUp => (6, "reminder"),
        Act::Ask { what, .. } => (
            5,
            match what {
                Expecting::Name => "ask_name",
                Expecting::Service => "ask_service",
                Expecting::PatientType => "ask_patient_type",
                Expecting::Email => "ask_email",
                Expecting::TimePreference => "ask_time",
                Expecting::Phone => "ask_phone",
                Expecting::None | Expecting::Slot | Expecting::Confirm | Expecting::Deposit => "clarify",
            },
        ),
        Act::AskOtherPatientType { .. } => (5, "ask_patient_type"),
        Act::AskLastName { .. } | Act::AskForName => (5, "ask_name"),
        Act::PhoneForVisit => (5, "ask_phone"),
        Act::CodeSent { .. } | Act::CodeWrong | Act::CodeOver | Act::CodeNotNow | Act::CodeWaiting { .. } => {
            (4, "ask_code")
        }
        Act::CodeText { .. } => (6, "code"),
        Act::AskNewTime | Act::AskOtherDays => (5, "ask_time"),
        Act::Concern { .. } => (5, "ask_service"),
        Act::Answer(_)
        | Act::YourVisit { .. }
        | Act::YourVisits { which: false, .. }
        | Act::NoVisit
        | Act::NoAdvice
        | Act::ProviderDecides
        | Act::NotOnMenu { .. }
        | Act::OthersData
        | Act::CannotDoThat
        | Act::Bot
        | Act::NoCards
        | Act::Cancelled { .. }
        | Act::Kept { .. }
        | Act::NoProblem
        | Act::WrongNumber
        | Act::Welcome { .. }
        | Act::AnythingElse
        | Act::DidNotGet
        | Act::Objection(_)
        | Act::TakeYourTime
        | Act::TimesPassed
        | Act::WheneverReady { .. }
        | Act::ArrivalNoted { .. }
        | Act::Polite
        | Act::NoSuchProvider { .. }
        | Act::NotTheirs { .. }
        | Act::AlsoNoted { .. }
        | Act::DepositDeclined
        | Act::AboutDeposit { .. }
        | Act::AwaitingPayment { .. }
        | Act::PhoneProven
        | Act::PhoneNotNeeded
        | Act::NoTexts
        | Act::EmailNotNeeded => (3, "answer"),
        Act::Greet(_) | Act::MissedAgain | Act::HowCanIHelp => (2, "greeting"),
        Act::NiceToMeet { .. } => (1, "greeting"),
    };
    acts.iter().map(of).max_by_key(|(weight, _)| *weight).map_or("answer", |(_, about)| about)
}

/// The catalogue's view of a turn.
pub(crate) struct Voice<'a> {
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) now: Timestamp,
    /// This message greets for the first time.
    pub(crate) greets: bool,
    /// Something else is said before the question.
    pub(crate) preceded: bool,
}

/// The words of some acts, guarded.
pub fn render(acts: &[Act], facts: &Facts<'_>, language: Language, now: Timestamp) -> String {
    let mut voice = Voice {
        facts,
        now,
        greets: acts.iter().any(|a| matches!(a, Act::Greet(Greeting::FirstText))),
        preceded: false,
    };
    let mut message = String::new();
    for act in acts {
        let clause = match language {
            Language::English => en::clause(act, &voice),
            Language::Spanish => es::clause(act, &voice),
        };
        let clause = plain_signs(clause.trim());
        if clause.is_empty() || !speech::may_be_said(&clause, act, facts) {
            continue;
        }
        if !message.is_empty() {
            message.push(if message.ends_with('\n') { '\0' } else { ' ' });
        }
        voice.preceded = true;
        message.push_str(&clause);
    }
    let message = message.replace('\0', "");
    let is_list = acts.iter().any(|a| matches!(a, Act::Offer { .. } | Act::Clarify { .. } | Act::YourVisits { .. }));
    if is_list { message } else { shorten(&message) }
}

/// Cuts a message that is too long at the end of a sentence; the last sentence, the question, stays.
fn shorten(message: &str) -> String {
    if message.chars().count() <= REPLY_MAX_CHARS {
        return message.to_owned();
    }
    let sentences: Vec<&str> = message.split_inclusive(['.', '!', '?']).collect();
    let question = sentences.last().filter(|s| s.trim_end().ends_with('?')).copied().unwrap_or("");
    let room = REPLY_MAX_CHARS.saturating_sub(question.chars().count());
    let mut kept = String::new();
    for sentence in &sentences[..sentences.len() - usize::from(!question.is_empty())] {
        if kept.chars().count() + sentence.chars().count() > room {
            break;
        }
        kept.push_str(sentence);
    }
    if kept.is_empty() {
        kept = message.chars().take(room).collect();
    }
    format!("{}{question}", kept.trim_end().to_owned() + if question.is_empty() { "" } else { " " })
        .replace("  ", " ")
        .trim()
        .to_owned()
}

/// The clinic's greeting for an occasion, its own or the built-in one. Whoever wrote it, the patient learns from it that no
/// person is speaking: where it does not say so, `disclosure` follows.
pub(crate) fn greeting_text(greeting: Greeting, facts: &Facts<'_>, built_in: &str, disclosure: &str) -> String {
    let persona = &facts.clinic.persona;
    let own = match greeting {
        Greeting::MissedOpen => &persona.greeting_missed_open,
        Greeting::MissedClosed => &persona.greeting_missed_closed,
        Greeting::MissedBusy => &persona.greeting_missed_busy,
        Greeting::FirstText => &persona.greeting_text,
    };
    let template = if own.trim().is_empty() { built_in } else { own };
    let text = fill(template, facts);
    if discloses(&text) { text } else { format!("{} {}", text.trim_end(), fill(disclosure, facts)) }
}

/// Whether a text says that it comes from no person.
fn discloses(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words.into_iter().any(|word| matches!(word, "ai" | "ia" | "automated" | "automatizada" | "automático" | "bot"))
        || lower.contains("virtual assistant")
        || lower.contains("asistente virtual")
        || lower.contains("artificial")
}

/// Puts the names into a text the owner wrote.
pub fn fill(template: &str, facts: &Facts<'_>) -> String {
    template.replace("{assistant}", &facts.clinic.persona.assistant).replace("{clinic}", &facts.clinic.name)
}

/// The words spoken to a caller whose call was missed. `texted`: whether a text message follows; who withholds their number
/// or wants no texts is told to call again.
pub fn spoken_notice(facts: &Facts<'_>, texted: bool) -> String {
    let own = &facts.clinic.persona.greeting_voice;
    let template = if !texted {
        "Hi, you've reached {clinic}. Sorry we missed you. We cannot text this number, so please call us again during opening hours. Goodbye."
    } else if own.trim().is_empty() {
        "Hi, you've reached {clinic}. This is {assistant}, the automated assistant. Sorry we missed you. We've just sent you a text message, and I can help you there right away. Goodbye."
    } else {
        own
    };
    fill(template, facts).chars().take(frontdesk_domain::limits::SPOKEN_MAX_CHARS).collect()
}

/// What the clinic wrote about preparing for a service, where it is short enough for a confirmation.
pub(crate) fn preparation<'a>(slot: &Slot, voice: &Voice<'a>) -> Option<&'a str> {
    let service = voice.facts.clinic.service(slot.service)?;
    Some(service.preparation.as_str()).filter(|text| !text.is_empty() && text.chars().count() < 200)
}

/// A list of times, one a line.
pub(crate) fn listed(slots: &[Slot], which: &[usize], marks: Marks, voice: &Voice<'_>, language: Language) -> String {
    let clinic = voice.facts.clinic;
    let several_providers = {
        let mut ids: Vec<_> = slots.iter().map(|s| s.provider).collect();
        ids.dedup();
        ids.len() > 1
    };
    let mut lines = String::new();
    for index in which {
        let slot = &slots[*index];
        let mark = marks.mark(*index);
        let provider = slot.provider.filter(|_| several_providers).and_then(|id| clinic.provider(id));
        let with = match (provider, language) {
            (Some(p), Language::English) => format!(" with {}", p.name),
            (Some(p), Language::Spanish) => format!(" con {}", p.name),
            (None, _) => String::new(),
        };
        lines.push('\n');
        lines.push_str(&format!("{mark}) {}{with}", when::list_entry(voice.facts.local(slot.start), language)));
    }
    lines
}
