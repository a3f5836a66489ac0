//! Use cases.

mod ask;
mod charge;
mod read;
mod refund;
mod settle;
mod void;

use std::{sync::Arc, time::Duration};

use sv_boot::ServiceContext;
use sv_kernel::{Ctx, Id, PageSigner, Result, Tenant, Timestamp};
use sv_proto::payments::PaymentReason;
use sv_store::{Db, StoreError, Tx, outbox, work};

use crate::{
    convert,
    domain::{Fact, Payment, PaymentMethod},
    provider::{PaymentProvider, stripe::Told},
    store::{events, ledger, payments},
};

/// A call that still runs settles its own payment; older ones were left behind.
const LEFT_BEHIND: Duration = Duration::from_mins(1);
/// The longest that the job waits before it asks about a payment again.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Events that are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 1_000;

/// Everything that can be done with payments. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    db: Db,
    pages: PageSigner,
    provider: Arc<dyn PaymentProvider>,
}

/// What has come to be known of a payment.
#[derive(Clone, Debug, Default)]
pub(crate) struct News {
    pub(crate) facts: Vec<Fact>,
    /// The provider's name of the payment; empty where it has not said.
    pub(crate) provider_id: String,
    /// The event that told it, where one did: an event has its effect once.
    pub(crate) event: Option<String>,
}

impl App {
    pub(crate) fn new(context: &ServiceContext, provider: Arc<dyn PaymentProvider>) -> Self {
        Self {
            db: context.db.clone(),
            pages: context.pages.clone(),
            provider,
        }
    }

    /// Says whether anything can be sold, and whether the provider knows a means of payment. Where it does not say, the
    /// means is not refused: what its charge comes to is one payment's affair.
    pub(crate) async fn knows(&self, method: &str) -> Result<(bool, bool)> {
        if !self.provider.takes_payments() {
            return Ok((false, false));
        }
        let known = ask::look_up(self.provider.knows(&PaymentMethod::new(method))).await;
        let known = known.unwrap_or_else(|cause| {
            tracing::warn!(
                error = &*cause as &(dyn std::error::Error + 'static),
                "the provider does not say whether it knows a means of payment"
            );
            true
        });
        Ok((true, known))
    }

    /// Refuses where nobody takes payments, or not the provider that has this one.
    fn takes(&self, payment: Option<&Payment>) -> Result<()> {
        let ours = payment.is_none_or(|payment| payment.provider == self.provider.name());
        if self.provider.takes_payments() && ours {
            return Ok(());
        }
        Err(PaymentReason::PaymentsOff.into())
    }

    /// Finds the payment that an event is about.
    pub(crate) async fn named(&self, told: &Told) -> Result<Option<(Tenant, Id<Payment>)>> {
        let id = told.payment.parse().ok();
        let (db, name) = (self.db.read(), self.provider.name());
        Ok(payments::named(db, name, &told.intent, id).await?)
    }

    /// Forgets events that were heard before an instant. Returns how many.
    pub(crate) async fn forget_events(&self, ctx: &Ctx, before: Timestamp) -> Result<u64> {
        let mut forgotten = 0;
        loop {
            let forget = self.db.write(ctx, |tx| {
                work(events::forget(tx, before, FORGOTTEN_AT_ONCE))
            });
            let now = forget.await?;
            forgotten += now;
            if now < u64::from(FORGOTTEN_AT_ONCE) {
                return Ok(forgotten);
            }
        }
    }

    /// Puts news into force. Returns the payment as it stands then; `None` where there is none.
    pub(crate) async fn hear(
        &self,
        ctx: &Ctx,
        id: Id<Payment>,
        news: &News,
    ) -> Result<Option<Payment>> {
        let heard = self.db.write(ctx, |tx| {
            work(async move {
                if let Some(event) = &news.event
                    && !events::first_time(tx, ctx, self.provider.name(), event).await?
                {
                    return payments::find(tx, ctx, id).await;
                }
                let Some(before) = payments::lock(tx, ctx, id).await? else {
                    return Ok(None);
                };
                let mut after = before.clone();
                if after.provider_id.is_empty() {
                    after.provider_id.clone_from(&news.provider_id);
                }
                self.save(tx, ctx, &before, after, &news.facts)
                    .await
                    .map(Some)
            })
        });
        Ok(heard.await?)
    }

    /// Writes a payment that takes facts, its entries in the books and its event; nothing where nothing changes.
    async fn save(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        before: &Payment,
        mut after: Payment,
        facts: &[Fact],
    ) -> Result<Payment, StoreError> {
        let new_id = || ctx.new_id::<Fact>().uuid();
        let mut entries = Vec::new();
        for fact in facts {
            entries.extend(after.take(fact, ctx.now(), &new_id));
        }
        if after == *before {
            return Ok(after);
        }
        after.version += 1;
        after.updated_at = ctx.now();
        after.tries = 0;
        let look_at = self.look_at(ctx, &after);
        payments::update(tx, ctx, &after, look_at).await?;
        ledger::append(tx, ctx, after.id, &entries).await?;
        outbox::append(tx, ctx, &convert::changed(&after)).await?;
        Ok(after)
    }

    /// Writes a new payment that has come this far by facts.
    async fn begin(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        mut new: Payment,
        facts: &[Fact],
    ) -> Result<Payment, StoreError> {
        let new_id = || ctx.new_id::<Fact>().uuid();
        let mut entries = Vec::new();
        for fact in facts {
            entries.extend(new.take(fact, ctx.now(), &new_id));
        }
        payments::insert(tx, ctx, &new, self.look_at(ctx, &new)).await?;
        ledger::append(tx, ctx, new.id, &entries).await?;
        outbox::append(tx, ctx, &convert::changed(&new)).await?;
        Ok(new)
    }

    /// Returns the provider as it is at the time of a tenant.
    fn provider(&self, ctx: &Ctx) -> Arc<dyn PaymentProvider> {
        let by = self.provider.by(&ctx.clock);
        by.unwrap_or_else(|| self.provider.clone())
    }

    /// Says when the job has to look at a payment next; `None` where nothing is to be done about it.
    fn look_at(&self, ctx: &Ctx, payment: &Payment) -> Option<Timestamp> {
        let asks = payment.is_unsettled().then(|| {
            let wait = LEFT_BEHIND.saturating_mul(1 << payment.tries.min(6));
            payment.updated_at + wait.min(LONGEST_WAIT)
        });
        let told = self.provider(ctx).tells_next(payment);
        [asks, told].into_iter().flatten().min()
    }
}
