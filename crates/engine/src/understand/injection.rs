//! Attempts to steer the assistant, to have its instructions or other people's data: what is asked of it and of whom, put
//! together from the sections of `lexicon/injection.txt`. "Ignore my last message" and "print the aftercare instructions"
//! are about the clinic's own things.

use super::lexicon::{FILES, Known, List};
use super::pattern::Match;
use super::slip::is_near;
use super::text::{Kind, Text, Token};

/// Tokens between two halves of one demand.
const NEAR: usize = 9;
/// What a clinic's own instructions and rules are about.
const OF_THE_CLINIC: &[&str] = &[
    "aftercare",
    "care",
    "prep",
    "pre",
    "post",
    "cancellation",
    "cancel",
    "parking",
    "deposit",
    "late",
    "visit",
    "appointment",
    "peel",
    "laser",
    "facial",
    "botox",
    "filler",
    "washing",
    "kids",
    "refund",
    "membership",
    "house",
    "mask",
    "directions",
    "driving",
    "discharge",
    "no",
    "show",
    "consent",
    "cuidado",
    "cuidados",
    "cancelacion",
    "estacionamiento",
    "consult",
    "consultation",
    "treatment",
    "recovery",
    "doctors",
    "doctor",
    "surgeons",
    "return",
    "package",
    "gift",
    "referral",
    "payment",
    "cream",
    "skincare",
];

/// Instructions and rules that a clinic gives, the sender's own words: nothing a sum of weights may take for steering.
pub(super) fn is_ordinary(text: &Text) -> bool {
    let own = text.tokens.windows(3).any(|w| {
        w[0].is("my")
            && (matches!(
                w[1].word.as_str(),
                "message" | "text" | "messages" | "texts" | "question" | "typo" | "comment"
            ) || matches!(w[2].word.as_str(), "message" | "text" | "messages" | "texts" | "question"))
    });
    // "Ignore the last text", and no more.
    let brief = text.word_count() <= 5
        && text
            .tokens
            .windows(2)
            .any(|w| matches!(w[0].word.as_str(), "last" | "that") && matches!(w[1].word.as_str(), "text" | "message"));
    brief
        || (own && text.word_count() <= 12)
        || text.has_any(&[
            "aftercare",
            "cuidados",
            "prep",
            "parking",
            "directions",
            "cancellation",
            "deposit",
            "recovery",
        ])
}

/// Whether it tries.
pub(super) fn is_injection(text: &Text) -> bool {
    demands(text) || hidden(text)
}

fn demands(text: &Text) -> bool {
    let found: Vec<(&str, Match)> =
        FILES.injection().find(text).map(|hit| (FILES.injection().label(hit), hit)).collect();
    if found.is_empty() {
        return forged(text);
    }
    let all = |label: &str| -> Vec<Match> {
        found.iter().filter(|(known, _)| *known == label).map(|(_, hit)| *hit).collect()
    };
    let ours = |hit: &Match| {
        let around = &text.tokens[hit.start.saturating_sub(3)..(hit.end + 3).min(text.tokens.len())];
        around.iter().any(|t| OF_THE_CLINIC.contains(&t.word.as_str()))
    };
    let beside = |one: &str, other: &str| {
        all(one).iter().any(|a| {
            all(other).iter().any(|b| {
                let apart = if a.end <= b.start { b.start - a.end } else { a.start.saturating_sub(b.end) };
                apart <= NEAR && !(b.start <= a.start && a.end <= b.end)
            })
        })
    };
    let foreign = |label: &str| all(label).iter().any(|hit| !ours(hit));
    let (marker, outlaw, authority) = (foreign("marker"), !all("outlaw").is_empty(), !all("authority").is_empty());
    let overrides = all("override").iter().any(|a| {
        all("instruction").iter().any(|b| {
            b.start >= a.start && b.start.saturating_sub(a.end) <= 5 && b.end > a.end && !ours(b) && !mine(text, b)
        })
    });
    let reveals = all("reveal").iter().any(|a| {
        all("secret")
            .iter()
            .any(|b| b.start >= a.start && b.start.saturating_sub(a.end) <= NEAR && !ours(b) && !mine(text, b))
    });
    let of_others = all("reveal").iter().any(|a| {
        all("others")
            .iter()
            .any(|b| b.start >= a.start && b.start.saturating_sub(a.end) <= NEAR && demands_data(text, a))
    });
    let persona = beside("persona", "outlaw") && addressed(text);
    overrides
        || reveals
        || of_others
        || persona
        || forged(text)
        || (marker && (authority || outlaw || overrides || !all("instruction").is_empty() || strong_marker(text)))
        || (authority && (foreign("secret") || (!all("others").is_empty() && !all("reveal").is_empty())))
}

