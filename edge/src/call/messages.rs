//! The messages of a stream of answers, one after the other.

use std::mem;

use bytes::{Buf as _, Bytes, BytesMut};
use futures::{Stream, stream};
use http_body_util::BodyExt as _;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use tonic::{Code, Status, body::Body};

use super::{PREFIX, broken, prefix};

/// What a service answers with, message by message.
#[derive(Debug)]
pub(crate) struct Messages {
    body: Body,
    /// What arrived last, from the beginning of a message on. Within the process that is the message, which is not copied.
    arrived: Bytes,
    /// The beginning of a message that comes in parts.
    part: BytesMut,
    /// The largest message in bytes.
    limit: usize,
    ended: bool,
}

impl Messages {
    pub(super) fn new(body: Body, limit: usize) -> Self {
        Self {
            body,
            arrived: Bytes::new(),
            part: BytesMut::new(),
            limit,
            ended: false,
        }
    }

    /// Returns them as a stream, which ends with the first failure.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Result<Bytes>> + Send {
        stream::unfold(Some(self), |messages| async {
            let mut messages = messages?;
            match messages.next().await {
                Ok(None) => None,
                Ok(Some(message)) => Some((Ok(message), Some(messages))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    /// Waits for the next message; none comes after the end. Given up, nothing is lost.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(message) = self.take()? {
                return Ok(Some(message));
            }
            if self.ended {
                return Ok(None);
            }
            let Some(frame) = self.body.frame().await else {
                // A stream says how it ends; one that does not was torn.
                let torn = "a stream broke off without a status";
                return Err(Error::from(CommonReason::Unavailable).because(torn));
            };
            match frame.map_err(sv_rpc::error)?.into_data() {
                Ok(data) if self.part.is_empty() && self.arrived.is_empty() => self.arrived = data,
                Ok(data) => {
                    // After this, all of it lies in one place.
                    self.part.extend_from_slice(&mem::take(&mut self.arrived));
                    self.part.extend_from_slice(&data);
                }
                Err(frame) => {
                    self.ended = true;
                    let trailers = frame.into_trailers().unwrap_or_default();
                    if let Some(status) = Status::from_header_map(&trailers)
                        && status.code() != Code::Ok
                    {
                        return Err(sv_rpc::error(status));
                    }
                }
            }
        }
    }

    /// Takes a whole message off what has arrived.
    fn take(&mut self) -> Result<Option<Bytes>> {
        let in_parts = !self.part.is_empty();
        let bytes: &[u8] = if in_parts { &self.part } else { &self.arrived };
        let Some((flag, length)) = prefix(bytes) else {
            return Ok(None);
        };
        if flag != 0 {
            return Err(broken("an answer is compressed, which was not offered"));
        }
        if length > self.limit {
            return Err(broken("an answer is larger than edge.max_response_bytes"));
        }
        if bytes.len() < PREFIX + length {
            return Ok(None);
        }
        Ok(Some(if in_parts {
            self.part.advance(PREFIX);
            self.part.split_to(length).freeze()
        } else {
            self.arrived.advance(PREFIX);
            self.arrived.split_to(length)
        }))
    }
}
