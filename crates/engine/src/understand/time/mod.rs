//! When: from tokens to a time preference.
//!
//! Three steps, one file each. [`items`] reads dates, clock times, parts of day and bounds, each with its place;
//! [`clauses`] leaves out what is past or not a wish; [`resolve`] puts the rest together against `now`.

mod bounds;
mod calendar;
mod clauses;
mod clock;
mod corrections;
mod day;
mod items;
mod numbers;
mod period;
mod resolve;
mod weeks;

use jiff::civil::{Date, Time};

use frontdesk_domain::preference::TimePreference;

use super::lexicon::List;
use super::text::Text;
pub(crate) use calendar::{MONTHS, is_month_word};
pub(crate) use clauses::PAST;
pub(crate) use clauses::past_clause as in_past_clause;
pub(crate) use day::DayMeaning;
pub(crate) use items::{Bound, Item, Placed};
pub(crate) use numbers::{CARDINALS, ORDINALS, UNITS};

/// What the message says about when, in order, past things left out.
pub(crate) fn items(text: &Text, today: Date, bare_numbers: bool) -> Vec<Placed> {
    let mut found = items::scan(text, today, bare_numbers);
    if found.is_empty() {
        return found;
    }
    let numbers = super::identifiers::long_numbers(text);
    found.retain(|placed| numbers.iter().all(|(start, end)| placed.end <= *start || placed.start >= *end));
    // "Five five five oh one seven two": a number said digit by digit.
    let spoken = spoken_digits(text);
    found.retain(|placed| spoken.iter().all(|(start, end)| placed.end <= *start || placed.start >= *end));
    let found = without_counts(text, found);
    let found = corrections::kept(text, weeks::settled(text, found, today));
    clauses::wished(text, found)
}

/// "A table for 6 tonight around eight", "lunch on Wednesday, 12:45": beside a time that is plainly one, a bare number behind
/// "for" or "is" counts something else, and lunch is a meal.
fn without_counts(text: &Text, found: Vec<Placed>) -> Vec<Placed> {
    let led = |placed: &Placed| {
        matches!(
            text.word(placed.start),
            "at" | "@" | "around" | "about" | "by" | "las" | "la" | "approximately" | "round"
        )
    };
    let says_clock = |placed: &Placed| match &placed.item {
        Item::At(clock) | Item::TimeBound(_, clock) => !clock.bare || led(placed),
        Item::Stretch { exact, .. } => *exact,
        _ => false,
    };
    let is_count = |placed: &Placed| {
        let Item::At(clock) = &placed.item else { return false };
        let word = |at: Option<usize>| at.map_or("", |at| text.word(at));
        let of_party = matches!(
            (word(placed.start.checked_sub(2)), word(placed.start.checked_sub(1))),
            ("party" | "group" | "table", "of" | "for")
        );
        let (first, previous) = (text.word(placed.start), word(placed.start.checked_sub(1)));
        // "My cat who is 12"; "the earliest I can do is 4" is a time, and so is each of "for 3 or 4:30 pm".
        let aged = previous == "is"
            && placed.start.checked_sub(2).is_some_and(|who| {
                matches!(text.word(who), "who" | "she" | "he" | "dog" | "cat" | "baby")
                    || text.is_in(who, List::Relatives)
            });
        let chained = matches!(text.word(placed.end), "or" | "and" | "/" | "o" | "y");
        of_party
            || clock.bare
                && !chained
                && (first == "for" || aged || matches!(previous, "for" | "turned" | "turning" | "party" | "im"))
    };
    let is_lunch = |placed: &Placed| {
        matches!(text.word(placed.start), "lunch" | "lunchtime") && matches!(placed.item, Item::At(_))
    };
    let is_clear = |placed: &Placed| says_clock(placed) && !is_count(placed) && !is_lunch(placed);
    if !found.iter().any(is_clear) {
        return found;
    }
    found.into_iter().filter(|placed| !is_count(placed) && !is_lunch(placed)).collect()
}

/// Runs of five and more single digits in words.
fn spoken_digits(text: &Text) -> Vec<(usize, usize)> {
    let is_digit = |at: usize| {
        let token = &text.tokens[at];
        token.value().is_some_and(|value| value < 10)
            || matches!(token.word.as_str(), "oh" | "o" | "zero" | "double" | "triple")
    };
    let mut runs = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let end = (at..text.tokens.len()).find(|i| !is_digit(*i)).unwrap_or(text.tokens.len());
        if end - at >= 5 {
            runs.push((at, end));
        }
        at = end.max(at + 1);
    }
    runs
}

/// The preference the items amount to.
pub(crate) fn preference(text: &Text, items: &[Placed], today: Date, now: Time) -> TimePreference {
    resolve::resolve(text, items, today, now)
}

/// The tokens of full calendar dates with a year, wished for or not, and the dates: what redaction looks at.
pub(crate) fn dated_spans(text: &Text, today: Date) -> Vec<(usize, usize, Date)> {
    let mut spans = Vec::new();
    let mut at = if text.has_numbers() { 0 } else { text.tokens.len() };
    while at < text.tokens.len() {
        match calendar::calendar_date(text, at, today) {
            Some((date, next)) => {
                if date.has_year {
                    spans.push((at, next, date.date));
                }
                at = next;
            }
            None => at += 1,
        }
    }
    spans
}

/// A day of the year that begins at a token, without its year: its tokens.
pub(crate) fn day_and_month(text: &Text, at: usize, today: Date) -> Option<(usize, usize)> {
    calendar::calendar_date(text, at, today).filter(|(date, _)| !date.has_year).map(|(_, next)| (at, next))
}

/// The time a bare hour of a clock most likely means: 1 to 7 in the afternoon, 8 to 11 in the morning, noon.
pub(crate) fn likely_time(hour: u32) -> Time {
    clock::time(if (1..=7).contains(&hour) { hour + 12 } else { hour }, 0)
}

/// The first calendar date of a text.
pub(crate) fn first_date(text: &Text, today: Date) -> Option<Date> {
    (0..text.tokens.len()).find_map(|at| calendar::calendar_date(text, at, today)).map(|(calendar, _)| calendar.date)
}
