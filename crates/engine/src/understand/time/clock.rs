//! Clock times: `2:30pm`, `half past two`, `quarter to 5`, `two thirty`, `noonish`, `a las 3 y media`.

use jiff::civil::Time;

use super::numbers::{cardinal, value};
use crate::understand::lexicon::List;
use crate::understand::text::{Kind, Text};

/// Half of the day, when it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Am,
    Pm,
}

/// A clock time as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    /// 0 to 23 with a meridiem or above 12, else 1 to 12.
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    /// The half of the day is certain.
    pub(crate) fixed: bool,
    /// Nothing but the number itself says that this is a time.
    pub(crate) bare: bool,
    /// "-ish", "around": about that time.
    pub(crate) about: bool,
}

impl Clock {
    fn new(hour: u32, minute: u32) -> Self {
        Self { hour, minute, fixed: hour > 12 || hour == 0, bare: false, about: false }
    }

    fn noon() -> Self {
        Self { fixed: true, ..Self::new(12, 0) }
    }

    /// With a half of the day, when it makes sense.
    pub(super) fn with(self, half: Half) -> Self {
        if self.fixed {
            return self;
        }
        let hour = match half {
            Half::Am => self.hour % 12,
            Half::Pm => self.hour % 12 + 12,
        };
        Self { hour, fixed: true, ..self }
    }

    /// The time of day; without a half of the day, the one between 08:00 and 19:59.
    pub(crate) fn time(self) -> Time {
        let hour = match self.hour {
            h if self.fixed => h,
            12 => 12,
            h @ 8..=11 => h,
            h => h % 12 + 12,
        };
        time(hour, self.minute)
    }
}

pub(super) fn time(hour: u32, minute: u32) -> Time {
    let (hour, minute) = (i8::try_from(hour.min(23)).unwrap_or(0), i8::try_from(minute.min(59)).unwrap_or(0));
    Time::constant(hour, minute, 0, 0)
}

/// `am`, `p`, `p.m.`, `o'clock`, `in the morning`: what it says, and the token behind it.
pub(super) fn meridiem(text: &Text, at: usize) -> Option<(Option<Half>, usize)> {
    let token = text.tokens.get(at)?;
    let dotted = |first: &str| {
        token.folded == first
            && text.word(at + 1) == "."
            && text.tokens.get(at + 2).is_some_and(|t| t.folded == "m" && t.glued)
    };
    let behind_dot = |next: usize| if text.word(next) == "." && text.tokens[next].glued { next + 1 } else { next };
    if dotted("a") {
        return Some((Some(Half::Am), behind_dot(at + 3)));
    }
    if dotted("p") {
        return Some((Some(Half::Pm), behind_dot(at + 3)));
    }
    // "At ten a m", as speech gives it.
    if text.word(at + 1) == "m" && matches!(token.folded.as_str(), "a" | "p") {
        return Some((Some(if token.folded == "a" { Half::Am } else { Half::Pm }), at + 2));
    }
    match token.folded.as_str() {
        "am" | "ams" => Some((Some(Half::Am), at + 1)),
        "pm" | "pms" | "pn" => Some((Some(Half::Pm), at + 1)),
        "a" if token.glued => Some((Some(Half::Am), at + 1)),
        "p" if token.glued || text.tokens.get(at + 1).is_none() => Some((Some(Half::Pm), at + 1)),
        "oclock" => Some((None, at + 1)),
        "o" if matches!(text.word(at + 1), "clock") => Some((None, at + 2)),
        "ish" if token.glued => Some((None, at + 1)),
        "-" if token.glued && text.word(at + 1) == "ish" => Some((None, at + 2)),
        _ => spanish_half(text, at).or_else(|| english_half(text, at)),
    }
}

fn spanish_half(text: &Text, at: usize) -> Option<(Option<Half>, usize)> {
    if !matches!(text.word(at), "de" | "en" | "por") || text.word(at + 1) != "la" {
        return None;
    }
    match text.word(at + 2) {
        "manana" => Some((Some(Half::Am), at + 3)),
        "tarde" | "noche" => Some((Some(Half::Pm), at + 3)),
        _ => None,
    }
}

fn english_half(text: &Text, at: usize) -> Option<(Option<Half>, usize)> {
    let next = match (text.word(at), text.word(at + 1)) {
        ("in", "the") => at + 2,
        ("at", "night") => return Some((Some(Half::Pm), at + 2)),
        _ => return None,
    };
    match text.word(next) {
        "morning" => Some((Some(Half::Am), next + 1)),
        "afternoon" | "evening" => Some((Some(Half::Pm), next + 1)),
        _ => None,
    }
}

