//! Opening a database: connecting, migrating, waking.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use sqlx::Connection as _;
use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, broadcast, mpsc, watch};

use frontdesk_domain::ids::{ConversationId, OrgId};
use frontdesk_ports::store::{Change, Changes, OrgTx, Store, StoreError, SystemTx};

use crate::dialect::{CHANGES_CHANNEL, JOBS_CHANNEL};
use crate::keys::{Keys, MasterKey};
use crate::rows::unavailable;
use crate::unit_of_work::{Executor, SqlTx, Waker};

/// A connection that was idle for longer is asked whether it still answers before it is used.
const RESTED: Duration = Duration::from_secs(1);

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// Why a database could not be opened. The URL, which may hold a password, is not in it.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Neither `sqlite://…` nor `postgres://…`.
    #[error("expected sqlite://<file> or postgres://…")]
    Url,
    /// It does not answer, or refuses.
    #[error("the database cannot be opened")]
    Connect(#[source] sqlx::Error),
    /// Its tables could not be brought up to date.
    #[error("the database cannot be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

/// An open database.
#[derive(Clone)]
pub struct Database {
    connection: DatabaseConnection,
    keys: Arc<Keys>,
    waker: Arc<Waker>,
    /// As many transactions as there are connections, one on `SQLite`, in fair order: waiting here is cheaper than the busy
    /// handler's polling, and nobody who only waits for a turn is told that the database is gone.
    gate: Arc<Semaphore>,
}

impl Database {
    /// Connects and migrates. `connections` bounds the pool on `PostgreSQL`.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn open(url: &str, master: MasterKey, connections: u32) -> Result<Self, DatabaseError> {
        if let Some(file) = url.strip_prefix("sqlite://") {
            let options = if file == ":memory:" {
                SqliteConnectOptions::from_str("sqlite::memory:").map_err(DatabaseError::Connect)?
            } else {
                SqliteConnectOptions::new()
                    .filename(Path::new(file))
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
            };
            let options = options
                // An acknowledged webhook survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5));
            let pool = SqlitePoolOptions::new()
                .min_connections(1)
                .max_connections(1)
                .idle_timeout(None)
                .max_lifetime(None)
                .after_release(|connection, _| Box::pin(is_clean(connection)))
                .connect_with(options)
                .await
                .map_err(DatabaseError::Connect)?;
            SQLITE.run(&pool).await.map_err(DatabaseError::Migrate)?;
            return Ok(Self::new(DatabaseConnection::from(pool), master, 1, None));
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(DatabaseError::Url);
        }
        let pool = PgPoolOptions::new()
            // One more than there are turns at the gate: for telling other replicas what changed.
            .max_connections(connections + 1)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .after_connect(|connection, _| Box::pin(by_index(connection)))
            .before_acquire(|connection, known| Box::pin(is_alive(connection, known.idle_for)))
            .connect(url)
            .await
            .map_err(DatabaseError::Connect)?;
        // The migrator takes an advisory lock: two replicas that start together migrate once.
        POSTGRES.run(&pool).await.map_err(DatabaseError::Migrate)?;
        let (announce, news) = mpsc::channel(CHANGES_KEPT);
        let opened = Self::new(DatabaseConnection::from(pool.clone()), master, connections, Some(announce));
        let (waker, closed) = (Arc::downgrade(&opened.waker), opened.waker.open.subscribe());
        tokio::spawn(announced(pool, news, opened.waker.process.clone()));
        tokio::spawn(listen(url.to_owned(), closed, waker, opened.waker.process.clone()));
        Ok(opened)
    }

    fn new(
        connection: DatabaseConnection,
        master: MasterKey,
        connections: u32,
        announce: Option<mpsc::Sender<ConversationId>>,
    ) -> Self {
        let gate = Arc::new(Semaphore::new(usize::try_from(connections.max(1)).unwrap_or(1)));
        Self {
            connection,
            keys: Arc::new(Keys::new(master)),
            waker: Arc::new(Waker {
                notify: Notify::new(),
                process: process_mark(),
                changes: broadcast::Sender::new(CHANGES_KEPT),
                announce,
                open: watch::Sender::new(()),
            }),
            gate,
        }
    }

    /// Whether only one process may use it as a worker.
    pub fn is_single_process(&self) -> bool {
        self.connection.get_database_backend() == DbBackend::Sqlite
    }

    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// What tells the master key from others.
    pub(crate) fn fingerprint(&self) -> [u8; 4] {
        self.keys.fingerprint()
    }

    /// A turn at the gate, for a transaction or for reading.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let turn = Arc::clone(&self.gate).acquire_owned().await;
        turn.map_err(|_| StoreError::Unavailable("the database is closed".into()))
    }

    async fn transaction(&self, org: Option<OrgId>) -> Result<SqlTx, StoreError> {
        let turn = self.turn().await?;
        // A transaction that reads first and writes then must be a writer from its beginning on SQLite.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.connection.begin_with_options(options).await.map_err(unavailable)?;
        Ok(self.over(Executor::Transaction(inner), org, turn))
    }

    fn over(&self, inner: Executor, org: Option<OrgId>, turn: OwnedSemaphorePermit) -> SqlTx {
        SqlTx {
            backend: inner.backend(),
            inner,
            org,
            keys: Arc::clone(&self.keys),
            waker: Arc::clone(&self.waker),
            wakes: false,
            changed: Vec::new(),
            _turn: turn,
        }
    }
}

