//! Appointments, and the five-minute instants of a resource that they take: the primary key forbids a double booking.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::{QueryResult, Value};

use frontdesk_domain::appointment::{Appointment, AppointmentStatus};
use frontdesk_domain::ids::{AppointmentId, ConversationId};
use frontdesk_ports::store::{BookingRows, StoreError};

use crate::rows::{all, execute, get, id, micros, one, placeholders};
use crate::unit_of_work::SqlTx;

const SELECT: &str = "SELECT id, status, document FROM appointment";

impl SqlTx {
    fn read_appointment(&self, row: &QueryResult) -> Result<Appointment, StoreError> {
        let appointment: AppointmentId = id(row, "id")?;
        let document = self.keys.open(
            self.org,
            &format!("appointment/document/{appointment}"),
            &get::<Vec<u8>>(row, "document")?,
        )?;
        let stored: Appointment = serde_json::from_str(&document).map_err(|_| StoreError::Corrupt("an appointment"))?;
        let status =
            AppointmentStatus::from_key(&get::<String>(row, "status")?).ok_or(StoreError::Corrupt("a status"))?;
        Ok(Appointment { status, ..stored })
    }

    /// Takes the patient's name off the visits of a conversation.
    pub(crate) async fn forget_names(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let sql = format!("{SELECT} WHERE conversation_id = $1 AND org_id = $2");
        for row in all(&self.inner, &sql, vec![conversation.to_string().into(), self.org_value()?]).await? {
            let visit = Appointment { patient_name: String::new(), ..self.read_appointment(&row)? };
            let sealed = self.sealed_appointment(&visit)?;
            let sql = "UPDATE appointment SET document = $3 WHERE id = $1 AND org_id = $2";
            execute(&self.inner, sql, vec![visit.id.to_string().into(), self.org_value()?, sealed.into()]).await?;
        }
        Ok(())
    }

    fn sealed_appointment(&self, appointment: &Appointment) -> Result<Vec<u8>, StoreError> {
        let document = serde_json::to_string(appointment).map_err(|_| StoreError::Corrupt("an appointment"))?;
        self.keys.seal(self.org, &format!("appointment/document/{}", appointment.id), &document)
    }
}

#[async_trait]
impl BookingRows for SqlTx {
    async fn taken(
        &mut self,
        resources: &[String],
        from: i64,
        to: i64,
        now: Timestamp,
    ) -> Result<HashMap<String, HashSet<i64>>, StoreError> {
        let mut taken: HashMap<String, HashSet<i64>> = HashMap::new();
        if resources.is_empty() {
            return Ok(taken);
        }
        let sql = format!(
            "SELECT resource_id, instant FROM slot_taken WHERE instant >= $1 AND instant <= $2 AND (expires_at IS NULL OR expires_at > $3) AND resource_id IN ({})",
            placeholders(4, resources.len())
        );
        let mut values: Vec<Value> = vec![from.into(), to.into(), micros(now).into()];
        values.extend(resources.iter().map(|r| Value::from(r.clone())));
        for row in all(&self.inner, &sql, values).await? {
            taken.entry(get(&row, "resource_id")?).or_default().insert(get(&row, "instant")?);
        }
        Ok(taken)
    }

    async fn take(
        &mut self,
        resources: &[String],
        instants: &[i64],
        owner: &str,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        for resource in resources {
            let (Some(first), Some(last)) = (instants.first(), instants.last()) else { return Ok(true) };
            let gone = "DELETE FROM slot_taken WHERE resource_id = $1 AND instant >= $2 AND instant <= $3 AND expires_at <= $4";
            execute(
                &self.inner,
                gone,
                vec![resource.clone().into(), (*first).into(), (*last).into(), micros(now).into()],
            )
            .await?;
            let rows: Vec<String> = (0..instants.len()).map(|n| format!("($1, ${}, $2, $3)", n + 4)).collect();
            let sql = format!(
                "INSERT INTO slot_taken (resource_id, instant, owner, expires_at) VALUES {} ON CONFLICT (resource_id, instant) DO NOTHING",
                rows.join(", ")
            );
            let mut values: Vec<Value> = vec![resource.clone().into(), owner.into(), expires_at.map(micros).into()];
            values.extend(instants.iter().map(|i| Value::from(*i)));
            if execute(&self.inner, &sql, values).await? != instants.len() as u64 {
                self.let_go(owner).await?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn let_go(&mut self, owner: &str) -> Result<(), StoreError> {
        execute(&self.inner, "DELETE FROM slot_taken WHERE owner = $1", vec![owner.into()]).await.map(|_| ())
    }

    async fn insert_appointment(
        &mut self,
        appointment: &Appointment,
        key: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.sealed_appointment(appointment)?;
        let sql = "INSERT INTO appointment (id, org_id, clinic_id, location_id, conversation_id, lead_id, order_key, status, start_at, end_at, document, created_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)";
        let values = vec![
            appointment.id.to_string().into(),
            self.org_value()?,
            appointment.clinic.to_string().into(),
            appointment.slot.location.to_string().into(),
            appointment.conversation.to_string().into(),
            appointment.lead.to_string().into(),
            key.into(),
            appointment.status.key().into(),
            micros(appointment.slot.start).into(),
            micros(appointment.slot.end).into(),
            sealed.into(),
            micros(now).into(),
        ];
        execute(&self.inner, sql, values).await.map(|_| ())
    }

    async fn appointment_by_key(&mut self, key: &str) -> Result<Option<Appointment>, StoreError> {
        let row = one(
            &self.inner,
            &format!("{SELECT} WHERE order_key = $1 AND org_id = $2"),
            vec![key.into(), self.org_value()?],
        )
        .await?;
        row.as_ref().map(|row| self.read_appointment(row)).transpose()
    }

    async fn appointment(&mut self, appointment: AppointmentId) -> Result<Option<Appointment>, StoreError> {
        let row = one(
            &self.inner,
            &format!("{SELECT} WHERE id = $1 AND org_id = $2"),
            vec![appointment.to_string().into(), self.org_value()?],
        )
        .await?;
        row.as_ref().map(|row| self.read_appointment(row)).transpose()
    }

    async fn set_appointment_status(
        &mut self,
        appointment: AppointmentId,
        status: AppointmentStatus,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE appointment SET status = $3, updated_at = $4 WHERE id = $1 AND org_id = $2";
        execute(
            &self.inner,
            sql,
            vec![appointment.to_string().into(), self.org_value()?, status.key().into(), micros(now).into()],
        )
        .await
        .map(|_| ())
    }

    async fn standing_visits(
        &mut self,
        conversation: ConversationId,
        after: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE conversation_id IN (SELECT $1 UNION SELECT o.id FROM conversation v JOIN conversation o ON o.clinic_id = v.clinic_id AND o.phone_hash = v.phone_hash WHERE v.id = $1) \
             AND org_id = $2 AND start_at > $3 AND status IN ('booked', 'confirmed', 'arrived') ORDER BY start_at, id"
        );
        let values = vec![conversation.to_string().into(), self.org_value()?, micros(after).into()];
        let rows = all(&self.inner, &sql, values).await?;
        rows.iter().map(|row| self.read_appointment(row)).collect()
    }

    async fn appointments_between(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<Appointment>, StoreError> {
        let sql = format!("{SELECT} WHERE org_id = $1 AND start_at >= $2 AND start_at < $3 ORDER BY start_at, id");
        let rows = all(&self.inner, &sql, vec![self.org_value()?, micros(from).into(), micros(to).into()]).await?;
        rows.iter().map(|row| self.read_appointment(row)).collect()
    }
}
