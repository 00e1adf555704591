//! Which of the items are wishes: past visits and existing appointments are left out, refusals are marked.

use super::day::DayMeaning;
use super::items::{Bound, Item, OCCASIONS, Placed};
use crate::understand::lexicon::List;
use crate::understand::text::{Kind, Text};

pub(crate) const PAST: &[&str] = &[
    "had",
    "got",
    "was",
    "were",
    "came",
    "went",
    "did",
    "received",
    "visited",
    "since",
    "ago",
    "been",
    "saw",
    "yesterday",
    "tuve",
    "fui",
    "hice",
    "vine",
    "estuve",
    "ayer",
    "started",
    "called",
    "texted",
    "noticed",
    "happened",
    "missed",
    "left",
    "ended",
    "used",
    "gotten",
    "last",
    "tried",
    "waited",
    "waiting",
    "fue",
    "era",
    "llame",
    "turned",
    "moved",
    "viewed",
    "fixed",
    "stopped",
    "looked",
    "emailed",
    "met",
    "bought",
    "spoke",
    "talked",
    "sat",
    "ate",
    "dropped",
    "picked",
    "ordered",
    "paid",
    "atendieron",
    "compre",
    "hable",
    "seen",
    "rescheduled",
    "canceled",
    "cancelled",
    "loved",
    "puse",
    "pusieron",
    "hicieron",
    "arreglaron",
    "hacia",
];
const WISH: &[&str] = &[
    "want",
    "need",
    "like",
    "can",
    "could",
    "book",
    "schedule",
    "looking",
    "hoping",
    "wondering",
    "thinking",
    "trying",
    "prefer",
    "available",
    "availability",
    "openings",
    "opening",
    "any",
    "anything",
    "come",
    "works",
    "work",
    "free",
    "please",
    "quiero",
    "quisiera",
    "puedo",
    "would",
    "id",
    "do",
    "move",
    "reschedule",
    "change",
    "how",
    "lets",
    "let",
    "get",
    "open",
    "necesito",
    "cita",
    "prefiero",
    "see",
    "hoped",
    "meant",
    "mean",
    "actually",
    "best",
    "good",
    "better",
    "ideally",
    "maybe",
    "make",
];
const NOT: &[&str] = &[
    "not",
    "except",
    "excepto",
    "excluding",
    "besides",
    "avoid",
    "cant",
    "cannot",
    "wont",
    "dont",
    "isnt",
    "never",
    "without",
    "salvo",
    "menos",
    "no",
    "neither",
    "ni",
];

/// Leaves out what is no wish and marks what was ruled out.
pub(super) fn wished(text: &Text, found: Vec<Placed>) -> Vec<Placed> {
    let mut kept: Vec<Placed> = Vec::new();
    let mut dropped_until = None;
    for placed in found {
        let word = |at: Option<usize>| at.map_or("", |at| text.word(at));
        let previous = word(placed.start.checked_sub(1));
        let before_that = word(placed.start.checked_sub(2));
        let chained = dropped_until.is_some_and(|end: usize| {
            text.tokens[end.min(placed.start)..placed.start].iter().all(|t| {
                matches!(
                    t.word.as_str(),
                    "at" | "on" | "," | "for" | "@" | "and" | "again" | "then" | "around" | "about" | "y"
                )
            }) && (!text.tokens[end.min(placed.start)..placed.start]
                .iter()
                .any(|t| matches!(t.word.as_str(), "and" | "y" | "then"))
                || text.tokens[end.min(placed.start)..placed.start].iter().any(|t| t.is("again")))
        });
        // "Last February, the 15th".
        let of_last = (placed.start.saturating_sub(4)..placed.start)
            .any(|at| text.word(at) == "last" && super::calendar::month(text, at + 1).is_some());
        let is_past = of_last
            || matches!(previous, "last" | "since" | "past" | "pasado")
            || matches!(text.word(placed.end), "ago" | "pasado" | "pasada")
            || past_clause(text, placed.start);
        let existing = (previous == "my" && !matches!(text.word(placed.start), "lunch" | "lunchtime"))
            || (before_that == "my" && matches!(previous, "next" | "current" | "upcoming"))
            || of_my_appointment(text, placed.start);
        let aside = is_of_an_occasion(text, &placed) || is_greeting(text, &placed) || is_outcome(text, &placed);
        if is_past || existing || chained || aside {
            dropped_until = Some(placed.end);
            continue;
        }
        dropped_until = None;
        let negated = is_negated(text, &placed, kept.last());
        kept.push(Placed { negated, ..placed });
    }
    without_what_stands(text, kept)
}

