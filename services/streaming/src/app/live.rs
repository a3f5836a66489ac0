//! Plays channels: rights first, then a title over and over (STRM-10), or the stream that is made elsewhere
//! (PLAY-2, LIVE-6, MESH-9).

use std::{sync::Arc, time::Duration};

use sv_kernel::{Ctx, Result};
use sv_proto::{
    content::{BatchGetContentsRequest, ContentStatus},
    convert::instant,
    livetv::{BatchGetChannelsRequest, Channel},
    streaming::StreamingReason,
    titles,
};
use sv_rpc::{call, error};
use uuid::Uuid;

use super::{
    App, device, login_ends, named_device,
    play::{denied, id_of, is_absent, most_lines},
    sessions::viewer,
    slots::Wish,
};
use crate::{
    domain::{self, LivePlay, Published, SessionKey},
    token::{Grant, expiry},
};

impl App {
    /// Starts playback of a channel, or goes on with the session that runs.
    ///
    /// Fails with `CHANNEL_NOT_FOUND`, `ACCESS_DENIED`, `CHANNEL_OFF_AIR`, `CHANNEL_NOT_READY` and
    /// `STREAM_LIMIT`.
    pub(crate) async fn play_live(&self, ctx: &Ctx, id: Uuid) -> Result<LivePlay> {
        let viewer = viewer(ctx)?;
        let (profile, channel) =
            tokio::try_join!(self.profile(ctx, viewer), self.channel(ctx, id))?;
        let profile_id = id_of(&profile)?;
        let decision = self.decide(ctx, viewer, profile_id, id).await?;
        if is_absent(&decision) {
            return Err(StreamingReason::ChannelNotFound.into());
        }
        if !decision.allowed {
            return Err(denied(&decision));
        }
        if !channel.is_live {
            return Err(StreamingReason::ChannelOffAir.into());
        }
        let looped = self.looped(ctx, &channel).await?;
        if channel.stream_url.is_empty() && looped.is_none() {
            return Err(StreamingReason::ChannelNotReady.into());
        }
        let entitled_until = decision.expire_time.map(instant);
        let ends = [entitled_until, login_ends(ctx, viewer)];
        let expires_at = expiry(ctx.now(), ends.into_iter().flatten(), Duration::ZERO);
        let key = SessionKey {
            user: viewer.user.uuid(),
            profile: profile_id,
            device: device(ctx, viewer),
            content: id,
        };
        let named = named_device(ctx);
        let wish = Wish {
            key: &key,
            login: viewer.session,
            named: named.is_some(),
            device_name: &domain::device::name(named, ctx.agent.as_deref()),
            profile_name: &profile.name,
            for_child: profile.is_kids,
            title: &channel.name,
            place: None,
            is_live: true,
            length: Duration::ZERO,
            credits: None,
            resume: Duration::ZERO,
            generation: looped
                .as_ref()
                .map_or("", |looped| looped.media.generation()),
            until: expires_at,
            max_streams: self.max_streams(&decision),
        };
        let session = self.take_stream(ctx, &wish).await?;
        let address = match looped {
            None => {
                // Whoever serves it goes by the time of day.
                let expires_at = expires_at - ctx.clock.ahead();
                self.signing.sign(&channel.stream_url, expires_at)
            }
            Some(looped) => {
                let token = self.keys.ring().sign(&Grant {
                    session,
                    login: viewer.session,
                    tenant: ctx.tenant.clone(),
                    content_id: id.to_string(),
                    looped: looped.media.content_id.parse().ok(),
                    generation: looped.media.generation().to_owned(),
                    most_lines: most_lines(decision.max_quality()),
                    expires_at,
                })?;
                format!("/stream/live/{id}/master.m3u8?token={token}")
            }
        };
        Ok(LivePlay {
            session,
            address,
            channel: id,
            name: channel.name,
            logo: channel.logo_url,
            expires_at,
        })
    }

    /// Finds what is packaged of the title that a channel plays over and over, if the title itself is shown
    /// where the viewer is.
    async fn looped(&self, ctx: &Ctx, channel: &Channel) -> Result<Option<Arc<Published>>> {
        let Ok(title) = channel.loop_content_id.parse() else {
            return Ok(None);
        };
        let request = BatchGetContentsRequest {
            ids: vec![channel.loop_content_id.clone()],
        };
        let mut content = self.content.clone();
        let answer = content.batch_get_contents(call(ctx, request));
        let contents = answer.await.map_err(error)?.into_inner().contents;
        let is_shown = |content| titles::is_shown_in(content, ctx.whereabouts, ctx.now());
        if !contents.iter().any(is_shown) {
            return Ok(None);
        }
        self.library.current(&ctx.tenant, title).await
    }

    /// Finds a published channel, with its stream.
    async fn channel(&self, ctx: &Ctx, id: Uuid) -> Result<Channel> {
        let request = BatchGetChannelsRequest {
            ids: vec![id.to_string()],
        };
        let mut livetv = self.livetv.clone();
        let answer = livetv.batch_get_channels(call(ctx, request));
        let channels = answer.await.map_err(error)?.into_inner().channels;
        channels
            .into_iter()
            .next()
            .filter(|channel| channel.status() == ContentStatus::Published)
            .ok_or_else(|| StreamingReason::ChannelNotFound.into())
    }
}
