//! Groups: who holds which partition, and where each group stands.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sv_kernel::Timestamp;

use super::{Log, failed, signed, sql, sql_all, topic_partition, unsigned};
use crate::{PortResult, TopicPartition};

/// Who holds a partition for a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct LeaseRow {
    pub(in super::super) partition: TopicPartition,
    pub(in super::super) owner: String,
    pub(in super::super) epoch: i64,
    pub(in super::super) renewed_at: Timestamp,
}

/// A partition that was taken for a group.
#[derive(Clone, Debug)]
pub(in super::super) struct Claimed {
    pub(in super::super) partition: TopicPartition,
    pub(in super::super) epoch: i64,
    pub(in super::super) next_offset: u64,
}

impl Log {
    /// Returns the ends of all partitions that the group has leases for.
    pub(in super::super) async fn ends_for_group(
        &self,
        group: &str,
    ) -> PortResult<BTreeMap<TopicPartition, u64>> {
        let select = "SELECT p.topic, p.partition, p.next_offset FROM partitions p \
             JOIN leases l ON l.topic = p.topic AND l.partition = p.partition \
             WHERE l.group_name = ?";
        let rows = self.rows(sql(select, [group.into()])).await?;
        let read = |row: &QueryResult| Ok((topic_partition(row)?, unsigned(row, 2)?));
        rows.iter().map(read).collect()
    }

    pub(in super::super) async fn leases(&self, group: &str) -> PortResult<Vec<LeaseRow>> {
        let rows = self.rows(select_leases(group)).await?;
        rows.iter().map(lease_row).collect()
    }

    /// Takes those partitions whose leases `free` allows to take, counting up their epochs.
    pub(in super::super) async fn claim(
        &self,
        group: &str,
        wanted: &[TopicPartition],
        owner: &str,
        now: Timestamp,
        free: &(dyn Fn(&LeaseRow) -> bool + Sync),
    ) -> PortResult<Vec<Claimed>> {
        let change = self.begin().await?;
        let rows = change
            .query_all_raw(select_leases(group))
            .await
            .map_err(failed)?;
        let held: Vec<_> = rows.iter().map(lease_row).collect::<PortResult<_>>()?;
        let mut claimed = Vec::new();
        for partition in wanted {
            let lease = held.iter().find(|lease| lease.partition == *partition);
            if lease.is_some_and(|lease| !free(lease)) {
                continue;
            }
            let place = [
                Value::from(group),
                (&*partition.topic).into(),
                partition.partition.into(),
            ];
            let values = [owner.into(), now.micros().into()];
            let taken = change.query_one_raw(sql_all(
                "INSERT INTO leases (group_name, topic, partition, owner, renewed_at, epoch) \
                 VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (group_name, topic, partition) DO UPDATE \
                 SET owner = excluded.owner, renewed_at = excluded.renewed_at, epoch = epoch + 1 \
                 RETURNING epoch",
                place.clone().into_iter().chain(values).collect(),
            ));
            let taken = taken.await.map_err(failed)?;
            let stands = change.query_one_raw(sql(
                "SELECT next_offset FROM group_offsets \
                 WHERE group_name = ? AND topic = ? AND partition = ?",
                place,
            ));
            let stands = stands.await.map_err(failed)?;
            claimed.push(Claimed {
                partition: partition.clone(),
                epoch: match taken {
                    Some(row) => row.try_get_by(0).map_err(failed)?,
                    None => return Err(failed("the lease was not written")),
                },
                next_offset: stands.map_or(Ok(0), |row| unsigned(&row, 0))?,
            });
        }
        change.commit().await.map_err(failed)?;
        Ok(claimed)
    }

    /// Says that the leases of these members are in use.
    pub(in super::super) async fn renew(
        &self,
        owners: &[String],
        now: Timestamp,
    ) -> PortResult<()> {
        let marks = vec!["?"; owners.len()].join(", ");
        let update = sql_all(
            &format!("UPDATE leases SET renewed_at = ? WHERE owner IN ({marks})"),
            [Value::from(now.micros())]
                .into_iter()
                .chain(owners.iter().map(|owner| owner.as_str().into()))
                .collect(),
        );
        self.execute(update).await.map(drop)
    }

    /// Gives back all leases of one member.
    pub(in super::super) async fn release(&self, owner: &str) -> PortResult<()> {
        let update = sql(
            "UPDATE leases SET owner = '' WHERE owner = ?",
            [owner.into()],
        );
        self.execute(update).await.map(drop)
    }

    /// Stores where the group stands in partitions that `owner` still holds at these epochs, and
    /// returns the others.
    pub(in super::super) async fn commit(
        &self,
        group: &str,
        owner: &str,
        done: &[(TopicPartition, i64, u64)],
    ) -> PortResult<Vec<TopicPartition>> {
        let change = self.begin().await?;
        let mut lost = Vec::new();
        for (partition, epoch, next_offset) in done {
            let place = [
                Value::from(group),
                (&*partition.topic).into(),
                partition.partition.into(),
            ];
            let mut values: Vec<Value> = place.to_vec();
            values.push(signed(*next_offset).into());
            values.extend(place);
            values.extend([owner.into(), (*epoch).into()]);
            let stored = change.execute_raw(sql_all(
                "INSERT INTO group_offsets (group_name, topic, partition, next_offset) \
                 SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM leases WHERE group_name = ? \
                 AND topic = ? AND partition = ? AND owner = ? AND epoch = ?) \
                 ON CONFLICT (group_name, topic, partition) \
                 DO UPDATE SET next_offset = excluded.next_offset",
                values,
            ));
            if stored.await.map_err(failed)?.rows_affected() == 0 {
                lost.push(partition.clone());
            }
        }
        change.commit().await.map_err(failed)?;
        Ok(lost)
    }

    pub(in super::super) async fn lag(&self, group: &str, topic: &str) -> PortResult<u64> {
        let select = "SELECT SUM(p.next_offset - COALESCE(g.next_offset, 0)) FROM partitions p \
             LEFT JOIN group_offsets g ON g.group_name = ? \
             AND g.topic = p.topic AND g.partition = p.partition WHERE p.topic = ?";
        let rows = self.rows(sql(select, [group.into(), topic.into()])).await?;
        rows.first().map_or(Ok(0), |row| unsigned(row, 0))
    }
}

fn select_leases(group: &str) -> Statement {
    sql(
        "SELECT topic, partition, owner, epoch, renewed_at FROM leases WHERE group_name = ?",
        [group.into()],
    )
}

fn lease_row(row: &QueryResult) -> PortResult<LeaseRow> {
    Ok(LeaseRow {
        partition: topic_partition(row)?,
        owner: row.try_get_by(2).map_err(failed)?,
        epoch: row.try_get_by(3).map_err(failed)?,
        renewed_at: Timestamp::from_micros(row.try_get_by(4).map_err(failed)?),
    })
}
