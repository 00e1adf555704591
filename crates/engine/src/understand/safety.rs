//! Danger, clinical questions, disclosures and minors. Recall on danger comes first.

use super::SafetyFlag;
use super::lexicon::{FILES, List};
use super::otherwise::{another_sense, figurative, harmless, negated_before};
use super::pattern::Match;
use super::text::{Kind, Text};

/// What a message speaks of, by the sections of `lexicon/concepts.txt`.
struct Concepts<'a> {
    text: &'a Text,
    found: Vec<(&'static str, Match)>,
}

/// Tokens between which two words speak of one thing.
const NEAR: usize = 14;

impl<'a> Concepts<'a> {
    fn of(text: &'a Text) -> Self {
        let found = FILES.concepts().find(text).map(|hit| (FILES.concepts().label(hit), hit)).collect();
        Self { text, found }
    }

    fn all(&self, label: &str) -> impl Iterator<Item = Match> {
        self.found.iter().filter(move |(known, _)| *known == label).map(|(_, hit)| *hit)
    }

    fn has(&self, label: &str) -> bool {
        self.all(label).next().is_some()
    }

    /// Whether both stand near each other, at different places.
    fn beside(&self, one: &str, other: &str) -> bool {
        self.all(one).any(|a| {
            self.all(other).any(|b| (a.start >= b.end || b.start >= a.end) && a.start.abs_diff(b.start) <= NEAR)
        })
    }

    /// Something named that is the sender's own, and now: not another's, not long ago, not denied.
    fn own(&self, label: &str, for_other: bool) -> bool {
        self.all(label).any(|hit| {
            let before = |label: &str| {
                self.all(label).filter(|m| m.end <= hit.start && hit.start - m.start <= 6).map(|m| m.start).max()
            };
            let others = before("other").is_some_and(|other| {
                before("own").is_none_or(|own| own <= other + 1 && own + 1 >= other || own < other)
            });
            let past = self
                .all("past")
                .any(|m| m.start.abs_diff(hit.start) <= 8 || (m.start < hit.start && hit.start - m.start <= 8));
            (!others || for_other) && !past && !negated_before(self.text, hit.start)
        })
    }
}

