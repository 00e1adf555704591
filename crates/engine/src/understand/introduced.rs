//! How people say who they are: "my name is uh Kevin O'Malley", "Gurpreet Dhillon speaking", "put me down as Chance Abeyta",
//! "thx, bo", "le habla don Leocadio Montes"; by telephone in small letters and with fillers between.

use super::lexicon::{begun, common_from};
use super::name::Reader;
use super::slip::is_near;
use super::text::Kind;

/// What is said while one thinks.
const FILLERS: &[&str] =
    &["um", "uh", "eh", "er", "ah", "like", "este", "pues", "yeah", ",", "-", ":", "don", "dona", "senor", "senora"];
/// What follows a name in the same breath.
const BEHIND: &[&str] = &[
    "",
    ",",
    ".",
    "!",
    "?",
    "\n",
    "-",
    "(",
    "/",
    "and",
    "y",
    "calling",
    "speaking",
    "here",
    "again",
    "from",
    "i",
    "im",
    "id",
    "ive",
    "with",
    "uh",
    "um",
    "just",
    "wanting",
    "needing",
    "wants",
    "looking",
    "following",
    "checking",
    "sorry",
    "do",
    "you",
    "can",
    "could",
    "is",
    "thank",
    "thanks",
    "please",
    "que",
    "quiero",
    "para",
    "de",
    "con",
    "a",
    "new",
    "by",
    "my",
    "its",
    "it",
    "because",
    "but",
    "so",
    "about",
    "returning",
    "regarding",
    "on",
    "at",
    "we",
    "kiero",
    "puedo",
    "me",
    "le",
    "hablando",
    "trying",
    "interested",
    "hoping",
    "wondering",
    "spelled",
    "there",
    "the",
    "got",
    "need",
    "still",
    "if",
    "are",
    "was",
    "for",
    "escribo",
    "tengo",
    "necesito",
    "soy",
    "llamo",
    "nueva",
    "nuevo",
    "existing",
    "had",
    "have",
    "lol",
    "btw",
    "asking",
    "where",
];

/// Words with which a lead begins, here and where a name is announced.
pub(super) const LEADS: &[&str] = &[
    "name",
    "nombre",
    "names",
    "mine",
    "that",
    "thatd",
    "thats",
    "under",
    "put",
    "use",
    "say",
    "it",
    "its",
    "appointment",
    "reservation",
    "me",
    "there",
    "down",
    "listed",
    "system",
    "apuntame",
    "apunteme",
    "anotame",
    "anoteme",
    "ponme",
    "pongame",
    "i",
    "go",
    "youre",
    "are",
    "speaking",
    "digame",
    "dime",
    "llamame",
    "llameme",
    "le",
    "te",
    "si",
    "habla",
    "a",
    "de",
    "anotar",
    "anotarme",
    "anoten",
    "apuntar",
    "aqui",
    "apellido",
    "soy",
    "this",
    "im",
    "iam",
    "es",
    "call",
    "actually",
    "sorry",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// Nothing but a name follows: "my name is".
    Certain,
    /// A name may follow: "this is", "it's".
    Possible,
}

