//! Whose name: the sender's own, and the one a visit is for.

use super::Expecting;
use super::lexicon::{COMMON, ENGLISH, FIRST_NAMES, SURNAME_WORDS, SURNAMES};
use super::text::{Kind, Text};

/// Names read from a message, with their tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) own: Option<String>,
    pub(crate) own_span: Option<(usize, usize)>,
    pub(crate) other: Option<String>,
    pub(crate) other_span: Option<(usize, usize)>,
    /// It is for somebody else, named or not ("for my daughter").
    pub(crate) for_other: bool,
}

pub(super) const PARTICLES: &[&str] = &[
    "de", "la", "del", "los", "las", "van", "von", "der", "den", "da", "di", "dos", "bin", "al", "el", "st", "le",
    "mc", "o",
];
const TITLES: &[&str] = &["mr", "mrs", "ms", "miss", "dr", "doctor", "sra", "sr", "senora", "senor", "srta"];
const RELATIVES: &[&str] = &[
    "mom",
    "mother",
    "mum",
    "dad",
    "father",
    "sister",
    "brother",
    "daughter",
    "son",
    "wife",
    "husband",
    "friend",
    "aunt",
    "cousin",
    "niece",
    "nephew",
    "girlfriend",
    "boyfriend",
    "partner",
    "fiance",
    "fiancee",
    "grandmother",
    "grandma",
    "mama",
    "mami",
    "papa",
    "hermana",
    "hermano",
    "hija",
    "hijo",
    "esposa",
    "esposo",
    "amiga",
    "amigo",
    "abuela",
    "tia",
    "prima",
    "coworker",
    "boss",
    "roommate",
    "bestie",
    "stepdaughter",
    "stepson",
    "granddaughter",
    "grandson",
    "neighbor",
    "client",
    "hubby",
    "suegra",
    "suegro",
    "cunada",
    "cunado",
    "abuelita",
    "abuelito",
    "sobrina",
    "sobrino",
    "novia",
    "novio",
    "marido",
    "nieta",
    "nieto",
    "comadre",
    "kid",
    "uncle",
    "tio",
    "vecina",
    "grandfather",
    "grandpa",
    "grandson",
    "stepmom",
    "stepdad",
    "fiancee",
    "teen",
    "patient",
];

pub(super) struct Reader<'a> {
    pub(super) text: &'a Text,
    /// Tokens that name services.
    taken: &'a [(usize, usize)],
    /// The last message asked for a name.
    pub(super) asked: bool,
}

/// Reads the names of a message.
pub(crate) fn read(text: &Text, taken: &[(usize, usize)], expecting: Expecting, known_first: Option<&str>) -> Names {
    let reader = Reader { text, taken, asked: expecting == Expecting::Name };
    let mut names = Names::default();
    reader.for_other(&mut names);
    let blocked = names.other_span;
    let mut own = reader
        .introduced(blocked)
        .or_else(|| reader.announced(blocked))
        .or_else(|| reader.signed(blocked))
        .or_else(|| (0..text.tokens.len()).filter(|at| reader.begins(*at)).find_map(|at| reader.leading(at)));
    if own.is_none() && expecting == Expecting::Name {
        own = reader.answer(known_first.is_some()).or_else(|| reader.plain_answer());
    }
    // "Nobody by the name of Sheila lives here": nobody's.
    let disowned = text.has_any(&["nobody", "equivocaron", "equivocado", "noone"])
        || text.tokens.windows(2).any(|w| (w[0].is("una") || w[0].is("un")) && w[1].is("tal"));
    if disowned && !text.has_any(&["soy", "im", "llamo"]) {
        own = None;
    }
    own = own.map(|found| reader.corrected(found));
    if let Some((name, span)) = reader.in_parts() {
        names.own = Some(name);
        names.own_span = Some(span);
        return names;
    }
    // "My last name is Tait": the first name stays.
    let last = (0..text.tokens.len()).find(|at| {
        matches!(
            (text.word(*at), text.word(at + 1), text.word(at + 2)),
            ("last", "name", "is") | ("mi", "apellido", "es")
        )
    });
    if let (Some(at), Some(known)) = (last, known_first) {
        if let Some((start, _)) = reader.name_at(at + 3) {
            let first = known.split_whitespace().next().unwrap_or(known);
            names.own = Some(format!("{first} {}", reader.written(start, start + 1)));
            names.own_span = Some((start, start + 1));
            return names;
        }
    }
    if let Some((start, end)) = own {
        names.own = Some(reader.last_first().unwrap_or_else(|| reader.written(start, end)));
        names.own_span = Some((start, end));
    }
    names
}

