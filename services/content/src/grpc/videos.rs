use std::sync::Arc;

use sv_handlers::content::{VideoAdminService, VideoService};
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::Reply;

use crate::{
    app::{App, Change},
    domain::Kind,
};

/// The catalogue under the paths of players of videos.
pub(crate) struct Videos(pub(crate) Arc<App>);

impl VideoService for Videos {
    async fn list_videos(
        &self,
        ctx: &Ctx,
        request: pb::ListVideosRequest,
    ) -> Result<Reply<pb::ListVideosResponse>> {
        let list = self
            .0
            .list_shown::<_, pb::ListVideosResponse>(ctx, "ListVideos", &request);
        list.await.map(Reply::encoded)
    }

    async fn get_video(
        &self,
        ctx: &Ctx,
        request: pb::GetVideoRequest,
    ) -> Result<Reply<pb::GetVideoResponse>> {
        self.0.get_any(ctx, &request).await.map(Reply::encoded)
    }
}

impl VideoAdminService for Videos {
    async fn admin_list_videos(
        &self,
        ctx: &Ctx,
        request: pb::AdminListVideosRequest,
    ) -> Result<pb::AdminListVideosResponse> {
        Ok(self.0.list_kept(ctx, &request).await?.into())
    }

    async fn admin_get_video(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetVideoRequest,
    ) -> Result<Reply<pb::AdminGetVideoResponse>> {
        let content = self.0.get_kept(ctx, Kind::Video, &request.id).await?;
        let version = content.version;
        let content = Some(content);
        Ok(Reply::new(pb::AdminGetVideoResponse { content }).etag(version))
    }

    async fn create_video(
        &self,
        ctx: &Ctx,
        request: pb::CreateVideoRequest,
    ) -> Result<pb::CreateVideoResponse> {
        let answer = |content| pb::CreateVideoResponse {
            content: Some(content),
        };
        let content = request.content.unwrap_or_default();
        self.0.create(ctx, Kind::Video, content, answer).await
    }

    async fn update_video(
        &self,
        ctx: &Ctx,
        request: pb::UpdateVideoRequest,
    ) -> Result<pb::UpdateVideoResponse> {
        let answer = |content| pb::UpdateVideoResponse {
            content: Some(content),
        };
        let change = Change {
            id: request.id,
            content: request.content.unwrap_or_default(),
            paths: request.update_mask.unwrap_or_default().paths,
        };
        self.0.update(ctx, Kind::Video, change, answer).await
    }

    async fn delete_video(
        &self,
        ctx: &Ctx,
        request: pb::DeleteVideoRequest,
    ) -> Result<pb::DeleteVideoResponse> {
        self.0.delete(ctx, Kind::Video, &request.id).await
    }
}
