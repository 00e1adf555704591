//! Understanding one message, with no model: what was said, as a [`Reading`].
//!
//! The parts read the same tokens side by side (`text.rs`): when, which service, whose name, what they want, consent,
//! safety, identifiers; `reply.rs` puts them against the times on offer. What people say is data in `lexicon/`.

pub mod contract;
pub mod identifiers;
mod name;
mod pattern;
mod reply;
mod service;
mod text;
mod time;

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use frontdesk_domain::language::Language;
use frontdesk_domain::lead::PatientType;
use frontdesk_domain::preference::TimePreference;

pub use identifiers::{Identifier, IdentifierKind, likely_email, valid_email};
use pattern::Patterns;
pub use service::{Menu, MenuItem};
use text::{Kind, Text};

/// For `reply.rs`: the parts of `time` it reads.
mod time_day {
    pub(crate) use super::time::DayMeaning;
}
use time::counts_something as time_counts;
use time::is_month_word;

fn word_set(source: &'static str) -> HashSet<&'static str> {
    source.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace).collect()
}

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| word_set(include_str!("../../lexicon/common_words.txt")));
static FIRST_NAMES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| word_set(include_str!("../../lexicon/first_names.txt")));
static INTENTS: LazyLock<Patterns> = LazyLock::new(|| Patterns::parse(include_str!("../../lexicon/intents.txt")));
static CONSENT: LazyLock<Patterns> = LazyLock::new(|| Patterns::parse(include_str!("../../lexicon/consent.txt")));
static SAFETY: LazyLock<Patterns> = LazyLock::new(|| Patterns::parse(include_str!("../../lexicon/safety.txt")));
static INJECTION: LazyLock<Patterns> = LazyLock::new(|| Patterns::parse(include_str!("../../lexicon/injection.txt")));
static PATIENT: LazyLock<Patterns> = LazyLock::new(|| Patterns::parse(include_str!("../../lexicon/patient.txt")));

/// What the last message asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the values of the understanding contract")]
pub enum Expecting {
    #[default]
    None,
    Name,
    Service,
    PatientType,
    Email,
    TimePreference,
    Phone,
    Slot,
    Confirm,
    Deposit,
}

impl Expecting {
    /// The value of a word of the contract.
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "none" => Self::None,
            "name" => Self::Name,
            "service" => Self::Service,
            "patient_type" => Self::PatientType,
            "email" => Self::Email,
            "time_preference" => Self::TimePreference,
            "phone" => Self::Phone,
            "slot" => Self::Slot,
            "confirm" => Self::Confirm,
            "deposit" => Self::Deposit,
            _ => return None,
        })
    }
}

/// What a message wants; several at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the values of the understanding contract")]
pub enum Intent {
    Book,
    Reschedule,
    Cancel,
    CheckAppointment,
    Affirm,
    Deny,
    OtherOptions,
    Greeting,
    Thanks,
    Goodbye,
    Human,
    AskIfBot,
    Repeat,
    Question,
    AskPrice,
    AskHours,
    AskLocation,
    Complaint,
}

impl Intent {
    const ALL: [(&'static str, Self); 18] = [
        ("book", Self::Book),
        ("reschedule", Self::Reschedule),
        ("cancel", Self::Cancel),
        ("check_appointment", Self::CheckAppointment),
        ("affirm", Self::Affirm),
        ("deny", Self::Deny),
        ("other_options", Self::OtherOptions),
        ("greeting", Self::Greeting),
        ("thanks", Self::Thanks),
        ("goodbye", Self::Goodbye),
        ("human", Self::Human),
        ("ask_if_bot", Self::AskIfBot),
        ("repeat", Self::Repeat),
        ("question", Self::Question),
        ("ask_price", Self::AskPrice),
        ("ask_hours", Self::AskHours),
        ("ask_location", Self::AskLocation),
        ("complaint", Self::Complaint),
    ];
}

/// What a message does to the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the values of the understanding contract")]
pub enum SlotAction {
    Select,
    Clarify,
    MoreTimes,
    NotOffered,
    Reject,
}

/// A messaging-consent command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the values of the understanding contract")]
pub enum OptOut {
    Stop,
    Start,
    Help,
}

/// What makes a message a matter of safety.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the values of the understanding contract")]
pub enum SafetyFlag {
    Emergency,
    Crisis,
    PostProcedure,
    MedicalAdvice,
    Contraindication,
    Minor,
}

impl SafetyFlag {
    /// The word of the contract.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Crisis => "crisis",
            Self::PostProcedure => "post_procedure",
            Self::MedicalAdvice => "medical_advice",
            Self::Contraindication => "contraindication",
            Self::Minor => "minor",
        }
    }
}

