use std::sync::Arc;

use sv_handlers::content::ContentAdminService;
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::Reply;

use crate::app::App;

/// What editors and importers do.
pub(crate) struct Editors(pub(crate) Arc<App>);

impl ContentAdminService for Editors {
    async fn admin_list_movies(
        &self,
        ctx: &Ctx,
        request: pb::AdminListMoviesRequest,
    ) -> Result<pb::AdminListMoviesResponse> {
        self.0.admin_list_movies(ctx, &request).await
    }

    async fn admin_get_movie(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetMovieRequest,
    ) -> Result<Reply<pb::AdminGetMovieResponse>> {
        let content = self.0.movie(ctx, &request.id).await?;
        let version = content.version;
        let content = Some(content);
        Ok(Reply::new(pb::AdminGetMovieResponse { content }).etag(version))
    }

    async fn create_movie(
        &self,
        ctx: &Ctx,
        request: pb::CreateMovieRequest,
    ) -> Result<pb::CreateMovieResponse> {
        let content = request.content.unwrap_or_default();
        let content = Some(self.0.create_movie(ctx, content).await?);
        Ok(pb::CreateMovieResponse { content })
    }

    async fn update_movie(
        &self,
        ctx: &Ctx,
        request: pb::UpdateMovieRequest,
    ) -> Result<pb::UpdateMovieResponse> {
        let content = request.content.unwrap_or_default();
        let paths = request.update_mask.unwrap_or_default().paths;
        let updated = self.0.update_movie(ctx, &request.id, content, paths);
        let content = Some(updated.await?);
        Ok(pb::UpdateMovieResponse { content })
    }

    async fn delete_movie(
        &self,
        ctx: &Ctx,
        request: pb::DeleteMovieRequest,
    ) -> Result<pb::DeleteMovieResponse> {
        self.0.delete_movie(ctx, &request.id).await?;
        Ok(pb::DeleteMovieResponse {})
    }

    async fn import_movies(
        &self,
        ctx: &Ctx,
        request: pb::ImportMoviesRequest,
    ) -> Result<pb::ImportMoviesResponse> {
        self.0.import_movies(ctx, request).await
    }
}
