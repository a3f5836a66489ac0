//! The HTTP mount: HTTP that does not pass through protobuf, for RPCs declared `PLANE_BYTES`.

mod door;

use std::{convert::Infallible, time::Duration};

use http::{Request, Response, Version};
use http_body_util::{BodyExt as _, Full, Limited};
use sv_kernel::Error;
use sv_proto::common::CommonReason;
use sv_tls::Tls;
use tonic::body::Body;
use tower::{ServiceExt as _, util::BoxCloneSyncService};

use crate::{
    status::status,
    transport::{self, BadAddress, Transport},
};

/// The HTTP mount of a service: plain requests as the client sent them, path and query unchanged,
/// stripped of identity headers; the tenant, the request id and the language are metadata as in
/// calls. The edge has checked method and path against the RPC's route, nothing else.
///
/// A refusal is said as in gRPC, `sv_rpc::status(error).into_http()`: the edge turns it into the
/// envelope with the reason's HTTP status. Any other response goes out as it is.
pub type HttpMount = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

pub use door::Door;

/// Marks a request whose body is handed on as it arrives, whatever its length. It is made once: its bytes are not kept.
#[derive(Clone, Copy, Debug)]
pub struct Streamed {
    /// How long all of it may take.
    pub deadline: Duration,
}

/// The longest body that is kept to be sent again.
const LONGEST: usize = 1 << 20;
/// How often a request is made at most: whatever is asked here changes nothing, or nothing more when it is repeated.
const TRIES: usize = 3;
/// How long the beginning of an answer may take: a service that hangs is no reason to keep players waiting.
const TIMEOUT: Duration = Duration::from_secs(4);

/// Makes an HTTP mount of a service in other processes, spoken to over HTTP/2. A request whose answer
/// did not begin, or not in time, is made again, of another replica where there is one.
pub fn remote(addresses: &str, tls: Option<&Tls>) -> Result<HttpMount, BadAddress> {
    remote_within(addresses, tls, TIMEOUT)
}

fn remote_within(
    addresses: &str,
    tls: Option<&Tls>,
    timeout: Duration,
) -> Result<HttpMount, BadAddress> {
    let transport = transport::remote(addresses, tls)?;
    Ok(HttpMount::new(tower::service_fn(
        move |request: Request<Body>| {
            let transport = transport.clone();
            async move {
                if let Some(streamed) = request.extensions().get::<Streamed>().copied() {
                    return Ok(once(transport, request, streamed).await);
                }
                // Most have no bodies; those that have are short, and may be sent again.
                let (head, body) = request.into_parts();
                let body = match Limited::new(body, LONGEST).collect().await {
                    Ok(body) => body.to_bytes(),
                    Err(cause) => {
                        let too_large = Error::from(CommonReason::TooLarge).with("limit", LONGEST);
                        return Ok(status(too_large.because(cause)).into_http());
                    }
                };
                let mut last = None;
                for _ in 0..TRIES {
                    let mut request = Request::new(Body::new(Full::new(body.clone())));
                    *request.method_mut() = head.method.clone();
                    *request.uri_mut() = head.uri.clone();
                    *request.version_mut() = Version::HTTP_2;
                    *request.headers_mut() = head.headers.clone();
                    let answer = transport.clone().oneshot(request);
                    match tokio::time::timeout(timeout, answer).await {
                        Ok(Ok(answer)) => return Ok(answer),
                        Ok(Err(cause)) => last = Some(cause),
                        Err(_) => {}
                    }
                }
                let unavailable = Error::from(CommonReason::Unavailable);
                let unavailable = match last {
                    Some(cause) => unavailable.because(cause),
                    None => unavailable,
                };
                Ok(status(unavailable).into_http())
            }
        },
    )))
}

/// Hands a request on as it arrives.
async fn once(
    transport: Transport,
    mut request: Request<Body>,
    streamed: Streamed,
) -> Response<Body> {
    *request.version_mut() = Version::HTTP_2;
    let answer = transport.oneshot(request);
    let unavailable = Error::from(CommonReason::Unavailable);
    let refusal = match tokio::time::timeout(streamed.deadline, answer).await {
        Ok(Ok(answer)) => return answer,
        Ok(Err(cause)) => unavailable.because(cause),
        Err(late) => Error::from(CommonReason::DeadlineExceeded).because(late),
    };
    status(refusal).into_http()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_service_that_hangs_keeps_nobody_waiting_for_long() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", silent.local_addr().unwrap());
        let mount = remote_within(&address, None, Duration::from_millis(50)).unwrap();
        let answer = mount.oneshot(Request::default());
        let answer = tokio::time::timeout(Duration::from_secs(10), answer).await;
        assert_eq!(answer.unwrap().unwrap().headers()["grpc-status"], "14");
    }
}
