//! A name as the answer to "what is your name?", whole or in parts.

use super::name::Reader;
use super::text::Kind;

impl Reader<'_> {
    pub(super) fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |b| self.word(b))
    }

    /// "Last name Okafor, first name Ngozi", "Vandenberg. First name Lotte": put together in the usual order.
    pub(super) fn in_parts(&self) -> Option<(String, (usize, usize))> {
        if !self.text.has_any(&["first", "apellido", "apellidos"]) {
            return None;
        }
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
                let particle = self.is_particle(end - 1) || self.word(end - 1) == "-" || self.word(end) == "-";
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

    pub(super) fn is_filler(&self, at: usize) -> bool {
        matches!(self.word(at), "um" | "umm" | "uh" | "yes" | "okay" | "sure" | "its" | "well" | "hi" | "so")
    }

    /// The whole answer is a name of words that are also words: "art sharp", "summer rain fields", "will".
    pub(super) fn plain_answer(&self) -> Option<(usize, usize)> {
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

    /// The whole message answers "what is your name?".
    pub(super) fn answer(&self, has_first: bool) -> Option<(usize, usize)> {
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

    /// "ok fine let's do it, Nora Hill": the name behind the last comma, with nothing after it.
    pub(super) fn answer_at_the_end(&self) -> Option<(usize, usize)> {
        let end = self.text.tokens.iter().rposition(|t| t.kind == Kind::Word)? + 1;
        let start = (1..end).rev().find(|at| {
            self.text.tokens[*at - 1].kind == Kind::Sign
                && !(self.word(at - 1) == "-" && self.text.tokens[at - 1].glued)
        })?;
        let (from, to) = self.name_at(start)?;
        (to == end && (to - from >= 2 || self.is_first_name(from)) && self.is_first_name(from)).then_some((from, to))
    }
}
