//! gRPC and grpc-web: passed through, whatever the messages are.

use std::{
    convert::{Infallible, identity},
    error::Error,
    iter,
};

use http::{
    HeaderValue, Method, Request, Response, StatusCode, Version, header, request::Parts as Head,
};
use http_body_util::BodyExt as _;
use sv_listen::{Peer, Silence};
use tokio::time::Instant;
use tonic::{Code, Status, TimeoutExpired, body::Body};
use tower::{Layer as _, ServiceExt as _};

use crate::{
    again::{self, Sent},
    ahead,
    core::{Core, caller},
    deadline::in_time,
    failure::{Failure, REFUSES, causes},
    metadata, refused, sound,
    stream_limit::CallPermit,
    table::{Rpc, Table},
};

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
    let passed = pass_on(core, peer, rpc, &head, body).await;
    passed.unwrap_or_else(Failure::respond_grpc)
}

/// Passes a call on. Where its caller sends one message, the service hears of it when that is whole: whoever begins many
/// calls and ends none takes no place on the connection that all share.
async fn pass_on(
    core: &Core,
    peer: &Peer,
    rpc: &Rpc,
    head: &Head,
    body: Body,
) -> Result<Response<Body>, Failure> {
    let until = deadline(core, rpc, head)?;
    let of_stream = if rpc.streams {
        Some(core.permit(head, peer, rpc, until).await?)
    } else {
        None
    };
    if let Some(silence) = head.extensions.get::<Silence>()
        && (rpc.takes_stream || until.is_some())
    {
        // A caller that streams may have nothing to say for long; pings tell that it is there. The others have their
        // deadline.
        silence.allow(core.options.stream);
    }
    let mut held = core.intake.hold();
    let body = if rpc.takes_stream {
        Sent::Once(body)
    } else {
        // How large a message may be says the service.
        let whole = held.collect(body, usize::MAX);
        Sent::Whole(in_time(until, whole).await?)
    };
    let permit = match of_stream {
        Some(permit) => permit,
        None => core.permit(head, peer, rpc, until).await?,
    };
    // Answers that are streams may go on.
    let until = until.filter(|_| !rpc.streams);
    let forwarded = forward(peer, rpc, head, until);
    let called = async {
        let called = again::send(rpc.channel.clone(), forwarded, body, until).await;
        called.map_err(|cause| unreached(rpc, &cause))
    };
    let answer = in_time(until, called).await?;
    if let Some(status) = sound::of_http(&answer) {
        let (upstream, cause) = (&*rpc.upstream, status.message());
        tracing::warn!(upstream, cause, "a service did not answer as gRPC");
        return Ok(status.into_http());
    }
    if !rpc.streams {
        let share = core.answer_limit.share(caller(head, peer));
        return ahead::taken(answer, &rpc.upstream, until, share, permit).await;
    }
    // The permit is kept as long as the answer goes on.
    Ok(answer.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _: &CallPermit = &permit;
            frame
        }))
    }))
}

/// Returns until when the one message of a caller has to be there and, where it is one, too, the answer: what the caller
/// says, but no longer than any call may take.
fn deadline(core: &Core, rpc: &Rpc, head: &Head) -> Result<Option<Instant>, Failure> {
    if rpc.takes_stream {
        return Ok(None);
    }
    let waits = metadata::timeout(&head.headers)?;
    let within = waits.into_iter().chain(core.options.timeout).min();
    Ok(within.and_then(|within| Instant::now().checked_add(within)))
}

/// Writes the head of the call to the service.
fn forward(peer: &Peer, rpc: &Rpc, head: &Head, until: Option<Instant>) -> Request<()> {
    let mut forwarded = Request::new(());
    *forwarded.method_mut() = Method::POST;
    *forwarded.version_mut() = Version::HTTP_2;
    *forwarded.uri_mut() = rpc.path.clone().into();
    let headers = forwarded.headers_mut();
    for (name, value) in &head.headers {
        if !metadata::is_of_connection(name) && !metadata::is_ours(name.as_str()) {
            headers.append(name.clone(), value.clone());
        }
    }
    metadata::tell_way(head, peer.address.ip(), headers);
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    // The service hears how long its caller waits, not how long we would.
    if let Some(until) = until.filter(|_| headers.contains_key(metadata::TIMEOUT)) {
        metadata::tell_timeout(until.saturating_duration_since(Instant::now()), headers);
    }
    forwarded
}

/// Makes the failure of a call that the service did not answer.
fn unreached(rpc: &Rpc, cause: &(dyn Error + 'static)) -> Failure {
    // The channel reads how long the caller waits, too, and may be the first to see that it is over.
    if iter::successors(Some(cause), |&cause| cause.source()).any(<dyn Error>::is::<TimeoutExpired>)
    {
        return Failure::time_is_over();
    }
    if refused::is_refused(cause) {
        tracing::warn!(upstream = &*rpc.upstream, "{REFUSES}");
        return Failure::busy();
    }
    let (upstream, cause) = (&*rpc.upstream, causes(cause));
    tracing::warn!(upstream, cause, "a service could not be reached");
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    Failure::new(
        unavailable,
        Code::Unavailable,
        "the service cannot be reached",
    )
}
