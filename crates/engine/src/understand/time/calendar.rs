//! Calendar dates: "March 4th", "4 de marzo", "3/14", "2026-11-24".

use jiff::civil::Date;

use super::numbers::{cardinal, ordinal};
use crate::understand::lexicon::{List, begun};
use crate::understand::text::{Kind, Text};

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub(crate) date: Date,
    /// The year was said.
    pub(crate) has_year: bool,
}

/// Words that name a month, two of them in Spanish.
pub(crate) const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "mar",
    "mayo",
];

/// The number of a month by its name.
pub(super) fn month(text: &Text, at: usize) -> Option<i8> {
    if !text.is_in(at, List::Months) {
        return None;
    }
    let word = match text.word(at) {
        "mar" => "march",
        "mayo" => "may",
        other => other,
    };
    MONTHS.iter().position(|m| *m == word).and_then(|m| i8::try_from(m + 1).ok())
}

/// Whether a word names a month.
pub(crate) fn is_month_word(word: &str) -> bool {
    matches!(
        word,
        "january"
            | "february"
            | "march"
            | "april"
            | "may"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
    )
}

/// The first such date on or after today.
fn upcoming(today: Date, month: i8, day: i8) -> Option<Date> {
    (0..=4).find_map(|ahead| Date::new(today.year() + ahead, month, day).ok().filter(|date| *date >= today))
}

pub(super) fn small(value: u32) -> i8 {
    i8::try_from(value).unwrap_or(0)
}

/// A year of four digits, "of 2027" and ", 2027" too, and the token behind it.
pub(super) fn year_value(text: &Text, at: usize, today: Date) -> Option<(i16, usize)> {
    let mut at = at;
    if text.word(at) == "," || matches!(text.word(at), "de" | "del" | "of") {
        at += 1;
    }
    // "Nineteen fifty nine"
    if text.word(at) == "nineteen" {
        let (of_century, next) = cardinal(text, at + 1).filter(|(value, _)| (10..=99).contains(value))?;
        return Some((1900 + i16::try_from(of_century).ok()?, next));
    }
    // "Twenty twenty seven"
    if text.word(at) == "twenty" {
        let (of_century, next) = cardinal(text, at + 1).filter(|(value, _)| (20..=40).contains(value))?;
        return Some((2000 + i16::try_from(of_century).ok()?, next));
    }
    let token = text.tokens.get(at).filter(|t| t.kind == Kind::Number && t.word.len() == 4)?;
    let year = i16::try_from(token.number()?).ok()?;
    ((1900..=today.year() + 10).contains(&year)).then_some((year, at + 1))
}

/// A calendar date at a token: `March 4th`, `4 de marzo`, `3/14`, `3/14/26`, `2026-11-24`, and the token behind it.
pub(super) fn calendar_date(text: &Text, at: usize, today: Date) -> Option<(Calendar, usize)> {
    let token = text.tokens.get(at)?;
    let may_begin = token.kind == Kind::Number
        || token.value().is_some()
        || token.ordinal().is_some()
        || token.known.is_in(List::Months);
    begun(may_begin, || named_month(text, at, today).or_else(|| numeric_date(text, at, today)))
}

fn calendar(today: Date, month: i8, day: i8, year: Option<i16>) -> Option<Calendar> {
    match year {
        Some(year) => Date::new(year, month, day).ok().map(|date| Calendar { date, has_year: true }),
        None => upcoming(today, month, day).map(|date| Calendar { date, has_year: false }),
    }
}