/// A clock time at a token, and the token behind it. A bare hour is marked so; the caller decides what it is.
pub(super) fn clock(text: &Text, at: usize) -> Option<(Clock, usize)> {
    let token = text.tokens.get(at)?;
    match token.word.as_str() {
        "noon" | "mediodia" | "midday" | "noontime" => return Some((Clock::noon(), at + 1)),
        "midnight" | "medianoche" => return Some((Clock { fixed: true, ..Clock::new(0, 0) }, at + 1)),
        "noonish" => return Some((Clock { about: true, ..Clock::noon() }, at + 1)),
        "medio" if text.word(at + 1) == "dia" => return Some((Clock::noon(), at + 2)),
        "half" if matches!(text.word(at + 1), "past" | "after" | "gone") => return past(text, at + 2, 30),
        "half" if hour_word(text, at + 1).is_some() && !text.is_in(at + 2, List::Units) => {
            return past(text, at + 1, 30);
        }
        "quarter" if matches!(text.word(at + 1), "past" | "after") => return past(text, at + 2, 15),
        "quarter" if matches!(text.word(at + 1), "to" | "till" | "til" | "of" | "before") => {
            return to(text, at + 2, 15);
        }
        "a" if text.word(at + 1) == "quarter" => return clock(text, at + 1),
        "cuarto" if text.word(at + 1) == "para" && matches!(text.word(at + 2), "las" | "la") => {
            return to(text, at + 3, 15);
        }
        "cuarto" | "un" if text.word(at + 1) == "cuarto" => return clock(text, at + 1),
        "las" | "la" => return spanish(text, at),
        _ => {}
    }
    if let Some((minutes, next)) = cardinal(text, at).filter(|(m, _)| matches!(m, 5 | 10 | 20 | 25)) {
        // "Five minutes to six".
        let next = if matches!(text.word(next), "minutes" | "min") && hour_word(text, next + 2).is_some() {
            next + 1
        } else {
            next
        };
        match text.word(next) {
            "past" => return past(text, next + 1, minutes),
            "to" | "till" | "before" | "of" if matches!(text.word(next - 1), "minutes" | "min") => {
                return to(text, next + 1, minutes);
            }
            "to" | "till" | "til" | "before" | "of" if is_short_of(text, at, minutes, next + 1) => {
                return to(text, next + 1, minutes);
            }
            "after" if hour_word(text, next + 1).is_some() && minutes != 5 => return past(text, next + 1, minutes),
            "para" if matches!(text.word(next + 1), "las" | "la") => return to(text, next + 2, minutes),
            _ => {}
        }
    }
    if token.kind == Kind::Number { digits(text, at) } else { words(text, at) }
}

/// "Ten to six", but not "from five to six" or "five to six", which name two hours.
fn is_short_of(text: &Text, at: usize, minutes: u32, hour_at: usize) -> bool {
    let Some((hour, _)) = hour_word(text, hour_at) else { return false };
    let led = at.checked_sub(1).is_some_and(|b| matches!(text.word(b), "from" | "between" | "desde"));
    text.tokens[at].kind == Kind::Word && text.tokens[hour_at].kind == Kind::Word && !led && hour != minutes + 1
}

/// "Y media", "y cuarto" behind a Spanish hour: its minutes and the token behind them.
fn spanish_minutes(text: &Text, at: usize) -> Option<(u32, usize)> {
    if text.word(at) != "y" {
        return None;
    }
    match text.word(at + 1) {
        "media" => Some((30, at + 2)),
        "cuarto" => Some((15, at + 2)),
        _ => cardinal(text, at + 1).filter(|(minute, _)| {
            (5..60).contains(minute) && minute % 5 == 0 && text.tokens[at + 1].kind == Kind::Word
        }),
    }
}

fn hour_word(text: &Text, at: usize) -> Option<(u32, usize)> {
    let (value, next) = cardinal(text, at)?;
    (1..=12).contains(&value).then_some((value, next))
}

fn finish(text: &Text, mut clock: Clock, mut next: usize) -> (Clock, usize) {
    while let Some((half, behind)) = meridiem(text, next) {
        clock.bare = false;
        clock.about |= matches!(text.word(next), "ish" | "-");
        if let Some(half) = half {
            clock = clock.with(half);
        }
        next = behind;
    }
    (clock, next)
}

