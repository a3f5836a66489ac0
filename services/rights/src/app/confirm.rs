//! Takes over what a payer has done about a payment (C13).

use sv_kernel::{Ctx, Id, Result};
use sv_proto::rights::RightsReason;

use super::{App, settle::Paid, subscribed::Subscribed};
use crate::{
    domain::{PaidFor, Status, Subscription},
    store::{payments, subscriptions},
};

impl App {
    /// Asks the provider how the payment stands whose payer has acted. Where nothing waits the
    /// subscription is answered as it is.
    pub(crate) async fn confirm(
        &self,
        ctx: &Ctx,
        id: Id<Subscription>,
        client_secret: &str,
    ) -> Result<Subscribed> {
        let user = self.grown_up(ctx).await?;
        let subscription = subscriptions::find(self.db.read(), ctx, id)
            .await?
            .filter(|found| found.user == user)
            .ok_or(RightsReason::SubscriptionNotFound)?;
        let plan = self.plan_of(ctx, &subscription).await?;
        let of = PaidFor::Subscription(id);
        if let Some(paid) = self.ask_again(ctx, of, client_secret).await? {
            let paid = paid.subscribed()?;
            return match paid.subscription.status {
                Status::Superseded => Err(RightsReason::SubscriptionNotFound.into()),
                Status::Declined => Err(RightsReason::PaymentDeclined.into()),
                Status::Pending | Status::Active | Status::Ended => Ok(paid),
            };
        }
        match subscription.status {
            Status::Declined => Err(RightsReason::PaymentDeclined.into()),
            Status::Superseded => Err(RightsReason::SubscriptionNotFound.into()),
            Status::Pending | Status::Active | Status::Ended => {
                ctx.changes_nothing();
                Ok(Subscribed {
                    subscription,
                    plan,
                    client_secret: String::new(),
                    waits: false,
                })
            }
        }
    }

    /// Asks how the payment stands that waits for its payer; `None` where none does.
    pub(super) async fn ask_again(
        &self,
        ctx: &Ctx,
        of: PaidFor,
        client_secret: &str,
    ) -> Result<Option<Paid>> {
        let payment = payments::newest(self.db.read(), ctx, of).await?;
        let Some(payment) = payment.filter(|payment| payment.status.is_open()) else {
            return Ok(None);
        };
        let payer = self.payer_of(ctx, &payment).await?;
        let asked = self.cashier.confirm(ctx, &payment, &payer, client_secret);
        let paid = match asked.await {
            Ok(charge) => self.take_over(ctx, payment, charge).await?,
            Err(silence) => self.left_open(ctx, &payment, silence).await?,
        };
        Ok(Some(paid))
    }
}