/// What a message is read against.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The clinic's wall clock when it arrived.
    pub now: DateTime,
    /// The services.
    pub menu: &'a Menu,
    /// Wall-clock starts of the times last shown, in order.
    pub offered: Vec<DateTime>,
    /// What the last message asked for.
    pub expecting: Expecting,
    /// That message as it was sent.
    pub last_message: &'a str,
    /// The sender's name, when it is known.
    pub known_name: Option<&'a str>,
    /// What they said earlier about when.
    pub known_preference: Option<&'a TimePreference>,
    /// A visit is booked.
    pub has_appointment: bool,
    /// An appointment reminder was the last thing sent: a lone CANCEL is about the visit.
    pub reminder_was_last: bool,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What they want.
    pub intents: Vec<Intent>,
    /// The sender's own name.
    pub name: Option<String>,
    /// The name of the person it is for.
    pub for_name: Option<String>,
    /// It is for somebody else, named or not.
    pub for_other: bool,
    /// Services asked for, as spelt in the menu.
    pub services: Vec<String>,
    /// A variant of the first of them.
    pub variant: Option<String>,
    /// A treatment that is not on the menu, as written.
    pub unlisted_service: Option<String>,
    /// A concern instead of a service.
    pub concern: bool,
    /// A number given as their own, E.164.
    pub phone: Option<String>,
    /// The provider wished for, or `any`.
    pub provider: Option<String>,
    /// New or existing.
    pub patient_type: Option<PatientType>,
    /// E-mail address.
    pub email: Option<String>,
    /// They would rather not give one.
    pub email_refused: bool,
    /// When.
    pub preference: TimePreference,
    /// Index of the offered time taken.
    pub selected: Option<usize>,
    /// What it does to the offer.
    pub slot_action: Option<SlotAction>,
    /// Consent command.
    pub opt_out: Option<OptOut>,
    /// The opt-out is a lone CANCEL or END, which an answer to a reminder may mean otherwise.
    pub lone_cancel: bool,
    /// Safety.
    pub safety: Vec<SafetyFlag>,
    /// An attempt to steer the assistant.
    pub injection: bool,
    /// Identifiers, with their places in the text.
    pub identifiers: Vec<Identifier>,
    /// The text with them masked.
    pub redacted_text: String,
    /// The language, when the message tells.
    pub language: Option<Language>,
    /// Nothing but emoji or signs.
    pub wordless: bool,
    /// They say that they are not who we think.
    pub wrong_number: bool,
    /// A card number was typed, masked here or before.
    pub card: bool,
    /// Pictures or files that came along; set by whoever received them.
    pub media: u32,
    /// Folded words, for looking answers up in what the clinic wrote.
    pub words: Vec<String>,
}

impl Reading {
    /// Whether an intent was read.
    pub fn wants(&self, intent: Intent) -> bool {
        self.intents.contains(&intent)
    }
    /// Whether a safety flag was read.
    pub fn is(&self, flag: SafetyFlag) -> bool {
        self.safety.contains(&flag)
    }
}

/// Tokens of a message that are read for wishes; danger, consent and identifiers are looked for in all of it. A text of
/// 1,600 characters has about 400.
const HEAD_TOKENS: usize = 400;

