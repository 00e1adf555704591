//! What a reply says beside the times: why one does not fit, what the visit is like, that any will do.

use super::stance;
use super::text::{Kind, Text};
use super::time::Placed;

/// Where a message tells why: "because …", "I work until 2", "school lets out at 3".
pub(super) fn reasons(text: &Text) -> Vec<(usize, usize)> {
    const WHY: &[&str] = &["because", "bc", "cuz", "cause", "porque"];
    const BUSY: &[&str] = &[
        "work",
        "working",
        "shift",
        "class",
        "classes",
        "school",
        "meeting",
        "meetings",
        "call",
        "dentist",
        "dinner",
        "teach",
        "flight",
        "fly",
        "driving",
        "court",
        "recital",
        "concert",
        "practice",
        "busy",
        "asleep",
        "traveling",
        "leave",
        "trabajo",
        "clase",
        "junta",
        "escuela",
        "salgo",
        "entro",
        "kids",
        "daughters",
        "sons",
        "husbands",
        "bus",
        "teaching",
        "jury",
        "chemo",
        "thing",
        "dialysis",
        "therapy",
        "rehearsal",
        "church",
    ];
    const WISH: &[&str] = &[
        "can",
        "could",
        "want",
        "prefer",
        "take",
        "free",
        "open",
        "available",
        "works",
        "need",
        "book",
        "like",
        "lets",
        "do",
        "come",
        "make",
        "puedo",
        "quiero",
        "prefiero",
        "libre",
        "after",
        "off",
        "done",
        "rather",
        "please",
        "sirve",
        "see",
    ];
    let mut borders = vec![0];
    for (at, token) in text.tokens.iter().enumerate() {
        if token.ends_sentence() || matches!(token.word.as_str(), "," | "but" | "so" | "pero" | "and" | "y" | "-") {
            borders.push(at + 1);
        } else if WHY.contains(&token.word.as_str()) || (token.is("es") && text.word(at + 1) == "que") {
            borders.push(at);
        }
    }
    borders.push(text.tokens.len());
    let has =
        |from: usize, to: usize, list: &[&str]| text.tokens[from..to].iter().any(|t| list.contains(&t.word.as_str()));
    borders
        .windows(2)
        .map(|pair| (pair[0], pair[1]))
        .filter(|(from, to)| from < to)
        .filter(|(from, to)| {
            let led = WHY.contains(&text.word(*from)) || (text.word(*from) == "es" && text.word(from + 1) == "que");
            let of_self = (*from..*to).take(4).any(|at| {
                matches!(text.word(at), "i" | "im" | "ive" | "we" | "my" | "ill" | "were" | "mi" | "tengo" | "es")
            });
            let asks = text.tokens[from.to_owned()..*to].iter().any(|t| t.sign() == Some('?'));
            let refuses =
                has(*from, *to, stance::REFUSING) || matches!(text.word(from.wrapping_sub(1)), "but" | "pero");
            led || (of_self && !refuses && has(*from, *to, BUSY) && !has(*from, *to, WISH) && !asks)
        })
        .collect()
}

/// A question about the visit, that names a time and wants none: "will I be done by 6?", "what are your Sunday hours".
pub(super) fn asks_about_it(text: &Text) -> bool {
    let first = text.tokens.iter().position(|t| {
        t.kind == Kind::Word
            && !matches!(
                t.word.as_str(),
                "and" | "so" | "but" | "hmm" | "oh" | "wait" | "okay" | "uh" | "um" | "y" | "hey" | "sorry"
            )
    });
    let Some(at) = first else { return false };
    let (one, two, three) = (text.word(at), text.word(at + 1), text.word(at + 2));
    let about = matches!(
        (one, two, three),
        ("will" | "would" | "am" | "do" | "should" | "did", "i", _)
            | ("will" | "would", "it", "still" | "be" | "hurt" | "take")
            | ("what", "time", "would" | "will" | "do" | "is" | "does")
            | ("what" | "whats", "are" | "is" | "your" | "the", _)
            | ("how", "long" | "much" | "many" | "late" | "early", _)
            | ("does" | "is" | "are", "it" | "that" | "there" | "the" | "a" | "this", _)
            | ("which", "is" | "one" | "has", _)
            | ("if", "i", "pick" | "take" | "choose" | "book" | "come")
            | ("me", "cobran", _)
            | ("can", "my" | "someone" | "anyone", _)
            | ("who", "would" | "is" | "will", _)
    );
    let possible = text.has_any(&["possible", "open", "available", "free", "instead", "posible", "disponible", "okay"]);
    about && !possible && !super::reply::searches(text) && !matches!((one, two, three), ("do", "i", "have"))
}

