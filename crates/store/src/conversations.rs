//! Contacts, conversations, consent, calls.

use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::{QueryResult, Value};

use frontdesk_domain::consent::{ConsentChange, ConsentSource, ConsentStanding, ContactPoint};
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::ids::{ClinicId, ContactId, ConversationId, PatientId};
use frontdesk_domain::phone::PhoneNumber;
use frontdesk_ports::store::{
    BookingRows as _, ConversationRow, ConversationRows, ConversationSummary, Erasure, StoreError,
};

use crate::dialect;
use crate::rows::{all, execute, get, id, instant, micros, one};
use crate::unit_of_work::SqlTx;

const SELECT: &str = "SELECT CASE WHEN v.phone_hash IS NULL THEN 0 ELSE 1 END AS joined, \
                      CASE WHEN EXISTS (SELECT 1 FROM patient p WHERE p.clinic_id = v.clinic_id AND p.address_hash = COALESCE(v.phone_hash, c.address_hash)) THEN 1 ELSE 0 END AS known, \
                      v.id, v.org_id, v.clinic_id, v.contact_id, v.channel, v.our_address, v.state, v.version, v.called_back_at, \
                      c.address, o.opted_out_at, o.confirmed_at, \
                      CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = v.id AND m.inbound = 1 AND m.answered = 0) THEN 1 ELSE 0 END AS waits, \
                      CASE WHEN EXISTS (SELECT 1 FROM appointment a WHERE a.conversation_id = v.id AND a.status IN ('booked', 'confirmed', 'arrived')) \
                           OR v.phone_hash IS NOT NULL AND EXISTS (SELECT 1 FROM conversation w JOIN appointment b ON b.conversation_id = w.id \
                              WHERE w.clinic_id = v.clinic_id AND w.phone_hash = v.phone_hash AND b.status IN ('booked', 'confirmed', 'arrived')) THEN 1 ELSE 0 END AS visits \
                      FROM conversation v JOIN contact c ON c.id = v.contact_id \
                      LEFT JOIN opt_out o ON o.org_id = c.org_id AND o.address_hash = c.address_hash";

fn channel(key: &str) -> Result<Channel, StoreError> {
    [Channel::Sms, Channel::Webchat, Channel::Voice]
        .into_iter()
        .find(|c| c.key() == key)
        .ok_or(StoreError::Corrupt("a channel"))
}

fn optional_instant(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, StoreError> {
    get::<Option<i64>>(row, column)?.map(instant).transpose()
}

impl SqlTx {
    /// The hash that a contact's opt-out stands under.
    async fn hash_of(&mut self, contact: ContactId) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT address_hash FROM contact WHERE id = $1 AND org_id = $2";
        let row = one(&self.inner, sql, vec![contact.to_string().into(), self.org_value()?]).await?;
        row.map(|row| get(&row, "address_hash")).transpose()?.ok_or(StoreError::Corrupt("a contact without a row"))
    }

    fn read_conversation(&self, row: &QueryResult) -> Result<ConversationRow, StoreError> {
        let conversation: ConversationId = id(row, "id")?;
        let state = match get::<Option<Vec<u8>>>(row, "state")? {
            Some(sealed) => self.keys.open(self.org, &format!("conversation/state/{conversation}"), &sealed)?,
            None => String::new(),
        };
        Ok(ConversationRow {
            id: conversation,
            org: id(row, "org_id")?,
            clinic: id(row, "clinic_id")?,
            contact: id(row, "contact_id")?,
            channel: channel(&get::<String>(row, "channel")?)?,
            address: get(row, "address")?,
            our_address: get(row, "our_address")?,
            state,
            version: get(row, "version")?,
            consent: ConsentStanding {
                opted_out_at: optional_instant(row, "opted_out_at")?,
                confirmed_at: optional_instant(row, "confirmed_at")?,
            },
            called_back_at: optional_instant(row, "called_back_at")?,
            has_unanswered: get::<i32>(row, "waits")? == 1,
            has_visits: get::<i32>(row, "visits")? == 1,
            is_known: get::<i32>(row, "known")? == 1,
            is_joined: get::<i32>(row, "joined")? == 1,
            is_changed: false,
        })
    }
}