/// Reads a message.
pub fn read(context: &Context<'_>, message: &str) -> Reading {
    let whole = Text::new(message);
    let head = whole.head(HEAD_TOKENS);
    let text = head.as_ref().unwrap_or(&whole);
    let today = context.now.date();
    let bare = matches!(context.expecting, Expecting::TimePreference)
        || (context.offered.is_empty() && context.expecting == Expecting::Slot);
    let items = time::items(text, today, bare);
    let preference = time::preference(text, &items, today, context.now.time());
    let asked = service::read(text, context.menu, |at| time::in_past_clause(text, at));
    let names = name::read(text, &asked.spans, context.expecting, context.known_name);
    let emails = identifiers::emails(text);
    let (opt_out, lone_cancel) = consent(&whole);
    let safety = safety(&whole, names.for_other);
    let injection = INJECTION.any(&whole);

    let mut reading = Reading {
        name: names.own,
        for_name: names.other,
        for_other: names.for_other,
        services: asked.services,
        variant: asked.variant,
        unlisted_service: asked.unlisted,
        concern: asked.concern,
        phone: identifiers::own_phone(text),
        provider: provider(text),
        email: emails.first().map(|e| e.address.clone()),
        email_refused: refuses_email(text, context.expecting),
        preference,
        opt_out,
        lone_cancel,
        safety,
        injection,
        language: language(text),
        wrong_number: wrong_number(text),
        wordless: text.tokens.iter().all(|t| t.kind == Kind::Sign),
        words: text.tokens.iter().filter(|t| t.kind == Kind::Word).map(|t| t.word.clone()).collect(),
        ..Reading::default()
    };
    reading.intents = intents(text, context, &reading);
    let offer = reply::Offer {
        times: &context.offered,
        expecting: context.expecting,
        preference: context.known_preference,
        today,
        affirm: reading.wants(Intent::Affirm),
        deny: reading.wants(Intent::Deny),
        wants_other: reading.wants(Intent::OtherOptions),
        question: message.contains('?')
            && (reading.wants(Intent::AskPrice)
                || reading.wants(Intent::AskHours)
                || reading.wants(Intent::AskLocation)),
    };
    let replied = reply::read(text, &items, &offer);
    reading.slot_action = replied.action;
    reading.selected = replied.selected;
    settle_intents(&mut reading, context, message);
    reading.patient_type = patient_type(text, context, &reading);
    let mut spans = identifiers::find(&whole, today);
    for (start, end) in [names.own_span, names.other_span].into_iter().flatten() {
        let (start, end) = (text.tokens[start].start, text.tokens[end - 1].end);
        if spans.iter().all(|s| s.end <= start || s.start >= end) {
            spans.push(Identifier { kind: IdentifierKind::Name, start, end });
        }
    }
    spans.sort_by_key(|s| s.start);
    reading.card =
        message.contains(IdentifierKind::Card.mask()) || spans.iter().any(|s| s.kind == IdentifierKind::Card);
    reading.redacted_text = identifiers::masked(&whole, &spans);
    reading.identifiers = spans;
    reading
}

/// The text with what is never stored masked: cards, SSN, labelled record, account, licence and insurance numbers, birth
/// dates. The second value tells whether a birth date makes the sender younger than 18.
pub fn mask_for_store(message: &str, today: jiff::civil::Date) -> (String, bool) {
    let text = Text::new(message);
    let spans: Vec<Identifier> =
        identifiers::find(&text, today).into_iter().filter(|s| s.kind.never_stored()).collect();
    let minor = spans.iter().filter(|s| s.kind == IdentifierKind::Dob).any(|s| {
        let written = Text::new(&text.slice(s.start, s.end));
        time::first_date(&written, today).is_some_and(|born| {
            today.year() - born.year() < 18
                || (today.year() - born.year() == 18 && (today.month(), today.day()) < (born.month(), born.day()))
        })
    });
    (identifiers::masked(&text, &spans), minor)
}

