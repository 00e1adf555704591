//! Deposits. The document is sealed; what is looked up stands beside it.

use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::{QueryResult, Value};

use frontdesk_domain::deposit::{Deposit, DepositStatus};
use frontdesk_domain::ids::{ConversationId, DepositId};
use frontdesk_ports::store::{DepositRows, StoreError};

use crate::rows::{all, execute, get, id, instant, micros, one};
use crate::unit_of_work::SqlTx;

const SELECT: &str = "SELECT id, status, document FROM deposit";

fn place(deposit: DepositId) -> String {
    format!("deposit/document/{deposit}")
}

fn status(row: &QueryResult) -> Result<DepositStatus, StoreError> {
    DepositStatus::from_key(&get::<String>(row, "status")?).ok_or(StoreError::Corrupt("a deposit's status"))
}

impl SqlTx {
    fn read_deposit(&self, row: &QueryResult) -> Result<Deposit, StoreError> {
        let deposit: DepositId = id(row, "id")?;
        let document = self.keys.open(self.org, &place(deposit), &get::<Vec<u8>>(row, "document")?)?;
        let stored: Deposit = serde_json::from_str(&document).map_err(|_| StoreError::Corrupt("a deposit"))?;
        Ok(Deposit { status: status(row)?, ..stored })
    }

    fn seal_deposit(&self, deposit: &Deposit) -> Result<Vec<u8>, StoreError> {
        let document = serde_json::to_string(deposit).map_err(|_| StoreError::Corrupt("a deposit"))?;
        self.keys.seal(self.org, &place(deposit.id), &document)
    }

    async fn note_deposit(&mut self, deposit: &Deposit, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO deposit_event (org_id, deposit_id, status, at) VALUES ($1, $2, $3, $4)";
        let values =
            vec![self.org_value()?, deposit.id.to_string().into(), deposit.status.key().into(), micros(now).into()];
        execute(&self.inner, sql, values).await.map(|_| ())
    }
}

#[async_trait]
impl DepositRows for SqlTx {
    async fn insert_deposit(&mut self, deposit: &Deposit, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO deposit (id, org_id, clinic_id, conversation_id, status, code, vendor, vendor_payment, document, expires_at, created_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT (id) DO NOTHING";
        let values: Vec<Value> = vec![
            deposit.id.to_string().into(),
            self.org_value()?,
            deposit.clinic.to_string().into(),
            deposit.conversation.to_string().into(),
            deposit.status.key().into(),
            deposit.code.clone().into(),
            deposit.vendor.clone().into(),
            deposit.vendor_payment.clone().into(),
            self.seal_deposit(deposit)?.into(),
            micros(deposit.expires_at).into(),
            micros(now).into(),
        ];
        if execute(&self.inner, sql, values).await? == 1 { self.note_deposit(deposit, now).await } else { Ok(()) }
    }

    async fn deposit(&mut self, deposit: DepositId) -> Result<Option<Deposit>, StoreError> {
        let values = vec![deposit.to_string().into(), self.org_value()?];
        let row = one(&self.inner, &format!("{SELECT} WHERE id = $1 AND org_id = $2"), values).await?;
        row.as_ref().map(|row| self.read_deposit(row)).transpose()
    }

    async fn deposits_of(&mut self, conversation: ConversationId) -> Result<Vec<Deposit>, StoreError> {
        let sql = format!("{SELECT} WHERE conversation_id = $1 AND org_id = $2 ORDER BY created_at, id");
        let rows = all(&self.inner, &sql, vec![conversation.to_string().into(), self.org_value()?]).await?;
        rows.iter().map(|row| self.read_deposit(row)).collect()
    }

    async fn save_deposit(&mut self, deposit: &Deposit, was: DepositStatus, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE deposit SET status = $4, vendor_payment = $5, document = $6, expires_at = $7, updated_at = $8 \
                   WHERE id = $1 AND org_id = $2 AND status = $3";
        let values = vec![
            deposit.id.to_string().into(),
            self.org_value()?,
            was.key().into(),
            deposit.status.key().into(),
            deposit.vendor_payment.clone().into(),
            self.seal_deposit(deposit)?.into(),
            micros(deposit.expires_at).into(),
            micros(now).into(),
        ];
        if execute(&self.inner, sql, values).await? == 1 {
            self.note_deposit(deposit, now).await
        } else {
            Err(StoreError::Conflict)
        }
    }

    async fn deposit_history(&mut self, deposit: DepositId) -> Result<Vec<(DepositStatus, Timestamp)>, StoreError> {
        let sql = "SELECT status, at FROM deposit_event WHERE deposit_id = $1 AND org_id = $2 ORDER BY id";
        let rows = all(&self.inner, sql, vec![deposit.to_string().into(), self.org_value()?]).await?;
        rows.iter().map(|row| Ok((status(row)?, instant(get(row, "at")?)?))).collect()
    }
}
