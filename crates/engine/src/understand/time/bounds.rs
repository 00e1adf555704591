//! Bounds: "after 3", "before the 12th", "by Friday", "after work".

use jiff::ToSpan;

use super::calendar::calendar_date;
use super::clock::{clock, time};
use super::day::{DayMeaning, day, day_of_month};
use super::items::{Bound, Item, OCCASIONS, Scan};
use crate::understand::text::Kind;

const AFTER: &[&str] = &["after", "past", "from", "starting", "despues", "desde", "beyond"];
const BEFORE: &[&str] = &["before", "by", "until", "till", "til", "antes", "hasta"];

impl Scan<'_> {
    pub(super) fn bound(&mut self, at: usize) -> Option<usize> {
        let (bound, next) = match (self.word(at), self.word(at + 1), self.word(at + 2)) {
            ("a", "partir", "de" | "del") => (Bound::After, at + 3),
            ("prior", "to", _) => (Bound::Before, at + 2),
            ("post", _, _) if self.text.tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Number) => {
                (Bound::After, at + 1)
            }
            ("later" | "after", "than", "the") => (Bound::After, at + 3),
            ("later" | "after", "than", _) => (Bound::After, at + 2),
            ("at" | "on", "or", "after") => (Bound::After, at + 3),
            ("earlier" | "sooner", "than", _) => (Bound::Before, at + 2),
            ("no" | "not" | "nothing", "later", "than") => return self.inclusive_end(at + 3, at),
            ("up", "to", "and") if self.word(at + 3) == "including" => return self.inclusive_end(at + 4, at),
            ("up", "to", _) => return self.inclusive_end(at + 2, at),
            ("through" | "thru", _, _) if at == 0 || self.found.is_empty() => return self.inclusive_end(at + 1, at),
            ("a", "mas", "tardar") => return self.inclusive_end(at + 3, at),
            ("no", "mas", "tarde") if matches!(self.word(at + 3), "de" | "del" | "que") => {
                return self.inclusive_end(at + 4, at);
            }
            ("nothing", "earlier" | "sooner", _) => {
                (Bound::After, if self.word(at + 2) == "than" { at + 3 } else { at + 2 })
            }
            ("as", "early", "as") | ("as", "of", _) => {
                (Bound::After, if self.word(at + 1) == "of" { at + 2 } else { at + 3 })
            }
            ("as", "late", "as") => (Bound::Before, at + 3),
            ("no" | "not", "earlier" | "sooner", "than") => (Bound::After, at + 3),
            // "I work until 2:30", "in class til 4": free from then on.
            ("until" | "til" | "till" | "hasta", _, _) if self.is_busy_before(at) => (Bound::After, at + 1),
            ("off" | "out", "at" | "around", _) if self.is_busy_before(at) => (Bound::After, at + 2),
            ("off", "work", "at" | "around") if self.is_busy_before(at) => (Bound::After, at + 3),
            (word, _, _) if AFTER.contains(&word) => (Bound::After, at + 1),
            (word, _, _) if BEFORE.contains(&word) => (Bound::Before, at + 1),
            _ => return None,
        };
        // "Could they come by Monday at noon": a visit, and no deadline.
        if self.word(at) == "by"
            && matches!(
                self.before_word(at),
                "come" | "coming" | "stop" | "swing" | "drop" | "pop" | "run" | "stopping" | "came"
            )
        {
            return None;
        }
        // "Change it from four to five thirty": where it is now, and where it goes.
        let moves = (at.saturating_sub(5)..at).any(|i| {
            matches!(
                self.word(i),
                "change" | "move" | "switch" | "push" | "bump" | "reschedule" | "moved" | "cambiar" | "mover"
            )
        });
        if moves && matches!(self.word(at), "from" | "de" | "desde") {
            if let Some(end) = self.moved(next) {
                return Some(end);
            }
        }
        // "from 2 to 4", "from Monday to Wednesday" are ranges.
        if self.word(at) == "from" || self.word(at) == "desde" {
            if let Some(end) = self.day_range(next).or_else(|| self.clock_range(next)) {
                return Some(end);
            }
        }
        let next = self.occasion(self.lead(next));
        if let Some(end) = self.named_bound(bound, at, next) {
            return Some(end);
        }
        let is_date = calendar_date(self.text, next, self.today).is_some();
        if !is_date {
            if let Some((clock, end)) = clock(self.text, next) {
                if day_of_month(self.text, next, self.today).is_none() {
                    // "by 3 pm" may be an exact wish, but nobody who says it minds being early.
                    return Some(self.push(Item::TimeBound(bound, clock), at, end));
                }
            }
        }
        let (meaning, end) = day(self.text, next, self.today)?;
        let ends =
            self.text.tokens[next..end].iter().any(|t| matches!(t.word.as_str(), "end" | "finales" | "fines" | "fin"));
        let date = match (&meaning, bound) {
            (DayMeaning::On { date, .. } | DayMeaning::Dated { date, .. }, _) => *date,
            (DayMeaning::Span { to: Some(to), .. }, Bound::Before)
                if ends || matches!(self.word(at), "by" | "until" | "till" | "til" | "hasta") =>
            {
                *to
            }
            (DayMeaning::Span { from: Some(from), .. }, Bound::After)
                if matches!(self.word(at), "starting" | "from" | "desde" | "a" | "as") =>
            {
                *from
            }
            (DayMeaning::Span { to: Some(to), .. }, Bound::After) => *to,
            (DayMeaning::Span { from: Some(from), .. }, Bound::Before) => *from,
            _ => return None,
        };
        let (inclusive_start, inclusive_end) = (
            matches!(
                self.word(at),
                "from" | "starting" | "desde" | "as" | "a" | "on" | "at" | "no" | "not" | "nothing"
            ),
            matches!(self.word(at), "by" | "until" | "till" | "til" | "hasta" | "as"),
        );
        let date = match bound {
            Bound::After if !inclusive_start => date.checked_add(1.day()).unwrap_or(date),
            Bound::Before if inclusive_end => date.checked_add(1.day()).unwrap_or(date),
            _ => date,
        };
        Some(self.push(Item::DayBound(bound, date), at, end))
    }

    /// Behind "move it from": past what it is moved from, with what it is moved to.
    pub(super) fn moved(&mut self, at: usize) -> Option<usize> {
        let behind = |at: usize| {
            let day = day(self.text, at, self.today).map(|(_, end)| end);
            day.or_else(|| clock(self.text, at).map(|(_, end)| end))
        };
        let mut end = behind(at)?;
        if matches!(self.word(end), "at" | "a") {
            end = behind(end + 1).unwrap_or(end);
        }
        if !matches!(self.word(end), "to" | "until" | "a" | "into" | "al") {
            return None;
        }
        let to = end + 1;
        match clock(self.text, to) {
            Some((clock, end)) if day(self.text, to, self.today).is_none() => Some(self.push(Item::At(clock), to, end)),
            _ => Some(to),
        }
    }

    /// Behind "my wedding on", "our trip on the": the date of an occasion, which bounds what lies before or after it.
    pub(super) fn occasion(&self, at: usize) -> usize {
        if !matches!(self.word(at), "my" | "our" | "the" | "her" | "his" | "a" | "mi" | "nuestra" | "la" | "el") {
            return at;
        }
        let Some(event) = (at + 1..at + 4).find(|i| OCCASIONS.contains(&self.word(*i))) else { return at };
        let mut next = event + 1;
        while matches!(
            self.word(next),
            "on" | "is" | "which" | "," | "that" | "the" | "(" | "el" | "es" | "del" | "at" | "coming" | "up"
        ) {
            next += 1;
        }
        next
    }

    /// Work, a class, a shift stands shortly before.
    pub(super) fn is_busy_before(&self, at: usize) -> bool {
        (at.saturating_sub(4)..at).any(|i| {
            matches!(
                self.word(i),
                "work" | "working" | "busy" | "class" | "school" | "shift" | "meetings" | "get" | "gets" | "trabajo"
            )
        })
    }

    /// "No later than 4:30", "up to and including the 18th": what stands at `from` is the last.
    fn inclusive_end(&mut self, from: usize, at: usize) -> Option<usize> {
        let from = self.lead(from);
        let last = match day(self.text, from, self.today) {
            Some((DayMeaning::On { date, .. } | DayMeaning::Dated { date, .. }, end)) => Some((date, end)),
            Some((DayMeaning::Span { to: Some(to), .. }, end)) => Some((to, end)),
            _ => None,
        };
        if let Some((date, end)) = last {
            let behind = date.checked_add(1.day()).unwrap_or(date);
            return Some(self.push(Item::DayBound(Bound::Before, behind), at, end));
        }
        let (clock, end) = clock(self.text, from)?;
        Some(self.push(Item::TimeBound(Bound::Before, clock), at, end))
    }

    /// "after work", "before lunch", "after school".
    pub(super) fn named_bound(&mut self, bound: Bound, at: usize, next: usize) -> Option<usize> {
        let next = if matches!(self.word(next), "my" | "the" | "el" | "la" | "del" | "i") { next + 1 } else { next };
        let (hour, end) = match (bound, self.word(next), self.word(next + 1)) {
            (Bound::After, "work" | "trabajo" | "trabajar", _) => (17, next + 1),
            (Bound::After, "get", "off") => (17, next + 2),
            (Bound::After, "school", _) => (15, next + 1),
            (Bound::After, "lunch" | "lunchtime", _) => (13, next + 1),
            (Bound::Before, "work" | "trabajo", _) => (9, next + 1),
            (Bound::Before, "lunch" | "lunchtime", _) => (12, next + 1),
            _ => return None,
        };
        let time = time(hour, 0);
        let (after, before) = match bound {
            Bound::After => (Some(time), None),
            Bound::Before => (None, Some(time)),
        };
        Some(self.push(Item::Stretch { after, before, exact: true }, at, end))
    }
}
