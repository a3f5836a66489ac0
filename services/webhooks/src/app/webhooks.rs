//! What administrators do with webhooks.

use sv_kernel::{Ctx, Error, Id, Page, PageAsk, PageError, PageRequest, Result};
use sv_proto::{
    common::CommonReason,
    convert::page_error,
    webhooks::{self as pb, WebhookDisabledReason, WebhookReason, WebhookStatus},
};
use sv_rpc::mask::merge;
use sv_store::{audit, jobs::queue, work};

use super::{App, DELETED, act, internal, locked};
use crate::{
    convert::wish,
    domain::{BESIDE, MOST_SECRETS, Secret, StoredSecret, Webhook},
    store::{deliveries, secrets, webhooks},
};

/// The name of a webhook in the protos.
const MESSAGE: &str = "streamverse.webhooks.v1.Webhook";

impl App {
    /// Lists them, newest first.
    pub(crate) async fn list(
        &self,
        ctx: &Ctx,
        ask: PageAsk<'_>,
    ) -> Result<pb::ListWebhooksResponse> {
        let list = "webhooks";
        let PageRequest { size, after, skip } = self.pages.read(list, ask).map_err(page_error)?;
        let read = |key: String| key.parse().map_err(|_| page_error(PageError::Token));
        let after = after.map(read).transpose()?;
        let rows = webhooks::list(self.db.read(), ctx, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |last| last.id.to_string());
        Ok(pb::ListWebhooksResponse {
            items: page.items.iter().map(|one| self.shown(one)).collect(),
            next_page_token: self.pages.write(list, page.next.as_deref()),
        })
    }

    /// Returns one.
    pub(crate) async fn get(&self, ctx: &Ctx, id: Id<Webhook>) -> Result<pb::Webhook> {
        Ok(self.shown(&self.find(ctx, id).await?))
    }

    pub(super) async fn find(&self, ctx: &Ctx, id: Id<Webhook>) -> Result<Webhook> {
        let found = webhooks::find(self.db.read(), ctx, id).await?;
        found.ok_or_else(|| WebhookReason::WebhookNotFound.into())
    }

