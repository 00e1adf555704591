//! Danger, clinical questions, disclosures and minors. Recall on danger comes first.

use std::sync::LazyLock;

use super::pattern::Patterns;
use super::text::Text;
use super::{SafetyFlag, time_counts};

static SAFETY: LazyLock<Patterns> = LazyLock::new(|| Patterns::parse(include_str!("../../lexicon/safety.txt")));

pub(super) fn flags(text: &Text, for_other: bool) -> Vec<SafetyFlag> {
    let mut flags = Vec::new();
    for hit in SAFETY.find(text) {
        let flag = match SAFETY.label(hit) {
            "emergency" if harmless(text, hit.start, hit.end) => continue,
            "emergency" => SafetyFlag::Emergency,
            // "Lol" behind such words takes nothing back.
            "crisis" if negated_before(text, hit.start) => continue,
            "crisis" => SafetyFlag::Crisis,
            "post_procedure" => SafetyFlag::PostProcedure,
            "medical_advice" => SafetyFlag::MedicalAdvice,
            "contraindication" if negated_before(text, hit.start) => continue,
            "contraindication" => SafetyFlag::Contraindication,
            _ => SafetyFlag::Minor,
        };
        if !flags.contains(&flag) {
            flags.push(flag);
        }
    }
    if under_age(text, for_other) && !flags.contains(&SafetyFlag::Minor) {
        flags.push(SafetyFlag::Minor);
    }
    flags
}

fn negated_before(text: &Text, start: usize) -> bool {
    text.tokens[start.saturating_sub(3)..start]
        .iter()
        .any(|t| matches!(t.word.as_str(), "not" | "no" | "never" | "isnt" | "arent" | "dont" | "without"))
}

/// Danger words that report nothing: jokes, other times, other people's stories, questions about risk.
fn harmless(text: &Text, start: usize, end: usize) -> bool {
    let around = &text.tokens[start.saturating_sub(5)..(end + 4).min(text.tokens.len())];
    let asked_about = text.tokens[start.saturating_sub(40)..start]
        .iter()
        .any(|t| matches!(t.word.as_str(), "if" | "risk" | "risks" | "possible" | "chance" | "case"))
        || text
            .tokens
            .first()
            .is_some_and(|t| matches!(t.word.as_str(), "can" | "does" | "do" | "could" | "will" | "what"))
            && !around.iter().any(|t| matches!(t.word.as_str(), "i" | "my" | "im" | "ive"));
    let joking = text.has_any(&["lol", "lmao", "haha", "hahaha", "joking", "kidding", "jk"]);
    let used_to = text.tokens.windows(2).any(|w| w[0].is("used") && w[1].is("to"));
    let past = (used_to || around.iter().any(|t| matches!(t.word.as_str(), "ago" | "last" | "once" | "years" | "history")))
        && !around.iter().any(|t| matches!(t.word.as_str(), "now" | "still" | "cant"))
        // "After my last filler today": it is now.
        && !text.has_any(&["today", "now", "hour", "hours", "minutes", "hoy", "ahora"]);
    asked_about || joking || past || negated_before(text, start)
}

/// Who may be under age.
const CHILDREN: &[&str] = &[
    "daughter",
    "son",
    "sister",
    "brother",
    "niece",
    "nephew",
    "kid",
    "child",
    "cousin",
    "teen",
    "teenager",
    "girl",
    "boy",
    "friend",
    "granddaughter",
    "grandson",
    "stepdaughter",
    "stepson",
    "hija",
    "hijo",
    "hermana",
    "hermano",
    "sobrina",
    "sobrino",
    "nina",
    "nino",
    "amiga",
    "prima",
];

/// "Sixteen", said of a person.
fn teen(word: &str) -> Option<u32> {
    const TEENS: [&str; 6] = ["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"];
    const SPANISH: [&str; 6] = ["doce", "trece", "catorce", "quince", "dieciseis", "diecisiete"];
    let at = TEENS.iter().position(|w| *w == word).or_else(|| SPANISH.iter().position(|w| *w == word))?;
    u32::try_from(at + 12).ok()
}

/// An age below 18 of the patient.
fn under_age(text: &Text, for_other: bool) -> bool {
    (0..text.tokens.len()).any(|at| {
        let said = text.tokens[at].number().or_else(|| teen(text.word(at)));
        let Some(age) = said.filter(|age| (1..=18).contains(age)) else { return false };
        let before = at.checked_sub(1).map_or("", |b| text.word(b));
        let before_that = at.checked_sub(2).map_or("", |b| text.word(b));
        let dashed = usize::from(text.word(at + 1) == "-");
        let (unit, then) = (text.word(at + 1 + dashed), text.word(at + 2 + 2 * dashed));
        let years = matches!(unit, "yo" | "anos")
            || (matches!(unit, "year" | "years" | "yr" | "yrs" | "y")
                && (matches!(then, "old" | "o" | "daughter" | "son" | "olds") || text.word(at + 3) == "old"));
        let since = matches!(text.word(at + 2), "ago" | "experience" | "since")
            || text.has_any(&["been"]) && !matches!(then, "old" | "o");
        let bare_age = (10..18).contains(&age)
            && !time_counts(unit)
            && !matches!(unit, "am" | "pm" | "blocks" | "away" | "late" | "early" | ":" | "/" | "%");
        // "I turn 18 in March": not yet.
        let turns = matches!(before, "turn" | "turning" | "cumplo") && !matches!(unit, "minutes" | "min");
        if age == 18 {
            return turns && text.word(at + 1) != "last";
        }
        // "I have a 10 yr old so mornings only": whose hours they keep, not who comes.
        let keeps_hours = !for_other
            && text.tokens[..at].iter().rev().take(3).any(|t| matches!(t.word.as_str(), "have" | "got" | "tengo"))
            && !text.has_any(&["bring", "bringing", "she", "he", "her", "him", "wants", "needs", "daughter", "son"]);
        // "My daughter is 17", "mi hija de 16".
        let of_relative = matches!(before, "is" | "de" | "age" | "aged" | "tiene" | "who" | "only")
            && text.tokens[at.saturating_sub(5)..at].iter().any(|t| CHILDREN.contains(&t.word.as_str()))
            && !time_counts(unit)
            && !matches!(unit, "am" | "pm" | ":" | "/" | "%" | "minutes" | "min");
        let named = matches!(before, "im" | "shes" | "hes" | "turned") || (before == "am" && before_that == "i");
        let says_age = (named && bare_age)
            || matches!(before, "im" | "shes" | "hes")
                && matches!(unit, "" | "." | "," | "and" | "!" | "but" | "so" | "is")
            || before == "am" && before_that == "i" && matches!(unit, "" | "." | "," | "and" | "but")
            || before == "only" && matches!(before_that, "im" | "shes" | "hes" | "is" | "am")
            || before == "turning"
            || before == "tengo" && unit == "anos";
        // "16" alone behind "for my daughter, 16".
        let apposed = for_other && before == "," && age > 9 && matches!(unit, "" | "." | ",");
        (years && !since && !keeps_hours) || says_age || turns || of_relative || apposed
    })
}
