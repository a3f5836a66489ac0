//! The RPCs: decode, call the use case, encode.

use sv_proto::{
    common::CommonReason,
    streaming::{
        GetMediaRequest, GetMediaResponse, PlayOnDemandRequest, PlayOnDemandResponse,
        PublishMediaRequest, PublishMediaResponse, StreamingReason,
        media_admin_service_server::MediaAdminService, playback_service_server::PlaybackService,
    },
};
use sv_rpc::{ctx, status};
use tonic::{Request, Response, Status, metadata::MetadataMap};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{Media, MediaProblem},
};

/// The purpose that a browser gives for a request nobody has asked for yet (Fetch, section 3.5).
const PURPOSE: &str = "sec-purpose";

/// Serves the RPCs.
#[derive(Clone, Debug)]
pub(crate) struct Streaming {
    pub(crate) app: App,
}

#[tonic::async_trait]
impl PlaybackService for Streaming {
    async fn play_on_demand(
        &self,
        request: Request<PlayOnDemandRequest>,
    ) -> Result<Response<PlayOnDemandResponse>, Status> {
        let ctx = ctx(&request)?;
        if is_prefetch(request.metadata()) {
            return Err(status(StreamingReason::PrefetchRefused.into()));
        }
        let content = id(&request.get_ref().content_id)?;
        let play = self.app.play(&ctx, content).await.map_err(status)?;
        Ok(Response::new(play.into()))
    }
}

#[tonic::async_trait]
impl MediaAdminService for Streaming {
    async fn publish_media(
        &self,
        request: Request<PublishMediaRequest>,
    ) -> Result<Response<PublishMediaResponse>, Status> {
        let ctx = ctx(&request)?;
        let PublishMediaRequest { content_id, media } = request.into_inner();
        let content = id(&content_id)?;
        let media = Media::try_from(media.unwrap_or_default()).map_err(invalid)?;
        let published = self.app.publish(&ctx, content, media).await;
        let published = published.map_err(status)?;
        Ok(Response::new(PublishMediaResponse {
            media: Some((&published).into()),
        }))
    }

    async fn get_media(
        &self,
        request: Request<GetMediaRequest>,
    ) -> Result<Response<GetMediaResponse>, Status> {
        let ctx = ctx(&request)?;
        let content = id(&request.get_ref().content_id)?;
        let published = self.app.media(&ctx, content).await.map_err(status)?;
        Ok(Response::new(GetMediaResponse {
            media: Some((&*published).into()),
        }))
    }
}

/// Says whether a browser asks ahead of its user (C8).
fn is_prefetch(metadata: &MetadataMap) -> bool {
    metadata
        .get_all(PURPOSE)
        .iter()
        .any(|value| value.to_str().is_ok_and(|text| text.contains("prefetch")))
}

/// Reads an id that the stack has checked.
fn id(text: &str) -> Result<Uuid, Status> {
    text.parse().map_err(|_| {
        status(sv_kernel::Error::from(CommonReason::Internal).because("an id was not checked"))
    })
}

fn invalid(problem: MediaProblem) -> Status {
    status(sv_kernel::Error::from(StreamingReason::MediaInvalid).with("problem", problem.0))
}
