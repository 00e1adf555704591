//! Understanding one message, with no model: what was said, as a [`Reading`].
//!
//! The parts read the same tokens side by side (`text.rs`): when, which service, whose name, what they want, consent,
//! safety, identifiers; `reply.rs` puts them against the times on offer. What people say is data in `lexicon/`.

mod addresses;
mod answer;
mod answered;
mod asides;
mod codes;
mod consent;
pub mod contract;
mod cues;
mod emails;
pub mod identifiers;
mod injection;
mod intents;
mod introduced;
mod lexicon;
mod name;
mod others;
mod otherwise;
mod pattern;
mod people;
mod person;
mod reply;
mod safety;
mod service;
mod slip;
mod stance;
mod text;
mod time;
pub mod weigh;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use frontdesk_domain::language::Language;
use frontdesk_domain::lead::PatientType;
use frontdesk_domain::preference::TimePreference;

use answer::Answer;
pub use emails::{likely_email, valid_email};
pub use identifiers::{Identifier, IdentifierKind};
use lexicon::FILES;
use people::People;
pub use service::{Menu, MenuItem};
pub use text::Word;
use text::{Kind, Text};
use weigh::Weighed;

/// For `reply.rs`: the parts of `time` it reads.
mod time_day {
    pub(crate) use super::time::DayMeaning;
}
use time::is_month_word;

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
    /// The word of the contract.
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Name => "name",
            Self::Service => "service",
            Self::PatientType => "patient_type",
            Self::Email => "email",
            Self::TimePreference => "time_preference",
            Self::Phone => "phone",
            Self::Slot => "slot",
            Self::Confirm => "confirm",
            Self::Deposit => "deposit",
        }
    }

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
    /// The word of the contract.
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(_, intent)| *intent == self).map_or("", |(key, _)| *key)
    }

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

impl OptOut {
    /// The word of the contract.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Help => "help",
        }
    }
}

impl SafetyFlag {
    const ALL: [Self; 6] =
        [Self::Emergency, Self::Crisis, Self::PostProcedure, Self::MedicalAdvice, Self::Contraindication, Self::Minor];

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

/// Something said that is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// It costs too much.
    Price,
    /// They compare places.
    Shopping,
    /// They want to think about it.
    Thinking,
    /// They are nervous.
    Nervous,
    /// They will be late.
    Late,
    /// They are at the door.
    Arrived,
    /// They cannot come to the visit they have.
    CannotCome,
    /// They would rather leave it.
    NeverMind,
    /// Abuse.
    Abuse,
}

impl Remark {
    fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "price" => Self::Price,
            "shopping" => Self::Shopping,
            "thinking" => Self::Thinking,
            "nervous" => Self::Nervous,
            "late" => Self::Late,
            "arrived" => Self::Arrived,
            "cannot_come" => Self::CannotCome,
            "never_mind" => Self::NeverMind,
            "abuse" => Self::Abuse,
            _ => return None,
        })
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
    /// A plain yes to one question, with nothing that takes it back.
    pub assents: bool,
    /// The one time a clarifying question is about.
    pub candidate: Option<usize>,
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
    /// Things said that are no request.
    pub remarks: Vec<Remark>,
    /// Pictures or files that came along; set by whoever received them.
    pub media: u32,
    /// Folded words in their usual spelling, for looking answers up in what the clinic wrote.
    pub words: Vec<Word>,
    /// Folded words and numbers as they were written: what must be understood to the last word.
    pub tokens: Vec<Word>,
}

impl Reading {
    /// Whether an intent was read.
    pub fn wants(&self, intent: Intent) -> bool {
        self.intents.contains(&intent)
    }
    /// Whether a remark was read.
    pub fn says(&self, remark: Remark) -> bool {
        self.remarks.contains(&remark)
    }
    /// Whether one of these words stands in the message, folded.
    pub fn has_word(&self, list: &[&str]) -> bool {
        self.words.iter().any(|w| list.contains(&w.as_str()))
    }
    /// Whether a safety flag was read.
    pub fn is(&self, flag: SafetyFlag) -> bool {
        self.safety.contains(&flag)
    }
}

/// Tokens of a message that are read for wishes; danger, consent and identifiers are looked for in all of it. A text of
/// 1,600 characters has about 400.
const HEAD_TOKENS: usize = 400;

/// What the patterns read of a message, and what the rest is read from.
pub(crate) struct First {
    reading: Reading,
    /// What it speaks of, by `lexicon/concepts.txt`.
    concepts: Vec<&'static str>,
    /// What it says to a question that a yes settles, and does to the offer.
    answer: Answer,
    replied: reply::Reply,
    /// Tokens of names, of the sender's and of others.
    named: Vec<(usize, usize)>,
    /// The message it answers.
    told: Text,
}

