//! What live television tells others.

use std::time::Duration;

use prost::Message as _;
use sv_kernel::{Ctx, Timestamp};
use sv_ports::Topic;
use sv_proto::{
    convert::timestamp,
    livetv::{Channel, ChannelChanged, GuideChanged},
};
use sv_store::{StoreError, Tx, outbox};
use uuid::Uuid;

/// The topic that tells of every change of a channel: the whole channel and its version, or a tombstone.
pub const CHANNEL_CHANGED: &str = "livetv.channel.changed";

/// The topic that tells of every change of a channel's guide: from when until when.
pub const GUIDE_CHANGED: &str = "livetv.guide.changed";

/// How long it tells so.
const GUIDE_KEPT: Duration = Duration::from_hours(7 * 24);

/// The topics that this service writes.
pub(crate) fn topics() -> Vec<Topic> {
    vec![
        Topic::compacted(CHANNEL_CHANGED),
        Topic::retained(GUIDE_CHANGED, GUIDE_KEPT),
    ]
}

/// Tells of a changed guide.
pub(crate) async fn guide_changed(
    tx: &Tx,
    ctx: &Ctx,
    channel: Uuid,
    version: i64,
    (from, to): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let changed = GuideChanged {
        channel_id: channel.to_string(),
        version,
        from: Some(timestamp(from)),
        to: Some(timestamp(to)),
    };
    let event = outbox::Event {
        topic: GUIDE_CHANGED,
        key: channel.to_string(),
        version,
        payload: Some(changed.encode_to_vec()),
    };
    outbox::append(tx, ctx, event).await?;
    Ok(())
}

/// Tells of a changed channel: all of it, or a tombstone (C20).
pub(crate) async fn channel_changed(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    version: i32,
    channel: Option<Channel>,
) -> Result<(), StoreError> {
    let payload = channel.map(|channel| {
        let changed = ChannelChanged {
            channel_id: id.to_string(),
            version,
            channel: Some(channel),
        };
        changed.encode_to_vec()
    });
    let event = outbox::Event {
        topic: CHANNEL_CHANGED,
        key: id.to_string(),
        version: version.into(),
        payload,
    };
    outbox::append(tx, ctx, event).await?;
    Ok(())
}