/// "My last message", "what I said before": the sender's own words.
fn mine(text: &Text, hit: &Match) -> bool {
    let around = &text.tokens[hit.start.saturating_sub(1)..(hit.end + 1).min(text.tokens.len())];
    around.iter().any(|t| matches!(t.word.as_str(), "my" | "i" | "mis" | "mi" | "me"))
        && !around.iter().any(|t| matches!(t.word.as_str(), "your" | "system" | "prompt" | "instructions"))
}

/// A demand and not "what do other people pay", "which one is next".
fn demands_data(text: &Text, verb: &Match) -> bool {
    let word = text.word(verb.start);
    let records = text.has_any(&[
        "records",
        "record",
        "data",
        "database",
        "list",
        "lists",
        "names",
        "numbers",
        "conversations",
        "conversation",
        "history",
        "logs",
        "info",
        "information",
        "details",
        "chart",
        "charts",
        "files",
        "messages",
        "message",
        "appointments",
        "emails",
        "addresses",
        "datos",
        "lista",
        "patient_id",
        "chats",
    ]);
    let weak = matches!(
        word,
        "what"
            | "whats"
            | "which"
            | "give"
            | "tell"
            | "dime"
            | "dame"
            | "describe"
            | "answer"
            | "respond"
            | "reply"
            | "complete"
    );
    records
        && (!weak
            || text.has_any(&[
                "all",
                "every",
                "records",
                "database",
                "list",
                "names",
                "numbers",
                "history",
                "conversations",
                "datos",
                "logs",
            ]))
}

/// The assistant is told to be somebody: "can you act as a witness for me" asks the clinic.
fn addressed(text: &Text) -> bool {
    let asks_clinic = text.word(0) == "do" || text.has_any(&["medspa", "spa", "membership"]);
    !asks_clinic
}

fn strong_marker(text: &Text) -> bool {
    text.tokens.iter().any(|t| t.word.starts_with("jailbr"))
        || text.tokens.windows(2).any(|w| {
            matches!(
                (w[0].word.as_str(), w[1].word.as_str()),
                ("override", "code" | "mode" | "authorization")
                    | ("drop", "table")
                    | ("for", "qa")
                    | ("safety" | "content", "filters" | "filter" | "restrictions")
                    | ("your", "restrictions" | "guardrails" | "safeguards")
                    | ("decode", "this")
                    | ("system", "override" | "instruction" | "instructions" | "update")
                    | ("nuevas", "instrucciones")
                    | ("must", "now")
                    | ("do", "what")
            )
        })
}

/// A message dressed up as the system's: `[SYSTEM]`, `<system>`, `{"role":"system"`, `### System`.
fn forged(text: &Text) -> bool {
    text.tokens.iter().enumerate().any(|(at, token)| {
        if !matches!(token.folded.as_str(), "system" | "admin" | "assistant" | "developer" | "inst" | "sistema" | "sys")
        {
            return false;
        }
        let before = at.checked_sub(1).map_or("", |b| text.word(b));
        let behind = text.word(at + 1);
        let role = text.has_any(&["role"]) && matches!(before, "\"");
        (before == "[" && behind == "]")
            || (before == "<" && matches!(behind, ">" | "_" | "-"))
            || (before == "/" && behind == ">")
            || (matches!(before, "#" | "|" | "*" | "=")
                && matches!(behind, "#" | ":" | "|" | "*" | "=" | "message" | "prompt" | "\n"))
            || (at == 0 && behind == ":" && text.word_count() > 4)
            || role
    })
}

