//! Yes, no, wait, or something else: what a reply says to a question that a yes settles. Clause by clause, the last word
//! holds; a question takes nothing.

use super::lexicon::FILES;
use super::pattern::Match;
use super::text::{Kind, Text};

/// What a reply comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Answer {
    /// It agrees.
    Yes,
    /// It refuses.
    No,
    /// It asks for time.
    Hold,
    /// It wants something else.
    Other,
    /// It agrees under a condition.
    Condition,
    /// It says nothing to it.
    #[default]
    Silent,
}

impl Answer {
    /// Its name among what is weighed.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Hold => "hold",
            Self::Other => "other",
            Self::Condition => "condition",
            Self::Silent => "silent",
        }
    }
}

/// Words of a clause that a courtesy may have beside it.
const COURTESY_WORDS: usize = 3;

/// Reads a reply to what was told. Where that asked for what stands against it ("any conflicts?", "would you mind?"), a bare no
/// agrees.
pub(crate) fn read(text: &Text, told: &Text) -> Answer {
    let said = plain(text);
    let bare = text.word_count() <= BARE_WORDS && !text.has_any(&["cant", "cannot", "work", "wont", "puedo"]);
    match said {
        Answer::No if bare && asks_against(told) => Answer::Yes,
        Answer::Yes if bare && asks_against(told) && !text.has_any(&["fine", "sure", "works", "good"]) => {
            Answer::Silent
        }
        said => said,
    }
}

/// Words of a bare answer.
const BARE_WORDS: usize = 6;

/// Whether the question is for what stands against the time.
pub(super) fn asks_against(told: &Text) -> bool {
    let question = told.tokens.iter().rposition(|t| t.sign() == Some('?')).unwrap_or(0);
    let from = (0..question).rev().find(|at| told.tokens[*at].ends_sentence()).map_or(0, |at| at + 1);
    let asked = &told.tokens[from..question];
    // "Is that too early for you?", "have you got anything on then?"
    let paired = asked.windows(2).any(|w| {
        matches!(
            (w[0].word.as_str(), w[1].word.as_str()),
            ("too", "early" | "late" | "soon" | "far")
                | ("anything" | "something" | "else", "on" | "going" | "planned")
                | ("to" | "any", "change" | "changes" | "move")
                | ("muy", "temprano" | "tarde")
        )
    });
    paired
        || asked.iter().any(|t| {
            matches!(
                t.word.as_str(),
                "mind"
                    | "busy"
                    | "clash"
                    | "clashes"
                    | "trouble"
                    | "wrong"
                    | "ocupado"
                    | "ocupada"
                    | "cambiar"
                    | "conflict"
                    | "conflicts"
                    | "problem"
                    | "problems"
                    | "objection"
                    | "objections"
                    | "issue"
                    | "issues"
                    | "inconveniente"
                    | "problema"
                    | "objecion"
                    | "molesta"
                    | "impedimento"
            )
        })
}

fn plain(text: &Text) -> Answer {
    if let Some(answer) = by_sign(text) {
        return answer;
    }
    // A visit called off is no answer to an offer.
    if text.has_any(&["cancel", "cancelar", "cancelen", "cancele", "cancela"]) {
        return Answer::Silent;
    }
    let matches = longest(FILES.answers().find(text).collect());
    let mut answer = Answer::Silent;
    for (start, end) in clauses(text) {
        let of_clause = clause(text, start, end, &matches);
        answer = match (answer, of_clause) {
            (known, Answer::Silent) => known,
            // "Yes but only if", "ok but can we do 4": what is wanted beside it stays.
            (Answer::Yes, Answer::Condition) => Answer::Condition,
            (Answer::Condition, _) => Answer::Condition,
            // "No, is there anything later": a refusal with a wish.
            (_, said) => said,
        };
    }
    answer
}

