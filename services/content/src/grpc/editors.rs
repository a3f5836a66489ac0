use std::sync::Arc;

use sv_handlers::content::ContentAdminService;
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::{
    Reply,
    handler::{Answers, Messages},
};

use crate::{
    app::{App, Change},
    domain::Kind,
};

/// What editors and importers do.
pub(crate) struct Editors(pub(crate) Arc<App>);

impl ContentAdminService for Editors {
    async fn watch_content(
        &self,
        ctx: &Ctx,
        request: pb::WatchContentRequest,
    ) -> Result<Answers<pb::WatchContentResponse>> {
        self.0.watch(ctx, &request).await
    }

    async fn admin_list_movies(
        &self,
        ctx: &Ctx,
        request: pb::AdminListMoviesRequest,
    ) -> Result<pb::AdminListMoviesResponse> {
        Ok(self.0.list_kept(ctx, &request).await?.into())
    }

    async fn admin_get_movie(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetMovieRequest,
    ) -> Result<Reply<pb::AdminGetMovieResponse>> {
        let content = self.0.get_kept(ctx, Kind::Movie, &request.id).await?;
        let version = content.version;
        let content = Some(content);
        Ok(Reply::new(pb::AdminGetMovieResponse { content }).etag(version))
    }

    async fn create_movie(
        &self,
        ctx: &Ctx,
        request: pb::CreateMovieRequest,
    ) -> Result<pb::CreateMovieResponse> {
        let answer = |content| pb::CreateMovieResponse {
            content: Some(content),
        };
        let content = request.content.unwrap_or_default();
        self.0.create(ctx, Kind::Movie, content, answer).await
    }

    async fn update_movie(
        &self,
        ctx: &Ctx,
        request: pb::UpdateMovieRequest,
    ) -> Result<pb::UpdateMovieResponse> {
        let answer = |content| pb::UpdateMovieResponse {
            content: Some(content),
        };
        let change = Change {
            id: request.id,
            content: request.content.unwrap_or_default(),
            paths: request.update_mask.unwrap_or_default().paths,
        };
        self.0.update(ctx, Kind::Movie, change, answer).await
    }

    async fn delete_movie(
        &self,
        ctx: &Ctx,
        request: pb::DeleteMovieRequest,
    ) -> Result<pb::DeleteMovieResponse> {
        self.0.delete(ctx, Kind::Movie, &request.id).await
    }

    async fn admin_list_series(
        &self,
        ctx: &Ctx,
        request: pb::AdminListSeriesRequest,
    ) -> Result<pb::AdminListSeriesResponse> {
        Ok(self.0.list_kept(ctx, &request).await?.into())
    }

    async fn admin_get_series(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetSeriesRequest,
    ) -> Result<Reply<pb::AdminGetSeriesResponse>> {
        let content = self.0.get_kept(ctx, Kind::Series, &request.id).await?;
        let version = content.version;
        let content = Some(content);
        Ok(Reply::new(pb::AdminGetSeriesResponse { content }).etag(version))
    }

    async fn create_series(
        &self,
        ctx: &Ctx,
        request: pb::CreateSeriesRequest,
    ) -> Result<pb::CreateSeriesResponse> {
        let answer = |content| pb::CreateSeriesResponse {
            content: Some(content),
        };
        let content = request.content.unwrap_or_default();
        self.0.create(ctx, Kind::Series, content, answer).await
    }

    async fn update_series(
        &self,
        ctx: &Ctx,
        request: pb::UpdateSeriesRequest,
    ) -> Result<pb::UpdateSeriesResponse> {
        let answer = |content| pb::UpdateSeriesResponse {
            content: Some(content),
        };
        let change = Change {
            id: request.id,
            content: request.content.unwrap_or_default(),
            paths: request.update_mask.unwrap_or_default().paths,
        };
        self.0.update(ctx, Kind::Series, change, answer).await
    }

    async fn delete_series(
        &self,
        ctx: &Ctx,
        request: pb::DeleteSeriesRequest,
    ) -> Result<pb::DeleteSeriesResponse> {
        self.0.delete(ctx, Kind::Series, &request.id).await
    }

    async fn admin_list_episodes(
        &self,
        ctx: &Ctx,
        request: pb::AdminListEpisodesRequest,
    ) -> Result<pb::AdminListEpisodesResponse> {
        Ok(self.0.list_kept(ctx, &request).await?.into())
    }

    async fn admin_get_episode(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetEpisodeRequest,
    ) -> Result<Reply<pb::AdminGetEpisodeResponse>> {
        let content = self.0.get_kept(ctx, Kind::Episode, &request.id).await?;
        let version = content.version;
        let content = Some(content);
        Ok(Reply::new(pb::AdminGetEpisodeResponse { content }).etag(version))
    }

    async fn create_episode(
        &self,
        ctx: &Ctx,
        request: pb::CreateEpisodeRequest,
    ) -> Result<pb::CreateEpisodeResponse> {
        let answer = |content| pb::CreateEpisodeResponse {
            content: Some(content),
        };
        let content = request.content.unwrap_or_default();
        self.0.create(ctx, Kind::Episode, content, answer).await
    }

    async fn update_episode(
        &self,
        ctx: &Ctx,
        request: pb::UpdateEpisodeRequest,
    ) -> Result<pb::UpdateEpisodeResponse> {
        let answer = |content| pb::UpdateEpisodeResponse {
            content: Some(content),
        };
        let change = Change {
            id: request.id,
            content: request.content.unwrap_or_default(),
            paths: request.update_mask.unwrap_or_default().paths,
        };
        self.0.update(ctx, Kind::Episode, change, answer).await
    }

    async fn delete_episode(
        &self,
        ctx: &Ctx,
        request: pb::DeleteEpisodeRequest,
    ) -> Result<pb::DeleteEpisodeResponse> {
        self.0.delete(ctx, Kind::Episode, &request.id).await
    }

    async fn import_movies(
        &self,
        ctx: &Ctx,
        request: pb::ImportMoviesRequest,
    ) -> Result<pb::ImportMoviesResponse> {
        self.0.import_movies(ctx, request).await
    }

    async fn import_titles(
        &self,
        ctx: &Ctx,
        request: Messages<pb::ImportTitlesRequest>,
    ) -> Result<pb::ImportTitlesResponse> {
        self.0.import_titles(ctx, request).await
    }
}
