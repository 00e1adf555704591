//! Organisations and clinics.

use async_trait::async_trait;
use jiff::Timestamp;

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::ids::{ClinicId, DepositId, OrgId};

use super::StoreError;

/// A clinic's settings and which version they are.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredClinic {
    /// The settings.
    pub settings: ClinicSettings,
    /// From 1.
    pub version: u32,
    /// Who wrote this version: `import`, `sample`, or a person.
    pub author: String,
}

/// Clinics, found by key, id or number.
#[async_trait]
pub trait ClinicRows {
    /// The organisation of a name, made when new.
    async fn organisation(&mut self, name: &str, new_id: OrgId, now: Timestamp) -> Result<OrgId, StoreError>;
    /// The names of all organisations.
    async fn organisations(&mut self) -> Result<Vec<String>, StoreError>;
    /// The newest settings of a clinic by its import key.
    async fn clinic_by_key(&mut self, key: &str) -> Result<Option<StoredClinic>, StoreError>;
    /// The newest settings of a clinic.
    async fn clinic(&mut self, id: ClinicId) -> Result<Option<StoredClinic>, StoreError>;
    /// The newest settings of every clinic.
    async fn clinics(&mut self) -> Result<Vec<StoredClinic>, StoreError>;
    /// The clinic a number belongs to.
    async fn clinic_of_number(&mut self, number: &PhoneNumber) -> Result<Option<(OrgId, ClinicId)>, StoreError>;
    /// The organisation whose deposit has a short link's code, and the deposit.
    async fn deposit_of_code(&mut self, code: &str) -> Result<Option<(OrgId, DepositId)>, StoreError>;
    /// The carriers that numbers of a clinic were seen at.
    async fn carriers_of(&mut self, clinic: ClinicId) -> Result<Vec<(PhoneNumber, String)>, StoreError>;
    /// Writes down at which carrier a number was seen.
    async fn seen_at(&mut self, number: &PhoneNumber, vendor: &str) -> Result<(), StoreError>;
    /// Appends a version.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when `over` is not the newest version; [`StoreError::Conflict`] when a number belongs to
    /// another clinic.
    async fn save_clinic(
        &mut self,
        settings: &ClinicSettings,
        over: u32,
        author: &str,
        now: Timestamp,
    ) -> Result<u32, StoreError>;
}