fn intents(text: &Text, context: &Context<'_>, reading: &Reading) -> Vec<Intent> {
    let mut found = Vec::new();
    for hit in INTENTS.find(text) {
        let label = INTENTS.label(hit);
        if let Some((_, intent)) = Intent::ALL.iter().find(|(key, _)| *key == label) {
            if !found.contains(intent) {
                found.push(*intent);
            }
        }
    }
    let thumbs = text.tokens.iter().any(|t| matches!(t.sign(), Some('👍' | '👌' | '✅')));
    if thumbs
        && reading.wordless
        && matches!(
            context.expecting,
            Expecting::Confirm | Expecting::Slot | Expecting::Deposit | Expecting::PatientType
        )
    {
        found.push(Intent::Affirm);
    }
    if text.tokens.iter().any(|t| t.sign() == Some('👎')) && reading.wordless {
        found.push(Intent::Deny);
    }
    // Asking for a service by name, or for a time, is asking for a visit.
    let wish = text.has_any(&[
        "want",
        "need",
        "book",
        "get",
        "can",
        "could",
        "like",
        "looking",
        "do",
        "interested",
        "schedule",
        "any",
        "appointment",
        "quiero",
        "for",
    ]);
    let no_offer = context.offered.is_empty();
    if no_offer
        && !context.has_appointment
        && !found.contains(&Intent::Book)
        && (!reading.services.is_empty() && (wish || !reading.preference.is_empty()))
    {
        let only_asks = found.iter().any(|i| {
            matches!(
                i,
                Intent::AskPrice
                    | Intent::AskHours
                    | Intent::AskLocation
                    | Intent::Cancel
                    | Intent::Reschedule
                    | Intent::CheckAppointment
            )
        });
        if !only_asks {
            found.push(Intent::Book);
        }
    }
    found
}

/// What only the whole picture tells.
fn settle_intents(reading: &mut Reading, context: &Context<'_>, message: &str) {
    let about_visit = [Intent::Cancel, Intent::Reschedule, Intent::CheckAppointment];
    if about_visit.iter().any(|i| reading.wants(*i)) {
        reading.intents.retain(|i| *i != Intent::Book);
        if reading.wants(Intent::Reschedule) {
            reading.intents.retain(|i| !matches!(i, Intent::Cancel | Intent::OtherOptions));
        }
        if reading.wants(Intent::Cancel) {
            reading.intents.retain(|i| !matches!(i, Intent::Deny));
        }
    }
    if reading.opt_out == Some(OptOut::Stop) {
        reading.intents.retain(|i| !matches!(i, Intent::Cancel | Intent::Affirm));
    }
    match reading.slot_action {
        Some(SlotAction::Select) => {
            reading.intents.retain(|i| {
                !matches!(i, Intent::OtherOptions | Intent::Deny | Intent::Book | Intent::CheckAppointment)
            });
            if !reading.wants(Intent::Affirm) {
                reading.intents.push(Intent::Affirm);
            }
        }
        Some(SlotAction::NotOffered) => reading.intents.retain(|i| !matches!(i, Intent::OtherOptions | Intent::Affirm)),
        Some(SlotAction::MoreTimes) => {
            if !reading.wants(Intent::OtherOptions) {
                reading.intents.push(Intent::OtherOptions);
            }
            reading.intents.retain(|i| !matches!(i, Intent::Affirm));
        }
        Some(SlotAction::Reject) => {
            if !reading.wants(Intent::Deny) {
                reading.intents.push(Intent::Deny);
            }
            reading.intents.retain(|i| !matches!(i, Intent::Affirm));
        }
        Some(SlotAction::Clarify) | None => {}
    }
    if context.offered.is_empty() && reading.wants(Intent::Book) {
        reading.intents.retain(|i| *i != Intent::OtherOptions);
    }
    if reading.wants(Intent::Deny)
        && reading.wants(Intent::Affirm)
        && message.trim_start().to_lowercase().starts_with("no")
    {
        reading.intents.retain(|i| *i != Intent::Affirm);
    }
    let asks =
        [Intent::AskPrice, Intent::AskHours, Intent::AskLocation, Intent::AskIfBot].iter().any(|i| reading.wants(*i));
    let booking_only = reading.wants(Intent::Book)
        || reading.wants(Intent::CheckAppointment)
        || reading.wants(Intent::Reschedule)
        || reading.wants(Intent::Cancel)
        || reading.slot_action.is_some();
    if asks && !reading.wants(Intent::Question) {
        reading.intents.push(Intent::Question);
    }
    if !asks && booking_only && !message.contains('?') {
        reading.intents.retain(|i| *i != Intent::Question);
    }
    if message.contains('?')
        && !booking_only
        && !reading.wants(Intent::Question)
        && reading.opt_out.is_none()
        && !reading.wordless
    {
        reading.intents.push(Intent::Question);
    }
    let order = |intent: &Intent| Intent::ALL.iter().position(|(_, known)| known == intent).unwrap_or(0);
    reading.intents.sort_by_key(order);
    reading.intents.dedup();
    // A greeting is named first where the message begins with one.
    if let Some(at) = reading.intents.iter().position(|i| *i == Intent::Greeting) {
        let greeting = reading.intents.remove(at);
        reading.intents.insert(0, greeting);
    }
}

