//! What a message does to the times on offer: all its cues are collected and intersected; only a unique survivor is a
//! selection. The bare-number rule: an hour if exactly one offered time has it; two hours, the stated preference decides;
//! no hour, an index.

use jiff::civil::{DateTime, Time};

use frontdesk_domain::preference::TimePreference;

use super::answer::Answer;
use super::stance::{self, Stance};
use super::text::{Kind, Text};
use super::time::{Bound, Item, Placed};
use super::{Expecting, SlotAction};

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reply {
    pub(crate) action: Option<SlotAction>,
    /// Index into the offered times, from 0.
    pub(crate) selected: Option<usize>,
    /// The one time a question is about, where the action is to clarify.
    pub(crate) candidate: Option<usize>,
    /// A bare hour that none of them has: "can I do 10 instead".
    pub(crate) hour: Option<u32>,
}

/// What the reply is read against.
pub(crate) struct Offer<'a> {
    /// Wall-clock starts, in the order shown.
    pub(crate) times: &'a [DateTime],
    pub(crate) expecting: Expecting,
    pub(crate) preference: Option<&'a TimePreference>,
    pub(crate) affirm: bool,
    pub(crate) deny: bool,
    pub(crate) wants_other: bool,
    pub(crate) question: bool,
    /// What it says to a question that a yes settles.
    pub(crate) answer: Answer,
}

#[derive(Debug, Default)]
struct Cues {
    /// Each cue as the set of entries it fits.
    sets: Vec<Vec<usize>>,
    named_time: bool,
    named_day: bool,
    bounded: bool,
    /// "the later one", "the last one": words that otherwise ask for more.
    superlative: bool,
    ambiguous: bool,
    /// A cue was named to be ruled out.
    ruled_out: bool,
    /// A number may be an entry or an hour.
    doubtful: bool,
    /// Tokens of the cues.
    spans: Vec<(usize, usize)>,
    hour: Option<u32>,
    /// How many clock times it names.
    clocks: usize,
}

fn having(times: &[DateTime], fits: impl Fn(&DateTime) -> bool) -> Vec<usize> {
    (0..times.len()).filter(|i| fits(&times[*i])).collect()
}

