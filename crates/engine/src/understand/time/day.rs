//! Days: weekdays, calendar dates, relative days and spans of days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::calendar::{calendar_date, small};
use super::numbers::{cardinal, ordinal};
use super::period;
use crate::understand::lexicon::List;
use crate::understand::text::{Kind, Text};

/// What a day expression means, resolved against today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DayMeaning {
    /// One day; `weekday` when it was named as one.
    On { date: Date, weekday: Option<Weekday> },
    /// A day named twice over: "Tuesday the 8th", "three weeks from Saturday".
    Dated { date: Date, weekday: Weekday },
    /// A span of days.
    Span { from: Option<Date>, to: Option<Date> },
    /// Weekdays of any week ("weekdays", "Mondays").
    Weekdays(Vec<Weekday>),
}

impl DayMeaning {
    /// The one day it is, if it is one.
    pub(crate) fn date(&self) -> Option<Date> {
        match self {
            Self::On { date, .. } | Self::Dated { date, .. } => Some(*date),
            _ => None,
        }
    }
    /// The weekday it was told by.
    fn told_by(&self) -> Option<Weekday> {
        match self {
            Self::On { weekday, .. } => *weekday,
            Self::Dated { weekday, .. } => Some(*weekday),
            _ => None,
        }
    }
}

/// A day, with the weekday it was told by.
fn dated(date: Date, weekday: Option<Weekday>) -> DayMeaning {
    weekday.map_or(on(date), |weekday| DayMeaning::Dated { date, weekday })
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
        // "tu/th"
        "th" if at > 1 && matches!(text.word(at - 1), "/" | "-" | ",") && weekday(text, at - 2).is_some() => {
            Weekday::Thursday
        }
        _ => return letter_weekday(text, at).or_else(|| single_letter(text, at)),
    };
    let previous = at.checked_sub(1).map_or("", |b| text.word(b));
    // "Black Friday", "Cyber Monday" are read as holidays, "the mon ami salon" as nothing.
    if matches!((previous, day), ("black", Weekday::Friday) | ("cyber", Weekday::Monday)) || text.word(at + 1) == "ami"
    {
        return None;
    }
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
                "i" | "we" | "she" | "he" | "they" | "just" | "you" | "and" | "who" | "friend" | "mom" | "husband"
            ) && !matches!(text.word(at + 1), "morning" | "afternoon" | "or")
                && (text.word(at + 1) != "at"
                    || text.tokens.get(at + 2).is_none_or(|t| t.number().is_none() && t.value().is_none()))
                || matches!(
                    text.word(at + 1),
                    "down" | "with" | "next" | "there" | "here" | "outside" | "beside" | "through"
                )
        }
        // "We'd like".
        "wed" if text.tokens[at].end - text.tokens[at].start > 3 => true,
        "wed" => matches!(at.checked_sub(1).map_or("", |b| text.word(b)), "get" | "getting" | "newly" | "be"),
        _ => false,
    };
    (!doubtful).then_some(day)
}