/// "Wrong number", "you have the wrong person".
fn wrong_number(text: &Text) -> bool {
    text.tokens.windows(2).any(|w| {
        (w[0].is("wrong") && matches!(w[1].word.as_str(), "number" | "person" | "phone"))
            || (matches!(w[0].word.as_str(), "numero" | "number")
                && matches!(w[1].word.as_str(), "equivocado" | "incorrecto"))
    })
}

/// Lone keywords, on the whole message; then free wording, unless it is about a visit.
fn consent(text: &Text) -> (Option<OptOut>, bool) {
    let words: Vec<&str> = text.tokens.iter().filter(|t| t.kind != Kind::Sign).map(|t| t.folded.as_str()).collect();
    let trimmed: Vec<&str> =
        words.iter().copied().filter(|w| !matches!(*w, "please" | "pls" | "plz" | "now" | "thanks")).collect();
    match trimmed.as_slice() {
        [
            "stop" | "stopall" | "unsubscribe" | "quit" | "revoke" | "optout" | "alto" | "parar" | "pare" | "baja"
            | "remove" | "unsuscribe",
        ]
        | ["stop", "all" | "stop" | "texting" | "it" | "everything"]
        | ["opt", "out"] => return (Some(OptOut::Stop), false),
        ["cancel" | "end" | "cancelar"] if words.len() == 1 => return (Some(OptOut::Stop), true),
        ["start" | "unstop" | "subscribe"] | ["opt", "in"] if words.len() <= 2 => return (Some(OptOut::Start), false),
        ["help" | "info" | "ayuda"] if words.len() == 1 => return (Some(OptOut::Help), false),
        _ => {}
    }
    // "Who is this? Stop": the last sentence is the command.
    let sentences: Vec<&[text::Token]> =
        text.tokens.split(text::Token::ends_sentence).filter(|s| !s.is_empty()).collect();
    if let Some([only]) = sentences.last().filter(|_| sentences.len() > 1) {
        if matches!(only.folded.as_str(), "stop" | "unsubscribe" | "unsub" | "quit" | "alto") {
            return (Some(OptOut::Stop), false);
        }
    }
    let mut found = None;
    for hit in CONSENT.find(text) {
        let here = match CONSENT.label(hit) {
            "stop" if about_something_else(text, hit.start, hit.end) => continue,
            "stop" => OptOut::Stop,
            "start" => OptOut::Start,
            _ => OptOut::Help,
        };
        if found != Some(OptOut::Stop) {
            found = Some(here);
        }
    }
    (found, false)
}

/// "Stop calling my work phone, text me instead", "did you stop texting my sister?": not a withdrawal.
fn about_something_else(text: &Text, start: usize, end: usize) -> bool {
    let before: Vec<&str> = text.tokens[start.saturating_sub(4)..start].iter().map(|t| t.word.as_str()).collect();
    let question = before
        .iter()
        .any(|w| matches!(*w, "did" | "how" | "if" | "will" | "does" | "when" | "why" | "dont" | "cant" | "never"))
        && !text.has_any(&["please"]);
    let turned = text.tokens[end.min(text.tokens.len())..]
        .iter()
        .any(|t| matches!(t.word.as_str(), "instead" | "until" | "before" | "unless" | "after"));
    // "Opt out of the e-mail", "off the waitlist": another list than ours.
    let other_list =
        text.tokens[start..].iter().take(8).any(|t| {
            matches!(t.word.as_str(), "email" | "emails" | "emailing" | "deposit" | "waitlist" | "newsletter")
        }) && !text.tokens[start..end.min(text.tokens.len())]
            .iter()
            .any(|t| matches!(t.word.as_str(), "text" | "texts" | "texting" | "message" | "messages"));
    // "Don't call me, text me."
    let prefers_texts = text.tokens[end.min(text.tokens.len())..].windows(2).any(|w| w[0].is("text") && w[1].is("me"));
    question || turned || other_list || prefers_texts
}

