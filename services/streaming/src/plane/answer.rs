//! Writes an answer: conditions, ranges, headers, bytes.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures::TryStreamExt;
use http::{Method, Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use sv_kernel::{Error, Result};
use sv_ports::Blob;
use sv_proto::{common::CommonReason, streaming::StreamingReason};
use tonic::body::Body;

use super::{
    asset::{Asset, Content},
    conditional::{Outcome, single, weigh},
    put,
    range::{Part, part},
    segments::Segments,
};
use crate::app::port;

/// Answers a request with an asset.
pub(super) async fn answer(
    request: &Request<()>,
    asset: Asset,
    blobs: &Arc<dyn Blob>,
    segments: &Segments,
) -> Result<Response<Body>> {
    let size = asset.size();
    let outcome = match &asset.tag {
        Some(tag) => weigh(request.headers(), tag),
        None => Outcome::Send { ranged: false },
    };
    let ranged = match outcome {
        Outcome::NotModified => return Ok(empty(&asset, StatusCode::NOT_MODIFIED)),
        Outcome::Failed => return Err(CommonReason::VersionMismatch.into()),
        Outcome::Send { ranged } => ranged,
    };
    // Ranges are defined for GET only (RFC 9110 section 14.2).
    let wanted = (ranged && request.method() == Method::GET)
        .then(|| single(request.headers(), &header::RANGE)?.to_str().ok())
        .flatten()
        .map_or(Part::Whole, |text| part(text, size));
    let range = match wanted {
        Part::Whole => None,
        Part::Bytes(range) => Some(range),
        Part::Outside => {
            return Err(Error::from(StreamingReason::RangeNotSatisfiable).with("size", size));
        }
    };
    let mut response = empty(&asset, StatusCode::OK);
    let length = range.as_ref().map_or(size, |r| r.end - r.start);
    put(
        response.headers_mut(),
        header::CONTENT_LENGTH,
        length.to_string(),
    );
    if let Some(Range { start, end }) = &range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let text = format!("bytes {start}-{}/{size}", end - 1);
        put(response.headers_mut(), header::CONTENT_RANGE, text);
    }
    if request.method() != Method::HEAD {
        *response.body_mut() = body(asset.content, range, blobs, segments).await?;
    }
    Ok(response)
}

/// Makes an answer with all headers but those of its length.
fn empty(asset: &Asset, status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, asset.kind);
    put(headers, header::CACHE_CONTROL, asset.caching.header());
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(tag) = &asset.tag {
        put(headers, header::ETAG, format!("\"{tag}\""));
        put(headers, header::ACCEPT_RANGES, "bytes");
    }
    response
}

async fn body(
    content: Content,
    range: Option<Range<u64>>,
    blobs: &Arc<dyn Blob>,
    segments: &Segments,
) -> Result<Body> {
    match content {
        Content::Text(text) => Ok(Body::new(Full::new(text))),
        Content::Segment { key, size, hash } if Segments::keeps(size) => {
            let whole = segments.get(&key, size, &hash).await.map_err(|cause| {
                Error::from(CommonReason::Unavailable).because(cause.to_string())
            })?;
            let whole = whole.ok_or_else(|| lost(&key))?;
            Ok(Body::new(Full::new(slice(&whole, range))))
        }
        Content::Segment { key, size, .. } => stream(blobs, &key, size.into(), range).await,
        Content::Blob { key, size } => stream(blobs, &key, size, range).await,
    }
}

fn slice(whole: &Bytes, range: Option<Range<u64>>) -> Bytes {
    let Some(range) = range else {
        return whole.clone();
    };
    let place = |at: u64| usize::try_from(at).map_or(whole.len(), |at| at.min(whole.len()));
    whole.slice(place(range.start)..place(range.end))
}

/// Sends a blob as it is read.
async fn stream(
    blobs: &Arc<dyn Blob>,
    key: &str,
    size: u64,
    range: Option<Range<u64>>,
) -> Result<Body> {
    let reader = blobs.read(key, range).await.map_err(port)?;
    let reader = reader
        .filter(|reader| reader.info.size == size)
        .ok_or_else(|| lost(key))?;
    // An error in the middle breaks the connection off, so nobody takes a part for the whole.
    let frames = reader
        .body
        .map_ok(Frame::data)
        .map_err(|cause| sv_rpc::status(port(cause)));
    Ok(Body::new(StreamBody::new(frames)))
}

/// Says that a blob which was there when it was published is gone or another one.
fn lost(key: &str) -> Error {
    Error::from(CommonReason::Internal).because(format!("the blob {key} is not what was published"))
}
