//! How a message stands to a time it names: taken, asked about, held, refused, or only mentioned. A time is booked at once
//! when it is taken, so whatever is not plainly taken is asked about first.

use super::answer::Answer;
use super::lexicon::FILES;
use super::pattern::Match;
use super::text::{Kind, Text};

/// How a message stands to the one time its cues leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stance {
    /// It takes it.
    Takes,
    /// It may mean it: one question settles it.
    Unsure,
    /// It asks about it, waits, or speaks of something else.
    Leaves,
}

/// Words that take.
const STRONG: &[&str] = &[
    "take",
    "book",
    "grab",
    "reserve",
    "works",
    "perfect",
    "confirm",
    "confirmed",
    "lets",
    "ill",
    "well",
    "yes",
    "want",
    "love",
    "prefer",
    "pick",
    "choose",
    "choosing",
    "picking",
    "schedule",
    "sounds",
    "thatll",
    "deal",
    "lock",
    "tomo",
    "quiero",
    "sirve",
    "funciona",
    "perfecto",
    "prefiero",
    "reserva",
    "reservar",
    "agenda",
    "agendar",
    "apunta",
    "gustaria",
    "dale",
    "si",
    "claro",
    "absolutely",
    "definitely",
    "excellent",
    "wonderful",
    "id",
    "fits",
    "gimme",
    "snag",
    "count",
];
/// Words that agree, or keep a message polite, and say nothing else.
const MILD: &[&str] = &[
    "okay",
    "sure",
    "great",
    "good",
    "fine",
    "cool",
    "alright",
    "awesome",
    "please",
    "thanks",
    "thank",
    "you",
    "the",
    "a",
    "an",
    "at",
    "on",
    "for",
    "me",
    "one",
    "that",
    "this",
    "it",
    "is",
    "would",
    "will",
    "be",
    "do",
    "can",
    "could",
    "i",
    "we",
    "slot",
    "time",
    "option",
    "number",
    "appointment",
    "appt",
    "spot",
    "opening",
    "and",
    "then",
    "so",
    "with",
    "hi",
    "hello",
    "hey",
    "oh",
    "um",
    "uh",
    "well",
    "just",
    "actually",
    "instead",
    "no",
    "wait",
    "sorry",
    "go",
    "going",
    "im",
    "my",
    "of",
    "in",
    "to",
    "like",
    "work",
    "best",
    "better",
    "think",
    "guess",
    "down",
    "put",
    "set",
    "up",
    "get",
    "have",
    "make",
    "come",
    "see",
    "there",
    "them",
    "those",
    "these",
    "still",
    "if",
    "its",
    "possible",
    "available",
    "open",
    "all",
    "right",
    "bet",
    "yay",
    "works",
    "la",
    "el",
    "las",
    "los",
    "de",
    "a",
    "por",
    "favor",
    "gracias",
    "bien",
    "esta",
    "me",
    "opcion",
    "hora",
    "cita",
    "para",
    "con",
    "ese",
    "esa",
    "eso",
    "va",
    "o",
    "clock",
    "oclock",
    "sharp",
    "pm",
    "am",
    "morning",
    "afternoon",
    "evening",
    "noon",
    "dia",
    "tarde",
    "manana",
    "noche",
    "as",
    "well",
    "too",
    "lol",
    "haha",
    "first",
    "second",
    "third",
    "last",
    "early",
    "earliest",
    "later",
    "latest",
    "sounds",
    "maam",
    "sir",
    "babe",
    "hun",
    "rather",
    "prefer",
    "either",
    "mejor",
    "ok",
    "how",
    "about",
    "lo",
    "le",
    "y",
    "tomar",
    "hacer",
    "hagamos",
    "xfa",
    "plis",
    "pls",
    "porfi",
    "porfis",
    "porfa",
    "dear",
    "honey",
    "hon",
    "mate",
    "luv",
    "lah",
    "obviously",
    "honestly",
    "gonna",
    "say",
    "said",
    "saying",
    "since",
    "ask",
    "very",
    "super",
    "totally",
    "middle",
    "top",
    "bottom",
    "next",
    "ones",
    "entry",
    "choice",
    "letter",
    "ish",
    "day",
    "days",
    "tho",
    "though",
    "mas",
    "temprano",
    "temprana",
    "tempranito",
    "tempranita",
    "primera",
    "primero",
    "segunda",
    "segundo",
    "ultima",
    "ultimo",
    "tercera",
    "tercero",
    "del",
    "lista",
    "list",
    "mismo",
    "misma",
    "pues",
    "otra",
    "otro",
    "que",
    "tenga",
    "mean",
    "meant",
    "now",
    "only",
    "dr",
    "doctor",
    "dra",
    "other",
    "guys",
    "yall",
    "finally",
    "real",
    "quick",
    "kindly",
    "hmm",
    "uhh",
    "umm",
    "ooh",
    "ooo",
    "yo",
    "ah",
    "ahh",
    "eh",
    "babes",
    "girl",
    "bestie",
    "bro",
    "bruh",
    "dude",
    "folks",
    "team",
    "doc",
    "thing",
    "definite",
    "pretty",
    "much",
    "more",
    "most",
    "ya",
    "yup",
    "indeed",
    "exactly",
    "ive",
    "got",
    "week",
    "today",
    "tomorrow",
    "tonight",
    "tuesday",
    "monday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "quarter",
    "dec",
    "nov",
    "jan",
    "december",
    "november",
    "january",
    "tempranas",
    "manita",
    "horita",
    "ahorita",
    "lunes",
    "martes",
    "jueves",
    "viernes",
    "sabado",
    "domingo",
    "miercoles",
    "soonest",
    "whatever",
    "whichever",
    "scratch",
    "changed",
    "mind",
    "switch",
    "grand",
    "lovely",
    "amazing",
    "wonderful",
    "ideal",
    "doable",
    "suits",
    "suit",
    "swing",
    "blessing",
    "maravilla",
    "perlas",
    "perfecta",
    "excelente",
    "genial",
    "prefiere",
    "taking",
    "took",
    "wanted",
    "quise",
    "decir",
    "wants",
    "but",
    "pero",
    "earlier",
    "absolute",
    "date",
    "dates",
    "en",
    "quite",
    "than",
    "rest",
    "plus",
    "stick",
    "always",
    "lady",
    "hers",
    "his",
    "theirs",
    "back",
    "anything",
    "any",
    "isnt",
    "nd",
    "rd",
    "st",
    "th",
    "options",
    "saves",
    "x",
    "xx",
    "xo",
    "al",
    "asap",
    "cae",
    "wid",
    "dat",
    "mediodia",
];
/// Something else happens then, or to somebody else.
const ELSEWHERE: &[&str] = &[
    "dentist",
    "flight",
    "lands",
    "landing",
    "meeting",
    "class",
    "school",
    "shift",
    "until",
    "till",
    "til",
    "busy",
    "friend",
    "friends",
    "sister",
    "brother",
    "husband",
    "wife",
    "kids",
    "lunch",
    "gym",
    "surgery",
    "interview",
    "court",
    "pick",
    "off",
    "reunion",
    "vuelo",
    "trabajo",
    "dentista",
    "clase",
    "escuela",
    "amiga",
    "hermana",
    "esposo",
];
/// Words that leave it open.
const OPEN: &[&str] = &[
    "maybe",
    "perhaps",
    "possibly",
    "might",
    "unless",
    "depends",
    "tentatively",
    "hold",
    "check",
    "checking",
    "ask",
    "quizas",
    "quiza",
    "talvez",
    "dejame",
    "reviso",
    "pregunto",
    "consultar",
    "whichever",
    "nevermind",
    "nvm",
    "forget",
    "hate",
    "sucks",
    "ugh",
    "nah",
    "theory",
    "wish",
    "tempting",
    "painful",
    "stretch",
    "hurts",
    "pencil",
    "pienso",
    "consulto",
    "vez",
    "pudiera",
];
/// What a "yes" to the only time on offer may be about instead.
const ASIDE: &[&str] = &[
    "question", "here", "email", "number", "online", "call", "new", "still", "hmm", "stop", "look", "fee", "no", "name",
];
const ASKING: &[&str] = &[
    "who", "whos", "what", "whats", "when", "whens", "where", "which", "how", "hows", "why", "does", "did", "is",
    "are", "was", "will", "quien", "cual", "cuando", "donde", "cuanto", "que", "hay",
];
pub(crate) const REFUSING: &[&str] = &[
    "cant", "cannot", "wont", "dont", "not", "never", "neither", "doesnt", "didnt", "wouldnt", "couldnt", "isnt",
    "unable", "nunca", "tampoco",
];