fn safety(text: &Text, for_other: bool) -> Vec<SafetyFlag> {
    let mut flags = Vec::new();
    for hit in SAFETY.find(text) {
        let flag = match SAFETY.label(hit) {
            "emergency" if harmless(text, hit.start, hit.end) => continue,
            "emergency" => SafetyFlag::Emergency,
            "crisis" if harmless(text, hit.start, hit.end) => continue,
            "crisis" => SafetyFlag::Crisis,
            "post_procedure" => SafetyFlag::PostProcedure,
            "medical_advice" => SafetyFlag::MedicalAdvice,
            "contraindication" if negated_before(text, hit.start) => continue,
            "contraindication" => SafetyFlag::Contraindication,
            _ => SafetyFlag::Minor,
        };
        if !flags.contains(&flag) {
            flags.push(flag);
        }
    }
    if under_age(text, for_other) && !flags.contains(&SafetyFlag::Minor) {
        flags.push(SafetyFlag::Minor);
    }
    flags
}

fn negated_before(text: &Text, start: usize) -> bool {
    text.tokens[start.saturating_sub(3)..start]
        .iter()
        .any(|t| matches!(t.word.as_str(), "not" | "no" | "never" | "isnt" | "arent" | "dont" | "without"))
}

/// Danger words that report nothing: jokes, other times, other people's stories, questions about risk.
fn harmless(text: &Text, start: usize, end: usize) -> bool {
    let around = &text.tokens[start.saturating_sub(5)..(end + 4).min(text.tokens.len())];
    let asked_about = text.tokens[start.saturating_sub(40)..start]
        .iter()
        .any(|t| matches!(t.word.as_str(), "if" | "risk" | "risks" | "possible" | "chance" | "case"))
        || text
            .tokens
            .first()
            .is_some_and(|t| matches!(t.word.as_str(), "can" | "does" | "do" | "could" | "will" | "what"))
            && !around.iter().any(|t| matches!(t.word.as_str(), "i" | "my" | "im" | "ive"));
    let joking = text.has_any(&["lol", "lmao", "haha", "hahaha", "joking", "kidding", "jk"]);
    let past = around.iter().any(|t| matches!(t.word.as_str(), "ago" | "last" | "once" | "years" | "history" | "used"))
        && !around.iter().any(|t| matches!(t.word.as_str(), "now" | "still" | "cant"));
    asked_about || joking || past || negated_before(text, start)
}

/// An age below 18 of the patient.
fn under_age(text: &Text, for_other: bool) -> bool {
    (0..text.tokens.len()).any(|at| {
        let Some(age) = text.tokens[at].number().filter(|age| (1..18).contains(age)) else { return false };
        let before = at.checked_sub(1).map_or("", |b| text.word(b));
        let before_that = at.checked_sub(2).map_or("", |b| text.word(b));
        let dashed = usize::from(text.word(at + 1) == "-");
        let (unit, then) = (text.word(at + 1 + dashed), text.word(at + 2 + 2 * dashed));
        let years = matches!(unit, "yo" | "anos")
            || (matches!(unit, "year" | "years" | "yr" | "yrs" | "y")
                && (matches!(then, "old" | "o" | "daughter" | "son" | "olds") || text.word(at + 3) == "old"));
        let since = matches!(text.word(at + 2), "ago" | "experience" | "since")
            || text.has_any(&["been"]) && !matches!(then, "old" | "o");
        let bare_age = (10..18).contains(&age)
            && !time_counts(unit)
            && !matches!(unit, "am" | "pm" | "blocks" | "away" | "late" | "early" | ":" | "/" | "%");
        let named = matches!(before, "im" | "shes" | "hes" | "turned") || (before == "am" && before_that == "i");
        let says_age = (named && bare_age)
            || matches!(before, "im" | "shes" | "hes")
                && matches!(unit, "" | "." | "," | "and" | "!" | "but" | "so" | "is")
            || before == "am" && before_that == "i" && matches!(unit, "" | "." | "," | "and" | "but")
            || before == "only" && matches!(before_that, "im" | "shes" | "hes" | "is" | "am")
            || before == "turning"
            || before == "tengo" && unit == "anos";
        // "16" alone behind "for my daughter, 16".
        let apposed = for_other && before == "," && age > 9 && matches!(unit, "" | "." | ",");
        (years && !since) || says_age || apposed
    })
}

