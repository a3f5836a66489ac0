//! Deliveries. Their ids grow with time, so the newest come first in descending order.

use std::collections::{HashSet, VecDeque};

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    Select, UpdateMany, Value, sea_query::Expr,
};
use sv_kernel::{Ctx, Id, Tenant, Timestamp};
use sv_proto::webhooks::DeliveryStatus;
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::delivery::{Column, Entity, Model};
use crate::domain::{Delivery, Webhook};

/// Writes a new one.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, new: &Delivery) -> Result<(), StoreError> {
    row(ctx, new)
        .into_active_model()
        .insert(tx)
        .await
        .map(drop)?;
    Ok(())
}

/// Writes what a try has made of one, unless somebody else has tried it meanwhile. What was given up since, because its
/// webhook was disabled, stays given up unless the receiver has taken it. Says whether it was written.
pub(crate) async fn tried(tx: &Tx, ctx: &Ctx, after: &Delivery) -> Result<bool, StoreError> {
    let before = || {
        Entity::update_of(&ctx.tenant)
            .col_expr(Column::Attempts, Expr::value(count(after.attempts)))
            .filter(Column::Id.eq(after.id.uuid()))
            .filter(Column::Attempts.eq(count(after.attempts) - 1))
    };
    let becomes = |row: UpdateMany<Entity>| {
        row.col_expr(Column::Status, Expr::value(i32::from(after.status)))
            .col_expr(Column::DueAt, Expr::value(after.due_at.micros()))
            .col_expr(
                Column::EndedAt,
                Expr::value(after.ended_at.map(Timestamp::micros)),
            )
    };
    let waits = Column::Status.eq(i32::from(DeliveryStatus::Pending));
    let written = becomes(before()).filter(waits).exec(tx).await?;
    if written.rows_affected == 1 {
        return Ok(true);
    }
    let given_up = before().filter(Column::Status.eq(i32::from(DeliveryStatus::Failed)));
    let written = if after.status == DeliveryStatus::Succeeded {
        becomes(given_up).exec(tx).await?
    } else {
        given_up.exec(tx).await?
    };
    Ok(written.rows_affected == 1)
}

/// Notes that a delivery repeats another.
pub(crate) async fn replayed(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<Delivery>,
    by: Id<Delivery>,
) -> Result<(), StoreError> {
    let written = Entity::update_of(&ctx.tenant)
        .col_expr(Column::ReplayedBy, Expr::value(by.uuid()))
        .filter(Column::Id.eq(id.uuid()));
    written.exec(tx).await.map(drop)?;
    Ok(())
}

/// Gives up what waits for a webhook.
pub(crate) async fn give_up(
    tx: &Tx,
    ctx: &Ctx,
    webhook: Id<Webhook>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let waiting = Entity::update_of(&ctx.tenant)
        .col_expr(
            Column::Status,
            Expr::value(i32::from(DeliveryStatus::Failed)),
        )
        .col_expr(Column::EndedAt, Expr::value(now.micros()))
        .filter(Column::WebhookId.eq(webhook.uuid()))
        .filter(Column::Status.eq(i32::from(DeliveryStatus::Pending)));
    waiting.exec(tx).await.map(drop)?;
    Ok(())
}

/// Finds one of a webhook.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    webhook: Id<Webhook>,
    id: Id<Delivery>,
) -> Result<Option<Delivery>, StoreError> {
    let query = of(ctx, webhook).filter(Column::Id.eq(id.uuid()));
    query.one(db).await?.map(Delivery::try_from).transpose()
}

/// Lists up to `limit` of a webhook, newest first, behind one of them or the first `skip`; those that stand so, or all.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    (webhook, status): (Id<Webhook>, Option<DeliveryStatus>),
    after: Option<Id<Delivery>>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = of(ctx, webhook)
        .apply_if(status, |rows, status| {
            rows.filter(Column::Status.eq(i32::from(status)))
        })
        .apply_if(after, |rows, after| {
            rows.filter(Column::Id.lt(after.uuid()))
        })
        .order_by_desc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit));
    let rows = rows.all(db).await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// Lists up to `limit` of a webhook that have failed, were written down since an instant and were not repeated, oldest
