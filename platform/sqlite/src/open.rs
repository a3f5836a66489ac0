//! Opening a database.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbErr, RuntimeErr, sqlx,
    sqlx::{
        ConnectOptions as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};
use tokio::time::{Instant, sleep};

use crate::{
    Fault, Writer,
    connection::ask,
    fault::{fault, of_driver},
    file::{holds_no_more_files, make_private},
    place::Place,
    writer::{Bound, Source},
};

/// How a database is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file; it is made where it is missing.
    pub file: PathBuf,
    /// How many connections read.
    pub readers: u32,
    /// How long a writer waits for others.
    pub timeout: Duration,
}

/// An open database.
#[derive(Debug)]
pub struct Database {
    /// Writes.
    pub writer: Writer,
    /// Reads; writing through it fails.
    pub readers: DatabaseConnection,
    options: Options,
    place: Arc<Place>,
}

impl Database {
    /// Opens a database, and makes it where it is missing.
    pub async fn open(options: Options) -> Result<Self, DbErr> {
        make_private(&options.file).map_err(|error| failed(error.into()))?;
        // The writer comes first: it makes the tables' file out of an empty one.
        let (bound, place) = (Bound::default(), Place::of(&options.file));
        let place = Arc::new(place.map_err(|error| failed(error.into()))?);
        let settled = Arc::new(AtomicBool::new(false));
        let kind = Kind::Writes(bound.clone(), settled.clone());
        let source = Source {
            pool: pool(&options, kind, 1).await?,
            settled,
            bound,
            folder: options.file.parent().map(PathBuf::from),
            place: place.clone(),
        };
        let kind = Kind::Reads(place.clone());
        Ok(Self {
            writer: Writer::new(source, options.timeout),
            readers: pool(&options, kind, options.readers).await?.into(),
            options,
            place,
        })
    }

    /// Opens one more connection that reads, which is kept.
    pub async fn reader(&self) -> Result<DatabaseConnection, DbErr> {
        let kind = Kind::Reads(self.place.clone());
        Ok(pool(&self.options, kind, 1).await?.into())
    }

    /// Takes the database for this process alone: what any other one writes that has taken it before is
    /// refused from now on. `claim` is as good as unique, and not 0.
    pub async fn claim(&self, claim: i32) -> Result<(), DbErr> {
        let transaction = self.writer.begin().await?;
        let sql = format!("PRAGMA user_version = {claim}");
        transaction.execute_unprepared(&sql).await?;
        transaction.commit().await?;
        self.place.claimed(claim);
        Ok(())
    }

    /// Fails where what is written would be lost, or is another process' affair.
    pub async fn check_place(&self) -> Result<(), DbErr> {
        self.writer.check_place()?;
        self.place.is_ours(&self.readers).await
    }

    /// Opens a database that is there for reading, whatever is in it; `None` where there is no file.
    pub async fn look(options: &Options) -> Result<Option<DatabaseConnection>, DbErr> {
        match std::fs::metadata(&options.file) {
            Ok(_) => Ok(Some(pool(options, Kind::Looks, 1).await?.into())),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(failure) => Err(failed(failure.into())),
        }
    }

    /// Closes every connection.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.readers.close_by_ref().await?;
        self.writer.close().await;
        Ok(())
    }
}

/// What connections are for.
enum Kind {
    /// With a flag that a transaction sets whose end is known.
    Writes(Bound, Arc<AtomicBool>),
    Reads(Arc<Place>),
    /// To read what is there, and leave the file as it is.
    Looks,
}

async fn pool(options: &Options, kind: Kind, connections: u32) -> Result<sqlx::SqlitePool, DbErr> {
    let mut connect = SqliteConnectOptions::new()
        .filename(&options.file)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(options.timeout)
        .disable_statement_logging();
    if !matches!(kind, Kind::Looks) {
        connect = connect
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("journal_size_limit", "67108864");
    }
    if !matches!(kind, Kind::Writes(..)) {
        connect = connect.pragma("query_only", "ON");
    }
    let until = Instant::now() + options.timeout;
    loop {
        let mut pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(options.timeout)
            .test_before_acquire(false);
        match &kind {
            Kind::Writes(bound, settled) => {
                let (bound, settled) = (bound.clone(), settled.clone());
                pool = pool
                    .after_connect(move |connection, _| {
                        let bound = bound.clone();
                        Box::pin(async move { bound.apply(connection).await })
                    })
                    .after_release(move |connection, _| {
                        let settled = settled.swap(false, Ordering::Relaxed);
                        Box::pin(async move { Ok(settled || ask(connection).await?) })
                    });
            }
            Kind::Reads(place) => {
                // What was put into the place of the file is not read either.
                let place = place.clone();
                pool = pool.after_connect(move |_, _| {
                    let here = place.check();
                    Box::pin(async move { Ok(here?) })
                });
            }
            Kind::Looks => {}
        }
        match pool.connect_with(connect.clone()).await {
            Ok(pool) => return Ok(pool),
            // SQLite does not wait for others that make or close the file at the same moment.
            Err(error) if of_driver(&error) == Some(Fault::Busy) && Instant::now() < until => {
                sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(told(failed(error), &options.file)),
        }
    }
}

/// Says why no file could be made beside a database, where `SQLite` only says that one could not be opened.
pub(crate) fn told(error: DbErr, file: &Path) -> DbErr {
    let broken = fault(&error) == Some(Fault::Broken);
    if broken && file.parent().is_some_and(holds_no_more_files) {
        let full = "not one more file fits on the file system (df -i)";
        return failed(io::Error::new(io::ErrorKind::StorageFull, full).into());
    }
    error
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}
