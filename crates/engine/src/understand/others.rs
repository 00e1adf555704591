//! For whom a visit is, when that is somebody else: "for my mom Rosa", "my daughter Simone's appointment".

use super::lexicon::{Known, List, begun};
use super::name::{Names, Reader};
use super::text::Kind;

/// Who else a message may be about.
pub(super) const RELATIVES: &[&str] = &[
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

/// Words with which another may be introduced.
pub(super) const LEADS: &[&str] = &[
    "for",
    "para",
    "book",
    "schedule",
    "agendar",
    "bring",
    "add",
    "my",
    "mi",
    "her",
    "his",
    "their",
    "patients",
    "se",
    "get",
    "booking",
    "move",
    "cancel",
    "reschedule",
    "change",
    "confirm",
    "fit",
    "of",
    "por",
    "appointment",
    "cita",
];

impl Reader<'_> {
    /// "for my mom Rosa", "booking for Lily", "para mi hija Ana".
    pub(super) fn for_other(&self, names: &mut Names) {
        for (at, token) in self.text.tokens.iter().enumerate() {
            begun(token.known.is_in(List::WhomLeads), || self.for_other_from(at, names));
        }
    }

    /// The same for words that begin at a token; whether anybody is meant.
    fn for_other_from(&self, at: usize, names: &mut Names) -> Option<()> {
        let relative = match (self.word(at), self.word(at + 1)) {
            ("for" | "para" | "book" | "schedule" | "agendar" | "bring" | "add", "my" | "mi" | "our" | "a") => at + 2,
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
                return Some(());
            }
            ("her" | "his" | "their" | "patients", "names") => {
                names.for_other = true;
                if let Some((start, end)) = self.name_at(at + 2) {
                    self.keep_other(names, start, end);
                }
                return Some(());
            }
            // "Mi suegra se llama Hortensia".
            ("se", "llama") if self.text.tokens[..at].iter().any(|t| t.known.is_in(List::Relatives)) => {
                names.for_other = true;
                if let Some((start, end)) = self.name_at(at + 2) {
                    self.keep_other(names, start, end);
                }
                return Some(());
            }
            (
                "get" | "booking" | "move" | "cancel" | "reschedule" | "change" | "confirm" | "fit" | "of" | "por",
                "my" | "mi" | "our",
            ) if self.word(at) != "of" || self.before(at, 1) == "behalf" => at + 2,
            ("appointment" | "booking" | "book" | "cita", "for" | "para")
                if self.is_first_name(at + 2) && self.text.is_capitalised(at + 2) =>
            {
                if let Some((start, end)) = self.name_at(at + 2).filter(|(s, _)| !super::is_month_word(self.word(*s))) {
                    names.for_other = true;
                    self.keep_other(names, start, end);
                }
                return Some(());
            }
            _ => return None,
        };
        let age = (relative..relative + 6).find(|i| self.text.is_in(*i, List::Relatives));
        let who = age.filter(|who| {
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
        })?;
        let with_me = self.word(who + 1) == "and" && matches!(self.word(who + 2), "i" | "me");
        if matches!(self.word(at), "my" | "mi") && (with_me || self.word(who + 1) == "and") {
            return None;
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
            t.folded.strip_suffix('s').is_some_and(|name| Known::of(name).is_in(List::FirstNames))
                && t.end - t.start > t.folded.chars().count()
        });
        if owner {
            let written = self.written(next, next + 1);
            names.other = Some(written[..written.len() - 1].trim_end_matches(['\'', '’']).to_owned());
            names.other_span = Some((next, next + 1));
            return Some(());
        }
        let titled = self.text.is_in(next, List::Titles);
        if let Some((start, end)) =
            self.name_at(next).filter(|(s, _)| titled || self.is_first_name(*s) || self.text.is_capitalised(*s))
        {
            self.keep_other(names, start, end);
        }
        Some(())
    }

    pub(super) fn keep_other(&self, names: &mut Names, start: usize, end: usize) {
        names.other = Some(self.written(start, end));
        names.other_span = Some((start, end));
    }
}
