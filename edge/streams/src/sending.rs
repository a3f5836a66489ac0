//! The body of a gRPC call that hands on messages as they come.

use std::task::Poll;

use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::sync::oneshot;
use tonic::{Status, body::Body};

/// Messages that are there at the same moment go as one frame of HTTP/2 up to about so many bytes: servers take many
/// small frames for an attack.
const TOGETHER: usize = 16 * 1024;

/// Tells why a call was broken off from this side.
#[derive(Debug)]
pub struct Broken<E>(oneshot::Receiver<E>);

impl<E> Broken<E> {
    /// Waits for the reason; for ever, where all messages went their way.
    pub async fn reason(self) -> E {
        told(self.0).await
    }

    /// Waits for an answer, unless the messages break off before it or at the same moment: what a service of this process
    /// says of a call that is being reset comes with the reset.
    pub async fn or<T>(mut self, answer: impl Future<Output = T>) -> Result<T, E> {
        let answer = tokio::select! {
            biased;
            reason = told(&mut self.0) => return Err(reason),
            answer = answer => answer,
        };
        match self.0.try_recv() {
            Ok(reason) => Err(reason),
            Err(_) => Ok(answer),
        }
    }
}

/// Waits for what is told; for ever, where nothing will be.
async fn told<E>(reason: impl Future<Output = Result<E, oneshot::error::RecvError>>) -> E {
    match reason.await {
        Ok(reason) => reason,
        Err(_) => std::future::pending().await,
    }
}

/// Makes the body of a call. Where a message cannot be had, the call is reset: its service must not take what came
/// before for everything.
pub fn sending<S, E>(messages: S) -> (Body, Broken<E>)
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let mut tell = Some(tell);
    let mut messages = Box::pin(messages.fuse());
    let mut broken = false;
    let frames = stream::poll_fn(move |cx| {
        let mut together = BytesMut::new();
        while !broken && together.len() < TOGETHER {
            match messages.as_mut().poll_next(cx) {
                Poll::Ready(Some(Ok(message))) => frame(&message, &mut together),
                Poll::Ready(Some(Err(reason))) => {
                    broken = true;
                    if let Some(tell) = tell.take() {
                        let _ = tell.send(reason);
                    }
                }
                Poll::Ready(None) if together.is_empty() => return Poll::Ready(None),
                Poll::Pending if together.is_empty() => return Poll::Pending,
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        Poll::Ready(Some(if together.is_empty() {
            Err(Status::cancelled("the caller's messages broke off"))
        } else {
            Ok(Frame::data(together.freeze()))
        }))
    });
    (Body::new(StreamBody::new(frames)), Broken(told))
}

/// Puts a message into its frame.
pub fn framed(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(5 + message.len());
    frame(message, &mut framed);
    framed.freeze()
}

fn frame(message: &[u8], out: &mut BytesMut) {
    out.reserve(5 + message.len());
    out.put_u8(0);
    out.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    out.extend_from_slice(message);
}
