//! A small language of word patterns, so that what people say is data and not code.
//!
//! A pattern is words with spaces between them; every word is compared in its folded, usual spelling.
//!
//! | element | matches |
//! | --- | --- |
//! | `word`, `a\|b` | that word, one of them |
//! | `stem*` | any word that begins so |
//! | `@class` | a word of a class defined by `@class = …` |
//! | `x?` | `x` or nothing |
//! | `#` | digits |
//! | `_` | any one word |
//! | `..` | up to four words of the same sentence |
//! | `^`, `$` | the beginning, the end of the message |

use std::collections::HashMap;

use super::text::{Kind, Text, Token};

#[derive(Debug, Clone)]
enum Element {
    /// Words by their numbers in the vocabulary, in order; beginnings as they are written.
    Words {
        words: Vec<u32>,
        stems: Vec<String>,
        optional: bool,
    },
    Number {
        optional: bool,
    },
    Any,
    Gap,
    End,
}

#[derive(Debug, Clone)]
struct Pattern {
    label: usize,
    at_start: bool,
    elements: Vec<Element>,
}

/// Labelled patterns, matched in one pass.
#[derive(Debug)]
pub(crate) struct Patterns {
    labels: Vec<String>,
    patterns: Vec<Pattern>,
    /// Every word of the patterns, numbered from 1.
    vocabulary: HashMap<String, u32>,
    by_first: HashMap<u32, Vec<usize>>,
    /// Patterns that begin with a word's beginning, by its first letters.
    by_stem: HashMap<String, Vec<(String, usize)>>,
    anywhere: Vec<usize>,
}

/// One match: tokens `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) label: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Words a gap spans.
const GAP: usize = 4;
/// Signs that may stand between two words of a pattern.
const SIGNS: usize = 6;

impl Patterns {
    /// Reads `[label]` sections of patterns, one a line; `;` begins a comment line; `@class = words` defines one.
    pub(crate) fn parse(source: &str) -> Self {
        let mut read = Self {
            labels: Vec::new(),
            patterns: Vec::new(),
            vocabulary: HashMap::new(),
            by_first: HashMap::new(),
            by_stem: HashMap::new(),
            anywhere: Vec::new(),
        };
        let mut classes: HashMap<String, Vec<String>> = HashMap::new();
        for line in source.lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(';') {
                continue;
            }
            if let Some((name, words)) = line.strip_prefix('@').and_then(|l| l.split_once('=')) {
                let mut expanded = Vec::new();
                for word in words.split_whitespace() {
                    match word.strip_prefix('@') {
                        Some(other) => expanded.extend(classes.get(other).cloned().unwrap_or_default()),
                        None => expanded.push(word.to_owned()),
                    }
                }
                classes.entry(name.trim().to_owned()).or_default().extend(expanded);
            } else if let Some(label) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                read.labels.push(label.to_owned());
            } else {
                read.add(line, &classes);
            }
        }
        read
    }

    fn add(&mut self, line: &str, classes: &HashMap<String, Vec<String>>) {
        let (mut at_start, mut elements) = (false, Vec::new());
        for part in line.split_whitespace() {
            let element = match part {
                "^" => {
                    at_start = true;
                    continue;
                }
                "$" => Element::End,
                ".." => Element::Gap,
                "_" => Element::Any,
                "#" => Element::Number { optional: false },
                "#?" => Element::Number { optional: true },
                part => {
                    let (part, optional) = part.strip_suffix('?').map_or((part, false), |p| (p, true));
                    let (mut words, mut stems) = (Vec::new(), Vec::new());
                    let mut push = |word: &str| match word.strip_suffix('*') {
                        Some(stem) => stems.push(stem.to_owned()),
                        None => words.push(self.number(word)),
                    };
                    for word in part.split('|') {
                        match word.strip_prefix('@') {
                            Some(class) => classes.get(class).into_iter().flatten().for_each(|w| push(w)),
                            None => push(word),
                        }
                    }
                    words.sort_unstable();
                    words.dedup();
                    Element::Words { words, stems, optional }
                }
            };
            elements.push(element);
        }
        // A first word that may be missing is two patterns: with it and without.
        if let Some(Element::Words { words, stems, optional: true }) = elements.first().cloned() {
            if elements.len() > 1 {
                let without = elements[1..].to_vec();
                elements[0] = Element::Words { words, stems, optional: false };
                self.keep(at_start, elements);
                self.keep(at_start, without);
                return;
            }
        }
        self.keep(at_start, elements);
    }

    fn keep(&mut self, at_start: bool, elements: Vec<Element>) {
        let index = self.patterns.len();
        match elements.first() {
            Some(Element::Words { words, stems, optional: false }) => {
                for word in words {
                    self.by_first.entry(*word).or_default().push(index);
                }
                for stem in stems {
                    self.by_stem.entry(beginning(stem).to_owned()).or_default().push((stem.clone(), index));
                }
            }
            _ => self.anywhere.push(index),
        }
        self.patterns.push(Pattern { label: self.labels.len().saturating_sub(1), at_start, elements });
    }

    fn number(&mut self, word: &str) -> u32 {
        let next = u32::try_from(self.vocabulary.len() + 1).unwrap_or(u32::MAX);
        *self.vocabulary.entry(word.to_owned()).or_insert(next)
    }

    /// The name of a label.
    pub(crate) fn label(&self, found: Match) -> &str {
        &self.labels[found.label]
    }

    /// Every match, by where it begins.
    pub(crate) fn find(&self, text: &Text) -> Vec<Match> {
        let mut found = Vec::new();
        let numbers: Vec<u32> =
            text.tokens.iter().map(|t| self.vocabulary.get(&t.word).copied().unwrap_or(0)).collect();
        let first_word = text.tokens.iter().position(|t| t.kind != Kind::Sign).unwrap_or(0);
        for start in 0..text.tokens.len() {
            if text.tokens[start].kind == Kind::Sign {
                continue;
            }
            let word = text.word(start);
            let first = match numbers[start] {
                0 => &[][..],
                number => self.by_first.get(&number).map_or(&[][..], Vec::as_slice),
            };
            let begun = self.by_stem.get(beginning(word)).map_or(&[][..], Vec::as_slice);
            let begun = begun.iter().filter(|(stem, _)| word.starts_with(stem.as_str())).map(|(_, index)| index);
            for index in first.iter().chain(begun).chain(&self.anywhere) {
                let pattern = &self.patterns[*index];
                if pattern.at_start && start > first_word {
                    continue;
                }
                if let Some(end) = matches(&pattern.elements, (&text.tokens, &numbers), start) {
                    if end > start {
                        found.push(Match { label: pattern.label, start, end });
                    }
                }
            }
        }
        found
    }
}

