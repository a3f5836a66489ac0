//! What generated servers are made of: from HTTP requests to a method's `(Ctx, message)`, and back.
//!
//! `gen/codegen` writes a trait of plain methods and a server for each service (`sv_handlers`); the
//! servers call the functions here, one for each of gRPC's four kinds of RPC. Messages are bounded by
//! the stack in front, so nothing is bounded twice.
//!
//! The compiler makes these functions again for each of some hundred RPCs, so they do no more than has to know the
//! messages. What is behind them takes bytes and is made once; tonic's codecs would be made as often as there are RPCs.

use std::{
    convert::Infallible,
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf as _, Bytes};
use futures::{FutureExt as _, Stream, StreamExt as _, future::BoxFuture};
use http::{Extensions, HeaderValue, Request, Response, header::CONTENT_TYPE};
use prost::Message;
use sv_kernel::{Ctx, Error, Result};
use sv_proto::common::CommonReason;
use tonic::{
    Status, Streaming,
    body::Body,
    codec::{BufferSettings, DecodeBuf, Decoder},
};

use crate::{
    Reply,
    flow::{Flow, Frames},
    frame,
    reply::{Declared, GRPC, Written},
    status::{error, status},
};

/// The bytes that the buffer of a stream begins with: a stream at rest, of which there are many, shall hold next to
/// nothing.
const AT_REST: usize = 256;
/// The most bytes that it takes of messages at once.
const TOGETHER: usize = 32 * 1024;

/// The future of a generated server.
pub type Served = BoxFuture<'static, Result<Response<Body>, Infallible>>;

/// The messages that a method answers with one after the other; an error ends them.
pub struct Answers<M> {
    frames: Frames,
    of: PhantomData<fn() -> M>,
}

impl<M: Message + 'static> Answers<M> {
    /// Answers with messages.
    pub fn new(messages: impl Stream<Item = Result<M>> + Send + 'static) -> Self {
        Self::framed(messages.map(|message| message.map(|message| framed(&message))))
    }

    /// Answers with messages that [`framed`] has written, e.g. where many are told the same. The bytes must be those of
    /// an `M`.
    pub fn framed(messages: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Self {
        Self {
            frames: messages.boxed(),
            of: PhantomData,
        }
    }
}

/// Writes a message for [`Answers::framed`]: its bytes behind the five that gRPC puts before each.
pub fn framed(message: &impl Message) -> Bytes {
    frame::frame_message(message)
}

impl<M> fmt::Debug for Answers<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")
    }
}

/// The messages that a caller sends one after the other.
#[derive(Debug)]
pub struct Messages<M> {
    bytes: Streaming<Bytes>,
    of: PhantomData<fn() -> M>,
}

impl<M> Messages<M> {
    fn of(body: Body) -> Self {
        Self {
            bytes: Streaming::new_request(Raw, body, None, Some(usize::MAX)),
            of: PhantomData,
        }
    }
}

impl<M: Message + Default> Stream for Messages<M> {
    type Item = Result<M>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<M>>> {
        let next = Pin::new(&mut self.get_mut().bytes).poll_next(cx);
        next.map(|next| next.map(|bytes| M::decode(bytes.map_err(error)?).map_err(internal)))
    }
}

/// What a method gives, in a box.
type Given<A> = BoxFuture<'static, Result<A>>;

