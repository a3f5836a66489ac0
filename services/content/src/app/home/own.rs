//! Rows of what a profile has chosen itself: other services keep them, and judge what the profile may see of them.

use std::time::Duration;

use sv_kernel::{Code, Ctx, Error, Result};
use sv_proto::{
    common::CommonReason,
    content::{HomeRow, HomeRowKind},
    streaming::{
        ListContinueWatchingRequest, watch_history_service_client::WatchHistoryServiceClient,
    },
    users::{ListWatchlistRequest, library_service_client::LibraryServiceClient},
};
use sv_rpc::{Transport, call, error};
use tokio::time::timeout;

use super::{App, card};

/// How long the page waits for a row: a viewer who waits longer has gone.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Whoever keeps a row cannot be asked.
#[derive(Debug)]
pub(super) struct Away;

impl App {
    /// Asks streaming what the profile goes on with.
    pub(super) async fn begun_row(&self, ctx: &Ctx, size: i32) -> Result<Option<HomeRow>, Away> {
        let asked = async {
            let mut history = WatchHistoryServiceClient::new(self.peer("streaming")?);
            let request = ListContinueWatchingRequest {
                page_size: size,
                ..ListContinueWatchingRequest::default()
            };
            let list = history.list_continue_watching(call(ctx, request)).await;
            let list = list.map_err(error)?.into_inner();
            Ok(HomeRow {
                kind: HomeRowKind::Continue.into(),
                items: list.items.into_iter().filter_map(card::begun).collect(),
                more: "/users/continue-watching".into(),
                next_page_token: list.next_page_token,
                ..HomeRow::default()
            })
        };
        own(ctx, asked).await
    }

    /// Asks users for the profile's watchlist.
    pub(super) async fn watchlist_row(
        &self,
        ctx: &Ctx,
        size: i32,
    ) -> Result<Option<HomeRow>, Away> {
        let asked = async {
            let mut library = LibraryServiceClient::new(self.peer("users")?);
            let request = ListWatchlistRequest {
                page_size: size,
                ..ListWatchlistRequest::default()
            };
            let list = library.list_watchlist(call(ctx, request)).await;
            let list = list.map_err(error)?.into_inner();
            let titles = list.items.into_iter().filter_map(|item| item.content);
            Ok(HomeRow {
                kind: HomeRowKind::Watchlist.into(),
                items: titles.map(card::of).collect(),
                more: "/users/watchlist".into(),
                next_page_token: list.next_page_token,
                ..HomeRow::default()
            })
        };
        own(ctx, asked).await
    }

    fn peer(&self, service: &str) -> Result<Transport> {
        let transport = self.mesh.client_transport(service);
        transport.map_err(|cause| Error::from(CommonReason::Unavailable).because(cause))
    }
}

/// Waits for a row, not for long. Who is nobody has none, and who may not see it neither.
async fn own(
    ctx: &Ctx,
    asked: impl Future<Output = Result<HomeRow>>,
) -> Result<Option<HomeRow>, Away> {
    if ctx.actor.viewer().is_none() {
        return Ok(None);
    }
    match timeout(TIMEOUT, asked).await {
        Ok(Ok(row)) => Ok(Some(row)),
        Ok(Err(refused)) if refused.info().code == Code::PermissionDenied => Ok(None),
        Ok(Err(cause)) => {
            tracing::warn!(%cause, "a row of the home page cannot be asked for");
            Err(Away)
        }
        Err(_) => {
            tracing::warn!("a row of the home page was not answered in time");
            Err(Away)
        }
    }
}
