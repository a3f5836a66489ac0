//! A request of REST under way: what it asks for, and its body.

use std::sync::Arc;

use bytes::Bytes;
use http::{header, request::Parts as Head};
use http_body::Body as _;
use sv_rest::{Matched, Parts};
use tokio::time::Instant;
use tonic::body::Body;

use crate::{
    core::Core,
    deadline::in_time,
    failure::Failure,
    intake::Held,
    table::{Rpc, Table},
};

/// What curl names a body of which nothing is said.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A request under way.
pub(crate) struct Work<'r> {
    pub(crate) core: &'r Arc<Core>,
    pub(crate) table: &'r Arc<Table>,
    pub(crate) head: &'r Head,
    pub(crate) matched: Matched<'r>,
    pub(crate) rpc: &'r Rpc,
    pub(crate) until: Option<Instant>,
}

impl Work<'_> {
    /// Refuses a body that is packed, unread: nothing here unpacks, so nothing can be blown up.
    pub(crate) fn refuse_packed(&self) -> Result<(), Failure> {
        let codings = self.head.headers.get_all(header::CONTENT_ENCODING);
        let identity = |coding: &[u8]| coding.trim_ascii().eq_ignore_ascii_case(b"identity");
        if codings.iter().all(|coding| identity(coding.as_bytes())) {
            return Ok(());
        }
        let failure = Failure::media_type("the body is packed, which is not taken");
        Err(failure.with(
            header::ACCEPT_ENCODING,
            http::HeaderValue::from_static("identity"),
        ))
    }

    /// Reads the body whole.
    pub(crate) async fn read(&self, body: Body, held: &mut Held<'_>) -> Result<Bytes, Failure> {
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        self.refuse_packed()?;
        let most = self.core.options.max_request_bytes;
        if body.size_hint().lower() > most as u64 {
            return Err(Failure::too_large(most));
        }
        in_time(self.until, held.collect(body, most)).await
    }

    /// Returns the one message of the call.
    pub(crate) fn bind(&self, body: &[u8]) -> Result<Bytes, Failure> {
        let parts = Parts {
            query: self.head.uri.query().unwrap_or_default(),
            content_type: self.content_type()?,
            body,
        };
        Ok(self.matched.bind(parts)?.into())
    }

    /// Returns the type of the body. What curl says of every body, and nothing at all, is taken for JSON as
    /// grpc-gateway takes it, but not of a page: browsers send both to any address without asking it.
    pub(crate) fn content_type(&self) -> Result<Option<&str>, Failure> {
        let headers = &self.head.headers;
        let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
        let unreadable = || Failure::media_type("the content type cannot be read");
        let kind = match (kinds.next(), kinds.next()) {
            (None, _) => None,
            (Some(kind), None) => Some(kind.to_str().map_err(|_| unreadable())?),
            _ => return Err(unreadable()),
        };
        if self.matched.takes_http_body() {
            return Ok(kind);
        }
        let of_page = headers.contains_key(header::ORIGIN);
        let essence = |kind: &str| {
            kind.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        };
        Ok(match kind {
            Some(kind) if !of_page && essence(kind) == FORM => None,
            None if of_page => Some("none"),
            kind => kind,
        })
    }
}
