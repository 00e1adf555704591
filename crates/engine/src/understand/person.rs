//! Who writes: new or known, with whom they would like to be, in which language, with or without an e-mail address.

use frontdesk_domain::language::Language;
use frontdesk_domain::lead::PatientType;

use super::lexicon::{FILES, List, begun};
use super::text::{Kind, Text};
use super::{Context, Expecting, Intent, Reading};

const PATIENT_QUESTION: Expecting = Expecting::PatientType;

pub(super) fn patient_type(
    text: &Text,
    question: &Text,
    context: &Context<'_>,
    reading: &Reading,
) -> Option<PatientType> {
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
        let listed = at > 1 && text.tokens[at - 1].kind == Kind::Word && !text.is_in(at - 1, List::Common);
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

/// Words with which a provider may be asked for, a stroke aside ("w/ Dana").
pub(super) const LEADS: &[&str] = &[
    "anyone",
    "anybody",
    "whoever",
    "whomever",
    "cualquiera",
    "any",
    "whichever",
    "quien",
    "no",
    "dont",
    "not",
    "doesnt",
    "have",
    "surprise",
    "dealers",
    "first",
    "da",
    "your",
    "idc",
    "either",
    "whatever",
    "dr",
    "doctor",
    "nurse",
    "dra",
    "doctora",
    "with",
    "con",
    "to",
    "could",
    "can",
    "is",
    "does",
    "would",
    "want",
    "prefer",
    "request",
    "requesting",
    "love",
    "prefiero",
    "only",
    "quiero",
    "like",
    "get",
    "atender",
    "atienda",
    "atiende",
    "atendiera",
    "by",
    "for",
    "see",
];

/// With whom, as a rule finds it.
pub(super) enum Wished {
    /// Anyone will do.
    Any,
    /// The person these tokens name, less any title.
    Person(usize, usize),
}

/// "with Dana", "Dr. Lee", "anyone is fine"; "Dana" alone where the last message asked with whom.
pub(super) fn provider(text: &Text, asked: bool) -> Option<Wished> {
    let is_name = |i: usize| {
        text.tokens.get(i).is_some_and(|t| {
            t.kind == Kind::Word
                && t.folded.chars().count() > 1
                && !t.known.is_in(List::Common)
                && (text.is_capitalised(i) || t.is_written_in(List::FirstNames))
        })
    };
    let before = |at: usize, back: usize| at.checked_sub(back).map_or("", |b| text.word(b));
    let from = |at: usize| {
        let word = text.word(at);
        if says_any(text, at, asked) {
            return Some(Wished::Any);
        }
        let titled = matches!(word, "dr" | "doctor" | "nurse" | "dra" | "doctora");
        // "This is Dr. Cho", "hi Dr. Kim", "my doctor said", "Dr. Simmons, my PCP": who speaks, is addressed, or works elsewhere.
        let of_another = titled
            && (matches!(before(at, 1), "my" | "mi" | "im" | "hi" | "hello" | "hey" | "hola" | "dear" | "named")
                || (before(at, 1) == "is" && before(at, 2) == "this")
                || (before(at, 1) == "am" && before(at, 2) == "i")
                || (before(at, 1) == "," && matches!(before(at, 2), "doctor" | "dermatologist" | "surgeon" | "pcp"))
                || text.has_any(&["pcp", "referred", "dermatologist", "surgeon"]) && before(at, 1) != "with");
        // "Hablé con Rocío", "I spoke with Brenda".
        let spoke = matches!(word, "with" | "con" | "to")
            && (1..=2).any(|back| {
                matches!(
                    before(at, back),
                    "hable"
                        | "hablo"
                        | "hablando"
                        | "platique"
                        | "speaking"
                        | "spoke"
                        | "talked"
                        | "speak"
                        | "talk"
                        | "talking"
                        | "chatted"
                        | "hablar"
                        | "not"
                        | "no"
                )
            });
        // "Could Sam do Thursday?"
        let could = matches!(word, "could" | "can" | "is" | "does" | "would")
            && matches!(text.word(at + 2), "do" | "see" | "take" | "have" | "available" | "free" | "fit" | "squeeze");
        let wanted =
            matches!(word, "want" | "prefer" | "request" | "requesting" | "love" | "prefiero" | "only" | "quiero")
                && !text.is_in(at + 2, List::FirstNames)
                || word == "like" && before(at, 1) == "id"
                || word == "have" && before(at, 1) == "i" && matches!(before(at, 2), "can" | "could" | "may")
                || word == "get" && before(at, 1) == "i" && matches!(before(at, 2), "can" | "could")
                || matches!(word, "atender" | "atienda" | "atiende" | "atendiera")
                || word == "by" && matches!(before(at, 1), "done" | "seen")
                || word == "for" && before(at, 1) == "ask";
        let slashed = word == "/" && before(at, 1) == "w";
        let led = (matches!(word, "with" | "con" | "see" | "prefer") && !spoke)
            || could
            || wanted
            || slashed
            || (matches!(word, "whichever") && text.word(at + 1) == "is");
        if of_another || (!titled && !led) {
            return None;
        }
        let mut start = at + 1;
        while matches!(
            text.word(start),
            "." | "is"
                | "with"
                | "dr"
                | "doctor"
                | "doctora"
                | "nurse"
                | "dra"
                | "the"
                | "la"
                | "el"
                | "miss"
                | "ms"
                | "mrs"
        ) {
            start += 1;
        }
        let named = is_name(start)
            || (titled
                && (start > at + 1 || matches!(word, "dr" | "dra"))
                && text.tokens.get(start).is_some_and(|t| t.kind == Kind::Word && !t.known.is_in(List::Common)));
        // A service is asked for with the same words: "I want Dysport" is no person.
        let surely = !wanted || text.tokens.get(start).is_some_and(|t| t.is_written_in(List::FirstNames));
        (named && surely).then(|| person_at(text, start, &is_name, could))
    };
    let found = (0..text.tokens.len())
        .find_map(|at| begun(text.is_in(at, List::ProviderLeads) || text.word(at) == "/", || from(at)));
    if found.is_some() || !asked {
        return found;
    }
    let start = (0..text.tokens.len()).find(|at| {
        text.tokens[*at].kind == Kind::Word
            && !matches!(
                text.word(*at),
                "yes"
                    | "please"
                    | "can"
                    | "could"
                    | "i"
                    | "get"
                    | "have"
                    | "see"
                    | "with"
                    | "the"
                    | "dr"
                    | "my"
                    | "usual"
                    | "girl"
                    | "hmm"
                    | "maybe"
                    | "probably"
                    | "id"
                    | "like"
                    | "want"
                    | "always"
                    | "uh"
                    | "um"
                    | "just"
                    | "it"
                    | "was"
                    | "con"
                    | "la"
                    | "again"
                    | "same"
                    | "as"
                    | "last"
                    | "time"
                    | "doctor"
                    | "nurse"
                    | "miss"
                    | "ms"
                    | "si"
                    | "okay"
            )
    })?;
    (is_name(start) && text.word_count() <= 8).then(|| person_at(text, start, &is_name, false))
}

/// The name that begins at a token, hyphens and all.
fn person_at(text: &Text, start: usize, is_name: &impl Fn(usize) -> bool, alone: bool) -> Wished {
    let mut end = start + 1;
    while !alone && end - start < 4 {
        let hyphen = text.tokens.get(end).is_some_and(|t| t.is("-") && t.glued) && is_name(end + 1);
        if hyphen {
            end += 2;
        } else if is_name(end) {
            end += 1;
        } else {
            break;
        }
    }
    Wished::Person(start, end)
}

/// A provider as the sender wrote it, with the title before it: "Dr. Lee".
pub(super) fn provider_as_written(text: &Text, (start, end): (usize, usize)) -> String {
    let mut from = start;
    loop {
        let dotted = usize::from(from > 1 && text.word(from - 1) == ".");
        let titled = from > dotted
            && matches!(
                text.word(from - 1 - dotted),
                "dr" | "doctor" | "dra" | "doctora" | "nurse" | "miss" | "ms" | "mrs" | "mr"
            );
        if !titled {
            break;
        }
        from -= 1 + dotted;
    }
    let name = text.slice(text.tokens[from].start, text.tokens[end - 1].end);
    // "Dr. Lee's", "Dana's": the person.
    name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).map_or(name.clone(), str::to_owned)
}

