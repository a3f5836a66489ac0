//! Requests that are streams: each message is bounded and checked before the method sees it.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::{Buf as _, Bytes, BytesMut};
use http_body::Frame;
use tonic::{Status, body::Body};

use crate::{
    frame::{PREFIX, one_message},
    policy::MethodPolicy,
    status::status,
};

/// A stream of requests, handed on message by message.
pub(super) struct Checked {
    inner: Body,
    policy: Arc<MethodPolicy>,
    gzip: bool,
    buffer: BytesMut,
    /// How many messages came.
    count: u64,
    ended: bool,
}

impl Checked {
    pub(super) fn new(inner: Body, policy: Arc<MethodPolicy>, gzip: bool) -> Self {
        Self {
            inner,
            policy,
            gzip,
            buffer: BytesMut::new(),
            count: 0,
            ended: false,
        }
    }

    /// Takes the next whole message off the buffer, without compression.
    fn next_message(&mut self) -> Option<Result<Bytes, Status>> {
        let limit = self.policy.max_request_bytes;
        let mut length = self.buffer.get(1..PREFIX)?;
        let length = usize::try_from(length.get_u32()).unwrap_or(usize::MAX);
        if length > limit {
            return Some(Err(status(crate::frame::too_large(limit))));
        }
        if self.buffer.len() < PREFIX + length {
            return None;
        }
        let framed = self.buffer.split_to(PREFIX + length).freeze();
        self.count += 1;
        let checked = one_message(framed, self.gzip, limit)
            .and_then(|(message, framed)| self.policy.input.check(&message).map(|()| framed));
        Some(checked.map_err(|refusal| status(refusal.with("message", self.count))))
    }
}

impl http_body::Body for Checked {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        loop {
            if self.ended {
                return Poll::Ready(None);
            }
            if let Some(message) = self.next_message() {
                self.ended = message.is_err();
                return Poll::Ready(Some(message.map(Frame::data)));
            }
            match Pin::new(&mut self.inner).poll_frame(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => {
                    self.ended = true;
                    // A message that breaks off is for the decoder to refuse.
                    let rest = self.buffer.split().freeze();
                    return Poll::Ready((!rest.is_empty()).then(|| Ok(Frame::data(rest))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}