fn skippable(token: &Token) -> bool {
    token.kind == Kind::Sign && !token.ends_sentence()
}

/// The first letters of a word, by which beginnings are looked up.
fn beginning(word: &str) -> &str {
    let end = word.char_indices().nth(3).map_or(word.len(), |(at, _)| at);
    &word[..end]
}

fn matches(elements: &[Element], (tokens, numbers): (&[Token], &[u32]), mut at: usize) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    if let Element::End = element {
        let rest = &tokens[at.min(tokens.len())..];
        return (rest.len() <= 3 * SIGNS && rest.iter().all(|t| t.kind == Kind::Sign)).then_some(at);
    }
    if let Element::Gap = element {
        let mut words = 0;
        for _ in 0..GAP + SIGNS {
            if let Some(end) = matches(rest, (tokens, numbers), at) {
                return Some(end);
            }
            let token = tokens.get(at)?;
            if token.ends_sentence() || words == GAP {
                return None;
            }
            words += usize::from(token.kind != Kind::Sign);
            at += 1;
        }
        return None;
    }
    // Commas, quotes and emoji between the words of a pattern do not matter; the end of a sentence does.
    let mut next = at;
    while next < at + SIGNS && tokens.get(next).is_some_and(skippable) {
        next += 1;
    }
    let token = tokens.get(next);
    let (hit, optional) = match element {
        Element::Words { words, stems, optional } => {
            let hit = token.is_some_and(|t| {
                (numbers[next] != 0 && words.binary_search(&numbers[next]).is_ok())
                    || stems.iter().any(|stem| t.word.starts_with(stem.as_str()))
            });
            (hit, *optional)
        }
        Element::Number { optional } => (token.is_some_and(|t| t.kind == Kind::Number), *optional),
        Element::Any => (token.is_some_and(|t| t.kind != Kind::Sign), false),
        Element::Gap | Element::End => (false, false),
    };
    if hit {
        if let Some(end) = matches(rest, (tokens, numbers), next + 1) {
            return Some(end);
        }
    }
    if optional { matches(rest, (tokens, numbers), at) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_words_gaps_and_ends() {
        let patterns = Patterns::parse(
            "@msg = text* messag*\n[stop]\nstop @msg me?\n^ stop $\n[count]\n# of us\n[lose]\nlose .. number\n[opt]\nplease? wait",
        );
        let labels = |text: &str| -> Vec<String> {
            let text = Text::new(text);
            patterns.find(&text).iter().map(|m| patterns.label(*m).to_owned()).collect()
        };
        assert_eq!(labels("pls stop, texting me"), ["stop"]);
        assert_eq!(labels("STOP!!"), ["stop"]);
        assert!(labels("can I stop by").is_empty());
        assert_eq!(labels("2 of us"), ["count"]);
        assert_eq!(labels("lose my damn number"), ["lose"]);
        assert!(labels("lose it. my number").is_empty(), "a gap stays inside its sentence");
        assert_eq!(labels("wait"), ["opt"]);
    }
}
