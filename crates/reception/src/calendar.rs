//! The built-in calendar: one more booking platform, over the store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::appointment::{Appointment, AppointmentStatus, Hold};
use frontdesk_domain::clinic::{ClinicSettings, Resource, available};
use frontdesk_domain::ids::{AppointmentId, HoldId};
use frontdesk_domain::preference::TimePreference;
use frontdesk_domain::slot::{Slot, instants};
use frontdesk_ports::booking_platform::{
    AvailabilityQuery, BookingOutcome, BookingPlatform, BookingRequest, HoldOutcome, PlatformCapabilities,
};
use frontdesk_ports::store::{OrgTx, StoreError};
use frontdesk_ports::{Ids, PortError, PortErrorKind, Store};

/// The calendar in our own tables.
pub struct BuiltInCalendar {
    store: Arc<dyn Store>,
    ids: Arc<dyn Ids>,
}

impl BuiltInCalendar {
    /// Over a store.
    pub fn new(store: Arc<dyn Store>, ids: Arc<dyn Ids>) -> Self {
        Self { store, ids }
    }
}

fn down(operation: &'static str) -> impl Fn(StoreError) -> PortError {
    move |_| PortError::new("calendar", operation, PortErrorKind::Unavailable, "store")
}

/// The instants a visit takes on its resource, with the buffer behind it.
fn visit_instants(clinic: &ClinicSettings, slot: &Slot) -> Vec<i64> {
    instants(slot.start, slot.end + clinic.booking.buffer.signed()).collect()
}

/// Whether the clinic would still offer this time: ahead by its notice, in its hours, with this provider. What others took
/// meanwhile is the database's to say.
fn is_open(clinic: &ClinicSettings, slot: &Slot, now: Timestamp) -> bool {
    let day = clinic.timezone.local(slot.start).date();
    let wanted = TimePreference { dates: vec![day], ..TimePreference::default() };
    available(clinic, slot.service, slot.provider, &wanted, &HashMap::new(), now)
        .iter()
        .any(|open| open.start == slot.start && open.provider == slot.provider)
}

/// Takes a slot's provider and, where its service needs one, a room.
async fn take(
    tx: &mut dyn OrgTx,
    clinic: &ClinicSettings,
    slot: &Slot,
    owner: &str,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let needed = visit_instants(clinic, slot);
    if !tx.take(&[Resource::of(slot).key()], &needed, owner, expires_at, now).await? {
        return Ok(false);
    }
    for room in clinic.rooms_of(slot.service).filter(|room| !clinic.is_blocked(&room.item, slot)) {
        if tx.take(&[room.id.to_string()], &needed, &format!("{owner}/room"), expires_at, now).await? {
            return Ok(true);
        }
    }
    Ok(clinic.rooms_of(slot.service).next().is_none())
}

/// Lets go of what an owner took.
async fn let_go(tx: &mut dyn OrgTx, owner: &str) -> Result<(), StoreError> {
    tx.let_go(owner).await?;
    tx.let_go(&format!("{owner}/room")).await
}

#[async_trait]
impl BookingPlatform for BuiltInCalendar {
    fn capabilities(&self) -> PlatformCapabilities {
        PlatformCapabilities { availability: true, booking: true, holds: true }
    }

