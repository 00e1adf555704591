//! The few differences between the two databases.

use sea_orm::DbBackend;

/// What a statement adds so that two workers never claim the same row.
pub(crate) fn skip_locked(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { "FOR UPDATE OF j SKIP LOCKED" } else { "" }
}

/// What a read adds to lock its rows until the end of the transaction. `SQLite` has one writer at a time anyway.
pub(crate) fn for_update(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { "FOR UPDATE" } else { "" }
}

/// The channel that wakes other replicas.
pub(crate) const JOBS_CHANNEL: &str = "frontdesk_jobs";

/// The channel that tells other replicas which conversations changed.
pub(crate) const CHANGES_CHANNEL: &str = "frontdesk_changes";

/// The type of a 64-bit integer.
pub(crate) fn integer(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { "BIGINT" } else { "INTEGER" }
}

/// The type of bytes.
pub(crate) fn bytes(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { "BYTEA" } else { "BLOB" }
}
