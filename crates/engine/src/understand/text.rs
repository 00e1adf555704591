//! Words of a message: folded, in their usual spelling, with their place in the original.

use std::cell::OnceCell;
use std::sync::LazyLock;

use compact_str::ToCompactString as _;
use rustc_hash::FxHashMap;

use super::lexicon::{Known, List};
use super::pattern::Match;
use super::slip::is_near;

/// A word of a message: short ones need no memory of their own.
pub type Word = compact_str::CompactString;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters (with inner apostrophes and hyphens dropped).
    Word,
    /// Digits.
    Number,
    /// One sign.
    Sign,
}

/// One token of a message.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// Lower case, without accents and apostrophes, in its usual spelling.
    pub(crate) word: Word,
    /// The same without the change of spelling.
    pub(crate) folded: Word,
    /// Place in the original, in Unicode scalar values, end exclusive.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// No white space before it.
    pub(crate) glued: bool,
    pub(crate) kind: Kind,
    /// What is known of the word, and of it as it was written.
    pub(crate) known: Known,
    known_folded: Known,
}

impl Token {
    /// A sign or a number: what is written is what it says.
    fn plain(word: Word, (start, end): (usize, usize), glued: bool, kind: Kind) -> Self {
        let known = Known::default();
        Self { folded: word.clone(), word, start, end, glued, kind, known, known_folded: known }
    }

    /// A word, in its usual spelling when that differs from how it is written.
    fn word((folded, known_folded): (Word, Known), usual: Option<Word>, place: (usize, usize), glued: bool) -> Self {
        let known = usual.as_ref().map_or(known_folded, |usual| Known::of(usual));
        let word = usual.unwrap_or_else(|| folded.clone());
        Self { word, folded, start: place.0, end: place.1, glued, kind: Kind::Word, known, known_folded }
    }

    /// Whether it stands in a list, as it was written.
    pub(crate) fn is_written_in(&self, list: List) -> bool {
        self.known_folded.is_in(list)
    }
    /// The number the word names by itself, 0 to 90.
    pub(crate) fn value(&self) -> Option<u32> {
        self.known.value.map(u32::from)
    }
    /// The place the word names by itself, 1 to 30.
    pub(crate) fn ordinal(&self) -> Option<u32> {
        self.known.ordinal.map(u32::from)
    }

    pub(crate) fn is(&self, word: &str) -> bool {
        self.word == word
    }
    pub(crate) fn sign(&self) -> Option<char> {
        if self.kind == Kind::Sign { self.word.chars().next() } else { None }
    }
    /// The value of digits, when it is small enough to matter.
    pub(crate) fn number(&self) -> Option<u32> {
        if self.kind == Kind::Number && self.word.len() <= 9 { self.word.parse().ok() } else { None }
    }
    /// Whether a sentence ends here.
    pub(crate) fn ends_sentence(&self) -> bool {
        matches!(self.sign(), Some('.' | '!' | '?' | '\n' | ';'))
    }
}

/// A message split into tokens.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// The original.
    pub(crate) chars: Vec<char>,
    pub(crate) tokens: Vec<Token>,
    /// Which words may stand in it.
    sieve: WordSieve,
    /// How many tokens are words or numbers.
    words: usize,
    /// What is known of any of the words, and whether a token is made of digits.
    known: Known,
    has_digits: bool,
    /// A small letter stands in it.
    has_small: bool,
    /// What the pattern files find in it, each by its place; looked for when it is first asked for.
    pub(super) found: OnceCell<Vec<Vec<Match>>>,
}

/// A sieve of words: one that is not let through stands nowhere in the message, which spares looking at every token.
#[derive(Debug, Clone, Copy)]
struct WordSieve([u64; WordSieve::BITS / 64]);

impl WordSieve {
    const BITS: usize = 1024;

    fn of(tokens: &[Token]) -> Self {
        let mut sieve = Self([0; Self::BITS / 64]);
        for token in tokens {
            let place = Self::place(&token.word);
            sieve.0[place / 64] |= 1 << (place % 64);
        }
        sieve
    }

    /// By its length and its first, middle and last letter.
    fn place(word: &str) -> usize {
        let letters = word.as_bytes();
        let letter = |at: usize| letters.get(at).map_or(0, |byte| usize::from(*byte));
        let length = letters.len();
        (31 * letter(0) + 57 * letter(length / 2) + 7 * letter(length.wrapping_sub(1)) + 131 * length) % Self::BITS
    }

    fn lets(&self, word: &str) -> bool {
        let place = Self::place(word);
        self.0[place / 64] >> (place % 64) & 1 == 1
    }
}

static SPELLINGS: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut map = FxHashMap::default();
    for line in include_str!("../../lexicon/spellings.txt").lines().filter(|l| !l.starts_with('#')) {
        let Some((usual, others)) = line.split_once(':') else { continue };
        for other in others.split_whitespace() {
            map.insert(other, usual.trim());
        }
    }
    map
});