    async fn availability(&self, query: &AvailabilityQuery<'_>) -> Result<Vec<Slot>, PortError> {
        let clinic = query.clinic;
        let resources = clinic.resources_for(query.service, query.provider);
        let mut keys: Vec<String> = resources.iter().map(|(resource, _)| resource.key()).collect();
        let rooms: Vec<_> = clinic.rooms_of(query.service).map(|room| (room.id.to_string(), &room.item)).collect();
        keys.extend(rooms.iter().map(|(key, _)| key.clone()));
        let (from, to) =
            (query.now, query.now + clinic.booking.horizon.signed() + jiff::SignedDuration::from_hours(24));
        let span: Vec<i64> = [
            instants(from, from + jiff::SignedDuration::from_secs(1)).next(),
            instants(to, to + jiff::SignedDuration::from_secs(1)).next(),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut tx = self.store.read(clinic.org).await.map_err(down("availability"))?;
        let taken = tx.taken(&keys, span[0], span[1], query.now).await.map_err(down("availability"))?;
        drop(tx);
        let busy: HashMap<Resource, HashSet<i64>> = resources
            .iter()
            .filter_map(|(resource, _)| Some((*resource, taken.get(&resource.key())?.clone())))
            .collect();
        let mut slots = available(clinic, query.service, query.provider, query.preference, &busy, query.now);
        if !rooms.is_empty() {
            let nothing = HashSet::new();
            slots.retain(|slot| {
                let needed = visit_instants(clinic, slot);
                rooms.iter().any(|(key, room)| {
                    let taken = taken.get(key).unwrap_or(&nothing);
                    !clinic.is_blocked(room, slot) && needed.iter().all(|instant| !taken.contains(instant))
                })
            });
        }
        Ok(slots)
    }

    async fn book(&self, request: &BookingRequest<'_>) -> Result<BookingOutcome, PortError> {
        let clinic = request.clinic;
        let fail = down("book");
        let mut tx = self.store.begin(clinic.org).await.map_err(&fail)?;
        if let Some(known) = tx.appointment_by_key(&request.key).await.map_err(&fail)? {
            return Ok(BookingOutcome::Booked(known));
        }
        let appointment = Appointment {
            id: AppointmentId::from_raw(self.ids.raw(request.now)),
            org: clinic.org,
            clinic: clinic.id,
            conversation: request.conversation,
            lead: request.lead,
            slot: request.slot.clone(),
            service_name: clinic.service(request.slot.service).map(|s| s.name.clone()).unwrap_or_default(),
            provider_name: request.slot.provider.and_then(|id| clinic.provider(id)).map(|p| p.name.clone()),
            patient_name: request.patient_name.to_owned(),
            status: AppointmentStatus::Booked,
        };
        // What was kept becomes the visit.
        if let Some(hold) = request.hold {
            let_go(tx.as_mut(), &hold.to_string()).await.map_err(&fail)?;
        }
        // The old visit goes first, so that moving by a quarter of an hour does not stand in its own way.
        if let Some(replaced) = request.replaces {
            let_go(tx.as_mut(), &replaced.to_string()).await.map_err(&fail)?;
            tx.set_appointment_status(replaced, AppointmentStatus::Rescheduled, request.now).await.map_err(&fail)?;
        }
        // Who was given a time in time keeps it, though its notice passed while they paid.
        if request.hold.is_none() && !is_open(clinic, request.slot, request.now) {
            return Ok(BookingOutcome::SlotTaken);
        }
        let owner = appointment.id.to_string();
        if !take(tx.as_mut(), clinic, request.slot, &owner, None, request.now).await.map_err(&fail)? {
            return Ok(BookingOutcome::SlotTaken);
        }
        tx.insert_appointment(&appointment, &request.key, request.now).await.map_err(&fail)?;
        tx.commit().await.map_err(&fail)?;
        Ok(BookingOutcome::Booked(appointment))
    }

    async fn hold(&self, clinic: &ClinicSettings, hold: &Hold, now: Timestamp) -> Result<HoldOutcome, PortError> {
        let fail = down("hold");
        let mut tx = self.store.begin(clinic.org).await.map_err(&fail)?;
        let owner = hold.id.to_string();
        // A hold that is moved gives up its own instants first; rolled back they stay.
        let_go(tx.as_mut(), &owner).await.map_err(&fail)?;
        if !is_open(clinic, &hold.slot, now)
            || !take(tx.as_mut(), clinic, &hold.slot, &owner, Some(hold.expires_at), now).await.map_err(&fail)?
        {
            return Ok(HoldOutcome::SlotTaken);
        }
        tx.commit().await.map_err(&fail)?;
        Ok(HoldOutcome::Held(hold.clone()))
    }

    async fn release(&self, clinic: &ClinicSettings, hold: HoldId) -> Result<(), PortError> {
        let fail = down("release");
        let mut tx = self.store.begin(clinic.org).await.map_err(&fail)?;
        let_go(tx.as_mut(), &hold.to_string()).await.map_err(&fail)?;
        tx.commit().await.map_err(&fail)
    }

    async fn cancel(
        &self,
        clinic: &ClinicSettings,
        appointment: AppointmentId,
        now: Timestamp,
    ) -> Result<(), PortError> {
        let fail = down("cancel");
        let mut tx = self.store.begin(clinic.org).await.map_err(&fail)?;
        let Some(known) = tx.appointment(appointment).await.map_err(&fail)? else { return Ok(()) };
        if let Ok(status) = known.status.end(AppointmentStatus::Cancelled) {
            tx.set_appointment_status(appointment, status, now).await.map_err(&fail)?;
            let_go(tx.as_mut(), &appointment.to_string()).await.map_err(&fail)?;
            tx.commit().await.map_err(&fail)?;
        }
        Ok(())
    }
}
