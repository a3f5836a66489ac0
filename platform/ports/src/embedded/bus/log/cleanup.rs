//! News and cleanup: what the upkeep asks of the log.

use sea_orm::{ConnectionTrait, Value};
use sv_kernel::Timestamp;

use super::{Log, failed, sql, sql_all, unsigned};
use crate::{PortResult, TopicPartition};

impl Log {
    /// Deletes, of the oldest `batch` records of a partition, those from before `cutoff`.
    pub(in super::super) async fn expire(
        &self,
        partition: &TopicPartition,
        cutoff: Timestamp,
        batch: usize,
    ) -> PortResult<u64> {
        let place = [Value::from(&*partition.topic), partition.partition.into()];
        // Most looks find nothing: they are to begin no transaction.
        let oldest = r#"SELECT ts FROM records WHERE topic = ? AND partition = ?
                        ORDER BY "offset" LIMIT 1"#;
        let oldest = self.rows(sql(oldest, place.clone())).await?;
        let oldest = oldest.first().map(|row| row.try_get_by::<i64, _>(0));
        if oldest
            .transpose()
            .map_err(failed)?
            .is_none_or(|oldest| oldest >= cutoff.micros())
        {
            return Ok(0);
        }
        let delete = format!(
            r#"DELETE FROM records WHERE rowid IN (SELECT rowid FROM
               (SELECT rowid, ts FROM records WHERE topic = ? AND partition = ?
                ORDER BY "offset" LIMIT {batch}) WHERE ts < ?)"#
        );
        let values = place.into_iter().chain([cutoff.micros().into()]);
        self.execute(sql_all(&delete, values.collect())).await
    }

    /// Takes the next `batch` records from before `cutoff` that were not yet compacted, deletes
    /// the older records of their keys, and returns how many records it took and deleted.
    pub(in super::super) async fn compact(
        &self,
        partition: &TopicPartition,
        cutoff: Timestamp,
        batch: usize,
    ) -> PortResult<(u64, u64)> {
        let place = [Value::from(&*partition.topic), partition.partition.into()];
        let take = format!(
            r#"SELECT COUNT(*), MIN("offset"), MAX("offset") FROM (SELECT r."offset" FROM records r
               JOIN partitions p ON p.topic = r.topic AND p.partition = r.partition
               WHERE r.topic = ? AND r.partition = ? AND r."offset" >= p.compacted_to AND r.ts < ?
               ORDER BY r."offset" LIMIT {batch})"#
        );
        let values = place.clone().into_iter().chain([cutoff.micros().into()]);
        let rows = self.rows(sql_all(&take, values.collect())).await?;
        let Some(row) = rows.first() else {
            return Ok((0, 0));
        };
        let taken = unsigned(row, 0)?;
        if taken == 0 {
            return Ok((0, 0));
        }
        let (first, last): (i64, i64) = (
            row.try_get_by(1).map_err(failed)?,
            row.try_get_by(2).map_err(failed)?,
        );
        let change = self.begin().await?;
        let deleted = change.execute_raw(sql_all(
            r#"DELETE FROM records WHERE rowid IN (SELECT older.rowid FROM records newer
               JOIN records older ON older.topic = newer.topic
               AND older.partition = newer.partition AND older.key = newer.key
               AND older."offset" < newer."offset"
               WHERE newer.topic = ? AND newer.partition = ?
               AND newer."offset" BETWEEN ? AND ?)"#,
            place
                .clone()
                .into_iter()
                .chain([first.into(), last.into()])
                .collect(),
        ));
        let deleted = deleted.await.map_err(failed)?.rows_affected();
        let done = sql_all(
            "UPDATE partitions SET compacted_to = MAX(compacted_to, ?) \
             WHERE topic = ? AND partition = ?",
            [Value::from(last + 1)].into_iter().chain(place).collect(),
        );
        change.execute_raw(done).await.map_err(failed)?;
        change.commit().await.map_err(failed)?;
        Ok((taken, deleted))
    }
}
