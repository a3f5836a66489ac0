//! The connections of one process to one PostgreSQL database, whatever services it runs, and how it is reached.
//!
//! Each service has a schema; a connection looks into one schema at a time (`search_path`). A service
//! that needs a connection takes one that looks into its schema already, else one that may still be
//! opened, else turns one that nobody uses. So a process holds no more connections than one setting
//! says, and a service that is asked much gets them.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, ExecResult, QueryResult, Statement, TransactionTrait as _, error::ConnAcquireErr, sqlx,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a call waits for a connection or for SQLite's single writer.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection that nobody uses stays open.
const IDLE: Duration = Duration::from_mins(5);
/// Statements that a connection keeps prepared, for all schemas together.
const PREPARED: usize = 500;

/// How to reach PostgreSQL.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database`.
    pub url: String,
    /// Stands before the service's name in the schema's name; empty but in tests.
    pub schema_prefix: String,
    /// The most connections of one process, for all of its services together.
    pub max_connections: u32,
    /// The longest that one statement may run.
    pub statement_timeout: Duration,
    /// The connections themselves, shared by all clones.
    pub connections: Connections,
}

impl PostgresConfig {
    /// Tells the connections of this configuration from those of others on the server.
    pub(crate) fn suffix(&self) -> String {
        let prefix = self.schema_prefix.trim_end_matches('_');
        if prefix.is_empty() {
            String::new()
        } else {
            format!("-{prefix}-{}", self.max_connections)
        }
    }
}

impl fmt::Debug for PostgresConfig {
    /// Leaves out the address, because it holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres")
            .field("schema_prefix", &self.schema_prefix)
            .field("max_connections", &self.max_connections)
            .field("statement_timeout", &self.statement_timeout)
            .finish_non_exhaustive()
    }
}

/// How much of a pool of connections is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The service whose pool it is, or `postgres` for that of the whole process.
    pub pool: String,
    /// Connections in use.
    pub in_use: u32,
    /// The most that there may be.
    pub limit: u32,
}

/// The connections; all clones are one pool.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    config: PostgresConfig,
    permits: Arc<Semaphore>,
    /// Connections that nobody uses; who was used last stands last.
    idle: Mutex<VecDeque<Slot>>,
}

/// The connections of a configuration: opened once, shared by all of its clones.
#[derive(Clone, Default)]
pub struct Connections(Arc<OnceLock<Pool>>);

impl Connections {
    pub(crate) fn pool(&self, config: &PostgresConfig) -> Pool {
        let make = || {
            // The pool does not keep itself alive.
            let connections = Self::default();
            Pool::new(PostgresConfig {
                connections,
                ..config.clone()
            })
        };
        self.0.get_or_init(make).clone()
    }
}

impl PartialEq for Connections {
    /// They are no setting.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Connections {}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections(…)")
    }
}

/// One connection, opened with its first use and again whenever it is lost.
struct Slot {
    /// A pool of one: it knows how to connect again.
    connection: DatabaseConnection,
    /// What a connection that is opened anew looks into.
    wanted: Arc<Mutex<String>>,
    /// What the connection looks into; none where a turn was cut off.
    looks_into: Option<Arc<str>>,
}

/// A connection for one use; it goes back when this is dropped.
pub(crate) struct Held {
    slot: Option<Slot>,
    /// Whether nobody knows if a transaction is open on it: it is closed then instead of given back.
    in_doubt: bool,
    pool: Pool,
    _permit: OwnedSemaphorePermit,
}

/// The tables of one service.
#[derive(Clone)]
pub(crate) struct Schema {
    pool: Pool,
    name: Arc<str>,
    /// Stands before each statement: the same words mean other tables in another schema, and a
    /// connection prepares statements by their words.
    mark: Arc<str>,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schema").field(&self.name).finish()
    }
}

impl Pool {
    pub(crate) fn new(config: PostgresConfig) -> Self {
        Self(Arc::new(Inner {
            permits: Arc::new(Semaphore::new(most(&config))),
            config,
            idle: Mutex::default(),
        }))
    }

    pub(crate) fn schema(&self, name: &str) -> Schema {
        Schema {
            pool: self.clone(),
            name: name.into(),
            mark: format!("/* {name} */ ").into(),
        }
    }

    /// Takes a connection that looks into a schema; waits for its turn.
    async fn take(&self, schema: &Arc<str>) -> Result<Held, DbErr> {
        let timed_out = || DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let permit = self.0.permits.clone().acquire_owned();
        let permit = tokio::time::timeout(TIMEOUT, permit).await;
        let permit = permit.map_err(|_| timed_out())?;
        let permit =
            permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        let slot = match self.idle(schema) {
            Some(slot) => slot,
            None => self.open(schema).await?,
        };
        let mut held = Held {
            slot: Some(slot),
            in_doubt: false,
            pool: self.clone(),
            _permit: permit,
        };
        held.turn_to(schema).await?;
        Ok(held)
    }