#[async_trait]
impl ConversationRows for SqlTx {
    async fn conversation_with(
        &mut self,
        clinic: ClinicId,
        channel: Channel,
        address: &str,
    ) -> Result<Option<ConversationRow>, StoreError> {
        // The contact by a subquery of its own: joined, the planner of an empty database begins with every conversation of
        // the clinic, and keeps to that plan as the clinic grows.
        let sql = format!(
            "{SELECT} WHERE v.clinic_id = $1 AND v.contact_id = (SELECT a.id FROM contact a WHERE a.org_id = $2 AND a.channel = $3 AND a.address = $4)"
        );
        let values: Vec<Value> =
            vec![clinic.to_string().into(), self.org_value()?, channel.key().into(), address.into()];
        let row = one(&self.inner, &sql, values).await?;
        row.as_ref().map(|row| self.read_conversation(row)).transpose()
    }

    async fn open_conversation(
        &mut self,
        clinic: ClinicId,
        channel: Channel,
        address: &str,
        our_address: &str,
        new_ids: (ContactId, ConversationId),
        now: Timestamp,
    ) -> Result<ConversationRow, StoreError> {
        let org = self.org_value()?;
        if let Some(found) = self.conversation_with(clinic, channel, address).await? {
            if found.our_address != our_address {
                execute(
                    &self.inner,
                    "UPDATE conversation SET our_address = $2 WHERE id = $1",
                    vec![found.id.to_string().into(), our_address.into()],
                )
                .await?;
                return Ok(ConversationRow { our_address: our_address.to_owned(), is_changed: true, ..found });
            }
            return Ok(found);
        }
        let sql = "INSERT INTO contact (id, org_id, channel, address, address_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, channel, address) DO NOTHING";
        execute(
            &self.inner,
            sql,
            vec![
                new_ids.0.to_string().into(),
                org.clone(),
                channel.key().into(),
                address.into(),
                self.keys.hash(self.org, &ContactPoint::of(channel, address)).into(),
                micros(now).into(),
            ],
        )
        .await?;
        let contact = one(
            &self.inner,
            "SELECT id FROM contact WHERE org_id = $1 AND channel = $2 AND address = $3",
            vec![org.clone(), channel.key().into(), address.into()],
        )
        .await?;
        let contact: ContactId = id(&contact.ok_or(StoreError::Corrupt("a contact without a row"))?, "id")?;
        let sql = "INSERT INTO conversation (id, org_id, clinic_id, contact_id, channel, our_address, version, stage, lead_status, created_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, 0, 'greeting', 'new', $7, $7) ON CONFLICT (clinic_id, contact_id) DO NOTHING";
        let values = vec![
            new_ids.1.to_string().into(),
            org,
            clinic.to_string().into(),
            contact.to_string().into(),
            channel.key().into(),
            our_address.into(),
            micros(now).into(),
        ];
        execute(&self.inner, sql, values).await?;
        let made = self.conversation_with(clinic, channel, address).await?;
        Ok(ConversationRow { is_changed: true, ..made.ok_or(StoreError::Corrupt("a conversation without a row"))? })
    }

    async fn consent_of(&mut self, point: &ContactPoint) -> Result<ConsentStanding, StoreError> {
        let sql = "SELECT opted_out_at, confirmed_at FROM opt_out WHERE org_id = $1 AND address_hash = $2";
        let row = one(&self.inner, sql, vec![self.org_value()?, self.keys.hash(self.org, point).into()]).await?;
        let Some(row) = row else { return Ok(ConsentStanding::default()) };
        Ok(ConsentStanding {
            opted_out_at: optional_instant(&row, "opted_out_at")?,
            confirmed_at: optional_instant(&row, "confirmed_at")?,
        })
    }

    async fn conversation(&mut self, conversation: ConversationId) -> Result<Option<ConversationRow>, StoreError> {
        let sql = format!("{SELECT} WHERE v.id = $1 AND v.org_id = $2");
        let row = one(&self.inner, &sql, vec![conversation.to_string().into(), self.org_value()?]).await?;
        row.as_ref().map(|row| self.read_conversation(row)).transpose()
    }

