//! Where a conversation stands, on which channel, and what the last message asked for.

use serde::{Deserialize, Serialize};

/// How a patient and the clinic talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Text messages.
    Sms,
    /// The chat on the clinic's site.
    Webchat,
    /// A live call.
    Voice,
}

impl Channel {
    /// The name in the store and in contracts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Webchat => "webchat",
            Self::Voice => "voice",
        }
    }
}

/// Where a conversation stands; the words are those of the `converse` contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is known yet.
    #[default]
    Greeting,
    /// Facts are being gathered.
    Qualifying,
    /// Times are offered.
    Offering,
    /// A slot is kept while something is missing.
    Holding,
    /// A deposit link is open.
    AwaitingPayment,
    /// A visit is booked.
    Booked,
    /// Staff confirm the time.
    AwaitingStaff,
    /// Staff confirmed it.
    Confirmed,
    /// A person has it.
    HandedOver,
    /// STOP.
    OptedOut,
    /// It came to its end.
    Closed,
}

impl Stage {
    /// The name in the store and in contracts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Qualifying => "qualifying",
            Self::Offering => "offering",
            Self::Holding => "holding",
            Self::AwaitingPayment => "awaiting_payment",
            Self::Booked => "booked",
            Self::AwaitingStaff => "awaiting_staff",
            Self::Confirmed => "confirmed",
            Self::HandedOver => "handed_over",
            Self::OptedOut => "opted_out",
            Self::Closed => "closed",
        }
    }
}
