//! The labelled messages of `evals/understanding/` through the reader, as `frontdesk understand` answers them.
//!
//! `make evals` prints the table. `SHOW=person make evals` prints what is wrong in one file of the half that is for
//! building; the other half is only ever counted. `UPDATE=1 make evals` writes the marks that must not be fallen below.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use frontdesk_engine::understand::contract::{Request, answer};
use frontdesk_engine::understand::{Menu, MenuItem};
use serde_json::{Map, Value, json};

mod lines;

use lines::{Line, NOW, folder, lines};

/// The name of a half.
const fn half(is_counted: bool) -> &'static str {
    if is_counted { "counted" } else { "building" }
}

/// Messages the corpus has at the least, and those that label a field of the contract.
const LEAST: (usize, usize) = (2_000, 60);
/// The fields that are labelled; `service` and `redactions` stand for `services` and `redacted_text` too.
const FIELDS: [&str; 19] = [
    "intents",
    "name",
    "for_name",
    "service",
    "services",
    "variant",
    "phone",
    "provider",
    "patient_type",
    "email",
    "time_preference",
    "selected_slot",
    "slot_action",
    "opt_out",
    "emergency",
    "safety",
    "medical_advice",
    "injection",
    "redactions",
];

/// What was answered, in the form of the labels: no empty keys in a preference, identifiers by their words.
fn answered(line: &Line, menus: &mut BTreeMap<String, Menu>) -> Value {
    let request: Request = serde_json::from_value(Value::Object(line.request.clone())).unwrap();
    let menu = menus.entry(line.request["services"].to_string()).or_insert_with(|| {
        let items: Vec<MenuItem> = serde_json::from_value(line.request["services"].clone()).unwrap();
        Menu::new(items)
    });
    let response = answer(&request, menu).unwrap_or_else(|e| panic!("{}:{}: {e}", line.file, line.number));
    let mut value = serde_json::to_value(&response).unwrap();
    let text: Vec<char> = request.text.chars().collect();
    for span in value["redactions"].as_array_mut().unwrap() {
        let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
        let words: String = text[at("start")..at("end")].iter().collect();
        *span = json!({ "kind": span["kind"], "text": words });
    }
    value["time_preference"] = plain(&value["time_preference"]);
    value
}

/// A preference without its empty keys, its lists in order.
fn plain(preference: &Value) -> Value {
    let Some(object) = preference.as_object() else { return Value::Null };
    let mut kept = Map::new();
    for (key, value) in object {
        let value = match value {
            Value::Array(items) if key == "windows" => Value::Array(items.iter().map(plain).collect()),
            Value::Array(items) => {
                let mut items = items.clone();
                items.sort_by_key(ToString::to_string);
                Value::Array(items)
            }
            Value::Object(range) => {
                Value::Object(range.clone().into_iter().filter(|(_, end)| !end.is_null()).collect())
            }
            other => other.clone(),
        };
        if is_something(&value) {
            kept.insert(key.clone(), value);
        }
    }
    if kept.is_empty() { Value::Null } else { Value::Object(kept) }
}

fn is_something(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value.as_array().is_none_or(|list| !list.is_empty())
}

fn set(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
}

fn small(value: &Value) -> Option<String> {
    value.as_str().map(str::to_lowercase)
}

/// The labelled fields of a line and whether each was read so.
fn judged(line: &Line, answer: &Value) -> Vec<(String, bool)> {
    let judge = |(key, wanted): (&String, &Value)| {
        let right = match key.as_str() {
            "intents" | "safety" | "services" => set(wanted) == set(&answer[key]),
            "intents_include" => set(wanted).is_subset(&set(&answer["intents"])),
            "intents_exclude" => set(wanted).is_disjoint(&set(&answer["intents"])),
            "time_preference" => plain(wanted) == answer["time_preference"],
            // Who writes in small letters is greeted in capitals: it is the same name.
            "name" | "for_name" | "provider" => small(wanted) == small(&answer[key]),
            key => *wanted == answer[key],
        };
        (key.clone(), right)
    };
    line.expect.iter().map(judge).collect()
}

/// Right and all, of what is there to be read and of what is not.
#[derive(Default, Clone, Copy)]
struct Tally {
    there: (usize, usize),
    not_there: (usize, usize),
}

fn share((right, all): (usize, usize)) -> String {
    if all == 0 {
        return "-".to_owned();
    }
    let tenths = right * 1000 / all;
    format!("{right}/{all} {}.{}%", tenths / 10, tenths % 10)
}

#[derive(Default)]
struct Report {
    /// Messages of a file and half read right in everything, and all.
    whole: BTreeMap<(String, bool), (usize, usize)>,
    fields: BTreeMap<(String, bool), Tally>,
    /// Found, labelled, wrongly read.
    intents: BTreeMap<(String, bool), (usize, usize, usize)>,
    shown: String,
}

