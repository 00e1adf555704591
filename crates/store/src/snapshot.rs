//! Backup and restore: every row of every table as one portable text file; see `docs/adr/0018-snapshots.md`.

use std::io::{BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use jiff::Timestamp;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, QueryResult, Statement,
    TransactionTrait, Value,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::Database;

/// The format this program writes and reads.
const FORMAT: u32 = 1;

/// Every table, those referred to first.
pub const TABLES: [&str; 22] = [
    "organisation",
    "clinic",
    "clinic_settings",
    "clinic_number",
    "contact",
    "opt_out",
    "consent_event",
    "conversation",
    "message",
    "notice",
    "appointment",
    "slot_taken",
    "deposit",
    "deposit_event",
    "phone_call",
    "inbox_event",
    "job",
    "note",
    "patient",
    "api_token",
    "api_request",
    "vendor_agreement",
];

/// Rows written by one statement.
const BATCH: usize = 200;

/// Why a snapshot could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The database.
    #[error("the database does not answer")]
    Database(#[from] sea_orm::DbErr),
    /// The file.
    #[error("the file cannot be read or written")]
    File(#[from] std::io::Error),
    /// The file is none of ours, or of a newer program.
    #[error("line {0} is not of a Frontdesk backup of this version")]
    Line(usize),
    /// It ends too early.
    #[error("the file was cut short: {found} of its rows are there")]
    Short {
        /// Rows found.
        found: u64,
    },
    /// It was sealed under another key.
    #[error(
        "the backup was made under another master key: set FRONTDESK_MASTER_KEY, or put its master.key into the data folder"
    )]
    Key,
    /// The database holds something.
    #[error("the database is not empty; restore into a new one")]
    NotEmpty,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    frontdesk_backup: u32,
    program: String,
    made_at: Timestamp,
    /// Hexadecimal.
    key_fingerprint: String,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Small,
    Whole,
    Bytes,
}

/// The columns of a table in their order.
async fn columns(tx: &DatabaseTransaction, table: &str) -> Result<Vec<(String, Type)>, sea_orm::DbErr> {
    let postgres = tx.get_database_backend() == DbBackend::Postgres;
    let sql = if postgres {
        "SELECT column_name AS name, data_type AS kind FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
    } else {
        "SELECT name, type AS kind FROM pragma_table_info($1) ORDER BY cid"
    };
    let rows = tx.query_all_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [table.into()])).await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("", "kind")?;
            let kind = match kind.to_ascii_lowercase().as_str() {
                "blob" | "bytea" => Type::Bytes,
                "integer" if postgres => Type::Small,
                "integer" | "bigint" => Type::Whole,
                _ => Type::Text,
            };
            Ok((row.try_get("", "name")?, kind))
        })
        .collect()
}

/// A value as the file has it: text and numbers as they are, bytes as `{"b": "<base64>"}`.
fn json_of(row: &QueryResult, column: &str, kind: Type) -> Result<Json, sea_orm::DbErr> {
    Ok(match kind {
        Type::Text => row.try_get::<Option<String>>("", column)?.map_or(Json::Null, Json::from),
        Type::Small => row.try_get::<Option<i32>>("", column)?.map_or(Json::Null, Json::from),
        Type::Whole => row.try_get::<Option<i64>>("", column)?.map_or(Json::Null, Json::from),
        Type::Bytes => {
            let bytes = row.try_get::<Option<Vec<u8>>>("", column)?;
            bytes.map_or(Json::Null, |bytes| json!({ "b": STANDARD.encode(bytes) }))
        }
    })
}

/// The value of a column, of what the file has; `None` when that is something else.
fn value_of(json: &Json, kind: Type) -> Option<Value> {
    Some(match (kind, json) {
        (Type::Text, Json::Null) => Value::from(None::<String>),
        (Type::Text, Json::String(text)) => text.clone().into(),
        (Type::Small, Json::Null) => Value::from(None::<i32>),
        (Type::Small, Json::Number(number)) => i32::try_from(number.as_i64()?).ok()?.into(),
        (Type::Whole, Json::Null) => Value::from(None::<i64>),
        (Type::Whole, Json::Number(number)) => number.as_i64()?.into(),
        (Type::Bytes, Json::Null) => Value::from(None::<Vec<u8>>),
        (Type::Bytes, Json::Object(object)) => STANDARD.decode(object.get("b")?.as_str()?).ok()?.into(),
        _ => return None,
    })
}

fn hex(bytes: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(bytes))
}

impl Database {
    /// Writes every row as it stands at one moment. How many rows there were.
    ///
    /// # Errors
    /// [`SnapshotError::Database`] and [`SnapshotError::File`]; what was written then is no backup.
    pub async fn backup(&self, out: &mut (dyn Write + Send), now: Timestamp) -> Result<u64, SnapshotError> {
        let read = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
        let tx = match self.connection().get_database_backend() {
            DbBackend::Postgres => self.connection().begin_with_config(read.0, read.1).await?,
            _ => self.connection().begin().await?,
        };
        let head = Head {
            frontdesk_backup: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: now,
            key_fingerprint: hex(self.fingerprint()),
        };
        writeln!(out, "{}", json!(head))?;
        let mut rows = 0_u64;
        for table in TABLES {
            let columns = columns(&tx, table).await?;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            writeln!(out, "{}", json!({ "table": table, "columns": names }))?;
            let sql = format!("SELECT {} FROM {table}", names.join(", "));
            let mut stream =
                sea_orm::StreamTrait::stream_raw(&tx, Statement::from_string(tx.get_database_backend(), sql)).await?;
            while let Some(row) = stream.next().await {
                let row = row?;
                let values: Vec<Json> =
                    columns.iter().map(|(name, kind)| json_of(&row, name, *kind)).collect::<Result<_, _>>()?;
                writeln!(out, "{}", Json::Array(values))?;
                rows += 1;
            }
        }
        writeln!(out, "{}", json!({ "rows": rows }))?;
        out.flush()?;
        Ok(rows)
    }

