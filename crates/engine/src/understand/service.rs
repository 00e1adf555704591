//! Which of the clinic's services a message asks for.
//!
//! Names and aliases of the menu come first, longest match wins, misspellings count; then the words of the trade
//! (`lexicon/trade.txt`) lead to the menu's service of the same concept. A concern is not a service.

use std::hash::Hasher as _;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::lexicon::List;
use super::slip::is_near;
use super::text::{Kind, Text, Word};

/// A service as the request or the clinic names it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct MenuItem {
    /// The name, as it is spelt.
    pub name: String,
    /// Other words for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Ways of it.
    #[serde(default)]
    pub variants: Vec<MenuItem>,
}

/// A clinic's services, made ready for matching. Build it once per version of the clinic.
#[derive(Debug, Clone, Default)]
pub struct Menu {
    items: Vec<MenuItem>,
    /// Joined stems of a name or alias → index of the service.
    keys: FxHashMap<String, usize>,
    /// The same by their first letter, with their length in characters, shorter ones first: for near matches.
    by_first: FxHashMap<Option<char>, Vec<(String, usize, usize)>>,
    /// Concept → index of the menu's service for it.
    concepts: FxHashMap<&'static str, usize>,
    /// How names and aliases begin: no other window of a message is looked up, but for words of the trade.
    beginnings: FxHashSet<u64>,
    /// Per service, the words of each way of it, and which of its variants they name.
    variants: Vec<Vec<(Vec<Word>, usize)>>,
}

struct Concept {
    name: &'static str,
    menu_words: Vec<String>,
}

struct Trade {
    concepts: Vec<Concept>,
    /// Joined stems of what patients say → concept.
    said: FxHashMap<String, &'static str>,
}

fn quoted_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

static TRADE: LazyLock<Trade> = LazyLock::new(|| {
    let mut trade = Trade { concepts: Vec::new(), said: FxHashMap::default() };
    for line in include_str!("../../lexicon/trade.txt").lines().filter(|l| !l.starts_with('#')) {
        let parts: Vec<&'static str> = line.split('|').map(str::trim).collect();
        let [name, menu, said] = parts.as_slice() else { continue };
        let menu_words = quoted_words(menu).iter().map(|w| key(w)).filter(|k| !k.is_empty() && k != "-").collect();
        trade.concepts.push(Concept { name, menu_words });
        for word in quoted_words(said) {
            trade.said.entry(key(&word)).or_insert(name);
        }
    }
    trade
});

fn stem(word: &str) -> &str {
    let plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us");
    if plural { &word[..word.len() - 1] } else { word }
}

/// The number of a word or of a beginning of one.
fn mark(word: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(word.as_bytes());
    hasher.finish()
}

/// Every beginning of a key.
fn beginnings(key: &str) -> impl Iterator<Item = u64> {
    key.char_indices().map(|(at, letter)| mark(&key[..at + letter.len_utf8()]))
}

/// Beginnings of what the trade says.
static BEGINNINGS: LazyLock<FxHashSet<u64>> =
    LazyLock::new(|| TRADE.said.keys().flat_map(|key| beginnings(key)).collect());

/// The words of a phrase, stemmed and joined: "Lip Fillers" → `lipfiller`.
fn key(phrase: &str) -> String {
    Text::new(phrase).tokens.iter().filter(|t| t.kind != Kind::Sign).map(|t| stem(&t.word)).collect()
}

