//! Answers of services, without what tonic panics at or takes for whole.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use tonic::{Code, Status, body::Body};

use crate::{
    answer_limit::AnswerShare,
    failure::{Failure, log_unreachable},
    metadata::BINARY,
};

/// Details of a status, in base64.
const DETAILS: &str = "grpc-status-details-bin";
/// Its text, percent-encoded.
const MESSAGE: &str = "grpc-message";
/// The status of a call.
const STATUS: &str = "grpc-status";
/// The bytes before a message: a flag, and its length.
const PREFIX: usize = 5;

/// Makes an answer one that can be read, whatever the service wrote. Details that are not base64 are left out: tonic
/// takes for granted that they are, in the trailers of a stream, too, where a panic would end the client's whole
/// connection. `share` counts the bytes of an answer that is read whole.
pub(crate) fn cleaned(
    answer: Response<Body>,
    upstream: Arc<str>,
    share: Option<AnswerShare>,
) -> Response<Body> {
    if let Some(status) = of_http(&answer) {
        tracing::warn!(%upstream, cause = status.message(), "a service did not answer as gRPC");
        return status.into_http();
    }
    let (mut head, inner) = answer.into_parts();
    clean(&mut head.headers);
    let body = Sound {
        inner,
        place: Place::default(),
        upstream,
        share,
    };
    Response::from_parts(head, Body::new(body))
}

/// Returns what an answer means that is none of gRPC's, such as the page of a proxy that does not reach the service
/// (gRPC's http-grpc-status-mapping.md).
pub(crate) fn of_http(answer: &Response<Body>) -> Option<Status> {
    let (status, headers) = (answer.status(), answer.headers());
    let kind = headers.get(header::CONTENT_TYPE);
    let of_grpc = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    if headers.contains_key(STATUS) || status == StatusCode::OK && of_grpc {
        return None;
    }
    let code = match status {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    };
    let message = format!("the service did not answer as gRPC, but by HTTP status {status}");
    Some(Status::new(code, message))
}

fn clean(headers: &mut HeaderMap) {
    let readable = |value: &HeaderValue| BINARY.decode(value.as_bytes()).is_ok();
    if !headers.get_all(DETAILS).iter().all(readable) {
        tracing::warn!("a service sent details of an error that are not base64");
        headers.remove(DETAILS);
    }
    if let Some(text) = headers.get(MESSAGE)
        && !is_text(text.as_bytes())
    {
        // tonic would take the whole status for broken. What is there is shown as it was written.
        let written = text.as_bytes().iter().flat_map(|byte| match byte {
            b'%' => &b"%25"[..],
            byte if byte.is_ascii() => std::slice::from_ref(byte),
            _ => b"?",
        });
        let written: Vec<u8> = written.copied().collect();
        if let Ok(written) = HeaderValue::from_bytes(&written) {
            headers.insert(MESSAGE, written);
        }
    }
}

/// Says whether percent encoding hides text in UTF-8.
fn is_text(encoded: &[u8]) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (mut decoded, mut rest) = (Vec::with_capacity(encoded.len()), encoded);
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let mut byte = byte;
        if let (b'%', [high, low, behind @ ..]) = (byte, after)
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            byte = u8::try_from(high << 4 | low).unwrap_or(byte);
            rest = behind;
        }
        decoded.push(byte);
    }
    str::from_utf8(&decoded).is_ok()
}

/// The body of an answer, which fails where it ends within a message: tonic drops what is left when trailers come.
struct Sound {
    inner: Body,
    place: Place,
    upstream: Arc<str>,
    share: Option<AnswerShare>,
}

impl http_body::Body for Sound {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        Pin::new(&mut this.inner)
            .poll_frame(cx)
            .map(|frame| frame.map(|frame| this.look(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }
}

impl Sound {
    fn look(&mut self, frame: Result<Frame<Bytes>, Status>) -> Result<Frame<Bytes>, Status> {
        let frame = frame.inspect_err(|status| log_unreachable(&self.upstream, status))?;
        match frame.into_data() {
            Ok(data) => {
                self.place.pass(&data);
                if let Some(share) = &self.share {
                    share.add(data.len()).map_err(Failure::status)?;
                }
                Ok(Frame::data(data))
            }
            Err(frame) => {
                let mut trailers = frame.into_trailers().unwrap_or_default();
                clean(&mut trailers);
                let is_ok = trailers.get(STATUS).is_some_and(|code| code == "0");
                if is_ok && self.place.is_within() {
                    tracing::warn!(upstream = %self.upstream, "an answer ends within a message");
                    return Err(Status::internal(
                        "the service's answer ends within a message",
                    ));
                }
                Ok(Frame::trailers(trailers))
            }
        }
    }
}

/// Where in its messages an answer is.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    prefix: [u8; PREFIX],
    /// How much of the prefix has come.
    length: usize,
    /// How much of the message is to come.
    left: usize,
}

impl Place {
    fn pass(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            if self.left > 0 {
                let taken = self.left.min(data.len());
                self.left -= taken;
                data = &data[taken..];
                continue;
            }
            let (next, rest) = data.split_at(data.len().min(PREFIX - self.length));
            self.prefix[self.length..][..next.len()].copy_from_slice(next);
            self.length += next.len();
            data = rest;
            if self.length == PREFIX {
                let [_, length @ ..] = self.prefix;
                self.left = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
                self.length = 0;
            }
        }
    }

    fn is_within(&self) -> bool {
        self.length > 0 || self.left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_whose_text_is_broken_is_kept() {
        let mut headers = HeaderMap::new();
        for (written, kept) in [
            ("a%20b", "a%20b"),
            ("%c3%a9", "%c3%a9"),
            ("50%", "50%"),
            ("no %ff", "no %25ff"),
        ] {
            headers.insert(MESSAGE, HeaderValue::from_static(written));
            clean(&mut headers);
            assert_eq!(headers[MESSAGE], kept);
        }
    }

    #[test]
    fn messages_end_where_their_length_says_however_they_are_cut() {
        let bytes = [0, 0, 0, 0, 2, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7];
        for size in 1..=bytes.len() {
            let (mut place, mut ends, mut at) = (Place::default(), Vec::new(), 0);
            for piece in bytes.chunks(size) {
                place.pass(piece);
                at += piece.len();
                if !place.is_within() {
                    ends.push(at);
                }
            }
            assert_eq!(ends.last(), Some(&bytes.len()), "{size}");
            assert!(ends.iter().all(|end| [7, 12, 18].contains(end)), "{ends:?}");
        }
    }
}
