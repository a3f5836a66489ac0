//! Answers of one message: JSON, or the bytes of a `google.api.HttpBody`.

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures::stream;
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use sv_rest::{HttpBody, Matched};
use tonic::{Status, body::Body};

use crate::{answer_limit::AnswerShare, failure::Failure, headers::send_along};

/// Below this, packing costs more than it saves.
const WORTH_PACKING: usize = 1024;

/// What a service answers.
pub(crate) struct Answer {
    pub(crate) metadata: HeaderMap,
    pub(crate) message: Bytes,
    pub(crate) trailers: HeaderMap,
}

impl Answer {
    /// Writes the answer for who asked with these headers; its bytes count until they are sent.
    pub(crate) fn respond(
        self,
        matched: &Matched<'_>,
        asked: &HeaderMap,
        share: AnswerShare,
    ) -> Result<Response<Body>, Failure> {
        let mut headers = HeaderMap::with_capacity(8);
        send_along(&self.metadata, &mut headers);
        let body = if matched.answers_http_body() {
            let body = matched.http_body(&self.message)?;
            headers.insert(header::CONTENT_TYPE, content_type(&body));
            Bytes::from(body.data)
        } else {
            let mut json = Vec::new();
            matched.write_json(&self.message, &mut json)?;
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
            match pack(&json, asked) {
                Some(packed) => {
                    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                    packed
                }
                None => json.into(),
            }
        };
        let body = share.keep(body)?;
        let body = match trailers(&self.trailers, asked) {
            Some(trailers) => {
                let names: Vec<&str> = trailers.keys().map(HeaderName::as_str).collect();
                if let Ok(names) = HeaderValue::from_str(&names.join(", ")) {
                    headers.insert(header::TRAILER, names);
                }
                let frames = [Frame::data(body), Frame::trailers(trailers)];
                Body::new(StreamBody::new(stream::iter(frames.map(Ok::<_, Status>))))
            }
            None => Body::new(Full::new(body)),
        };
        let mut response = Response::new(body);
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// Returns the type of bytes.
pub(crate) fn content_type(body: &HttpBody) -> HeaderValue {
    match HeaderValue::from_str(&body.content_type) {
        Ok(kind) if !kind.is_empty() => kind,
        _ => HeaderValue::from_static("application/octet-stream"),
    }
}

/// Returns what the service said at the end, for clients that take trailers.
fn trailers(trailers: &HeaderMap, asked: &HeaderMap) -> Option<HeaderMap> {
    let te = asked.get(header::TE)?.to_str().ok()?;
    if !te
        .split(',')
        .any(|one| one.trim().eq_ignore_ascii_case("trailers"))
    {
        return None;
    }
    let mut told = HeaderMap::new();
    let of_service = |name: &HeaderName| !name.as_str().starts_with("grpc-");
    for (name, value) in trailers.iter().filter(|(name, _)| of_service(name)) {
        let name = HeaderName::from_bytes(format!("grpc-trailer-{name}").as_bytes());
        if let Ok(name) = name {
            told.append(name, value.clone());
        }
    }
    (!told.is_empty()).then_some(told)
}

/// Packs JSON for who takes gzip, where it is worth it.
fn pack(json: &[u8], asked: &HeaderMap) -> Option<Bytes> {
    if json.len() < WORTH_PACKING || !takes_gzip(asked) {
        return None;
    }
    let mut packer = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::fast());
    packer.write_all(json).ok()?;
    packer.finish().ok().map(Bytes::from)
}

/// Says whether the client takes gzip (RFC 9110 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter();
    lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|entry| {
            let (coding, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = weight.trim().trim_start_matches(['q', 'Q', '=']);
            let refused = !weight.is_empty() && weight.parse::<f32>().unwrap_or(0.0) <= 0.0;
            coding.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}
