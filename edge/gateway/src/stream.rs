//! Answers of many messages: a line each, `{"result":…}`, and where it fails a last one, `{"error":…}`.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body::Frame;
use http_body_util::StreamBody;
use sv_rest::{HttpBody, Matched};
use tokio::time::{Instant, timeout_at};
use tonic::{Status, Streaming, body::Body};

use crate::{answer::content_type, failure::Failure, metadata, table::Table};

/// An answer under way.
struct Flow {
    table: Arc<Table>,
    /// The place of the binding in the plan.
    binding: usize,
    messages: Streaming<Bytes>,
    until: Option<Instant>,
    /// What was read to learn how the answer begins.
    first: Option<Bytes>,
    /// Whether messages are bytes of any type, which go out as they are.
    bytes: bool,
    ended: bool,
}

/// Answers with a stream, as soon as its first message is there: until then it can fail with a status.
pub(crate) async fn respond(
    table: &Arc<Table>,
    matched: &Matched<'_>,
    metadata: &HeaderMap,
    mut messages: Streaming<Bytes>,
    until: Option<Instant>,
) -> Result<Response<Body>, Failure> {
    let first = next(&mut messages, until).await?;
    let bytes = matched.answers_http_body();
    let mut headers = HeaderMap::with_capacity(8);
    metadata::answer(metadata, &mut headers);
    let kind = match &first {
        Some(first) if bytes => content_type(&matched.http_body(first)?),
        _ => HeaderValue::from_static("application/json"),
    };
    headers.insert(header::CONTENT_TYPE, kind);
    let flow = Flow {
        table: table.clone(),
        binding: matched.index(),
        messages,
        until,
        ended: first.is_none(),
        first,
        bytes,
    };
    let frames = stream::unfold(flow, |mut flow| async move {
        let piece = flow.piece().await?;
        Some((piece.map(Frame::data), flow))
    });
    let mut response = Response::new(Body::new(StreamBody::new(frames)));
    *response.headers_mut() = headers;
    Ok(response)
}

impl Flow {
    /// Returns the next piece of the answer.
    async fn piece(&mut self) -> Option<Result<Bytes, Status>> {
        if self.ended {
            return None;
        }
        let message = match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => next(&mut self.messages, self.until).await,
        };
        let written = match message {
            Ok(None) => return None,
            Ok(Some(message)) => self.write(&message),
            Err(failure) => Err(failure),
        };
        match written {
            Ok(piece) => Some(Ok(piece)),
            Err(failure) => {
                self.ended = true;
                // Bytes have no place for an error: they break off, so that nobody takes them for whole.
                Some(if self.bytes {
                    Err(Status::unavailable("the stream broke off"))
                } else {
                    Ok(failure.line(&self.table).into())
                })
            }
        }
    }

    fn write(&self, message: &[u8]) -> Result<Bytes, Failure> {
        if self.bytes {
            return Ok(HttpBody::read(message)?.data.into());
        }
        let mut line = br#"{"result":"#.to_vec();
        self.table
            .plan
            .write_json(self.binding, message, &mut line)?;
        line.extend_from_slice(b"}\n");
        Ok(line.into())
    }
}

/// Waits for the next message.
pub(crate) async fn next(
    messages: &mut Streaming<Bytes>,
    until: Option<Instant>,
) -> Result<Option<Bytes>, Failure> {
    let message = messages.message();
    let message = match until {
        Some(until) => timeout_at(until, message)
            .await
            .map_err(|_| Failure::time_is_over())?,
        None => message.await,
    };
    Ok(message?)
}
