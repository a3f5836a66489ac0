//! The feed: what a service tells of, in one order that everybody sees alike, for those who follow it and
//! come back where they were.
//!
//! A position is not given in the transaction of the change, since those commit in another order than they
//! are numbered in, and a follower would step over one that commits late. It is given afterwards, by whoever
//! looks first, to what is committed and has none: so the positions that anybody has read never get one in
//! between. On every database, and with any number of processes.
//!
//! What lies here lies in the outbox, too. The bus is for services, which remember what they have seen; the
//! feed is for callers, who remember one position.

mod follow;

use std::sync::OnceLock;

use bytes::Bytes;
use prost::Message;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sv_kernel::{Ctx, Event, Tenant, Timestamp, Versioned};

use crate::{Db, StoreError, Tx, db::News, outbox, work};

pub use follow::{Feed, Follower, Lost, Step};

/// The most changes that get their positions in one transaction.
const BATCH: i64 = 500;

/// A change that was told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it stands. Positions grow, and have gaps where others' changes stand.
    pub position: i64,
    /// What changed.
    pub key: String,
    /// Its version after the change.
    pub version: i64,
    /// The encoded event; `None` where the thing is gone.
    pub payload: Option<Vec<u8>>,
    /// When it was written.
    pub at: Timestamp,
    told: Told,
}

/// What followers are told of a change, once somebody has put it into words.
#[derive(Clone, Debug, Default)]
struct Told(OnceLock<Bytes>);

impl PartialEq for Told {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Told {}

impl Change {
    /// Returns what followers are told: `write` puts it into words once for all who hold the same change.
    pub fn told<E>(&self, write: impl FnOnce(&Self) -> Result<Bytes, E>) -> Result<Bytes, E> {
        if let Some(told) = self.told.0.get() {
            return Ok(told.clone());
        }
        let told = write(self)?;
        Ok(self.told.0.get_or_init(|| told).clone())
    }
}

/// Writes an event for the bus and for those who follow the feed.
pub async fn append<E: Versioned + Message>(
    tx: &Tx,
    ctx: &Ctx,
    event: &E,
) -> Result<(), StoreError> {
    outbox::append(tx, ctx, event).await?;
    let payload = Some(event.encode_to_vec());
    put(
        tx,
        ctx,
        E::TOPIC,
        event.key().into(),
        event.version(),
        payload,
    )
    .await
}

/// Writes for both that the thing of an event is gone.
pub async fn tombstone<E: Event>(
    tx: &Tx,
    ctx: &Ctx,
    key: impl Into<String>,
    version: impl Into<i64>,
) -> Result<(), StoreError> {
    let (key, version) = (key.into(), version.into());
    outbox::tombstone::<E>(tx, ctx, key.clone(), version).await?;
    put(tx, ctx, E::TOPIC, key, version, None).await
}

async fn put(
    tx: &Tx,
    ctx: &Ctx,
    topic: &'static str,
    key: String,
    version: i64,
    payload: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO feed (topic, tenant, key, version, payload, created_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        topic.into(),
        ctx.tenant.as_str().into(),
        key.into(),
        version.into(),
        payload.into(),
        ctx.now().micros().into(),
    ];
    tx.run(sql, values).await?;
    tx.mark_news(News::Feed);
    Ok(())
}

/// How far a feed reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reach {
    /// The newest position.
    head: i64,
    /// The newest position that is forgotten.
    floor: i64,
}

/// Gives positions to what is committed and has none, and returns how far the feed reaches.
async fn place(db: &Db, ctx: &Ctx) -> Result<Reach, StoreError> {
    loop {
        let (reach, more) = place_some(db, ctx).await?;
        if !more {
            return Ok(reach);
        }
    }
}

