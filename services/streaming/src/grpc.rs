//! The RPCs: decode, call the use case, encode.

mod artwork;
mod captions;
mod history;
mod imports;
mod live;
mod sessions;

use sv_handlers::streaming::{MediaAdminService, PlaybackService};
use sv_kernel::{Ctx, Result};
use sv_proto::{
    convert::id,
    streaming::{self as pb, StreamingReason},
};

use crate::{
    app::App,
    domain::{Media, Play},
};

/// Serves the RPCs.
#[derive(Clone, Debug)]
pub(crate) struct Streaming {
    pub(crate) app: App,
    /// Seconds between two heartbeats.
    pub(crate) heartbeat_seconds: i32,
}

impl Streaming {
    /// Writes playback of a title.
    fn on_demand(&self, play: Play) -> pb::PlayOnDemandResponse {
        pb::PlayOnDemandResponse {
            heartbeat_interval_seconds: self.heartbeat_seconds,
            ..play.into()
        }
    }
}

/// Refuses what a browser asks ahead of its user (C8).
fn asked_for(ctx: &Ctx) -> Result<()> {
    if ctx.prefetch {
        return Err(StreamingReason::PrefetchRefused.into());
    }
    Ok(())
}

impl PlaybackService for Streaming {
    async fn play_on_demand(
        &self,
        ctx: &Ctx,
        request: pb::PlayOnDemandRequest,
    ) -> Result<pb::PlayOnDemandResponse> {
        asked_for(ctx)?;
        let play = self.app.play(ctx, id(&request.content_id)?).await?;
        Ok(self.on_demand(play))
    }

    async fn play_live(
        &self,
        ctx: &Ctx,
        request: pb::PlayLiveRequest,
    ) -> Result<pb::PlayLiveResponse> {
        asked_for(ctx)?;
        let play = self.app.play_live(ctx, id(&request.channel_id)?).await?;
        Ok(self.live(play))
    }

    async fn play(&self, ctx: &Ctx, request: pb::PlayRequest) -> Result<pb::PlayResponse> {
        asked_for(ctx)?;
        self.play_any(ctx, id(&request.content_id)?).await
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
