//! The transaction.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbBackend, ExecResult, QueryResult, Statement, Value};
use tokio::sync::{Notify, OwnedSemaphorePermit, broadcast, mpsc, watch};

use frontdesk_domain::ids::{ConversationId, OrgId};
use frontdesk_ports::store::{OrgTx, StoreError, SystemTx};

use crate::dialect::JOBS_CHANNEL;
use crate::keys::Keys;
use crate::rows::{self, unavailable};

/// Wakes whoever waits for jobs.
pub(crate) struct Waker {
    pub(crate) notify: Notify,
    /// What this process's announcements carry.
    pub(crate) process: String,
    /// Conversations that changed, here or in another process; `None` when news were lost.
    pub(crate) changes: broadcast::Sender<Option<ConversationId>>,
    /// To whoever tells other replicas, where there may be any.
    pub(crate) announce: Option<mpsc::Sender<ConversationId>>,
    /// Closed with the database, which ends its listener.
    pub(crate) open: watch::Sender<()>,
}

impl Waker {
    /// Tells whoever looks on, here and elsewhere. Outside the transaction: news of a change are worth no round trip of the
    /// turn that made it, and whoever waits looks for itself now and then.
    fn changed(&self, conversation: ConversationId) {
        // Nobody may be listening.
        let _ = self.changes.send(Some(conversation));
        if let Some(announce) = &self.announce {
            let _ = announce.try_send(conversation);
        }
    }
}

/// Where statements go.
pub(crate) enum Executor {
    /// Any connection of the pool, for reading.
    Reading(DatabaseConnection),
    /// A transaction. Dropped without commit it is rolled back.
    Transaction(DatabaseTransaction),
}

impl Executor {
    pub(crate) fn backend(&self) -> DbBackend {
        match self {
            Self::Reading(pool) => pool.get_database_backend(),
            Self::Transaction(tx) => tx.get_database_backend(),
        }
    }

    /// Outside a transaction nothing is written, whoever asks.
    fn writable(&self) -> Result<&DatabaseTransaction, StoreError> {
        match self {
            Self::Reading(_) => Err(StoreError::Corrupt("a write outside a transaction")),
            Self::Transaction(tx) => Ok(tx),
        }
    }

    pub(crate) async fn execute(&self, statement: Statement) -> Result<ExecResult, StoreError> {
        self.writable()?.execute_raw(statement).await.map_err(unavailable)
    }

    pub(crate) async fn one(&self, statement: Statement) -> Result<Option<QueryResult>, StoreError> {
        match self {
            Self::Reading(pool) => pool.query_one_raw(statement).await,
            Self::Transaction(tx) => tx.query_one_raw(statement).await,
        }
        .map_err(unavailable)
    }

    /// A statement that writes and returns a row.
    pub(crate) async fn returning(&self, statement: Statement) -> Result<Option<QueryResult>, StoreError> {
        self.writable()?.query_one_raw(statement).await.map_err(unavailable)
    }

    pub(crate) async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, StoreError> {
        match self {
            Self::Reading(pool) => pool.query_all_raw(statement).await,
            Self::Transaction(tx) => tx.query_all_raw(statement).await,
        }
        .map_err(unavailable)
    }

    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Reading(_) => Ok(()),
            Self::Transaction(tx) => tx.commit().await.map_err(unavailable),
        }
    }
}

/// A transaction on either database, or reading without one.
pub(crate) struct SqlTx {
    pub(crate) inner: Executor,
    pub(crate) backend: DbBackend,
    pub(crate) org: Option<OrgId>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) waker: Arc<Waker>,
    /// A job was stored that somebody must be woken for.
    pub(crate) wakes: bool,
    /// Conversations it changed.
    pub(crate) changed: Vec<ConversationId>,
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
        self.inner.commit().await?;
        for conversation in self.changed {
            self.waker.changed(conversation);
        }
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
