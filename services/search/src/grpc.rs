//! The RPCs: decode, call the use case, encode.

mod tuning;

use sv_boot::Audience;
use sv_handlers::search::{SearchAdminService, SearchService};
use sv_kernel::{Ctx, Result};
use sv_proto::{
    convert::{count, timestamp},
    search as pb,
};

use crate::{
    app::App,
    convert::{answer, question},
};

/// All services of search.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) app: App,
    pub(crate) audience: Audience,
}

impl SearchService for Search {
    async fn search_global(
        &self,
        ctx: &Ctx,
        request: pb::SearchGlobalRequest,
    ) -> Result<pb::SearchGlobalResponse> {
        let for_child = self.audience.is_child(ctx).await?;
        let question = question(request, for_child)?;
        self.app.search(ctx, question).await.map(answer)
    }
}

impl SearchAdminService for Search {
    async fn rebuild_index(
        &self,
        ctx: &Ctx,
        _: pb::RebuildIndexRequest,
    ) -> Result<pb::RebuildIndexResponse> {
        let rebuilt = self.app.rebuild(ctx).await?;
        Ok(pb::RebuildIndexResponse {
            documents: count(rebuilt.documents),
            events: count(rebuilt.events),
        })
    }

    async fn get_index_status(
        &self,
        ctx: &Ctx,
        _: pb::GetIndexStatusRequest,
    ) -> Result<pb::GetIndexStatusResponse> {
        let found = self.app.status(ctx).await?;
        Ok(pb::GetIndexStatusResponse {
            documents: count(found.documents),
            lag_events: count(found.lag),
            indexed_time: found.indexed_at.map(timestamp),
            backend: found.backend.to_owned(),
            rebuilding: found.rebuilding,
            degraded: found.degraded,
        })
    }
}
