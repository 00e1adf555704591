//! Whose name: the sender's own, and the one a visit is for.

use super::Expecting;
use super::lexicon::List;
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
pub(super) const TITLES: &[&str] = &["mr", "mrs", "ms", "miss", "dr", "doctor", "sra", "sr", "senora", "senor", "srta"];
pub(super) struct Reader<'a> {
    pub(super) text: &'a Text,
    /// Tokens that name services.
    pub(super) taken: &'a [(usize, usize)],
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
        || text.has_any(&["tal"])
            && text.tokens.windows(2).any(|w| (w[0].is("una") || w[0].is("un")) && w[1].is("tal"));
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
    let last = || {
        (0..text.tokens.len()).find(|at| {
            matches!(
                (text.word(*at), text.word(at + 1), text.word(at + 2)),
                ("last", "name", "is") | ("mi", "apellido", "es")
            )
        })
    };
    if let Some((at, known)) = known_first.and_then(|known| Some((last()?, known))) {
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

    pub(super) fn is_taken(&self, at: usize) -> bool {
        self.taken.iter().any(|(start, end)| at >= *start && at < *end)
    }

    /// "de", "van": a part of a name that is none by itself.
    pub(super) fn is_particle(&self, at: usize) -> bool {
        self.text.tokens.get(at).is_some_and(|t| t.is_written_in(List::Particles))
    }

    /// Whether the sender's name may be introduced from here on.
    pub(super) fn may_lead(&self, at: usize) -> bool {
        self.text.is_in(at, List::NameLeads)
    }

    pub(super) fn is_word(&self, at: usize) -> bool {
        self.text.tokens.get(at).is_some_and(|t| t.kind == Kind::Word)
    }

    pub(super) fn is_first_name(&self, at: usize) -> bool {
        self.is_word(at) && self.text.tokens[at].is_written_in(List::FirstNames)
    }

    /// A frequent surname.
    pub(super) fn is_surname(&self, at: usize) -> bool {
        self.is_word(at) && self.text.tokens[at].is_written_in(List::Surnames)
    }

    /// An English word, whatever else it may be.
    pub(super) fn is_english(&self, at: usize) -> bool {
        self.is_word(at) && self.text.tokens[at].is_written_in(List::English)
    }

    pub(super) fn is_common(&self, at: usize) -> bool {
        self.text.tokens.get(at).is_none_or(|t| t.known.is_in(List::Common) || t.is_written_in(List::Common))
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
    pub(super) fn is_in_an_address(&self, at: usize) -> bool {
        (at + 1..at + 9).take_while(|i| self.text.tokens.get(*i).is_some_and(|t| t.glued)).any(|i| self.word(i) == "@")
    }

    /// An everyday word that is the last name behind this first name: "Jen Long", "April May".
    pub(super) fn is_surname_word(&self, at: usize) -> bool {
        let behind_first = at.checked_sub(1).is_some_and(|b| self.is_first_name(b));
        behind_first
            && self.is_word(at)
            && !self.is_taken(at)
            && self.text.tokens[at].is_written_in(List::SurnameWords)
            && ((self.text.is_capitalised(at) && self.text.is_capitalised(at - 1)) || (self.asked && self.is_short()))
    }

    /// A sentence begins here.
    pub(super) fn begins(&self, at: usize) -> bool {
        at == 0 || self.text.tokens[at - 1].ends_sentence() || (self.word(at - 1) == "," && self.is_item(at))
    }

    /// One item of a list that is a whole name: "botox, Kim Tate, new".
    pub(super) fn is_item(&self, at: usize) -> bool {
        let capital = self.text.is_capitalised(at) && self.text.is_capitalised(at + 1);
        capital && self.is_first_name(at) && self.may_be(at + 1) && matches!(self.word(at + 2), "," | "" | "." | "!")
    }

    /// No more than a name.
    pub(super) fn is_short(&self) -> bool {
        self.text.word_count() <= 3
    }

    /// "smith, karen", as forms are filled in: the name the usual way round.
    pub(super) fn last_first(&self) -> Option<String> {
        let turned = self.asked && self.text.tokens.len() == 3 && self.word(1) == ",";
        (turned && self.is_word(0) && !self.is_first_name(0) && self.is_first_name(2))
            .then(|| format!("{} {}", self.written(2, 3), self.written(0, 1)))
    }

    /// The tokens of a name that begins here: up to four words with particles, hyphens and initials.
    pub(super) fn name_at(&self, start: usize) -> Option<(usize, usize)> {
        let asked_at = start;
        let mut start = start;
        while self.text.is_in(start, List::Titles) {
            start += 1;
            if self.word(start) == "." {
                start += 1;
            }
        }
        // "Mrs. Long": behind a title stands a name, whatever else the word means.
        let titled =
            start > asked_at && self.is_word(start) && self.text.tokens[start].is_written_in(List::SurnameWords);
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
            while self.is_particle(last) && words < 4 {
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

    pub(super) fn looks_common(&self, at: usize) -> bool {
        let word = self.text.tokens[at].folded.as_str();
        self.is_common(at) || word.ends_with("ing") || word.ends_with("ed") || word.ends_with("ly")
    }

    pub(super) fn written(&self, start: usize, end: usize) -> String {
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
    pub(super) fn announced(&self, blocked: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let mut found = None;
        for at in (0..self.text.tokens.len()).filter(|at| self.may_lead(*at)) {
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

    pub(super) fn shouting(&self) -> bool {
        !self.text.has_small() && self.text.chars.iter().filter(|c| c.is_alphabetic()).count() > 8
    }

    /// What stands behind an unknown capitalised word makes it a name: an end, a comma, "and", "here".
    pub(super) fn sure_behind(&self, end: usize) -> bool {
        matches!(self.word(end), "" | "," | "." | "!" | "and" | "here" | "\n" | "from" | "i" | "-" | "(" | "with" | "y")
    }

    /// "Renata here", "- Sam", "thanks, Jo Park" at the end.
    pub(super) fn signed(&self, blocked: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let clear = |span: &(usize, usize)| !blocked.is_some_and(|(from, to)| span.0 < to && span.1 > from);
        let here = || (1..self.text.tokens.len()).find(|i| self.word(*i) == "here");
        if let Some(here) = self.text.has_any(&["here"]).then(here).flatten() {
            let start = (0..here).rev().take_while(|i| self.may_be(*i)).last();
            // "Retired teacher here": what somebody is.
            let named = |at: usize| {
                self.is_first_name(at) || (self.text.is_capitalised(at) && !(self.begins(at) && self.is_english(at)))
            };
            if let Some(start) = start.filter(|s| here - s <= 3 && named(*s)) {
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
    pub(super) fn leading(&self, from: usize) -> Option<(usize, usize)> {
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
