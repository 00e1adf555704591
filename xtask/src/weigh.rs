//! `cargo run -p xtask --release -- weigh`: learns `crates/engine/lexicon/weights.txt` from the building half of the corpus.
//! See docs/adr/0021-weighed-words.md. Fixed order and no randomness: the same corpus gives the same file.

#![expect(clippy::cast_precision_loss, reason = "counts of a corpus are small")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use anyhow::Context as _;
use frontdesk_engine::understand::contract::{Request, features};
use frontdesk_engine::understand::weigh::{LABELS, Named, scale};
use frontdesk_engine::understand::{Menu, MenuItem};
use serde_json::Value;

use crate::lines::{Line, folder, lines};

/// Passes over the corpus.
const EPOCHS: usize = 12;
/// The same for what is said to an offer: fewer messages, seen more often.
const EPOCHS_OF_REPLIES: usize = 48;
const RATE: f32 = 0.7;
/// Pulls weights to nothing.
const DECAY: f32 = 2e-4;
/// Parts of the cross-validation.
pub(crate) const FOLDS: usize = 5;
/// Labels 0 to 17 are intents, the others flags.
const INTENTS: usize = 18;
/// How often what is added, or taken away, must be right.
const RIGHT_INTENT: f32 = 0.8;
const RIGHT_FLAG: f32 = 0.93;
/// The same of what hands a conversation over, ends a visit or sends somebody to hospital.
const RIGHT_GRAVE: f32 = 0.88;
const RIGHT_ACT: f32 = 0.9;
const RIGHT_REPLY: f32 = 0.85;
/// The same of a time that is booked by weight alone.
const RIGHT_COMMITS: f32 = 0.985;
const RIGHT_DROP: f32 = 0.85;
/// The same of a time that is not booked after all: asking once too often costs less than a wrong visit.
const RIGHT_VETO: f32 = 0.6;
/// Fewer cases than this set no mark.
const CASES: usize = 6;
/// A feature that stands in fewer messages teaches nothing.
const SEEN: usize = 3;
/// Smaller weights are left out of the file.
const SMALLEST: i16 = 40;

/// The feature of messages that speak of messages, lists or numbers: an opt-out is added to no others.
const GATE: &str = "p:messages";

/// What is learnt from: features, and what is true.
pub(crate) struct Example {
    pub(crate) features: Vec<u32>,
    /// What each counts: of all that the message has, rare ones too.
    pub(crate) counts: f32,
    /// Whether each label holds, and how much it counts.
    pub(crate) truth: Vec<Option<(bool, f32)>>,
    pub(crate) fold: usize,
}

/// A message to learn from.
struct Case {
    /// A consent command may be added to it.
    speaks_of_messages: bool,
    /// One time is on offer, and a yes or no is asked for: a commitment may be added to no other.
    asks_about_one: bool,
    example: Example,
    /// What the patterns said of each label.
    patterns: [bool; LABELS.len()],
}

pub(crate) struct Model {
    weights: Vec<f32>,
    pub(crate) bias: f32,
}

/// Features by their numbers, and the weights of each for some labels: what becomes a file.
#[derive(Default)]
pub(crate) struct Learnt(BTreeMap<usize, Vec<(usize, i16)>>);

impl Learnt {
    pub(crate) fn add(&mut self, label: usize, model: &Model) {
        for (feature, weight) in model.weights.iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "weights are small")]
            let weight = (weight * 100.0).round() as i16;
            if weight.abs() >= SMALLEST {
                self.0.entry(feature).or_default().push((label, weight));
            }
        }
    }

    /// Writes the lines, a feature each, behind what stands in `out`.
    pub(crate) fn write(&self, file: &str, mut out: String, names: &[String]) -> anyhow::Result<()> {
        for (feature, cells) in &self.0 {
            let cells: Vec<String> = cells.iter().map(|(label, weight)| format!("{label} {weight}")).collect();
            writeln!(out, "{}\t{}", names[*feature], cells.join(" "))?;
        }
        let file = folder().join("../../crates/engine/lexicon").join(file);
        std::fs::write(&file, out).with_context(|| format!("{} cannot be written", file.display()))
    }
}