/// The flags, and the concepts they were put together from.
pub(super) fn flags(text: &Text, for_other: bool) -> (Vec<SafetyFlag>, Vec<&'static str>) {
    let concepts = Concepts::of(text);
    let mut flags = Vec::new();
    let mut add = |flag| {
        if !flags.contains(&flag) {
            flags.push(flag);
        }
    };
    let mut urgent = false;
    for hit in FILES.safety().find(text) {
        match FILES.safety().label(hit) {
            "emergency" if harmless(text, hit.start, hit.end) || figurative(text, hit.start) => {}
            // "My skin is pale, what shade works": a complexion, where nothing was done to it.
            "emergency" if of_complexion(text, hit) && !complaining(&concepts) => {}
            "emergency" => {
                urgent = true;
                add(SafetyFlag::Emergency);
            }
            // "Lol" behind such words takes nothing back.
            "crisis" if negated_before(text, hit.start) || another_sense(text, hit.start) || jests(text, hit) => {}
            "crisis" => add(SafetyFlag::Crisis),
            // "Is it normal that my ears ring after a flight": nothing was done here.
            "post_procedure"
                if matches!(text.word(hit.start), "is" | "es" | "normal")
                    && !concepts.has("treatment")
                    && !concepts.has("visit") => {}
            "post_procedure" => add(SafetyFlag::PostProcedure),
            // "How early should I get there".
            "medical_advice" if to_arrive(text, hit) => {}
            "medical_advice" => add(SafetyFlag::MedicalAdvice),
            "minor" if concepts.has("past") || brings_along(text) => {}
            "minor" => add(SafetyFlag::Minor),
            _ => {}
        }
    }
    let treated = concepts.has("treatment") || concepts.has("visit");
    // Blanching, mottling, cold skin where a filler went in: a vessel may be shut.
    let shut = concepts.beside("colour", "part")
        && treated
        && !text.tokens.windows(2).any(|w| w[0].is("cold") && matches!(w[1].word.as_str(), "sore" | "sores"))
        && (concepts.has("since") || concepts.has("pain"))
        && !text.has_any(&["if", "risk", "lol", "haha", "can", "does", "normally", "usually"])
        && (concepts.has("pain") || text.has_any(WHITE));
    if shut && !concepts.has("past") {
        add(SafetyFlag::Emergency);
        add(SafetyFlag::PostProcedure);
    }
    let complains = (concepts.beside("feel", "part")
        || concepts.beside("feel", "worry")
        || concepts.beside("pain", "part")
        || concepts.beside("feel", "since"))
        && treated
        && (concepts.has("since") || concepts.has("worry"))
        && !concepts.has("past")
        && !wishes(text);
    if complains {
        add(SafetyFlag::PostProcedure);
    }
    let of_body = concepts.own("condition", true)
        || concepts.own("medicine", true)
        || concepts.beside("feel", "part")
        || complains
        || shut;
    if (concepts.has("judge") && of_body) || asks_clinically(&concepts) {
        add(SafetyFlag::MedicalAdvice);
    }
    if concepts.own("condition", for_other) && !general(text)
        || concepts.own("medicine", for_other) && takes(text, &concepts)
    {
        add(SafetyFlag::Contraindication);
    }
    if (under_age(text, for_other) || of_a_baby(text)) && !brings_along(text) {
        add(SafetyFlag::Minor);
    }
    // A throat that closes is no matter of how the treated area looks.
    if urgent && !shut && !concepts.has("colour") && flags.contains(&SafetyFlag::Emergency) {
        flags.retain(|flag| *flag != SafetyFlag::PostProcedure);
    }
    let spoken_of: Vec<&'static str> = concepts.found.iter().map(|(label, _)| *label).collect();
    if of_the_desk(text, &spoken_of) {
        flags.retain(|flag| *flag != SafetyFlag::MedicalAdvice);
    }
    flags.sort_by_key(|flag| *flag as u8);
    (flags, spoken_of)
}

const WHITE: &[&str] = &[
    "white",
    "blanched",
    "blanching",
    "pale",
    "gray",
    "grey",
    "blotchy",
    "mottled",
    "dusky",
    "purple",
    "purplish",
    "webbing",
    "lacy",
    "marbled",
    "blue",
    "bluish",
    "dead",
    "cold",
    "morada",
    "morado",
    "blanca",
    "blanco",
    "blancos",
    "fria",
    "black",
    "palido",
    "gris",
];

/// Nothing but swelling and bruises is told of a treated area: no shut vessel, and neither breath nor sight nor words gone.
pub(super) fn only_swells(text: &Text) -> bool {
    const SWELLS: &[&str] = &[
        "swollen",
        "swelling",
        "puffy",
        "bruise",
        "bruised",
        "bruises",
        "bruising",
        "hinchado",
        "hinchada",
        "hinchados",
        "moretones",
    ];
    text.has_any(SWELLS)
        && !text.has_any(WHITE)
        && !text.has_any(&[
            "chest",
            "heart",
            "garganta",
            "911",
            "worst",
            "pain",
            "words",
            "talking",
            "duele",
            "dolor",
            "vomiting",
            "puking",
            "vision",
            "see",
            "blind",
            "blurry",
            "sight",
            "breathe",
            "breath",
            "swallow",
            "throat",
            "faint",
            "fainted",
            "numb",
            "fever",
            "pus",
            "unbearable",
            "excruciating",
            "spreading",
            "black",
            "double",
            "vista",
            "respirar",
            "tragar",
            "fiebre",
            "dizzy",
            "tongue",
            "hives",
            "close",
            "closing",
        ])
}