/// Who may be asked for by trade.
const STAFF: [&str; 14] = [
    "provider",
    "injector",
    "doctor",
    "nurse",
    "one",
    "barber",
    "stylist",
    "esthetician",
    "vet",
    "dentist",
    "technician",
    "tech",
    "therapist",
    "aesthetician",
];

/// "Whoever is free", "no preference", "surprise me".
fn says_any(text: &Text, at: usize, asked: bool) -> bool {
    let word = |ahead: usize| text.word(at + ahead);
    let before = at.checked_sub(1).map_or("", |b| text.word(b));
    let anybody = matches!(word(0), "anyone" | "anybody" | "whoever" | "whomever" | "cualquiera")
        || (word(0) == "any" && STAFF.contains(&word(1)))
        || (word(0) == "whichever" && STAFF.contains(&word(1)))
        || (word(0) == "quien" && word(1) == "sea");
    let of_person = matches!(word(1), "there" | "else" | "called" | "answer" | "home" | "named")
        || matches!(before, "is" | "does" | "did" | "has" | "can" | "hello")
        || (text.word_count() <= 3 && !asked && text.has_any(&["hello", "hi", "hey"]));
    let of_staff =
        || text.tokens.iter().any(|t| matches!(t.word.as_str(), "provider" | "who" | "whom" | "person" | "quien"));
    let none = matches!(
        (word(0), word(1)),
        ("no", "preference" | "pref") | ("dont" | "not", "care" | "picky") | ("doesnt", "matter")
    ) || (word(0) == "have" && word(1) == "a" && word(2) == "preference" && text.has_any(&["dont"]));
    let idle = asked
        && (matches!(
            (word(0), word(1)),
            ("surprise", "me")
                | ("dealers", "choice")
                | ("first", "available")
                | ("da", "igual")
                | ("no", "importa")
                | ("your", "pick")
        ) || matches!(word(0), "idc" | "anyone" | "either" | "whatever"));
    (anybody && !of_person) || (none && (asked || of_staff())) || idle
}

/// The last message asked with whom.
pub(super) fn asks_for_provider(told: &Text) -> bool {
    let pair = |first: &[&str], second: &[&str]| {
        told.tokens.windows(2).any(|w| first.contains(&w[0].word.as_str()) && second.contains(&w[1].word.as_str()))
    };
    pair(&["who", "whom"], &["would", "do", "did", "should", "are"])
        || told.has_any(&["provider", "injector", "stylist"])
        || pair(&["con", "a"], &["quien"])
        || pair(&["anyone", "someone"], &["in", "you"])
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
        spanish += usize::from(token.is_written_in(List::Spanish) || matches!(token.sign(), Some('¿' | '¡')));
        english += usize::from(token.is_written_in(List::CommonEnglish));
    }
    // "me" and "no" are words of both.
    let strong = text.tokens.iter().any(|t| t.known.is_in(List::SureSpanish));
    if (spanish > english && spanish >= 2) || (strong && spanish >= english) {
        Some(Language::Spanish)
    } else if english >= 2 && english > spanish {
        Some(Language::English)
    } else {
        None
    }
}
