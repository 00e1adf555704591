//! Booked visits and the slots kept for them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AppointmentId, ClinicId, ConversationId, HoldId, LeadId, OrgId};
use crate::slot::Slot;

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// Agreed with the patient and in the calendar.
    Booked,
    /// The patient or staff confirmed it once more.
    Confirmed,
    /// The patient is here.
    Arrived,
    /// Over.
    Completed,
    /// They did not come.
    NoShow,
    /// Called off.
    Cancelled,
    /// Replaced by another visit.
    Rescheduled,
}

impl AppointmentStatus {
    /// The name in the store and in contracts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Confirmed => "confirmed",
            Self::Arrived => "arrived",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
            Self::Rescheduled => "rescheduled",
        }
    }

    /// The status of a name in the store.
    pub fn from_key(key: &str) -> Option<Self> {
        [
            Self::Booked,
            Self::Confirmed,
            Self::Arrived,
            Self::Completed,
            Self::NoShow,
            Self::Cancelled,
            Self::Rescheduled,
        ]
        .into_iter()
        .find(|status| status.key() == key)
    }

    /// Whether the slot is still taken by it.
    pub const fn stands(self) -> bool {
        matches!(self, Self::Booked | Self::Confirmed | Self::Arrived)
    }

    /// Why a visit cannot go from here to there.
    ///
    /// # Errors
    /// [`AppointmentError`] names the status that forbids it.
    pub fn end(self, into: Self) -> Result<Self, AppointmentError> {
        if self.stands() || self == into { Ok(into) } else { Err(AppointmentError::Over(self)) }
    }
}

/// A refused transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppointmentError {
    /// The visit ended already.
    #[error("the appointment is over")]
    Over(AppointmentStatus),
}

/// A booked visit. Names are copies: a service renamed later does not change what was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// The tenant.
    pub org: OrgId,
    /// The clinic.
    pub clinic: ClinicId,
    /// Where it was agreed.
    pub conversation: ConversationId,
    /// The request it answers.
    pub lead: LeadId,
    /// When, who, where, what.
    pub slot: Slot,
    /// The service's name when it was booked.
    pub service_name: String,
    /// The provider's name when it was booked.
    pub provider_name: Option<String>,
    /// Whom it is for, as the patient wrote it.
    pub patient_name: String,
    /// Where it stands.
    pub status: AppointmentStatus,
}

/// A slot kept for minutes while the patient gives what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// What is kept.
    pub slot: Slot,
    /// Until when.
    pub expires_at: Timestamp,
}
