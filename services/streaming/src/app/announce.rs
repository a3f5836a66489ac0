//! What streaming tells others: how playback goes (EVT-3, ANA-8).

use sv_kernel::Ctx;
use sv_proto::{
    convert::timestamp,
    streaming::{PlaybackEvent, PlaybackEventType, StopReason},
};
use sv_store::{StoreError, Tx, outbox};

use crate::domain::{End, Session};

/// Tells what happened to a session, by its account: events of one arrive in order (EVT-8).
pub(crate) async fn playback(
    tx: &Tx,
    ctx: &Ctx,
    session: &Session,
    happened: PlaybackEventType,
) -> Result<(), StoreError> {
    let why = session
        .ended
        .map_or(StopReason::Unspecified, |(_, why)| why.into());
    let event = PlaybackEvent {
        r#type: happened.into(),
        session_id: session.id.to_string(),
        user_id: session.key.user.to_string(),
        profile_id: session.key.profile.to_string(),
        content_id: session.key.content.to_string(),
        is_live: session.is_live,
        device: session.key.device.clone(),
        position_seconds: session.position.as_secs_f64(),
        duration_seconds: session.length.as_secs_f64(),
        quality: session.quality.clone(),
        buffer_seconds: session.buffer.as_secs_f64(),
        rate: f64::from(session.rate_milli) / 1_000.0,
        time: Some(timestamp(ctx.now())),
        start_time: Some(timestamp(session.started_at)),
        stop_reason: why.into(),
        series_id: session
            .place
            .map_or_else(String::new, |place| place.series.to_string()),
    };
    let account = event.user_id.clone();
    outbox::append_as(tx, ctx, account, ctx.now().micros(), &event).await
}

impl From<End> for StopReason {
    fn from(why: End) -> Self {
        match why {
            End::Stopped => Self::Stopped,
            End::Completed => Self::Completed,
            End::Replaced => Self::Replaced,
            End::AccessEnded => Self::AccessEnded,
            End::StreamLimit => Self::StreamLimit,
            End::Expired => Self::Expired,
        }
    }
}