/// "I have Tuesday at 2 right now but I'd rather have Wednesday": what stands is not what is wished for.
fn without_what_stands(text: &Text, kept: Vec<Placed>) -> Vec<Placed> {
    let Some(border) = (0..text.tokens.len()).find(|at| matches!(text.word(*at), "but" | "pero")) else { return kept };
    let stands = (0..border).any(|at| {
        matches!(text.word(at), "supposed" | "scheduled" | "currently" | "booked" | "agendada" | "agendado")
            || matches!((text.word(at), text.word(at + 1)), ("right", "now") | ("down", "for"))
    });
    let wished_behind = kept.iter().any(|placed| placed.start > border && !placed.negated);
    if !stands || !wished_behind {
        return kept;
    }
    kept.into_iter().filter(|placed| placed.start > border).collect()
}

/// "My wedding is June 5", "her birthday on the 3rd": its date, and no wish for that day.
fn is_of_an_occasion(text: &Text, placed: &Placed) -> bool {
    let Item::Day(DayMeaning::On { weekday: None, .. } | DayMeaning::Dated { .. } | DayMeaning::Span { .. }) =
        &placed.item
    else {
        return false;
    };
    let from = placed.start.saturating_sub(6);
    let window: Vec<&str> = text.tokens[from..placed.start].iter().map(|t| t.word.as_str()).collect();
    // "Turns 18 on", "my 40th on the 19th".
    let turns = window
        .windows(2)
        .any(|w| matches!(w[0], "turns" | "turn" | "turning" | "cumple" | "cumplo") && w[1].parse::<u8>().is_ok())
        || window
            .windows(3)
            .any(|w| w[0] == "my" && w[1].parse::<u8>().is_ok() && matches!(w[2], "th" | "st" | "nd" | "rd"));
    if turns {
        return true;
    }
    let Some(event) = window
        .iter()
        .rposition(|w| OCCASIONS.contains(w) || w.strip_suffix('s').is_some_and(|w| OCCASIONS.contains(&w)))
    else {
        return false;
    };
    let opens = from + event == 0 || text.tokens[from + event - 1].ends_sentence();
    let owned = opens
        || window[..event]
            .iter()
            .any(|w| matches!(*w, "my" | "our" | "a" | "the" | "her" | "his" | "have" | "mi" | "tengo" | "una" | "un"));
    owned
        && window[event + 1..].iter().all(|w| {
            matches!(
                *w,
                "is" | "on"
                    | "in"
                    | "the"
                    | "this"
                    | "coming"
                    | "up"
                    | ","
                    | "s"
                    | "es"
                    | "el"
                    | "at"
                    | "are"
                    | "for"
                    | "next"
                    | "en"
                    | "a"
            )
        })
}