impl Reader<'_> {
    /// The place of the sender's own name behind, or before, words that introduce it.
    pub(super) fn introduced(&self, blocked: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let clear = |span: &(usize, usize)| blocked.is_none_or(|(from, to)| span.0 >= to || span.1 <= from);
        let mut possible = None;
        for at in 0..self.text.tokens.len() {
            if let Some((lead, next)) = begun(self.may_lead(at), || self.lead(at)) {
                let found = self.after(next, lead).filter(clear);
                match (found, lead) {
                    (Some(found), Lead::Certain) => return Some(self.corrected(found)),
                    (Some(found), Lead::Possible) => possible = possible.or(Some(found)),
                    (None, _) => {}
                }
            }
        }
        possible
            .or_else(|| self.before_speaking().filter(clear))
            .or_else(|| self.first_and_last().filter(clear))
            .or_else(|| self.signed_off().filter(clear))
            .map(|found| self.corrected(found))
    }

    /// Words that lead to a name, and the token behind them.
    fn lead(&self, at: usize) -> Option<(Lead, usize)> {
        use Lead::{Certain, Possible};
        let word = |ahead: usize| self.word(at + ahead);
        let another = self.of_another(at);
        // "No soy Ana", "no me llamo Esperanza".
        if at.checked_sub(1).is_some_and(|b| matches!(self.word(b), "no" | "not" | "never")) && !self.asked {
            return None;
        }
        Some(match (word(0), word(1), word(2)) {
            ("name" | "nombre", "is" | "es" | "s", _)
                if !another && !matches!(word(2), "on" | "spelled" | "in" | "wrong" | "not") =>
            {
                (Certain, at + 2)
            }
            ("names", _, _)
                if !another
                    && (at == 0
                        || matches!(
                            self.word(at - 1),
                            "my" | "the" | "," | "." | "howdy" | "hi" | "hello" | "hey"
                        )) =>
            {
                (Certain, at + 1)
            }
            ("name", "on" | "for", "the") if word(4) == "is" => (Certain, at + 5),
            ("mine", "is", _) if self.asked => (Certain, at + 2),
            ("that", "would", "be") if self.asked => (Certain, at + 3),
            ("thatd" | "thats", "be", _) if self.asked => (Certain, at + 2),
            ("under", "the", "name") => (Certain, if word(3) == "of" { at + 4 } else { at + 3 }),
            ("put", "me", "down") if matches!(word(3), "as") => (Certain, at + 4),
            ("put" | "use" | "say", _, _) if self.asked && word(0) == "put" && word(1) != "me" => (Possible, at + 1),
            ("it" | "its" | "appointment" | "reservation" | "me", "under", next)
                if !matches!(next, "the" | "my" | "your") =>
            {
                (Possible, at + 2)
            }
            ("under", _, _) if at > 1 && (self.asked || matches!(self.word(at - 1), "," | "mean")) => {
                (Possible, at + 1)
            }
            ("there" | "down" | "listed" | "system", "as", _) => (Possible, at + 2),
            ("apuntame" | "apunteme" | "anotame" | "anoteme" | "ponme" | "pongame", "como", _) => (Certain, at + 2),
            ("i", "said", _) if self.asked => (Possible, at + 2),
            ("go", "by", _) => (Certain, at + 2),
            ("youre" | "are", "speaking", "with" | "to") => (Certain, at + 3),
            ("speaking", "with" | "to", _) if at > 0 && matches!(self.word(at - 1), "youre" | "are") => {
                (Certain, at + 2)
            }
            ("me", "llamo", _) => (Certain, at + 2),
            ("me", "dicen" | "llaman", _) => (Certain, at + 2),
            ("digame" | "dime" | "llamame" | "llameme", _, _) if self.asked => (Possible, at + 1),
            ("le" | "te" | "si", "habla", _) => (Certain, at + 2),
            ("habla", _, _)
                if at == 0 || matches!(self.word(at - 1), "dias" | "tardes" | "noches" | "," | "bueno" | "hola") =>
            {
                (Possible, at + 1)
            }
            ("a", "nombre", "de") if !another => (Possible, at + 3),
            ("de", "parte", "de") => (Possible, at + 3),
            ("anotar" | "anotarme" | "anoten" | "apuntar", "como", _) => (Certain, at + 2),
            ("aqui", _, _) if at == 0 || matches!(self.word(at - 1), "," | "hola" | "dias" | "tardes") => {
                (Possible, at + 1)
            }
            ("apellido", "es", _) if self.asked => (Certain, at + 2),
            ("soy", _, _) => (Possible, at + 1),
            ("this", "is", _) => (Possible, at + 2),
            ("it", "is", _) => (Possible, at + 2),
            ("its", "me" | "your", _) => (Possible, if word(1) == "your" { at + 3 } else { at + 2 }),
            ("its" | "im" | "iam", _, _)
                if !at.checked_sub(1).is_some_and(|b| {
                    matches!(
                        self.word(b),
                        "sure" | "if" | "when" | "hope" | "think" | "because" | "thought" | "whether"
                    )
                }) =>
            {
                (Possible, at + 1)
            }
            ("i", "am", _) => (Possible, at + 2),
            ("es", _, _) if self.asked => (Possible, at + 1),
            _ => return None,
        })
    }

    /// A name behind a lead, past fillers and titles.
    fn after(&self, next: usize, lead: Lead) -> Option<(usize, usize)> {
        let mut start = next;
        while FILLERS.contains(&self.word(start)) && start < next + 4 {
            start += 1;
        }
        if matches!(self.word(start), "still" | "actually" | "just" | "mister" | "misses" | "doctor" | "really") {
            start += 1;
        }
        // "This is grace, can I …": a name that is a word too, where nothing else fits.
        let named_word = self.is_first_name(start)
            && self.is_common(start)
            && matches!(self.word(start + 1), "" | "," | "." | "!" | "calling" | "speaking" | "here" | "again");
        let (from, to) = self.name_at(start).or_else(|| named_word.then_some((start, start + 1)))?;
        if self.text.tokens[from].folded.chars().count() == 1 {
            return None;
        }
        let words = to - from;
        let capital = self.text.is_capitalised(from) && !self.shouting();
        let known = self.is_first_name(from);
        let foreign = !self.is_english(from) && !self.is_common(from);
        let with_surname = words > 1 && (self.is_surname(to - 1) || !self.is_english(to - 1));
        let ends_well =
            BEHIND.contains(&self.word(to)) || self.text.tokens.get(to).is_some_and(|t| t.kind != Kind::Word);
        // "I'm Botox-curious", "it's urgnt": a slip of a word is none.
        let slip = words == 1 && !capital && !known && self.is_near_a_word(from);
        let brand = matches!(
            self.text.tokens[from].folded.as_str(),
            "amazon"
                | "ups"
                | "fedex"
                | "usps"
                | "uber"
                | "doordash"
                | "verizon"
                | "google"
                | "comcast"
                | "walmart"
                | "target"
                | "cvs"
                | "walgreens"
                | "aetna"
                | "cigna"
                | "xfinity"
                | "costco"
                | "instacart"
                | "grubhub"
        );
        // "It's summer so": a word of the language behind "it's".
        let told = words == 1
            && !capital
            && !self.asked
            && self.is_english(from)
            && next >= 1
            && matches!(self.word(next - 1), "its" | "is")
            && !(next >= 2 && self.word(next - 2) == "this");
        if brand || told {
            return None;
        }
        let fits = match lead {
            Lead::Certain => known || capital || (foreign && !slip) || with_surname || (self.asked && words > 1),
            Lead::Possible => {
                known && (ends_well || words > 1)
                    || capital && foreign && ends_well
                    || (foreign && with_surname && ends_well)
                    || (foreign && ends_well && !slip && self.introduces(next))
            }
        };
        fits.then_some((from, to))
    }

    /// "This is oksana": said of oneself by telephone; "it's crazee" is not.
    fn introduces(&self, next: usize) -> bool {
        next >= 2 && matches!((self.word(next - 2), self.word(next - 1)), ("this", "is"))
            || next >= 1 && matches!(self.word(next - 1), "habla" | "aqui")
            || self.asked
    }

    /// One slip away from an everyday word.
    fn is_near_a_word(&self, at: usize) -> bool {
        let word = self.text.tokens[at].folded.as_str();
        common_from(word).iter().any(|known| known.len() >= 4 && is_near(known, word, 1))
            || word.ends_with("ing")
            || word.ends_with("ed")
            || word.ends_with("ly")
    }

    /// "Kennedy Ruiz speaking", "wolfgang calling", "Nadine Kessler is my name".
    fn before_speaking(&self) -> Option<(usize, usize)> {
        if !self.text.has_any(&["speaking", "calling", "aparato", "name"]) {
            return None;
        }
        (1..self.text.tokens.len()).find_map(|at| {
            let says = matches!(self.word(at), "speaking" | "calling")
                || (self.word(at) == "al" && self.word(at + 1) == "aparato")
                || (self.word(at) == "is" && self.word(at + 1) == "my" && self.word(at + 2) == "name");
            if !says
                || matches!(self.word(at - 1), "im" | "am" | "is" | "was" | "been" | "for" | "by" | "keep" | "keeps")
            {
                return None;
            }
            let start = (at.saturating_sub(4)..at).find(|start| {
                (*start..at).all(|i| {
                    self.may_be(i)
                        && (!self.is_english(i)
                            || self.is_first_name(i)
                            || self.is_surname(i)
                            || self.text.is_capitalised(i))
                        || (self.is_word(i) && self.is_particle(i) && i > *start)
                        || self.word(i) == "-"
                })
            })?;
            let titled = ["mr", "mrs", "ms", "miss", "mister", "dr", "don", "dona", "hi", "hello"];
            let start = if titled.contains(&self.word(start)) && start + 1 < at { start + 1 } else { start };
            let foreign = !self.is_english(start) && !self.is_common(start);
            (self.is_first_name(start) || self.text.is_capitalised(start) || at - start >= 2 || foreign)
                .then_some((start, at))
        })
    }

    /// "First name Itzel last name Nava"; written as one name where they stand in that order.
    fn first_and_last(&self) -> Option<(usize, usize)> {
        if !self.text.has_any(&["name", "apellido"]) {
            return None;
        }
        let at = (0..self.text.tokens.len()).find(|at| {
            matches!((self.word(*at), self.word(at + 1)), ("first", "name"))
                || (self.word(*at) == "nombre" && self.is_word(at + 1) && self.word(at + 2) == "apellido")
        })?;
        let next = if self.word(at) == "first" { at + 2 } else { at + 1 };
        let next = if matches!(self.word(next), "is" | ":") { next + 1 } else { next };
        self.may_be(next).then_some((next, next + 1))
    }

    /// "Thanks,\nMargit Halvorsen", "cheers nigel", "xo Fern", "atte. Lupita Cárdenas".
    fn signed_off(&self) -> Option<(usize, usize)> {
        let last = self.text.tokens.iter().rposition(|t| t.kind == Kind::Word)? + 1;
        for words in (1..=3).rev() {
            let Some(start) = last.checked_sub(words).filter(|start| *start > 0) else { continue };
            if !(start..last).all(|i| self.may_be(i)) {
                continue;
            }
            let mut before = start;
            while before > 0 && matches!(self.word(before - 1), "," | "." | "\n" | "!" | "-") {
                before -= 1;
            }
            let apart = before < start;
            let said = before.checked_sub(1).map_or("", |b| self.word(b));
            let courtesy = matches!(
                said,
                "cheers"
                    | "xo"
                    | "xoxo"
                    | "regards"
                    | "sincerely"
                    | "atte"
                    | "saludos"
                    | "best"
                    | "love"
                    | "warmly"
                    | "atentamente"
                    | "respectfully"
            ) || (apart && matches!(said, "thanks" | "you" | "gracias" | "ty" | "advance"));
            let sure = self.is_first_name(start)
                || self.text.is_capitalised(start)
                || (courtesy && words == 1 && !self.is_english(start));
            if courtesy
                && sure
                && (apart || !matches!(said, "best" | "love"))
                && (apart || self.text.is_capitalised(start))
            {
                return Some((start, last));
            }
        }
        None
    }

    /// "Ravi, Ravi Subramaniam", "gwen um gwen tuttle": the name said again, whole.
    pub(super) fn corrected(&self, found: (usize, usize)) -> (usize, usize) {
        let (from, to) = found;
        let first = &self.text.tokens[from].folded;
        // "Thompson Greg Thompson": the last name before, and the whole name.
        if to - from >= 3 && self.text.tokens[to - 1].folded == *first {
            return (from + 1, to);
        }
        let again = (to..(to + 13).min(self.text.tokens.len())).find(|at| self.text.tokens[*at].folded == *first);
        match again.and_then(|at| self.name_at(at)) {
            Some(whole) if whole.1 - whole.0 > to - from => whole,
            _ => found,
        }
    }
}
