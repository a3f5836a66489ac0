//! Brings payments to their end that nobody else does: what a crash or a silent provider left open,
//! what the payer did not act on, what is no longer wanted.

use std::time::Duration;

use futures::future::join_all;
use sv_kernel::{Ctx, Error, Result};
use sv_proto::rights::RightsReason;
use sv_store::{StoreError, work};

use super::{App, ending, overdue, settle::pays_for_nothing};
use crate::{
    domain::{OrderStatus, Sale},
    payments::{Cancellation, Payment, PaymentStatus},
    store::{Due, payments, sales},
};

/// Rows of one look.
const BATCH: u64 = 200;
/// Payments that are worked on at once: a provider that is slow about some does not hold the others.
const AT_ONCE: usize = 16;
/// A call that still runs settles its own payment; older ones were left behind.
pub(super) const LEFT_BEHIND: Duration = Duration::from_mins(1);
/// How long a payment waits after the first vain try; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_mins(1);
/// The longest that it waits.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

impl App {
    /// Goes through every payment that is due. Returns how many came to an end.
    pub(crate) async fn settle_open(&self, ctx: &Ctx) -> Result<usize> {
        let mut settled = 0;
        loop {
            let due = payments::unsettled(self.db.read(), ctx, LEFT_BEHIND, BATCH).await?;
            if due.is_empty() || !self.cashier.takes_payments(ctx).await? {
                return Ok(settled);
            }
            let last = due.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            let mut due = due.into_iter().peekable();
            while due.peek().is_some() {
                let some = due.by_ref().take(AT_ONCE);
                let outcomes = join_all(some.map(|(due, tries)| self.attend(ctx, due, tries)));
                for done in outcomes.await {
                    settled += usize::from(done?);
                }
            }
            if last {
                return Ok(settled);
            }
        }
    }

    /// Works on one payment, and puts it off where that is in vain.
    async fn attend(&self, ctx: &Ctx, due: Due<Payment>, tries: u32) -> Result<bool> {
        let outcome = match due.row {
            Ok((tenant, payment)) => self.bring_on(&ctx.for_tenant(tenant), payment).await,
            Err(unreadable) => Err(unreadable.into()),
        };
        let wait = match outcome {
            Ok(Progress::Done) => return Ok(true),
            Ok(Progress::Later(wait)) => wait,
            Err(failure) => {
                tracing::warn!(
                    payment.id = %due.id,
                    tries,
                    error = &failure as &dyn std::error::Error,
                    "payment stays open"
                );
                FIRST_WAIT
                    .saturating_mul(1 << tries.min(6))
                    .min(LONGEST_WAIT)
            }
        };
        let again = ctx.now() + wait;
        self.db
            .write(ctx, |tx| work(payments::put_off(tx, due.id, again)))
            .await?;
        Ok(false)
    }

    async fn bring_on(&self, ctx: &Ctx, payment: Payment) -> Result<Progress> {
        if !payment.status.is_open() {
            return self.void(ctx, payment).await;
        }
        let found = sales::find(self.db.read(), ctx, payment.pays_for).await?;
        let sale = found.ok_or_else(|| pays_for_nothing(&payment))?;
        let timeout = Duration::from_secs(self.options.action_seconds);
        if payment.status == PaymentStatus::Waiting && payment.created_at + timeout < ctx.now() {
            // Whoever acts later must not be charged for it.
            let schedule = self.options.schedule(&ctx.tenant);
            let of = payment.pays_for;
            let (asked, schedule) = (&payment, &schedule);
            let given_up = self.db.write(ctx, |tx| {
                work(async move {
                    let sale = sales::lock(tx, ctx, of).await?;
                    // Where it was paid since it was read there is nothing to give up.
                    if !payments::void_open(tx, ctx, of).await? {
                        return Ok(());
                    }
                    let then = sale
                        .clone()
                        .and_then(|sale| sale.declined(asked, schedule, ctx.now()));
                    let (Some(before), Some(declined)) = (sale, then) else {
                        return Ok(());
                    };
                    if sales::update(tx, ctx, &declined).await?
                        && let (Sale::Subscription(old, plan), Sale::Subscription(new, _)) =
                            (&before, &declined)
                    {
                        overdue::tell(tx, ctx, old, new, plan).await?;
                        ending::tell(tx, ctx, old, new).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            });
            given_up.await?;
            let found = payments::find(self.db.read(), ctx, payment.id).await?;
            return self.void(ctx, found.unwrap_or(payment)).await;
        }
        if let Sale::Order(order) = &sale
            && order.status == OrderStatus::Pending
        {
            match self.still_sold(ctx, order).await {
                Ok(()) => {}
                // Given up: what becomes of the payment, the next look says.
                Err(refusal) if is_given_up(&refusal) => return Ok(Progress::Done),
                Err(failure) => return Err(failure),
            }
        }
        match self.pay(ctx, payment).await {
            Err(refusal) if refusal.is(&RightsReason::PaymentDeclined) => Ok(Progress::Done),
            Err(failure) => Err(failure),
            Ok(paid) if !paid.waits => Ok(Progress::Done),
            Ok(_) => Ok(Progress::Later(FIRST_WAIT)),
        }
    }

    /// Sees to it that the payer keeps, or gets back, what nobody wants of them any more.
    async fn void(&self, ctx: &Ctx, mut payment: Payment) -> Result<Progress> {
        if payment.status == PaymentStatus::Voiding {
            let until = payment.updated_at + LEFT_BEHIND;
            let status = match self.cashier.cancel(ctx, &payment).await? {
                Cancellation::Charged => PaymentStatus::Refunding,
                Cancellation::Undecided => return Ok(Progress::Later(FIRST_WAIT)),
                // A charge may be on its way; when that time is over, none comes any more.
                Cancellation::Unknown if until > ctx.now() => {
                    return Ok(Progress::Later(until.since(ctx.now())));
                }
                Cancellation::Unknown | Cancellation::Cancelled => PaymentStatus::Voided,
            };
            payment.status = status;
            self.advance(ctx, &payment, PaymentStatus::Voiding).await?;
        }
        if payment.status == PaymentStatus::Refunding {
            let payer = self.payer_of(ctx, &payment).await?;
            if !self.cashier.refund(ctx, &payment, &payer).await? {
                return Ok(Progress::Later(FIRST_WAIT));
            }
            payment.status = PaymentStatus::Refunded;
            self.advance(ctx, &payment, PaymentStatus::Refunding)
                .await?;
        }
        tracing::info!(payment.id = %payment.id, status = payment.status.name(), "payment given up");
        Ok(Progress::Done)
    }

    /// Writes a step; where another process was first there is nothing left to do.
    async fn advance(&self, ctx: &Ctx, payment: &Payment, from: PaymentStatus) -> Result<()> {
        let from = &[from];
        self.db
            .write(ctx, |tx| work(payments::advance(tx, ctx, payment, from)))
            .await?;
        Ok(())
    }
}

/// Says whether an order was given up because it buys nothing any more.
fn is_given_up(refusal: &Error) -> bool {
    refusal.is(&RightsReason::ContentNotFound)
        || refusal.is(&RightsReason::AlreadyOwned)
        || refusal.is(&RightsReason::AlreadyRented)
}

/// What came of working on a payment.
enum Progress {
    /// It is at its end.
    Done,
    /// Nothing can be done for so long.
    Later(Duration),
}
