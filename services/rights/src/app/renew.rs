//! Prolongs and ends subscriptions that are due.

use std::time::Duration;

use futures::future::join_all;
use sv_kernel::{Ctx, Result, Timestamp};
use sv_proto::rights::RightsReason;
use sv_store::{StoreError, audit, work};

use super::{App, accounts::Standing, act, ending, overdue};
use crate::{
    domain::{PaidFor, Subscription},
    payments::Payment,
    store::{Due, payments, plans, subscriptions},
};

/// Rows of one look.
const BATCH: u64 = 200;
/// Subscriptions that are worked on at once: a provider that is slow about some does not hold the
/// others.
const AT_ONCE: usize = 16;
/// An installation that was down for longer does not charge for months that nobody could use.
const LAPSE: Duration = Duration::from_hours(72);
/// When a subscription is looked at again that was looked at and is still due.
const AGAIN: Duration = Duration::from_mins(10);

impl App {
    /// Charges the next period of subscriptions that end soon, and ends those that are cancelled.
    /// Returns how many were changed.
    pub(crate) async fn renew_due(&self, ctx: &Ctx) -> Result<usize> {
        let ahead = Duration::from_secs(self.options.renew_before_seconds);
        let mut changed = 0;
        loop {
            let due = subscriptions::due(self.db.read(), ctx, ahead, BATCH).await?;
            // What was sold before goes on until its paid time ends where nobody takes payments any more.
            if due.is_empty() || !self.cashier.takes_payments(ctx).await? {
                return Ok(changed);
            }
            let last = due.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            let mut due = due.into_iter().peekable();
            while due.peek().is_some() {
                let some = due.by_ref().take(AT_ONCE);
                for done in join_all(some.map(|due| self.look_after(ctx, due))).await {
                    changed += usize::from(done?);
                }
            }
            if last {
                return Ok(changed);
            }
        }
    }

    /// Works on one subscription and puts the next look at it off, whatever came of this one.
    async fn look_after(&self, ctx: &Ctx, due: Due<Subscription>) -> Result<bool> {
        let outcome = match due.row {
            Ok((tenant, subscription)) => self.renew(&ctx.for_tenant(tenant), subscription).await,
            Err(unreadable) => Err(unreadable.into()),
        };
        let (changed, again) = outcome.unwrap_or_else(|failure| {
            tracing::warn!(
                subscription.id = %due.id,
                error = &failure as &dyn std::error::Error,
                "renewal stays open"
            );
            (false, ctx.now() + AGAIN)
        });
        self.db
            .write(ctx, |tx| work(subscriptions::put_off(tx, due.id, again)))
            .await?;
        Ok(changed)
    }

    /// Returns whether it was changed, and when to look again.
    async fn renew(&self, ctx: &Ctx, subscription: Subscription) -> Result<(bool, Timestamp)> {
        let (now, end) = (ctx.now(), subscription.period().1);
        if let Some(trial_end) = subscription.trial_end()
            && now < trial_end
        {
            // Nothing is charged before it ends (X-PAY-5).
            return Ok((false, trial_end));
        }
        if let Some(overdue) = subscription.owed()
            && now < overdue.retry_at
        {
            return Ok((false, overdue.retry_at));
        }
        let due = subscription.owed().map_or(end, |overdue| overdue.retry_at);
        if subscription.cancel_at_period_end || due + LAPSE < now {
            if now < end {
                return Ok((false, end));
            }
            self.end(ctx, subscription).await?;
            return Ok((true, now));
        }
        match self.standing(ctx, subscription.user).await? {
            Standing::Usable => {}
            // Unblocked in time, it goes on.
            Standing::Blocked if now < end => return Ok((false, end.min(now + AGAIN))),
            Standing::Blocked | Standing::Gone => {
                self.end(ctx, subscription).await?;
                return Ok((true, now));
            }
        }
        let Some(payment) = self.intend_renewal(ctx, &subscription).await? else {
            if now >= end && subscription.owed().is_none() && subscription.paid_periods > 0 {
                // Its payer has not acted yet; for so long what was paid goes on.
                self.keep_waiting(ctx, &subscription).await?;
            }
            return Ok((false, now + AGAIN));
        };
        match self.pay(ctx, payment).await {
            Err(failure) if !failure.is(&RightsReason::PaymentDeclined) => Err(failure),
            _ => Ok((true, now + AGAIN)),
        }
    }

    /// Gives access beyond the end while the payer has time to act on the renewal.
    async fn keep_waiting(&self, ctx: &Ctx, subscription: &Subscription) -> Result<()> {
        let schedule = self.options.schedule(&ctx.tenant);
        let until = ctx.now() + Duration::from_secs(self.options.action_seconds);
        let kept = &subscription.clone().kept_waiting(&schedule, until);
        let plan = &self.plan_of(ctx, subscription).await?;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let of = PaidFor::Subscription(subscription.id);
                let open = payments::newest(tx, ctx, of).await?;
                if open.is_some_and(|open| open.status.is_open())
                    && subscriptions::update(tx, ctx, kept).await?
                {
                    let act = act(Some(subscription), kept, None).named("subscription.past_due");
                    audit::record(tx, ctx, act).await?;
                    overdue::tell(tx, ctx, subscription, kept, plan).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        Ok(done.await?)
    }

    async fn end(&self, ctx: &Ctx, subscription: Subscription) -> Result<()> {
        let plan = &self.plan_of(ctx, &subscription).await?;
        let (ended, subscription) = (&subscription.clone().ended(), &subscription);
        let done = self.db.write(ctx, |tx| {
            work(async move {
                // Where another process was first there is nothing left to do.
                if subscriptions::update(tx, ctx, ended).await? {
                    payments::void_open(tx, ctx, PaidFor::Subscription(subscription.id)).await?;
                    let act = act(Some(subscription), ended, None).named("subscription.ended");
                    audit::record(tx, ctx, act).await?;
                    overdue::tell(tx, ctx, subscription, ended, plan).await?;
                    ending::tell(tx, ctx, subscription, ended).await?;
                }
                Ok(())
            })
        });
        done.await
    }

    /// Writes the payment of the next period; `None` where it is there already.
    async fn intend_renewal(
        &self,
        ctx: &Ctx,
        subscription: &Subscription,
    ) -> Result<Option<Payment>> {
        let intended = self.db.write(ctx, |tx| {
            work(async move {
                // It may have been cancelled since it was read, or tried by somebody else who looks after it: unlocked,
                // what that try changes would be seen too late.
                let current = subscriptions::lock(tx, ctx, subscription.id).await?;
                if current.as_ref() != Some(subscription) {
                    return Ok(None);
                }
                let plan = plans::by_ids(tx, ctx, [subscription.plan_to_charge()]).await?;
                let Some(plan) = plan.first() else {
                    return Ok(None);
                };
                let of = PaidFor::Subscription(subscription.id);
                let open = payments::newest(tx, ctx, of).await?;
                let waits = open.filter(|open| open.status.is_open());
                if waits.is_some_and(|open| open.change_to.is_some()) {
                    // Its payer has not acted; the plan that they have goes on.
                    payments::void_open(tx, ctx, of).await?;
                }
                Self::attempt(tx, ctx, subscription, plan, false)
                    .await
                    .map(Some)
            })
        });
        match intended.await {
            Err(failure) if failure.is_duplicate() => Ok(None),
            intended => Ok(intended?),
        }
    }
}
