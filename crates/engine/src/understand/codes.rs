//! Numbers and codes that a word beside them names: "patient id PT774120", "E1029384 as the MRN", "the plate is HZR-4471"; and
//! those that are known by their form alone: bank accounts with their check digits, Medicare numbers.

use jiff::civil::Date;

use super::identifiers::{Identifier, IdentifierKind};
use super::text::{Kind, Text};
use super::{identifiers, time};

/// Letters and digits of a code at the least and at the most.
const LENGTH: std::ops::RangeInclusive<usize> = 5..=24;
/// Digits it has at the least.
const DIGITS: usize = 3;
/// Words between a label and its code.
const REACH: usize = 7;

/// What a word, or a word and the next, says of a code beside it.
fn label(text: &Text, at: usize) -> Option<IdentifierKind> {
    let (word, next) = (text.word(at), text.word(at + 1));
    let numbered = matches!(next, "id" | "number" | "no" | "num" | "#" | "code" | "numero");
    Some(match word {
        "ssn" | "nss" => IdentifierKind::Ssn,
        "social" if !matches!(next, "media" | "club" | "hour" | "worker") => IdentifierKind::Ssn,
        "mrn" | "expediente" | "exp" | "ficha" | "chart" | "charts" => IdentifierKind::Mrn,
        "patient" | "case" | "file" | "pt" | "hosp" | "paciente" | "caso" if numbered => IdentifierKind::Mrn,
        "de" if matches!(next, "paciente" | "caso") => IdentifierKind::Mrn,
        "hospital" if numbered => IdentifierKind::Mrn,
        "customer" | "client" | "cliente" if numbered => IdentifierKind::Account,
        "passport" | "pasaporte" => IdentifierKind::License,
        "historia" if next == "clinica" => IdentifierKind::Mrn,
        "medical" if next == "record" => IdentifierKind::Mrn,
        "member" | "membership" | "policy" | "subscriber" | "group" | "grp" | "rxgrp" | "medicare" | "medicaid"
        | "mbi" | "insurance" | "ins" | "poliza" | "afiliado" | "miembro" | "grupo" | "aetna" | "cigna" | "bupa"
        | "humana" | "tricare" | "metlife" | "axa" | "kaiser" | "anthem" | "ambetter" | "beneficiary" => {
            IdentifierKind::Insurance
        }
        "account" | "acct" | "iban" | "routing" | "transit" | "bsb" | "clabe" | "checking" | "cuenta" | "ruta" => {
            IdentifierKind::Account
        }
        "a" if next == "/" && text.word(at + 2) == "c" => IdentifierKind::Account,
        "sort" if next == "code" => IdentifierKind::Account,
        "license" | "licence" | "licencia" | "plate" | "plates" | "placa" | "chapa" | "permit" | "dl" => {
            IdentifierKind::License
        }
        "state" if next == "id" => IdentifierKind::License,
        "reg" if matches!(next, "plate" | "number") => IdentifierKind::License,
        "id" if next == "number" => IdentifierKind::License,
        _ => return None,
    })
}

/// Words that may stand between a label and its code.
fn leads(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "its"
            | "it"
            | "the"
            | "my"
            | "a"
            | "number"
            | "num"
            | "no"
            | "id"
            | "ids"
            | "says"
            | "reads"
            | "of"
            | "for"
            | "to"
            | "on"
            | "from"
            | "has"
            | "card"
            | "and"
            | "then"
            | "record"
            | "medical"
            | "drivers"
            | "driver"
            | "security"
            | "dental"
            | "recipient"
            | "code"
            | "sec"
            | "es"
            | "el"
            | "la"
            | "de"
            | "del"
            | "numero"
            | "clinica"
            | "medico"
            | "bancaria"
            | "ahorros"
            | "conducir"
            | "health"
            | "same"
            | "new"
            | "full"
            | "one"
            | "plate"
            | "customer"
            | "user"
            | "holder"
            | "rental"
            | "carro"
            | "with"
            | "garage"
            | "s"
            | "ppo"
            | "hmo"
            | "b"
            | "st"
            | "paciente"
            | "caso"
            | "cliente"
    )
}