/// The first reading: patterns and rules, with nothing weighed.
fn first(context: &Context<'_>, message: &str, whole: &Text, text: &Text) -> First {
    let today = context.now.date();
    let bare = matches!(context.expecting, Expecting::TimePreference)
        || (context.offered.is_empty() && context.expecting == Expecting::Slot)
        || (context.offered.is_empty()
            && context.has_appointment
            && text.has_any(&["instead", "actually", "wait", "meant", "rather", "better"]));
    let items = time::items(text, today, bare);
    let preference = time::preference(text, &items, today, context.now.time());
    let asked = service::read(text, context.menu, |at| time::in_past_clause(text, at));
    let told = Text::new(context.last_message);
    let People { names, provider } = people::read(text, &told, &asked.spans, context);
    let emails = emails::find(text);
    let mut command = (None, false);
    let (mut safety, mut concepts): (Vec<SafetyFlag>, Vec<&'static str>) = (Vec::new(), Vec::new());
    let mut injection = false;
    // A long message is looked through piece by piece: what belongs together stands together.
    for piece in whole.pieces(HEAD_TOKENS) {
        let piece = piece.as_ref().unwrap_or(whole);
        if command.0.is_none() {
            command = consent::command(piece);
        }
        let (flags, spoken_of) = safety::flags(piece, names.for_other);
        safety.extend(flags.into_iter().filter(|flag| !safety.contains(flag)).collect::<Vec<_>>());
        if concepts.is_empty() {
            concepts = spoken_of;
        }
        injection |= injection::is_injection(piece);
    }
    let (opt_out, lone_cancel) = command;
    let mentioned = name::mentioned(text, &asked.spans);
    let named = [names.own_span, names.other_span].into_iter().flatten().chain(mentioned).collect();
    let mut reading = Reading {
        name: names.own,
        for_name: names.other,
        for_other: names.for_other,
        services: asked.services,
        variant: asked.variant,
        unlisted_service: asked.unlisted,
        concern: asked.concern,
        phone: identifiers::own_phone(text),
        provider,
        email: emails::meant(text, &emails).map(|e| e.address.clone()),
        email_refused: person::refuses_email(text, context.expecting),
        preference,
        opt_out,
        lone_cancel,
        safety,
        injection,
        language: person::language(text),
        wrong_number: consent::wrong_number(text),
        wordless: text.tokens.iter().all(|t| t.kind == Kind::Sign),
        tokens: some(text, text.tokens.iter().filter(|t| t.kind != Kind::Sign).map(|t| t.folded.clone())),
        words: some(text, text.tokens.iter().filter(|t| t.kind == Kind::Word).map(|t| t.word.clone())),
        remarks: FILES.remarks().find(text).filter_map(|hit| Remark::from_key(FILES.remarks().label(hit))).collect(),
        ..Reading::default()
    };
    reading.intents = intents::read(text, context, &reading);
    let answer = if context.offered.is_empty() { Answer::Silent } else { answer::read(text, &told) };
    if asks_for_yes(context) {
        let (says, takes_back) = match answer {
            Answer::Yes => (Some(Intent::Affirm), Some(Intent::Deny)),
            Answer::No => (Some(Intent::Deny), Some(Intent::Affirm)),
            Answer::Hold | Answer::Condition | Answer::Other => (None, Some(Intent::Affirm)),
            Answer::Silent => (None, None),
        };
        reading.intents.retain(|intent| Some(*intent) != takes_back);
        reading.intents.extend(says.filter(|intent| !reading.intents.contains(intent)));
    }
    let offer = reply::Offer {
        times: &context.offered,
        expecting: context.expecting,
        preference: context.known_preference,
        told: &told,
        affirm: reading.wants(Intent::Affirm),
        deny: reading.wants(Intent::Deny),
        wants_other: reading.wants(Intent::OtherOptions),
        answer,
        question: (message.contains('?') || reading.has_word(&["how", "cuanto"]))
            && (reading.wants(Intent::AskPrice)
                || reading.wants(Intent::AskHours)
                || reading.wants(Intent::AskLocation)),
    };
    let replied = reply::read(text, &items, &offer, today);
    First { reading, concepts, answer, replied, named, told }
}

/// Words of a text, with room made for them at once.
fn some(text: &Text, words: impl Iterator<Item = Word>) -> Vec<Word> {
    let mut all = Vec::with_capacity(text.word_count());
    all.extend(words);
    all
}

/// The last message put a question that a yes settles.
fn asks_for_yes(context: &Context<'_>) -> bool {
    matches!(context.expecting, Expecting::Confirm | Expecting::Slot | Expecting::Deposit)
}

/// Reads a message.
pub fn read(context: &Context<'_>, message: &str) -> Reading {
    let whole = Text::new(message);
    let head = whole.head(HEAD_TOKENS);
    let text = head.as_ref().unwrap_or(&whole);
    let first = first(context, message, &whole, text);
    let weighed = weigh::read(text, context, &first);
    let First { mut reading, answer, replied, named, told, concepts } = first;
    weigh_in(&mut reading, &weighed, text, context, &concepts);
    let by_rules = replied.selected;
    let replied = reply::weighed(replied, &weighed, answer, context, text);
    // What takes a time by weight alone says yes as well.
    if by_rules.is_none() && replied.selected.is_some() && !reading.wants(Intent::Affirm) {
        reading.intents.push(Intent::Affirm);
    }
    reading.slot_action = replied.action;
    reading.selected = replied.selected;
    reading.candidate = replied.candidate;
    reading.assents =
        reading.wants(Intent::Affirm) && (stance::assents(text) || (asks_for_yes(context) && answer == Answer::Yes));
    if let Some(hour) = replied.hour.filter(|_| reading.preference.times.is_empty()) {
        reading.preference.times = vec![time::likely_time(hour)];
    }
    intents::settle(&mut reading, context, message);
    reading.patient_type = person::patient_type(text, &told, context, &reading);
    let mut spans = identifiers::find(&whole, context.now.date());
    for (start, end) in named {
        let (start, end) = (text.tokens[start].start, text.tokens[end - 1].end);
        if spans.iter().all(|s| s.end <= start || s.start >= end) {
            spans.push(Identifier { kind: IdentifierKind::Name, start, end });
        }
    }
    spans.sort_by_key(|s| s.start);
    reading.card =
        message.contains(IdentifierKind::Card.mask()) || spans.iter().any(|s| s.kind == IdentifierKind::Card);
    reading.redacted_text = if spans.is_empty() { message.to_owned() } else { identifiers::masked(&whole, &spans) };
    reading.identifiers = spans;
    reading
}

/// What the patterns read of a message, and by which features the second reading knows it: what the weights are learnt from.
pub fn features(context: &Context<'_>, message: &str) -> (Vec<&'static str>, weigh::Named) {
    let whole = Text::new(message);
    let head = whole.head(HEAD_TOKENS);
    let text = head.as_ref().unwrap_or(&whole);
    let first = first(context, message, &whole, text);
    let reading = &first.reading;
    let mut known: Vec<&'static str> = reading.intents.iter().map(|intent| intent.key()).collect();
    known.extend(reading.safety.iter().map(|flag| flag.key()));
    known.extend(reading.opt_out.map(OptOut::key));
    known.extend(reading.injection.then_some("injection"));
    known.extend(first.replied.action.and_then(weigh::of_action));
    (known, weigh::named(text, context, &first))
}

/// The words of a message that may name somebody, by which features they are known, and what the rules found of each label
/// ([`weigh::SPAN_LABELS`]): what the weights of names are learnt from.
pub fn name_candidates(context: &Context<'_>, message: &str) -> weigh::NameCandidates {
    let whole = Text::new(message);
    let head = whole.head(HEAD_TOKENS);
    let text = head.as_ref().unwrap_or(&whole);
    let asked = service::read(text, context.menu, |at| time::in_past_clause(text, at));
    people::candidates(text, &Text::new(context.last_message), &asked.spans, context)
}

/// What the second reading adds and takes away.
fn weigh_in(reading: &mut Reading, weighed: &Weighed, text: &Text, context: &Context<'_>, concepts: &[&'static str]) {
    weigh::settle(&mut reading.intents, weighed, context, &reading.remarks, text);
    for flag in SafetyFlag::ALL {
        // Few words are a pattern's to know: "ya no quiero" refuses a deposit.
        let grave = matches!(flag, SafetyFlag::Emergency | SafetyFlag::Crisis);
        // Swelling and bruises after a treatment are for the clinical team, not for an ambulance.
        let swells =
            flag == SafetyFlag::Emergency && reading.is(SafetyFlag::PostProcedure) && safety::only_swells(text);
        let of_the_desk = flag == SafetyFlag::MedicalAdvice && safety::of_the_desk(text, concepts);
        let enough = !swells && !of_the_desk && (!grave || reading.words.len() > 3);
        if enough && weighed.adds(flag.key()) && !reading.safety.contains(&flag) {
            reading.safety.push(flag);
        }
    }
    reading.safety.sort_by_key(|flag| *flag as u8);
    reading.injection |= weighed.adds("injection") && !injection::is_ordinary(text);
    if reading.opt_out.is_none() && consent::speaks_of_messages(text) && !consent::speaks_of_another(text) {
        reading.opt_out = [OptOut::Stop, OptOut::Start].into_iter().find(|command| weighed.adds(command.key()));
    }
}

/// The text with what is never stored masked: cards, SSN, labelled record, account, licence and insurance numbers, birth
/// dates. The second value tells whether a birth date makes the sender younger than 18.
pub fn mask_for_store(message: &str, today: jiff::civil::Date) -> (String, bool) {
    let text = Text::new(message);
    let spans = identifiers::never_stored(&text, today);
    let minor = spans.iter().filter(|s| s.kind == IdentifierKind::Dob).any(|s| {
        let written = Text::new(&text.slice(s.start, s.end));
        time::first_date(&written, today).is_some_and(|born| {
            today.year() - born.year() < 18
                || (today.year() - born.year() == 18 && (today.month(), today.day()) < (born.month(), born.day()))
        })
    });
    (identifiers::masked(&text, &spans), minor)
}

#[cfg(test)]
mod tests;
