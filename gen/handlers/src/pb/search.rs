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
    /// Finds titles, channels, the programmes that run on channels now or next, and collections, by any of their words
    /// (SRCH-1, SRCH-2, X-SR-3): exact before prefix before typo (X-SR-1). Of what fits equally, what is popular and what
    /// is watched here comes first.
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

/// What editors do about what viewers find: words that mean the same, titles that come first, and what was looked for
/// in vain. Effective within two seconds, and in the process that was asked at once; nothing is indexed anew.
pub trait SearchTuningService: Send + Sync + 'static {
    /// Lists words that mean the same, in the order in which they were made.
    fn list_synonyms(
        &self,
        ctx: &Ctx,
        request: pb::ListSynonymsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListSynonymsResponse>>>> + Send;

    /// Returns words that mean the same.
    ///
    /// Fails with SYNONYM_NOT_FOUND.
    fn get_synonym(
        &self,
        ctx: &Ctx,
        request: pb::GetSynonymRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetSynonymResponse>>>> + Send;

    /// Says that words mean the same.
    ///
    /// Fails with TUNING_INVALID and TUNING_LIMIT.
    fn create_synonym(
        &self,
        ctx: &Ctx,
        request: pb::CreateSynonymRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateSynonymResponse>>>> + Send;

    /// Replaces words that mean the same.
    ///
    /// Fails with TUNING_INVALID, SYNONYM_NOT_FOUND, and VERSION_MISMATCH when If-Match or `synonym.version` names another
    /// version.
    fn update_synonym(
        &self,
        ctx: &Ctx,
        request: pb::UpdateSynonymRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateSynonymResponse>>>> + Send;

    /// Says no longer that words mean the same.
    ///
    /// Fails with SYNONYM_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_synonym(
        &self,
        ctx: &Ctx,
        request: pb::DeleteSynonymRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteSynonymResponse>>>> + Send;

    /// Lists what comes first where something is typed, in the order in which it was made.
    fn list_pins(
        &self,
        ctx: &Ctx,
        request: pb::ListPinsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPinsResponse>>>> + Send;

    /// Returns what comes first where something is typed.
    ///
    /// Fails with PIN_NOT_FOUND.
    fn get_pin(
        &self,
        ctx: &Ctx,
        request: pb::GetPinRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetPinResponse>>>> + Send;

    /// Says which titles come first where something is typed.
    ///
    /// Fails with TUNING_INVALID, TUNING_LIMIT and PIN_EXISTS.
    fn create_pin(
        &self,
        ctx: &Ctx,
        request: pb::CreatePinRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreatePinResponse>>>> + Send;

    /// Replaces what comes first where something is typed.
    ///
    /// Fails with TUNING_INVALID, PIN_NOT_FOUND, PIN_EXISTS, and VERSION_MISMATCH when If-Match or `pin.version` names
    /// another version.
    fn update_pin(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePinRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdatePinResponse>>>> + Send;

    /// Leaves the order of what is found to the search again.
    ///
    /// Fails with PIN_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_pin(
        &self,
        ctx: &Ctx,
        request: pb::DeletePinRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeletePinResponse>>>> + Send;

    /// Lists what viewers looked for in vain, what was looked for most often first.
    ///
    /// What one account types letter by letter counts once, as it ended, after ten seconds. Not counted are children, searches
    /// with filters, and what may be about a person: with an `@` or more than five digits, or of more than 60 characters.
    /// Nobody who searched is remembered. A day keeps the first 5,000 texts of it, and is forgotten after 30 days.
    fn list_zero_results(
        &self,
        ctx: &Ctx,
        request: pb::ListZeroResultsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListZeroResultsResponse>>>> + Send;

    /// Lists what viewers looked for, found or not, what was looked for most often first; counted as in ListZeroResults.
    fn list_top_queries(
        &self,
        ctx: &Ctx,
        request: pb::ListTopQueriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListTopQueriesResponse>>>> + Send;
}

/// Leads calls of `streamverse.search.v1.SearchTuningService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct SearchTuningServiceServer<H>(std::sync::Arc<H>);

impl<H: SearchTuningService> SearchTuningServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for SearchTuningServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for SearchTuningServiceServer<H> {
    const NAME: &'static str = "streamverse.search.v1.SearchTuningService";
}

impl<H: SearchTuningService> tower::Service<http::Request<tonic::body::Body>> for SearchTuningServiceServer<H> {
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
            "/streamverse.search.v1.SearchTuningService/ListSynonyms" => handler::unary::<pb::ListSynonymsRequest, pb::ListSynonymsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_synonyms(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/GetSynonym" => handler::unary::<pb::GetSynonymRequest, pb::GetSynonymResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.get_synonym(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/CreateSynonym" => handler::unary::<pb::CreateSynonymRequest, pb::CreateSynonymResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_synonym(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/UpdateSynonym" => handler::unary::<pb::UpdateSynonymRequest, pb::UpdateSynonymResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_synonym(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/DeleteSynonym" => handler::unary::<pb::DeleteSynonymRequest, pb::DeleteSynonymResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_synonym(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/ListPins" => handler::unary::<pb::ListPinsRequest, pb::ListPinsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_pins(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/GetPin" => handler::unary::<pb::GetPinRequest, pb::GetPinResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.get_pin(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/CreatePin" => handler::unary::<pb::CreatePinRequest, pb::CreatePinResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_pin(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/UpdatePin" => handler::unary::<pb::UpdatePinRequest, pb::UpdatePinResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_pin(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/DeletePin" => handler::unary::<pb::DeletePinRequest, pb::DeletePinResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_pin(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/ListZeroResults" => handler::unary::<pb::ListZeroResultsRequest, pb::ListZeroResultsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_zero_results(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.search.v1.SearchTuningService/ListTopQueries" => handler::unary::<pb::ListTopQueriesRequest, pb::ListTopQueriesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_top_queries(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`SearchTuningService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeSearchTuningService {
    list_synonyms: crate::fake::Script<pb::ListSynonymsRequest, Reply<pb::ListSynonymsResponse>>,
    get_synonym: crate::fake::Script<pb::GetSynonymRequest, Reply<pb::GetSynonymResponse>>,
    create_synonym: crate::fake::Script<pb::CreateSynonymRequest, Reply<pb::CreateSynonymResponse>>,
    update_synonym: crate::fake::Script<pb::UpdateSynonymRequest, Reply<pb::UpdateSynonymResponse>>,
    delete_synonym: crate::fake::Script<pb::DeleteSynonymRequest, Reply<pb::DeleteSynonymResponse>>,
    list_pins: crate::fake::Script<pb::ListPinsRequest, Reply<pb::ListPinsResponse>>,
    get_pin: crate::fake::Script<pb::GetPinRequest, Reply<pb::GetPinResponse>>,
    create_pin: crate::fake::Script<pb::CreatePinRequest, Reply<pb::CreatePinResponse>>,
    update_pin: crate::fake::Script<pb::UpdatePinRequest, Reply<pb::UpdatePinResponse>>,
    delete_pin: crate::fake::Script<pb::DeletePinRequest, Reply<pb::DeletePinResponse>>,
    list_zero_results: crate::fake::Script<pb::ListZeroResultsRequest, Reply<pb::ListZeroResultsResponse>>,
    list_top_queries: crate::fake::Script<pb::ListTopQueriesRequest, Reply<pb::ListTopQueriesResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeSearchTuningService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListSynonyms` so from now on.
    pub fn on_list_synonyms<F, Fut, A: Into<Reply<pb::ListSynonymsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListSynonymsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_synonyms.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetSynonym` so from now on.
    pub fn on_get_synonym<F, Fut, A: Into<Reply<pb::GetSynonymResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetSynonymRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_synonym.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateSynonym` so from now on.
    pub fn on_create_synonym<F, Fut, A: Into<Reply<pb::CreateSynonymResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateSynonymRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_synonym.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateSynonym` so from now on.
    pub fn on_update_synonym<F, Fut, A: Into<Reply<pb::UpdateSynonymResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateSynonymRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_synonym.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteSynonym` so from now on.
    pub fn on_delete_synonym<F, Fut, A: Into<Reply<pb::DeleteSynonymResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteSynonymRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_synonym.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListPins` so from now on.
    pub fn on_list_pins<F, Fut, A: Into<Reply<pb::ListPinsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPinsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_pins.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetPin` so from now on.
    pub fn on_get_pin<F, Fut, A: Into<Reply<pb::GetPinResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetPinRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_pin.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreatePin` so from now on.
    pub fn on_create_pin<F, Fut, A: Into<Reply<pb::CreatePinResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreatePinRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_pin.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdatePin` so from now on.
    pub fn on_update_pin<F, Fut, A: Into<Reply<pb::UpdatePinResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdatePinRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_pin.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeletePin` so from now on.
    pub fn on_delete_pin<F, Fut, A: Into<Reply<pb::DeletePinResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeletePinRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_pin.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListZeroResults` so from now on.
    pub fn on_list_zero_results<F, Fut, A: Into<Reply<pb::ListZeroResultsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListZeroResultsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_zero_results.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListTopQueries` so from now on.
    pub fn on_list_top_queries<F, Fut, A: Into<Reply<pb::ListTopQueriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListTopQueriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_top_queries.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl SearchTuningService for FakeSearchTuningService {
    async fn list_synonyms(
        &self,
        ctx: &Ctx,
        request: pb::ListSynonymsRequest,
    ) -> Result<Reply<pb::ListSynonymsResponse>> {
        self.list_synonyms.answer(ctx, request).await
    }

    async fn get_synonym(
        &self,
        ctx: &Ctx,
        request: pb::GetSynonymRequest,
    ) -> Result<Reply<pb::GetSynonymResponse>> {
        self.get_synonym.answer(ctx, request).await
    }

    async fn create_synonym(
        &self,
        ctx: &Ctx,
        request: pb::CreateSynonymRequest,
    ) -> Result<Reply<pb::CreateSynonymResponse>> {
        self.create_synonym.answer(ctx, request).await
    }

    async fn update_synonym(
        &self,
        ctx: &Ctx,
        request: pb::UpdateSynonymRequest,
    ) -> Result<Reply<pb::UpdateSynonymResponse>> {
        self.update_synonym.answer(ctx, request).await
    }

    async fn delete_synonym(
        &self,
        ctx: &Ctx,
        request: pb::DeleteSynonymRequest,
    ) -> Result<Reply<pb::DeleteSynonymResponse>> {
        self.delete_synonym.answer(ctx, request).await
    }

    async fn list_pins(
        &self,
        ctx: &Ctx,
        request: pb::ListPinsRequest,
    ) -> Result<Reply<pb::ListPinsResponse>> {
        self.list_pins.answer(ctx, request).await
    }

    async fn get_pin(
        &self,
        ctx: &Ctx,
        request: pb::GetPinRequest,
    ) -> Result<Reply<pb::GetPinResponse>> {
        self.get_pin.answer(ctx, request).await
    }

    async fn create_pin(
        &self,
        ctx: &Ctx,
        request: pb::CreatePinRequest,
    ) -> Result<Reply<pb::CreatePinResponse>> {
        self.create_pin.answer(ctx, request).await
    }

    async fn update_pin(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePinRequest,
    ) -> Result<Reply<pb::UpdatePinResponse>> {
        self.update_pin.answer(ctx, request).await
    }

    async fn delete_pin(
        &self,
        ctx: &Ctx,
        request: pb::DeletePinRequest,
    ) -> Result<Reply<pb::DeletePinResponse>> {
        self.delete_pin.answer(ctx, request).await
    }

    async fn list_zero_results(
        &self,
        ctx: &Ctx,
        request: pb::ListZeroResultsRequest,
    ) -> Result<Reply<pb::ListZeroResultsResponse>> {
        self.list_zero_results.answer(ctx, request).await
    }

    async fn list_top_queries(
        &self,
        ctx: &Ctx,
        request: pb::ListTopQueriesRequest,
    ) -> Result<Reply<pb::ListTopQueriesResponse>> {
        self.list_top_queries.answer(ctx, request).await
    }
}
