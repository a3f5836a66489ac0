//! Lists and single titles.

use std::{collections::HashMap, fmt::Debug};

use bytes::Bytes;
use prost::Message;
use sv_kernel::{Ctx, Error, Result, Tenant};
use sv_proto::{
    common::CommonReason,
    content::{
        AdminListEpisodesResponse, AdminListMoviesResponse, AdminListSeriesResponse,
        AdminListVideosResponse, BatchGetContentsRequest, BatchGetContentsResponse, Content,
        ContentReason, ContentState, GetVideoRequest, GetVideoResponse, ListEpisodesRequest,
        ListEpisodesResponse, ListMoviesResponse, ListSeriesResponse, ListTitlesResponse,
        ListVideosResponse, SnapshotContentsRequest, SnapshotContentsResponse, content::Details,
    },
    convert::{count, page_error},
    options::Permission,
    titles,
};
use sv_rules::maturity;
use uuid::Uuid;

use super::{App, owners};
use crate::{
    convert::TitleList,
    domain::{Filter, Kind, Seer},
    store,
};

/// The most bytes of titles in one answer: well below what a message may have.
pub(super) const MAX_BATCH_BYTES: usize = 3 << 20;

/// The most titles in one part of a snapshot.
const SNAPSHOT_PART: u64 = 200;

/// A part of a list, as all lists answer it.
pub(crate) struct Part {
    pub(super) items: Vec<Content>,
    pub(super) next_page_token: String,
    total: Option<i32>,
}

/// Answers that are a part of a list.
macro_rules! parts {
    ($($answer:ident),*) => {$(
        impl From<Part> for $answer {
            fn from(part: Part) -> Self {
                let Part { items, next_page_token, total } = part;
                Self { items, next_page_token, total }
            }
        }
    )*};
}

parts!(
    ListMoviesResponse,
    ListSeriesResponse,
    ListTitlesResponse,
    ListEpisodesResponse,
    AdminListMoviesResponse,
    AdminListSeriesResponse,
    AdminListEpisodesResponse,
    ListVideosResponse,
    AdminListVideosResponse
);

impl App {
    /// Lists what viewers see of a kind, as the bytes of the answer.
    pub(crate) async fn list_shown<Q, A>(
        &self,
        ctx: &Ctx,
        method: &'static str,
        request: &Q,
    ) -> Result<Bytes>
    where
        Q: TitleList + Message,
        A: Message + From<Part>,
    {
        let seer = self.seer(ctx).await?;
        let answer = async { Ok(A::from(self.list(ctx, request, seer).await?)) };
        self.remembered(ctx, method, seer, request, answer).await
    }

