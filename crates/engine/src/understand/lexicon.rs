//! What is known of words: lists of names and everyday words, and the pattern files. Every word of the patterns has one
//! number, so that a message is looked up once and not once for each file.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::pattern::{Index, Match, Patterns};
use super::text::{Kind, Text, spelt};

/// Words of a list, one look-up each. The hash is fast and not keyed: who writes to us adds nothing to these sets.
pub(crate) type WordSet = FxHashSet<&'static str>;

fn word_set(source: &'static str) -> WordSet {
    source.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace).collect()
}

/// A list of words in `lexicon/`.
macro_rules! words {
    ($file:literal) => {
        LazyLock::new(|| word_set(include_str!(concat!("../../lexicon/", $file))))
    };
}

pub(crate) static COMMON: LazyLock<WordSet> = words!("common_words.txt");
pub(crate) static FIRST_NAMES: LazyLock<WordSet> = words!("first_names.txt");
pub(crate) static SURNAMES: LazyLock<WordSet> = words!("surnames.txt");
pub(crate) static ENGLISH: LazyLock<WordSet> = words!("english_words.txt");
pub(crate) static SURNAME_WORDS: LazyLock<WordSet> = words!("surname_words.txt");

pub(crate) static SPANISH: LazyLock<WordSet> = words!("spanish_words.txt");
pub(crate) static SURE_SPANISH: LazyLock<WordSet> = words!("spanish_sure_words.txt");
pub(crate) static COMMON_ENGLISH: LazyLock<WordSet> = words!("english_everyday_words.txt");
pub(crate) static TIME_STARTS: LazyLock<WordSet> = words!("time_starts.txt");
pub(crate) static MESSAGE_WORDS: LazyLock<WordSet> = words!("message_words.txt");

/// The numbers of words and of beginnings of words (`messag*`), from 1.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    words: FxHashMap<&'static str, u32>,
    /// Beginnings of words by their first letters.
    stems: FxHashMap<&'static str, Vec<(&'static str, u32)>>,
    last: u32,
}

impl Vocabulary {
    /// The number of a word as a pattern writes it: a trailing `*` makes it a beginning.
    pub(crate) fn number(&mut self, word: &'static str) -> u32 {
        let next = self.last + 1;
        let number = match word.strip_suffix('*') {
            Some(stem) => {
                let known = self.stems.entry(beginning(stem)).or_default();
                match known.iter().find(|(other, _)| *other == stem) {
                    Some((_, number)) => *number,
                    None => {
                        known.push((stem, next));
                        next
                    }
                }
            }
            None => *self.words.entry(spelt(word)).or_insert(next),
        };
        self.last = self.last.max(number);
        number
    }

    /// What the vocabulary knows of the words of a text.
    pub(crate) fn marks(&self, text: &Text) -> Marks {
        let mut marks = Marks { numbers: Vec::with_capacity(2 * text.tokens.len()), ends: Vec::new() };
        marks.ends.reserve_exact(text.tokens.len());
        for token in &text.tokens {
            if token.kind != Kind::Sign {
                let word = token.word.as_str();
                marks.numbers.extend(self.words.get(word));
                let begun = self.stems.get(beginning(word)).map_or(&[][..], Vec::as_slice);
                let begun = begun.iter().filter(|(stem, _)| word.starts_with(stem));
                marks.numbers.extend(begun.map(|(_, number)| number));
            }
            marks.ends.push(u32::try_from(marks.numbers.len()).unwrap_or(u32::MAX));
        }
        marks
    }
}

/// The first letters of a word, by which beginnings are looked up.
fn beginning(word: &str) -> &str {
    let end = word.char_indices().nth(3).map_or(word.len(), |(at, _)| at);
    &word[..end]
}

/// The numbers of each token of a text: its word's and those of its beginnings.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    numbers: Vec<u32>,
    /// Where each token's numbers end.
    ends: Vec<u32>,
}

/// Which numbers stand anywhere in a text, a bit each.
pub(crate) struct There(Vec<u64>);

impl There {
    /// Whether a number does.
    pub(crate) fn has(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }
}

impl Marks {
    /// The numbers of the whole text.
    pub(crate) fn there(&self) -> There {
        let last = self.numbers.iter().max().copied().unwrap_or(0);
        let mut bits = vec![0_u64; last as usize / 64 + 1];
        for number in &self.numbers {
            bits[*number as usize / 64] |= 1 << (number % 64);
        }
        There(bits)
    }

    /// The numbers of a token.
    pub(crate) fn of(&self, token: usize) -> &[u32] {
        let end = |at: usize| self.ends[at] as usize;
        let from = if token == 0 { 0 } else { end(token - 1) };
        &self.numbers[from..end(token)]
    }
}

/// The pattern files.
#[derive(Debug)]
pub(crate) struct Files {
    vocabulary: Vocabulary,
    files: Vec<Patterns>,
    index: Index,
}

/// A pattern file by its name, which is its place in the list of files.
macro_rules! files {
    ($($name:ident $file:literal),+ $(,)?) => {
        #[expect(non_camel_case_types, reason = "places named after their files")]
        enum Place {
            $($name),+
        }

        impl Files {
            fn read() -> Self {
                let mut vocabulary = Vocabulary::default();
                let sources = [$(include_str!(concat!("../../lexicon/", $file))),+];
                let read = sources.into_iter().enumerate();
                let files: Vec<Patterns> =
                    read.map(|(place, source)| Patterns::parse(place, source, &mut vocabulary)).collect();
                Self { index: Index::of(&files), vocabulary, files }
            }

            $(pub(crate) fn $name(&self) -> &Patterns {
                &self.files[Place::$name as usize]
            })+
        }
    };
}

files! {
    answers "answers.txt",
    concepts "concepts.txt",
    consent "consent.txt",
    injection "injection.txt",
    intents "intents.txt",
    patient "patient.txt",
    remarks "remarks.txt",
    safety "safety.txt",
}

impl Files {
    /// Every match of every file.
    pub(crate) fn find(&self, text: &Text) -> Vec<Vec<Match>> {
        self.index.find(&self.files, text, &self.vocabulary.marks(text))
    }
}

/// Every pattern file, read at the first message.
pub(crate) static FILES: LazyLock<Files> = LazyLock::new(Files::read);
