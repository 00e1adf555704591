//! What is known of words: lists of names and everyday words, and the pattern files. Every word of the patterns has one
//! number, so that a message is looked up once and not once for each file.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::pattern::{Index, Match, Patterns};
use super::text::{Kind, Text, respelt, spelt};
use super::time::{CARDINALS, ORDINALS};
use super::{introduced, name, others, person, time};

/// A list of words in `lexicon/`.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(crate) enum List {
    /// Words of everyday that are no name.
    Common = 1,
    /// Given names.
    FirstNames = 1 << 1,
    /// Frequent surnames.
    Surnames = 1 << 2,
    /// English words.
    English = 1 << 3,
    /// Everyday words that are surnames too.
    SurnameWords = 1 << 4,
    /// Words of Spanish.
    Spanish = 1 << 5,
    /// Those of them that no English sentence has.
    SureSpanish = 1 << 6,
    /// Words by which English is known.
    CommonEnglish = 1 << 7,
    /// Words with which a time may begin.
    TimeStarts = 1 << 8,
    /// Words of messages, numbers and lists.
    MessageWords = 1 << 9,
    /// Words that are usually spelt otherwise.
    Respelt = 1 << 10,
    /// Words of which one stands in whatever tells a time without a number; the others only join them.
    TimeWords = 1 << 11,
    /// Who else a message may be about.
    Relatives = 1 << 12,
    /// Particles of names.
    Particles = 1 << 13,
    /// Titles of persons.
    Titles = 1 << 14,
    /// What is counted and is no time: "units", "people".
    Units = 1 << 15,
    /// Names of months.
    Months = 1 << 20,
    /// Words of the past.
    Past = 1 << 16,
    /// Words with which the sender's name may be introduced.
    NameLeads = 1 << 17,
    /// Words with which another's name may be introduced.
    WhomLeads = 1 << 18,
    /// Words with which a provider may be asked for.
    ProviderLeads = 1 << 19,
}

/// What a rule reads at a token, tried only where the token's word may begin it: a look at one bit spares most words most rules.
/// Debug builds, and so all tests, try it everywhere, and fail where a word is missing in the list.
pub(crate) fn begun<T>(may_begin: bool, read: impl FnOnce() -> Option<T>) -> Option<T> {
    if may_begin || cfg!(debug_assertions) {
        let found = read();
        debug_assert!(may_begin || found.is_none(), "a rule begins with a word that is not in its list");
        return found;
    }
    None
}

/// What is known of one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Known {
    lists: u32,
    /// The number it names by itself, 0 to 90: "three", "veinte".
    pub(crate) value: Option<u8>,
    /// The place it names by itself, 1 to 30: "third", "segundo".
    pub(crate) ordinal: Option<u8>,
}

impl Known {
    /// What is known of a folded word.
    pub(crate) fn of(word: &str) -> Self {
        WORDS.get(word).copied().unwrap_or_default()
    }

    /// Whether it stands in a list.
    pub(crate) const fn is_in(self, list: List) -> bool {
        self.lists & list as u32 != 0
    }

    /// What is known of either of two words.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self {
            lists: self.lists | other.lists,
            value: if self.value.is_some() { self.value } else { other.value },
            ordinal: if self.ordinal.is_some() { self.ordinal } else { other.ordinal },
        }
    }
}

/// Every word of the lists and the numbers, one look-up each. The hash is fast and not keyed: who writes to us adds nothing.
static WORDS: LazyLock<FxHashMap<&'static str, Known>> = LazyLock::new(|| {
    let mut known: FxHashMap<&'static str, Known> = FxHashMap::default();
    for (list, source) in LISTS {
        for word in source.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace) {
            known.entry(word).or_default().lists |= *list as u32;
        }
    }
    for (list, words) in WORD_LISTS {
        for word in *words {
            known.entry(word).or_default().lists |= *list as u32;
        }
    }
    for word in respelt() {
        known.entry(word).or_default().lists |= List::Respelt as u32;
    }
    for (value, words) in CARDINALS {
        words.split(' ').for_each(|word| known.entry(word).or_default().value = Some(*value));
    }
    for (place, words) in ORDINALS {
        words.split(' ').for_each(|word| known.entry(word).or_default().ordinal = Some(*place));
    }
    known
});

/// Everyday words by their first letter.
static COMMON: LazyLock<FxHashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_letter: FxHashMap<char, Vec<&'static str>> = FxHashMap::default();
    for (word, _) in WORDS.iter().filter(|(_, known)| known.is_in(List::Common)) {
        by_letter.entry(word.chars().next().unwrap_or_default()).or_default().push(word);
    }
    by_letter
});

/// Everyday words that begin with the letter of a word.
pub(crate) fn common_from(word: &str) -> &'static [&'static str] {
    word.chars().next().and_then(|letter| COMMON.get(&letter)).map_or(&[], Vec::as_slice)
}

const LISTS: &[(List, &str)] = &[
    (List::Common, include_str!("../../lexicon/common_words.txt")),
    (List::FirstNames, include_str!("../../lexicon/first_names.txt")),
    (List::Surnames, include_str!("../../lexicon/surnames.txt")),
    (List::English, include_str!("../../lexicon/english_words.txt")),
    (List::SurnameWords, include_str!("../../lexicon/surname_words.txt")),
    (List::Spanish, include_str!("../../lexicon/spanish_words.txt")),
    (List::SureSpanish, include_str!("../../lexicon/spanish_sure_words.txt")),
    (List::CommonEnglish, include_str!("../../lexicon/english_everyday_words.txt")),
    (List::TimeStarts, include_str!("../../lexicon/time_starts.txt")),
    (List::TimeWords, include_str!("../../lexicon/time_words.txt")),
    (List::MessageWords, include_str!("../../lexicon/message_words.txt")),
];

/// Lists that stand beside the rules that know what they mean.
const WORD_LISTS: &[(List, &[&str])] = &[
    (List::Relatives, others::RELATIVES),
    (List::Particles, name::PARTICLES),
    (List::Titles, name::TITLES),
    (List::Units, time::UNITS),
    (List::Months, time::MONTHS),
    (List::Past, time::PAST),
    (List::NameLeads, introduced::LEADS),
    (List::WhomLeads, others::LEADS),
    (List::ProviderLeads, person::LEADS),
];

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

    /// The numbers of every token.
    pub(crate) fn all(&self) -> &[u32] {
        &self.numbers
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
