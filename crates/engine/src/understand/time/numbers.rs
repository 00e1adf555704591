//! Numbers in words and digits, English and Spanish.

use crate::understand::text::{Kind, Text, Token};

/// Numbers of a single word, 0 to 90.
pub(crate) const CARDINALS: &[(u8, &str)] = &[
    (0, "zero cero"),
    (1, "one uno una"),
    (2, "two dos"),
    (3, "three tres"),
    (4, "four cuatro"),
    (5, "five cinco"),
    (6, "six seis"),
    (7, "seven siete"),
    (8, "eight ocho"),
    (9, "nine nueve"),
    (10, "ten diez"),
    (11, "eleven once"),
    (12, "twelve doce"),
    (13, "thirteen trece"),
    (14, "fourteen catorce"),
    (15, "fifteen quince"),
    (16, "sixteen dieciseis"),
    (17, "seventeen diecisiete"),
    (18, "eighteen dieciocho"),
    (19, "nineteen diecinueve"),
    (20, "twenty veinte"),
    (21, "veintiuno veintiun"),
    (22, "veintidos"),
    (23, "veintitres"),
    (24, "veinticuatro"),
    (25, "veinticinco"),
    (26, "veintiseis"),
    (27, "veintisiete"),
    (28, "veintiocho"),
    (29, "veintinueve"),
    (30, "thirty treinta"),
    (40, "forty fourty cuarenta"),
    (50, "fifty cincuenta"),
    (60, "sixty sesenta"),
    (70, "seventy setenta"),
    (80, "eighty ochenta"),
    (90, "ninety noventa"),
];

/// Ordinals of a single word, 1 to 30.
pub(crate) const ORDINALS: &[(u8, &str)] = &[
    (1, "first primero primera"),
    (2, "second segundo segunda"),
    (3, "third tercero tercera"),
    (4, "fourth cuarto cuarta"),
    (5, "fifth quinto quinta"),
    (6, "sixth sexto sexta"),
    (7, "seventh"),
    (8, "eighth"),
    (9, "ninth"),
    (10, "tenth"),
    (11, "eleventh"),
    (12, "twelfth"),
    (13, "thirteenth"),
    (14, "fourteenth"),
    (15, "fifteenth"),
    (16, "sixteenth"),
    (17, "seventeenth"),
    (18, "eighteenth"),
    (19, "nineteenth"),
    (20, "twentieth"),
    (30, "thirtieth"),
];

/// The number that a token's word names by itself.
pub(super) fn value(text: &Text, at: usize) -> Option<u32> {
    text.tokens.get(at)?.value()
}

/// A cardinal at a token, digits or words ("twenty one", "veinte y uno"): its value and the token behind it.
pub(super) fn cardinal(text: &Text, at: usize) -> Option<(u32, usize)> {
    let token = text.tokens.get(at)?;
    if token.kind == Kind::Number {
        return token.number().map(|value| (value, at + 1));
    }
    let tens = token.value()?;
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
    if let Some(value) = token.ordinal() {
        return Some((value, at + 1));
    }
    let tens = token.value().filter(|tens| matches!(tens, 20 | 30))?;
    let next = if text.word(at + 1) == "-" { at + 2 } else { at + 1 };
    let ones = text.tokens.get(next).and_then(Token::ordinal).filter(|ones| *ones < 10)?;
    (tens + ones <= 31).then_some((tens + ones, next + 1))
}

/// Words behind a number that say that it counts something that is no time of day.
pub(crate) const UNITS: &[&str] = &[
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
    "adults",
    "adult",
    "children",
    "child",
    "dogs",
    "dog",
    "cats",
    "cat",
    "nights",
    "babies",
    "seats",
    "seat",
    "chairs",
    "beds",
    "bed",
    "rooms",
    "room",
    "pills",
    "pill",
    "tablets",
    "tablet",
    "bags",
    "ppl",
    "pax",
    "guest",
];