/// "👍", "❌" with no word beside them.
fn by_sign(text: &Text) -> Option<Answer> {
    if text.word_count() > 2 {
        return None;
    }
    let has = |signs: &[char]| text.tokens.iter().any(|t| t.sign().is_some_and(|sign| signs.contains(&sign)));
    let polite = text.tokens.iter().all(|t| {
        t.kind == Kind::Sign
            || matches!(t.word.as_str(), "sorry" | "thanks" | "thank" | "you" | "gracias" | "perdon" | "please")
    });
    if polite && has(&['❌', '👎', '🙅', '🚫', '✖']) {
        return Some(Answer::No);
    }
    (polite && has(&['👍', '👌', '✅', '💯', '🙌', '🆗', '☑', '✔', '🤝'])).then_some(Answer::Yes)
}

/// Of matches that overlap, the longest; of equal ones the first of the file.
fn longest(mut found: Vec<Match>) -> Vec<Match> {
    found.sort_by_key(|hit| (std::cmp::Reverse(hit.end - hit.start), hit.label));
    let mut kept: Vec<Match> = Vec::new();
    for hit in found {
        if kept.iter().all(|known| hit.end <= known.start || hit.start >= known.end) {
            kept.push(hit);
        }
    }
    kept.sort_by_key(|hit| hit.start);
    kept
}

/// The clauses: sentences, and what "but" divides.
fn clauses(text: &Text) -> Vec<(usize, usize)> {
    let mut borders = vec![0];
    for (at, token) in text.tokens.iter().enumerate() {
        let time = token.sign() == Some('.')
            && token.glued
            && text.tokens.get(at + 1).is_some_and(|next| next.glued && next.kind != Kind::Sign);
        if (token.ends_sentence() && !time) || matches!(token.word.as_str(), "but" | "pero" | "though" | "however") {
            borders.push(at + 1);
        }
    }
    borders.push(text.tokens.len());
    borders.windows(2).map(|pair| (pair[0], pair[1])).filter(|(start, end)| start < end).collect()
}

/// "Not a single one works", "none of those fechas me conviene": what denies the words that otherwise agree.
fn is_denied(text: &Text, start: usize, agreed: &Match, matches: &[Match]) -> bool {
    let inside = |at: usize| {
        matches.iter().any(|hit| {
            at >= hit.start && at < hit.end && hit.end - hit.start > 1 && FILES.answers().label(*hit) != "no"
        })
    };
    (start.max(agreed.start.saturating_sub(7))..agreed.start).any(|at| {
        matches!(
            text.word(at),
            "not"
                | "dont"
                | "doesnt"
                | "never"
                | "none"
                | "nothing"
                | "neither"
                | "isnt"
                | "wont"
                | "cant"
                | "didnt"
                | "arent"
                | "nor"
                | "no"
                | "ninguno"
                | "ninguna"
                | "nada"
                | "nunca"
                | "tampoco"
                | "wouldnt"
                | "cannot"
        ) && !inside(at)
            && !(text.word(at) == "no"
                && text.tokens.get(at + 1).is_some_and(|t| t.word == "," || t.word == "thats" || t.word == "that"))
            && !(text.word(at) == "no"
                && at == start
                && matches!(text.word(at + 1), "its" | "yeah" | "yes" | "i" | "wait"))
    })
}

