//! A week that is said once holds for the days beside it: "Monday or Tuesday next week", "next week, maybe Thursday".

use jiff::ToSpan;
use jiff::civil::Date;

use super::day::{DayMeaning, in_week, monday_of};
use super::items::{Item, Placed};
use crate::understand::text::Text;

/// The weekday items in the week they are in.
pub(super) fn settled(text: &Text, mut found: Vec<Placed>, today: Date) -> Vec<Placed> {
    several(text, &mut found);
    in_so_many_weeks(text, &mut found, today);
    let mut at = 0;
    while at < found.len() {
        backward(text, &mut found, at);
        if forward(text, &mut found, at, today) {
            found.remove(at);
        } else {
            at += 1;
        }
    }
    // "December 11th, I think that's a Friday": the weekday describes the date.
    let told: Vec<(Date, usize)> = found
        .iter()
        .filter_map(|placed| match &placed.item {
            Item::Day(DayMeaning::On { date, weekday: None } | DayMeaning::Dated { date, .. }) => {
                Some((*date, placed.start))
            }
            _ => None,
        })
        .collect();
    found.retain(|placed| match &placed.item {
        Item::Day(DayMeaning::On { weekday: Some(day), .. }) => {
            let describes =
                placed.start > 0 && matches!(text.word(placed.start - 1), "a" | "is" | "its" | "thats" | "un");
            !describes || !told.iter().any(|(date, _)| date.weekday() == *day)
        }
        _ => true,
    });
    found
}

/// "Any Friday in December", "los martes y jueves": a weekday that is one of many.
fn several(text: &Text, found: &mut [Placed]) {
    let is_long = found.iter().any(|placed| match &placed.item {
        Item::DayBound(..) => true,
        Item::Day(DayMeaning::Span { from: Some(from), to: Some(to) }) => {
            from.until(*to).is_ok_and(|length| length.get_days() > 6)
        }
        _ => false,
    });
    for at in 0..found.len() {
        let of_any = is_long
            && found[at].start > 0
            && matches!(text.word(found[at].start - 1), "any" | "a" | "some" | "every" | "un" | "cualquier" | "algun");
        let beside_many = at > 0
            && matches!(found[at - 1].item, Item::Day(DayMeaning::Weekdays(_)))
            && is_joined(text, found[at - 1].end, found[at].start, &["and", "or", "y", "o", "&", "/"])
            && found[at - 1].end < found[at].start;
        if let Item::Day(DayMeaning::On { weekday: Some(day), .. }) = found[at].item {
            if of_any || beside_many {
                found[at].item = Item::Day(DayMeaning::Weekdays(vec![day]));
            }
        }
    }
}

/// "In two weeks on Tuesday", "dentro de dos semanas, el viernes": that week's.
fn in_so_many_weeks(text: &Text, found: &mut Vec<Placed>, today: Date) {
    let Some(at) = found.iter().position(|placed| {
        matches!(placed.item, Item::Day(DayMeaning::On { weekday: None, .. }))
            && matches!(text.word(placed.start), "in" | "en" | "dentro")
            && matches!(text.word(placed.end - 1), "weeks" | "week" | "semanas" | "semana" | "time")
    }) else {
        return;
    };
    let Item::Day(DayMeaning::On { date: there, .. }) = found[at].item else { return };
    let end = found[at].end;
    let Some(next) = found.get_mut(at + 1) else { return };
    if !is_joined(text, end, next.start, &["on", ",", "el", "the", "de", "maybe"]) {
        return;
    }
    if let Item::Day(DayMeaning::On { weekday: Some(day), .. }) = next.item {
        let date = in_week(monday_of(there), day);
        if date >= today {
            next.item = Item::Day(DayMeaning::Dated { date, weekday: day });
            found.remove(at);
        }
    }
}

fn is_joined(text: &Text, from: usize, to: usize, words: &[&str]) -> bool {
    text.tokens
        .get(from..to)
        .is_some_and(|between| between.len() <= 5 && between.iter().all(|t| words.contains(&t.word.as_str())))
}

