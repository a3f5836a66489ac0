//! Secrets of webhooks, sealed. The newest has no end.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, sea_query::Expr,
};
use sv_kernel::{Ctx, Id, Timestamp};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::secret::{Column, Entity, Model};
use crate::domain::{MOST_SECRETS, StoredSecret, Webhook};

/// Writes the one that signs from now on.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    of: Id<Webhook>,
    new: &StoredSecret,
) -> Result<(), StoreError> {
    let row = Model {
        id: new.id.uuid(),
        tenant: ctx.tenant.to_string(),
        webhook_id: of.uuid(),
        sealed: new.sealed.clone(),
        ends_at: new.until.map(Timestamp::micros),
    };
    row.into_active_model().insert(tx).await.map(drop)?;
    Ok(())
}

/// Lists those that sign at an instant, newest first.
pub(crate) async fn in_force(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    of: Id<Webhook>,
    now: Timestamp,
) -> Result<Vec<StoredSecret>, StoreError> {
    let signs = Condition::any()
        .add(Column::EndsAt.is_null())
        .add(Column::EndsAt.gt(now.micros()));
    let rows = of_webhook(ctx, of)
        .filter(signs)
        .order_by_desc(Column::Id)
        .limit(u64::try_from(MOST_SECRETS).unwrap_or(u64::MAX));
    let rows = rows.all(db).await?;
    let secrets = rows.into_iter().map(|row| StoredSecret {
        id: Id::from_uuid(row.id),
        sealed: row.sealed,
        until: row.ends_at.map(Timestamp::from_micros),
    });
    Ok(secrets.collect())
}

/// Lets the one that has no end yet sign until an instant, and deletes those whose end has come.
pub(crate) async fn succeed(
    tx: &Tx,
    ctx: &Ctx,
    of: Id<Webhook>,
    (now, until): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let last = Entity::update_of(&ctx.tenant)
        .col_expr(Column::EndsAt, Expr::value(until.micros()))
        .filter(Column::WebhookId.eq(of.uuid()))
        .filter(Column::EndsAt.is_null());
    last.exec(tx).await.map(drop)?;
    let over = Entity::delete_of(&ctx.tenant)
        .filter(Column::WebhookId.eq(of.uuid()))
        .filter(Column::EndsAt.lte(now.micros()));
    over.exec(tx).await.map(drop)?;
    Ok(())
}

/// Deletes all of a webhook.
pub(crate) async fn delete_all(tx: &Tx, ctx: &Ctx, of: Id<Webhook>) -> Result<(), StoreError> {
    let all = Entity::delete_of(&ctx.tenant).filter(Column::WebhookId.eq(of.uuid()));
    all.exec(tx).await.map(drop)?;
    Ok(())
}

fn of_webhook(ctx: &Ctx, of: Id<Webhook>) -> Select<Entity> {
    Entity::of(&ctx.tenant).filter(Column::WebhookId.eq(of.uuid()))
}
