//! Payments that are no longer wanted.

use sv_kernel::{Ctx, Id, Result};
use sv_proto::payments::PaymentReason;
use sv_store::work;

use super::App;
use crate::{
    domain::{Payment, Status},
    store::payments,
};

impl App {
    /// Sees to it that a payment is not charged, if it was not before.
    pub(crate) async fn cancel(&self, ctx: &Ctx, id: Id<Payment>) -> Result<Payment> {
        let marked = self.db.write(ctx, |tx| {
            work(async move {
                let Some(before) = payments::lock(tx, ctx, id).await? else {
                    return Ok(None);
                };
                let mut after = before.clone();
                if after.charge.is_open() && after.cancel_asked.is_none() {
                    after.cancel_asked = Some(ctx.now());
                }
                self.save(tx, ctx, &before, after, &[]).await.map(Some)
            })
        });
        let marked = marked
            .await
            .map_err(|failure: sv_store::StoreError| failure)?;
        let payment = marked.ok_or(PaymentReason::PaymentNotFound)?;
        if payment.status() != Status::Cancelling {
            return Ok(payment);
        }
        self.takes(Some(&payment))?;
        self.ask_cancel(ctx, payment).await
    }
}
