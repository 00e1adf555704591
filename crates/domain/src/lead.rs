//! One request inside a conversation: what they want this time, and how far it got.

use serde::{Deserialize, Serialize};

/// How far a request got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadStatus {
    /// We know of them, they have not written yet.
    #[default]
    New,
    /// They wrote.
    Engaged,
    /// The facts are there.
    Qualified,
    /// A visit stands in the calendar.
    Booked,
    /// A deposit is paid, staff confirm the time.
    DepositPaid,
    /// Confirmed by staff.
    Confirmed,
    /// They came.
    Kept,
    /// They did not come.
    NoShow,
    /// Called off.
    Cancelled,
    /// Nothing came of it.
    Lost,
}

impl LeadStatus {
    /// The name in the store and in contracts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Engaged => "engaged",
            Self::Qualified => "qualified",
            Self::Booked => "booked",
            Self::DepositPaid => "deposit_paid",
            Self::Confirmed => "confirmed",
            Self::Kept => "kept",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
        }
    }
}

/// New here or known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatientType {
    /// Never been here.
    New,
    /// Has been here.
    Existing,
}

impl PatientType {
    /// The name in contracts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Existing => "existing",
        }
    }
}
