//! How much titles are watched.

use std::sync::Arc;

use sv_handlers::content::PopularityService;
use sv_kernel::{Ctx, Result};
use sv_proto::content::{
    ListPopularityRequest, ListPopularityResponse, SnapshotPopularityRequest,
    SnapshotPopularityResponse,
};

use crate::app::App;

#[derive(Debug)]
pub(crate) struct Figures(pub(crate) Arc<App>);

impl PopularityService for Figures {
    async fn list_popularity(
        &self,
        ctx: &Ctx,
        request: ListPopularityRequest,
    ) -> Result<ListPopularityResponse> {
        self.0.popularity(ctx, &request).await
    }

    async fn snapshot_popularity(
        &self,
        _: &Ctx,
        request: SnapshotPopularityRequest,
    ) -> Result<SnapshotPopularityResponse> {
        self.0.snapshot_popularity(&request).await
    }
}
