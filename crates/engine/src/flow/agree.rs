//! How a message answers the question about a deposit. Money moves on it, so a message agrees only when the whole of it is
//! made of phrases that do, and of politeness: what is left over makes it something else. The phrases are data:
//! `lexicon/deposit_answers.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Time;

use crate::understand::{Intent, Reading, Word};

/// How a message answers "Shall I text you the payment link?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// They agree to pay.
    Yes,
    /// They would rather not.
    No,
    /// They want some time before they say.
    Waits,
    /// Something else.
    Other,
}

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    /// Agrees.
    Agrees,
    /// Asks for the link or how to pay: agrees in a question, too.
    Requests,
    /// Says nothing for or against.
    Polite,
    /// Names the time that is kept; says nothing where it is that one.
    Time,
    /// Refuses, wherever it stands.
    Refuses,
    /// Refuses as a message of its own.
    Declines,
    /// Puts it off.
    Waits,
}

/// Words of the longest phrase.
const LONGEST: usize = 7;

static PHRASES: LazyLock<HashMap<&'static str, Sense>> = LazyLock::new(|| {
    let mut phrases = HashMap::new();
    let mut sense = None;
    for line in include_str!("../../lexicon/deposit_answers.txt").lines().map(str::trim) {
        match line {
            "" => {}
            _ if line.starts_with('#') => {}
            "[agrees]" => sense = Some(Sense::Agrees),
            "[requests]" => sense = Some(Sense::Requests),
            "[polite]" => sense = Some(Sense::Polite),
            "[time]" => sense = Some(Sense::Time),
            "[refuses]" => sense = Some(Sense::Refuses),
            "[declines]" => sense = Some(Sense::Declines),
            "[waits]" => sense = Some(Sense::Waits),
            _ => {
                for phrase in line.split(',').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                    phrases.extend(sense.map(|sense| (phrase, sense)));
                }
            }
        }
    }
    phrases
});

/// The message cut into the longest known phrases; `None` for a word that is in none.
fn cut(tokens: &[&str]) -> Vec<Option<Sense>> {
    let mut senses = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let longest = (1..=LONGEST.min(tokens.len() - at)).rev().find_map(|length| {
            let phrase = tokens[at..at + length].join(" ");
            PHRASES.get(phrase.as_str()).map(|sense| (length, *sense))
        });
        let (length, sense) = longest.map_or((1, None), |(length, sense)| (length, Some(sense)));
        senses.push(sense);
        at += length;
    }
    senses
}

/// What a message answers. `amount` is the deposit in whole dollars, which may be named with a yes; `is_kept_time` says
/// whether the time it names, if it names one, is the one that is kept.
pub(super) fn answer(reading: &Reading, amount: i64, is_kept_time: bool) -> Answer {
    let amount = amount.to_string();
    let tokens: Vec<&str> = reading.tokens.iter().map(Word::as_str).filter(|token| *token != amount).collect();
    let shows = |signs: &[char]| reading.redacted_text.contains(signs);
    if shows(&['👎', '🙅']) {
        return Answer::No;
    }
    if tokens.is_empty() {
        let thumb = shows(&['👍', '👌', '✅', '🙌', '💯']) || reading.redacted_text.contains("100%");
        return if thumb { Answer::Yes } else { Answer::Other };
    }
    let senses = cut(&tokens);
    let has = |wanted: Sense| senses.contains(&Some(wanted));
    let only = |allowed: &[Sense]| senses.iter().all(|sense| sense.is_some_and(|sense| allowed.contains(&sense)));
    let asks = reading.redacted_text.contains(['?', '¿']);
    if has(Sense::Refuses) {
        return Answer::No;
    }
    if has(Sense::Declines) {
        let last = senses.iter().rev().find(|sense| **sense != Some(Sense::Polite));
        if only(&[Sense::Declines, Sense::Polite]) || last == Some(&Some(Sense::Declines)) {
            return Answer::No;
        }
    }
    let mut allowed = vec![Sense::Agrees, Sense::Requests, Sense::Polite];
    if is_kept_time {
        allowed.push(Sense::Time);
    }
    let agrees = has(Sense::Requests) || has(Sense::Agrees) && !asks;
    if agrees && only(&allowed) {
        return Answer::Yes;
    }
    if has(Sense::Waits) {
        return Answer::Waits;
    }
    let begins_with_no = senses.first() == Some(&Some(Sense::Declines));
    if begins_with_no
        && reading.wants(Intent::Deny)
        && !reading.wants(Intent::Question)
        && reading.preference.is_empty()
    {
        return Answer::No;
    }
    Answer::Other
}

/// A number before one of these is no hour.
const UNITS: &[&str] = &[
    "min", "mins", "minute", "minutes", "sec", "secs", "second", "seconds", "hour", "hours", "hr", "hrs", "day",
    "days", "week", "weeks", "month", "months", "year", "years", "dollars", "bucks", "percent", "people", "kids",
    "children", "units", "areas", "syringes", "syringe", "times", "more", "minutos", "horas", "dias", "semanas",
    "personas", "of", "cards", "payments",
];
/// A number behind one of these is no hour.
const COUNTS: &[&str] = &[
    "give", "in", "option", "number", "under", "only", "last", "dame", "opcion", "have", "got", "card", "ending",
    "chapter",
];
/// One o'clock in words, where nothing but an hour fits.
const ONE: &[&str] = &["one works", "one please", "one is good", "is one good", "one instead", "at one", "for one"];

/// An hour named by a bare number, where nothing else in the message was read as a time: "can we do 4 instead?". Between
/// eight and noon it is the morning's, otherwise the afternoon's.
pub(super) fn bare_hour(reading: &Reading) -> Option<Time> {
    let named = !reading.preference.times.is_empty() || reading.selected.is_some();
    if named || reading.email.is_some() || reading.phone.is_some() || reading.redacted_text.contains('@') {
        return None;
    }
    let all = reading.tokens.join(" ");
    let mut numbers =
        reading.tokens.iter().enumerate().filter(|(_, word)| word.bytes().all(|byte| byte.is_ascii_digit()));
    let Some((at, number)) = numbers.next() else {
        return ONE.iter().any(|phrase| all.contains(phrase)).then(|| Time::constant(13, 0, 0, 0));
    };
    let hour: i8 = number.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    if numbers.next().is_some() {
        return None;
    }
    let word = |at: Option<usize>| at.and_then(|at| reading.tokens.get(at)).map(Word::as_str);
    let beside = |neighbour: Option<&str>, list: &[&str]| neighbour.is_some_and(|word| list.contains(&word));
    if beside(word(at.checked_add(1)), UNITS) || beside(word(at.checked_sub(1)), COUNTS) {
        return None;
    }
    Time::new(if hour < 8 { hour + 12 } else { hour }, 0, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrases_are_folded_short_enough_and_say_one_thing() {
        let mut count = 0;
        for line in include_str!("../../lexicon/deposit_answers.txt").lines().map(str::trim) {
            if line.is_empty() || line.starts_with(['#', '[']) {
                continue;
            }
            for phrase in line.split(',').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                count += 1;
                let plain = phrase.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == ' ');
                assert!(plain, "{phrase}: as the reader folds words, without accents and apostrophes");
                assert!(phrase.split(' ').count() <= LONGEST, "{phrase} is too long to be found");
            }
        }
        assert_eq!(count, PHRASES.len(), "a phrase stands twice");
    }
}