/// "Pale" and "blue" say what somebody looks like.
fn of_complexion(text: &Text, hit: Match) -> bool {
    text.tokens[hit.start..hit.end].iter().any(|t| matches!(t.word.as_str(), "pale" | "blue" | "palida" | "palido"))
        && !text.has_any(&["turned", "went", "turning", "gone", "going", "suddenly", "now", "cold", "numb", "mottled"])
}

/// Something was done, and since then it hurts.
fn complaining(concepts: &Concepts<'_>) -> bool {
    (concepts.has("treatment") || concepts.has("visit")) && (concepts.has("since") || concepts.has("pain"))
}

/// "I'd jump off a bridge for her lamination", "suicidal in my twenties and therapy fixed it".
fn jests(text: &Text, hit: Match) -> bool {
    let would = text.tokens[hit.start.saturating_sub(2)..hit.start].iter().any(|t| t.is("id"))
        && !text.tokens[hit.start..hit.end].iter().any(|t| t.is("rather"));
    let eager = (hit.start..hit.end + 2).any(|at| text.word(at) == "de" && text.word(at + 1) == "ganas");
    // "I work at the suicide hotline", "a suicide prevention training".
    let at_work = text.tokens[hit.start..(hit.end + 3).min(text.tokens.len())]
        .iter()
        .any(|t| matches!(t.word.as_str(), "hotline" | "prevention" | "training" | "awareness" | "risa"))
        && !text.has_any(&["myself", "im", "help", "answer", "answering"]);
    // "Which cream won't hurt the baby".
    let asks_what_is_safe = text.has_any(&["cream", "safe", "medicine", "which"])
        && text.tokens[hit.start..hit.end].iter().any(|t| matches!(t.word.as_str(), "hurt" | "harm"));
    let past = (hit.start..hit.end + 4).any(|at| {
        matches!(
            (text.word(at), text.word(at + 1), text.word(at + 2)),
            ("in" | "as", "my" | "a", "twenties" | "thirties" | "teens" | "teen" | "20s" | "teenager")
                | ("years", "ago", _)
        )
    });
    would || eager || past || at_work || asks_what_is_safe
}

/// "Should I get there early", "should I go in through the back", "should I be there at 3".
fn to_arrive(text: &Text, hit: Match) -> bool {
    (hit.start..hit.end + 3).any(|at| {
        matches!(
            (text.word(at), text.word(at + 1)),
            ("get" | "be" | "go" | "come", "there" | "here" | "early")
                | ("wait", "in" | "outside")
                | ("go", "to" | "in" | "through")
        )
    }) && matches!(text.word(hit.start), "should" | "what" | "how" | "do")
        && !text.has_any(&["er", "doctor", "hospital", "urgent", "gym", "work", "school"])
}

/// A question only a clinician may answer, about any complaint, drug or result: "is this ringworm or eczema?", "what's it mean
/// when your TSH is 6?". What the desk knows (who treats it, what it costs, when to come) is none.
fn asks_clinically(concepts: &Concepts<'_>) -> bool {
    let subject =
        ["symptom", "test", "drug", "ailment", "condition", "medicine", "body"].iter().any(|label| concepts.has(label));
    subject && concepts.has("clinical") && !concepts.has("desk") && !concepts.has("animal")
}

/// "Do you treat rosacea", "is there a peel for melasma": what the clinic does, and nobody's condition.
fn general(text: &Text) -> bool {
    let first = text.tokens.iter().find(|t| t.kind == Kind::Word).map_or("", |t| t.word.as_str());
    matches!(first, "do" | "does" | "what" | "is" | "are" | "how")
        && !text.has_any(&["i", "im", "my", "ive", "tengo", "soy", "estoy"])
}

/// A child that comes along, and is not the patient.
fn brings_along(text: &Text) -> bool {
    text.has_any(&["sit", "waiting", "babysit", "babysitter", "daycare", "stroller", "quiet", "toys"])
        || (text.has_any(&["come", "bring"]) && text.has_any(&["while", "with"]) && text.has_any(&["room", "lobby"]))
}

