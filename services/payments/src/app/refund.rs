//! Giving a payment back: an intent, the provider, the outcome.

use sv_kernel::{Ctx, Result};
use sv_proto::payments::PaymentReason;
use sv_store::{StoreError, work};

use super::App;
use crate::{
    domain::{Bill, ChargeState, Fact, Movement, OURS, Payment, Status},
    store::payments,
};

impl App {
    /// Gives the whole of a payment back, once, however often it is asked.
    pub(crate) async fn refund(
        &self,
        ctx: &Ctx,
        bill: &Bill,
        provider_id: &str,
    ) -> Result<Payment> {
        let known = payments::find(self.db.read(), ctx, bill.id).await?;
        let payment = match known {
            Some(known) => known,
            None if provider_id.is_empty() => return Err(PaymentReason::NotCharged.into()),
            None => {
                self.takes(None)?;
                self.adopt(ctx, bill, provider_id).await?
            }
        };
        if !payment.is_for(bill) {
            return Err(PaymentReason::PaymentMismatch.into());
        }
        self.takes(Some(&payment))?;
        if payment.charge != ChargeState::Confirmed {
            return Err(PaymentReason::NotCharged.into());
        }
        let payment = self.intend_refund(ctx, payment).await?;
        let ours = payment.our_refund();
        if ours.is_some_and(|refund| refund.status == Movement::Pending) {
            return self.ask_refund(ctx, payment).await;
        }
        Ok(payment)
    }

    /// Writes that the payment shall be given back before the provider hears of it.
    async fn intend_refund(&self, ctx: &Ctx, payment: Payment) -> Result<Payment> {
        let id = payment.id;
        let written = self.db.write(ctx, |tx| {
            work(async move {
                let Some(before) = payments::lock(tx, ctx, id).await? else {
                    return Ok::<_, StoreError>(None);
                };
                let begins = before.status() == Status::Confirmed && before.our_refund().is_none();
                // What the provider's people gave back of it already is not given back again.
                let rest = before.amount.minor - before.refunded();
                let begun = Fact::Refund {
                    key: OURS.to_owned(),
                    provider_id: String::new(),
                    minor: rest,
                    status: Movement::Pending,
                };
                let facts = if begins { vec![begun] } else { Vec::new() };
                self.save(tx, ctx, &before, before.clone(), &facts)
                    .await
                    .map(Some)
            })
        });
        Ok(written.await?.unwrap_or(payment))
    }
}
