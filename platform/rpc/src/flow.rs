//! The body of an answer of many messages: frames as they come, and the status at the end.
//!
//! It takes frames that are written already, so that of what thousands are told the bytes are there once.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, stream::BoxStream};
use http::HeaderMap;
use http_body::Frame;
use sv_kernel::Result;
use tonic::Status;

use crate::status::status;

/// The bytes of messages that are there at the same moment and go as one piece.
const TOGETHER: usize = 32 * 1024;

/// Messages in their frames.
pub(crate) type Frames = BoxStream<'static, Result<Bytes>>;

pub(crate) struct Flow {
    at: At,
}

enum At {
    Middle(Frames),
    /// Nothing is left but the status.
    End(Status),
    Over,
}

impl Flow {
    pub(crate) fn new(frames: Frames) -> Self {
        let at = At::Middle(frames);
        Self { at }
    }

    /// Gathers what is there; the status is kept until that is taken.
    fn gather(&mut self, cx: &mut Context<'_>) -> Bytes {
        let (mut one, mut many) = (Bytes::new(), BytesMut::new());
        while let At::Middle(frames) = &mut self.at {
            match frames.poll_next_unpin(cx) {
                Poll::Pending => break,
                Poll::Ready(Some(Ok(frame))) if one.is_empty() => one = frame,
                Poll::Ready(Some(Ok(frame))) => {
                    if many.is_empty() {
                        many.extend_from_slice(&one);
                    }
                    many.extend_from_slice(&frame);
                }
                Poll::Ready(Some(Err(error))) => self.at = At::End(status(error)),
                Poll::Ready(None) => self.at = At::End(Status::ok("")),
            }
            if one.len().max(many.len()) >= TOGETHER {
                break;
            }
        }
        if many.is_empty() { one } else { many.freeze() }
    }
}

impl http_body::Body for Flow {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let gathered = self.gather(cx);
        if !gathered.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(gathered))));
        }
        if matches!(self.at, At::Middle(_)) {
            return Poll::Pending;
        }
        let At::End(status) = mem::replace(&mut self.at, At::Over) else {
            return Poll::Ready(None);
        };
        let mut trailers = HeaderMap::new();
        let written = status.add_header(&mut trailers);
        Poll::Ready(Some(written.map(|()| Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.at, At::Over)
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body_util::BodyExt as _;
    use sv_proto::common::CommonReason;
    use tonic::{Code, body::Body};

    use super::*;
    use crate::status::end_code;

    async fn pieces(mut body: Body) -> (Vec<Bytes>, Code) {
        let mut pieces = Vec::new();
        loop {
            match body.frame().await.unwrap().unwrap().into_data() {
                Ok(piece) => pieces.push(piece),
                Err(end) => {
                    let code = end_code(end.trailers_ref().unwrap()).unwrap();
                    assert!(body.frame().await.is_none());
                    return (pieces, code);
                }
            }
        }
    }

    fn body(frames: impl futures::Stream<Item = Result<Bytes>> + Send + 'static) -> Body {
        Body::new(Flow::new(frames.boxed()))
    }

    #[tokio::test]
    async fn what_is_there_goes_together_up_to_its_bound_and_one_message_is_not_copied() {
        let frame = Bytes::from(vec![7; 1000]);
        let hundred = vec![frame.clone(); 100];
        let (sent, code) = pieces(body(stream::iter(hundred.into_iter().map(Ok)))).await;
        assert_eq!(code, Code::Ok);
        assert_eq!(sent.iter().map(Bytes::len).sum::<usize>(), 100_000);
        assert_eq!(sent.len(), 4);
        assert!(sent.iter().all(|piece| piece.len() < TOGETHER + 1000));

        let (sent, _) = pieces(body(stream::iter([Ok(frame.clone())]))).await;
        assert_eq!((sent.len(), sent[0].as_ptr()), (1, frame.as_ptr()));
    }

    #[tokio::test]
    async fn what_came_before_a_failure_goes_before_it() {
        let failure = Err(CommonReason::Overloaded.into());
        let frames = stream::iter([Ok(Bytes::from("one")), failure, Ok(Bytes::from("two"))]);
        let (sent, code) = pieces(body(frames)).await;
        assert_eq!(sent, ["one"]);
        assert_eq!(code, Code::ResourceExhausted);
        let (sent, code) = pieces(body(stream::empty())).await;
        assert!(sent.is_empty());
        assert_eq!(code, Code::Ok);
    }
}