/// Words that have another spelling.
pub(super) fn respelt() -> impl Iterator<Item = &'static str> {
    SPELLINGS.keys().copied()
}

/// How a word of a pattern file stands in a message: in its usual spelling. "Tu" stays what it is in Spanish.
pub(crate) fn spelt(word: &'static str) -> &'static str {
    SPELLINGS.get(word).copied().filter(|_| word != "tu").unwrap_or(word)
}

fn fold(c: char) -> Option<char> {
    Some(match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'ø' | 'Ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        'ý' | 'ÿ' | 'Ý' => 'y',
        c if c.is_ascii() => c.to_ascii_lowercase(),
        c if c.is_alphabetic() => return c.to_lowercase().next(),
        _ => return None,
    })
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´')
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let mut chars: Vec<char> = Vec::with_capacity(text.len());
        chars.extend(text.chars());
        let mut tokens = Vec::with_capacity(chars.len() / 4 + 1);
        let mut at = 0;
        let mut glued = false;
        let mut letters = String::new();
        while at < chars.len() {
            let c = chars[at];
            if c == '\n' {
                tokens.push(sign('\n', at, glued));
                at += 1;
                glued = false;
                continue;
            }
            if c.is_whitespace() || c == '\u{200d}' || c == '\u{fe0f}' {
                glued = false;
                at += 1;
                continue;
            }
            let start = at;
            if c.is_ascii_digit() {
                while at < chars.len() && chars[at].is_ascii_digit() {
                    at += 1;
                }
                let word: Word = chars[start..at].iter().collect();
                tokens.push(Token::plain(word, (start, at), glued, Kind::Number));
            } else if c.is_alphabetic() {
                letters.clear();
                while at < chars.len() {
                    let c = chars[at];
                    if c.is_ascii_alphabetic() {
                        letters.push(c.to_ascii_lowercase());
                        at += 1;
                        continue;
                    }
                    let inner = is_apostrophe(c) && chars.get(at + 1).is_some_and(|n| n.is_alphabetic());
                    if !c.is_alphabetic() && !inner {
                        break;
                    }
                    if !inner {
                        letters.extend(fold(c));
                    }
                    at += 1;
                }
                let folded = Word::from(letters.as_str());
                let known = Known::of(&folded);
                let usual = usual((&folded, known), &chars[start..at]);
                tokens.push(Token::word((folded, known), usual, (start, at), glued));
            } else {
                tokens.push(sign(c, at, glued));
                at += 1;
            }
            glued = true;
        }
        let tokens = joined(&chars, tokens);
        Self::of(chars, tokens)
    }

    fn of(chars: Vec<char>, tokens: Vec<Token>) -> Self {
        let words = tokens.iter().filter(|token| token.kind != Kind::Sign).count();
        let known = tokens.iter().fold(Known::default(), |known, token| known.or(token.known).or(token.known_folded));
        let has_digits = tokens.iter().any(|token| token.kind == Kind::Number);
        let has_small = chars.iter().any(|c| c.is_lowercase());
        let sieve = WordSieve::of(&tokens);
        Self { sieve, words, known, has_digits, has_small, chars, tokens, found: OnceCell::new() }
    }

    /// The message up to a number of tokens: what the readers that look around freely get to see.
    pub(crate) fn head(&self, tokens: usize) -> Option<Self> {
        let end = self.tokens.get(tokens)?.start;
        Some(Self::of(self.chars[..end].to_vec(), self.tokens[..tokens].to_vec()))
    }

    /// The message in pieces of so many tokens; `None` stands for the whole, where it is short enough.
    pub(crate) fn pieces(&self, tokens: usize) -> Vec<Option<Self>> {
        if self.tokens.len() <= tokens {
            return vec![None];
        }
        self.tokens.chunks(tokens).map(|piece| Some(self.of_tokens(piece))).collect()
    }

    /// Some tokens of the message as a message of their own; `from` lies before `to`.
    pub(crate) fn part(&self, from: usize, to: usize) -> Self {
        self.of_tokens(&self.tokens[from..to])
    }

    fn of_tokens(&self, tokens: &[Token]) -> Self {
        let from = tokens[0].start;
        let moved =
            tokens.iter().map(|token| Token { start: token.start - from, end: token.end - from, ..token.clone() });
        Self::of(self.chars[from..tokens[tokens.len() - 1].end].to_vec(), moved.collect())
    }

    /// The original text between two offsets.
    pub(crate) fn slice(&self, start: usize, end: usize) -> String {
        self.chars[start.min(self.chars.len())..end.min(self.chars.len())].iter().collect()
    }

    /// Whether the word of a token stands in a list.
    pub(crate) fn is_in(&self, at: usize, list: List) -> bool {
        self.tokens.get(at).is_some_and(|token| token.known.is_in(list))
    }

    /// The word of a token, or nothing behind the end.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.word)
    }

    /// Whether the original of a token begins with a capital.
    pub(crate) fn is_capitalised(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| self.chars[t.start].is_uppercase())
    }

    /// How many tokens are words or numbers.
    pub(crate) fn word_count(&self) -> usize {
        self.words
    }

    /// Whether a word of a list stands in the message, as written or in its usual spelling.
    pub(crate) fn speaks(&self, list: List) -> bool {
        self.known.is_in(list)
    }

    /// Whether a number stands in it, in digits or in words.
    pub(crate) fn has_numbers(&self) -> bool {
        self.has_digits || self.known.value.is_some() || self.known.ordinal.is_some()
    }

    /// Whether a small letter stands in it.
    pub(crate) fn has_small(&self) -> bool {
        self.has_small
    }

    /// Whether any of the words stands in the message.
    pub(crate) fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.sieve.lets(word) && self.tokens.iter().any(|t| t.word == **word))
    }
}

