//! Numbers in words and digits, English and Spanish.

use crate::understand::text::{Kind, Text};

/// A number of a single word, 0 to 90.
pub(crate) fn word_value(word: &str) -> Option<u32> {
    Some(match word {
        "zero" | "cero" => 0,
        "one" | "uno" | "una" => 1,
        "two" | "dos" => 2,
        "three" | "tres" => 3,
        "four" | "cuatro" => 4,
        "five" | "cinco" => 5,
        "six" | "seis" => 6,
        "seven" | "siete" => 7,
        "eight" | "ocho" => 8,
        "nine" | "nueve" => 9,
        "ten" | "diez" => 10,
        "eleven" | "once" => 11,
        "twelve" | "doce" => 12,
        "thirteen" | "trece" => 13,
        "fourteen" | "catorce" => 14,
        "fifteen" | "quince" => 15,
        "sixteen" | "dieciseis" => 16,
        "seventeen" | "diecisiete" => 17,
        "eighteen" | "dieciocho" => 18,
        "nineteen" | "diecinueve" => 19,
        "twenty" | "veinte" => 20,
        "veintiuno" | "veintiun" => 21,
        "veintidos" => 22,
        "veintitres" => 23,
        "veinticuatro" => 24,
        "veinticinco" => 25,
        "veintiseis" => 26,
        "veintisiete" => 27,
        "veintiocho" => 28,
        "veintinueve" => 29,
        "thirty" | "treinta" => 30,
        "forty" | "fourty" | "cuarenta" => 40,
        "fifty" | "cincuenta" => 50,
        "sixty" | "sesenta" => 60,
        "seventy" | "setenta" => 70,
        "eighty" | "ochenta" => 80,
        "ninety" | "noventa" => 90,
        _ => return None,
    })
}

/// An ordinal of a single word, 1 to 30.
pub(crate) fn ordinal_word(word: &str) -> Option<u32> {
    Some(match word {
        "first" | "primero" | "primera" => 1,
        "second" | "segundo" | "segunda" => 2,
        "third" | "tercero" | "tercera" => 3,
        "fourth" | "cuarto" | "cuarta" => 4,
        "fifth" | "quinto" | "quinta" => 5,
        "sixth" | "sexto" | "sexta" => 6,
        "seventh" => 7,
        "eighth" => 8,
        "ninth" => 9,
        "tenth" => 10,
        "eleventh" => 11,
        "twelfth" => 12,
        "thirteenth" => 13,
        "fourteenth" => 14,
        "fifteenth" => 15,
        "sixteenth" => 16,
        "seventeenth" => 17,
        "eighteenth" => 18,
        "nineteenth" => 19,
        "twentieth" => 20,
        "thirtieth" => 30,
        _ => return None,
    })
}

/// The number that a token's word names by itself.
pub(super) fn value(text: &Text, at: usize) -> Option<u32> {
    text.tokens.get(at)?.value
}

/// A cardinal at a token, digits or words ("twenty one", "veinte y uno"): its value and the token behind it.
pub(super) fn cardinal(text: &Text, at: usize) -> Option<(u32, usize)> {
    let token = text.tokens.get(at)?;
    if token.kind == Kind::Number {
        return token.number().map(|value| (value, at + 1));
    }
    let tens = token.value?;
    if tens >= 20 && tens % 10 == 0 {
        let next = if text.word(at + 1) == "y" || text.word(at + 1) == "-" { at + 2 } else { at + 1 };
        if let Some(ones) = value(text, next).filter(|ones| (1..=9).contains(ones)) {
            return Some((tens + ones, next + 1));
        }
    }
    Some((tens, at + 1))
}

/// A day of the month as an ordinal: `21st`, `3rd`, `twenty first`, `third`; its value and the token behind it.
pub(super) fn ordinal(text: &Text, at: usize) -> Option<(u32, usize)> {
    let token = text.tokens.get(at)?;
    if let Some(value) = token.number() {
        let suffix = text.tokens.get(at + 1)?;
        let fits = suffix.glued && matches!(suffix.folded.as_str(), "st" | "nd" | "rd" | "th");
        return (fits && (1..=31).contains(&value)).then_some((value, at + 2));
    }
    if let Some(value) = token.ordinal {
        return Some((value, at + 1));
    }
    let tens = token.value.filter(|tens| matches!(tens, 20 | 30))?;
    let next = if text.word(at + 1) == "-" { at + 2 } else { at + 1 };
    let ones = text.tokens.get(next).and_then(|t| t.ordinal).filter(|ones| *ones < 10)?;
    (tens + ones <= 31).then_some((tens + ones, next + 1))
}

/// Whether the word behind a number says that it counts something that is no time of day.
pub(crate) fn counts_something(word: &str) -> bool {
    const UNITS: &[&str] = &[
        "of",
        "people",
        "person",
        "persons",
        "guests",
        "friends",
        "girls",
        "kids",
        "units",
        "unit",
        "syringe",
        "syringes",
        "vial",
        "vials",
        "ml",
        "cc",
        "mg",
        "cm",
        "areas",
        "area",
        "sessions",
        "session",
        "treatments",
        "treatment",
        "visits",
        "times",
        "years",
        "year",
        "yrs",
        "yr",
        "yo",
        "months",
        "month",
        "weeks",
        "week",
        "days",
        "day",
        "minutes",
        "hours",
        "hr",
        "seconds",
        "dollars",
        "bucks",
        "percent",
        "off",
        "pounds",
        "lbs",
        "lb",
        "inches",
        "miles",
        "spots",
        "spot",
        "things",
        "questions",
        "question",
        "sec",
        "second",
        "moment",
        "personas",
        "anos",
        "meses",
        "semanas",
        "dias",
        "minutos",
        "horas",
        "unidades",
        "dolares",
        "street",
        "st",
        "ave",
        "avenue",
        "road",
        "rd",
        "suite",
        "apt",
        "am's",
        "k",
        "pack",
        "package",
        "packages",
        "more",
        "other",
        "others",
        "slots",
        "options",
        "appointments",
        "daughters",
        "sons",
        "sisters",
        "moms",
        "kiddos",
        "stars",
        "degrees",
        "weeks'",
        "pm's",
        "lines",
        "doses",
        "dose",
        "shots",
        "shot",
        "injections",
        "rounds",
        "wks",
        "trimester",
    ];
    UNITS.contains(&word)
}
