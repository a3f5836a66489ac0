//! What a connection that writes is asked, and what its errors tell of the room that is left.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::sqlx::{self, Executor as _, SqliteConnection};

use crate::{Fault, fault::of_driver};

/// Asks a connection that comes back what it is doing, and whether it can be used again.
///
/// `ROLLBACK` succeeds in a transaction, which somebody gave up, and is refused outside one. Anything
/// else is doubt.
pub(crate) async fn ask(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    match connection.execute("ROLLBACK").await {
        Ok(_) => Ok(true),
        Err(error) => Ok(of_driver(&error) == Some(Fault::Refused)),
    }
}

/// Remembers that there is no room.
pub(crate) fn note(full: &AtomicBool, error: &sqlx::Error) {
    if of_driver(error) == Some(Fault::Full) && !full.swap(true, Ordering::Relaxed) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "no room left to write; free some space"
        );
    }
}
