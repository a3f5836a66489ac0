//! A service that answers any call with its own message; what its calls do is said in testdata/library.proto.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use prost::Message as _;
use sv_listen::{ConnectionOptions, Peer, Port, serve, service};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{Status, body::Body};

/// Serves until told to stop.
pub(crate) async fn run(listener: TcpListener, stop: CancellationToken) {
    run_with(listener, stop, ConnectionOptions::of_mesh()).await;
}

/// Serves within bounds until told to stop.
pub(crate) async fn run_with(
    listener: TcpListener,
    stop: CancellationToken,
    options: ConnectionOptions,
) {
    let port = Port {
        name: "echo",
        options,
        behind_proxy: false,
        secure: None,
    };
    let handler = service(|_: Peer, request: Request<Body>| answer(request));
    serve(listener, Arc::new(handler), &port, stop).await;
}

async fn answer(request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let said = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let method = head.uri.path().rsplit('/').next().unwrap_or_default();
    if let Some(sleep) = said("sleep").and_then(|sleep| sleep.parse().ok()) {
        tokio::time::sleep(Duration::from_millis(sleep)).await;
    }
    if let Some(status) = said("page") {
        return page(status);
    }
    if method == "Fail" {
        return failed(
            said("code")
                .and_then(|code| code.parse().ok())
                .unwrap_or(13),
        );
    }
    if method == "Converse" {
        return converse(body);
    }
    // A caller that breaks off is answered with nothing.
    let Ok(body) = body.collect().await else {
        return failed(1);
    };
    let body = body.to_bytes();
    let last = last_message(&body);
    let (times, code) = if method.starts_with("Watch") {
        match said("fail-after").and_then(|times| times.parse().ok()) {
            Some(times) => (times, 9),
            None => (3, 0),
        }
    } else {
        (1, 0)
    };
    let mut framed = BytesMut::new();
    framed.put_u8(0);
    framed.put_u32(u32::try_from(last.len()).unwrap());
    framed.extend_from_slice(&last);
    if said("half").is_some() {
        framed.truncate(framed.len() - 2);
    }
    let framed = framed.freeze();
    let mut frames: Vec<_> = (0..times).map(|_| Frame::data(framed.clone())).collect();
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(code));
    trailers.insert("grpc-message", HeaderValue::from_static("broken%20off"));
    trailers.insert("end", HeaderValue::from_static("reached"));
    if let Some(details) = head.headers.get("details") {
        trailers.insert("grpc-status-details-bin", details.clone());
    }
    let hangs = said("hang").is_some();
    if !hangs {
        frames.push(Frame::trailers(trailers));
    }
    let frames = futures::stream::iter(frames.into_iter().map(Ok::<_, Status>));
    let body = if hangs {
        Body::new(StreamBody::new(frames.chain(futures::stream::pending())))
    } else {
        Body::new(StreamBody::new(frames))
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/grpc"));
    let more = said("headers").and_then(|more| more.parse().ok());
    for _ in 0..more.unwrap_or_default() {
        let large = "x".repeat(10_000).parse().unwrap();
        headers.append("large", large);
    }
    for (name, value) in &head.headers {
        let name = format!("seen-{name}");
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            value.clone(),
        );
    }
    response
}

/// What stands before a service answers, where it does not reach it.
fn page(status: &str) -> Response<Body> {
    let text = Full::new(Bytes::from_static(b"<html>no</html>"));
    let mut response = Response::new(Body::new(text));
    *response.status_mut() = status.parse().unwrap();
    let kind = HeaderValue::from_static("text/html");
    response.headers_mut().insert("content-type", kind);
    response
}

/// Hands back what comes, while it comes.
fn converse(body: Body) -> Response<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(0));
    let back = body.into_data_stream().map_ok(Frame::data);
    let back = back.chain(futures::stream::iter([Ok(Frame::trailers(trailers))]));
    let mut response = Response::new(Body::new(StreamBody::new(back)));
    let kind = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", kind);
    response
}

/// Takes the last of the framed messages.
fn last_message(mut body: &[u8]) -> Vec<u8> {
    let mut last = Vec::new();
    while let Some((&[_, a, b, c, d], rest)) = body.split_first_chunk::<5>() {
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        last = rest[..length].to_vec();
        body = &rest[length..];
    }
    last
}

/// A refusal with a detail that everybody knows, and one that nobody does.
fn failed(code: i32) -> Response<Body> {
    let details = tonic_types::Status {
        code,
        message: "it does not work".to_owned(),
        details: vec![
            prost_types::Any {
                type_url: "type.googleapis.com/google.rpc.ErrorInfo".to_owned(),
                // reason = "NO", domain = "test"
                value: vec![0x0a, 2, b'N', b'O', 0x12, 4, b't', b'e', b's', b't'],
            },
            prost_types::Any {
                type_url: "type.googleapis.com/nobody.knows.This".to_owned(),
                value: vec![1, 2],
            },
        ],
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/grpc"));
    headers.insert("grpc-status", HeaderValue::from(code));
    headers.insert("grpc-message", HeaderValue::from_static("it does not work"));
    let details = BASE64_STANDARD_NO_PAD.encode(details.encode_to_vec());
    headers.insert("grpc-status-details-bin", details.parse().unwrap());
    headers.insert("retry-hint", HeaderValue::from_static("later"));
    response
}
