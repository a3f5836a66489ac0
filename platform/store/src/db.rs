//! A service's database: many readers, transactions for everything that writes.

use std::{
    fmt, fs, io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, ExecResult, QueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value, error::ConnAcquireErr, sqlx::sqlite::SqliteJournalMode,
    sqlx::sqlite::SqliteSynchronous,
};
use sv_kernel::Ctx;
use tokio::sync::Notify;

use crate::{DbConfig, Migration, PostgresConfig, StoreError, migration};

/// How long a call waits for a connection or for SQLite's single writer.
const PATIENCE: Duration = Duration::from_secs(5);
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
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    appended: Notify,
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
            DbConfig::Postgres(postgres) => open_postgres(postgres, service).await?,
        };
        migration::run(&inner.writer, inner.schema.as_deref(), migrations).await?;
        Ok(Self(Arc::new(inner)))
    }

    /// Lists the migrations that a service's database still lacks, without changing it.
    pub async fn pending(
        config: &DbConfig,
        service: &str,
        migrations: &'static [Migration],
    ) -> Result<Vec<&'static str>, StoreError> {
        let inner = match config {
            // Opening would make the file.
            DbConfig::Sqlite { folder } if !folder.join(format!("{service}.db")).exists() => {
                return Ok(migrations.iter().map(|migration| migration.id).collect());
            }
            DbConfig::Sqlite { folder } => open_sqlite(folder, service).await?,
            DbConfig::Postgres(postgres) => open_postgres(postgres, service).await?,
        };
        let db = Self(Arc::new(inner));
        let pending = migration::pending(&db.0.reader, db.0.schema.as_deref(), migrations).await;
        db.close().await?;
        pending
    }

    /// Returns the name of the service that owns the tables.
    pub fn service(&self) -> &str {
        &self.0.service
    }

    /// Returns a connection for queries. Writing through it fails on SQLite.
    pub fn read(&self) -> &DatabaseConnection {
        &self.0.reader
    }

    /// Says which database this is.
    pub fn backend(&self) -> DbBackend {
        self.0.writer.get_database_backend()
    }

    /// Begins a transaction. End it with [`Tx::commit`]; dropping it, by `?` or because the caller
    /// went away, undoes it.
    ///
    /// SQLite runs one transaction at a time: call nothing outside before the commit.
    pub async fn begin(&self, ctx: &Ctx) -> Result<Tx, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let begin = self.0.writer.begin_with_options(options);
        let left = ctx.remaining().unwrap_or(PATIENCE).min(PATIENCE);
        let timed_out = || DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let inner = tokio::time::timeout(left, begin)
            .await
            .map_err(|_| StoreError::Unavailable(timed_out()))??;
        let tx = Tx(Arc::new(TxInner {
            inner,
            db: self.clone(),
            contended: AtomicBool::new(false),
            appended: AtomicBool::new(false),
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
        Ok(self.0.reader.ping().await?)
    }

    /// Closes every connection.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.0.reader.close_by_ref().await?;
        Ok(self.0.writer.close_by_ref().await?)
    }

    /// Waits until a transaction of this process has committed an event.
    pub(crate) async fn appended(&self) {
        self.0.appended.notified().await;
    }
}

/// A transaction. Use it wherever sea-orm takes a connection.
pub struct Tx(Arc<TxInner>);

struct TxInner {
    inner: DatabaseTransaction,
    db: Db,
    contended: AtomicBool,
    appended: AtomicBool,
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

    /// Remembers that the relay has something to do after the commit.
    pub(crate) fn mark_appended(&self) {
        self.0.appended.store(true, Ordering::Relaxed);
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

async fn open_sqlite(folder: &Path, service: &str) -> Result<Inner, StoreError> {
    let file = folder.join(format!("{service}.db"));
    make_private(folder, &file)
        .map_err(|error| StoreError::Folder(folder.display().to_string(), error))?;
    let options = |readers: Option<u32>| {
        let file = file.clone();
        let mut options = ConnectOptions::new("sqlite:");
        options
            .max_connections(readers.unwrap_or(1))
            .min_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .sqlx_logging(false);
        options.map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .filename(&file)
                .in_memory(false)
                .create_if_missing(readers.is_none())
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(PATIENCE)
                .pragma("journal_size_limit", "67108864");
            if readers.is_some() {
                sqlite.pragma("query_only", "ON")
            } else {
                sqlite
            }
        });
        options
    };
    // The writer comes first: it makes the file.
    let writer = Database::connect(options(None)).await?;
    let reader = Database::connect(options(Some(SQLITE_READERS))).await?;
    Ok(Inner {
        service: service.to_owned(),
        schema: None,
        reader,
        writer,
        appended: Notify::new(),
    })
}

/// Makes folder and file where they are missing, readable by their owner only: there are password
/// hashes and keys in the tables. SQLite gives its side files the same rights.
fn make_private(folder: &Path, file: &Path) -> io::Result<()> {
    let (mut folders, mut files) = (fs::DirBuilder::new(), fs::OpenOptions::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        files.mode(0o600);
    }
    folders.recursive(true).create(folder)?;
    files.append(true).create(true).open(file).map(drop)
}

async fn open_postgres(config: &PostgresConfig, service: &str) -> Result<Inner, StoreError> {
    let schema = format!("{}{service}", config.schema_prefix);
    let mut options = ConnectOptions::new(config.url.clone());
    options
        .max_connections(config.max_connections)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .statement_timeout(config.statement_timeout)
        .set_application_name(format!("streamverse-{schema}"))
        .sqlx_logging(false)
        // Extensions live in `public`.
        .set_schema_search_path(format!("{schema},public"));
    let pool = Database::connect(options).await?;
    Ok(Inner {
        service: service.to_owned(),
        schema: Some(schema),
        reader: pool.clone(),
        writer: pool,
        appended: Notify::new(),
    })
}
