//! Asks the provider, and writes what it says.

use std::time::Duration;

use sv_kernel::{Ctx, Error, Result};
use sv_proto::{common::CommonReason, rights::RightsReason};

use super::{App, subscribe::Subscribed};
use crate::{
    domain::{Plan, Status, Subscription},
    events,
    payments::{Charge, ChargeOutcome, Payment, PaymentStatus},
    store::{payments, subscriptions},
};

/// How long the provider may take.
const PATIENCE: Duration = Duration::from_secs(8);

impl App {
    /// Asks the provider and takes its answer over. An error leaves the intent to the job.
    pub(super) async fn pay(&self, ctx: &Ctx, payment: Payment, plan: Plan) -> Result<Subscribed> {
        let asked = tokio::time::timeout(PATIENCE, self.provider.charge(&payment)).await;
        let charge = match asked {
            Ok(Ok(charge)) => charge,
            Ok(Err(cause)) => return Err(Error::from(CommonReason::Unavailable).because(cause)),
            Err(late) => return Err(Error::from(CommonReason::Unavailable).because(late)),
        };
        let client_secret = match &charge.outcome {
            ChargeOutcome::ActionNeeded { client_secret } => client_secret.clone(),
            ChargeOutcome::Confirmed | ChargeOutcome::Declined => String::new(),
        };
        let subscription = self.settle(ctx, payment, &charge, &plan).await?;
        match subscription.status {
            Status::Declined => Err(RightsReason::PaymentDeclined.into()),
            _ => Ok(Subscribed {
                subscription,
                plan,
                client_secret,
            }),
        }
    }

    /// Writes the outcome of a payment with its effect, once. Returns the subscription as it stands.
    pub(super) async fn settle(
        &self,
        ctx: &Ctx,
        payment: Payment,
        charge: &Charge,
        plan: &Plan,
    ) -> Result<Subscription> {
        let status = match charge.outcome {
            ChargeOutcome::Confirmed => PaymentStatus::Confirmed,
            ChargeOutcome::ActionNeeded { .. } => PaymentStatus::Waiting,
            ChargeOutcome::Declined => PaymentStatus::Declined,
        };
        let tx = self.db.begin(ctx).await?;
        let payment = Payment {
            status,
            provider_id: charge.provider_id.clone(),
            ..payment
        };
        let first = payments::settle(&tx, ctx, &payment).await?;
        let missing = || {
            Error::from(CommonReason::Internal)
                .because(format!("payment {} has no subscription", payment.id))
        };
        let now = subscriptions::find(&tx, ctx, payment.subscription)
            .await?
            .ok_or_else(missing)?;
        // Another call has settled it, or its request was given up meanwhile.
        if !first || matches!(now.status, Status::Ended | Status::Declined) {
            tx.commit().await?;
            return Ok(now);
        }
        let then = match status {
            PaymentStatus::Confirmed => now.paid(ctx.now()),
            PaymentStatus::Declined => now.declined(),
            PaymentStatus::Waiting | PaymentStatus::Intended => {
                tx.commit().await?;
                return Ok(now);
            }
        };
        if !subscriptions::update(&tx, ctx, &then).await? {
            // Changed by another process between our read and write; the payment stays open.
            return Err(CommonReason::Unavailable.into());
        }
        if status == PaymentStatus::Confirmed {
            events::activated(&tx, ctx, &then, plan).await?;
        }
        tx.commit().await?;
        Ok(then)
    }
}