/// "Either works", "you pick", "me da igual": any of those shown.
pub(super) fn leaves_it_to_us(text: &Text) -> bool {
    let pair = |first: &[&str], second: &[&str]| {
        text.tokens.windows(2).any(|w| first.contains(&w[0].word.as_str()) && second.contains(&w[1].word.as_str()))
    };
    text.has_any(&["whichever", "either", "both", "cualquiera", "ambas", "ambos"])
        || pair(&["any"], &["of", "works", "is", "one"])
        || pair(&["you", "u"], &["pick", "choose", "decide"])
        || pair(&["all"], &["work", "good", "fine", "sound", "okay"])
        || pair(&["da"], &["igual", "lo"])
        || pair(&["los", "las"], &["dos"])
        || pair(&["dont"], &["care", "mind"])
        || (text.word(0) == "any" && text.word_count() <= 3)
}

/// "Another", "more": a wish for what was not shown.
pub(super) fn searches_more(text: &Text) -> bool {
    text.has_any(&["another", "more", "anything", "else", "available", "openings", "different"])
}

/// Where the first clause ends, before a sign or a word that leads to a reason; and where the last sentence or clause begins.
pub(super) fn outer_clauses(text: &Text) -> (Option<usize>, Option<usize>) {
    let tokens = &text.tokens;
    let parts = |at: usize| {
        let token = &tokens[at];
        token.ends_sentence()
            || matches!(token.word.as_str(), "," | "-" | "(")
            || (at > 0
                && matches!(
                    token.word.as_str(),
                    "because" | "bc" | "cuz" | "cause" | "cos" | "coz" | "since" | "porque" | "before" | "as"
                ))
    };
    // "5:15, i …": the dash or comma of a time does not end it.
    let first =
        (1..tokens.len()).find(|at| parts(*at) && !(tokens[*at].glued && tokens.get(at + 1).is_some_and(|t| t.glued)));
    let behind = (0..tokens.len().saturating_sub(1)).rev().find(|at| {
        tokens[*at].ends_sentence() && tokens[at + 1..].iter().any(|t| t.kind != Kind::Sign)
            || matches!(tokens[*at].word.as_str(), "," | "so" | "-")
    });
    let behind = behind.filter(|at| !(tokens[*at].glued && tokens.get(at + 1).is_some_and(|t| t.glued)));
    (first, behind.map(|at| at + 1))
}

/// What takes a clause back, or puts it under a condition.
const TURNS: &[&str] = &[
    "or",
    "unless",
    "if",
    "instead",
    "actually",
    "wait",
    "except",
    "otherwise",
    "sino",
    "si",
    "o",
    "nevermind",
    "nvm",
    "nah",
    "scratch",
    "meant",
    "either",
    "both",
    "maybe",
    "check",
    "but",
    "pero",
    "not",
    "no",
    "cant",
    "cannot",
    "wont",
    "better",
    "rather",
];

/// What stands from here on tells why: somebody does something, and nothing is taken back.
pub(super) fn explains(text: &Text, from: usize) -> bool {
    let rest = &text.tokens[from..];
    let subject = rest.iter().filter(|t| t.kind == Kind::Word).take(3).any(|t| {
        matches!(
            t.word.as_str(),
            "i" | "im"
                | "ive"
                | "we"
                | "my"
                | "she"
                | "he"
                | "they"
                | "kids"
                | "the"
                | "mi"
                | "que"
                | "salgo"
                | "trabajo"
                | "tengo"
                | "entro"
        )
    });
    subject && !rest.iter().any(|t| TURNS.contains(&t.word.as_str()))
}

/// What stands before names no time, or names one that does not fit: "Wednesday is bridge", "I work Mondays".
pub(super) fn sets_aside(text: &Text, to: usize, items: &[Placed]) -> bool {
    const TAKEN: &[&str] = &[
        "work",
        "working",
        "off",
        "bridge",
        "class",
        "busy",
        "cant",
        "booked",
        "plumber",
        "bus",
        "church",
        "appointments",
        "trip",
    ];
    let before = &text.tokens[..to];
    let asks = before.iter().any(|t| matches!(t.word.as_str(), "or" | "if" | "unless" | "o" | "si" | "not" | "no"));
    let names = items.iter().any(|placed| placed.start < to);
    !asks && (!names || before.iter().any(|t| TAKEN.contains(&t.word.as_str())))
}