fn patient_type(text: &Text, context: &Context<'_>, reading: &Reading) -> Option<PatientType> {
    let (mut new, mut existing) = (false, false);
    // "No, first time" answers and says; "not my first time" denies.
    let denied = |start: usize| {
        let before = &text.tokens[start.saturating_sub(3)..start];
        before.iter().any(|t| matches!(t.word.as_str(), "not" | "isnt" | "arent" | "dont" | "never" | "havent"))
    };
    for hit in PATIENT.find(text) {
        match PATIENT.label(hit) {
            "new" if denied(hit.start) && text.word(hit.start) != "never" => existing = true,
            "new" => new = true,
            _ if denied(hit.start) => new = true,
            _ => existing = true,
        }
    }
    // One item of a list: "Kim Tate, new, kim@…".
    for at in 0..text.tokens.len() {
        let alone = (at == 0 || text.tokens[at - 1].kind == Kind::Sign)
            && text.tokens.get(at + 1).is_none_or(|t| t.kind == Kind::Sign);
        match text.word(at) {
            "new" | "nueva" | "nuevo" if alone => new = true,
            "returning" | "existing" if alone => existing = true,
            _ => {}
        }
    }
    if new != existing {
        return Some(if new { PatientType::New } else { PatientType::Existing });
    }
    if new || context.expecting != PATIENT_QUESTION {
        return None;
    }
    // A bare answer: its sense is the question's.
    let question = Text::new(context.last_message);
    let words: Vec<&str> = question.tokens.iter().map(|t| t.word.as_str()).collect();
    let last_new = words.iter().rposition(|w| matches!(*w, "new" | "nuevo" | "nueva" | "primera" | "first"));
    let last_known = words.iter().rposition(|w| {
        matches!(
            *w,
            "been"
                | "before"
                | "existing"
                | "returning"
                | "visited"
                | "seen"
                | "estado"
                | "visitado"
                | "venido"
                | "already"
        )
    });
    let asks_if_new = match (last_new, last_known) {
        (Some(_), None) => true,
        (None, _) => false,
        // "new or returning?" has no yes.
        (Some(_), Some(_)) => {
            return text
                .has_any(&["new", "nuevo", "nueva", "first"])
                .then_some(PatientType::New)
                .or_else(|| text.has_any(&["existing", "returning", "been"]).then_some(PatientType::Existing));
        }
    };
    let yes = reading.wants(Intent::Affirm);
    let no = reading.wants(Intent::Deny) || text.has_any(&["never", "nunca"]);
    match (yes, no) {
        (true, false) => Some(if asks_if_new { PatientType::New } else { PatientType::Existing }),
        (false, true) => Some(if asks_if_new { PatientType::Existing } else { PatientType::New }),
        _ => None,
    }
}

const PATIENT_QUESTION: Expecting = Expecting::PatientType;

