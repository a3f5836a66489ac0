//! Telling what runs on channels now and next, as the clock goes on and guides change (X-SR-3).

use std::time::Duration;

use prost::Message as _;
use sv_kernel::{Ctx, Result, Timestamp};
use sv_proto::{
    content::ContentStatus,
    convert::instant,
    livetv::{
        AiringChanged, Channel, Programme, SnapshotChannelsRequest, SnapshotChannelsResponse,
    },
};
use sv_store::{outbox, work};

use super::{
    App,
    guide::{NEXT, now_and_next, programme},
    parse,
};
use crate::{
    documents::for_viewers,
    store::{
        airing::{self, Due},
        programmes, snapshot,
    },
};

/// How many channels are looked at between two looks at the clock.
const BATCH: u64 = 200;
/// How long a channel that shows nothing is left alone. What comes shows twelve hours before it begins.
const IDLE: Duration = Duration::from_hours(1);
/// The most channels in one part of a snapshot.
const SNAPSHOT_PART: u64 = 200;

impl App {
    /// Looks at the channels whose time has come, and tells of those that show something else now or next. Returns
    /// how many it told of. Several processes may do so at once.
    pub(crate) async fn announce(&self, ctx: &Ctx) -> Result<usize> {
        let mut told = 0;
        loop {
            let due = airing::due(self.db.read(), ctx, BATCH).await?;
            for due in &due {
                told += usize::from(self.announce_one(ctx, due).await?);
            }
            if due.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                return Ok(told);
            }
        }
    }

    async fn announce_one(&self, ctx: &Ctx, due: &Due) -> Result<bool> {
        let ctx = &ctx.for_tenant(due.tenant.clone());
        let id = due.channel;
        let told = self.db.write(ctx, |tx| {
            work(async move {
                let now = ctx.now();
                let before = airing::lock(tx, &ctx.tenant, id).await?;
                // Another process may have come first.
                let Some(before) = before.filter(|before| before.due <= now) else {
                    return Ok(false);
                };
                let rows = programmes::between(tx, &ctx.tenant, &[id], now, now + NEXT, 1).await?;
                let shown = now_and_next(rows.iter().map(programme).collect(), now);
                let due = next_look(now, &shown);
                let changed = airing_of(before.channel, shown);
                let document = changed.encode_to_vec();
                let differs = before.document.as_ref() != Some(&document);
                let version = before.version.saturating_add(i64::from(differs));
                if differs {
                    let changed = AiringChanged { version, ..changed };
                    outbox::append(tx, ctx, &changed).await?;
                }
                airing::set(tx, &ctx.tenant, id, version, document, due).await?;
                Ok(differs)
            })
        });
        told.await
    }

    /// Returns a part of all channels with what they show.
    pub(crate) async fn snapshot(
        &self,
        request: &SnapshotChannelsRequest,
    ) -> Result<SnapshotChannelsResponse> {
        let after = parse(&request.after_id);
        let (states, more) = snapshot::part(self.db.read(), after, SNAPSHOT_PART).await?;
        let last = states.last().filter(|_| more);
        Ok(SnapshotChannelsResponse {
            next_after_id: last.map(|last| last.channel_id.clone()).unwrap_or_default(),
            states,
        })
    }
}

/// Says when something else runs: when what runs ends, or else what comes begins.
fn next_look(now: Timestamp, shown: &(Option<Programme>, Option<Programme>)) -> Timestamp {
    let (running, coming) = shown;
    let end = running.as_ref().and_then(|running| running.stop_time);
    let begin = coming.as_ref().and_then(|coming| coming.start_time);
    let at = end.or(begin).map(instant);
    // What runs may end long before what follows it comes into sight.
    at.map_or(now + IDLE, |at| at.min(now + IDLE.max(NEXT / 2)))
}

/// Says what a channel shows, without a version.
fn airing_of(channel: Channel, shown: (Option<Programme>, Option<Programme>)) -> AiringChanged {
    let channel_id = channel.id.clone();
    if channel.status() != ContentStatus::Published {
        return AiringChanged {
            channel_id,
            ..AiringChanged::default()
        };
    }
    let (now, next) = shown;
    AiringChanged {
        channel_id,
        version: 0,
        channel: Some(for_viewers(channel)),
        now,
        next,
    }
}
