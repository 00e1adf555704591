//! Postal addresses: "12 Main Street, Apt 4B, Miami, FL 33139", "Calle Sol #12, Ponce", "thirty one sixteen Birch Avenue".

use super::lexicon::List;
use super::text::{Kind, Text};

const STREETS: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "road",
    "rd",
    "drive",
    "dr",
    "lane",
    "ln",
    "boulevard",
    "blvd",
    "court",
    "ct",
    "way",
    "place",
    "pl",
    "terrace",
    "parkway",
    "pkwy",
    "circle",
    "cir",
    "highway",
    "hwy",
    "crescent",
    "mews",
    "calle",
    "avenida",
];
/// Words of streets that are words of everything else: a name in capitals stands before them. "3 times in a row", "is 6 when you
/// close" and "a 15 minute drive" are no addresses.
const DOUBTFUL: &[&str] = &[
    "close", "row", "hill", "parade", "ter", "trail", "square", "grove", "walk", "loop", "drive", "way", "place",
    "court", "circle",
];
/// Those that stand before the name: "Calle Sol #12".
const LEADING: &[&str] = &["calle", "avenida", "av", "cra", "carrera", "rue", "via", "paseo", "calzada"];

/// "PO Box 77, Ocala FL 34470".
fn post_box(text: &Text, at: usize) -> Option<usize> {
    let boxed = match (text.word(at), text.word(at + 1), text.word(at + 2)) {
        ("po" | "p", "box", _) => at + 2,
        ("p", "." | "o", "o" | "box") => (at + 2..at + 5).find(|i| text.word(*i) == "box")? + 1,
        ("apartado", "postal", _) => at + 2,
        _ => return None,
    };
    text.tokens.get(boxed)?.number()?;
    let mut end = boxed + 1;
    while end < text.tokens.len().min(boxed + 8) {
        let part = text.word(end) == "," && text.is_capitalised(end + 1)
            || text.is_capitalised(end)
            || text.tokens[end].kind == Kind::Number && text.tokens[end].word.len() == 5;
        if !part {
            break;
        }
        end += 1;
    }
    Some(end)
}

/// The addresses of a message, as offsets.
pub(super) fn find(text: &Text) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for at in 0..text.tokens.len() {
        let number = &text.tokens[at];
        if let Some(end) = post_box(text, at) {
            found.push((number.start, text.tokens[end - 1].end));
            continue;
        }
        if let Some(end) = named_first(text, at).or_else(|| spoken(text, at)) {
            found.push((number.start, text.tokens[end - 1].end));
            continue;
        }
        if number.kind != Kind::Number
            || number.word.len() > 5
            || (number.glued && at > 0 && matches!(text.word(at - 1), "$" | ":" | "/" | "-" | "."))
        {
            continue;
        }
        let street = (at + 2..at + 6).find(|i| {
            text.tokens.get(*i).is_some_and(|t| {
                let word = t.folded.as_str();
                let doubtful = DOUBTFUL.contains(&word);
                (doubtful || STREETS.contains(&word)) && (!doubtful || names(text, i - 1))
            }) && text.tokens[at + 1..*i].iter().all(|t| {
                (t.kind == Kind::Word
                    && !matches!(
                        t.word.as_str(),
                        "to" | "of" | "on" | "is" | "with" | "and" | "at" | "for" | "pm" | "am" | "works" | "units"
                    ))
                    || t.kind == Kind::Number
                    || t.is(".")
            })
        });
        let Some(street) = street else { continue };
        found.push((number.start, text.tokens[tail(text, street + 1) - 1].end));
    }
    // What stands in another is a part of it.
    found.sort_unstable_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
    found.dedup_by(|later, earlier| later.0 < earlier.1);
    found
}

