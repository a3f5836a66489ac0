//! Every change of the catalogue, as a stream that is taken up where it broke off (journey A4).

use bytes::Bytes;
use futures::{TryStreamExt as _, stream};
use prost::Message as _;
use sv_kernel::{Ctx, Error, Event as _, Result};
use sv_proto::{
    common::CommonReason,
    content::{ContentChanged, ContentReason, WatchContentRequest, WatchContentResponse},
    convert::timestamp,
};
use sv_rpc::handler::{Answers, framed};
use sv_store::feed::{Change, Follower, Lost, Step};

use super::App;

impl App {
    /// Tells of changes from behind a position on, or from now on.
    pub(crate) async fn watch(
        &self,
        ctx: &Ctx,
        request: &WatchContentRequest,
    ) -> Result<Answers<WatchContentResponse>> {
        let after = match request.after.as_str() {
            "" => None,
            token => Some(read(token)?),
        };
        let topic = ContentChanged::TOPIC;
        let follower = self.feed.follow(topic, &ctx.tenant, after).await;
        let steps = stream::try_unfold(follower.map_err(lost)?, |mut follower: Follower| async {
            let step = follower.next().await.map_err(lost)?;
            Ok::<_, Error>(Some((stream::iter(messages(&step)), follower)))
        });
        Ok(Answers::framed(steps.try_flatten()))
    }
}

/// Returns the messages of a step; where nothing has changed, one that says how far the stream is.
fn messages(step: &Step) -> Vec<Result<Bytes>> {
    if step.changes.is_empty() {
        let reached = WatchContentResponse {
            position: step.position.to_string(),
            ..Default::default()
        };
        return vec![Ok(framed(&reached))];
    }
    // Written once for all who follow: each change may have thousands of readers.
    let written = |change: &Change| Ok(framed(&message(change)?));
    let changes = step.changes.iter();
    changes.map(|change| change.told(written)).collect()
}

fn message(change: &Change) -> Result<WatchContentResponse> {
    let event = change.payload.as_deref().map(ContentChanged::decode);
    let event = event.transpose();
    let event = event.map_err(|cause| Error::from(CommonReason::Internal).because(cause))?;
    Ok(WatchContentResponse {
        position: change.position.to_string(),
        id: change.key.clone(),
        version: i32::try_from(change.version).unwrap_or(i32::MAX),
        content: event.and_then(|event| event.content),
        change_time: Some(timestamp(change.at)),
    })
}

/// Reads a position that a message has told. Nothing else is one, and none is negative.
fn read(token: &str) -> Result<i64> {
    let position = token.parse().ok().filter(|position| *position >= 0_i64);
    position.ok_or_else(|| ContentReason::PositionUnknown.into())
}

fn lost(lost: Lost) -> Error {
    match lost {
        Lost::Position => ContentReason::PositionUnknown.into(),
        Lost::Store(error) => error.into(),
    }
}
