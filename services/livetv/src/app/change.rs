//! Single changes: create, update, delete. Each writes row, version and event in one transaction.

use serde_json::Value;
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    common::CommonReason,
    convert::timestamp,
    livetv::{
        AiringChanged, Channel, ChannelChanged, CreateChannelResponse, DeleteChannelResponse,
        LiveTvReason, UpdateChannelRequest, UpdateChannelResponse,
    },
};
use sv_store::{StoreError, Tx, audit, outbox, work};
use uuid::Uuid;

use super::{App, parse};
use crate::{
    documents::{self, prepare},
    store::{airing, channels, programmes},
};

impl App {
    /// Creates a channel.
    pub(crate) async fn create_channel(
        &self,
        ctx: &Ctx,
        channel: Channel,
    ) -> Result<CreateChannelResponse> {
        let id = ctx.new_id::<Channel>().uuid();
        let now = Some(timestamp(ctx.now()));
        let created = &Channel {
            id: id.to_string(),
            version: 1,
            create_time: now,
            update_time: now,
            ..prepare(channel, None)?
        };
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                channels::insert(tx, &ctx.tenant, id, created)
                    .await
                    .map_err(|error| taken(error, created))?;
                outbox::append(tx, ctx, &changed(created)).await?;
                audit::record(tx, ctx, act(id, None, Some(created))).await?;
                let channel = Some(created.clone());
                Ok(CreateChannelResponse { channel })
            })
        });
        done.await
    }

    /// Replaces a channel, or changes the fields that a mask names.
    pub(crate) async fn update_channel(
        &self,
        ctx: &Ctx,
        request: &UpdateChannelRequest,
    ) -> Result<UpdateChannelResponse> {
        let channel = &request.channel.clone().unwrap_or_default();
        let mask = request.update_mask.as_ref();
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let (id, before) = locked(tx, ctx, &request.id).await?;
                expect(ctx, channel.version, before.version)?;
                let wanted = match mask {
                    Some(mask) if !mask.paths.is_empty() => {
                        documents::merge(&before, channel, &mask.paths)?
                    }
                    _ => channel.clone(),
                };
                let saved = Channel {
                    id: before.id.clone(),
                    version: before.version.saturating_add(1),
                    create_time: before.create_time,
                    update_time: Some(timestamp(ctx.now())),
                    ..prepare(wanted, Some(&before))?
                };
                channels::update(tx, &ctx.tenant, id, &saved)
                    .await
                    .map_err(|error| taken(error, &saved))?;
                outbox::append(tx, ctx, &changed(&saved)).await?;
                audit::record(tx, ctx, act(id, Some(&before), Some(&saved))).await?;
                let channel = Some(saved);
                Ok(UpdateChannelResponse { channel })
            })
        });
        done.await
    }

    /// Deletes a channel and its guide.
    pub(crate) async fn delete_channel(
        &self,
        ctx: &Ctx,
        id: &str,
    ) -> Result<DeleteChannelResponse> {
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let (id, before) = locked(tx, ctx, id).await?;
                expect(ctx, 0, before.version)?;
                programmes::delete_of(tx, &ctx.tenant, id).await?;
                let told = airing::lock(tx, &ctx.tenant, id).await?;
                let told = told.map_or(0, |told| told.version);
                let gone = channels::Gone {
                    id,
                    tenant: ctx.tenant.clone(),
                    version: before.version.saturating_add(1),
                    airing_version: told.saturating_add(1),
                };
                let (version, last) = (gone.version, gone.airing_version);
                channels::delete(tx, gone).await?;
                outbox::tombstone::<ChannelChanged>(tx, ctx, id, version).await?;
                outbox::tombstone::<AiringChanged>(tx, ctx, id, last).await?;
                audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                Ok(DeleteChannelResponse {})
            })
        });
        done.await
    }
}

/// Finds a channel that is to be changed, and locks it.
async fn locked(tx: &Tx, ctx: &Ctx, id: &str) -> Result<(Uuid, Channel)> {
    let id = parse(id).ok_or(LiveTvReason::ChannelNotFound)?;
    let found = channels::lock(tx, &ctx.tenant, id).await?;
    let channel = found.ok_or(LiveTvReason::ChannelNotFound)?;
    Ok((id, channel))
}

/// Refuses a change that finds another version than the caller has seen, as `If-Match` or the message
/// says; 0 is any.
fn expect(ctx: &Ctx, seen: i32, found: i32) -> Result<()> {
    if ctx.may_find(found) && (seen == 0 || seen == found) {
        Ok(())
    } else {
        Err(CommonReason::VersionMismatch.into())
    }
}

/// Tells of a changed channel: all of it (C20).
fn changed(channel: &Channel) -> ChannelChanged {
    ChannelChanged {
        channel_id: channel.id.clone(),
        version: channel.version,
        channel: Some(channel.clone()),
    }
}

/// Says that a name in guides is not free; ids of our own making always are.
fn taken(error: StoreError, channel: &Channel) -> Error {
    if error.is_duplicate() {
        Error::from(LiveTvReason::GuideIdTaken)
            .with("guide", &channel.guide_id)
            .because(error)
    } else {
        error.into()
    }
}

/// Describes what was done to a channel, for its audit record.
fn act(id: Uuid, old: Option<&Channel>, new: Option<&Channel>) -> audit::Act {
    let values = |channel: Option<&Channel>| match channel {
        Some(channel) => sv_rpc::audit::values("streamverse.livetv.v1.Channel", channel),
        None => Value::Null,
    };
    audit::Act::on("channel", id).changed(values(old), values(new))
}
