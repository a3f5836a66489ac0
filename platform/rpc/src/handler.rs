//! What generated servers are made of: from tonic's requests to a method's `(Ctx, message)`, and back.
//!
//! `gen/codegen` writes a trait of plain methods and a server for each service (`sv_handlers`); the
//! servers call the functions here, one for each of gRPC's four kinds of RPC. Messages are bounded by
//! the stack in front, so nothing is bounded twice.

use std::{
    convert::Infallible,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use futures::{
    FutureExt as _, Stream, StreamExt as _,
    future::BoxFuture,
    stream::{BoxStream, Map},
};
use http::{Request, Response};
use prost::Message;
use sv_kernel::{Ctx, Error, Result};
use sv_proto::common::CommonReason;
use tonic::{
    Extensions, Status, Streaming,
    body::Body,
    codec::{BufferSettings, Codec},
    server::Grpc,
};
use tonic_prost::{ProstCodec, ProstDecoder, ProstEncoder};

use crate::{
    Reply,
    reply::Declared,
    status::{error, status},
};

/// The bytes that the buffer of a stream begins with.
const AT_REST: usize = 256;
/// The bytes of messages that are there at the same moment and go as one piece.
const TOGETHER: usize = 32 * 1024;

/// The future of a generated server.
pub type Served = BoxFuture<'static, Result<Response<Body>, Infallible>>;

/// The messages that a method answers with one after the other; an error ends them.
pub type Answers<M> = BoxStream<'static, Result<M>>;

/// The messages that a caller sends one after the other.
#[derive(Debug)]
pub struct Messages<M>(Streaming<M>);

impl<M> Stream for Messages<M> {
    type Item = Result<M>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<M>>> {
        let next = Pin::new(&mut self.get_mut().0).poll_next(cx);
        next.map(|next| next.map(|message| message.map_err(error)))
    }
}

/// A method that is called once: of a unary or streaming RPC of tonic's.
struct Once<F>(Option<F>);

type Sent<M> = Map<Answers<M>, fn(Result<M>) -> Result<M, Status>>;

/// Serves a call of one message that is answered by one.
pub fn unary<I, O, F, Fut>(request: Request<Body>, declared: &'static Declared, method: F) -> Served
where
    I: Message + Default + 'static,
    O: Message + Default + 'static,
    F: FnOnce(Ctx, I) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Reply<O>>> + Send + 'static,
{
    let method = move |ctx, message| one(declared, method(ctx, message));
    Box::pin(async move { Ok(grpc().unary(Once(Some(method)), request).await) })
}

/// Serves a call of one message that is answered by many.
pub fn server_streaming<I, O, F, Fut>(request: Request<Body>, method: F) -> Served
where
    I: Message + Default + 'static,
    O: Message + 'static,
    F: FnOnce(Ctx, I) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Answers<O>>> + Send + 'static,
{
    let method = move |ctx, message| many(method(ctx, message));
    Box::pin(async move {
        Ok(flowing()
            .server_streaming(Once(Some(method)), request)
            .await)
    })
}

/// Serves a call of many messages that is answered by one.
pub fn client_streaming<I, O, F, Fut>(
    request: Request<Body>,
    declared: &'static Declared,
    method: F,
) -> Served
where
    I: Message + Default + 'static,
    O: Message + Default + 'static,
    F: FnOnce(Ctx, Messages<I>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Reply<O>>> + Send + 'static,
{
    let method = move |ctx, messages| one(declared, method(ctx, Messages(messages)));
    Box::pin(async move { Ok(grpc().client_streaming(Once(Some(method)), request).await) })
}

/// Serves a call of many messages that is answered by many.
pub fn bidi_streaming<I, O, F, Fut>(request: Request<Body>, method: F) -> Served
where
    I: Message + Default + 'static,
    O: Message + 'static,
    F: FnOnce(Ctx, Messages<I>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Answers<O>>> + Send + 'static,
{
    let method = move |ctx, messages| many(method(ctx, Messages(messages)));
    Box::pin(async move { Ok(flowing().streaming(Once(Some(method)), request).await) })
}

/// Answers a call of an RPC that the service does not have.
pub fn unknown() -> Served {
    let refusal = status(CommonReason::Unimplemented.into()).into_http();
    std::future::ready(Ok(refusal)).boxed()
}

fn grpc<I, O>() -> Grpc<ProstCodec<O, I>>
where
    I: Message + Default + 'static,
    O: Message + 'static,
{
    Grpc::new(ProstCodec::default()).max_decoding_message_size(usize::MAX)
}

fn flowing<I, O>() -> Grpc<Flowing<O, I>>
where
    I: Message + Default + 'static,
    O: Message + 'static,
{
    Grpc::new(Flowing(PhantomData)).max_decoding_message_size(usize::MAX)
}

/// Encodes messages that come one by one. A stream at rest, of which there are many, shall hold next to nothing; the
/// buffers that unary calls begin with would be most of it.
struct Flowing<O, I>(PhantomData<(O, I)>);

impl<O, I> Flowing<O, I> {
    fn buffers() -> BufferSettings {
        BufferSettings::new(AT_REST, TOGETHER)
    }
}

impl<O, I> Codec for Flowing<O, I>
where
    I: Message + Default + 'static,
    O: Message + 'static,
{
    type Encode = O;
    type Decode = I;
    type Encoder = ProstEncoder<O>;
    type Decoder = ProstDecoder<I>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::new(Self::buffers())
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstDecoder::new(Self::buffers())
    }
}

async fn one<O: Default>(
    declared: &'static Declared,
    answer: impl Future<Output = Result<Reply<O>>>,
) -> Result<tonic::Response<O>, Status> {
    let reply = answer.await.and_then(|reply| reply.into_response(declared));
    reply.map_err(status)
}

async fn many<O: 'static>(
    answer: impl Future<Output = Result<Answers<O>>>,
) -> Result<tonic::Response<Sent<O>>, Status> {
    let on_wire: fn(Result<O>) -> Result<O, Status> = |message| message.map_err(status);
    let answers = answer.await.map_err(status)?;
    Ok(tonic::Response::new(answers.map(on_wire)))
}

impl<F> Once<F> {
    /// Takes the method and the context that the stack made of the call.
    fn take(&mut self, extensions: &mut Extensions) -> Result<(F, Ctx)> {
        let fault = |what: &'static str| Error::from(CommonReason::Internal).because(what);
        let ctx = extensions.remove::<Ctx>();
        let ctx = ctx.ok_or_else(|| fault("the call did not pass the server stack"))?;
        let method = self.0.take();
        Ok((method.ok_or_else(|| fault("a call runs once"))?, ctx))
    }

    /// Runs the method on what was sent.
    fn run<M, A, Fut>(&mut self, request: tonic::Request<M>) -> Running<A>
    where
        F: FnOnce(Ctx, M) -> Fut,
        Fut: Future<Output = Result<A, Status>> + Send + 'static,
        A: Send + 'static,
    {
        let (_, mut extensions, message) = request.into_parts();
        match self.take(&mut extensions) {
            Ok((method, ctx)) => method(ctx, message).boxed(),
            Err(fault) => std::future::ready(Err(status(fault))).boxed(),
        }
    }
}

type Running<A> = BoxFuture<'static, Result<A, Status>>;

impl<I, O, F, Fut> tonic::server::UnaryService<I> for Once<F>
where
    F: FnOnce(Ctx, I) -> Fut,
    Fut: Future<Output = Result<tonic::Response<O>, Status>> + Send + 'static,
    O: Send + 'static,
{
    type Response = O;
    type Future = Running<tonic::Response<O>>;

    fn call(&mut self, request: tonic::Request<I>) -> Self::Future {
        self.run(request)
    }
}

impl<I, O, F, Fut> tonic::server::ServerStreamingService<I> for Once<F>
where
    F: FnOnce(Ctx, I) -> Fut,
    Fut: Future<Output = Result<tonic::Response<Sent<O>>, Status>> + Send + 'static,
    O: Send + 'static,
{
    type Response = O;
    type ResponseStream = Sent<O>;
    type Future = Running<tonic::Response<Sent<O>>>;

    fn call(&mut self, request: tonic::Request<I>) -> Self::Future {
        self.run(request)
    }
}

impl<I, O, F, Fut> tonic::server::ClientStreamingService<I> for Once<F>
where
    F: FnOnce(Ctx, Streaming<I>) -> Fut,
    Fut: Future<Output = Result<tonic::Response<O>, Status>> + Send + 'static,
    O: Send + 'static,
{
    type Response = O;
    type Future = Running<tonic::Response<O>>;

    fn call(&mut self, request: tonic::Request<Streaming<I>>) -> Self::Future {
        self.run(request)
    }
}

impl<I, O, F, Fut> tonic::server::StreamingService<I> for Once<F>
where
    F: FnOnce(Ctx, Streaming<I>) -> Fut,
    Fut: Future<Output = Result<tonic::Response<Sent<O>>, Status>> + Send + 'static,
    O: Send + 'static,
{
    type Response = O;
    type ResponseStream = Sent<O>;
    type Future = Running<tonic::Response<Sent<O>>>;

    fn call(&mut self, request: tonic::Request<Streaming<I>>) -> Self::Future {
        self.run(request)
    }
}
