//! Asks the provider, and writes what it says.

use std::time::Duration;

use sv_kernel::{BoxError, Ctx, Error, Result};
use sv_proto::{common::CommonReason, rights::RightsReason};
use sv_store::{StoreError, Tx, audit};

use super::{App, act, subscribe::Subscribed};
use crate::{
    domain::{Plan, Status, Subscription},
    events,
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
        let tx = self.db.begin(ctx).await?;
        let missing = || {
            Error::from(CommonReason::Internal)
                .because(format!("payment {} has no subscription", payment.id))
        };
        let now = subscriptions::find(&tx, ctx, payment.subscription)
            .await?
            .ok_or_else(missing)?;
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
            ..payment
        };
        if !payments::settle(&tx, ctx, &payment).await? {
            // Another call has settled it, or it was given up meanwhile.
            let unwanted = late(&tx, ctx, payment, charge).await?;
            ctx.changes_nothing();
            tx.commit().await?;
            if unwanted {
                self.unwanted.notify_one();
            }
            // As the other call left it, which this transaction need not have seen.
            let left = subscriptions::find(self.db.read(), ctx, now.id).await?;
            return left.ok_or_else(missing);
        }
        let then = match status {
            PaymentStatus::Confirmed => now.clone().paid(ctx.now()),
            PaymentStatus::Declined if !over => now.clone().declined(),
            _ => {
                ctx.changes_nothing();
                tx.commit().await?;
                if over {
                    self.unwanted.notify_one();
                }
                return Ok(now);
            }
        };
        if !subscriptions::update(&tx, ctx, &then).await? {
            // Changed by another process between our read and write; the payment stays open.
            return Err(CommonReason::Contended.into());
        }
        let act = act(Some(&now), &then, Some(plan)).named(match status {
            PaymentStatus::Confirmed => "subscription.paid",
            _ => "subscription.declined",
        });
        audit::record(&tx, ctx, act).await?;
        if status == PaymentStatus::Confirmed {
            events::activated(&tx, ctx, &then, plan).await?;
        }
        tx.commit().await?;
        Ok(then)
    }
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
