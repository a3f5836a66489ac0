//! The suite's service: it answers as each request says, and tells what it has seen.
//!
//! All RPCs are served as streams of answers, whose end says which trailers go with it: tonic lets methods
//! that answer once say none.

mod info;
mod many;
mod once;

use std::{
    convert::Infallible,
    task::{Context, Poll},
    time::Duration,
};

use futures::{
    StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use prost::{Message, Name};
use tonic::{
    Extensions, Status, Streaming,
    body::Body,
    metadata::MetadataMap,
    server::{Grpc, NamedService, StreamingService},
};
use tonic_prost::ProstCodec;
use tower::Service;

use self::once::Method;
use crate::pb::{
    BidiStreamRequest, BidiStreamResponse, ClientStreamRequest, ClientStreamResponse, Error,
    Header, IdempotentUnaryRequest, IdempotentUnaryResponse, ServerStreamRequest,
    ServerStreamResponse, UnaryRequest, UnaryResponse, conformance_payload::RequestInfo,
};

/// `connectrpc.conformance.v1.ConformanceService`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConformanceService;

/// The messages of an answer, and at the end how it ends, be it well.
type Answers<M> = BoxStream<'static, Result<M, Status>>;

/// What a method answers.
type Answered<M> = Result<tonic::Response<Answers<M>>, Status>;

impl NamedService for ConformanceService {
    const NAME: &'static str = "connectrpc.conformance.v1.ConformanceService";
}

impl Service<Request<Body>> for ConformanceService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let method = request.uri().path().rsplit('/').next().unwrap_or_default();
        match method {
            "Unary" => serve(request, once::answer::<UnaryRequest, UnaryResponse>),
            "IdempotentUnary" => serve(
                request,
                once::answer::<IdempotentUnaryRequest, IdempotentUnaryResponse>,
            ),
            "ClientStream" => serve(
                request,
                once::answer::<ClientStreamRequest, ClientStreamResponse>,
            ),
            "ServerStream" => serve(
                request,
                many::answer::<ServerStreamRequest, ServerStreamResponse>,
            ),
            "BidiStream" => serve(
                request,
                many::answer::<BidiStreamRequest, BidiStreamResponse>,
            ),
            _ => Box::pin(async { Ok(Status::unimplemented("not for conformance").into_http()) }),
        }
    }
}

/// Leads a call to its method.
fn serve<I, O, F, Fut>(
    request: Request<Body>,
    method: F,
) -> BoxFuture<'static, Result<Response<Body>, Infallible>>
where
    I: Message + Default + 'static,
    O: Message + 'static,
    F: FnOnce(HeaderMap, Streaming<I>) -> Fut + Send + 'static,
    Fut: Future<Output = Answered<O>> + Send + 'static,
{
    Box::pin(async move {
        let mut grpc = Grpc::new(ProstCodec::<O, I>::default());
        Ok(grpc.streaming(Method(Some(method)), request).await)
    })
}

impl<I, O, F, Fut> StreamingService<I> for Method<F>
where
    I: Message + Default + 'static,
    O: Message + 'static,
    F: FnOnce(HeaderMap, Streaming<I>) -> Fut + Send + 'static,
    Fut: Future<Output = Answered<O>> + Send + 'static,
{
    type Response = O;
    type ResponseStream = Answers<O>;
    type Future = BoxFuture<'static, Answered<O>>;

    fn call(&mut self, request: tonic::Request<Streaming<I>>) -> Self::Future {
        let (metadata, _, messages) = request.into_parts();
        match self.0.take() {
            Some(method) => Box::pin(method(metadata.into_headers(), messages)),
            None => Box::pin(async { Err(Status::internal("called twice")) }),
        }
    }
}

/// Begins an answer.
fn begin<O>(headers: &[Header], answers: Answers<O>) -> tonic::Response<Answers<O>> {
    let metadata = MetadataMap::from_headers(fields(headers));
    tonic::Response::from_parts(metadata, answers, Extensions::default())
}

/// Makes fields of HTTP of what the suite calls headers.
fn fields(headers: &[Header]) -> HeaderMap {
    let pairs = headers.iter().flat_map(|header| {
        let name = HeaderName::try_from(&*header.name).ok();
        let values = header.value.iter();
        values.filter_map(move |value| Some((name.clone()?, HeaderValue::try_from(value).ok()?)))
    });
    let mut fields = HeaderMap::new();
    for (name, value) in pairs {
        fields.append(name, value);
    }
    fields
}

/// Says how an answer ends: with the error that is asked for, which tells of the request where nothing else
/// has; or well.
fn ending(error: Option<Error>, info: Option<&RequestInfo>, trailers: &[Header]) -> Status {
    let metadata = MetadataMap::from_headers(fields(trailers));
    let Some(error) = error else {
        return Status::with_metadata(tonic::Code::Ok, "", metadata);
    };
    let mut details = error.details;
    details.extend(info.map(info::any));
    let message = error.message.unwrap_or_default();
    let status = sv_proto::google::rpc::Status {
        code: error.code,
        message: message.clone(),
        details,
    };
    let details = status.encode_to_vec().into();
    Status::with_details_and_metadata(error.code.into(), message, details, metadata)
}

/// Waits as long as the request says.
async fn delay(milliseconds: u32) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
    }
}

/// Lists messages, and the end behind them.
fn listed<O: Send + 'static>(message: Option<O>, end: Status) -> Answers<O> {
    stream::iter(message.map(Ok).into_iter().chain([Err(end)])).boxed()
}

/// A message whose full name is known.
trait Named: Message + Name + Default + 'static {}

impl<M: Message + Name + Default + 'static> Named for M {}
