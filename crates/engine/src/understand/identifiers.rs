//! Personal identifiers: finding them, masking them, and the e-mail address and phone number among them.

use jiff::civil::Date;

use super::lexicon::{Known, List};
use super::text::{Kind, Text, Token};
use super::{addresses, emails, time};

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the kinds of the understanding contract")]
pub enum IdentifierKind {
    Ssn,
    Phone,
    Email,
    Dob,
    Date,
    Mrn,
    Card,
    Account,
    Address,
    Name,
    Ip,
    License,
    Insurance,
}

impl IdentifierKind {
    /// As it replaces the text.
    pub const fn mask(self) -> &'static str {
        match self {
            Self::Ssn => "[SSN]",
            Self::Phone => "[PHONE]",
            Self::Email => "[EMAIL]",
            Self::Dob => "[DOB]",
            Self::Date => "[DATE]",
            Self::Mrn => "[MRN]",
            Self::Card => "[CARD]",
            Self::Account => "[ACCOUNT]",
            Self::Address => "[ADDRESS]",
            Self::Name => "[NAME]",
            Self::Ip => "[IP]",
            Self::License => "[LICENSE]",
            Self::Insurance => "[INSURANCE]",
        }
    }

    /// Whether it is masked before anything is stored; names, phones and e-mails are what a clinic works with.
    pub const fn never_stored(self) -> bool {
        matches!(self, Self::Ssn | Self::Card | Self::Mrn | Self::Account | Self::License | Self::Insurance | Self::Dob)
    }
}

/// An identifier found: offsets in Unicode scalar values, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// First character.
    pub start: usize,
    /// Character behind the last.
    pub end: usize,
}

/// Replaces spans by their masks. The spans are in order and do not overlap.
pub(crate) fn masked(text: &Text, spans: &[Identifier]) -> String {
    let mut out = String::with_capacity(text.chars.len() + text.chars.len() / 4);
    let mut at = 0;
    for span in spans {
        out.push_str(&text.slice(at, span.start));
        out.push_str(span.kind.mask());
        at = span.end;
    }
    out.push_str(&text.slice(at, text.chars.len()));
    out
}

/// A run of digits with the separators people write between them.
struct DigitRun {
    digits: String,
    groups: Vec<usize>,
    start: usize,
    end: usize,
    first_token: usize,
    plus: bool,
}

fn digit_runs(text: &Text) -> Vec<DigitRun> {
    let tokens = &text.tokens;
    let mut runs = Vec::new();
    if !text.has_numbers() && !text.has_any(&["oh", "o"]) {
        return runs;
    }
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind != Kind::Number {
            at += 1;
            continue;
        }
        let plus = at > 0 && tokens[at - 1].is("+");
        let opened = at > 0 && tokens[at - 1].is("(");
        let start = if plus || opened { tokens[at - 1].start } else { tokens[at].start };
        let mut run = DigitRun { digits: String::new(), groups: Vec::new(), start, end: 0, first_token: at, plus };
        loop {
            run.digits.push_str(&tokens[at].word);
            run.groups.push(tokens[at].word.len());
            run.end = tokens[at].end;
            at += 1;
            // At most two separating signs between groups: "(212) 555", "4111-1111", "415.555".
            let mut next = at;
            while next < tokens.len()
                && next - at < 2
                && matches!(tokens[next].word.as_str(), "-" | "." | ")" | "(" | " ")
            {
                next += 1;
            }
            let clock = tokens.get(next).is_some_and(|t| t.kind == Kind::Number)
                && tokens
                    .get(next + 1)
                    .is_some_and(|t| matches!(t.word.as_str(), ":" | "am" | "pm") || (t.is("/") && t.glued));
            if tokens.get(next).is_some_and(|t| t.kind == Kind::Number) && !clock && run.digits.len() < 19 {
                at = next;
            } else {
                break;
            }
        }
        runs.push(run);
    }
    runs.extend(spoken_runs(text));
    runs.sort_by_key(|run| run.start);
    runs
}

/// A digit by its word; what is said twice or three times says how often.
fn spoken_digit(word: &str) -> Option<char> {
    Some(match word {
        "zero" | "oh" | "o" | "cero" => '0',
        "one" | "uno" => '1',
        "two" | "dos" => '2',
        "three" | "tres" => '3',
        "four" | "cuatro" => '4',
        "five" | "cinco" => '5',
        "six" | "seis" => '6',
        "seven" | "siete" => '7',
        "eight" | "ocho" => '8',
        "nine" | "nueve" => '9',
        _ => return None,
    })
}