impl Reader<'_> {
    pub(super) fn word(&self, at: usize) -> &str {
        self.text.word(at)
    }

    fn is_taken(&self, at: usize) -> bool {
        self.taken.iter().any(|(start, end)| at >= *start && at < *end)
    }

    pub(super) fn is_word(&self, at: usize) -> bool {
        self.text.tokens.get(at).is_some_and(|t| t.kind == Kind::Word)
    }

    pub(super) fn is_first_name(&self, at: usize) -> bool {
        self.is_word(at) && FIRST_NAMES.contains(self.text.tokens[at].folded.as_str())
    }

    /// A frequent surname.
    pub(super) fn is_surname(&self, at: usize) -> bool {
        self.is_word(at) && SURNAMES.contains(self.text.tokens[at].folded.as_str())
    }

    /// An English word, whatever else it may be.
    pub(super) fn is_english(&self, at: usize) -> bool {
        self.is_word(at) && ENGLISH.contains(self.text.tokens[at].folded.as_str())
    }

    pub(super) fn is_common(&self, at: usize) -> bool {
        self.text.tokens.get(at).is_none_or(|t| COMMON.contains(t.word.as_str()) || COMMON.contains(t.folded.as_str()))
    }

    /// A word that may stand in a name.
    pub(super) fn may_be(&self, at: usize) -> bool {
        let Some(token) = self.text.tokens.get(at) else { return false };
        let letters = token.folded.chars().count();
        token.kind == Kind::Word
            && (letters >= 2 || self.text.word(at + 1) == "." || self.text.is_capitalised(at))
            && letters <= 20
            // Part of an e-mail address.
            && !self.is_in_an_address(at)
            && at.checked_sub(1).is_none_or(|b| self.word(b) != "@")
            && !self.is_taken(at)
            && (!self.is_common(at)
                || (self.is_first_name(at)
                    && (self.text.is_capitalised(at) || (self.asked && self.text.word_count() == 2 && at == 0))))
            && token.folded.chars().all(char::is_alphabetic)
            && !is_keys(&token.folded)
    }

    /// A token of what stands before the `@` of an e-mail address.
    fn is_in_an_address(&self, at: usize) -> bool {
        (at + 1..at + 9).take_while(|i| self.text.tokens.get(*i).is_some_and(|t| t.glued)).any(|i| self.word(i) == "@")
    }

    /// An everyday word that is the last name behind this first name: "Jen Long", "April May".
    fn is_surname_word(&self, at: usize) -> bool {
        let behind_first = at.checked_sub(1).is_some_and(|b| self.is_first_name(b));
        behind_first
            && self.is_word(at)
            && !self.is_taken(at)
            && SURNAME_WORDS.contains(self.text.tokens[at].folded.as_str())
            && ((self.text.is_capitalised(at) && self.text.is_capitalised(at - 1)) || (self.asked && self.is_short()))
    }

    /// A sentence begins here.
    fn begins(&self, at: usize) -> bool {
        at == 0 || self.text.tokens[at - 1].ends_sentence() || (self.word(at - 1) == "," && self.is_item(at))
    }

    /// One item of a list that is a whole name: "botox, Kim Tate, new".
    fn is_item(&self, at: usize) -> bool {
        let capital = self.text.is_capitalised(at) && self.text.is_capitalised(at + 1);
        capital && self.is_first_name(at) && self.may_be(at + 1) && matches!(self.word(at + 2), "," | "" | "." | "!")
    }

    /// No more than a name.
    fn is_short(&self) -> bool {
        self.text.word_count() <= 3
    }

    /// "smith, karen", as forms are filled in: the name the usual way round.
    fn last_first(&self) -> Option<String> {
        let turned = self.asked && self.text.tokens.len() == 3 && self.word(1) == ",";
        (turned && self.is_word(0) && !self.is_first_name(0) && self.is_first_name(2))
            .then(|| format!("{} {}", self.written(2, 3), self.written(0, 1)))
    }

    /// The tokens of a name that begins here: up to four words with particles, hyphens and initials.
    pub(super) fn name_at(&self, start: usize) -> Option<(usize, usize)> {
        let asked_at = start;
        let mut start = start;
        while TITLES.contains(&self.word(start)) {
            start += 1;
            if self.word(start) == "." {
                start += 1;
            }
        }
        // "Mrs. Long": behind a title stands a name, whatever else the word means.
        let titled =
            start > asked_at && self.is_word(start) && SURNAME_WORDS.contains(self.text.tokens[start].folded.as_str());
        if !self.may_be(start) && !titled {
            return None;
        }
        let (mut end, mut words) = (start + 1, 1);
        while words < 5 {
            let mut next = end;
            let glued = |at: usize| self.text.tokens.get(at).is_some_and(|t| t.glued);
            if matches!(self.word(next), "-" | ".")
                && glued(next)
                && self.is_word(next + 1)
                && (self.word(next) == "." || glued(next + 1))
            {
                let initial = self.text.tokens[end - 1].folded.len() == 1;
                if self.word(next) == "." && !initial {
                    break;
                }
                next += 1;
            }
            let mut last = next;
            while PARTICLES.contains(&self.text.tokens.get(last).map_or("", |t| t.folded.as_str())) && words < 4 {
                last += 1;
            }
            if last > end && self.word(last) == "-" && self.is_word(last + 1) && glued(last) {
                last += 1;
            }
            // "Ingrid uh Solberg", "Dontae B Rollins".
            let thinks = matches!(self.word(last), "uh" | "um" | "er" | "eh") && self.may_be(last + 1) && words == 1;
            let initial = self.asked
                && self.text.tokens.get(last).is_some_and(|t| t.kind == Kind::Word && t.folded.chars().count() == 1)
                && !matches!(self.word(last), "i" | "a" | "y" | "u" | "o")
                && (self.may_be(last + 1)
                    && self.text.tokens.get(last + 1).is_some_and(|t| t.folded.chars().count() > 1)
                    || last + 1 == self.text.tokens.len());
            if (thinks || initial) && last == end {
                let step = if last + 1 == self.text.tokens.len() { 1 } else { 2 };
                end = last + step;
                words += step;
                continue;
            }
            if !(self.may_be(last) || self.is_surname_word(last)) || self.text.tokens[last].ends_sentence() {
                break;
            }
            // "Wolfgang speaking", "asante i'd like": a word of the language, written small, is the next thing said.
            let small = !self.text.is_capitalised(last);
            let said_next = small && self.is_english(last) && !self.is_surname(last)
                || matches!(
                    self.text.tokens[last].folded.as_str(),
                    "id" | "im"
                        | "ive"
                        | "ill"
                        | "shed"
                        | "hed"
                        | "speaking"
                        | "calling"
                        | "este"
                        | "eh"
                        | "con"
                        | "porfa"
                        | "queria"
                        | "quisiera"
                        | "quiero"
                        | "kiero"
                        | "necesito"
                        | "pero"
                        | "para"
                        | "porque"
                        | "llamo"
                        | "tengo"
                        | "parte"
                        | "lives"
                        | "se"
                );
            if said_next {
                break;
            }
            // A lower-case word behind a capitalised name is the next thing said.
            let follows_case = !self.text.is_capitalised(start)
                || self.text.is_capitalised(last)
                || (last == end && words == 1 && !self.looks_common(last));
            if !follows_case {
                break;
            }
            words += last - next + 1;
            end = last + 1;
        }
        Some((start, end))
    }

    fn looks_common(&self, at: usize) -> bool {
        let word = self.text.tokens[at].folded.as_str();
        self.is_common(at) || word.ends_with("ing") || word.ends_with("ed") || word.ends_with("ly")
    }

    fn written(&self, start: usize, end: usize) -> String {
        let tokens = &self.text.tokens[start..end];
        let text = self.text.slice(tokens[0].start, tokens[tokens.len() - 1].end);
        let text = text
            .split_whitespace()
            .filter(|word| !matches!(*word, "uh" | "um" | "er" | "eh" | "uh," | "um,"))
            .collect::<Vec<_>>()
            .join(" ");
        // All lower or all upper case is how people type, not how they are called.
        let plain = text.chars().all(|c| !c.is_uppercase())
            || (text.chars().count() > 3 && text.chars().all(|c| !c.is_lowercase()));
        if plain { title_case(&text) } else { text }
    }

    /// "my name is …", "this is …", "call me …", "soy …".
    fn announced(&self, blocked: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let mut found = None;
        for at in 0..self.text.tokens.len() {
            let (next, certain) = match (self.word(at), self.word(at + 1), self.word(at + 2)) {
                ("name" | "nombre", "is" | "es" | "s", _) if !self.of_another(at) => (at + 2, true),
                ("names", _, _) if at > 0 && self.word(at - 1) == "my" || self.word(at) == "names" && at == 0 => {
                    (at + 1, true)
                }
                ("name", ":" | "-", _) => (at + 2, true),
                ("me", "llamo", _) => (at + 2, true),
                ("call", "me", next)
                    if !matches!(next, "back" | "at" | "when" | "on" | "now" | "asap" | "please" | "later") =>
                {
                    (at + 2, true)
                }
                ("soy", _, _) => (at + 1, false),
                ("im" | "iam", _, _) => (at + 1, false),
                ("i", "am", _) => (at + 2, false),
                ("this", "is", _) => (at + 2, false),
                ("its", _, _) if !self.word(at + 1).is_empty() => (at + 1, false),
                ("it", "is", _) => (at + 2, false),
                ("habla", _, _) => (at + 1, false),
                ("actually", _, _) | ("sorry", _, _) if self.is_first_name(at + 1) => (at + 1, false),
                _ => continue,
            };
            let Some((start, end)) = self.name_at(next) else { continue };
            if blocked.is_some_and(|(from, to)| start < to && end > from) {
                continue;
            }
            let capital = self.text.is_capitalised(start) && !self.shouting();
            let told = certain && (capital || !self.is_english(start) || self.text.tokens[start..end].len() > 1);
            if told || self.is_first_name(start) || (capital && !self.looks_common(start) && self.sure_behind(end)) {
                found = Some((start, end));
            }
        }
        found
    }

    /// "her name is", "my mom's name is": somebody else's.
    pub(super) fn of_another(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|b| {
            let word = self.word(b);
            // "My dog's name", "the patient's name".
            let owned = word.ends_with('s')
                && self.text.tokens[b].end - self.text.tokens[b].start > self.text.tokens[b].folded.chars().count();
            owned
                || matches!(
                    word,
                    "her"
                        | "his"
                        | "their"
                        | "your"
                        | "whose"
                        | "daughters"
                        | "moms"
                        | "sons"
                        | "sisters"
                        | "doctors"
                        | "husbands"
                        | "wifes"
                        | "providers"
                )
        })
    }

    fn shouting(&self) -> bool {
        self.text.chars.iter().filter(|c| c.is_alphabetic()).count() > 8
            && self.text.chars.iter().all(|c| !c.is_lowercase())
    }

    /// What stands behind an unknown capitalised word makes it a name: an end, a comma, "and", "here".
    fn sure_behind(&self, end: usize) -> bool {
        matches!(self.word(end), "" | "," | "." | "!" | "and" | "here" | "\n" | "from" | "i" | "-" | "(" | "with" | "y")
    }

    /// "Renata here", "- Sam", "thanks, Jo Park" at the end.
    fn signed(&self, blocked: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let clear = |span: &(usize, usize)| !blocked.is_some_and(|(from, to)| span.0 < to && span.1 > from);
        if let Some(here) = (1..self.text.tokens.len()).find(|i| self.word(*i) == "here") {
            let start = (0..here).rev().take_while(|i| self.may_be(*i)).last();
            if let Some(start) =
                start.filter(|s| here - s <= 3 && (self.is_first_name(*s) || self.text.is_capitalised(*s)))
            {
                return Some((start, here)).filter(clear);
            }
        }
        let last = self.text.tokens.len();
        for words in (1..=3).rev() {
            let Some(start) = last.checked_sub(words) else { continue };
            let dashed = start > 0 && matches!(self.word(start - 1), "-" | "~") && !self.text.tokens[start].glued;
            let thanked = start > 1
                && matches!(self.word(start - 1), "," | "\n" | "!" | "-")
                && matches!(self.word(start - 2), "thanks" | "gracias" | "you");
            if (dashed || thanked)
                && (start..last).all(|i| self.may_be(i))
                && (self.is_first_name(start) || (dashed && self.text.is_capitalised(start)))
            {
                return Some((start, last)).filter(clear);
            }
        }
        None
    }

    /// "Kim Tate, returning, …", "tori beck lip flip new client": a first name with a last name at the beginning.
    fn leading(&self, from: usize) -> Option<(usize, usize)> {
        let mut start = from;
        while matches!(
            self.word(start),
            "hi" | "hello"
                | "hey"
                | "hola"
                | ","
                | "!"
                | "."
                | "yes"
                | "sure"
                | "okay"
                | "good"
                | "morning"
                | "afternoon"
                | "no"
        ) {
            start += 1;
        }
        // "Al Bo, new, al@x.com": whatever the name, what follows is a list of facts.
        let in_list = start == from
            && self.may_be(start)
            && self.may_be(start + 1)
            && self.text.is_capitalised(start)
            && self.text.is_capitalised(start + 1)
            && matches!(self.word(start + 2), "," | "/")
            && (self.text.tokens.iter().any(|t| t.is("@"))
                || self.text.has_any(&["new", "existing", "returning", "nueva", "nuevo"]));
        if in_list {
            return Some((start, start + 2));
        }
        if !self.is_first_name(start) || !self.may_be(start) {
            return None;
        }
        // "Hi Ava": our own name or staff being greeted.
        let greeted = start > 0 && matches!(self.word(start - 1), "hi" | "hello" | "hey" | "hola");
        let (_, end) = self.name_at(start)?;
        let two = end - start >= 2 && self.may_be(start + 1);
        let listed = matches!(self.word(end), "," | "\n" | "" | "-" | "/")
            || self.is_taken(end)
            || self.text.tokens.get(end).is_some_and(|t| t.kind == Kind::Number)
            || matches!(
                self.word(end),
                "new" | "returning" | "existing" | "nueva" | "nuevo" | "looking" | "want" | "wants" | "and" | "."
            );
        let alone_in_list = end - start == 1 && self.word(end) == "," && self.text.word_count() > 2 && !greeted;
        ((two && listed && !greeted) || alone_in_list).then_some((start, end))
    }

    /// The whole message answers "what is your name?".
    fn answer(&self, has_first: bool) -> Option<(usize, usize)> {
        let mut start = 0;
        while matches!(
            self.word(start),
            "yes"
                | "sure"
                | "okay"
                | "hi"
                | "hello"
                | "hey"
                | "its"
                | "is"
                | "it"
                | ","
                | "!"
                | "."
                | "no"
                | "actually"
                | "sorry"
                | "oh"
                | "of"
                | "course"
                | "claro"
                | "si"
                | "last"
                | "first"
                | "name"
                | "my"
                | ":"
                | "the"
                | "thing"
                | "yep"
                | "yeah"
                | "hmm"
                | "well"
                | "maam"
                | "sir"
                | "just"
                | "middle"
                | "este"
                | "pues"
                | "ponle"
                | "alright"
                | "absolutely"
        ) {
            if self.is_first_name(start) && self.text.is_capitalised(start) && start == 0 && self.text.tokens.len() <= 2
            {
                break;
            }
            start += 1;
        }
        while matches!(self.word(start), "um" | "uh" | "eh" | "er" | "thats" | "that" | "mr" | "mrs" | "ms") {
            start += 1;
        }
        // "And your last name?" "Young": a surname that is a word.
        let surname_word =
            has_first && self.is_surname(start) && (start + 1..self.text.tokens.len()).all(|i| !self.is_word(i));
        let named = self.name_at(start).or_else(|| surname_word.then_some((start, start + 1)));
        let Some((from, to)) = named else { return self.answer_at_the_end() };
        let rest = (to..self.text.tokens.len()).find(|i| self.text.tokens[*i].kind != Kind::Sign);
        let ends = rest.is_none_or(|at| {
            self.text.tokens[at - 1].kind == Kind::Sign
                || self.text.tokens[at].folded.chars().count() == 1
                || self.word(at + 1) == "@"
                || matches!(
                    self.word(at),
                    "with"
                        | "spelled"
                        | "lol"
                        | "haha"
                        | "speaking"
                        | "calling"
                        | "like"
                        | "not"
                        | "con"
                        | "porfa"
                        | "so"
                        | "and"
                        | "here"
                        | "please"
                        | "thanks"
                        | "i"
                        | "is"
                        | "y"
                        | "thank"
                        | "new"
                        | "my"
                        | "but"
                        | "its"
                )
        });
        let plausible = self.is_first_name(from)
            || self.text.is_capitalised(from)
            || has_first
            || self.is_surname(from)
            || !self.looks_common(from) && !self.is_english(from);
        if ends && plausible { Some((from, to)) } else { self.answer_at_the_end() }
    }

    fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |b| self.word(b))
    }

    /// "Last name Okafor, first name Ngozi", "Vandenberg. First name Lotte": put together in the usual order.
    fn in_parts(&self) -> Option<(String, (usize, usize))> {
        let find = |one: &[&str], two: &[&str]| {
            (0..self.text.tokens.len()).find(|at| one.contains(&self.word(*at)) && two.contains(&self.word(at + 1)))
        };
        let spanish_last = (0..self.text.tokens.len()).find(|at| matches!(self.word(*at), "apellido" | "apellidos"));
        let first_at = find(&["first"], &["name", "names"]).map(|at| at + 2).or_else(|| {
            spanish_last.and_then(|_| {
                (0..self.text.tokens.len())
                    .find(|at| self.word(*at) == "nombre" && !matches!(self.before(*at, 1), "a" | "el" | "mi"))
                    .map(|at| at + 1)
            })
        })?;
        let skip = |mut at: usize| {
            while matches!(self.word(at), "is" | "s" | ":" | "es" | "," | "would" | "be" | "uh" | "um") {
                at += 1;
            }
            at
        };
        let part = |at: usize| -> Option<(usize, usize)> {
            let start = skip(at);
            let is_stop = |i: usize| {
                matches!(
                    self.word(i),
                    "first"
                        | "last"
                        | "and"
                        | "like"
                        | "i"
                        | "im"
                        | "para"
                        | "nombre"
                        | "apellido"
                        | "apellidos"
                        | "y"
                        | "the"
                        | "so"
                        | "my"
                        | "with"
                        | "as"
                        | "for"
                        | "is"
                        | "spelled"
                )
            };
            if !self.is_word(start) || is_stop(start) {
                return None;
            }
            let mut end = start + 1;
            while end - start < 4
                && self.text.tokens.get(end).is_some_and(|t| t.kind == Kind::Word || (t.is("-") && t.glued))
            {
                let small = self.text.tokens[end].folded.chars().count() == 1 && self.word(end) != "-";
                let particle =
                    PARTICLES.contains(&self.word(end - 1)) || self.word(end - 1) == "-" || self.word(end) == "-";
                let fits = particle
                    || (!is_stop(end)
                        && !small
                        && !self.is_common(end)
                        && (self.is_surname(end) || self.is_first_name(end) || !self.is_english(end)));
                if is_stop(end) || small || !fits {
                    break;
                }
                end += 1;
            }
            Some((start, end))
        };
        let first = part(first_at)?;
        let last = match find(&["last"], &["name", "names"]).map(|at| at + 2).or(spanish_last.map(|at| at + 1)) {
            Some(at) => part(at)?,
            // "Umm Van der Meer, first name Anouk": the last name stands before it.
            None => {
                let border = first_at.checked_sub(3).filter(|at| self.text.tokens[*at].kind == Kind::Sign)?;
                let start = (0..border).rev().take_while(|i| self.is_word(*i) && !self.is_filler(*i)).last()?;
                (border - start <= 3 && self.asked).then_some((start, border))?
            }
        };
        let name = format!("{} {}", self.written(first.0, first.1), self.written(last.0, last.1));
        Some((name, (first.0.min(last.0), first.1.max(last.1))))
    }

    fn is_filler(&self, at: usize) -> bool {
        matches!(self.word(at), "um" | "umm" | "uh" | "yes" | "okay" | "sure" | "its" | "well" | "hi" | "so")
    }

    /// The whole answer is a name of words that are also words: "art sharp", "summer rain fields", "will".
    fn plain_answer(&self) -> Option<(usize, usize)> {
        const LITTLE: [&str; 28] = [
            "i", "you", "the", "is", "it", "do", "does", "can", "what", "why", "who", "how", "my", "me", "not", "no",
            "be", "to", "this", "that", "later", "for", "have", "and", "or", "im", "will", "your",
        ];
        let start = (0..self.text.tokens.len()).find(|at| {
            self.is_word(*at)
                && !self.is_filler(*at)
                && !matches!(
                    self.word(*at),
                    "yep"
                        | "yeah"
                        | "thing"
                        | "hmm"
                        | "just"
                        | "maam"
                        | "sir"
                        | "name"
                        | "pues"
                        | "este"
                        | "ponle"
                        | "put"
                )
        })?;
        let end = (start..self.text.tokens.len())
            .find(|at| !self.is_word(*at) || self.word(*at) == "no")
            .unwrap_or(self.text.tokens.len());
        let words = end - start;
        let plain = (start + 1..end)
            .all(|at| !LITTLE.contains(&self.word(at)) && self.text.tokens[at].folded.chars().count() > 1);
        let rest = self.text.tokens[end..].iter().filter(|t| t.kind == Kind::Word).count();
        (self.is_first_name(start)
            && !self.is_taken(start)
            && plain
            && (1..=5).contains(&words)
            && (words > 1 || rest == 0))
            .then_some((start, end))
    }

    /// "ok fine let's do it, Nora Hill": the name behind the last comma, with nothing after it.
    fn answer_at_the_end(&self) -> Option<(usize, usize)> {
        let end = self.text.tokens.iter().rposition(|t| t.kind == Kind::Word)? + 1;
        let start = (1..end).rev().find(|at| {
            self.text.tokens[*at - 1].kind == Kind::Sign
                && !(self.word(at - 1) == "-" && self.text.tokens[at - 1].glued)
        })?;
        let (from, to) = self.name_at(start)?;
        (to == end && (to - from >= 2 || self.is_first_name(from)) && self.is_first_name(from)).then_some((from, to))
    }

    /// "for my mom Rosa", "booking for Lily", "para mi hija Ana".
    fn for_other(&self, names: &mut Names) {
        for at in 0..self.text.tokens.len() {
            let relative = match (self.word(at), self.word(at + 1)) {
                ("for" | "para" | "book" | "schedule" | "agendar" | "bring" | "add", "my" | "mi" | "our" | "a") => {
                    at + 2
                }
                ("my" | "mi", _)
                    if (2..5).any(|ahead| {
                        matches!(self.word(at + ahead), "wants" | "needs" | "quiere" | "necesita")
                            || (self.word(at + ahead) == "is"
                                && self.word(at + ahead + 1) == "the"
                                && self.word(at + ahead + 2) == "one")
                    }) || matches!(
                        self.word(at + 2),
                        "wants" | "needs" | "would" | "is" | "quiere" | "necesita" | "and"
                    ) =>
                {
                    at + 1
                }
                ("her" | "his" | "their" | "patients", "name") if matches!(self.word(at + 2), "is" | ":" | "s") => {
                    names.for_other = true;
                    if let Some((start, end)) = self.name_at(at + 3) {
                        self.keep_other(names, start, end);
                    }
                    continue;
                }
                ("her" | "his" | "their" | "patients", "names") => {
                    names.for_other = true;
                    if let Some((start, end)) = self.name_at(at + 2) {
                        self.keep_other(names, start, end);
                    }
                    continue;
                }
                // "Mi suegra se llama Hortensia".
                ("se", "llama") if self.text.tokens[..at].iter().any(|t| RELATIVES.contains(&t.word.as_str())) => {
                    names.for_other = true;
                    if let Some((start, end)) = self.name_at(at + 2) {
                        self.keep_other(names, start, end);
                    }
                    continue;
                }
                (
                    "get" | "booking" | "move" | "cancel" | "reschedule" | "change" | "confirm" | "fit" | "of" | "por",
                    "my" | "mi" | "our",
                ) if self.word(at) != "of" || self.before(at, 1) == "behalf" => at + 2,
                ("appointment" | "booking" | "book" | "cita", "for" | "para")
                    if self.is_first_name(at + 2) && self.text.is_capitalised(at + 2) =>
                {
                    if let Some((start, end)) =
                        self.name_at(at + 2).filter(|(s, _)| !super::is_month_word(self.word(*s)))
                    {
                        names.for_other = true;
                        self.keep_other(names, start, end);
                    }
                    continue;
                }
                _ => continue,
            };
            let age = (relative..relative + 6).find(|i| RELATIVES.contains(&self.word(*i)));
            let Some(who) = age.filter(|who| {
                *who == relative
                    || self.text.tokens[relative..*who].iter().all(|t| {
                        t.kind != Kind::Word
                            || matches!(
                                t.word.as_str(),
                                "year"
                                    | "yr"
                                    | "yo"
                                    | "old"
                                    | "best"
                                    | "older"
                                    | "younger"
                                    | "little"
                                    | "teenage"
                                    | "oldest"
                                    | "good"
                                    | "y"
                                    | "o"
                            )
                    })
            }) else {
                continue;
            };
            let with_me = self.word(who + 1) == "and" && matches!(self.word(who + 2), "i" | "me");
            if matches!(self.word(at), "my" | "mi") && (with_me || self.word(who + 1) == "and") {
                continue;
            }
            names.for_other = true;
            let who = if self.word(who + 1) == "in" && self.word(who + 2) == "law" { who + 2 } else { who };
            let next = if matches!(self.word(who + 1), "," | "named" | "called" | "-" | "(" | "." | "dona" | "don") {
                who + 2
            } else {
                who + 1
            };
            // "My daughter Simone's appointment".
            let owner = self.text.tokens.get(next).is_some_and(|t| {
                t.folded.strip_suffix('s').is_some_and(|name| FIRST_NAMES.contains(name))
                    && t.end - t.start > t.folded.chars().count()
            });
            if owner {
                let written = self.written(next, next + 1);
                names.other = Some(written[..written.len() - 1].trim_end_matches(['\'', '’']).to_owned());
                names.other_span = Some((next, next + 1));
                continue;
            }
            let titled = TITLES.contains(&self.word(next));
            if let Some((start, end)) =
                self.name_at(next).filter(|(s, _)| titled || self.is_first_name(*s) || self.text.is_capitalised(*s))
            {
                self.keep_other(names, start, end);
            }
        }
    }

    fn keep_other(&self, names: &mut Names, start: usize, end: usize) {
        names.other = Some(self.written(start, end));
        names.other_span = Some((start, end));
    }
}

