//! Answers: the envelope around the transcoded bytes, status, `ETag`, `304` (C4, C46).

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use http_body::Body as _;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rest::{Matched, codec::WireError};
use sv_rpc::{
    names,
    policy::{Access, CacheScope, MethodPolicy},
};
use tonic::body::Body;
use twox_hash::XxHash3_128;

use super::{
    Work,
    form::{Form, RAW},
    pack::pack,
    pieces::Pieces,
};
use crate::refusal::Refusal;

/// What an answer to a reader depends on besides its address.
pub(super) const VARY: &str =
    "accept, accept-encoding, accept-language, authorization, x-client-platform, x-profile-id";

/// A successful answer, before its form is chosen.
#[derive(Clone, Debug)]
pub(crate) struct Success {
    pub(crate) status: StatusCode,
    /// The JSON of the answer's message, or of its `response_body`.
    pub(crate) data: Bytes,
    /// The entity tag with its quotes, for calls without effects.
    pub(crate) etag: Option<String>,
    /// What the method has set of the headers that its `rest` option lists.
    pub(crate) headers: HeaderMap,
}

impl Success {
    /// Transcodes a message.
    pub(super) fn of(
        matched: &Matched<'_>,
        policy: &MethodPolicy,
        metadata: &HeaderMap,
        message: &[u8],
    ) -> Result<Self> {
        let mut data = Vec::with_capacity(message.len() * 2 + 64);
        matched.write_json(message, &mut data).map_err(unreadable)?;
        let headers = declared(matched, metadata);
        let etag = policy.safe.then(|| etag(&headers, &data));
        Ok(Self {
            status: status(matched, metadata),
            data: data.into(),
            etag,
            headers,
        })
    }
}

impl Work<'_> {
    /// Puts a successful answer into its form.
    pub(super) fn success(
        &self,
        success: &Success,
        matched: &Matched<'_>,
        policy: &MethodPolicy,
        form: Form,
    ) -> Response<Body> {
        // Room for what is added on the way out, too.
        let mut headers = HeaderMap::with_capacity(16);
        headers.extend(success.headers.clone());
        headers.insert(header::CACHE_CONTROL, cache_control(matched, policy));
        if policy.safe {
            headers.insert(header::VARY, HeaderValue::from_static(VARY));
        }
        if let Some(etag) = &success.etag {
            if let Ok(value) = HeaderValue::from_str(etag) {
                headers.insert(header::ETAG, value);
            }
            if has_version(self.headers, etag) {
                return respond(StatusCode::NOT_MODIFIED, headers, Body::empty());
            }
        }
        let plain = matched.method().plain;
        let kind = match form {
            Form::Raw => RAW,
            Form::Envelope => "application/json",
        };
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        let pieces = if plain || form == Form::Raw {
            [Bytes::new(), success.data.clone(), Bytes::new()]
        } else {
            self.envelope(success.data.clone())
        };
        // Answers that must not be stored may hold secrets beside what the caller sent; packing
        // them together would let their lengths tell.
        let packed = (policy.safe && self.core.options.gzip)
            .then(|| pack(self.headers, &pieces))
            .flatten();
        match packed {
            Some(packed) => {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                self.respond(success.status, headers, [packed])
            }
            None => self.respond(success.status, headers, pieces),
        }
    }

    /// Returns an answer that is not JSON, as it is.
    pub(super) fn bytes(
        &self,
        matched: &Matched<'_>,
        metadata: &HeaderMap,
        message: &[u8],
    ) -> Result<Response<Body>, Refusal> {
        let body = matched.http_body(message).map_err(unreadable)?;
        let mut headers = HeaderMap::new();
        if let Ok(kind) = HeaderValue::from_str(&body.content_type)
            && !kind.is_empty()
        {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        );
        let data = [body.data.into()];
        Ok(self.respond(status(matched, metadata), headers, data))
    }

    /// Sends a body, or for `HEAD` its length only.
    fn respond<const N: usize>(
        &self,
        status: StatusCode,
        mut headers: HeaderMap,
        body: [Bytes; N],
    ) -> Response<Body> {
        let body = Pieces::new(body);
        if self.method == Method::HEAD {
            let length = body.size_hint().lower();
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            return respond(status, headers, Body::empty());
        }
        respond(status, headers, Body::new(body))
    }

    fn envelope(&self, data: Bytes) -> [Bytes; 3] {
        let end = format!(r#","timestamp":"{}"}}"#, self.core.env.clock.now());
        [
            Bytes::from_static(br#"{"success":true,"data":"#),
            data,
            end.into(),
        ]
    }
}

/// Says whether the client has this version (RFC 9110 13.1.2).
pub(crate) fn has_version(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let wanted = opaque(etag);
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|tag| tag.trim() == "*" || opaque(tag) == wanted)
}

/// Returns the status that the method chose, if its `rest` option lists it, else the first.
fn status(matched: &Matched<'_>, metadata: &HeaderMap) -> StatusCode {
    let allowed = &matched.method().success_codes;
    let chosen = metadata
        .get(names::HTTP_STATUS)
        .and_then(|value| value.to_str().ok()?.parse::<u16>().ok())
        .filter(|code| allowed.contains(code));
    StatusCode::from_u16(chosen.unwrap_or(allowed[0])).unwrap_or_default()
}

/// Returns the headers that the RPC lets its method set.
fn declared(matched: &Matched<'_>, metadata: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in &matched.method().headers {
        if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
            for value in metadata.get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
    }
    headers
}

/// Returns the entity tag: the version that the method names, else a hash of the data. The
/// envelope's timestamp is no part of it, which makes the hash a weak tag.
fn etag(declared: &HeaderMap, data: &[u8]) -> String {
    let named = declared
        .get(HeaderName::from_static("etag"))
        .and_then(|value| value.to_str().ok())
        .filter(|tag| tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'));
    if let Some(named) = named {
        return named.to_owned();
    }
    // Nobody gains by two answers with one tag, so a fast hash does.
    format!("W/\"{:032x}\"", XxHash3_128::oneshot(data))
}

/// Says what caches may do: nothing but ask again (C46), except with what is public and the same
/// for everyone, such as keys.
fn cache_control(matched: &Matched<'_>, policy: &MethodPolicy) -> HeaderValue {
    let public = policy.cache.as_ref().filter(|rule| {
        matched.method().plain
            && rule.scope == CacheScope::Public
            && policy.access == Access::Anonymous
    });
    match public {
        Some(rule) => HeaderValue::from_str(&format!("public, max-age={}", rule.max_age.as_secs()))
            .unwrap_or(HeaderValue::from_static("no-cache")),
        None if policy.safe => HeaderValue::from_static("private, no-cache"),
        None => HeaderValue::from_static("no-store"),
    }
}

fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

pub(super) fn unreadable(cause: WireError) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}