fn clause(text: &Text, start: usize, end: usize, matches: &[Match]) -> Answer {
    let inside = || matches.iter().filter(|hit| hit.start >= start && hit.start < end);
    let label = |hit: &Match| FILES.answers().label(*hit);
    let first = (start..end).find(|at| text.tokens[*at].kind == Kind::Word).unwrap_or(start);
    let asks_within = (start..end).any(|at| {
        matches!(
            (text.word(at), text.word(at + 1)),
            ("how", "much" | "long" | "many")
                | ("what", "time" | "is" | "do" | "about" | "if")
                | ("where", _)
                | ("cuanto", _)
        ) || matches!(text.word(at), "whats" | "wheres" | "hows")
    });
    let ends_asking = text.tokens[end - 1].sign() == Some('?') || asks_within;
    let opens_asking = matches!(
        text.word(first),
        "what"
            | "whats"
            | "when"
            | "where"
            | "who"
            | "how"
            | "hows"
            | "which"
            | "why"
            | "is"
            | "are"
            | "does"
            | "do"
            | "did"
            | "will"
            | "would"
            | "can"
            | "could"
            | "should"
            | "que"
            | "cual"
            | "cuando"
            | "cuanto"
            | "como"
            | "donde"
            | "puedo"
            | "puede"
            | "hay"
    ) && !matches!(
        (text.word(first), text.word(first + 1)),
        ("do", "it" | "that") | ("can", "do") | ("why", "not") | ("will", "do")
    );
    if let Some(condition) = inside().find(|hit| label(hit) == "condition") {
        // "If that's all you have then yes".
        let behind = inside().any(|hit| {
            hit.start >= condition.end
                && label(hit) == "yes"
                && text.tokens[condition.end..hit.start].iter().any(|t| t.is("then"))
        });
        // "If my boss lets me off then yes": it hangs on somebody, not on what we have.
        let hangs = text.tokens[condition.start..condition.end.max(condition.start + 4).min(end)]
            .iter()
            .any(|t| matches!(t.word.as_str(), "my" | "i" | "im" | "we" | "he" | "she" | "they" | "mi" | "puedo"));
        let behind = behind && !hangs;
        if !behind {
            return Answer::Condition;
        }
    }
    if inside().any(|hit| label(hit) == "other")
        && (ends_asking || opens_asking || !inside().any(|hit| label(hit) == "yes"))
    {
        return Answer::Other;
    }
    if inside().any(|hit| label(hit) == "hold") {
        return Answer::Hold;
    }
    // "Yes, how much is it?" takes; "does that work?" asks.
    if ends_asking || opens_asking {
        let led = inside().find(|hit| hit.start == first && label(hit) == "yes" && hit.end < end);
        let paused = led.is_some_and(|hit| {
            text.tokens.get(hit.end).is_some_and(|t| {
                matches!(t.word.as_str(), "," | "!" | "and" | "-") || matches!(hit.end - hit.start, 2..)
            })
        });
        return if paused && !opens_asking { Answer::Yes } else { Answer::Silent };
    }
    // "Yes that's my email", "fine, forget it", "alright I'll call instead": about another thing.
    let aside = text.tokens[start..end].iter().any(|t| {
        matches!(
            t.word.as_str(),
            "question"
                | "questions"
                | "email"
                | "number"
                | "call"
                | "new"
                | "fee"
                | "name"
                | "forget"
                | "nevermind"
                | "pregunta"
                | "correo"
                | "nombre"
                | "stop"
        )
    });
    if aside {
        return Answer::Silent;
    }
    let only_not = text.tokens[start..end].iter().filter(|t| t.kind == Kind::Word).all(|t| t.is("not"));
    if only_not && text.tokens[start..end].iter().any(|t| t.is("not")) {
        return Answer::No;
    }
    let last = inside().rfind(|hit| matches!(label(hit), "yes" | "no"));
    match last {
        Some(hit) if label(hit) == "no" || is_denied(text, start, hit, matches) => Answer::No,
        Some(_) => Answer::Yes,
        None => {
            let words = text.tokens[start..end].iter().filter(|t| t.kind == Kind::Word).count();
            let agreeing: usize = inside().filter(|hit| label(hit) == "mild").map(|hit| hit.end - hit.start).sum();
            let courteous = agreeing > 0 && words <= agreeing + COURTESY_WORDS;
            let only_thanks = inside().all(|hit| matches!(text.word(hit.start), "thanks" | "thank"));
            if courteous && !only_thanks { Answer::Yes } else { Answer::Silent }
        }
    }
}
