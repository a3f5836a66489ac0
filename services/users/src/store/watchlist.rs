//! Watchlists.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select, Set,
};
use sv_kernel::{Ctx, Id, Timestamp};
use sv_store::{Position, StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::watchlist::{ActiveModel, Column, Entity, Model};
use crate::domain::{Listed, Profile};

/// Finds a title on a profile's list.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    profile: Id<Profile>,
    content: Uuid,
) -> Result<Option<Listed>, StoreError> {
    let row = of(ctx, profile).filter(Column::ContentId.eq(content));
    Ok(row.one(db).await?.map(Listed::from))
}

/// Puts a title on a list that it is not on.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    profile: Id<Profile>,
    listed: Listed,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        profile_id: Set(profile.uuid()),
        content_id: Set(listed.content),
        tenant: Set(ctx.tenant.to_string()),
        added_at: Set(listed.added_at.micros()),
    };
    row.insert(tx).await?;
    Ok(())
}

/// Takes a title off a list; it need not be on it.
pub(crate) async fn delete(
    tx: &Tx,
    ctx: &Ctx,
    profile: Id<Profile>,
    content: Uuid,
) -> Result<(), StoreError> {
    Entity::delete_of(&ctx.tenant)
        .filter(Column::ProfileId.eq(profile.uuid()))
        .filter(Column::ContentId.eq(content))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes a profile's list.
pub(crate) async fn delete_all(tx: &Tx, ctx: &Ctx, profile: Id<Profile>) -> Result<(), StoreError> {
    let rows = Entity::delete_of(&ctx.tenant).filter(Column::ProfileId.eq(profile.uuid()));
    rows.exec(tx).await?;
    Ok(())
}

/// Lists up to `limit` titles, what was added last first, after one of them or the first `skip`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    profile: Id<Profile>,
    after: Option<Position>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Listed>, StoreError> {
    let rows = of(ctx, profile)
        .apply_if(after, |rows, after| {
            rows.filter(after.before(Column::AddedAt, Column::ContentId))
        })
        .order_by_desc(Column::AddedAt)
        .order_by_desc(Column::ContentId)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

/// Counts the titles on a list.
pub(crate) async fn count(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    profile: Id<Profile>,
) -> Result<u64, StoreError> {
    Ok(of(ctx, profile).count(db).await?)
}

fn of(ctx: &Ctx, profile: Id<Profile>) -> Select<Entity> {
    Entity::of(&ctx.tenant).filter(Column::ProfileId.eq(profile.uuid()))
}

impl From<Model> for Listed {
    fn from(row: Model) -> Self {
        Self {
            content: row.content_id,
            added_at: Timestamp::from_micros(row.added_at),
        }
    }
}
