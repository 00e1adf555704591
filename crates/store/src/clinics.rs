//! Organisations, clinics and their versioned settings.

use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::{QueryResult, Value};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::ids::{ClinicId, DepositId, OrgId};
use frontdesk_ports::store::{ClinicRows, StoreError, StoredClinic};

use crate::dialect;
use crate::rows::{all, execute, get, id, micros, one};
use crate::unit_of_work::SqlTx;

const NEWEST: &str = "SELECT s.document, s.version, s.author FROM clinic c JOIN clinic_settings s ON s.clinic_id = c.id AND s.version = c.version";

fn stored(row: &QueryResult) -> Result<StoredClinic, StoreError> {
    let document: String = get(row, "document")?;
    let settings: ClinicSettings =
        serde_json::from_str(&document).map_err(|_| StoreError::Corrupt("clinic settings"))?;
    if settings.format > ClinicSettings::FORMAT {
        return Err(StoreError::NewerProgram);
    }
    Ok(StoredClinic {
        settings,
        version: u32::try_from(get::<i64>(row, "version")?).unwrap_or(0),
        author: get(row, "author")?,
    })
}

#[async_trait]
impl ClinicRows for SqlTx {
    async fn organisation(&mut self, name: &str, new_id: OrgId, now: Timestamp) -> Result<OrgId, StoreError> {
        let sql = "INSERT INTO organisation (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
        execute(&self.inner, sql, vec![new_id.to_string().into(), name.into(), micros(now).into()]).await?;
        let row = one(&self.inner, "SELECT id FROM organisation WHERE name = $1", vec![name.into()]).await?;
        id(&row.ok_or(StoreError::Corrupt("an organisation without a row"))?, "id")
    }

    async fn organisations(&mut self) -> Result<Vec<String>, StoreError> {
        let rows = all(&self.inner, "SELECT name FROM organisation ORDER BY name", Vec::new()).await?;
        rows.iter().map(|row| get(row, "name")).collect()
    }

    async fn clinic_by_key(&mut self, key: &str) -> Result<Option<StoredClinic>, StoreError> {
        let row = one(&self.inner, &format!("{NEWEST} WHERE c.key = $1"), vec![key.into()]).await?;
        row.as_ref().map(stored).transpose()
    }

    async fn clinic(&mut self, clinic: ClinicId) -> Result<Option<StoredClinic>, StoreError> {
        let row = one(&self.inner, &format!("{NEWEST} WHERE c.id = $1"), vec![clinic.to_string().into()]).await?;
        row.as_ref().map(stored).transpose()
    }

    async fn clinics(&mut self) -> Result<Vec<StoredClinic>, StoreError> {
        let rows = all(&self.inner, &format!("{NEWEST} ORDER BY c.key"), Vec::new()).await?;
        rows.iter().map(stored).collect()
    }

    async fn clinic_of_number(&mut self, number: &PhoneNumber) -> Result<Option<(OrgId, ClinicId)>, StoreError> {
        let row = one(
            &self.inner,
            "SELECT org_id, clinic_id FROM clinic_number WHERE number = $1",
            vec![number.expose().into()],
        )
        .await?;
        row.map(|row| Ok((id(&row, "org_id")?, id(&row, "clinic_id")?))).transpose()
    }

    async fn deposit_of_code(&mut self, code: &str) -> Result<Option<(OrgId, DepositId)>, StoreError> {
        let row = one(&self.inner, "SELECT org_id, id FROM deposit WHERE code = $1", vec![code.into()]).await?;
        row.map(|row| Ok((id(&row, "org_id")?, id(&row, "id")?))).transpose()
    }

    async fn carriers_of(&mut self, clinic: ClinicId) -> Result<Vec<(PhoneNumber, String)>, StoreError> {
        let sql =
            "SELECT number, vendor FROM clinic_number WHERE clinic_id = $1 AND vendor IS NOT NULL ORDER BY number";
        let rows = all(&self.inner, sql, vec![clinic.to_string().into()]).await?;
        rows.iter()
            .map(|row| {
                let number = PhoneNumber::parse(&get::<String>(row, "number")?);
                Ok((number.map_err(|_| StoreError::Corrupt("a number"))?, get(row, "vendor")?))
            })
            .collect()
    }

    async fn seen_at(&mut self, number: &PhoneNumber, vendor: &str) -> Result<(), StoreError> {
        let sql = "UPDATE clinic_number SET vendor = $2 WHERE number = $1";
        execute(&self.inner, sql, vec![number.expose().into(), vendor.into()]).await.map(|_| ())
    }

    async fn save_clinic(
        &mut self,
        settings: &ClinicSettings,
        over: u32,
        author: &str,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let clinic: Value = settings.id.to_string().into();
        let lock = format!("SELECT version FROM clinic WHERE id = $1 {}", dialect::for_update(self.backend));
        let known =
            one(&self.inner, &lock, vec![clinic.clone()]).await?.map(|row| get::<i64>(&row, "version")).transpose()?;
        if known.unwrap_or(0) != i64::from(over) {
            return Err(StoreError::Newer);
        }
        let version = i64::from(over) + 1;
        if known.is_none() {
            let sql = "INSERT INTO clinic (id, org_id, key, version) VALUES ($1, $2, $3, $4)";
            execute(
                &self.inner,
                sql,
                vec![clinic.clone(), settings.org.to_string().into(), settings.key.clone().into(), version.into()],
            )
            .await?;
        } else {
            execute(&self.inner, "UPDATE clinic SET version = $2 WHERE id = $1", vec![clinic.clone(), version.into()])
                .await?;
        }
        let document = serde_json::to_string(settings).map_err(|_| StoreError::Corrupt("clinic settings"))?;
        let sql = "INSERT INTO clinic_settings (clinic_id, version, document, author, created_at) VALUES ($1, $2, $3, $4, $5)";
        execute(
            &self.inner,
            sql,
            vec![clinic.clone(), version.into(), document.into(), author.into(), micros(now).into()],
        )
        .await?;
        let seen = self.carriers_of(settings.id).await?;
        execute(&self.inner, "DELETE FROM clinic_number WHERE clinic_id = $1", vec![clinic.clone()]).await?;
        for number in &settings.phone_numbers {
            let sql = "INSERT INTO clinic_number (number, org_id, clinic_id, vendor) VALUES ($1, $2, $3, $4) ON CONFLICT (number) DO NOTHING";
            let vendor = seen.iter().find(|(known, _)| known == number).map(|(_, vendor)| vendor.clone());
            let values = vec![number.expose().into(), settings.org.to_string().into(), clinic.clone(), vendor.into()];
            if execute(&self.inner, sql, values).await? == 0 {
                return Err(StoreError::Conflict);
            }
        }
        u32::try_from(version).map_err(|_| StoreError::Corrupt("a version"))
    }
}
