//! "Wednesday at 3. Sorry, I meant 5": what is said last of its kind holds.

use super::day::DayMeaning;
use super::items::{Item, Placed};
use crate::understand::text::Text;

/// Tokens between the words that announce a correction and what corrects.
const REACH: usize = 12;

/// Where a correction begins: the token behind the words that announce it.
fn announced(text: &Text) -> Option<usize> {
    let word = |at: usize| text.word(at);
    (0..text.tokens.len()).rev().find_map(|at| {
        let behind = match (word(at), word(at + 1), word(at + 2)) {
            ("i", "meant" | "mean", _) => at + 2,
            ("meant", _, _) if at > 0 => at + 1,
            ("scratch" | "strike" | "forget", "that", _) => at + 2,
            ("never", "mind", _) => at + 2,
            ("correction" | "oops" | "perdon" | "corrijo", _, _) => at + 1,
            ("my", "bad", _) => at + 2,
            ("wait", "no", _) | ("no", "wait", _) => at + 2,
            ("no", "actually", _) | ("actually", "no", _) => at + 2,
            ("no", "sorry", _) | ("sorry", "no", _) => at + 2,
            ("quise", "decir", _) | ("mejor", "dicho", _) => at + 2,
            ("digo", _, _) if at > 0 => at + 1,
            ("or", "rather", _) => at + 2,
            ("hang" | "hold", "on", _) if at > 0 => at + 2,
            ("wait" | "actually", _, _) if at > 0 => at + 1,
            ("sorry", next, _) if at > 0 && !matches!(next, "for" | "about" | "i" | "im") => at + 1,
            // "I can make it Tuesday": comes then.
            ("make", "it" | "that", _)
                if at > 1
                    && !matches!(word(at - 1), "can" | "could" | "cant" | "to" | "i" | "ill" | "might" | "wont") =>
            {
                at + 2
            }
            _ => return None,
        };
        Some(behind)
    })
}

/// Whether two items say the same kind of thing: a day, or a time of day.
fn is_alike(a: &Item, b: &Item) -> bool {
    !matches!(a, Item::Flexible) && !matches!(b, Item::Flexible) && a.is_day() == b.is_day()
}

/// "Monday no Tuesday", "the 12th, no, the 13th": the first of two of a kind with nothing but a no between them.
fn without_denied(text: &Text, found: Vec<Placed>) -> Vec<Placed> {
    let is_one = |placed: &Placed| match &placed.item {
        Item::Day(DayMeaning::On { .. } | DayMeaning::Dated { .. }) => {
            let written = &text.tokens[placed.end - 1].folded;
            !(written.ends_with("days") || matches!(written.as_str(), "sabados" | "domingos"))
        }
        Item::At(_) => true,
        _ => false,
    };
    let denied = |first: &Placed, then: &Placed| {
        let between = text.tokens.get(first.end..then.start).unwrap_or_default();
        let words = || between.iter().map(|t| t.word.as_str()).filter(|word| *word != ",");
        first.item.is_day() == then.item.is_day()
            && is_one(first)
            && is_one(then)
            && words().next() == Some("no")
            && words()
                .skip(1)
                .all(|word| matches!(word, "the" | "on" | "at" | "make" | "it" | "el" | "las" | "." | "uh" | "um"))
    };
    let out: Vec<bool> =
        (0..found.len()).map(|at| found.get(at + 1).is_some_and(|then| denied(&found[at], then))).collect();
    let mut stays = out.iter().map(|out| !out);
    found.into_iter().filter(|_| stays.next().unwrap_or(true)).collect()
}

/// Without what was corrected.
pub(super) fn kept(text: &Text, found: Vec<Placed>) -> Vec<Placed> {
    let found = without_denied(text, found);
    let Some(from) = announced(text) else { return found };
    // What corrects stands soon behind the word that says so.
    if !found.iter().any(|placed| (from..=from + REACH).contains(&placed.start)) {
        return found;
    }
    let (before, after): (Vec<Placed>, Vec<Placed>) = found.into_iter().partition(|placed| placed.start < from);
    let stays = |placed: &Placed| !after.iter().any(|later| is_alike(&placed.item, &later.item));
    let mut kept: Vec<Placed> = before.into_iter().filter(stays).collect();
    kept.extend(after);
    kept
}
