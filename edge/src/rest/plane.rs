//! Bytes that a service's HTTP mount answers: playlists, segments, posters.

use http::{Request, Response, header};
use sv_kernel::Error;
use sv_proto::common::CommonReason;
use sv_rest::route::strip_client;
use tonic::{Code, Status, body::Body};
use tower::ServiceExt as _;

use super::Work;
use crate::{refusal::Refusal, rpcs::Rpc};

/// Request headers that bytes depend on.
const CONDITIONS: [http::HeaderName; 7] = [
    header::RANGE,
    header::IF_RANGE,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_MATCH,
    header::ACCEPT,
    header::ACCEPT_ENCODING,
];

impl Work<'_> {
    /// Hands the request over. The service checks the playback token.
    pub(super) async fn plane(&self, rpc: &Rpc, body: Body) -> Result<Response<Body>, Refusal> {
        // Media is only ever read; a body would be kept open for nothing.
        drop(body);
        let plane = rpc.plane.clone().ok_or(CommonReason::Unavailable)?;
        let mut headers = self.facts.metadata(self.headers);
        for name in CONDITIONS {
            for value in self.headers.get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        let path = strip_client(self.uri.path()).unwrap_or_else(|| self.uri.path());
        let target = match self.uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let uri = http::Uri::builder()
            .scheme("http")
            .authority("service")
            .path_and_query(target)
            .build()
            .map_err(|cause| Error::from(CommonReason::Internal).because(cause))?;
        let mut request = Request::new(Body::empty());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let answered = plane.oneshot(request).await;
        let mut response = answered.unwrap_or_else(|never| match never {});
        // Refusals come as in gRPC, and become the envelope on media paths too (C43).
        if let Some(status) = Status::from_header_map(response.headers())
            && status.code() != Code::Ok
        {
            let size = response.headers().get(header::CONTENT_RANGE).cloned();
            let refusal = Refusal::from(sv_rpc::error(status));
            return Err(match size.as_ref().and_then(|size| size.to_str().ok()) {
                Some(size) => refusal.with_header(header::CONTENT_RANGE, size),
                None => refusal,
            });
        }
        response.headers_mut().remove("grpc-status");
        // What belongs to one connection does not go on to another.
        for name in ["connection", "transfer-encoding", "keep-alive", "upgrade"] {
            response.headers_mut().remove(name);
        }
        Ok(response)
    }
}
