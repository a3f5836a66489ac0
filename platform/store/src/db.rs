//! A service's database: many readers, transactions for everything that writes.

mod mark;
mod wakes;

use std::{
    fmt,
    marker::PhantomData,
    path::Path,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use metrics::{Histogram, histogram};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value,
    error::ConnAcquireErr,
};
use sv_kernel::{Ctx, Trail};
use sv_sqlite::Fault;
use tokio::{
    sync::{Notify, Semaphore, watch},
    time::{error::Elapsed, timeout},
};

pub use mark::seal_of;

use crate::{
    DbConfig, Migration, PostgresConfig, Reader, StoreError, Usage, migrate,
    pool::{Schema, TIMEOUT},
    transaction::Transaction,
};

/// Readers of one SQLite file.
const SQLITE_READERS: u32 = 4;
/// How often a transaction runs at most when deadlocks end it.
const ATTEMPTS: u32 = 4;
/// How long what no caller waits for waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(30);

/// The database of one service. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    service: String,
    /// The schema on PostgreSQL.
    schema: Option<String>,
    tables: Tables,
    reader: Reader,
    appended: Notify,
    /// Whose turn it is of those whom no caller waits for: one of them at a time stands in line with the calls, however
    /// much there is to do.
    background: Semaphore,
    waits: Histogram,
    /// Counts the commits that left something to do, by [`News`].
    news: [watch::Sender<u64>; 3],
    /// The way to other processes, where there is one.
    wakes: OnceLock<wakes::Wakes>,
}

/// What a commit leaves to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum News {
    /// A job by the clock is wanted now.
    Jobs,
    /// Work waits.
    Work,
    /// The feed has something without a position.
    Feed,
}

impl News {
    const ALL: [Self; 3] = [Self::Jobs, Self::Work, Self::Feed];
}

/// Where the tables are.
enum Tables {
    Sqlite(sv_sqlite::Database),
    Postgres(Schema),
}

impl Tables {
    fn reader(&self) -> Reader {
        match self {
            Self::Sqlite(file) => Reader::of_sqlite(file.readers.clone()),
            Self::Postgres(schema) => Reader::of_postgres(schema.clone()),
        }
    }

    async fn begin(&self) -> Result<Transaction, DbErr> {
        Ok(match self {
            Self::Sqlite(file) => Transaction::Sqlite(file.writer.begin().await?),
            Self::Postgres(schema) => {
                let (inner, held) = schema.begin().await?;
                Transaction::of_postgres(inner, held, schema.clone())
            }
        })
    }

    async fn close(&self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(file) => file.close().await,
            Self::Postgres(schema) => schema.close().await,
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Db").field(&self.0.service).finish()
    }
}

