//! The second reading: a sum of weights for what patterns do not know. `docs/adr/0021-weighed-words.md` says why;
//! `lexicon/weights.txt` is made by `cargo run -p xtask --release -- weigh` and holds one feature a line.
//!
//! A message is a set of features of equal weight, `1 / sqrt(n)` each: words, pairs and triples of neighbours, beginnings of
//! long words, what was asked, and what the patterns and concepts found.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::text::{Kind, Text};
use super::{Context, Expecting, Intent, OptOut, Reading, Remark};

/// What is weighed, in the order of the file: the intents of the contract, then flags.
pub const LABELS: [&str; 28] = [
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
];

/// Words of a message that are weighed; what a longer one wants stands in its beginning.
const WORDS_MAX: usize = 120;
/// A word longer than this counts by its beginning too.
const STEM: usize = 5;

/// FNV-1a over the parts of a feature as the file has them, `kind:part part`.
fn hash(kind: &str, parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    kind.bytes().for_each(&mut eat);
    for (at, part) in parts.iter().enumerate() {
        eat(if at == 0 { b':' } else { b' ' });
        part.bytes().for_each(&mut eat);
    }
    hash
}

/// Hands every feature of a message to `take`, some of them more than once.
fn each(
    text: &Text,
    context: &Context<'_>,
    reading: &Reading,
    concepts: &[&'static str],
    mut take: impl FnMut(&str, &[&str]),
) {
    let mut words: Vec<&str> = vec!["^"];
    for token in text.tokens.iter().take(2 * WORDS_MAX) {
        match token.kind {
            Kind::Word => words.push(&token.word),
            Kind::Number => words.push("0"),
            Kind::Sign if matches!(token.word.as_str(), "?" | "!" | "¿") || !token.word.is_ascii() => {
                words.push(&token.word);
            }
            Kind::Sign => {}
        }
    }
    words.truncate(WORDS_MAX);
    words.push("$");
    for (at, word) in words.iter().enumerate() {
        take("u", &[word]);
        if word.len() > STEM && word.is_ascii() {
            take("s", &[&word[..STEM]]);
        }
        if let Some(next) = words.get(at + 1) {
            take("b", &[word, next]);
            if let Some(third) = words.get(at + 2) {
                take("t", &[word, next, third]);
                take("g", &[word, third]);
            }
        }
    }
    take("e", &[context.expecting.key()]);
    take("x", &[context.expecting.key(), words.get(1).copied().unwrap_or("$")]);
    take(
        "o",
        &[match context.offered.len() {
            0 => "none",
            1 => "one",
            _ => "several",
        }],
    );
    take(
        "n",
        &[match words.len() {
            0..=4 => "few",
            5..=9 => "some",
            10..=24 => "many",
            _ => "long",
        }],
    );
    if context.has_appointment {
        take("a", &["visit"]);
    }
    let mut known: Vec<&str> = concepts.to_vec();
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
    for (at, one) in known.iter().enumerate() {
        take("p", &[one]);
        for other in &known[at + 1..] {
            take("q", &[one, other]);
        }
    }
}

/// The features of a message as the file names them: what the weights are learnt by.
pub(crate) fn named(text: &Text, context: &Context<'_>, reading: &Reading, concepts: &[&'static str]) -> Vec<String> {
    let mut features = Vec::new();
    each(text, context, reading, concepts, |kind, parts| features.push(format!("{kind}:{}", parts.join(" "))));
    features.sort_unstable();
    features.dedup();
    features
}

struct Weights {
    /// Where a feature's cells lie.
    places: HashMap<u64, (u32, u32)>,
    cells: Vec<(u8, f32)>,
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
            places: HashMap::new(),
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
                    read.cells.push((label, f32::from(weight) / 100.0));
                }
            }
            let mut hash = 0xcbf2_9ce4_8422_2325_u64;
            feature.bytes().for_each(|byte| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
            let place = (u32::try_from(from).unwrap_or(0), u32::try_from(read.cells.len()).unwrap_or(0));
            read.places.insert(hash, place);
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
pub(crate) fn read(text: &Text, context: &Context<'_>, reading: &Reading, concepts: &[&'static str]) -> Weighed {
    let weights = &*WEIGHTS;
    let mut features: Vec<u64> = Vec::with_capacity(256);
    each(text, context, reading, concepts, |kind, parts| features.push(hash(kind, parts)));
    features.sort_unstable();
    features.dedup();
    let each_counts = 1.0 / f32::from(u16::try_from(features.len().max(1)).unwrap_or(u16::MAX)).sqrt();
    let mut sums = weights.bias;
    for feature in &features {
        if let Some((from, to)) = weights.places.get(feature) {
            for (label, weight) in &weights.cells[*from as usize..*to as usize] {
                sums[usize::from(*label)] += weight * each_counts;
            }
        }
    }
    let mut says = [None; LABELS.len()];
    for (at, sum) in sums.iter().enumerate() {
        says[at] = if *sum >= weights.add[at] {
            Some(true)
        } else if *sum < weights.drop[at] {
            Some(false)
        } else {
            None
        };
    }
    Weighed(says)
}

/// Intents after both readings. Where times are on offer, what is said to them is `answer.rs`' and `reply.rs`' to read: a
/// commitment is not weighed.
pub(crate) fn settle(intents: &mut Vec<Intent>, weighed: &Weighed, context: &Context<'_>, remarks: &[Remark]) {
    let has_offer = !context.offered.is_empty();
    let is_asked = matches!(context.expecting, Expecting::Slot | Expecting::Confirm | Expecting::Deposit);
    let open = |intent: Intent| match intent {
        Intent::Affirm | Intent::Deny | Intent::OtherOptions | Intent::Book => !has_offer,
        // An answer to a question ends no conversation by a sum.
        Intent::Human => !is_asked,
        Intent::Complaint => !is_asked && !remarks.contains(&Remark::Abuse),
        // "I can't make Monday": they are asked what they want instead.
        Intent::Cancel | Intent::Reschedule => !is_asked && !remarks.contains(&Remark::CannotCome),
        _ => true,
    };
    intents.retain(|intent| !open(*intent) || !weighed.drops(intent.key()));
    for (key, intent) in Intent::ALL {
        if open(intent) && weighed.adds(key) && !intents.contains(&intent) {
            intents.push(intent);
        }
    }
}
