//! Uploads of guides: each part of a channel's schedule as a whole or not at all, and repeating it changes
//! nothing.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    convert::{count, refuse, timestamp},
    livetv::{ChannelUpload, GuideChanged, LiveTvReason, UploadGuideRequest, UploadGuideResponse},
};
use sv_store::{audit, outbox, work};
use uuid::Uuid;

use super::{App, turn::Turn};
use crate::{
    domain::{Difference, Part, Slot, arrange, difference, parts},
    store::{guides, programmes},
    upload::{self, Sent, Zone},
};

/// How many programmes of a channel are replaced at once: those of whole days (UTC) until there are so many.
/// Whoever else writes waits for one such part, not for the file.
const AT_ONCE: usize = 2_000;

/// What a file says of a channel.
struct Schedule {
    guide_id: String,
    channel: Uuid,
    parts: Vec<Part>,
}

impl App {
    /// Takes a guide file.
    pub(crate) async fn upload_guide(
        &self,
        ctx: &Ctx,
        request: UploadGuideRequest,
    ) -> Result<UploadGuideResponse> {
        let zone = match request.time_zone.as_str() {
            "" => Zone::UTC,
            name => Zone::named(name).ok_or_else(|| unknown_zone("time_zone"))?,
        };
        let file = request.file.unwrap_or_default();
        let bytes = file.data;
        let sent = Sent {
            content_type: &file.content_type,
            zone,
        };
        let channels = guides::names(self.db.read(), &ctx.tenant).await?;
        let known: HashSet<String> = channels.keys().cloned().collect();
        // What is packed is heavier than it looks; all of it goes through the queue of heavy work.
        let weight = bytes.len().saturating_mul(8);
        let read =
            sv_rpc::heavy(ctx.client, weight, || upload::read(&bytes, &sent, &known)).await?;
        drop(bytes);
        let mut file = read.map_err(|problem| {
            Error::from(LiveTvReason::GuideInvalid).with("problem", problem.0)
        })?;

        let at_once = if request.dry_run { usize::MAX } else { AT_ONCE };
        let mut schedules = Vec::new();
        for (guide_id, entries) in std::mem::take(&mut file.channels) {
            let (slots, found) = arrange(entries);
            for found in &found {
                file.claims.add(&guide_id, found);
            }
            if let Some(&channel) = channels.get(&guide_id) {
                let parts = parts(slots, at_once);
                schedules.push(Schedule {
                    guide_id,
                    channel,
                    parts,
                });
            }
        }
        let mut answer = if request.dry_run {
            self.compare(ctx, &schedules).await?
        } else {
            let mut turn = Turn::wait(&self.turns, ctx).await?;
            let replaced = self.replace(ctx, &mut turn, &schedules).await;
            turn.end(ctx).await;
            replaced?
        };
        if request.dry_run || !changes(&answer) {
            ctx.changes_nothing();
        }
        answer.refused = file.claims.refused();
        answer.findings = file.claims.into_findings();
        Ok(answer)
    }

    /// Says what schedules would change.
    async fn compare(&self, ctx: &Ctx, schedules: &[Schedule]) -> Result<UploadGuideResponse> {
        let mut answer = UploadGuideResponse::default();
        for schedule in schedules {
            for part in &schedule.parts {
                let db = self.db.read();
                let changes = compared(db, ctx, schedule.channel, part).await?;
                tell(&mut answer, schedule, part, &changes);
            }
        }
        Ok(answer)
    }

    /// Replaces what the guide says of channels.
    ///
    /// Fails with `GUIDE_UNFINISHED` where only some of it was done.
    async fn replace(
        &self,
        ctx: &Ctx,
        turn: &mut Turn<'_>,
        schedules: &[Schedule],
    ) -> Result<UploadGuideResponse> {
        let mut answer = UploadGuideResponse::default();
        for schedule in schedules {
            for part in &schedule.parts {
                match self.replace_part(ctx, turn, schedule.channel, part).await {
                    Ok(Some(changes)) => tell(&mut answer, schedule, part, &changes),
                    // The channel is gone.
                    Ok(None) => break,
                    Err(cause) if changes(&answer) => return Err(unfinished(&answer, cause)),
                    Err(cause) => return Err(cause),
                }
            }
        }
        Ok(answer)
    }