/// "Five three one two two eight eight four one", "triple five oh one": seven digits or more, spoken one by one.
fn spoken_runs(text: &Text) -> Vec<DigitRun> {
    let tokens = &text.tokens;
    let mut runs = Vec::new();
    if tokens.iter().filter(|token| spoken_digit(&token.word).is_some()).count() < 2 {
        return runs;
    }
    let mut at = 0;
    while at < tokens.len() {
        let (mut digits, mut here, mut end) = (String::new(), at, at);
        while here < tokens.len() {
            let times = match text.word(here) {
                "double" | "doble" => 2,
                "triple" => 3,
                _ => 1,
            };
            let place = if times > 1 { here + 1 } else { here };
            if let Some(digit) = spoken_digit(text.word(place)) {
                digits.extend(std::iter::repeat_n(digit, times));
                here = place + 1;
                end = here;
            } else if !digits.is_empty() && matches!(text.word(here), "," | "-" | "." | "uh" | "um") && here < end + 2 {
                here += 1;
            } else {
                break;
            }
        }
        if digits.len() >= 7 {
            let groups = vec![digits.len()];
            runs.push(DigitRun {
                digits,
                groups,
                start: tokens[at].start,
                end: tokens[end - 1].end,
                first_token: at,
                plus: false,
            });
        }
        at = end.max(at + 1);
    }
    runs
}

/// Tokens of numbers too long for a time or a date: phones, accounts.
pub(crate) fn long_numbers(text: &Text) -> Vec<(usize, usize)> {
    let long = |run: &DigitRun| run.plus || run.digits.len() >= 9 || (run.digits.len() == 7 && run.groups == [3, 4]);
    digit_runs(text)
        .into_iter()
        .filter(long)
        .map(|run| {
            let end = (run.first_token..text.tokens.len()).find(|at| text.tokens[*at].start >= run.end);
            (run.first_token, end.unwrap_or(text.tokens.len()))
        })
        .collect()
}

/// The check digit of card numbers.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if at % 2 == 1 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn nanp(digits: &str) -> bool {
    let digits = digits.strip_prefix('1').filter(|d| d.len() == 10).unwrap_or(digits);
    let bytes = digits.as_bytes();
    digits.len() == 10 && bytes[0] >= b'2' && bytes[3] >= b'2'
}

const LABELS: &[(&[&str], IdentifierKind)] = &[
    (&["ssn", "social"], IdentifierKind::Ssn),
    (&["mrn", "chart", "record", "rec", "expediente", "historia"], IdentifierKind::Mrn),
    (&["account", "acct", "routing", "iban", "cuenta"], IdentifierKind::Account),
    (&["license", "licence", "licencia", "dl"], IdentifierKind::License),
    (
        &[
            "insurance",
            "policy",
            "member",
            "subscriber",
            "seguro",
            "poliza",
            "aetna",
            "cigna",
            "tricare",
            "medicaid",
            "medicare",
            "humana",
            "bcbs",
            "kaiser",
            "anthem",
            "optum",
            "uhc",
            "afiliado",
            "beneficiary",
        ],
        IdentifierKind::Insurance,
    ),
    (&["card", "visa", "mastercard", "amex", "tarjeta"], IdentifierKind::Card),
];

/// The kind a label within the four words before says, if it ends in a number.
fn label_before(text: &Text, at: usize) -> Option<IdentifierKind> {
    let mut words = 0;
    for (place, token) in text.tokens[..at].iter().enumerate().rev() {
        // "Rec no. 3391847": a full stop of an abbreviation.
        let short = token.sign() == Some('.')
            && place.checked_sub(1).is_some_and(|b| {
                matches!(text.tokens[b].folded.as_str(), "no" | "num" | "rec" | "acct" | "lic" | "med" | "nro")
            });
        if token.ends_sentence() && !short {
            return None;
        }
        if token.kind == Kind::Sign {
            continue;
        }
        // "I have Aetna, my number is 305 …": a number of their own, whatever was named before.
        if is_own_number(text, place) {
            return None;
        }
        if let Some((_, kind)) = LABELS.iter().find(|(labels, _)| labels.contains(&token.folded.as_str())) {
            return Some(*kind);
        }
        words += 1;
        // "MRN from Mercy is …": where it is from.
        let of_place = text.is_capitalised(place) && place.checked_sub(1).is_some_and(|b| text.tokens[b].is("from"));
        if words == 6
            || !of_place
                && !matches!(
                    token.word.as_str(),
                    "number"
                        | "is"
                        | "no"
                        | "id"
                        | "security"
                        | "my"
                        | "its"
                        | "ending"
                        | "the"
                        | "es"
                        | "de"
                        | "numero"
                        | "s"
                        | "drivers"
                        | "medical"
                        | "bank"
                        | "in"
                        | "from"
                        | "conducir"
                        | "medico"
                        | "del"
                        | "social"
                        | "clinica"
                        | "nro"
                        | "num"
                        | "has"
                        | "are"
                        | "ends"
                        | "for"
                        | "em"
                        | "id's"
                )
        {
            return None;
        }
    }
    None
}

