//! How the log tells that something was written, by whatever process.

use sea_orm::{ConnectionTrait as _, QueryResult};

use super::{Log, failed, sql};
use crate::PortResult;

impl Log {
    /// Returns a number that differs after every commit of another connection, of this process or of
    /// another (<https://www.sqlite.org/pragma.html#pragma_data_version>). It costs a look into
    /// memory that `SQLite`'s connections share.
    pub(in super::super) async fn data_version(&self) -> PortResult<i64> {
        self.watch("PRAGMA data_version").await
    }

    /// Returns how many records were ever appended, in all partitions together.
    pub(in super::super) async fn appended(&self) -> PortResult<i64> {
        self.watch("SELECT COALESCE(SUM(next_offset), 0) FROM partitions")
            .await
    }

    /// Asks for a number on the connection that is kept for this: versions compare on one only.
    async fn watch(&self, question: &str) -> PortResult<i64> {
        let row: Option<QueryResult> = self
            .watcher
            .query_one_raw(sql(question, []))
            .await
            .map_err(failed)?;
        row.ok_or_else(|| failed("no answer"))?
            .try_get_by(0)
            .map_err(failed)
    }
}
