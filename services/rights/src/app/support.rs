//! What support sees and does about what an account has bought.

use sv_kernel::{Ctx, Error, Id, PageAsk, Result, User};
use sv_proto::{common::CommonReason, rights::RightsReason};
use sv_store::{audit, work};

use super::{App, act, credit};
use crate::{
    domain::{Order, PaidFor, Plan, Status, Subscription},
    payments::{Payment, PaymentStatus},
    store::{orders::Part, payments, subscriptions},
};

impl App {
    /// Lists an account's subscriptions, newest first, each with its plan.
    pub(crate) async fn account_subscriptions(
        &self,
        ctx: &Ctx,
        account: Id<User>,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<(Subscription, Plan)>, String)> {
        self.subscriptions_of(ctx, account, ask).await
    }

    /// Lists an account's purchases and rentals, newest first.
    pub(crate) async fn account_orders(
        &self,
        ctx: &Ctx,
        account: Id<User>,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<Order>, String)> {
        self.orders_of(ctx, (account, Part::All), ask).await
    }

    /// Ends a subscription at once. With `refund` the job gives its last payment back.
    pub(crate) async fn end_for_good(
        &self,
        ctx: &Ctx,
        id: Id<Subscription>,
        refund: bool,
    ) -> Result<(Subscription, Plan)> {
        // Nobody would give anything back.
        if refund && !self.cashier.takes_payments(ctx).await? {
            return Err(RightsReason::PaymentsOff.into());
        }
        let found = subscriptions::find(self.db.read(), ctx, id).await?;
        let found = found.filter(|found| found.status != Status::Superseded);
        let found = found.ok_or(RightsReason::SubscriptionNotFound)?;
        let plan = &self.plan_of(ctx, &found).await?;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let found = subscriptions::find(tx, ctx, id).await?;
                let old = found.ok_or(RightsReason::SubscriptionNotFound)?;
                let of = PaidFor::Subscription(id);
                let ends = matches!(old.status, Status::Pending | Status::Active);
                let given_back = if refund {
                    give_back(tx, ctx, &old).await?
                } else {
                    false
                };
                if !ends && !given_back {
                    ctx.changes_nothing();
                    return Ok::<_, Error>((old, false));
                }
                let new = if ends {
                    old.clone().ended()
                } else {
                    old.clone()
                };
                let voided = ends && payments::void_open(tx, ctx, of).await?;
                if ends && !subscriptions::update(tx, ctx, &new).await? {
                    return Err(CommonReason::Contended.into());
                }
                audit::record(tx, ctx, act(Some(&old), &new, Some(plan))).await?;
                Ok((new, voided || given_back))
            })
        });
        let (subscription, speak) = done.await?;
        if speak {
            self.unwanted.notify_one();
        }
        Ok((subscription, plan.clone()))
    }
}

/// Marks the last payment of a subscription as to be given back; what was given since is no payment, and of a change at
/// once for which nothing was charged it is the one whose time was set off. Returns whether the job has to speak to
/// payments.
async fn give_back(tx: &sv_store::Tx, ctx: &Ctx, of: &Subscription) -> Result<bool> {
    let mut taken = payments::taken(tx, ctx, of.id, 1).await?;
    taken.sort_by_key(|paid| (paid.period, paid.created_at));
    let charged = |paid: &Payment| paid.amount.minor > 0 || paid.change_to.is_none();
    let Some(last) = taken.into_iter().rev().find(charged) else {
        return Ok(false);
    };
    if last.status == PaymentStatus::Confirmed {
        credit::unspend(tx, ctx, of.user, &last).await?;
        credit::uncarry(tx, ctx, of.user, &last).await?;
    }
    Ok(payments::give_back(tx, ctx, last).await?)
}
