//! "Wednesday at 3. Sorry, I meant 5": what is said last of its kind holds.

use super::items::{Item, Placed};
use crate::understand::text::Text;

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
            _ => return None,
        };
        Some(behind)
    })
}

/// Whether two items say the same kind of thing: a day, or a time of day.
fn is_alike(a: &Item, b: &Item) -> bool {
    !matches!(a, Item::Flexible) && !matches!(b, Item::Flexible) && a.is_day() == b.is_day()
}

/// Without what was corrected.
pub(super) fn kept(text: &Text, found: Vec<Placed>) -> Vec<Placed> {
    let Some(from) = announced(text) else { return found };
    let (before, after): (Vec<Placed>, Vec<Placed>) = found.into_iter().partition(|placed| placed.start < from);
    let stays = |placed: &Placed| !after.iter().any(|later| is_alike(&placed.item, &later.item));
    let mut kept: Vec<Placed> = before.into_iter().filter(stays).collect();
    kept.extend(after);
    kept
}
