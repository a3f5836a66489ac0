//! What becomes of an account's credit where the money goes back by which it came to be, or beside which it was spent
//! (X-PAY-3).

use sv_kernel::{Ctx, Id, Money, User};
use sv_store::{StoreError, Tx};

use crate::{
    domain::PaidFor,
    payments::{Payment, PaymentStatus},
    store::{credits, payments},
};

/// Gives an account the credit again that was spent on a payment which is given back.
pub(super) async fn unspend(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    back: &Payment,
) -> Result<(), StoreError> {
    let spent = back.credit_change.min(0).saturating_neg();
    credits::change(tx, ctx, user, Money::new(spent, back.amount.currency)).await
}

/// Takes away the credit that was left over of a payment's time, whose money has gone back: as much of it as there still
/// is. Returns the change of plan at once for which that time was set off.
pub(super) async fn uncarry(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    back: &Payment,
) -> Result<Option<Payment>, StoreError> {
    let PaidFor::Subscription(of) = back.pays_for else {
        return Ok(None);
    };
    let next = back.period.saturating_add(1);
    let change = payments::taken(tx, ctx, of, next).await?.into_iter();
    let change = change.filter(|one| one.period == next && one.change_to.is_some());
    let Some(change) = change
        .filter(|one| one.status == PaymentStatus::Confirmed)
        .max_by_key(|one| one.created_at)
    else {
        return Ok(None);
    };
    let carried = change.credit_change.max(0).saturating_neg();
    credits::change(tx, ctx, user, Money::new(carried, change.amount.currency)).await?;
    Ok(Some(change))
}
