//! What the job does: settles what was left open, prolongs and ends what is due.

use std::time::Duration;

use sv_kernel::{Ctx, Result};

use super::App;
use crate::{
    domain::Subscription,
    payments::{Charge, ChargeOutcome, Payment, PaymentStatus},
    store::{payments, plans, subscriptions},
};

/// Rows of one look.
const BATCH: u64 = 200;
/// An installation that was down for longer does not charge for months that nobody could use.
const LAPSE: Duration = Duration::from_hours(72);
/// A call that still runs settles its own payment; older ones were left behind.
const LEFT_BEHIND: Duration = Duration::from_mins(1);

impl App {
    /// Settles payments that a crash or a silent provider left open, and those whose payer did not
    /// act in time. Returns how many.
    pub(crate) async fn settle_open(&self, ctx: &Ctx) -> Result<usize> {
        let open = payments::unsettled(self.db.read(), ctx.now() - LEFT_BEHIND, BATCH).await?;
        let mut settled = 0;
        for (tenant, payment) in open {
            let ctx = ctx.for_tenant(tenant);
            let Some(subscription) =
                subscriptions::find(self.db.read(), &ctx, payment.subscription).await?
            else {
                continue;
            };
            let plan = self.plan_of(&ctx, &subscription).await?;
            let patience = Duration::from_secs(self.options.action_seconds);
            let too_late = payment.created_at + patience < ctx.now();
            if payment.status == PaymentStatus::Waiting && too_late {
                let charge = Charge {
                    provider_id: payment.provider_id.clone(),
                    outcome: ChargeOutcome::Declined,
                };
                self.settle(&ctx, payment, &charge, &plan).await?;
            } else if let Err(failure) = self.pay(&ctx, payment, plan).await {
                tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    "payment stays open"
                );
                continue;
            }
            settled += 1;
        }
        Ok(settled)
    }

    /// Charges the next period of subscriptions that end soon, and ends those that are cancelled.
    /// Returns how many.
    pub(crate) async fn renew_due(&self, ctx: &Ctx) -> Result<usize> {
        let ahead = Duration::from_secs(self.options.renew_before_seconds);
        let due = subscriptions::due(self.db.read(), ctx.now() + ahead, BATCH).await?;
        let mut done = 0;
        for (tenant, subscription) in due {
            let ctx = ctx.for_tenant(tenant);
            let lapsed = subscription.period().1 + LAPSE < ctx.now();
            if subscription.cancel_at_period_end || lapsed {
                if ctx.now() >= subscription.period().1 {
                    self.end(&ctx, subscription).await?;
                    done += 1;
                }
            } else if let Some(payment) = self.intend_renewal(&ctx, &subscription).await? {
                let plan = self.plan_of(&ctx, &subscription).await?;
                if let Err(failure) = self.pay(&ctx, payment, plan).await {
                    tracing::warn!(
                        error = &failure as &dyn std::error::Error,
                        "renewal stays open"
                    );
                }
                done += 1;
            }
        }
        Ok(done)
    }

    async fn end(&self, ctx: &Ctx, subscription: Subscription) -> Result<()> {
        let tx = self.db.begin(ctx).await?;
        // Where another process was first there is nothing left to do.
        subscriptions::update(&tx, ctx, &subscription.ended()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes the payment of the next period; `None` where it is there already.
    async fn intend_renewal(
        &self,
        ctx: &Ctx,
        subscription: &Subscription,
    ) -> Result<Option<Payment>> {
        let tx = self.db.begin(ctx).await?;
        let Some(last) = payments::newest(&tx, ctx, subscription.id).await? else {
            return Ok(None);
        };
        let plan = plans::by_ids(&tx, ctx, [subscription.plan]).await?;
        let Some(plan) = plan.first() else {
            return Ok(None);
        };
        match Self::attempt(&tx, ctx, subscription, plan, &last.method).await {
            Ok(payment) => {
                tx.commit().await?;
                Ok(Some(payment))
            }
            Err(failure) if failure.is_duplicate() => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}