/// The first line of a file that is learnt.
pub(crate) const HEAD: &str =
    "# made by `cargo run -p xtask --release -- weigh` from the building half of evals/understanding; do not edit\n";

/// Learns and writes the file.
pub(crate) fn run() -> anyhow::Result<()> {
    let (names, cases) = cases()?;
    let examples: Vec<&Example> = cases.iter().map(|case| &case.example).collect();
    let mut out = HEAD.to_owned();
    let mut learnt = Learnt::default();
    for (label, name) in LABELS.iter().enumerate() {
        let epochs = if matches!(*name, "takes" | "rejects" | "seeks") { EPOCHS_OF_REPLIES } else { EPOCHS };
        let held_out = held_out(&examples, label, names.len(), epochs);
        let add = added(&cases, label, &held_out);
        let drop =
            if label < INTENTS || *name == "takes" { dropped(&cases, label, &held_out) } else { f32::NEG_INFINITY };
        let model = learn(&examples, label, names.len(), epochs, None);
        writeln!(out, "= {name} {:.3} {} {}", model.bias, mark(add), mark(drop))?;
        println!("{name:<18} {}", report(&cases, label, &held_out, add, drop));
        learnt.add(label, &model);
    }
    learnt.write("weights.txt", out, &names)
}

pub(crate) fn mark(value: f32) -> String {
    if value.is_finite() { format!("{value:.3}") } else { "-".to_owned() }
}

/// The building half, by features that stand in at least [`SEEN`] messages.
fn cases() -> anyhow::Result<(Vec<String>, Vec<Case>)> {
    let mut menus: HashMap<String, Menu> = HashMap::new();
    let mut read: Vec<(Line, Vec<&'static str>, Named)> = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines().into_iter().filter(|line| !line.is_counted) {
        let (request, menu) = request(&line, &mut menus)?;
        let (known, named) =
            features(&request, menu).map_err(|error| anyhow::anyhow!("{}:{}: {error}", line.file, line.number))?;
        for name in &named.features {
            *seen.entry(name.clone()).or_default() += 1;
        }
        read.push((line, known, named));
    }
    let names = often(seen);
    let numbers = numbered(&names);
    let cases = read
        .iter()
        .enumerate()
        .map(|(at, (line, known, named))| Case {
            speaks_of_messages: named.has(GATE),
            asks_about_one: named.has("o:one") && (named.has("e:confirm") || named.has("e:slot")),
            example: Example {
                features: named.features.iter().filter_map(|name| numbers.get(name.as_str()).copied()).collect(),
                counts: scale(named.handed),
                truth: truth(line).to_vec(),
                fold: at % FOLDS,
            },
            patterns: std::array::from_fn(|label| known.contains(&LABELS[label])),
        })
        .collect();
    Ok((names, cases))
}

/// Features that stand in at least [`SEEN`] places.
pub(crate) fn often(seen: BTreeMap<String, usize>) -> Vec<String> {
    seen.into_iter().filter(|(_, count)| *count >= SEEN).map(|(name, _)| name).collect()
}

/// Features by name.
pub(crate) fn numbered(names: &[String]) -> HashMap<&str, u32> {
    names.iter().enumerate().map(|(at, name)| (name.as_str(), u32::try_from(at).unwrap_or(u32::MAX))).collect()
}

/// The request of a line, and its menu made ready once.
pub(crate) fn request<'m>(line: &Line, menus: &'m mut HashMap<String, Menu>) -> anyhow::Result<(Request, &'m Menu)> {
    let request: Request = serde_json::from_value(Value::Object(line.request.clone()))?;
    let services = line.request["services"].clone();
    let menu = match menus.entry(services.to_string()) {
        std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
        std::collections::hash_map::Entry::Vacant(place) => {
            place.insert(Menu::new(serde_json::from_value::<Vec<MenuItem>>(services)?))
        }
    };
    Ok((request, menu))
}

