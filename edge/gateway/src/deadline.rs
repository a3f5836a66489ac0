//! How long a call may take.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tonic::{Status, body::Body};

use crate::failure::Failure;

/// Waits for something until its time is over.
pub(crate) async fn in_time<T>(
    until: Option<Instant>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match until {
        Some(until) => timeout_at(until, work)
            .await
            .map_err(|_| Failure::time_is_over())?,
        None => work.await,
    }
}

/// The body of an answer to a gRPC call, which ends by `DEADLINE_EXCEEDED` where it has not ended in time. The service's
/// own is let go then.
#[derive(Debug)]
pub(crate) struct Timed {
    inner: Body,
    due: Pin<Box<Sleep>>,
    over: bool,
}

impl Timed {
    pub(crate) fn new(inner: Body, until: Instant) -> Self {
        Self {
            inner,
            due: Box::pin(sleep_until(until)),
            over: false,
        }
    }
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if this.over {
            return Poll::Ready(None);
        }
        // An answer that always has a little more is late, too.
        if this.due.as_mut().poll(cx).is_pending() {
            return Pin::new(&mut this.inner).poll_frame(cx);
        }
        this.over = true;
        this.inner = Body::empty();
        let mut trailers = HeaderMap::with_capacity(2);
        Poll::Ready(Some(
            Failure::time_is_over()
                .status()
                .add_header(&mut trailers)
                .map(|()| Frame::trailers(trailers)),
        ))
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.inner.is_end_stream()
    }

    /// Says nothing of its length, which it may not reach.
    fn size_hint(&self) -> SizeHint {
        SizeHint::new()
    }
}
