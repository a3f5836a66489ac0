//! Takes over what a payer has done about a payment (C13).

use sv_kernel::{Ctx, Id, Result};
use sv_proto::{convert::me, rights::RightsReason};

use super::{App, settle::ask, subscribe::Subscribed};
use crate::{
    domain::{Status, Subscription},
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
        let user = me(ctx)?;
        let subscription = subscriptions::find(self.db.read(), ctx, id)
            .await?
            .filter(|found| found.user == user)
            .ok_or(RightsReason::SubscriptionNotFound)?;
        let plan = self.plan_of(ctx, &subscription).await?;
        let payment = payments::newest(self.db.read(), ctx, id).await?;
        if let Some(payment) = payment.filter(|payment| payment.status.is_open()) {
            if !self.provider.takes_payments() {
                return Err(RightsReason::PaymentsOff.into());
            }
            let charge = ask(self.provider.confirm(&payment, client_secret)).await?;
            return self.take_over(ctx, payment, charge, plan).await;
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
                })
            }
        }
    }
}