/// "with Dana", "Dr. Lee", "anyone is fine".
fn provider(text: &Text) -> Option<String> {
    for at in 0..text.tokens.len() {
        let word = text.word(at);
        let any = matches!(word, "anyone" | "anybody" | "whoever" | "cualquiera")
            || (matches!(word, "any")
                && matches!(text.word(at + 1), "provider" | "injector" | "doctor" | "nurse" | "one"));
        let of_person = matches!(text.word(at + 1), "there" | "else" | "called" | "answer" | "home")
            || at.checked_sub(1).is_some_and(|b| matches!(text.word(b), "is" | "does" | "did" | "has" | "can"));
        if any && !of_person {
            return Some("any".to_owned());
        }
        if matches!(word, "no") && text.word(at + 1) == "preference" && text.has_any(&["provider", "who"]) {
            return Some("any".to_owned());
        }
        let titled = matches!(word, "dr" | "doctor" | "nurse" | "dra");
        let led = matches!(word, "with" | "con" | "see" | "prefer")
            || (matches!(word, "whichever") && text.word(at + 1) == "is");
        if !titled && !led {
            continue;
        }
        let mut start = at + 1;
        while matches!(text.word(start), "." | "is" | "with" | "dr" | "doctor" | "nurse" | "dra" | "the" | "la" | "el")
        {
            start += 1;
        }
        let is_name = |i: usize| {
            text.tokens.get(i).is_some_and(|t| {
                t.kind == Kind::Word
                    && !COMMON.contains(t.word.as_str())
                    && (text.is_capitalised(i) || FIRST_NAMES.contains(t.folded.as_str()))
            })
        };
        if is_name(start)
            || (titled
                && start > at + 1
                && text.tokens.get(start).is_some_and(|t| t.kind == Kind::Word && !COMMON.contains(t.word.as_str())))
        {
            let mut end = start + 1;
            while is_name(end) && end - start < 3 {
                end += 1;
            }
            return Some(text.slice(text.tokens[start].start, text.tokens[end - 1].end));
        }
    }
    None
}

fn refuses_email(text: &Text, expecting: Expecting) -> bool {
    let about_mail = text.has_any(&["email", "mail", "correo"]);
    let refusing = text
        .has_any(&["no", "dont", "rather", "skip", "prefer", "not", "none", "without", "later", "nope", "pass", "sin"]);
    let personal = !text.has_any(&["@"]);
    refusing && personal && (about_mail || expecting == Expecting::Email)
}

/// Spanish when its own words outnumber English ones; unknown when neither tells.
fn language(text: &Text) -> Option<Language> {
    const SPANISH: &[&str] = &[
        "hola", "quiero", "quisiera", "necesito", "tengo", "puedo", "puede", "cita", "para", "con", "una", "el", "los",
        "las", "del", "que", "es", "soy", "estoy", "muy", "bien", "si", "nuevo", "nueva", "paciente", "manana",
        "tarde", "noche", "hoy", "gracias", "favor", "buenas", "buenos", "dias", "tardes", "cuanto", "cuesta",
        "precio", "donde", "hablan", "espanol", "mi", "me", "llamo", "nombre", "gustaria", "como", "cuando", "hacer",
        "primera", "vez", "ya", "por", "proximo", "proxima", "despues", "antes", "la", "de", "en", "claro", "perfecto",
        "ninguna", "correo", "horario", "labios", "tienen", "quien", "esta", "este",
    ];
    const ENGLISH: &[&str] = &[
        "the",
        "i",
        "im",
        "you",
        "is",
        "and",
        "to",
        "for",
        "my",
        "can",
        "want",
        "need",
        "a",
        "of",
        "have",
        "do",
        "what",
        "with",
        "hi",
        "hello",
        "please",
        "yes",
        "on",
        "it",
        "at",
        "book",
        "appointment",
        "thanks",
        "how",
        "much",
        "your",
        "be",
        "this",
    ];
    let mut spanish = 0;
    let mut english = 0;
    for token in &text.tokens {
        let word = token.folded.as_str();
        spanish += usize::from(SPANISH.contains(&word) || matches!(word, "¿" | "¡"));
        english += usize::from(ENGLISH.contains(&word));
    }
    // "me" and "no" are words of both.
    let strong = text.has_any(&[
        "hola", "quiero", "quisiera", "gracias", "cita", "manana", "buenas", "soy", "llamo", "necesito", "gustaria",
        "cuanto", "espanol", "claro", "perfecto", "tardes",
    ]);
    if (spanish > english && spanish >= 2) || (strong && spanish >= english) {
        Some(Language::Spanish)
    } else if english >= 2 && english > spanish {
        Some(Language::English)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
