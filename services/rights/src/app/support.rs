//! What support sees and does about what an account has bought.

use sv_kernel::{Ctx, Currency, Error, Id, Money, PageAsk, Result, User};
use sv_proto::{common::CommonReason, rights::RightsReason};
use sv_store::{Tx, audit, work};

use super::{App, act, ending, overdue};
use crate::{
    domain::{Order, PaidFor, Plan, Status, Subscription, Undone, undone},
    payments::PaymentStatus,
    store::{credits, orders::Part, payments, subscriptions},
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

    /// Ends a subscription at once. With `refund` the job gives back what the last month was paid with.
    pub(crate) async fn end_for_good(
        &self,
        ctx: &Ctx,
        id: Id<Subscription>,
        refund: bool,
    ) -> Result<(Subscription, Plan, GivenBack)> {
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
                let found = subscriptions::lock(tx, ctx, id).await?;
                let old = found.ok_or(RightsReason::SubscriptionNotFound)?;
                let of = PaidFor::Subscription(id);
                let ends = matches!(old.status, Status::Pending | Status::Active);
                let given_back = if refund {
                    give_back(tx, ctx, &old).await?
                } else {
                    GivenBack::default()
                };
                if !ends && !given_back.any {
                    ctx.changes_nothing();
                    return Ok::<_, Error>((old, given_back, false));
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
                let act = act(Some(&old), &new, Some(plan));
                // What went back already is asked for once more, e.g. because a dispute was won meanwhile.
                let act = if ends {
                    act
                } else {
                    act.named("subscription.refund_repeated")
                };
                audit::record(tx, ctx, act).await?;
                if ends {
                    overdue::tell(tx, ctx, &old, &new, plan).await?;
                    ending::tell(tx, ctx, &old, &new).await?;
                }
                let speak = voided || given_back.any;
                Ok((new, given_back, speak))
            })
        });
        let (subscription, given_back, speak) = done.await?;
        if speak {
            self.unwanted.notify_one();
        }
        Ok((subscription, plan.clone(), given_back))
    }
}

/// What is given back where a subscription ends, in minor units.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GivenBack {
    /// Whether the job has to speak to payments.
    any: bool,
    pub(crate) money: i64,
    pub(crate) credit: i64,
    pub(crate) currency: Option<Currency>,
}

/// Marks what the last month was paid with as to be given back; what was given since is no payment.
async fn give_back(tx: &Tx, ctx: &Ctx, of: &Subscription) -> Result<GivenBack> {
    let Undone {
        payments: paid,
        credit,
    } = undone(&payments::taken(tx, ctx, of.id, 1).await?);
    let mut back = GivenBack {
        currency: paid.first().map(|paid| paid.amount.currency),
        credit,
        ..GivenBack::default()
    };
    for paid in paid {
        let (was, minor) = (paid.status, paid.amount.minor);
        let marked = payments::give_back(tx, ctx, paid).await?;
        back.any |= marked;
        if was == PaymentStatus::Confirmed {
            if !marked {
                return Err(CommonReason::Contended.into());
            }
            back.money += minor;
        }
    }
    if let Some(currency) = back.currency {
        credits::change(tx, ctx, of.user, Money::new(credit, currency)).await?;
    }
    Ok(back)
}
