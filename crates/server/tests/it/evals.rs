//! The scenarios of `evals/`, through `frontdesk converse`, as an owner would replay them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use frontdesk_domain::span::Span;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    title: String,
    #[serde(default)]
    start: Option<String>,
    #[serde(default)]
    channel: Option<String>,
    turn: Vec<Turn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    say: Option<String>,
    kind: Option<String>,
    wait: Option<Span>,
    about: Option<String>,
    stage: Option<String>,
    replies: Option<usize>,
    notices: Option<usize>,
    opted_out: Option<bool>,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
    appointment: Option<String>,
    lead: Option<toml::Table>,
}

fn converse(scenario: &Scenario) -> Vec<Value> {
    let clinic = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/glow.toml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_frontdesk"))
        .args(["converse", "--jsonl", "--clinic", clinic.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut at: jiff::Timestamp = scenario.start.as_deref().unwrap_or("2026-11-20T10:00:00-05:00").parse().unwrap();
    let mut input = child.stdin.take().unwrap();
    for turn in &scenario.turn {
        at += turn.wait.unwrap_or(Span::mins(1)).signed();
        let kind = turn.kind.as_deref().unwrap_or("text");
        let event = json!({ "conversation": "x", "at": at.to_string(), "kind": kind, "text": turn.say, "channel": scenario.channel });
        writeln!(input, "{event}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect()
}

/// What is wrong with an outcome.
fn faults(turn: &Turn, outcome: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(error) = outcome.get("error") {
        faults.push(format!("error {error}"));
    }
    let empty = Vec::new();
    let replies = outcome["replies"].as_array().unwrap_or(&empty);
    let said = replies.iter().filter_map(|r| r["text"].as_str()).collect::<Vec<_>>().join("\n");
    let mut equal = |what: &str, wanted: Option<Value>, got: Value| {
        if let Some(wanted) = wanted.filter(|w| *w != got) {
            faults.push(format!("{what}: expected {wanted}, got {got}"));
        }
    };
    equal("about", turn.about.clone().map(Value::from), replies.last().map_or(Value::Null, |r| r["about"].clone()));
    equal("stage", turn.stage.clone().map(Value::from), outcome["stage"].clone());
    equal("replies", turn.replies.map(Value::from), replies.len().into());
    equal("notices", turn.notices.map(Value::from), outcome["notices"].as_array().map_or(0, Vec::len).into());
    equal("opted_out", turn.opted_out.map(Value::from), outcome["opted_out"].clone());
    let visit = outcome["appointment"]["start"].as_str().unwrap_or("none").to_owned();
    equal("appointment", turn.appointment.clone().map(Value::from), visit.into());
    for (key, wanted) in turn.lead.iter().flatten() {
        equal(key, serde_json::to_value(wanted).ok(), outcome["lead"][key].clone());
    }
    for part in turn.has.iter().filter(|part| !said.contains(part.as_str())) {
        faults.push(format!("should say {part:?}"));
    }
    for part in turn.never.iter().filter(|part| said.contains(part.as_str())) {
        faults.push(format!("should not say {part:?}"));
    }
    if !faults.is_empty() {
        faults.push(format!("said: {said}"));
    }
    faults
}

#[test]
fn evals_every_scenario_goes_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../evals/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let scenario: Scenario = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let outcomes = converse(&scenario);
        assert_eq!(outcomes.len(), scenario.turn.len(), "{}", scenario.title);
        for (number, (turn, outcome)) in scenario.turn.iter().zip(&outcomes).enumerate() {
            for fault in faults(turn, outcome) {
                wrong.push(format!(
                    "{} ({}), turn {}: {fault}",
                    scenario.title,
                    file.file_stem().unwrap().display(),
                    number + 1
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} scenarios", files.len());
}