impl Menu {
    /// Makes a menu ready for matching.
    pub fn new(items: Vec<MenuItem>) -> Self {
        let mut menu = Self { items, ..Self::default() };
        for (index, item) in menu.items.iter().enumerate() {
            for word in std::iter::once(&item.name).chain(&item.aliases) {
                let key = key(word);
                if key.chars().count() < 2 {
                    continue;
                }
                menu.by_first.entry(key.chars().next()).or_default().push((key.clone(), key.chars().count(), index));
                menu.keys.entry(key).or_insert(index);
            }
        }
        menu.by_first.values_mut().for_each(|keys| keys.sort_by_key(|(_, length, _)| *length));
        menu.beginnings = menu.keys.keys().flat_map(|key| beginnings(key)).collect();
        menu.variants = menu.items.iter().map(variant_words).collect();
        for concept in &TRADE.concepts {
            let of_concept = |item: &MenuItem| {
                let whole = key(&item.name);
                let words: Vec<String> = std::iter::once(&item.name).chain(&item.aliases).map(|w| key(w)).collect();
                concept.menu_words.iter().any(|w| words.contains(w))
                    || (concept.name != "facial"
                        && concept.menu_words.iter().any(|w| w.len() > 3 && whole.contains(w.as_str())))
                    || (concept.name == "facial" && whole.ends_with("facial") && !whole.starts_with("hydra"))
            };
            // "Filler" must not stand for a menu that has only "Filler Dissolving".
            let dissolves = |item: &MenuItem| key(&item.name).contains("dissolv");
            let found = menu
                .items
                .iter()
                .position(|item| of_concept(item) && (concept.name != "filler" || !dissolves(item)))
                // A menu whose only facial has a brand means that one by "a facial".
                .or_else(|| {
                    menu.items.iter().position(|item| concept.name == "facial" && key(&item.name).ends_with("facial"))
                });
            if let Some(index) = found {
                menu.concepts.insert(concept.name, index);
            }
        }
        menu
    }

    /// The services as given.
    pub fn items(&self) -> &[MenuItem] {
        &self.items
    }

    fn near(&self, window: &str) -> Option<usize> {
        let length = window.chars().count();
        if length < 5 {
            return None;
        }
        let allowed = if length >= 9 { 2 } else { 1 };
        let first = window.chars().next();
        let mut best: Option<(usize, usize)> = None;
        for (key, of_key, index) in self.by_first.get(&first).into_iter().flatten() {
            if of_key.abs_diff(length) > allowed || key.len() < 5 {
                continue;
            }
            let within = best.map_or(allowed, |(_, known)| known - 1);
            if let Some(distance) = (0..=within).find(|slips| is_near(window, key, *slips)) {
                best = Some((*index, distance));
                if distance == 0 {
                    return Some(*index);
                }
            }
        }
        best.map(|(index, _)| index)
    }
}

/// What a message says about services.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Asked for, as spelt in the menu, in the order said.
    pub(crate) services: Vec<String>,
    pub(crate) variant: Option<String>,
    /// A treatment the menu does not have, as the patient wrote it.
    pub(crate) unlisted: Option<String>,
    /// A concern ("wrinkles") instead of a service.
    pub(crate) concern: bool,
    /// Tokens that name services, so that they are not read as names.
    pub(crate) spans: Vec<(usize, usize)>,
}

const LONGEST: usize = 4;
/// Words of a window in which slips are mended.
const LONGEST_SLIP: usize = 2;