/// The kind that a label near a code says: before it, or behind it ("… is the chart number").
fn labelled(text: &Text, start: usize, end: usize) -> Option<IdentifierKind> {
    let mut words = 0;
    for at in (0..start).rev() {
        let token = &text.tokens[at];
        if identifiers::is_own_number(text, at) {
            return None;
        }
        if let Some(kind) = label(text, at) {
            return Some(kind);
        }
        if token.kind == Kind::Sign {
            let apart = matches!(token.sign(), Some('.' | '!' | ';' | '$'));
            let short = at > 0
                && matches!(
                    text.word(at - 1),
                    "no" | "num" | "acct" | "lic" | "exp" | "sec" | "soc" | "nro" | "rec" | "pt"
                );
            if apart && !short {
                break;
            }
            continue;
        }
        // A plan or a place has a capital: "Medicare Blue", "from Mercy".
        if token.kind == Kind::Number || !(leads(&token.word) || text.is_capitalised(at)) || words == REACH {
            break;
        }
        words += 1;
    }
    let behind: Vec<usize> =
        (end..text.tokens.len()).filter(|at| text.tokens[*at].kind != Kind::Sign).take(REACH).collect();
    let told = behind.first().is_some_and(|at| {
        matches!(text.word(*at), "is" | "as" | "thats" | "that" | "their" | "es" | "ese" | "esa" | "certificate")
    });
    if !told {
        return None;
    }
    behind
        .iter()
        .take_while(|at| {
            **at == behind[0]
                || leads(text.word(**at))
                || label(text, **at).is_some()
                || matches!(text.word(**at), "file" | "patient" | "case" | "ese" | "mi" | "their" | "seguro")
        })
        .find_map(|at| label(text, *at))
}

/// Where a code that begins here ends: digits and capitals in groups, with hyphens, strokes or single spaces between.
fn code_end(text: &Text, start: usize) -> Option<usize> {
    let tokens = &text.tokens;
    let capitals = |at: usize| {
        let token = &tokens[at];
        token.kind == Kind::Word
            && token.folded.len() <= 6
            && text.chars[token.start..token.end].iter().all(char::is_ascii_uppercase)
    };
    let is_part =
        |at: usize| tokens.get(at).is_some_and(|t| t.kind == Kind::Number) || (at < tokens.len() && capitals(at));
    if !is_part(start)
        || (start > 0 && tokens[start].glued && matches!(text.word(start - 1), "$" | "@" | "." | ":" | "/"))
    {
        return None;
    }
    let (mut end, mut at) = (start, start);
    while is_part(at) {
        // A word in capitals behind a space belongs to it only where digits follow: "RXH 440 912".
        let loose = !tokens[at].glued && at > start && tokens[at].kind == Kind::Word;
        if loose && !tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Number && t.glued) {
            break;
        }
        at += 1;
        end = at;
        // Too long for a code, however much more there is.
        if end - start > *LENGTH.end() {
            return None;
        }
        if tokens.get(at).is_some_and(|t| t.glued && matches!(t.word.as_str(), "-" | "/" | "."))
            && tokens.get(at + 1).is_some_and(|t| t.glued)
        {
            at += 1;
        }
    }
    let (mut letters, mut digits) = (0, 0);
    for token in tokens[start..end].iter().filter(|token| token.kind != Kind::Sign) {
        letters += token.folded.len();
        digits += if token.kind == Kind::Number { token.folded.len() } else { 0 };
    }
    // "12/2028" is when a card ends; with a stroke stands a letter: "2025/1187-K".
    let parted = letters == digits && tokens[start..end].iter().any(|token| token.is("/"));
    (LENGTH.contains(&letters) && digits >= DIGITS && !parted).then_some(end)
}

/// Codes with a label beside them. A calendar date is none, whatever stands beside it: "for a group on 11-28-2026".
pub(super) fn find(text: &Text, today: Date) -> Vec<Identifier> {
    let mut found = Vec::new();
    let mut dates = time::dated_spans(text, today).into_iter().peekable();
    let mut at = 0;
    while at < text.tokens.len() {
        while dates.next_if(|(_, end, _)| *end <= at).is_some() {}
        if let Some((_, end, _)) = dates.next_if(|(start, _, _)| *start <= at) {
            at = end;
            continue;
        }
        let Some(end) = code_end(text, at) else {
            at += 1;
            continue;
        };
        let (start, stop) = (text.tokens[at].start, text.tokens[end - 1].end);
        let written: String = text.tokens[at..end]
            .iter()
            .filter(|t| t.kind != Kind::Sign)
            .map(|t| t.folded.to_ascii_uppercase())
            .collect();
        let kind = if is_medicare(&written) { Some(IdentifierKind::Insurance) } else { labelled(text, at, end) };
        if let Some(kind) = kind {
            found.push(Identifier { kind, start, end: stop });
        }
        at = end;
    }
    found.extend(accounts(text));
    found.extend(spoken(text));
    found
}