/// `M W F`, `T/Th`: capital letters that stand for days, only next to each other.
fn letter_weekday(text: &Text, at: usize) -> Option<Weekday> {
    let letter = |at: usize| -> Option<Weekday> {
        let token = text.tokens.get(at).filter(|t| t.end - t.start <= 2 && text.is_capitalised(at))?;
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

pub(super) fn plus_days(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap_or(date)
}

pub(super) fn monday_of(date: Date) -> Date {
    plus_days(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

pub(super) fn in_week(monday: Date, day: Weekday) -> Date {
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
    let articled = here.checked_sub(1).is_some_and(|b| matches!(text.word(b), "los" | "every" | "cada"));
    let apostrophe = text.slice(text.tokens[here].start, text.tokens[here].end).contains(['\'', '’']);
    let plural = articled
        || (folded.ends_with("days") && !apostrophe)
        || matches!(folded, "mons" | "tues'" | "sundays" | "sats" | "sabados" | "domingos");
    let mut end = here + 1;
    // "Fri. 12/4"
    let abbreviated = folded.len() <= 5 && text.tokens.get(end).is_some_and(|t| t.is(".") && t.glued);
    if abbreviated && calendar_date(text, end + 1, today).is_some() {
        end += 1;
    }
    if let Some((date, behind)) = period::weekday_beside(text, day, end, today).filter(|_| !this && !next) {
        return Some((DayMeaning::Dated { date, weekday: day }, behind));
    }
    if text.word(end) == "after" && text.word(end + 1) == "next" {
        let date = in_week(plus_days(monday_of(today), 14), day);
        return Some((DayMeaning::Dated { date, weekday: day }, end + 2));
    }
    if let Some((monday, behind)) = period::week(text, end, today) {
        return Some((DayMeaning::On { date: in_week(monday, day), weekday: Some(day) }, behind));
    }
    let week_behind = |end: usize| -> Option<(bool, usize)> {
        let next_at = if text.word(end) == "of" { end + 1 } else { end };
        match (text.word(next_at), text.word(next_at + 1)) {
            ("next", "week") => Some((true, next_at + 2)),
            ("this", "week") => Some((false, next_at + 2)),
            ("que", "viene" | "entra") => Some((true, next_at + 2)),
            ("proximo" | "siguiente", _) => Some((true, next_at + 1)),
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
        return Some((DayMeaning::Dated { date: plus_days(date, 7), weekday: day }, end + 1));
    }
    Some((DayMeaning::On { date, weekday: Some(day) }, end))
}

pub(super) fn on(date: Date) -> DayMeaning {
    DayMeaning::On { date, weekday: None }
}

pub(super) fn span(from: Date, to: Date) -> DayMeaning {
    DayMeaning::Span { from: Some(from), to: Some(to) }
}

/// Days told from today, or from another day.
fn relative_phrase(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let words: Vec<&str> = (at..at + 4).map(|i| text.word(i)).collect();
    let previous = at.checked_sub(1).map_or("", |b| text.word(b));
    let behind = |count: usize| at + count;
    let found = match words.as_slice() {
        ["pasado", "manana", ..] => (on(plus_days(today, 2)), behind(2)),
        ["today", ..] | ["hoy", ..] if !(words[1] == "en" && matches!(words[2], "ocho" | "quince")) => {
            (on(today), behind(1))
        }
        ["tomorrow", ..] => (on(plus_days(today, 1)), behind(1)),
        ["manana", ..] if !matches!(previous, "la" | "las") => (on(plus_days(today, 1)), behind(1)),
        ["tonight", ..] => (on(today), at),
        ["this", "morning" | "afternoon" | "evening", ..] => (on(today), behind(1)),
        ["esta", "tarde" | "noche" | "manana", ..] => (on(today), behind(1)),
        ["any", "day", ..] | ["cualquier", "dia", ..] => return None,
        ["a" | "one", "week", "on", _] if weekday(text, at + 3).is_some() => {
            let day = weekday(text, at + 3)?;
            (DayMeaning::Dated { date: plus_days(nearest(today, day), 7), weekday: day }, behind(4))
        }
        ["weekend", ..] if text.tokens[at].folded.ends_with('s') => {
            (DayMeaning::Weekdays(vec![Weekday::Saturday, Weekday::Sunday]), behind(1))
        }
        ["fines", "de", "semana", ..] => (DayMeaning::Weekdays(vec![Weekday::Saturday, Weekday::Sunday]), behind(3)),
        ["weekdays", ..] | ["weekday", ..] | ["entresemana", ..] => (DayMeaning::Weekdays(workdays()), behind(1)),
        ["entre" | "between", "semana", ..] => (DayMeaning::Weekdays(workdays()), behind(2)),
        _ => {
            return offset(text, at, today)
                .or_else(|| period::named(text, at, today))
                .or_else(|| period::holiday(text, at, today).map(|(date, next)| (on(date), next)));
        }
    };
    Some(found)
}

fn workdays() -> Vec<Weekday> {
    vec![Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday]
}

/// A count of days, weeks or months.
#[derive(Debug, Clone, Copy)]
enum Length {
    Days(i64),
    Months(i64),
}

impl Length {
    fn after(self, date: Date) -> Option<Date> {
        match self {
            Self::Days(days) => Some(plus_days(date, days)),
            Self::Months(months) => date.checked_add(months.months()).ok(),
        }
    }
}

/// "Two weeks", "a couple of days", "a fortnight", "ocho días" (a week, as it is said in Spanish).
fn length(text: &Text, at: usize) -> Option<(Length, usize)> {
    let at =
        if matches!(text.word(at), "about" | "like" | "around" | "unas" | "unos" | "roughly") { at + 1 } else { at };
    let (count, unit_at) = match (text.word(at), text.word(at + 1), text.word(at + 2)) {
        ("a" | "one" | "un" | "una", "couple" | "par", "of" | "de") => (2, at + 3),
        ("a", "couple", _) => (2, at + 2),
        ("couple", "of", _) => (2, at + 2),
        ("couple", _, _) => (2, at + 1),
        ("a" | "an" | "un", _, _) => (1, at + 1),
        ("ocho", "dias", _) => (7, at + 1),
        ("quince", "dias", _) => (14, at + 1),
        _ => cardinal(text, at).map(|(count, next)| (i64::from(count), next))?,
    };
    if !(1..=200).contains(&count) {
        return None;
    }
    let length = match text.word(unit_at) {
        "day" | "days" | "dias" | "dia" => Length::Days(count),
        "week" | "weeks" | "semanas" | "semana" => Length::Days(7 * count),
        "fortnight" => Length::Days(14 * count),
        "month" | "months" | "meses" | "mes" => Length::Months(count),
        _ => return None,
    };
    Some((length, unit_at + 1))
}

/// "In 3 weeks", "2 weeks from Monday", "3 weeks out", "the day after Thanksgiving", "de hoy en ocho".
fn offset(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let leads = match (text.word(at), text.word(at + 1), text.word(at + 2)) {
        ("in" | "en", _, _) => Some(at + 1),
        ("dentro", "de", _) => Some(at + 2),
        ("hoy", "en", "ocho") => return Some((on(plus_days(today, 7)), at + 3)),
        ("hoy", "en", "quince") => return Some((on(plus_days(today, 14)), at + 3)),
        _ => None,
    };
    if let Some(start) = leads {
        // "In 2 to 3 weeks", "in 2-3 weeks".
        if let Some((low, next)) = cardinal(text, start) {
            if matches!(text.word(next), "-" | "to" | "or" | "o" | "a") {
                let (first, last) = (Length::Days, length(text, next + 1));
                if let Some((Length::Days(high), end)) = last {
                    let unit = if matches!(text.word(end - 1), "week" | "weeks" | "semanas") { 7 } else { 1 };
                    let from = first(i64::from(low) * unit).after(today)?;
                    return (i64::from(low) * unit < high).then(|| (span(from, plus_days(today, high)), end));
                }
            }
        }
        let (length, next) = length(text, start)?;
        let next = if text.word(next) == "time" { next + 1 } else { next };
        return Some((on(length.after(today)?), next));
    }
    let start = if text.word(at) == "the" { at + 1 } else { at };
    let one = matches!(text.word(start), "day" | "week") && matches!(text.word(start + 1), "after" | "before" | "from");
    let (length, next) =
        if one { (Length::Days(if text.word(start) == "week" { 7 } else { 1 }), start + 1) } else { length(text, at)? };
    let back = match text.word(next) {
        "from" => false,
        // "The week after Thanksgiving" is that week.
        "after" if !(one && text.word(start) == "week") => false,
        "before" if !(one && text.word(start) == "week") => true,
        "out" if text.word(next + 1) == "from" => return None,
        "out" | "hence" if !one => return Some((on(length.after(today)?), next + 1)),
        _ => return None,
    };
    let (base, weekday, end) = match text.word(next + 1) {
        "now" | "today" => (today, None, next + 2),
        _ => {
            let (meaning, end) = day(text, next + 1, today)?;
            let whole_weeks = matches!(length, Length::Days(days) if days % 7 == 0);
            (meaning.date()?, meaning.told_by().filter(|_| whole_weeks), end)
        }
    };
    let date = match (back, length) {
        (false, length) => length.after(base)?,
        (true, Length::Days(days)) => plus_days(base, -days),
        (true, Length::Months(months)) => base.checked_sub(months.months()).ok()?,
    };
    (date >= today).then_some((dated(date, weekday), end))
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
    let told = text.word(start.wrapping_sub(1));
    let spanish = (matches!(told, "el" | "dia") && token.kind == Kind::Number)
        || (told == "dia" && token.value().is_some())
        || (told == "el" && token.value().is_some_and(|day| (4..=31).contains(&day)) && token.ordinal().is_none());
    let (day, next) = if spanish { cardinal(text, start)? } else { ordinal(text, start)? };
    // "the second one", "first time", "third option" are no days.
    let in_words = token.kind == Kind::Word && !spanish;
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
                        | "then"
                        | "around"
                        | "is"
                ))
    {
        return None;
    }
    // "On the first at ten", "either the third or the fourth".
    let led = at
        .checked_sub(1)
        .is_some_and(|b| matches!(text.word(b), "for" | "either" | "or" | "by" | "till" | "until" | "on"))
        || text.word(at) == "on"
        || text.word(next) == "at";
    if in_words && day < 4 && !led
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
    // "The 2nd treatment", "my 3rd one": a small ordinal before a noun counts.
    if !in_words
        && !spanish
        && day <= 10
        && text.tokens.get(next).is_some_and(|t| t.kind == Kind::Word)
        && !may_follow_a_day(text.word(next))
    {
        return None;
    }
    next_day_numbered(today, day).map(|date| (date, next))
}

/// Whether a number is followed by a clock's or a count's word.
fn counts(text: &Text, at: usize) -> bool {
    text.is_in(at, List::Units) || matches!(text.word(at), "am" | "pm" | ":" | "/" | "oclock")
}

/// The next day with this number on or after today.
fn next_day_numbered(today: Date, day: u32) -> Option<Date> {
    let mut first = today.first_of_month();
    for _ in 0..13 {
        if let Some(date) = Date::new(first.year(), first.month(), small(day)).ok().filter(|date| *date >= today) {
            return Some(date);
        }
        first = first.checked_add(1.months()).ok()?;
    }
    None
}

fn may_follow_a_day(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "at",
        "after",
        "before",
        "in",
        "or",
        "and",
        "if",
        "is",
        "works",
        "work",
        "would",
        "will",
        "for",
        "please",
        "between",
        "through",
        "thru",
        "to",
        "n",
        "then",
        "with",
        "of",
        "be",
        "i",
        "im",
        "we",
        "around",
        "morning",
        "afternoon",
        "evening",
        "am",
        "pm",
        "thanks",
        "does",
        "do",
        "can",
        "could",
        "should",
        "looks",
        "sounds",
        "instead",
        "not",
        "but",
        "anytime",
        "any",
        "from",
        "until",
        "about",
        "good",
        "fine",
        "okay",
        "then",
        "so",
        "maybe",
        "free",
        "open",
        "available",
        "has",
        "have",
        "by",
        "lol",
        "because",
        "when",
        "since",
        "on",
        "noon",
        "ideally",
        "preferably",
        "a",
        "o",
        "y",
        "de",
        "en",
        "por",
        "puedo",
        "esta",
        "si",
        "para",
        "late",
        "early",
        "midday",
        "sometime",
        "possible",
        "still",
        "that",
        "too",
        "also",
        "it",
        "its",
        "you",
        "was",
        "were",
        "right",
        "now",
        "though",
        "actually",
        "correct",
        "thursday",
        "friday",
        "monday",
        "tuesday",
        "wednesday",
        "saturday",
        "sunday",
        "the",
        "as",
        "than",
        "onward",
        "onwards",
        "latest",
    ];
    WORDS.contains(&word)
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
        let told = found.0.told_by();
        let article = matches!(text.word(next), "the" | "el");
        if let Some((calendar, behind)) = calendar_date(text, next + usize::from(article), today) {
            let ahead = calendar.date >= today;
            return Some((dated(calendar.date, told.filter(|_| ahead)), behind));
        }
        if let Some((date, behind)) = day_of_month(text, next, today) {
            if article || text.tokens.get(next).is_some_and(|t| t.kind == Kind::Number) {
                return Some((dated(date, told), behind));
            }
        }
        // "El martes 8", "thursday the third": a day of that number that is such a weekday.
        let spanish = text.tokens[next - 1].folded != text.tokens[next - 1].word
            && text.tokens[next - 1].folded.ends_with(['s', 'o']);
        let plain = ordinal(text, next + usize::from(article)).or_else(|| cardinal(text, next).filter(|_| spanish));
        if let (Some((number, behind)), Some(weekday)) = (plain, told) {
            let fits = !counts(text, behind) && (1..=31).contains(&number);
            let of_month = next_day_numbered(today, number).filter(|date| fits && date.weekday() == weekday);
            if let Some(date) = of_month {
                return Some((DayMeaning::Dated { date, weekday }, behind));
            }
        }
        return Some(found);
    }
    // "El 14 de marzo", "the 5th of January", "on the 23rd of December".
    let led = (at..at + 3).find(|i| !matches!(text.word(*i), "on" | "the" | "el" | "dia")).unwrap_or(at);
    if let Some((calendar, next)) = calendar_date(text, led, today) {
        let past = calendar.has_year && calendar.date < today;
        let far = calendar.date > plus_days(today, 3 * 366);
        return (!past && !far).then_some((on(calendar.date), next));
    }
    day_of_month(text, at, today).map(|(date, next)| (on(date), next))
}
