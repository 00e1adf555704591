//! Which of the clinic's services a message asks for.
//!
//! Names and aliases of the menu come first, longest match wins, misspellings count; then the words of the trade
//! (`lexicon/trade.txt`) lead to the menu's service of the same concept. A concern is not a service.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::COMMON;
use super::text::{Kind, Text};

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
    keys: HashMap<String, usize>,
    /// The same by length in characters, for near matches.
    by_length: HashMap<usize, Vec<(String, usize)>>,
    /// Concept → index of the menu's service for it.
    concepts: HashMap<&'static str, usize>,
}

struct Concept {
    name: &'static str,
    menu_words: Vec<String>,
}

struct Trade {
    concepts: Vec<Concept>,
    /// Joined stems of what patients say → concept.
    said: HashMap<String, &'static str>,
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
    let mut trade = Trade { concepts: Vec::new(), said: HashMap::new() };
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
                menu.by_length.entry(key.chars().count()).or_default().push((key.clone(), index));
                menu.keys.entry(key).or_insert(index);
            }
        }
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
        for candidate_length in length.saturating_sub(allowed)..=length + allowed {
            for (key, index) in self.by_length.get(&candidate_length).into_iter().flatten() {
                if key.chars().next() != first || key.len() < 5 {
                    continue;
                }
                let distance = strsim::osa_distance(window, key);
                if distance <= allowed && best.is_none_or(|(_, known)| distance < known) {
                    best = Some((*index, distance));
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

/// Reads the services a message asks for. `past` tells whether a token lies in a clause about the past.
pub(crate) fn read(text: &Text, menu: &Menu, past: impl Fn(usize) -> bool) -> Asked {
    let mut asked = Asked::default();
    let words: Vec<usize> = (0..text.tokens.len()).filter(|i| text.tokens[*i].kind != Kind::Sign).collect();
    let mut at = 0;
    while at < words.len() {
        let mut used = 0;
        for length in (1..=LONGEST.min(words.len() - at)).rev() {
            let window = &words[at..at + length];
            let joined: String = window.iter().map(|i| stem(text.word(*i))).collect();
            let folded: String = window.iter().map(|i| stem(&text.tokens[*i].folded)).collect();
            let common = length == 1 && COMMON.contains(text.word(window[0]));
            let span = (window[0], window[length - 1] + 1);
            // A sentence ends inside the window: two things, not one.
            if (span.0..span.1).any(|i| text.tokens[i].ends_sentence() || text.word(i) == ",") {
                continue;
            }
            let exact = menu.keys.get(&joined).or_else(|| menu.keys.get(&folded)).copied();
            let near = || if common || !near_allowed(text, window) { None } else { menu.near(&joined) };
            let concept = TRADE.said.get(joined.as_str()).or_else(|| TRADE.said.get(folded.as_str())).copied();
            let found = exact.or_else(|| concept.and_then(|c| menu.concepts.get(c).copied())).or_else(near);
            match (found, concept) {
                (Some(index), _) => {
                    used = length;
                    asked.spans.push(span);
                    let name = &menu.items[index].name;
                    let before = |back: usize| span.0.checked_sub(back).map_or("", |b| text.word(b));
                    let refused = matches!(before(1), "not" | "no" | "than")
                        || (before(1) == "of" && before(2) == "instead")
                        || (matches!(before(1), "the" | "my")
                            && matches!(before(2), "stop" | "skip" | "drop" | "forget"));
                    let about_it = past(span.0);
                    if !refused && !about_it && !asked.services.contains(name) {
                        asked.services.push(name.clone());
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
    asked.variant = variant(text, menu, asked.services.first());
    asked
}

/// Near matches of several words only where none of them is an everyday word.
fn near_allowed(text: &Text, window: &[usize]) -> bool {
    window.len() <= 2
        && window.iter().all(|i| text.tokens[*i].kind == Kind::Word)
        && (window.len() == 1 || window.iter().any(|i| !COMMON.contains(text.word(*i))))
}

fn variant(text: &Text, menu: &Menu, service: Option<&String>) -> Option<String> {
    let of = |item: &MenuItem| {
        item.variants.iter().find_map(|variant| {
            let named = std::iter::once(&variant.name).chain(&variant.aliases).any(|phrase| {
                let wanted = Text::new(phrase);
                let words: Vec<&str> = wanted.tokens.iter().map(|t| t.word.as_str()).collect();
                !words.is_empty()
                    && text.tokens.windows(words.len()).any(|w| w.iter().zip(&words).all(|(t, w)| t.word == *w))
            });
            named.then(|| variant.name.clone())
        })
    };
    match service {
        Some(name) => menu.items.iter().find(|item| item.name == *name).and_then(of),
        None => menu.items.iter().find_map(of),
    }
}
