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

use rustc_hash::FxHashMap;

use super::lexicon::{FILES, Marks, Vocabulary};
use super::text::{Kind, Text, Token};

#[derive(Debug, Clone)]
enum Element {
    /// Words and beginnings of words by their numbers in the vocabulary, in order.
    Words {
        numbers: Vec<u32>,
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

impl Pattern {
    /// One of these must stand somewhere in the text, or it cannot match: the choice of the pattern with the fewest words,
    /// beside its first.
    fn needs(&self) -> &[u32] {
        let choices = self.elements.iter().skip(1).filter_map(|element| match element {
            Element::Words { numbers, optional: false } => Some(numbers.as_slice()),
            _ => None,
        });
        choices.min_by_key(|numbers| numbers.len()).unwrap_or_default()
    }
}

/// Labelled patterns of one file.
#[derive(Debug)]
pub(crate) struct Patterns {
    /// Which of the files it is.
    file: usize,
    labels: Vec<&'static str>,
    patterns: Vec<Pattern>,
}

/// A pattern that may begin at a word, with what is looked at before it is tried, all in one place.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    file: u16,
    pattern: u16,
    /// Where [`Pattern::needs`] lie in the index.
    needs: (u32, u32),
    /// A bit of each of them: most patterns are ruled out by these.
    looks: u128,
}

/// The bit of a number.
fn look(number: u32) -> u128 {
    1 << (number % u128::BITS)
}

/// Which patterns of which files begin with a word: a message is gone through once for all of them.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// By the number of the first word.
    by_first: Vec<Vec<Candidate>>,
    /// Those that begin with no word of their own.
    anywhere: Vec<Candidate>,
    needs: Vec<u32>,
}

impl Index {
    /// Adds the patterns of a file.
    fn add(&mut self, file: &Patterns) {
        let small = |at: usize| u16::try_from(at).expect("some thousand patterns in some files");
        for (at, pattern) in file.patterns.iter().enumerate() {
            let from = self.needs.len() as u32;
            self.needs.extend(pattern.needs());
            let needs = (from, self.needs.len() as u32);
            let looks = match pattern.needs() {
                [] => u128::MAX,
                numbers => numbers.iter().fold(0, |looks, number| looks | look(*number)),
            };
            let candidate = Candidate { file: small(file.file), pattern: small(at), needs, looks };
            match pattern.elements.first() {
                Some(Element::Words { numbers, optional: false }) => {
                    for number in numbers {
                        let number = *number as usize;
                        if self.by_first.len() <= number {
                            self.by_first.resize(number + 1, Vec::new());
                        }
                        self.by_first[number].push(candidate);
                    }
                }
                _ => self.anywhere.push(candidate),
            }
        }
    }