/// Reads a message against the offer.
pub(crate) fn read(text: &Text, items: &[Placed], offer: &Offer<'_>) -> Reply {
    let none = Reply::default();
    if offer.times.is_empty() {
        return none;
    }
    let asked = matches!(
        offer.expecting,
        Expecting::Slot | Expecting::Confirm | Expecting::None | Expecting::Deposit | Expecting::TimePreference
    );
    let cues = collect(text, items, offer);
    let act = |action| Reply { action: Some(action), ..Reply::default() };
    if cues.ambiguous {
        return act(SlotAction::Clarify);
    }
    // "The 2:30 is too early", "not the first one", "anything but the 9": named to be ruled out.
    // Where another was ruled out in its own clause, what is left is meant: "the 2, not the 3".
    if !cues.sets.is_empty() && !cues.bounded && !cues.ruled_out && !items.iter().any(|p| p.negated) && refuses_it(text)
    {
        return act(SlotAction::MoreTimes);
    }
    // "Does the 2:30 still work?", "2:30, but only if it's under $300": named, not taken.
    if !cues.sets.is_empty() && !searches(text) && conditional(text) {
        return act(SlotAction::Clarify);
    }
    if !asked && !text.has_any(&["instead", "actually", "option", "slot"]) && !cues.named_time {
        return none;
    }
    let survivors: Option<Vec<usize>> =
        cues.sets.iter().cloned().reduce(|a, b| a.into_iter().filter(|i| b.contains(i)).collect());
    if let Some(survivors) = survivors {
        // "I'll let you know tomorrow": no time is wished for.
        if offer.answer == Answer::Hold && survivors.len() != 1 {
            return none;
        }
        let searching = (offer.wants_other && !cues.superlative) || cues.bounded;
        return match survivors.as_slice() {
            _ if searching && !cues.named_time => act(SlotAction::MoreTimes),
            [] if cues.named_time => Reply { hour: cues.hour, ..act(SlotAction::NotOffered) },
            [] if cues.named_day && (offer.wants_other || searches(text)) => act(SlotAction::MoreTimes),
            [] => act(SlotAction::NotOffered),
            [_] if searching && !offer.affirm && searches(text) => act(SlotAction::MoreTimes),
            // "No, the first one", where only one time stands: another list is meant.
            [only] if offer.times.len() == 1 && text.word(0) == "no" && !cues.named_time && !cues.named_day => {
                Reply { candidate: Some(*only), ..act(SlotAction::Clarify) }
            }
            [only] if cues.doubtful => Reply { candidate: Some(*only), ..act(SlotAction::Clarify) },
            // "Not sure", "let me check Tuesday": a wait takes nothing.
            [only] if offer.answer == Answer::Hold => Reply { candidate: Some(*only), ..none },
            [only] if offer.answer == Answer::No && stance::of(text, &cues.spans) != Stance::Takes => {
                act(SlotAction::Reject)
            }
            [only] => match stance::of_answer(text, &cues.spans, offer.answer) {
                Stance::Takes => Reply { action: Some(SlotAction::Select), selected: Some(*only), ..none },
                Stance::Unsure => Reply { candidate: Some(*only), ..act(SlotAction::Clarify) },
                // Left where it is; what else the message asks is answered.
                Stance::Leaves => Reply { candidate: Some(*only), ..none },
            },
            _ => act(SlotAction::Clarify),
        };
    }
    let ruled_out = cues.ruled_out || items.iter().any(|p| p.negated);
    // "Tomorrow's no good": a refusal of the one time, with no wish.
    if ruled_out && offer.times.len() == 1 && offer.answer == Answer::No && !searches(text) && !offer.wants_other {
        return act(SlotAction::Reject);
    }
    if offer.wants_other || cues.bounded || (ruled_out && (cues.ruled_out || !items.is_empty())) {
        let refuses_all = none_of_them(text);
        return act(if refuses_all && !searches(text) { SlotAction::Reject } else { SlotAction::MoreTimes });
    }
    let to_a_question = matches!(offer.expecting, Expecting::Slot | Expecting::Confirm);
    match offer.answer {
        Answer::Hold | Answer::Condition if to_a_question => return none,
        Answer::Other if to_a_question => return act(SlotAction::MoreTimes),
        Answer::No if to_a_question => return act(SlotAction::Reject),
        Answer::Yes if to_a_question => {
            return if offer.times.len() == 1 {
                Reply { action: Some(SlotAction::Select), selected: Some(0), ..none }
            } else {
                act(SlotAction::Clarify)
            };
        }
        _ => {}
    }
    if none_of_them(text) || (offer.deny && matches!(offer.expecting, Expecting::Slot | Expecting::Confirm)) {
        return act(SlotAction::Reject);
    }
    if offer.affirm
        && (!offer.question || stance::assents(text))
        && matches!(offer.expecting, Expecting::Slot | Expecting::Confirm | Expecting::None)
    {
        return if offer.times.len() == 1 {
            // After a pause a courtesy takes nothing: "ok thanks" answers no question then.
            let weak = offer.expecting == Expecting::None && !text.has_any(&["yes", "book", "works", "take", "si"]);
            if weak || !stance::assents(text) {
                return none;
            }
            Reply { action: Some(SlotAction::Select), selected: Some(0), ..none }
        } else if offer.expecting == Expecting::Slot {
            act(SlotAction::Clarify)
        } else {
            none
        };
    }
    none
}

fn searches(text: &Text) -> bool {
    text.has_any(&[
        "anything",
        "any",
        "something",
        "available",
        "availability",
        "openings",
        "opening",
        "have",
        "got",
        "else",
        "other",
        "another",
        "more",
    ])
}

fn refuses_it(text: &Text) -> bool {
    let pair = |first: &[&str], second: &[&str]| {
        text.tokens.windows(2).any(|w| first.contains(&w[0].word.as_str()) && second.contains(&w[1].word.as_str()))
    };
    pair(&["too"], &["early", "late", "soon", "far"])
        || pair(&["not", "except", "besides"], &["the", "that", "on", "at"])
        || pair(&["anything", "any", "anytime", "all"], &["but"])
        || pair(&["be", "is", "are", "sounds", "really"], &["bad", "terrible", "tough", "impossible"])
        || text.has_any(&["demasiado"])
}

fn conditional(text: &Text) -> bool {
    let asks = text.tokens.last().is_some_and(|t| t.sign() == Some('?'))
        && matches!(text.word(0), "does" | "is" | "are" | "will" | "would" | "do");
    let only_if =
        text.tokens.windows(2).any(|w| matches!(w[0].word.as_str(), "only" | "but" | "unless") && w[1].is("if"));
    asks || only_if
}

fn none_of_them(text: &Text) -> bool {
    text.has_any(&["none", "neither", "ninguno", "ninguna"])
}

