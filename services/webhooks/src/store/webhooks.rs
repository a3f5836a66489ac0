//! Webhooks. Their ids grow with time, so the newest come first in descending order.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    sea_query::Expr,
};
use sv_kernel::{Ctx, Id, Timestamp};
use sv_proto::webhooks::{WebhookDisabledReason, WebhookStatus};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::webhook::{Column, Entity, Model};
use crate::domain::Webhook;

/// Writes a new one.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, new: &Webhook) -> Result<(), StoreError> {
    row(ctx, new)
        .into_active_model()
        .insert(tx)
        .await
        .map(drop)?;
    Ok(())
}

/// Writes a changed one that was locked.
pub(crate) async fn update(tx: &Tx, ctx: &Ctx, changed: &Webhook) -> Result<(), StoreError> {
    let written = Entity::update_of(&ctx.tenant)
        .set(row(ctx, changed).into_active_model().reset_all())
        .filter(Column::Id.eq(changed.id.uuid()));
    written.exec(tx).await.map(drop)?;
    Ok(())
}

/// Deletes one.
pub(crate) async fn delete(tx: &Tx, ctx: &Ctx, id: Id<Webhook>) -> Result<(), StoreError> {
    let row = Entity::delete_of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    row.exec(tx).await.map(drop)?;
    Ok(())
}

/// Finds one.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Id<Webhook>,
) -> Result<Option<Webhook>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    query.one(db).await?.map(Webhook::try_from).transpose()
}

/// Finds one and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<Webhook>,
) -> Result<Option<Webhook>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    let row = query.lock_exclusive().one(tx).await?;
    row.map(Webhook::try_from).transpose()
}

/// Lists up to `limit`, newest first, behind one of them or the first `skip`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    after: Option<Id<Webhook>>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Webhook>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .apply_if(after, |rows, after| {
            rows.filter(Column::Id.lt(after.uuid()))
        })
        .order_by_desc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit));
    let rows = rows.all(db).await?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// Counts those of the tenant.
pub(crate) async fn count(tx: &Tx, ctx: &Ctx) -> Result<u64, StoreError> {
    Ok(Entity::of(&ctx.tenant).count(tx).await?)
}

/// Says whether the tenant has any that is enabled.
pub(crate) async fn any_enabled(db: &impl ConnectionTrait, ctx: &Ctx) -> Result<bool, StoreError> {
    let query =
        Entity::of(&ctx.tenant).filter(Column::Status.eq(i32::from(WebhookStatus::Enabled)));
    Ok(query.limit(1).one(db).await?.is_some())
}

/// Lists those that are enabled.
pub(crate) async fn enabled(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
) -> Result<Vec<Webhook>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::Status.eq(i32::from(WebhookStatus::Enabled)))
        .order_by_asc(Column::Id);
    let rows = rows.all(db).await?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// Notes that a request was taken.
pub(crate) async fn answers(tx: &Tx, ctx: &Ctx, id: Id<Webhook>) -> Result<(), StoreError> {
    let failing = Entity::update_of(&ctx.tenant)
        .col_expr(Column::FailingSince, Expr::value(None::<i64>))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::FailingSince.is_not_null());
    failing.exec(tx).await.map(drop)?;
    Ok(())
}

/// Notes that a request was not taken, unless that is noted already.
pub(crate) async fn fails(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<Webhook>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let well = Entity::update_of(&ctx.tenant)
        .col_expr(Column::FailingSince, Expr::value(now.micros()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::FailingSince.is_null());
    well.exec(tx).await.map(drop)?;
    Ok(())
}

fn row(ctx: &Ctx, of: &Webhook) -> Model {
    Model {
        id: of.id.uuid(),
        tenant: ctx.tenant.to_string(),
        url: of.url.clone(),
        description: of.description.clone(),
        event_types: of.event_types.join(" "),
        status: of.status.into(),
        disabled_reason: of.disabled_reason.into(),
        failing_since: of.failing_since.map(Timestamp::micros),
        previous_secret_until: of.previous_secret_until.map(Timestamp::micros),
        version: of.version,
        created_at: of.created_at.micros(),
        updated_at: of.updated_at.micros(),
    }
}

impl TryFrom<Model> for Webhook {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::inconsistent("webhooks", column, row.id.to_string());
        Ok(Self {
            id: Id::from_uuid(row.id),
            status: WebhookStatus::try_from(row.status).map_err(|_| wrong("status"))?,
            disabled_reason: WebhookDisabledReason::try_from(row.disabled_reason)
                .map_err(|_| wrong("disabled_reason"))?,
            url: row.url,
            description: row.description,
            event_types: row.event_types.split_whitespace().map(Into::into).collect(),
            failing_since: row.failing_since.map(Timestamp::from_micros),
            previous_secret_until: row.previous_secret_until.map(Timestamp::from_micros),
            version: row.version,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        })
    }
}
