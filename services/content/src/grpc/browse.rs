use std::sync::Arc;

use sv_handlers::content::BrowseService;
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::Reply;

use crate::app::App;

/// Where viewers begin.
pub(crate) struct Browse(pub(crate) Arc<App>);

impl BrowseService for Browse {
    async fn get_home(
        &self,
        ctx: &Ctx,
        request: pb::GetHomeRequest,
    ) -> Result<pb::GetHomeResponse> {
        self.0.home(ctx, &request).await
    }

    async fn list_titles(
        &self,
        ctx: &Ctx,
        request: pb::ListTitlesRequest,
    ) -> Result<Reply<pb::ListTitlesResponse>> {
        let list = self
            .0
            .list_shown::<_, pb::ListTitlesResponse>(ctx, "ListTitles", &request);
        list.await.map(Reply::encoded)
    }

    async fn list_genres(
        &self,
        ctx: &Ctx,
        request: pb::ListGenresRequest,
    ) -> Result<Reply<pb::ListGenresResponse>> {
        let list = self.0.genres(ctx, &request);
        list.await.map(Reply::encoded)
    }

    async fn list_recommendations(
        &self,
        ctx: &Ctx,
        request: pb::ListRecommendationsRequest,
    ) -> Result<Reply<pb::ListRecommendationsResponse>> {
        let list = self.0.recommend(ctx, &request);
        list.await.map(Reply::encoded)
    }
}
