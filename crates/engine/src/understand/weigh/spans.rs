//! Whose name a few words are: the sender's own, the one a visit is for, or the provider wished for. Rules read how people say it;
//! a sum of weights over what stands in and around the words says so too where no rule knows the wording
//! (`docs/adr/0023-weighed-names.md`).

use std::sync::LazyLock;

use super::super::Expecting;
use super::super::lexicon::List;
use super::super::name::Reader;
use super::super::text::{Kind, Text, Word};
use super::Named;
use super::table::{Features, Part, Table, number};

/// Whose it may be, in the order of `lexicon/name_weights.txt`.
pub const SPAN_LABELS: [&str; 3] = ["own", "whom", "with"];

static WEIGHTS: LazyLock<Table<4>> =
    LazyLock::new(|| Table::parse(include_str!("../../../lexicon/name_weights.txt"), &SPAN_LABELS));

/// Tokens `start..end`.
pub(crate) type Span = (usize, usize);

/// What is known before names are weighed.
pub(crate) struct Asked {
    pub(crate) expecting: Expecting,
    /// The last message asked with whom.
    pub(crate) provider: bool,
    /// What the rules found, by label.
    pub(crate) found: [Option<Span>; 3],
}

/// Words that may be a name, with their features: what the weights are learnt from.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Tokens it spans.
    pub span: (usize, usize),
    /// As written.
    pub text: String,
    /// By which features it is known.
    pub features: Named,
}

/// What may be a name in a message, and what the rules found.
#[derive(Debug, Clone)]
pub struct NameCandidates {
    /// Runs of words, some of them parts of others.
    pub candidates: Vec<Candidate>,
    /// The tokens a rule found for each of [`SPAN_LABELS`].
    pub found: [Option<(usize, usize)>; 3],
}

/// Words of a name at the most.
const PIECES: usize = 4;
/// Tokens that are looked at.
const REACH: usize = 120;
/// Candidates of a message.
const CANDIDATES: usize = 60;

fn overlap(one: Span, other: Span) -> bool {
    one.0 < other.1 && other.0 < one.1
}

/// A word with which a name may begin.
fn may_begin(reader: &Reader<'_>, at: usize, is_asked: bool) -> bool {
    let text = reader.text;
    let Some(token) = text.tokens.get(at) else { return false };
    if token.kind != Kind::Word || reader.is_taken(at) || reader.is_in_an_address(at) || token.folded.len() < 2 {
        return false;
    }
    let known = token.is_written_in(List::FirstNames);
    let is_word = token.is_written_in(List::Common) || token.known.is_in(List::Common);
    if is_asked && text.word_count() <= 2 * PIECES {
        return true;
    }
    known
        || (!is_word
            && (text.is_capitalised(at) && !reader.shouting()
                || token.is_written_in(List::Surnames)
                || !token.is_written_in(List::English) && !token.is_written_in(List::Spanish)))
}

/// Where a name that has come to `end` may go on: behind its next word, with hyphens, initials and particles.
fn goes_on(reader: &Reader<'_>, end: usize, is_asked: bool) -> Option<usize> {
    let text = reader.text;
    let is_glued = |at: usize| text.tokens.get(at).is_some_and(|t| t.glued);
    let mut at = end;
    if text.word(at) == "-" && is_glued(at) && is_glued(at + 1) {
        at += 1;
    } else if text.word(at) == "." && text.tokens[at - 1].folded.len() == 1 {
        at += 1;
    }
    let token = text.tokens.get(at).filter(|token| token.kind == Kind::Word)?;
    let initial = token.folded.len() == 1 && text.is_capitalised(at);
    let behind_first = token.is_written_in(List::SurnameWords) || token.is_written_in(List::Surnames);
    let part = token.is_written_in(List::Particles) && !matches!(token.folded.as_str(), "o" | "al" | "los");
    (initial || part || behind_first || may_begin(reader, at, is_asked)).then_some(at + 1)
}

