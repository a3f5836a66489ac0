//! Charging: an intent, the provider, the outcome.

use sv_kernel::{Ctx, Result};
use sv_proto::{common::CommonReason, payments::PaymentReason};
use sv_store::{StoreError, work};

use super::App;
use crate::{
    domain::{Bill, ChargeState, Fact, Payment, Status},
    store::payments,
};

impl App {
    /// Charges what a bill asks for, once, however often it is asked. Returns what the payer's client needs to act,
    /// too. With `acted`, the payer has done so, by this secret.
    pub(crate) async fn charge(
        &self,
        ctx: &Ctx,
        bill: &Bill,
        acted: Option<&str>,
    ) -> Result<(Payment, String)> {
        let payment = self.intend(ctx, bill).await?;
        // What is settled or no longer wanted is not charged any more.
        if !matches!(
            payment.status(),
            Status::Intended | Status::ActionNeeded | Status::Processing
        ) {
            return Ok((payment, String::new()));
        }
        self.takes(Some(&payment))?;
        self.ask_charge(ctx, payment, acted).await
    }

    /// Writes what is asked for before the provider hears of it; finds it where it was asked for before.
    pub(crate) async fn intend(&self, ctx: &Ctx, bill: &Bill) -> Result<Payment> {
        // Of two first calls at the same moment one finds what the other wrote.
        for _ in 0..2 {
            let written = self.db.write(ctx, |tx| {
                work(async move {
                    if let Some(known) = payments::find(tx, ctx, bill.id).await? {
                        return Ok(Some(known));
                    }
                    if !self.provider.takes_payments() {
                        return Ok(None);
                    }
                    let new =
                        Payment::intended(bill, self.provider.name(), ctx.new_id(), ctx.now());
                    self.begin(tx, ctx, new, &[]).await.map(Some)
                })
            });
            match written.await {
                Ok(None) => return Err(PaymentReason::PaymentsOff.into()),
                Ok(Some(payment)) if payment.is_for(bill) => return Ok(payment),
                Ok(Some(_)) => return Err(PaymentReason::PaymentMismatch.into()),
                Err(failure) if StoreError::is_duplicate(&failure) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Err(CommonReason::Contended.into())
    }

    /// Takes over a payment that a provider charged before this service kept payments.
    pub(super) async fn adopt(&self, ctx: &Ctx, bill: &Bill, provider_id: &str) -> Result<Payment> {
        let adopted = self.db.write(ctx, |tx| {
            work(async move {
                let mut new =
                    Payment::intended(bill, self.provider.name(), ctx.new_id(), ctx.now());
                provider_id.clone_into(&mut new.provider_id);
                let charged = [Fact::Charge(ChargeState::Confirmed)];
                self.begin(tx, ctx, new, &charged).await
            })
        });
        Ok(adopted.await?)
    }
}