fn collect(text: &Text, items: &[Placed], offer: &Offer<'_>) -> Cues {
    let times = offer.times;
    let mut cues = Cues::default();
    let mut clock_sets: Vec<Vec<usize>> = Vec::new();
    let mut day_sets: Vec<Vec<usize>> = Vec::new();
    let mut read_tokens: Vec<(usize, usize)> = Vec::new();
    for placed in items {
        if placed.negated {
            // "The 2, not the 3": what rules it out is part of it, and takes nothing of the other back.
            let led = |at: &usize| matches!(text.word(*at), "not" | "the" | "at" | "on" | "for" | "no" | "las" | "la");
            let from = (0..placed.start).rev().take_while(led).last().unwrap_or(placed.start);
            read_tokens.push((from, placed.end));
            continue;
        }
        if matches!(placed.item, Item::At(_)) && stance::is_ruled_out(text, placed.start, placed.end) {
            cues.ruled_out = true;
            read_tokens.push((placed.start, placed.end));
            continue;
        }
        match &placed.item {
            Item::At(clock) => {
                let exact = |minute: i8, hour: u32| having(times, |t| hour12(t.time()) == hour && t.minute() == minute);
                let minute = i8::try_from(clock.minute).unwrap_or(0);
                if clock.bare {
                    continue;
                }
                read_tokens.push((placed.start, placed.end));
                cues.named_time = true;
                let set = if clock.fixed {
                    let wanted = clock.time();
                    having(times, |t| t.time() == wanted)
                } else {
                    prefer(exact(minute, (clock.hour + 11) % 12 + 1), offer)
                };
                clock_sets.push(set);
            }
            Item::Day(_) if stance::is_ruled_out(text, placed.start, placed.end) => {
                cues.ruled_out = true;
                read_tokens.push((placed.start, placed.end));
            }
            Item::Day(meaning) => {
                read_tokens.push((placed.start, placed.end));
                cues.named_day = true;
                let is_next = text.has_any(&["but", "pero"])
                    && (placed.start.saturating_sub(1)..placed.end)
                        .any(|at| matches!(text.word(at), "next" | "following"));
                day_sets.push(on_days(times, meaning, is_next));
            }
            Item::Stretch { after, before, exact } => {
                let (after, before) = (*after, *before);
                let set = having(times, |t| after.is_none_or(|a| t.time() >= a) && before.is_none_or(|b| t.time() < b));
                if *exact || searches(text) {
                    cues.bounded = true;
                } else {
                    cues.sets.push(set);
                }
            }
            Item::TimeBound(_, _) | Item::DayBound(Bound::After | Bound::Before, _) => cues.bounded = true,
            Item::Flexible | Item::Hence(_) => {}
        }
    }
    // Several days or times named: they are choices between which the patient has not decided.
    if text.has_any(&["or", "o"]) && clock_sets.len() > 1 {
        cues.ambiguous = true;
    }
    let clocks = clock_sets.len();
    for sets in [clock_sets, day_sets] {
        if sets.is_empty() {
            continue;
        }
        let mut union: Vec<usize> = sets.into_iter().flatten().collect();
        union.sort_unstable();
        union.dedup();
        cues.sets.push(union);
    }
    cues.clocks = clocks;
    cues.spans.clone_from(&read_tokens);
    indices(text, offer, &read_tokens, &mut cues);
    superlatives(text, offer, &mut cues);
    cues
}

fn hour12(time: Time) -> u32 {
    u32::try_from((time.hour() + 11) % 12 + 1).unwrap_or(0)
}

/// Of several times with the same hour, those the stated preference admits, when that decides.
fn prefer(set: Vec<usize>, offer: &Offer<'_>) -> Vec<usize> {
    if set.len() < 2 {
        return set;
    }
    let Some(preference) = offer.preference else { return set };
    let preferred: Vec<usize> = set.iter().copied().filter(|i| preference.any_day().admits(offer.times[*i])).collect();
    if preferred.len() == 1 { preferred } else { set }
}

fn on_days(times: &[DateTime], meaning: &super::time_day::DayMeaning, is_next: bool) -> Vec<usize> {
    use super::time_day::DayMeaning;
    having(times, |t| match meaning {
        // "Tuesday" among offered times is any offered Tuesday; "but for next Tuesday" is that one.
        DayMeaning::On { weekday: Some(day), date } => t.date().weekday() == *day && (!is_next || t.date() == *date),
        DayMeaning::On { date, weekday: None } | DayMeaning::Dated { date, .. } => t.date() == *date,
        DayMeaning::Span { from, to } => from.is_none_or(|f| t.date() >= f) && to.is_none_or(|l| t.date() <= l),
        DayMeaning::Weekdays(days) => days.contains(&t.date().weekday()),
    })
}

