//! Marks: which installation a database belongs to, so that one that was emptied, or that came from
//! elsewhere, is not taken for one's own.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::{Database, Options, Transaction};

/// The table that holds the mark: one row.
const MARK_TABLE: &str = "CREATE TABLE IF NOT EXISTS installation (
    part TEXT PRIMARY KEY, id TEXT NOT NULL)";

/// What a database says of whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// There is no file.
    Missing,
    /// The file holds nothing.
    Empty,
    /// There is something, and nothing says whose.
    Unmarked,
    /// It belongs to this installation.
    Of(String),
}

impl Mark {
    /// Looks at a database, and changes nothing.
    pub async fn look(options: &Options) -> Result<Self, DbErr> {
        // Its length is asked without opening it.
        if std::fs::metadata(&options.file).is_ok_and(|file| file.len() == 0) {
            return Ok(Self::Empty);
        }
        let Some(tables) = Database::look(options).await? else {
            return Ok(Self::Missing);
        };
        let found = Self::read(&tables).await;
        tables.close().await?;
        found
    }

    async fn read(tables: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let marked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'installation'";
        if tables.query_one_raw(statement(marked)).await?.is_none() {
            return Ok(Self::Unmarked);
        }
        let row = tables.query_one_raw(statement("SELECT id FROM installation"));
        row.await?
            .map_or(Ok(Self::Unmarked), |row| Ok(Self::Of(row.try_get_by(0)?)))
    }

    /// Marks a database with an installation's id, unless it bears a mark, and returns the mark.
    pub async fn set(transaction: &Transaction, id: &str) -> Result<String, DbErr> {
        transaction.execute_unprepared(MARK_TABLE).await?;
        if let Self::Of(id) = Self::read(transaction).await? {
            return Ok(id);
        }
        let insert = "INSERT INTO installation (part, id) VALUES ('all', ?)";
        let insert = Statement::from_sql_and_values(DbBackend::Sqlite, insert, [id.into()]);
        transaction.execute_raw(insert).await?;
        Ok(id.to_owned())
    }
}

fn statement(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
