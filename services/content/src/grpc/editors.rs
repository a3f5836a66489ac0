use std::sync::Arc;

use sv_proto::content::{
    AdminGetMovieRequest, AdminGetMovieResponse, AdminListMoviesRequest, AdminListMoviesResponse,
    CreateMovieRequest, CreateMovieResponse, DeleteMovieRequest, DeleteMovieResponse,
    ImportMoviesRequest, ImportMoviesResponse, UpdateMovieRequest, UpdateMovieResponse,
    content_admin_service_server::ContentAdminService,
};
use sv_rpc::{ctx, status};
use tonic::{Request, Response, Status, async_trait};

use super::if_match;
use crate::app::{App, Expected};

/// What editors and importers do.
pub(crate) struct Editors(pub(crate) Arc<App>);

#[async_trait]
impl ContentAdminService for Editors {
    async fn admin_list_movies(
        &self,
        request: Request<AdminListMoviesRequest>,
    ) -> Result<Response<AdminListMoviesResponse>, Status> {
        let ctx = ctx(&request)?;
        let answer = self.0.admin_list_movies(&ctx, request.get_ref()).await;
        Ok(Response::new(answer.map_err(status)?))
    }

    async fn admin_get_movie(
        &self,
        request: Request<AdminGetMovieRequest>,
    ) -> Result<Response<AdminGetMovieResponse>, Status> {
        let ctx = ctx(&request)?;
        let content = self.0.movie(&ctx, &request.get_ref().id).await;
        let content = content.map_err(status)?;
        let tag = if_match::tag(content.version);
        let mut response = Response::new(AdminGetMovieResponse {
            content: Some(content),
        });
        if let Some(tag) = tag {
            response.metadata_mut().insert("etag", tag);
        }
        Ok(response)
    }

    async fn create_movie(
        &self,
        request: Request<CreateMovieRequest>,
    ) -> Result<Response<CreateMovieResponse>, Status> {
        let ctx = ctx(&request)?;
        let content = request.into_inner().content.unwrap_or_default();
        let created = self.0.create_movie(&ctx, content).await;
        Ok(Response::new(CreateMovieResponse {
            content: Some(created.map_err(status)?),
        }))
    }

    async fn update_movie(
        &self,
        request: Request<UpdateMovieRequest>,
    ) -> Result<Response<UpdateMovieResponse>, Status> {
        let ctx = ctx(&request)?;
        let tags = if_match::read(request.metadata());
        let request = request.into_inner();
        let content = request.content.unwrap_or_default();
        let paths = request.update_mask.unwrap_or_default().paths;
        let expected = Expected {
            tags,
            version: content.version,
        };
        let updated = self
            .0
            .update_movie(&ctx, &request.id, content, paths, expected)
            .await;
        Ok(Response::new(UpdateMovieResponse {
            content: Some(updated.map_err(status)?),
        }))
    }

    async fn delete_movie(
        &self,
        request: Request<DeleteMovieRequest>,
    ) -> Result<Response<DeleteMovieResponse>, Status> {
        let ctx = ctx(&request)?;
        let expected = Expected {
            tags: if_match::read(request.metadata()),
            version: 0,
        };
        let deleted = self
            .0
            .delete_movie(&ctx, &request.get_ref().id, expected)
            .await;
        deleted.map_err(status)?;
        Ok(Response::new(DeleteMovieResponse {}))
    }

    async fn import_movies(
        &self,
        request: Request<ImportMoviesRequest>,
    ) -> Result<Response<ImportMoviesResponse>, Status> {
        let ctx = ctx(&request)?;
        let outcomes = self.0.import_movies(&ctx, request.into_inner()).await;
        Ok(Response::new(outcomes.map_err(status)?))
    }
}
