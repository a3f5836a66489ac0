//! A transaction on either database, as its driver has it.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use crate::pool::{Held, Schema};

/// Changes that become durable together. Dropped, it undoes them.
pub(crate) enum Transaction {
    /// `sv_sqlite` asks `SQLite` what became of it.
    Sqlite(sv_sqlite::Transaction),
    Postgres {
        inner: DatabaseTransaction,
        /// The connection, given back when the transaction has ended.
        held: Held,
        schema: Schema,
        /// Whether a statement has failed: PostgreSQL then answers `COMMIT` with a rollback, and no
        /// error.
        failed: AtomicBool,
    },
}

impl Transaction {
    pub(crate) fn of_postgres(inner: DatabaseTransaction, held: Held, schema: Schema) -> Self {
        Self::Postgres {
            inner,
            held,
            schema,
            failed: AtomicBool::new(false),
        }
    }

    /// Makes the changes durable. They are when this succeeds.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(inner) => inner.commit().await,
            Self::Postgres {
                inner,
                held,
                failed,
                ..
            } if failed.load(Ordering::Relaxed) => {
                let undone = inner.rollback().await;
                drop(held);
                undone?;
                Err(DbErr::Custom(
                    "a statement of the transaction had failed".to_owned(),
                ))
            }
            Self::Postgres { inner, held, .. } => {
                let done = inner.commit().await;
                drop(held);
                done
            }
        }
    }

    /// Undoes the changes.
    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(inner) => {
                inner.rollback().await;
                Ok(())
            }
            Self::Postgres { inner, held, .. } => {
                let undone = inner.rollback().await;
                drop(held);
                undone
            }
        }
    }

    fn heard<T>(&self, answer: Result<T, DbErr>) -> Result<T, DbErr> {
        if let (Self::Postgres { failed, .. }, Err(_)) = (self, &answer) {
            failed.store(true, Ordering::Relaxed);
        }
        answer
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(_) => DbBackend::Sqlite,
            Self::Postgres { .. } => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.heard(match self {
            Self::Sqlite(inner) => inner.execute_raw(statement).await,
            Self::Postgres { inner, schema, .. } => {
                inner.execute_raw(schema.marked(statement)).await
            }
        })
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.heard(match self {
            Self::Sqlite(inner) => inner.execute_unprepared(sql).await,
            Self::Postgres { inner, .. } => inner.execute_unprepared(sql).await,
        })
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.heard(match self {
            Self::Sqlite(inner) => inner.query_one_raw(statement).await,
            Self::Postgres { inner, schema, .. } => {
                inner.query_one_raw(schema.marked(statement)).await
            }
        })
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.heard(match self {
            Self::Sqlite(inner) => inner.query_all_raw(statement).await,
            Self::Postgres { inner, schema, .. } => {
                inner.query_all_raw(schema.marked(statement)).await
            }
        })
    }
}
