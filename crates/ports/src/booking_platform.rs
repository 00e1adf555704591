//! The system that owns a clinic's calendar, ours included.

use async_trait::async_trait;

use frontdesk_domain::appointment::{Appointment, Hold};
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::ids::{AppointmentId, ConversationId, HoldId, LeadId, ProviderId, ServiceId};
use frontdesk_domain::preference::TimePreference;
use frontdesk_domain::slot::Slot;
use jiff::Timestamp;

use crate::PortError;

/// What a platform can do; ask before promising it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformCapabilities {
    /// It tells free times.
    pub availability: bool,
    /// It books by itself.
    pub booking: bool,
    /// It keeps a slot for a while.
    pub holds: bool,
}

/// A question for free times.
#[derive(Debug, Clone)]
pub struct AvailabilityQuery<'a> {
    /// The clinic.
    pub clinic: &'a ClinicSettings,
    /// What for.
    pub service: ServiceId,
    /// With this provider only.
    pub provider: Option<ProviderId>,
    /// When.
    pub preference: &'a TimePreference,
    /// The business clock.
    pub now: Timestamp,
}

/// An order for a visit.
#[derive(Debug, Clone)]
pub struct BookingRequest<'a> {
    /// The clinic.
    pub clinic: &'a ClinicSettings,
    /// Where it was agreed.
    pub conversation: ConversationId,
    /// The request it answers.
    pub lead: LeadId,
    /// What is taken.
    pub slot: &'a Slot,
    /// Whom it is for.
    pub patient_name: &'a str,
    /// The visit it replaces: given up in the same step.
    pub replaces: Option<AppointmentId>,
    /// The hold it was kept by: it becomes the visit in the same step.
    pub hold: Option<HoldId>,
    /// The same for the same order, however often it is tried.
    pub key: String,
    /// The business clock.
    pub now: Timestamp,
}

/// What became of the wish to keep a slot.
#[derive(Debug, Clone)]
pub enum HoldOutcome {
    /// It is kept.
    Held(Hold),
    /// Somebody was faster.
    SlotTaken,
}

/// What became of an order.
#[derive(Debug, Clone)]
pub enum BookingOutcome {
    /// It stands.
    Booked(Appointment),
    /// Somebody was faster.
    SlotTaken,
}

/// Owns a calendar.
#[async_trait]
pub trait BookingPlatform: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> PlatformCapabilities;
    /// Free times that suit, by start.
    async fn availability(&self, query: &AvailabilityQuery<'_>) -> Result<Vec<Slot>, PortError>;
    /// Books. The slot is checked again in the same step; the same key books once.
    async fn book(&self, request: &BookingRequest<'_>) -> Result<BookingOutcome, PortError>;
    /// Keeps a slot until an instant. A hold of the same id is moved there.
    async fn hold(&self, clinic: &ClinicSettings, hold: &Hold, now: Timestamp) -> Result<HoldOutcome, PortError>;
    /// Lets a kept slot go. One that ended is no error.
    async fn release(&self, clinic: &ClinicSettings, hold: HoldId) -> Result<(), PortError>;
    /// Calls a visit off. One that is off already is no error.
    async fn cancel(
        &self,
        clinic: &ClinicSettings,
        appointment: AppointmentId,
        now: Timestamp,
    ) -> Result<(), PortError>;
}
