//! Every request's way in and out: what happens to all of them, whatever they want.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header, request::Parts};
use sv_kernel::Error;
use sv_listen::{Fault, Handler, MAX_FIELDS, MAX_HEAD, Peer, Protocol};
use sv_proto::common::CommonReason;
use tonic::body::Body;

use crate::{
    account::account, edge::Core, grpc, locales::Language, refusal::Refusal,
    request_info::RequestInfo, rest,
};

/// When to come back to an edge that has too much to do.
const OVERLOADED: Duration = Duration::from_secs(1);

impl Handler for Core {
    async fn handle(self: Arc<Self>, peer: Peer, request: Request<Body>) -> Response<Body> {
        let (head, body) = request.into_parts();
        // 1. Request id, address, tenant, trace.
        let info = RequestInfo::of(
            &self.env,
            &self.options,
            peer.address.ip(),
            head.uri.authority().map(http::uri::Authority::as_str),
            &head.headers,
        );
        let answered = AssertUnwindSafe(self.answer(&info, &peer, &head, body)).catch_unwind();
        let mut response = match answered.await {
            Ok(response) => response,
            Err(_) => self.refuse(
                &info,
                &head.headers,
                Error::from(CommonReason::Internal)
                    .because("the edge panicked")
                    .into(),
            ),
        };
        // On the way out: what every answer says.
        let out = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&info.request_id) {
            out.insert(HeaderName::from_static("x-request-id"), id);
        }
        out.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        self.cors.write(&head.headers, out);
        account(&info, &head, &mut response);
        response
    }
}

impl Core {
    async fn answer(
        self: &Arc<Self>,
        info: &RequestInfo,
        peer: &Peer,
        head: &Parts,
        body: Body,
    ) -> Response<Body> {
        let Parts {
            method,
            uri,
            headers,
            ..
        } = head;
        // 2. A request that the listener found fault with.
        if let Some(fault) = peer.fault {
            let error = malformed(fault, self.options.max_uri_bytes);
            return self.refuse(info, headers, error.into());
        }
        // 3. CORS.
        if let Some(response) = self.cors.preflight(head) {
            return response;
        }
        // 4. The address's length.
        let length = uri.path_and_query().map_or(0, |uri| uri.as_str().len());
        if length > self.options.max_uri_bytes {
            let error =
                Error::from(CommonReason::UriTooLong).with("limit", self.options.max_uri_bytes);
            return self.refuse(info, headers, error.into());
        }
        // 5. What the process tells about itself.
        let show_metrics = self.options.metrics && info.local;
        let probe = self.probes.answer(method, uri.path(), show_metrics);
        match probe.await {
            Some(Ok(response)) => return response,
            Some(Err(refusal)) => return self.refuse(info, headers, refusal),
            None => {}
        }
        // 6. A place among the requests under way.
        if peer.crowded {
            let error = Error::from(CommonReason::Overloaded).retry_after(OVERLOADED);
            return self.refuse(info, headers, error.into());
        }
        // 7. The web app.
        match self.webapp.answer(head, &self.plan) {
            Some(Ok(response)) => return response,
            Some(Err(refusal)) => return self.refuse(info, headers, refusal),
            None => {}
        }
        // 8. The three protocols, each with rates, identity and policy.
        match Protocol::of(headers) {
            Protocol::Rest => rest::serve(self, info, head, body).await,
            Protocol::Grpc => grpc::serve(self, info, whole(head, body)).await,
            Protocol::GrpcWeb => grpc::serve_web(self, info, whole(head, body)).await,
        }
    }

    /// Writes a refusal in the caller's language.
    pub(crate) fn refuse(
        &self,
        info: &RequestInfo,
        headers: &HeaderMap,
        refusal: Refusal,
    ) -> Response<Body> {
        let language = Language::of(headers);
        refusal.into_response(info, language, self.plan.codec(), self.env.clock.now())
    }
}

fn whole(head: &Parts, body: Body) -> Request<Body> {
    Request::from_parts(head.clone(), body)
}

/// Returns the refusal of a request that the listener found fault with.
fn malformed(fault: Fault, max_uri_bytes: usize) -> Error {
    match fault {
        Fault::Malformed(problem) => {
            Error::from(CommonReason::HttpInvalid).with("problem", problem)
        }
        Fault::LongTarget => Error::from(CommonReason::UriTooLong).with("limit", max_uri_bytes),
        Fault::LargeFields => Error::from(CommonReason::HeadersTooLarge)
            .with("fields", MAX_FIELDS)
            .with("bytes", MAX_HEAD),
    }
}
