//! Calls that a service refuses unseen (`REFUSED_STREAM`, RFC 9113 section 8.7), which are safe to make again: once more
//! after a pause, as for a moment it had no place.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tokio::time::{Instant, sleep};
use tonic::{
    body::Body,
    transport::{Channel, Error as Unreached},
};
use tower::ServiceExt as _;

use crate::{metadata, refused::is_refused};

/// How long a service has to get a place free.
const PAUSE: Duration = Duration::from_millis(100);

/// The messages of a call, in their frames.
#[derive(Debug)]
pub(crate) enum Sent {
    /// All of them, which can be sent again.
    Whole(Bytes),
    /// As they come.
    Once(Body),
}

impl Default for Sent {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

/// Makes a call; where the service refuses it, and there is time, once more.
pub(crate) async fn send(
    channel: Channel,
    head: Request<()>,
    sent: Sent,
    until: Option<Instant>,
) -> Result<Response<Body>, Unreached> {
    let whole = match sent {
        Sent::Once(body) => return channel.oneshot(head.map(|()| body)).await,
        Sent::Whole(whole) => whole,
    };
    let body = |()| Body::new(Full::new(whole.clone()));
    let mut again = head.clone();
    let answered = channel.clone().oneshot(head.map(body)).await;
    let has_time = until.is_none_or(|until| until > Instant::now() + PAUSE);
    match answered {
        Err(cause) if has_time && is_refused(&cause) => sleep(PAUSE).await,
        answered => return answered,
    }
    let headers = again.headers_mut();
    if let Some(until) = until.filter(|_| headers.contains_key(metadata::TIMEOUT)) {
        metadata::tell_timeout(until.saturating_duration_since(Instant::now()), headers);
    }
    channel.oneshot(again.map(body)).await
}
