use std::sync::Arc;

use sv_handlers::content::ContentService;
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::Reply;

use crate::app::App;

/// What viewers and other services see.
pub(crate) struct Viewers(pub(crate) Arc<App>);

impl ContentService for Viewers {
    async fn list_movies(
        &self,
        ctx: &Ctx,
        request: pb::ListMoviesRequest,
    ) -> Result<Reply<pb::ListMoviesResponse>> {
        self.0.list_movies(ctx, &request).await.map(Reply::encoded)
    }

    async fn get_movie(
        &self,
        ctx: &Ctx,
        request: pb::GetMovieRequest,
    ) -> Result<Reply<pb::GetMovieResponse>> {
        self.0.get_movie(ctx, &request).await.map(Reply::encoded)
    }

    async fn batch_get_contents(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetContentsRequest,
    ) -> Result<Reply<pb::BatchGetContentsResponse>> {
        self.0.batch_get(ctx, &request).await.map(Reply::encoded)
    }

    async fn snapshot_contents(
        &self,
        _: &Ctx,
        request: pb::SnapshotContentsRequest,
    ) -> Result<pb::SnapshotContentsResponse> {
        self.0.snapshot(&request).await
    }
}
