//! Counting what is played, and bringing titles into the order of it (CAT-18, REC-5).

use std::collections::HashSet;

use prost::Message as _;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_ports::HandleError;
use sv_proto::{
    content::{
        Content, ListPopularityRequest, ListPopularityResponse, PopularityState,
        SnapshotPopularityRequest, SnapshotPopularityResponse, TitlePopularity,
    },
    convert::{instant, page_error},
    streaming::{PlaybackEvent, PlaybackEventType},
    users::TitleRated,
};
use sv_store::{StoreError, Subscription, Tx, work};
use uuid::Uuid;

use super::{
    App,
    read::{list_name, parse},
};
use crate::{
    domain::{COMPLETE, MONTH, Opinion},
    store::plays::{self, Figures},
};

/// The most titles in one part of a snapshot.
const SNAPSHOT_PART: usize = 1_000;
/// Titles that are brought into order in one transaction.
const PART: u64 = 100;

/// Hears of what is played and rated.
pub(crate) fn listening() -> Subscription {
    Subscription::new(crate::NAME)
        .on::<PlaybackEvent>(|tx, ctx, told| {
            work(async move {
                match &told.event {
                    Some(event) if !event.is_live => count(tx, ctx, event).await,
                    _ => Ok(()),
                }
            })
        })
        .on::<TitleRated>(|tx, ctx, told| {
            work(async move {
                let Some(rated) = &told.event else {
                    return Ok(());
                };
                let opinion = Opinion {
                    count: rated.count,
                    average: rated.average,
                };
                let title = Uuid::try_parse(&rated.content_id).map_err(HandleError::poison)?;
                Ok(plays::rated(tx, &ctx.tenant, title, rated.version, opinion).await?)
            })
        })
}

/// Counts a start, and that playback came to the end; of an episode the start counts for its series, too.
async fn count(tx: &Tx, ctx: &Ctx, event: &PlaybackEvent) -> Result<(), HandleError> {
    let (Some(at), Some(began)) = (event.time.map(instant), event.start_time.map(instant)) else {
        return Err(HandleError::poison("playback without a time"));
    };
    // What is older would be forgotten at once.
    if ctx.now().since(at) > MONTH {
        return Ok(());
    }
    let title = Uuid::try_parse(&event.content_id).map_err(HandleError::poison)?;
    let user = Uuid::try_parse(&event.user_id).map_err(HandleError::poison)?;
    let watched = event.position_seconds >= event.duration_seconds * COMPLETE;
    match event.r#type() {
        PlaybackEventType::Started => {
            plays::started(tx, &ctx.tenant, title, user, began).await?;
            if let Ok(series) = Uuid::try_parse(&event.series_id) {
                plays::started(tx, &ctx.tenant, series, user, began).await?;
            }
        }
        PlaybackEventType::Completed => {
            plays::completed(tx, &ctx.tenant, title, user, (began, at)).await?;
        }
        PlaybackEventType::Stopped if event.duration_seconds > 0.0 && watched => {
            plays::completed(tx, &ctx.tenant, title, user, (began, at)).await?;
        }
        _ => {}
    }
    Ok(())
}

impl App {
    /// Brings the titles of all tenants into the order of what was played, and forgets what counts no more. Returns
    /// how many titles were counted.
    pub(crate) async fn refresh_popularity(&self, ctx: &Ctx) -> Result<usize, StoreError> {
        let (mut after, mut all) = (Uuid::nil(), 0);
        loop {
            let part = plays::counted(self.db.read(), after, ctx.now(), PART).await?;
            let Some(last) = part.last() else {
                break;
            };
            after = last.id;
            all += part.len();
            let part = &part;
            let done = self.db.write(ctx, |tx| {
                work(async move {
                    for known in part {
                        plays::refresh(tx, known).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            });
            done.await?;
        }
        let now = ctx.now();
        while self
            .db
            .write(ctx, |tx| work(plays::forget(tx, now)))
            .await?
            > 0
        {}
        Ok(all)
    }

    /// Returns the ids of those among some titles that were played within a month.
    pub(crate) async fn played(&self, ctx: &Ctx, titles: &[Content]) -> Result<HashSet<String>> {
        let ids: Vec<Uuid> = titles.iter().filter_map(|title| parse(&title.id)).collect();
        let played = plays::played(self.db.read(), &ctx.tenant, &ids).await?;
        Ok(played.into_iter().map(|id| id.to_string()).collect())
    }

    /// Returns a part of what titles of all tenants are watched.
    pub(crate) async fn snapshot_popularity(
        &self,
        request: &SnapshotPopularityRequest,
    ) -> Result<SnapshotPopularityResponse> {
        let after = parse(&request.after_id).unwrap_or_default();
        let items = plays::popular(self.db.read(), after, SNAPSHOT_PART).await?;
        let last = items.last().filter(|_| items.len() == SNAPSHOT_PART);
        let next_after_id = last.map(|(id, ..)| id.to_string()).unwrap_or_default();
        let state = |(id, tenant, popularity): (Uuid, String, i64)| PopularityState {
            tenant,
            content_id: id.to_string(),
            popularity,
        };
        Ok(SnapshotPopularityResponse {
            items: items.into_iter().map(state).collect(),
            next_after_id,
        })
    }

    /// Lists how much titles are watched, for those who read figures.
    pub(crate) async fn popularity(
        &self,
        ctx: &Ctx,
        request: &ListPopularityRequest,
    ) -> Result<ListPopularityResponse> {
        let list = list_name(&ctx.tenant, &request.without_page());
        let page = self.pages.read(&list, request.page()).map_err(page_error)?;
        let by_trending = request.order_by != "-popularity";
        let listed = plays::figures(self.db.read(), &ctx.tenant, by_trending, &page);
        let (items, next) = listed.await?;
        Ok(ListPopularityResponse {
            items: items.iter().map(shown).collect(),
            next_page_token: self.pages.write(&list, next.as_deref()),
        })
    }
}

fn shown(figures: &Figures) -> TitlePopularity {
    let content = Content::decode(figures.document.as_slice()).unwrap_or_default();
    let (plays, opinion) = (figures.known.plays, figures.known.opinion);
    TitlePopularity {
        content_id: figures.known.id.to_string(),
        r#type: content.r#type,
        title: content.title,
        plays_day: plays.day,
        plays_week: plays.week,
        plays_month: plays.month,
        completion_rate: plays.completion(),
        rating_count: opinion.count,
        rating_average: opinion.average,
        trending: figures.trending,
        popularity: figures.popularity,
    }
}
