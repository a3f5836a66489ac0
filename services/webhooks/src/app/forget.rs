//! Forgetting what was sent, and finding what nobody sends.

use std::time::Duration;

use sv_kernel::{Ctx, Id, Result};
use sv_store::{
    StoreError,
    jobs::queue::{Item, Step},
    work,
};

use super::{App, wake};
use crate::{domain::Webhook, store::deliveries};

/// The kind of work that the deliveries of a deleted webhook are; its key is the webhook.
pub(crate) const DELETED: &str = "deleted";
/// Deliveries that are deleted in one transaction.
const BATCH: u32 = 500;
/// How long something may be due before it is looked for by the clock.
const LATE: Duration = Duration::from_mins(5);

impl App {
    /// Deletes some of what was sent to a webhook that is gone.
    pub(crate) async fn clear(&self, ctx: &Ctx, item: &Item) -> Result<Step> {
        let Ok(id) = item.key.parse::<Id<Webhook>>() else {
            return Ok(Step::Done);
        };
        let some = self
            .db
            .write(ctx, |tx| work(deliveries::forget_of(tx, ctx, id, BATCH)));
        let some: Result<u64, StoreError> = some.await;
        Ok(if some? < u64::from(BATCH) {
            Step::Done
        } else {
            Step::More(Vec::new())
        })
    }

    /// Deletes what was sent long ago, of all tenants. Returns how much.
    pub(crate) async fn forget(&self, ctx: &Ctx) -> Result<u64, StoreError> {
        let before = self.now() - Duration::from_hours(24 * self.options.keep_days);
        let mut all = 0;
        loop {
            let some = self
                .db
                .write(ctx, |tx| work(deliveries::forget(tx, before, BATCH)));
            let some: u64 = some.await?;
            all += some;
            if some < u64::from(BATCH) {
                return Ok(all);
            }
        }
    }

    /// Has sent what is due and nobody sends: an administrator may have deleted the work. Returns for how many webhooks.
    pub(crate) async fn look_for_lost(&self, ctx: &Ctx) -> Result<usize, StoreError> {
        let before = self.now() - LATE;
        let found = self.db.write(ctx, |tx| {
            work(async move {
                let found = deliveries::overdue(tx, before, BATCH).await?;
                for (tenant, id) in &found {
                    wake(tx, &ctx.for_tenant(tenant.clone()), *id).await?;
                }
                Ok(found.len())
            })
        });
        found.await
    }
}
