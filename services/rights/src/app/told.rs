//! What becomes known of a payment after it was asked for: a confirmation that comes late, a refusal, a refund that
//! has arrived, a chargeback (X-PAY-1, X-PAY-2).

use sv_kernel::{Ctx, Id, Money, Result};
use sv_proto::{
    common::CommonReason,
    payments::{self as pb, PaymentStatus as Said},
};
use sv_store::{Tx, audit};

use super::{
    App, act, invoices, orders, overdue,
    settle::{pays_for_nothing, put_outcome, tell},
    unsettled::LEFT_BEHIND,
};
use crate::{
    domain::{OrderStatus, PaidFor, Sale, Schedule, reversal},
    payments::{Charge, ChargeOutcome, Payment, PaymentStatus},
    store::{credits, payments, sales},
};

/// Everything but what has gone back already.
const NOT_REFUNDED: [PaymentStatus; 7] = [
    PaymentStatus::Intended,
    PaymentStatus::Waiting,
    PaymentStatus::Confirmed,
    PaymentStatus::Declined,
    PaymentStatus::Voiding,
    PaymentStatus::Voided,
    PaymentStatus::Refunding,
];

impl App {
    /// Puts into force what payments tells of a payment. Repeated, or older than what is known, it changes nothing.
    pub(crate) async fn payment_changed(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        told: &pb::Payment,
    ) -> Result<()> {
        let id = told.id.parse::<Id<Payment>>();
        let Ok(id) = id.map_err(|_| CommonReason::Internal) else {
            return Err(CommonReason::Internal.into());
        };
        let Some(payment) = payments::find(tx, ctx, id).await? else {
            // Another seller's, or one from before a restore of our tables.
            return Ok(());
        };
        match told.status() {
            Said::Refunding if payment.status == PaymentStatus::Refunding => Ok(()),
            Said::Refunding | Said::Refunded | Said::ChargedBack => {
                revoke(
                    tx,
                    ctx,
                    payment,
                    told.status(),
                    &self.options.schedule(&ctx.tenant),
                )
                .await
            }
            Said::Cancelled if payment.status == PaymentStatus::Voiding => {
                let voided = Payment {
                    status: PaymentStatus::Voided,
                    ..payment
                };
                payments::advance(tx, ctx, &voided, &[PaymentStatus::Voiding]).await?;
                Ok(())
            }
            // The job asks.
            Said::Cancelling => Ok(()),
            _ => self.decided(tx, ctx, &payment, told).await,
        }
    }

    /// Takes over how a charge stands.
    async fn decided(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        payment: &Payment,
        told: &pb::Payment,
    ) -> Result<()> {
        // Whoever has to act has got the secret by the answer to the call.
        let Some(charge) = Charge::read(told, String::new()) else {
            return Ok(());
        };
        let sale = sales::lock(tx, ctx, payment.pays_for).await?;
        let sale = sale.ok_or_else(|| pays_for_nothing(payment))?;
        if matches!(&sale, Sale::Order(order) if order.status == OrderStatus::Pending)
            && charge.outcome == ChargeOutcome::Confirmed
        {
            // Whether the title is still there others have to be asked, for whom no transaction waits: the job does,
            // and gives up an order that buys nothing any more.
            if payments::hurry(tx, ctx, payment, LEFT_BEHIND).await? {
                self.unwanted.notify_one();
                return Ok(());
            }
        }
        let schedule = self.options.schedule(&ctx.tenant);
        if put_outcome(tx, ctx, (payment, &charge), sale, &schedule)
            .await?
            .unwanted
        {
            self.unwanted.notify_one();
        }
        Ok(())
    }
}

/// Closes at once what a payment had opened that has gone back, or that the payer's bank takes back, and takes back
/// the credit that was made of it.
async fn revoke(
    tx: &Tx,
    ctx: &Ctx,
    payment: Payment,
    said: Said,
    schedule: &Schedule,
) -> Result<()> {
    let sale = sales::lock(tx, ctx, payment.pays_for).await?;
    // As it stands now: it may have been settled since it was read.
    let payment = payments::find(tx, ctx, payment.id)
        .await?
        .unwrap_or(payment);
    let was = payment.status;
    let refunded = Payment {
        status: PaymentStatus::Refunded,
        ..payment.clone()
    };
    if !payments::advance(tx, ctx, &refunded, &NOT_REFUNDED).await? {
        return Ok(());
    }
    let before = sale.ok_or_else(|| pays_for_nothing(&payment))?;
    let after = match (&before, was) {
        // It never came to pay for anything.
        (_, PaymentStatus::Intended | PaymentStatus::Waiting) if !before.is_over() => {
            match before.clone().declined(&payment, schedule, ctx.now()) {
                Some(declined) => declined,
                None => return Ok(()),
            }
        }
        (Sale::Order(order), PaymentStatus::Confirmed) => {
            Sale::Order(order.clone().into(OrderStatus::Refunded))
        }
        (Sale::Subscription(subscription, plan), PaymentStatus::Confirmed) => {
            let taken = payments::taken(tx, ctx, subscription.id, 1).await?;
            let left = invoices::left(tx, ctx, subscription, plan).await?;
            let by_bank = said == Said::ChargedBack;
            let now = ctx.now();
            let reversal = reversal(subscription, &payment, &taken, (left, by_bank), now);
            let credit = Money::new(reversal.credit, payment.amount.currency);
            credits::change(tx, ctx, subscription.user, credit).await?;
            if !reversal.closes {
                return Ok(());
            }
            payments::void_open(tx, ctx, PaidFor::Subscription(subscription.id)).await?;
            Sale::Subscription(subscription.clone().ended(), plan.clone())
        }
        _ => return Ok(()),
    };
    if !sales::update(tx, ctx, &after).await? {
        return Err(CommonReason::Contended.into());
    }
    let act = match (&before, &after) {
        (Sale::Subscription(old, _), Sale::Subscription(new, plan)) => {
            act(Some(old), new, Some(plan)).named("subscription.revoked")
        }
        (Sale::Order(old), Sale::Order(new)) => orders::act(Some(old), new).named("order.revoked"),
        _ => return Err(pays_for_nothing(&payment)),
    };
    audit::record(tx, ctx, act).await?;
    if let (Sale::Subscription(old, plan), Sale::Subscription(new, _)) = (&before, &after) {
        overdue::tell(tx, ctx, old, new, plan).await?;
    }
    tell(tx, ctx, &before, &after).await?;
    Ok(())
}
