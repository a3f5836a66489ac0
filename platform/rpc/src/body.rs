//! A body under watch: its deadline, the size of its messages, its panics, and how it ends.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use sv_kernel::Error;
use sv_proto::common::CommonReason;
use tokio::time::Sleep;
use tonic::{Code, Status, body::Body};

use crate::{
    frame::{Sizer, too_large},
    status::{end_code, status},
};

/// Hears how an answer ended.
pub(crate) type OnEnd = Box<dyn FnOnce(Code) + Send>;

/// An answer's body. Whatever goes wrong becomes trailers, never a torn connection.
pub(crate) struct Watched {
    inner: Body,
    sizer: Sizer,
    limit: usize,
    deadline: Option<Pin<Box<Sleep>>>,
    on_end: Option<OnEnd>,
    ended: bool,
}

impl Watched {
    pub(crate) fn new(inner: Body, limit: usize, deadline: Option<Instant>, on_end: OnEnd) -> Self {
        Self {
            inner,
            sizer: Sizer::new(limit),
            limit,
            deadline: deadline.map(|at| Box::pin(tokio::time::sleep_until(at.into()))),
            on_end: Some(on_end),
            ended: false,
        }
    }

    fn end(&mut self, code: Code) {
        self.ended = true;
        if let Some(on_end) = self.on_end.take() {
            on_end(code);
        }
    }

    fn fail(&mut self, status: &Status) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.end(status.code());
        // Frees what the method holds.
        self.inner = Body::empty();
        let mut trailers = http::HeaderMap::new();
        Poll::Ready(Some(match status.add_header(&mut trailers) {
            Ok(()) => Ok(Frame::trailers(trailers)),
            Err(unwritable) => Err(unwritable),
        }))
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        if let Some(deadline) = &mut this.deadline
            && deadline.as_mut().poll(cx).is_ready()
        {
            return this.fail(&status(CommonReason::DeadlineExceeded.into()));
        }
        let polled = catch_unwind(AssertUnwindSafe(|| {
            Pin::new(&mut this.inner).poll_frame(cx)
        }));
        match polled {
            Err(_) => this.fail(&status(panicked())),
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(None)) => {
                this.end(Code::Ok);
                Poll::Ready(None)
            }
            Ok(Poll::Ready(Some(Err(error)))) => this.fail(&error),
            Ok(Poll::Ready(Some(Ok(frame)))) => {
                if let Some(data) = frame.data_ref()
                    && !this.sizer.accepts(data)
                {
                    return this.fail(&status(too_large(this.limit)));
                }
                if let Some(trailers) = frame.trailers_ref() {
                    this.end(end_code(trailers).unwrap_or(Code::Unknown));
                }
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

/// The error of a method that panicked; the panic hook has printed where.
pub(crate) fn panicked() -> Error {
    Error::from(CommonReason::Internal).because("the method panicked")
}
