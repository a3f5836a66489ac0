//! Payments: what was asked of the provider, and what it said.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use sv_kernel::{Ctx, Currency, Id, Money, Tenant, Timestamp};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::payment::{Column, Entity, Model};
use crate::{
    domain::Subscription,
    payments::{Payment, PaymentStatus},
};

/// Inserts a payment. Fails as a duplicate where the period is paid or being paid.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, new: &Payment) -> Result<(), StoreError> {
    row(ctx, new).into_active_model().insert(tx).await?;
    Ok(())
}

/// Writes a payment's outcome over a state that is not final. Returns whether it was written.
pub(crate) async fn settle(tx: &Tx, ctx: &Ctx, payment: &Payment) -> Result<bool, StoreError> {
    let open = [
        PaymentStatus::Intended.name(),
        PaymentStatus::Waiting.name(),
    ];
    let mut row = row(ctx, payment);
    row.updated_at = ctx.now().micros();
    let written = Entity::update_of(&ctx.tenant)
        .set(row.into_active_model().reset_all())
        .filter(Column::Id.eq(payment.id.uuid()))
        .filter(Column::Status.is_in(open))
        .exec(tx)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Returns the newest payment of a subscription.
pub(crate) async fn newest(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    subscription: Id<Subscription>,
) -> Result<Option<Payment>, StoreError> {
    let query = Entity::of(&ctx.tenant)
        .filter(Column::SubscriptionId.eq(subscription.uuid()))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    query.one(db).await?.map(Payment::try_from).transpose()
}

/// Lists payments of all tenants that are not settled and were last touched before an instant.
pub(crate) async fn unsettled(
    db: &impl ConnectionTrait,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<(Tenant, Payment)>, StoreError> {
    let open = [
        PaymentStatus::Intended.name(),
        PaymentStatus::Waiting.name(),
    ];
    let rows = Entity::find()
        .filter(Column::Status.is_in(open))
        .filter(Column::UpdatedAt.lte(before.micros()))
        .order_by_asc(Column::UpdatedAt)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let tenant = Tenant::parse(&row.tenant)
                .map_err(|_| StoreError::inconsistent("payments", "tenant", row.id.to_string()))?;
            Ok((tenant, row.try_into()?))
        })
        .collect()
}

fn row(ctx: &Ctx, payment: &Payment) -> Model {
    Model {
        id: payment.id.uuid(),
        tenant: ctx.tenant.to_string(),
        subscription_id: payment.subscription.uuid(),
        period: i32::try_from(payment.period).unwrap_or(i32::MAX),
        amount_minor: payment.amount.minor,
        currency: payment.amount.currency.to_string(),
        method: payment.method.clone(),
        status: payment.status.name().to_owned(),
        provider_id: payment.provider_id.clone(),
        created_at: payment.created_at.micros(),
        updated_at: payment.created_at.micros(),
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
            subscription: Id::from_uuid(row.subscription_id),
            amount: Money::new(row.amount_minor, currency),
            method: row.method,
            provider_id: row.provider_id,
            created_at: Timestamp::from_micros(row.created_at),
        })
    }
}
