//! Marks: which installation a database belongs to, and which part of it it is, so that one that was
//! emptied, that came from elsewhere, or that lies in another one's place is not taken for one's own.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::{Database, Options, Transaction, open::told};

/// The table that holds the mark: one row whose `part` is the part's name, and one for each
/// [seal](Mark::is_seal).
const MARK_TABLE: &str = "CREATE TABLE IF NOT EXISTS installation (
    part TEXT PRIMARY KEY, id TEXT NOT NULL)";

/// What programs before wrote for every part.
const ANY: &str = "all";

/// Begins the names of seals: what tells a secret without which the tables are of no use.
const SEAL: &str = "secret ";

/// What a database says of whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// There is no file.
    Missing,
    /// The file holds nothing.
    Empty,
    /// There is something, and nothing says whose.
    Unmarked,
    /// It belongs to an installation.
    Of {
        /// The installation.
        id: String,
        /// Which part of it this is; `None` where an older program wrote the mark.
        part: Option<String>,
    },
}

impl Mark {
    /// Reads the rows of a table `installation` (part, id), on whatever database they are.
    pub fn of_rows(rows: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut rows = rows.into_iter().filter(|(part, _)| !Self::is_seal(part));
        rows.next().map_or(Self::Unmarked, |(part, id)| Self::Of {
            id,
            part: Some(part).filter(|part| part != ANY),
        })
    }

    /// Returns the name of the row that tells the seal of a secret.
    pub fn seal_of(secret: &str) -> String {
        format!("{SEAL}{secret}")
    }

    /// Says whether a row of the table is a seal.
    pub fn is_seal(part: &str) -> bool {
        part.starts_with(SEAL)
    }

    /// Looks at a database, and changes nothing.
    pub async fn look(options: &Options) -> Result<Self, DbErr> {
        // Its length is asked without opening it.
        if std::fs::metadata(&options.file).is_ok_and(|file| file.is_file() && file.len() == 0) {
            return Ok(Self::Empty);
        }
        let Some(tables) = Database::look(options).await? else {
            return Ok(Self::Missing);
        };
        let found = rows(&tables).await;
        tables.close().await?;
        Ok(Self::of_rows(
            found.map_err(|error| told(error, &options.file))?,
        ))
    }

    /// Looks which seals a database bears, and changes nothing.
    pub async fn seals(options: &Options) -> Result<BTreeMap<String, String>, DbErr> {
        let Some(tables) = Database::look(options).await? else {
            return Ok(BTreeMap::new());
        };
        let found = rows(&tables).await;
        tables.close().await?;
        let found = found.map_err(|error| told(error, &options.file))?;
        let seals = found.into_iter().filter_map(|(part, seal)| {
            let secret = part.strip_prefix(SEAL)?;
            Some((secret.to_owned(), seal))
        });
        Ok(seals.collect())
    }

    /// Marks a database as a part of an installation, unless it bears a mark, and returns the mark. A
    /// mark that names no part gets the name.
    pub async fn set(transaction: &Transaction, part: &str, id: &str) -> Result<Self, DbErr> {
        transaction.execute_unprepared(MARK_TABLE).await?;
        let name = "UPDATE installation SET part = ? WHERE part = ?";
        let name =
            Statement::from_sql_and_values(DbBackend::Sqlite, name, [part.into(), ANY.into()]);
        match Self::of_rows(rows(transaction).await?) {
            Self::Of { part: None, .. } => transaction.execute_raw(name).await?,
            Self::Of { id, part } => return Ok(Self::Of { id, part }),
            _ => {
                let insert = "INSERT INTO installation (part, id) VALUES (?, ?)";
                let values = [part.into(), id.into()];
                let insert = Statement::from_sql_and_values(DbBackend::Sqlite, insert, values);
                transaction.execute_raw(insert).await?
            }
        };
        Ok(Self::of_rows(rows(transaction).await?))
    }
}

/// Reads the table; nothing where there is none.
async fn rows(tables: &impl ConnectionTrait) -> Result<Vec<(String, String)>, DbErr> {
    let marked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'installation'";
    if tables.query_one_raw(statement(marked)).await?.is_none() {
        return Ok(Vec::new());
    }
    let rows = tables.query_all_raw(statement("SELECT part, id FROM installation"));
    let rows = rows.await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by(0)?, row.try_get_by(1)?)))
        .collect()
}

fn statement(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