    /// Creates one, and returns its secret.
    pub(crate) async fn create(
        &self,
        ctx: &Ctx,
        webhook: &pb::Webhook,
    ) -> Result<pb::CreateWebhookResponse> {
        let wish = wish(webhook, &self.reach)?;
        let now = self.now();
        let new = &Webhook {
            id: ctx.new_id(),
            url: wish.url,
            description: wish.description,
            event_types: wish.event_types,
            status: wish.status.unwrap_or(WebhookStatus::Enabled),
            disabled_reason: WebhookDisabledReason::Unspecified,
            failing_since: None,
            previous_secret_until: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let (secret, stored) = &self.secret(ctx)?;
        let limit = self.options.limit;
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                if webhooks::count(tx, ctx).await? >= u64::from(limit) {
                    return Err(Error::from(WebhookReason::WebhookLimit).with("limit", limit));
                }
                webhooks::insert(tx, ctx, new).await?;
                secrets::insert(tx, ctx, new.id, stored).await?;
                audit::record(tx, ctx, act(new.id, None, Some(new))).await?;
                Ok(pb::CreateWebhookResponse {
                    webhook: Some(self.shown(new)),
                    secret: secret.reveal(),
                })
            })
        });
        done.await
    }

    /// Replaces one, or changes the fields that a mask names.
    pub(crate) async fn update(
        &self,
        ctx: &Ctx,
        request: &pb::UpdateWebhookRequest,
    ) -> Result<pb::UpdateWebhookResponse> {
        let id = sv_proto::convert::id(&request.id)?;
        let wanted = &request.webhook.clone().unwrap_or_default();
        let mask = request.update_mask.as_ref();
        let now = self.now();
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, id).await?;
                expect(ctx, wanted.version, before.version)?;
                let wanted = match mask {
                    Some(mask) if !mask.paths.is_empty() => {
                        merge(MESSAGE, &pb::Webhook::from(&before), wanted, &mask.paths)?
                    }
                    _ => wanted.clone(),
                };
                let wish = wish(&wanted, &self.reach)?;
                let mut after = Webhook {
                    url: wish.url,
                    description: wish.description,
                    event_types: wish.event_types,
                    status: wish.status.unwrap_or(before.status),
                    version: before.version.saturating_add(1),
                    updated_at: now,
                    ..before.clone()
                };
                if after.status != before.status {
                    after.disabled_reason = WebhookDisabledReason::Unspecified;
                    after.failing_since = None;
                    if !after.is_enabled() {
                        deliveries::give_up(tx, ctx, id, now).await?;
                    }
                }
                webhooks::update(tx, ctx, &after).await?;
                audit::record(tx, ctx, act(id, Some(&before), Some(&after))).await?;
                let webhook = Some(self.shown(&after));
                Ok(pb::UpdateWebhookResponse { webhook })
            })
        });
        done.await
    }

    /// Deletes one; what was sent to it is deleted piece by piece.
    pub(crate) async fn delete(
        &self,
        ctx: &Ctx,
        id: Id<Webhook>,
    ) -> Result<pb::DeleteWebhookResponse> {
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, id).await?;
                expect(ctx, 0, before.version)?;
                webhooks::delete(tx, ctx, id).await?;
                secrets::delete_all(tx, ctx, id).await?;
                let rest = queue::Work {
                    kind: DELETED,
                    key: id.to_string(),
                    priority: 0,
                    payload: Vec::new(),
                };
                queue::enqueue(tx, ctx, rest).await?;
                audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                Ok(pb::DeleteWebhookResponse {})
            })
        });
        done.await
    }

    /// Gives one another secret, and returns it.
    pub(crate) async fn rotate(
        &self,
        ctx: &Ctx,
        id: Id<Webhook>,
        retire_previous: bool,
    ) -> Result<pb::RotateWebhookSecretResponse> {
        let (secret, stored) = &self.secret(ctx)?;
        let now = self.now();
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, id).await?;
                if retire_previous {
                    secrets::delete_all(tx, ctx, id).await?;
                } else {
                    let sign = secrets::in_force(tx, ctx, id, now).await?;
                    if sign.len() >= MOST_SECRETS {
                        let until = sign.iter().filter_map(|one| one.until).min();
                        return Err(Error::from(WebhookReason::WebhookSecretLimit)
                            .with("limit", MOST_SECRETS)
                            .with("until", until.unwrap_or(now)));
                    }
                    secrets::succeed(tx, ctx, id, (now, now + BESIDE)).await?;
                }
                secrets::insert(tx, ctx, id, stored).await?;
                let after = Webhook {
                    previous_secret_until: (!retire_previous).then(|| now + BESIDE),
                    version: before.version.saturating_add(1),
                    updated_at: now,
                    ..before.clone()
                };
                webhooks::update(tx, ctx, &after).await?;
                audit::record(tx, ctx, act(id, Some(&before), Some(&after))).await?;
                Ok(pb::RotateWebhookSecretResponse {
                    webhook: Some(self.shown(&after)),
                    secret: secret.reveal(),
                })
            })
        });
        done.await
    }

    /// Draws a secret, and seals it.
    fn secret(&self, ctx: &Ctx) -> Result<(Secret, StoredSecret)> {
        let secret = Secret::draw(ctx.entropy.as_ref());
        let id = ctx.new_id();
        let stored = StoredSecret::seal(id, &secret, &self.seal, ctx.entropy.as_ref());
        Ok((secret, stored.map_err(internal)?))
    }

    /// Returns one as it is now: a secret whose time is over signs no more.
    fn shown(&self, webhook: &Webhook) -> pb::Webhook {
        let now = self.now();
        let until = webhook.previous_secret_until;
        let shown = Webhook {
            previous_secret_until: until.filter(|until| *until > now),
            ..webhook.clone()
        };
        (&shown).into()
    }
}

/// Refuses a change that finds another version than the caller has seen, as `If-Match` or the message says; 0 is any.
fn expect(ctx: &Ctx, seen: i32, found: i32) -> Result<()> {
    if ctx.may_find(found) && (seen == 0 || seen == found) {
        Ok(())
    } else {
        Err(CommonReason::VersionMismatch.into())
    }
}
