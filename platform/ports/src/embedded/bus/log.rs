//! The tables of the log and every statement on them.

mod cleanup;
mod groups;
mod news;
mod repetition;

use std::{collections::BTreeMap, fmt::Write as _, path::Path, time::Duration};

use bytes::Bytes;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement, Value,
};
use sv_kernel::Timestamp;
use sv_sqlite::{Database, Options, Transaction, Writer};

pub(super) use groups::LeaseRow;

use super::failed;
use crate::{Delivery, PortResult, Position, Record, Topic, TopicPartition};
use sv_kernel::Cleanup;

/// How long a writer waits for those of other processes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How many records one INSERT carries.
const ROWS_PER_INSERT: usize = 100;

const TABLES: &str = r#"
CREATE TABLE IF NOT EXISTS topics (
    name TEXT PRIMARY KEY,
    partitions INTEGER NOT NULL,
    retain_us INTEGER -- NULL: compacted
);
CREATE TABLE IF NOT EXISTS partitions (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL DEFAULT 0,
    compacted_to INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
);
CREATE TABLE IF NOT EXISTS records (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    key TEXT NOT NULL,
    headers TEXT NOT NULL,
    payload BLOB, -- NULL: tombstone
    ts INTEGER NOT NULL,
    PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX IF NOT EXISTS records_by_key ON records (topic, partition, key, "offset");
CREATE INDEX IF NOT EXISTS records_by_event ON records (topic, headers ->> 'event-id');
CREATE TABLE IF NOT EXISTS group_offsets (
    group_name TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (group_name, topic, partition)
);
CREATE TABLE IF NOT EXISTS leases (
    group_name TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    owner TEXT NOT NULL, -- empty: given back
    epoch INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL,
    PRIMARY KEY (group_name, topic, partition)
);
"#;

/// The log's file: one writing connection, two reading ones, one that watches for news.
#[derive(Debug)]
pub(super) struct Log {
    writer: Writer,
    readers: DatabaseConnection,
    watcher: DatabaseConnection,
}

impl Log {
    pub(super) async fn open(file: &Path) -> PortResult<Self> {
        let database = Database::open(options(file)).await.map_err(failed)?;
        let log = Self {
            watcher: database.reader().await.map_err(failed)?,
            readers: database.readers,
            writer: database.writer,
        };
        let change = log.begin().await?;
        change.execute_unprepared(TABLES).await.map_err(failed)?;
        change.commit().await.map_err(failed)?;
        Ok(log)
    }

    /// Closes every connection; the last one writes SQLite's log back into the file.
    pub(super) async fn close(&self) -> PortResult<()> {
        for connection in [&self.watcher, &self.readers] {
            connection.close_by_ref().await.map_err(failed)?;
        }
        self.writer.close().await;
        Ok(())
    }

    /// Returns what writes.
    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }

    async fn begin(&self) -> PortResult<Transaction> {
        self.writer.begin().await.map_err(failed)
    }

    /// Runs one statement as a transaction, and returns how many rows it touched.
    async fn execute(&self, statement: Statement) -> PortResult<u64> {
        let done = self.writer.execute(statement).await.map_err(failed)?;
        Ok(done.rows_affected())
    }

    async fn rows(&self, statement: Statement) -> PortResult<Vec<QueryResult>> {
        let statement = sv_sqlite::with_limit_written(statement);
        self.readers.query_all_raw(statement).await.map_err(failed)
    }

    // --- topics -----------------------------------------------------------------------------

    pub(super) async fn create_topics(&self, topics: &[Topic]) -> PortResult<()> {
        let change = self.begin().await?;
        for topic in topics {
            let retain = match topic.cleanup {
                Cleanup::Compact => None,
                Cleanup::Retain(keep) => Some(i64::try_from(keep.as_micros()).unwrap_or(i64::MAX)),
            };
            let created = change.execute_raw(sql(
                "INSERT INTO topics (name, partitions, retain_us) VALUES (?, ?, ?) \
                 ON CONFLICT (name) DO NOTHING",
                [
                    topic.name.as_str().into(),
                    topic.partitions.into(),
                    retain.into(),
                ],
            ));
            if created.await.map_err(failed)?.rows_affected() == 0 {
                // There is no operator but us: the newest wish counts. Unequal NULLs stay.
                let update = sql(
                    "UPDATE topics SET retain_us = ? WHERE name = ? AND retain_us <> ?",
                    [retain.into(), topic.name.as_str().into(), retain.into()],
                );
                change.execute_raw(update).await.map_err(failed)?;
                continue;
            }
            for partition in 0..topic.partitions {
                let row = sql(
                    "INSERT INTO partitions (topic, partition) VALUES (?, ?)",
                    [topic.name.as_str().into(), partition.into()],
                );
                change.execute_raw(row).await.map_err(failed)?;
            }
        }
        change.commit().await.map_err(failed)
    }

    pub(super) async fn topic(&self, name: &str) -> PortResult<Option<Topic>> {
        let all = self.topics_where("WHERE name = ?", [name.into()]).await?;
        Ok(all.into_iter().next())
    }

    pub(super) async fn topics(&self) -> PortResult<Vec<Topic>> {
        self.topics_where("ORDER BY name", []).await
    }

    async fn topics_where<const N: usize>(
        &self,
        which: &str,
        values: [Value; N],
    ) -> PortResult<Vec<Topic>> {
        let select = format!("SELECT name, partitions, retain_us FROM topics {which}");
        let read = |row: QueryResult| -> Result<Topic, DbErr> {
            let retain: Option<i64> = row.try_get_by(2)?;
            Ok(Topic {
                name: row.try_get_by(0)?,
                partitions: row.try_get_by(1)?,
                cleanup: retain.map_or(Cleanup::Compact, |us| {
                    Cleanup::Retain(Duration::from_micros(us.unsigned_abs()))
                }),
            })
        };
        let rows = self.rows(sql(&select, values)).await?;
        rows.into_iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(failed)
    }

    /// Returns the next offset of each partition of a topic.
    pub(super) async fn ends(&self, topic: &str) -> PortResult<Vec<u64>> {
        let select = "SELECT next_offset FROM partitions WHERE topic = ? ORDER BY partition";
        let rows = self.rows(sql(select, [topic.into()])).await?;
        rows.iter().map(|row| unsigned(row, 0)).collect()
    }

    // --- records ----------------------------------------------------------------------------

    /// Appends records, each to its partition, and returns their positions once durable. One that
    /// the log holds already is not appended again: it stands where it stood.
    pub(super) async fn append(
        &self,
        records: &[Record],
        partitions: Vec<TopicPartition>,
        now: Timestamp,
    ) -> PortResult<Vec<Position>> {
        let change = self.begin().await?;
        let known = repetition::known(&change, records).await?;
        let (fresh, partitions): (Vec<&Record>, Vec<TopicPartition>) = records
            .iter()
            .zip(partitions)
            .zip(&known)
            .filter(|(_, known)| known.is_none())
            .map(|(fresh, _)| fresh)
            .unzip();
        let mut appended = allot(&change, partitions).await?;
        for (records, positions) in fresh
            .chunks(ROWS_PER_INSERT)
            .zip(appended.chunks(ROWS_PER_INSERT))
        {
            let insert = insert_records(records, positions, now)?;
            change.execute_raw(insert).await.map_err(failed)?;
        }
        change.commit().await.map_err(failed)?;
        let mut appended = appended.drain(..);
        let stands = known.into_iter().map(|at| at.or_else(|| appended.next()));
        Ok(stands.flatten().collect())
    }

    /// Reads up to `max` records with offsets in `from..end`.
    pub(super) async fn read(
        &self,
        partition: &TopicPartition,
        from: u64,
        end: u64,
        max: usize,
    ) -> PortResult<Vec<Delivery>> {
        let select = sql(
            r#"SELECT "offset", key, headers, payload, ts FROM records
               WHERE topic = ? AND partition = ? AND "offset" >= ? AND "offset" < ?
               ORDER BY "offset" LIMIT ?"#,
            [
                (&*partition.topic).into(),
                partition.partition.into(),
                signed(from).into(),
                signed(end).into(),
                i64::try_from(max).unwrap_or(i64::MAX).into(),
            ],
        );
        let rows = self.rows(select).await?;
        rows.iter().map(|row| delivery(partition, row)).collect()
    }
}

