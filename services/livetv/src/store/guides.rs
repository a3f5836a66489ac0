//! Which channel a guide means, and how often its guide has changed.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, QueryFilter as _, QuerySelect as _, sea_query::Expr,
};
use sv_kernel::Tenant;
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::channel::{Column, Entity};

/// Lists the channels that have a name in guides, by it.
pub(crate) async fn names(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
) -> Result<HashMap<String, Uuid>, StoreError> {
    let rows: Vec<(String, Uuid)> = Entity::of(tenant)
        .filter(Column::GuideId.is_not_null())
        .select_only()
        .columns([Column::GuideId, Column::Id])
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Keeps others from changing a channel and its guide until the transaction ends, and returns the guide's
/// version; `None` where the channel is gone.
pub(crate) async fn lock(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<Option<i64>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(row.map(|row| row.guide_version))
}

/// Writes the version of the guide of a channel that was locked.
pub(crate) async fn set_version(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    version: i64,
) -> Result<(), StoreError> {
    Entity::update_of(tenant)
        .col_expr(Column::GuideVersion, Expr::value(version))
        // What runs now and next may be another now.
        .col_expr(Column::AiringDue, Expr::value(0_i64))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
