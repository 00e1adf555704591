//! The scan: every date, clock time, part of day and bound of a message, with its place.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

use super::calendar::calendar_date;
use super::clock::{Clock, Half, clock, meridiem, time};
use super::day::{DayMeaning, day, day_of_month, nearest, weekday};
use crate::understand::lexicon::List;
use crate::understand::text::{Kind, Text};

/// Which side of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// At or after.
    After,
    /// Strictly before.
    Before,
}

/// One thing said about when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// A day, or a span of days.
    Day(DayMeaning),
    /// From this day on, or up to the day before.
    DayBound(Bound, Date),
    /// A clock time.
    At(Clock),
    /// A bound on the time of day.
    TimeBound(Bound, Clock),
    /// A stretch of the day: a part of it, or "between 2 and 4". `false` when it is only a name of a part.
    Stretch { after: Option<Time>, before: Option<Time>, exact: bool },
    /// So many minutes from now.
    Hence(i64),
    /// Any time suits.
    Flexible,
}

impl Item {
    pub(crate) fn is_day(&self) -> bool {
        matches!(self, Self::Day(_) | Self::DayBound(..))
    }
}

/// An item with the tokens it was read from, and whether it was ruled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) item: Item,
    pub(crate) negated: bool,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

pub(super) struct Scan<'a> {
    pub(super) text: &'a Text,
    pub(super) today: Date,
    pub(super) bare_numbers: bool,
    pub(super) found: Vec<Placed>,
}

/// Reads every item. `bare_numbers`: the message answers a question for a time, so "3" alone is one.
pub(super) fn scan(text: &Text, today: Date, bare_numbers: bool) -> Vec<Placed> {
    let mut scan = Scan { text, today, bare_numbers, found: Vec::new() };
    let mut at = if tells_time(text) { 0 } else { text.tokens.len() };
    while at < text.tokens.len() {
        at = scan.at(at).unwrap_or(at + 1).max(at + 1);
    }
    scan.found
}

const TO: &[&str] = &["to", "-", "until", "till", "til", "through", "thru", "and", "n", "y", "a", "hasta", "&"];

/// What has a date of its own, which is no wish for a visit on it.
pub(super) const OCCASIONS: &[&str] = &[
    "wedding",
    "birthday",
    "bday",
    "anniversary",
    "party",
    "trip",
    "vacation",
    "flight",
    "gala",
    "reunion",
    "graduation",
    "photoshoot",
    "shoot",
    "event",
    "surgery",
    "interview",
    "prom",
    "cruise",
    "conference",
    "honeymoon",
    "engagement",
    "shower",
    "holiday",
    "concert",
    "recital",
    "competition",
    "pageant",
    "boda",
    "cumpleanos",
    "viaje",
    "fiesta",
    "graduacion",
    "vuelo",
    "quinceanera",
    "aniversario",
    "evento",
];

/// Whether anything in a message may tell a time; where nothing does, no rule is tried.
fn tells_time(text: &Text) -> bool {
    text.has_numbers() || text.speaks(List::TimeWords) || (0..text.tokens.len()).any(|at| may_be_weekday(text, at))
}

/// "M W F", "T/Th": days by their first letters.
fn may_be_weekday(text: &Text, at: usize) -> bool {
    let letters = text.tokens[at].folded.as_str();
    matches!(letters, "m" | "t" | "tu" | "w" | "th" | "r" | "f") && text.is_capitalised(at)
}