    /// Finds a connection that nobody uses; `None` where one more may be opened.
    fn idle(&self, schema: &Arc<str>) -> Option<Slot> {
        let most = most(&self.0.config);
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let looks = |slot: &Slot| slot.looks_into.as_ref() == Some(schema);
        if let Some(place) = idle.iter().rposition(looks) {
            return idle.remove(place);
        }
        // Whoever has a permit has a connection, or takes one here.
        let used = most - self.0.permits.available_permits();
        if idle.len() + used <= most {
            return None;
        }
        idle.pop_front()
    }

    async fn open(&self, schema: &str) -> Result<Slot, DbErr> {
        let config = &self.0.config;
        let wanted = Arc::new(Mutex::new(schema.to_owned()));
        let told = wanted.clone();
        let mut options = ConnectOptions::new(config.url.clone());
        options
            .max_connections(1)
            .min_connections(0)
            .connect_lazy(true)
            .acquire_timeout(TIMEOUT)
            .idle_timeout(IDLE)
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .statement_timeout(config.statement_timeout)
            .set_application_name(format!("streamverse{}", config.suffix()))
            .sqlx_logging(false)
            .map_sqlx_postgres_opts(|options| options.statement_cache_capacity(PREPARED))
            .map_sqlx_postgres_pool_opts(move |options| {
                let told = told.clone();
                options.after_connect(move |connection, _| {
                    let wanted = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    Box::pin(async move {
                        let sql = sqlx::AssertSqlSafe(search_path(&wanted));
                        sqlx::Executor::execute(connection, sql).await.map(drop)
                    })
                })
            });
        Ok(Slot {
            connection: Database::connect(options).await?,
            wanted,
            looks_into: Some(schema.into()),
        })
    }
}

/// Returns how many connections there may be.
fn most(config: &PostgresConfig) -> usize {
    let most = usize::try_from(config.max_connections).unwrap_or(usize::MAX);
    most.clamp(1, Semaphore::MAX_PERMITS)
}

/// Says which schema unqualified names mean. Extensions live in `public`.
fn search_path(schema: &str) -> String {
    format!(
        "SET search_path = \"{}\", public",
        schema.replace('"', "\"\"")
    )
}

impl Held {
    /// Turns the connection to a schema.
    async fn turn_to(&mut self, schema: &Arc<str>) -> Result<(), DbErr> {
        let Some(slot) = &mut self.slot else {
            return Ok(());
        };
        if slot.looks_into.as_ref() == Some(schema) {
            return Ok(());
        }
        // Cut off from here on, nobody knows which it is.
        slot.looks_into = None;
        let wanted = slot.wanted.lock();
        *wanted.unwrap_or_else(PoisonError::into_inner) = schema.to_string();
        let sql = search_path(schema);
        slot.connection.execute_unprepared(&sql).await?;
        slot.looks_into = Some(schema.clone());
        Ok(())
    }

    fn connection(&self) -> Result<&DatabaseConnection, DbErr> {
        let closed = || DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
        Ok(&self.slot.as_ref().ok_or_else(closed)?.connection)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take().filter(|_| !self.in_doubt) {
            let mut idle = self
                .pool
                .0
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            idle.push_back(slot);
        }
    }
}

impl Schema {
    /// Begins a transaction; the connection is to be kept until it ends.
    pub(crate) async fn begin(&self) -> Result<(DatabaseTransaction, Held), DbErr> {
        let mut held = self.pool.take(&self.name).await?;
        // Given up on the way, it may have begun: whoever had the connection next would be in it without knowing.
        held.in_doubt = true;
        let inner = held.connection()?.begin().await?;
        held.in_doubt = false;
        Ok((inner, held))
    }

    /// Says how many connections are in use.
    pub(crate) fn usage(&self) -> Usage {
        let most = most(&self.pool.0.config);
        let in_use = most.saturating_sub(self.pool.0.permits.available_permits());
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Usage {
            pool: "postgres".to_owned(),
            in_use: number(in_use),
            limit: number(most),
        }
    }

    /// Asks the server whether it is there.
    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        let held = self.pool.take(&self.name).await?;
        held.connection()?.ping().await
    }

    /// Closes the connections that nobody uses.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        let idle: Vec<_> = {
            let mut idle = self
                .pool
                .0
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            idle.drain(..).collect()
        };
        for slot in idle {
            slot.connection.close().await?;
        }
        Ok(())
    }

    /// Tells a statement from one of the same words in another schema.
    pub(crate) fn marked(&self, mut statement: Statement) -> Statement {
        statement.sql.insert_str(0, &self.mark);
        statement
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Schema {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let held = self.pool.take(&self.name).await?;
        held.connection()?.execute_raw(self.marked(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let held = self.pool.take(&self.name).await?;
        held.connection()?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let held = self.pool.take(&self.name).await?;
        held.connection()?
            .query_one_raw(self.marked(statement))
            .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let held = self.pool.take(&self.name).await?;
        held.connection()?
            .query_all_raw(self.marked(statement))
            .await
    }
}