    /// Lists what viewers see of a series' episodes, as the bytes of a `ListEpisodesResponse`.
    pub(crate) async fn list_episodes(
        &self,
        ctx: &Ctx,
        request: &ListEpisodesRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            self.seen(ctx, Kind::Series, &request.series_id, seer)
                .await?;
            Ok(ListEpisodesResponse::from(
                self.list(ctx, request, seer).await?,
            ))
        };
        self.remembered(ctx, "ListEpisodes", seer, request, answer)
            .await
    }

    /// Returns a title of any kind that viewers see, as the bytes of a `GetVideoResponse` (C7).
    pub(crate) async fn get_any(&self, ctx: &Ctx, request: &GetVideoRequest) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let mut content = self.seen_any(ctx, &request.id, seer).await?;
            self.complete(ctx, std::slice::from_mut(&mut content), seer)
                .await?;
            self.name_collections(ctx, &mut content, seer).await?;
            let content = Some(content);
            Ok(GetVideoResponse { content })
        };
        self.remembered(ctx, "GetVideo", seer, request, answer)
            .await
    }

    /// Returns a title that viewers see, as the bytes of what `answer` makes of it.
    pub(crate) async fn get_shown<Q: Message, A: Message>(
        &self,
        ctx: &Ctx,
        kind: Kind,
        request: (&'static str, &Q, &str),
        answer: fn(Content) -> A,
    ) -> Result<Bytes> {
        let (method, request, id) = request;
        let seer = self.seer(ctx).await?;
        let answer = async {
            let mut content = self.seen(ctx, kind, id, seer).await?;
            self.complete(ctx, std::slice::from_mut(&mut content), seer)
                .await?;
            self.name_collections(ctx, &mut content, seer).await?;
            Ok(answer(content))
        };
        self.remembered(ctx, method, seer, request, answer).await
    }

    /// Lists titles of every status.
    pub(crate) async fn list_kept<Q: TitleList>(&self, ctx: &Ctx, request: &Q) -> Result<Part> {
        self.list(ctx, request, Seer::Editor).await
    }

    /// Returns a title of any status.
    pub(crate) async fn get_kept(&self, ctx: &Ctx, kind: Kind, id: &str) -> Result<Content> {
        let mut content = self.seen(ctx, kind, id, Seer::Editor).await?;
        if !owners::may(ctx, Permission::CatalogRead, &content) {
            return Err(kind.not_found().into());
        }
        self.complete(ctx, std::slice::from_mut(&mut content), Seer::Editor)
            .await?;
        self.name_collections(ctx, &mut content, Seer::Editor)
            .await?;
        Ok(content)
    }

    /// Returns titles of any type and status, as the bytes of a `BatchGetContentsResponse`.
    pub(crate) async fn batch_get(
        &self,
        ctx: &Ctx,
        request: &BatchGetContentsRequest,
    ) -> Result<Bytes> {
        let answer = async {
            let ids: Vec<Uuid> = request.ids.iter().filter_map(|id| parse(id)).collect();
            let mut found = store::many(self.db.read(), &ctx.tenant, &ids).await?;
            self.up_to_date(ctx, &mut found).await?;
            let size: usize = found.iter().map(Message::encoded_len).sum();
            if size > MAX_BATCH_BYTES {
                return Err(Error::from(CommonReason::TooLarge).with("limit", MAX_BATCH_BYTES));
            }
            let mut by_id: HashMap<Uuid, Content> = found
                .into_iter()
                .filter_map(|content| Some((parse(&content.id)?, content)))
                .collect();
            // An id that is asked for twice is answered once.
            let contents = ids.iter().filter_map(|id| by_id.remove(id)).collect();
            Ok(BatchGetContentsResponse { contents })
        };
        self.remembered(ctx, "BatchGetContents", Seer::Editor, request, answer)
            .await
    }

    /// Returns a part of all titles.
    pub(crate) async fn snapshot(
        &self,
        request: &SnapshotContentsRequest,
    ) -> Result<SnapshotContentsResponse> {
        let after = parse(&request.after_id);
        let (states, more) = store::snapshot(self.db.read(), after, SNAPSHOT_PART).await?;
        let last = states.last().filter(|_| more);
        Ok(SnapshotContentsResponse {
            next_after_id: last.map(|state| state.id.to_string()).unwrap_or_default(),
            states: states
                .into_iter()
                .map(|state| ContentState {
                    tenant: state.tenant,
                    content_id: state.id.to_string(),
                    version: state.version,
                    content: state.content,
                })
                .collect(),
        })
    }

    pub(super) async fn seer(&self, ctx: &Ctx) -> Result<Seer> {
        let for_child = self.audience.is_child(ctx).await?;
        Ok(if for_child {
            Seer::Child(ctx.whereabouts)
        } else {
            Seer::Viewer(ctx.whereabouts)
        })
    }

    /// Finds a title of a kind that somebody sees.
    async fn seen(&self, ctx: &Ctx, kind: Kind, id: &str, seer: Seer) -> Result<Content> {
        let content = self.seen_any(ctx, id, seer).await;
        match content {
            Ok(content) if kind.is(&content) => Ok(content),
            Err(error) if !error.is(&ContentReason::ContentNotFound) => Err(error),
            _ => Err(kind.not_found().into()),
        }
    }

    /// Finds a title of any kind that somebody sees.
    pub(super) async fn seen_any(&self, ctx: &Ctx, id: &str, seer: Seer) -> Result<Content> {
        let sees = |content: &Content| match seer {
            Seer::Editor => true,
            Seer::Viewer(country) => titles::is_shown_in(content, country, ctx.now()),
            Seer::Child(country) => {
                titles::is_shown_in(content, country, ctx.now())
                    && titles::ratings(content).all(maturity::open_to_kids)
            }
        };
        let id = parse(id).ok_or(ContentReason::ContentNotFound)?;
        let mut found = store::get(self.db.read(), &ctx.tenant, id).await?;
        self.up_to_date(ctx, found.as_mut_slice()).await?;
        found
            .filter(sees)
            .ok_or_else(|| ContentReason::ContentNotFound.into())
    }

    pub(super) async fn list<Q: TitleList>(
        &self,
        ctx: &Ctx,
        request: &Q,
        seer: Seer,
    ) -> Result<Part> {
        let list = list_name(&ctx.tenant, &(request.itself(), seer));
        let filter = Filter {
            for_child: seer.is_child(),
            open: seer.looks(ctx.now()),
            owner: match seer {
                Seer::Editor => owners::only(ctx, Permission::CatalogRead),
                Seer::Viewer(_) | Seer::Child(_) => None,
            },
            ..request.filter()
        };
        let order = request.order();
        let page = self.pages.read(&list, request.page()).map_err(page_error)?;
        let db = self.db.read();
        let (mut items, next) = store::list(db, &ctx.tenant, &filter, order, &page).await?;
        self.up_to_date(ctx, &mut items).await?;
        self.complete(ctx, &mut items, seer).await?;
        let total = if request.with_total() {
            store::count(db, &ctx.tenant, &filter).await?.map(count)
        } else {
            None
        };
        Ok(Part {
            items,
            next_page_token: self.pages.write(&list, next.as_deref()),
            total,
        })
    }

    /// Makes of stored titles what somebody is told.
    pub(super) async fn complete(&self, ctx: &Ctx, told: &mut [Content], seer: Seer) -> Result<()> {
        if let Some((country, now)) = seer.looks(ctx.now()) {
            for title in &mut *told {
                titles::for_viewers(title, country, now);
            }
        }
        self.count_episodes(ctx, told, seer).await
    }

    /// Says of each season of the series among some titles how many episodes somebody sees.
    async fn count_episodes(&self, ctx: &Ctx, titles: &mut [Content], seer: Seer) -> Result<()> {
        let series = titles.iter().filter(|title| Kind::Series.is(title));
        let ids: Vec<Uuid> = series.filter_map(|series| parse(&series.id)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let counts =
            store::count_episodes(self.db.read(), &ctx.tenant, &ids, (seer, ctx.now())).await?;
        for title in titles {
            let (id, Some(Details::Series(series))) = (parse(&title.id), &mut title.details) else {
                continue;
            };
            for season in &mut series.seasons {
                let of = id.and_then(|id| counts.get(&(id, season.number)));
                season.episode_count = of.copied().map_or(0, count);
            }
        }
        Ok(())
    }
}

pub(super) fn list_name(tenant: &Tenant, list: &impl Debug) -> String {
    format!("{tenant} {list:?}")
}

/// Reads an id; what is none names no title.
pub(super) fn parse(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().filter(|_| id.len() == 36)
}
