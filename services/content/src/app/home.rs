//! The home page and the genres (CAT-17).

use std::{collections::HashSet, time::Duration};

use bytes::Bytes;
use prost::Message as _;
use sv_kernel::{Ctx, Error, PageRequest, Result};
use sv_proto::{
    common::CommonReason,
    content::{
        CardProgress, Content, ContentType, Genre, GetHomeRequest, GetHomeResponse, HomeRow,
        HomeRowKind, ListGenresRequest, ListGenresResponse, TitleCard,
    },
    convert::count,
    streaming::{
        ContinueItem, ListContinueWatchingRequest,
        watch_history_service_client::WatchHistoryServiceClient,
    },
};
use sv_rpc::{call, error};
use tokio::time::timeout;

use super::App;
use crate::{
    domain::{Filter, Order, Seer},
    store,
};

/// What stands on the home page and has genres: an episode stands for itself nowhere.
const TYPES: [ContentType; 2] = [ContentType::Movie, ContentType::Series];
/// Titles of a row when the caller does not say how many.
const USUAL: usize = 20;
/// The most titles of a row.
const MOST: usize = 50;
/// How many genres have rows of their own.
const GENRE_ROWS: u64 = 5;
/// The most genres that are listed.
const MOST_GENRES: u64 = 200;
/// How long the page waits for what the profile goes on with.
const PATIENCE: Duration = Duration::from_secs(1);

impl App {
    /// Returns the home page.
    pub(crate) async fn home(
        &self,
        ctx: &Ctx,
        request: &GetHomeRequest,
    ) -> Result<GetHomeResponse> {
        let size = match usize::try_from(request.row_size).unwrap_or(0) {
            0 => USUAL,
            size => size.min(MOST),
        };
        let seer = self.seer(ctx).await?;
        let rows = async {
            let rows = self.rows(ctx, seer, size).await?;
            Ok(GetHomeResponse { rows })
        };
        let rows = self.remembered(ctx, "GetHome", seer, request, rows);
        let (rows, going_on) = tokio::join!(rows, self.going_on(ctx, size));
        let unreadable = |cause| Error::from(CommonReason::Internal).because(cause);
        let mut home = GetHomeResponse::decode(rows?).map_err(unreadable)?;
        if going_on.is_empty() {
            return Ok(home);
        }
        // A series goes on by one of its episodes.
        let series = |card: &TitleCard| Some(card.progress.as_ref()?.series_id.clone());
        let taken: HashSet<String> = going_on
            .iter()
            .flat_map(|card| [Some(card.id.clone()), series(card)])
            .flatten()
            .collect();
        for row in &mut home.rows {
            row.items.retain(|item| !taken.contains(&item.id));
        }
        home.rows.retain(|row| !row.items.is_empty());
        let row = HomeRow {
            kind: HomeRowKind::Continue.into(),
            items: going_on,
            ..HomeRow::default()
        };
        home.rows.insert(0, row);
        Ok(home)
    }

