//! Brings payments to their end that nobody else does: what a crash or a silent provider left open, and what the
//! provider tells on being asked.

use std::time::Duration;

use futures::future::join_all;
use sv_kernel::{Ctx, Result, Timestamp};
use sv_store::work;

use super::{App, News};
use crate::{
    domain::{Payment, Status},
    store::{Due, payments},
};

/// Rows of one look.
const BATCH: u64 = 200;
/// Payments that are worked on at once: a provider that is slow about some does not hold the others.
const AT_ONCE: usize = 16;
/// The shortest that a payment is put off, so that each look comes to its end.
const SOON: Duration = Duration::from_secs(1);
/// How long a row waits that cannot be read.
const UNREADABLE: Duration = Duration::from_hours(1);

impl App {
    /// Goes through every payment that is due. Returns how many changed.
    pub(crate) async fn settle_due(&self, ctx: &Ctx) -> Result<usize> {
        let mut changed = 0;
        loop {
            let due = payments::due(self.db.read(), ctx, BATCH).await?;
            let last = due.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            let mut due = due.into_iter().peekable();
            while due.peek().is_some() {
                let some = due.by_ref().take(AT_ONCE);
                for done in join_all(some.map(|due| self.attend(ctx, due))).await {
                    changed += usize::from(done?);
                }
            }
            if last {
                return Ok(changed);
            }
        }
    }

    /// Works on one payment, and says when to look at it next.
    async fn attend(&self, ctx: &Ctx, due: Due) -> Result<bool> {
        let (tenant, payment) = match due.row {
            Ok(row) => row,
            Err(unreadable) => {
                tracing::warn!(
                    payment.id = %due.id,
                    error = &unreadable as &dyn std::error::Error,
                    "payment cannot be read"
                );
                let again = Some(ctx.now() + UNREADABLE);
                let put_off = self
                    .db
                    .write(ctx, |tx| work(payments::put_off(tx, due.id, 0, again)));
                put_off.await?;
                return Ok(false);
            }
        };
        let ctx = &ctx.for_tenant(tenant);
        let before = payment.version;
        let worked = self.bring_on(ctx, payment.clone()).await;
        let (payment, failed) = match worked {
            Ok(payment) => (payment, false),
            Err(failure) => {
                tracing::warn!(
                    payment.id = %due.id,
                    tries = payment.tries,
                    error = &failure as &dyn std::error::Error,
                    "payment stays open"
                );
                (payment, true)
            }
        };
        let changed = payment.version != before;
        // One that changed is looked at as its new state wants.
        if !changed || failed {
            let again = self.again(ctx, payment.clone());
            let tries = payment.tries.saturating_add(1);
            let put_off = self
                .db
                .write(ctx, |tx| work(payments::put_off(tx, due.id, tries, again)));
            put_off.await?;
        }
        Ok(changed)
    }

    /// Says when to look again at a payment that was looked at in vain.
    fn again(&self, ctx: &Ctx, payment: Payment) -> Option<Timestamp> {
        let waited = Payment {
            updated_at: ctx.now(),
            ..payment
        };
        self.look_at(ctx, &waited)
            .map(|at| at.max(ctx.now() + SOON))
    }

    async fn bring_on(&self, ctx: &Ctx, mut payment: Payment) -> Result<Payment> {
        if self.takes(Some(&payment)).is_err() {
            // Another provider has it than the one that is set now.
            return Ok(payment);
        }
        for told in self.provider(ctx).tells(&payment) {
            let news = News {
                facts: vec![told.fact],
                event: Some(told.id),
                ..News::default()
            };
            if let Some(heard) = self.hear(ctx, payment.id, &news).await? {
                payment = heard;
            }
        }
        match payment.status() {
            Status::Intended | Status::ActionNeeded | Status::Processing => {
                Ok(self.ask_charge(ctx, payment, None).await?.0)
            }
            Status::Cancelling => self.ask_cancel(ctx, payment).await,
            _ if payment.is_unsettled() => self.ask_refund(ctx, payment).await,
            _ => Ok(payment),
        }
    }
}
