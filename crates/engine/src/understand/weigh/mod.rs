//! The second reading: a sum of weights for what patterns do not know. `docs/adr/0021-weighed-words.md` says why;
//! `lexicon/weights.txt` is made by `cargo run -p xtask --release -- weigh` and holds one feature a line.
//!
//! A message is a set of features of equal weight, `1 / sqrt(n)` each: words, pairs and triples of neighbours, beginnings of
//! long words, what was asked, and what the patterns and concepts found.

mod spans;
mod table;

use std::sync::LazyLock;

pub(crate) use spans::{Asked, candidates, named as named_spans, settled};
pub use spans::{Candidate, NameCandidates, SPAN_LABELS, chosen};
pub use table::scale;
use table::{Features, Part, Table, number};

use super::text::{Kind, Text};
use super::{Context, Expecting, First, Intent, OptOut, Remark, SlotAction};

/// What is weighed, in the order of the file: the intents of the contract, then flags.
pub const LABELS: [&str; 31] = [
    "book",
    "reschedule",
    "cancel",
    "check_appointment",
    "affirm",
    "deny",
    "other_options",
    "greeting",
    "thanks",
    "goodbye",
    "human",
    "ask_if_bot",
    "repeat",
    "question",
    "ask_price",
    "ask_hours",
    "ask_location",
    "complaint",
    "emergency",
    "crisis",
    "post_procedure",
    "medical_advice",
    "contraindication",
    "minor",
    "stop",
    "start",
    "help",
    "injection",
    "takes",
    "rejects",
    "seeks",
];

/// The label of what a message does to an offer: takes a time, refuses, wants another.
pub(crate) fn of_action(action: SlotAction) -> Option<&'static str> {
    match action {
        SlotAction::Select => Some("takes"),
        SlotAction::Reject => Some("rejects"),
        SlotAction::MoreTimes | SlotAction::NotOffered => Some("seeks"),
        SlotAction::Clarify => None,
    }
}

/// Words of a message that are weighed; what a longer one wants stands in its beginning.
const WORDS_MAX: usize = 120;
/// Up to so many words a message asks in words that ask: "actually make it filler" is no question.
const BRIEF: usize = 8;
/// A word longer than this counts by its beginning too.
const STEM: usize = 5;

/// Hands every feature of a message to `take`, some of them more than once.
fn each(text: &Text, context: &Context<'_>, first: &First, mut take: impl FnMut(char, &[Part<'_>])) {
    let mut words: Vec<Part<'_>> = Vec::with_capacity(text.tokens.len().min(WORDS_MAX) + 2);
    words.push(Part::of("^"));
    for token in text.tokens.iter().take(2 * WORDS_MAX) {
        match token.kind {
            Kind::Word => words.push(Part::of(&token.word)),
            Kind::Number => words.push(Part::of("0")),
            Kind::Sign if matches!(token.word.as_str(), "?" | "!" | "¿") || !token.word.is_ascii() => {
                words.push(Part::of(&token.word));
            }
            Kind::Sign => {}
        }
    }
    words.truncate(WORDS_MAX);
    words.push(Part::of("$"));
    for (at, part) in words.iter().enumerate() {
        take('u', &[*part]);
        if part.word.len() > STEM && part.word.is_ascii() {
            take('s', &[Part::of(&part.word[..STEM])]);
        }
        if let Some(next) = words.get(at + 1) {
            take('b', &[*part, *next]);
            if let Some(third) = words.get(at + 2) {
                take('t', &[*part, *next, *third]);
                take('g', &[*part, *third]);
            }
        }
    }
    let expecting = Part::of(context.expecting.key());
    take('e', &[expecting]);
    take('x', &[expecting, words[1]]);
    let offered = match context.offered.len() {
        0 => "none",
        1 => "one",
        _ => "several",
    };
    take('o', &[Part::of(offered)]);
    let length = match words.len() {
        0..=4 => "few",
        5..=9 => "some",
        10..=24 => "many",
        _ => "long",
    };
    take('n', &[Part::of(length)]);
    if context.has_appointment {
        take('a', &[Part::of("visit")]);
    }
    let reading = &first.reading;
    if !context.offered.is_empty() {
        let answer = Part::of(first.answer.key());
        let action = Part::of(match first.replied.action {
            Some(SlotAction::Select) => "select",
            Some(SlotAction::Clarify) => "clarify",
            Some(SlotAction::MoreTimes) => "more",
            Some(SlotAction::NotOffered) => "other",
            Some(SlotAction::Reject) => "reject",
            None => "none",
        });
        take('r', &[answer, action]);
        if super::answer::asks_against(&first.told) {
            take('d', &[answer]);
            take('d', &[words[1]]);
        }
        take('y', &[action]);
        for part in words.iter().take(2 * WORDS_MAX) {
            take('w', &[*part, action]);
        }
        take('z', &[action, words[1]]);
    }
    let mut known: Vec<&str> = first.concepts.clone();
    known.extend(reading.intents.iter().map(|intent| intent.key()));
    known.extend(reading.safety.iter().map(|flag| flag.key()));
    known.extend(reading.opt_out.map(OptOut::key));
    let facts = [
        (reading.injection, "injection"),
        (!reading.services.is_empty(), "service"),
        (reading.name.is_some(), "name"),
        (reading.email.is_some(), "email"),
        (reading.phone.is_some(), "phone"),
        (reading.preference.says_days(), "days"),
        (reading.preference.says_times(), "times"),
        (reading.provider.is_some(), "provider"),
        (super::consent::speaks_of_messages(text), "messages"),
    ];
    known.extend(facts.iter().filter(|(holds, _)| *holds).map(|(_, name)| *name));
    known.sort_unstable();
    known.dedup();
    let known: Vec<Part<'_>> = known.into_iter().map(Part::of).collect();
    for (at, one) in known.iter().enumerate() {
        take('p', &[*one]);
        for other in &known[at + 1..] {
            take('q', &[*one, *other]);
        }
    }
}

