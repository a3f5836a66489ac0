//! What a method answers beside its message: the HTTP status of the success, headers, bytes at hand.

use bytes::Bytes;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use tonic::{Response, metadata::MetadataKey};

use crate::{encoded::encoded, names};

/// A method's answer where the message alone does not say all. Every message is one by itself.
///
/// Statuses and headers are those that the RPC's `rest` option lists; others are a fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply<M> {
    message: Carried<M>,
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
            status: None,
            headers: Vec::new(),
        }
    }

    /// Chooses the HTTP status of the success, e.g. 202.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Names the version that the answer shows, for `If-Match` of a change (RFC 9110 8.8.3).
    #[must_use]
    pub fn etag(self, version: impl Into<i64>) -> Self {
        self.header("etag", format!("\"{}\"", version.into()))
    }
}

impl<M: Default> Reply<M> {
    /// Makes the response of what the RPC declares.
    pub(crate) fn into_response(self, declared: &Declared) -> Result<Response<M>> {
        let mut response = match self.message {
            Carried::Message(message) => Response::new(message),
            Carried::Bytes(bytes) => encoded(bytes),
        };
        let metadata = response.metadata_mut();
        if let Some(status) = self.status {
            if !declared.statuses.contains(&status) {
                return Err(undeclared(&format!("status {status}")));
            }
            metadata.insert(names::HTTP_STATUS, status.into());
        }
        for (name, value) in self.headers {
            if !declared.headers.contains(&name) {
                return Err(undeclared(&format!("header {name}")));
            }
            let key = MetadataKey::from_static(name);
            let value = value.parse();
            metadata.append(key, value.map_err(internal)?);
        }
        Ok(response)
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

    #[test]
    fn a_reply_carries_what_the_rpc_declares() {
        let reply = Reply::new(7_i32).status(202).etag(3);
        let response = reply.into_response(&DECLARED).unwrap();
        assert_eq!(response.metadata().get(names::HTTP_STATUS).unwrap(), "202");
        assert_eq!(response.metadata().get("etag").unwrap(), "\"3\"");
        assert_eq!(response.into_inner(), 7);
    }

    #[test]
    fn what_the_rpc_does_not_declare_is_a_fault() {
        for wrong in [
            Reply::new(7_i32).status(201),
            Reply::new(7_i32).header("location", "/"),
            Reply::new(7_i32).header("etag", "\n"),
        ] {
            let error = wrong.into_response(&DECLARED).unwrap_err();
            assert!(error.is(&CommonReason::Internal));
        }
    }
}
