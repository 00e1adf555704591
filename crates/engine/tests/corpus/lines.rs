//! Reading the labelled messages: the test counts them, `xtask weigh` learns from those of the building half.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

/// When a message without a `now` of its own arrived: a Friday.
pub(crate) const NOW: &str = "2026-11-20T10:00:00-05:00";

/// One labelled message.
pub(crate) struct Line {
    pub(crate) file: String,
    pub(crate) number: usize,
    pub(crate) request: Map<String, Value>,
    pub(crate) expect: Map<String, Value>,
    pub(crate) is_counted: bool,
}

/// Where the corpus lies.
pub(crate) fn folder() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().map(|up| up.join("evals/understanding")).find(|folder| folder.is_dir()).unwrap()
}

/// Which half a message is in depends on nothing but its words (FNV-1a).
fn half_of(text: &str) -> bool {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (hash ^ (hash >> 32)) & 1 == 1
}

/// Every message, by file and line.
pub(crate) fn lines() -> Vec<Line> {
    let menu: Value = serde_json::from_str(&std::fs::read_to_string(folder().join("menu.json")).unwrap()).unwrap();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "jsonl"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (at, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            let read: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{file}:{}: {e}", at + 1));
            let mut request = read.as_object().unwrap().clone();
            let expect = request.remove("expect").unwrap().as_object().unwrap().clone();
            request.remove("class");
            request.remove("lang");
            request.entry("now").or_insert_with(|| json!(NOW));
            request.entry("services").or_insert_with(|| menu.clone());
            let is_building = request.remove("half").is_some_and(|half| half == "building");
            let is_counted = !is_building && half_of(request["text"].as_str().unwrap());
            all.push(Line { file: file.clone(), number: at + 1, request, expect, is_counted });
        }
    }
    all
}