fn indices(text: &Text, offer: &Offer<'_>, read: &[(usize, usize)], cues: &mut Cues) {
    let count = offer.times.len();
    let taken = |at: usize| read.iter().any(|(start, end)| at >= *start && at < *end);
    let mut chosen: Vec<Vec<usize>> = Vec::new();
    let mut short = text.word_count() <= 6;
    if text.tokens.iter().any(|t| matches!(t.word.as_str(), "of" | "weeks" | "years" | "units")) {
        short = false;
    }
    for at in 0..text.tokens.len() {
        if taken(at) {
            continue;
        }
        let known = chosen.len();
        index_at(text, offer, at, short, count, cues, &mut chosen);
        if chosen.len() > known {
            if stance::is_ruled_out(text, at, at + 1) {
                chosen.truncate(known);
                cues.ruled_out = true;
                cues.hour = None;
            }
            cues.spans.push((at, at + 1));
        }
    }
    let alternatives = text.has_any(&["or", "o"]) && !chosen.is_empty() && chosen.len() + cues.clocks > 1;
    if alternatives {
        cues.ambiguous = true;
        return;
    }
    cues.sets.extend(chosen);
}

/// The entries a token points at, if it points at any.
fn index_at(
    text: &Text,
    offer: &Offer<'_>,
    at: usize,
    short: bool,
    count: usize,
    cues: &mut Cues,
    chosen: &mut Vec<Vec<usize>>,
) {
    let token = &text.tokens[at];
    let before = at.checked_sub(1).map_or("", |b| text.word(b));
    let behind = text.word(at + 1);
    let labelled = matches!(before, "option" | "#" | "number" | "choice" | "slot" | "opcion" | "numero")
        || (before == "." && at > 1 && text.word(at - 2) == "no");
    // "B", "b)", "option b"
    if token.kind == Kind::Word && token.folded.chars().count() == 1 {
        let letter = token.folded.chars().next().unwrap_or('z');
        let index = (letter as usize).wrapping_sub('a' as usize);
        let upper = text.is_capitalised(at);
        let alone = text.word_count() == 1;
        // "A or B": a letter that stands beside another of the list is no article.
        let beside = |other: usize| {
            text.tokens.get(other).is_some_and(|t| t.folded.chars().count() == 1 && text.is_capitalised(other))
        };
        let paired = upper
            && ((matches!(behind, "or" | "and" | "," | "/") && beside(at + 2))
                || (matches!(before, "or" | "and" | "," | "/") && at > 1 && beside(at - 2)));
        let article = matches!(letter, 'a' | 'i' | 'y' | 'o' | 'e') && !alone && !labelled && !paired;
        let marked = matches!(behind, ")" | "." | "please" | "works" | "" | "," | "!") || before == "(";
        if index < count
            && (labelled
                || alone
                || paired
                || (at == 0 && marked && !article)
                || (!article && (upper || marked) && short)
                || (letter == 'a' && upper && marked && at > 0))
        {
            chosen.push(vec![index]);
        }
        return;
    }
    if let Some(index) = ordinal_index(text, at, count) {
        chosen.push(vec![index]);
        return;
    }
    let value = token.number().or_else(|| if labelled || short { number_word(&token.word) } else { None });
    let Some(value) = value.and_then(|v| usize::try_from(v).ok()) else { return };
    // "one" alone is a pronoun: "the morning one", "that one works".
    if token.is("one") && !labelled && text.word_count() > 1 {
        return;
    }
    if labelled {
        if (1..=count).contains(&value) {
            chosen.push(vec![value - 1]);
        } else {
            cues.named_time = true;
            chosen.push(Vec::new());
        }
        return;
    }
    let glued_sign = |word: &str| matches!(word, ":" | "/" | "$" | "%" | "-" | "@");
    let attached = (token.glued && glued_sign(before))
        || (text.tokens.get(at + 1).is_some_and(|t| t.glued)
            && (glued_sign(behind) || text.tokens[at + 1].kind == Kind::Word));
    if attached || counts(text, at) || !(1..=12).contains(&value) || !picks(text, at, offer) {
        return;
    }
    let by_hour = having(offer.times, |t| hour12(t.time()) == u32::try_from(value).unwrap_or(0));
    match by_hour.as_slice() {
        [] if value <= count && is_index(text, at) => chosen.push(vec![value - 1]),
        // "Can I do 5?": the entry or the hour; one question settles it.
        [] if value <= count && may_be_index(text, at) => {
            chosen.push(vec![value - 1]);
            cues.doubtful = true;
        }
        [] => {
            cues.named_time = true;
            cues.hour = u32::try_from(value).ok();
            chosen.push(Vec::new());
        }
        [only] => chosen.push(vec![*only]),
        _ => {
            // "2" where 2:00 and 2:30 are listed: the full hour is what people say.
            let full: Vec<usize> = by_hour.iter().copied().filter(|i| offer.times[*i].minute() == 0).collect();
            let narrowed = prefer(by_hour, offer);
            chosen.push(if narrowed.len() > 1 && full.len() == 1 && short { full } else { narrowed });
        }
    }
}

