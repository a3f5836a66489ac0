//! Uploads of guides: each channel's span of time as a whole or not at all, and repeating it changes
//! nothing.

use std::collections::HashSet;

use serde_json::{Value, json};
use sv_kernel::{Ctx, Error, Result, Timestamp};
use sv_proto::{
    convert::{count, timestamp},
    livetv::{ChannelUpload, GuideChanged, LiveTvReason, UploadGuideRequest, UploadGuideResponse},
};
use sv_store::{audit, outbox, work};
use uuid::Uuid;

use super::App;
use crate::{
    domain::{Difference, Slot, arrange, difference},
    store::{guides, programmes},
    upload,
};

/// What a file says of a channel.
struct Part {
    channel: Uuid,
    from: Timestamp,
    to: Timestamp,
    slots: Vec<Slot>,
}

impl App {
    /// Takes a guide file.
    pub(crate) async fn upload_guide(
        &self,
        ctx: &Ctx,
        request: UploadGuideRequest,
    ) -> Result<UploadGuideResponse> {
        let bytes = request.file.unwrap_or_default().data;
        let channels = guides::names(self.db.read(), &ctx.tenant).await?;
        let known: HashSet<String> = channels.keys().cloned().collect();
        // What is packed is heavier than it looks; all of it goes through the queue of heavy work.
        let weight = bytes.len().saturating_mul(8);
        let read = sv_rpc::heavy(ctx.client, weight, || upload::read(&bytes, &known)).await?;
        let mut file = read.map_err(|problem| {
            Error::from(LiveTvReason::GuideInvalid).with("problem", problem.0)
        })?;

        let mut answer = UploadGuideResponse::default();
        // Always in the same order, so that uploads at the same time wait for each other instead of
        // locking each other.
        for (guide_id, entries) in std::mem::take(&mut file.channels) {
            let (slots, found) = arrange(entries);
            for found in &found {
                file.claims.add(&guide_id, found, "");
            }
            let ends = (
                slots.first().map(|slot| slot.start),
                slots.last().map(|slot| slot.stop),
            );
            let (Some(&channel), (Some(from), Some(to))) = (channels.get(&guide_id), ends) else {
                continue;
            };
            let part = Part {
                channel,
                from,
                to,
                slots,
            };
            let Some(done) = self.replace(ctx, part, request.dry_run).await? else {
                continue;
            };
            let done = ChannelUpload { guide_id, ..done };
            answer.created += done.created;
            answer.updated += done.updated;
            answer.unchanged += done.unchanged;
            answer.deleted += done.deleted;
            answer.channels.push(done);
        }
        if request.dry_run || answer.created + answer.updated + answer.deleted == 0 {
            ctx.changes_nothing();
        }
        answer.refused = file.claims.refused();
        answer.findings = file.claims.into_findings();
        Ok(answer)
    }

    /// Replaces what the guide says of a channel in a span of time; `None` where the channel is gone.
    async fn replace(&self, ctx: &Ctx, part: Part, dry_run: bool) -> Result<Option<ChannelUpload>> {
        let Part {
            channel,
            from,
            to,
            slots,
        } = &part;
        let (channel, from, to) = (*channel, *from, *to);
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let Some(version) = guides::lock(tx, &ctx.tenant, channel).await? else {
                    return Ok(None);
                };
                let all = u64::MAX >> 1;
                let stored =
                    programmes::between(tx, &ctx.tenant, &[channel], from, to, all).await?;
                let stored: Vec<(Uuid, Slot)> = stored
                    .into_iter()
                    .map(|placed| (placed.id, placed.slot))
                    .collect();
                // What runs into the span of time ends where that begins.
                let reaching = stored.iter().filter(|(_, slot)| slot.start < from);
                let mut wanted = slots.clone();
                wanted.extend(reaching.map(|(_, slot)| Slot {
                    stop: from,
                    ..slot.clone()
                }));
                let changes = difference(stored, wanted);
                if !dry_run && !changes.is_none() {
                    programmes::apply(tx, ctx, channel, &changes).await?;
                    let version = version.saturating_add(1);
                    guides::set_version(tx, &ctx.tenant, channel, version).await?;
                    let changed = GuideChanged {
                        channel_id: channel.to_string(),
                        version,
                        from: Some(timestamp(from)),
                        to: Some(timestamp(to)),
                    };
                    outbox::append(tx, ctx, &changed).await?;
                    audit::record(tx, ctx, act(channel, &changes, (from, to))).await?;
                }
                Ok(Some(ChannelUpload {
                    channel_id: channel.to_string(),
                    guide_id: String::new(),
                    from: Some(timestamp(from)),
                    to: Some(timestamp(to)),
                    created: count(changes.created.len()),
                    updated: count(changes.updated.len()),
                    unchanged: count(changes.unchanged),
                    deleted: count(changes.deleted.len()),
                }))
            })
        });
        done.await
    }
}

/// Describes what was done to a channel's guide, for its audit record.
fn act(channel: Uuid, changes: &Difference<Uuid>, span: (Timestamp, Timestamp)) -> audit::Act {
    let values = json!({
        "from": span.0.to_string(),
        "to": span.1.to_string(),
        "created": changes.created.len(),
        "updated": changes.updated.len(),
        "unchanged": changes.unchanged,
        "deleted": changes.deleted.len(),
    });
    audit::Act::on("guide", channel).changed(Value::Null, values)
}
