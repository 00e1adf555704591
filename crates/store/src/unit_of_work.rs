//! The transaction.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbBackend, Value};
use tokio::sync::{Notify, OwnedSemaphorePermit};

use frontdesk_domain::ids::OrgId;
use frontdesk_ports::store::{OrgTx, StoreError, SystemTx};

use crate::dialect::JOBS_CHANNEL;
use crate::keys::Keys;
use crate::rows::{self, unavailable};

/// Wakes whoever waits for jobs.
pub(crate) struct Waker {
    pub(crate) notify: Notify,
    /// What this process's announcements carry.
    pub(crate) process: String,
}

/// A transaction on either database. Dropped without commit it is rolled back.
pub(crate) struct SqlTx {
    pub(crate) inner: DatabaseTransaction,
    pub(crate) backend: DbBackend,
    pub(crate) org: Option<OrgId>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) waker: Arc<Waker>,
    /// A job was stored that somebody must be woken for.
    pub(crate) wakes: bool,
    /// The turn at the gate; it ends with the transaction.
    pub(crate) _turn: OwnedSemaphorePermit,
}

impl SqlTx {
    /// The organisation this transaction began with.
    pub(crate) fn org(&self) -> Result<OrgId, StoreError> {
        self.org.ok_or(StoreError::Corrupt("an organisation's rows outside its transaction"))
    }

    pub(crate) fn org_value(&self) -> Result<Value, StoreError> {
        Ok(self.org()?.to_string().into())
    }

    async fn finish(self) -> Result<(), StoreError> {
        if self.wakes && self.backend == DbBackend::Postgres {
            rows::execute(
                &self.inner,
                "SELECT pg_notify($1, $2)",
                vec![JOBS_CHANNEL.into(), self.waker.process.clone().into()],
            )
            .await?;
        }
        self.inner.commit().await.map_err(unavailable)?;
        if self.wakes {
            self.waker.notify.notify_one();
        }
        Ok(())
    }
}

#[async_trait]
impl OrgTx for SqlTx {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.finish().await
    }
}

#[async_trait]
impl SystemTx for SqlTx {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.finish().await
    }
}
