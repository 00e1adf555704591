//! Permission to text, and its withdrawal.
//!
//! It belongs to the contact: one organisation, one address. What the carrier's own list says is kept in step, but this
//! record is the truth.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::Channel;

/// An address as consent sees it: a phone is one, whatever channel leads to it. Never shown; the store keeps a keyed hash.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactPoint(String);

impl ContactPoint {
    /// The address of a channel.
    pub fn of(channel: Channel, address: &str) -> Self {
        match channel {
            Channel::Sms | Channel::Voice => Self(format!("tel:{address}")),
            Channel::Webchat => Self(format!("webchat:{address}")),
        }
    }

    /// An e-mail address; case does not tell two apart.
    pub fn email(address: &str) -> Self {
        Self(format!("mailto:{}", address.trim().to_lowercase()))
    }

    /// What is hashed.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What happened to the permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentChange {
    /// They wrote or called first: we may answer.
    Implied,
    /// They were told what we would text, and gave their number for it.
    Granted,
    /// STOP, in any wording.
    OptedOut,
    /// START after STOP.
    OptedIn,
}

impl ConsentChange {
    /// The name in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Implied => "implied",
            Self::Granted => "granted",
            Self::OptedOut => "opted_out",
            Self::OptedIn => "opted_in",
        }
    }
}

/// A keyword the carrier understood, and answered, by itself: what it did to its own list our record must follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarrierKeyword {
    /// It blocks the sender from now on.
    Stop,
    /// It delivers again.
    Start,
    /// It told how to get help.
    Help,
}

impl CarrierKeyword {
    /// From the word of a webhook, `STOP`, `START` or `HELP`; one we do not know was answered all the same.
    pub fn of(word: &str) -> Option<Self> {
        match word.to_ascii_uppercase().as_str() {
            "" => None,
            "STOP" => Some(Self::Stop),
            "START" => Some(Self::Start),
            _ => Some(Self::Help),
        }
    }

    /// The code in the store; 0 is none.
    pub const fn code(this: Option<Self>) -> i64 {
        match this {
            None => 0,
            Some(Self::Stop) => 1,
            Some(Self::Start) => 2,
            Some(Self::Help) => 3,
        }
    }

    /// Of a code in the store.
    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Stop),
            2 => Some(Self::Start),
            3 => Some(Self::Help),
            _ => None,
        }
    }
}

/// Where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentSource {
    /// A text message of theirs.
    Text,
    /// A call of theirs.
    Call,
    /// A chat or form on the clinic's site.
    Chat,
    /// The carrier refused because of its own list.
    Carrier,
}

impl ConsentSource {
    /// The name in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Call => "call",
            Self::Chat => "chat",
            Self::Carrier => "carrier",
        }
    }
}

/// Where a contact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConsentStanding {
    /// Since when they are opted out; `None` while we may text.
    pub opted_out_at: Option<Timestamp>,
    /// When the one confirmation of that opt-out was handed to the sender.
    pub confirmed_at: Option<Timestamp>,
}

impl ConsentStanding {
    /// Whether nothing but the exceptions of the table of kinds may be sent.
    pub const fn is_opted_out(&self) -> bool {
        self.opted_out_at.is_some()
    }

    /// The standing after a change. A second STOP is not news.
    #[must_use]
    pub fn after(self, change: ConsentChange, at: Timestamp) -> Self {
        match change {
            ConsentChange::Implied | ConsentChange::Granted => self,
            ConsentChange::OptedOut if self.is_opted_out() => self,
            ConsentChange::OptedOut => Self { opted_out_at: Some(at), confirmed_at: None },
            ConsentChange::OptedIn => Self::default(),
        }
    }
}
