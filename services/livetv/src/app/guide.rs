//! The guide as viewers see it.

use std::{collections::HashMap, time::Duration};

use sv_kernel::{Ctx, Page, Paged as _, Result, Timestamp};
use sv_proto::{
    convert::{instant, page_error, timestamp},
    livetv::{Channel, ChannelGuide, GetGuideRequest, GetGuideResponse, LiveTvReason, Programme},
};
use sv_rules::maturity;
use uuid::Uuid;

use super::{App, channels::list_name, parse, upload::unknown_zone};
use crate::{
    documents::for_viewers,
    domain::{Filter, Order},
    store::{
        channels,
        programmes::{self, Placed},
    },
    upload::Zone,
};

const DAY: Duration = Duration::from_hours(24);
/// The longest span of time of one answer.
const LONGEST_WINDOW: Duration = Duration::from_hours(14 * 24);
/// How far what comes next is looked for.
pub(super) const NEXT: Duration = Duration::from_hours(12);
/// How many days of single channels one answer has at most.
const CHANNEL_DAYS: u64 = 100;
/// The most programmes of one answer.
const MOST_PROGRAMMES: usize = 20_000;
/// How many programmes are looked at for the next one that a child may see.
const NEXT_FOR_CHILD: u64 = 20;
/// The most bytes of programmes in one answer: well below what a message may have.
const MOST_BYTES: usize = 3 << 20;
/// The bytes of what a clock shows at both ends of a programme.
const CLOCK_BYTES: usize = 54;

/// A channel with what it shows.
struct Filled {
    channel: Channel,
    id: Uuid,
    programmes: Vec<Placed>,
    /// Whether that is more than one answer holds; then there is none of it.
    too_full: bool,
}

impl App {
    /// Tells what channels show in a span of time.
    pub(crate) async fn guide(
        &self,
        ctx: &Ctx,
        request: &GetGuideRequest,
    ) -> Result<GetGuideResponse> {
        let (from, to) = window(ctx, request)?;
        let clock = clock(request)?;
        let more = clock.as_ref().map_or(0, |_| CLOCK_BYTES);
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

        let (part, next) = self.filled(ctx, found, (from, to), more).await?;
        if let ([only], [_]) = (&part[..], &request.channel_id[..])
            && only.too_full
        {
            return Err(LiveTvReason::WindowTooFull.into());
        }
        let now = ctx.now();
        let current = self.current(ctx, &part, now, for_child).await?;
        let items = part.into_iter().map(|filled| {
            let channel = &filled.channel;
            let open = |shown: &Programme| !for_child || open_to_kids(channel, shown);
            let told = |placed: &Placed| on_the_clock(programme(placed), clock.as_ref());
            let of = |shown: &[Placed]| shown.iter().map(told).filter(open).collect();
            let current = current
                .get(&filled.id)
                .map_or(Vec::new(), |shown| of(shown));
            let (now, next) = now_and_next(current, now);
            ChannelGuide {
                programmes: of(&filled.programmes),
                too_full: filled.too_full,
                channel: Some(for_viewers(filled.channel)),
                now,
                next,
            }
        });
        Ok(GetGuideResponse {
            items: items.collect(),
            next_page_token: self.pages.write(&list, next.as_deref()),
        })
    }

