//! The one connection that writes.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait as _, DbErr, ExecResult, RuntimeErr, Statement,
    error::ConnAcquireErr,
    sqlx::{
        self, Executor as _, Row as _, Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection,
    },
};

use crate::{
    Fault, Transaction,
    connection::note,
    fault::of_driver,
    file::free_space,
    place::{Place, refused},
};

/// Less free space than this is none: the log alone grows by as much at once.
const ROOM: u64 = 1 << 20;

/// The most pages that a database can have.
const MOST_PAGES: u32 = 0xFFFF_FFFE;

/// Begins, and says at once whose the file is: each statement is a way to the thread of the connection and back.
const BEGIN: &str = "BEGIN IMMEDIATE; PRAGMA user_version";

/// Takes up pages and is rolled back.
const PROBE: &str = "CREATE TABLE room_probe (filler BLOB);
    INSERT INTO room_probe VALUES (zeroblob(65536));";

/// Gives out transactions, one at a time. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer {
    source: Arc<Source>,
    timeout: Duration,
    /// Whether there was no room at the last look or for a write, and none has been seen since.
    full: Arc<AtomicBool>,
}

/// Where connections come from.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) pool: SqlitePool,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) bound: Bound,
    pub(crate) place: Arc<Place>,
    /// Whether the connection comes back from a transaction of which it is known that it has ended.
    pub(crate) settled: Arc<AtomicBool>,
}

/// How many pages a database may have. Each connection has to be told.
#[derive(Clone, Debug)]
pub(crate) struct Bound(Arc<AtomicU32>);

impl Default for Bound {
    fn default() -> Self {
        Self(Arc::new(AtomicU32::new(MOST_PAGES)))
    }
}

impl Bound {
    pub(crate) async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let pages = self.0.load(Ordering::Relaxed);
        let sql = format!("PRAGMA max_page_count = {pages}");
        connection.execute(sqlx::AssertSqlSafe(sql)).await.map(drop)
    }
}

impl Writer {
    pub(crate) fn new(source: Source, timeout: Duration) -> Self {
        Self {
            source: Arc::new(source),
            timeout,
            full: Arc::default(),
        }
    }

    /// Begins a transaction, once those before it have ended.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        self.begin_within(self.timeout).await
    }

    /// Begins a transaction, and gives up after a time.
    pub async fn begin_within(&self, timeout: Duration) -> Result<Transaction, DbErr> {
        let begun = tokio::time::timeout(timeout, async {
            let place = &self.source.place;
            place.check().map_err(refused)?;
            let mut connection = self.connection().await?;
            let begun = sqlx::query(BEGIN).fetch_one(&mut *connection).await;
            match begun.and_then(|row| row.try_get(0)) {
                Ok(claim) => {
                    let settled = self.source.settled.clone();
                    let transaction =
                        Transaction::new(connection, self.full.clone(), place.clone(), settled);
                    place.begun().map_err(refused)?;
                    place.is_of(claim).map_err(refused)?;
                    Ok(transaction)
                }
                Err(error) => {
                    if of_driver(&error) != Some(Fault::Busy) {
                        connection.close_on_drop();
                    }
                    note(&self.full, &error);
                    Err(DbErr::Exec(RuntimeErr::SqlxError(error.into())))
                }
            }
        });
        let timed_out = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        begun.await.map_err(timed_out)?
    }

    /// Takes the connection, of which nothing is known when it comes back until a transaction says so.
    async fn connection(&self) -> Result<PoolConnection<Sqlite>, DbErr> {
        let connection = self.source.pool.acquire().await.map_err(not_acquired)?;
        self.source.settled.store(false, Ordering::Relaxed);
        Ok(connection)
    }

    /// Runs one statement as a transaction.
    pub async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let transaction = self.begin().await?;
        let done = transaction.execute_raw(statement).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// Bounds the database to so many pages from now on; `None` lets it grow as `SQLite` does.
    pub async fn bound(&self, pages: Option<u32>) -> Result<(), DbErr> {
        self.source
            .bound
            .0
            .store(pages.unwrap_or(MOST_PAGES), Ordering::Relaxed);
        let mut connection = self.connection().await?;
        let applied = self.source.bound.apply(&mut connection).await;
        applied.map_err(|error| DbErr::Exec(RuntimeErr::SqlxError(error.into())))
    }

    /// Says whether there is room to write, and tries it where there was none.
    pub async fn has_room(&self) -> Result<bool, DbErr> {
        let free = self.source.folder.as_deref().and_then(free_space);
        if free.is_some_and(|free| free < ROOM) {
            self.full.store(true, Ordering::Relaxed);
            return Ok(false);
        }
        if !self.full.load(Ordering::Relaxed) {
            return Ok(true);
        }
        // A database may have a bound of its own. Rolled back, it leaves nothing for others.
        let transaction = self.begin().await?;
        let probed = transaction.execute_unprepared(PROBE).await;
        transaction.rollback().await;
        match probed {
            Ok(_) => {
                self.full.store(false, Ordering::Relaxed);
                Ok(true)
            }
            Err(error) if crate::fault(&error) == Some(Fault::Full) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Fails where what is written would be lost.
    pub fn check_place(&self) -> Result<(), DbErr> {
        self.source.place.check().map_err(refused)
    }

    /// Closes the connection.
    pub async fn close(&self) {
        self.source.pool.close().await;
    }
}

fn not_acquired(error: sqlx::Error) -> DbErr {
    match error {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
    }
}
