//! Subscriptions.

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use sv_kernel::{Ctx, Id, Tenant, Timestamp, User, clock_of};
use sv_store::{Position, StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::{
    Due, coupons,
    entity::subscription::{Column, Entity, Model},
};
use crate::domain::{Held, NextPlan, Overdue, PaymentMethod, Plan, Status, Subscription};

/// Inserts a subscription. Fails as a duplicate where the account has an open one.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, new: &Subscription) -> Result<(), StoreError> {
    row(ctx, new).into_active_model().insert(tx).await?;
    Ok(())
}

/// Writes a changed subscription over the version before it. Returns whether it was still there in
/// that version.
pub(crate) async fn update(tx: &Tx, ctx: &Ctx, changed: &Subscription) -> Result<bool, StoreError> {
    let written = Entity::update_of(&ctx.tenant)
        .set(row(ctx, changed).into_active_model().reset_all())
        .filter(Column::Id.eq(changed.id.uuid()))
        .filter(Column::Version.eq(changed.version - 1))
        .exec(tx)
        .await?;
    if written.rows_affected == 1 && changed.came_to_nothing() {
        coupons::release(tx, ctx, changed).await?;
    }
    Ok(written.rows_affected == 1)
}

/// Finds a subscription.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Id<Subscription>,
) -> Result<Option<Subscription>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    let found = query.one(db).await?.map(Subscription::try_from);
    Ok(found.transpose()?.map(|found| found.at(ctx.now())))
}

/// Finds one, and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<Subscription>,
) -> Result<Option<Subscription>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    let row = query.lock_exclusive().one(tx).await?;
    let found = row.map(Subscription::try_from).transpose()?;
    Ok(found.map(|found| found.at(ctx.now())))
}

/// Lists the account's subscriptions that are requested or paid, newest first: at most one that
/// would be charged again, and cancelled ones whose time still runs.
pub(crate) async fn open(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<Vec<Subscription>, StoreError> {
    as_they_are(ctx, are_open(ctx, user).all(db).await?)
}

/// Lists as [`open`] does, and keeps others from changing them until the transaction ends.
pub(crate) async fn lock_open(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<Vec<Subscription>, StoreError> {
    let rows = are_open(ctx, user).lock_exclusive().all(tx).await?;
    as_they_are(ctx, rows)
}

fn are_open(ctx: &Ctx, user: Id<User>) -> Select<Entity> {
    Entity::of(&ctx.tenant)
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::Status.is_in([Status::Pending.name(), Status::Active.name()]))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
}

/// Reads subscriptions as they are now.
fn as_they_are(ctx: &Ctx, rows: Vec<Model>) -> Result<Vec<Subscription>, StoreError> {
    let read = rows.into_iter().map(|row| {
        let subscription = Subscription::try_from(row)?;
        Ok(subscription.at(ctx.now()))
    });
    read.collect()
}

/// Says whether an account has a plan, or is about to.
pub(crate) async fn hold(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    plan: Id<Plan>,
) -> Result<bool, StoreError> {
    let open = [Status::Pending.name(), Status::Active.name()];
    let of_plan = Entity::of(&ctx.tenant)
        .filter(is_or_follows(plan))
        .filter(Column::Status.is_in(open));
    Ok(of_plan.limit(1).one(db).await?.is_some())
}

/// Says whether an account has, had or asked for a plan.
pub(crate) async fn have(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    plan: Id<Plan>,
) -> Result<bool, StoreError> {
    let of_plan = Entity::of(&ctx.tenant).filter(is_or_follows(plan));
    Ok(of_plan.limit(1).one(db).await?.is_some())
}

fn is_or_follows(plan: Id<Plan>) -> Condition {
    Condition::any()
        .add(Column::PlanId.eq(plan.uuid()))
        .add(Column::NextPlanId.eq(plan.uuid()))
}

/// Says whether a subscription began with a coupon, whatever became of it.
pub(crate) async fn name_coupon(
    tx: &Tx,
    ctx: &Ctx,
    coupon: Id<crate::domain::Coupon>,
) -> Result<bool, StoreError> {
    let named = Entity::of(&ctx.tenant).filter(Column::CouponId.eq(coupon.uuid()));
    Ok(named.limit(1).one(tx).await?.is_some())
}

/// Lists up to `limit` of the account's subscriptions, newest first, after one of them; without
/// requests that were given up for another.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
    after: Option<Position>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Subscription>, StoreError> {
    let mut query = Entity::of(&ctx.tenant)
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::Status.ne(Status::Superseded.name()));
    if let Some(after) = after {
        query = query.filter(after.before(Column::CreatedAt, Column::Id));
    }
    let rows = query
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    as_they_are(ctx, rows)
}

