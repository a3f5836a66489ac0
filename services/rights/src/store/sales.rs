//! What payments pay for, whichever table it is in.

use sea_orm::ConnectionTrait;
use sv_kernel::Ctx;
use sv_store::{StoreError, Tx};

use super::{orders, plans, subscriptions};
use crate::domain::{PaidFor, Sale};

/// Finds what a payment pays for.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    of: PaidFor,
) -> Result<Option<Sale>, StoreError> {
    match of {
        PaidFor::Order(id) => Ok(orders::find(db, ctx, id).await?.map(Sale::Order)),
        PaidFor::Subscription(id) => {
            let Some(subscription) = subscriptions::find(db, ctx, id).await? else {
                return Ok(None);
            };
            let plans = plans::by_ids(db, ctx, [subscription.plan]).await?;
            let plan = plans.into_iter().next().ok_or_else(|| {
                StoreError::inconsistent("subscriptions", "plan_id", id.to_string())
            })?;
            Ok(Some(Sale::Subscription(subscription, plan)))
        }
    }
}

/// Finds what a payment pays for as [`find`] does, and keeps others from changing it until the transaction ends. Of
/// what is locked beside a payment this comes first, everywhere, so that two do not wait for each other.
pub(crate) async fn lock(tx: &Tx, ctx: &Ctx, of: PaidFor) -> Result<Option<Sale>, StoreError> {
    match of {
        PaidFor::Order(id) => {
            let Some(order) = orders::find(tx, ctx, id).await? else {
                return Ok(None);
            };
            // With what the account has beside it, in their order.
            orders::lock_open(tx, ctx, &order).await?;
            Ok(orders::lock(tx, ctx, id).await?.map(Sale::Order))
        }
        PaidFor::Subscription(id) => {
            subscriptions::lock(tx, ctx, id).await?;
            find(tx, ctx, of).await
        }
    }
}

/// Writes a changed sale over the version before it. Returns whether it was still there in that
/// version.
pub(crate) async fn update(tx: &Tx, ctx: &Ctx, changed: &Sale) -> Result<bool, StoreError> {
    match changed {
        Sale::Subscription(subscription, _) => subscriptions::update(tx, ctx, subscription).await,
        Sale::Order(order) => orders::update(tx, ctx, order).await,
    }
}