    async fn conversations_at(&mut self, clinic: ClinicId, stage: &str) -> Result<Vec<ConversationRow>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE v.org_id = $1 AND v.clinic_id = $2 AND v.stage = $3 ORDER BY v.updated_at DESC LIMIT 100"
        );
        let rows = all(&self.inner, &sql, vec![self.org_value()?, clinic.to_string().into(), stage.into()]).await?;
        rows.iter().map(|row| self.read_conversation(row)).collect()
    }

    async fn join_phone(&mut self, conversation: ConversationId, phone: &PhoneNumber) -> Result<(), StoreError> {
        let hash = self.keys.hash(self.org, &ContactPoint::of(Channel::Sms, phone.expose()));
        let sql = "UPDATE conversation SET phone_hash = $2 WHERE org_id = $3 AND (id = $1 OR \
                   clinic_id = (SELECT v.clinic_id FROM conversation v WHERE v.id = $1) AND channel = $4 AND \
                   contact_id IN (SELECT c.id FROM contact c WHERE c.org_id = $3 AND c.address_hash = $2))";
        let values = vec![conversation.to_string().into(), hash.into(), self.org_value()?, Channel::Sms.key().into()];
        self.changed.push(conversation);
        execute(&self.inner, sql, values).await.map(|_| ())
    }

    async fn save_patient(
        &mut self,
        clinic: ClinicId,
        phone: &PhoneNumber,
        document: &str,
        new_id: PatientId,
        now: Timestamp,
    ) -> Result<PatientId, StoreError> {
        let hash = self.keys.hash(self.org, &ContactPoint::of(Channel::Sms, phone.expose()));
        let sealed = self.keys.seal(self.org, &format!("patient/document/{new_id}"), document)?;
        let sql = "INSERT INTO patient (id, org_id, clinic_id, address_hash, document, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6) \
                   ON CONFLICT (clinic_id, address_hash) DO NOTHING";
        let values: Vec<Value> = vec![
            new_id.to_string().into(),
            self.org_value()?,
            clinic.to_string().into(),
            hash.clone().into(),
            sealed.into(),
            micros(now).into(),
        ];
        execute(&self.inner, sql, values).await?;
        let sql = "SELECT id FROM patient WHERE clinic_id = $1 AND address_hash = $2";
        let row = one(&self.inner, sql, vec![clinic.to_string().into(), hash.into()]).await?;
        id(&row.ok_or(StoreError::Corrupt("a patient without a row"))?, "id")
    }

    async fn save_conversation(
        &mut self,
        row: &ConversationRow,
        summary: &ConversationSummary,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.keys.seal(self.org, &format!("conversation/state/{}", row.id), &row.state)?;
        self.changed.push(row.id);
        let sql = "UPDATE conversation SET state = $3, version = version + 1, stage = $4, lead_status = $5, name = $6, service = $7, email = $8, \
                   called_back_at = $9, updated_at = $10 WHERE id = $1 AND version = $2 AND org_id = $11";
        let values = vec![
            row.id.to_string().into(),
            row.version.into(),
            sealed.into(),
            summary.stage.clone().into(),
            summary.status.clone().into(),
            summary.name.clone().into(),
            summary.service.clone().into(),
            summary.email.clone().into(),
            row.called_back_at.map(micros).into(),
            micros(now).into(),
            self.org_value()?,
        ];
        if execute(&self.inner, sql, values).await? == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    async fn record_consent(
        &mut self,
        contact: ContactId,
        change: ConsentChange,
        source: ConsentSource,
        wording: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let wording = self.keys.seal(self.org, &format!("consent_event/wording/{contact}"), wording)?;
        let hash = self.hash_of(contact).await?;
        let sql = "INSERT INTO consent_event (org_id, contact_id, address_hash, change, source, wording, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            self.org_value()?,
            contact.to_string().into(),
            hash.clone().into(),
            change.key().into(),
            source.key().into(),
            wording.into(),
            micros(at).into(),
        ];
        execute(&self.inner, sql, values).await?;
        // Who writes for the first time, or gives a number, takes no STOP back.
        if matches!(change, ConsentChange::Implied | ConsentChange::Granted) {
            return Ok(());
        }
        let mut hashes = vec![hash.clone()];
        let emails =
            "SELECT DISTINCT email FROM conversation WHERE contact_id = $1 AND org_id = $2 AND email IS NOT NULL";
        for row in all(&self.inner, emails, vec![contact.to_string().into(), self.org_value()?]).await? {
            hashes.push(self.keys.hash(self.org, &ContactPoint::email(&get::<String>(&row, "email")?)));
        }
        let standing = if change == ConsentChange::OptedOut {
            "INSERT INTO opt_out (org_id, address_hash, said_by, opted_out_at) VALUES ($1, $2, $4, $3) ON CONFLICT (org_id, address_hash) DO NOTHING"
        } else {
            "DELETE FROM opt_out WHERE org_id = $1 AND (address_hash = $2 OR said_by = $4) AND $3 > 0"
        };
        for address in hashes {
            let values = vec![self.org_value()?, address.into(), micros(at).into(), hash.clone().into()];
            execute(&self.inner, standing, values).await?;
        }
        Ok(())
    }

    async fn confirm_opt_out(&mut self, contact: ContactId, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE opt_out SET confirmed_at = $3 WHERE org_id = $1 AND address_hash = $2";
        let hash = self.hash_of(contact).await?;
        execute(&self.inner, sql, vec![self.org_value()?, hash.into(), micros(at).into()]).await.map(|_| ())
    }

    async fn erase(&mut self, point: &ContactPoint, now: Timestamp) -> Result<Erasure, StoreError> {
        let (org, hash) = (self.org_value()?, self.keys.hash(self.org, point));
        let sql = "SELECT v.id FROM conversation v WHERE v.org_id = $1 AND (v.phone_hash = $2 OR v.contact_id IN (SELECT c.id FROM contact c WHERE c.org_id = $1 AND c.address_hash = $2))";
        let rows = all(&self.inner, sql, vec![org.clone(), hash.clone().into()]).await?;
        let conversations: Vec<ConversationId> = rows.iter().map(|row| id(row, "id")).collect::<Result<_, _>>()?;
        let gone = "DELETE FROM patient WHERE org_id = $1 AND address_hash = $2";
        let patients = execute(&self.inner, gone, vec![org.clone(), hash.clone().into()]).await?;
        if conversations.is_empty() {
            return Ok(if patients > 0 { Erasure::Done } else { Erasure::Nobody });
        }
        for conversation in &conversations {
            if !self.standing_visits(*conversation, now).await?.is_empty() {
                return Ok(Erasure::VisitStands);
            }
            let sql = "SELECT id FROM deposit WHERE conversation_id = $1 AND org_id = $2 AND (status IN ('requested', 'disputed') OR status = 'failed' AND expires_at > $3) LIMIT 1";
            if one(&self.inner, sql, vec![conversation.to_string().into(), org.clone(), micros(now).into()])
                .await?
                .is_some()
            {
                return Ok(Erasure::MoneyOpen);
            }
        }
        let waiting = "SELECT v.id FROM conversation v JOIN deposit d ON d.conversation_id = v.id \
                       WHERE v.id = $1 AND v.org_id = $2 AND v.lead_status = 'deposit_paid' AND d.status = 'paid' LIMIT 1";
        for conversation in &conversations {
            // Paid, and staff are about to name the time.
            if one(&self.inner, waiting, vec![conversation.to_string().into(), org.clone()]).await?.is_some() {
                return Ok(Erasure::MoneyOpen);
            }
        }
        for conversation in &conversations {
            let this: Value = conversation.to_string().into();
            for sql in [
                "DELETE FROM message WHERE conversation_id = $1 AND org_id = $2",
                "DELETE FROM notice WHERE conversation_id = $1 AND org_id = $2",
                "UPDATE conversation SET state = NULL, version = version + 1, stage = 'closed', name = NULL, service = NULL, email = NULL, phone_hash = NULL, \
                 called_back_at = NULL WHERE id = $1 AND org_id = $2",
            ] {
                execute(&self.inner, sql, vec![this.clone(), org.clone()]).await?;
            }
            for queue in ["turn", "out"] {
                let sql = "DELETE FROM job WHERE order_key = $1 AND org_id = $2 AND state <> 'running'";
                execute(&self.inner, sql, vec![format!("{queue}:{conversation}").into(), org.clone()]).await?;
            }
            self.forget_names(*conversation).await?;
        }
        let sql =
            "UPDATE contact SET address = 'erased:' || id, address_hash = NULL WHERE org_id = $1 AND address_hash = $2";
        execute(&self.inner, sql, vec![org, hash.into()]).await?;
        Ok(Erasure::Done)
    }

    async fn call(&mut self, vendor: &str, session: &str) -> Result<Option<String>, StoreError> {
        let sql = format!(
            "SELECT state FROM phone_call WHERE vendor = $1 AND session = $2 AND org_id = $3 {}",
            dialect::for_update(self.backend)
        );
        let row = one(&self.inner, &sql, vec![vendor.into(), session.into(), self.org_value()?]).await?;
        row.map(|row| get(&row, "state")).transpose()
    }

    async fn save_call(
        &mut self,
        vendor: &str,
        session: &str,
        clinic: ClinicId,
        state: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO phone_call (vendor, session, org_id, clinic_id, state, updated_at) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (vendor, session) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at";
        let values = vec![
            vendor.into(),
            session.into(),
            self.org_value()?,
            clinic.to_string().into(),
            state.into(),
            micros(now).into(),
        ];
        execute(&self.inner, sql, values).await.map(|_| ())
    }
}