/// Wants a thing treated, and does not complain of what was treated.
fn wishes(text: &Text) -> bool {
    let asks = text.has_any(&["want", "looking", "interested", "book", "rid", "quiero", "treat", "fix"]);
    asks && !text.has_any(&[
        "since",
        "worried",
        "yesterday",
        "desde",
        "ago",
        "still",
        "happened",
        "hurts",
        "nervous",
        "upset",
    ])
}

/// Takes it, and not merely asks about it.
fn takes(text: &Text, concepts: &Concepts<'_>) -> bool {
    concepts.all("medicine").any(|hit| {
        text.tokens[hit.start.saturating_sub(6)..hit.start].iter().any(|t| {
            matches!(
                t.word.as_str(),
                "on" | "take"
                    | "taking"
                    | "my"
                    | "takes"
                    | "using"
                    | "use"
                    | "prescribed"
                    | "started"
                    | "me"
                    | "tomo"
                    | "tomando"
                    | "uso"
                    | "mi"
                    | "had"
                    | "finished"
                    | "have"
            )
        })
    })
}

/// "Can I combine the discount with my membership", "is it safe to pay through the link", "am I too early": of the desk, with
/// nothing of a body in it.
pub(super) fn of_the_desk(text: &Text, spoken_of: &[&str]) -> bool {
    let bodily = spoken_of.iter().any(|concept| {
        matches!(*concept, "part" | "treatment" | "medicine" | "condition" | "feel" | "pain" | "colour")
    });
    let desk = text.has_any(&[
        "gift",
        "discount",
        "promo",
        "promotion",
        "coupon",
        "membership",
        "car",
        "parking",
        "highway",
        "traffic",
        "website",
        "link",
        "texts",
        "payment",
        "deposit",
        "booking",
        "closed",
        "refund",
        "financing",
        "invoice",
    ]) || text.tokens.windows(2).any(|w| w[0].is("too") && matches!(w[1].word.as_str(), "early" | "late"));
    let beside_treatment = text.has_any(&["after", "before", "during", "while"]);
    desk && !bodily && !beside_treatment && text.word_count() <= 16
}

/// Who may be under age.
const CHILDREN: &[&str] = &[
    "daughter",
    "son",
    "sister",
    "brother",
    "niece",
    "nephew",
    "kid",
    "child",
    "cousin",
    "teen",
    "teenager",
    "girl",
    "boy",
    "friend",
    "granddaughter",
    "grandson",
    "stepdaughter",
    "stepson",
    "hija",
    "hijo",
    "hermana",
    "hermano",
    "sobrina",
    "sobrino",
    "nina",
    "nino",
    "amiga",
    "prima",
];

/// "Sixteen", said of a person.
fn teen(word: &str) -> Option<u32> {
    const TEENS: [&str; 6] = ["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"];
    const SPANISH: [&str; 6] = ["doce", "trece", "catorce", "quince", "dieciseis", "diecisiete"];
    let at = TEENS.iter().position(|w| *w == word).or_else(|| SPANISH.iter().position(|w| *w == word))?;
    u32::try_from(at + 12).ok()
}

/// A baby that is ill or is to be treated: "our newborn won't wake", "he is 7 months old".
fn of_a_baby(text: &Text) -> bool {
    let spoken_of = text.has_any(&["old", "baby", "newborn", "infant", "toddler", "bebe", "babys"]);
    spoken_of
        && (0..text.tokens.len()).any(|at| {
            let aged =
                matches!(text.word(at), "week" | "weeks" | "month" | "months" | "day" | "days" | "meses" | "semanas")
                    && (matches!(text.word(at + 1), "old") || (text.word(at + 1) == "-" && text.word(at + 2) == "old"));
            let of_us = at > 0
                && matches!(text.word(at - 1), "my" | "our" | "mi" | "the" | "his" | "her")
                && matches!(text.word(at), "baby" | "newborn" | "infant" | "toddler" | "bebe" | "babys")
                && !matches!(text.word(at + 1), "shower" | "weight" | "bump" | "face" | "sitter" | "daddy" | "fever");
            let ails = || {
                text.has_any(&[
                    "fever",
                    "wont",
                    "limp",
                    "rash",
                    "cough",
                    "breathing",
                    "responding",
                    "blue",
                    "tos",
                    "fiebre",
                    "vomiting",
                    "spot",
                    "bumps",
                    "sneezing",
                    "nurse",
                    "diarrhea",
                    "head",
                ])
            };
            let alone = at == 0
                && matches!(text.word(at), "baby" | "newborn" | "toddler" | "infant")
                && text.has_any(&["not", "wont", "isnt", "is", "has"]);
            (aged && !text.has_any(&["appointment", "filler", "botox", "postpartum", "breastfeeding"]))
                || ((of_us || alone) && ails())
        })
}