/// Features as a file names them, each once, and how many were handed out: what weights are learnt by.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// In order.
    pub features: Vec<String>,
    /// Some more than once.
    pub handed: usize,
}

impl Named {
    /// Whether a feature is among them.
    pub fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|name| name == feature)
    }

    /// What `hand_out` hands to the function it gets.
    fn of(hand_out: impl FnOnce(&mut dyn FnMut(char, &[Part<'_>]))) -> Self {
        let mut features = Vec::new();
        hand_out(&mut |kind, parts| {
            let words: Vec<&str> = parts.iter().map(|part| part.word).collect();
            features.push(format!("{kind}:{}", words.join(" ")));
        });
        let handed = features.len();
        features.sort_unstable();
        features.dedup();
        Self { features, handed }
    }
}

/// The features of a message as the file names them.
pub(crate) fn named(text: &Text, context: &Context<'_>, first: &First) -> Named {
    Named::of(|take| each(text, context, first, take))
}

/// What the second reading says of each label, a bit each.
#[derive(Default)]
pub(crate) struct Weighed {
    added: u32,
    dropped: u32,
}

impl Weighed {
    /// It is there, though no pattern found it.
    pub(crate) fn adds(&self, label: &str) -> bool {
        Self::holds(self.added, label)
    }

    /// It is not there, though a pattern found it.
    pub(crate) fn drops(&self, label: &str) -> bool {
        Self::holds(self.dropped, label)
    }

    fn holds(labels: u32, label: &str) -> bool {
        labels != 0 && LABELS.iter().position(|known| *known == label).is_some_and(|at| labels >> at & 1 == 1)
    }

    /// The intents that are there, though no pattern found them.
    fn added_intents(&self) -> impl Iterator<Item = Intent> {
        let labels = self.added;
        Intent::ALL.iter().enumerate().filter(move |(at, _)| labels >> at & 1 == 1).map(|(_, (_, intent))| *intent)
    }
}

static WEIGHTS: LazyLock<Table<32>> =
    LazyLock::new(|| Table::parse(include_str!("../../../lexicon/weights.txt"), &LABELS));

/// Weighs a message that the patterns have read.
pub(crate) fn read(text: &Text, context: &Context<'_>, first: &First) -> Weighed {
    let mut features = Features::default();
    each(text, context, first, |kind, parts| WEIGHTS.take(&mut features, number(kind, parts.iter().copied())));
    let mut says = Weighed::default();
    for (at, (sum, (add, drop))) in WEIGHTS.sums(&features).into_iter().zip(WEIGHTS.marks).enumerate() {
        says.added |= u32::from(sum >= add) << at;
        says.dropped |= u32::from(sum < drop) << at;
    }
    says
}

/// Intents after both readings. Where times are on offer, what is said to them is `answer.rs`' and `reply.rs`' to read: a
/// commitment is not weighed.
pub(crate) fn settle(
    intents: &mut Vec<Intent>,
    weighed: &Weighed,
    context: &Context<'_>,
    remarks: &[Remark],
    text: &Text,
) {
    let has_offer = !context.offered.is_empty();
    let is_asked = matches!(context.expecting, Expecting::Slot | Expecting::Confirm | Expecting::Deposit);
    let asks = text.tokens.iter().any(|t| {
        matches!(
            t.word.as_str(),
            "?" | "¿"
                | "what"
                | "whats"
                | "how"
                | "when"
                | "where"
                | "who"
                | "which"
                | "why"
                | "wondering"
                | "again"
                | "repeat"
                | "pardon"
                | "huh"
                | "come"
        )
    });
    let open = |intent: Intent| match intent {
        Intent::Affirm | Intent::Deny | Intent::OtherOptions | Intent::Book => !has_offer,
        // An answer asks nothing by a sum: "I'm broke" is no "say that again".
        Intent::Question => asks || (!is_asked && text.word_count() > BRIEF),
        Intent::Repeat => !is_asked || asks,
        // An answer to a question ends no conversation by a sum.
        Intent::Human => !is_asked,
        Intent::Complaint => !is_asked && !remarks.contains(&Remark::Abuse),
        // "I can't make Monday": they are asked what they want instead.
        Intent::Cancel | Intent::Reschedule => !is_asked && !remarks.contains(&Remark::CannotCome),
        _ => true,
    };
    // What would end or move a visit is asked about before it is done: no sum takes the question away.
    let stays = |intent: Intent| matches!(intent, Intent::Cancel | Intent::Reschedule);
    intents.retain(|intent| stays(*intent) || !open(*intent) || !weighed.drops(intent.key()));
    for intent in weighed.added_intents() {
        if open(intent) && !intents.contains(&intent) {
            intents.push(intent);
        }
    }
}