/// "My number", "my cell", "best phone": not "my member number".
pub(super) fn is_own_number(text: &Text, at: usize) -> bool {
    matches!(text.word(at), "number" | "cell" | "phone" | "mobile" | "numero" | "celular" | "telefono")
        && at > 0
        && matches!(text.word(at - 1), "my" | "best" | "cell" | "phone" | "mobile" | "contact" | "mi")
}

fn alphanumeric_end(tokens: &[Token], at: usize) -> usize {
    let mut end = at + 1;
    while end < tokens.len() && tokens[end].glued && (tokens[end].kind != Kind::Sign || tokens[end].is("-")) {
        end += 1;
    }
    end
}

/// Every identifier but names, in order of place, not overlapping.
pub(crate) fn find(text: &Text, today: Date) -> Vec<Identifier> {
    let mut found = dated(text, today);
    let birthdays = birthdays(text, today).into_iter();
    found.extend(birthdays.map(|(start, end)| Identifier { kind: IdentifierKind::Dob, start, end }));
    clear(found)
}

/// What is never stored ([`IdentifierKind::never_stored`]), in order of place, not overlapping. A birthday without its year
/// tells who nobody is, and may be the day of a visit that is wished for: it is stored.
pub(crate) fn never_stored(text: &Text, today: Date) -> Vec<Identifier> {
    clear(dated(text, today)).into_iter().filter(|span| span.kind.never_stored()).collect()
}

/// Of those that overlap, the first and longest.
fn clear(mut found: Vec<Identifier>) -> Vec<Identifier> {
    found.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut clear: Vec<Identifier> = Vec::new();
    for span in found {
        if clear.last().is_none_or(|last| last.end <= span.start) {
            clear.push(span);
        }
    }
    clear
}

/// Every identifier but names and birthdays without a year; some may overlap.
fn dated(text: &Text, today: Date) -> Vec<Identifier> {
    let mut found: Vec<Identifier> = Vec::new();
    let mut add = |kind, start, end| found.push(Identifier { kind, start, end });
    for email in emails::find(text) {
        add(IdentifierKind::Email, email.start, email.end);
    }
    for (start, end) in ipv6(text) {
        add(IdentifierKind::Ip, start, end);
    }
    // All the others are numbers.
    if !text.has_numbers() && !text.has_any(&["oh", "o"]) {
        return found;
    }
    for run in digit_runs(text) {
        let labelled = label_before(text, run.first_token);
        let length = run.digits.len();
        let grouped_ssn = length == 9 && run.groups == [3, 2, 4];
        let ip = run.groups.len() == 4
            && text.slice(run.start, run.end).matches('.').count() == 3
            && run.groups.iter().all(|g| *g <= 3);
        let money = run.first_token > 0 && text.tokens[run.first_token - 1].is("$");
        let spoken = text.tokens[run.first_token].kind == Kind::Word;
        // "07700 900143", "(04) 5550 1290", "0044 7700 900518": with the zero of a long-distance call.
        let abroad = run.digits.starts_with('0')
            && ((10..=11).contains(&length) && (run.groups.len() > 1 || run.digits.starts_with("07"))
                || run.digits.starts_with("00") && (12..=15).contains(&length));
        let packed_birth = matches!(length, 6 | 8)
            && run.groups.len() == 1
            && (is_birth(text, run.first_token) || is_told_birth(text, run.first_token + 1));
        let kind = if money {
            None
        } else if ip {
            Some(IdentifierKind::Ip)
        } else if run.plus && (8..=15).contains(&length) {
            Some(IdentifierKind::Phone)
        } else if packed_birth {
            Some(IdentifierKind::Dob)
        } else if labelled == Some(IdentifierKind::Card) && length < 12 {
            None
        } else if labelled == Some(IdentifierKind::Ssn) && length >= 4 {
            Some(IdentifierKind::Ssn)
        } else if (13..=19).contains(&length) && luhn(&run.digits) && run.digits.starts_with(['2', '3', '4', '5', '6'])
        {
            Some(IdentifierKind::Card)
        } else if let Some(kind) = labelled.filter(|_| length >= 4) {
            Some(kind)
        } else if grouped_ssn {
            Some(IdentifierKind::Ssn)
        } else if (length == 10 || (length == 11 && run.digits.starts_with('1'))) && nanp(&run.digits)
            || abroad
            || spoken && length == 7
        {
            Some(IdentifierKind::Phone)
        } else if length == 7
            && run.groups == [3, 4]
            && (text.slice(run.start, run.end).contains('-')
                || text.has_any(&["call", "cell", "reach", "phone", "ring"]))
        {
            Some(IdentifierKind::Phone)
        } else {
            None
        };
        if let Some(kind) = kind {
            let end =
                if kind == IdentifierKind::Phone { with_extension(text, run.first_token, run.end) } else { run.end };
            add(kind, run.start, end);
        }
    }
    for code in super::codes::find(text, today) {
        add(code.kind, code.start, code.end);
    }
    // Labelled codes with letters in them: "MRN A12345", "member id XYZ123".
    for (at, token) in text.tokens.iter().enumerate() {
        let end = alphanumeric_end(&text.tokens, at);
        let has_digits = text.tokens[at..end].iter().any(|t| t.kind == Kind::Number);
        if token.kind == Kind::Word && !token.glued && has_digits && end > at + 1 {
            if let Some(kind) = label_before(text, at) {
                add(kind, token.start, text.tokens[end - 1].end);
            }
        }
    }
    for (first, end, date) in time::dated_spans(text, today) {
        let (start, end) = (text.tokens[first].start, text.tokens[end - 1].end);
        // Nobody names the day of a visit so long ago: it is somebody's birth.
        let long_ago = date.year() + GROWN <= today.year();
        let kind = if long_ago || is_birth(text, first) { IdentifierKind::Dob } else { IdentifierKind::Date };
        if date < today || kind == IdentifierKind::Dob {
            add(kind, start, end);
        }
    }
    for (start, end) in addresses::find(text) {
        add(IdentifierKind::Address, start, end);
    }
    found
}

