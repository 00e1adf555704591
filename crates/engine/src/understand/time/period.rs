//! Periods and holidays: weeks, weekends and months, parts of them, and days found inside them ("end of next month", "the
//! first Monday of December", "the week after Thanksgiving").

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::calendar::{calendar_date, month};
use super::day::{DayMeaning, day_of_month, in_week, monday_of, on, plus_days, span, weekday};
use super::numbers::{cardinal, ordinal};
use crate::understand::text::Text;

/// A week is Monday to Sunday, a weekend its last two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Week,
    Weekend,
    Month,
}

/// A stretch of the calendar with a name, from its own first day on, passed or not.
#[derive(Debug, Clone, Copy)]
struct Period {
    first: Date,
    last: Date,
    unit: Unit,
}

impl Period {
    /// The one so many units ahead of today's.
    fn ahead(unit: Unit, count: i64, today: Date) -> Option<Self> {
        let monday = plus_days(monday_of(today), 7 * count);
        Some(match unit {
            Unit::Week => Self { first: monday, last: plus_days(monday, 6), unit },
            Unit::Weekend => Self { first: plus_days(monday, 5), last: plus_days(monday, 6), unit },
            Unit::Month => {
                let first = today.first_of_month().checked_add(count.months()).ok()?;
                Self { first, last: first.last_of_month(), unit }
            }
        })
    }

    /// The one that holds a day.
    fn around(unit: Unit, date: Date) -> Option<Self> {
        Self::ahead(unit, 0, date)
    }

    fn month(today: Date, month: i8, year: Option<i16>) -> Option<Self> {
        let first = Date::new(year.unwrap_or(today.year()), month, 1).ok()?;
        let passed = year.is_none() && first.last_of_month() < today;
        let first = if passed { Date::new(today.year() + 1, month, 1).ok()? } else { first };
        Some(Self { first, last: first.last_of_month(), unit: Unit::Month })
    }

    /// What of it lies ahead.
    fn open(self, today: Date) -> Option<DayMeaning> {
        (self.last >= today).then(|| span(self.first.max(today), self.last))
    }

