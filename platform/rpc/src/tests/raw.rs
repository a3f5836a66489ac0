//! Services and calls of bare bytes, for what generated code would never do.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use tonic::{Code, Status, body::Body, server::NamedService};
use tower::Service;

use super::protos::pool;
use crate::{
    Limits, PolicyTable, Server, ServerBuilder, ServerSettings, error, frame::frame,
    testing::Harness,
};

pub(super) type Handler =
    Arc<dyn Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// `streamverse.test.v1.Svc`, whatever it does.
#[derive(Clone)]
pub(super) struct Svc(pub(super) Handler);

impl NamedService for Svc {
    const NAME: &'static str = "streamverse.test.v1.Svc";
}

impl Service<Request<Body>> for Svc {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.0(request);
        Box::pin(async move { Ok(answer.await) })
    }
}

/// RPCs of every shape on one message with one rule.
pub(super) const PROTO: &str = "
    message M { string text = 1 [(field) = {max_length: 5}]; string user_id = 2; }
    service Svc {
      rpc One(M) returns (M) { option (policy) = {anonymous: {} max_request_bytes: 64}; }
      rpc Read(M) returns (stream M) {
        option idempotency_level = NO_SIDE_EFFECTS;
        option (policy) = {anonymous: {}};
      }
      rpc Down(M) returns (stream M) { option (policy) = {anonymous: {} deadline: {seconds: 5}}; }
      rpc Short(M) returns (stream M) { option (policy) = {anonymous: {} deadline: {nanos: 40000000}}; }
      rpc Watch(M) returns (stream M) {
        option (policy) = {
          authenticated: {}
          stream: {idle: {nanos: 60000000} resume_token: 'text' resume_after: 'user_id'}
        };
      }
      rpc Up(stream M) returns (M) { option (policy) = {anonymous: {} max_request_bytes: 64}; }
      rpc Send(stream M) returns (M) { option (policy) = {authenticated: {}}; }
      rpc Mine(M) returns (M) { option (policy) = {require: {owner_field: 'user_id'}}; }
      rpc Inner(M) returns (M) { option (policy) = {service: {callers: ['auth']}}; }
      rpc Bytes(M) returns (stream M) { option (policy) = {play_token: {} plane: PLANE_BYTES}; }
    }";

pub(super) fn builder(harness: &Harness, limits: Limits) -> ServerBuilder {
    ServerBuilder::new(ServerSettings {
        env: harness.env.clone(),
        policies: Arc::new(PolicyTable::compile(&pool(PROTO)).unwrap()),
        authenticator: harness.authenticator.clone(),
        limits,
    })
}

pub(super) fn serve<F, R>(harness: &Harness, handler: F) -> Server
where
    F: Fn(Request<Body>) -> R + Send + Sync + 'static,
    R: Future<Output = Response<Body>> + Send + 'static,
{
    let mut builder = builder(harness, Limits::default());
    builder.add(
        "test",
        Svc(Arc::new(move |request| Box::pin(handler(request)))),
    );
    builder.build().unwrap()
}

/// A message with a text.
pub(super) fn text(text: &str) -> Vec<u8> {
    let mut wire = vec![0x0A, u8::try_from(text.len()).unwrap()];
    wire.extend_from_slice(text.as_bytes());
    wire
}

pub(super) fn request(method: &str, body: impl Into<Bytes>) -> Request<Body> {
    Request::post(format!("/streamverse.test.v1.Svc/{method}"))
        .header("content-type", "application/grpc")
        .body(Body::new(Full::new(body.into())))
        .unwrap()
}

pub(super) fn ok_trailers() -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    trailers
}

/// A plain answer of one message.
pub(super) fn answer(message: &[u8]) -> Response<Body> {
    let body = Full::new(frame(message)).with_trailers(std::future::ready(Some(Ok(ok_trailers()))));
    Response::builder()
        .header("content-type", "application/grpc")
        .body(Body::new(body))
        .unwrap()
}

/// Returns the code or reason of an answer, and the bytes before it.
pub(super) async fn outcome(response: Response<Body>) -> (String, Bytes) {
    if response.status() != 200 {
        return (response.status().as_u16().to_string(), Bytes::new());
    }
    let head = Status::from_header_map(response.headers());
    let whole = response.into_body().collect().await.unwrap();
    let end = head
        .or_else(|| whole.trailers().and_then(Status::from_header_map))
        .unwrap();
    let name = if end.code() == Code::Ok {
        "OK".to_owned()
    } else {
        error(end).reason().to_owned()
    };
    (name, whole.to_bytes())
}

pub(super) async fn run(server: &Server, request: Request<Body>) -> (String, Bytes) {
    let call = async { outcome(server.clone().call(request).await.unwrap()).await };
    let timeout = std::time::Duration::from_secs(20);
    tokio::time::timeout(timeout, call)
        .await
        .expect("an answer without end")
}