/// Words around a bare number that choose from a list and say nothing of an hour.
const CHOOSING: &[&str] = &[
    "please",
    "pls",
    "thanks",
    "thank",
    "you",
    "okay",
    "ok",
    "yes",
    "i",
    "ill",
    "id",
    "take",
    "want",
    "wanna",
    "pick",
    "choose",
    "choosing",
    "the",
    "lets",
    "do",
    "go",
    "going",
    "with",
    "number",
    "option",
    "choice",
    "slot",
    "that",
    "this",
    "one",
    "for",
    "me",
    "sounds",
    "good",
    "great",
    "perfect",
    "fine",
    "cool",
    "works",
    "work",
    "book",
    "it",
    "is",
    "will",
    "would",
    "be",
    "hi",
    "hey",
    "sure",
    "actually",
    "no",
    "sorry",
    "wait",
    "gimme",
    "give",
    "like",
    "we",
    "well",
    "um",
    "uh",
    "and",
    "then",
    "of",
    "if",
    "its",
    "open",
    "still",
    "available",
    "possible",
    "el",
    "la",
    "quiero",
    "por",
    "favor",
    "gracias",
    "si",
    "opcion",
    "numero",
    "prefiero",
    "tomo",
    "me",
    "my",
    "name",
    "best",
    "guess",
    "think",
    "or",
    "a",
    "lol",
    "to",
    "count",
    "in",
    "schedule",
    "reserve",
    "lock",
    "can",
];

/// Whether a number that is the hour of no listed time is the number of one: the message chooses and says nothing else.
fn is_index(text: &Text, at: usize) -> bool {
    let hour = matches!(
        at.checked_sub(1).map_or("", |b| text.word(b)),
        "at" | "around"
            | "about"
            | "by"
            | "til"
            | "till"
            | "until"
            | "after"
            | "before"
            | "las"
            | "be"
            | "need"
            | "past"
    );
    let asks =
        matches!(text.word(0), "can" | "could" | "may" | "puedo" | "podria" | "do" | "does" | "is" | "how" | "what");
    // What follows in a clause of its own does not take the choice back: "2 please, and what's the address?"
    let first = (0..at).rev().find(|b| parts(text, *b)).map_or(0, |b| b + 1);
    let last = (at..text.tokens.len()).find(|b| parts(text, *b)).unwrap_or(text.tokens.len());
    let chooses = (first..last).all(|i| {
        let token = &text.tokens[i];
        i == at || token.kind != Kind::Word || CHOOSING.contains(&token.word.as_str())
    });
    !hour && !asks && chooses
}

fn parts(text: &Text, at: usize) -> bool {
    text.tokens[at].ends_sentence() || matches!(text.word(at), "," | ";" | "but" | "-")
}

/// Whether it may be one all the same: "can I get 2?".
fn may_be_index(text: &Text, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |b| text.word(b));
    matches!(text.word(0), "can" | "could" | "may" | "puedo" | "podria")
        && matches!(before, "do" | "get" | "have" | "take" | "number" | "the" | "option" | "la" | "el" | "tomar")
}

fn number_word(word: &str) -> Option<u32> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    const SPANISH: [&str; 12] =
        ["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"];
    let at = WORDS.iter().position(|w| *w == word).or_else(|| SPANISH.iter().position(|w| *w == word))?;
    u32::try_from(at + 1).ok()
}

/// A number that counts something, or tells an age: "2 of us", "I'm 35", "in 3 weeks".
fn counts(text: &Text, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |b| text.word(b));
    super::time_counts(text.word(at + 1))
        || matches!(before, "im" | "am" | "age" | "in" | "turning" | "$" | "be" | "us")
}