impl Db {
    /// Opens a service's database and brings its tables to the shape that `migrations` describe.
    ///
    /// The tables of [outbox](crate::outbox), [inbox](crate::inbox), [leases](crate::lease) and
    /// [idempotency keys](crate::idempotency) are added to every database.
    pub fn open<'a>(
        config: &'a DbConfig,
        service: &'a str,
        migrations: &'a [Migration],
    ) -> BoxFuture<'a, Result<Self, StoreError>> {
        Box::pin(Self::open_now(config, service, migrations))
    }

    async fn open_now(
        config: &DbConfig,
        service: &str,
        migrations: &[Migration],
    ) -> Result<Self, StoreError> {
        let inner = match config {
            DbConfig::Sqlite { folder } => open_sqlite(folder, service).await?,
            DbConfig::Postgres(postgres) => open_postgres(postgres, service),
        };
        let tx = inner.tables.begin().await?;
        migrate::run(tx, inner.schema.as_deref(), migrations).await?;
        Ok(Self(Arc::new(inner)))
    }

    /// Lists the migrations that a service's database still lacks, without changing it.
    pub async fn pending(
        config: &DbConfig,
        service: &str,
        migrations: &'static [Migration],
    ) -> Result<Vec<&'static str>, StoreError> {
        let all = || migrations.iter().map(|migration| migration.id).collect();
        match config {
            DbConfig::Sqlite { folder } => {
                let file = file_of(folder, service);
                let Some(tables) = sv_sqlite::Database::look(&file).await? else {
                    return Ok(all());
                };
                let pending = migrate::pending(&tables, None, migrations).await;
                tables.close().await?;
                pending
            }
            DbConfig::Postgres(postgres) => {
                let inner = open_postgres(postgres, service);
                migrate::pending(&inner.reader, inner.schema.as_deref(), migrations).await
            }
        }
    }

    /// Returns the name of the service that owns the tables.
    pub fn service(&self) -> &str {
        &self.0.service
    }

    /// Returns a connection for queries. Writing through it fails on SQLite.
    pub fn read(&self) -> &Reader {
        &self.0.reader
    }

    /// Says which database this is.
    pub fn backend(&self) -> DbBackend {
        self.read().get_database_backend()
    }

    /// Begins a transaction. End it with [`Tx::commit`]; dropping it, by `?` or because the caller
    /// went away, undoes it. Services have [`Self::respond`] and [`Self::write`] instead.
    ///
    /// In a box, like all of this file that leads to a driver: what is awaited as it is becomes a part of every
    /// service that awaits it, driver and all.
    pub(crate) fn begin<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Tx, StoreError>> {
        Box::pin(self.begin_now(ctx))
    }

    async fn begin_now(&self, ctx: &Ctx) -> Result<Tx, StoreError> {
        let inner = self.begin_in_turn(ctx).await;
        let timed_out = |_| Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        let inner = inner.unwrap_or_else(timed_out);
        let inner = inner.map_err(|error| self.not_begun(error))?;
        let tx = Tx {
            inner,
            db: self.clone(),
            contended: AtomicBool::new(false),
            appended: AtomicBool::new(false),
            news: News::ALL.map(|_| AtomicBool::new(false)),
            trail: OnceLock::new(),
        };
        if let (DbBackend::Postgres, Some(left)) = (self.backend(), ctx.remaining()) {
            let millis = left.as_millis().max(1);
            // Who waits for another's row that long is told so, and not that the database is slow.
            let lock = (millis / 4 * 3).max(1);
            tx.execute_unprepared(&format!(
                "SET LOCAL statement_timeout = {millis}; SET LOCAL lock_timeout = {lock}"
            ))
            .await?;
        }
        Ok(tx)
    }

    /// Waits for a connection that writes. Calls are let in between what nobody waits for.
    async fn begin_in_turn(&self, ctx: &Ctx) -> Result<Result<Transaction, DbErr>, Elapsed> {
        let remaining = ctx.remaining();
        let _turn = match remaining {
            Some(_) => None,
            None => Some(timeout(TURN_TIMEOUT, self.0.background.acquire()).await?),
        };
        // A tenth of the time is left to say why.
        let left = remaining.map_or(TIMEOUT, |left| left / 10 * 9);
        let begun = Instant::now();
        let inner = timeout(left.min(TIMEOUT), self.0.tables.begin()).await;
        self.0.waits.record(begun.elapsed());
        inner
    }

    /// Says why no transaction was begun. SQLite has one writer: who waits too long for it has others in the way, and
    /// nothing is wrong with the database.
    fn not_begun(&self, error: DbErr) -> StoreError {
        let waited = matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
            || sv_sqlite::fault(&error) == Some(Fault::Busy);
        if waited && self.backend() == DbBackend::Sqlite {
            return StoreError::Contended(error);
        }
        error.into()
    }

    /// Runs work in a transaction and commits: for what has no answer of its own, e.g. a job or one step of
    /// a call. An error undoes all of it, and so does giving the future up.
    ///
    /// It runs again when PostgreSQL ends the transaction because of a deadlock or a conflict, so it must
    /// have no effect but through its transaction. SQLite runs one transaction at a time: ask nobody
    /// outside meanwhile.
    pub async fn write<'a, T, E, W>(&self, ctx: &Ctx, make: W) -> Result<T, E>
    where
        E: From<StoreError>,
        W: for<'t> Fn(&'t Tx) -> Work<'t, 'a, Result<T, E>>,
    {
        let mut attempt = 1;
        loop {
            let (result, contended) = self.attempt(ctx, &make).await?;
            if !contended || attempt == ATTEMPTS {
                return result;
            }
            attempt += 1;
        }
    }

    /// Runs a transaction once; says, too, whether others were in the way, so that it may run again.
    async fn attempt<'a, T, E, W>(
        &self,
        ctx: &Ctx,
        make: &W,
    ) -> Result<(Result<T, E>, bool), StoreError>
    where
        E: From<StoreError>,
        W: for<'t> Fn(&'t Tx) -> Work<'t, 'a, Result<T, E>>,
    {
        let tx = self.begin(ctx).await?;
        let result = make(&tx).await;
        let contended = tx.contended.load(Ordering::Relaxed);
        match result {
            Ok(value) => match tx.commit().await {
                Ok(()) => Ok((Ok(value), false)),
                Err(failure) => {
                    let contended = contended || matches!(failure, StoreError::Contended(_));
                    Ok((Err(failure.into()), contended))
                }
            },
            Err(refusal) => {
                // What cannot be rolled back was lost with its connection: the refusal stands.
                let _ = tx.rollback().await;
                Ok((Err(refusal), contended))
            }
        }
    }

    /// Says how many of its connections are in use: of the file's readers, or of all of the process'.
    pub fn usage(&self) -> Usage {
        match &self.0.tables {
            Tables::Sqlite(file) => {
                let pool = file.readers.get_sqlite_connection_pool();
                let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
                Usage {
                    pool: self.0.service.clone(),
                    in_use: pool.size().saturating_sub(idle),
                    limit: SQLITE_READERS,
                }
            }
            Tables::Postgres(schema) => schema.usage(),
        }
    }

    /// Asks the database whether it is there, and takes writes.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if self.backend() == DbBackend::Sqlite {
            return Ok(self.read().ping().await?);
        }
        let asked = Statement::from_string(
            self.backend(),
            "SELECT current_setting('transaction_read_only') = 'on' AS read_only",
        );
        let answer = self.read().query_one_raw(asked).await?;
        match answer.map(|row| row.try_get("", "read_only")).transpose()? {
            Some(true) => Err(StoreError::ReadOnly(None)),
            _ => Ok(()),
        }
    }

    /// Fails while there is no room to write, and tries it where a write has found none.
    pub async fn check_room(&self) -> Result<(), StoreError> {
        match &self.0.tables {
            Tables::Sqlite(file) if !file.writer.has_room().await? => Err(StoreError::Full(None)),
            _ => Ok(()),
        }
    }

    /// Fails where what is written would be lost: the file was deleted or replaced, or another process
    /// has taken it for itself.
    pub async fn check_place(&self) -> Result<(), StoreError> {
        match &self.0.tables {
            Tables::Sqlite(file) => Ok(file.check_place().await?),
            Tables::Postgres(_) => Ok(()),
        }
    }

    /// Takes the tables for this process alone, where they are a file: what another one writes that has
    /// taken them before is refused from now on.
    pub async fn claim(&self, ctx: &Ctx) -> Result<(), StoreError> {
        let Tables::Sqlite(file) = &self.0.tables else {
            return Ok(());
        };
        let [.., a, b, c, d] = *ctx.new_id::<Self>().uuid().as_bytes();
        // The end of an id is random; 0 means nobody.
        let claim = i32::from_be_bytes([a, b, c, d]) | 1;
        Ok(file.claim(claim).await?)
    }

    /// Closes every connection.
    pub async fn close(&self) -> Result<(), StoreError> {
        Ok(self.0.tables.close().await?)
    }

    /// Returns what writes on SQLite, for tests of its bounds.
    #[cfg(feature = "testing")]
    pub(crate) fn sqlite_writer(&self) -> Option<&sv_sqlite::Writer> {
        match &self.0.tables {
            Tables::Sqlite(file) => Some(&file.writer),
            Tables::Postgres(_) => None,
        }
    }

    /// Tells of commits, of this process and of others that reach it, that leave something to be done.
    pub(crate) fn news(&self, of: News) -> watch::Receiver<u64> {
        self.0.news[of as usize].subscribe()
    }

    /// Waits until a transaction of this process, or of another that reaches it, has committed an event.
    pub(crate) async fn appended(&self) {
        self.0.appended.notified().await;
    }
}

