//! Lists and single titles.

use std::{collections::HashMap, fmt::Debug};

use bytes::Bytes;
use prost::Message;
use sv_kernel::{Ctx, Error, PageAsk, Paged as _, Result, Tenant};
use sv_proto::{
    common::CommonReason,
    content::{
        AdminListMoviesRequest, AdminListMoviesResponse, BatchGetContentsRequest,
        BatchGetContentsResponse, Content, ContentReason, ContentState, ContentStatus, ContentType,
        GetMovieRequest, GetMovieResponse, ListMoviesRequest, ListMoviesResponse,
        SnapshotContentsRequest, SnapshotContentsResponse,
    },
};
use sv_rules::maturity;
use uuid::Uuid;

use super::{App, page_error};
use crate::{
    domain::{Filter, Order},
    store,
};

/// The most bytes of titles in one answer: well below what a message may have.
const MAX_BATCH_BYTES: usize = 3 << 20;

/// The most titles in one part of a snapshot.
const SNAPSHOT_PART: u64 = 200;

/// A part of a list, as both lists answer it.
struct Part {
    items: Vec<Content>,
    next_page_token: String,
    total: Option<i32>,
}

/// How a list was asked for.
struct Asked<'a> {
    /// The list and its filters: what a page token belongs to.
    list: String,
    filter: Filter,
    order_by: &'a str,
    page: PageAsk<'a>,
    with_total: bool,
}

impl App {
    /// Lists published films, as the bytes of a `ListMoviesResponse`.
    pub(crate) async fn list_movies(
        &self,
        ctx: &Ctx,
        request: &ListMoviesRequest,
    ) -> Result<Bytes> {
        let for_child = self.audience.is_child(ctx).await?;
        let answer = async {
            let part = self.list(ctx, asked(ctx, request, for_child)).await?;
            Ok(ListMoviesResponse {
                items: part.items,
                next_page_token: part.next_page_token,
                total: part.total,
            })
        };
        let method = if for_child {
            "ListMovies for a child"
        } else {
            "ListMovies"
        };
        self.remembered(ctx, method, request, answer).await
    }

    /// Returns a published film, as the bytes of a `GetMovieResponse`.
    pub(crate) async fn get_movie(&self, ctx: &Ctx, request: &GetMovieRequest) -> Result<Bytes> {
        let for_child = self.audience.is_child(ctx).await?;
        let answer = async {
            let content = self.movie(ctx, &request.id).await?;
            let hidden = for_child && !maturity::open_to_kids(&content.maturity_rating);
            if content.status() != ContentStatus::Published || hidden {
                return Err(ContentReason::MovieNotFound.into());
            }
            Ok(GetMovieResponse {
                content: Some(content),
            })
        };
        let method = if for_child {
            "GetMovie for a child"
        } else {
            "GetMovie"
        };
        self.remembered(ctx, method, request, answer).await
    }

    /// Returns titles of any type and status, as the bytes of a `BatchGetContentsResponse`.
    pub(crate) async fn batch_get(
        &self,
        ctx: &Ctx,
        request: &BatchGetContentsRequest,
    ) -> Result<Bytes> {
        let answer = async {
            let ids: Vec<Uuid> = request.ids.iter().filter_map(|id| parse(id)).collect();
            let found = store::many(self.db.read(), &ctx.tenant, &ids).await?;
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
        self.remembered(ctx, "BatchGetContents", request, answer)
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

    /// Lists films of every status.
    pub(crate) async fn admin_list_movies(
        &self,
        ctx: &Ctx,
        request: &AdminListMoviesRequest,
    ) -> Result<AdminListMoviesResponse> {
        let asked = Asked {
            list: list_name(&ctx.tenant, &request_without_page(request)),
            filter: Filter::from(request),
            order_by: &request.order_by,
            page: request.page(),
            with_total: request.with_total,
        };
        let part = self.list(ctx, asked).await?;
        Ok(AdminListMoviesResponse {
            items: part.items,
            next_page_token: part.next_page_token,
            total: part.total,
        })
    }

    /// Returns a film of any status.
    pub(crate) async fn movie(&self, ctx: &Ctx, id: &str) -> Result<Content> {
        let id = parse(id).ok_or(ContentReason::MovieNotFound)?;
        store::get(self.db.read(), &ctx.tenant, id)
            .await?
            .filter(|content| content.r#type() == ContentType::Movie)
            .ok_or_else(|| ContentReason::MovieNotFound.into())
    }

    async fn list(&self, ctx: &Ctx, asked: Asked<'_>) -> Result<Part> {
        let order = Order::read(asked.order_by)?;
        let page = self
            .pages
            .read(&asked.list, asked.page)
            .map_err(page_error)?;
        let db = self.db.read();
        let (items, next) = store::list(db, &ctx.tenant, &asked.filter, order, &page).await?;
        let total = if asked.with_total {
            let count = store::count(db, &ctx.tenant, &asked.filter).await?;
            count.map(|count| i32::try_from(count).unwrap_or(i32::MAX))
        } else {
            None
        };
        Ok(Part {
            items,
            next_page_token: self.pages.write(&asked.list, next.as_deref()),
            total,
        })
    }
}

fn asked<'a>(ctx: &Ctx, request: &'a ListMoviesRequest, for_child: bool) -> Asked<'a> {
    let filters = ListMoviesRequest {
        with_total: false,
        ..request.without_page()
    };
    Asked {
        list: list_name(&ctx.tenant, &(filters, for_child)),
        filter: Filter {
            for_child,
            ..Filter::from(request)
        },
        order_by: &request.order_by,
        page: request.page(),
        with_total: request.with_total,
    }
}

fn request_without_page(request: &AdminListMoviesRequest) -> AdminListMoviesRequest {
    AdminListMoviesRequest {
        with_total: false,
        ..request.without_page()
    }
}

fn list_name(tenant: &Tenant, filters: &impl Debug) -> String {
    format!("{tenant} {filters:?}")
}

/// Reads an id; what is none names no title.
pub(super) fn parse(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().filter(|_| id.len() == 36)
}