/// "Monday or Tuesday next week": the days before the one with the week.
fn backward(text: &Text, found: &mut [Placed], at: usize) {
    let Item::Day(DayMeaning::On { date, weekday: Some(_) }) = &found[at].item else { return };
    let says_week = |placed: &Placed| {
        text.tokens[placed.start..placed.end]
            .iter()
            .any(|t| matches!(t.word.as_str(), "week" | "semana" | "viene" | "entra"))
    };
    if !says_week(&found[at]) {
        return;
    }
    let monday = monday_of(*date);
    let mut last = at;
    for before in (0..at).rev() {
        let joined =
            is_joined(text, found[before].end, found[last].start, &["or", "and", ",", "/", "&", "o", "y", "the", "el"]);
        let plain = found[before].end - found[before].start == 1;
        let Item::Day(DayMeaning::On { date, weekday: Some(day) }) = &mut found[before].item else { return };
        if !joined || !plain {
            return;
        }
        *date = in_week(monday, *day);
        last = before;
    }
}

/// "Next week, maybe Thursday or Friday": the days behind it lie in it, and say more than it. A longer stretch stays and
/// takes them as weekdays: "a Tuesday in December".
fn forward(text: &Text, found: &mut [Placed], at: usize, today: Date) -> bool {
    const LINKS: &[&str] = &[
        ",",
        "on",
        "maybe",
        "like",
        "preferably",
        "ideally",
        "possibly",
        "say",
        "either",
        "any",
        "the",
        "a",
        "-",
        "is",
        "best",
        "if",
        "possible",
        "probably",
        "perhaps",
        "or",
        "and",
        "/",
        "&",
        "of",
        "el",
        "o",
        "y",
        "de",
        "preferiblemente",
        "tal",
        "vez",
        "quizas",
        "preferred",
        "but",
        "not",
        "except",
        "pero",
        "no",
        "th",
        "for",
        "works",
        "some",
        "early",
        "late",
        "am",
        "pm",
        "mornings",
        "?",
        "tipo",
        "como",
    ];
    let Item::Day(DayMeaning::Span { from: Some(from), to: Some(to) }) = found[at].item else { return false };
    let is_week = from.until(to).is_ok_and(|length| length.get_days() <= 6);
    let mut moved = false;
    let mut last = at;
    for next in at + 1..found.len() {
        if !is_joined(text, found[last].end, found[next].start, LINKS) {
            break;
        }
        let joined_by_or =
            next == at + 1 && is_joined(text, found[last].end, found[next].start, &["or", "and", "o", "y", "/"]);
        if joined_by_or && found[last].end < found[next].start {
            break;
        }
        let own_week = text.tokens[found[next].start..found[next].end]
            .iter()
            .any(|t| matches!(t.word.as_str(), "this" | "next" | "week" | "este" | "proximo"));
        let before = found[last].end;
        last = next;
        let placed = &mut found[next];
        // "December but not the 24th": that month's.
        if let Item::Day(DayMeaning::On { date, weekday: None }) = &mut placed.item {
            if !is_week && (*date < from || *date > to) {
                if let Some(inside) =
                    Date::new(from.year(), from.month(), date.day()).ok().filter(|d| *d >= from && *d <= to)
                {
                    *date = inside;
                }
            }
            continue;
        }
        let Item::Day(DayMeaning::On { date, weekday: Some(day) }) = &mut placed.item else {
            if placed.item.is_day() {
                break;
            }
            continue;
        };
        if own_week || placed.negated {
            break;
        }
        if is_week {
            let inside = in_week(monday_of(from), *day);
            if inside < today || inside < from || inside > to {
                break;
            }
            *date = inside;
            // "Next week but not Thursday" keeps its week.
            let excluded = (before..placed.start)
                .any(|at| matches!(text.word(at), "not" | "except" | "but" | "no" | "excepto" | "menos"));
            moved |= !excluded;
        } else if *date < from || from.checked_add(6.days()).is_ok_and(|end| to > end) {
            let day = *day;
            placed.item = Item::Day(DayMeaning::Weekdays(vec![day]));
        }
    }
    moved
}
