// @generated from the services of kinds.

use sv_kernel::{Ctx, Result};
use sv_rpc::{Declared, Reply, handler};

/// Counts seconds.
pub trait Kinds: Send + Sync + 'static {
    /// Adds one.
    fn one(
        &self,
        ctx: &Ctx,
        request: prost_types::Timestamp,
    ) -> impl Future<Output = Result<impl Into<Reply<prost_types::Timestamp>>>> + Send;

    /// Counts down.
    fn down(
        &self,
        ctx: &Ctx,
        request: prost_types::Timestamp,
    ) -> impl Future<Output = Result<handler::Answers<prost_types::Timestamp>>> + Send;

    /// Adds up.
    fn sum(
        &self,
        ctx: &Ctx,
        request: handler::Messages<prost_types::Timestamp>,
    ) -> impl Future<Output = Result<impl Into<Reply<prost_types::Timestamp>>>> + Send;

    /// Adds up, and says so on the way. The name is a word of Rust.
    fn r#move(
        &self,
        ctx: &Ctx,
        request: handler::Messages<prost_types::Timestamp>,
    ) -> impl Future<Output = Result<handler::Answers<prost_types::Timestamp>>> + Send;

    /// Takes and gives nothing.
    fn nothing(
        &self,
        ctx: &Ctx,
        request: (),
    ) -> impl Future<Output = Result<impl Into<Reply<()>>>> + Send;
}

/// Leads calls of `kinds.Kinds` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct KindsServer<H>(std::sync::Arc<H>);

impl<H: Kinds> KindsServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for KindsServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for KindsServer<H> {
    const NAME: &'static str = "kinds.Kinds";
}

impl<H: Kinds> tower::Service<http::Request<tonic::body::Body>> for KindsServer<H> {
    type Response = http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = handler::Served;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::result::Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let handlers = self.0.clone();
        match request.uri().path() {
            "/kinds.Kinds/One" => handler::unary::<prost_types::Timestamp, prost_types::Timestamp, _, _>(request, &Declared { statuses: &[200, 202], headers: &["etag"] }, move |ctx, request| async move {
                handlers.one(&ctx, request).await.map(Into::into)
            }),
            "/kinds.Kinds/Down" => handler::server_streaming::<prost_types::Timestamp, prost_types::Timestamp, _, _>(request, move |ctx, request| async move {
                handlers.down(&ctx, request).await
            }),
            "/kinds.Kinds/Sum" => handler::client_streaming::<prost_types::Timestamp, prost_types::Timestamp, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.sum(&ctx, request).await.map(Into::into)
            }),
            "/kinds.Kinds/Move" => handler::bidi_streaming::<prost_types::Timestamp, prost_types::Timestamp, _, _>(request, move |ctx, request| async move {
                handlers.r#move(&ctx, request).await
            }),
            "/kinds.Kinds/Nothing" => handler::unary::<(), (), _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.nothing(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`Kinds`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeKinds {
    one: crate::fake::Script<prost_types::Timestamp, Reply<prost_types::Timestamp>>,
    down: crate::fake::Script<prost_types::Timestamp, handler::Answers<prost_types::Timestamp>>,
    sum: crate::fake::Script<handler::Messages<prost_types::Timestamp>, Reply<prost_types::Timestamp>>,
    r#move: crate::fake::Script<handler::Messages<prost_types::Timestamp>, handler::Answers<prost_types::Timestamp>>,
    nothing: crate::fake::Script<(), Reply<()>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeKinds {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `One` so from now on.
    pub fn on_one<F, Fut, A: Into<Reply<prost_types::Timestamp>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, prost_types::Timestamp) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.one.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Down` so from now on.
    pub fn on_down<F, Fut>(self, answer: F) -> Self
    where
        F: Fn(Ctx, prost_types::Timestamp) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<handler::Answers<prost_types::Timestamp>>> + Send + 'static,
    {
        self.down.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await }
        });
        self
    }

    /// Answers `Sum` so from now on.
    pub fn on_sum<F, Fut, A: Into<Reply<prost_types::Timestamp>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, handler::Messages<prost_types::Timestamp>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.sum.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Move` so from now on.
    pub fn on_move<F, Fut>(self, answer: F) -> Self
    where
        F: Fn(Ctx, handler::Messages<prost_types::Timestamp>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<handler::Answers<prost_types::Timestamp>>> + Send + 'static,
    {
        self.r#move.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await }
        });
        self
    }

    /// Answers `Nothing` so from now on.
    pub fn on_nothing<F, Fut, A: Into<Reply<()>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, ()) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.nothing.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl Kinds for FakeKinds {
    async fn one(
        &self,
        ctx: &Ctx,
        request: prost_types::Timestamp,
    ) -> Result<Reply<prost_types::Timestamp>> {
        self.one.answer(ctx, request).await
    }

    async fn down(
        &self,
        ctx: &Ctx,
        request: prost_types::Timestamp,
    ) -> Result<handler::Answers<prost_types::Timestamp>> {
        self.down.answer(ctx, request).await
    }

    async fn sum(
        &self,
        ctx: &Ctx,
        request: handler::Messages<prost_types::Timestamp>,
    ) -> Result<Reply<prost_types::Timestamp>> {
        self.sum.answer(ctx, request).await
    }

    async fn r#move(
        &self,
        ctx: &Ctx,
        request: handler::Messages<prost_types::Timestamp>,
    ) -> Result<handler::Answers<prost_types::Timestamp>> {
        self.r#move.answer(ctx, request).await
    }

    async fn nothing(
        &self,
        ctx: &Ctx,
        request: (),
    ) -> Result<Reply<()>> {
        self.nothing.answer(ctx, request).await
    }
}
