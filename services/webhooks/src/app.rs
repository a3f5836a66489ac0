//! Use cases.

mod deliver;
mod deliveries;
mod forget;
mod room;
mod tell;
mod webhooks;

use std::sync::Arc;

use sv_boot::ServiceContext;
use sv_kernel::{BoxError, Clock, Ctx, Error, Id, PageSigner, Result, Seal, Timestamp};
use sv_proto::{
    common::CommonReason,
    webhooks::{WebhookDisabledReason, WebhookReason},
};
use sv_store::{Db, StoreError, Subscription, Tx, audit, jobs::queue};
use tokio::sync::Semaphore;

pub(crate) use self::{
    deliver::{DELIVERIES, begin_to_count},
    forget::DELETED,
};
use crate::{
    Options,
    domain::{Reach, Webhook, without_values},
    sender::Sender,
    store,
};

/// Tries that are written down at a time.
const NOTING: usize = 4;

/// Everything that can be done with webhooks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    db: Db,
    pages: PageSigner,
    /// Real time: receivers do not live by the clocks of tenants.
    clock: Arc<dyn Clock>,
    seal: Arc<Seal>,
    reach: Arc<Reach>,
    sender: Sender,
    /// Those who write down how tries went, so that others who write are not held up by many that end at once.
    noting: Arc<Semaphore>,
    options: Arc<Options>,
}

impl App {
    pub(crate) fn new(
        context: &ServiceContext,
        options: Options,
        seal: Seal,
        reach: Reach,
    ) -> Result<Self, BoxError> {
        let reach = Arc::new(reach);
        let timeout = std::time::Duration::from_secs(options.timeout_seconds.max(1));
        Ok(Self {
            db: context.db.clone(),
            pages: context.pages.clone(),
            clock: context.env.clock.clone(),
            seal: Arc::new(seal),
            sender: Sender::new(reach.clone(), timeout)?,
            reach,
            noting: Arc::new(Semaphore::new(NOTING)),
            options: Arc::new(options),
        })
    }

    /// Returns what webhooks are told of.
    pub(crate) fn events(&self) -> Subscription {
        tell::events(&self.clock, self.options.most_waiting)
    }

    /// Returns how many webhooks a tenant may have.
    pub(crate) fn most_webhooks(&self) -> usize {
        usize::try_from(self.options.limit).unwrap_or(usize::MAX)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Finds a webhook that is to be changed, and locks it.
async fn locked(tx: &Tx, ctx: &Ctx, id: Id<Webhook>) -> Result<Webhook> {
    let found = store::webhooks::lock(tx, ctx, id).await?;
    found.ok_or_else(|| WebhookReason::WebhookNotFound.into())
}

/// Finds a webhook that something is to be sent to, and locks it.
async fn locked_to_send(tx: &Tx, ctx: &Ctx, id: Id<Webhook>) -> Result<Webhook> {
    let webhook = locked(tx, ctx, id).await?;
    if webhook.is_enabled() {
        Ok(webhook)
    } else {
        Err(WebhookReason::WebhookDisabled.into())
    }
}

/// Stops what is sent to a webhook that was locked, by itself.
async fn disable(
    tx: &Tx,
    ctx: &Ctx,
    before: &Webhook,
    reason: WebhookDisabledReason,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut webhook = before.clone();
    webhook.disable(reason, now);
    store::webhooks::update(tx, ctx, &webhook).await?;
    store::deliveries::give_up(tx, ctx, webhook.id, now).await?;
    let act = act(before.id, Some(before), Some(&webhook)).named("webhook.disabled");
    audit::record(tx, ctx, act).await?;
    let name = reason.as_str_name();
    let reason = name
        .trim_start_matches("WEBHOOK_DISABLED_REASON_")
        .to_ascii_lowercase();
    metrics::counter!("streamverse_webhooks_disabled_total", "reason" => reason.clone())
        .increment(1);
    tracing::warn!(webhook.id = %webhook.id, reason, "a webhook is disabled");
    Ok(())
}

/// Has what waits for a webhook sent.
async fn wake(tx: &Tx, ctx: &Ctx, id: Id<Webhook>) -> Result<(), StoreError> {
    let work = queue::Work {
        kind: DELIVERIES,
        key: id.to_string(),
        priority: 0,
        payload: Vec::new(),
    };
    queue::enqueue(tx, ctx, work).await
}

/// Describes what was done to a webhook, for its audit record.
fn act(id: Id<Webhook>, old: Option<&Webhook>, new: Option<&Webhook>) -> audit::Act {
    let values = |webhook: Option<&Webhook>| match webhook {
        Some(webhook) => {
            let mut shown = sv_proto::webhooks::Webhook::from(webhook);
            shown.url = without_values(&shown.url);
            sv_rpc::audit::values("streamverse.webhooks.v1.Webhook", &shown)
        }
        None => serde_json::Value::Null,
    };
    audit::Act::on("webhook", id).changed(values(old), values(new))
}

fn internal(cause: impl Into<BoxError>) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}
