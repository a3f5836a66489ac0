//! Refusals of the mount, said as in gRPC: the edge makes the envelope of all REST answers (API-4, C43).

use http::{Response, header};
use sv_kernel::Error;
use sv_rpc::status;
use tonic::body::Body;

use super::put;

/// Writes a refusal. Its cause is logged and never sent.
pub(super) fn refusal(error: Error) -> Response<Body> {
    let size = error.metadata().get("size").cloned();
    let mut response = status(error).into_http();
    if let Some(size) = size {
        // RFC 9110 section 15.5.17.
        let text = format!("bytes */{size}");
        put(response.headers_mut(), header::CONTENT_RANGE, text);
    }
    response
}
