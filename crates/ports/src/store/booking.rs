//! The built-in calendar's rows.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::appointment::{Appointment, AppointmentStatus};
use frontdesk_domain::ids::{AppointmentId, ConversationId};

use super::StoreError;

/// Appointments and the instants they take.
#[async_trait]
pub trait BookingRows {
    /// The taken five-minute instants of some resources between two instants (instant numbers, both included).
    async fn taken(
        &mut self,
        resources: &[String],
        from: i64,
        to: i64,
        now: Timestamp,
    ) -> Result<HashMap<String, HashSet<i64>>, StoreError>;
    /// Takes instants for an owner until an expiry (`None`: for good). Ended holds on them go in the same step. `false`
    /// when one of them is taken; nothing is kept then.
    async fn take(
        &mut self,
        resources: &[String],
        instants: &[i64],
        owner: &str,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Lets go of what an owner took.
    async fn let_go(&mut self, owner: &str) -> Result<(), StoreError>;
    /// Stores an appointment under its order's key.
    async fn insert_appointment(
        &mut self,
        appointment: &Appointment,
        key: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// The appointment an order made.
    async fn appointment_by_key(&mut self, key: &str) -> Result<Option<Appointment>, StoreError>;
    /// One by id.
    async fn appointment(&mut self, id: AppointmentId) -> Result<Option<Appointment>, StoreError>;
    /// Writes its status.
    async fn set_appointment_status(
        &mut self,
        id: AppointmentId,
        status: AppointmentStatus,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Visits of a conversation that stand and begin after an instant, by start.
    async fn standing_visits(
        &mut self,
        conversation: ConversationId,
        after: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError>;
    /// Visits that begin between two instants, by start.
    async fn appointments_between(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<Appointment>, StoreError>;
}