/// What a line says of each label; what a file about another thing leaves unsaid is most likely not there.
fn truth(line: &Line) -> [Option<(bool, f32)>; LABELS.len()] {
    const UNSAID: f32 = 0.3;
    let has = |key: &str, word: &str| {
        line.expect.get(key).and_then(Value::as_array).is_some_and(|list| list.iter().any(|v| v == word))
    };
    // Files of other things that speak of visits all the time say nothing about what is wanted.
    let of_intents = ["intent", "asked", "names", "refuted"].iter().any(|kind| line.file.starts_with(kind));
    std::array::from_fn(|label| {
        let name = LABELS[label];
        let unsaid = Some((false, UNSAID));
        if label < INTENTS {
            if line.expect.contains_key("intents") {
                return Some((has("intents", name), 1.0));
            }
            if has("intents_include", name) {
                return Some((true, 1.0));
            }
            if has("intents_exclude", name) {
                return Some((false, 1.0));
            }
            let rare = matches!(
                name,
                "cancel"
                    | "complaint"
                    | "human"
                    | "ask_if_bot"
                    | "repeat"
                    | "ask_hours"
                    | "ask_location"
                    | "check_appointment"
                    | "goodbye"
                    | "reschedule"
            );
            return if rare && !of_intents && !line.file.starts_with("consent") { unsaid } else { None };
        }
        match name {
            "takes" => action(line).map(|action| (action == "select", 1.0)),
            "rejects" => action(line).map(|action| (action == "reject", 1.0)),
            "seeks" => action(line).map(|action| (matches!(action, "more_times" | "not_offered"), 1.0)),
            "stop" | "start" | "help" => match line.expect.get("opt_out") {
                Some(value) => Some((value == name, 1.0)),
                None => Some((false, 1.0)),
            },
            "injection" => match line.expect.get("injection") {
                Some(value) => Some((value == true, 1.0)),
                None => Some((false, 1.0)),
            },
            _ if line.expect.contains_key("safety") => Some((has("safety", name), 1.0)),
            "medical_advice" if line.expect.contains_key("medical_advice") => {
                Some((line.expect["medical_advice"] == true, 1.0))
            }
            _ if line.file.starts_with("safety") || line.file.starts_with("clinical") => None,
            _ => unsaid,
        }
    })
}

/// What a line says that its message does to the offer; nothing where no offer is judged.
fn action(line: &Line) -> Option<&str> {
    line.request.get("offered_slots").and_then(Value::as_array).filter(|offered| !offered.is_empty())?;
    let action = line.expect.get("slot_action").map(|action| action.as_str().unwrap_or_default());
    let selected = line.expect.get("selected_slot").map(|slot| if slot.is_null() { "" } else { "select" });
    selected.filter(|selected| *selected == "select").or(action).or(selected)
}

/// Logistic regression by steps that shrink where they have been often; `without` one fold.
pub(crate) fn learn(
    examples: &[&Example],
    label: usize,
    features: usize,
    epochs: usize,
    without: Option<usize>,
) -> Model {
    let mut model = Model { weights: vec![0.0; features], bias: -2.0 };
    let mut steps = vec![0.01_f32; features];
    let mut bias_steps = 0.01_f32;
    for epoch in 0..epochs {
        for at in 0..examples.len() {
            // Another order each time, the same each run.
            let example = examples[(at * 7919 + epoch * 104_729) % examples.len()];
            let (Some((holds, counts)), false) = (example.truth[label], without == Some(example.fold)) else {
                continue;
            };
            let error = (f32::from(u8::from(holds)) - chance(&model, example)) * counts;
            for feature in &example.features {
                let at = *feature as usize;
                let slope = error * example.counts - DECAY * model.weights[at];
                steps[at] += slope * slope;
                model.weights[at] += RATE * slope / steps[at].sqrt();
            }
            bias_steps += error * error;
            model.bias += RATE * 0.1 * error / bias_steps.sqrt();
        }
    }
    model
}

