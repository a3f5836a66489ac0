//! Asks the provider, and writes what it says.

use std::time::Duration;

use sv_kernel::{BoxError, Ctx, Error, Result};
use sv_proto::{
    common::CommonReason,
    convert::timestamp,
    rights::{RightsReason, SubscriptionActivated},
};
use sv_store::{StoreError, Tx, audit, outbox, work};

use super::{App, act, subscribe::Subscribed};
use crate::{
    domain::{Plan, Status, Subscription},
    payments::{Charge, ChargeOutcome, Payment, PaymentStatus},
    store::{payments, subscriptions},
};

/// How long the provider may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// Waits for the provider.
pub(super) async fn ask<T>(answer: impl Future<Output = Result<T, BoxError>>) -> Result<T> {
    let unavailable = |cause: BoxError| Error::from(CommonReason::Unavailable).because(cause);
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(unavailable),
        Err(late) => Err(unavailable(late.into())),
    }
}

impl App {
    /// Charges a payment and takes the answer over. An error leaves the intent to the job.
    pub(super) async fn pay(&self, ctx: &Ctx, payment: Payment, plan: Plan) -> Result<Subscribed> {
        let charge = ask(self.provider.charge(&payment)).await?;
        self.take_over(ctx, payment, charge, plan).await
    }

    /// Writes what the provider says of a payment, and tells the payer.
    pub(super) async fn take_over(
        &self,
        ctx: &Ctx,
        payment: Payment,
        charge: Charge,
        plan: Plan,
    ) -> Result<Subscribed> {
        let subscription = self.settle(ctx, payment, &charge, &plan).await?;
        let client_secret = match charge.outcome {
            ChargeOutcome::ActionNeeded { client_secret } => client_secret,
            ChargeOutcome::Declined => return Err(RightsReason::PaymentDeclined.into()),
            ChargeOutcome::Confirmed => String::new(),
        };
        Ok(Subscribed {
            subscription,
            plan,
            client_secret,
        })
    }

    /// Writes the outcome of a payment with its effect, once. Returns the subscription as it stands.
    /// What was taken for a payment that nobody wants any more is given back.
    pub(super) async fn settle(
        &self,
        ctx: &Ctx,
        payment: Payment,
        charge: &Charge,
        plan: &Plan,
    ) -> Result<Subscription> {
        let missing = || {
            Error::from(CommonReason::Internal)
                .because(format!("payment {} has no subscription", payment.id))
        };
        let (missing, payment) = (&missing, &payment);
        let written = self.db.write(ctx, |tx| {
            work(async move {
                let now = subscriptions::find(tx, ctx, payment.subscription).await?;
                put_outcome(tx, ctx, payment, charge, plan, now.ok_or_else(missing)?).await
            })
        });
        let settled = written.await?;
        if settled.unwanted {
            self.unwanted.notify_one();
        }
        if let Some(subscription) = settled.subscription {
            return Ok(subscription);
        }
        // As the other call left it, which the transaction need not have seen.
        let left = subscriptions::find(self.db.read(), ctx, payment.subscription).await?;
        left.ok_or_else(missing)
    }
}

/// What a transaction made of a payment's outcome.
struct Settled {
    /// The subscription as it stands; `None` where another call had settled the payment.
    subscription: Option<Subscription>,
    /// Whether the job has to speak to the provider because of it.
    unwanted: bool,
}

/// Writes the outcome of a payment of the subscription `now`.
async fn put_outcome(
    tx: &Tx,
    ctx: &Ctx,
    payment: &Payment,
    charge: &Charge,
    plan: &Plan,
    now: Subscription,
) -> Result<Settled> {
    let over = !matches!(now.status, Status::Pending | Status::Active);
    let status = match charge.outcome {
        ChargeOutcome::Confirmed if over => PaymentStatus::Refunding,
        ChargeOutcome::Confirmed => PaymentStatus::Confirmed,
        ChargeOutcome::ActionNeeded { .. } if over => PaymentStatus::Voiding,
        ChargeOutcome::ActionNeeded { .. } => PaymentStatus::Waiting,
        ChargeOutcome::Declined => PaymentStatus::Declined,
    };
    let payment = Payment {
        status,
        provider_id: charge.provider_id.clone(),
        ..payment.clone()
    };
    if !payments::settle(tx, ctx, &payment).await? {
        // Another call has settled it, or it was given up meanwhile.
        ctx.changes_nothing();
        return Ok(Settled {
            subscription: None,
            unwanted: late(tx, ctx, payment, charge).await?,
        });
    }
    let then = match status {
        PaymentStatus::Confirmed => now.clone().paid(ctx.now()),
        PaymentStatus::Declined if !over => now.clone().declined(),
        _ => {
            ctx.changes_nothing();
            return Ok(Settled {
                subscription: Some(now),
                unwanted: over,
            });
        }
    };
    if !subscriptions::update(tx, ctx, &then).await? {
        // Changed by another process between our read and write; the payment stays open.
        return Err(CommonReason::Contended.into());
    }
    let act = act(Some(&now), &then, Some(plan)).named(match status {
        PaymentStatus::Confirmed => "subscription.paid",
        _ => "subscription.declined",
    });
    audit::record(tx, ctx, act).await?;
    if status == PaymentStatus::Confirmed {
        let told = SubscriptionActivated {
            subscription_id: then.id.to_string(),
            user_id: then.user.to_string(),
            plan_code: plan.code.clone(),
            period_end: Some(timestamp(then.period().1)),
        };
        outbox::append_as(tx, ctx, then.user.to_string(), then.version, &told).await?;
    }
    Ok(Settled {
        subscription: Some(then),
        unwanted: false,
    })
}

/// Takes up an answer that comes after the payment was given up. Returns whether the job has to
/// speak to the provider because of it.
async fn late(tx: &Tx, ctx: &Ctx, payment: Payment, charge: &Charge) -> Result<bool, StoreError> {
    use PaymentStatus::{Declined, Refunding, Voided, Voiding};
    let (status, from): (_, &[_]) = match charge.outcome {
        ChargeOutcome::Confirmed => (Refunding, &[Voiding, Voided, Declined]),
        ChargeOutcome::ActionNeeded { .. } => (Voiding, &[Voided, Declined]),
        ChargeOutcome::Declined => return Ok(false),
    };
    payments::advance(tx, ctx, &Payment { status, ..payment }, from).await
}
