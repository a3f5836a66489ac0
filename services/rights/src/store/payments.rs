//! Payments: what was asked of the provider, and what it said.

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, SimpleExpr},
};
use sv_kernel::{Ctx, Currency, Id, Money, Tenant, Timestamp};
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::{
    Due,
    entity::payment::{Column, Entity, Model},
};
use crate::{
    domain::{PaidFor, PaymentMethod, Plan, Subscription},
    payments::{Payment, PaymentStatus},
};

/// Inserts a payment. Fails as a duplicate where the period is paid or being paid.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, new: &Payment) -> Result<(), StoreError> {
    row(ctx, new).into_active_model().insert(tx).await?;
    Ok(())
}

/// Writes a payment's outcome over a state that is not final. Returns whether it was written.
pub(crate) async fn settle(tx: &Tx, ctx: &Ctx, payment: &Payment) -> Result<bool, StoreError> {
    let from = [PaymentStatus::Intended, PaymentStatus::Waiting];
    advance(tx, ctx, payment, &from).await
}

/// Writes a payment whose state was one of `from`. Returns whether it still was.
pub(crate) async fn advance(
    tx: &Tx,
    ctx: &Ctx,
    payment: &Payment,
    from: &[PaymentStatus],
) -> Result<bool, StoreError> {
    let mut row = row(ctx, payment);
    row.updated_at = ctx.now().micros();
    let written = Entity::update_of(&ctx.tenant)
        .set(row.into_active_model().reset_all())
        .filter(Column::Id.eq(payment.id.uuid()))
        .filter(Column::Status.is_in(from.iter().map(|status| status.name())))
        .exec(tx)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Marks the open payments of a subscription or an order as no longer wanted; the job tells the provider.
/// Returns whether there were any.
pub(crate) async fn void_open(tx: &Tx, ctx: &Ctx, of: PaidFor) -> Result<bool, StoreError> {
    let open = [PaymentStatus::Intended, PaymentStatus::Waiting];
    let marked = Entity::update_of(&ctx.tenant)
        .col_expr(Column::Status, PaymentStatus::Voiding.name().into())
        .col_expr(Column::UpdatedAt, ctx.now().micros().into())
        .col_expr(Column::Tries, 0.into())
        .col_expr(Column::LookAt, 0.into())
        .filter(pays_for(of))
        .filter(Column::Status.is_in(open.map(PaymentStatus::name)))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected > 0)
}

/// Lets the job look at an open payment now, as at one that its call has left behind for so long. Returns whether it is
/// still open.
pub(crate) async fn hurry(
    tx: &Tx,
    ctx: &Ctx,
    payment: &Payment,
    left_behind: Duration,
) -> Result<bool, StoreError> {
    let open = [PaymentStatus::Intended, PaymentStatus::Waiting];
    let marked = Entity::update_of(&ctx.tenant)
        .col_expr(Column::UpdatedAt, (ctx.now() - left_behind).micros().into())
        .col_expr(Column::Tries, 0.into())
        .col_expr(Column::LookAt, 0.into())
        .filter(Column::Id.eq(payment.id.uuid()))
        .filter(Column::Status.is_in(open.map(PaymentStatus::name)))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected > 0)
}

/// Finds a payment.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Id<Payment>,
) -> Result<Option<Payment>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    query.one(db).await?.map(Payment::try_from).transpose()
}

/// Returns the newest payment of a subscription or an order.
pub(crate) async fn newest(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    of: PaidFor,
) -> Result<Option<Payment>, StoreError> {
    let query = Entity::of(&ctx.tenant)
        .filter(pays_for(of))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    query.one(db).await?.map(Payment::try_from).transpose()
}

/// Says whether a change to a plan was ever asked for, whatever became of it.
pub(crate) async fn name_plan(tx: &Tx, ctx: &Ctx, plan: Id<Plan>) -> Result<bool, StoreError> {
    let named = Entity::of(&ctx.tenant).filter(Column::ChangeTo.eq(plan.uuid()));
    Ok(named.limit(1).one(tx).await?.is_some())
}

/// Says whether somebody is about to pay for a change to a plan.
pub(crate) async fn wait_for_plan(tx: &Tx, ctx: &Ctx, plan: Id<Plan>) -> Result<bool, StoreError> {
    let open = [PaymentStatus::Intended, PaymentStatus::Waiting];
    let waiting = Entity::of(&ctx.tenant)
        .filter(Column::ChangeTo.eq(plan.uuid()))
        .filter(Column::Status.is_in(open.map(PaymentStatus::name)));
    Ok(waiting.limit(1).one(tx).await?.is_some())
}

/// Lists the payments that were taken for a subscription's periods from one on, those that went back included.
pub(crate) async fn taken(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    subscription: Id<Subscription>,
    from: u32,
) -> Result<Vec<Payment>, StoreError> {
    let taken = [
        PaymentStatus::Confirmed,
        PaymentStatus::Refunding,
        PaymentStatus::Refunded,
    ];
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::SubscriptionId.eq(subscription.uuid()))
        .filter(Column::Period.gte(i32::try_from(from).unwrap_or(i32::MAX)))
        .filter(Column::Status.is_in(taken.map(PaymentStatus::name)))
        .all(db)
        .await?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// Marks a payment that was taken as to be given back; one that went back already is asked for once more, which gives
