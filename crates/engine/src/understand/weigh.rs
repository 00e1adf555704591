//! The second reading: a sum of weights for what patterns do not know. `docs/adr/0021-weighed-words.md` says why;
//! `lexicon/weights.txt` is made by `cargo run -p xtask --release -- weigh` and holds one feature a line.
//!
//! A message is a set of features of equal weight, `1 / sqrt(n)` each: words, pairs and triples of neighbours, beginnings of
//! long words, what was asked, and what the patterns and concepts found.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

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

/// A part of a feature, with its number (FNV-1a) so that a word is gone over once and not once for each feature it is in.
#[derive(Clone, Copy)]
struct Part<'a> {
    word: &'a str,
    number: u64,
}

impl<'a> Part<'a> {
    fn of(word: &'a str) -> Self {
        let eat = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self { word, number: word.bytes().fold(0xcbf2_9ce4_8422_2325, eat) }
    }
}

/// The number of a feature, `kind:part part` in the file. Two of some fifty thousand features seldom share one, and an unknown
/// feature is taken for a known one about once in a hundred thousand.
fn number<'a>(kind: char, parts: impl IntoIterator<Item = Part<'a>>) -> u32 {
    let mix = |hash: u64, part: Part<'_>| (hash.rotate_left(23) ^ part.number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let whole = parts.into_iter().fold(u64::from(kind), mix);
    (whole >> 32) as u32
}

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

/// The features of a message as the file names them: what the weights are learnt by.
pub(crate) fn named(text: &Text, context: &Context<'_>, first: &First) -> Vec<String> {
    let mut features = Vec::new();
    each(text, context, first, |kind, parts| {
        let words: Vec<&str> = parts.iter().map(|part| part.word).collect();
        features.push(format!("{kind}:{}", words.join(" ")));
    });
    features.sort_unstable();
    features.dedup();
    features
}

/// Bits of a feature's number by which it is sieved: 2^19 bits are 64 KiB.
const SIEVE_BITS: u32 = 19;

/// The word and the bit of the sieve that stand for a feature.
fn sieved(feature: u32) -> (usize, u64) {
    let place = feature >> (u32::BITS - SIEVE_BITS);
    ((place >> 6) as usize, 1 << (place & 63))
}

/// Bits of a place that hold how many cells there are: a label each at most.
const COUNT_BITS: u32 = 5;

/// Where the cells of a feature begin, and how many they are.
struct Cells(u32);

impl Cells {
    fn range(&self) -> std::ops::Range<usize> {
        let from = (self.0 >> COUNT_BITS) as usize;
        from..from + (self.0 & ((1 << COUNT_BITS) - 1)) as usize
    }
}

struct Weights {
    /// Features that may be in the table, by [`SIEVE_BITS`] of their number: most of a message's are not, and are known by one bit.
    sieve: Vec<u64>,
    /// Where a feature's cells lie.
    places: FxHashMap<u32, Cells>,
    /// Label and weight in hundredths.
    cells: Vec<(u8, i16)>,
    /// Per label: what it starts from, from where on it is added, below what it is taken away.
    bias: [f32; LABELS.len()],
    add: [f32; LABELS.len()],
    drop: [f32; LABELS.len()],
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| Weights::parse(include_str!("../../lexicon/weights.txt")));

impl Weights {
    /// `= label bias add drop` lines, then a feature, a tab and `label-number weight` pairs. A feature is words and never
    /// holds a tab.
    fn parse(source: &str) -> Self {
        let mut read = Self {
            sieve: vec![0; 1 << (SIEVE_BITS - 6)],
            places: FxHashMap::default(),
            cells: Vec::new(),
            bias: [0.0; LABELS.len()],
            add: [f32::INFINITY; LABELS.len()],
            drop: [f32::NEG_INFINITY; LABELS.len()],
        };
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some(rest) = line.strip_prefix("= ") {
                let parts: Vec<&str> = rest.split(' ').collect();
                let Some(label) = LABELS.iter().position(|label| parts.first() == Some(label)) else { continue };
                let value = |at: usize, none: f32| parts.get(at).and_then(|v| v.parse().ok()).unwrap_or(none);
                read.bias[label] = value(1, 0.0);
                read.add[label] = value(2, f32::INFINITY);
                read.drop[label] = value(3, f32::NEG_INFINITY);
                continue;
            }
            let Some((feature, cells)) = line.split_once('\t') else { continue };
            let from = read.cells.len();
            let mut parts = cells.split(' ');
            while let (Some(label), Some(weight)) = (parts.next(), parts.next()) {
                if let (Ok(label), Ok(weight)) = (label.parse(), weight.parse::<i16>()) {
                    read.cells.push((label, weight));
                }
            }
            let mut letters = feature.chars();
            let Some(kind) = letters.next() else { continue };
            let words = letters.as_str().strip_prefix(':').unwrap_or_default();
            let count = u32::try_from(read.cells.len() - from).unwrap_or(0);
            let place = Cells(u32::try_from(from).unwrap_or(0) << COUNT_BITS | count);
            let feature = number(kind, words.split(' ').map(Part::of));
            let (at, bit) = sieved(feature);
            read.sieve[at] |= bit;
            read.places.insert(feature, place);
        }
        read
    }
}

/// What the second reading says of each label.
pub(crate) struct Weighed([Option<bool>; LABELS.len()]);

impl Weighed {
    /// It is there, though no pattern found it.
    pub(crate) fn adds(&self, label: &str) -> bool {
        self.says(label) == Some(true)
    }

    /// It is not there, though a pattern found it.
    pub(crate) fn drops(&self, label: &str) -> bool {
        self.says(label) == Some(false)
    }

    fn says(&self, label: &str) -> Option<bool> {
        LABELS.iter().position(|known| *known == label).and_then(|at| self.0[at])
    }
}

/// Weighs a message that the patterns have read.
pub(crate) fn read(text: &Text, context: &Context<'_>, first: &First) -> Weighed {
    let weights = &*WEIGHTS;
    let mut features: Vec<u32> = Vec::with_capacity(256);
    each(text, context, first, |kind, parts| features.push(number(kind, parts.iter().copied())));
    features.sort_unstable();
    features.dedup();
    let each_counts = 1.0 / f32::from(u16::try_from(features.len().max(1)).unwrap_or(u16::MAX)).sqrt();
    let mut hundredths = [0_i32; LABELS.len()];
    for feature in &features {
        let (at, bit) = sieved(*feature);
        if weights.sieve[at] & bit == 0 {
            continue;
        }
        if let Some(place) = weights.places.get(feature) {
            for (label, weight) in &weights.cells[place.range()] {
                hundredths[usize::from(*label)] += i32::from(*weight);
            }
        }
    }
    let mut says = [None; LABELS.len()];
    for (at, sum) in hundredths.into_iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "sums of some hundred weights")]
        let sum = weights.bias[at] + sum as f32 / 100.0 * each_counts;
        says[at] = if sum >= weights.add[at] {
            Some(true)
        } else if sum < weights.drop[at] {
            Some(false)
        } else {
            None
        };
    }
    Weighed(says)
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
    for (key, intent) in Intent::ALL {
        if open(intent) && weighed.adds(key) && !intents.contains(&intent) {
            intents.push(intent);
        }
    }
}
