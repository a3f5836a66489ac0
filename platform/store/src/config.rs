//! Where the tables live.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use crate::{Connections, PostgresConfig};

/// Where the tables of the services live.
#[derive(Clone, PartialEq, Eq)]
pub enum DbConfig {
    /// One file `<service>.db` per service in a folder, which is made when it is missing.
    Sqlite {
        /// The data folder.
        folder: PathBuf,
    },
    /// One schema per service in a PostgreSQL database.
    Postgres(PostgresConfig),
}

/// The text is no database address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a database is `sqlite:FOLDER` or `postgres://user:password@host:port/database`")]
pub struct DbConfigError;

impl DbConfig {
    /// Keeps the tables in files of a folder.
    pub fn sqlite(folder: impl Into<PathBuf>) -> Self {
        Self::Sqlite {
            folder: folder.into(),
        }
    }

    /// Keeps the tables on a PostgreSQL server.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres(PostgresConfig {
            url: url.into(),
            schema_prefix: String::new(),
            max_connections: 16,
            statement_timeout: Duration::from_secs(15),
            connections: Connections::default(),
        })
    }
}

impl FromStr for DbConfig {
    type Err = DbConfigError;

    /// Reads `sqlite:FOLDER`, `postgres://…` or `postgresql://…`.
    fn from_str(text: &str) -> Result<Self, DbConfigError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::postgres(text));
        }
        match text.strip_prefix("sqlite:") {
            Some(folder) if !folder.is_empty() => Ok(Self::sqlite(folder)),
            _ => Err(DbConfigError),
        }
    }
}

impl fmt::Debug for DbConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { folder } => f.debug_struct("Sqlite").field("folder", folder).finish(),
            Self::Postgres(postgres) => postgres.fmt(f),
        }
    }
}