/// Whether a connection may be used again. `SQLite` rolls back by itself when the disk is full or fails; the pool believes
/// then that a transaction is still open, and whatever followed on this connection would be part of it and never durable.
async fn is_clean(connection: &mut sqlx::SqliteConnection) -> Result<bool, sqlx::Error> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // The roll-back of a dropped transaction waits in the connection's queue: what comes after it has seen it done.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

/// Every statement of ours finds its rows by an index. The planner of a young database would rather read a whole small
/// table, and a prepared statement keeps to that plan while the table grows.
async fn by_index(connection: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SET enable_seqscan = off; SET enable_bitmapscan = off").execute(connection).await.map(|_| ())
}

/// Whether a connection still answers, asked only where it rested: the question costs a round trip.
async fn is_alive(connection: &mut sqlx::PgConnection, idle: Duration) -> Result<bool, sqlx::Error> {
    if idle > RESTED {
        connection.ping().await?;
    }
    Ok(true)
}

/// Tells this process's announcements from those of others.
fn process_mark() -> String {
    let mut bytes = [0_u8; 8];
    // Without randomness every announcement would be taken for another's, which only costs a look.
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

/// Tells other replicas which conversations changed, many at once. Ends with the database.
async fn announced(pool: sqlx::PgPool, mut news: mpsc::Receiver<ConversationId>, own: String) {
    while let Some(first) = news.recv().await {
        tokio::time::sleep(ANNOUNCE_EVERY).await;
        let mut changed = vec![first];
        while changed.len() < ANNOUNCED_AT_ONCE {
            let Ok(next) = news.try_recv() else { break };
            changed.push(next);
        }
        changed.sort_unstable();
        changed.dedup();
        let text = changed.iter().fold(own.clone(), |text, conversation| format!("{text} {conversation}"));
        // What is lost here is found by whoever waits, a moment later.
        let _ = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANGES_CHANNEL).bind(text).execute(&pool).await;
    }
}

/// Passes on what other replicas announce, over a connection of its own. Ends with the database.
async fn listen(url: String, mut closed: watch::Receiver<()>, waker: std::sync::Weak<Waker>, own: String) {
    let hear = async {
        loop {
            if let Ok(mut listener) = PgListener::connect(&url).await {
                if listener.listen_all([JOBS_CHANNEL, CHANGES_CHANNEL]).await.is_ok() {
                    // What was told while nobody listened is lost: whoever waits looks for themselves.
                    if let Some(waker) = waker.upgrade() {
                        let _ = waker.changes.send(None);
                    }
                    // `None`: the connection was lost and made anew.
                    while let Ok(heard) = listener.try_recv().await {
                        let Some(waker) = waker.upgrade() else { return };
                        let Some(heard) = heard else {
                            waker.notify.notify_one();
                            let _ = waker.changes.send(None);
                            continue;
                        };
                        let (process, conversation) = heard.payload().split_once(' ').unwrap_or((heard.payload(), ""));
                        // What this process announced was known here when it was committed.
                        if process == own {
                            continue;
                        }
                        if heard.channel() == JOBS_CHANNEL {
                            waker.notify.notify_one();
                        } else {
                            for conversation in conversation.split(' ') {
                                let _ = waker.changes.send(conversation.parse().ok());
                            }
                        }
                    }
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = hear => {}
        // Nobody ever sends: this ends when the database does.
        _ = closed.changed() => {}
    }
}

#[async_trait]
impl Store for Database {
    async fn begin(&self, org: OrgId) -> Result<Box<dyn OrgTx>, StoreError> {
        Ok(Box::new(self.transaction(Some(org)).await?))
    }

    async fn read(&self, org: OrgId) -> Result<Box<dyn OrgTx>, StoreError> {
        let turn = self.turn().await?;
        Ok(Box::new(self.over(Executor::Reading(self.connection.clone()), Some(org), turn)))
    }

    async fn begin_system(&self) -> Result<Box<dyn SystemTx>, StoreError> {
        Ok(Box::new(self.transaction(None).await?))
    }

    async fn wait_for_jobs(&self, at_most: Duration) {
        // Whether something came or the time is over, the caller looks.
        let _ = tokio::time::timeout(at_most, self.waker.notify.notified()).await;
    }

    fn changes(&self) -> Box<dyn Changes> {
        Box::new(Heard(self.waker.changes.subscribe()))
    }
}

/// Changes are gathered for this long before other replicas hear of them.
const ANNOUNCE_EVERY: Duration = Duration::from_millis(10);

/// Changes in one announcement: `PostgreSQL` takes 8,000 bytes.
const ANNOUNCED_AT_ONCE: usize = 200;

/// News of changes that wait for somebody slow; beyond it the slow one looks for itself.
const CHANGES_KEPT: usize = 1_024;

struct Heard(broadcast::Receiver<Option<ConversationId>>);

#[async_trait]
impl Changes for Heard {
    async fn next(&mut self) -> Change {
        match self.0.recv().await {
            Ok(Some(conversation)) => Change::Of(conversation),
            Ok(None) | Err(broadcast::error::RecvError::Lagged(_)) => Change::Unknown,
            Err(broadcast::error::RecvError::Closed) => Change::Over,
        }
    }
}