async fn place_some(db: &Db, ctx: &Ctx) -> Result<(Reach, bool), StoreError> {
    let waiting = "SELECT 1 FROM feed WHERE position IS NULL LIMIT 1";
    if rows(db.read(), waiting, vec![]).await?.is_empty() {
        return Ok((reach(db.read()).await?, false));
    }
    let placed = db.write(ctx, |tx| {
        work(async move {
            let before = lock(tx).await?;
            let sql = "UPDATE feed SET position = $1 + waiting.place
                       FROM (
                           SELECT id AS entry, ROW_NUMBER() OVER (ORDER BY id) AS place
                           FROM feed WHERE position IS NULL ORDER BY id LIMIT $2
                       ) AS waiting
                       WHERE feed.id = waiting.entry";
            let placed = tx.run(sql, [before.head.into(), BATCH.into()]).await?;
            let placed = i64::try_from(placed).unwrap_or(i64::MAX);
            let head = before.head.saturating_add(placed);
            tx.run("UPDATE feed_reach SET head = $1", [head.into()])
                .await?;
            Ok::<_, StoreError>((Reach { head, ..before }, placed == BATCH))
        })
    });
    placed.await
}

/// Forgets some of what was told of before an instant; says whether there is more.
async fn forget(db: &Db, ctx: &Ctx, before: Timestamp) -> Result<bool, StoreError> {
    let old = "SELECT 1 FROM feed WHERE created_at < $1 LIMIT 1";
    if rows(db.read(), old, vec![before.micros().into()])
        .await?
        .is_empty()
    {
        return Ok(false);
    }
    // What has no position yet would be missing without a trace.
    place(db, ctx).await?;
    let forgotten = db.write(ctx, |tx| {
        work(async move {
            let known = lock(tx).await?;
            let sql = "SELECT id, position FROM feed
                       WHERE created_at < $1 AND position IS NOT NULL
                       ORDER BY position LIMIT $2";
            let old = tx
                .rows(sql, vec![before.micros().into(), BATCH.into()])
                .await?;
            let Some(last) = old.last() else {
                return Ok(false);
            };
            let last: i64 = last.try_get("", "position")?;
            // Whatever stands before it is as good as forgotten, whatever its age.
            tx.run("DELETE FROM feed WHERE position <= $1", [last.into()])
                .await?;
            let floor = known.floor.max(last);
            tx.run("UPDATE feed_reach SET floor = $1", [floor.into()])
                .await?;
            Ok::<_, StoreError>(old.len() as u64 >= BATCH.unsigned_abs())
        })
    });
    forgotten.await
}

/// Reads how far the feed reaches, and keeps others from changing it until the transaction ends.
async fn lock(tx: &Tx) -> Result<Reach, StoreError> {
    // A write that changes nothing is a lock on both databases.
    tx.run("UPDATE feed_reach SET head = head", []).await?;
    reach(tx).await
}

async fn reach(db: &impl ConnectionTrait) -> Result<Reach, StoreError> {
    let found = rows(db, "SELECT head, floor FROM feed_reach", vec![]).await?;
    let row = found
        .first()
        .ok_or_else(|| StoreError::inconsistent("feed_reach", "head", "no row"))?;
    Ok(Reach {
        head: row.try_get("", "head")?,
        floor: row.try_get("", "floor")?,
    })
}

/// Lists a tenant's changes behind a position, in their order.
async fn changes(
    db: &impl ConnectionTrait,
    topic: &str,
    tenant: &Tenant,
    (after, up_to): (i64, i64),
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    let sql = "SELECT position, key, version, payload, created_at FROM feed
               WHERE topic = $1 AND tenant = $2 AND position > $3 AND position <= $4
               ORDER BY position LIMIT $5";
    let values = vec![
        topic.into(),
        tenant.as_str().into(),
        after.into(),
        up_to.into(),
        limit.into(),
    ];
    let change = |row: &QueryResult| {
        let at: i64 = row.try_get("", "created_at")?;
        Ok(Change {
            position: row.try_get("", "position")?,
            key: row.try_get("", "key")?,
            version: row.try_get("", "version")?,
            payload: row.try_get("", "payload")?,
            at: Timestamp::from_micros(at),
            told: Told::default(),
        })
    };
    rows(db, sql, values).await?.iter().map(change).collect()
}

async fn rows(
    db: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.query_all_raw(statement).await?)
}