fn pair(text: &Text, at: usize, first: &[&str], second: &[&str]) -> bool {
    first.contains(&text.word(at)) && second.contains(&text.word(at + 1))
}

/// "If it's still open": it is looked up again before it is booked anyway.
fn if_open(text: &Text, at: usize) -> bool {
    let is = usize::from(text.word(at + 1) == "it" && text.word(at + 2) == "is");
    let behind = at + 2 + is;
    let behind = behind + usize::from(text.word(behind) == "still");
    matches!(text.word(at + 1), "its" | "it") && matches!(text.word(behind), "open" | "available" | "free" | "there")
}

/// Where a clause begins that holds a token.
fn clause_start(text: &Text, at: usize) -> usize {
    (0..at)
        .rev()
        .find(|i| {
            text.tokens[*i].ends_sentence()
                || matches!(text.word(*i), "," | ";" | "but" | "pero" | "though" | "however" | "\n" | "-" | "so")
        })
        .map_or(0, |i| i + 1)
}

/// Whether what stands at some tokens is ruled out by its clause: "I can't do 9", "no puedo a las 9", "the 9 won't work".
pub(crate) fn is_ruled_out(text: &Text, start: usize, end: usize) -> bool {
    let from = clause_start(text, start);
    let harmless = |at: usize| {
        pair(text, at, &["cant"], &["wait"])
            || pair(text, at, &["not"], &["bad", "sure", "too"])
            || at.checked_sub(1).is_some_and(|b| pair(text, b, &["why", "if"], &["not"]))
    };
    let before = (from..start).any(|at| {
        (REFUSING.contains(&text.word(at)) && !harmless(at))
            || pair(text, at, &["no"], &["puedo", "quiero", "me", "longer", "way"])
            || pair(text, at, &["rather", "prefer"], &["not"])
    });
    let behind = (end..text.tokens.len())
        .take_while(|at| !text.tokens[*at].ends_sentence() && !matches!(text.word(*at), "," | "but" | "pero" | "and"))
        .take(4)
        .any(|at| {
            pair(
                text,
                at,
                &["doesnt", "dont", "wont", "isnt", "not", "cant", "wouldnt"],
                &["work", "good", "great", "possible", "going", "ideal", "do", "be", "make"],
            ) || pair(text, at, &["no"], &["me", "puedo", "funciona", "sirve"])
        });
    before || behind
}

