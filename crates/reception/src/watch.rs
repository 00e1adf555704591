//! Looking on at turns: what was understood, and what that led to. For the sandbox; it holds what patients wrote.

use jiff::Timestamp;
use serde::Serialize;

use frontdesk_domain::ids::ConversationId;
use frontdesk_engine::understand::contract::response;
use frontdesk_engine::{Action, Conversation, Input};

/// One turn as it went.
#[derive(Debug, Clone, Serialize)]
pub struct TurnTrace {
    /// Which conversation.
    pub conversation: String,
    /// When (business clock).
    pub at: Timestamp,
    /// What happened: `said`, `missed_call`, `timer_fired`, …
    pub happened: String,
    /// The reading of a text, in the form of `frontdesk understand`.
    pub reading: Option<serde_json::Value>,
    /// The stage before.
    pub before: &'static str,
    /// The stage after.
    pub after: &'static str,
    /// What the turn did, in order: searches, holds, bookings, notices, timers.
    pub did: Vec<String>,
    /// What it said.
    pub said: Vec<SaidTrace>,
}

/// One message of a turn.
#[derive(Debug, Clone, Serialize)]
pub struct SaidTrace {
    /// Its kind for the rules of sending.
    pub kind: &'static str,
    /// What it was for.
    pub about: &'static str,
    /// The acts it is made of.
    pub acts: Vec<String>,
    /// The words.
    pub text: String,
}

/// Gets every turn.
pub trait TurnWatcher: Send + Sync {
    /// A turn was made durable.
    fn turned(&self, turn: TurnTrace);
}

/// The name of a variant, without what it carries: `OfferTimes { .. }` is `offer times`.
fn name_of(debug: &str) -> String {
    let name: String = debug.chars().take_while(char::is_ascii_alphanumeric).collect();
    let mut words = String::new();
    for sign in name.chars() {
        if sign.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(sign.to_ascii_lowercase());
    }
    words
}

/// What a turn is about to be, before it is known what comes of it.
pub(crate) fn begun(row: ConversationId, before: &Conversation, input: &Input, at: Timestamp) -> TurnTrace {
    let reading = match input {
        Input::Said(reading) => {
            let offered: Vec<String> =
                before.offer.iter().flat_map(|o| &o.slots).map(|slot| slot.start.to_string()).collect();
            serde_json::to_value(response(None, &offered, (**reading).clone())).ok()
        }
        _ => None,
    };
    TurnTrace {
        conversation: row.to_string(),
        at,
        happened: name_of(&format!("{input:?}")),
        reading,
        before: before.stage.key(),
        after: before.stage.key(),
        did: Vec::new(),
        said: Vec::new(),
    }
}

impl TurnTrace {
    /// An action that was carried out in the turn.
    pub(crate) fn note(&mut self, action: &Action) {
        match action {
            Action::Say(said) => self.said.push(SaidTrace {
                kind: said.kind.key(),
                about: said.about,
                acts: said.acts.iter().map(|act| name_of(&format!("{act:?}"))).collect(),
                text: said.text.clone(),
            }),
            Action::Notify(about) => self.did.push(format!("tell staff: {}", name_of(&format!("{about:?}")))),
            Action::SetTimer(timer, after) => {
                self.did.push(format!("wait {after}: {}", name_of(&format!("{timer:?}"))));
            }
            other => self.did.push(name_of(&format!("{other:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_named_in_words_without_what_it_carries() {
        assert_eq!(name_of("OfferTimes { service: \"Botox\" }"), "offer times");
        assert_eq!(name_of("Said(Reading)"), "said");
    }
}
