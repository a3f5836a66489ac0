//! What a method answers beside its message: the HTTP status of the success, headers, bytes at hand.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};
use http_body_util::BodyExt as _;
use prost::Message;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use tonic::body::Body;

use crate::{
    frame::{Framed, frame_message},
    names,
};

/// The media type of answers.
pub(crate) const GRPC: &str = "application/grpc";

/// A method's answer where the message alone does not say all. Every message is one by itself.
///
/// Statuses and headers are those that the RPC's `rest` option lists; others are a fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply<M> {
    message: Carried<M>,
    said: Said,
}

/// What is said beside the message.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    status: Option<u16>,
    headers: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Carried<M> {
    Message(M),
    Bytes(Bytes),
}

/// What the `rest` option of an RPC lists.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// Statuses of success.
    pub statuses: &'static [u16],
    /// Names of headers.
    pub headers: &'static [&'static str],
}

impl<M> From<M> for Reply<M> {
    fn from(message: M) -> Self {
        Self::new(message)
    }
}

impl<M> Reply<M> {
    /// Answers with a message.
    pub const fn new(message: M) -> Self {
        Self::carrying(Carried::Message(message))
    }

    /// Answers with the encoded message, e.g. a remembered one. The bytes must be those of an `M`.
    pub const fn encoded(bytes: Bytes) -> Self {
        Self::carrying(Carried::Bytes(bytes))
    }

    const fn carrying(message: Carried<M>) -> Self {
        Self {
            message,
            said: Said {
                status: None,
                headers: Vec::new(),
            },
        }
    }

    /// Chooses the HTTP status of the success, e.g. 202.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.said.status = Some(status);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.said.headers.push((name, value.into()));
        self
    }

    /// Names the version that the answer shows, for `If-Match` of a change (RFC 9110 8.8.3).
    #[must_use]
    pub fn etag(self, version: impl Into<i64>) -> Self {
        self.header("etag", format!("\"{}\"", version.into()))
    }
}

impl<M: Message> Reply<M> {
    /// Writes the message.
    pub(crate) fn written(self) -> Written {
        let message = match self.message {
            Carried::Message(message) => Framed::whole(frame_message(&message)),
            Carried::Bytes(bytes) => Framed::new(bytes),
        };
        Written {
            message,
            said: self.said,
        }
    }
}

/// An answer in bytes.
#[derive(Debug)]
pub(crate) struct Written {
    message: Framed,
    said: Said,
}

impl Written {
    /// Makes the response of what the RPC declares.
    pub(crate) fn into_response(self, declared: &Declared) -> Result<http::Response<Body>> {
        let mut end = HeaderMap::with_capacity(1);
        end.insert(
            HeaderName::from_static("grpc-status"),
            HeaderValue::from_static("0"),
        );
        let end = std::future::ready(Some(Ok(end)));
        let mut response = http::Response::new(Body::new(self.message.with_trailers(end)));
        *response.headers_mut() = self.said.headers(declared)?;
        let grpc = HeaderValue::from_static(GRPC);
        response.headers_mut().insert(CONTENT_TYPE, grpc);
        Ok(response)
    }
}

impl Said {
    /// Writes what is said, if the RPC declares it.
    fn headers(self, declared: &Declared) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        if let Some(status) = self.status {
            if !declared.statuses.contains(&status) {
                return Err(undeclared(&format!("status {status}")));
            }
            let name = HeaderName::from_static(names::HTTP_STATUS);
            headers.insert(name, status.into());
        }
        for (name, value) in self.headers {
            if !declared.headers.contains(&name) {
                return Err(undeclared(&format!("header {name}")));
            }
            let value = HeaderValue::from_str(&value).map_err(internal)?;
            headers.append(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }
}

fn undeclared(what: &str) -> Error {
    internal(format!("the RPC's `rest` option declares no {what}"))
}

fn internal(cause: impl Into<sv_kernel::BoxError>) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: Declared = Declared {
        statuses: &[200, 202],
        headers: &["etag"],
    };

    #[tokio::test]
    async fn an_answer_is_one_frame_and_its_end() {
        let bytes = Bytes::from(7_i32.encode_to_vec());
        for reply in [Reply::new(7_i32), Reply::encoded(bytes)] {
            let response = reply
                .status(202)
                .written()
                .into_response(&DECLARED)
                .unwrap();
            assert_eq!(response.headers()[names::HTTP_STATUS], "202");
            assert_eq!(response.headers()[CONTENT_TYPE], "application/grpc");
            let body = response.into_body().collect().await.unwrap();
            assert_eq!(body.trailers().unwrap()["grpc-status"], "0");
            assert_eq!(&*body.to_bytes(), [0, 0, 0, 0, 2, 8, 7]);
        }
    }

    #[test]
    fn what_the_rpc_does_not_declare_is_a_fault() {
        for wrong in [
            Reply::new(7_i32).status(201),
            Reply::new(7_i32).header("location", "/"),
            Reply::new(7_i32).header("etag", "\n"),
        ] {
            let error = wrong.written().into_response(&DECLARED).unwrap_err();
            assert!(error.is(&CommonReason::Internal));
        }
    }
}