/// An age below 18 of the patient.
fn under_age(text: &Text, for_other: bool) -> bool {
    (0..text.tokens.len()).any(|at| {
        let said = text.tokens[at].number().or_else(|| teen(text.word(at)));
        let Some(age) = said.filter(|age| (1..=18).contains(age)) else { return false };
        let before = at.checked_sub(1).map_or("", |b| text.word(b));
        let before_that = at.checked_sub(2).map_or("", |b| text.word(b));
        let dashed = usize::from(text.word(at + 1) == "-");
        let (unit, then) = (text.word(at + 1 + dashed), text.word(at + 2 + 2 * dashed));
        let counts = text.is_in(at + 1 + dashed, List::Units);
        let years = matches!(unit, "yo" | "anos")
            || (matches!(unit, "year" | "years" | "yr" | "yrs" | "y")
                && (matches!(then, "old" | "o" | "daughter" | "son" | "olds") || text.word(at + 3) == "old"));
        let since = matches!(text.word(at + 2), "ago" | "experience" | "since")
            || text.has_any(&["been"]) && !matches!(then, "old" | "o");
        let bare_age = (10..18).contains(&age)
            && !counts
            && !matches!(unit, "am" | "pm" | "blocks" | "away" | "late" | "early" | ":" | "/" | "%");
        // "I turn 18 in March": not yet.
        let turns = matches!(before, "turn" | "turning" | "cumplo") && !matches!(unit, "minutes" | "min");
        if age == 18 {
            return turns && text.word(at + 1) != "last";
        }
        // "I have a 10 yr old so mornings only": whose hours they keep, not who comes.
        let keeps_hours = !for_other
            && text.tokens[..at].iter().rev().take(3).any(|t| matches!(t.word.as_str(), "have" | "got" | "tengo"))
            && !text.has_any(&["bring", "bringing", "she", "he", "her", "him", "wants", "needs", "daughter", "son"]);
        // "My daughter is 17", "mi hija de 16".
        let of_relative = matches!(before, "is" | "de" | "age" | "aged" | "tiene" | "who" | "only")
            && text.tokens[at.saturating_sub(5)..at].iter().any(|t| CHILDREN.contains(&t.word.as_str()))
            && !counts
            && !matches!(unit, "am" | "pm" | ":" | "/" | "%" | "minutes" | "min");
        let named = matches!(before, "im" | "shes" | "hes" | "turned") || (before == "am" && before_that == "i");
        let says_age = (named && bare_age)
            || matches!(before, "im" | "shes" | "hes")
                && matches!(unit, "" | "." | "," | "and" | "!" | "but" | "so" | "is")
            || before == "am" && before_that == "i" && matches!(unit, "" | "." | "," | "and" | "but")
            || before == "only" && matches!(before_that, "im" | "shes" | "hes" | "is" | "am")
            || before == "turning"
            || before == "tengo" && unit == "anos";
        // "16" alone behind "for my daughter, 16".
        let apposed = for_other && before == "," && age > 9 && matches!(unit, "" | "." | ",");
        (years && !since && !keeps_hours) || says_age || turns || of_relative || apposed
    })
}