    /// Lists the genres that viewers see, as the bytes of a `ListGenresResponse`.
    pub(crate) async fn genres(&self, ctx: &Ctx, request: &ListGenresRequest) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let genres = self.named_genres(ctx, seer, MOST_GENRES).await?;
            let genre = |(name, titles)| Genre {
                name,
                title_count: count(titles),
            };
            let items = genres.into_iter().map(genre).collect();
            Ok(ListGenresResponse { items })
        };
        self.remembered(ctx, "ListGenres", seer, request, answer)
            .await
    }

    /// Makes the rows that are the same for all who see the same.
    async fn rows(&self, ctx: &Ctx, seer: Seer, size: usize) -> Result<Vec<HomeRow>> {
        let mut wanted = vec![
            (HomeRowKind::New, String::new(), Order::CreateTime),
            (HomeRowKind::Top, String::new(), Order::Score),
        ];
        let genres = self.named_genres(ctx, seer, GENRE_ROWS).await?;
        let of_genre = |(genre, _)| (HomeRowKind::Genre, genre, Order::Score);
        wanted.extend(genres.into_iter().map(of_genre));
        let (mut rows, mut taken) = (Vec::new(), HashSet::new());
        for (kind, genre, order) in wanted {
            let filter = Filter {
                types: TYPES.map(i32::from).to_vec(),
                shown: Some((seer, ctx.now())),
                genres: Some(sv_kernel::fold(&genre))
                    .filter(|genre| !genre.is_empty())
                    .into_iter()
                    .collect(),
                ..Filter::default()
            };
            // As many more as may stand in rows above.
            let page = PageRequest {
                size: u32::try_from(size + taken.len()).unwrap_or(u32::MAX),
                after: None,
                skip: 0,
            };
            let listed = store::list(self.db.read(), &ctx.tenant, &filter, order, &page);
            let (mut titles, _) = listed.await?;
            titles.retain(|title| !taken.contains(&title.id));
            titles.truncate(size);
            self.complete(ctx, &mut titles, seer).await?;
            taken.extend(titles.iter().map(|title| title.id.clone()));
            if !titles.is_empty() {
                rows.push(HomeRow {
                    kind: kind.into(),
                    genre,
                    items: titles.into_iter().map(card).collect(),
                });
            }
        }
        Ok(rows)
    }

    async fn named_genres(&self, ctx: &Ctx, seer: Seer, most: u64) -> Result<Vec<(String, i64)>> {
        let types = TYPES.map(i32::from);
        let at = (seer, ctx.now());
        let genres = store::genres(self.db.read(), &ctx.tenant, &types, at, most);
        Ok(genres.await?)
    }

    /// Asks what the profile goes on with; nothing where nobody can say.
    async fn going_on(&self, ctx: &Ctx, size: usize) -> Vec<TitleCard> {
        if ctx.actor.viewer().is_none() {
            return Vec::new();
        }
        let request = ListContinueWatchingRequest {
            page_size: count(size),
            ..ListContinueWatchingRequest::default()
        };
        let asked = async {
            let unavailable = |cause| Error::from(CommonReason::Unavailable).because(cause);
            let streaming = self.mesh.client_transport("streaming");
            let mut streaming = WatchHistoryServiceClient::new(streaming.map_err(unavailable)?);
            let answer = streaming.list_continue_watching(call(ctx, request)).await;
            Ok::<_, Error>(answer.map_err(error)?.into_inner().items)
        };
        match timeout(PATIENCE, asked).await {
            Ok(Ok(items)) => items.into_iter().filter_map(begun).collect(),
            Ok(Err(cause)) => {
                tracing::warn!(%cause, "the home page lacks what goes on");
                Vec::new()
            }
            Err(_) => {
                tracing::warn!("the home page lacks what goes on: nobody answered in time");
                Vec::new()
            }
        }
    }
}

/// Makes the card of a title that the profile goes on with.
fn begun(item: ContinueItem) -> Option<TitleCard> {
    let title = item.title?;
    Some(TitleCard {
        progress: Some(CardProgress {
            position_seconds: title.position_seconds,
            duration_seconds: title.duration_seconds,
            next_episode: item.next_episode,
            series_id: title.series_id,
            series_title: title.series_title,
            season_number: title.season_number,
            episode_number: title.episode_number,
        }),
        id: title.content_id,
        r#type: title.r#type,
        title: title.title,
        poster_url: title.poster_url,
        maturity_rating: title.maturity_rating,
        ..TitleCard::default()
    })
}

fn card(content: Content) -> TitleCard {
    TitleCard {
        maturity_rating: sv_proto::titles::own_rating(&content).to_owned(),
        id: content.id,
        r#type: content.r#type,
        title: content.title,
        poster_url: content.poster_url,
        release_date: content.release_date,
        duration_seconds: content.duration_seconds,
        monetization: content.monetization,
        genres: content.genres,
        progress: None,
    }
}