/// first.
pub(crate) async fn to_repeat(
    tx: &Tx,
    ctx: &Ctx,
    webhook: Id<Webhook>,
    since: Timestamp,
    limit: u64,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = of(ctx, webhook)
        .filter(Column::Status.eq(i32::from(DeliveryStatus::Failed)))
        .filter(Column::CreatedAt.gte(since.micros()))
        .filter(Column::ReplayedBy.is_null())
        .order_by_asc(Column::Id)
        .limit(limit);
    let rows = rows.all(tx).await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// Lists up to `limit` of a webhook that are due and not among `but`, the first due first.
pub(crate) async fn due(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    webhook: Id<Webhook>,
    now: Timestamp,
    but: &HashSet<Id<Delivery>>,
    limit: u64,
) -> Result<VecDeque<Delivery>, StoreError> {
    let rows = waiting(ctx, webhook)
        .filter(Column::DueAt.lte(now.micros()))
        .filter(Column::Id.is_not_in(but.iter().map(|id| id.uuid())))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(limit);
    let rows = rows.all(db).await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// Says when the next one of a webhook is due.
pub(crate) async fn next_due(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    webhook: Id<Webhook>,
) -> Result<Option<Timestamp>, StoreError> {
    let first = waiting(ctx, webhook)
        .select_only()
        .column_as(Column::DueAt.min(), "due")
        .into_tuple::<Option<i64>>();
    let due = first.one(db).await?.flatten();
    Ok(due.map(Timestamp::from_micros))
}

/// Counts what waits for a webhook.
pub(crate) async fn count_waiting(
    tx: &Tx,
    ctx: &Ctx,
    webhook: Id<Webhook>,
) -> Result<u64, StoreError> {
    Ok(waiting(ctx, webhook).count(tx).await?)
}

/// Lists webhooks, of all tenants, for which something has been due since before an instant.
pub(crate) async fn overdue(
    tx: &Tx,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<(Tenant, Id<Webhook>)>, StoreError> {
    let sql = "SELECT DISTINCT tenant, webhook_id FROM deliveries WHERE status = 1 AND due_at < $1 LIMIT $2";
    let values: Vec<Value> = vec![before.micros().into(), i64::from(limit).into()];
    let rows = tx.rows(sql, values).await?;
    let of = rows.iter().map(|row| {
        let (tenant, id): (String, Uuid) =
            (row.try_get("", "tenant")?, row.try_get("", "webhook_id")?);
        let tenant = Tenant::parse(&tenant)
            .map_err(|_| StoreError::inconsistent("deliveries", "tenant", id.to_string()))?;
        Ok((tenant, Id::from_uuid(id)))
    });
    of.collect()
}

/// What of all tenants has ended and was written down before an instant, some of it.
macro_rules! old {
    () => {
        "SELECT id FROM deliveries WHERE created_at < $1 AND status <> 1 ORDER BY created_at, id LIMIT $2"
    };
}

/// Some of a webhook.
macro_rules! some_of {
    () => {
        "SELECT id FROM deliveries WHERE tenant = $1 AND webhook_id = $2 ORDER BY id LIMIT $3"
    };
}

/// Deletes some of all tenants that ended and were written down before an instant, with their tries. Returns how many.
pub(crate) async fn forget(tx: &Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let values = || [before.micros().into(), i64::from(limit).into()];
    let tries = concat!("DELETE FROM attempts WHERE delivery_id IN (", old!(), ")");
    tx.run(tries, values()).await?;
    let deliveries = concat!("DELETE FROM deliveries WHERE id IN (", old!(), ")");
    tx.run(deliveries, values()).await
}

/// Deletes some of a webhook, with their tries. Returns how many.
pub(crate) async fn forget_of(
    tx: &Tx,
    ctx: &Ctx,
    webhook: Id<Webhook>,
    limit: u32,
) -> Result<u64, StoreError> {
    let values = || {
        [
            ctx.tenant.as_str().into(),
            webhook.uuid().into(),
            i64::from(limit).into(),
        ]
    };
    let tries = concat!(
        "DELETE FROM attempts WHERE delivery_id IN (",
        some_of!(),
        ")"
    );
    tx.run(tries, values()).await?;
    let deliveries = concat!("DELETE FROM deliveries WHERE id IN (", some_of!(), ")");
    tx.run(deliveries, values()).await
}

fn of(ctx: &Ctx, webhook: Id<Webhook>) -> Select<Entity> {
    Entity::of(&ctx.tenant).filter(Column::WebhookId.eq(webhook.uuid()))
}

fn waiting(ctx: &Ctx, webhook: Id<Webhook>) -> Select<Entity> {
    of(ctx, webhook).filter(Column::Status.eq(i32::from(DeliveryStatus::Pending)))
}

fn count(of: u32) -> i32 {
    i32::try_from(of).unwrap_or(i32::MAX)
}

fn row(ctx: &Ctx, of: &Delivery) -> Model {
    Model {
        id: of.id.uuid(),
        tenant: ctx.tenant.to_string(),
        webhook_id: of.webhook.uuid(),
        event_type: of.event_type.clone(),
        body: of.body.clone(),
        status: of.status.into(),
        attempts: count(of.attempts),
        due_at: of.due_at.micros(),
        replay_of: of.replay_of.map(Id::uuid),
        replayed_by: of.replayed_by.map(Id::uuid),
        created_at: of.created_at.micros(),
        ended_at: of.ended_at.map(Timestamp::micros),
    }
}

impl TryFrom<Model> for Delivery {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let status = DeliveryStatus::try_from(row.status);
        let wrong = |_| StoreError::inconsistent("deliveries", "status", row.id.to_string());
        Ok(Self {
            id: Id::from_uuid(row.id),
            webhook: Id::from_uuid(row.webhook_id),
            status: status.map_err(wrong)?,
            event_type: row.event_type,
            body: row.body,
            attempts: row.attempts.unsigned_abs(),
            due_at: Timestamp::from_micros(row.due_at),
            replay_of: row.replay_of.map(Id::from_uuid),
            replayed_by: row.replayed_by.map(Id::from_uuid),
            created_at: Timestamp::from_micros(row.created_at),
            ended_at: row.ended_at.map(Timestamp::from_micros),
        })
    }
}
