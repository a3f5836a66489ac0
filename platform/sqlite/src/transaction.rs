//! A transaction, by the words that `SQLite` itself knows.
//!
//! The driver counts transactions by itself and goes on counting where `SQLite` has rolled back: what
//! it calls a commit would then release a savepoint of a transaction that never ends. So `BEGIN`,
//! `COMMIT` and `ROLLBACK` are statements here, and their answers are `SQLite`'s own.

use std::sync::{
    Arc, Mutex as StdMutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sqlx::{self, AssertSqlSafe, Executor as _, Sqlite, pool::PoolConnection},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Mutex;

use crate::{
    connection::{ask, note},
    fault::ends_transaction,
    limit::with_limit_written,
    place::{Place, refused},
};

/// Changes that become durable together. Dropped, it undoes them.
#[derive(Debug)]
pub struct Transaction {
    connection: Mutex<PoolConnection<Sqlite>>,
    /// The error after which `SQLite` may have ended the transaction.
    ended_by: StdMutex<Option<DbErr>>,
    full: Arc<AtomicBool>,
    place: Arc<Place>,
    /// Told when `SQLite` has said that the transaction has ended: its connection need not be asked then.
    settled: Arc<AtomicBool>,
}

impl Transaction {
    /// Takes a connection on which `BEGIN` has succeeded.
    pub(crate) fn new(
        connection: PoolConnection<Sqlite>,
        full: Arc<AtomicBool>,
        place: Arc<Place>,
        settled: Arc<AtomicBool>,
    ) -> Self {
        Self {
            connection: Mutex::new(connection),
            ended_by: StdMutex::default(),
            full,
            place,
            settled,
        }
    }

    /// Makes the changes durable. They are when this succeeds: it is `SQLite`'s answer to `COMMIT`,
    /// which it refuses outside a transaction.
    pub async fn commit(self) -> Result<(), DbErr> {
        // What was done so far is undone when the connection comes back.
        self.place.check().map_err(refused)?;
        let failure = match self.go_on() {
            Ok(()) => {
                let commit = sqlx::query("COMMIT");
                let committed = commit.execute(&mut **self.connection.lock().await).await;
                match committed {
                    Ok(_) => {
                        self.settled.store(true, Ordering::Relaxed);
                        return Ok(());
                    }
                    Err(error) => {
                        note(&self.full, &error);
                        exec_error(error)
                    }
                }
            }
            Err(ended) => ended,
        };
        // Whatever it answers to `ROLLBACK`: nobody uses this connection again.
        let mut connection = self.connection.into_inner();
        connection.close_on_drop();
        let _ = ask(&mut connection).await;
        Err(failure)
    }

    /// Undoes the changes.
    pub async fn rollback(self) {
        let mut connection = self.connection.into_inner();
        if matches!(ask(&mut connection).await, Ok(true)) {
            self.settled.store(true, Ordering::Relaxed);
        } else {
            connection.close_on_drop();
        }
    }

    /// Fails where an error has ended the transaction: a further statement would be one of its own.
    fn go_on(&self) -> Result<(), DbErr> {
        let ended = self.ended_by.lock().unwrap_or_else(PoisonError::into_inner);
        ended.clone().map_or(Ok(()), Err)
    }

    /// Looks at what `SQLite` answered to a statement. A connection of which nobody knows any more
    /// what it is doing is used no further.
    fn heard<T>(
        &self,
        connection: &mut PoolConnection<Sqlite>,
        answer: Result<T, sqlx::Error>,
        kind: fn(sqlx::Error) -> DbErr,
    ) -> Result<T, DbErr> {
        answer.map_err(|error| {
            note(&self.full, &error);
            let ends = ends_transaction(&error);
            let error = kind(error);
            if ends {
                connection.close_on_drop();
                *self.ended_by.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
            }
            error
        })
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.go_on()?;
        let mut connection = self.connection.lock().await;
        let statement = with_limit_written(statement);
        let done = query(&statement).execute(&mut **connection).await;
        self.heard(&mut connection, done, exec_error)
            .map(Into::into)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.go_on()?;
        let mut connection = self.connection.lock().await;
        let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
        self.heard(&mut connection, done, exec_error)
            .map(Into::into)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.go_on()?;
        let mut connection = self.connection.lock().await;
        let statement = with_limit_written(statement);
        // All rows, though one is wanted: `RETURNING` has its effect only when it has ended.
        let rows = query(&statement).fetch_all(&mut **connection).await;
        let rows = self.heard(&mut connection, rows, query_error)?;
        Ok(rows.into_iter().next().map(Into::into))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.go_on()?;
        let mut connection = self.connection.lock().await;
        let statement = with_limit_written(statement);
        let rows = query(&statement).fetch_all(&mut **connection).await;
        let rows = self.heard(&mut connection, rows, query_error)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

fn query(statement: &Statement) -> sqlx::query::Query<'_, Sqlite, SqlxValues> {
    let values = statement.values.clone();
    let values = values.unwrap_or_else(|| sea_orm::sea_query::Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

fn exec_error(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}