impl Scan<'_> {
    pub(super) fn word(&self, at: usize) -> &str {
        self.text.word(at)
    }

    pub(super) fn before_word(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |b| self.text.word(b))
    }

    pub(super) fn push(&mut self, item: Item, start: usize, end: usize) -> usize {
        self.found.push(Placed { item, negated: false, start, end });
        end
    }

    /// The item at a token, and the token behind it.
    fn at(&mut self, at: usize) -> Option<usize> {
        if self.may_begin(at) { self.item(at) } else { None }
    }

    /// A quick look: three words in four have nothing to do with time.
    fn may_begin(&self, at: usize) -> bool {
        let token = &self.text.tokens[at];
        match token.kind {
            Kind::Sign => matches!(token.sign(), Some('@' | '~')),
            Kind::Number => true,
            Kind::Word => {
                token.value().is_some()
                    || token.ordinal().is_some()
                    || token.known.is_in(List::TimeStarts)
                    || token.known.is_in(List::TimeWords)
                    || may_be_weekday(self.text, at)
            }
        }
    }

    fn item(&mut self, at: usize) -> Option<usize> {
        self.hence(at)
            .or_else(|| self.bound(at))
            .or_else(|| self.flexible(at))
            .or_else(|| self.day_range(at))
            .or_else(|| self.clock_range(at))
            .or_else(|| self.one_day(at))
            .or_else(|| self.part(at))
            .or_else(|| self.one_clock(at))
    }

    /// The next token after words that only lead to a time.
    pub(super) fn lead(&self, mut at: usize) -> usize {
        while matches!(
            self.word(at),
            "de" | "del"
                | "al"
                | "at"
                | "about"
                | "around"
                | "like"
                | "approximately"
                | "@"
                | "~"
                | "say"
                | "or"
                | "uh"
                | "um"
                | "round"
        ) {
            at += 1;
        }
        at
    }

    /// "In 20 minutes", "in half an hour", "an hour from now".
    fn hence(&mut self, at: usize) -> Option<usize> {
        let led = matches!(self.word(at), "in" | "en") || (self.word(at) == "dentro" && self.word(at + 1) == "de");
        let start = match self.word(at) {
            "dentro" => at + 2,
            _ if led => at + 1,
            _ => at,
        };
        let start = if matches!(self.word(start), "about" | "like") { start + 1 } else { start };
        let half = |next: usize| {
            i64::from(self.word(next) == "and" && self.word(next + 1) == "a" && self.word(next + 2) == "half")
        };
        let (minutes, next) = match (self.word(start), self.word(start + 1), self.word(start + 2)) {
            ("half", "an", "hour") => (30, start + 3),
            ("media", "hora", _) => (30, start + 2),
            ("an" | "one" | "una", "hour" | "hora", _) => {
                let half = half(start + 2);
                (60 + 30 * half, start + 2 + if half == 1 { 3 } else { 0 })
            }
            ("a", "couple", "hours") => (120, start + 3),
            ("a", "couple", "of") if self.word(start + 3) == "hours" => (120, start + 4),
            _ => {
                let (count, unit) = super::numbers::cardinal(self.text, start)?;
                let minutes = match self.word(unit) {
                    "min" | "minutes" | "minute" | "minutos" => i64::from(count),
                    "hours" | "hour" | "hr" | "horas" => 60 * i64::from(count),
                    _ => return None,
                };
                (minutes, unit + 1)
            }
        };
        let (told, end) = match (self.word(next), self.word(next + 1)) {
            ("from", "now") => (true, next + 2),
            _ => (led, next),
        };
        // "In 48 hours" names a day.
        let days = minutes / (24 * 60);
        if told && (2..=14).contains(&days) && minutes % (24 * 60) == 0 {
            let date = self.today.checked_add(days.days()).ok()?;
            return Some(self.push(Item::Day(DayMeaning::On { date, weekday: None }), at, end));
        }
        (told && (1..=24 * 60).contains(&minutes)).then(|| self.push(Item::Hence(minutes), at, end))
    }

    fn flexible(&mut self, at: usize) -> Option<usize> {
        let words: Vec<&str> = (at..at + 4).map(|i| self.word(i)).collect();
        let count = match words.as_slice() {
            ["anytime" | "whenever" | "flexible" | "asap" | "cuando", ..]
                if words[0] != "cuando" || matches!(words[1], "sea" | "quiera" | "pueda" | "puedan") =>
            {
                1
            }
            ["any", "time" | "day" | "times" | "days", ..] => 2,
            ["whatever", "time" | "day" | "works" | "you" | "is", ..] => 2,
            ["no", "preference", ..] => 2,
            ["as", "soon", "as", "possible"] => 4,
            ["wide", "open", ..] => 2,
            ["open", "to", "anything" | "whatever", ..] => 3,
            ["doesnt" | "dont" | "not", "matter", ..] => 2,
            ["cualquier", "dia" | "hora" | "momento", ..] => 2,
            ["lo", "antes", "posible", ..] => 3,
            ["no", "importa", ..] => 2,
            ["da", "igual", ..] | ["da", "lo", "mismo", ..] => 2,
            ["no", "tengo", "preferencia", ..] => 3,
            ["totally" | "completely" | "pretty", "open", ..] => 2,
            _ => return None,
        };
        // "whenever's fine" is; "can I come whenever my sister does" is nobody's wording.
        Some(self.push(Item::Flexible, at, at + count))
    }

    pub(super) fn day_range(&mut self, at: usize) -> Option<usize> {
        let start = if matches!(self.word(at), "between" | "from" | "desde" | "del") { at + 1 } else { at };
        let start = if matches!(self.word(start), "the" | "el") { start + 1 } else { start };
        if let Some(end) = self.days_of_month(at, start) {
            return Some(end);
        }
        // "m-f"
        let glued = |at: usize| self.text.tokens.get(at).is_some_and(|t| t.glued);
        if self.word(start) == "m"
            && self.word(start + 1) == "-"
            && self.word(start + 2) == "f"
            && glued(start + 1)
            && glued(start + 2)
        {
            let days = week_from(Weekday::Monday, Weekday::Friday);
            return Some(self.push(Item::Day(DayMeaning::Weekdays(days)), at, start + 3));
        }
        // Mon-Thu, Monday through Thursday
        if let Some(first) = weekday(self.text, start) {
            let joined =
                matches!(self.word(start + 1), "-" | "to" | "through" | "thru" | "til" | "till" | "until" | "a")
                    || (start > at && self.word(start + 1) == "and");
            if let Some(last) = joined.then(|| weekday(self.text, start + 2)).flatten() {
                if start > at {
                    let from = nearest(self.today, first);
                    let ahead = (i64::from(last.to_monday_zero_offset()) - i64::from(first.to_monday_zero_offset()))
                        .rem_euclid(7);
                    let to = from.checked_add(ahead.days()).ok()?;
                    let meaning = DayMeaning::Span { from: Some(from), to: Some(to) };
                    return Some(self.push(Item::Day(meaning), at, start + 3));
                }
                let days = week_from(first, last);
                return Some(self.push(Item::Day(DayMeaning::Weekdays(days)), at, start + 3));
            }
        }
        // Nov 24-26, the 3rd to the 7th, between the 3rd and the 7th
        let date = |at: usize| {
            calendar_date(self.text, at, self.today)
                .filter(|(c, _)| !c.has_year || c.date >= self.today)
                .map(|(c, n)| (c.date, n))
                .or_else(|| day_of_month(self.text, at, self.today))
        };
        let opened = start > at && matches!(self.word(at), "between" | "from" | "desde" | "del");
        let any_day = |at: usize| match day(self.text, at, self.today)? {
            (DayMeaning::On { date, .. } | DayMeaning::Dated { date, .. }, next) => Some((date, next)),
            _ => None,
        };
        let now = |at: usize| (opened && self.word(at) == "now").then_some((self.today, at + 1));
        let (from, next) = now(start).or_else(|| date(start)).or_else(|| if opened { any_day(start) } else { None })?;
        if !TO.contains(&self.word(next))
            || (self.word(next) == "and" && start == at)
            || (self.word(next) == "a" && start == at)
        {
            return None;
        }
        let end_at = next + 1;
        let bare_day = || {
            let token = self.text.tokens.get(end_at)?;
            let value = token.number().filter(|v| (1..=31).contains(v))?;
            let follows_clock = matches!(self.word(end_at + 1), ":" | "am" | "pm");
            let to = Date::new(from.year(), from.month(), i8::try_from(value).ok()?).ok()?;
            (to > from && !follows_clock).then_some((to, end_at + 1))
        };
        let end_at = if matches!(self.word(end_at), "the" | "el") { end_at + 1 } else { end_at };
        let (to, end) = date(end_at).or_else(bare_day).or_else(|| if opened { any_day(end_at) } else { None })?;
        if to <= from {
            return None;
        }
        Some(self.push(Item::Day(DayMeaning::Span { from: Some(from), to: Some(to) }), at, end))
    }

    /// "7-11 December", "del 7 al 11 de diciembre", "the 7th to the 11th of May".
    fn days_of_month(&mut self, at: usize, start: usize) -> Option<usize> {
        let number =
            |at: usize| super::numbers::ordinal(self.text, at).or_else(|| super::numbers::cardinal(self.text, at));
        let (first, next) = number(start)?;
        if !(TO.contains(&self.word(next)) || self.word(next) == "al") {
            return None;
        }
        let next = if matches!(self.word(next + 1), "the" | "el") { next + 2 } else { next + 1 };
        let (last, _) = number(next)?;
        let (calendar, end) = calendar_date(self.text, next, self.today)?;
        let is_named = self.text.tokens.get(next..end)?.iter().any(|t| super::calendar::is_month_word(&t.word));
        let first = i8::try_from(first).ok()?;
        let from = Date::new(calendar.date.year(), calendar.date.month(), first).ok()?;
        let fits = is_named && i64::from(last) == i64::from(calendar.date.day()) && from < calendar.date;
        let meaning = DayMeaning::Span { from: Some(from), to: Some(calendar.date) };
        fits.then(|| self.push(Item::Day(meaning), at, end))
    }

    pub(super) fn clock_range(&mut self, at: usize) -> Option<usize> {
        let opened =
            matches!(self.word(at), "between") || matches!(self.before_word(at), "from" | "between" | "desde" | "de");
        let start = if self.word(at) == "between" { at + 1 } else { at };
        let start = self.lead(start);
        let (first, next) = clock(self.text, start)?;
        let joiner = self.word(next);
        let speech = first.bare && self.text.tokens.get(next).is_some() && joiner != "-" && !TO.contains(&joiner);
        if speech {
            return self.spoken_pair(at, first, next);
        }
        if !TO.contains(&joiner) || (matches!(joiner, "and" | "n" | "y" | "&" | "a") && !opened) {
            return None;
        }
        let (last, end) = clock(self.text, self.lead(next + 1))?;
        let until = matches!(joiner, "til" | "till" | "until" | "hasta");
        // "11 to 1 on Wednesday", "9-5 any weekday".
        let behind = if matches!(self.word(end), "on" | "any" | "every") { end + 1 } else { end };
        let of_day = self.text.tokens[start].kind == Kind::Number && day(self.text, behind, self.today).is_some();
        let opened = opened || of_day && joiner != "and" && joiner != "&";
        let accepted = opened || until || !first.bare || !last.bare || self.bare_numbers || self.follows_item(at);
        if !accepted
            || (joiner == "to" && first.bare && last.bare && !opened && !self.follows_item(at) && !self.bare_numbers)
        {
            return None;
        }
        let (from, to) = stretch(first, last)?;
        Some(self.push(Item::Stretch { after: Some(from), before: Some(to), exact: true }, at, end))
    }

    /// "like five six pm": two hours in a row, as speech gives a range.
    fn spoken_pair(&mut self, at: usize, first: Clock, next: usize) -> Option<usize> {
        let (last, end) = clock(self.text, next)?;
        let half = if last.hour >= 12 { Half::Pm } else { Half::Am };
        let consecutive = last.fixed && !last.bare && last.minute == 0 && last.hour % 12 == (first.hour + 1) % 12;
        if !consecutive {
            return None;
        }
        let from = first.with(half).time();
        Some(self.push(Item::Stretch { after: Some(from), before: Some(last.time()), exact: true }, at, end))
    }

    fn one_day(&mut self, at: usize) -> Option<usize> {
        if let Some(end) = self.days_before_month(at) {
            return Some(end);
        }
        let (meaning, end) = day(self.text, at, self.today)?;
        let end = match self.latest(end) {
            Some((bound, behind)) => {
                if let Some(date) = meaning.date() {
                    let date = if bound == Bound::Before { date.checked_add(1.day()).unwrap_or(date) } else { date };
                    return Some(self.push(Item::DayBound(bound, date), at, behind));
                }
                end
            }
            None => end,
        };
        let month_day = match &meaning {
            DayMeaning::On { date, weekday: None } | DayMeaning::Dated { date, .. } => Some(*date),
            _ => None,
        };
        let end = self.push(Item::Day(meaning), at, end);
        if end == at {
            // "tonight" is a day and a part of it.
            return self.part(at);
        }
        let is_named = self.text.tokens[at..end].iter().any(|t| super::calendar::is_month_word(&t.word));
        Some(month_day.filter(|_| is_named).map_or(end, |date| self.more_days(date, end)))
    }

    /// "At the latest", "at the earliest" behind a day or time.
    fn latest(&self, at: usize) -> Option<(Bound, usize)> {
        let at = if self.word(at) == "," { at + 1 } else { at };
        match (self.word(at), self.word(at + 1), self.word(at + 2)) {
            ("at", "the", "latest") => Some((Bound::Before, at + 3)),
            ("at", "the", "earliest" | "soonest") => Some((Bound::After, at + 3)),
            ("latest" | "tops", _, _) => Some((Bound::Before, at + 1)),
            ("or", "later" | "after", _) => Some((Bound::After, at + 2)),
            ("onward" | "onwards", _, _) => Some((Bound::After, at + 1)),
            _ => None,
        }
    }

    /// "Dec 7 or 8": the same month's.
    fn more_days(&mut self, first: Date, end: usize) -> usize {
        let mut end = end;
        while matches!(self.word(end), "or" | "and" | "," | "&" | "/" | "o" | "y") {
            let joined =
                if self.word(end) == "," && matches!(self.word(end + 1), "or" | "and" | "o" | "y") { 2 } else { 1 };
            let start = end + joined;
            let start = if matches!(self.word(start), "the" | "el") { start + 1 } else { start };
            let of = super::numbers::ordinal(self.text, start)
                .or_else(|| self.text.tokens.get(start)?.number().map(|value| (value, start + 1)));
            let Some((value, next)) = of.filter(|(value, _)| (1..=31).contains(value)) else { break };
            let is_clock = matches!(self.word(next), ":" | "am" | "pm" | "a" | "p" | "oclock" | "ish")
                || self.text.is_in(next, List::Units)
                || calendar_date(self.text, start, self.today).is_some();
            let date = i8::try_from(value).ok().and_then(|d| Date::new(first.year(), first.month(), d).ok());
            let Some(date) = date.filter(|_| !is_clock) else { break };
            end = self.push(Item::Day(DayMeaning::On { date, weekday: None }), start, next);
        }
        end
    }

    /// "The 7th or 8th of December": the month comes last.
    fn days_before_month(&mut self, at: usize) -> Option<usize> {
        let mut days = Vec::new();
        let mut here = if matches!(self.word(at), "the" | "el" | "on") { at + 1 } else { at };
        loop {
            if let Some((calendar, end)) = calendar_date(self.text, here, self.today).filter(|_| !days.is_empty()) {
                let is_named = self.text.tokens[here..end].iter().any(|t| super::calendar::is_month_word(&t.word));
                if !is_named
                    || self.text.tokens[here].kind != Kind::Number && super::numbers::ordinal(self.text, here).is_none()
                {
                    return None;
                }
                for (value, start, end) in days {
                    let date = Date::new(calendar.date.year(), calendar.date.month(), value).ok()?;
                    self.push(Item::Day(DayMeaning::On { date, weekday: None }), start, end);
                }
                let meaning = DayMeaning::On { date: calendar.date, weekday: None };
                return Some(self.push(Item::Day(meaning), here, end));
            }
            let of = super::numbers::ordinal(self.text, here)
                .or_else(|| self.text.tokens.get(here)?.number().map(|value| (value, here + 1)));
            let (value, next) = of.filter(|(value, _)| (1..=31).contains(value))?;
            days.push((i8::try_from(value).ok()?, here, next));
            if days.len() > 4 || !matches!(self.word(next), "or" | "and" | "," | "&" | "/" | "o" | "y") {
                return None;
            }
            here = next + 1;
            while matches!(self.word(here), "or" | "and" | "the" | "el" | "o" | "y") {
                here += 1;
            }
        }
    }

    fn part(&mut self, at: usize) -> Option<usize> {
        let (early, late, mid, start) = match (self.word(at), self.word(at + 1)) {
            ("early", "in") if self.word(at + 2) == "the" => (true, false, false, at + 3),
            ("late" | "later", "in") if self.word(at + 2) == "the" => (false, true, false, at + 3),
            ("early", _) => (true, false, false, at + 1),
            ("late", _) => (false, true, false, at + 1),
            ("mid", "-") => (false, false, true, at + 2),
            ("mid", _) => (false, false, true, at + 1),
            _ => (false, false, false, at),
        };
        let word = self.word(start);
        let previous = self.before_word(start);
        let of_day = |h1: u32, h2: u32| Some((Some(time(h1, 0)), Some(time(h2, 0))));
        let hours = match word {
            "morning" | "mananas" => match (early, late, mid) {
                (_, true, _) => of_day(10, 12),
                _ => of_day(8, 12),
            },
            "manana" if matches!(previous, "la" | "las") => of_day(8, 12),
            "afternoon" | "tarde" | "tardes" => match (early, late, mid) {
                (_, true, _) => of_day(15, 17),
                _ => of_day(12, 17),
            },
            // "3 nights with 2 queens": how long.
            "night" | "nights" | "noches"
                if self.text.tokens.get(start.wrapping_sub(1)).is_some_and(|t| t.number().is_some()) =>
            {
                None
            }
            "evening" | "night" | "tonight" | "noche" | "noches" | "nights" => of_day(17, 21),
            "eve" if self.found.last().is_some_and(|last| last.item.is_day() && last.end == start) => of_day(17, 21),
            "bright" if self.word(start + 1) == "and" && self.word(start + 2) == "early" => of_day(8, 12),
            "am" if start == at && self.stands_alone(at) => of_day(8, 12),
            "pm" if start == at && self.stands_alone(at) => Some((Some(time(12, 0)), None)),
            "early" | "earlier" if matches!(self.word(at), "early") => None,
            "thing"
                if previous == "first"
                    && matches!(
                        self.word(start + 1),
                        "" | "in"
                            | "tomorrow"
                            | "on"
                            | "monday"
                            | "tuesday"
                            | "wednesday"
                            | "thursday"
                            | "friday"
                            | "saturday"
                            | "."
                            | "?"
                            | "!"
                            | "please"
                            | ","
                            | "if"
                            | "works"
                            | "or"
                    ) =>
            {
                of_day(8, 12)
            }
            "business" if self.word(start + 1) == "hours" => of_day(9, 17),
            "day" if early => of_day(8, 12),
            "day" if late => of_day(15, 17),
            "day" if previous == "of" && self.text.has_any(&["end"]) => Some((Some(time(16, 0)), None)),
            _ => None,
        };
        let (after, before) = match hours {
            Some(hours) => hours,
            None => match (self.word(at), self.word(at + 1)) {
                ("lunch" | "lunchtime", _) => {
                    let noon = Clock { hour: 12, minute: 0, fixed: true, bare: false, about: true };
                    return Some(self.push(Item::At(noon), at, at + 1));
                }
                // "no early ones", "something early"
                ("early", "one" | "ones" | "appointment" | "appointments" | "slot" | "slots" | "time" | "times") => {
                    let stretch = Item::Stretch { after: Some(time(8, 0)), before: Some(time(12, 0)), exact: false };
                    return Some(self.push(stretch, at, at + 2));
                }
                _ => return None,
            },
        };
        // "good morning" greets.
        if matches!(previous, "good" | "buenas" | "buenos" | "gd")
            && matches!(word, "morning" | "afternoon" | "evening" | "night" | "tardes" | "noches")
        {
            return None;
        }
        let end = if word == "business" { start + 2 } else { start + 1 };
        Some(self.push(Item::Stretch { after, before, exact: false }, at, end))
    }

    /// `am` and `pm` as parts of day: "tues pm", "AM works", not "I am".
    fn stands_alone(&self, at: usize) -> bool {
        let token = &self.text.tokens[at];
        let upper = self.text.slice(token.start, token.end) == token.folded.to_uppercase();
        let previous = self.before_word(at);
        if token.folded == "am"
            && (previous == "i" || matches!(self.word(at + 1), "i" | "a" | "looking" | "not" | "interested"))
        {
            return false;
        }
        upper
            || token.folded == "pm"
            || self.follows_item(at)
            || matches!(self.word(at + 1), "or" | "works" | "please" | "is" | "")
    }

    fn follows_item(&self, at: usize) -> bool {
        self.found.last().is_some_and(|last| {
            let between = &self.text.tokens[last.end.min(at)..at];
            between.len() <= 2
                && between.iter().all(|t| {
                    matches!(
                        t.word.as_str(),
                        "," | "at" | "@" | "around" | "about" | "or" | "-" | "~" | "like" | "and" | "a" | "las"
                    )
                })
        })
    }

    fn one_clock(&mut self, at: usize) -> Option<usize> {
        let led = matches!(
            self.word(at),
            "at" | "@"
                | "around"
                | "about"
                | "like"
                | "say"
                | "approximately"
                | "approx"
                | "~"
                | "for"
                | "circa"
                | "como"
                | "tipo"
        ) || (self.word(at) == "round"
            && self.text.tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Number));
        let start = if led { self.lead(at + 1) } else { at };
        if calendar_date(self.text, start, self.today).is_some() {
            return None;
        }
        let (mut clock, end) = clock(self.text, start)?;
        let spanish =
            matches!(self.word(start), "las" | "la") && matches!(self.before_word(start), "a" | "sobre" | "como" | "");
        if clock.bare && !spanish {
            let token = &self.text.tokens[start];
            let previous = self.before_word(start);
            let chained = self.found.last().is_some_and(|l| {
                matches!(l.item, Item::At(_))
                    && start >= l.end
                    && start - l.end == 1
                    && matches!(self.word(l.end), "or" | "/" | "," | "o" | "otherwise" | "else")
            });
            let chain = self.chain_end(end);
            let leads_chain = chain.is_some();
            let led_well = led && self.word(at) != "for" && !matches!(previous, "$" | "#");
            let accepted = led_well && (token.kind == Kind::Number || !matches!(self.word(at), "like" | "about"))
                || chained
                || matches!(previous, "meant" | "mean")
                || self.corrects(start)
                || leads_chain
                || (self.follows_item(start) && token.kind == Kind::Number)
                || (self.bare_numbers
                    && (token.kind == Kind::Number || self.text.word_count() <= 3)
                    && previous != "$")
                || (token.kind == Kind::Number
                    && (self.part_follows(end)
                        || (self.word(end) == "or"
                            && matches!(self.word(end + 1), "later" | "after" | "earlier" | "before"))));
            let option = matches!(previous, "option" | "number" | "#" | "choice" | "no" | "opcion" | "numero");
            if !accepted || option || self.text.is_in(end, List::Units) {
                return None;
            }
            if let Some(half) = chain {
                clock = clock.with(half);
            }
        }
        if led && matches!(self.word(at), "around" | "about" | "~" | "like" | "circa" | "approximately" | "como") {
            clock.about = true;
        }
        // "3 or later", "3pm onwards", "4+"
        if let Some((bound, end)) = self.latest(end) {
            return Some(self.push(Item::TimeBound(bound, clock), at, end));
        }
        let suffix = match (self.word(end), self.word(end + 1)) {
            ("or" | "and", "later" | "after" | "beyond" | "past" | "onward" | "onwards" | "on") => {
                Some((Bound::After, end + 2))
            }
            ("onwards" | "onward" | "+", _) => Some((Bound::After, end + 1)),
            ("or", "earlier" | "before" | "sooner") => Some((Bound::Before, end + 2)),
            ("en", "adelante") => Some((Bound::After, end + 2)),
            _ => None,
        };
        if let Some((bound, end)) = suffix {
            return Some(self.push(Item::TimeBound(bound, clock), at, end));
        }
        Some(self.push(Item::At(clock), at, end))
    }

    /// "Actually 3", "make that 3", "no, 11:30": a time was said before, and this stands for it.
    fn corrects(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).map_or("", |b| self.text.word(b));
        let told = matches!(before(1), "actually" | "sorry" | "wait" | "no" | "perdon")
            || matches!((before(2), before(1)), ("make", "it" | "that"))
            || before(1) == "," && matches!(before(2), "actually" | "sorry" | "wait" | "no" | "perdon");
        told && self.found.iter().any(|placed| matches!(placed.item, Item::At(_) | Item::TimeBound(..)))
    }

    /// The half of the day that the last of a list of times gives them all: "9, 9:30 or 10 am".
    fn chain_end(&self, mut end: usize) -> Option<Half> {
        for _ in 0..4 {
            if !matches!(self.word(end), "or" | "/" | "o" | "," | "and") {
                return None;
            }
            let next = if self.word(end) == "," && matches!(self.word(end + 1), "or" | "o" | "and") {
                end + 2
            } else {
                end + 1
            };
            let (clock, behind) = super::clock::clock(self.text, self.lead(next))?;
            if clock.fixed && !clock.bare {
                return Some(if clock.hour >= 12 { Half::Pm } else { Half::Am });
            }
            end = behind;
        }
        None
    }

    fn part_follows(&self, at: usize) -> bool {
        matches!(self.word(at), "tomorrow" | "today" | "tonight")
            || (self.word(at) == "on" && (weekday(self.text, at + 1).is_some() || self.word(at + 1) == "the"))
            || meridiem(self.text, at).is_some()
    }
}

