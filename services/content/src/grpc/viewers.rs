use std::sync::Arc;

use sv_handlers::content::ContentService;
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::Reply;

use crate::{app::App, domain::Kind};

/// What viewers and other services see.
pub(crate) struct Viewers(pub(crate) Arc<App>);

impl ContentService for Viewers {
    async fn list_movies(
        &self,
        ctx: &Ctx,
        request: pb::ListMoviesRequest,
    ) -> Result<Reply<pb::ListMoviesResponse>> {
        let list = self
            .0
            .list_shown::<_, pb::ListMoviesResponse>(ctx, "ListMovies", &request);
        list.await.map(Reply::encoded)
    }

    async fn list_series(
        &self,
        ctx: &Ctx,
        request: pb::ListSeriesRequest,
    ) -> Result<Reply<pb::ListSeriesResponse>> {
        let list = self
            .0
            .list_shown::<_, pb::ListSeriesResponse>(ctx, "ListSeries", &request);
        list.await.map(Reply::encoded)
    }

    async fn list_episodes(
        &self,
        ctx: &Ctx,
        request: pb::ListEpisodesRequest,
    ) -> Result<Reply<pb::ListEpisodesResponse>> {
        self.0
            .list_episodes(ctx, &request)
            .await
            .map(Reply::encoded)
    }

    async fn get_movie(
        &self,
        ctx: &Ctx,
        request: pb::GetMovieRequest,
    ) -> Result<Reply<pb::GetMovieResponse>> {
        let answer = |content| pb::GetMovieResponse {
            content: Some(content),
        };
        let asked = ("GetMovie", &request, request.id.as_str());
        let found = self.0.get_shown(ctx, Kind::Movie, asked, answer);
        found.await.map(Reply::encoded)
    }

    async fn get_series(
        &self,
        ctx: &Ctx,
        request: pb::GetSeriesRequest,
    ) -> Result<Reply<pb::GetSeriesResponse>> {
        let answer = |content| pb::GetSeriesResponse {
            content: Some(content),
        };
        let asked = ("GetSeries", &request, request.id.as_str());
        let found = self.0.get_shown(ctx, Kind::Series, asked, answer);
        found.await.map(Reply::encoded)
    }

    async fn get_episode(
        &self,
        ctx: &Ctx,
        request: pb::GetEpisodeRequest,
    ) -> Result<Reply<pb::GetEpisodeResponse>> {
        let answer = |content| pb::GetEpisodeResponse {
            content: Some(content),
        };
        let asked = ("GetEpisode", &request, request.id.as_str());
        let found = self.0.get_shown(ctx, Kind::Episode, asked, answer);
        found.await.map(Reply::encoded)
    }

    async fn batch_get_contents(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetContentsRequest,
    ) -> Result<Reply<pb::BatchGetContentsResponse>> {
        self.0.batch_get(ctx, &request).await.map(Reply::encoded)
    }

    async fn next_episodes(
        &self,
        ctx: &Ctx,
        request: pb::NextEpisodesRequest,
    ) -> Result<pb::NextEpisodesResponse> {
        self.0.next_episodes(ctx, &request).await
    }

    async fn snapshot_contents(
        &self,
        _: &Ctx,
        request: pb::SnapshotContentsRequest,
    ) -> Result<pb::SnapshotContentsResponse> {
        self.0.snapshot(&request).await
    }
}
