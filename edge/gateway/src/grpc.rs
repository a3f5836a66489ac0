//! gRPC and grpc-web: passed through, whatever the messages are.

use std::{
    convert::{Infallible, identity},
    error::Error,
    iter,
};

use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};
use http_body_util::BodyExt as _;
use sv_listen::Peer;
use tonic::{Code, Status, TimeoutExpired, body::Body};
use tower::{Layer as _, ServiceExt as _};

use crate::{core::Core, failure::Failure, metadata, stream_limit::StreamPermit, table::Table};

/// Answers a gRPC call.
pub(crate) async fn serve(
    core: &Core,
    table: &Table,
    peer: &Peer,
    request: Request<Body>,
) -> Response<Body> {
    if request.version() != Version::HTTP_2 {
        let failure = Failure::new(
            StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Code::Unimplemented,
            "gRPC needs HTTP/2",
        );
        return failure.respond(table);
    }
    if request.method() != Method::POST {
        let mut response = refused(StatusCode::METHOD_NOT_ALLOWED);
        let post = HeaderValue::from_static("POST");
        response.headers_mut().insert(header::ALLOW, post);
        return response;
    }
    pass(core, table, peer, request).await
}

/// Answers a call of a browser: unary, and streams of answers.
pub(crate) async fn serve_web(
    core: &Core,
    table: &Table,
    peer: &Peer,
    mut request: Request<Body>,
) -> Response<Body> {
    let headers = request.headers_mut();
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let essence = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    // The layer below knows types without parameters only.
    let kind = match &*essence.trim().to_ascii_lowercase() {
        "application/grpc-web" | "application/grpc-web+proto" => "application/grpc-web+proto",
        "application/grpc-web-text" | "application/grpc-web-text+proto" => {
            "application/grpc-web-text+proto"
        }
        _ => return unwritten(),
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::ACCEPT, HeaderValue::from_static(kind));
    let inner = tower::service_fn(|request: Request<Body>| async move {
        // What the body is unpacked to is shorter than it says.
        let request = request.map(|body| Body::new(body.map_frame(identity)));
        let mut response = pass(core, table, peer, request).await;
        // The trailers become a frame of the body, and a service has told its length without them.
        response.headers_mut().remove(header::CONTENT_LENGTH);
        Ok::<_, Infallible>(response.map(|body| Body::new(body.map_frame(identity))))
    });
    let service = tonic_web::GrpcWebLayer::new().layer(inner);
    match service.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Answers a call that is written in a way that no RPC takes.
pub(crate) fn unwritten() -> Response<Body> {
    refused(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// Refuses by the status of HTTP alone: clients of gRPC read no JSON.
fn refused(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

async fn pass(core: &Core, table: &Table, peer: &Peer, request: Request<Body>) -> Response<Body> {
    let Some(rpc) = table.of_path(request.uri().path()) else {
        let unknown = format!("{} is not served here", request.uri().path());
        return Status::new(Code::Unimplemented, unknown).into_http();
    };
    let (head, body) = request.into_parts();
    let permit = match rpc.streams.then(|| core.permit(&head, peer)).transpose() {
        Ok(permit) => permit,
        Err(failure) => return failure.respond_grpc(),
    };
    let mut forwarded = Request::new(body);
    *forwarded.method_mut() = Method::POST;
    *forwarded.version_mut() = Version::HTTP_2;
    *forwarded.uri_mut() = rpc.path.clone().into();
    for (name, value) in &head.headers {
        if !metadata::is_of_connection(name) && !metadata::is_ours(name.as_str()) {
            forwarded.headers_mut().append(name.clone(), value.clone());
        }
    }
    metadata::tell_way(&head, peer.address.ip(), forwarded.headers_mut());
    forwarded
        .headers_mut()
        .insert(header::TE, HeaderValue::from_static("trailers"));
    match rpc.channel.clone().oneshot(forwarded).await {
        // The permit is kept as long as the answer goes on.
        Ok(response) => response.map(|body| match permit {
            Some(permit) => Body::new(body.map_frame(move |frame| {
                let _: &StreamPermit = &permit;
                frame
            })),
            None => body,
        }),
        // The channel reads how long the caller waits, too, and may be the first to see that it is over.
        Err(cause) if is_timeout(&cause) => {
            Status::deadline_exceeded("the deadline of the call has passed").into_http()
        }
        Err(cause) => {
            tracing::warn!(%cause, "a service could not be reached");
            Status::new(Code::Unavailable, "the service cannot be reached").into_http()
        }
    }
}

/// Says whether it was only the caller's time that ran out.
fn is_timeout(cause: &(dyn Error + 'static)) -> bool {
    iter::successors(Some(cause), |&cause| cause.source()).any(<dyn Error>::is::<TimeoutExpired>)
}
