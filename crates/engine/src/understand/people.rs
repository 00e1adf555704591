//! The people of a message: who writes, for whom, and with whom they want to be. Rules find them where somebody says it in words
//! that are known; what is left is weighed (`weigh/spans.rs`).

use super::name::{self, Names, Reader};
use super::person::{self, Wished};
use super::text::Text;
use super::weigh::{self, Asked, Candidate, NameCandidates};
use super::{Context, Expecting};

/// Who is spoken of.
pub(super) struct People {
    pub(super) names: Names,
    /// As written, or `any`.
    pub(super) provider: Option<String>,
}

/// What the rules find: names, whether anyone will do, and what is weighed.
fn by_rules(text: &Text, told: &Text, taken: &[(usize, usize)], context: &Context<'_>) -> (Names, bool, Asked) {
    let names = name::read(text, taken, context.expecting, context.known_name);
    let asked_with_whom = person::asks_for_provider(told);
    let wished = person::provider(text, asked_with_whom);
    let with = match wished {
        Some(Wished::Person(start, end)) => Some((start, end)),
        _ => None,
    };
    let asked = Asked {
        expecting: context.expecting,
        provider: asked_with_whom && context.expecting != Expecting::Name,
        found: [names.own_span, names.other_span, with],
    };
    (names, matches!(wished, Some(Wished::Any)), asked)
}

/// Reads them in the answer to what was told. `taken` are tokens that name services.
pub(super) fn read(text: &Text, told: &Text, taken: &[(usize, usize)], context: &Context<'_>) -> People {
    let (mut names, anyone, asked) = by_rules(text, told, taken, context);
    let reader = Reader { text, taken, asked: context.expecting == Expecting::Name };
    let [own, whom, with] = weigh::settled(text, taken, &asked);
    // A name that was put together from parts, or turned round, is more than its tokens.
    let is_plain = |name: &Option<String>, span: Option<(usize, usize)>| match (name, span) {
        (Some(name), Some((start, end))) => *name == reader.written(start, end),
        (name, _) => name.is_none(),
    };
    if own != names.own_span && is_plain(&names.own, names.own_span) {
        names.own = own.map(|(start, end)| reader.written(start, end));
        names.own_span = own;
    }
    if whom != names.other_span && is_plain(&names.other, names.other_span) {
        names.other = whom.map(|(start, end)| reader.written(start, end));
        names.other_span = whom;
        names.for_other |= whom.is_some();
    }
    // "I'm German": who speaks is nobody to be seen.
    let of_self = |at: usize| at > 0 && matches!(text.word(at - 1), "im" | "am" | "soy" | "iam");
    let named = with.filter(|span| !of_self(span.0)).map(|span| person::provider_as_written(text, span));
    People { names, provider: named.or_else(|| anyone.then(|| "any".to_owned())) }
}

/// What may be a name, and what the rules found of each label: what the weights are learnt from.
pub(super) fn candidates(text: &Text, told: &Text, taken: &[(usize, usize)], context: &Context<'_>) -> NameCandidates {
    let (_, _, asked) = by_rules(text, told, taken, context);
    let candidates = weigh::candidates(text, taken, &asked).into_iter().map(|span| Candidate {
        span,
        text: text.slice(text.tokens[span.0].start, text.tokens[span.1 - 1].end),
        features: weigh::named_spans(text, span, &asked),
    });
    NameCandidates { candidates: candidates.collect(), found: asked.found }
}
