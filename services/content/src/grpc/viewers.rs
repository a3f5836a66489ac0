use std::sync::Arc;

use sv_proto::content::{
    BatchGetContentsRequest, BatchGetContentsResponse, GetMovieRequest, GetMovieResponse,
    ListMoviesRequest, ListMoviesResponse, SnapshotContentsRequest, SnapshotContentsResponse,
    content_service_server::ContentService,
};
use sv_rpc::{ctx, encoded, status};
use tonic::{Request, Response, Status, async_trait};

use crate::app::App;

/// What viewers and other services see.
pub(crate) struct Viewers(pub(crate) Arc<App>);

#[async_trait]
impl ContentService for Viewers {
    async fn list_movies(
        &self,
        request: Request<ListMoviesRequest>,
    ) -> Result<Response<ListMoviesResponse>, Status> {
        let ctx = ctx(&request)?;
        let bytes = self.0.list_movies(&ctx, request.get_ref()).await;
        Ok(encoded(bytes.map_err(status)?))
    }

    async fn get_movie(
        &self,
        request: Request<GetMovieRequest>,
    ) -> Result<Response<GetMovieResponse>, Status> {
        let ctx = ctx(&request)?;
        let bytes = self.0.get_movie(&ctx, request.get_ref()).await;
        Ok(encoded(bytes.map_err(status)?))
    }

    async fn batch_get_contents(
        &self,
        request: Request<BatchGetContentsRequest>,
    ) -> Result<Response<BatchGetContentsResponse>, Status> {
        let ctx = ctx(&request)?;
        let bytes = self.0.batch_get(&ctx, request.get_ref()).await;
        Ok(encoded(bytes.map_err(status)?))
    }

    async fn snapshot_contents(
        &self,
        request: Request<SnapshotContentsRequest>,
    ) -> Result<Response<SnapshotContentsResponse>, Status> {
        let part = self.0.snapshot(request.get_ref()).await;
        Ok(Response::new(part.map_err(status)?))
    }
}
