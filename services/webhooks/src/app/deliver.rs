//! Sending what waits: one piece of work for each webhook, which a hand of some process has at a time, so that a slow
//! receiver holds up nobody else.

use std::time::{Duration, Instant};

use futures::future::join_all;
use sv_kernel::{Ctx, Id, Result};
use sv_proto::webhooks::{DeliveryStatus, WebhookDisabledReason};
use sv_store::{
    StoreError,
    jobs::queue::{Item, Step},
    work,
};

use super::{App, disable};
use crate::{
    domain::{Attempt, Delivery, Outcome, Secret, Webhook, sign},
    sender::Signed,
    store::{attempts, deliveries, secrets, webhooks},
};

/// The kind of work that the deliveries of a webhook are; its key is the webhook.
pub(crate) const DELIVERIES: &str = "deliveries";
/// Requests to one webhook at a time.
const AT_ONCE: u64 = 8;

const ATTEMPTS: &str = "streamverse_webhook_attempts_total";
const DURATION: &str = "streamverse_webhook_attempt_duration_seconds";

/// Says that nothing was sent yet, so that the first request shows.
pub(crate) fn begin_to_count() {
    for outcome in Outcome::ALL {
        metrics::counter!(ATTEMPTS, "outcome" => outcome.name()).increment(0);
    }
    for reason in ["gone", "failing", "backlog"] {
        metrics::counter!("streamverse_webhooks_disabled_total", "reason" => reason).increment(0);
    }
    drop(metrics::histogram!(DURATION));
}

impl App {
    /// Sends some of what is due for a webhook. Fails where the tables do: what is due is due again then.
    pub(crate) async fn deliver(&self, ctx: &Ctx, item: &Item) -> Result<Step> {
        let Ok(id) = item.key.parse::<Id<Webhook>>() else {
            return Ok(Step::Done);
        };
        let db = self.db.read();
        let Some(webhook) = webhooks::find(db, ctx, id).await? else {
            return Ok(Step::Done);
        };
        if !webhook.is_enabled() {
            // Written down by somebody who saw it before it was disabled.
            let now = self.now();
            let done = self
                .db
                .write(ctx, |tx| work(deliveries::give_up(tx, ctx, id, now)));
            done.await?;
            return Ok(Step::Done);
        }
        let now = self.now();
        let due = deliveries::due(db, ctx, id, now, AT_ONCE).await?;
        let secrets = secrets::in_force(db, ctx, id, now).await?;
        let secrets: Option<Vec<Secret>> = secrets.iter().map(|one| one.open(&self.seal)).collect();
        let secrets = secrets.as_deref();
        let tries = due
            .iter()
            .map(|delivery| self.try_one(ctx, &webhook, secrets, delivery));
        // All have ended before the work fails because one could not be written down.
        let tried: Vec<Result<(), StoreError>> = join_all(tries).await;
        tried.into_iter().collect::<Result<(), _>>()?;
        Ok(match deliveries::next_due(db, ctx, id).await? {
            None => Step::Done,
            Some(at) if at <= self.now() => Step::More(Vec::new()),
            Some(at) => Step::Later(at),
        })
    }

    /// Sends a delivery, and writes down how it went.
    async fn try_one(
        &self,
        ctx: &Ctx,
        webhook: &Webhook,
        secrets: Option<&[Secret]>,
        delivery: &Delivery,
    ) -> Result<(), StoreError> {
        let (at, began) = (self.now(), Instant::now());
        let id = delivery.id.to_string();
        let answer = match secrets {
            Some(secrets) if !secrets.is_empty() => {
                let signed = Signed {
                    seconds: at.secs(),
                    signature: sign(secrets, &id, at.secs(), &delivery.body),
                    body: delivery.body.clone(),
                    id,
                };
                self.sender.send(&webhook.url, &signed).await
            }
            // Sealed by a secret of the installation that was given up.
            _ => Err("the secret cannot be read: rotate it".to_owned()),
        };
        let took = began.elapsed();
        let attempt = Attempt {
            number: delivery.attempts.saturating_add(1),
            at,
            took,
            answer,
        };
        metrics::counter!(ATTEMPTS, "outcome" => attempt.outcome().name()).increment(1);
        metrics::histogram!(DURATION).record(took.as_secs_f64());
        let after = delivery.after(&attempt, self.now(), draw(ctx));
        self.note(ctx, &attempt, &after).await
    }

    /// Writes down how a try went. Where somebody else has sent the delivery, too, the first to say so counts: the
    /// receiver knows it by its id.
    async fn note(&self, ctx: &Ctx, attempt: &Attempt, after: &Delivery) -> Result<(), StoreError> {
        let (now, id) = (self.now(), after.webhook);
        let patience = Duration::from_hours(self.options.disable_after_hours);
        let done = self.db.write(ctx, |tx| {
            work(async move {
                if !deliveries::tried(tx, ctx, after).await? {
                    return Ok(());
                }
                attempts::insert(tx, ctx, after.id, attempt).await?;
                if after.status == DeliveryStatus::Succeeded {
                    return webhooks::answers(tx, ctx, id).await;
                }
                webhooks::fails(tx, ctx, id, now).await?;
                let locked = webhooks::lock(tx, ctx, id).await?;
                let Some(webhook) = locked.filter(Webhook::is_enabled) else {
                    return Ok(());
                };
                let failing = webhook.failing_since.map(|since| now.since(since));
                if attempt.outcome() == Outcome::Gone {
                    disable(tx, ctx, &webhook, WebhookDisabledReason::Gone, now).await?;
                } else if failing.is_some_and(|failing| failing >= patience) {
                    disable(tx, ctx, &webhook, WebhookDisabledReason::Failing, now).await?;
                }
                Ok(())
            })
        });
        done.await
    }
}

/// Draws a number from 0 to 1.
fn draw(ctx: &Ctx) -> f64 {
    let mut drawn = [0; 4];
    ctx.entropy.fill(&mut drawn);
    f64::from(u32::from_ne_bytes(drawn)) / f64::from(u32::MAX)
}
