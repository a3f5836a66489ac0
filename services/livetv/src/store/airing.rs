//! What runs on channels now and next, as it was told last.

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::Expr,
};
use sv_kernel::{Ctx, Tenant, Timestamp};
use sv_proto::livetv::Channel;
use sv_store::{Reader, StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::{
    channels::decode,
    entity::channel::{Column, Entity},
};

/// A channel that is to be looked at.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) tenant: Tenant,
    pub(crate) channel: Uuid,
}

/// What is known of what a channel shows.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) channel: Channel,
    pub(crate) due: Timestamp,
    pub(crate) version: i64,
    pub(crate) document: Option<Vec<u8>>,
}

/// Lists channels of all tenants that are to be looked at, the longest waiting first.
pub(crate) async fn due(db: &Reader, ctx: &Ctx, limit: u64) -> Result<Vec<Due>, StoreError> {
    let rows: Vec<(String, Uuid)> = Entity::find()
        .filter(Entity::due(ctx, |now| Column::AiringDue.lte(now.micros())))
        .order_by_asc(Column::AiringDue)
        .order_by_asc(Column::Id)
        .limit(limit)
        .select_only()
        .columns([Column::Tenant, Column::Id])
        .into_tuple()
        .all(db)
        .await?;
    let due = rows.into_iter().map(|(tenant, channel)| {
        let tenant = Tenant::parse(&tenant);
        let tenant = tenant.map_err(|_| StoreError::inconsistent("channels", "tenant", channel))?;
        Ok(Due { tenant, channel })
    });
    due.collect()
}

/// Finds a channel and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<Option<Told>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    let told = row.map(|row| {
        Ok(Told {
            channel: decode(&row)?,
            due: Timestamp::from_micros(row.airing_due),
            version: row.airing_version,
            document: row.airing,
        })
    });
    told.transpose()
}

/// Writes what was told of a channel that was locked, and when to look again.
pub(crate) async fn set(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    version: i64,
    document: Vec<u8>,
    due: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_of(tenant)
        .col_expr(Column::AiringVersion, Expr::value(version))
        .col_expr(Column::Airing, Expr::value(document))
        .col_expr(Column::AiringDue, Expr::value(due.micros()))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
