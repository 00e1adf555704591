//! What a message does to the times on offer: all its cues are collected and intersected; only a unique survivor is a
//! selection. The bare-number rule: an hour if exactly one offered time has it; two hours, the stated preference decides;
//! no hour, an index.

use jiff::civil::{Date, DateTime};

use frontdesk_domain::preference::TimePreference;

use super::answer::Answer;
use super::asides::{self, asks_about_it, leaves_it_to_us, reasons};
use super::cues::{collect, ranked};
use super::stance::{self, Stance};
use super::text::Text;
use super::time::Placed;
use super::weigh::Weighed;
use super::{Context, Expecting, SlotAction};

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reply {
    pub(crate) action: Option<SlotAction>,
    /// Index into the offered times, from 0.
    pub(crate) selected: Option<usize>,
    /// The one time a question is about, where the action is to clarify.
    pub(crate) candidate: Option<usize>,
    /// Nothing is said but the time, and courtesies.
    pub(crate) is_plain: bool,
    /// A bare hour that none of them has: "can I do 10 instead".
    pub(crate) hour: Option<u32>,
}

/// What the reply is read against.
#[derive(Clone, Copy)]
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
    /// The message that made the offer.
    pub(crate) told: &'a Text,
}

/// Reads a message against the offer. Where all of it leaves the choice open, one clause may settle it and the others say why:
/// "5:15, I clock out at 4", "Wednesday is bridge. Thursday."
pub(crate) fn read(text: &Text, items: &[Placed], offer: &Offer<'_>, today: Date) -> Reply {
    let reply = whole(text, items, offer);
    let is_open =
        matches!(reply.action, None | Some(SlotAction::Clarify | SlotAction::NotOffered | SlotAction::MoreTimes));
    let is_asked = matches!(offer.expecting, Expecting::Slot | Expecting::Confirm);
    if !is_open || !is_asked || offer.wants_other || text.tokens.iter().any(|t| t.sign() == Some('?')) {
        return reply;
    }
    let taken = |clause: &Text| {
        let items = super::time::items(clause, today, false);
        let said = super::answer::read(clause, offer.told);
        let affirms = said == Answer::Yes;
        let offer = Offer {
            affirm: affirms,
            deny: said == Answer::No,
            wants_other: false,
            question: false,
            answer: said,
            ..*offer
        };
        let cues = collect(clause, &items, &[], &offer);
        let reply = whole(clause, &items, &offer);
        let is_named = !cues.sets.is_empty() && stance::is_plain(clause, &cues.spans);
        (is_named && reply.action == Some(SlotAction::Select)).then_some(reply)
    };
    let (first, last) = asides::outer_clauses(text);
    let led = first.filter(|to| asides::explains(text, *to)).and_then(|to| taken(&text.part(0, to)));
    let ended = || {
        let from = last.filter(|from| asides::sets_aside(text, *from, items))?;
        taken(&text.part(from, text.tokens.len()))
    };
    led.or_else(ended).map_or(reply, |taken| Reply { is_plain: true, ..taken })
}

/// Reads all of a message against the offer.
fn whole(text: &Text, items: &[Placed], offer: &Offer<'_>) -> Reply {
    let none = Reply::default();
    if offer.times.is_empty() {
        return none;
    }
    let asked = matches!(
        offer.expecting,
        Expecting::Slot | Expecting::Confirm | Expecting::None | Expecting::Deposit | Expecting::TimePreference
    );
    // "I work until 2 on Tuesdays", "because school lets out at 3": why, not when.
    let reasons = reasons(text);
    let told: Vec<Placed> = items
        .iter()
        .filter(|placed| !reasons.iter().any(|(from, to)| placed.start >= *from && placed.end <= *to))
        .cloned()
        .collect();
    let items = told.as_slice();
    let cues = collect(text, items, &reasons, offer);
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
    // "Does the 2:30 still work?" wants it confirmed; "only if it's under $300", "is the 2:30 with a woman?" take nothing.
    if !cues.sets.is_empty() && !searches(text) && conditional(text) {
        let confirms = text.has_any(&["still", "open", "available", "free", "possible"]);
        return if confirms { act(SlotAction::Clarify) } else { none };
    }
    if !asked && !text.has_any(&["instead", "actually", "option", "slot"]) && !cues.named_time {
        return none;
    }
    let survivors: Option<Vec<usize>> =
        cues.sets.iter().cloned().reduce(|a, b| a.into_iter().filter(|i| b.contains(i)).collect());
    let survivors = survivors.map(|set| ranked(set, cues.rank, offer.times));
    // "Will I be back at work by 1?", "who is the 9 with?": about the visit, and takes nothing.
    if asks_about_it(text) && !cues.superlative {
        let candidate = survivors.as_ref().and_then(|set| if let [only] = set.as_slice() { Some(*only) } else { None });
        return Reply { candidate, ..none };
    }
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
                Stance::Takes => Reply {
                    action: Some(SlotAction::Select),
                    selected: Some(*only),
                    is_plain: stance::is_plain(text, &cues.spans) && offer.answer != Answer::No,
                    ..none
                },
                Stance::Unsure => Reply { candidate: Some(*only), ..act(SlotAction::Clarify) },
                // Left where it is; what else the message asks is answered.
                Stance::Leaves => Reply { candidate: Some(*only), ..none },
            },
            _ => act(SlotAction::Clarify),
        };
    }
    if offer.times.len() > 1 && leaves_it_to_us(text) && !searches(text) {
        return act(SlotAction::Clarify);
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

/// A reply after the second reading. It takes a commitment back, or hears a refusal or a wish where the rules hear nothing. It
/// commits only to the one time that was asked about, where the rules hear no answer at all and nothing is asked.
pub(crate) fn weighed(reply: Reply, weighed: &Weighed, answer: Answer, context: &Context<'_>, text: &Text) -> Reply {
    if context.offered.is_empty() {
        return reply;
    }
    let asks = text.tokens.iter().any(|t| t.sign() == Some('?'));
    let refuses = weighed.adds("rejects");
    let act = |action| Reply { action: Some(action), ..Reply::default() };
    match reply.action {
        Some(SlotAction::Select) if weighed.drops("takes") && !reply.is_plain && !is_bare(text, answer) => {
            if refuses || answer == Answer::No {
                act(SlotAction::Reject)
            } else if weighed.adds("seeks") {
                act(SlotAction::MoreTimes)
            } else {
                Reply { candidate: reply.selected, ..Reply::default() }
            }
        }
        None if super::asks_for_yes(context) && refuses && reply.candidate.is_none() && !asks => {
            act(SlotAction::Reject)
        }
        None if context.offered.len() == 1
            && super::asks_for_yes(context)
            && context.expecting != Expecting::Deposit
            && matches!(answer, Answer::Silent | Answer::Other | Answer::Yes)
            && weighed.adds("takes")
            && !refuses
            && !asks =>
        {
            Reply { action: Some(SlotAction::Select), selected: Some(0), ..Reply::default() }
        }
        _ => reply,
    }
}

/// "Yes", "ok sure": whatever else such words may mean, they answer what was asked.
fn is_bare(text: &Text, answer: Answer) -> bool {
    answer == Answer::Yes && text.word_count() <= 3
}

pub(super) fn searches(text: &Text) -> bool {
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