/// back what a lost dispute has returned to us and nothing twice. Returns whether it was as read.
pub(crate) async fn give_back(tx: &Tx, ctx: &Ctx, paid: Payment) -> Result<bool, StoreError> {
    let from = paid.status;
    if !matches!(from, PaymentStatus::Confirmed | PaymentStatus::Refunded) {
        return Ok(false);
    }
    let back = Payment {
        status: PaymentStatus::Refunding,
        ..paid
    };
    advance(tx, ctx, &back, &[from]).await
}

/// Lists payments by their ids.
pub(crate) async fn by_ids(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Payment>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.is_in(ids));
    let rows = query.all(db).await?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// Lists payments of all tenants that the job has to bring to an end: those that nobody settled
/// for `left_behind`, and those that are to be voided or refunded, each with its key and how often
/// it was tried. A row that cannot be read keeps no other back.
pub(crate) async fn unsettled(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    left_behind: Duration,
    limit: u64,
) -> Result<Vec<(Due<Payment>, u32)>, StoreError> {
    let [open, unwanted] = [
        [PaymentStatus::Intended, PaymentStatus::Waiting],
        [PaymentStatus::Voiding, PaymentStatus::Refunding],
    ]
    .map(|states| Column::Status.is_in(states.map(PaymentStatus::name)));
    let is_due = |now: Timestamp| {
        let settled_by_nobody = Condition::all()
            .add(open.clone())
            .add(Column::UpdatedAt.lte((now - left_behind).micros()));
        let wanted = Condition::any()
            .add(settled_by_nobody)
            .add(unwanted.clone());
        Condition::all()
            .add(wanted)
            .add(Column::LookAt.lte(now.micros()))
    };
    let rows = Entity::find()
        .filter(Entity::due(ctx, is_due))
        .order_by_asc(Column::LookAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let due = rows.into_iter().map(|row| {
        let tries = u32::try_from(row.tries).unwrap_or(u32::MAX);
        let due = Due {
            id: row.id,
            row: Tenant::parse(&row.tenant)
                .map_err(|_| StoreError::inconsistent("payments", "tenant", row.id.to_string()))
                .and_then(|tenant| Ok((tenant, row.try_into()?))),
        };
        (due, tries)
    });
    Ok(due.collect())
}

/// Puts the job's next look at a payment off.
pub(crate) async fn put_off(tx: &Tx, id: Uuid, until: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::LookAt, until.micros().into())
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

fn pays_for(of: PaidFor) -> SimpleExpr {
    match of {
        PaidFor::Subscription(id) => Column::SubscriptionId.eq(id.uuid()),
        PaidFor::Order(id) => Column::OrderId.eq(id.uuid()),
    }
}

fn row(ctx: &Ctx, payment: &Payment) -> Model {
    let (subscription_id, order_id) = match payment.pays_for {
        PaidFor::Subscription(id) => (Some(id.uuid()), None),
        PaidFor::Order(id) => (None, Some(id.uuid())),
    };
    Model {
        id: payment.id.uuid(),
        tenant: ctx.tenant.to_string(),
        subscription_id,
        order_id,
        period: i32::try_from(payment.period).unwrap_or(i32::MAX),
        amount_minor: payment.amount.minor,
        currency: payment.amount.currency.to_string(),
        method: payment.method.as_str().to_owned(),
        status: payment.status.name().to_owned(),
        provider_id: payment.provider_id.clone(),
        created_at: payment.created_at.micros(),
        updated_at: payment.updated_at.micros(),
        tries: 0,
        look_at: 0,
        worth_minor: payment.worth,
        credit_change: payment.credit_change,
        by_coupon: payment.by_coupon,
        change_to: payment.change_to.map(Id::uuid),
        payer_present: payment.payer_present,
    }
}

impl TryFrom<Model> for Payment {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::inconsistent("payments", column, row.id.to_string());
        let currency = Currency::parse(&row.currency).map_err(|_| wrong("currency"))?;
        let status = PaymentStatus::NAMES
            .iter()
            .find(|(_, name)| *name == row.status);
        Ok(Self {
            status: status
                .map(|(status, _)| *status)
                .ok_or_else(|| wrong("status"))?,
            period: u32::try_from(row.period).map_err(|_| wrong("period"))?,
            id: Id::from_uuid(row.id),
            pays_for: match (row.subscription_id, row.order_id) {
                (Some(id), None) => PaidFor::Subscription(Id::from_uuid(id)),
                (None, Some(id)) => PaidFor::Order(Id::from_uuid(id)),
                _ => return Err(wrong("order_id")),
            },
            amount: Money::new(row.amount_minor, currency),
            worth: row.worth_minor,
            credit_change: row.credit_change,
            by_coupon: row.by_coupon,
            change_to: row.change_to.map(Id::from_uuid),
            payer_present: row.payer_present,
            method: PaymentMethod::new(row.method),
            provider_id: row.provider_id,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        })
    }
}
