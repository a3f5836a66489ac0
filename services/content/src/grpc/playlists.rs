use std::sync::Arc;

use sv_handlers::content::{PlaylistAdminService, PlaylistService};
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::Reply;

use crate::{
    app::{App, PlaylistChange},
    domain::Seer,
};

/// Lists of titles that editors put together.
pub(crate) struct Playlists(pub(crate) Arc<App>);

impl PlaylistService for Playlists {
    async fn list_playlists(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaylistsRequest,
    ) -> Result<Reply<pb::ListPlaylistsResponse>> {
        let list = self.0.shown_playlists(ctx, &request);
        list.await.map(Reply::encoded)
    }

    async fn get_playlist(
        &self,
        ctx: &Ctx,
        request: pb::GetPlaylistRequest,
    ) -> Result<Reply<pb::GetPlaylistResponse>> {
        let found = self.0.shown_playlist(ctx, &request);
        found.await.map(Reply::encoded)
    }

    async fn list_playlist_items(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaylistItemsRequest,
    ) -> Result<Reply<pb::ListPlaylistItemsResponse>> {
        let list = self.0.playlist_items(ctx, &request);
        list.await.map(Reply::encoded)
    }
}

impl PlaylistAdminService for Playlists {
    async fn admin_list_playlists(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPlaylistsRequest,
    ) -> Result<pb::AdminListPlaylistsResponse> {
        let list = self.0.playlists(ctx, &request, Seer::Editor);
        Ok(list.await?.into())
    }

    async fn admin_get_playlist(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPlaylistRequest,
    ) -> Result<Reply<pb::AdminGetPlaylistResponse>> {
        let playlist = self.0.playlist(ctx, &request.id, Seer::Editor).await?;
        let version = playlist.version;
        let playlist = Some(playlist);
        Ok(Reply::new(pb::AdminGetPlaylistResponse { playlist }).etag(version))
    }

    async fn create_playlist(
        &self,
        ctx: &Ctx,
        request: pb::CreatePlaylistRequest,
    ) -> Result<pb::CreatePlaylistResponse> {
        let answer = |playlist| pb::CreatePlaylistResponse {
            playlist: Some(playlist),
        };
        let playlist = request.playlist.unwrap_or_default();
        self.0.create_playlist(ctx, playlist, answer).await
    }

    async fn update_playlist(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePlaylistRequest,
    ) -> Result<pb::UpdatePlaylistResponse> {
        let answer = |playlist| pb::UpdatePlaylistResponse {
            playlist: Some(playlist),
        };
        let change = PlaylistChange {
            id: request.id,
            playlist: request.playlist.unwrap_or_default(),
            paths: request.update_mask.unwrap_or_default().paths,
        };
        self.0.update_playlist(ctx, change, answer).await
    }

    async fn delete_playlist(
        &self,
        ctx: &Ctx,
        request: pb::DeletePlaylistRequest,
    ) -> Result<pb::DeletePlaylistResponse> {
        self.0.delete_playlist(ctx, &request.id).await
    }
}