/// Words of days and times that a slip of a finger does not hide.
const SPELT: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "tomorrow",
    "tonight",
    "morning",
    "afternoon",
    "evening",
    "weekend",
    "january",
    "february",
    "september",
    "october",
    "november",
    "december",
    "appointment",
    "available",
    "thanksgiving",
];
/// Words of their own that look like a slip.
const NO_SLIP: &[&str] =
    &["sundae", "mourning", "adorning", "warning", "moaning", "weekends", "evenings", "mornings", "appointments"];

/// The usual spelling of a folded word where it differs: from the list, without a possessive, or one slip away from a word of
/// days and times.
fn usual((folded, known): (&str, Known), written: &[char]) -> Option<Word> {
    if known.is_in(List::Respelt) {
        return SPELLINGS.get(folded).map(|usual| Word::const_new(usual));
    }
    // "Tomorrow's fine", "Dana's" stays.
    if written.len() > 2 && is_apostrophe(written[written.len() - 2]) && folded.ends_with('s') {
        let stem = &folded[..folded.len() - 1];
        let stem = SPELLINGS.get(stem).copied().unwrap_or(stem);
        if SPELT.contains(&stem) || stem == "today" {
            return Some(stem.into());
        }
    }
    let may_slip = (6..=13).contains(&folded.len()) && folded.is_ascii() && !known.is_in(List::English);
    if !may_slip || NO_SLIP.contains(&folded) {
        return None;
    }
    let first = folded.as_bytes()[0];
    let near = SPELT.iter().find(|word| word.as_bytes()[0] == first && **word != folded && is_near(word, folded, 1));
    near.map(|near| Word::const_new(near))
}

/// "b4", "2morrow", "2nite", "gr8": one word in letters and digits.
fn joined(chars: &[char], tokens: Vec<Token>) -> Vec<Token> {
    let touch = |pair: &[Token]| pair[1].glued && pair.iter().all(|token| token.kind != Kind::Sign);
    if !tokens.windows(2).any(touch) {
        return tokens;
    }
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if let Some(last) = out.last_mut().filter(|_| token.glued && token.kind != Kind::Sign) {
            let word = match (last.folded.as_str(), token.folded.as_str()) {
                ("b", "4") => Some("before"),
                ("gr", "8") => Some("great"),
                ("l", "8") => Some("late"),
                ("2", "morrow" | "moro" | "mrw" | "mro" | "morow" | "morro") => Some("tomorrow"),
                ("2", "nite" | "night") => Some("tonight"),
                ("2", "day") => Some("today"),
                _ => None,
            };
            let continues = chars.get(token.end).is_some_and(|c| c.is_alphanumeric());
            if let Some(word) = word.filter(|_| !continues) {
                last.folded.push_str(&token.folded);
                let folded = std::mem::take(&mut last.folded);
                let known = Known::of(&folded);
                let place = (last.start, token.end);
                *last = Token::word((folded, known), Some(Word::const_new(word)), place, last.glued);
                continue;
            }
        }
        out.push(token);
    }
    out
}

fn sign(c: char, at: usize, glued: bool) -> Token {
    let word = match c {
        '–' | '—' | '−' => '-',
        '“' | '”' => '"',
        c => c,
    };
    let word: Word = word.to_compact_string();
    Token::plain(word, (at, at + 1), glued, Kind::Sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_keep_their_place() {
        let text = Text::new("Señor O'Brien's appt @ 2:30pm 😀");
        let words: Vec<&str> = text.tokens.iter().map(|t| t.word.as_str()).collect();
        assert_eq!(words, ["senor", "obriens", "appointment", "@", "2", ":", "30", "pm", "😀"]);
        assert_eq!(text.slice(text.tokens[1].start, text.tokens[1].end), "O'Brien's");
        assert!(text.tokens[7].glued && !text.tokens[4].glued);
    }
}
