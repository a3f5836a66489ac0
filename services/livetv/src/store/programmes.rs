//! Programmes: one row each, with what it is as its document.

use prost::Message as _;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};
use sv_kernel::{Ctx, Tenant, Timestamp};
use sv_proto::livetv::Programme;
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::programme::{ActiveModel, Column, Entity, Model};
use crate::domain::{Difference, LONGEST, Slot};

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

/// Lists what channels show between two moments, by channel and beginning, up to `limit` programmes.
pub(crate) async fn between(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    channels: &[Uuid],
    from: Timestamp,
    to: Timestamp,
    limit: u64,
) -> Result<Vec<Placed>, StoreError> {
    // What runs at `from` has begun at most so long before: the index leads there.
    let longest = i64::try_from(LONGEST.as_micros()).unwrap_or(i64::MAX);
    let rows = Entity::of(tenant)
        .filter(Column::ChannelId.is_in(channels.iter().copied()))
        .filter(Column::StartAt.gte(from.micros().saturating_sub(longest)))
        .filter(Column::StartAt.lt(to.micros()))
        .filter(Column::StopAt.gt(from.micros()))
        .order_by_asc(Column::ChannelId)
        .order_by_asc(Column::StartAt)
        .limit(limit)
        .all(db)
        .await?;
    rows.iter().map(placed).collect()
}

/// Changes a channel's programmes as a difference says.
pub(crate) async fn apply(
    tx: &Tx,
    ctx: &Ctx,
    channel: Uuid,
    difference: &Difference<Uuid>,
) -> Result<(), StoreError> {
    for ids in difference.deleted.chunks(BATCH) {
        let rows = Entity::delete_of(&ctx.tenant).filter(Column::Id.is_in(ids.iter().copied()));
        rows.exec(tx).await?;
    }
    for (id, slot) in &difference.updated {
        Entity::update_of(&ctx.tenant)
            .col_expr(Column::StopAt, Expr::value(slot.stop.micros()))
            .col_expr(
                Column::Document,
                Expr::value(slot.programme.encode_to_vec()),
            )
            .filter(Column::Id.eq(*id))
            .exec(tx)
            .await?;
    }
    for slots in difference.created.chunks(BATCH) {
        let rows = slots.iter().map(|slot| ActiveModel {
            id: Set(ctx.new_id::<Programme>().uuid()),
            tenant: Set(ctx.tenant.to_string()),
            channel_id: Set(channel),
            start_at: Set(slot.start.micros()),
            stop_at: Set(slot.stop.micros()),
            document: Set(slot.programme.encode_to_vec()),
        });
        Entity::insert_many(rows).exec(tx).await?;
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
    let programme = Programme::decode(row.document.as_slice())
        .map_err(|_| StoreError::inconsistent("programmes", "document", row.id))?;
    Ok(Placed {
        id: row.id,
        channel: row.channel_id,
        bytes: row.document.len(),
        slot: Slot {
            start: Timestamp::from_micros(row.start_at),
            stop: Timestamp::from_micros(row.stop_at),
            programme,
        },
    })
}