    /// Replaces what the guide says of a channel in a span of time; `None` where the channel is gone.
    async fn replace_part(
        &self,
        ctx: &Ctx,
        turn: &mut Turn<'_>,
        channel: Uuid,
        part: &Part,
    ) -> Result<Option<Difference<Uuid>>> {
        turn.go_on(ctx).await?;
        let turn = &*turn;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                turn.hold(tx).await?;
                let Some(version) = guides::lock(tx, &ctx.tenant, channel).await? else {
                    return Ok(None);
                };
                let changes = compared(tx, ctx, channel, part).await?;
                if !changes.is_none() {
                    programmes::apply(tx, ctx, channel, &changes).await?;
                    let version = version.saturating_add(1);
                    guides::set_version(tx, &ctx.tenant, channel, version).await?;
                    let changed = GuideChanged {
                        channel_id: channel.to_string(),
                        version,
                        from: Some(timestamp(part.from)),
                        to: Some(timestamp(part.to)),
                    };
                    outbox::append(tx, ctx, &changed).await?;
                    audit::record(tx, ctx, act(channel, &changes, part)).await?;
                }
                Ok(Some(changes))
            })
        });
        done.await
    }
}

/// Compares what is stored of a part of a channel's schedule with what shall be.
async fn compared(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    channel: Uuid,
    part: &Part,
) -> Result<Difference<Uuid>> {
    let (from, to) = (part.from, part.to);
    let stored = programmes::all_between(db, &ctx.tenant, channel, from, to).await?;
    let stored: Vec<(Uuid, Slot)> = stored
        .into_iter()
        .map(|placed| (placed.id, placed.slot))
        .collect();
    // What runs into the span of time ends where that begins.
    let reaching = stored.iter().filter(|(_, slot)| slot.start < from);
    let mut wanted = part.slots.clone();
    wanted.extend(reaching.map(|(_, slot)| Slot {
        stop: from,
        ..slot.clone()
    }));
    Ok(difference(stored, wanted))
}

/// Adds what was done with a part of a schedule.
fn tell(
    answer: &mut UploadGuideResponse,
    schedule: &Schedule,
    part: &Part,
    changes: &Difference<Uuid>,
) {
    let id = schedule.channel.to_string();
    if answer
        .channels
        .last()
        .is_none_or(|last| last.channel_id != id)
    {
        answer.channels.push(ChannelUpload {
            channel_id: id,
            guide_id: schedule.guide_id.clone(),
            from: Some(timestamp(part.from)),
            ..ChannelUpload::default()
        });
    }
    let Some(channel) = answer.channels.last_mut() else {
        return;
    };
    channel.to = Some(timestamp(part.to));
    for (whole, of_channel, more) in [
        (
            &mut answer.created,
            &mut channel.created,
            changes.created.len(),
        ),
        (
            &mut answer.updated,
            &mut channel.updated,
            changes.updated.len(),
        ),
        (
            &mut answer.unchanged,
            &mut channel.unchanged,
            changes.unchanged,
        ),
        (
            &mut answer.deleted,
            &mut channel.deleted,
            changes.deleted.len(),
        ),
    ] {
        *whole += count(more);
        *of_channel += count(more);
    }
}

fn changes(answer: &UploadGuideResponse) -> bool {
    answer.created + answer.updated + answer.deleted > 0
}

/// Refuses a name that is no zone's, in a field.
pub(super) fn unknown_zone(field: &str) -> Error {
    let problem = "is no zone of the IANA database, such as Europe/Oslo";
    refuse(field, "FORMAT_ZONE", problem)
}

/// Says what was taken of a guide before something kept the rest from being taken.
fn unfinished(answer: &UploadGuideResponse, cause: Error) -> Error {
    Error::from(LiveTvReason::GuideUnfinished)
        .with("created", answer.created)
        .with("updated", answer.updated)
        .with("deleted", answer.deleted)
        .with("channels", answer.channels.len())
        .because(cause)
}

/// Describes what was done to a channel's guide, for its audit record.
fn act(channel: Uuid, changes: &Difference<Uuid>, part: &Part) -> audit::Act {
    let values = json!({
        "from": part.from.to_string(),
        "to": part.to.to_string(),
        "created": changes.created.len(),
        "updated": changes.updated.len(),
        "unchanged": changes.unchanged,
        "deleted": changes.deleted.len(),
    });
    audit::Act::on("guide", channel).changed(Value::Null, values)
}
