//! The guide as viewers see it.

use std::{collections::HashMap, time::Duration};

use sv_kernel::{Ctx, Page, Paged as _, Result, Timestamp};
use sv_proto::{
    convert::{instant, page_error, timestamp},
    livetv::{Channel, ChannelGuide, GetGuideRequest, GetGuideResponse, LiveTvReason, Programme},
};
use sv_rules::maturity;
use uuid::Uuid;

use super::{App, channels::list_name, parse};
use crate::{
    domain::{Filter, Order, for_viewers},
    store::{
        channels,
        programmes::{self, Placed},
    },
};

const DAY: Duration = Duration::from_hours(24);
/// The longest span of time of one answer.
const LONGEST_WINDOW: Duration = Duration::from_hours(14 * 24);
/// How far what comes next is looked for.
const NEXT: Duration = Duration::from_hours(12);
/// How many days of single channels one answer has at most.
const CHANNEL_DAYS: u64 = 100;
/// The most programmes that are looked at for one answer.
const MOST_PROGRAMMES: u64 = 20_000;
/// The most bytes of programmes in one answer: well below what a message may have.
const MOST_BYTES: usize = 3 << 20;

impl App {
    /// Tells what channels show in a span of time.
    pub(crate) async fn guide(
        &self,
        ctx: &Ctx,
        request: &GetGuideRequest,
    ) -> Result<GetGuideResponse> {
        let (from, to) = window(ctx, request)?;
        let for_child = self.audience.is_child(ctx).await?;
        let list = list_name(&ctx.tenant, &(request.without_page(), for_child));
        let mut page = self.pages.read(&list, request.page()).map_err(page_error)?;
        let days = to.since(from).as_secs().div_ceil(DAY.as_secs()).max(1);
        let most = u32::try_from(CHANNEL_DAYS / days).unwrap_or(u32::MAX);
        page.size = page.size.min(most.max(1));
        let filter = Filter {
            ids: request
                .channel_id
                .iter()
                .filter_map(|id| parse(id))
                .collect(),
            for_child,
            ..Filter::published()
        };
        let db = self.db.read();
        let found = channels::list(db, &ctx.tenant, &filter, Order::Number, &page).await?;

        let ids: Vec<Uuid> = found
            .items
            .iter()
            .filter_map(|found| parse(&found.id))
            .collect();
        let shown = self.shown(ctx, &ids, from, to).await?;
        let part = cut(found, &shown)?;
        let now = ctx.now();
        let current = self.shown(ctx, &ids, now, now + NEXT).await?;
        let items = part.items.into_iter().map(|channel| {
            let id = parse(&channel.id).unwrap_or_default();
            let of = |shown: &HashMap<Uuid, Vec<Placed>>| -> Vec<Programme> {
                let shown = shown.get(&id).into_iter().flatten();
                let open = shown.filter(|placed| !for_child || open_to_kids(&channel, placed));
                open.map(programme).collect()
            };
            let (now, next) = now_and_next(of(&current), now);
            ChannelGuide {
                programmes: of(&shown),
                channel: Some(for_viewers(channel)),
                now,
                next,
            }
        });
        Ok(GetGuideResponse {
            items: items.collect(),
            next_page_token: self.pages.write(&list, part.next.as_deref()),
        })
    }

    /// Reads what channels show between two moments.
    async fn shown(
        &self,
        ctx: &Ctx,
        ids: &[Uuid],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<HashMap<Uuid, Vec<Placed>>> {
        let mut shown: HashMap<Uuid, Vec<Placed>> = HashMap::new();
        if ids.is_empty() {
            return Ok(shown);
        }
        let (db, limit) = (self.db.read(), MOST_PROGRAMMES + 1);
        let rows = programmes::between(db, &ctx.tenant, ids, from, to, limit).await?;
        if rows.len() as u64 > MOST_PROGRAMMES {
            return Err(LiveTvReason::WindowTooFull.into());
        }
        for row in rows {
            shown.entry(row.channel).or_default().push(row);
        }
        Ok(shown)
    }
}

/// Reads the span of time that is asked for.
fn window(ctx: &Ctx, request: &GetGuideRequest) -> Result<(Timestamp, Timestamp)> {
    let from = request.from.map_or_else(|| ctx.now(), instant);
    let to = request.to.map_or(from + DAY, instant);
    if to <= from || to.since(from) > LONGEST_WINDOW {
        let days = LONGEST_WINDOW.as_secs() / DAY.as_secs();
        return Err(sv_kernel::Error::from(LiveTvReason::WindowInvalid).with("days", days));
    }
    Ok((from, to))
}

/// Cuts a page of channels where their programmes would be too large for one answer.
fn cut(mut found: Page<Channel>, shown: &HashMap<Uuid, Vec<Placed>>) -> Result<Page<Channel>> {
    let mut bytes = 0;
    let mut fits = |channel: &Channel| {
        let id = parse(&channel.id).unwrap_or_default();
        let of_channel = shown.get(&id).into_iter().flatten();
        bytes += of_channel.map(|placed| placed.bytes).sum::<usize>();
        bytes <= MOST_BYTES
    };
    let fitting = found
        .items
        .iter()
        .take_while(|channel| fits(channel))
        .count();
    if fitting < found.items.len() {
        found.items.truncate(fitting);
        let last = found.items.last().ok_or(LiveTvReason::WindowTooFull)?;
        found.next = Some(channels::key(last, Order::Number));
    }
    Ok(found)
}

/// Says whether a child may see a programme: by its own rating, else by its channel's.
fn open_to_kids(channel: &Channel, placed: &Placed) -> bool {
    let own = &placed.slot.programme.maturity_rating;
    maturity::open_to_kids(if own.is_empty() {
        &channel.maturity_rating
    } else {
        own
    })
}

fn programme(placed: &Placed) -> Programme {
    Programme {
        id: placed.id.to_string(),
        start_time: Some(timestamp(placed.slot.start)),
        stop_time: Some(timestamp(placed.slot.stop)),
        ..placed.slot.programme.clone()
    }
}

/// Picks what runs, and what begins next, of what ends after `now`.
fn now_and_next(current: Vec<Programme>, now: Timestamp) -> (Option<Programme>, Option<Programme>) {
    let begun = |programme: &Programme| {
        let start = programme.start_time.map(instant);
        start.is_some_and(|start| start <= now)
    };
    let (running, coming): (Vec<_>, Vec<_>) = current.into_iter().partition(begun);
    (running.into_iter().next(), coming.into_iter().next())
}
