//! What an error of `SQLite` means.

use std::io;

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, sqlite::SqliteError},
};

use crate::{Lost, file::is_of_files};

/// What an error means for whoever gets it (<https://www.sqlite.org/rescode.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The statement is wrong or breaks a rule; the transaction goes on without it.
    Refused,
    /// Another connection was in the way for too long.
    Busy,
    /// There is no room left on the disk, or in the database.
    Full,
    /// The process, or the machine, may not open one more file.
    Files,
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

/// Says what an error of the driver means; `None` if neither `SQLite`, nor the system, nor we said it.
pub(crate) fn of_driver(error: &sqlx::Error) -> Option<Fault> {
    if as_lost(error).is_some() {
        return Some(Fault::Lost);
    }
    if let sqlx::Error::Io(error) = error {
        return of_system(error);
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
        // SQLITE_CANTOPEN, SQLITE_IOERR: SQLite does not say of the system's refusal which one it was.
        (10 | 14, _) if crate::files_used_up() => Fault::Files,
        _ => Fault::Broken,
    })
}

/// Says what the system's refusal means, where it is none of the network.
fn of_system(error: &io::Error) -> Option<Fault> {
    if is_of_files(error) {
        return Some(Fault::Files);
    }
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Fault::Full),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_told_apart() {
        let of = |number| of_driver(&sqlx::Error::Io(io::Error::from_raw_os_error(number)));
        // EMFILE, ENFILE; ENOSPC, EDQUOT; ECONNREFUSED.
        assert_eq!([24, 23].map(of), [Some(Fault::Files); 2]);
        assert_eq!([28, 122].map(of), [Some(Fault::Full); 2]);
        assert_eq!(of(111), None);
    }
}
