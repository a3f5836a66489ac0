//! Running playback.

use std::time::Duration;

use sv_handlers::streaming::PlaySessionService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{
    convert::{id, timestamp},
    streaming as pb,
};

use super::Streaming;
use crate::{
    app::Heard,
    domain::{Report, Session},
};

impl PlaySessionService for Streaming {
    async fn heartbeat(
        &self,
        ctx: &Ctx,
        request: pb::HeartbeatRequest,
    ) -> Result<pb::HeartbeatResponse> {
        let session = id(&request.session_id)?;
        let heard = self.app.heartbeat(ctx, session, &request.into()).await?;
        Ok(match heard {
            Heard::GoOn(expires_at) => pb::HeartbeatResponse {
                next_interval_seconds: self.heartbeat_seconds,
                expire_time: Some(timestamp(expires_at)),
                ..pb::HeartbeatResponse::default()
            },
            Heard::Stop(why) => pb::HeartbeatResponse {
                stop: true,
                stop_reason: pb::StopReason::from(why).into(),
                ..pb::HeartbeatResponse::default()
            },
        })
    }

    async fn complete_play(
        &self,
        ctx: &Ctx,
        request: pb::CompletePlayRequest,
    ) -> Result<pb::CompletePlayResponse> {
        let position = request.position_seconds.map(seconds);
        let session = id(&request.session_id)?;
        self.app.complete(ctx, session, position).await?;
        Ok(pb::CompletePlayResponse {})
    }

    async fn list_play_sessions(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaySessionsRequest,
    ) -> Result<pb::ListPlaySessionsResponse> {
        let running = self.app.running(ctx, request.page()).await?;
        let item = |session: &Session| pb::PlaySession {
            this_device: session.key.device == running.device,
            ..session.into()
        };
        Ok(pb::ListPlaySessionsResponse {
            items: running.items.iter().map(item).collect(),
            next_page_token: running.next_page_token,
        })
    }

    async fn stop_play_session(
        &self,
        ctx: &Ctx,
        request: pb::StopPlaySessionRequest,
    ) -> Result<pb::StopPlaySessionResponse> {
        self.app.stop(ctx, id(&request.session_id)?).await?;
        Ok(pb::StopPlaySessionResponse {})
    }
}

impl From<pb::HeartbeatRequest> for Report {
    fn from(request: pb::HeartbeatRequest) -> Self {
        let rate = request.rate.unwrap_or(1.0).clamp(0.0, 16.0) * 1_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "at most 16,000")]
        let rate_milli = rate.round() as i32;
        Self {
            position: request.position_seconds.map(seconds),
            quality: request.quality,
            buffer: seconds(request.buffer_seconds),
            rate_milli,
        }
    }
}

/// Reads a span of time; what is none, such as `NaN`, is no time.
fn seconds(of: f64) -> Duration {
    Duration::try_from_secs_f64(of).unwrap_or_default()
}

impl From<&Session> for pb::PlaySession {
    fn from(session: &Session) -> Self {
        Self {
            session_id: session.id.to_string(),
            content_id: session.key.content.to_string(),
            title: session.title.clone(),
            profile_id: session.key.profile.to_string(),
            profile_name: session.profile_name.clone(),
            device: session.device_name.clone(),
            start_time: Some(timestamp(session.started_at)),
            heartbeat_time: Some(timestamp(session.beat_at)),
            position_seconds: session.position.as_secs_f64(),
            quality: session.quality.clone(),
            this_device: false,
        }
    }
}
