//! The repository's own checks: `cargo run -p xtask -- tidy`.
//!
//! What the compiler does not hold: which crate may use which (ours and external), module documentation, vendor folders
//! that import one another, words of other trades in our names, files that grew too long.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

#[path = "../../crates/engine/tests/corpus/lines.rs"]
#[expect(clippy::unwrap_used, reason = "a corpus that cannot be read ends the program")]
mod lines;
mod names;
mod weigh;

/// Which of our crates each may use. `server` may use everything; nothing may use `server`.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("engine", &["domain"]),
    ("ports", &["domain"]),
    ("reception", &["domain", "engine", "ports"]),
    ("store", &["domain", "ports"]),
    ("vendors", &["domain", "ports"]),
    ("sandbox", &["domain", "ports"]),
    ("http", &["domain", "ports", "reception"]),
    ("server", &["domain", "engine", "ports", "reception", "store", "vendors", "sandbox", "http"]),
];

/// External libraries with a home: where they may be used.
const HOMES: &[(&str, &[&str])] = &[
    ("axum", &["http", "server"]),
    ("sea-orm", &["store"]),
    ("sqlx", &["store"]),
    ("reqwest", &["vendors", "server"]),
    ("tokio", &["reception", "store", "vendors", "sandbox", "http", "server"]),
    ("clap", &["server"]),
    ("anyhow", &["server"]),
];

/// Words that mean something else here; see docs/glossary.md.
const NOT_OUR_WORDS: &[&str] =
    &["struct Practice", "struct Customer", "struct Tenant", "mod utils", "mod common", "mod helpers"];

/// A file longer than this needs a reason; tables and catalogues are one.
const LINES_MAX: usize = 800;
const LONG_FOR_A_REASON: &[&str] = &["crates/engine/src/understand/tests.rs"];

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => tidy(),
        Some("weigh") => weigh::run().and_then(|()| names::run()),
        _ => bail!("usage: cargo run -p xtask -- tidy | weigh"),
    }
}

fn tidy() -> anyhow::Result<()> {
    // Where it is run and not where it was built: checkouts may share a target folder.
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let root = Path::new(&own).parent().context("the workspace")?;
    let vendors = vendor_folders(root)?;
    let mut faults = layers(root)?;
    let mut files = Vec::new();
    rust_files(&root.join("crates"), &mut files)?;
    for file in &files {
        let text = std::fs::read_to_string(file)?;
        let name = file.strip_prefix(root)?.display().to_string();
        if !text.trim_start().starts_with("//!") {
            faults.push(format!("{name}: begins without a `//!` sentence on what it is for"));
        }
        if text.lines().count() > LINES_MAX && !LONG_FOR_A_REASON.contains(&name.as_str()) {
            faults.push(format!("{name}: {} lines", text.lines().count()));
        }
        for word in NOT_OUR_WORDS {
            if text.contains(word) {
                faults.push(format!("{name}: `{word}` is not a word of ours (docs/glossary.md)"));
            }
        }
        if let Some(vendor) = vendor_of(&name) {
            // Other folders by any path and in any line; what vendors share stands beside the folders.
            for other in vendors.iter().filter(|other| *other != vendor) {
                let paths = [format!("crate::{other}"), format!("super::super::{other}"), format!("crate::{{{other}")];
                for line in text.lines().filter(|line| paths.iter().any(|path| line.contains(path))) {
                    faults.push(format!("{name}: a vendor folder imports another ({})", line.trim()));
                }
            }
        }
    }
    if faults.is_empty() {
        println!("tidy: {} files, layers and words hold", files.len());
        return Ok(());
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    bail!("tidy: {} faults", faults.len())
}

/// The vendors' folders.
fn vendor_folders(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(root.join("crates/vendors/src"))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(folders)
}

fn vendor_of(name: &str) -> Option<&str> {
    name.strip_prefix("crates/vendors/src/")?.split_once('/').map(|(vendor, _)| vendor)
}

fn rust_files(dir: &Path, into: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, into)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
    Ok(())
}

fn layers(root: &Path) -> anyhow::Result<Vec<String>> {
    let output =
        Command::new("cargo").args(["metadata", "--format-version=1", "--no-deps"]).current_dir(root).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(ours) = name.strip_prefix("frontdesk-") else { continue };
        let Some(may_use) = allowed.get(ours) else {
            faults.push(format!("{name}: not in the table of layers (xtask)"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // Tests may reach further.
            if dependency["kind"].as_str() == Some("dev") {
                continue;
            }
            let used = dependency["name"].as_str().unwrap_or_default();
            if let Some(other) = used.strip_prefix("frontdesk-") {
                if !may_use.contains(&other) {
                    faults.push(format!("{name} uses {used}, which its layer must not know"));
                }
            }
            if let Some((_, homes)) = HOMES.iter().find(|(library, _)| *library == used) {
                if !homes.contains(&ours) {
                    faults.push(format!("{name} uses {used}, whose home is {}", homes.join(", ")));
                }
            }
        }
    }
    Ok(faults)
}
