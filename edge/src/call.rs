//! Calls to services in bytes: no message is built at the edge.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version, header};
use http_body_util::{BodyExt as _, Full};
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rpc::Transport;
use tonic::{Code, Status, body::Body};
use tower::ServiceExt as _;

/// Bytes before each message: a flag and the length.
const PREFIX: usize = 5;

/// What a service answers: its metadata, then its messages.
pub(crate) struct Answer {
    pub(crate) metadata: HeaderMap,
    pub(crate) messages: Messages,
}

/// Calls a method with one message. The transport keeps the deadline.
pub(crate) async fn call(
    transport: Transport,
    path: &str,
    mut metadata: HeaderMap,
    message: &[u8],
    limit: usize,
) -> Result<Answer> {
    metadata.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    metadata.insert(header::TE, HeaderValue::from_static("trailers"));
    let mut request = Request::new(Body::new(Full::new(frame(message))));
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = uri(path)?;
    *request.headers_mut() = metadata;
    let unreachable = |cause| Error::from(CommonReason::Unavailable).because(cause);
    let response = transport.oneshot(request).await.map_err(unreachable)?;
    let (head, body) = response.into_parts();
    if let Some(status) = Status::from_header_map(&head.headers)
        && status.code() != Code::Ok
    {
        return Err(sv_rpc::error(status));
    }
    Ok(Answer {
        metadata: head.headers,
        messages: Messages {
            body,
            buffered: BytesMut::new(),
            ended: false,
            limit,
        },
    })
}

/// The messages of an answer, to its status.
pub(crate) struct Messages {
    body: Body,
    buffered: BytesMut,
    ended: bool,
    limit: usize,
}

impl Messages {
    /// Returns the one message of a unary answer.
    pub(crate) async fn one(&mut self) -> Result<Bytes> {
        let none = || broken("a unary answer without a message");
        let message = self.next().await.ok_or_else(none)??;
        match self.next().await {
            None => Ok(message),
            Some(Err(error)) => Err(error),
            Some(Ok(_)) => Err(broken("a unary answer with two messages")),
        }
    }

    /// Returns the next message, the error that ended the answer, or `None` after success.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes>> {
        loop {
            match self.take() {
                Ok(Some(message)) => return Some(Ok(message)),
                Ok(None) if self.ended => {
                    let torn = !std::mem::take(&mut self.buffered).is_empty();
                    return torn.then(|| Err(broken("an answer ends within a message")));
                }
                Ok(None) => {}
                Err(error) => return Some(self.fail(error)),
            }
            match self.body.frame().await {
                None => self.ended = true,
                Some(Err(status)) => return Some(self.fail(sv_rpc::error(status))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.buffered.extend_from_slice(&data),
                    Err(frame) => {
                        let trailers = frame.into_trailers().unwrap_or_default();
                        self.ended = true;
                        if let Some(status) = Status::from_header_map(&trailers)
                            && status.code() != Code::Ok
                        {
                            return Some(self.fail(sv_rpc::error(status)));
                        }
                    }
                },
            }
        }
    }

    /// Takes a whole message off the buffer.
    fn take(&mut self) -> Result<Option<Bytes>> {
        let Some(mut prefix) = self.buffered.get(..PREFIX) else {
            return Ok(None);
        };
        if prefix.get_u8() != 0 {
            return Err(broken("an answer is compressed, which was not offered"));
        }
        let length = prefix.get_u32() as usize;
        if length > self.limit {
            return Err(broken("an answer is larger than edge.max_response_bytes"));
        }
        if self.buffered.len() < PREFIX + length {
            return Ok(None);
        }
        self.buffered.advance(PREFIX);
        Ok(Some(self.buffered.split_to(length).freeze()))
    }

    fn fail(&mut self, error: Error) -> Result<Bytes> {
        self.ended = true;
        self.buffered.clear();
        self.body = Body::empty();
        Err(error)
    }
}

fn frame(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(PREFIX + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    framed.extend_from_slice(message);
    framed.freeze()
}

fn uri(path: &str) -> Result<Uri> {
    // Channels replace scheme and authority by their own.
    Uri::builder()
        .scheme("http")
        .authority("service")
        .path_and_query(path)
        .build()
        .map_err(|cause| Error::from(CommonReason::Internal).because(cause))
}

fn broken(what: &'static str) -> Error {
    Error::from(CommonReason::Internal).because(what)
}