/// Lists subscriptions of all tenants whose paid time ends within `ahead` and which the job has
/// not put off, each with its key: a row that cannot be read keeps no other back.
pub(crate) async fn due(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    ahead: Duration,
    limit: u64,
) -> Result<Vec<Due<Subscription>>, StoreError> {
    let rows = Entity::find()
        .filter(Column::Status.eq(Status::Active.name()))
        .filter(Entity::due(ctx, |now| {
            Condition::all()
                .add(Column::PeriodEnd.lte((now + ahead).micros()))
                .add(Column::LookAt.lte(now.micros()))
        }))
        .order_by_asc(Column::PeriodEnd)
        .limit(limit)
        .all(db)
        .await?;
    let due = rows.into_iter().map(|row| Due {
        id: row.id,
        row: Tenant::parse(&row.tenant)
            .map_err(|_| StoreError::inconsistent("subscriptions", "tenant", row.id.to_string()))
            .and_then(|tenant| {
                let now = clock_of(&ctx.clock, &tenant).now();
                Ok((tenant, Subscription::try_from(row)?.at(now)))
            }),
    });
    Ok(due.collect())
}

/// Puts the job's next look at a subscription off.
pub(crate) async fn put_off(tx: &Tx, id: Uuid, until: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::LookAt, until.micros().into())
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

fn row(ctx: &Ctx, subscription: &Subscription) -> Model {
    Model {
        id: subscription.id.uuid(),
        tenant: ctx.tenant.to_string(),
        user_id: subscription.user.uuid(),
        plan_id: subscription.plan.uuid(),
        status: subscription.status.name().to_owned(),
        start_at: subscription.start.micros(),
        paid_periods: i32::try_from(subscription.paid_periods).unwrap_or(i32::MAX),
        period_end: subscription.period().1.micros(),
        cancel_at_period_end: subscription.cancel_at_period_end,
        version: subscription.version,
        created_at: subscription.created_at.micros(),
        method: subscription.method.as_str().to_owned(),
        // A change is a reason to look again.
        look_at: 0,
        periods_before: i32::try_from(subscription.periods_before).unwrap_or(i32::MAX),
        next_plan_id: subscription.next_plan.map(|next| next.plan.uuid()),
        next_plan_from: subscription
            .next_plan
            .map_or(0, |next| i32::try_from(next.from).unwrap_or(i32::MAX)),
        coupon_id: subscription.held.map(|held| held.coupon.uuid()),
        coupon_left: subscription.held.map_or(0, |held| held.left),
        overdue_tries: subscription.overdue.map_or(0, |overdue| {
            i32::try_from(overdue.tries).unwrap_or(i32::MAX)
        }),
        overdue_retry_at: subscription
            .overdue
            .map_or(0, |overdue| overdue.retry_at.micros()),
        overdue_grace_end: subscription
            .overdue
            .map_or(0, |overdue| overdue.grace_end.micros()),
    }
}

impl TryFrom<Model> for Subscription {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::inconsistent("subscriptions", column, row.id.to_string());
        let status = Status::NAMES.iter().find(|(_, name)| *name == row.status);
        Ok(Self {
            status: status
                .map(|(status, _)| *status)
                .ok_or_else(|| wrong("status"))?,
            paid_periods: u32::try_from(row.paid_periods).map_err(|_| wrong("paid_periods"))?,
            periods_before: u32::try_from(row.periods_before)
                .map_err(|_| wrong("periods_before"))?,
            next_plan: match row.next_plan_id {
                Some(plan) => Some(NextPlan {
                    plan: Id::from_uuid(plan),
                    from: u32::try_from(row.next_plan_from).map_err(|_| wrong("next_plan_from"))?,
                }),
                None => None,
            },
            overdue: if row.overdue_retry_at > 0 {
                Some(Overdue {
                    tries: u32::try_from(row.overdue_tries).map_err(|_| wrong("overdue_tries"))?,
                    retry_at: Timestamp::from_micros(row.overdue_retry_at),
                    grace_end: Timestamp::from_micros(row.overdue_grace_end),
                })
            } else {
                None
            },
            held: row.coupon_id.map(|coupon| Held {
                coupon: Id::from_uuid(coupon),
                left: row.coupon_left,
            }),
            id: Id::from_uuid(row.id),
            user: Id::from_uuid(row.user_id),
            plan: Id::from_uuid(row.plan_id),
            method: PaymentMethod::new(row.method),
            start: Timestamp::from_micros(row.start_at),
            cancel_at_period_end: row.cancel_at_period_end,
            version: row.version,
            created_at: Timestamp::from_micros(row.created_at),
        })
    }
}
