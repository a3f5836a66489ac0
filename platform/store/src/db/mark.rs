//! Whose tables these are, and by which secrets they are sealed.

use std::{collections::BTreeMap, path::Path};

use aws_lc_rs::digest;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use sv_sqlite::Mark;

use super::{Db, file_of};
use crate::{StoreError, transaction::Transaction};

/// Returns what tells a secret from any other, and tells nothing of it.
pub fn seal_of(secret: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, secret))
}

impl Db {
    /// Looks whose tables a service's SQLite file holds, and changes nothing.
    pub async fn look(folder: &Path, service: &str) -> Result<Mark, StoreError> {
        Ok(Mark::look(&file_of(folder, service)).await?)
    }

    /// Looks by which secrets a service's SQLite file is sealed, and changes nothing.
    pub async fn look_at_seals(
        folder: &Path,
        service: &str,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        Ok(Mark::seals(&file_of(folder, service)).await?)
    }

    /// Marks the tables as those of this service in an installation, unless they bear a mark, and
    /// returns the mark: whoever comes first decides. A mark of an older program gets the name.
    pub async fn mark(&self, id: &str) -> Result<Mark, StoreError> {
        let service = self.service();
        let marked = self.in_transaction(async |tx| {
            match Mark::of_rows(rows(tx).await?) {
                Mark::Of { part: Some(_), .. } => {}
                Mark::Of { part: None, .. } => {
                    let name = "UPDATE installation SET part = $1 WHERE part = $2";
                    run(tx, name, [service.into(), "all".into()]).await?;
                }
                _ => run(tx, SET, [service.into(), id.into()]).await?,
            }
            Ok(Mark::of_rows(rows(tx).await?))
        });
        marked.await
    }

    /// Returns the seal of a secret without which these tables are of no use, if one was set.
    pub async fn seal(&self, secret: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT id FROM installation WHERE part = $1";
        let values = [Mark::seal_of(secret).into()];
        let select = Statement::from_sql_and_values(self.backend(), sql, values);
        let row = self.read().query_one_raw(select).await?;
        Ok(row.map(|row| row.try_get_by(0)).transpose()?)
    }

    /// Sets the seal of a secret, unless there is one, and returns the one that holds.
    pub async fn set_seal(&self, secret: &str, seal: &str) -> Result<String, StoreError> {
        let name = Mark::seal_of(secret);
        let set =
            self.in_transaction(async |tx| run(tx, SET, [name.as_str().into(), seal.into()]).await);
        set.await?;
        Ok(self.seal(secret).await?.unwrap_or_default())
    }

    /// Forgets the seal of a secret that is given up.
    pub async fn break_seal(&self, secret: &str) -> Result<(), StoreError> {
        let name = Mark::seal_of(secret);
        let sql = "DELETE FROM installation WHERE part = $1";
        let broken = self.in_transaction(async |tx| run(tx, sql, [name.as_str().into()]).await);
        broken.await
    }

    async fn in_transaction<T>(
        &self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>,
    ) -> Result<T, StoreError> {
        let tx = self.0.tables.begin().await?;
        let done = work(&tx).await?;
        tx.commit().await?;
        Ok(done)
    }
}

const SET: &str =
    "INSERT INTO installation (part, id) VALUES ($1, $2) ON CONFLICT (part) DO NOTHING";

async fn run<const N: usize>(tx: &Transaction, sql: &str, values: [Value; N]) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(statement).await.map(drop)
}

/// Reads what the tables say of whose they are.
async fn rows(tx: &Transaction) -> Result<Vec<(String, String)>, DbErr> {
    let select = "SELECT part, id FROM installation";
    let select = Statement::from_string(tx.get_database_backend(), select);
    let rows = tx.query_all_raw(select).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by(0)?, row.try_get_by(1)?)))
        .collect()
}