    /// Makes the index of some files.
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = &'a Patterns>) -> Self {
        let mut index = Self::default();
        files.into_iter().for_each(|file| index.add(file));
        index
    }

    /// Every match of each file, by where it begins.
    pub(crate) fn find(&self, files: &[Patterns], text: &Text, marks: &Marks) -> Vec<Vec<Match>> {
        let mut found = vec![Vec::new(); files.len()];
        let first_word = text.tokens.iter().position(|t| t.kind != Kind::Sign).unwrap_or(0);
        let there = marks.there();
        // One bit is always there: a pattern that needs nothing is never ruled out.
        let looks = marks.all().iter().fold(1, |looks, number| looks | look(*number));
        let anywhere: Vec<&Candidate> = self.anywhere.iter().filter(|candidate| candidate.looks & looks != 0).collect();
        for start in 0..text.tokens.len() {
            if text.tokens[start].kind == Kind::Sign {
                continue;
            }
            let begun = marks.of(start).iter().filter_map(|number| self.by_first.get(*number as usize));
            for candidate in begun.flatten().chain(anywhere.iter().copied()) {
                if candidate.looks & looks == 0 {
                    continue;
                }
                let needs = &self.needs[candidate.needs.0 as usize..candidate.needs.1 as usize];
                if !needs.is_empty() && !needs.iter().any(|number| there.has(*number)) {
                    continue;
                }
                let file = usize::from(candidate.file);
                let pattern = &files[file].patterns[usize::from(candidate.pattern)];
                if pattern.at_start && start > first_word {
                    continue;
                }
                if let Some(end) = matches(&pattern.elements, (&text.tokens, marks), start) {
                    if end > start {
                        found[file].push(Match { label: pattern.label, start, end });
                    }
                }
            }
        }
        found
    }
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
    /// Reads the file of this place: `[label]` sections of patterns, one a line; `;` begins a comment line; `@class = words` defines one.
    pub(crate) fn parse(file: usize, source: &'static str, vocabulary: &mut Vocabulary) -> Self {
        let mut read = Self { file, labels: Vec::new(), patterns: Vec::new() };
        let mut classes: FxHashMap<&'static str, Vec<&'static str>> = FxHashMap::default();
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
                        None => expanded.push(word),
                    }
                }
                classes.entry(name.trim()).or_default().extend(expanded);
            } else if let Some(label) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                read.labels.push(label);
            } else {
                read.add(line, &classes, vocabulary);
            }
        }
        read
    }

    fn add(
        &mut self,
        line: &'static str,
        classes: &FxHashMap<&'static str, Vec<&'static str>>,
        vocabulary: &mut Vocabulary,
    ) {
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
                    let mut numbers = Vec::new();
                    for word in part.split('|') {
                        match word.strip_prefix('@') {
                            Some(class) => {
                                let of_class = classes.get(class).into_iter().flatten();
                                numbers.extend(of_class.map(|word| vocabulary.number(word)));
                            }
                            None => numbers.push(vocabulary.number(word)),
                        }
                    }
                    numbers.sort_unstable();
                    numbers.dedup();
                    Element::Words { numbers, optional }
                }
            };
            elements.push(element);
        }
        // A first word that may be missing is two patterns: with it and without.
        if let Some(Element::Words { numbers, optional: true }) = elements.first().cloned() {
            if elements.len() > 1 {
                let without = elements[1..].to_vec();
                elements[0] = Element::Words { numbers, optional: false };
                self.keep(at_start, elements);
                self.keep(at_start, without);
                return;
            }
        }
        self.keep(at_start, elements);
    }

    fn keep(&mut self, at_start: bool, elements: Vec<Element>) {
        self.patterns.push(Pattern { label: self.labels.len().saturating_sub(1), at_start, elements });
    }

    /// The name of a label.
    pub(crate) fn label(&self, found: Match) -> &'static str {
        self.labels[found.label]
    }

    /// Every match of this file, by where it begins.
    pub(crate) fn find<'t>(&self, text: &'t Text) -> impl DoubleEndedIterator<Item = Match> + use<'t> {
        text.found.get_or_init(|| FILES.find(text))[self.file].iter().copied()
    }
}

fn skippable(token: &Token) -> bool {
    token.kind == Kind::Sign && !token.ends_sentence()
}

fn matches(elements: &[Element], (tokens, marks): (&[Token], &Marks), mut at: usize) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    if let Element::End = element {
        let rest = &tokens[at.min(tokens.len())..];
        return (rest.len() <= 3 * SIGNS && rest.iter().all(|t| t.kind == Kind::Sign)).then_some(at);
    }
    if let Element::Gap = element {
        let mut words = 0;
        for _ in 0..GAP + SIGNS {
            if let Some(end) = matches(rest, (tokens, marks), at) {
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
        Element::Words { numbers, optional } => {
            let hit = token.is_some() && marks.of(next).iter().any(|number| numbers.binary_search(number).is_ok());
            (hit, *optional)
        }
        Element::Number { optional } => (token.is_some_and(|t| t.kind == Kind::Number), *optional),
        Element::Any => (token.is_some_and(|t| t.kind != Kind::Sign), false),
        Element::Gap | Element::End => (false, false),
    };
    if hit {
        if let Some(end) = matches(rest, (tokens, marks), next + 1) {
            return Some(end);
        }
    }
    if optional { matches(rest, (tokens, marks), at) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_words_gaps_and_ends() {
        let mut vocabulary = Vocabulary::default();
        let patterns = Patterns::parse(
            0,
            "@msg = text* messag*\n[stop]\nstop @msg me?\n^ stop $\n[count]\n# of us\n[lose]\nlose .. number\n[opt]\nplease? wait",
            &mut vocabulary,
        );
        let files = [patterns];
        let index = Index::of(&files);
        let labels = |text: &str| -> Vec<String> {
            let text = Text::new(text);
            let found = index.find(&files, &text, &vocabulary.marks(&text));
            found[0].iter().map(|m| files[0].label(*m).to_owned()).collect()
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