/// Reads the services a message asks for. `past` tells whether a token lies in a clause about the past.
pub(crate) fn read(text: &Text, menu: &Menu, past: impl Fn(usize) -> bool) -> Asked {
    let mut asked = Asked::default();
    let words: Vec<usize> = (0..text.tokens.len()).filter(|i| text.tokens[*i].kind != Kind::Sign).collect();
    // Services named and not refused, with their tokens.
    let mut mentions: Vec<((usize, usize), usize)> = Vec::new();
    let (mut joined, mut folded) = (String::new(), String::new());
    let mut at = 0;
    while at < words.len() {
        let mut used = 0;
        // A sentence ends inside the window: two things, not one.
        let ends = |from: usize, to: usize| {
            (from..to)
                .any(|i| text.tokens[i].kind == Kind::Sign && (text.tokens[i].ends_sentence() || text.word(i) == ","))
        };
        // Where nothing on the menu begins so, only a slip can lead to it, and slips are mended in short windows.
        let begins = |word: &str| {
            let mark = mark(word);
            menu.beginnings.contains(&mark) || BEGINNINGS.contains(&mark)
        };
        let first = &text.tokens[words[at]];
        let is_known = begins(stem(&first.word)) || (first.word != first.folded && begins(stem(&first.folded)));
        let longest = if is_known { LONGEST } else { LONGEST_SLIP };
        let reach =
            (1..longest.min(words.len() - at)).take_while(|i| !ends(words[at + i - 1], words[at + i])).count() + 1;
        for length in (1..=reach).rev() {
            let window = &words[at..at + length];
            let span = (window[0], window[length - 1] + 1);
            let near_allowed = near_allowed(text, window);
            if !is_known && !near_allowed {
                continue;
            }
            joined.clear();
            folded.clear();
            for i in window {
                joined.push_str(stem(text.word(*i)));
            }
            let respelt = window.iter().any(|i| text.tokens[*i].word != text.tokens[*i].folded);
            if respelt {
                folded.extend(window.iter().map(|i| stem(&text.tokens[*i].folded)));
            }
            let as_written = (respelt && folded != joined).then_some(folded.as_str());
            let exact = menu.keys.get(joined.as_str()).or_else(|| menu.keys.get(as_written?)).copied();
            let near = || if near_allowed { menu.near(&joined) } else { None };
            let concept = TRADE.said.get(joined.as_str()).or_else(|| TRADE.said.get(as_written?)).copied();
            let found = exact.or_else(|| concept.and_then(|c| menu.concepts.get(c).copied())).or_else(near);
            match (found, concept) {
                (Some(index), _) => {
                    used = length;
                    asked.spans.push(span);
                    let name = &menu.items[index].name;
                    let about_it = (past(span.0) && !means_now(text, span.0)) || dissolves_another(text, span, name);
                    let refused = is_refused(text, span.0);
                    if !refused && !about_it {
                        mentions.push((span, index));
                    }
                }
                (None, Some("concern")) => {
                    used = length;
                    asked.concern = true;
                    asked.spans.push(span);
                }
                (None, Some("consultation")) | (None, None) => continue,
                (None, Some(_)) => {
                    used = length;
                    asked.spans.push(span);
                    if !past(span.0) && asked.unlisted.is_none() && !menu.items.is_empty() {
                        asked.unlisted = Some(text.slice(text.tokens[span.0].start, text.tokens[span.1 - 1].end));
                    }
                }
            }
            break;
        }
        at += used.max(1);
    }
    for (at, (span, index)) in mentions.iter().enumerate() {
        let name = &menu.items[*index].name;
        let replaced =
            mentions[at + 1..].iter().any(|(later, other)| other != index && is_replaced(text, *span, *later));
        if !replaced && !compares(text, mentions.len()) && !asked.services.contains(name) {
            asked.services.push(name.clone());
        }
    }
    asked.variant = variant(text, menu, asked.services.first());
    asked
}

fn before(text: &Text, at: usize, back: usize) -> &str {
    at.checked_sub(back).map_or("", |b| text.word(b))
}

/// "Not filler", "skip the peel", "instead of the balayage", "I was gonna do filler but", "no quiero relleno".
fn is_refused(text: &Text, at: usize) -> bool {
    let word = |back: usize| before(text, at, back);
    let article = usize::from(matches!(word(1), "the" | "my" | "a" | "an" | "any" | "el" | "la" | "los" | "mi"));
    let (one, two, three) = (word(1 + article), word(2 + article), word(3 + article));
    let plainly = matches!(
        one,
        "not"
            | "no"
            | "than"
            | "skip"
            | "scratch"
            | "forget"
            | "except"
            | "without"
            | "drop"
            | "stop"
            | "quit"
            | "quiten"
            | "quitenme"
            | "quitemen"
            | "quiteme"
            | "sin"
            | "excepto"
    ) || (one == "of" && two == "instead")
        || (one == "for" && two == "except")
        || (matches!(one, "want" | "need" | "like" | "quiero" | "necesito" | "do" | "doing")
            && matches!(two, "dont" | "not" | "no" | "never"))
        || (matches!(two, "dont" | "not") && matches!(three, "i" | "we") && matches!(one, "want"));
    // "No, filler" answers; "not just the peel" wants more.
    let answers = one == "no" && at > 1 && word(1) == ",";
    // "I was gonna do filler but …", "I usually get Botox but this time …".
    let given_up = (1..=6).any(|back| {
        matches!(
            (word(back + 1), word(back)),
            ("was", "gonna" | "going" | "thinking" | "considering") | (_, "usually" | "normally" | "antes")
        )
    }) && text.tokens[at..]
        .iter()
        .any(|t| matches!(t.word.as_str(), "but" | "now" | "ahora" | "nah" | "pero" | "instead"));
    (plainly && !answers) || given_up
}

