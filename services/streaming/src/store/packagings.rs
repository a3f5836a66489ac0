//! Folders of the blob store into which imports package, until what lies there is published or deleted.
//!
//! Folders belong to titles, not to tenants: whether one is needed is asked of all.

use std::time::Duration;

use sea_orm::{Condition, QueryOrder as _, QuerySelect as _, entity::prelude::*};
use sv_kernel::Ctx;
use sv_store::{StoreError, TenantTable as _, Tx};

use super::{
    entity::{
        import, media,
        packaging::{Column, Entity, Model},
    },
    imports::UNDER_WAY,
};

/// A folder that may have been left behind.
#[derive(Clone, Debug)]
pub(crate) struct Left {
    /// Where it is, without a slash at its end.
    pub(crate) prefix: String,
    /// Whose import wanted it.
    pub(crate) tenant: String,
    content: Uuid,
    generation: String,
}

/// Notes that an import packages into a folder; says whether it may: while the folder is being deleted it may not.
pub(crate) async fn claim(
    tx: &Tx,
    ctx: &Ctx,
    content: Uuid,
    prefix: &str,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO packagings (prefix, tenant, content_id, generation, touched_at, removing)
               VALUES ($1, $2, $3, $4, $5, FALSE)
               ON CONFLICT (prefix) DO UPDATE SET tenant = excluded.tenant, touched_at = excluded.touched_at
               WHERE NOT packagings.removing";
    let generation = prefix.rsplit('/').next().unwrap_or_default();
    let values: [Value; 5] = [
        prefix.into(),
        ctx.tenant.as_str().into(),
        content.into(),
        generation.into(),
        ctx.now().micros().into(),
    ];
    Ok(tx.run(sql, values).await? > 0)
}

/// Keeps a folder from being deleted until the transaction ends, and for a while; says whether it may be published:
/// while it is being deleted it may not.
pub(crate) async fn keep(tx: &Tx, ctx: &Ctx, prefix: &str) -> Result<bool, StoreError> {
    let kept = Entity::update_many()
        .col_expr(Column::TouchedAt, ctx.now().micros().into())
        .filter(Column::Prefix.eq(prefix))
        .filter(Column::Removing.eq(false))
        .exec(tx)
        .await?;
    if kept.rows_affected > 0 {
        return Ok(true);
    }
    let rows = Entity::find().filter(Column::Prefix.eq(prefix));
    // Packaged by the command, or by a release before this.
    Ok(rows.one(tx).await?.is_none())
}

/// Lists, of all tenants, folders that nobody has wanted for `idle`, and such whose deletion was begun.
pub(crate) async fn left(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    idle: Duration,
    limit: u64,
) -> Result<Vec<Left>, StoreError> {
    let due = Entity::due(ctx, |now| Column::TouchedAt.lte((now - idle).micros()));
    let rows = Entity::find()
        .filter(Condition::any().add(Column::Removing.eq(true)).add(due))
        .order_by_asc(Column::TouchedAt)
        .limit(limit)
        .all(db)
        .await?;
    let left = |row: Model| Left {
        prefix: row.prefix,
        tenant: row.tenant,
        content: row.content_id,
        generation: row.generation,
    };
    Ok(rows.into_iter().map(left).collect())
}

/// Begins the deletion of a folder that nobody needs, after which no import packages into it; says whether it may be
/// deleted. One that is published is forgotten here, and one whose title has an import under way is looked at later.
pub(crate) async fn begin_removal(
    tx: &Tx,
    ctx: &Ctx,
    of: &Left,
    idle: Duration,
) -> Result<bool, StoreError> {
    let row = Entity::find()
        .filter(Column::Prefix.eq(&*of.prefix))
        .lock_exclusive()
        .one(tx)
        .await?;
    let Some(row) = row else { return Ok(false) };
    if row.removing {
        return Ok(true);
    }
    if row.touched_at > (ctx.now() - idle).micros() {
        return Ok(false);
    }
    let published = media::Entity::find()
        .filter(media::Column::ContentId.eq(of.content))
        .filter(media::Column::Generation.eq(&*of.generation));
    if published.one(tx).await?.is_some() {
        forget(tx, of).await?;
        return Ok(false);
    }
    let under_way = import::Entity::find()
        .filter(import::Column::ContentId.eq(of.content))
        .filter(import::Column::Stage.is_in(UNDER_WAY.map(i32::from)));
    let is_needed = under_way.one(tx).await?.is_some();
    let mut change = Entity::update_many().filter(Column::Prefix.eq(&*of.prefix));
    change = if is_needed {
        change.col_expr(Column::TouchedAt, ctx.now().micros().into())
    } else {
        change.col_expr(Column::Removing, true.into())
    };
    change.exec(tx).await?;
    Ok(!is_needed)
}

/// Forgets a folder.
pub(crate) async fn forget(tx: &Tx, of: &Left) -> Result<(), StoreError> {
    let row = Entity::delete_many().filter(Column::Prefix.eq(&*of.prefix));
    row.exec(tx).await?;
    Ok(())
}
