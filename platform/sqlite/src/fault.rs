//! What an error of `SQLite` means.

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, sqlite::SqliteError},
};

use crate::Lost;

/// What an error means for whoever gets it (<https://www.sqlite.org/rescode.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The statement is wrong or breaks a rule; the transaction goes on without it.
    Refused,
    /// Another connection was in the way for too long.
    Busy,
    /// There is no room left on the disk, or in the database.
    Full,
    /// The disk or the file failed.
    Broken,
    /// The file is not at its path any more, or another process' own ([`Lost`]).
    Lost,
}

/// Says what an error means; `None` if it does not come from a database.
pub fn fault(error: &DbErr) -> Option<Fault> {
    of_driver(driver(error)?)
}

/// Says what became of a database, where an error is [`Fault::Lost`].
pub fn lost(error: &DbErr) -> Option<&Lost> {
    as_lost(driver(error)?)
}

fn driver(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(driver))
        | DbErr::Exec(RuntimeErr::SqlxError(driver))
        | DbErr::Query(RuntimeErr::SqlxError(driver)) => Some(driver),
        _ => None,
    }
}

fn as_lost(error: &sqlx::Error) -> Option<&Lost> {
    match error {
        sqlx::Error::Configuration(error) => error.downcast_ref(),
        _ => None,
    }
}

/// Says what an error of the driver means; `None` if neither `SQLite` nor we said it.
pub(crate) fn of_driver(error: &sqlx::Error) -> Option<Fault> {
    if as_lost(error).is_some() {
        return Some(Fault::Lost);
    }
    let error = error.as_database_error()?;
    error.try_downcast_ref::<SqliteError>()?;
    let code: u32 = error.code()?.parse().ok()?;
    Some(match (code & 0xFF, code) {
        // SQLITE_FULL, and SQLITE_IOERR_SHMSIZE: no room for the index of the log.
        (13, _) | (_, 4874) => Fault::Full,
        // SQLITE_BUSY, SQLITE_LOCKED.
        (5 | 6, _) => Fault::Busy,
        // SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE.
        (1 | 18 | 19 | 20 | 25, _) => Fault::Refused,
        _ => Fault::Broken,
    })
}

/// Says whether `SQLite` may have rolled back by itself.
pub(crate) fn ends_transaction(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::RowNotFound
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::Encode(_) => false,
        error => of_driver(error) != Some(Fault::Refused),
    }
}