    fn part(self, part: Part) -> Self {
        let day = |n: i64| plus_days(self.first, n);
        let (first, last) = match (self.unit, part) {
            (_, Part::Rest) | (Unit::Weekend, _) => (self.first, self.last),
            (Unit::Week, Part::Early) => (self.first, day(2)),
            (Unit::Week, Part::Middle) => (day(1), day(3)),
            (Unit::Week, Part::Late) => (day(3), self.last),
            (Unit::Week, Part::End) => (day(3), day(4)),
            (Unit::Month, Part::Early) => (self.first, day(9)),
            (Unit::Month, Part::Middle) => (day(10), day(19)),
            (Unit::Month, Part::Late) => (day(20), self.last),
            (Unit::Month, Part::End) => (plus_days(self.last, -6), self.last),
            (Unit::Week, Part::Week(_)) => (self.first, self.last),
            (Unit::Month, Part::Week(Some(number))) => {
                let from = day(7 * (i64::from(number) - 1));
                (from, plus_days(from, 6).min(self.last))
            }
            (Unit::Month, Part::Week(None)) => (plus_days(self.last, -6), self.last),
            (Unit::Month, Part::FirstHalf) => (self.first, day(14)),
            (Unit::Month, Part::SecondHalf) => (day(15), self.last),
            (Unit::Week, Part::FirstHalf) => (self.first, day(2)),
            (Unit::Week, Part::SecondHalf) => (day(3), self.last),
        };
        Self { first, last, unit: self.unit }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Early,
    Middle,
    Late,
    End,
    Rest,
    FirstHalf,
    SecondHalf,
    /// The first, second … week of a month; the last.
    Week(Option<u32>),
}

/// A part's name and the token behind it, with the "of" that leads on.
fn part(text: &Text, at: usize) -> Option<(Part, usize)> {
    let of = |next: usize| if matches!(text.word(next), "of" | "in" | "de" | "del") { Some(next + 1) } else { None };
    let start = if matches!(text.word(at), "the" | "at" | "a" | "el" | "la" | "los") { at + 1 } else { at };
    // The whole is not led to by these words alone: "at 3".
    let one = match text.word(start) {
        "early" | "earlier" => (Part::Early, of(start + 1).unwrap_or(start + 1)),
        "mid" if text.word(start + 1) == "-" => (Part::Middle, start + 2),
        "mid" => (Part::Middle, of(start + 1).unwrap_or(start + 1)),
        "late" | "later" => (Part::Late, of(start + 1).unwrap_or(start + 1)),
        "beginning" | "start" | "principios" | "inicios" | "comienzos" => (Part::Early, of(start + 1)?),
        "middle" | "mediados" => (Part::Middle, of(start + 1)?),
        "fines" | "fin" if text.word(start + 2) == "semana" => return None,
        "end" | "finales" | "fines" | "fin" | "final" | "tail" => (Part::End, of(start + 1)?),
        "rest" | "remainder" | "resto" => (Part::Rest, of(start + 1)?),
        "last" | "ultima" if matches!(text.word(start + 1), "week" | "semana") => (Part::Week(None), of(start + 2)?),
        "first" | "primera" if matches!(text.word(start + 1), "half" | "mitad" | "quincena") => {
            (Part::FirstHalf, of(start + 2)?)
        }
        "second" | "last" | "segunda" if matches!(text.word(start + 1), "half" | "mitad" | "quincena") => {
            (Part::SecondHalf, of(start + 2)?)
        }
        _ => {
            let (number, next) = ordinal(text, start).filter(|(number, _)| *number <= 5)?;
            if !matches!(text.word(next), "week" | "semana") {
                return None;
            }
            (Part::Week(Some(number)), of(next + 1)?)
        }
    };
    Some(one)
}

/// A period by its name, and the token behind it. `of_part`: a word such as "end of" leads to it, so that "the month" and a
/// bare "December" are one.
fn period(text: &Text, at: usize, today: Date, of_part: bool) -> Option<(Period, usize)> {
    let mut here = at;
    let (mut ahead, mut coming) = (None, false);
    while here < at + 4 {
        match text.word(here) {
            "the" | "el" | "la" | "las" | "los" => {}
            "this" | "current" | "este" | "esta" => ahead = ahead.or(Some(0)),
            "next" | "following" | "proximo" | "proxima" | "siguiente" => ahead = Some(1),
            "coming" | "upcoming" => coming = true,
            _ => break,
        }
        here += 1;
    }
    if let Some(number) = month(text, here).filter(|_| of_part || ahead.is_some()) {
        let (year, next) =
            super::calendar::year_value(text, here + 1, today).map_or((None, here + 1), |(y, n)| (Some(y), n));
        return Some((Period::month(today, number, year)?, next));
    }
    let is_many = text.tokens.get(here).is_some_and(|t| t.folded.ends_with('s') && t.folded != "mes");
    let (unit, next) = match text.word(here) {
        "week" | "semana" => (Unit::Week, here + 1),
        "weekend" => (Unit::Weekend, here + 1),
        "fin" if text.word(here + 1) == "de" && text.word(here + 2) == "semana" => (Unit::Weekend, here + 3),
        "month" | "mes" => (Unit::Month, here + 1),
        _ => return None,
    };
    if is_many {
        return None;
    }
    if coming {
        ahead = Some(i64::from(unit != Unit::Weekend));
    }
    let (ahead, next) = match (text.word(next), text.word(next + 1)) {
        ("after", "next") => (Some(2), next + 2),
        ("que", "viene" | "entra") => (Some(1), next + 2),
        ("proximo" | "proxima" | "siguiente" | "entrante", _) => (Some(1), next + 1),
        _ => (ahead, next),
    };
    if let Some(ahead) = ahead {
        return Some((Period::ahead(unit, ahead, today)?, next));
    }
    // "the week of the 7th", "the week after Thanksgiving".
    let moved = match text.word(next) {
        "of" | "de" | "del" => Some(0),
        "after" | "following" => Some(1),
        "before" => Some(-1),
        "despues" if matches!(text.word(next + 1), "de" | "del") => Some(1),
        "antes" if matches!(text.word(next + 1), "de" | "del") => Some(-1),
        _ => None,
    };
    let next =
        if matches!(text.word(next), "despues" | "antes") && text.word(next + 1) == "de" { next + 1 } else { next };
    if let (Some(moved), true) = (moved, unit != Unit::Month) {
        if let Some((date, end)) = fixed_day(text, next + 1, today) {
            let moved = if unit == Unit::Weekend && moved == 1 {
                i64::from(date.weekday().to_monday_zero_offset() >= 5)
            } else {
                moved
            };
            return Some((Period::around(unit, plus_days(date, 7 * moved))?, end));
        }
    }
    let named = of_part || (unit == Unit::Weekend);
    named.then(|| Period::ahead(unit, 0, today)).flatten().map(|period| (period, next))
}

/// A day that is named without regard to today's place in the week: a date, "the 7th", a holiday.
pub(super) fn fixed_day(text: &Text, at: usize, today: Date) -> Option<(Date, usize)> {
    let start = if matches!(text.word(at), "the" | "el" | "del") { at + 1 } else { at };
    calendar_date(text, start, today)
        .map(|(calendar, next)| (calendar.date, next))
        .or_else(|| day_of_month(text, at, today))
        .or_else(|| holiday(text, start, today))
}

/// The Monday of a week that is named ("of next week", "the week of the 7th"), and the token behind it.
pub(super) fn week(text: &Text, at: usize, today: Date) -> Option<(Date, usize)> {
    let start = if matches!(text.word(at), "of" | "de" | "," | "in") { at + 1 } else { at };
    let (period, next) = period(text, start, today, false)?;
    (period.unit == Unit::Week && period.last >= today).then_some((period.first, next))
}

/// Any period, part of one, or day inside one, at a token.
pub(super) fn named(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    if let Some(found) =
        weekday_of(text, at, today).or_else(|| day_of(text, at, today)).or_else(|| ahead(text, at, today))
    {
        return Some(found);
    }
    let last = if text.word(at) == "the" { at + 1 } else { at };
    if matches!(
        (text.word(last), text.word(last + 1), text.word(last + 2)),
        ("last" | "ultimo", "day" | "dia", "of" | "de" | "del")
    ) {
        let (period, next) = period(text, last + 3, today, true)?;
        return Some((on(period.last), next));
    }
    if let Some((date, next)) = holiday(text, at, today).filter(|(_, next)| text.word(*next) == "week") {
        return Period::around(Unit::Week, date)?.open(today).map(|meaning| (meaning, next + 1));
    }
    if let Some((date, next)) = holiday(text, at, today).filter(|(_, next)| text.word(*next) == "weekend") {
        // Monday's begins on Saturday, Thursday's and Friday's run on to Sunday.
        let saturday = in_week(monday_of(date), Weekday::Saturday);
        let (from, to) = match date.weekday() {
            Weekday::Monday => (plus_days(date, -2), date),
            Weekday::Thursday | Weekday::Friday => (date, plus_days(saturday, 1)),
            _ => (saturday, plus_days(saturday, 1)),
        };
        return Some((span(from.max(today), to), next + 1));
    }
    if let Some((part, next)) = part(text, at) {
        if let Some((period, next)) = period(text, next, today, true) {
            let of = period.part(part);
            return of.open(today).map(|meaning| (meaning, next));
        }
    }
    if let Some((period, next)) = period(text, at, today, false) {
        // "next week sometime", "this week": what is left of it.
        return period.open(today).map(|meaning| (meaning, next));
    }
    // "sometime in December", "en enero", "during March"; "December" alone, where the word is nothing else.
    let previous = at.checked_sub(1).map_or("", |b| text.word(b));
    let paired = |word: &str| matches!(word, "or" | "and" | "o" | "y" | "to" | "through" | "a" | "-");
    let beside = paired(text.word(at + 1)) && month(text, at + 2).is_some()
        || paired(previous) && at.checked_sub(2).is_some_and(|b| month(text, b).is_some());
    let leads = match (text.word(at), text.word(at + 1)) {
        _ if beside && month(text, at).is_some() => at,
        ("january" | "february" | "september" | "october" | "november" | "december", _)
            if !matches!(previous, "since" | "last" | "of" | "de" | "until")
                && text.tokens.get(at + 1).is_none_or(|t| t.number().is_none())
                && !(text.word(at + 1) == "." && text.tokens.get(at + 2).is_some_and(|t| t.number().is_some())) =>
        {
            at
        }
        ("sometime" | "anytime", "in" | "during") => at + 2,
        ("in" | "sometime" | "anytime" | "en" | "during" | "durante", _) => at + 1,
        _ => return None,
    };
    let (period, next) = period(text, leads, today, true)?;
    let day_follows = text.tokens.get(next).is_some_and(|t| t.number().is_some())
        || ordinal(text, next).is_some()
        || (text.word(next) == "the" && ordinal(text, next + 1).is_some())
        || cardinal(text, next).is_some();
    (!day_follows && period.unit == Unit::Month).then(|| period.open(today)).flatten().map(|meaning| (meaning, next))
}

/// "The first Monday of December", "last Friday of the month".
fn weekday_of(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let start = (at..at + 3).find(|i| !matches!(text.word(*i), "the" | "el" | "on")).unwrap_or(at);
    let (number, day_at) = match text.word(start) {
        "last" | "ultimo" => (None, start + 1),
        "primer" => (Some(1), start + 1),
        "tercer" => (Some(3), start + 1),
        _ => ordinal(text, start).filter(|(number, _)| *number <= 5).map(|(number, next)| (Some(number), next))?,
    };
    let day = weekday(text, day_at)?;
    if !matches!(text.word(day_at + 1), "of" | "in" | "de" | "del") {
        return None;
    }
    let of_year =
        number.is_none() && matches!((text.word(day_at + 2), text.word(day_at + 3)), ("the" | "this", "year"));
    let (period, next) = if of_year {
        (Period::month(today, 12, None)?, day_at + 4)
    } else {
        period(text, day_at + 2, today, true).filter(|(period, _)| period.unit == Unit::Month)?
    };
    let nth = |first: Date, last: Date| -> Option<Date> {
        let offset = |from: Weekday| {
            (i64::from(day.to_monday_zero_offset()) - i64::from(from.to_monday_zero_offset())).rem_euclid(7)
        };
        Some(match number {
            Some(number) => plus_days(first, offset(first.weekday()) + 7 * (i64::from(number) - 1)),
            None => plus_days(last, offset(last.weekday()) - if last.weekday() == day { 0 } else { 7 }),
        })
        .filter(|date| *date <= last)
    };
    let date = nth(period.first, period.last)?;
    let date = if date < today {
        let first =
            period.first.checked_add(if period.first.year() == today.year() { 1.year() } else { 0.years() }).ok()?;
        nth(first, first.last_of_month())?
    } else {
        date
    };
    (date >= today).then_some((DayMeaning::Dated { date, weekday: day }, next))
}

/// "The 5th of next month", "el 5 del mes que viene".
fn day_of(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let start = (at..at + 3).find(|i| !matches!(text.word(*i), "the" | "el" | "on")).unwrap_or(at);
    let article = start > at && text.word(start - 1) == "el";
    if let Some(found) = working_day(text, start, today) {
        return Some(found);
    }
    let (number, next) = ordinal(text, start).or_else(|| cardinal(text, start).filter(|_| article))?;
    if !matches!(text.word(next), "of" | "de" | "del") {
        return None;
    }
    let (period, next) = period(text, next + 1, today, true)?;
    let is_relative = period.unit == Unit::Month && month(text, next - 1).is_none();
    let date = Date::new(period.first.year(), period.first.month(), i8::try_from(number).ok()?).ok()?;
    // "The first of the month", when this one's has passed.
    let plain = text.word(next - 1) == "month" && text.word(next - 2) == "the";
    let date = if plain && date < today { date.checked_add(1.month()).ok()? } else { date };
    (is_relative && date >= today).then_some((on(date), next))
}

/// "First business day of December", "last working day of the month".
fn working_day(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let first = match text.word(at) {
        "first" => true,
        "last" => false,
        _ => return None,
    };
    let named = matches!(text.word(at + 1), "business" | "working" | "work" | "week") && text.word(at + 2) == "day";
    if !named || !matches!(text.word(at + 3), "of" | "in") {
        return None;
    }
    let (period, next) = period(text, at + 4, today, true)?;
    let works = |date: &Date| date.weekday().to_monday_zero_offset() < 5;
    let date = if first {
        (0..7).map(|n| plus_days(period.first, n)).find(works)?
    } else {
        (0..7).map(|n| plus_days(period.last, -n)).find(works)?
    };
    (date >= today).then_some((on(date), next))
}

/// "The next two weeks", "within 10 days", "the next few days": from today on.
fn ahead(text: &Text, at: usize, today: Date) -> Option<(DayMeaning, usize)> {
    let (start, led) = match (text.word(at), text.word(at + 1), text.word(at + 2)) {
        (
            "in" | "over" | "within" | "during" | "en" | "durante",
            "the" | "los" | "las",
            "next" | "coming" | "following" | "proximos" | "proximas",
        ) => (at + 3, true),
        ("the" | "los" | "las", "next" | "coming" | "following" | "proximos" | "proximas", _) => (at + 2, true),
        ("next" | "coming" | "proximos" | "proximas", _, _) => (at + 1, true),
        ("within" | "inside", "the", _) => (at + 2, false),
        ("within" | "inside", _, _) => (at + 1, false),
        _ => return None,
    };
    let (count, unit_at) = match (text.word(start), text.word(start + 1), text.word(start + 2)) {
        ("few", _, _) => (4, start + 1),
        ("couple", "of", _) => (2, start + 2),
        ("couple", _, _) => (2, start + 1),
        ("a", "couple", "of") => (2, start + 3),
        ("a" | "an", _, _) if !led => (1, start + 1),
        ("week" | "month", _, _) if !led => (1, start),
        _ => cardinal(text, start).map(|(count, next)| (i64::from(count), next))?,
    };
    if !(1..=60).contains(&count) {
        return None;
    }
    let to = match text.word(unit_at) {
        "day" | "days" | "dias" => plus_days(today, count),
        "week" | "weeks" | "semanas" => plus_days(today, 7 * count),
        "month" | "months" | "meses" => today.checked_add(count.months()).ok()?,
        _ => return None,
    };
    Some((span(today, to), unit_at + 1))
}

/// What a holiday's name leads to instead of the day: "a Black Friday deal".
const NOT_THE_DAY: &[&str] = &[
    "deal",
    "deals",
    "sale",
    "sales",
    "special",
    "specials",
    "promo",
    "promos",
    "promotion",
    "discount",
    "offer",
    "offers",
    "gift",
    "gifts",
    "present",
    "presents",
    "card",
    "cards",
    "party",
    "parties",
    "dinner",
    "break",
    "vacation",
    "package",
    "packages",
    "pricing",
    "prices",
    "glow",
    "photos",
    "pictures",
    "lights",
    "tree",
    "shopping",
    "bonus",
    "money",
    "giveaway",
];

/// A holiday by its name: the next one, and the token behind it.
pub(super) fn holiday(text: &Text, at: usize, today: Date) -> Option<(Date, usize)> {
    let before = at.checked_sub(1).map_or("", |b| text.word(b));
    if matches!(before, "merry" | "happy" | "feliz" | "my" | "post") {
        return None;
    }
    let word = |ahead: usize| text.word(at + ahead);
    let fixed = |month: i8, day: i8, tokens: usize| Some((When::On(month, day), tokens));
    let nth = |month: i8, day: Weekday, number: i8, tokens: usize| Some((When::Nth(month, day, number), tokens));
    let (when, tokens) = match (word(0), word(1), word(2)) {
        ("christmas" | "xmas", "eve", _) => fixed(12, 24, 2),
        ("christmas" | "xmas", "day", _) => fixed(12, 25, 2),
        ("christmas" | "xmas" | "navidad", _, _) => fixed(12, 25, 1),
        ("nochebuena", _, _) => fixed(12, 24, 1),
        ("nochevieja", _, _) => fixed(12, 31, 1),
        ("new", "years" | "year", "eve") => fixed(12, 31, 3),
        ("nye", _, _) => fixed(12, 31, 1),
        ("new", "years" | "year", "day") => fixed(1, 1, 3),
        ("new", "years", _) => fixed(1, 1, 2),
        ("fin", "de", "ano") => fixed(12, 31, 3),
        ("ano", "nuevo" | "new", _) => fixed(1, 1, 2),
        ("thanksgiving", "day", _) => nth(11, Weekday::Thursday, 4, 2),
        ("thanksgiving", "eve", _) => Some((When::Thanksgiving(-1), 2)),
        ("thanksgiving", _, _) => nth(11, Weekday::Thursday, 4, 1),
        ("dia", "de", "reyes") => fixed(1, 6, 3),
        ("reyes", _, _) if before == "de" => fixed(1, 6, 1),
        ("dia", "de", "accion") if word(4) == "gracias" => nth(11, Weekday::Thursday, 4, 5),
        ("accion", "de", "gracias") => nth(11, Weekday::Thursday, 4, 3),
        ("black", "friday", _) => Some((When::Thanksgiving(1), 2)),
        ("cyber", "monday", _) => Some((When::Thanksgiving(4), 2)),
        ("halloween", _, _) => fixed(10, 31, 1),
        ("boxing", "day", _) => fixed(12, 26, 2),
        ("valentines", "day", _) => fixed(2, 14, 2),
        ("valentines", _, _) => fixed(2, 14, 1),
        ("vday", _, _) => fixed(2, 14, 1),
        ("san", "valentin", _) => fixed(2, 14, 2),
        ("st" | "saint", "patricks" | "pattys" | "paddys", _) => fixed(3, 17, if word(2) == "day" { 3 } else { 2 }),
        ("cinco", "de", "may" | "mayo") => fixed(5, 5, 3),
        ("juneteenth", _, _) => fixed(6, 19, 1),
        ("independence", "day", _) => fixed(7, 4, 2),
        ("veterans", "day", _) => fixed(11, 11, 2),
        ("labor" | "labour", "day", _) => nth(9, Weekday::Monday, 1, 2),
        ("memorial", "day", _) => Some((When::Last(5, Weekday::Monday), 2)),
        ("mlk", _, _) => nth(1, Weekday::Monday, 3, if word(1) == "day" { 2 } else { 1 }),
        ("martin", "luther", "king") => nth(1, Weekday::Monday, 3, if word(3) == "day" { 4 } else { 3 }),
        ("presidents", "day", _) => nth(2, Weekday::Monday, 3, 2),
        ("columbus" | "indigenous", "day" | "peoples", _) => {
            nth(10, Weekday::Monday, 2, if word(1) == "peoples" { 3 } else { 2 })
        }
        ("mothers", "day", _) => nth(5, Weekday::Sunday, 2, 2),
        ("fathers", "day", _) => nth(6, Weekday::Sunday, 3, 2),
        ("easter", "monday", _) => Some((When::Easter(1), 2)),
        ("easter", "sunday", _) => Some((When::Easter(0), 2)),
        ("easter", _, _) => Some((When::Easter(0), 1)),
        ("good", "friday", _) if text.is_capitalised(at) => Some((When::Easter(-2), 2)),
        _ => None,
    }?;
    let next = at + tokens;
    // "Valentine's day dinner at 7:30": dined on that day.
    let dines = matches!(text.word(next), "dinner" | "lunch" | "brunch" | "breakfast" | "party")
        && (text.word(next + 1) == "at" || text.tokens.get(next + 1).is_some_and(|t| t.number().is_some()));
    if NOT_THE_DAY.contains(&text.word(next)) && !dines {
        return None;
    }
    let date = (0..=1).find_map(|ahead| when.in_year(today.year() + ahead).filter(|date| *date >= today))?;
    Some((date, next))
}

enum When {
    On(i8, i8),
    /// Of a month, the nth such weekday.
    Nth(i8, Weekday, i8),
    Last(i8, Weekday),
    /// So many days after the fourth Thursday of November.
    Thanksgiving(i64),
    /// So many days after Easter Sunday.
    Easter(i64),
}

impl When {
    fn in_year(&self, year: i16) -> Option<Date> {
        match *self {
            Self::On(month, day) => Date::new(year, month, day).ok(),
            Self::Nth(month, day, number) => Date::new(year, month, 1).ok()?.nth_weekday_of_month(number, day).ok(),
            Self::Last(month, day) => Date::new(year, month, 1).ok()?.nth_weekday_of_month(-1, day).ok(),
            Self::Thanksgiving(after) => {
                let thursday = Date::new(year, 11, 1).ok()?.nth_weekday_of_month(4, Weekday::Thursday).ok()?;
                Some(plus_days(thursday, after))
            }
            Self::Easter(after) => Some(plus_days(easter(year)?, after)),
        }
    }
}

/// Easter Sunday of the Gregorian calendar (Butcher's rule).
#[expect(clippy::many_single_char_names, reason = "the letters of the rule")]
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e, g) = (b / 4, b % 4, (8 * b + 13) / 25);
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The weekday before or after a fixed day: "the Monday after the 10th", "the Friday before Christmas".
pub(super) fn weekday_beside(text: &Text, day: Weekday, at: usize, today: Date) -> Option<(Date, usize)> {
    let despues = matches!((text.word(at), text.word(at + 1)), ("despues" | "antes", "de" | "del"));
    let (step, at) = match text.word(at) {
        "despues" if despues => (1, if text.word(at + 1) == "del" { at } else { at + 1 }),
        "antes" if despues => (-1, if text.word(at + 1) == "del" { at } else { at + 1 }),
        "after" | "following" => (1, at),
        "before" => (-1, at),
        _ => return None,
    };
    let (base, next) = fixed_day(text, at + 1, today)?;
    let monday = monday_of(base);
    let same = in_week(monday, day);
    let date = match step {
        1 if same > base => same,
        1 => plus_days(same, 7),
        _ if same < base => same,
        _ => plus_days(same, -7),
    };
    (date >= today).then_some((date, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        for (year, month, day) in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)] {
            assert_eq!(easter(year), Date::new(year, month, day).ok());
        }
    }
}