/// The same, with what the message says to the question: a plain yes takes what it names, a question about it does not.
pub(crate) fn of_answer(text: &Text, spans: &[(usize, usize)], answer: Answer) -> Stance {
    let stance = of(text, spans);
    let asks = text.tokens.last().is_some_and(|t| t.sign() == Some('?'));
    match (stance, answer) {
        (Stance::Unsure | Stance::Leaves, Answer::Yes) if !asks && !text.has_any(OPEN) => Stance::Takes,
        _ => stance,
    }
}

/// How a message stands to what its cues, at `spans`, leave.
pub(crate) fn of(text: &Text, spans: &[(usize, usize)]) -> Stance {
    let words: Vec<usize> = (0..text.tokens.len()).filter(|at| text.tokens[*at].kind == Kind::Word).collect();
    let in_cue = |at: usize| spans.iter().any(|(start, end)| at >= *start && at < *end);
    let has = |list: &[&str]| words.iter().any(|at| !in_cue(*at) && list.contains(&text.word(*at)));
    // "I'll take it", "book me": said outright, whatever else is said.
    let outright = (0..text.tokens.len()).any(|at| {
        pair(text, at, &["ill", "id", "well", "please"], &["take", "grab", "book", "reserve", "go", "do", "pick"])
            || pair(text, at, &["lets"], &["do", "go", "book", "take"])
            || pair(text, at, &["book", "reserve", "schedule"], &["it", "me", "that", "the", "us", "this"])
            || (pair(text, at, &["works", "perfect"], &["for"]) && matches!(text.word(at + 2), "me" | "us"))
            || pair(text, at, &["works", "perfect"], &["great", "perfectly"])
    });
    // "I want 2:30 but I can't", "sure... not": what refuses behind the time takes it back.
    let last_cue = spans.iter().map(|(_, end)| *end).max().unwrap_or(0);
    // "Wed? nope", "Monday's a no"; but "no problem".
    let denies = |at: usize| {
        matches!(text.word(at), "nope" | "nah" | "noo")
            || text.word(at) == "no"
                && !matches!(
                    text.word(at + 1),
                    "problem"
                        | "prob"
                        | "problema"
                        | "worries"
                        | "doubt"
                        | "question"
                        | "rush"
                        | "need"
                        | "matter"
                        | "later"
                        | "earlier"
                        | "wait"
                )
    };
    let taken_back = words.iter().any(|at| {
        *at >= last_cue
            && !spans.is_empty()
            && (denies(*at) || REFUSING.contains(&text.word(*at)) && !pair(text, *at, &["cant"], &["wait"]))
    }) || words
        .iter()
        .any(|at| spans.is_empty() && REFUSING.contains(&text.word(*at)) && !pair(text, *at, &["cant"], &["wait"]));
    // "The last one was taken": told, not chosen.
    let told =
        words.iter().any(|at| *at >= last_cue && *at <= last_cue + 1 && matches!(text.word(*at), "was" | "were"));
    if taken_back || told {
        return Stance::Leaves;
    }
    let thinks = (0..text.tokens.len()).any(|at| {
        // "11:15 is my lunch"; not "is my pick".
        pair(text, at, &["is", "are", "es"], &["my", "our", "mi"])
            && !matches!(
                text.word(at + 2),
                "pick" | "choice" | "preference" | "favorite" | "first" | "best" | "answer" | "vote" | "final" | "only"
            )
            || pair(text, at, &["im", "am", "were", "are", "estoy"], &["up", "out", "off", "away", "busy", "fuera"])
            || pair(text, at, &["let"], &["me", "u", "you"])
            || pair(text, at, &["think", "thinking"], &["about", "on", "over"])
            || pair(text, at, &["not"], &["sure"])
            || pair(text, at, &["get"], &["back"])
            || pair(text, at, &["talk", "speak"], &["later", "to", "soon"])
            || (pair(text, at, &["if"], &["i", "they", "its", "it", "she", "he", "we"]) && !if_open(text, at))
            || pair(text, at, &["see"], &["if", "what"])
    });
    if has(OPEN) || thinks {
        return Stance::Leaves;
    }
    if leads(text, spans) {
        return Stance::Takes;
    }
    let first = words
        .iter()
        .copied()
        .find(|at| !matches!(text.word(*at), "so" | "and" | "but" | "hi" | "hey" | "wait" | "okay" | "y"));
    // "9 is perfect" begins with the time, and asks nothing.
    let opener = first.filter(|at| !spans.iter().any(|(start, _)| start < at)).map_or("", |at| text.word(at));
    let requests = first.is_some_and(|at| {
        pair(
            text,
            at,
            &["can", "could", "may", "puedo", "podria", "podemos"],
            &["i", "we", "you", "u", "do", "take", "get", "tomar", "reservar", "tener", "agendar", "ir"],
        )
    }) && has(&[
        "do", "take", "get", "have", "book", "come", "grab", "make", "go", "tomar", "reservar", "ir", "agendar", "put",
        "schedule",
    ]);
    let asks =
        text.tokens.last().is_some_and(|t| t.sign() == Some('?')) || text.word(0) == "¿" || ASKING.contains(&opener);
    let elsewhere = words.iter().any(|at| {
        !in_cue(*at) && ELSEWHERE.contains(&text.word(*at)) && !(text.word(*at) == "pick" && text.word(at + 1) != "up")
    }) || (0..text.tokens.len()).any(|at| {
        pair(text, at, &["i", "work"], &["work", "at", "till", "until"])
            && !text.has_any(&["works"])
            && text.word(at) == "i"
            && text.word(at + 1) == "work"
    }) || (text.has_any(&["have"]) && text.has_any(&["appointment", "appt"]) && !requests && !outright);
    if elsewhere && !outright {
        return Stance::Leaves;
    }
    if asks && !requests && !outright {
        // "Yes! What's the address?" takes and asks; "ok how much" only asks.
        let yes = words.len() > 1 && matches!(text.word(0), "yes" | "perfect" | "si" | "perfecto" | "absolutely");
        if yes && !text.has_any(&["much", "cost", "price", "cuanto", "cuesta", "cancel"]) {
            return Stance::Takes;
        }
        let suggests = matches!((opener, first.map_or("", |at| text.word(at + 1))), ("how" | "what", "about"));
        let open = text.has_any(&["available", "open", "free", "still", "work", "okay", "good", "disponible", "libre"]);
        return if suggests || open { Stance::Unsure } else { Stance::Leaves };
    }
    let residue = words
        .iter()
        .filter(|at| {
            let word = text.word(**at);
            !in_cue(**at) && ![MILD, STRONG, REFUSING].iter().any(|list| list.contains(&word))
        })
        .count();
    let agrees = outright || requests || has(STRONG);
    match residue {
        0 => Stance::Takes,
        _ if agrees => Stance::Takes,
        _ => Stance::Unsure,
    }
}

