//! The RPCs: decode, call the use case, encode.

use sv_handlers::streaming::{MediaAdminService, PlaybackService};
use sv_kernel::{Ctx, Result};
use sv_proto::{
    convert::id,
    streaming::{self as pb, StreamingReason},
};

use crate::{app::App, domain::Media};

/// Serves the RPCs.
#[derive(Clone, Debug)]
pub(crate) struct Streaming {
    pub(crate) app: App,
}

impl PlaybackService for Streaming {
    async fn play_on_demand(
        &self,
        ctx: &Ctx,
        request: pb::PlayOnDemandRequest,
    ) -> Result<pb::PlayOnDemandResponse> {
        // C8: nobody has asked for it yet.
        if ctx.prefetch {
            return Err(StreamingReason::PrefetchRefused.into());
        }
        let play = self.app.play(ctx, id(&request.content_id)?).await?;
        Ok(play.into())
    }
}

impl MediaAdminService for Streaming {
    async fn publish_media(
        &self,
        ctx: &Ctx,
        request: pb::PublishMediaRequest,
    ) -> Result<pb::PublishMediaResponse> {
        let content = id(&request.content_id)?;
        let media = Media::try_from(request.media.unwrap_or_default())?;
        self.app.publish(ctx, content, media).await
    }

    async fn get_media(
        &self,
        ctx: &Ctx,
        request: pb::GetMediaRequest,
    ) -> Result<pb::GetMediaResponse> {
        let published = self.app.media(ctx, id(&request.content_id)?).await?;
        let media = Some((&*published).into());
        Ok(pb::GetMediaResponse { media })
    }
}
