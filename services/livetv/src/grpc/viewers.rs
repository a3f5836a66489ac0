use std::sync::Arc;

use sv_handlers::livetv::LiveTvService;
use sv_kernel::{Ctx, Result};
use sv_proto::livetv as pb;

use crate::app::App;

/// What viewers see.
pub(crate) struct Viewers(pub(crate) Arc<App>);

impl LiveTvService for Viewers {
    async fn list_channels(
        &self,
        ctx: &Ctx,
        request: pb::ListChannelsRequest,
    ) -> Result<pb::ListChannelsResponse> {
        self.0.list_channels(ctx, &request).await
    }

    async fn get_channel(
        &self,
        ctx: &Ctx,
        request: pb::GetChannelRequest,
    ) -> Result<pb::GetChannelResponse> {
        let channel = Some(self.0.viewers_channel(ctx, &request.id).await?);
        Ok(pb::GetChannelResponse { channel })
    }

    async fn batch_get_channels(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetChannelsRequest,
    ) -> Result<pb::BatchGetChannelsResponse> {
        let channels = self.0.batch_get(ctx, &request.ids).await?;
        Ok(pb::BatchGetChannelsResponse { channels })
    }

    async fn snapshot_channels(
        &self,
        _: &Ctx,
        request: pb::SnapshotChannelsRequest,
    ) -> Result<pb::SnapshotChannelsResponse> {
        self.0.snapshot(&request).await
    }
}
