//! gRPC and grpc-web: passed through to the services, with the same checks as REST.

use std::convert::Infallible;

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header,
};
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rpc::policy::{self, Access, Caller, MethodPolicy, Plane};
use tonic::body::Body;
use tower::{Layer as _, ServiceExt as _};

use crate::{
    edge::{Core, short_name},
    facts::Facts,
    front::Route,
    locales::Language,
    rate::Standing,
    refusal::speak,
};

/// Headers of the protocol itself that go on, beside the metadata of every call.
const PROTOCOL: [&str; 5] = [
    "content-type",
    "te",
    "grpc-timeout",
    "grpc-encoding",
    "grpc-accept-encoding",
];

/// Answers a gRPC call.
pub(crate) async fn serve(core: &Core, facts: &Facts, request: Request<Body>) -> Response<Body> {
    if request.version() != Version::HTTP_2 {
        let error = Error::from(CommonReason::HttpInvalid).with("problem", "gRPC needs HTTP/2");
        return core.refuse(facts, request.headers(), error.into());
    }
    if request.method() != Method::POST {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    pass(core, facts, request).await
}

/// Answers a call of a browser: unary, and streams of answers.
pub(crate) async fn serve_web(
    core: &Core,
    facts: &Facts,
    request: Request<Body>,
) -> Response<Body> {
    let inner = tower::service_fn(|request| async {
        Ok::<_, Infallible>(pass(core, facts, request).await)
    });
    let service = tonic_web::GrpcWebLayer::new().layer(inner);
    match service.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn pass(core: &Core, facts: &Facts, request: Request<Body>) -> Response<Body> {
    let policy = core.policies.get(request.uri().path()).cloned();
    let public = policy.as_deref().filter(|policy| is_public(policy));
    let mut standing = None;
    let language = Language::of(request.headers());
    let answer = forward(core, facts, public, request, &mut standing).await;
    let response = answer.unwrap_or_else(|error| sv_rpc::status(error).into_http());
    let mut response = speak(response, language);
    if let Some(standing) = standing {
        standing.write(response.headers_mut());
    }
    let route = public.map_or(Route::NONE, |policy| Route::named(&policy.path));
    response.extensions_mut().insert(route);
    response
}

async fn forward(
    core: &Core,
    facts: &Facts,
    policy: Option<&MethodPolicy>,
    request: Request<Body>,
    standing: &mut Option<Standing>,
) -> Result<Response<Body>> {
    let (head, body) = request.into_parts();
    // Rates, then identity, then who may call; ownership is decided by the service, which reads
    // the message.
    let admission = core.admit(facts, &head.headers, policy).await;
    *standing = admission.standing;
    if let Some(beyond) = admission.beyond() {
        return Err(beyond);
    }
    let policy = policy.ok_or(CommonReason::Unimplemented)?;
    if policy.plane == Plane::Bytes {
        return Err(CommonReason::ServedOverHttp.into());
    }
    let caller = Caller {
        service: None,
        viewer: admission
            .verified()?
            .map(|verified| verified.viewer.clone()),
    };
    if !owner_decides(policy) {
        policy::decide(&caller, policy, &[], core.options.access())?;
    }
    let mut forwarded = Request::new(body);
    *forwarded.method_mut() = Method::POST;
    *forwarded.version_mut() = Version::HTTP_2;
    *forwarded.uri_mut() = uri(&policy.path)?;
    *forwarded.headers_mut() = metadata(facts, &head.headers);
    let transport = core.transport(policy.service())?;
    let answered = transport.oneshot(forwarded).await;
    if !policy.safe {
        core.cache.wrote(short_name(policy.service()));
    }
    answered.map_err(|cause| Error::from(CommonReason::Unavailable).because(cause))
}

/// Says whether strangers may know of an RPC.
fn is_public(policy: &MethodPolicy) -> bool {
    !matches!(policy.access, Access::Service { .. })
}

/// Says whether the request itself decides on access.
pub(crate) fn owner_decides(policy: &MethodPolicy) -> bool {
    matches!(&policy.access, Access::Require { owner: Some(_), .. })
}

fn metadata(facts: &Facts, headers: &HeaderMap) -> HeaderMap {
    let mut metadata = facts.metadata(headers);
    for name in PROTOCOL.map(HeaderName::from_static) {
        if let Some(value) = headers.get(&name) {
            metadata.insert(name, value.clone());
        }
    }
    metadata
}

fn uri(path: &str) -> Result<Uri> {
    Uri::builder()
        .scheme("http")
        .authority("service")
        .path_and_query(path)
        .build()
        .map_err(|cause| Error::from(CommonReason::Internal).because(cause))
}
