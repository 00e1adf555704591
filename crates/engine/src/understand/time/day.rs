//! Days: weekdays, calendar dates, relative days and spans of days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::numbers::{cardinal, ordinal};
use crate::understand::text::{Kind, Text};

/// What a day expression means, resolved against today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DayMeaning {
    /// One day; `weekday` when it was named as one.
    On { date: Date, weekday: Option<Weekday> },
    /// A span of days.
    Span { from: Option<Date>, to: Option<Date> },
    /// Weekdays of any week ("weekdays", "Mondays").
    Weekdays(Vec<Weekday>),
}

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub(crate) date: Date,
    /// The year was said.
    pub(crate) has_year: bool,
}

/// A weekday word; the short ones that are words of their own need more around them.
/// "M W F", "T/Th": capital letters side by side, as in a timetable.
fn single_letter(text: &Text, at: usize) -> Option<Weekday> {
    let of = |at: usize| -> Option<Weekday> {
        let token = text.tokens.get(at)?;
        if !text.is_capitalised(at) {
            return None;
        }
        Some(match token.folded.as_str() {
            "m" => Weekday::Monday,
            "t" | "tu" => Weekday::Tuesday,
            "w" => Weekday::Wednesday,
            "th" | "r" => Weekday::Thursday,
            "f" => Weekday::Friday,
            _ => return None,
        })
    };
    let beside = |other: Option<usize>| {
        let part = |i: usize| matches!(text.word(i), "/" | "," | "-" | "and" | "or");
        let other = other.map(|i| if part(i) { if i < at { i.saturating_sub(1) } else { i + 1 } } else { i });
        other.is_some_and(|i| i != at && of(i).is_some())
    };
    let found = of(at)?;
    (beside(at.checked_sub(1)) || beside(Some(at + 1))).then_some(found)
}

pub(super) fn weekday(text: &Text, at: usize) -> Option<Weekday> {
    let token = text.tokens.get(at)?;
    let day = match token.word.as_str() {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return letter_weekday(text, at).or_else(|| single_letter(text, at)),
    };
    let doubtful = match token.folded.as_str() {
        "sun" => {
            matches!(
                text.word(at + 1),
                "damage" | "spots" | "spot" | "exposure" | "burn" | "tan" | "screen" | "block" | "kissed"
            ) || matches!(at.checked_sub(1).map_or("", |b| text.word(b)), "the")
        }
        "sat" => {
            matches!(
                at.checked_sub(1).map_or("", |b| text.word(b)),
                "i" | "we" | "she" | "he" | "they" | "just" | "you" | "and"
            ) && !matches!(text.word(at + 1), "at" | "morning" | "afternoon" | "or")
        }
        "wed" => matches!(at.checked_sub(1).map_or("", |b| text.word(b)), "get" | "getting" | "newly" | "be"),
        _ => false,
    };
    (!doubtful).then_some(day)
}

/// `M W F`, `T/Th`: capital letters that stand for days, only next to each other.
fn letter_weekday(text: &Text, at: usize) -> Option<Weekday> {
    let letter = |at: usize| -> Option<Weekday> {
        let token = text.tokens.get(at)?;
        match text.slice(token.start, token.end).as_str() {
            "M" => Some(Weekday::Monday),
            "T" | "Tu" | "TU" => Some(Weekday::Tuesday),
            "W" => Some(Weekday::Wednesday),
            "Th" | "TH" | "R" => Some(Weekday::Thursday),
            "F" => Some(Weekday::Friday),
            _ => None,
        }
    };
    let day = letter(at)?;
    let beside = |at: usize| {
        letter(at).is_some()
            || (matches!(text.word(at), "/" | "," | "and" | "or" | "-" | "&") && letter(at + 1).is_some())
    };
    let behind = |at: usize| {
        at.checked_sub(1).is_some_and(|b| letter(b).is_some())
            || at.checked_sub(2).is_some_and(|b| {
                matches!(text.word(b + 1), "/" | "," | "and" | "or" | "-" | "&") && letter(b).is_some()
            })
    };
    (beside(at + 1) || behind(at)).then_some(day)
}