/// Digits said one by one or in pairs, with a label beside them: "chart number's four four oh nine one seven", "my social is
/// three three two, fifty eight, forty one sixteen".
fn spoken(text: &Text) -> Vec<Identifier> {
    let digits = |at: usize| {
        let token = text.tokens.get(at)?;
        match token.word.as_str() {
            "oh" | "o" => Some(1),
            _ => token.value().map(|value| if value < 10 { 1 } else { 2 }),
        }
    };
    let joins = |at: usize| {
        matches!(text.word(at), "dash" | "hyphen" | "guion" | "then" | "," | "-" | "y" | "double" | "triple")
            || text.tokens.get(at).is_some_and(|t| t.kind == Kind::Word && t.folded.len() == 1)
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        if digits(at).is_none() {
            at += 1;
            continue;
        }
        let (mut next, mut end, mut count) = (at, at, 0);
        while let Some(more) = digits(next).or_else(|| joins(next).then_some(0)) {
            count += more;
            next += 1;
            if more > 0 {
                end = next;
            }
        }
        if (5..=16).contains(&count) {
            if let Some(kind) = labelled(text, at, end) {
                found.push(Identifier { kind, start: text.tokens[at].start, end: text.tokens[end - 1].end });
            }
        }
        at = end.max(at + 1);
    }
    found
}

/// A Medicare beneficiary number: `1EG4-TE5-MK72`, eleven places of which the second, fifth, eighth and ninth are letters
/// (CMS, "Understanding the MBI format").
fn is_medicare(code: &str) -> bool {
    code.len() == 11
        && code.bytes().enumerate().all(|(at, byte)| match at {
            0 => (b'1'..=b'9').contains(&byte),
            3 | 6 | 9 | 10 => byte.is_ascii_digit(),
            1 | 4 | 7 | 8 => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_alphanumeric(),
        })
}

/// International bank account numbers, whatever stands beside them: two letters, and check digits that are right (ISO 13616).
fn accounts(text: &Text) -> Vec<Identifier> {
    let mut found = Vec::new();
    for (at, token) in text.tokens.iter().enumerate() {
        let country = token.kind == Kind::Word
            && token.folded.len() == 2
            && text.tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Number && t.glued);
        if !country {
            continue;
        }
        let mut code = String::new();
        let mut longest = None;
        for part in &text.tokens[at..] {
            let fits = part.kind != Kind::Sign && part.folded.len() <= 30 && part.folded.is_ascii();
            if !fits || code.len() + part.folded.len() > 34 {
                break;
            }
            code.push_str(&part.folded.to_ascii_uppercase());
            if code.len() >= 15 && checks(&code) {
                longest = Some(part.end);
            }
        }
        found.extend(longest.map(|end| Identifier { kind: IdentifierKind::Account, start: token.start, end }));
    }
    found
}

/// The check of ISO 7064, modulo 97.
fn checks(code: &str) -> bool {
    let (head, rest) = code.split_at(4);
    rest.chars()
        .chain(head.chars())
        .filter_map(|c| c.to_digit(36))
        .fold(0_u32, |sum, digit| if digit > 9 { (sum * 100 + digit) % 97 } else { (sum * 10 + digit) % 97 })
        == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_by_label_form_and_check() {
        for (message, found) in [
            ("patient id PT774120 says the bracelet", "mrn PT774120"),
            ("they gave me E1029384 as the MRN", "mrn E1029384"),
            ("license plate GVN-8812 is in the way", "license GVN-8812"),
            ("card says 1EG4-TE5-MK72", "insurance 1EG4-TE5-MK72"),
            ("refund to GB82 WEST 1234 5698 7654 32 please", "account GB82 WEST 1234 5698 7654 32"),
            ("refund to GB82 WEST 1234 5698 7654 33 please", ""),
            ("room 305, model PT774120", ""),
            ("booking for a group on 11/28/2026 at 2pm", ""),
            ("my insurance starts with the group on 11-28-2026", ""),
            ("the card exp 11/2028 was declined", ""),
            ("I have Aetna, my number is 305-555-0134", ""),
        ] {
            let text = Text::new(message);
            let read: Vec<String> = find(&text, jiff::civil::date(2026, 11, 20))
                .into_iter()
                .map(|span| {
                    format!(
                        "{} {}",
                        span.kind.mask().trim_matches(['[', ']']).to_lowercase(),
                        text.slice(span.start, span.end)
                    )
                })
                .collect();
            assert_eq!(read.join(", "), found, "{message}");
        }
    }
}
