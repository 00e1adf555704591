//! Text messages on the wire: GSM-7 or UCS-2, and how many segments that costs.

/// How a carrier encodes a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Seven bits a character; 160 in one message, 153 a segment in several.
    Gsm7,
    /// Sixteen bits; 70 and 67.
    Ucs2,
}

/// The cost of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// How it is encoded.
    pub encoding: Encoding,
    /// How many segments a carrier bills.
    pub count: u32,
}

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

fn septets(c: char) -> Option<u32> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Counts the segments of a text. A character is never split over two segments.
pub fn segments(text: &str) -> Segments {
    let gsm: Option<Vec<u32>> = text.chars().map(septets).collect();
    match gsm {
        Some(units) => Segments { encoding: Encoding::Gsm7, count: pack(&units, 160, 153) },
        None => {
            let units: Vec<u32> = text.chars().map(|c| u32::try_from(c.len_utf16()).unwrap_or(2)).collect();
            Segments { encoding: Encoding::Ucs2, count: pack(&units, 70, 67) }
        }
    }
}

fn pack(units: &[u32], alone: u32, each: u32) -> u32 {
    if units.iter().sum::<u32>() <= alone {
        return 1;
    }
    let (mut count, mut used) = (1, 0);
    for unit in units {
        if used + unit > each {
            count += 1;
            used = 0;
        }
        used += unit;
    }
    count
}

/// Replaces typographic signs that would double the price of a text by their plain forms.
pub fn plain_signs(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '‘' | '’' | '‚' | '′' => plain.push('\''),
            '“' | '”' | '„' | '″' => plain.push('"'),
            '–' | '—' | '−' | '‑' => plain.push('-'),
            '…' => plain.push_str("..."),
            '\u{a0}' | '\u{202f}' | '\u{2009}' => plain.push(' '),
            '•' => plain.push('-'),
            other => plain.push(other),
        }
    }
    plain
}

/// Splits a text that is longer than one message may be, at line breaks or spaces, never inside a word or a link.
///
/// A single word longer than `max_chars` stays whole in a message of its own.
pub fn split(text: &str, max_chars: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    for piece in text.split_inclusive([' ', '\n']) {
        let fits = part.chars().count() + piece.trim_end().chars().count() <= max_chars;
        if !fits && !part.trim().is_empty() {
            parts.push(part.trim().to_owned());
            part.clear();
        }
        part.push_str(piece);
    }
    if !part.trim().is_empty() {
        parts.push(part.trim().to_owned());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_counted_as_the_carrier_does() {
        let cases = [
            ("a".repeat(160), Encoding::Gsm7, 1),
            ("a".repeat(161), Encoding::Gsm7, 2),
            ("a".repeat(306), Encoding::Gsm7, 2),
            ("a".repeat(307), Encoding::Gsm7, 3),
            (format!("{}€", "a".repeat(158)), Encoding::Gsm7, 1),
            (format!("{}€", "a".repeat(159)), Encoding::Gsm7, 2),
            ("á".repeat(70), Encoding::Ucs2, 1),
            ("á".repeat(71), Encoding::Ucs2, 2),
            ("😀".repeat(35), Encoding::Ucs2, 1),
            ("😀".repeat(36), Encoding::Ucs2, 2),
            (String::new(), Encoding::Gsm7, 1),
        ];
        for (text, encoding, count) in cases {
            assert_eq!(segments(&text), Segments { encoding, count }, "{} characters", text.chars().count());
        }
    }

    #[test]
    fn a_link_is_never_cut() {
        let link = "https://frontdesk.example/p/0123456789abcdef";
        let text = format!("{} {link} {}", "word ".repeat(10), "tail ".repeat(10));
        let parts = split(&text, 60);
        assert!(parts.iter().any(|part| part.contains(link)));
        assert!(parts.iter().all(|part| part.chars().count() <= 60));
        assert_eq!(plain_signs("“Hi” — it’s…"), "\"Hi\" - it's...");
    }
}
