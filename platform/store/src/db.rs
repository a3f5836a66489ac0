//! A service's database: many readers, transactions for everything that writes.

mod mark;

use std::{
    fmt,
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value,
    error::ConnAcquireErr,
};
use sv_kernel::{Ctx, Trail};
use tokio::sync::Notify;

pub use mark::seal_of;

use crate::{
    DbConfig, Migration, PostgresConfig, Reader, StoreError, migration, pool::Schema,
    transaction::Transaction,
};

/// How long a call waits for a connection or for SQLite's single writer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// Readers of one SQLite file.
const SQLITE_READERS: u32 = 4;
/// How often a transaction runs at most when deadlocks end it.
const ATTEMPTS: u32 = 4;

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
            Self::Postgres(schema) => schema.begin().await?,
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
    pub async fn open(
        config: &DbConfig,
        service: &str,
        migrations: &[Migration],
    ) -> Result<Self, StoreError> {
        let inner = match config {
            DbConfig::Sqlite { folder } => open_sqlite(folder, service).await?,
            DbConfig::Postgres(postgres) => open_postgres(postgres, service),
        };
        let tx = inner.tables.begin().await?;
        migration::run(tx, inner.schema.as_deref(), migrations).await?;
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
                let pending = migration::pending(&tables, None, migrations).await;
                tables.close().await?;
                pending
            }
            DbConfig::Postgres(postgres) => {
                let inner = open_postgres(postgres, service);
                migration::pending(&inner.reader, inner.schema.as_deref(), migrations).await
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
    /// went away, undoes it.
    ///
    /// SQLite runs one transaction at a time: call nothing outside before the commit.
    pub async fn begin(&self, ctx: &Ctx) -> Result<Tx, StoreError> {
        let left = ctx.remaining().unwrap_or(PATIENCE).min(PATIENCE);
        let timed_out = || DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let inner = tokio::time::timeout(left, self.0.tables.begin())
            .await
            .map_err(|_| StoreError::Unavailable(timed_out()))??;
        let tx = Tx(Arc::new(TxInner {
            inner,
            db: self.clone(),
            contended: AtomicBool::new(false),
            appended: AtomicBool::new(false),
            trail: OnceLock::new(),
        }));
        if let (DbBackend::Postgres, Some(left)) = (self.backend(), ctx.remaining()) {
            let millis = left.as_millis().max(1);
            tx.execute_unprepared(&format!("SET LOCAL statement_timeout = {millis}"))
                .await?;
        }
        Ok(tx)
    }

    /// Runs a whole transaction, and again when PostgreSQL ends it because of a deadlock or a
    /// conflict: for work that locks rows in no fixed order. `work` must have no effect but
    /// through its transaction.
    pub async fn write<T, E, F, W>(&self, ctx: &Ctx, work: W) -> Result<T, E>
    where
        W: Fn(Tx) -> F,
        F: Future<Output = Result<T, E>> + Send,
        E: From<StoreError>,
    {
        let mut attempt = 1;
        loop {
            let tx = self.begin(ctx).await?;
            match Box::pin(work(Tx(tx.0.clone()))).await {
                Ok(value) => {
                    tx.commit().await?;
                    return Ok(value);
                }
                Err(error) => {
                    let again = tx.0.contended.load(Ordering::Relaxed) && attempt < ATTEMPTS;
                    tx.rollback().await?;
                    if !again {
                        return Err(error);
                    }
                    attempt += 1;
                }
            }
        }
    }

    /// Asks the database whether it is there.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.read().ping().await?)
    }

    /// Fails while there is no room to write, and tries it where a write has found none.
    pub async fn check_room(&self) -> Result<(), StoreError> {
        match &self.0.tables {
            Tables::Sqlite(file) if !file.writer.has_room().await? => Err(StoreError::Full(None)),
            _ => Ok(()),
        }
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

    /// Waits until a transaction of this process has committed an event.
    pub(crate) async fn appended(&self) {
        self.0.appended.notified().await;
    }
}

/// A transaction. Use it wherever sea-orm takes a connection.
pub struct Tx(Arc<TxInner>);

struct TxInner {
    inner: Transaction,
    db: Db,
    contended: AtomicBool,
    appended: AtomicBool,
    trail: OnceLock<Trail>,
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tx").field(&self.0.db).finish()
    }
}

impl Tx {
    /// Makes the changes durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        let tx = self.into_inner()?;
        tx.inner.commit().await?;
        if tx.appended.load(Ordering::Relaxed) {
            tx.db.0.appended.notify_one();
        }
        if let Some(trail) = tx.trail.get() {
            trail.settle();
        }
        Ok(())
    }

    /// Undoes the changes, and returns when that is done.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.into_inner()?.inner.rollback().await?)
    }

    /// Fails where `work` of [`Db::write`] tries to end the transaction, or kept it.
    fn into_inner(self) -> Result<TxInner, StoreError> {
        Arc::try_unwrap(self.0).map_err(|_| StoreError::Shared)
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
        self.0.appended.store(true, Ordering::Relaxed);
    }

    /// Remembers that the transaction holds the audit record of a call.
    pub(crate) fn mark_audited(&self, trail: &Trail) {
        // One record is enough: further ones of the same call are its own affair.
        let _ = self.0.trail.set(trail.clone());
    }

    /// Returns the name of the service whose tables these are.
    pub(crate) fn service(&self) -> &str {
        self.0.db.service()
    }

    /// Remembers an error after which the whole transaction may run again.
    fn seen<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(error) = &result
            && matches!(error.clone().into(), StoreError::Contended(_))
        {
            self.0.contended.store(true, Ordering::Relaxed);
        }
        result
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.0.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.seen(self.0.inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.seen(self.0.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.seen(self.0.inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.seen(self.0.inner.query_all_raw(statement).await)
    }
}

/// Says how the file of a service is opened.
fn file_of(folder: &Path, service: &str) -> sv_sqlite::Options {
    sv_sqlite::Options {
        file: folder.join(format!("{service}.db")),
        readers: SQLITE_READERS,
        patience: PATIENCE,
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
        }
    }
}
