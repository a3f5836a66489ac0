//! Lists of channels and single ones.

use std::fmt::Debug;

use sv_kernel::{Ctx, PageAsk, Paged as _, Result, Tenant};
use sv_proto::{
    content::ContentStatus,
    convert::page_error,
    livetv::{
        AdminListChannelsRequest, AdminListChannelsResponse, Channel, ListChannelsRequest,
        ListChannelsResponse, LiveTvReason,
    },
};
use sv_rules::maturity;

use super::{App, parse};
use crate::{
    documents::for_viewers,
    domain::{Filter, Order},
    store::channels,
};

/// How a list was asked for.
struct Asked<'a> {
    /// The list and its filters: what a page token belongs to.
    list: String,
    filter: Filter,
    order_by: &'a str,
    page: PageAsk<'a>,
    with_total: bool,
}

/// A part of a list, as both lists answer it.
struct Part {
    items: Vec<Channel>,
    next_page_token: String,
    total: Option<i32>,
}

impl App {
    /// Lists published channels.
    pub(crate) async fn list_channels(
        &self,
        ctx: &Ctx,
        request: &ListChannelsRequest,
    ) -> Result<ListChannelsResponse> {
        let for_child = self.audience.is_child(ctx).await?;
        let whole = ListChannelsRequest {
            with_total: false,
            ..request.without_page()
        };
        let asked = Asked {
            list: list_name(&ctx.tenant, &(whole, for_child)),
            filter: Filter {
                for_child,
                ..Filter::from(request)
            },
            order_by: &request.order_by,
            page: request.page(),
            with_total: request.with_total,
        };
        let part = self.list(ctx, asked).await?;
        Ok(ListChannelsResponse {
            items: part.items.into_iter().map(for_viewers).collect(),
            next_page_token: part.next_page_token,
            total: part.total,
        })
    }

    /// Returns a published channel.
    pub(crate) async fn viewers_channel(&self, ctx: &Ctx, id: &str) -> Result<Channel> {
        let for_child = self.audience.is_child(ctx).await?;
        let channel = self.channel(ctx, id).await?;
        let hidden = for_child && !maturity::open_to_kids(&channel.maturity_rating);
        if channel.status() != ContentStatus::Published || hidden {
            return Err(LiveTvReason::ChannelNotFound.into());
        }
        Ok(for_viewers(channel))
    }

    /// Lists channels of every status.
    pub(crate) async fn admin_list_channels(
        &self,
        ctx: &Ctx,
        request: &AdminListChannelsRequest,
    ) -> Result<AdminListChannelsResponse> {
        let whole = AdminListChannelsRequest {
            with_total: false,
            ..request.without_page()
        };
        let asked = Asked {
            list: list_name(&ctx.tenant, &whole),
            filter: Filter::from(request),
            order_by: &request.order_by,
            page: request.page(),
            with_total: request.with_total,
        };
        let part = self.list(ctx, asked).await?;
        Ok(AdminListChannelsResponse {
            items: part.items,
            next_page_token: part.next_page_token,
            total: part.total,
        })
    }

    /// Returns a channel of any status.
    pub(crate) async fn channel(&self, ctx: &Ctx, id: &str) -> Result<Channel> {
        let id = parse(id).ok_or(LiveTvReason::ChannelNotFound)?;
        let found = channels::get(self.db.read(), &ctx.tenant, id).await?;
        found.ok_or_else(|| LiveTvReason::ChannelNotFound.into())
    }

    /// Returns channels by id, of any status.
    pub(crate) async fn batch_get(&self, ctx: &Ctx, ids: &[String]) -> Result<Vec<Channel>> {
        let ids: Vec<_> = ids.iter().filter_map(|id| parse(id)).collect();
        Ok(channels::many(self.db.read(), &ctx.tenant, &ids).await?)
    }

    async fn list(&self, ctx: &Ctx, asked: Asked<'_>) -> Result<Part> {
        let order = Order::read(asked.order_by);
        let page = self
            .pages
            .read(&asked.list, asked.page)
            .map_err(page_error)?;
        let db = self.db.read();
        let page = channels::list(db, &ctx.tenant, &asked.filter, order, &page).await?;
        let total = if asked.with_total {
            let count = channels::count(db, &ctx.tenant, &asked.filter).await?;
            Some(sv_proto::convert::count(count))
        } else {
            None
        };
        Ok(Part {
            next_page_token: self.pages.write(&asked.list, page.next.as_deref()),
            items: page.items,
            total,
        })
    }
}

pub(super) fn list_name(tenant: &Tenant, filters: &impl Debug) -> String {
    format!("{tenant} {filters:?}")
}
