//! Words of danger that report none: another sense, a figure of speech, a joke, another time, somebody else's story.

use super::text::{Text, Token};

/// A film, a drive, a pet: another matter than the sender's life.
pub(super) fn another_sense(text: &Text, at: usize) -> bool {
    // "Die of embarrassment", "live in this flat", "cut myself shaving", "kill himself on that skateboard". Only what is plainly
    // another thing: "live in this body", "kill myself on Friday" are meant.
    let soon = |from: usize, words: &[&str]| (from..from + 4).any(|next| words.contains(&text.word(next)));
    let harmless = (at..at + 7).any(|i| match (text.word(i), text.word(i + 1)) {
        ("die" | "dying", "of" | "from") => soon(
            i + 2,
            &[
                "embarrassment",
                "boredom",
                "laughter",
                "laughing",
                "shame",
                "hunger",
                "cringe",
                "thirst",
                "cuteness",
                "joy",
            ],
        ),
        ("live", "in") => {
            soon(i + 2, &["flat", "house", "apartment", "city", "town", "building", "country", "neighborhood"])
        }
        ("myself", "shaving" | "cooking" | "chopping" | "slicing") => true,
        ("himself" | "herself" | "themselves", "on") => {
            soon(i + 2, &["skateboard", "bike", "motorcycle", "scooter", "trampoline", "slopes"])
        }
        ("disappear", "into") => soon(i + 2, &["bed", "blanket", "blankets", "couch"]),
        _ => false,
    });
    if harmless {
        return true;
    }
    let near = at.saturating_sub(6)..(at + 7).min(text.tokens.len());
    text.tokens[near].iter().any(|t| {
        matches!(
            t.word.as_str(),
            "dog"
                | "cat"
                | "puppy"
                | "perro"
                | "gato"
                | "horse"
                | "movie"
                | "show"
                | "episode"
                | "traffic"
                | "career"
                | "song"
                | "boss"
                | "price"
                | "prices"
                | "heels"
                | "feet"
                | "squad"
                | "game"
                | "calories"
                | "workout"
        )
    }) && !text.has_any(&["myself", "suicidal", "suicide"])
        || text.tokens[at.saturating_sub(4)..(at + 4).min(text.tokens.len())]
            .iter()
            .any(|t| matches!(t.word.as_str(), "traffic" | "movie" | "squad"))
}

/// Words of danger in another sense, or of an animal.
pub(super) fn figurative(text: &Text, at: usize) -> bool {
    // "Passing out invitations".
    let hands_out = text.word(at + 1) == "out"
        && text.tokens.get(at + 2).is_some_and(|t| {
            matches!(t.word.as_str(), "invitations" | "flyers" | "candy" | "cards" | "samples" | "gifts" | "the" | "my")
        });
    if hands_out {
        return true;
    }
    let word = |at: usize| text.word(at);
    let near = at.saturating_sub(6)..(at + 7).min(text.tokens.len());
    let any = |words: &[&str]| text.tokens[near.clone()].iter().any(|t| words.contains(&t.word.as_str()));
    // "Passed out on the couch", "going blind looking at spreadsheets", "can't breathe 😂".
    let behind = |words: &[&str]| (at + 1..at + 5).any(|next| words.contains(&word(next)));
    let laughs = text.chars.iter().any(|c| matches!(c, '😂' | '🤣' | '💀'))
        && !text.has_any(&["filler", "botox", "injection", "throat", "swollen", "after", "since", "help"]);
    let unwell = text.has_any(&[
        "after",
        "since",
        "injection",
        "filler",
        "botox",
        "wont",
        "wake",
        "help",
        "hit",
        "breathing",
        "unresponsive",
    ]);
    let slept = matches!(word(at), "passed" | "passing")
        && !unwell
        && behind(&["drunk", "asleep", "early", "couch", "sofa", "bed"]);
    let strained = word(at) == "going" && behind(&["looking", "staring", "reading"])
        || text.has_any(&["rollercoaster", "coaster", "outfit"]);
    if laughs || slept || strained {
        return true;
    }
    any(&[
        "dog", "cat", "puppy", "perro", "gato", "horse", "movie", "show", "episode", "traffic", "career", "song",
        "lol", "joking", "boss", "smiling",
    ]) || (any(&["excited", "laughing", "obsessed", "cute", "gorgeous", "funny", "wedding", "emocionada"])
        && !any(&["swollen", "throat", "chest", "filler"]))
        || matches!(
            (word(at), word(at + 1)),
            (
                "emergency",
                "medicine"
                    | "contact"
                    | "contacts"
                    | "exit"
                    | "dentist"
                    | "plumber"
                    | "fund"
                    | "meeting"
                    | "nurse"
                    | "vet"
            )
        )
        || (word(at) == "emergency"
            && at > 0
            && matches!(
                word(at - 1),
                "family"
                    | "work"
                    | "botox"
                    | "beauty"
                    | "hair"
                    | "called"
                    | "dentist"
                    | "dental"
                    | "plumbing"
                    | "vet"
                    | "car"
                    | "house"
            ))
        || (word(at).starts_with("suicid") && any(&["squad", "is"]))
}

