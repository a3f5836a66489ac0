//! The one thing that our stack says more than the suite takes: each refusal of its own carries its reason as
//! a detail (`google.rpc.ErrorInfo`), which the suite counts as one too many.

use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;
use prost::Message as _;
use sv_proto::google::rpc::{ErrorInfo, Status as Details};
use tonic::{Status, body::Body};

const DETAILS: &str = "grpc-status-details-bin";

/// Takes the reason off an answer that the stack refuses. What the service says itself stays as it is.
pub fn taken_off(mut response: Response<Body>) -> Response<Body> {
    take_off(response.headers_mut());
    response.map(|body| {
        Body::new(body.map_frame(|mut frame| {
            if let Some(trailers) = frame.trailers_mut() {
                take_off(trailers);
            }
            frame
        }))
    })
}

fn take_off(end: &mut HeaderMap) {
    let details = Status::from_header_map(end)
        .and_then(|status| Details::decode(status.details()).ok())
        .map(|status| status.details);
    let is_ours = details.is_some_and(|details| {
        details.iter().any(|detail| {
            detail.type_url.ends_with("/google.rpc.ErrorInfo")
                && ErrorInfo::decode(&*detail.value)
                    .is_ok_and(|info| info.domain.ends_with(".streamverse"))
        })
    });
    if is_ours {
        end.remove(DETAILS);
    }
}