/// Whether a bare number is a pick at all: the message is little more than it, or a picking word stands near.
fn picks(text: &Text, at: usize, offer: &Offer<'_>) -> bool {
    let words = text.word_count();
    let before = at.checked_sub(1).map_or("", |b| text.word(b));
    let behind = text.word(at + 1);
    let polite = |w: &str| {
        matches!(
            w,
            "please"
                | "works"
                | "work"
                | "thanks"
                | ""
                | "is"
                | "it"
                | "would"
                | "will"
                | "sounds"
                | "for"
                | "."
                | "!"
                | ","
                | "or"
                | "good"
                | "on"
                | "one"
                | "at"
                | "instead"
                | "and"
                | "if"
                | "?"
        )
    };
    words <= 2
        || (matches!(offer.expecting, Expecting::Slot | Expecting::Confirm)
            && polite(behind)
            && (words <= 5
                || matches!(
                    before,
                    "the"
                        | "at"
                        | "do"
                        | "take"
                        | "for"
                        | "with"
                        | "like"
                        | "el"
                        | "la"
                        | "las"
                        | ""
                        | "yes"
                        | "okay"
                        | ","
                        | "lets"
                )))
}

fn ordinal_index(text: &Text, at: usize, count: usize) -> Option<usize> {
    let token = &text.tokens[at];
    let behind = text.word(at + 1);
    let before = at.checked_sub(1).map_or("", |b| text.word(b));
    let ordinal = match token.word.as_str() {
        "first" | "primera" | "primero" => 1,
        "second" | "segunda" | "segundo" => 2,
        "third" | "tercera" | "tercero" => 3,
        "fourth" | "cuarta" => 4,
        "fifth" | "quinta" => 5,
        "sixth" | "sexta" => 6,
        "last" | "ultima" | "ultimo" => count,
        "former" => 1,
        "latter" => 2,
        _ => {
            let suffixed = token.number().filter(|_| matches!(text.tokens.get(at + 1), Some(t) if t.glued && matches!(t.folded.as_str(), "st" | "nd" | "rd" | "th")))?;
            let noun = matches!(text.word(at + 2), "one" | "option" | "slot" | "choice" | "time");
            let index = usize::try_from(suffixed).ok()?;
            return (noun && (1..=count).contains(&index)).then(|| index - 1);
        }
    };
    let of_list = matches!(
        behind,
        "one"
            | "option"
            | "slot"
            | "time"
            | "choice"
            | "works"
            | "please"
            | ""
            | "is"
            | "."
            | "!"
            | "opcion"
            | "would"
            | "sounds"
            | "appointment"
            | "available"
            | ","
            | "thanks"
    ) || matches!(before, "the" | "la" | "el");
    let other_use = matches!(
        behind,
        "week" | "visit" | "thing" | "timer" | "floor" | "name" | "half" | "of" | "month" | "year" | "night"
    ) || matches!(before, "my" | "a" | "one" | "at");
    let time_word = behind == "time" && !matches!(before, "the");
    (of_list && !other_use && !time_word && (1..=count).contains(&ordinal)).then(|| ordinal - 1)
}

fn superlatives(text: &Text, offer: &Offer<'_>, cues: &mut Cues) {
    let times = offer.times;
    let order = |latest: bool| -> Option<usize> {
        let mut sorted: Vec<usize> = (0..times.len()).collect();
        sorted.sort_by_key(|i| times[*i]);
        if latest { sorted.last().copied() } else { sorted.first().copied() }
    };
    for at in 0..text.tokens.len() {
        let behind = text.word(at + 1);
        let before = at.checked_sub(1).map_or("", |b| text.word(b));
        let of_list = matches!(
            behind,
            "one" | "slot" | "time" | "option" | "appointment" | "available" | "please" | "" | "works" | "of"
        );
        match text.word(at) {
            "earliest" | "soonest" if of_list || behind == "you" => {
                cues.superlative = true;
                cues.sets.extend(order(false).map(|i| vec![i]));
            }
            "latest" if of_list => {
                cues.superlative = true;
                cues.sets.extend(order(true).map(|i| vec![i]));
            }
            // "the later one" is clear between two.
            "later" | "earlier" if before == "the" && matches!(behind, "one" | "") => {
                let latest = text.word(at) == "later";
                cues.superlative = true;
                if times.len() == 2 {
                    cues.sets.extend(order(latest).map(|i| vec![i]));
                } else {
                    cues.ambiguous = times.len() > 2;
                }
            }
            _ => {}
        }
    }
}