fn named_month(text: &Text, at: usize, today: Date) -> Option<(Calendar, usize)> {
    // "March 4", "march the 4th"
    if let Some(month) = month(text, at) {
        let day_at = if text.word(at + 1) == "the"
            || (text.word(at + 1) == "." && text.tokens.get(at + 1).is_some_and(|t| t.glued))
        {
            at + 2
        } else {
            at + 1
        };
        let (day, next) = ordinal(text, day_at).or_else(|| cardinal(text, day_at))?;
        let follows_clock = text.word(next) == ":" || matches!(text.word(next), "pm" | "am");
        if !(1..=31).contains(&day) || follows_clock {
            return None;
        }
        let (year, next) = year_value(text, next, today).map_or((None, next), |(y, n)| (Some(y), n));
        return Some((calendar(today, month, small(day), year)?, next));
    }
    // "4th of March", "14 March", "4 de marzo"
    let (day, next) = ordinal(text, at).or_else(|| cardinal(text, at))?;
    let month_at = if matches!(text.word(next), "of" | "de") { next + 1 } else { next };
    let month = month(text, month_at)?;
    // "may" behind a number is a verb more often than a month: "2 may work".
    if text.word(month_at) == "may" && month_at == next && !text.is_capitalised(month_at) {
        return None;
    }
    if !(1..=31).contains(&day) {
        return None;
    }
    let next = month_at + 1;
    let (year, next) = year_value(text, next, today).map_or((None, next), |(y, n)| (Some(y), n));
    Some((calendar(today, month, small(day), year)?, next))
}

fn numeric_date(text: &Text, at: usize, today: Date) -> Option<(Calendar, usize)> {
    let part = |at: usize, glued: bool| -> Option<(u32, usize)> {
        let token = text.tokens.get(at).filter(|t| t.kind == Kind::Number && (t.glued || !glued))?;
        token.number().map(|value| (value, token.word.len()))
    };
    let glued_sign = |at: usize| {
        text.tokens.get(at).filter(|t| t.glued && matches!(t.word.as_str(), "/" | "-" | ".")).map(|t| t.word.as_str())
    };
    if at > 0
        && text.tokens.get(at).is_some_and(|t| t.glued)
        && matches!(text.word(at - 1), "/" | "-" | "$" | "." | "#")
    {
        return None;
    }
    let (first, first_len) = part(at, false)?;
    let sign = glued_sign(at + 1)?;
    let (second, second_len) = part(at + 2, true)?;
    let third = glued_sign(at + 3).filter(|s| *s == sign).and_then(|_| part(at + 4, true));
    if let Some((last, last_len)) = third {
        if first_len == 4 {
            let date = Date::new(i16::try_from(first).ok()?, small(second), small(last)).ok()?;
            return Some((Calendar { date, has_year: true }, at + 5));
        }
        if first_len > 2 || second_len > 2 || !(last_len == 2 || last_len == 4) {
            return None;
        }
        let century = i16::try_from(last).ok()?;
        let recent = today.year() % 100 + 10;
        let year = if last_len == 4 {
            century
        } else if century > recent {
            1900 + century
        } else {
            2000 + century
        };
        let date = Date::new(year, small(first), small(second))
            .or_else(|_| Date::new(year, small(second), small(first)))
            .ok()?;
        return Some((Calendar { date, has_year: true }, at + 5));
    }
    // "3-14", where the second is no hour.
    let dashed = sign == "-"
        && (1..=12).contains(&first)
        && (13..=31).contains(&second)
        && second_len == 2
        && !matches!(text.word(at + 3), ":" | "-" | "pm" | "am")
        && !at
            .checked_sub(1)
            .is_some_and(|b| matches!(text.word(b), "$" | "#" | "number" | "code" | "order" | "between" | "from"));
    if (sign != "/" && !dashed) || first_len > 2 || second_len > 2 || counts_after_fraction(text, at + 3) {
        return None;
    }
    // "25/12" can only be the 25th of December.
    // "24/7", "10/10 experience".
    if (first, second) == (24, 7)
        || (first == 10
            && second == 10
            && matches!(
                text.word(at + 3),
                "experience" | "service" | "would" | "recommend" | "visit" | "results" | "stars"
            ))
    {
        return None;
    }
    let (month, day) = if first > 12 { (second, first) } else { (first, second) };
    upcoming(today, small(month), small(day)).map(|date| (Calendar { date, has_year: false }, at + 3))
}

/// "1/2 syringe" is an amount.
fn counts_after_fraction(text: &Text, at: usize) -> bool {
    text.is_in(at, List::Units) && text.word(at) != "of"
}
