//! Small helpers between domain values and columns.

use jiff::Timestamp;
use sea_orm::{DbErr, QueryResult, Statement, TryGetable, Value};

use frontdesk_ports::store::StoreError;

use crate::unit_of_work::Executor;

pub(crate) fn unavailable(error: DbErr) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

/// One statement that writes, with its values.
pub(crate) async fn execute(on: &Executor, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    let statement = Statement::from_sql_and_values(on.backend(), sql, values);
    on.execute(statement).await.map(|done| done.rows_affected())
}

pub(crate) async fn one(on: &Executor, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, StoreError> {
    on.one(Statement::from_sql_and_values(on.backend(), sql, values)).await
}

/// One statement that writes and returns a row.
pub(crate) async fn returning(on: &Executor, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, StoreError> {
    on.returning(Statement::from_sql_and_values(on.backend(), sql, values)).await
}

pub(crate) async fn all(on: &Executor, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, StoreError> {
    on.all(Statement::from_sql_and_values(on.backend(), sql, values)).await
}

pub(crate) fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get::<T>("", column).map_err(unavailable)
}

pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(crate) fn instant(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Corrupt("an instant"))
}

pub(crate) fn id<T: std::str::FromStr>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    get::<String>(row, column)?.parse().map_err(|_| StoreError::Corrupt("an id"))
}

/// `$1, $2, …` for a list.
pub(crate) fn placeholders(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}
