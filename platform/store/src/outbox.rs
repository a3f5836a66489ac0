//! The outbox: events that are written in the transaction of the change that they tell about.

pub mod dead;

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::future::BoxFuture;
use prost::Message;
use sea_orm::{
    ActiveValue::NotSet, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};
use sv_kernel::{Cleanup, Ctx, Event, Id, Versioned};
use sv_ports::Record;

use crate::{StoreError, Tx};

/// Writes an event that the relay publishes after the commit.
///
/// Call it after the versioned update of the row that the event tells about: the row's lock is
/// what keeps the events of one key in order.
pub async fn append<E: Versioned + Message>(
    tx: &Tx,
    ctx: &Ctx,
    event: &E,
) -> Result<(), StoreError> {
    append_as(tx, ctx, event.key(), event.version(), event).await
}

/// Writes an event that does not carry its key and version itself.
pub async fn append_as<E: Event + Message>(
    tx: &Tx,
    ctx: &Ctx,
    key: impl Into<String>,
    version: i64,
    event: &E,
) -> Result<(), StoreError> {
    let entry = Entry {
        topic: E::TOPIC,
        key: key.into(),
        version,
        payload: Some(event.encode_to_vec()),
    };
    put(tx, ctx, entry).await.map(drop)
}

/// Writes that the thing of an event is gone. Only compacted topics have such tombstones.
pub async fn tombstone<E: Event>(
    tx: &Tx,
    ctx: &Ctx,
    key: impl Into<String>,
    version: impl Into<i64>,
) -> Result<(), StoreError> {
    const { assert!(matches!(E::CLEANUP, Cleanup::Compact)) };
    let entry = Entry {
        topic: E::TOPIC,
        key: key.into(),
        version: version.into(),
        payload: None,
    };
    put(tx, ctx, entry).await.map(drop)
}

/// What is told, as it lies in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) topic: &'static str,
    pub(crate) key: String,
    pub(crate) version: i64,
    /// `None` is a tombstone.
    pub(crate) payload: Option<Vec<u8>>,
}

/// Writes an entry, and returns the event's id.
pub(crate) fn put<'a>(
    tx: &'a Tx,
    ctx: &'a Ctx,
    entry: Entry,
) -> BoxFuture<'a, Result<Id<Entry>, StoreError>> {
    Box::pin(put_now(tx, ctx, entry))
}

async fn put_now(tx: &Tx, ctx: &Ctx, entry: Entry) -> Result<Id<Entry>, StoreError> {
    let id = ctx.new_id();
    let record = Record {
        topic: entry.topic.into(),
        key: entry.key,
        payload: entry.payload.map(Bytes::from),
        event_id: id.uuid(),
        version: entry.version,
        tenant: ctx.tenant.clone(),
        traceparent: ctx.traceparent.as_deref().map(str::to_owned),
        headers: BTreeMap::new(),
    };
    // What the bus will never take would hold up everything behind it.
    record.validate().map_err(StoreError::Event)?;
    let row = ActiveModel {
        id: NotSet,
        event_id: Set(record.event_id),
        topic: Set(entry.topic.to_owned()),
        key: Set(record.key),
        version: Set(record.version),
        tenant: Set(record.tenant.to_string()),
        traceparent: Set(record.traceparent),
        payload: Set(record.payload.map(Vec::from)),
        created_at: Set(ctx.now().micros()),
        published_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    tx.mark_appended();
    Ok(id)
}

/// Lists events that are not yet published, in the order of their insertion, but none of these
/// topics' keys.
pub(crate) async fn unpublished(
    db: &impl ConnectionTrait,
    limit: u64,
    held: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<Model>, StoreError> {
    let mut wanted = Condition::all().add(Column::PublishedAt.is_null());
    for (topic, key) in held {
        let of_key = Condition::all().add(Column::Topic.eq(topic));
        wanted = wanted.add(of_key.add(Column::Key.eq(key)).not());
    }
    let rows = Entity::find().filter(wanted).order_by_asc(Column::Id);
    Ok(rows.limit(limit).all(db).await?)
}

/// How much waits in an outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Events that are not published.
    pub(crate) count: u64,
    /// When the oldest of them was written, in microseconds.
    pub(crate) oldest: Option<i64>,
    /// Dead letters.
    pub(crate) dead: u64,
}

/// Counts what waits.
pub(crate) async fn waiting(db: &impl ConnectionTrait) -> Result<Waiting, StoreError> {
    let open = Entity::find().filter(Column::PublishedAt.is_null());
    let oldest = open.clone().order_by_asc(Column::Id);
    let oldest = oldest.select_only().column(Column::CreatedAt).limit(1);
    Ok(Waiting {
        count: open.count(db).await?,
        oldest: oldest.into_tuple().one(db).await?,
        dead: dead::count(db).await?,
    })
}

/// Remembers that the bus has these events.
pub(crate) async fn mark_published(tx: &Tx, ids: &[i64], now: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::PublishedAt, now.into())
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes some of the events that were published before an instant, and returns how many.
pub(crate) async fn prune(tx: &Tx, before: i64, limit: u64) -> Result<u64, StoreError> {
    let ids: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::PublishedAt.lt(before))
        .order_by_asc(Column::PublishedAt)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    let deleted = Entity::delete_many()
        .filter(Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub event_id: Uuid,
    pub topic: String,
    pub key: String,
    pub version: i64,
    pub tenant: String,
    pub traceparent: Option<String>,
    pub payload: Option<Vec<u8>>,
    pub created_at: i64,
    pub published_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
