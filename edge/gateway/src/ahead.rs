//! Answers of one message to calls of gRPC, taken from the service before their clients take them: one who takes his
//! answer slowly, or never, holds no place on the connection to the service, which all share.

use std::{
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use bytes::Bytes;
use http::{Response, header};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tokio::time::Instant;
use tonic::{Status, body::Body};

use crate::{
    answer_limit::AnswerShare,
    deadline::{Timed, in_time},
    failure::{Failure, log_unreachable},
    stream_limit::CallPermit,
};

/// Takes an answer as far as there is room for it: to its end, but for a caller who leaves many large ones untaken. What
/// is left of such a one waits for its client, and is a stream of the caller's until then.
pub(crate) async fn taken(
    answer: Response<Body>,
    upstream: &str,
    until: Option<Instant>,
    share: AnswerShare,
    permit: CallPermit,
) -> Result<Response<Body>, Failure> {
    let (mut head, mut body) = answer.into_parts();
    let mut frames = Vec::new();
    let mut rest = None;
    while let Some(frame) = in_time(until, async { Ok(body.frame().await) }).await? {
        let frame = frame.map_err(|status| {
            log_unreachable(upstream, &status);
            Failure::from(status)
        })?;
        let length = frame.data_ref().map_or(0, Bytes::len) + size_of::<Frame<Bytes>>();
        frames.push(frame);
        if share.add(length).is_err() {
            let body = match until {
                Some(until) => Body::new(Timed::new(body, until)),
                None => body,
            };
            // It may end before what its headers say.
            head.headers.remove(header::CONTENT_LENGTH);
            rest = Some((body, permit.into_stream()?));
            break;
        }
    }
    let body = Taken {
        frames: frames.into_iter(),
        rest,
        _share: share,
    };
    Ok(Response::from_parts(head, Body::new(body)))
}

/// What was taken of an answer, and the rest of it.
struct Taken {
    frames: vec::IntoIter<Frame<Bytes>>,
    rest: Option<(Body, CallPermit)>,
    /// Counts the bytes until the client has them.
    _share: AnswerShare,
}

impl http_body::Body for Taken {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if let Some(frame) = this.frames.next() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match &mut this.rest {
            Some((body, _)) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        let rest = self.rest.as_ref();
        self.frames.as_slice().is_empty() && rest.is_none_or(|(body, _)| body.is_end_stream())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::stream;
    use http_body_util::StreamBody;

    use super::*;
    use crate::{
        answer_limit::AnswerLimit,
        stream_limit::{Caller, StreamLimit},
    };

    fn answer() -> Response<Body> {
        let frames = [1, 2, 3].map(|byte| Ok::<_, Status>(Frame::data(vec![byte; 40_000].into())));
        Response::new(Body::new(StreamBody::new(stream::iter(frames))))
    }

    #[tokio::test]
    async fn frames_that_hold_nothing_count_too() {
        let caller = Caller::at([10, 0, 0, 1].into());
        let (answers, streams) = (AnswerLimit::new(0), StreamLimit::new(1, 2));
        let permit = streams.take_call(&caller, &"one".into()).await.unwrap();
        let empty = stream::repeat_with(|| Ok::<_, Status>(Frame::data(Bytes::new())));
        let endless = Response::new(Body::new(StreamBody::new(empty)));
        let until = Some(Instant::now() + Duration::from_mins(1));
        let ahead = taken(endless, "one", until, answers.share(caller), permit);
        let answer = ahead.await.unwrap().into_body();
        assert!(
            !http_body::Body::is_end_stream(&answer),
            "its rest is a stream"
        );
    }

    #[tokio::test]
    async fn what_finds_no_room_is_a_stream_of_the_caller_until_it_is_taken() {
        let caller = Caller::at([10, 0, 0, 1].into());
        let (answers, streams) = (AnswerLimit::new(0), StreamLimit::new(1, 2));
        let service = "one".into();
        let permit = || streams.take_call(&caller, &service);
        let stream = || streams.take_stream(&caller, &service);
        let until = Some(Instant::now() + Duration::from_mins(1));
        let share = || answers.share(caller.clone());
        // While there is room nothing else is needed.
        let busy = stream().await.unwrap();
        let permit_of_whole = permit().await.unwrap();
        let whole = taken(answer(), "one", until, share(), permit_of_whole)
            .await
            .unwrap();
        drop(busy);
        let full = share();
        while full.add(1 << 20).is_ok() {}
        let permit_of_half = permit().await.unwrap();
        let half = taken(answer(), "one", until, share(), permit_of_half)
            .await
            .unwrap();
        assert!(stream().await.is_err(), "it is the only one");
        let one_more = permit().await.unwrap();
        let refused = taken(answer(), "one", until, share(), one_more).await;
        assert_eq!(refused.unwrap_err().name(), "RESOURCE_EXHAUSTED");
        for answer in [whole, half] {
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            assert_eq!((body.len(), body[0], body[119_999]), (120_000, 1, 3));
        }
        assert!(stream().await.is_ok());
    }
}