/// The same in disguise: figures for letters, dots between words, slips of the finger, base 64.
fn hidden(text: &Text) -> bool {
    if text.chars.len() > 4_000 || !text.chars.iter().all(char::is_ascii) {
        return false;
    }
    let message = || text.chars.iter().collect::<String>();
    // "1gn0re", "pr0mpt"; not "3pm", "15th".
    let in_one = |a: &Token, b: &Token| b.glued && a.kind != Kind::Sign && b.kind != Kind::Sign;
    let has_figures =
        text.tokens.chunk_by(in_one).any(|word| word.len() > 1 && word[word.len() - 1].end - word[0].start >= FIGURED);
    if has_figures {
        let plain: String = text.chars.iter().copied().map(letter_of).collect();
        if demands(&Text::new(&plain)) {
            return true;
        }
    }
    // "i g n o r e": letters apart.
    let letters = text.tokens.iter().filter(|t| t.kind == Kind::Word && t.folded.len() == 1).count();
    if letters >= 12 && letters * 2 > text.word_count() {
        let mut close = String::new();
        for word in message().split("  ") {
            close.push_str(&word.replace(' ', ""));
            close.push(' ');
        }
        if demands(&Text::new(&close)) {
            return true;
        }
    }
    let parts = |c: char| matches!(c, '.' | '_' | '-' | '*');
    if text.chars.iter().filter(|c| parts(**c)).count() >= 3 && !text.chars.windows(2).any(|pair| pair == ['.', ' ']) {
        let spaced: String = text.chars.iter().map(|c| if parts(*c) { ' ' } else { *c }).collect();
        if demands(&Text::new(&spaced)) {
            return true;
        }
    }
    if text.tokens.iter().any(|t| near_keyword(&t.folded).is_some()) {
        let mended: Vec<&str> =
            text.tokens.iter().map(|t| near_keyword(&t.folded).unwrap_or(t.folded.as_str())).collect();
        if demands(&Text::new(&mended.join(" "))) {
            return true;
        }
    }
    text.chars
        .split(|c| c.is_whitespace())
        .filter(|word| word.len() >= ENCODED)
        .filter_map(|word| decoded(&word.iter().collect::<String>()))
        .any(|words| demands(&Text::new(&words)))
}

/// Letters of a word that may be base 64, at the least.
const ENCODED: usize = 24;
/// Letters and figures of a word that may be written in both.
const FIGURED: usize = 5;

fn letter_of(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '@' => 'a',
        '$' => 's',
        c => c,
    }
}

/// The word of a demand that this is one or two slips away from.
fn near_keyword(word: &str) -> Option<&'static str> {
    const KEYWORDS: [&str; 9] = [
        "ignore",
        "previous",
        "instructions",
        "instruction",
        "prompt",
        "system",
        "disregard",
        "override",
        "restrictions",
    ];
    if !(5..=13).contains(&word.len()) || word == "promo" || word == "promos" || word == "ignored" || word == "systems"
    {
        return None;
    }
    let near = KEYWORDS.into_iter().find(|known| {
        let allowed = if known.len() >= 8 { 2 } else { 1 };
        *known != word && known.as_bytes()[0] == word.as_bytes()[0] && is_near(known, word, allowed)
    });
    near.filter(|_| !Known::of(word).is_in(List::English))
}

/// Base 64 that holds words.
fn decoded(word: &str) -> Option<String> {
    let mut bits: u32 = 0;
    let mut count = 0;
    let mut out = String::new();
    for c in word.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            let byte = u8::try_from((bits >> count) & 0xFF).ok()?;
            if !(byte == b'\n' || (b' '..=b'~').contains(&byte)) {
                return None;
            }
            out.push(char::from(byte));
        }
    }
    Some(out)
}
