//! What a reply points at among the times on offer: every cue it holds, each as the set of entries it fits.

use jiff::civil::{DateTime, Time};

use super::Expecting;
use super::asides::searches_more;
use super::lexicon::List;
use super::reply::Offer;
use super::stance;
use super::text::{Kind, Text};
use super::time::{Bound, Item, Placed};

/// Which of several times by their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    Earliest,
    Latest,
    Middle,
}

#[derive(Debug, Default)]
pub(super) struct Cues {
    /// Each cue as the set of entries it fits.
    pub(super) sets: Vec<Vec<usize>>,
    pub(super) named_time: bool,
    pub(super) named_day: bool,
    pub(super) bounded: bool,
    /// "the later one", "the last one": words that otherwise ask for more.
    pub(super) superlative: bool,
    /// Of those that are left, the first, the last or the middle one.
    pub(super) rank: Option<Rank>,
    /// Entries that were named to be ruled out, for "the other one".
    pub(super) refused: Vec<usize>,
    pub(super) ambiguous: bool,
    /// A cue was named to be ruled out.
    pub(super) ruled_out: bool,
    /// A number may be an entry or an hour.
    pub(super) doubtful: bool,
    /// Tokens of the cues.
    pub(super) spans: Vec<(usize, usize)>,
    pub(super) hour: Option<u32>,
    /// How many clock times it names.
    pub(super) clocks: usize,
}

pub(super) fn having(times: &[DateTime], fits: impl Fn(&DateTime) -> bool) -> Vec<usize> {
    (0..times.len()).filter(|i| fits(&times[*i])).collect()
}