/// Says how the log's file is opened.
pub(super) fn options(file: &Path) -> Options {
    Options {
        file: file.into(),
        readers: 2,
        timeout: BUSY_TIMEOUT,
    }
}

/// Takes the next free place of its partition for each record.
async fn allot(change: &Transaction, partitions: Vec<TopicPartition>) -> PortResult<Vec<Position>> {
    let mut counts = BTreeMap::<&TopicPartition, i64>::new();
    for partition in &partitions {
        *counts.entry(partition).or_default() += 1;
    }
    let mut next = BTreeMap::<TopicPartition, u64>::new();
    for (partition, count) in counts {
        let taken = sql(
            "UPDATE partitions SET next_offset = next_offset + ? \
             WHERE topic = ? AND partition = ? RETURNING next_offset - ?",
            [
                count.into(),
                (&*partition.topic).into(),
                partition.partition.into(),
                count.into(),
            ],
        );
        let row = change.query_one_raw(taken).await.map_err(failed)?;
        let row = row.ok_or_else(|| failed("the partition's row is missing"))?;
        next.insert(partition.clone(), unsigned(&row, 0)?);
    }
    let mut positions = Vec::with_capacity(partitions.len());
    for partition in partitions {
        let slot = next.entry(partition.clone()).or_default();
        positions.push(Position {
            partition,
            offset: *slot,
        });
        *slot += 1;
    }
    Ok(positions)
}

