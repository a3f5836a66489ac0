//! What queries run on, outside of transactions.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use sv_sqlite::with_limit_written;

use crate::pool::Schema;

/// A service's tables for queries. Use it wherever sea-orm takes a connection.
#[derive(Clone, Debug)]
pub struct Reader(Of);

#[derive(Clone, Debug)]
enum Of {
    /// Readers of one file; they cannot write.
    Sqlite(DatabaseConnection),
    /// The connections of the process.
    Postgres(Schema),
}

impl Reader {
    pub(crate) fn of_sqlite(readers: DatabaseConnection) -> Self {
        Self(Of::Sqlite(readers))
    }

    pub(crate) fn of_postgres(schema: Schema) -> Self {
        Self(Of::Postgres(schema))
    }

    /// Asks the database whether it is there.
    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        match &self.0 {
            Of::Sqlite(readers) => readers.ping().await,
            Of::Postgres(schema) => schema.ping().await,
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Of::Sqlite(_) => DbBackend::Sqlite,
            Of::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Of::Sqlite(readers) => readers.execute_raw(statement).await,
            Of::Postgres(schema) => schema.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Of::Sqlite(readers) => readers.execute_unprepared(sql).await,
            Of::Postgres(schema) => schema.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.0 {
            Of::Sqlite(readers) => readers.query_one_raw(with_limit_written(statement)).await,
            Of::Postgres(schema) => schema.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.0 {
            Of::Sqlite(readers) => readers.query_all_raw(with_limit_written(statement)).await,
            Of::Postgres(schema) => schema.query_all_raw(statement).await,
        }
    }
}