/// A telephone number that begins at a token, with its extension: "ext. 34", "x4471".
fn with_extension(text: &Text, first: usize, end: usize) -> usize {
    let Some(mut at) = (first..text.tokens.len()).find(|at| text.tokens[*at].start >= end) else { return end };
    if text.word(at) == "," {
        at += 1;
    }
    if !matches!(text.word(at), "ext" | "x" | "extension" | "extn") {
        return end;
    }
    let digits = if text.word(at + 1) == "." { at + 2 } else { at + 1 };
    text.tokens.get(digits).filter(|t| t.kind == Kind::Number && t.word.len() <= 5).map_or(end, |t| t.end)
}

/// Years after which a date in full is a birth date.
const GROWN: i16 = 13;

/// An address of the sixth version: `2001:db8::8a2e:370:7334`.
fn ipv6(text: &Text) -> Vec<(usize, usize)> {
    if !text.has_any(&[":"]) {
        return Vec::new();
    }
    let chars = &text.chars;
    let is_part = |c: &char| c.is_ascii_hexdigit() || *c == ':';
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = chars[at..].iter().take_while(|c| is_part(c)).count();
        let written = &chars[at..at + length];
        let colons = written.iter().filter(|c| **c == ':').count();
        let apart = at == 0 || !chars[at - 1].is_alphanumeric();
        if colons >= 3 && apart && length <= 39 && written.iter().any(char::is_ascii_hexdigit) {
            let end = at + length - usize::from(written.ends_with(&[':']));
            found.push((at, end));
        }
        at += length.max(1);
    }
    found
}

/// "My birthday is October 9th", "cumplo años el 15 de agosto": a day of birth without its year.
fn birthdays(text: &Text, today: Date) -> Vec<(usize, usize)> {
    let told = |at: usize| match text.word(at) {
        "birthday" | "bday" | "birthdate" | "dob" | "cumple" | "cumpleanos" | "nacida" | "nacido" | "naci" => true,
        "anos" => at > 0 && text.word(at - 1) == "cumplo",
        "born" => true,
        _ => false,
    };
    let tokens = if text.has_numbers() { 0..text.tokens.len() } else { 0..0 };
    tokens
        .filter(|at| told(*at))
        .filter_map(|at| {
            let from =
                (at + 1..at + 4).find(|i| !matches!(text.word(*i), "is" | "on" | "es" | "el" | ":" | "the" | ","))?;
            let (start, end) = time::day_and_month(text, from, today)?;
            Some((text.tokens[start].start, text.tokens[end - 1].end))
        })
        .collect()
}