impl Report {
    fn add(&mut self, line: &Line, answer: &Value, show: &str) {
        let judged = judged(line, answer);
        let all_right = judged.iter().all(|(_, right)| *right);
        let counts = self.whole.entry((line.file.clone(), line.is_counted)).or_default();
        *counts = (counts.0 + usize::from(all_right), counts.1 + 1);
        for (field, right) in &judged {
            let tally = self.fields.entry((field.clone(), line.is_counted)).or_default();
            let place = if is_something(&line.expect[field]) { &mut tally.there } else { &mut tally.not_there };
            *place = (place.0 + usize::from(*right), place.1 + 1);
        }
        self.add_intents(line, &set(&answer["intents"]));
        if !all_right && !line.is_counted && (show == line.file || show == "all") {
            writeln!(self.shown, "{}:{} {}", line.file, line.number, line.request["text"]).unwrap();
            for key in ["expecting", "last_message", "offered_slots", "now", "known"] {
                if let Some(value) = line.request.get(key).filter(|value| *value != NOW) {
                    writeln!(self.shown, "    {key}: {value}").unwrap();
                }
            }
            for (field, _) in judged.iter().filter(|(_, right)| !right) {
                let read = if field.starts_with("intents_") { "intents" } else { field };
                writeln!(self.shown, "    {field}: wanted {} read {}", line.expect[field], answer[read]).unwrap();
            }
        }
    }

    fn add_intents(&mut self, line: &Line, read: &BTreeSet<String>) {
        let named = |key: &str| line.expect.get(key).map(set).unwrap_or_default();
        let (all, some, none) = (named("intents"), named("intents_include"), named("intents_exclude"));
        for intent in all.union(&some) {
            let of = self.intents.entry((intent.clone(), line.is_counted)).or_default();
            *of = (of.0 + usize::from(read.contains(intent)), of.1 + 1, of.2);
        }
        let is_closed = line.expect.contains_key("intents");
        for intent in read.iter().filter(|i| (is_closed && !all.contains(*i)) || none.contains(*i)) {
            self.intents.entry((intent.clone(), line.is_counted)).or_default().2 += 1;
        }
    }

    fn table(&self) -> String {
        let mut table = self.shown.clone();
        let keys = |names: BTreeSet<&String>| names.into_iter().cloned().collect::<Vec<String>>();
        writeln!(table, "{:<18} {:>18} {:>18}", "messages all right", "building", "counted").unwrap();
        for file in keys(self.whole.keys().map(|(file, _)| file).collect()) {
            let of = |counted| share(self.whole.get(&(file.clone(), counted)).copied().unwrap_or_default());
            writeln!(table, "{file:<18} {:>18} {:>18}", of(false), of(true)).unwrap();
        }
        let all = |counted: bool| {
            let of = self.whole.iter().filter(|((_, half), _)| *half == counted).map(|(_, counts)| *counts);
            share(of.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1)))
        };
        writeln!(table, "{:<18} {:>18} {:>18}", "all", all(false), all(true)).unwrap();
        writeln!(table, "\n{:<18} {:>18} {:>18} {:>18} {:>18}", "field", "there", "counted", "not there", "counted")
            .unwrap();
        for field in keys(self.fields.keys().map(|(field, _)| field).collect()) {
            let of = |counted| self.fields.get(&(field.clone(), counted)).copied().unwrap_or_default();
            let (b, c) = (of(false), of(true));
            let [one, two, three, four] = [b.there, c.there, b.not_there, c.not_there].map(share);
            writeln!(table, "{field:<18} {one:>18} {two:>18} {three:>18} {four:>18}").unwrap();
        }
        writeln!(table, "\n{:<18} {:>18} {:>18}   wrongly read", "intent", "found", "counted").unwrap();
        for intent in keys(self.intents.keys().map(|(intent, _)| intent).collect()) {
            let of = |counted| self.intents.get(&(intent.clone(), counted)).copied().unwrap_or_default();
            let (b, c) = (of(false), of(true));
            let (one, two) = (share((b.0, b.1)), share((c.0, c.1)));
            writeln!(table, "{intent:<18} {one:>18} {two:>18}   {} {}", b.2, c.2).unwrap();
        }
        table
    }
}

#[test]
fn the_corpus_is_read_no_worse_than_it_was() {
    let show = std::env::var("SHOW").unwrap_or_default();
    let (mut report, mut menus) = (Report::default(), BTreeMap::new());
    for line in lines() {
        let answer = answered(&line, &mut menus);
        report.add(&line, &answer, &show);
    }
    println!("{}", report.table());
    let marks = folder().join("marks.json");
    let now: BTreeMap<String, usize> = report
        .whole
        .iter()
        .map(|((file, counted), (right, _))| (format!("{file} {}", half(*counted)), *right))
        .collect();
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(&marks, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
    }
    let before: BTreeMap<String, usize> = serde_json::from_str(&std::fs::read_to_string(&marks).unwrap()).unwrap();
    for (what, mark) in before {
        let right = now.get(&what).copied().unwrap_or_default();
        assert!(right >= mark, "{what}: {right} messages are read right, it was {mark}");
    }
}

#[test]
fn the_corpus_is_large_and_every_field_stands_in_it_often() {
    let lines = lines();
    assert!(lines.len() >= LEAST.0, "{} messages", lines.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut texts = BTreeSet::new();
    for line in &lines {
        for field in FIELDS {
            let is_labelled = line.expect.keys().any(|key| key.strip_suffix("_include").unwrap_or(key) == field);
            *counts.entry(field).or_default() += usize::from(is_labelled);
        }
        let said = serde_json::to_string(&line.request).unwrap();
        assert!(texts.insert(said), "{}:{} stands there twice", line.file, line.number);
    }
    for (field, count) in counts {
        assert!(count >= LEAST.1, "{field}: {count} messages");
    }
}
