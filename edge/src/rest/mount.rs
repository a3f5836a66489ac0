//! Bytes that a service's HTTP mount answers: playlists, segments, posters.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use sv_kernel::Error;
use sv_proto::common::CommonReason;
use sv_rest::route::strip_client;
use sv_rpc::mount::Streamed;
use tonic::{Code, Status, body::Body};
use tower::ServiceExt as _;

use super::{Work, pack::pack_text};
use crate::{refusal::Refusal, rpcs::Rpc};

/// Request headers that bytes depend on.
const CONDITIONS: [HeaderName; 7] = [
    header::RANGE,
    header::IF_RANGE,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_MATCH,
    header::ACCEPT,
    header::ACCEPT_ENCODING,
];

/// Types of playlists: of HLS (RFC 8216 10), its older names, and of DASH.
const PLAYLISTS: [&[u8]; 4] = [
    b"application/vnd.apple.mpegurl",
    b"application/x-mpegurl",
    b"audio/mpegurl",
    b"application/dash+xml",
];

impl Work<'_> {
    /// Hands the request over, with its body where it has one. The service checks the playback token, or the signature.
    pub(super) async fn mount(
        &self,
        called: &sv_rest::Method,
        rpc: &Rpc,
        body: Body,
    ) -> Result<Response<Body>, Refusal> {
        // Media is only ever read; a body would be kept open for nothing.
        let takes_body = self.method == Method::POST;
        let (rates, client) = (&self.core.rates, self.info.client);
        if takes_body && !rates.may_verify(client) {
            return Err(rates.too_many_bad_tokens(client).into());
        }
        let mut held = self.core.intake.hold();
        let body = if rpc.policy.stream_body {
            if self.is_packed() {
                let refusal = Refusal::from(CommonReason::EncodingUnsupported);
                return Err(refusal.with_header(header::ACCEPT_ENCODING, "identity"));
            }
            body
        } else if takes_body {
            let read = self.read(body, rpc.policy.max_request_bytes, &mut held);
            Body::new(Full::new(read.await?))
        } else {
            drop(body);
            Body::empty()
        };
        let mount = rpc.mount.clone().ok_or(CommonReason::Unavailable)?;
        let mut headers = self.info.metadata(self.headers);
        let streamed = rpc.policy.stream_body;
        // A body that was read whole has its length by itself.
        let length = streamed.then_some(&header::CONTENT_LENGTH);
        let kind = (takes_body || streamed).then_some(&header::CONTENT_TYPE);
        let own = called.request_headers.iter().map(String::as_str);
        let names = CONDITIONS.iter().chain(length).chain(kind);
        let names = names.map(HeaderName::as_str);
        for name in names.chain(own) {
            for value in self.headers.get_all(name) {
                if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                    headers.append(name, value.clone());
                }
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
        let mut request = Request::new(body);
        if rpc.policy.stream_body {
            let deadline = rpc.policy.deadline;
            request.extensions_mut().insert(Streamed { deadline });
        }
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let answered = mount.oneshot(request).await;
        let mut response = answered.unwrap_or_else(|never| match never {});
        if let Some(status) = Status::from_header_map(response.headers())
            && status.code() != Code::Ok
        {
            return Err(self.refusal_of(called, status, response.headers()));
        }
        response.headers_mut().remove("grpc-status");
        // What belongs to one connection does not go on to another.
        for name in ["connection", "transfer-encoding", "keep-alive", "upgrade"] {
            response.headers_mut().remove(name);
        }
        self.pack_playlist(response).await
    }

    /// Refusals come as in gRPC, and become the envelope on media paths too (C43).
    fn refusal_of(&self, called: &sv_rest::Method, status: Status, headers: &HeaderMap) -> Refusal {
        let error = sv_rpc::error(status);
        // A signature that does not hold is counted as a token that does not; one that holds is not.
        let beyond = (error.info().false_proof)
            .then(|| self.core.rates.bad_token(self.info.client))
            .flatten();
        let mut refusal = Refusal::from(beyond.unwrap_or(error));
        let own = called.headers.iter().map(String::as_str);
        for name in own.chain([header::CONTENT_RANGE.as_str()]) {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Some(value)) = (name, value) {
                refusal = refusal.with_header(name, value);
            }
        }
        refusal
    }

    /// Packs a playlist, which says the same address over and over, for those who take gzip.
    async fn pack_playlist(&self, mut response: Response<Body>) -> Result<Response<Body>, Refusal> {
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_playlist = kind.is_some_and(|kind| PLAYLISTS.contains(&kind.as_bytes()));
        let is_whole = response.status() == StatusCode::OK
            && !response.headers().contains_key(header::CONTENT_ENCODING);
        if !is_playlist || !is_whole || !self.core.options.gzip {
            return Ok(response);
        }
        let vary = HeaderValue::from_static("accept-encoding");
        response.headers_mut().append(header::VARY, vary);
        if self.method == Method::HEAD {
            // Its length depends on the packing, which is not done for nothing.
            response.headers_mut().remove(header::CONTENT_LENGTH);
            return Ok(response);
        }
        let (mut head, body) = response.into_parts();
        let limit = self.core.options.max_response_bytes;
        let body = Limited::new(body, limit).collect().await;
        let text = body
            .map_err(|cause| Error::from(CommonReason::Unavailable).because(cause))?
            .to_bytes();
        let Some(packed) = pack_text(self.headers, &text) else {
            return Ok(Response::from_parts(head, Body::new(Full::new(text))));
        };
        let gzip = HeaderValue::from_static("gzip");
        head.headers.insert(header::CONTENT_ENCODING, gzip);
        head.headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(packed.len()));
        // The tag of the text as it is names other bytes than these.
        if let Some(tag) = head.headers.remove(header::ETAG)
            && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat())
        {
            head.headers.insert(header::ETAG, weak);
        }
        head.headers.remove(header::ACCEPT_RANGES);
        Ok(Response::from_parts(head, Body::new(Full::new(packed))))
    }
}
