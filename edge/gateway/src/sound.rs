//! Answers of services, without what tonic panics at.

use base64::Engine as _;
use http::{HeaderMap, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tonic::{body::Body, transport::Channel};
use tower::{ServiceExt as _, util::MapResponse};

use crate::metadata::BINARY;

/// Details of a status, in base64.
const DETAILS: &str = "grpc-status-details-bin";

/// Returns the way to a service whose answers can be read, whatever it writes. Details that are not base64 are left
/// out: tonic takes for granted that they are, in the trailers of a stream, too, where a panic would end the client's
/// whole connection.
pub(crate) fn answers_of(channel: Channel) -> Sound {
    channel.map_response(cleaned)
}

/// A way to a service whose answers can be read.
pub(crate) type Sound = MapResponse<Channel, fn(Response<Body>) -> Response<Body>>;

fn cleaned(answer: Response<Body>) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    clean(&mut head.headers);
    let body = body.map_frame(|frame| match frame.into_trailers() {
        Ok(mut trailers) => {
            clean(&mut trailers);
            Frame::trailers(trailers)
        }
        Err(data) => data,
    });
    Response::from_parts(head, Body::new(body))
}

fn clean(headers: &mut HeaderMap) {
    let readable = |value: &http::HeaderValue| BINARY.decode(value.as_bytes()).is_ok();
    if !headers.get_all(DETAILS).iter().all(readable) {
        tracing::warn!("a service sent details of an error that are not base64");
        headers.remove(DETAILS);
    }
}