fn past(text: &Text, at: usize, minutes: u32) -> Option<(Clock, usize)> {
    if matches!(text.word(at), "noon" | "midday") {
        return Some((Clock { minute: minutes, ..Clock::noon() }, at + 1));
    }
    let (hour, next) = hour_word(text, at)?;
    Some(finish(text, Clock::new(hour, minutes), next))
}

fn to(text: &Text, at: usize, minutes: u32) -> Option<(Clock, usize)> {
    if matches!(text.word(at), "noon" | "midday") {
        return Some((Clock { fixed: true, ..Clock::new(11, 60 - minutes) }, at + 1));
    }
    let (hour, next) = hour_word(text, at)?;
    let hour = if hour == 1 { 12 } else { hour - 1 };
    Some(finish(text, Clock::new(hour, 60 - minutes), next))
}

fn spanish(text: &Text, at: usize) -> Option<(Clock, usize)> {
    let (hour, next) = hour_word(text, at + 1)?;
    let mut clock = Clock::new(hour, 0);
    let mut next = next;
    if text.word(next) == ":" {
        if let Some(minute) =
            text.tokens.get(next + 1).and_then(crate::understand::text::Token::number).filter(|m| *m < 60)
        {
            clock.minute = minute;
            next += 2;
        }
    } else if text.word(next) == "y" {
        let minutes = match text.word(next + 1) {
            "media" => Some((30, next + 2)),
            "cuarto" => Some((15, next + 2)),
            _ => cardinal(text, next + 1).filter(|(m, _)| *m < 60),
        };
        if let Some((minute, behind)) = minutes {
            (clock.minute, next) = (minute, behind);
        }
    } else if text.word(next) == "menos" {
        let minutes = if text.word(next + 1) == "cuarto" { Some((15, next + 2)) } else { cardinal(text, next + 1) };
        if let Some((minute, behind)) = minutes.filter(|(m, _)| (1..60).contains(m)) {
            clock = Clock::new(if hour == 1 { 12 } else { hour - 1 }, 60 - minute);
            next = behind;
        }
    }
    Some(finish(text, clock, next))
}

fn digits(text: &Text, at: usize) -> Option<(Clock, usize)> {
    let token = &text.tokens[at];
    let value = token.number()?;
    let before = at.checked_sub(1).map_or("", |b| text.word(b));
    if matches!(before, "$" | "#" | "/" | "€") || (before == "." && token.glued) {
        return None;
    }
    // 12 noon
    if value == 12 && matches!(text.word(at + 1), "noon" | "midday") {
        return Some((Clock::noon(), at + 2));
    }
    let is_military = |next: usize| matches!(text.word(next), "h" | "hs" | "hrs" | "hours");
    // 0930, 1430h, 1430 hours
    if token.word.len() == 4
        && value < 2400
        && value % 100 < 60
        && (token.word.starts_with('0') || (is_military(at + 1) && value % 5 == 0))
    {
        let next = if is_military(at + 1) { at + 2 } else { at + 1 };
        return Some(finish(text, Clock { fixed: true, ..Clock::new(value / 100, value % 100) }, next));
    }
    // 14h
    if (13..=21).contains(&value)
        && text.tokens.get(at + 1).is_some_and(|t| t.glued && matches!(t.word.as_str(), "h" | "hs"))
        && text.tokens.get(at + 2).is_none_or(|t| !t.glued || t.kind == Kind::Sign)
    {
        return Some((Clock::new(value, 0), at + 2));
    }
    // 14:30, 2:30, 2.30pm
    let separator = text.word(at + 1);
    if value <= 23 && matches!(separator, ":" | "." | "h") && text.tokens[at + 1].glued {
        if let Some(minute) =
            text.tokens.get(at + 2).filter(|t| t.glued && t.word.len() == 2).and_then(super::super::text::Token::number)
        {
            let spoken = Clock::new(value, minute);
            let led = matches!(before, "at" | "@" | "around" | "las");
            if minute < 60 && (separator != "." || led || matches!(meridiem(text, at + 3), Some((Some(_), _)))) {
                let leading_zero = token.word.starts_with('0');
                return Some(finish(text, Clock { fixed: spoken.fixed || leading_zero, ..spoken }, at + 3));
            }
        }
        if separator == ":" {
            return None;
        }
    }
    // 230pm, 1030 a.m.; without a half of the day, "at 730" and "after 1030", and no more: it stands for too many things.
    if (100..=1259).contains(&value) && value % 100 < 60 {
        let (clock, next) = finish(text, Clock { bare: true, ..Clock::new(value / 100, value % 100) }, at + 1);
        let led = matches!(
            before,
            "at" | "after" | "before" | "around" | "@" | "by" | "till" | "til" | "until" | "from" | "between" | "las"
        );
        let plain = matches!(value % 100, 15 | 30 | 45)
            && !text.is_in(next, List::Units)
            && !matches!(text.word(next), "-" | "." | "/");
        let bare = clock.bare && !led;
        return (!clock.bare || plain).then_some((Clock { bare, ..clock }, next));
    }
    // "at 1600"
    if (1300..=2100).contains(&value)
        && value % 100 < 60
        && (matches!(before, "at" | "@" | "after" | "by")
            || super::day::weekday(text, at + 1).is_some()
            || matches!(text.word(at + 1), "on" | "tomorrow"))
    {
        let quarter = matches!(value % 100, 0 | 15 | 30 | 45);
        return quarter.then(|| (Clock::new(value / 100, value % 100), at + 1));
    }
    if !(1..=12).contains(&value) {
        return None;
    }
    // "5 15" as speech gives it
    let minutes = text.tokens.get(at + 1).filter(|t| t.kind == Kind::Number && t.word.len() == 2 && !t.glued);
    if let Some(minute) = minutes.and_then(super::super::text::Token::number).filter(|m| matches!(m, 15 | 30 | 45)) {
        if !text.is_in(at + 2, List::Units) {
            return Some(finish(text, Clock::new(value, minute), at + 2));
        }
    }
    if let Some((minute, next)) = spanish_minutes(text, at + 1) {
        return Some(finish(text, Clock::new(value, minute), next));
    }
    let (clock, next) = finish(text, Clock { bare: true, ..Clock::new(value, 0) }, at + 1);
    if clock.bare && (text.is_in(next, List::Units) || matches!(text.word(next), "/" | "%" | ":")) {
        return None;
    }
    Some((clock, next))
}