/// Serves a call of one message that is answered by one.
pub fn unary<I, O, F, Fut>(request: Request<Body>, declared: &'static Declared, method: F) -> Served
where
    I: Message + Default + 'static,
    O: Message + Default + 'static,
    F: FnOnce(Ctx, I) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Reply<O>>> + Send + 'static,
{
    one_to_one(
        request,
        declared,
        Box::new(move |ctx, message| match I::decode(message) {
            Ok(message) => method(ctx, message).map(written).boxed(),
            Err(broken) => failed(internal(broken)),
        }),
    )
}

/// Serves a call of one message that is answered by many.
pub fn server_streaming<I, O, F, Fut>(request: Request<Body>, method: F) -> Served
where
    I: Message + Default + 'static,
    O: Message + 'static,
    F: FnOnce(Ctx, I) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Answers<O>>> + Send + 'static,
{
    one_to_many(
        request,
        Box::new(move |ctx, message| match I::decode(message) {
            Ok(message) => method(ctx, message).map(frames).boxed(),
            Err(broken) => failed(internal(broken)),
        }),
    )
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
    many_to_one(
        request,
        declared,
        Box::new(move |ctx, body| method(ctx, Messages::of(body)).map(written).boxed()),
    )
}

/// Serves a call of many messages that is answered by many.
pub fn bidi_streaming<I, O, F, Fut>(request: Request<Body>, method: F) -> Served
where
    I: Message + Default + 'static,
    O: Message + 'static,
    F: FnOnce(Ctx, Messages<I>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Answers<O>>> + Send + 'static,
{
    many_to_many(
        request,
        Box::new(move |ctx, body| method(ctx, Messages::of(body)).map(frames).boxed()),
    )
}

/// Answers a call of an RPC that the service does not have.
pub fn unknown() -> Served {
    let refusal = status(CommonReason::Unimplemented.into()).into_http();
    std::future::ready(Ok(refusal)).boxed()
}

fn written<M: Message>(reply: Result<Reply<M>>) -> Result<Written> {
    reply.map(Reply::written)
}

fn frames<M>(answers: Result<Answers<M>>) -> Result<Frames> {
    answers.map(|answers| answers.frames)
}

fn failed<A: Send + 'static>(fault: Error) -> Given<A> {
    std::future::ready(Err(fault)).boxed()
}

fn internal(cause: impl Into<sv_kernel::BoxError>) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}

type OneToOne = Box<dyn FnOnce(Ctx, Bytes) -> Given<Written> + Send>;
type OneToMany = Box<dyn FnOnce(Ctx, Bytes) -> Given<Frames> + Send>;
type ManyToOne = Box<dyn FnOnce(Ctx, Body) -> Given<Written> + Send>;
type ManyToMany = Box<dyn FnOnce(Ctx, Body) -> Given<Frames> + Send>;

fn one_to_one(request: Request<Body>, declared: &'static Declared, method: OneToOne) -> Served {
    served(async move {
        let (ctx, message) = one(request).await?;
        method(ctx, message).await?.into_response(declared)
    })
}

fn one_to_many(request: Request<Body>, method: OneToMany) -> Served {
    served(async move {
        let (ctx, message) = one(request).await?;
        Ok(flowing(method(ctx, message).await?))
    })
}

fn many_to_one(request: Request<Body>, declared: &'static Declared, method: ManyToOne) -> Served {
    served(async move {
        let (ctx, body) = taken(request)?;
        method(ctx, body).await?.into_response(declared)
    })
}

fn many_to_many(request: Request<Body>, method: ManyToMany) -> Served {
    served(async move {
        let (ctx, body) = taken(request)?;
        Ok(flowing(method(ctx, body).await?))
    })
}

fn served(answer: impl Future<Output = Result<Response<Body>>> + Send + 'static) -> Served {
    let refused = |error| status(error).into_http();
    Box::pin(async move { Ok(answer.await.unwrap_or_else(refused)) })
}

/// Takes the context that the stack made of a call, and its body.
fn taken(request: Request<Body>) -> Result<(Ctx, Body)> {
    let (head, body) = request.into_parts();
    let mut extensions: Extensions = head.extensions;
    let ctx = extensions.remove::<Ctx>();
    let ctx = ctx.ok_or_else(|| internal("the call did not pass the server stack"))?;
    Ok((ctx, body))
}

/// Takes the same, and the one message of the body.
async fn one(request: Request<Body>) -> Result<(Ctx, Bytes)> {
    let (ctx, body) = taken(request)?;
    let framed = frame::collect(body, usize::MAX, None).await?;
    let (message, _) = frame::one_message(framed, false, usize::MAX)?;
    Ok((ctx, message))
}

/// Answers with messages as they come.
fn flowing(frames: Frames) -> Response<Body> {
    let mut response = Response::new(Body::new(Flow::new(frames)));
    let grpc = HeaderValue::from_static(GRPC);
    response.headers_mut().insert(CONTENT_TYPE, grpc);
    response
}

/// Reads messages as bytes.
#[derive(Clone, Copy, Debug)]
struct Raw;

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, message: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(message.copy_to_bytes(message.remaining())))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(AT_REST, TOGETHER)
    }
}
