//! What the receptionist does: use cases and jobs that carry out the engine's actions.
//!
//! A use case loads, decides by a pure call, writes and commits; whatever must happen outside is a job row in the same
//! transaction. Nothing here knows HTTP, SQL or which vendor stands behind a port.

pub mod api;
pub mod calendar;
pub mod calls;
pub mod carriers;
pub mod catch_up;
pub mod clinics;
pub mod conversation;
pub mod deposits;
pub mod desk;
pub mod feeds;
pub mod housekeeping;
pub mod inbound;
pub mod jobs;
pub mod links;
mod mail;
pub mod metrics;
pub mod notify;
pub mod outbound;
pub mod simulator;
pub mod watch;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::ids::{ClinicId, OrgId};
use frontdesk_domain::limits::JOB_LEASE;
use frontdesk_domain::span::Span;
use frontdesk_ports::booking_platform::BookingPlatform;
use frontdesk_ports::calls::CallControl;
use frontdesk_ports::email::EmailSender;
use frontdesk_ports::inbound::CatchUp;
use frontdesk_ports::payments::Payments;
use frontdesk_ports::sms::SmsSender;
use frontdesk_ports::store::{Claim, StoreError};
use frontdesk_ports::{Clock, Ids, PortError, Store};

pub use clinics::ClinicView;
pub use metrics::Metrics;
pub use watch::{TurnTrace, TurnWatcher};

/// Everything the use cases need, once per process.
pub struct Reception {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Both clocks.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Carriers, preferred first. None when texts are off.
    pub carriers: Vec<Arc<dyn SmsSender>>,
    /// Carriers that asked for a pause.
    pub pauses: carriers::Pauses,
    /// Call control by vendor.
    pub calls: HashMap<&'static str, Arc<dyn CallControl>>,
    /// E-mail; `None` when it is off.
    pub email: Option<Arc<dyn EmailSender>>,
    /// Payments by vendor.
    pub payments: HashMap<&'static str, Arc<dyn Payments>>,
    /// Where patients and staff reach us, without a slash at the end.
    pub public_url: String,
    /// Codes and signed links.
    pub links: links::Signer,
    /// The built-in calendar.
    pub calendar: Arc<dyn BookingPlatform>,
    /// Where vendors keep what they could not deliver.
    pub catch_up: Vec<Arc<dyn CatchUp>>,
    /// The carrier account is of the settings: it serves one organisation, or STOP would leak from one to another.
    pub one_organisation: bool,
    /// How long a turn waits for another text, unless the clinic says otherwise.
    pub settle: Span,
    /// This process.
    pub worker: u128,
    /// What is counted and timed.
    pub metrics: Metrics,
    /// Looks on at turns; only the sandbox has one.
    pub watcher: Option<Arc<dyn TurnWatcher>>,
    /// Clinics by id, for a moment.
    pub clinics: Mutex<clinics::Cache>,
}

/// Why a use case did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ReceptionError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The outside.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Stored JSON of another program.
    #[error("a stored payload cannot be read")]
    Payload,
    /// The clinic is gone.
    #[error("no such clinic")]
    NoClinic,
    /// The program has a bug.
    #[error("the job panicked")]
    Panicked,
}

/// The organisation and the thing of a reference a vendor gives back: `org_….thing_…`.
pub(crate) fn split_reference<T: std::str::FromStr>(text: &str) -> Option<(OrgId, T)> {
    let (org, thing) = text.split_once('.')?;
    Some((org.parse().ok()?, thing.parse().ok()?))
}

impl Reception {
    /// The business clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn raw_id(&self) -> u128 {
        self.ids.raw(self.now())
    }

    /// A claim by this process.
    pub(crate) fn claim(&self) -> Claim {
        Claim { worker: self.worker, until: self.clock.real_now() + JOB_LEASE.signed() }
    }

    /// The clinic a number belongs to.
    pub(crate) async fn clinic_of(&self, number: &PhoneNumber) -> Result<Option<(OrgId, ClinicId)>, ReceptionError> {
        if let Some(found) = clinics::cached_number(self, number) {
            return Ok(Some(found));
        }
        let mut tx = self.store.begin_system().await?;
        let found = tx.clinic_of_number(number).await?;
        drop(tx);
        if let Some(found) = found {
            clinics::remember_number(self, number, found);
        }
        Ok(found)
    }
}