/// A word of birth stands within the six tokens before.
fn is_birth(text: &Text, at: usize) -> bool {
    text.tokens[at.saturating_sub(6)..at].iter().any(|t| {
        matches!(
            t.word.as_str(),
            "dob" | "born" | "birthday" | "birthdate" | "birth" | "bday" | "nacimiento" | "nacida" | "nacido" | "naci"
        )
    })
}

/// "06211978 is the birthdate".
fn is_told_birth(text: &Text, end: usize) -> bool {
    text.word(end) == "is" && (end + 1..end + 4).any(|at| matches!(text.word(at), "birthdate" | "dob" | "birthday"))
}

/// A number given as the sender's own, E.164; North American unless it begins with `+`.
pub(crate) fn own_phone(text: &Text) -> Option<String> {
    digit_runs(text).into_iter().find_map(|run| {
        if label_before(text, run.first_token).is_some() || is_of_another(text, run.first_token) {
            return None;
        }
        if run.plus && (8..=15).contains(&run.digits.len()) {
            return Some(format!("+{}", run.digits));
        }
        if !nanp(&run.digits) {
            return None;
        }
        let national = if run.digits.len() == 11 { &run.digits[1..] } else { &run.digits };
        Some(format!("+1{national}"))
    })
}

/// "My husband's number is", "she's at", "the number I have for you": not the sender's.
fn is_of_another(text: &Text, at: usize) -> bool {
    const AT_WORK: [&str; 5] = ["assistant", "office", "secretary", "doctor", "manager"];
    let from = (at.saturating_sub(9)..at)
        .rev()
        .find(|i| text.tokens[*i].ends_sentence())
        .map_or(at.saturating_sub(9), |i| i + 1);
    let word = |i: usize| text.word(i);
    let own = (from..at).any(|i| {
        matches!(
            (word(i), word(i + 1)),
            ("call" | "text" | "reach" | "txt", "me") | ("my", "number" | "cell" | "phone" | "mobile")
        ) || matches!((word(i), word(i + 1)), ("mi", "numero" | "cel" | "telefono"))
    });
    let other = (from..at).any(|i| {
        let person = |i: usize| {
            let whose = word(i).strip_suffix('s').unwrap_or(word(i));
            text.is_in(i, List::Relatives)
                || Known::of(whose).is_in(List::Relatives)
                || [word(i), whose].iter().any(|w| AT_WORK.contains(w))
        };
        person(i)
            || matches!(word(i), "shes" | "hes" | "her" | "his" | "their")
            || matches!(
                (word(i), word(i + 1)),
                ("for", "you") | ("call", "from") | ("your", "number") | ("you", "have")
            )
    });
    other && !own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(message: &str) -> String {
        let text = Text::new(message);
        masked(&text, &find(&text, jiff::civil::date(2026, 11, 20)))
    }

    #[test]
    fn identifiers_are_masked_and_the_rest_is_left() {
        let cases = [
            ("my card is 4111 1111 1111 1111 exp 12/27", "my card is [CARD] exp 12/27"),
            ("ssn 123-45-6789 ok", "ssn [SSN] ok"),
            ("call 212-555-0142 or (212) 555-0143", "call [PHONE] or [PHONE]"),
            ("mail jo.park@x.com.", "mail [EMAIL]."),
            ("dob 3/4/1990", "dob [DOB]"),
            ("born on March 4, 1990", "born on [DOB]"),
            ("came 3/4/2025", "came [DATE]"),
            ("see you 12/4/2026 at 3", "see you 12/4/2026 at 3"),
            ("MRN: A12345", "MRN: [MRN]"),
            ("I live at 12 Main Street, Brooklyn", "I live at [ADDRESS]"),
            ("between 2 and 4 on the 14th, $250 for 20 units", "between 2 and 4 on the 14th, $250 for 20 units"),
            ("ip 10.0.0.12", "ip [IP]"),
            ("jo dot smith at gmail dot com", "[EMAIL]"),
            ("is 6 when you close", "is 6 when you close"),
            ("3 times in a row", "3 times in a row"),
            ("a 15 minute drive or a 5 min walk", "a 15 minute drive or a 5 min walk"),
            ("12 magnolia drive", "[ADDRESS]"),
            ("I have Aetna, my number is 305-555-0134", "I have Aetna, my number is [PHONE]"),
            ("11/28/2026 works, dob 3/4/1990", "11/28/2026 works, dob [DOB]"),
            ("my birthday is October 9th", "my birthday is [DOB]"),
        ];
        for (message, expected) in cases {
            assert_eq!(kinds(message), expected);
        }
    }
}
