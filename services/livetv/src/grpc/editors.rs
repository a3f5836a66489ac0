use std::sync::Arc;

use sv_handlers::livetv::LiveTvAdminService;
use sv_kernel::{Ctx, Result};
use sv_proto::livetv as pb;
use sv_rpc::Reply;

use crate::app::App;

/// What editors do.
pub(crate) struct Editors(pub(crate) Arc<App>);

impl LiveTvAdminService for Editors {
    async fn admin_list_channels(
        &self,
        ctx: &Ctx,
        request: pb::AdminListChannelsRequest,
    ) -> Result<pb::AdminListChannelsResponse> {
        self.0.admin_list_channels(ctx, &request).await
    }

    async fn admin_get_channel(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetChannelRequest,
    ) -> Result<Reply<pb::AdminGetChannelResponse>> {
        let channel = self.0.channel(ctx, &request.id).await?;
        let version = channel.version;
        let channel = Some(channel);
        Ok(Reply::new(pb::AdminGetChannelResponse { channel }).etag(version))
    }

    async fn create_channel(
        &self,
        ctx: &Ctx,
        request: pb::CreateChannelRequest,
    ) -> Result<pb::CreateChannelResponse> {
        let channel = request.channel.unwrap_or_default();
        self.0.create_channel(ctx, channel).await
    }

    async fn update_channel(
        &self,
        ctx: &Ctx,
        request: pb::UpdateChannelRequest,
    ) -> Result<pb::UpdateChannelResponse> {
        self.0.update_channel(ctx, &request).await
    }

    async fn delete_channel(
        &self,
        ctx: &Ctx,
        request: pb::DeleteChannelRequest,
    ) -> Result<pb::DeleteChannelResponse> {
        self.0.delete_channel(ctx, &request.id).await
    }
}