/// The last clause is nothing but the time and words that agree or are polite: no reading between the lines.
pub(crate) fn is_plain(text: &Text, spans: &[(usize, usize)]) -> bool {
    let last_cue = spans.iter().map(|(start, _)| *start).max().unwrap_or(0);
    (clause_start(text, last_cue)..text.tokens.len()).all(|at| {
        let token = &text.tokens[at];
        match token.kind {
            _ if spans.iter().any(|(start, end)| at >= *start && at < *end) => true,
            Kind::Word => MILD.contains(&text.word(at)) || STRONG.contains(&text.word(at)),
            Kind::Number => false,
            Kind::Sign => true,
        }
    })
}

/// "Number 3, and can you tell me …", "4:45 Thursday. Will I be done by 6?": the time first, then a pause, then something
/// else that takes nothing back.
fn leads(text: &Text, spans: &[(usize, usize)]) -> bool {
    let led = |at: &usize| {
        text.tokens[*at].kind == Kind::Word
            && matches!(
                text.word(*at),
                "the"
                    | "number"
                    | "option"
                    | "um"
                    | "uh"
                    | "okay"
                    | "yes"
                    | "at"
                    | "on"
                    | "la"
                    | "el"
                    | "las"
                    | "lets"
                    | "do"
                    | "ill"
                    | "take"
                    | "please"
                    | "one"
                    | "opcion"
                    | "hi"
                    | "slot"
            )
    };
    let mut at = (0..text.tokens.len()).find(|at| !led(at)).unwrap_or(0);
    let begun = at;
    while spans.iter().any(|(start, end)| at >= *start && at < *end)
        || (at > begun && at < text.tokens.len() && led(&at))
    {
        at += 1;
    }
    let pauses = at > begun
        && text.tokens.get(at).is_some_and(|t| {
            matches!(t.word.as_str(), "," | "." | "!" | "-" | ";" | "\n") && !matches!(text.word(at + 1), "no" | "wait")
        });
    let takes_back = text.tokens[at.min(text.tokens.len())..].iter().any(|t| {
        REFUSING.contains(&t.word.as_str())
            || OPEN.contains(&t.word.as_str())
            || matches!(
                t.word.as_str(),
                "no" | "if" | "only" | "unless" | "wait" | "actually" | "but" | "or" | "right" | "sorry" | "oh"
            )
    });
    pauses && !takes_back
}

