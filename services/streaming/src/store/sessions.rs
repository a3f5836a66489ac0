//! Playback sessions: at most one open per profile, device and title (C8).

use sea_orm::{ActiveValue::Set, EntityTrait as _, entity::prelude::*, sea_query::OnConflict};
use sv_kernel::{Ctx, Id, Tenant, Timestamp};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::play_session::{ActiveModel, Column, Entity, Model};
use crate::domain::{PlaySession, SessionKey};

/// Returns the open session of a key, if it has not ended by `now`; ends it otherwise.
pub(crate) async fn open(
    tx: &Tx,
    ctx: &Ctx,
    key: &SessionKey,
) -> Result<Option<Id<PlaySession>>, StoreError> {
    let Some(row) = find(tx, ctx, key).await? else {
        return Ok(None);
    };
    if Timestamp::from_micros(row.expires_at) > ctx.now() {
        return Ok(Some(Id::from_uuid(row.id)));
    }
    Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(row.id))
        .col_expr(Column::EndedAt, row.expires_at.into())
        .exec(tx)
        .await?;
    Ok(None)
}

/// Starts a session, unless another call has just started one; returns the one that is open then.
pub(crate) async fn start(
    tx: &Tx,
    ctx: &Ctx,
    key: &SessionKey,
    generation: &str,
    until: Timestamp,
) -> Result<Id<PlaySession>, StoreError> {
    let row = ActiveModel {
        id: Set(ctx.new_id::<PlaySession>().uuid()),
        tenant: Set(ctx.tenant.to_string()),
        user_id: Set(key.user),
        profile_id: Set(key.profile),
        device: Set(key.device.clone()),
        content_id: Set(key.content),
        generation: Set(generation.to_owned()),
        started_at: Set(ctx.now().micros()),
        expires_at: Set(until.micros()),
        ended_at: Set(None),
    };
    Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let open = find(tx, ctx, key).await?;
    open.map(|row| Id::from_uuid(row.id))
        .ok_or_else(|| StoreError::inconsistent("play_sessions", "id", key.device.clone()))
}

/// Sets what an open session plays, and until when.
pub(crate) async fn extend(
    tx: &Tx,
    ctx: &Ctx,
    session: Id<PlaySession>,
    generation: &str,
    until: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(session.uuid()))
        .col_expr(Column::Generation, generation.into())
        .col_expr(Column::ExpiresAt, until.micros().into())
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns what an open session plays and for whom; `None` where it has ended or is not known.
pub(crate) async fn running(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    session: Id<PlaySession>,
) -> Result<Option<SessionKey>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Id.eq(session.uuid()))
        .filter(Column::EndedAt.is_null())
        .one(db)
        .await?;
    Ok(row.map(|row| SessionKey {
        user: row.user_id,
        profile: row.profile_id,
        device: row.device,
        content: row.content_id,
    }))
}

/// Ends a session.
pub(crate) async fn end(tx: &Tx, ctx: &Ctx, session: Id<PlaySession>) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(session.uuid()))
        .filter(Column::EndedAt.is_null())
        .col_expr(Column::EndedAt, ctx.now().micros().into())
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes sessions of any tenant that ended before an instant, up to a thousand, and counts them.
pub(crate) async fn forget(tx: &Tx, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM play_sessions WHERE id IN
               (SELECT id FROM play_sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000)";
    tx.run(sql, [before.micros().into()]).await
}

async fn find(tx: &Tx, ctx: &Ctx, key: &SessionKey) -> Result<Option<Model>, StoreError> {
    let row = Entity::of(&ctx.tenant)
        .filter(Column::ProfileId.eq(key.profile))
        .filter(Column::Device.eq(key.device.as_str()))
        .filter(Column::ContentId.eq(key.content))
        .filter(Column::EndedAt.is_null());
    Ok(row.one(tx).await?)
}
