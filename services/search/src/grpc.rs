//! The RPCs: decode, call the use case, encode.

use sv_boot::Audience;
use sv_proto::search::{
    GetIndexStatusRequest, GetIndexStatusResponse, RebuildIndexRequest, RebuildIndexResponse,
    SearchGlobalRequest, SearchGlobalResponse, search_admin_service_server::SearchAdminService,
    search_service_server::SearchService,
};
use sv_rpc::{ctx, status};
use tonic::{Request, Response, Status, async_trait};

use crate::{
    app::App,
    convert::{answer, number, question, timestamp},
};

/// Both services of search.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) app: App,
    pub(crate) audience: Audience,
}

#[async_trait]
impl SearchService for Search {
    async fn search_global(
        &self,
        request: Request<SearchGlobalRequest>,
    ) -> Result<Response<SearchGlobalResponse>, Status> {
        let ctx = ctx(&request)?;
        let for_child = self.audience.is_child(&ctx).await.map_err(status)?;
        let question = question(request.into_inner(), for_child).map_err(status)?;
        let found = self.app.search(&ctx, question).await.map_err(status)?;
        Ok(Response::new(answer(found)))
    }
}

#[async_trait]
impl SearchAdminService for Search {
    async fn rebuild_index(
        &self,
        request: Request<RebuildIndexRequest>,
    ) -> Result<Response<RebuildIndexResponse>, Status> {
        let rebuilt = self.app.rebuild(&ctx(&request)?).await.map_err(status)?;
        Ok(Response::new(RebuildIndexResponse {
            documents: number(rebuilt.documents),
            events: number(rebuilt.events),
        }))
    }

    async fn get_index_status(
        &self,
        request: Request<GetIndexStatusRequest>,
    ) -> Result<Response<GetIndexStatusResponse>, Status> {
        let ctx = ctx(&request)?;
        let found = self.app.status(&ctx).await.map_err(status)?;
        Ok(Response::new(GetIndexStatusResponse {
            documents: number(found.documents),
            lag_events: number(found.lag),
            indexed_time: found.indexed_at.map(timestamp),
            backend: found.backend.to_owned(),
            rebuilding: found.rebuilding,
            degraded: found.degraded,
        }))
    }
}