fn week_from(first: Weekday, last: Weekday) -> Vec<Weekday> {
    let mut days = vec![first];
    let mut day = first;
    while day != last && days.len() < 7 {
        day = day.next();
        days.push(day);
    }
    days
}

/// Both ends of a stretch, with the half of the day inferred: "10-2pm" is 10:00 to 14:00, "2-4pm" 14:00 to 16:00.
fn stretch(first: Clock, last: Clock) -> Option<(Time, Time)> {
    let end = last.time();
    let candidates = if first.fixed {
        vec![first.time()]
    } else if last.fixed {
        let same = if last.hour >= 12 { Half::Pm } else { Half::Am };
        let other = if same == Half::Pm { Half::Am } else { Half::Pm };
        vec![first.with(same).time(), first.with(other).time()]
    } else {
        vec![first.time()]
    };
    let from = candidates.into_iter().find(|from| *from < end);
    if let Some(from) = from {
        return Some((from, end));
    }
    // "9am - 5", "11 to 1": the end is in the afternoon.
    let end = last.with(Half::Pm).time();
    (first.time() < end).then(|| (first.time(), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of `time_starts.txt` are enough: reading every token finds nothing more, in the whole corpus.
    #[test]
    fn nothing_begins_with_a_word_that_is_not_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../evals/understanding");
        let today = jiff::civil::date(2026, 11, 20);
        let mut missed = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|kind| kind != "jsonl") {
                continue;
            }
            for line in std::fs::read_to_string(path).unwrap().lines() {
                let message: serde_json::Value = serde_json::from_str(line).unwrap();
                let text = Text::new(message["text"].as_str().unwrap());
                for bare_numbers in [false, true] {
                    let mut scan = Scan { text: &text, today, bare_numbers, found: Vec::new() };
                    let mut at = 0;
                    while at < text.tokens.len() {
                        let next = scan.item(at);
                        if next.is_some() && !(tells_time(&text) && scan.may_begin(at)) {
                            missed.insert((at..at + 4).map(|i| text.word(i)).collect::<Vec<_>>().join(" "));
                        }
                        at = next.unwrap_or(at + 1).max(at + 1);
                    }
                }
            }
        }
        assert!(missed.is_empty(), "not in lexicon/time_starts.txt: {missed:?}");
    }
}
