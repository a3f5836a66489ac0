//! Playback of channels, and of whatever has an id.

use sv_kernel::{Ctx, Result};
use sv_proto::{
    convert::timestamp,
    streaming::{self as pb, StreamingReason},
};
use uuid::Uuid;

use super::Streaming;
use crate::domain::LivePlay;

impl Streaming {
    /// Plays a title or a channel, whichever has the id (C28).
    pub(super) async fn play_any(&self, ctx: &Ctx, id: Uuid) -> Result<pb::PlayResponse> {
        match self.app.play(ctx, id).await {
            Ok(play) => Ok(title(self.on_demand(play))),
            Err(missing) if missing.is(&StreamingReason::ContentNotFound) => {
                match self.app.play_live(ctx, id).await {
                    Ok(play) => Ok(channel(self.live(play))),
                    Err(none) if none.is(&StreamingReason::ChannelNotFound) => Err(missing),
                    Err(refused) => Err(refused),
                }
            }
            Err(refused) => Err(refused),
        }
    }

    /// Writes playback of a channel.
    pub(super) fn live(&self, play: LivePlay) -> pb::PlayLiveResponse {
        pb::PlayLiveResponse {
            session_id: play.session.to_string(),
            playback_url: play.address,
            expire_time: Some(timestamp(play.expires_at)),
            channel_id: play.channel.to_string(),
            title: play.name,
            logo_url: play.logo,
            heartbeat_interval_seconds: self.heartbeat_seconds,
        }
    }
}

/// Says of a title what is said of anything.
fn title(play: pb::PlayOnDemandResponse) -> pb::PlayResponse {
    pb::PlayResponse {
        session_id: play.session_id,
        playback_url: play.playback_url,
        progressive_url: play.progressive_url,
        poster_url: play.poster_url,
        expire_time: play.expire_time,
        content_id: play.content_id,
        title: play.title,
        duration_seconds: play.duration_seconds,
        heartbeat_interval_seconds: play.heartbeat_interval_seconds,
        resume_position_seconds: play.resume_position_seconds,
        is_live: false,
        markers: play.markers,
        captions: play.captions,
        tree_url: play.tree_url,
        thumbnails_url: play.thumbnails_url,
        thumbnails_tree_url: play.thumbnails_tree_url,
    }
}

/// Says of a channel what is said of anything.
fn channel(play: pb::PlayLiveResponse) -> pb::PlayResponse {
    pb::PlayResponse {
        session_id: play.session_id,
        playback_url: play.playback_url,
        poster_url: play.logo_url,
        expire_time: play.expire_time,
        content_id: play.channel_id,
        title: play.title,
        heartbeat_interval_seconds: play.heartbeat_interval_seconds,
        is_live: true,
        ..pb::PlayResponse::default()
    }
}