fn words(text: &Text, at: usize) -> Option<(Clock, usize)> {
    // "Fourish"
    let stem = text.word(at).strip_suffix("ish").map(|stem| crate::understand::lexicon::Known::of(stem).value);
    if let Some(hour) = stem.flatten().map(u32::from).filter(|hour| (1..=12).contains(hour)) {
        return Some(finish(text, Clock { about: true, ..Clock::new(hour, 0) }, at + 1));
    }
    if let Some(hour) = value(text, at).filter(|h| (8..=21).contains(h) && text.word(at + 1) == "hundred") {
        let next = if matches!(text.word(at + 2), "hours" | "hrs") { at + 3 } else { at + 2 };
        return (!text.is_in(next, List::Units)).then(|| (Clock { fixed: true, ..Clock::new(hour, 0) }, next));
    }
    let hour = value(text, at).filter(|h| (1..=12).contains(h))?;
    let oh = matches!(text.word(at + 1), "oh" | "o") && value(text, at + 2).is_some_and(|m| m < 10);
    if oh {
        let minute = value(text, at + 2).unwrap_or(0);
        return Some(finish(text, Clock::new(hour, minute), at + 3));
    }
    let dashed = text.word(at + 1) == "-"
        && text.tokens[at + 1].glued
        && text.tokens.get(at + 2).is_some_and(|t| t.kind == Kind::Word && t.glued);
    let minute_at = if dashed { at + 2 } else { at + 1 };
    if let Some((minute, next)) = cardinal(text, minute_at).filter(|(m, _)| (10..60).contains(m)) {
        let minutes_follow = text.tokens[minute_at].kind == Kind::Word || matches!(minute, 15 | 30 | 45);
        if minutes_follow
            && !text.is_in(next, List::Units)
            && (minute > 12
                || minute % 5 == 0 && minute > 10
                || minute == 10
                    && (meridiem(text, next).is_some()
                        || at
                            .checked_sub(1)
                            .is_some_and(|b| matches!(text.word(b), "at" | "around" | "for" | "after" | "before"))))
        {
            return Some(finish(text, Clock::new(hour, minute), next));
        }
    }
    if hour == 12 && text.word(at + 1) == "noon" {
        return Some((Clock::noon(), at + 2));
    }
    if let Some((minute, next)) = spanish_minutes(text, at + 1) {
        return Some(finish(text, Clock::new(hour, minute), next));
    }
    let (clock, next) = finish(text, Clock { bare: true, ..Clock::new(hour, 0) }, at + 1);
    if clock.bare && text.is_in(next, List::Units) {
        return None;
    }
    Some((clock, next))
}
