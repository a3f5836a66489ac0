//! The bytes plane: HTTP that does not pass through protobuf, for RPCs declared `PLANE_BYTES`.

use std::convert::Infallible;

use http::{Request, Response};
use sv_kernel::Error;
use sv_proto::common::CommonReason;
use tonic::body::Body;
use tower::{ServiceExt as _, util::BoxCloneSyncService};

use crate::{
    status::status,
    transport::{self, BadAddress},
};

/// The HTTP mount of a service: plain requests as the client sent them, path and query unchanged,
/// stripped of identity headers; the tenant, the request id and the language are metadata as in
/// calls. The edge has checked method and path against the RPC's route, nothing else.
///
/// A refusal is said as in gRPC, `sv_rpc::status(error).into_http()`: the edge turns it into the
/// envelope with the reason's HTTP status. Any other response goes out as it is.
pub type BytesPlane = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Makes a bytes plane of a service in another process, spoken to over HTTP/2.
pub fn remote(addresses: &str) -> Result<BytesPlane, BadAddress> {
    let transport = transport::remote(addresses)?;
    Ok(BytesPlane::new(tower::service_fn(move |request| {
        let transport = transport.clone();
        async move {
            let answer = transport.oneshot(request).await;
            Ok(answer.unwrap_or_else(|cause| {
                status(Error::from(CommonReason::Unavailable).because(cause)).into_http()
            }))
        }
    })))
}
