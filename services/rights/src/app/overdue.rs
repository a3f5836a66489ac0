//! Renewals that were not paid: what is told of them, and how their payers mend it (X-PAY-4).

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::{
    common::CommonReason,
    rights::{PastDueStep, RightsReason, SubscriptionPastDue},
};
use sv_store::{StoreError, Tx, audit, outbox, work};

use super::{App, act, subscribed::Subscribed};
use crate::{
    convert,
    domain::{PaidFor, PaymentMethod, Plan, Status, Subscription},
    payments::Payment,
    store::{payments, plans, subscriptions},
};

impl App {
    /// Sets the means of a subscription; what is overdue is charged by it at once.
    pub(crate) async fn set_method(
        &self,
        ctx: &Ctx,
        id: Id<Subscription>,
        method: &str,
    ) -> Result<Subscribed> {
        let user = self.grown_up(ctx).await?;
        let method = PaymentMethod::new(method);
        self.cashier.check(ctx, &method).await?;
        let written = self.db.write(ctx, |tx| {
            let method = method.clone();
            work(async move { put_method(tx, ctx, (id, user), method).await })
        });
        let (subscription, payment, given_up) = written.await?;
        if given_up {
            self.unwanted.notify_one();
        }
        if let Some(payment) = payment {
            return self.pay_now(ctx, payment).await?.subscribed();
        }
        let plan = self.plan_of(ctx, &subscription).await?;
        Ok(Subscribed {
            subscription,
            plan,
            client_secret: String::new(),
            waits: false,
        })
    }
}

/// Writes the means, and the payment of what is overdue; says, too, whether the job has to speak to payments.
pub(super) async fn put_method(
    tx: &Tx,
    ctx: &Ctx,
    (id, user): (Id<Subscription>, Id<User>),
    method: PaymentMethod,
) -> Result<(Subscription, Option<Payment>, bool)> {
    let found = subscriptions::lock(tx, ctx, id).await?;
    let old = found
        .filter(|found| found.user == user)
        .ok_or(RightsReason::SubscriptionNotFound)?;
    match old.status_at(ctx.now()) {
        Status::Active if old.cancel_at_period_end => {
            return Err(RightsReason::SubscriptionCancelled.into());
        }
        Status::Active => {}
        Status::Pending => return Err(RightsReason::SubscriptionNotPaid.into()),
        Status::Ended | Status::Declined | Status::Superseded => {
            return Err(RightsReason::SubscriptionNotFound.into());
        }
    }
    let of = PaidFor::Subscription(id);
    let open = payments::newest(tx, ctx, of).await?;
    let open = open.filter(|open| open.status.is_open() && open.change_to.is_none());
    if let Some(open) = &open
        && open.method == method
        && old.method == method
    {
        ctx.changes_nothing();
        return Ok((old, Some(open.clone()), false));
    }
    let owed = old.owed().is_some();
    if old.method == method && !owed {
        ctx.changes_nothing();
        return Ok((old, None, false));
    }
    // A renewal that waits for its payer is asked for anew.
    let given_up = open.is_some() && payments::void_open(tx, ctx, of).await?;
    let new = old.clone().charged_by(method);
    if !subscriptions::update(tx, ctx, &new).await? {
        return Err(CommonReason::Contended.into());
    }
    audit::record(tx, ctx, act(Some(&old), &new, None)).await?;
    if !owed {
        return Ok((new, None, given_up));
    }
    let plan = plans::by_ids(tx, ctx, [new.plan_to_charge()]).await?;
    let plan = plan.into_iter().next();
    let plan = plan.ok_or_else(|| Error::from(CommonReason::Internal))?;
    let payment = App::attempt(tx, ctx, &new, &plan, true).await;
    let payment = payment.map_err(|failure| {
        if failure.is_duplicate() {
            // The job was first.
            Error::from(CommonReason::Contended).because(failure)
        } else {
            failure.into()
        }
    })?;
    Ok((new, Some(payment), given_up))
}

/// Tells how a renewal goes on that was not paid, where that has changed.
pub(super) async fn tell(
    tx: &Tx,
    ctx: &Ctx,
    before: &Subscription,
    after: &Subscription,
    plan: &Plan,
) -> Result<(), StoreError> {
    let step = match (before.overdue, after.owed()) {
        (None, None) => return Ok(()),
        (None, Some(_)) => PastDueStep::Begun,
        (Some(old), Some(new)) if old == new => return Ok(()),
        (Some(_), Some(_)) => PastDueStep::DeclinedAgain,
        (Some(_), None) if after.paid_periods > before.paid_periods => PastDueStep::Paid,
        (Some(_), None) => PastDueStep::Ended,
    };
    let user = after.user.to_string();
    let told = SubscriptionPastDue {
        subscription_id: after.id.to_string(),
        user_id: user.clone(),
        plan_code: plan.code.clone(),
        step: step.into(),
        past_due: after.owed().map(convert::past_due),
    };
    outbox::append_as(tx, ctx, user, after.version, &told).await
}