fn month(text: &Text, at: usize) -> Option<i8> {
    let months = [
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
    ];
    let word = match text.word(at) {
        "mar" => "march",
        "mayo" => "may",
        other => other,
    };
    months.iter().position(|m| *m == word).and_then(|m| i8::try_from(m + 1).ok())
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

fn small(value: u32) -> i8 {
    i8::try_from(value).unwrap_or(0)
}

fn year_value(text: &Text, at: usize, today: Date) -> Option<(i16, usize)> {
    let mut at = at;
    if text.word(at) == "," || matches!(text.word(at), "de" | "del" | "of") {
        at += 1;
    }
    let token = text.tokens.get(at).filter(|t| t.kind == Kind::Number && t.word.len() == 4)?;
    let year = i16::try_from(token.number()?).ok()?;
    ((1900..=today.year() + 10).contains(&year)).then_some((year, at + 1))
}

/// A calendar date at a token: `March 4th`, `4 de marzo`, `3/14`, `3/14/26`, `2026-11-24`, and the token behind it.
pub(super) fn calendar_date(text: &Text, at: usize, today: Date) -> Option<(Calendar, usize)> {
    named_month(text, at, today).or_else(|| numeric_date(text, at, today))
}

fn dated(today: Date, month: i8, day: i8, year: Option<i16>) -> Option<Calendar> {
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
        return Some((dated(today, month, small(day), year)?, next));
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
    Some((dated(today, month, small(day), year)?, next))
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
    if sign != "/" || first_len > 2 || second_len > 2 || counts_after_fraction(text, at + 3) {
        return None;
    }
    upcoming(today, small(first), small(second)).map(|date| (Calendar { date, has_year: false }, at + 3))
}

/// "1/2 syringe" is an amount.
fn counts_after_fraction(text: &Text, at: usize) -> bool {
    super::numbers::counts_something(text.word(at)) && text.word(at) != "of"
}

fn plus_days(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap_or(date)
}

pub(super) fn monday_of(date: Date) -> Date {
    plus_days(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

fn in_week(monday: Date, day: Weekday) -> Date {
    plus_days(monday, i64::from(day.to_monday_zero_offset()))
}

/// The nearest such day after today.
pub(super) fn nearest(today: Date, day: Weekday) -> Date {
    let ahead =
        (i64::from(day.to_monday_zero_offset()) - i64::from(today.weekday().to_monday_zero_offset())).rem_euclid(7);
    plus_days(today, if ahead == 0 { 7 } else { ahead })
}

fn weekday_meaning(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let mut here = at;
    let mut this = false;
    let mut next = false;
    loop {
        match text.word(here) {
            "this" | "coming" | "este" | "esta" => this = true,
            "next" | "proximo" | "proxima" => next = true,
            "on" | "the" | "el" | "upcoming" if here + 1 < text.tokens.len() => {}
            _ => break,
        }
        here += 1;
    }
    let day = weekday(text, here)?;
    let folded = text.tokens[here].folded.as_str();
    let plural =
        folded.ends_with("days") || matches!(folded, "mons" | "tues'" | "sundays" | "sats" | "sabados" | "domingos");
    let mut end = here + 1;
    let week_behind = |end: usize| -> Option<(bool, usize)> {
        let next_at = if text.word(end) == "of" { end + 1 } else { end };
        match (text.word(next_at), text.word(next_at + 1)) {
            ("next", "week") => Some((true, next_at + 2)),
            ("this", "week") => Some((false, next_at + 2)),
            ("que", "viene") => Some((true, next_at + 2)),
            _ => None,
        }
    };
    if let Some((is_next, behind)) = week_behind(end) {
        next |= is_next;
        this |= !is_next;
        end = behind;
    }
    let monday = monday_of(today);
    let date = if next {
        in_week(plus_days(monday, 7), day)
    } else if this {
        let same = in_week(monday, day);
        if same < today { plus_days(same, 7) } else { same }
    } else if plural {
        return Some((DayMeaning::Weekdays(vec![day]), end));
    } else {
        nearest(today, day)
    };
    // "a week from Friday" is read before this; "Friday week" is its British form.
    if text.word(end) == "week" && !this && !next {
        return Some((DayMeaning::On { date: plus_days(date, 7), weekday: None }, end + 1));
    }
    Some((DayMeaning::On { date, weekday: Some(day) }, end))
}

fn on(date: Date) -> DayMeaning {
    DayMeaning::On { date, weekday: None }
}

fn span(from: Date, to: Date) -> DayMeaning {
    DayMeaning::Span { from: Some(from), to: Some(to) }
}

fn month_span(today: Date, year_ahead: bool, month: i8) -> Option<DayMeaning> {
    let this_year = Date::new(today.year(), month, 1).ok()?;
    let first = if this_year.last_of_month() < today || year_ahead {
        Date::new(today.year() + 1, month, 1).ok()?
    } else {
        this_year
    };
    Some(span(first.max(today), first.last_of_month()))
}

fn relative_phrase(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let words: Vec<&str> = (at..at + 6).map(|i| text.word(i)).collect();
    let monday = monday_of(today);
    let tomorrow = plus_days(today, 1);
    let behind = |count: usize| at + count;
    let found = match words.as_slice() {
        ["day", "after", "tomorrow", ..] => (on(plus_days(today, 2)), behind(3)),
        ["the", "day", "after", "tomorrow", ..] => (on(plus_days(today, 2)), behind(4)),
        ["pasado", "manana", ..] => (on(plus_days(today, 2)), behind(2)),
        ["today", ..] | ["hoy", ..] => (on(today), behind(1)),
        ["tomorrow", ..] => (on(tomorrow), behind(1)),
        ["manana", ..] if !matches!(at.checked_sub(1).map_or("", |b| text.word(b)), "la" | "las") => {
            (on(tomorrow), behind(1))
        }
        ["tonight", ..] => (on(today), at),
        ["this", "morning" | "afternoon" | "evening", ..] => (on(today), behind(1)),
        ["esta", "tarde" | "noche", ..] => (on(today), behind(1)),
        ["next", "week", ..] | ["proxima", "semana", ..] => {
            (span(plus_days(monday, 7), plus_days(monday, 13)), behind(2))
        }
        ["the", "following", "week", ..] => (span(plus_days(monday, 7), plus_days(monday, 13)), behind(3)),
        ["week", "after", "next", ..] => (span(plus_days(monday, 14), plus_days(monday, 20)), behind(3)),
        ["semana", "que", "viene", ..] => (span(plus_days(monday, 7), plus_days(monday, 13)), behind(3)),
        ["this", "week", ..] | ["esta", "semana", ..] => (span(today, plus_days(monday, 6)), behind(2)),
        ["rest", "of", "the", "week", ..] => (span(today, plus_days(monday, 6)), behind(4)),
        ["next", "weekend", ..] => (span(plus_days(monday, 12), plus_days(monday, 13)), behind(2)),
        ["this", "weekend", ..] | ["the", "weekend", ..] | ["fin", "de", "semana", ..] | ["este", "weekend", ..] => {
            let count = if words[0] == "fin" { 3 } else { 2 };
            let saturday = plus_days(monday, 5);
            (span(saturday.max(today), plus_days(monday, 6)), behind(count))
        }
        ["weekend", "after", "next", ..] => (span(plus_days(monday, 19), plus_days(monday, 20)), behind(3)),
        ["weekend", ..] => {
            let plural = text.tokens[at].folded.ends_with('s');
            if plural {
                (DayMeaning::Weekdays(vec![Weekday::Saturday, Weekday::Sunday]), behind(1))
            } else {
                (span(plus_days(monday, 5).max(today), plus_days(monday, 6)), behind(1))
            }
        }
        ["weekdays", ..] | ["weekday", ..] | ["entresemana", ..] => (
            DayMeaning::Weekdays(vec![
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Wednesday,
                Weekday::Thursday,
                Weekday::Friday,
            ]),
            behind(1),
        ),
        ["next", "month", ..] => {
            let first = today.first_of_month().checked_add(1.months()).ok()?;
            (span(first, first.last_of_month()), behind(2))
        }
        ["this", "month", ..] => (span(today, today.last_of_month()), behind(2)),
        ["end", "of", "the" | "this", "month", ..] => {
            let last = today.last_of_month();
            (span(plus_days(last, -6).max(today), last), behind(4))
        }
        ["end", "of", "the" | "this", "week", ..] => {
            let friday = plus_days(monday, 4);
            (span(plus_days(monday, 3).max(today), friday.max(today)), behind(4))
        }
        ["end", "of", "next", "week", ..] => (span(plus_days(monday, 10), plus_days(monday, 11)), behind(4)),
        ["early", "next", "week", ..] => (span(plus_days(monday, 7), plus_days(monday, 9)), behind(3)),
        ["later" | "late", "this", "week", ..] => (span(plus_days(today, 1), plus_days(monday, 6)), behind(3)),
        ["later" | "late", "next", "week", ..] => (span(plus_days(monday, 10), plus_days(monday, 13)), behind(3)),
        ["any", "day", ..] | ["cualquier", "dia", ..] => return None,
        ["in", "a", "week", ..] => (on(plus_days(today, 7)), behind(3)),
        ["in", "a", "couple", "weeks", ..] => (on(plus_days(today, 14)), behind(4)),
        ["in", "a", "couple", "of", "weeks", ..] => (on(plus_days(today, 14)), behind(5)),
        ["a", "week", "from", rest, ..] | ["one", "week", "from", rest, ..] => {
            let base = match *rest {
                "today" | "now" => today,
                "tomorrow" => tomorrow,
                _ => nearest(today, weekday(text, at + 3)?),
            };
            (on(plus_days(base, 7)), behind(4))
        }
        ["week", "of", "the", ..] | ["week", "of", ..] => {
            let start = if words[2] == "the" { at + 3 } else { at + 2 };
            let (date, next) = calendar_date(text, start, today)
                .map(|(c, n)| (c.date, n))
                .or_else(|| day_of_month(text, start, today))?;
            (span(monday_of(date).max(today), plus_days(monday_of(date), 6)), next)
        }
        ["first", "week", "of", ..]
        | ["mid", ..]
        | ["early", ..]
        | ["late", ..]
        | ["end", "of", ..]
        | ["beginning", "of", ..] => {
            return part_of_month(text, at, today);
        }
        ["in" | "sometime" | "en" | "during", ..] => return counted_or_month(text, at, today),
        ["dentro", "de", ..] => return counted(text, at + 2, today),
        _ => return counted_from(text, at, today),
    };
    Some(found)
}

fn part_of_month(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let (part, month_at) = match (text.word(at), text.word(at + 1)) {
        ("first", _) => (0, at + 3),
        ("mid", "-") => (1, at + 2),
        ("end" | "beginning", _) => (if text.word(at) == "end" { 2 } else { 0 }, at + 2),
        ("mid", _) => (1, at + 1),
        ("early", _) => (0, at + 1),
        _ => (2, at + 1),
    };
    let month_at = if text.word(month_at) == "in" { month_at + 1 } else { month_at };
    let number = month(text, month_at)?;
    let DayMeaning::Span { to: Some(last), .. } = month_span(today, false, number)? else { return None };
    let day = |d: i8| Date::new(last.year(), last.month(), d).unwrap_or(last);
    let (from, to) = match part {
        0 => (day(1), day(10)),
        1 => (day(11), day(20)),
        _ => (day(21), last),
    };
    Some((span(from.max(today), to), month_at + 1))
}

fn counted_or_month(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let start = if matches!(text.word(at + 1), "about" | "like") { at + 2 } else { at + 1 };
    if text.word(at) == "in" {
        if let Some(found) = counted(text, start, today) {
            return Some(found);
        }
    }
    let start = if text.word(at) == "sometime" && text.word(at + 1) == "in" { at + 2 } else { start };
    let number = month(text, start)?;
    let day_follows = text.tokens.get(start + 1).is_some_and(|t| t.kind == Kind::Number);
    if day_follows {
        return None;
    }
    Some((month_span(today, false, number)?, start + 1))
}

/// "3 weeks", "two days" from now.
fn counted(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let (count, unit_at) = cardinal(text, at)?;
    let count = i64::from(count);
    if count == 0 || count > 200 {
        return None;
    }
    let date = match text.word(unit_at) {
        "day" | "days" | "dias" | "dia" => plus_days(today, count),
        "week" | "weeks" | "semanas" | "semana" => plus_days(today, 7 * count),
        "month" | "months" | "meses" | "mes" => today.checked_add(count.months()).ok()?,
        _ => return None,
    };
    Some((on(date), unit_at + 1))
}

/// "3 weeks from now", "two weeks from Monday", "3 weeks out".
fn counted_from(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let (DayMeaning::On { date, .. }, next) = counted(text, at, today)? else { return None };
    match text.word(next) {
        "from" => {
            let base = match text.word(next + 1) {
                "now" | "today" => return Some((on(date), next + 2)),
                "tomorrow" => plus_days(today, 1),
                _ => nearest(today, weekday(text, next + 1)?),
            };
            let days = date.since(today).ok()?.get_days();
            Some((on(plus_days(base, i64::from(days))), next + 2))
        }
        "out" => Some((on(date), next + 1)),
        _ => None,
    }
}

/// "the 21st", "on the 4th", "21st": the next such day on or after today.
pub(super) fn day_of_month(text: &Text, at: usize, today: Date) -> Option<(Date, usize)> {
    let mut start = at;
    let mut article = false;
    while matches!(text.word(start), "the" | "on" | "el" | "dia") {
        article |= matches!(text.word(start), "the" | "el" | "dia");
        start += 1;
    }
    let token = text.tokens.get(start)?;
    let spanish = matches!(text.word(start.wrapping_sub(1)), "el" | "dia") && token.kind == Kind::Number;
    let (day, next) = if spanish { cardinal(text, start)? } else { ordinal(text, start)? };
    // "the second one", "first time", "third option" are no days.
    let in_words = token.kind == Kind::Word;
    if in_words
        && (!article
            || day < 13
                && !matches!(
                    text.word(next),
                    "" | "."
                        | "?"
                        | "!"
                        | ","
                        | "at"
                        | "after"
                        | "or"
                        | "works"
                        | "please"
                        | "in"
                        | "if"
                        | "between"
                        | "before"
                ))
    {
        return None;
    }
    if in_words && day < 4
        || matches!(
            text.word(next),
            "one"
                | "option"
                | "slot"
                | "time"
                | "choice"
                | "floor"
                | "avenue"
                | "street"
                | "ave"
                | "appointment"
                | "visit"
        )
    {
        return None;
    }
    let mut first = today.first_of_month();
    for _ in 0..13 {
        if let Ok(date) = Date::new(first.year(), first.month(), small(day)) {
            if date >= today {
                return Some((date, next));
            }
        }
        first = first.checked_add(1.months()).ok()?;
    }
    None
}

/// Any day expression at a token, and the token behind it.
pub(super) fn day(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    if let Some(found) = relative_phrase(text, at, today) {
        return Some(found);
    }
    if let Some(found) = weekday_meaning(text, at, today) {
        // "Friday the 27th", "Friday November 27": the date decides.
        let (_, next) = &found;
        let next = if text.word(*next) == "," { next + 1 } else { *next };
        if let Some((calendar, behind)) = calendar_date(text, next, today) {
            return Some((on(calendar.date), behind));
        }
        if let Some((date, behind)) = day_of_month(text, next, today) {
            let article = text.word(next) == "the" || text.tokens.get(next).is_some_and(|t| t.kind == Kind::Number);
            if article {
                return Some((on(date), behind));
            }
        }
        return Some(found);
    }
    if let Some((calendar, next)) = calendar_date(text, at, today) {
        let past = calendar.has_year && calendar.date < today;
        let far = calendar.date > plus_days(today, 3 * 366);
        return (!past && !far).then_some((on(calendar.date), next));
    }
    day_of_month(text, at, today).map(|(date, next)| (on(date), next))
}