pub(super) fn negated_before(text: &Text, start: usize) -> bool {
    text.tokens[start.saturating_sub(3)..start].iter().any(|t| {
        matches!(
            t.word.as_str(),
            "not"
                | "no"
                | "never"
                | "isnt"
                | "arent"
                | "dont"
                | "without"
                | "didnt"
                | "hasnt"
                | "havent"
                | "wasnt"
                | "sin"
                | "named"
        )
    })
}

/// Danger words that report nothing: jokes, other times, other people's stories, questions about risk.
pub(super) fn harmless(text: &Text, start: usize, end: usize) -> bool {
    let around = &text.tokens[start.saturating_sub(5)..(end + 4).min(text.tokens.len())];
    let asked_about = text.tokens[start.saturating_sub(40)..start]
        .iter()
        .any(|t| matches!(t.word.as_str(), "if" | "risk" | "risks" | "possible" | "chance" | "case"))
        || text
            .tokens
            .first()
            .is_some_and(|t| matches!(t.word.as_str(), "can" | "does" | "do" | "could" | "will" | "what"))
            && !around.iter().any(|t| matches!(t.word.as_str(), "i" | "my" | "im" | "ive"));
    let joking = text.has_any(&["lol", "joking", "kidding", "jk"])
        || text.tokens.iter().any(|t| {
            ["lmao", "lmfao", "haha", "jaja", "lolol", "jeje", "hehe", "rofl"]
                .iter()
                .any(|laugh| t.folded.starts_with(laugh))
        });
    let used_to = text.tokens.windows(2).any(|w| w[0].is("used") && w[1].is("to"));
    let long_past = (start..end + 9).chain(start.saturating_sub(9)..start).any(|at| {
        matches!(
            (text.word(at), text.word(at + 1), text.word(at + 2)),
            ("years" | "yrs" | "year" | "months", "ago" | "back", _)
                | ("last", "spring" | "summer" | "fall" | "winter" | "year", _)
                | ("as", "a", "teen" | "teenager" | "kid" | "child")
                | ("when", "i" | "he" | "she", "was")
                | ("in", "my" | "his" | "her", "twenties" | "thirties" | "teens" | "forties" | "20s" | "30s")
                | ("hace", _, "anos" | "meses")
                | ("el" | "ano", "ano" | "pasado", _)
        ) || (text.word(at) == "in"
            && text.tokens.get(at + 1).and_then(Token::number).is_some_and(|y| (1950..=2100).contains(&y)))
    });
    let cleared = text.has_any(&["cleared", "healed"]) && text.has_any(&["went", "had", "was", "fell"]);
    // "About had a stroke when I saw the bill", "I can't breathe in these jeans".
    let exaggerates = text.tokens[start.saturating_sub(4)..start].iter().any(|t| {
        matches!(
            t.word.as_str(),
            "nearly" | "almost" | "about" | "practically" | "legit" | "casi" | "fake" | "id" | "damn"
        )
    }) || (end.saturating_sub(1)..end + 4).any(|at| {
        matches!(
            (text.word(at), text.word(at + 1), text.word(at + 2)),
            (
                "when" | "after",
                "i" | "he" | "she" | "they" | "we",
                "saw" | "said" | "heard" | "opened" | "walked" | "read" | "looked" | "posted"
            ) | ("when", "the", _)
                | ("cuando", "vi" | "vio" | "escuche", _)
                | (
                    "in" | "with",
                    "these" | "this" | "those" | "my",
                    "jeans" | "dress" | "pants" | "heat" | "bra" | "mask" | "traffic" | "suit"
                )
        )
    }) || text.has_any(&[
        "bill",
        "precio",
        "jeans",
        "costume",
        "freezing",
        "halloween",
        "tiktok",
        "youtube",
        "video",
        "plot",
        "novel",
        "disfraz",
    ]) && !text.has_any(&["filler", "botox", "injected", "injection", "help", "911"]);
    // "Drowning in work", "choking on the new deposit policy", "giving me a heart attack", "gonna have a stroke if".
    let of_work = (start..end + 4).any(|at| {
        matches!(text.word(at), "in" | "on" | "en" | "de" | "con")
            && (at + 1..at + 5).any(|on| {
                matches!(
                    text.word(on),
                    "work"
                        | "works"
                        | "emails"
                        | "email"
                        | "prices"
                        | "price"
                        | "policy"
                        | "bills"
                        | "debt"
                        | "paperwork"
                        | "laundry"
                        | "homework"
                        | "deadlines"
                        | "meetings"
                        | "texts"
                        | "trabajo"
                        | "deudas"
                        | "tareas"
                        | "ganas"
                        | "risa"
                        | "hambre"
                        | "calor"
                        | "sueno"
                        | "pena"
                )
            })
    }) || text.tokens[start.saturating_sub(3)..start]
        .iter()
        .any(|t| matches!(t.word.as_str(), "giving" | "gives" | "gave" | "gonna" | "going"))
        && (start..end + 2).any(|at| matches!(text.word(at), "attack" | "stroke" | "infarto" | "aneurysm"));
    // "I teach stroke awareness", "the news said", "a thriller where": told or taught, not suffered.
    let told = text.has_any(&[
        "awareness",
        "thriller",
        "novela",
        "news",
        "podcast",
        "documentary",
        "recovered",
        "recovering",
        "recupero",
        "noticias",
        "shift",
    ]) && !text.has_any(&["help", "911", "now", "ahora", "ayuda", "ayudenme"]);
    // "¡Emergencia! se me rompió una uña".
    let of_looks = text.tokens[start..end.min(text.tokens.len())]
        .iter()
        .any(|t| matches!(t.word.as_str(), "emergency" | "emergencia" | "urgent" | "urgente" | "crisis"))
        && text.has_any(&["nail", "nails", "una", "unas", "brow", "brows", "hair", "roots", "wedding", "boda", "prom"]);
    let past = (used_to || around.iter().any(|t| matches!(t.word.as_str(), "ago" | "last" | "once" | "years" | "history" | "october" | "november" | "december" | "january" | "february" | "march" | "april" | "june" | "july" | "august" | "september")))
        && !around.iter().any(|t| matches!(t.word.as_str(), "now" | "still" | "cant"))
        // "After my last filler today": it is now.
        && !text.has_any(&["today", "now", "hour", "hours", "minutes", "hoy", "ahora"]);
    // "I can't breathe through my nose".
    let of_a_cold =
        (start..end + 4).any(|at| matches!((text.word(at), text.word(at + 2)), ("through" | "thru", "nose")));
    of_a_cold
        || asked_about
        || of_work
        || told
        || of_looks
        || joking
        || past
        || long_past
        || cleared
        || exaggerates
        || negated_before(text, start)
}