fn sql<const N: usize>(text: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, text, values)
}

fn sql_all(text: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, text, values)
}

fn insert_records(
    records: &[&Record],
    positions: &[Position],
    now: Timestamp,
) -> PortResult<Statement> {
    let mut text = String::from(
        r#"INSERT INTO records (topic, partition, "offset", key, headers, payload, ts) VALUES "#,
    );
    let mut values = Vec::with_capacity(records.len() * 7);
    for (index, (record, at)) in records.iter().zip(positions).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(text, "{comma}(?, ?, ?, ?, ?, ?, ?)").map_err(failed)?;
        let headers = serde_json::to_string(&record.wire_headers()).map_err(failed)?;
        values.extend([
            Value::from(&*record.topic),
            at.partition.partition.into(),
            signed(at.offset).into(),
            record.key.as_str().into(),
            headers.into(),
            record
                .payload
                .as_ref()
                .map(|payload| payload.to_vec())
                .into(),
            now.micros().into(),
        ]);
    }
    Ok(sql_all(&text, values))
}

fn topic_partition(row: &QueryResult) -> PortResult<TopicPartition> {
    let topic: String = row.try_get_by(0).map_err(failed)?;
    Ok(TopicPartition {
        topic: topic.into(),
        partition: row.try_get_by(1).map_err(failed)?,
    })
}

fn delivery(partition: &TopicPartition, row: &QueryResult) -> PortResult<Delivery> {
    let position = Position {
        partition: partition.clone(),
        offset: unsigned(row, 0)?,
    };
    // A record that cannot be read shall not hold up those behind it.
    let read = || -> Result<(Record, Timestamp), sv_kernel::BoxError> {
        let key: String = row.try_get_by(1)?;
        let headers: String = row.try_get_by(2)?;
        let payload: Option<Vec<u8>> = row.try_get_by(3)?;
        let at = Timestamp::from_micros(row.try_get_by(4)?);
        let headers = serde_json::from_str(&headers)?;
        let payload = payload.map(Bytes::from);
        Ok((Record::from_wire(&position, key, payload, headers), at))
    };
    let (record, at, damage) = match read() {
        Ok((record, at)) => (record, at, None),
        Err(damage) => {
            // Not a tombstone: nothing is known to be gone.
            let unread = Some(Bytes::new());
            let nothing = Record::from_wire(&position, String::new(), unread, BTreeMap::new());
            (nothing, Timestamp::EPOCH, Some(damage.to_string()))
        }
    };
    Ok(Delivery {
        position,
        at,
        record,
        damage,
    })
}

fn unsigned(row: &QueryResult, column: usize) -> PortResult<u64> {
    let value: i64 = row.try_get_by(column).map_err(failed)?;
    u64::try_from(value).map_err(failed)
}

fn signed(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}