/// "I was calling about laser hair": told in the past, wanted now.
fn means_now(text: &Text, at: usize) -> bool {
    (1..=5).any(|back| {
        matches!(
            before(text, at, back),
            "calling"
                | "wanting"
                | "asking"
                | "interested"
                | "wondering"
                | "hoping"
                | "special"
                | "looking"
                | "thinking"
                | "texting"
                | "emailing"
        )
    }) || text.tokens.windows(2).any(|w| w[0].is("the") && w[1].is("same"))
}

/// "My filler dissolved", said to a clinic whose service of that name puts it in.
fn dissolves_another(text: &Text, span: (usize, usize), name: &str) -> bool {
    let near = span.0.saturating_sub(3)..(span.1 + 2).min(text.tokens.len());
    text.tokens[near].iter().any(|t| t.word.starts_with("dissolv"))
        && !name.to_lowercase().contains("dissolv")
        && !text.tokens[span.0..span.1].iter().any(|t| t.word.starts_with("dissolv"))
}

/// "A peel... actually make that the facial", "switch from the peel to laser", "cámbieme el botox por el facial".
fn is_replaced(text: &Text, first: (usize, usize), then: (usize, usize)) -> bool {
    let between = first.1.min(then.0)..then.0;
    let word = |at: usize| text.word(at);
    let corrects = between.clone().any(|at| {
        matches!(word(at), "nah" | "perdon")
            || matches!(
                (word(at), word(at + 1)),
                ("make", "that" | "it")
                    | ("scratch", "that")
                    | ("i", "meant" | "mean")
                    | ("no", "wait" | "perdon" | "sorry" | "actually")
                    | ("wait", "no")
            )
            || (word(at) == "no" && matches!(word(at + 1), "go" | ","))
    });
    let led = text.tokens[first.0.saturating_sub(7)..first.0].iter().any(|t| {
        matches!(
            t.word.as_str(),
            "switch" | "change" | "swap" | "move" | "cambie" | "cambieme" | "cambiar" | "cambio" | "cambiame"
        )
    });
    let moves = led && between.clone().any(|at| matches!(word(at), "to" | "for" | "por" | "with"));
    corrects || moves
}

/// "What's the difference between IPL and a peel": asks about both, and for none.
fn compares(text: &Text, services: usize) -> bool {
    services > 1
        && (text.has_any(&["difference", "diff", "versus", "diferencia"])
            || text.tokens.windows(3).any(|w| w[0].is("same") && (w[1].is("as") || w[2].is("as"))))
        && !text.has_any(&["book", "want", "appointment", "schedule", "quiero", "cita"])
}

/// Near matches only of words that are not all of everyday.
fn near_allowed(text: &Text, window: &[usize]) -> bool {
    window.len() <= LONGEST_SLIP
        && window.iter().all(|i| text.tokens[*i].kind == Kind::Word)
        && window.iter().any(|i| !text.is_in(*i, List::Common))
}

/// The words that name each variant of a service.
fn variant_words(item: &MenuItem) -> Vec<(Vec<Word>, usize)> {
    let mut words = Vec::new();
    for (index, variant) in item.variants.iter().enumerate() {
        for phrase in std::iter::once(&variant.name).chain(&variant.aliases) {
            let phrase: Vec<Word> = Text::new(phrase).tokens.into_iter().map(|token| token.word).collect();
            words.extend((!phrase.is_empty()).then_some((phrase, index)));
        }
    }
    words
}

fn variant(text: &Text, menu: &Menu, service: Option<&String>) -> Option<String> {
    let stands = |words: &[Word]| {
        words.iter().all(|word| text.has_any(&[word.as_str()]))
            && text
                .tokens
                .windows(words.len())
                .any(|window| window.iter().zip(words).all(|(token, word)| token.word == *word))
    };
    let of = |at: usize| {
        let named = menu.variants[at].iter().find(|(words, _)| stands(words));
        named.map(|(_, variant)| menu.items[at].variants[*variant].name.clone())
    };
    match service {
        Some(name) => menu.items.iter().position(|item| item.name == *name).and_then(of),
        None => (0..menu.items.len()).find_map(of),
    }
}