/// Every run of words that may be a name.
pub(crate) fn candidates(text: &Text, taken: &[Span], asked: &Asked) -> Vec<Span> {
    let is_asked = asked.expecting == Expecting::Name || asked.provider;
    let reader = Reader { text, taken, asked: is_asked };
    let mut spans: Vec<Span> = asked.found.iter().flatten().copied().collect();
    for start in 0..text.tokens.len().min(REACH) {
        if !may_begin(&reader, start, is_asked) {
            continue;
        }
        let mut end = start + 1;
        for _ in 0..PIECES {
            if !text.tokens[end - 1].is_written_in(List::Particles) || is_asked {
                spans.push((start, end));
            }
            match goes_on(&reader, end, is_asked) {
                Some(next) => end = next,
                None => break,
            }
        }
        if spans.len() > CANDIDATES {
            break;
        }
    }
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// What kind of word stands at a token; in capitals where it is written so.
fn class(text: &Text, at: usize, shouting: bool) -> &'static str {
    let token = &text.tokens[at];
    let capital = text.is_capitalised(at) && !shouting;
    let (first, last) = (token.is_written_in(List::FirstNames), token.is_written_in(List::Surnames));
    let common = token.is_written_in(List::Common) || token.known.is_in(List::Common);
    let classes = if token.kind != Kind::Word {
        ("-", "-")
    } else if token.folded.len() == 1 {
        ("i", "I")
    } else if first && common {
        ("x", "X")
    } else if first && last {
        ("b", "B")
    } else if first && token.is_written_in(List::English) {
        ("g", "G")
    } else if first {
        ("f", "F")
    } else if token.is_written_in(List::Particles) {
        ("p", "P")
    } else if common {
        ("c", "C")
    } else if last && token.is_written_in(List::English) {
        ("w", "W")
    } else if last {
        ("s", "S")
    } else if token.is_written_in(List::English) || token.is_written_in(List::Spanish) {
        ("e", "E")
    } else {
        ("u", "U")
    };
    if capital { classes.1 } else { classes.0 }
}

/// What is said while one thinks.
const FILLERS: [&str; 8] = ["um", "uh", "eh", "er", "like", ",", "este", "pues"];

