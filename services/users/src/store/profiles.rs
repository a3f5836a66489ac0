//! Profiles.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    Select,
};
use sv_kernel::{Ctx, Id, Timestamp, User};
use sv_store::{Position, StoreError, TenantTable as _, Tx};

use super::entity::profile::{Column, Entity, Model};
use crate::domain::{Pin, Profile, fold};

/// Inserts a profile.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, profile: &Profile) -> Result<(), StoreError> {
    row(ctx, profile).into_active_model().insert(tx).await?;
    Ok(())
}

/// Writes a changed profile.
pub(crate) async fn update(tx: &Tx, ctx: &Ctx, profile: &Profile) -> Result<(), StoreError> {
    let all = row(ctx, profile).into_active_model().reset_all();
    Entity::update_of(&ctx.tenant)
        .set(all)
        .filter(Column::Id.eq(profile.id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes a profile.
pub(crate) async fn delete(tx: &Tx, ctx: &Ctx, id: Id<Profile>) -> Result<(), StoreError> {
    Entity::delete_of(&ctx.tenant)
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Finds a profile of an account.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
    id: Id<Profile>,
) -> Result<Option<Profile>, StoreError> {
    let row = of_user(ctx, user)
        .filter(Column::Id.eq(id.uuid()))
        .one(db)
        .await?;
    Ok(row.map(Profile::from))
}

/// Finds a profile of an account; until the transaction ends nobody else changes or deletes it.
pub(crate) async fn lock(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    id: Id<Profile>,
) -> Result<Option<Profile>, StoreError> {
    let row = of_user(ctx, user)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(row.map(Profile::from))
}

/// Lists up to `limit` of an account's profiles, oldest first, after one of them or the first `skip`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
    after: Option<Position>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Profile>, StoreError> {
    let rows = of_user(ctx, user)
        .apply_if(after, |rows, after| {
            rows.filter(after.after(Column::CreatedAt, Column::Id))
        })
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Profile::from).collect())
}

/// Counts an account's profiles.
pub(crate) async fn count(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<u64, StoreError> {
    Ok(of_user(ctx, user).count(db).await?)
}

fn of_user(ctx: &Ctx, user: Id<User>) -> Select<Entity> {
    Entity::of(&ctx.tenant).filter(Column::UserId.eq(user.uuid()))
}

fn row(ctx: &Ctx, profile: &Profile) -> Model {
    Model {
        id: profile.id.uuid(),
        tenant: ctx.tenant.to_string(),
        user_id: profile.user.uuid(),
        name: profile.name.clone(),
        name_key: fold(&profile.name),
        avatar_url: profile.avatar_url.clone(),
        is_kids: profile.is_kids,
        language: profile.language.clone(),
        pin_tag: profile.pin.as_ref().map(|pin| pin.tag.clone()),
        pin_failures: profile.pin.as_ref().map_or(0, |pin| pin.failures),
        pin_locked_until: profile
            .pin
            .as_ref()
            .map_or(0, |pin| pin.locked_until.micros()),
        created_at: profile.created_at.micros(),
        updated_at: profile.updated_at.micros(),
    }
}

impl From<Model> for Profile {
    fn from(row: Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            user: Id::from_uuid(row.user_id),
            name: row.name,
            avatar_url: row.avatar_url,
            is_kids: row.is_kids,
            language: row.language,
            pin: row.pin_tag.map(|tag| Pin {
                tag,
                failures: row.pin_failures,
                locked_until: Timestamp::from_micros(row.pin_locked_until),
            }),
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        }
    }
}
