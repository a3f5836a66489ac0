//! A request's body: its bytes keep coming while they are waited for.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Sleep, sleep};
use tonic::Status;

/// A body that fails when nothing of it arrives for too long.
#[derive(Debug)]
pub(crate) struct Arriving {
    inner: Incoming,
    patience: Duration,
    due: Option<Pin<Box<Sleep>>>,
}

impl Arriving {
    pub(crate) const fn new(inner: Incoming, patience: Duration) -> Self {
        Self {
            inner,
            patience,
            due: None,
        }
    }
}

impl http_body::Body for Arriving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) {
            this.due = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(broken)));
        }
        let patience = this.patience;
        let due = this.due.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(due.as_mut().poll(cx));
        Poll::Ready(Some(Err(broken("the body did not arrive in time"))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The status of a body that breaks off; readers tell their callers in words of their own.
fn broken(cause: impl std::fmt::Display) -> Status {
    Status::cancelled(cause.to_string())
}
