//! Learns `crates/engine/lexicon/name_weights.txt`: whose a name is, from the building half of the corpus.
//! See docs/adr/0023-weighed-names.md.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use frontdesk_engine::understand::Menu;
use frontdesk_engine::understand::contract::name_candidates;
use frontdesk_engine::understand::weigh::{Candidate, NameCandidates, SPAN_LABELS, chosen, scale};
use serde_json::Value;

use crate::lines::{Line, lines};
use crate::weigh::{Example, FOLDS, HEAD, Learnt, held_out, learn, mark, numbered, often, request};

/// The label of the contract that says whose.
const KEYS: [&str; 3] = ["name", "for_name", "provider"];
/// Passes over the names of the corpus.
const EPOCHS: usize = 48;
/// A name taken where there is none costs as much as so many that are missed. Who a visit is for is asked again, and a provider
/// is looked for among the clinic's own, so that a wrong one does little harm.
const INVENTED: [f32; 3] = [2.0, 0.75, 0.75];

/// What a line says of a label.
enum Wanted {
    Unsaid,
    Nobody,
    /// In small letters, without title.
    Name(String),
}

/// A message with what may be a name in it.
struct Message {
    candidates: Vec<Candidate>,
    found: [Option<(usize, usize)>; 3],
    /// What the corpus says of each label, where it does.
    wanted: [Wanted; 3],
    /// Its first example.
    from: usize,
}

/// Words alone, in small letters.
fn plain(name: &str) -> String {
    const TITLES: [&str; 11] = ["dr", "dr.", "doctor", "dra", "dra.", "doctora", "nurse", "miss", "ms.", "mrs.", "mr."];
    let words = name.to_lowercase();
    let words: Vec<&str> = words.split_whitespace().skip_while(|word| TITLES.contains(word)).collect();
    words.join(" ").trim_end_matches("'s").trim_end_matches("’s").to_owned()
}

fn wanted(line: &Line, key: &str) -> Wanted {
    // Where every identifier is labelled and none is a name, nobody is named.
    let identifiers = line.expect.get("redactions").and_then(Value::as_array);
    if key == "name" && identifiers.is_some_and(|found| found.iter().all(|span| span["kind"] != "name")) {
        return Wanted::Nobody;
    }
    match line.expect.get(key) {
        None => Wanted::Unsaid,
        Some(Value::String(name)) if name != "any" => Wanted::Name(plain(name)),
        Some(_) => Wanted::Nobody,
    }
}

/// Learns and writes the file.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut menus: HashMap<String, Menu> = HashMap::new();
    let mut messages = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut from = 0;
    for line in lines().into_iter().filter(|line| !line.is_counted) {
        let wanted = KEYS.map(|key| wanted(&line, key));
        if wanted.iter().all(|wanted| matches!(wanted, Wanted::Unsaid)) {
            continue;
        }
        let (request, menu) = request(&line, &mut menus)?;
        let NameCandidates { candidates, found } = name_candidates(&request, menu)
            .map_err(|error| anyhow::anyhow!("{}:{}: {error}", line.file, line.number))?;
        for name in candidates.iter().flat_map(|candidate| &candidate.features.features) {
            *seen.entry(name.clone()).or_default() += 1;
        }
        let count = candidates.len();
        messages.push(Message { candidates, found, wanted, from });
        from += count;
    }
    let names = often(seen);
    let numbers = numbered(&names);
    let mut examples: Vec<Example> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        for candidate in &message.candidates {
            let named = &candidate.features;
            let features = named.features.iter().filter_map(|name| numbers.get(name.as_str()).copied()).collect();
            let truth = (0..KEYS.len()).map(|label| truth(message, candidate, label)).collect();
            examples.push(Example { features, counts: scale(named.handed), truth, fold: at % FOLDS });
        }
    }
    let examples: Vec<&Example> = examples.iter().collect();
    let sums: Vec<Vec<f32>> = (0..KEYS.len()).map(|label| held_out(&examples, label, names.len(), EPOCHS)).collect();
    let mut out = HEAD.to_owned();
    let mut learnt = Learnt::default();
    for (label, name) in SPAN_LABELS.iter().enumerate() {
        let marks = marks(&messages, &sums, label);
        let model = learn(&examples, label, names.len(), EPOCHS, None);
        writeln!(out, "= {name} {:.3} {} {}", model.bias, mark(marks.0), mark(marks.1))?;
        let alone = counted(&messages, label, |message| message.found[label]);
        let both = counted(&messages, label, |message| decided(message, &sums, label, marks));
        println!("{name:<18} by rules {alone:?}, weighed {both:?} (right there, right not there, invented, of)");
        learnt.add(label, &model);
    }
    learnt.write("name_weights.txt", out, &names)
}

/// Whether a candidate is what is wanted; unknown for a part of it, or where what is wanted is no candidate.
fn truth(message: &Message, candidate: &Candidate, label: usize) -> Option<(bool, f32)> {
    let text = plain(&candidate.text);
    match &message.wanted[label] {
        Wanted::Unsaid => None,
        Wanted::Nobody => Some((false, 1.0)),
        Wanted::Name(name) if *name == text => Some((true, 1.0)),
        Wanted::Name(name) => {
            let is_there = message.candidates.iter().any(|other| plain(&other.text) == *name);
            is_there.then_some((false, 1.0))
        }
    }
}

fn decided(message: &Message, sums: &[Vec<f32>], label: usize, marks: (f32, f32)) -> Option<(usize, usize)> {
    let of = |at: usize| std::array::from_fn(|label| sums[label][message.from + at]);
    let candidates: Vec<((usize, usize), [f32; 3])> =
        message.candidates.iter().enumerate().map(|(at, candidate)| (candidate.span, of(at))).collect();
    chosen(&candidates, label, message.found[label], marks)
}

/// Right where there is one, right where there is none, invented, and of how many.
fn counted(
    messages: &[Message],
    label: usize,
    decide: impl Fn(&Message) -> Option<(usize, usize)>,
) -> (usize, usize, usize, usize) {
    let (mut right, mut right_none, mut invented, mut all) = (0, 0, 0, 0);
    for message in messages {
        let taken = decide(message).and_then(|span| message.candidates.iter().find(|c| c.span == span));
        all += usize::from(!matches!(message.wanted[label], Wanted::Unsaid));
        match (&message.wanted[label], taken) {
            (Wanted::Nobody, None) => right_none += 1,
            (Wanted::Nobody, Some(_)) => invented += 1,
            (Wanted::Name(name), Some(taken)) => right += usize::from(*name == plain(&taken.text)),
            (Wanted::Name(_), None) | (Wanted::Unsaid, _) => {}
        }
    }
    (right, right_none, invented, all)
}

/// From where on a candidate is taken, and below what a rule's finding is dropped: the pair that is right most often, where one
/// that is invented costs as much as [`INVENTED`] missed.
fn marks(messages: &[Message], sums: &[Vec<f32>], label: usize) -> (f32, f32) {
    let steps = || (-8..=24).map(|step| f32::from(i8::try_from(step).unwrap_or(0)) / 4.0);
    let mut best = (f32::NEG_INFINITY, (f32::INFINITY, f32::NEG_INFINITY));
    for add in steps() {
        for keep in steps() {
            let (right, _, invented, _) =
                counted(messages, label, |message| decided(message, sums, label, (add, keep)));
            #[expect(clippy::cast_precision_loss, reason = "counts of a corpus are small")]
            let worth = right as f32 - INVENTED[label] * invented as f32;
            if worth > best.0 {
                best = (worth, (add, keep));
            }
        }
    }
    best.1
}
