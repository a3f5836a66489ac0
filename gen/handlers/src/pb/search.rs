// @generated from the services of streamverse.search.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::search::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// Keeps the index.
pub trait SearchAdminService: Send + Sync + 'static {
    /// Builds the index anew from the catalogue and the channels while the old one serves, then swaps (X-SR-2).
    ///
    /// Fails with REBUILD_RUNNING.
    fn rebuild_index(
        &self,
        ctx: &Ctx,
        request: pb::RebuildIndexRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RebuildIndexResponse>>>> + Send;

    /// Tells what the index holds and how far behind the events it is (X-SR-2).
    fn get_index_status(
        &self,
        ctx: &Ctx,
        request: pb::GetIndexStatusRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetIndexStatusResponse>>>> + Send;
}

/// Leads calls of `streamverse.search.v1.SearchAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct SearchAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: SearchAdminService> SearchAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for SearchAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for SearchAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.search.v1.SearchAdminService";
}

impl<H: SearchAdminService> tower::Service<http::Request<tonic::body::Body>> for SearchAdminServiceServer<H> {
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
            "/streamverse.search.v1.SearchAdminService/RebuildIndex" => handler::unary::<pb::RebuildIndexRequest, pb::RebuildIndexResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.rebuild_index(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchAdminService/GetIndexStatus" => handler::unary::<pb::GetIndexStatusRequest, pb::GetIndexStatusResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_index_status(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`SearchAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeSearchAdminService {
    rebuild_index: crate::fake::Script<pb::RebuildIndexRequest, Reply<pb::RebuildIndexResponse>>,
    get_index_status: crate::fake::Script<pb::GetIndexStatusRequest, Reply<pb::GetIndexStatusResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeSearchAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `RebuildIndex` so from now on.
    pub fn on_rebuild_index<F, Fut, A: Into<Reply<pb::RebuildIndexResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RebuildIndexRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.rebuild_index.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetIndexStatus` so from now on.
    pub fn on_get_index_status<F, Fut, A: Into<Reply<pb::GetIndexStatusResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetIndexStatusRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_index_status.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl SearchAdminService for FakeSearchAdminService {
    async fn rebuild_index(
        &self,
        ctx: &Ctx,
        request: pb::RebuildIndexRequest,
    ) -> Result<Reply<pb::RebuildIndexResponse>> {
        self.rebuild_index.answer(ctx, request).await
    }

    async fn get_index_status(
        &self,
        ctx: &Ctx,
        request: pb::GetIndexStatusRequest,
    ) -> Result<Reply<pb::GetIndexStatusResponse>> {
        self.get_index_status.answer(ctx, request).await
    }
}

/// Finds titles, channels and programmes while the viewer types.
pub trait SearchService: Send + Sync + 'static {
    /// Finds titles, channels, and the programmes that run on channels now or next, by any of their words (SRCH-1,
    /// SRCH-2, X-SR-3): exact before prefix before typo (X-SR-1).
    ///
    /// Fails with WINDOW_TOO_LARGE and PROFILE_NOT_FOUND.
    fn search_global(
        &self,
        ctx: &Ctx,
        request: pb::SearchGlobalRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SearchGlobalResponse>>>> + Send;
}

/// Leads calls of `streamverse.search.v1.SearchService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct SearchServiceServer<H>(std::sync::Arc<H>);

impl<H: SearchService> SearchServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for SearchServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for SearchServiceServer<H> {
    const NAME: &'static str = "streamverse.search.v1.SearchService";
}

impl<H: SearchService> tower::Service<http::Request<tonic::body::Body>> for SearchServiceServer<H> {
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
            "/streamverse.search.v1.SearchService/SearchGlobal" => handler::unary::<pb::SearchGlobalRequest, pb::SearchGlobalResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.search_global(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`SearchService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeSearchService {
    search_global: crate::fake::Script<pb::SearchGlobalRequest, Reply<pb::SearchGlobalResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeSearchService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `SearchGlobal` so from now on.
    pub fn on_search_global<F, Fut, A: Into<Reply<pb::SearchGlobalResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SearchGlobalRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.search_global.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl SearchService for FakeSearchService {
    async fn search_global(
        &self,
        ctx: &Ctx,
        request: pb::SearchGlobalRequest,
    ) -> Result<Reply<pb::SearchGlobalResponse>> {
        self.search_global.answer(ctx, request).await
    }
}
