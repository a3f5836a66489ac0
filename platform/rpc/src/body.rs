//! A body under watch: its time, the size of its messages, its panics, and how it ends.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use http_body::{Frame, SizeHint};
use sv_kernel::Error;
use sv_proto::common::CommonReason;
use tokio::time::{Instant, Sleep, sleep_until};
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
    pub(crate) deadline: Option<std::time::Instant>,
    /// The longest that it lasts.
    pub(crate) age: Option<std::time::Instant>,
    /// The longest silence.
    pub(crate) idle: Option<Duration>,
    /// Anything else, with what the caller is told.
    pub(crate) told: Option<BoxFuture<'static, Error>>,
}

/// What is waited for beside the answer.
enum Beside {
    Told(BoxFuture<'static, Error>),
    Due(Pin<Box<Sleep>>),
}

/// What was waited for has come.
enum News {
    Told(Error),
    /// Some time is over, or may be.
    Due,
}

impl Future for Beside {
    type Output = News;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<News> {
        match &mut *self {
            Self::Told(told) => told.as_mut().poll(cx).map(News::Told),
            Self::Due(sleep) => sleep.as_mut().poll(cx).map(|()| News::Due),
        }
    }
}

/// How long a method is silent. It counts only while it is waited for.
struct Silence {
    longest: Duration,
    since: Option<Instant>,
    /// Whether it may have been too long.
    suspected: bool,
}

impl Silence {
    /// Is looked at when the method has nothing to say now; says whether that has been so for too long.
    fn is_over(&mut self) -> bool {
        let since = *self.since.get_or_insert_with(Instant::now);
        mem::take(&mut self.suspected) && since + self.longest <= Instant::now()
    }

    /// Is looked at next time when the method is; returns when it has to be again.
    fn suspect(&mut self, now: Instant) -> Instant {
        self.suspected = true;
        let later = self.since.filter(|since| *since + self.longest > now);
        later.unwrap_or(now) + self.longest
    }
}

/// An answer's body. Whatever goes wrong becomes trailers, never a torn connection.
pub(crate) struct Watched {
    inner: Body,
    sizer: Sizer,
    limit: usize,
    /// What may end it. Each is polled when it has something to say, not with each message.
    beside: FuturesUnordered<Beside>,
    deadline: Option<Instant>,
    age: Option<Instant>,
    idle: Option<Silence>,
    on_end: Option<OnEnd>,
    ended: bool,
}

impl Watched {
    pub(crate) fn new(inner: Body, limit: usize, ends: Ends, on_end: OnEnd) -> Self {
        let mut beside = FuturesUnordered::new();
        beside.extend(ends.told.map(Beside::Told));
        let idle = ends.idle.map(|longest| Silence {
            longest,
            since: None,
            suspected: false,
        });
        let this = Self {
            inner,
            sizer: Sizer::new(limit),
            limit,
            beside,
            deadline: ends.deadline.map(Instant::from),
            age: ends.age.map(Instant::from),
            idle,
            on_end: Some(on_end),
            ended: false,
        };
        this.wake_at(ends.idle.map(|longest| Instant::now() + longest));
        this
    }

    /// Waits for whatever is over first. One timer does for all: it is not set again with each message.
    fn wake_at(&self, silence: Option<Instant>) {
        let all = [self.deadline, self.age, silence];
        if let Some(first) = all.into_iter().flatten().min() {
            self.beside.push(Beside::Due(Box::pin(sleep_until(first))));
        }
    }

    /// Returns what the answer ends with before its time.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Option<Error> {
        while let Poll::Ready(Some(news)) = self.beside.poll_next_unpin(cx) {
            match news {
                News::Told(error) => return Some(error),
                News::Due => {
                    let now = Instant::now();
                    let over = |at: Option<Instant>| at.is_some_and(|at| at <= now);
                    if over(self.deadline) {
                        return Some(CommonReason::DeadlineExceeded.into());
                    }
                    if over(self.age) {
                        return Some(Why::Age.error());
                    }
                    let silence = self.idle.as_mut().map(|silence| silence.suspect(now));
                    self.wake_at(silence);
                }
            }
        }
        None
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
        self.beside.clear();
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
        if let Some(error) = this.poll_end(cx) {
            return this.fail(&status(error));
        }
        let polled = catch_unwind(AssertUnwindSafe(|| {
            Pin::new(&mut this.inner).poll_frame(cx)
        }));
        match polled {
            Err(_) => this.fail(&status(panicked())),
            // Silence is the method's only: who does not read is not told that nothing happened.
            Ok(Poll::Pending) => {
                if this.idle.as_mut().is_some_and(Silence::is_over) {
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
                    silence.since = None;
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

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body_util::{BodyExt as _, StreamBody};
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_comes_late_to_be_read_is_not_silence() {
        let idle = Duration::from_millis(50);
        let (say, mut said) = mpsc::unbounded_channel();
        let frames = stream::poll_fn(move |cx| said.poll_recv(cx));
        let inner =
            Body::new(StreamBody::new(frames.map(|data| {
                Ok::<_, Status>(Frame::data(Bytes::from_static(data)))
            })));
        let ends = Ends {
            idle: Some(idle),
            ..Ends::default()
        };
        let mut body = Watched::new(inner, LARGEST_MESSAGE, ends, Box::new(|_| {}));
        assert!(futures::poll!(body.frame()).is_pending());
        // The process has no time for it meanwhile.
        std::thread::sleep(idle * 2);
        say.send(b"\0\0\0\0\0").unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(body.frame().await.unwrap().unwrap().is_data());
        let begun = Instant::now();
        let end = body.frame().await.unwrap().unwrap();
        assert_eq!(
            end_code(end.trailers_ref().unwrap()),
            Some(Code::Unavailable)
        );
        assert!(begun.elapsed() >= idle);
    }
}
