//! A request's body: its bytes keep coming while they are waited for, and what nobody read of it is out of the way
//! before the connection is used again.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Sleep, sleep, timeout};
use tonic::Status;

/// The most bytes that are read of a body which nobody wants, and how long they are waited for. For more the
/// connection is not worth keeping.
const LEFT: u64 = 64 * 1024;
const LEFT_WITHIN: Duration = Duration::from_millis(250);

/// How long a request's body may be silent while it is waited for, in the extensions of the request. Who
/// answers may allow more, where it is a stream in which a caller says something now and then.
#[derive(Clone, Debug)]
pub struct Silence(Arc<AtomicU64>);

impl Silence {
    pub(crate) fn new(timeout: Duration) -> Self {
        let silence = Self(Arc::default());
        silence.allow(timeout);
        silence
    }

    /// Allows so long a silence, from the next on.
    pub fn allow(&self, timeout: Duration) {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.0.store(millis, Ordering::Relaxed);
    }

    fn allowed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// A body that fails when nothing of it arrives for too long.
#[derive(Debug)]
pub(crate) struct Arriving {
    inner: Option<Incoming>,
    rest: Rest,
    silence: Silence,
    due: Option<Pin<Box<Sleep>>>,
}

impl Arriving {
    pub(crate) fn new(inner: Incoming, silence: Silence) -> (Self, Rest) {
        let rest = Rest::default();
        let arriving = Self {
            inner: Some(inner),
            rest: rest.clone(),
            silence,
            due: None,
        };
        (arriving, rest)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.rest.put(self.inner.take());
    }
}

/// What is left of a body once its reader is done with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rest(Arc<Mutex<Option<Incoming>>>);

impl Rest {
    fn put(&self, body: Option<Incoming>) {
        let body = body.filter(|body| !body.is_end_stream());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body;
    }

    /// Reads what is left, so that the next request of the connection can be read; says whether it is out of the way.
    /// Without that hyper closes the connection after an answer that promised to keep it, and the client's next
    /// request is lost. A client that waits for leave to send its body gets none.
    pub(crate) async fn is_read(&self, waits: bool) -> bool {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = left else { return true };
        if waits || body.size_hint().lower() > LEFT {
            return false;
        }
        let read = async {
            let mut left = LEFT;
            while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                let Ok(frame) = frame else { return false };
                let more = frame.data_ref().map_or(0, |data| data.len() as u64);
                let Some(rest) = left.checked_sub(more) else {
                    return false;
                };
                left = rest;
            }
            true
        };
        timeout(LEFT_WITHIN, read).await.unwrap_or(false)
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
        let Some(inner) = &mut this.inner else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(frame) = Pin::new(inner).poll_frame(cx) {
            this.due = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(broken)));
        }
        let silence = &this.silence;
        let due = this
            .due
            .get_or_insert_with(|| Box::pin(sleep(silence.allowed())));
        ready!(due.as_mut().poll(cx));
        Poll::Ready(Some(Err(broken("the body did not arrive in time"))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.inner.as_ref();
        inner.map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

/// The status of a body that breaks off; readers tell their callers in words of their own.
fn broken(cause: impl std::fmt::Display) -> Status {
    Status::cancelled(cause.to_string())
}
