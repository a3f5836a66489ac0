//! Programmes: one row each, with what it is as its document.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Asterisk, Query, UnionType},
};
use sv_kernel::{Ctx, Tenant, Timestamp};
use sv_proto::livetv::Programme;
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::programme::{ActiveModel, Column, Entity, Model};
use crate::domain::{Difference, LONGEST, Show, Slot};

/// Rows of one statement.
const BATCH: usize = 500;

/// A programme with its place.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) id: Uuid,
    pub(crate) channel: Uuid,
    pub(crate) slot: Slot,
    /// How large it is.
    pub(crate) bytes: usize,
}

/// Lists all that a channel shows between two moments.
pub(crate) async fn all_between(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    channel: Uuid,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Placed>, StoreError> {
    between(db, tenant, &[channel], from, to, u64::MAX >> 1).await
}

/// Lists what channels show between two moments, by channel and beginning: of each what runs at `from`, and
/// up to `limit` programmes that begin later.
pub(crate) async fn between(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    channels: &[Uuid],
    from: Timestamp,
    to: Timestamp,
    limit: u64,
) -> Result<Vec<Placed>, StoreError> {
    // One statement for all channels, in which each is a range of the index with a limit of its own: a
    // channel with very many programmes costs what any other does.
    let mut parts = channels.iter().flat_map(|channel| {
        let of_channel = || Entity::of(tenant).filter(Column::ChannelId.eq(*channel));
        // No two programmes of a channel overlap and none is longer than this: what runs at `from` is the
        // last one that has begun.
        let running = of_channel()
            .filter(Column::StartAt.lte(from.micros()))
            .filter(Column::StartAt.gte((from - LONGEST).micros()))
            .order_by_desc(Column::StartAt)
            .limit(1);
        let coming = of_channel()
            .filter(Column::StartAt.gt(from.micros()))
            .filter(Column::StartAt.lt(to.micros()))
            .order_by_asc(Column::StartAt)
            .limit(limit);
        [running, coming]
    });
    let part = |rows: Select<Entity>| {
        let mut part = Query::select();
        part.column(Asterisk)
            .from_subquery(rows.into_query(), "part");
        part
    };
    let Some(mut all) = parts.next().map(part) else {
        return Ok(Vec::new());
    };
    for rows in parts {
        all.union(UnionType::All, part(rows));
    }
    let statement = db.get_database_backend().build(&all);
    let mut rows = Model::find_by_statement(statement).all(db).await?;
    rows.retain(|row| row.stop_at > from.micros());
    rows.sort_unstable_by_key(|row| (row.channel_id, row.start_at));
    rows.iter().map(placed).collect()
}

/// Changes a channel's programmes as a difference says.
pub(crate) async fn apply(
    tx: &Tx,
    ctx: &Ctx,
    channel: Uuid,
    difference: &Difference<Uuid>,
) -> Result<(), StoreError> {
    // What is written over goes and comes back, because that can be said of many rows in one statement.
    let updated = difference.updated.iter().map(|(id, _)| *id);
    let gone: Vec<Uuid> = difference.deleted.iter().copied().chain(updated).collect();
    for ids in gone.chunks(BATCH) {
        let rows = Entity::delete_of(&ctx.tenant).filter(Column::Id.is_in(ids.iter().copied()));
        rows.exec(tx).await?;
    }
    let updated = difference.updated.iter().map(|(id, slot)| (*id, slot));
    let created = difference.created.iter();
    let created = created.map(|slot| (ctx.new_id::<Programme>().uuid(), slot));
    let rows: Vec<_> = updated
        .chain(created)
        .map(|(id, slot)| ActiveModel {
            id: Set(id),
            tenant: Set(ctx.tenant.to_string()),
            channel_id: Set(channel),
            start_at: Set(slot.start.micros()),
            stop_at: Set(slot.stop.micros()),
            document: Set(slot.show.bytes().to_vec()),
        })
        .collect();
    for rows in rows.chunks(BATCH) {
        let rows = Entity::insert_many(rows.iter().cloned());
        rows.exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Deletes all programmes of a channel.
pub(crate) async fn delete_of(tx: &Tx, tenant: &Tenant, channel: Uuid) -> Result<(), StoreError> {
    let rows = Entity::delete_of(tenant).filter(Column::ChannelId.eq(channel));
    rows.exec(tx).await?;
    Ok(())
}

fn placed(row: &Model) -> Result<Placed, StoreError> {
    let show = Show::read(&row.document)
        .map_err(|_| StoreError::inconsistent("programmes", "document", row.id))?;
    Ok(Placed {
        id: row.id,
        channel: row.channel_id,
        bytes: row.document.len(),
        slot: Slot {
            start: Timestamp::from_micros(row.start_at),
            stop: Timestamp::from_micros(row.stop_at),
            show,
        },
    })
}
