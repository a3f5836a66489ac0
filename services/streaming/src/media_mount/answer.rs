//! Writes an answer: conditions, ranges, headers, bytes.

use std::{ops::Range, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{TryStreamExt, stream};
use http::{Method, Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use sv_kernel::{Error, Result};
use sv_ports::Blob;
use sv_proto::{common::CommonReason, streaming::StreamingReason};
use tokio::time::Instant;
use tonic::{Status, body::Body};

use super::{
    asset::{Asset, Content},
    conditional::{Outcome, single, weigh},
    put,
    range::{Part, part},
    segments::Segments,
};
use crate::app::port;

/// How much of a blob is fetched at once at first, and for those who take it slowly, in bytes: each of them holds so
/// much until he has taken it.
const PIECE: u64 = 16 * 1024;
/// How much is fetched at once for those who take it quickly.
const LARGE_PIECE: u64 = 64 * 1024;
/// Who has taken a piece within that time takes quickly.
const QUICKLY: Duration = Duration::from_millis(250);

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

/// Makes the bytes. Nothing of a blob is open or in memory but while a piece of it is fetched, and a
/// piece is fetched when there is room to send it: clients that do not read hold no files.
async fn body(
    content: Content,
    range: Option<Range<u64>>,
    blobs: &Arc<dyn Blob>,
    segments: &Segments,
) -> Result<Body> {
    let size = match &content {
        Content::Text(text) => return Ok(Body::new(Full::new(text.clone()))),
        Content::Segment { size, .. } => u64::from(*size),
        Content::Blob { size, .. } => *size,
    };
    let range = range.unwrap_or(0..size);
    match content {
        Content::Segment { key, size, hash } if Segments::keeps(size) => {
            // Whether it is what was published is known before anything is promised.
            whole(segments, &key, size, &hash).await?;
            let segments = segments.clone();
            Ok(pieces(range, move |piece| {
                let (segments, key, hash) = (segments.clone(), key.clone(), hash.clone());
                async move {
                    let whole = whole(&segments, &key, size, &hash).await?;
                    // A copy, so that a piece that nobody takes does not keep the whole.
                    Ok(Bytes::copy_from_slice(slice(&whole, &piece)))
                }
            }))
        }
        Content::Segment { key, .. } | Content::Blob { key, .. } => {
            let found = blobs.head(&key).await.map_err(port)?;
            if found.is_none_or(|found| found.size != size) {
                return Err(lost(&key));
            }
            let blobs = blobs.clone();
            Ok(pieces(range, move |piece| {
                let (blobs, key) = (blobs.clone(), key.clone());
                async move { read(blobs.as_ref(), &key, size, piece).await }
            }))
        }
        Content::Text(_) => Ok(Body::empty()),
    }
}

async fn whole(segments: &Segments, key: &str, size: u32, hash: &str) -> Result<Bytes> {
    let whole = segments.get(key, size, hash).await;
    let unavailable =
        |cause: Arc<_>| Error::from(CommonReason::Unavailable).because(ToString::to_string(&cause));
    whole.map_err(unavailable)?.ok_or_else(|| lost(key))
}

fn slice<'b>(whole: &'b Bytes, range: &Range<u64>) -> &'b [u8] {
    let place = |at: u64| usize::try_from(at).map_or(whole.len(), |at| at.min(whole.len()));
    &whole[place(range.start)..place(range.end)]
}

/// Sends a range piece by piece, each fetched when it is asked for. An error in the middle breaks the
/// connection off, so nobody takes a part for the whole.
fn pieces<F, Fut>(range: Range<u64>, fetch: F) -> Body
where
    F: Fn(Range<u64>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Bytes>> + Send + 'static,
{
    let next = move |(left, given, fetch): (Range<u64>, Option<Instant>, F)| async move {
        if left.is_empty() {
            return Ok(None);
        }
        let end = left
            .end
            .min(left.start + length(given.map(|given| given.elapsed())));
        let bytes = fetch(left.start..end).await.map_err(sv_rpc::status)?;
        let rest = (end..left.end, Some(Instant::now()), fetch);
        Ok::<_, Status>(Some((Frame::data(bytes), rest)))
    };
    Body::new(StreamBody::new(Box::pin(stream::try_unfold(
        (range, None, fetch),
        next,
    ))))
}

/// Says how much is fetched next, by how long the piece before was under way.
fn length(taken_in: Option<Duration>) -> u64 {
    match taken_in {
        Some(time) if time < QUICKLY => LARGE_PIECE,
        _ => PIECE,
    }
}

async fn read(blobs: &dyn Blob, key: &str, size: u64, piece: Range<u64>) -> Result<Bytes> {
    let length = usize::try_from(piece.end - piece.start).unwrap_or_default();
    let reader = blobs.read(key, Some(piece)).await.map_err(port)?;
    let reader = reader.filter(|reader| reader.info.size == size);
    let mut body = reader.ok_or_else(|| lost(key))?.body;
    let mut bytes = BytesMut::with_capacity(length);
    while let Some(more) = body.try_next().await.map_err(port)? {
        bytes.extend_from_slice(&more);
    }
    if bytes.len() == length {
        Ok(bytes.freeze())
    } else {
        Err(lost(key))
    }
}

/// Says that a blob which was there when it was published is gone or another one.
fn lost(key: &str) -> Error {
    Error::from(CommonReason::Internal).because(format!("the blob {key} is not what was published"))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[test]
    fn who_takes_slowly_is_given_small_pieces() {
        assert_eq!(length(None), PIECE);
        assert_eq!(length(Some(QUICKLY / 2)), LARGE_PIECE);
        assert_eq!(length(Some(QUICKLY)), PIECE);
    }

    #[tokio::test]
    async fn pieces_make_up_the_range() {
        let range = 7..PIECE + LARGE_PIECE + 1;
        let body = pieces(range.clone(), |piece| async move {
            Ok(piece.map(|at| at.to_le_bytes()[0]).collect())
        });
        let whole = body.collect().await.unwrap().to_bytes();
        let expected: Vec<u8> = range.map(|at| at.to_le_bytes()[0]).collect();
        assert!(whole == expected);
    }
}