pub(super) fn collect(text: &Text, items: &[Placed], reasons: &[(usize, usize)], offer: &Offer<'_>) -> Cues {
    let times = offer.times;
    let mut cues = Cues::default();
    let mut clock_sets: Vec<Vec<usize>> = Vec::new();
    let mut day_sets: Vec<Vec<usize>> = Vec::new();
    let mut read_tokens: Vec<(usize, usize)> = reasons.to_vec();
    let asks = text.tokens.last().is_some_and(|t| t.sign() == Some('?'));
    for placed in items {
        if placed.negated {
            cues.refused.extend(fitting(text, placed, times));
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
                // "Around noon", "lunchtime": what lies within the hour.
                let set = if set.is_empty() && (clock.about || is_lunch(text, placed)) {
                    let minutes = |t: Time| i32::from(t.hour()) * 60 + i32::from(t.minute());
                    having(times, |t| (minutes(t.time()) - minutes(clock.time())).abs() <= 60)
                } else {
                    set
                };
                clock_sets.push(set);
            }
            Item::Day(_) if stance::is_ruled_out(text, placed.start, placed.end) => {
                cues.refused.extend(fitting(text, placed, times));
                cues.ruled_out = true;
                read_tokens.push((placed.start, placed.end));
            }
            Item::Day(meaning) => {
                read_tokens.push((placed.start, placed.end));
                cues.named_day = true;
                let is_next = text.has_any(&["but", "pero"])
                    && (placed.start.saturating_sub(1)..placed.end)
                        .any(|at| matches!(text.word(at), "next" | "following"));
                let set = on_days(times, meaning, is_next);
                day_sets.push(if set.is_empty() { as_said(text, placed, meaning, times) } else { set });
            }
            Item::Stretch { after, before, exact } => {
                let (after, before) = (*after, *before);
                let set = having(times, |t| after.is_none_or(|a| t.time() >= a) && before.is_none_or(|b| t.time() < b));
                if asks || super::reply::searches(text) || (*exact && set.len() != 1) {
                    cues.bounded = true;
                } else {
                    read_tokens.push((placed.start, placed.end));
                    cues.sets.push(set);
                }
            }
            // "Before noon please", where one is: that one.
            Item::TimeBound(bound, clock) => {
                let limit = clock.time();
                let set = having(times, |t| match bound {
                    Bound::After => t.time() >= limit,
                    Bound::Before => t.time() < limit,
                });
                let brief = text.word_count() <= 6 && !text.has_any(&["i", "im", "ill", "no", "not", "only"]);
                if set.len() == 1 && brief && !asks && !super::reply::searches(text) {
                    read_tokens.push((placed.start, placed.end));
                    cues.sets.push(set);
                } else {
                    cues.bounded = true;
                }
            }
            Item::DayBound(Bound::After | Bound::Before, _) => cues.bounded = true,
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
    if let Some((set, at)) = by_provider(text, offer) {
        cues.sets.push(set);
        cues.spans.push((at, at + 1));
    }
    // "Monday's out, so the other one".
    let left: Vec<usize> = (0..times.len()).filter(|i| !cues.refused.contains(i)).collect();
    let other = text.tokens.windows(2).any(|w| {
        matches!(w[0].word.as_str(), "the" | "la" | "el" | "so")
            && matches!(w[1].word.as_str(), "other" | "otra" | "otro")
    });
    if other && cues.sets.is_empty() && left.len() == 1 && !cues.refused.is_empty() && !searches_more(text) {
        cues.superlative = true;
        cues.ruled_out = false;
        cues.sets.push(left);
    }
    cues
}

/// The entries an item fits.
fn fitting(text: &Text, placed: &Placed, times: &[DateTime]) -> Vec<usize> {
    match &placed.item {
        Item::Day(meaning) => {
            let set = on_days(times, meaning, false);
            if set.is_empty() { as_said(text, placed, meaning, times) } else { set }
        }
        Item::At(clock) if clock.fixed => having(times, |t| t.time() == clock.time()),
        Item::At(clock) => having(times, |t| hour12(t.time()) == (clock.hour + 11) % 12 + 1),
        Item::Stretch { after, before, .. } => {
            having(times, |t| after.is_none_or(|a| t.time() >= a) && before.is_none_or(|b| t.time() < b))
        }
        _ => Vec::new(),
    }
}

/// "The 22nd", "the weekend one": said of the list, whichever month or week its days lie in.
fn as_said(text: &Text, placed: &Placed, meaning: &super::time_day::DayMeaning, times: &[DateTime]) -> Vec<usize> {
    use super::time_day::DayMeaning;
    let span = &text.tokens[placed.start..placed.end];
    match meaning {
        DayMeaning::On { date, weekday: None } => {
            let day = u32::try_from(date.day()).ok();
            let numbered =
                span.iter().any(|t| day.is_some() && (t.number() == day || t.value() == day || t.ordinal() == day));
            let plain = span.iter().all(|t| !super::is_month_word(&t.word) && !t.is("/") && !t.is("in"));
            if numbered && plain { having(times, |t| t.date().day() == date.day()) } else { Vec::new() }
        }
        DayMeaning::Span { .. } if span.iter().any(|t| t.is("weekend")) => {
            having(times, |t| t.date().weekday().to_monday_zero_offset() >= 5)
        }
        _ => Vec::new(),
    }
}

fn is_lunch(text: &Text, placed: &Placed) -> bool {
    text.tokens[placed.start..placed.end].iter().any(|t| matches!(t.word.as_str(), "lunch" | "lunchtime"))
}

/// The entry that is with somebody who is named: "the one with Dana", where the list told with whom each is.
fn by_provider(text: &Text, offer: &Offer<'_>) -> Option<(Vec<usize>, usize)> {
    let told = offer.told;
    let mut with: Vec<&str> = Vec::new();
    for at in 0..told.tokens.len() {
        let led =
            matches!(told.word(at), "with" | "con") || (told.word(at) == "/" && told.word(at.wrapping_sub(1)) == "w");
        let titled = usize::from(matches!(told.word(at + 1), "dr" | "dra" | "doctor"));
        let dotted = usize::from(titled == 1 && told.word(at + 2) == ".");
        let name = at + 1 + titled + dotted;
        if led && told.is_capitalised(name) {
            with.push(told.word(name));
        }
    }
    if with.len() != offer.times.len() || with.len() < 2 {
        return None;
    }
    let at = (0..text.tokens.len()).find(|at| {
        let word = text.word(*at);
        let refused = (at.saturating_sub(2)..*at).any(|b| matches!(text.word(b), "not" | "but" | "no" | "except"));
        !refused && with.iter().any(|name| word == *name || word.strip_suffix('s') == Some(name))
    })?;
    let word = text.word(at);
    let set = (0..with.len()).filter(|i| word == with[*i] || word.strip_suffix('s') == Some(with[*i])).collect();
    Some((set, at))
}

/// Of several, the one of a rank.
pub(super) fn ranked(mut set: Vec<usize>, rank: Option<Rank>, times: &[DateTime]) -> Vec<usize> {
    let Some(rank) = rank.filter(|_| set.len() > 1) else { return set };
    set.sort_by_key(|i| times[*i]);
    let place = match rank {
        Rank::Earliest => 0,
        Rank::Latest => set.len() - 1,
        Rank::Middle if set.len() % 2 == 1 => set.len() / 2,
        Rank::Middle => return set,
    };
    vec![set[place]]
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
                || (letter == 'a' && upper && marked && at > 0)
                || (at == 0
                    && (behind == ")" || (matches!(behind, "is" | "works" | "for" | "as") && text.word_count() <= 6))))
        {
            chosen.push(vec![index]);
        }
        return;
    }
    if let Some(index) = ordinal_index(text, at, count) {
        let of_day = cues.named_day && matches!(text.word(at), "first" | "last") && text.word(at + 1) == "one";
        if !of_day {
            chosen.push(vec![index]);
        }
        return;
    }
    let value = token.number().or_else(|| if labelled || short { number_word(&token.word) } else { None });
    let Some(value) = value.and_then(|v| usize::try_from(v).ok()) else { return };
    // "one" alone is a pronoun: "the morning one", "that one works".
    let polite_one = text.word_count() == 2 && at == 0 && matches!(behind, "please" | "thanks");
    if token.is("one") && !labelled && text.word_count() > 1 && !polite_one {
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
    if attached || counts(text, at) {
        return;
    }
    // "1130", "the 915": a time of the list as it is said; "24": a day of it.
    if (100..=1259).contains(&value) && value % 100 < 60 {
        let said = |t: &DateTime| hour12(t.time()) as usize * 100 + usize::try_from(t.minute()).unwrap_or(0) == value;
        let set = having(offer.times, said);
        if !set.is_empty() {
            cues.named_time = true;
            chosen.push(prefer(set, offer));
        }
        return;
    }
    if (13..=31).contains(&value) && picks(text, at, offer) {
        let set = having(offer.times, |t| usize::try_from(t.date().day()).is_ok_and(|day| day == value));
        if !set.is_empty() {
            cues.named_day = true;
            chosen.push(set);
        }
        return;
    }
    if !(1..=12).contains(&value) || !picks(text, at, offer) {
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
    text.is_in(at + 1, List::Units) || matches!(before, "im" | "am" | "age" | "in" | "turning" | "$" | "be" | "us")
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
        let noun = |at: usize| {
            matches!(
                text.word(at),
                "one" | "slot" | "time" | "option" | "appointment" | "date" | "spot" | "choice" | "opening"
            )
        };
        let of_list = noun(at + 1)
            || matches!(
                behind,
                "available" | "please" | "" | "works" | "of" | "possible" | "is" | "!" | "." | "," | "thanks"
            )
            || (noun(at + 2) && !matches!(text.word(at + 1), "any" | "another"))
            || behind == "you";
        let mas = before == "mas" && at > 1 && matches!(text.word(at - 2), "la" | "el" | "lo");
        let rank = match text.word(at) {
            "earliest" | "soonest" if of_list => Some(Rank::Earliest),
            "temprano" | "temprana" | "tempranito" | "pronto" if mas => Some(Rank::Earliest),
            "early" if noun(at + 1) && matches!(before, "the" | "") => Some(Rank::Earliest),
            "latest" | "farthest" if of_list => Some(Rank::Latest),
            "tarde" | "tardecito" if mas => Some(Rank::Latest),
            "late" if noun(at + 1) => Some(Rank::Latest),
            "middle" if noun(at + 1) || matches!(before, "the" | "in") => Some(Rank::Middle),
            // "First one on Thursday", "the last one that day": of those of the day.
            "first" if noun(at + 1) && cues.named_day => Some(Rank::Earliest),
            "last" if noun(at + 1) && cues.named_day => Some(Rank::Latest),
            "later" | "earlier" if noun(at + 2) && cues.named_day => {
                Some(if text.word(at) == "later" { Rank::Latest } else { Rank::Earliest })
            }
            _ => None,
        };
        if let Some(rank) = rank {
            cues.superlative = true;
            cues.rank = Some(rank);
            cues.spans.push((at, at + 1));
            if cues.sets.is_empty() {
                cues.sets.push((0..times.len()).collect());
            }
        }
        match text.word(at) {
            // "the later one" is clear between two.
            "later" | "earlier"
                if cues.rank.is_none()
                    && ((before == "the" && (noun(at + 1) || behind.is_empty())) || (at == 0 && noun(at + 1))) =>
            {
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
