//! Which services run on a PostgreSQL database: what the locks of a data folder are where processes share
//! one.
//!
//! A lock of the server's (advisory, of a session) says it: it goes with its connection, so nobody waits
//! for a process that was killed. A proxy that hands one connection to several clients within a session
//! (pgbouncer by transaction) cannot carry it.

use std::str::FromStr as _;

use sea_orm::sqlx::{
    self, Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgConnection as Connection},
};
use tokio::{
    sync::Mutex,
    time::{Duration, error::Elapsed, timeout},
};

use crate::PostgresConfig;

/// How long the server has for one answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Tells all who share a database which services run here, until it is dropped.
#[derive(Debug)]
pub struct Presence {
    config: PostgresConfig,
    services: Vec<String>,
    among_others: bool,
    connection: Mutex<Option<Connection>>,
}

/// The services cannot run here, or nobody can be told that they do.
#[derive(Debug, thiserror::Error)]
pub enum PresenceError {
    /// Another process runs one of them, and one of the two is not made for that.
    #[error(
        "{service} runs in another process on this database; stop that one, or set server.replicas to true for all of them"
    )]
    Taken {
        /// The service.
        service: String,
    },
    /// The server does not answer.
    #[error("the database does not say which services run on it")]
    Database(#[from] sqlx::Error),
    /// The server does not answer in time.
    #[error("the database does not say in time which services run on it")]
    Late(#[from] Elapsed),
}

impl Presence {
    /// Says that services run here: alone, or `among_others` that say the same.
    ///
    /// Fails with [`PresenceError::Taken`] where they run elsewhere and one of the two is alone.
    pub async fn announce(
        config: &PostgresConfig,
        services: impl IntoIterator<Item = impl Into<String>>,
        among_others: bool,
    ) -> Result<Self, PresenceError> {
        let presence = Self {
            config: config.clone(),
            services: services.into_iter().map(Into::into).collect(),
            among_others,
            connection: Mutex::default(),
        };
        presence.keep().await?;
        Ok(presence)
    }

    /// Looks whether the server still knows, and says it again where the connection was lost. To be done
    /// now and then.
    pub async fn keep(&self) -> Result<(), PresenceError> {
        let mut kept = self.connection.lock().await;
        if let Some(connection) = &mut *kept {
            let answers = timeout(TIMEOUT, connection.ping()).await;
            if answers.is_ok_and(|answer| answer.is_ok()) {
                return Ok(());
            }
        }
        *kept = None;
        *kept = Some(timeout(TIMEOUT, self.say()).await??);
        Ok(())
    }

    async fn say(&self) -> Result<Connection, PresenceError> {
        let options = PgConnectOptions::from_str(&self.config.url)?;
        let options = options.application_name("streamverse-presence");
        let mut connection = PgConnection::connect_with(&options).await?;
        let lock = if self.among_others {
            "SELECT pg_try_advisory_lock_shared(hashtextextended($1, 0))"
        } else {
            "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
        };
        for service in &self.services {
            let name = format!("{}streamverse.{service} runs", self.config.schema_prefix);
            let asked = sqlx::query_scalar::<_, bool>(lock).bind(name);
            if !asked.fetch_one(&mut connection).await? {
                return Err(PresenceError::Taken {
                    service: service.clone(),
                });
            }
        }
        Ok(connection)
    }
}
