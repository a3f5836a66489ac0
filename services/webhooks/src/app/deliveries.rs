//! What administrators see of deliveries, and have sent once more.

use std::time::Duration;

use serde_json::json;
use sv_kernel::{Ctx, Error, Id, Page, PageAsk, PageError, PageRequest, Result};
use sv_proto::{
    common::CommonReason,
    convert::{instant, page_error},
    webhooks::{self as pb, DeliveryStatus, WebhookReason},
};
use sv_store::{StoreError, Tx, audit, work};

use super::{App, locked_to_send, wake};
use crate::{
    convert::payload::{TEST, body},
    domain::{Delivery, Webhook},
    store::{attempts, deliveries},
};

/// Deliveries that are sent once more by one call.
const BATCH: u64 = 500;
/// What administrators have sent waits with at most one in this many of what may wait; the rest is left to what happens.
const SHARE: u64 = 2;
/// When there may be room again where there is none.
const TRY_AGAIN: Duration = Duration::from_secs(10);

impl App {
    /// Lists those of a webhook, newest first.
    pub(crate) async fn deliveries(
        &self,
        ctx: &Ctx,
        (id, status): (Id<Webhook>, DeliveryStatus),
        ask: PageAsk<'_>,
    ) -> Result<pb::ListDeliveriesResponse> {
        let list = format!("deliveries of {id}, {}", status.as_str_name());
        let PageRequest { size, after, skip } = self.pages.read(&list, ask).map_err(page_error)?;
        let read = |key: String| key.parse().map_err(|_| page_error(PageError::Token));
        let after = after.map(read).transpose()?;
        self.find(ctx, id).await?;
        let which = (
            id,
            Some(status).filter(|status| *status != DeliveryStatus::Unspecified),
        );
        let rows = deliveries::list(self.db.read(), ctx, which, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |last| last.id.to_string());
        Ok(pb::ListDeliveriesResponse {
            items: page.items.iter().map(Into::into).collect(),
            next_page_token: self.pages.write(&list, page.next.as_deref()),
        })
    }

    /// Returns one with its body and its tries.
    pub(crate) async fn delivery(
        &self,
        ctx: &Ctx,
        webhook: Id<Webhook>,
        id: Id<Delivery>,
    ) -> Result<pb::GetDeliveryResponse> {
        let db = self.db.read();
        let found = deliveries::find(db, ctx, webhook, id).await?;
        let delivery = found.ok_or(WebhookReason::DeliveryNotFound)?;
        let mut tries = attempts::list(db, ctx, id).await?;
        // As many as the delivery has: another may have been noted in between.
        tries.retain(|one| one.number <= delivery.attempts);
        Ok(pb::GetDeliveryResponse {
            delivery: Some((&delivery).into()),
            attempts: tries.iter().map(Into::into).collect(),
            body: delivery.body,
        })
    }

    /// Sends an event that says nothing. Fails with `OVERLOADED` where too much waits.
    pub(crate) async fn test(
        &self,
        ctx: &Ctx,
        id: Id<Webhook>,
    ) -> Result<pb::SendTestEventResponse> {
        let now = self.now();
        let data = json!({"webhookId": id.to_string()});
        let new = &Delivery::new(ctx.new_id(), id, TEST, body(TEST, now, &data), now);
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                locked_to_send(tx, ctx, id).await?;
                self.room(tx, ctx, id).await?;
                deliveries::insert(tx, ctx, new).await?;
                wake(tx, ctx, id).await?;
                let what = json!({"delivery": new.id.to_string()});
                audit::record(tx, ctx, sent(id, what)).await?;
                let delivery = Some(new.into());
                Ok(pb::SendTestEventResponse { delivery })
            })
        });
        done.await
    }

    /// Sends one once more. Fails with `OVERLOADED` where too much waits.
    pub(crate) async fn replay(
        &self,
        ctx: &Ctx,
        webhook: Id<Webhook>,
        id: Id<Delivery>,
    ) -> Result<pb::ReplayDeliveryResponse> {
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let found = deliveries::find(tx, ctx, webhook, id).await?;
                let before = found.ok_or(WebhookReason::DeliveryNotFound)?;
                locked_to_send(tx, ctx, webhook).await?;
                self.room(tx, ctx, webhook).await?;
                let new = self.repeat(tx, ctx, &before).await?;
                wake(tx, ctx, webhook).await?;
                let what = json!({"delivery": new.id.to_string(), "replayOf": id.to_string()});
                audit::record(tx, ctx, sent(webhook, what)).await?;
                let delivery = Some((&new).into());
                Ok(pb::ReplayDeliveryResponse { delivery })
            })
        });
        done.await
    }

    /// Sends what has failed once more, as much as there is room for. Fails with `OVERLOADED` where there is none.
    pub(crate) async fn replay_failed(
        &self,
        ctx: &Ctx,
        id: Id<Webhook>,
        since: Option<prost_types::Timestamp>,
    ) -> Result<pb::ReplayDeliveriesResponse> {
        let since = instant(since.unwrap_or_default());
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                locked_to_send(tx, ctx, id).await?;
                let most = self.room(tx, ctx, id).await?.min(BATCH);
                let failed = deliveries::to_repeat(tx, ctx, id, since, most + 1).await?;
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                let more = failed.len() > most;
                let some = &failed[..failed.len().min(most)];
                for before in some {
                    self.repeat(tx, ctx, before).await?;
                }
                if !some.is_empty() {
                    wake(tx, ctx, id).await?;
                }
                let what = json!({"since": since.to_string(), "replayed": some.len()});
                audit::record(tx, ctx, sent(id, what)).await?;
                Ok(pb::ReplayDeliveriesResponse {
                    replayed: sv_proto::convert::count(some.len()),
                    more,
                })
            })
        });
        done.await
    }

    /// Returns how much administrators may have sent to a webhook that was locked, at least 1: what they repeat shall
    /// not fill the room of what happens, for then it is disabled. Fails with `OVERLOADED`.
    async fn room(&self, tx: &Tx, ctx: &Ctx, id: Id<Webhook>) -> Result<u64> {
        let most = u64::from(self.options.most_waiting) / SHARE;
        let waiting = deliveries::count_waiting(tx, ctx, id).await?;
        let overloaded = || Error::from(CommonReason::Overloaded).retry_after(TRY_AGAIN);
        let room = most.checked_sub(waiting).filter(|room| *room > 0);
        room.ok_or_else(overloaded)
    }

    async fn repeat(&self, tx: &Tx, ctx: &Ctx, before: &Delivery) -> Result<Delivery, StoreError> {
        let (id, now) = (ctx.new_id(), self.now());
        let new = Delivery {
            replay_of: Some(before.id),
            ..Delivery::new(
                id,
                before.webhook,
                &before.event_type,
                before.body.clone(),
                now,
            )
        };
        deliveries::insert(tx, ctx, &new).await?;
        deliveries::replayed(tx, ctx, before.id, id).await?;
        Ok(new)
    }
}

/// Describes what was sent to a webhook, for its audit record.
fn sent(id: Id<Webhook>, what: serde_json::Value) -> audit::Act {
    audit::Act::on("webhook", id).changed(serde_json::Value::Null, what)
}
