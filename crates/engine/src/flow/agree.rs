//! How a message answers the question about a deposit. Money moves on it, so only a message of nothing but agreement agrees:
//! every word must be known to agree, to speak of paying, or to be polite. What is left over makes it something else.

use jiff::civil::Time;

use crate::understand::{Intent, Reading};

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

/// Words that agree.
const AGREES: &[&str] = &[
    "yes",
    "y",
    "ya",
    "yah",
    "yeah",
    "yea",
    "yep",
    "yup",
    "ye",
    "yess",
    "yesss",
    "sure",
    "ok",
    "okay",
    "okey",
    "k",
    "kk",
    "fine",
    "alright",
    "absolutely",
    "definitely",
    "certainly",
    "agree",
    "agreed",
    "agreeable",
    "deal",
    "perfect",
    "great",
    "cool",
    "bet",
    "works",
    "sounds",
    "good",
    "ready",
    "please",
    "pls",
    "plz",
    "send",
    "text",
    "shoot",
    "proceed",
    "ahead",
    "pay",
    "link",
    "course",
    "correct",
    "affirmative",
    "lets",
    "totally",
    "awesome",
    "lovely",
    "si",
    "claro",
    "dale",
    "bueno",
    "va",
    "vale",
    "listo",
    "perfecto",
    "mande",
    "manda",
    "mandame",
    "mandamelo",
    "mandelo",
    "mandemelo",
    "envia",
    "enviame",
    "envialo",
    "enviamelo",
    "envie",
    "envielo",
    "enviemelo",
    "enlace",
    "acepto",
    "acuerdo",
    "supuesto",
    "adelante",
    "pagar",
    "pago",
    "orale",
    "simon",
    "excelente",
    "hagale",
    "porfa",
    "porfavor",
];
/// Words that say nothing for or against.
const POLITE: &[&str] = &[
    "the", "it", "to", "me", "a", "an", "my", "i", "im", "ill", "will", "can", "could", "may", "you", "u", "that",
    "this", "thats", "now", "just", "and", "for", "of", "on", "over", "up", "go", "thanks", "thank", "thx", "ty",
    "want", "wanna", "would", "id", "like", "us", "is", "be", "do", "does", "how", "where", "deposit", "secure",
    "payment", "paying", "by", "with", "card", "then", "so", "well", "oh", "hi", "hey", "hello", "here", "one",
    "right", "away", "asap", "have", "get", "got", "through", "via", "in", "also", "all", "set", "el", "la", "los",
    "un", "una", "lo", "por", "favor", "mi", "que", "yo", "gracias", "de", "con", "quiero", "quisiera", "puede",
    "puedes", "le", "ya", "donde", "como", "para", "deposito", "tarjeta", "ahora", "mismo", "esta", "bien", "entonces",
    "en", "dollar", "dollars", "bucks", "dolares", "am", "we", "your", "are", "dear", "maam", "sir", "thing",
];
/// Words that refuse, wherever they stand.
const REFUSES: &[&str] = &[
    "afford",
    "expensive",
    "pricey",
    "caro",
    "cara",
    "carisimo",
    "nope",
    "nah",
    "refuse",
    "pass",
    "scam",
    "ridiculous",
    "demasiado",
];
/// Words that take a yes back or put it off.
const WAITS: &[&str] = &[
    "wait", "later", "sec", "second", "moment", "minute", "minutes", "min", "mins", "tonight", "tomorrow", "think",
    "yet", "hold", "luego", "despues", "momento", "minuto", "manana", "espera", "espere", "pensarlo", "friday",
    "payday",
];
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

/// What a message answers. `amount` is the deposit in whole dollars, which may be named with a yes.
pub(super) fn answer(reading: &Reading, amount: i64) -> Answer {
    let words: Vec<&str> = reading.tokens.iter().map(String::as_str).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let thumbs = |signs: &[char]| reading.redacted_text.contains(signs);
    if thumbs(&['👎', '🙅']) {
        return Answer::No;
    }
    // "No problem", "no worries" and "why not" refuse nothing.
    let kindly = words.windows(2).any(|pair| {
        matches!(pair, ["no", "problem" | "prob" | "worries" | "worry" | "problema"] | ["why" | "porque", "not" | "no"])
    });
    // "I can't make 3 any more" refuses the hour, not the deposit.
    if bare_hour(reading).is_some() {
        return Answer::Other;
    }
    if has(WAITS) && !has(REFUSES) && words.last() != Some(&"no") {
        return Answer::Waits;
    }
    let ends_in_no = words.last().is_some_and(|word| matches!(*word, "no" | "not")) && !kindly;
    let too_much = words.windows(2).any(|pair| matches!(pair, ["too", "much"]));
    if has(REFUSES) || ends_in_no || too_much {
        return Answer::No;
    }
    let begins_with_no = words.first().is_some_and(|word| matches!(*word, "no" | "not" | "dont" | "never"));
    let negated = has(&["dont", "wont", "not", "cant", "rather"])
        && has(&["pay", "paying", "deposit", "deposits", "card", "that", "this"]);
    if reading.wants(Intent::Deny)
        && !reading.wants(Intent::Question)
        && !kindly
        && (begins_with_no || negated || !has(AGREES))
    {
        return Answer::No;
    }
    // "Perfect, see you then" agrees to a time, not to pay.
    let amount = amount.to_string();
    let agrees = has(AGREES) || (words.is_empty() && thumbs(&['👍', '👌', '✅', '🙌', '💯', '🙏']));
    let nothing_else = words.iter().all(|word| {
        AGREES.contains(word)
            || POLITE.contains(word)
            || *word == amount
            || kindly && matches!(*word, "no" | "not" | "why" | "problem" | "worries")
    });
    if agrees && nothing_else { Answer::Yes } else { Answer::Other }
}

/// An hour named by a bare number, where nothing else in the message was read as a time: "can we do 4 instead?". Between
/// eight and noon it is the morning's, otherwise the afternoon's.
pub(super) fn bare_hour(reading: &Reading) -> Option<Time> {
    if !reading.preference.times.is_empty() || reading.selected.is_some() {
        return None;
    }
    let mut numbers =
        reading.tokens.iter().enumerate().filter(|(_, word)| word.bytes().all(|byte| byte.is_ascii_digit()));
    let (at, number) = numbers.next()?;
    let hour: i8 = number.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    if numbers.next().is_some() {
        return None;
    }
    let word = |at: Option<usize>| at.and_then(|at| reading.tokens.get(at)).map(String::as_str);
    let beside = |neighbour: Option<&str>, list: &[&str]| neighbour.is_some_and(|word| list.contains(&word));
    if beside(word(at.checked_add(1)), UNITS) || beside(word(at.checked_sub(1)), COUNTS) {
        return None;
    }
    Time::new(if hour < 8 { hour + 12 } else { hour }, 0, 0, 0).ok()
}