/// Hands every feature of a candidate to `take`.
fn each(text: &Text, span: Span, asked: &Asked, mut take: impl FnMut(char, &[Part<'_>])) {
    let (start, end) = span;
    let shouting = text.tokens.len() > 2 && !text.has_small();
    let shape: Word = (start..end).map(|at| class(text, at, shouting)).collect();
    let shape = Part::of(&shape);
    let word = |at: Option<usize>| match at.and_then(|at| text.tokens.get(at)) {
        Some(token) if token.kind == Kind::Number => Part::of("0"),
        Some(token) if token.word == "\n" => Part::of("|"),
        Some(token) => Part::of(&token.word),
        None => Part::of("^"),
    };
    let before = |back: usize| word(start.checked_sub(back));
    let behind = |ahead: usize| word(Some(end + ahead - 1));
    let (prev, prev2, prev3) = (before(1), before(2), before(3));
    let (next, next2) = (behind(1), behind(2));
    take('s', &[shape]);
    take('a', &[prev]);
    take('b', &[prev2, prev]);
    take('c', &[prev3, prev2, prev]);
    take('d', &[next]);
    take('e', &[next, next2]);
    take('f', &[prev, next]);
    take('g', &[shape, prev]);
    take('h', &[shape, next]);
    take('i', &[shape, prev2, prev]);
    // The words before, less what is said while one thinks.
    let mut said = (0..start).rev().filter(|at| !FILLERS.contains(&text.word(*at)));
    let (near, far) = (said.next(), said.next());
    if near.is_some() && near != start.checked_sub(1) {
        take('A', &[word(far), word(near)]);
    }
    let begins = Part::of(if start == 0 {
        "begins"
    } else if text.tokens[start - 1].ends_sentence() {
        "sentence"
    } else {
        "inside"
    });
    let ends = Part::of(match text.tokens.get(end) {
        None => "ends",
        Some(token) if token.kind == Kind::Sign => "sign",
        Some(_) => "inside",
    });
    let expecting = Part::of(asked.expecting.key());
    let length = Part::of(match text.word_count() {
        0..=3 => "few",
        4..=8 => "some",
        9..=20 => "many",
        _ => "long",
    });
    take('j', &[expecting, begins, ends]);
    take('k', &[expecting, shape, begins, ends]);
    take('l', &[length, begins, ends]);
    take('m', &[length, shape]);
    if asked.provider {
        take('z', &[begins, ends]);
        take('Z', &[prev]);
    }
    for at in [start, end - 1] {
        let token = &text.tokens[at];
        if token.is_written_in(List::Common) || token.is_written_in(List::English) {
            take(if at == start { 'n' } else { 'N' }, &[Part::of(&token.folded)]);
        }
    }
    for (label, found) in SPAN_LABELS.iter().zip(asked.found) {
        let verdict = Part::of(match found {
            Some(found) if found == span => "same",
            Some(found) if overlap(found, span) => "part",
            Some(_) => "other",
            None => "none",
        });
        let label = Part::of(label);
        take('v', &[label, verdict]);
        take('V', &[label, verdict, shape]);
        take('w', &[label, verdict, prev]);
    }
    if let Some(kin) = (start.saturating_sub(5)..start).rev().find(|at| text.is_in(*at, List::Relatives)) {
        let owner = word(kin.checked_sub(1));
        take('K', &[Part::of("kin")]);
        take('L', &[owner]);
        take('M', &[owner, word(kin.checked_sub(2))]);
    }
    if start > 0 {
        let titled = start - if start > 1 && text.word(start - 1) == "." { 2 } else { 1 };
        if text.is_in(titled, List::Titles) || text.word(titled) == "nurse" {
            take('T', &[word(Some(titled))]);
            take('U', &[word(titled.checked_sub(1))]);
            take('W', &[word(titled.checked_sub(2)), word(titled.checked_sub(1))]);
        }
        // It may be the rest of something longer, or have more behind it.
        take('x', &[Part::of(class(text, start - 1, shouting)), shape]);
    }
    if end < text.tokens.len() {
        take('y', &[Part::of(class(text, end, shouting)), shape]);
        if text.is_in(end, List::Units) {
            take('Y', &[]);
        }
    }
}

/// The features of a candidate as the file names them.
pub(crate) fn named(text: &Text, span: Span, asked: &Asked) -> Named {
    Named::of(|take| each(text, span, asked, take))
}

/// Whose the names of a message are, by label, after both readings.
///
/// Where a rule found none, the surest candidate is taken from its first mark on. Where a rule found one, the surest that
/// overlaps it stands for it, and is dropped below the second mark.
pub(crate) fn settled(text: &Text, taken: &[Span], asked: &Asked) -> [Option<Span>; 3] {
    let spans = candidates(text, taken, asked);
    if spans.is_empty() {
        return [None; 3];
    }
    let mut sums: Vec<(Span, [f32; 3])> = Vec::with_capacity(spans.len());
    let mut features = Features::default();
    for span in spans {
        features.clear();
        each(text, span, asked, |kind, parts| WEIGHTS.take(&mut features, number(kind, parts.iter().copied())));
        let [own, whom, with, _] = WEIGHTS.sums(&features);
        sums.push((span, [own, whom, with]));
    }
    let mut settled: [Option<Span>; 3] =
        std::array::from_fn(|label| chosen(&sums, label, asked.found[label], WEIGHTS.marks[label]));
    // Nobody is the sender and the patient or the provider by the same words: the surer of the two stays.
    for other in [1, 2] {
        let (Some(own), Some(theirs)) = (settled[0], settled[other]) else { continue };
        if overlap(own, theirs) {
            let sum =
                |span: Span, label: usize| sums.iter().find(|(of, _)| *of == span).map_or(0.0, |(_, of)| of[label]);
            settled[if sum(own, 0) >= sum(theirs, other) { other } else { 0 }] = None;
        }
    }
    settled
}

/// The span a label takes, of candidates with their sums.
pub fn chosen(
    sums: &[((usize, usize), [f32; 3])],
    label: usize,
    found: Option<(usize, usize)>,
    (add, keep): (f32, f32),
) -> Option<(usize, usize)> {
    let surest = |among: &dyn Fn(Span) -> bool| {
        let fitting = sums.iter().filter(|(span, _)| among(*span));
        fitting.max_by(|a, b| a.1[label].total_cmp(&b.1[label])).map(|(span, of)| (*span, of[label]))
    };
    let elsewhere = || surest(&|_| true).filter(|(_, sum)| *sum >= add).map(|(span, _)| span);
    match found {
        None => elsewhere(),
        Some(found) => match surest(&|span| overlap(span, found)) {
            Some((span, sum)) if sum >= keep => Some(span),
            _ => elsewhere(),
        },
    }
}