/// Whether a message without a time of its own takes the only one on offer.
pub(crate) fn assents(text: &Text) -> bool {
    if text.has_any(&["cancel", "later", "but", "pero", "much", "cost", "price"]) {
        return false;
    }
    let words = || text.tokens.iter().filter(|t| t.kind == Kind::Word).map(|t| t.word.as_str());
    // "Good morning", "you're amazing": kind, and no answer.
    let kind: Vec<Match> = FILES.answers().find(text).filter(|hit| FILES.answers().label(*hit) == "courtesy").collect();
    let is_kind = |at: usize| kind.iter().any(|hit| at >= hit.start && at < hit.end);
    let says_more = (0..text.tokens.len()).any(|at| {
        text.tokens[at].kind == Kind::Word
            && !is_kind(at)
            && (MILD.contains(&text.word(at)) || STRONG.contains(&text.word(at)))
    });
    if !kind.is_empty() && !says_more {
        return false;
    }
    // "No problem, 9 works" begins so; "yeah no" ends so.
    let aside = words().skip(1).any(|word| ASIDE.contains(&word));
    let plain = words().filter(|word| !MILD.contains(word) && !STRONG.contains(word)).count();
    let asks = text.tokens.iter().any(|t| t.sign() == Some('?'));
    !aside && (plain == 0 || asks) && words().count() > 0 && of(text, &[]) == Stance::Takes
}