/// A word that names a street: a capital, or no word of everyday. Minutes, miles and people name none.
fn names(text: &Text, at: usize) -> bool {
    text.is_capitalised(at)
        || text.tokens[at].kind == Kind::Word
            && !text.is_in(at, List::Common)
            && !text.is_in(at, List::Units)
            && !matches!(text.word(at), "min" | "mins" | "minute" | "mile" | "block" | "blocks" | "hour" | "hrs")
}

/// "Calle Sol #12, Ponce", "Av. Insurgentes Sur 1602": the street, its name, then the number.
fn named_first(text: &Text, at: usize) -> Option<usize> {
    if !LEADING.contains(&text.tokens[at].folded.as_str()) || at > 0 && text.tokens[at - 1].kind == Kind::Number {
        return None;
    }
    let mut next = at + 1;
    let mut named = false;
    while next < (at + 7).min(text.tokens.len()) {
        let token = &text.tokens[next];
        match token.kind {
            Kind::Number if named || text.word(next + 1) == "#" => {
                if text.word(next + 1) == "#" && !named {
                    named = true;
                } else {
                    return Some(tail(text, next + 1));
                }
            }
            Kind::Sign if matches!(token.word.as_str(), "." | "#" | "/") => {}
            Kind::Word
                if text.is_capitalised(next) || matches!(token.folded.as_str(), "numero" | "no" | "de" | "la") =>
            {
                named |= text.is_capitalised(next);
            }
            _ => return None,
        }
        next += 1;
    }
    None
}

/// "Thirty one sixteen Birch Avenue", said on the telephone: two words of a number at least, a name, and a street.
fn spoken(text: &Text, at: usize) -> Option<usize> {
    const SURE: &[&str] =
        &["avenue", "street", "drive", "lane", "road", "boulevard", "court", "place", "circle", "terrace"];
    let says = |at: usize| {
        text.tokens.get(at).is_some_and(|t| t.value().is_some() || matches!(t.word.as_str(), "oh" | "hundred"))
    };
    if at > 0 && says(at - 1) || !says(at) || !says(at + 1) {
        return None;
    }
    let named = (at..at + 6).find(|i| !says(*i))?;
    let street = (named + 1..named + 4).find(|i| SURE.contains(&text.word(*i)))?;
    let plain = text.tokens[named..street].iter().all(|t| {
        t.kind == Kind::Word
            && !matches!(t.word.as_str(), "to" | "on" | "at" | "the" | "and" | "pm" | "am" | "is" | "down")
    });
    if !plain {
        return None;
    }
    let mut end = street + 1;
    if matches!(text.word(end), "apartment" | "apt" | "suite" | "unit") {
        end += 1;
        while says(end) {
            end += 1;
        }
    }
    Some(end)
}

/// Where an address that is read up to here ends: "Apt 4B", ", Brooklyn, NY 11201".
fn tail(text: &Text, from: usize) -> usize {
    let mut end = from;
    while let Some(token) = text.tokens.get(end) {
        let part = match token.folded.as_str() {
            _ if end + 2 < text.tokens.len() && token.kind == Kind::Number && text.tokens[end + 1].is("/") => false,
            "," if text.tokens.get(end + 2).is_some_and(|t| t.is("/")) => false,
            "." | "," | "#" => text.tokens.get(end + 1).is_some_and(|n| {
                text.is_capitalised(end + 1)
                    || n.kind == Kind::Number
                    || matches!(n.folded.as_str(), "apt" | "suite" | "unit")
            }),
            "apt" | "suite" | "unit" | "ste" | "apto" | "piso" | "apartamento" | "fl" | "blk" => true,
            _ if token.kind == Kind::Number => token.word.len() <= 6,
            _ => token.glued || (text.is_capitalised(end) && end - from < 14 && token.folded != "i"),
        };
        if !part || token.ends_sentence() && !matches!(token.folded.as_str(), ".") {
            break;
        }
        end += 1;
    }
    while end > from && matches!(text.word(end - 1), "," | "." | "#") {
        end -= 1;
    }
    end
}