    /// Reads a backup into this database, which must be empty. How many rows there were; nothing is kept of a file that
    /// does not hold to its end.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub async fn restore(&self, file: &mut (dyn BufRead + Send)) -> Result<u64, SnapshotError> {
        let mut lines = file.lines().enumerate();
        let head = lines.next().and_then(|(_, line)| line.ok()).and_then(|l| serde_json::from_str::<Head>(&l).ok());
        let head = head.filter(|head| head.frontdesk_backup == FORMAT).ok_or(SnapshotError::Line(1))?;
        if head.key_fingerprint != hex(self.fingerprint()) {
            return Err(SnapshotError::Key);
        }
        let tx = self.connection().begin().await?;
        let backend = tx.get_database_backend();
        for table in TABLES {
            let sql = format!("SELECT 1 AS one FROM {table} LIMIT 1");
            if tx.query_one_raw(Statement::from_string(backend, sql)).await?.is_some() {
                return Err(SnapshotError::NotEmpty);
            }
        }
        let mut into: Option<Into> = None;
        let (mut found, mut told) = (0_u64, None);
        for (at, line) in lines {
            let line: Json = serde_json::from_str(&line?).map_err(|_| SnapshotError::Line(at + 1))?;
            match &line {
                Json::Array(values) => {
                    let into = into.as_mut().ok_or(SnapshotError::Line(at + 1))?;
                    into.push(values).ok_or(SnapshotError::Line(at + 1))?;
                    found += 1;
                    if into.rows == BATCH {
                        into.write(&tx).await?;
                    }
                }
                Json::Object(object) => {
                    if let Some(mut done) = into.take() {
                        done.write(&tx).await?;
                    }
                    told = object.get("rows").and_then(Json::as_u64);
                    if told.is_some() {
                        break;
                    }
                    let begun = Into::begin(&tx, object).await?;
                    into = Some(begun.ok_or(SnapshotError::Line(at + 1))?);
                }
                _ => return Err(SnapshotError::Line(at + 1)),
            }
        }
        if told != Some(found) {
            return Err(SnapshotError::Short { found });
        }
        if backend == DbBackend::Postgres {
            // The identity counters go on behind what was restored; SQLite's do by themselves.
            for table in ["consent_event", "deposit_event", "job"] {
                let sql = format!(
                    "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM {table}), false)"
                );
                tx.query_one_raw(Statement::from_string(backend, sql)).await?;
            }
        }
        tx.commit().await?;
        Ok(found)
    }
}

/// Rows on their way into a table.
struct Into {
    table: &'static str,
    names: Vec<String>,
    types: Vec<Type>,
    values: Vec<Value>,
    rows: usize,
}

impl Into {
    async fn begin(
        tx: &DatabaseTransaction,
        head: &serde_json::Map<String, Json>,
    ) -> Result<Option<Self>, sea_orm::DbErr> {
        let table = head.get("table").and_then(Json::as_str);
        let Some(table) = TABLES.into_iter().find(|known| Some(*known) == table) else { return Ok(None) };
        let known = columns(tx, table).await?;
        let given: Option<Vec<(String, Type)>> = head.get("columns").and_then(Json::as_array).and_then(|names| {
            names
                .iter()
                .map(|name| known.iter().find(|(known, _)| Some(known.as_str()) == name.as_str()).cloned())
                .collect()
        });
        Ok(given.filter(|given| !given.is_empty()).map(|given| {
            let (names, types) = given.into_iter().unzip();
            Self { table, names, types, values: Vec::new(), rows: 0 }
        }))
    }

    fn push(&mut self, row: &[Json]) -> Option<()> {
        if row.len() != self.types.len() {
            return None;
        }
        for (json, kind) in row.iter().zip(&self.types) {
            self.values.push(value_of(json, *kind)?);
        }
        self.rows += 1;
        Some(())
    }

    async fn write(&mut self, tx: &DatabaseTransaction) -> Result<(), sea_orm::DbErr> {
        if self.rows == 0 {
            return Ok(());
        }
        let width = self.names.len();
        let rows: Vec<String> = (0..self.rows)
            .map(|row| {
                let marks: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
                format!("({})", marks.join(", "))
            })
            .collect();
        let own = if tx.get_database_backend() == DbBackend::Postgres { " OVERRIDING SYSTEM VALUE" } else { "" };
        let sql = format!("INSERT INTO {} ({}){own} VALUES {}", self.table, self.names.join(", "), rows.join(", "));
        let values = std::mem::take(&mut self.values);
        self.rows = 0;
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await.map(|_| ())
    }
}