    /// Reads what the channels of a page show, and cuts the page where the answer is full. Returns where the
    /// next page begins, too.
    ///
    /// A channel that fills more than an answer by itself gets a page of its own, without programmes: whoever
    /// reads page by page gets past it. Each programme takes so many bytes `more` than it is stored with.
    async fn filled(
        &self,
        ctx: &Ctx,
        found: Page<Channel>,
        (from, to): (Timestamp, Timestamp),
        more: usize,
    ) -> Result<(Vec<Filled>, Option<String>)> {
        let (db, tenant) = (self.db.read(), &ctx.tenant);
        let ids = found.items.iter().filter_map(|found| parse(&found.id));
        let ids: Vec<Uuid> = ids.collect();
        // At first as much of each as fits of all: mostly that is all there is.
        let share = MOST_PROGRAMMES / ids.len().max(1);
        let limit = |most: usize| most as u64 + 1;
        let shown = programmes::between(db, tenant, &ids, from, to, limit(share)).await?;
        let mut shown = by_channel(shown);
        let (mut rows, mut bytes) = (MOST_PROGRAMMES, MOST_BYTES);
        let mut part: Vec<Filled> = Vec::new();
        let count = found.items.len();
        for (channel, id) in found.items.into_iter().zip(ids) {
            let mut programmes = shown.remove(&id).unwrap_or_default();
            if programmes.len() > share {
                let limit = limit(rows);
                programmes = programmes::between(db, tenant, &[id], from, to, limit).await?;
            }
            let size = programmes.iter().map(|placed| placed.bytes + more).sum();
            let left = (rows.checked_sub(programmes.len()), bytes.checked_sub(size));
            let filled = Filled {
                channel,
                id,
                programmes,
                too_full: false,
            };
            let (Some(left_rows), Some(left_bytes)) = left else {
                if part.is_empty() {
                    part.push(Filled {
                        programmes: Vec::new(),
                        too_full: true,
                        ..filled
                    });
                }
                break;
            };
            (rows, bytes) = (left_rows, left_bytes);
            part.push(filled);
        }
        let next = match part.last() {
            Some(last) if part.len() < count => Some(channels::key(&last.channel, Order::Number)),
            _ => found.next,
        };
        Ok((part, next))
    }

    /// Reads what runs on channels, and what comes next there.
    async fn current(
        &self,
        ctx: &Ctx,
        part: &[Filled],
        now: Timestamp,
        for_child: bool,
    ) -> Result<HashMap<Uuid, Vec<Placed>>> {
        let ids: Vec<Uuid> = part.iter().map(|filled| filled.id).collect();
        let most = if for_child { NEXT_FOR_CHILD } else { 1 };
        let db = self.db.read();
        let rows = programmes::between(db, &ctx.tenant, &ids, now, now + NEXT, most).await?;
        Ok(by_channel(rows))
    }
}

fn by_channel(rows: Vec<Placed>) -> HashMap<Uuid, Vec<Placed>> {
    let mut shown: HashMap<Uuid, Vec<Placed>> = HashMap::new();
    for row in rows {
        shown.entry(row.channel).or_default().push(row);
    }
    shown
}

/// Finds the zone that times are shown in beside UTC.
fn clock(request: &GetGuideRequest) -> Result<Option<Zone>> {
    let zone = Some(request.tz.as_str()).filter(|name| !name.is_empty());
    zone.map(|name| Zone::named(name).ok_or_else(|| unknown_zone("tz")))
        .transpose()
}

/// Adds what a clock shows at both ends of a programme.
fn on_the_clock(programme: Programme, zone: Option<&Zone>) -> Programme {
    let Some(zone) = zone else {
        return programme;
    };
    let shown = |at: Option<_>| at.map(|at| zone.shown(instant(at))).unwrap_or_default();
    Programme {
        local_start: shown(programme.start_time),
        local_stop: shown(programme.stop_time),
        ..programme
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

/// Says whether a child may see a programme: by its own rating, else by its channel's.
fn open_to_kids(channel: &Channel, shown: &Programme) -> bool {
    let own = &shown.maturity_rating;
    maturity::open_to_kids(if own.is_empty() {
        &channel.maturity_rating
    } else {
        own
    })
}

pub(super) fn programme(placed: &Placed) -> Programme {
    Programme {
        id: placed.id.to_string(),
        start_time: Some(timestamp(placed.slot.start)),
        stop_time: Some(timestamp(placed.slot.stop)),
        ..placed.slot.show.programme()
    }
}

/// Picks what runs, and what begins next, of what ends after `now`.
pub(super) fn now_and_next(
    current: Vec<Programme>,
    now: Timestamp,
) -> (Option<Programme>, Option<Programme>) {
    let begun = |programme: &Programme| {
        let start = programme.start_time.map(instant);
        start.is_some_and(|start| start <= now)
    };
    let (running, coming): (Vec<_>, Vec<_>) = current.into_iter().partition(begun);
    (running.into_iter().next(), coming.into_iter().next())
}