/// "Happy Monday", "have a great weekend", "buen fin de semana", "Morning!": a courtesy.
fn is_greeting(text: &Text, placed: &Placed) -> bool {
    let word = |back: usize| placed.start.checked_sub(back).map_or("", |at| text.word(at));
    let wished = matches!(
        word(1),
        "happy" | "feliz" | "bonito" | "bonita" | "lindo" | "linda" | "buen" | "excelente" | "blessed"
    );
    let pleasant = matches!(
        word(1),
        "great"
            | "good"
            | "nice"
            | "wonderful"
            | "lovely"
            | "fun"
            | "safe"
            | "amazing"
            | "fabulous"
            | "awesome"
            | "your"
            | "the"
            | "relaxing"
    ) && (2..=4).any(|back| matches!(word(back), "have" | "enjoy" | "hope" | "had" | "having"));
    let enjoyed = matches!(word(1), "enjoy" | "disfruta" | "disfruten");
    let is_part = matches!(&placed.item, Item::Stretch { exact: false, .. });
    let opens = is_part
        && placed.start == 0
        && text.word(0) == "morning"
        && text.tokens.get(placed.end).is_some_and(|t| matches!(t.word.as_str(), "!" | "," | "." | "\n"));
    let parting = matches!((word(2), word(1)), ("see" | "c", "you") | ("talk" | "speak", "to"))
        || matches!(word(1), "hasta" | "nos");
    let parts = parting
        && placed.item.is_day()
        && text.tokens[placed.end..].iter().all(|t| t.kind == Kind::Sign)
        && word(3) != "to"
        && word(3) != "can";
    let goodbye = text.word(placed.start) == "hasta"
        && matches!(text.word(placed.start + 1), "manana" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday")
        && text.tokens[placed.end..].iter().all(|t| t.kind == Kind::Sign);
    let worker = is_part
        && matches!(
            text.word(placed.end),
            "nurse"
                | "shift"
                | "shifts"
                | "owl"
                | "person"
                | "sweats"
                | "market"
                | "school"
                | "sickness"
                | "people"
                | "cream"
        );
    let proverb = is_part && matches!((word(2), word(1)), ("vale", "tarde") | ("mas", "vale") | ("better", "late"));
    (placed.item.is_day() || is_part) && (wished || pleasant || enjoyed)
        || opens
        || parts
        || goodbye
        || worker
        || proverb
}

/// "Will the swelling be gone in a couple of days": how long something takes.
fn is_outcome(text: &Text, placed: &Placed) -> bool {
    let leads = matches!(text.word(placed.start), "in" | "en" | "within" | "dentro");
    if !leads || !matches!(placed.item, Item::Day(_) | Item::Hence(_)) {
        return false;
    }
    let (start, end) = clause(text, placed.start);
    text.tokens[start..end].iter().any(|t| {
        matches!(
            t.word.as_str(),
            "swelling"
                | "swollen"
                | "swell"
                | "bruise"
                | "bruises"
                | "bruising"
                | "heal"
                | "healed"
                | "gone"
                | "wear"
                | "wears"
                | "results"
                | "result"
                | "kick"
                | "kicks"
                | "last"
                | "lasts"
                | "fade"
                | "fades"
                | "peeling"
                | "dissolve"
                | "recover"
                | "downtime"
                | "redness"
                | "hinchazon"
                | "moretones"
                | "quita"
                | "dura"
                | "resultados"
                | "due"
                | "turn"
                | "turns"
                | "lose"
                | "lost"
                | "expire"
                | "expires"
        )
    })
}

fn clause(text: &Text, at: usize) -> (usize, usize) {
    let border = |t: &crate::understand::text::Token| {
        t.ends_sentence() || matches!(t.word.as_str(), "," | "but" | "now" | "so" | "pero" | "then" | "and")
    };
    let start =
        (at.saturating_sub(60)..at).rev().find(|i| border(&text.tokens[*i])).map_or(at.saturating_sub(60), |i| i + 1);
    let end = (at..text.tokens.len().min(at + 60))
        .find(|i| border(&text.tokens[*i]))
        .unwrap_or(text.tokens.len().min(at + 60));
    (start, end)
}

/// Whether a token lies in a clause about the past that wishes for nothing.
pub(crate) fn past_clause(text: &Text, at: usize) -> bool {
    let (start, end) = clause(text, at);
    let words = || text.tokens[start..end].iter().map(|t| t.word.as_str());
    // "We're" is no "were".
    let contracted = |i: usize| {
        let token = &text.tokens[i];
        token.word == "were" && token.end - token.start > token.word.chars().count()
    };
    // "The last week of January" is ahead.
    let ahead = |i: usize| text.word(i) == "last" && matches!(text.word(i + 2), "of" | "in");
    let past = (start..at).any(|i| text.is_in(i, List::Past) && !contracted(i) && !ahead(i))
        || words().any(|w| matches!(w, "ago" | "yesterday"));
    // "Mi última cita fue el 10".
    let told = text.tokens[start..end].windows(2).any(|w| {
        matches!(
            (w[0].word.as_str(), w[1].word.as_str()),
            ("ultima" | "last", "cita" | "vez" | "appointment" | "visit" | "time")
        )
    });
    past && (told || !words().any(|w| WISH.contains(&w)))
}

/// "my appointment on Friday at 2", "the appointment I have Tuesday": a visit that stands.
fn of_my_appointment(text: &Text, at: usize) -> bool {
    let start = at.saturating_sub(7);
    let window: Vec<&str> = text.tokens[start..at].iter().map(|t| t.word.as_str()).collect();
    let Some(mine) = window.iter().rposition(|w| matches!(*w, "appointment" | "cita" | "visit" | "booking")) else {
        return false;
    };
    let owned = window[..mine].iter().any(|w| matches!(*w, "my" | "mi" | "our" | "sisters" | "moms"));
    let linked = window[mine + 1..].iter().all(|w| {
        matches!(
            *w,
            "is" | "on"
                | "at"
                | "for"
                | "this"
                | "del"
                | "de"
                | "el"
                | "scheduled"
                | "i"
                | "have"
                | "was"
                | "the"
                | "that"
                | "set"
                | "coming"
                | "up"
                | "from"
        )
    });
    owned && linked
}

fn is_negated(text: &Text, placed: &Placed, earlier: Option<&Placed>) -> bool {
    // "Tuesday doesn't work", "3 won't work"
    let behind: Vec<&str> = (placed.end..placed.end + 4).map(|i| text.word(i)).collect();
    let refused = matches!(behind[0], "doesnt" | "dont" | "wont" | "cant" | "isnt" | "arent")
        || (matches!(behind[0], "is" | "are" | "does" | "do" | "will") && behind[1] == "not")
        || (behind[0] == "no" && matches!(behind[1], "puedo" | "me"))
        || (matches!(behind[0], "is" | "are")
            && matches!(behind[1], "bad" | "tough" | "out" | "impossible" | "off" | "hard"))
        || (behind[0] == "no"
            && (behind[1].is_empty() || matches!(behind[1], "." | "!" | "," | "good" | "bueno" | "pero")))
        || matches!(behind[0], "out");
    if refused {
        return true;
    }
    // "I work nights", "we work weekends": not free then.
    let busy = placed.start > 1
        && matches!(text.word(placed.start - 1), "work" | "trabajo" | "trabajamos")
        && (matches!(text.word(placed.start - 2), "i" | "we" | "he" | "she") || text.word(placed.start - 1) != "work")
        && matches!(
            placed.item,
            Item::Day(DayMeaning::Weekdays(_) | DayMeaning::Span { .. }) | Item::Stretch { exact: false, .. }
        );
    if busy {
        return true;
    }
    if let Item::TimeBound(Bound::Before, _) | Item::DayBound(Bound::Before, _) = placed.item {
        // "Can't get away before 5:15", "nothing before the 8th".
        let (from, _) = clause(text, placed.start);
        let reach = placed.start.saturating_sub(6).max(from);
        let never = (reach..placed.start).any(|at| {
            matches!(
                text.word(at),
                "cant" | "cannot" | "nothing" | "not" | "never" | "wont" | "nada" | "dont" | "unable" | "couldnt"
            ) || (text.word(at) == "no"
                && matches!(text.word(at + 1), "puedo" | "way" | "earlier" | "sooner" | "salgo" | "llego"))
        });
        if never {
            return true;
        }
    }
    let mut at = placed.start;
    for _ in 0..6 {
        let Some(before) = at.checked_sub(1) else { return false };
        // "not Tuesday or Wednesday": the refusal goes on over a list.
        if let Some(earlier) = earlier.filter(|e| e.end == at && e.negated) {
            let joined = at < placed.start
                && text.tokens[at..placed.start]
                    .iter()
                    .all(|t| matches!(t.word.as_str(), "or" | "and" | "/" | "o" | "y" | "ni" | "nor"));
            if joined && earlier.item.is_day() == placed.item.is_day() {
                return true;
            }
        }
        let word = text.word(before);
        if word == "but"
            && matches!(
                before.checked_sub(1).map_or("", |b| text.word(b)),
                "anything"
                    | "day"
                    | "time"
                    | "anytime"
                    | "any"
                    | "everything"
                    | "days"
                    | "morning"
                    | "mornings"
                    | "afternoon"
                    | "afternoons"
                    | "evening"
                    | "evenings"
                    | "weekday"
                    | "weekdays"
                    | "week"
                    | "month"
            )
        {
            return true;
        }
        if word == "than" && before.checked_sub(1).is_some_and(|b| text.word(b) == "other") {
            return true;
        }
        if word == "of" && before.checked_sub(1).is_some_and(|b| text.word(b) == "instead") {
            return true;
        }
        if NOT.contains(&word) {
            // "no, Tuesday": an answer, then a wish. "why not Tuesday", "if not Tuesday then".
            let corrects =
                before.checked_sub(1).is_some_and(|b| matches!(text.word(b), "wait" | "sorry" | "actually" | "oh"));
            let answer = word == "no"
                && (before == 0 || corrects)
                && !matches!(text.word(placed.start), "early")
                && !text.tokens[placed.start].word.ends_with('s')
                && !text.tokens[placed.start].folded.ends_with('s');
            let open = matches!(before.checked_sub(1).map_or("", |b| text.word(b)), "why" | "if" | "or");
            return !answer && !open;
        }
        let passes = matches!(
            word,
            "on" | "the"
                | "a"
                | "any"
                | "do"
                | "at"
                | "in"
                | "make"
                | "really"
                | "want"
                | "for"
                | "available"
                | "free"
                | "for the"
                | "or"
                | "and"
                | "/"
                | "come"
                | "it"
                | "work"
                | "early"
                | "be"
                | "el"
                | "los"
                | "la"
                | "las"
                | "puedo"
                | "por"
                | "nor"
                | "ni"
        );
        if !passes {
            return false;
        }
        at = before;
        if at == earlier.map_or(usize::MAX, |e| e.end) && earlier.is_some_and(|e| e.negated) {
            return earlier.is_some_and(|e| e.item.is_day() == placed.item.is_day());
        }
    }
    false
}
