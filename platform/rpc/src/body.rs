//! A body under watch: its time, the size of its messages, its panics, and how it ends.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body::{Frame, SizeHint};
use sv_kernel::Error;
use sv_proto::common::CommonReason;
use tokio::time::{Sleep, sleep, sleep_until};
use tonic::{Code, Status, body::Body};

use crate::{
    frame::{Sizer, too_large},
    policy::LARGEST_MESSAGE,
    status::{end_code, status},
};

/// Hears how an answer ended.
pub(crate) type OnEnd = Box<dyn FnOnce(Code) + Send>;

/// Why a stream ends though what it tells of does not; `why` of `STREAM_ENDED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The process is about to go.
    Draining,
    /// Nothing happened for long.
    Idle,
    /// It lasted long enough.
    Age,
}

impl Why {
    /// Returns what the caller is told.
    pub fn error(self) -> Error {
        let why = match self {
            Self::Draining => "draining",
            Self::Idle => "idle",
            Self::Age => "age",
        };
        let ended = Error::from(CommonReason::StreamEnded).with("why", why);
        ended.retry_after(Duration::from_secs(1))
    }
}

/// What else may end a body than itself.
#[derive(Default)]
pub(crate) struct Ends {
    /// The caller's patience.
    pub(crate) deadline: Option<Instant>,
    /// The longest that it lasts.
    pub(crate) age: Option<Instant>,
    /// The longest silence.
    pub(crate) idle: Option<Duration>,
    /// Anything else, with what the caller is told.
    pub(crate) told: Option<BoxFuture<'static, Error>>,
}

/// How long a method is silent. It counts only while it is waited for.
struct Silence {
    longest: Duration,
    over: Pin<Box<Sleep>>,
    waits: bool,
}

impl Silence {
    fn of(longest: Duration) -> Self {
        Self {
            longest,
            over: Box::pin(sleep(longest)),
            waits: false,
        }
    }

    /// Hears that the method has nothing to say now.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.waits {
            self.waits = true;
            let over = tokio::time::Instant::now() + self.longest;
            self.over.as_mut().reset(over);
        }
        self.over.as_mut().poll(cx).is_ready()
    }
}

/// An answer's body. Whatever goes wrong becomes trailers, never a torn connection.
pub(crate) struct Watched {
    inner: Body,
    sizer: Sizer,
    limit: usize,
    ends: Vec<BoxFuture<'static, Error>>,
    idle: Option<Silence>,
    on_end: Option<OnEnd>,
    ended: bool,
}

impl Watched {
    pub(crate) fn new(inner: Body, limit: usize, ends: Ends, on_end: OnEnd) -> Self {
        let at = |at: Option<Instant>, error: fn() -> Error| {
            at.map(|at| -> BoxFuture<'static, Error> {
                Box::pin(async move {
                    sleep_until(at.into()).await;
                    error()
                })
            })
        };
        let all = [
            ends.told,
            at(ends.deadline, || CommonReason::DeadlineExceeded.into()),
            at(ends.age, || Why::Age.error()),
        ];
        Self {
            inner,
            sizer: Sizer::new(limit),
            limit,
            ends: all.into_iter().flatten().collect(),
            idle: ends.idle.map(Silence::of),
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
        self.ends.clear();
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
        let mut ends = this.ends.iter_mut();
        let ended = ends.find_map(|end| match end.as_mut().poll(cx) {
            Poll::Ready(error) => Some(error),
            Poll::Pending => None,
        });
        if let Some(error) = ended {
            return this.fail(&status(error));
        }
        let polled = catch_unwind(AssertUnwindSafe(|| {
            Pin::new(&mut this.inner).poll_frame(cx)
        }));
        match polled {
            Err(_) => this.fail(&status(panicked())),
            // Silence is the method's only: who does not read is not told that nothing happened.
            Ok(Poll::Pending) => {
                let idle = this.idle.as_mut();
                if idle.is_some_and(|silence| silence.is_over(cx)) {
                    return this.fail(&status(Why::Idle.error()));
                }
                Poll::Pending
            }
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
                if let Some(silence) = &mut this.idle {
                    silence.waits = false;
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

/// Ends a stream early when a future says so, with what its caller is told.
pub fn until(body: Body, told: BoxFuture<'static, Error>) -> Body {
    let ends = Ends {
        told: Some(told),
        ..Ends::default()
    };
    Body::new(Watched::new(body, LARGEST_MESSAGE, ends, Box::new(|_| {})))
}

/// The error of a method that panicked; the panic hook has printed where.
pub(crate) fn panicked() -> Error {
    Error::from(CommonReason::Internal).because("the method panicked")
}
