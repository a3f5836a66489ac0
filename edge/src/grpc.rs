//! gRPC and grpc-web: passed through to the services, with the same checks as REST.

mod web;

use std::convert::{Infallible, identity};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version, header,
};
use http_body_util::BodyExt as _;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rpc::policy::{self, Caller};
use tonic::body::Body;
use tower::{Layer as _, ServiceExt as _};

use self::web::Writing;
use crate::{
    call::let_refuse,
    edge::Core,
    locales::Language,
    rate::{RateLimitStatus, Who},
    refusal::speak,
    request_info::{RequestInfo, locate, single},
    rpcs::Rpc,
    whole::malformed,
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
pub(crate) async fn serve(
    core: &Core,
    info: &RequestInfo,
    request: Request<Body>,
) -> Response<Body> {
    if request.version() != Version::HTTP_2 {
        let error = Error::from(CommonReason::HttpInvalid).with("problem", "gRPC needs HTTP/2");
        return core.refuse(info, request.headers(), error.into());
    }
    if request.method() != Method::POST {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    pass(core, info, request, None).await
}

/// Answers a call of a browser: unary, and streams of answers.
pub(crate) async fn serve_web(
    core: &Core,
    info: &RequestInfo,
    mut request: Request<Body>,
) -> Response<Body> {
    let headers = request.headers_mut();
    let kind = single(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let writing = Writing::of(kind);
    let answer = writing.unwrap_or(Writing::Binary).of_answer(headers);
    // The layer knows types without parameters only, and leaves a body alone that it takes for
    // binary; this one is read below.
    headers.insert(header::CONTENT_TYPE, Writing::Binary.kind());
    headers.insert(header::ACCEPT, answer.kind());
    let inner = tower::service_fn(|request: Request<Body>| async move {
        if writing.is_some() {
            let mut response = pass(core, info, request, writing).await;
            // The trailers become a frame of the body, and a service elsewhere has told its length without them.
            response.headers_mut().remove(header::CONTENT_LENGTH);
            return Ok::<_, Infallible>(response.map(|body| Body::new(body.map_frame(identity))));
        }
        let error = malformed("the content type is none of grpc-web in UTF-8");
        let language = Language::of(request.headers());
        Ok(speak(sv_rpc::status(error).into_http(), language))
    });
    let service = tonic_web::GrpcWebLayer::new().layer(inner);
    match service.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn pass(
    core: &Core,
    info: &RequestInfo,
    request: Request<Body>,
    web: Option<Writing>,
) -> Response<Body> {
    let rpc = core.rpcs.of_path(request.uri().path());
    let mut rate_limit = None;
    let language = Language::of(request.headers());
    let rpc_here = rpc.map(AsRef::as_ref);
    let answer = forward(core, info, rpc_here, request, web, &mut rate_limit).await;
    let response = answer.unwrap_or_else(|error| sv_rpc::status(error).into_http());
    let mut response = speak(response, language);
    if let Some(rate_limit) = rate_limit {
        rate_limit.write(response.headers_mut());
    }
    if let Some(rpc) = rpc {
        response.extensions_mut().insert(rpc.route.clone());
    }
    response
}

async fn forward(
    core: &Core,
    info: &RequestInfo,
    rpc: Option<&Rpc>,
    request: Request<Body>,
    web: Option<Writing>,
    rate_limit: &mut Option<RateLimitStatus>,
) -> Result<Response<Body>> {
    let (head, body) = request.into_parts();
    // Rates, then identity, then who may call; ownership is decided by the service, which reads
    // the message.
    let admission = core.admit(info, &head.headers, rpc).await;
    *rate_limit = admission.rate_limit;
    if let Some(beyond) = admission.beyond() {
        return Err(beyond);
    }
    let rpc = rpc.ok_or(CommonReason::Unimplemented)?;
    if rpc.is_bytes() {
        return Err(CommonReason::ServedOverHttp.into());
    }
    let verified = match admission.verified() {
        Ok(verified) => verified,
        Err(refusal) => {
            let_refuse(rpc, None, info.metadata(&head.headers)).await;
            return Err(refusal);
        }
    };
    let caller = Caller {
        service: None,
        viewer: verified.as_ref().map(|verified| verified.viewer.clone()),
    };
    if !rpc.owner_decides()
        && let Err(refusal) = policy::decide(&caller, &rpc.policy, &[], core.options.access())
    {
        let_refuse(rpc, verified, info.metadata(&head.headers)).await;
        return Err(refusal);
    }
    let place = if rpc.policy.server_streaming {
        let who = caller.viewer.as_ref().map_or_else(
            || Who::Address(info.client),
            |viewer| Who::Account(viewer.user),
        );
        Some(core.streams.take(who)?)
    } else {
        None
    };
    let mut held = core.intake.hold();
    let body = match web {
        Some(writing) => {
            let (most, time) = (rpc.policy.max_request_bytes, core.options.body_time());
            writing.read(body, most, time, &mut held).await?
        }
        None => body,
    };
    let mut forwarded = Request::new(body);
    *forwarded.method_mut() = Method::POST;
    *forwarded.version_mut() = Version::HTTP_2;
    *forwarded.uri_mut() = rpc.uri.clone();
    *forwarded.headers_mut() = metadata(info, &head.headers);
    let tenant = verified.as_ref().map(|verified| &verified.tenant);
    let country = info.country(&core.options, tenant.unwrap_or(&info.tenant));
    locate(forwarded.headers_mut(), country);
    if let Some(verified) = verified {
        forwarded.extensions_mut().insert(verified);
    }
    let answered = rpc.transport.clone().oneshot(forwarded).await;
    if !rpc.policy.safe {
        core.cache.wrote(rpc.service());
    }
    let response =
        answered.map_err(|cause| Error::from(CommonReason::Unavailable).because(cause))?;
    Ok(match place {
        // What is refused at once has no body that could end.
        Some(place) if sv_rpc::end_code(response.headers()).is_none() => {
            response.map(|body| core.streams.keep(place, body))
        }
        _ => response,
    })
}

fn metadata(info: &RequestInfo, headers: &HeaderMap) -> HeaderMap {
    let mut metadata = info.metadata(headers);
    for name in PROTOCOL.map(HeaderName::from_static) {
        if let Some(value) = headers.get(&name) {
            metadata.insert(name, value.clone());
        }
    }
    metadata
}
