//! What can go wrong with tables.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use sv_proto::common::CommonReason;
use sv_sqlite::Fault;

use crate::migration::MigrationError;

/// A fault of the database, or of what is stored in it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database took too long to let the call in, or cannot be reached.
    #[error("the database is busy or cannot be reached")]
    Unavailable(#[source] DbErr),
    /// The database takes no writes: it is a replica, or was made read-only; nothing was changed.
    #[error("the database takes no writes: it is read-only, or a replica")]
    ReadOnly(#[source] Option<DbErr>),
    /// The database's file, or the disk below it, failed.
    #[error("the database's file or the disk below it failed")]
    Broken(#[source] DbErr),
    /// The process may not open one more file, nor one more connection.
    #[error("no more files may be open here; raise the limit (ulimit -n, LimitNOFILE= of systemd)")]
    Files(#[source] DbErr),
    /// Another transaction was in the way each time; nothing was changed.
    #[error("other transactions were in the way")]
    Contended(#[source] DbErr),
    /// The lease of a piece of work ran out, and somebody else may do it by now; nothing was changed.
    #[error("the lease of a piece of work ran out, and somebody else may do it by now")]
    Taken,
    /// There is no room left where the tables are; nothing was changed.
    #[error("there is no room left where the tables are; free some space")]
    Full(#[source] Option<DbErr>),
    /// What is written would be lost, or is another process' affair; nothing was changed.
    #[error(transparent)]
    Lost(sv_sqlite::Lost),
    /// Somebody else's question failed, whose answer would have been this one's, too.
    #[error(transparent)]
    Shared(std::sync::Arc<StoreError>),
    /// A statement failed.
    #[error("a statement failed")]
    Statement(#[source] DbErr),
    /// No bus would take the event.
    #[error("no bus would take the event")]
    Event(#[source] sv_ports::PortError),
    /// A row holds what the program never writes.
    #[error("{table}.{column} of row {row} holds an impossible value")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// The tables could not be brought to the program's shape.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

impl StoreError {
    /// Says whether a unique index refused the row.
    ///
    /// On PostgreSQL the transaction is lost then: return the error instead of going on, or
    /// insert with `ON CONFLICT DO NOTHING`.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Statement(error)
            if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }

    /// Returns what failed, whoever asked.
    fn own(&self) -> &Self {
        match self {
            Self::Shared(failure) => failure.own(),
            own => own,
        }
    }

    /// Says that a row holds what the program never writes.
    pub fn inconsistent(table: &'static str, column: &'static str, row: impl Into<String>) -> Self {
        Self::Inconsistent {
            table,
            column,
            row: row.into(),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let Some(lost) = sv_sqlite::lost(&error) {
            return Self::Lost(lost.clone());
        }
        match kind(&error) {
            Kind::Unavailable => Self::Unavailable(error),
            Kind::Contended => Self::Contended(error),
            Kind::Full => Self::Full(Some(error)),
            Kind::Files => Self::Files(error),
            Kind::Broken => Self::Broken(error),
            Kind::ReadOnly => Self::ReadOnly(Some(error)),
            Kind::Other => Self::Statement(error),
        }
    }
}

enum Kind {
    Unavailable,
    Contended,
    Full,
    Files,
    Broken,
    ReadOnly,
    Other,
}

fn kind(error: &DbErr) -> Kind {
    match sv_sqlite::fault(error) {
        Some(Fault::Full) => return Kind::Full,
        Some(Fault::Files) => return Kind::Files,
        Some(Fault::Broken) => return Kind::Broken,
        Some(Fault::Busy | Fault::Lost) => return Kind::Unavailable,
        Some(Fault::Refused) => return Kind::Other,
        None => {}
    }
    let driver = match error {
        DbErr::ConnectionAcquire(_) => return Kind::Unavailable,
        DbErr::Conn(RuntimeErr::SqlxError(driver))
        | DbErr::Exec(RuntimeErr::SqlxError(driver))
        | DbErr::Query(RuntimeErr::SqlxError(driver)) => driver,
        _ => return Kind::Other,
    };
    match &**driver {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Kind::Unavailable,
        sqlx::Error::Database(error) => kind_of_code(&error.code().unwrap_or_default()),
        _ => Kind::Other,
    }
}

/// PostgreSQL's codes have five characters.
fn kind_of_code(code: &str) -> Kind {
    match code {
        // serialization_failure, deadlock_detected, lock_not_available (lock_timeout).
        "40001" | "40P01" | "55P03" => Kind::Contended,
        // disk_full.
        "53100" => Kind::Full,
        // read_only_sql_transaction.
        "25006" => Kind::ReadOnly,
        // io_error, data_corrupted, index_corrupted.
        "58030" | "XX001" | "XX002" => Kind::Broken,
        // query_canceled (statement_timeout), insufficient_resources and its kinds, admin_shutdown, crash_shutdown,
        // cannot_connect_now, database_dropped, idle_session_timeout, invalid_authorization_specification,
        // invalid_password, invalid_catalog_name.
        "57014" | "53000" | "53200" | "53300" | "53400" | "57P01" | "57P02" | "57P03" | "57P04"
        | "57P05" | "28000" | "28P01" | "3D000" => Kind::Unavailable,
        // connection_exception and its kinds.
        _ if code.len() == 5 && code.starts_with("08") => Kind::Unavailable,
        _ => Kind::Other,
    }
}

impl From<StoreError> for sv_kernel::Error {
    fn from(error: StoreError) -> Self {
        let reason = match error.own() {
            StoreError::Unavailable(_) | StoreError::Broken(_) | StoreError::ReadOnly(_) => {
                CommonReason::Unavailable
            }
            StoreError::Files(_) => CommonReason::FilesExhausted,
            StoreError::Contended(_) | StoreError::Taken => CommonReason::Contended,
            StoreError::Full(_) => CommonReason::StorageFull,
            StoreError::Lost(_) => CommonReason::StorageLost,
            _ => CommonReason::Internal,
        };
        Self::from(reason).because(error)
    }
}