/// First and last names that stand anywhere in a message, as pairs of tokens: what leaves the system hides them too.
pub(crate) fn mentioned(text: &Text, taken: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let reader = Reader { text, taken, asked: false };
    let mut found = Vec::new();
    let mut at = 0;
    while at + 1 < text.tokens.len() {
        let pair = text.is_capitalised(at)
            && reader.is_first_name(at)
            && !super::is_month_word(text.word(at))
            && text.is_capitalised(at + 1)
            && reader.is_word(at + 1)
            && !reader.is_taken(at)
            && !reader.is_taken(at + 1)
            && (reader.is_surname(at + 1) || (!reader.is_english(at + 1) && !reader.is_common(at + 1)))
            && !reader.shouting();
        if pair {
            let end = reader.name_at(at).map_or(at + 2, |(_, end)| end.max(at + 2));
            found.push((at, end));
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// A hand on the keyboard: `asdfgh`, `qwerty`, `xcvbn`.
fn is_keys(word: &str) -> bool {
    const ROWS: [&str; 8] = ["asdf", "sdfg", "dfgh", "qwer", "wert", "erty", "zxcv", "xcvb"];
    let has_vowel = word.chars().any(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y') || !c.is_ascii());
    ROWS.iter().any(|row| word.contains(row)) || (word.len() >= 4 && !has_vowel)
}

fn title_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        if at > 0 && PARTICLES.contains(&word.to_lowercase().as_str()) && word.len() > 1 {
            out.push_str(&word.to_lowercase());
            continue;
        }
        let mut upper = true;
        for c in word.chars() {
            if upper {
                out.extend(c.to_uppercase());
            } else {
                out.extend(c.to_lowercase());
            }
            upper = matches!(c, '-' | '\'' | '’');
        }
    }
    out
}
