//! Sending what waits: one piece of work for each webhook, which a hand of some process has at a time, so that a slow
//! receiver holds up nobody else. Within a piece each request frees its place as it ends: a slow one holds up no other,
//! either.

use std::{
    collections::{HashSet, VecDeque},
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::stream::{FuturesUnordered, StreamExt as _};
use sv_kernel::{Ctx, Id, Result};
use sv_proto::webhooks::WebhookDisabledReason;
use sv_store::{
    StoreError,
    jobs::queue::{Item, Step},
    work,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{App, disable};
use crate::{
    domain::{Attempt, Delivery, Outcome, Secret, Webhook, sign},
    sender::Signed,
    store::{attempts, deliveries, secrets, webhooks},
};

/// The kind of work that the deliveries of a webhook are; its key is the webhook.
pub(crate) const DELIVERIES: &str = "deliveries";
/// Requests to one webhook at a time.
const AT_ONCE: usize = 8;
/// Deliveries that are read at a time.
const READ: u64 = 32;
/// How often it is looked what became of a webhook, and what else is due, while requests are under way.
const LOOK: Duration = Duration::from_millis(500);
/// How long requests to one webhook are begun before others have their turn.
const TURN: Duration = Duration::from_secs(20);
/// How long requests under way have yet when the process is about to go. What is not answered by then is sent again,
/// under the same id, by another process or the next.
const GRACE: Duration = Duration::from_millis(500);

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

/// A webhook as it was looked at last, with what signs its requests.
struct Target {
    webhook: Webhook,
    /// `None` where one of them cannot be read.
    secrets: Option<Vec<Secret>>,
}

/// What a look at the tables found.
#[derive(Default)]
struct Looked {
    is_disabled: bool,
    due: VecDeque<Delivery>,
    /// To whom it goes, where something is due.
    target: Option<Arc<Target>>,
}

impl App {
    /// Sends some of what is due for a webhook, until its turn is over or `leaving` is cancelled. Fails where the tables
    /// do: what is due is due again then.
    pub(crate) async fn deliver(
        &self,
        ctx: &Ctx,
        item: &Item,
        leaving: &CancellationToken,
    ) -> Result<Step> {
        let Ok(id) = item.key.parse::<Id<Webhook>>() else {
            return Ok(Step::Done);
        };
        let until = Instant::now() + TURN;
        let (mut tries, mut under_way) = (FuturesUnordered::new(), HashSet::new());
        let mut failed: Option<StoreError> = None;
        loop {
            let begins = failed.is_none() && !leaving.is_cancelled() && Instant::now() < until;
            let mut looked = match self.look(ctx, id, begins, &under_way).await {
                Ok(Some(looked)) => looked,
                // Nobody asks any more how the tries under way end: they are dropped.
                Ok(None) => return Ok(Step::Done),
                Err(unread) => {
                    failed = failed.or(Some(unread));
                    Looked::default()
                }
            };
            if looked.due.is_empty() && tries.is_empty() {
                if looked.is_disabled {
                    // Written down by somebody who saw it before it was disabled.
                    self.give_up(ctx, id).await?;
                }
                break;
            }
            let mut look = pin!(sleep(LOOK));
            loop {
                while tries.len() < AT_ONCE
                    && let Some(target) = &looked.target
                    && let Some(delivery) = looked.due.pop_front()
                {
                    under_way.insert(delivery.id);
                    tries.push(self.try_one(ctx, target.clone(), delivery, leaving));
                }
                tokio::select! {
                    Some((delivery, noted)) = tries.next() => {
                        under_way.remove(&delivery);
                        let taken = matches!(noted, Ok(true));
                        failed = failed.or(noted.err());
                        // One that was not taken may have disabled it.
                        if looked.due.is_empty() || !taken || leaving.is_cancelled() {
                            break;
                        }
                    }
                    () = &mut look => break,
                }
            }
        }
        // All have ended, and are written down where that goes, before the work fails.
        if let Some(failed) = failed {
            return Err(failed.into());
        }
        Ok(match deliveries::next_due(self.db.read(), ctx, id).await? {
            None => Step::Done,
            Some(at) if at <= self.now() => Step::More(Vec::new()),
            Some(at) => Step::Later(at),
        })
    }

    /// Looks what became of a webhook, and what is due for it where requests may begin; `None` where it is deleted.
    async fn look(
        &self,
        ctx: &Ctx,
        id: Id<Webhook>,
        begins: bool,
        under_way: &HashSet<Id<Delivery>>,
    ) -> Result<Option<Looked>, StoreError> {
        let db = self.db.read();
        let Some(webhook) = webhooks::find(db, ctx, id).await? else {
            return Ok(None);
        };
        let mut looked = Looked {
            is_disabled: !webhook.is_enabled(),
            ..Looked::default()
        };
        if begins && webhook.is_enabled() {
            looked.due = deliveries::due(db, ctx, id, self.now(), under_way, READ).await?;
        }
        if !looked.due.is_empty() {
            looked.target = Some(Arc::new(self.target(ctx, webhook).await?));
        }
        Ok(Some(looked))
    }

    async fn target(&self, ctx: &Ctx, webhook: Webhook) -> Result<Target, StoreError> {
        let secrets = secrets::in_force(self.db.read(), ctx, webhook.id, self.now()).await?;
        let secrets = secrets.iter().map(|one| one.open(&self.seal)).collect();
        Ok(Target { webhook, secrets })
    }

    async fn give_up(&self, ctx: &Ctx, id: Id<Webhook>) -> Result<(), StoreError> {
        let now = self.now();
        let done = self
            .db
            .write(ctx, |tx| work(deliveries::give_up(tx, ctx, id, now)));
        done.await
    }

    /// Sends a delivery, and writes down how it went. Says whether the receiver has taken it.
    async fn try_one(
        &self,
        ctx: &Ctx,
        to: Arc<Target>,
        delivery: Delivery,
        leaving: &CancellationToken,
    ) -> (Id<Delivery>, Result<bool, StoreError>) {
        let (at, began) = (self.now(), Instant::now());
        let id = delivery.id.to_string();
        let answer = match to.secrets.as_deref() {
            Some(secrets) if !secrets.is_empty() => {
                let signed = Signed {
                    seconds: at.secs(),
                    signature: sign(secrets, &id, at.secs(), &delivery.body),
                    body: delivery.body.clone(),
                    id,
                };
                tokio::select! {
                    answer = self.sender.send(&to.webhook.url, &signed) => answer,
                    // As if it had not been sent: the process ends, and does not wait for receivers.
                    () = async { leaving.cancelled().await; sleep(GRACE).await } => {
                        return (delivery.id, Ok(false));
                    }
                }
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
        let outcome = attempt.outcome();
        metrics::counter!(ATTEMPTS, "outcome" => outcome.name()).increment(1);
        metrics::histogram!(DURATION).record(took.as_secs_f64());
        let after = delivery.after(&attempt, self.now(), draw(ctx));
        let noted = self.note(ctx, &attempt, &after).await;
        (delivery.id, noted.map(|()| outcome == Outcome::Taken))
    }

    /// Writes down how a try went, whatever has become of the webhook meanwhile. Where somebody else has sent the
    /// delivery, too, the first to say so counts: the receiver knows it by its id.
    async fn note(&self, ctx: &Ctx, attempt: &Attempt, after: &Delivery) -> Result<(), StoreError> {
        let (now, id) = (self.now(), after.webhook);
        let patience = Duration::from_hours(self.options.disable_after_hours);
        // It is never closed.
        let _turn = self.noting.acquire().await;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                if !deliveries::tried(tx, ctx, after).await? {
                    return Ok(());
                }
                attempts::insert(tx, ctx, after.id, attempt).await?;
                if attempt.outcome() == Outcome::Taken {
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
