//! Who writes: new or known, with whom they would like to be, in which language, with or without an e-mail address.

use frontdesk_domain::language::Language;
use frontdesk_domain::lead::PatientType;

use super::lexicon::{COMMON, COMMON_ENGLISH, FILES, FIRST_NAMES, SPANISH, SURE_SPANISH};
use super::text::{Kind, Text};
use super::{Context, Expecting, Intent, Reading};

const PATIENT_QUESTION: Expecting = Expecting::PatientType;

pub(super) fn patient_type(text: &Text, context: &Context<'_>, reading: &Reading) -> Option<PatientType> {
    let (mut new, mut existing) = (false, false);
    // "No, first time" answers and says; "not my first time" denies.
    let denied = |start: usize| {
        let before = &text.tokens[start.saturating_sub(3)..start];
        before.iter().any(|t| matches!(t.word.as_str(), "not" | "isnt" | "arent" | "dont" | "never" | "havent"))
    };
    for hit in FILES.patient().find(text) {
        match FILES.patient().label(hit) {
            "new" if denied(hit.start) && text.word(hit.start) != "never" => existing = true,
            "new" => new = true,
            _ if denied(hit.start) => new = true,
            _ => existing = true,
        }
    }
    // One item of a list: "Kim Tate, new, kim@…".
    for at in 0..text.tokens.len() {
        let alone = (at == 0 || text.tokens[at - 1].kind == Kind::Sign)
            && text.tokens.get(at + 1).is_none_or(|t| t.kind == Kind::Sign);
        // "kim tate existing botox kim@x.com": behind a name or an address, with no comma to part them.
        let listed = at > 1 && text.tokens[at - 1].kind == Kind::Word && !COMMON.contains(text.word(at - 1));
        let corrected = text.word_count() <= 3
            && at > 0
            && matches!(text.word(at - 1), "actually" | "sorry" | "meant" | "oops" | "no" | "yes" | "im" | "wait");
        match text.word(at) {
            "new" | "nueva" | "nuevo" if alone || listed || corrected => new = true,
            "returning" | "existing" if alone || listed || corrected => existing = true,
            _ => {}
        }
    }
    if new != existing {
        return Some(if new { PatientType::New } else { PatientType::Existing });
    }
    if new || context.expecting != PATIENT_QUESTION {
        return None;
    }
    // A bare answer: its sense is the question's.
    let question = Text::new(context.last_message);
    let words: Vec<&str> = question.tokens.iter().map(|t| t.word.as_str()).collect();
    let last_new = words.iter().rposition(|w| matches!(*w, "new" | "nuevo" | "nueva" | "primera" | "first"));
    let last_known = words.iter().rposition(|w| {
        matches!(
            *w,
            "been"
                | "before"
                | "existing"
                | "returning"
                | "visited"
                | "seen"
                | "estado"
                | "visitado"
                | "venido"
                | "already"
        )
    });
    let asks_if_new = match (last_new, last_known) {
        (Some(_), None) => true,
        (None, _) => false,
        // "new or returning?" has no yes.
        (Some(_), Some(_)) => {
            return text
                .has_any(&["new", "nuevo", "nueva", "first"])
                .then_some(PatientType::New)
                .or_else(|| text.has_any(&["existing", "returning", "been"]).then_some(PatientType::Existing));
        }
    };
    let yes = reading.wants(Intent::Affirm);
    let no = reading.wants(Intent::Deny) || text.has_any(&["never", "nunca"]);
    match (yes, no) {
        (true, false) => Some(if asks_if_new { PatientType::New } else { PatientType::Existing }),
        (false, true) => Some(if asks_if_new { PatientType::Existing } else { PatientType::New }),
        _ => None,
    }
}

/// "with Dana", "Dr. Lee", "anyone is fine".
pub(super) fn provider(text: &Text) -> Option<String> {
    for at in 0..text.tokens.len() {
        let word = text.word(at);
        let any = matches!(word, "anyone" | "anybody" | "whoever" | "cualquiera")
            || (matches!(word, "any")
                && matches!(text.word(at + 1), "provider" | "injector" | "doctor" | "nurse" | "one"));
        let of_person = matches!(text.word(at + 1), "there" | "else" | "called" | "answer" | "home")
            || at.checked_sub(1).is_some_and(|b| matches!(text.word(b), "is" | "does" | "did" | "has" | "can"));
        if any && !of_person {
            return Some("any".to_owned());
        }
        if matches!(word, "no") && text.word(at + 1) == "preference" && text.has_any(&["provider", "who"]) {
            return Some("any".to_owned());
        }
        let titled = matches!(word, "dr" | "doctor" | "nurse" | "dra");
        // "Could Sam do Thursday?"
        let asked = matches!(word, "could" | "can" | "is" | "does" | "would")
            && matches!(text.word(at + 2), "do" | "see" | "take" | "have" | "available" | "free" | "fit" | "squeeze");
        let led = matches!(word, "with" | "con" | "see" | "prefer")
            || asked
            || (matches!(word, "whichever") && text.word(at + 1) == "is");
        if !titled && !led {
            continue;
        }
        let mut start = at + 1;
        while matches!(text.word(start), "." | "is" | "with" | "dr" | "doctor" | "nurse" | "dra" | "the" | "la" | "el")
        {
            start += 1;
        }
        let is_name = |i: usize| {
            text.tokens.get(i).is_some_and(|t| {
                t.kind == Kind::Word
                    && t.folded.chars().count() > 1
                    && !COMMON.contains(t.word.as_str())
                    && (text.is_capitalised(i) || FIRST_NAMES.contains(t.folded.as_str()))
            })
        };
        if is_name(start)
            || (titled
                && (start > at + 1 || matches!(word, "dr" | "dra"))
                && text.tokens.get(start).is_some_and(|t| t.kind == Kind::Word && !COMMON.contains(t.word.as_str())))
        {
            let mut end = start + 1;
            while is_name(end) && !asked && end - start < 3 {
                end += 1;
            }
            return Some(text.slice(text.tokens[start].start, text.tokens[end - 1].end));
        }
    }
    None
}

pub(super) fn refuses_email(text: &Text, expecting: Expecting) -> bool {
    let about_mail = text.has_any(&["email", "mail", "correo"]);
    let refusing = text
        .has_any(&["no", "dont", "rather", "skip", "prefer", "not", "none", "without", "later", "nope", "pass", "sin"]);
    let personal = !text.has_any(&["@"]);
    refusing && personal && (about_mail || expecting == Expecting::Email)
}

/// Spanish when its own words outnumber English ones; unknown when neither tells.
pub(super) fn language(text: &Text) -> Option<Language> {
    let mut spanish = 0;
    let mut english = 0;
    for token in &text.tokens {
        let word = token.folded.as_str();
        spanish += usize::from(SPANISH.contains(word) || matches!(word, "¿" | "¡"));
        english += usize::from(COMMON_ENGLISH.contains(word));
    }
    // "me" and "no" are words of both.
    let strong = text.tokens.iter().any(|t| SURE_SPANISH.contains(t.word.as_str()));
    if (spanish > english && spanish >= 2) || (strong && spanish >= english) {
        Some(Language::Spanish)
    } else if english >= 2 && english > spanish {
        Some(Language::English)
    } else {
        None
    }
}
