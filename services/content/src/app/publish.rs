//! Drafts that become published by themselves when their time has come (X-CAT-5, SCHD-2).

use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    content::{Content, ContentStatus},
    convert::instant,
};
use sv_store::{Tx, audit, work};
use uuid::Uuid;

use super::{App, change::act, rewrite, save::save};
use crate::{domain::Place, store};

/// The most drafts that are published in one go.
const PART: u64 = 100;

impl App {
    /// Publishes what is due, of all tenants, and says how many titles that were. One that cannot be published
    /// keeps none from it that can.
    pub(crate) async fn publish_due(&self, ctx: &Ctx) -> Result<usize> {
        let due = store::due(self.db.read(), ctx, PART).await?;
        let mut published = 0;
        for (tenant, id) in due {
            let (db, ctx) = (self.db.clone(), ctx.for_tenant(tenant));
            let publish = async move {
                let ctx = &ctx;
                let done = db.write(ctx, |tx| work(async move { publish(tx, ctx, id).await }));
                done.await
            };
            let done: Result<bool> = self.change(publish).await;
            match done {
                Ok(done) => published += usize::from(done),
                Err(cause) => tracing::warn!(content.id = %id, %cause, "a draft stays unpublished"),
            }
        }
        Ok(published)
    }
}

/// Publishes a draft, unless somebody changed it meanwhile. Its series is locked first, as everywhere.
async fn publish(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<bool> {
    let content = store::get(tx, &ctx.tenant, id).await?;
    if let Some(place) = content.as_ref().and_then(Place::of) {
        store::lock(tx, &ctx.tenant, place.series).await?;
    }
    let Some(found) = store::lock(tx, &ctx.tenant, id).await? else {
        return Ok(false);
    };
    let Some(before) = found.content.clone() else {
        return Ok(false);
    };
    let is_due = before.publish_time.map(instant) <= Some(ctx.now());
    if before.status() != ContentStatus::Draft || before.publish_time.is_none() || !is_due {
        return Ok(false);
    }
    let wanted = Content {
        status: ContentStatus::Published.into(),
        // Used up: whoever takes the title back to a draft does not see it published again a moment later.
        publish_time: None,
        ..before.clone()
    };
    let saved = save(tx, ctx, id, Some(found), wanted).await?;
    rewrite::pass_on(tx, ctx, &before, &saved).await?;
    let published = act(id, Some(&before), Some(&saved)).named("content.published");
    audit::record(tx, ctx, published).await?;
    Ok::<_, Error>(true)
}
