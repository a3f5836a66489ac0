//! Logins and the tokens that prolong them.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, QueryFilter as _, QuerySelect as _,
    Set, sea_query::Expr,
};
use sv_kernel::{Ctx, Id, Session, Timestamp, User};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::{refresh_token, session};
use crate::domain::{Digest, Known, Login};

/// Inserts a login.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, login: &Login) -> Result<(), StoreError> {
    let row = session::ActiveModel {
        id: Set(login.id.uuid()),
        tenant: Set(ctx.tenant.to_string()),
        user_id: Set(login.user.uuid()),
        device_id: Set(login.device.clone()),
        agent: Set(login.agent.clone()),
        created_at: Set(login.created_at.micros()),
        refreshed_at: Set(login.used_at.micros()),
        expires_at: Set(login.expires_at.micros()),
        revoked_at: Set(None),
        tokens_until: Set(Some(login.tokens_until.micros())),
        profile_id: Set(login.profile.map(Id::uuid)),
        for_child: Set(login.for_child),
    };
    row.insert(tx).await?;
    Ok(())
}

/// Finds a login.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Id<Session>,
) -> Result<Option<Login>, StoreError> {
    let query = session::Entity::of(&ctx.tenant).filter(session::Column::Id.eq(id.uuid()));
    Ok(query.one(db).await?.map(Login::from))
}

/// Lists an account's logins that have not ended.
pub(crate) async fn live(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
    now: Timestamp,
) -> Result<Vec<Login>, StoreError> {
    let rows = session::Entity::of(&ctx.tenant)
        .filter(session::Column::UserId.eq(user.uuid()))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now.micros()))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Login::from).collect())
}

/// Notes that a login is being prolonged, by an access token that runs `until`; until the
/// transaction ends, nobody else prolongs or ends it.
pub(crate) async fn lock(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<Session>,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StoreError> {
    // An older token may run longer: the lifetime can be shortened by configuration.
    session::Entity::update_of(&ctx.tenant)
        .col_expr(session::Column::TokensUntil, Expr::val(until.micros()))
        .filter(session::Column::Id.eq(id.uuid()))
        .filter(session::Column::TokensUntil.lt(until.micros()))
        .exec(tx)
        .await?;
    session::Entity::update_of(&ctx.tenant)
        .col_expr(session::Column::RefreshedAt, Expr::val(now.micros()))
        .filter(session::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends a login; `false` if it had ended before. Nobody signs an access token for it any more once
/// this transaction has ended.
pub(crate) async fn end(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<Session>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let result = session::Entity::update_of(&ctx.tenant)
        .col_expr(session::Column::RevokedAt, Expr::val(now.micros()))
        .filter(session::Column::Id.eq(id.uuid()))
        .filter(session::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(result.rows_affected > 0)
}

/// Deletes a few logins that expired before an instant, with their tokens.
pub(crate) async fn forget(tx: &Tx, before: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM sessions WHERE id IN
               (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT 8)";
    tx.run(sql, [before.micros().into()]).await.map(drop)
}

/// Deletes all logins of an account, with their tokens. What was made out to those that have not expired is to
/// be ended before.
pub(crate) async fn delete_of(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<(), StoreError> {
    let of_user = session::Entity::delete_of(&ctx.tenant);
    let of_user = of_user.filter(session::Column::UserId.eq(user.uuid()));
    of_user.exec(tx).await?;
    Ok(())
}

/// Inserts a token's digest.
pub(crate) async fn insert_token(
    tx: &Tx,
    ctx: &Ctx,
    session: Id<Session>,
    digest: Digest,
    seq: i64,
) -> Result<(), StoreError> {
    let row = refresh_token::ActiveModel {
        sha256: Set(digest.to_vec()),
        tenant: Set(ctx.tenant.to_string()),
        session_id: Set(session.uuid()),
        seq: Set(seq),
        used_at: Set(None),
        idem_hash: Set(None),
    };
    row.insert(tx).await?;
    Ok(())
}

/// Finds a token by its digest.
pub(crate) async fn token(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    digest: Digest,
) -> Result<Option<Known>, StoreError> {
    let query = refresh_token::Entity::of(&ctx.tenant)
        .filter(refresh_token::Column::Sha256.eq(digest.to_vec()));
    let Some(row) = query.one(db).await? else {
        return Ok(None);
    };
    let used_with = row
        .idem_hash
        .map(Digest::try_from)
        .transpose()
        .map_err(|_| {
            StoreError::inconsistent("refresh_tokens", "idem_hash", row.session_id.to_string())
        })?;
    Ok(Some(Known {
        digest,
        session: Id::from_uuid(row.session_id),
        seq: row.seq,
        used: row.used_at.is_some(),
        used_with,
    }))
}

/// Returns the number of a login's youngest token.
pub(crate) async fn newest(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    session: Id<Session>,
) -> Result<i64, StoreError> {
    let newest: Option<Option<i64>> = refresh_token::Entity::of(&ctx.tenant)
        .filter(refresh_token::Column::SessionId.eq(session.uuid()))
        .select_only()
        .column_as(refresh_token::Column::Seq.max(), "newest")
        .into_tuple()
        .one(db)
        .await?;
    Ok(newest.flatten().unwrap_or(0))
}

/// Marks a token as used, with the client's key.
pub(crate) async fn use_token(
    tx: &Tx,
    ctx: &Ctx,
    digest: Digest,
    key: Option<Digest>,
    now: Timestamp,
) -> Result<(), StoreError> {
    refresh_token::Entity::update_of(&ctx.tenant)
        .col_expr(refresh_token::Column::UsedAt, Expr::val(now.micros()))
        .col_expr(
            refresh_token::Column::IdemHash,
            Expr::val(key.map(Vec::from)),
        )
        .filter(refresh_token::Column::Sha256.eq(digest.to_vec()))
        .exec(tx)
        .await?;
    Ok(())
}

impl From<session::Model> for Login {
    fn from(row: session::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            user: Id::from_uuid(row.user_id),
            device: row.device_id,
            agent: row.agent,
            created_at: Timestamp::from_micros(row.created_at),
            used_at: Timestamp::from_micros(row.refreshed_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            revoked: row.revoked_at.is_some(),
            // Of logins from before this was noted it is not known.
            tokens_until: Timestamp::from_micros(row.tokens_until.unwrap_or(row.expires_at)),
            profile: row.profile_id.map(Id::from_uuid),
            for_child: row.for_child,
        }
    }
}