/// What runs in a transaction: it borrows that, and what its caller has (`'a`).
pub struct Work<'t, 'a, T>(
    Pin<Box<dyn Future<Output = T> + Send + 't>>,
    // Tells the compiler that what the caller has outlives the transaction.
    PhantomData<&'t &'a ()>,
);

impl<T> Future for Work<'_, '_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.0.as_mut().poll(cx)
    }
}

impl<T> fmt::Debug for Work<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Work")
    }
}

/// Makes the work of [`Db::respond`] and [`Db::write`].
pub fn work<'t, 'a: 't, T>(work: impl Future<Output = T> + Send + 't) -> Work<'t, 'a, T> {
    Work(Box::pin(work), PhantomData)
}

/// A transaction. Use it wherever sea-orm takes a connection. Services are only lent one.
pub struct Tx {
    inner: Transaction,
    db: Db,
    contended: AtomicBool,
    appended: AtomicBool,
    news: [AtomicBool; 3],
    trail: OnceLock<Trail>,
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tx").field(&self.db).finish()
    }
}

impl Tx {
    /// Makes the changes durable.
    pub fn commit(self) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(self.commit_now())
    }

    async fn commit_now(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
        let left = News::ALL
            .into_iter()
            .filter(|of| self.news[*of as usize].load(Ordering::Relaxed));
        self.db
            .wake_all(self.appended.load(Ordering::Relaxed), left);
        if let Some(trail) = self.trail.get() {
            trail.settle();
        }
        Ok(())
    }

    /// Undoes the changes, and returns when that is done.
    pub fn rollback(self) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move { Ok(self.inner.rollback().await?) })
    }

    /// Runs hand-written SQL with `$1`… for values, and returns how many rows it touched.
    pub async fn run<const N: usize>(
        &self,
        sql: &'static str,
        values: [Value; N],
    ) -> Result<u64, StoreError> {
        let statement = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        Ok(self.execute_raw(statement).await?.rows_affected())
    }

    /// Runs a hand-written query with `$1`… for values, and returns its first row.
    pub async fn row<const N: usize>(
        &self,
        sql: &'static str,
        values: [Value; N],
    ) -> Result<Option<QueryResult>, StoreError> {
        let statement = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        Ok(self.query_one_raw(statement).await?)
    }

    /// Runs a hand-written query with `$1`… for values, and returns its rows.
    pub async fn rows(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let statement = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        Ok(self.query_all_raw(statement).await?)
    }

    /// Remembers that the relay has something to do after the commit.
    pub(crate) fn mark_appended(&self) {
        self.appended.store(true, Ordering::Relaxed);
    }

    /// Remembers that there is something to do after the commit.
    pub(crate) fn mark_news(&self, of: News) {
        self.news[of as usize].store(true, Ordering::Relaxed);
    }

    /// Remembers that the transaction holds the audit record of a call.
    pub(crate) fn mark_audited(&self, trail: &Trail) {
        // One record is enough: further ones of the same call are its own affair.
        let _ = self.trail.set(trail.clone());
    }

    /// Returns the name of the service whose tables these are.
    pub(crate) fn service(&self) -> &str {
        self.db.service()
    }

    /// Has the transaction run again, as if another one had been in its way.
    #[cfg(test)]
    pub(crate) fn contend(&self) {
        self.contended.store(true, Ordering::Relaxed);
    }

    /// Remembers an error after which the whole transaction may run again.
    fn seen<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(error) = &result
            && matches!(error.clone().into(), StoreError::Contended(_))
        {
            self.contended.store(true, Ordering::Relaxed);
        }
        result
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.seen(self.inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.seen(self.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.seen(self.inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.seen(self.inner.query_all_raw(statement).await)
    }
}

/// Says how the file of a service is opened.
fn file_of(folder: &Path, service: &str) -> sv_sqlite::Options {
    sv_sqlite::Options {
        file: folder.join(format!("{service}.db")),
        readers: SQLITE_READERS,
        timeout: TIMEOUT,
    }
}

async fn open_sqlite(folder: &Path, service: &str) -> Result<Inner, StoreError> {
    let file = sv_sqlite::Database::open(file_of(folder, service)).await?;
    Ok(Inner::of(service, None, Tables::Sqlite(file)))
}

fn open_postgres(config: &PostgresConfig, service: &str) -> Inner {
    let name = format!("{}{service}", config.schema_prefix);
    let schema = config.connections.pool(config).schema(&name);
    Inner::of(service, Some(name), Tables::Postgres(schema))
}

impl Inner {
    fn of(service: &str, schema: Option<String>, tables: Tables) -> Self {
        Self {
            service: service.to_owned(),
            schema,
            reader: tables.reader(),
            tables,
            appended: Notify::new(),
            background: Semaphore::new(1),
            waits: histogram!("streamverse_store_wait_seconds", "svc" => service.to_owned()),
            news: News::ALL.map(|_| watch::Sender::new(0)),
            wakes: OnceLock::new(),
        }
    }
}