fn sum(model: &Model, example: &Example) -> f32 {
    model.bias + example.features.iter().map(|feature| model.weights[*feature as usize]).sum::<f32>() * example.counts
}

fn chance(model: &Model, example: &Example) -> f32 {
    1.0 / (1.0 + (-sum(model, example)).exp())
}

/// Each example's sum by a model that has not seen it.
pub(crate) fn held_out(examples: &[&Example], label: usize, features: usize, epochs: usize) -> Vec<f32> {
    let models: Vec<Model> = (0..FOLDS).map(|fold| learn(examples, label, features, epochs, Some(fold))).collect();
    examples.iter().map(|example| sum(&models[example.fold], example)).collect()
}

/// The sums, from the surest on, of messages the patterns do (not) find it in, with whether they are right to be changed.
fn ranked(cases: &[Case], label: usize, sums: &[f32], found: bool) -> Vec<(f32, bool)> {
    let mut ranked: Vec<(f32, bool)> = cases
        .iter()
        .zip(sums)
        .filter(|(case, _)| case.patterns[label] == found)
        .filter(|(case, _)| case.speaks_of_messages || !matches!(LABELS[label], "stop" | "start" | "help"))
        .filter(|(case, _)| found || case.asks_about_one || LABELS[label] != "takes")
        .filter_map(|(case, sum)| {
            case.example.truth[label].filter(|(_, counts)| *counts >= 1.0).map(|(holds, _)| (*sum, holds))
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked
}

/// The lowest sum from which on those added are right often enough.
fn added(cases: &[Case], label: usize, sums: &[f32]) -> f32 {
    let wanted = match LABELS[label] {
        "human" | "complaint" | "cancel" | "reschedule" | "affirm" | "deny" | "stop" => RIGHT_ACT,
        "emergency" | "crisis" => RIGHT_GRAVE,
        "takes" => RIGHT_COMMITS,
        "rejects" | "seeks" => RIGHT_REPLY,
        _ if label < INTENTS => RIGHT_INTENT,
        _ => RIGHT_FLAG,
    };
    let (mut right, mut best) = (0, f32::INFINITY);
    for (at, (sum, holds)) in ranked(cases, label, sums, false).into_iter().enumerate() {
        right += usize::from(holds);
        if at + 1 >= CASES && right as f32 >= wanted * (at + 1) as f32 {
            best = sum;
        }
    }
    best
}

/// The highest sum below which those taken away are right often enough.
fn dropped(cases: &[Case], label: usize, sums: &[f32]) -> f32 {
    let wanted = if LABELS[label] == "takes" { RIGHT_VETO } else { RIGHT_DROP };
    let (mut right, mut best) = (0, f32::NEG_INFINITY);
    for (at, (sum, holds)) in ranked(cases, label, sums, true).into_iter().rev().enumerate() {
        right += usize::from(!holds);
        if at + 1 >= CASES && right as f32 >= wanted * (at + 1) as f32 {
            best = sum;
        }
    }
    best
}

/// Found and falsely found among the held-out, by patterns alone and by both.
fn report(cases: &[Case], label: usize, sums: &[f32], add: f32, drop: f32) -> String {
    let (mut all, mut alone, mut both, mut false_alone, mut false_both) = (0, 0, 0, 0, 0);
    for (case, sum) in cases.iter().zip(sums) {
        let Some((holds, counts)) = case.example.truth[label] else { continue };
        if counts < 1.0 {
            continue;
        }
        let open = (case.speaks_of_messages || !matches!(LABELS[label], "stop" | "start" | "help"))
            && (case.asks_about_one || LABELS[label] != "takes");
        let read = (case.patterns[label] && *sum >= drop) || (open && *sum >= add);
        all += usize::from(holds);
        alone += usize::from(holds && case.patterns[label]);
        both += usize::from(holds && read);
        false_alone += usize::from(!holds && case.patterns[label]);
        false_both += usize::from(!holds && read);
    }
    format!("found {alone} -> {both} of {all}; falsely {false_alone} -> {false_both}")
}
