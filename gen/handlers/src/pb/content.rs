// @generated from the services of streamverse.content.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::content::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// Where viewers begin: the home page, films and series together, and the genres (CAT-17).
pub trait BrowseService: Send + Sync + 'static {
    /// Returns the home page as rows, without those that have no titles: what the profile goes on with, its
    /// watchlist, what is watched most now, what is new, what is liked most, what stands highest, the collections
    /// that editors feature, and the genres with the most titles. Each row is the beginning of a list, which `more`
    /// names.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn get_home(
        &self,
        ctx: &Ctx,
        request: pb::GetHomeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetHomeResponse>>>> + Send;

    /// Lists published films and series together, filtered and ordered.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_titles(
        &self,
        ctx: &Ctx,
        request: pb::ListTitlesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListTitlesResponse>>>> + Send;

    /// Lists the genres of films and series that the caller sees, those with the most titles first.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_genres(
        &self,
        ctx: &Ctx,
        request: pb::ListGenresRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListGenresResponse>>>> + Send;

    /// Lists what to watch after a title, best first (CAT-14): what shares people and genres with it, and behind that
    /// what is liked most (REC-4). For a film, a series or an episode that is films and series, for a video all three.
    /// The list is as long as `limit` says and has no further parts.
    ///
    /// Fails with CONTENT_NOT_FOUND and PROFILE_NOT_FOUND.
    fn list_recommendations(
        &self,
        ctx: &Ctx,
        request: pb::ListRecommendationsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListRecommendationsResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.BrowseService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct BrowseServiceServer<H>(std::sync::Arc<H>);

impl<H: BrowseService> BrowseServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for BrowseServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for BrowseServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.BrowseService";
}

impl<H: BrowseService> tower::Service<http::Request<tonic::body::Body>> for BrowseServiceServer<H> {
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
            "/streamverse.content.v1.BrowseService/GetHome" => handler::unary::<pb::GetHomeRequest, pb::GetHomeResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_home(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.BrowseService/ListTitles" => handler::unary::<pb::ListTitlesRequest, pb::ListTitlesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_titles(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.BrowseService/ListGenres" => handler::unary::<pb::ListGenresRequest, pb::ListGenresResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_genres(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.BrowseService/ListRecommendations" => handler::unary::<pb::ListRecommendationsRequest, pb::ListRecommendationsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_recommendations(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`BrowseService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeBrowseService {
    get_home: crate::fake::Script<pb::GetHomeRequest, Reply<pb::GetHomeResponse>>,
    list_titles: crate::fake::Script<pb::ListTitlesRequest, Reply<pb::ListTitlesResponse>>,
    list_genres: crate::fake::Script<pb::ListGenresRequest, Reply<pb::ListGenresResponse>>,
    list_recommendations: crate::fake::Script<pb::ListRecommendationsRequest, Reply<pb::ListRecommendationsResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeBrowseService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `GetHome` so from now on.
    pub fn on_get_home<F, Fut, A: Into<Reply<pb::GetHomeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetHomeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_home.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListTitles` so from now on.
    pub fn on_list_titles<F, Fut, A: Into<Reply<pb::ListTitlesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListTitlesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_titles.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListGenres` so from now on.
    pub fn on_list_genres<F, Fut, A: Into<Reply<pb::ListGenresResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListGenresRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_genres.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListRecommendations` so from now on.
    pub fn on_list_recommendations<F, Fut, A: Into<Reply<pb::ListRecommendationsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListRecommendationsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_recommendations.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl BrowseService for FakeBrowseService {
    async fn get_home(
        &self,
        ctx: &Ctx,
        request: pb::GetHomeRequest,
    ) -> Result<Reply<pb::GetHomeResponse>> {
        self.get_home.answer(ctx, request).await
    }

    async fn list_titles(
        &self,
        ctx: &Ctx,
        request: pb::ListTitlesRequest,
    ) -> Result<Reply<pb::ListTitlesResponse>> {
        self.list_titles.answer(ctx, request).await
    }

    async fn list_genres(
        &self,
        ctx: &Ctx,
        request: pb::ListGenresRequest,
    ) -> Result<Reply<pb::ListGenresResponse>> {
        self.list_genres.answer(ctx, request).await
    }

    async fn list_recommendations(
        &self,
        ctx: &Ctx,
        request: pb::ListRecommendationsRequest,
    ) -> Result<Reply<pb::ListRecommendationsResponse>> {
        self.list_recommendations.answer(ctx, request).await
    }
}

/// What editors do with collections.
pub trait CollectionAdminService: Send + Sync + 'static {
    /// Lists collections of every status, without their titles.
    fn admin_list_collections(
        &self,
        ctx: &Ctx,
        request: pb::AdminListCollectionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListCollectionsResponse>>>> + Send;

    /// Returns a collection of any status as editors made it, and the first 20 of its titles.
    ///
    /// Fails with COLLECTION_NOT_FOUND.
    fn admin_get_collection(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetCollectionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetCollectionResponse>>>> + Send;

    /// Creates a collection.
    ///
    /// Fails with CONTENT_NOT_FOUND, COLLECTION_MIXED, COLLECTION_LIMIT and WINDOW_INVALID.
    fn create_collection(
        &self,
        ctx: &Ctx,
        request: pb::CreateCollectionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateCollectionResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a collection. Titles that were deleted have left it by themselves.
    ///
    /// Fails with CONTENT_NOT_FOUND, COLLECTION_NOT_FOUND, COLLECTION_MIXED, WINDOW_INVALID, and VERSION_MISMATCH when
    /// If-Match or `collection.version` names another version.
    fn update_collection(
        &self,
        ctx: &Ctx,
        request: pb::UpdateCollectionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateCollectionResponse>>>> + Send;

    /// Deletes a collection for good; its titles stay.
    ///
    /// Fails with COLLECTION_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_collection(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCollectionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteCollectionResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.CollectionAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct CollectionAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: CollectionAdminService> CollectionAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for CollectionAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for CollectionAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.CollectionAdminService";
}

impl<H: CollectionAdminService> tower::Service<http::Request<tonic::body::Body>> for CollectionAdminServiceServer<H> {
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
            "/streamverse.content.v1.CollectionAdminService/AdminListCollections" => handler::unary::<pb::AdminListCollectionsRequest, pb::AdminListCollectionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_collections(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.CollectionAdminService/AdminGetCollection" => handler::unary::<pb::AdminGetCollectionRequest, pb::AdminGetCollectionResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_collection(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.CollectionAdminService/CreateCollection" => handler::unary::<pb::CreateCollectionRequest, pb::CreateCollectionResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_collection(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.CollectionAdminService/UpdateCollection" => handler::unary::<pb::UpdateCollectionRequest, pb::UpdateCollectionResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_collection(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.CollectionAdminService/DeleteCollection" => handler::unary::<pb::DeleteCollectionRequest, pb::DeleteCollectionResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_collection(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`CollectionAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeCollectionAdminService {
    admin_list_collections: crate::fake::Script<pb::AdminListCollectionsRequest, Reply<pb::AdminListCollectionsResponse>>,
    admin_get_collection: crate::fake::Script<pb::AdminGetCollectionRequest, Reply<pb::AdminGetCollectionResponse>>,
    create_collection: crate::fake::Script<pb::CreateCollectionRequest, Reply<pb::CreateCollectionResponse>>,
    update_collection: crate::fake::Script<pb::UpdateCollectionRequest, Reply<pb::UpdateCollectionResponse>>,
    delete_collection: crate::fake::Script<pb::DeleteCollectionRequest, Reply<pb::DeleteCollectionResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeCollectionAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListCollections` so from now on.
    pub fn on_admin_list_collections<F, Fut, A: Into<Reply<pb::AdminListCollectionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListCollectionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_collections.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetCollection` so from now on.
    pub fn on_admin_get_collection<F, Fut, A: Into<Reply<pb::AdminGetCollectionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetCollectionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_collection.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateCollection` so from now on.
    pub fn on_create_collection<F, Fut, A: Into<Reply<pb::CreateCollectionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateCollectionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_collection.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateCollection` so from now on.
    pub fn on_update_collection<F, Fut, A: Into<Reply<pb::UpdateCollectionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateCollectionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_collection.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteCollection` so from now on.
    pub fn on_delete_collection<F, Fut, A: Into<Reply<pb::DeleteCollectionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteCollectionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_collection.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl CollectionAdminService for FakeCollectionAdminService {
    async fn admin_list_collections(
        &self,
        ctx: &Ctx,
        request: pb::AdminListCollectionsRequest,
    ) -> Result<Reply<pb::AdminListCollectionsResponse>> {
        self.admin_list_collections.answer(ctx, request).await
    }

    async fn admin_get_collection(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetCollectionRequest,
    ) -> Result<Reply<pb::AdminGetCollectionResponse>> {
        self.admin_get_collection.answer(ctx, request).await
    }

    async fn create_collection(
        &self,
        ctx: &Ctx,
        request: pb::CreateCollectionRequest,
    ) -> Result<Reply<pb::CreateCollectionResponse>> {
        self.create_collection.answer(ctx, request).await
    }

    async fn update_collection(
        &self,
        ctx: &Ctx,
        request: pb::UpdateCollectionRequest,
    ) -> Result<Reply<pb::UpdateCollectionResponse>> {
        self.update_collection.answer(ctx, request).await
    }

    async fn delete_collection(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCollectionRequest,
    ) -> Result<Reply<pb::DeleteCollectionResponse>> {
        self.delete_collection.answer(ctx, request).await
    }
}

/// Groups of titles under a name, as viewers see them: a theme, a franchise (X-CAT-10). A collection shows of its
/// titles what the viewer sees, and is not there where that is nothing.
pub trait CollectionService: Send + Sync + 'static {
    /// Lists published collections that are open, without their titles.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_collections(
        &self,
        ctx: &Ctx,
        request: pb::ListCollectionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListCollectionsResponse>>>> + Send;

    /// Returns a published collection that is open, with the first 20 titles that the caller sees.
    ///
    /// Fails with COLLECTION_NOT_FOUND and PROFILE_NOT_FOUND.
    fn get_collection(
        &self,
        ctx: &Ctx,
        request: pb::GetCollectionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetCollectionResponse>>>> + Send;

    /// Lists the titles of such a collection that the caller sees, in its order.
    ///
    /// Fails with COLLECTION_NOT_FOUND and PROFILE_NOT_FOUND.
    fn list_collection_items(
        &self,
        ctx: &Ctx,
        request: pb::ListCollectionItemsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListCollectionItemsResponse>>>> + Send;

    /// Returns a part of all collections of all tenants, in the order of their ids: for services that hold what follows from
    /// them, and build it anew, as SnapshotContents is for titles. Deleted ones are not among them.
    fn snapshot_collections(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotCollectionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SnapshotCollectionsResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.CollectionService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct CollectionServiceServer<H>(std::sync::Arc<H>);

impl<H: CollectionService> CollectionServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for CollectionServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for CollectionServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.CollectionService";
}

impl<H: CollectionService> tower::Service<http::Request<tonic::body::Body>> for CollectionServiceServer<H> {
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
            "/streamverse.content.v1.CollectionService/ListCollections" => handler::unary::<pb::ListCollectionsRequest, pb::ListCollectionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_collections(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.CollectionService/GetCollection" => handler::unary::<pb::GetCollectionRequest, pb::GetCollectionResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_collection(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.CollectionService/ListCollectionItems" => handler::unary::<pb::ListCollectionItemsRequest, pb::ListCollectionItemsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_collection_items(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.CollectionService/SnapshotCollections" => handler::unary::<pb::SnapshotCollectionsRequest, pb::SnapshotCollectionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.snapshot_collections(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`CollectionService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeCollectionService {
    list_collections: crate::fake::Script<pb::ListCollectionsRequest, Reply<pb::ListCollectionsResponse>>,
    get_collection: crate::fake::Script<pb::GetCollectionRequest, Reply<pb::GetCollectionResponse>>,
    list_collection_items: crate::fake::Script<pb::ListCollectionItemsRequest, Reply<pb::ListCollectionItemsResponse>>,
    snapshot_collections: crate::fake::Script<pb::SnapshotCollectionsRequest, Reply<pb::SnapshotCollectionsResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeCollectionService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListCollections` so from now on.
    pub fn on_list_collections<F, Fut, A: Into<Reply<pb::ListCollectionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListCollectionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_collections.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetCollection` so from now on.
    pub fn on_get_collection<F, Fut, A: Into<Reply<pb::GetCollectionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetCollectionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_collection.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListCollectionItems` so from now on.
    pub fn on_list_collection_items<F, Fut, A: Into<Reply<pb::ListCollectionItemsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListCollectionItemsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_collection_items.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SnapshotCollections` so from now on.
    pub fn on_snapshot_collections<F, Fut, A: Into<Reply<pb::SnapshotCollectionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SnapshotCollectionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.snapshot_collections.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl CollectionService for FakeCollectionService {
    async fn list_collections(
        &self,
        ctx: &Ctx,
        request: pb::ListCollectionsRequest,
    ) -> Result<Reply<pb::ListCollectionsResponse>> {
        self.list_collections.answer(ctx, request).await
    }

    async fn get_collection(
        &self,
        ctx: &Ctx,
        request: pb::GetCollectionRequest,
    ) -> Result<Reply<pb::GetCollectionResponse>> {
        self.get_collection.answer(ctx, request).await
    }

    async fn list_collection_items(
        &self,
        ctx: &Ctx,
        request: pb::ListCollectionItemsRequest,
    ) -> Result<Reply<pb::ListCollectionItemsResponse>> {
        self.list_collection_items.answer(ctx, request).await
    }

    async fn snapshot_collections(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotCollectionsRequest,
    ) -> Result<Reply<pb::SnapshotCollectionsResponse>> {
        self.snapshot_collections.answer(ctx, request).await
    }
}

/// What editors do with the catalogue (CAT-5, CAT-6, CAT-7).
pub trait ContentAdminService: Send + Sync + 'static {
    /// Tells of every change of the catalogue as it happens: films, series, episodes, drafts, too.
    ///
    /// A stream begins behind `after`, or with what changes from now on, and tells of each change once, in an
    /// order that is the same for everybody. Each message says its position; whoever opens the stream again
    /// behind the last one that arrived misses nothing and hears nothing twice. A message without `id` only says
    /// how far the stream is: the first of a stream that has nothing to tell, and now and then one. To copy the
    /// catalogue, open the stream, then read the lists, then take the changes in.
    ///
    /// As `application/json` it answers with what there is, and is asked again behind the last position.
    ///
    /// Fails with POSITION_UNKNOWN.
    fn watch_content(
        &self,
        ctx: &Ctx,
        request: pb::WatchContentRequest,
    ) -> impl Future<Output = Result<handler::Answers<pb::WatchContentResponse>>> + Send;

    /// Lists films of every status.
    fn admin_list_movies(
        &self,
        ctx: &Ctx,
        request: pb::AdminListMoviesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListMoviesResponse>>>> + Send;

    /// Returns a film of any status.
    ///
    /// Fails with MOVIE_NOT_FOUND.
    fn admin_get_movie(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetMovieRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetMovieResponse>>>> + Send;

    /// Creates a film.
    ///
    /// Fails with PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN and WINDOW_INVALID.
    fn create_movie(
        &self,
        ctx: &Ctx,
        request: pb::CreateMovieRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateMovieResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a film.
    ///
    /// Fails with MOVIE_NOT_FOUND, PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN, WINDOW_INVALID, and VERSION_MISMATCH when If-Match or `content.version` names
    /// another version.
    fn update_movie(
        &self,
        ctx: &Ctx,
        request: pb::UpdateMovieRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateMovieResponse>>>> + Send;

    /// Deletes a film for good.
    ///
    /// Fails with MOVIE_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_movie(
        &self,
        ctx: &Ctx,
        request: pb::DeleteMovieRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteMovieResponse>>>> + Send;

    /// Lists series of every status.
    fn admin_list_series(
        &self,
        ctx: &Ctx,
        request: pb::AdminListSeriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListSeriesResponse>>>> + Send;

    /// Returns a series of any status (CAT-6).
    ///
    /// Fails with SERIES_NOT_FOUND.
    fn admin_get_series(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetSeriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetSeriesResponse>>>> + Send;

    /// Creates a series.
    ///
    /// Fails with SEASON_REPEATED, PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN and WINDOW_INVALID.
    fn create_series(
        &self,
        ctx: &Ctx,
        request: pb::CreateSeriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateSeriesResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a series. What its episodes take from it changes with it. A
    /// season that has episodes stays.
    ///
    /// Fails with SEASON_REPEATED, SEASON_NOT_EMPTY, SERIES_NOT_FOUND, PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN, WINDOW_INVALID, and VERSION_MISMATCH when If-Match or
    /// `content.version` names another version.
    fn update_series(
        &self,
        ctx: &Ctx,
        request: pb::UpdateSeriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateSeriesResponse>>>> + Send;

    /// Deletes a series for good; a series that has episodes is refused.
    ///
    /// Fails with SERIES_NOT_EMPTY, SERIES_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_series(
        &self,
        ctx: &Ctx,
        request: pb::DeleteSeriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteSeriesResponse>>>> + Send;

    /// Lists episodes of every status.
    fn admin_list_episodes(
        &self,
        ctx: &Ctx,
        request: pb::AdminListEpisodesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListEpisodesResponse>>>> + Send;

    /// Returns an episode of any status (CAT-7).
    ///
    /// Fails with EPISODE_NOT_FOUND.
    fn admin_get_episode(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetEpisodeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetEpisodeResponse>>>> + Send;

    /// Creates an episode of a series, in one of its seasons.
    ///
    /// Fails with SERIES_NOT_FOUND, SEASON_NOT_FOUND, EPISODE_NUMBER_TAKEN, PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN and WINDOW_INVALID.
    fn create_episode(
        &self,
        ctx: &Ctx,
        request: pb::CreateEpisodeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateEpisodeResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) an episode. It stays in its series.
    ///
    /// Fails with SEASON_NOT_FOUND, EPISODE_NUMBER_TAKEN, EPISODE_NOT_FOUND, PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN, WINDOW_INVALID, and VERSION_MISMATCH
    /// when If-Match or `content.version` names another version.
    fn update_episode(
        &self,
        ctx: &Ctx,
        request: pb::UpdateEpisodeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateEpisodeResponse>>>> + Send;

    /// Deletes an episode for good.
    ///
    /// Fails with EPISODE_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_episode(
        &self,
        ctx: &Ctx,
        request: pb::DeleteEpisodeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteEpisodeResponse>>>> + Send;

    /// Creates or updates films by their natural keys, all of them or none. A film of which the
    /// source says the same as before is left alone, with whatever editors changed since, so
    /// repeating an import changes nothing.
    ///
    /// Fails with PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN and WINDOW_INVALID.
    fn import_movies(
        &self,
        ctx: &Ctx,
        request: pb::ImportMoviesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ImportMoviesResponse>>>> + Send;

    /// Creates or updates films by their natural keys as ImportMovies does, of a catalogue of any size: the rows come one
    /// after the other, over REST as documents of JSON, a line each, and are written in batches as they arrive. A row that
    /// is refused is told and holds up no other. What is no row at all ends the import there: what was written before stays,
    /// and sending it again changes nothing. In a dry run no batch knows of the ones before.
    fn import_titles(
        &self,
        ctx: &Ctx,
        request: handler::Messages<pb::ImportTitlesRequest>,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ImportTitlesResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.ContentAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct ContentAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: ContentAdminService> ContentAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for ContentAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for ContentAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.ContentAdminService";
}

impl<H: ContentAdminService> tower::Service<http::Request<tonic::body::Body>> for ContentAdminServiceServer<H> {
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
            "/streamverse.content.v1.ContentAdminService/WatchContent" => handler::server_streaming::<pb::WatchContentRequest, pb::WatchContentResponse, _, _>(request, move |ctx, request| async move {
                handlers.watch_content(&ctx, request).await
            }),
            "/streamverse.content.v1.ContentAdminService/AdminListMovies" => handler::unary::<pb::AdminListMoviesRequest, pb::AdminListMoviesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_movies(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/AdminGetMovie" => handler::unary::<pb::AdminGetMovieRequest, pb::AdminGetMovieResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_movie(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/CreateMovie" => handler::unary::<pb::CreateMovieRequest, pb::CreateMovieResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_movie(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/UpdateMovie" => handler::unary::<pb::UpdateMovieRequest, pb::UpdateMovieResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_movie(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/DeleteMovie" => handler::unary::<pb::DeleteMovieRequest, pb::DeleteMovieResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_movie(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/AdminListSeries" => handler::unary::<pb::AdminListSeriesRequest, pb::AdminListSeriesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_series(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/AdminGetSeries" => handler::unary::<pb::AdminGetSeriesRequest, pb::AdminGetSeriesResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_series(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/CreateSeries" => handler::unary::<pb::CreateSeriesRequest, pb::CreateSeriesResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_series(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/UpdateSeries" => handler::unary::<pb::UpdateSeriesRequest, pb::UpdateSeriesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_series(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/DeleteSeries" => handler::unary::<pb::DeleteSeriesRequest, pb::DeleteSeriesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_series(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/AdminListEpisodes" => handler::unary::<pb::AdminListEpisodesRequest, pb::AdminListEpisodesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_episodes(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/AdminGetEpisode" => handler::unary::<pb::AdminGetEpisodeRequest, pb::AdminGetEpisodeResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_episode(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/CreateEpisode" => handler::unary::<pb::CreateEpisodeRequest, pb::CreateEpisodeResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_episode(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/UpdateEpisode" => handler::unary::<pb::UpdateEpisodeRequest, pb::UpdateEpisodeResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_episode(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/DeleteEpisode" => handler::unary::<pb::DeleteEpisodeRequest, pb::DeleteEpisodeResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_episode(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/ImportMovies" => handler::unary::<pb::ImportMoviesRequest, pb::ImportMoviesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.import_movies(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentAdminService/ImportTitles" => handler::client_streaming::<pb::ImportTitlesRequest, pb::ImportTitlesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.import_titles(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`ContentAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeContentAdminService {
    watch_content: crate::fake::Script<pb::WatchContentRequest, handler::Answers<pb::WatchContentResponse>>,
    admin_list_movies: crate::fake::Script<pb::AdminListMoviesRequest, Reply<pb::AdminListMoviesResponse>>,
    admin_get_movie: crate::fake::Script<pb::AdminGetMovieRequest, Reply<pb::AdminGetMovieResponse>>,
    create_movie: crate::fake::Script<pb::CreateMovieRequest, Reply<pb::CreateMovieResponse>>,
    update_movie: crate::fake::Script<pb::UpdateMovieRequest, Reply<pb::UpdateMovieResponse>>,
    delete_movie: crate::fake::Script<pb::DeleteMovieRequest, Reply<pb::DeleteMovieResponse>>,
    admin_list_series: crate::fake::Script<pb::AdminListSeriesRequest, Reply<pb::AdminListSeriesResponse>>,
    admin_get_series: crate::fake::Script<pb::AdminGetSeriesRequest, Reply<pb::AdminGetSeriesResponse>>,
    create_series: crate::fake::Script<pb::CreateSeriesRequest, Reply<pb::CreateSeriesResponse>>,
    update_series: crate::fake::Script<pb::UpdateSeriesRequest, Reply<pb::UpdateSeriesResponse>>,
    delete_series: crate::fake::Script<pb::DeleteSeriesRequest, Reply<pb::DeleteSeriesResponse>>,
    admin_list_episodes: crate::fake::Script<pb::AdminListEpisodesRequest, Reply<pb::AdminListEpisodesResponse>>,
    admin_get_episode: crate::fake::Script<pb::AdminGetEpisodeRequest, Reply<pb::AdminGetEpisodeResponse>>,
    create_episode: crate::fake::Script<pb::CreateEpisodeRequest, Reply<pb::CreateEpisodeResponse>>,
    update_episode: crate::fake::Script<pb::UpdateEpisodeRequest, Reply<pb::UpdateEpisodeResponse>>,
    delete_episode: crate::fake::Script<pb::DeleteEpisodeRequest, Reply<pb::DeleteEpisodeResponse>>,
    import_movies: crate::fake::Script<pb::ImportMoviesRequest, Reply<pb::ImportMoviesResponse>>,
    import_titles: crate::fake::Script<handler::Messages<pb::ImportTitlesRequest>, Reply<pb::ImportTitlesResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeContentAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `WatchContent` so from now on.
    pub fn on_watch_content<F, Fut>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::WatchContentRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<handler::Answers<pb::WatchContentResponse>>> + Send + 'static,
    {
        self.watch_content.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await }
        });
        self
    }

    /// Answers `AdminListMovies` so from now on.
    pub fn on_admin_list_movies<F, Fut, A: Into<Reply<pb::AdminListMoviesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListMoviesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_movies.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetMovie` so from now on.
    pub fn on_admin_get_movie<F, Fut, A: Into<Reply<pb::AdminGetMovieResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetMovieRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_movie.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateMovie` so from now on.
    pub fn on_create_movie<F, Fut, A: Into<Reply<pb::CreateMovieResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateMovieRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_movie.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateMovie` so from now on.
    pub fn on_update_movie<F, Fut, A: Into<Reply<pb::UpdateMovieResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateMovieRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_movie.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteMovie` so from now on.
    pub fn on_delete_movie<F, Fut, A: Into<Reply<pb::DeleteMovieResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteMovieRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_movie.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminListSeries` so from now on.
    pub fn on_admin_list_series<F, Fut, A: Into<Reply<pb::AdminListSeriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListSeriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_series.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetSeries` so from now on.
    pub fn on_admin_get_series<F, Fut, A: Into<Reply<pb::AdminGetSeriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetSeriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_series.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateSeries` so from now on.
    pub fn on_create_series<F, Fut, A: Into<Reply<pb::CreateSeriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateSeriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_series.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateSeries` so from now on.
    pub fn on_update_series<F, Fut, A: Into<Reply<pb::UpdateSeriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateSeriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_series.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteSeries` so from now on.
    pub fn on_delete_series<F, Fut, A: Into<Reply<pb::DeleteSeriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteSeriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_series.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminListEpisodes` so from now on.
    pub fn on_admin_list_episodes<F, Fut, A: Into<Reply<pb::AdminListEpisodesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListEpisodesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_episodes.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetEpisode` so from now on.
    pub fn on_admin_get_episode<F, Fut, A: Into<Reply<pb::AdminGetEpisodeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetEpisodeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_episode.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateEpisode` so from now on.
    pub fn on_create_episode<F, Fut, A: Into<Reply<pb::CreateEpisodeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateEpisodeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_episode.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateEpisode` so from now on.
    pub fn on_update_episode<F, Fut, A: Into<Reply<pb::UpdateEpisodeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateEpisodeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_episode.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteEpisode` so from now on.
    pub fn on_delete_episode<F, Fut, A: Into<Reply<pb::DeleteEpisodeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteEpisodeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_episode.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ImportMovies` so from now on.
    pub fn on_import_movies<F, Fut, A: Into<Reply<pb::ImportMoviesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ImportMoviesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.import_movies.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ImportTitles` so from now on.
    pub fn on_import_titles<F, Fut, A: Into<Reply<pb::ImportTitlesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, handler::Messages<pb::ImportTitlesRequest>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.import_titles.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl ContentAdminService for FakeContentAdminService {
    async fn watch_content(
        &self,
        ctx: &Ctx,
        request: pb::WatchContentRequest,
    ) -> Result<handler::Answers<pb::WatchContentResponse>> {
        self.watch_content.answer(ctx, request).await
    }

    async fn admin_list_movies(
        &self,
        ctx: &Ctx,
        request: pb::AdminListMoviesRequest,
    ) -> Result<Reply<pb::AdminListMoviesResponse>> {
        self.admin_list_movies.answer(ctx, request).await
    }

    async fn admin_get_movie(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetMovieRequest,
    ) -> Result<Reply<pb::AdminGetMovieResponse>> {
        self.admin_get_movie.answer(ctx, request).await
    }

    async fn create_movie(
        &self,
        ctx: &Ctx,
        request: pb::CreateMovieRequest,
    ) -> Result<Reply<pb::CreateMovieResponse>> {
        self.create_movie.answer(ctx, request).await
    }

    async fn update_movie(
        &self,
        ctx: &Ctx,
        request: pb::UpdateMovieRequest,
    ) -> Result<Reply<pb::UpdateMovieResponse>> {
        self.update_movie.answer(ctx, request).await
    }

    async fn delete_movie(
        &self,
        ctx: &Ctx,
        request: pb::DeleteMovieRequest,
    ) -> Result<Reply<pb::DeleteMovieResponse>> {
        self.delete_movie.answer(ctx, request).await
    }

    async fn admin_list_series(
        &self,
        ctx: &Ctx,
        request: pb::AdminListSeriesRequest,
    ) -> Result<Reply<pb::AdminListSeriesResponse>> {
        self.admin_list_series.answer(ctx, request).await
    }

    async fn admin_get_series(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetSeriesRequest,
    ) -> Result<Reply<pb::AdminGetSeriesResponse>> {
        self.admin_get_series.answer(ctx, request).await
    }

    async fn create_series(
        &self,
        ctx: &Ctx,
        request: pb::CreateSeriesRequest,
    ) -> Result<Reply<pb::CreateSeriesResponse>> {
        self.create_series.answer(ctx, request).await
    }

    async fn update_series(
        &self,
        ctx: &Ctx,
        request: pb::UpdateSeriesRequest,
    ) -> Result<Reply<pb::UpdateSeriesResponse>> {
        self.update_series.answer(ctx, request).await
    }

    async fn delete_series(
        &self,
        ctx: &Ctx,
        request: pb::DeleteSeriesRequest,
    ) -> Result<Reply<pb::DeleteSeriesResponse>> {
        self.delete_series.answer(ctx, request).await
    }

    async fn admin_list_episodes(
        &self,
        ctx: &Ctx,
        request: pb::AdminListEpisodesRequest,
    ) -> Result<Reply<pb::AdminListEpisodesResponse>> {
        self.admin_list_episodes.answer(ctx, request).await
    }

    async fn admin_get_episode(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetEpisodeRequest,
    ) -> Result<Reply<pb::AdminGetEpisodeResponse>> {
        self.admin_get_episode.answer(ctx, request).await
    }

    async fn create_episode(
        &self,
        ctx: &Ctx,
        request: pb::CreateEpisodeRequest,
    ) -> Result<Reply<pb::CreateEpisodeResponse>> {
        self.create_episode.answer(ctx, request).await
    }

    async fn update_episode(
        &self,
        ctx: &Ctx,
        request: pb::UpdateEpisodeRequest,
    ) -> Result<Reply<pb::UpdateEpisodeResponse>> {
        self.update_episode.answer(ctx, request).await
    }

    async fn delete_episode(
        &self,
        ctx: &Ctx,
        request: pb::DeleteEpisodeRequest,
    ) -> Result<Reply<pb::DeleteEpisodeResponse>> {
        self.delete_episode.answer(ctx, request).await
    }

    async fn import_movies(
        &self,
        ctx: &Ctx,
        request: pb::ImportMoviesRequest,
    ) -> Result<Reply<pb::ImportMoviesResponse>> {
        self.import_movies.answer(ctx, request).await
    }

    async fn import_titles(
        &self,
        ctx: &Ctx,
        request: handler::Messages<pb::ImportTitlesRequest>,
    ) -> Result<Reply<pb::ImportTitlesResponse>> {
        self.import_titles.answer(ctx, request).await
    }
}

/// What viewers see of the catalogue.
pub trait ContentService: Send + Sync + 'static {
    /// Lists published films, filtered and ordered (CAT-1).
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_movies(
        &self,
        ctx: &Ctx,
        request: pb::ListMoviesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListMoviesResponse>>>> + Send;

    /// Returns one published film (CAT-1).
    ///
    /// Fails with MOVIE_NOT_FOUND and PROFILE_NOT_FOUND.
    fn get_movie(
        &self,
        ctx: &Ctx,
        request: pb::GetMovieRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetMovieResponse>>>> + Send;

    /// Lists published series, filtered and ordered (CAT-2).
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_series(
        &self,
        ctx: &Ctx,
        request: pb::ListSeriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListSeriesResponse>>>> + Send;

    /// Returns one published series with its seasons (CAT-2).
    ///
    /// Fails with SERIES_NOT_FOUND and PROFILE_NOT_FOUND.
    fn get_series(
        &self,
        ctx: &Ctx,
        request: pb::GetSeriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetSeriesResponse>>>> + Send;

    /// Lists the published episodes of a series, or of one of its seasons, in the order of their numbers
    /// (CAT-3).
    ///
    /// Fails with SERIES_NOT_FOUND and PROFILE_NOT_FOUND.
    fn list_episodes(
        &self,
        ctx: &Ctx,
        request: pb::ListEpisodesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListEpisodesResponse>>>> + Send;

    /// Returns one published episode of a published series (CAT-4).
    ///
    /// Fails with EPISODE_NOT_FOUND and PROFILE_NOT_FOUND.
    fn get_episode(
        &self,
        ctx: &Ctx,
        request: pb::GetEpisodeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetEpisodeResponse>>>> + Send;

    /// Returns titles by id, of any type and status, for other services; ids that nobody knows are left out.
    fn batch_get_contents(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetContentsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::BatchGetContentsResponse>>>> + Send;

    /// Returns for places in series the published episodes that follow them, for other services (X-CAT-1):
    /// the next number of the season, or the first of the next season. The places themselves may be gone.
    fn next_episodes(
        &self,
        ctx: &Ctx,
        request: pb::NextEpisodesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::NextEpisodesResponse>>>> + Send;

    /// Returns a part of all titles of all tenants, the deleted ones included, in the order of their
    /// ids: for services that hold what follows from the catalogue, and build it anew.
    ///
    /// Parts are read one after the other while titles change. Whoever takes up the events meanwhile
    /// and keeps the highest version of each title has all of them in the end.
    fn snapshot_contents(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotContentsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SnapshotContentsResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.ContentService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct ContentServiceServer<H>(std::sync::Arc<H>);

impl<H: ContentService> ContentServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for ContentServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for ContentServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.ContentService";
}

impl<H: ContentService> tower::Service<http::Request<tonic::body::Body>> for ContentServiceServer<H> {
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
            "/streamverse.content.v1.ContentService/ListMovies" => handler::unary::<pb::ListMoviesRequest, pb::ListMoviesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_movies(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentService/GetMovie" => handler::unary::<pb::GetMovieRequest, pb::GetMovieResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_movie(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentService/ListSeries" => handler::unary::<pb::ListSeriesRequest, pb::ListSeriesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_series(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentService/GetSeries" => handler::unary::<pb::GetSeriesRequest, pb::GetSeriesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_series(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentService/ListEpisodes" => handler::unary::<pb::ListEpisodesRequest, pb::ListEpisodesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_episodes(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentService/GetEpisode" => handler::unary::<pb::GetEpisodeRequest, pb::GetEpisodeResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_episode(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentService/BatchGetContents" => handler::unary::<pb::BatchGetContentsRequest, pb::BatchGetContentsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.batch_get_contents(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentService/NextEpisodes" => handler::unary::<pb::NextEpisodesRequest, pb::NextEpisodesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.next_episodes(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.ContentService/SnapshotContents" => handler::unary::<pb::SnapshotContentsRequest, pb::SnapshotContentsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.snapshot_contents(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`ContentService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeContentService {
    list_movies: crate::fake::Script<pb::ListMoviesRequest, Reply<pb::ListMoviesResponse>>,
    get_movie: crate::fake::Script<pb::GetMovieRequest, Reply<pb::GetMovieResponse>>,
    list_series: crate::fake::Script<pb::ListSeriesRequest, Reply<pb::ListSeriesResponse>>,
    get_series: crate::fake::Script<pb::GetSeriesRequest, Reply<pb::GetSeriesResponse>>,
    list_episodes: crate::fake::Script<pb::ListEpisodesRequest, Reply<pb::ListEpisodesResponse>>,
    get_episode: crate::fake::Script<pb::GetEpisodeRequest, Reply<pb::GetEpisodeResponse>>,
    batch_get_contents: crate::fake::Script<pb::BatchGetContentsRequest, Reply<pb::BatchGetContentsResponse>>,
    next_episodes: crate::fake::Script<pb::NextEpisodesRequest, Reply<pb::NextEpisodesResponse>>,
    snapshot_contents: crate::fake::Script<pb::SnapshotContentsRequest, Reply<pb::SnapshotContentsResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeContentService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListMovies` so from now on.
    pub fn on_list_movies<F, Fut, A: Into<Reply<pb::ListMoviesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListMoviesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_movies.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetMovie` so from now on.
    pub fn on_get_movie<F, Fut, A: Into<Reply<pb::GetMovieResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetMovieRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_movie.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListSeries` so from now on.
    pub fn on_list_series<F, Fut, A: Into<Reply<pb::ListSeriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListSeriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_series.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetSeries` so from now on.
    pub fn on_get_series<F, Fut, A: Into<Reply<pb::GetSeriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetSeriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_series.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListEpisodes` so from now on.
    pub fn on_list_episodes<F, Fut, A: Into<Reply<pb::ListEpisodesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListEpisodesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_episodes.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetEpisode` so from now on.
    pub fn on_get_episode<F, Fut, A: Into<Reply<pb::GetEpisodeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetEpisodeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_episode.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `BatchGetContents` so from now on.
    pub fn on_batch_get_contents<F, Fut, A: Into<Reply<pb::BatchGetContentsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::BatchGetContentsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.batch_get_contents.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `NextEpisodes` so from now on.
    pub fn on_next_episodes<F, Fut, A: Into<Reply<pb::NextEpisodesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::NextEpisodesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.next_episodes.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SnapshotContents` so from now on.
    pub fn on_snapshot_contents<F, Fut, A: Into<Reply<pb::SnapshotContentsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SnapshotContentsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.snapshot_contents.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl ContentService for FakeContentService {
    async fn list_movies(
        &self,
        ctx: &Ctx,
        request: pb::ListMoviesRequest,
    ) -> Result<Reply<pb::ListMoviesResponse>> {
        self.list_movies.answer(ctx, request).await
    }

    async fn get_movie(
        &self,
        ctx: &Ctx,
        request: pb::GetMovieRequest,
    ) -> Result<Reply<pb::GetMovieResponse>> {
        self.get_movie.answer(ctx, request).await
    }

    async fn list_series(
        &self,
        ctx: &Ctx,
        request: pb::ListSeriesRequest,
    ) -> Result<Reply<pb::ListSeriesResponse>> {
        self.list_series.answer(ctx, request).await
    }

    async fn get_series(
        &self,
        ctx: &Ctx,
        request: pb::GetSeriesRequest,
    ) -> Result<Reply<pb::GetSeriesResponse>> {
        self.get_series.answer(ctx, request).await
    }

    async fn list_episodes(
        &self,
        ctx: &Ctx,
        request: pb::ListEpisodesRequest,
    ) -> Result<Reply<pb::ListEpisodesResponse>> {
        self.list_episodes.answer(ctx, request).await
    }

    async fn get_episode(
        &self,
        ctx: &Ctx,
        request: pb::GetEpisodeRequest,
    ) -> Result<Reply<pb::GetEpisodeResponse>> {
        self.get_episode.answer(ctx, request).await
    }

    async fn batch_get_contents(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetContentsRequest,
    ) -> Result<Reply<pb::BatchGetContentsResponse>> {
        self.batch_get_contents.answer(ctx, request).await
    }

    async fn next_episodes(
        &self,
        ctx: &Ctx,
        request: pb::NextEpisodesRequest,
    ) -> Result<Reply<pb::NextEpisodesResponse>> {
        self.next_episodes.answer(ctx, request).await
    }

    async fn snapshot_contents(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotContentsRequest,
    ) -> Result<Reply<pb::SnapshotContentsResponse>> {
        self.snapshot_contents.answer(ctx, request).await
    }
}

/// What editors do with people.
pub trait PersonAdminService: Send + Sync + 'static {
    /// Lists people by name, whether a title credits them or not.
    fn admin_list_people(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPeopleRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListPeopleResponse>>>> + Send;

    /// Returns a person with the newest titles of any status.
    ///
    /// Fails with PERSON_NOT_FOUND.
    fn admin_get_person(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPersonRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetPersonResponse>>>> + Send;

    /// Creates a person, whom titles then credit by `person_id`.
    fn create_person(
        &self,
        ctx: &Ctx,
        request: pb::CreatePersonRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreatePersonResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a person. Another name stands in the credits of all titles, too.
    ///
    /// Fails with PERSON_NOT_FOUND, and VERSION_MISMATCH when If-Match or `person.version` names another version.
    fn update_person(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePersonRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdatePersonResponse>>>> + Send;

    /// Deletes a person for good; one whom titles credit is refused.
    ///
    /// Fails with PERSON_CREDITED, PERSON_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_person(
        &self,
        ctx: &Ctx,
        request: pb::DeletePersonRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeletePersonResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.PersonAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PersonAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: PersonAdminService> PersonAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PersonAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PersonAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.PersonAdminService";
}

impl<H: PersonAdminService> tower::Service<http::Request<tonic::body::Body>> for PersonAdminServiceServer<H> {
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
            "/streamverse.content.v1.PersonAdminService/AdminListPeople" => handler::unary::<pb::AdminListPeopleRequest, pb::AdminListPeopleResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_people(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PersonAdminService/AdminGetPerson" => handler::unary::<pb::AdminGetPersonRequest, pb::AdminGetPersonResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_person(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PersonAdminService/CreatePerson" => handler::unary::<pb::CreatePersonRequest, pb::CreatePersonResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_person(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PersonAdminService/UpdatePerson" => handler::unary::<pb::UpdatePersonRequest, pb::UpdatePersonResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_person(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PersonAdminService/DeletePerson" => handler::unary::<pb::DeletePersonRequest, pb::DeletePersonResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_person(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PersonAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePersonAdminService {
    admin_list_people: crate::fake::Script<pb::AdminListPeopleRequest, Reply<pb::AdminListPeopleResponse>>,
    admin_get_person: crate::fake::Script<pb::AdminGetPersonRequest, Reply<pb::AdminGetPersonResponse>>,
    create_person: crate::fake::Script<pb::CreatePersonRequest, Reply<pb::CreatePersonResponse>>,
    update_person: crate::fake::Script<pb::UpdatePersonRequest, Reply<pb::UpdatePersonResponse>>,
    delete_person: crate::fake::Script<pb::DeletePersonRequest, Reply<pb::DeletePersonResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePersonAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListPeople` so from now on.
    pub fn on_admin_list_people<F, Fut, A: Into<Reply<pb::AdminListPeopleResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListPeopleRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_people.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetPerson` so from now on.
    pub fn on_admin_get_person<F, Fut, A: Into<Reply<pb::AdminGetPersonResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetPersonRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_person.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreatePerson` so from now on.
    pub fn on_create_person<F, Fut, A: Into<Reply<pb::CreatePersonResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreatePersonRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_person.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdatePerson` so from now on.
    pub fn on_update_person<F, Fut, A: Into<Reply<pb::UpdatePersonResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdatePersonRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_person.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeletePerson` so from now on.
    pub fn on_delete_person<F, Fut, A: Into<Reply<pb::DeletePersonResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeletePersonRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_person.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PersonAdminService for FakePersonAdminService {
    async fn admin_list_people(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPeopleRequest,
    ) -> Result<Reply<pb::AdminListPeopleResponse>> {
        self.admin_list_people.answer(ctx, request).await
    }

    async fn admin_get_person(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPersonRequest,
    ) -> Result<Reply<pb::AdminGetPersonResponse>> {
        self.admin_get_person.answer(ctx, request).await
    }

    async fn create_person(
        &self,
        ctx: &Ctx,
        request: pb::CreatePersonRequest,
    ) -> Result<Reply<pb::CreatePersonResponse>> {
        self.create_person.answer(ctx, request).await
    }

    async fn update_person(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePersonRequest,
    ) -> Result<Reply<pb::UpdatePersonResponse>> {
        self.update_person.answer(ctx, request).await
    }

    async fn delete_person(
        &self,
        ctx: &Ctx,
        request: pb::DeletePersonRequest,
    ) -> Result<Reply<pb::DeletePersonResponse>> {
        self.delete_person.answer(ctx, request).await
    }
}

/// Who made titles and plays in them, as viewers see it (CAT-8). A person is there for whoever sees a title that
/// credits the person.
pub trait PersonService: Send + Sync + 'static {
    /// Lists people by name.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_people(
        &self,
        ctx: &Ctx,
        request: pb::ListPeopleRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPeopleResponse>>>> + Send;

    /// Returns a person with the 20 newest titles that the caller sees.
    ///
    /// Fails with PERSON_NOT_FOUND and PROFILE_NOT_FOUND.
    fn get_person(
        &self,
        ctx: &Ctx,
        request: pb::GetPersonRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetPersonResponse>>>> + Send;

    /// Lists the titles of a person that the caller sees, newest first.
    ///
    /// Fails with PERSON_NOT_FOUND and PROFILE_NOT_FOUND.
    fn list_person_titles(
        &self,
        ctx: &Ctx,
        request: pb::ListPersonTitlesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPersonTitlesResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.PersonService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PersonServiceServer<H>(std::sync::Arc<H>);

impl<H: PersonService> PersonServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PersonServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PersonServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.PersonService";
}

impl<H: PersonService> tower::Service<http::Request<tonic::body::Body>> for PersonServiceServer<H> {
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
            "/streamverse.content.v1.PersonService/ListPeople" => handler::unary::<pb::ListPeopleRequest, pb::ListPeopleResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_people(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PersonService/GetPerson" => handler::unary::<pb::GetPersonRequest, pb::GetPersonResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_person(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PersonService/ListPersonTitles" => handler::unary::<pb::ListPersonTitlesRequest, pb::ListPersonTitlesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_person_titles(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PersonService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePersonService {
    list_people: crate::fake::Script<pb::ListPeopleRequest, Reply<pb::ListPeopleResponse>>,
    get_person: crate::fake::Script<pb::GetPersonRequest, Reply<pb::GetPersonResponse>>,
    list_person_titles: crate::fake::Script<pb::ListPersonTitlesRequest, Reply<pb::ListPersonTitlesResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePersonService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListPeople` so from now on.
    pub fn on_list_people<F, Fut, A: Into<Reply<pb::ListPeopleResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPeopleRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_people.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetPerson` so from now on.
    pub fn on_get_person<F, Fut, A: Into<Reply<pb::GetPersonResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetPersonRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_person.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListPersonTitles` so from now on.
    pub fn on_list_person_titles<F, Fut, A: Into<Reply<pb::ListPersonTitlesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPersonTitlesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_person_titles.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PersonService for FakePersonService {
    async fn list_people(
        &self,
        ctx: &Ctx,
        request: pb::ListPeopleRequest,
    ) -> Result<Reply<pb::ListPeopleResponse>> {
        self.list_people.answer(ctx, request).await
    }

    async fn get_person(
        &self,
        ctx: &Ctx,
        request: pb::GetPersonRequest,
    ) -> Result<Reply<pb::GetPersonResponse>> {
        self.get_person.answer(ctx, request).await
    }

    async fn list_person_titles(
        &self,
        ctx: &Ctx,
        request: pb::ListPersonTitlesRequest,
    ) -> Result<Reply<pb::ListPersonTitlesResponse>> {
        self.list_person_titles.answer(ctx, request).await
    }
}

/// What editors do with playlists (CAT-13).
pub trait PlaylistAdminService: Send + Sync + 'static {
    /// Lists playlists of every status, without their titles.
    fn admin_list_playlists(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPlaylistsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListPlaylistsResponse>>>> + Send;

    /// Returns a playlist of any status with the ids of all its titles and the first 20 of them.
    ///
    /// Fails with PLAYLIST_NOT_FOUND.
    fn admin_get_playlist(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPlaylistRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetPlaylistResponse>>>> + Send;

    /// Creates a playlist (CAT-13).
    ///
    /// Fails with CONTENT_NOT_FOUND.
    fn create_playlist(
        &self,
        ctx: &Ctx,
        request: pb::CreatePlaylistRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreatePlaylistResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a playlist; `item_ids` are its titles and their order. Titles that were
    /// deleted have left it by themselves.
    ///
    /// Fails with CONTENT_NOT_FOUND, PLAYLIST_NOT_FOUND, and VERSION_MISMATCH when If-Match or `playlist.version`
    /// names another version.
    fn update_playlist(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePlaylistRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdatePlaylistResponse>>>> + Send;

    /// Deletes a playlist for good; its titles stay.
    ///
    /// Fails with PLAYLIST_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_playlist(
        &self,
        ctx: &Ctx,
        request: pb::DeletePlaylistRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeletePlaylistResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.PlaylistAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PlaylistAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: PlaylistAdminService> PlaylistAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PlaylistAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PlaylistAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.PlaylistAdminService";
}

impl<H: PlaylistAdminService> tower::Service<http::Request<tonic::body::Body>> for PlaylistAdminServiceServer<H> {
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
            "/streamverse.content.v1.PlaylistAdminService/AdminListPlaylists" => handler::unary::<pb::AdminListPlaylistsRequest, pb::AdminListPlaylistsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_playlists(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PlaylistAdminService/AdminGetPlaylist" => handler::unary::<pb::AdminGetPlaylistRequest, pb::AdminGetPlaylistResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_playlist(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PlaylistAdminService/CreatePlaylist" => handler::unary::<pb::CreatePlaylistRequest, pb::CreatePlaylistResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_playlist(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PlaylistAdminService/UpdatePlaylist" => handler::unary::<pb::UpdatePlaylistRequest, pb::UpdatePlaylistResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_playlist(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PlaylistAdminService/DeletePlaylist" => handler::unary::<pb::DeletePlaylistRequest, pb::DeletePlaylistResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_playlist(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PlaylistAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePlaylistAdminService {
    admin_list_playlists: crate::fake::Script<pb::AdminListPlaylistsRequest, Reply<pb::AdminListPlaylistsResponse>>,
    admin_get_playlist: crate::fake::Script<pb::AdminGetPlaylistRequest, Reply<pb::AdminGetPlaylistResponse>>,
    create_playlist: crate::fake::Script<pb::CreatePlaylistRequest, Reply<pb::CreatePlaylistResponse>>,
    update_playlist: crate::fake::Script<pb::UpdatePlaylistRequest, Reply<pb::UpdatePlaylistResponse>>,
    delete_playlist: crate::fake::Script<pb::DeletePlaylistRequest, Reply<pb::DeletePlaylistResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePlaylistAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListPlaylists` so from now on.
    pub fn on_admin_list_playlists<F, Fut, A: Into<Reply<pb::AdminListPlaylistsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListPlaylistsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_playlists.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetPlaylist` so from now on.
    pub fn on_admin_get_playlist<F, Fut, A: Into<Reply<pb::AdminGetPlaylistResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetPlaylistRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_playlist.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreatePlaylist` so from now on.
    pub fn on_create_playlist<F, Fut, A: Into<Reply<pb::CreatePlaylistResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreatePlaylistRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_playlist.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdatePlaylist` so from now on.
    pub fn on_update_playlist<F, Fut, A: Into<Reply<pb::UpdatePlaylistResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdatePlaylistRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_playlist.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeletePlaylist` so from now on.
    pub fn on_delete_playlist<F, Fut, A: Into<Reply<pb::DeletePlaylistResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeletePlaylistRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_playlist.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PlaylistAdminService for FakePlaylistAdminService {
    async fn admin_list_playlists(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPlaylistsRequest,
    ) -> Result<Reply<pb::AdminListPlaylistsResponse>> {
        self.admin_list_playlists.answer(ctx, request).await
    }

    async fn admin_get_playlist(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPlaylistRequest,
    ) -> Result<Reply<pb::AdminGetPlaylistResponse>> {
        self.admin_get_playlist.answer(ctx, request).await
    }

    async fn create_playlist(
        &self,
        ctx: &Ctx,
        request: pb::CreatePlaylistRequest,
    ) -> Result<Reply<pb::CreatePlaylistResponse>> {
        self.create_playlist.answer(ctx, request).await
    }

    async fn update_playlist(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePlaylistRequest,
    ) -> Result<Reply<pb::UpdatePlaylistResponse>> {
        self.update_playlist.answer(ctx, request).await
    }

    async fn delete_playlist(
        &self,
        ctx: &Ctx,
        request: pb::DeletePlaylistRequest,
    ) -> Result<Reply<pb::DeletePlaylistResponse>> {
        self.delete_playlist.answer(ctx, request).await
    }
}

/// Lists of titles that editors put together, as viewers see them (CAT-12). A playlist shows of its titles what
/// the viewer sees, and is not there where that is nothing.
pub trait PlaylistService: Send + Sync + 'static {
    /// Lists published playlists without their titles, and says how many of them the caller sees.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_playlists(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaylistsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPlaylistsResponse>>>> + Send;

    /// Returns a published playlist with the first 20 titles that the caller sees.
    ///
    /// Fails with PLAYLIST_NOT_FOUND and PROFILE_NOT_FOUND.
    fn get_playlist(
        &self,
        ctx: &Ctx,
        request: pb::GetPlaylistRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetPlaylistResponse>>>> + Send;

    /// Lists the titles of a published playlist that the caller sees, in its order.
    ///
    /// Fails with PLAYLIST_NOT_FOUND and PROFILE_NOT_FOUND.
    fn list_playlist_items(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaylistItemsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPlaylistItemsResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.PlaylistService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PlaylistServiceServer<H>(std::sync::Arc<H>);

impl<H: PlaylistService> PlaylistServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PlaylistServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PlaylistServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.PlaylistService";
}

impl<H: PlaylistService> tower::Service<http::Request<tonic::body::Body>> for PlaylistServiceServer<H> {
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
            "/streamverse.content.v1.PlaylistService/ListPlaylists" => handler::unary::<pb::ListPlaylistsRequest, pb::ListPlaylistsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_playlists(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PlaylistService/GetPlaylist" => handler::unary::<pb::GetPlaylistRequest, pb::GetPlaylistResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_playlist(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PlaylistService/ListPlaylistItems" => handler::unary::<pb::ListPlaylistItemsRequest, pb::ListPlaylistItemsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_playlist_items(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PlaylistService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePlaylistService {
    list_playlists: crate::fake::Script<pb::ListPlaylistsRequest, Reply<pb::ListPlaylistsResponse>>,
    get_playlist: crate::fake::Script<pb::GetPlaylistRequest, Reply<pb::GetPlaylistResponse>>,
    list_playlist_items: crate::fake::Script<pb::ListPlaylistItemsRequest, Reply<pb::ListPlaylistItemsResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePlaylistService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListPlaylists` so from now on.
    pub fn on_list_playlists<F, Fut, A: Into<Reply<pb::ListPlaylistsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPlaylistsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_playlists.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetPlaylist` so from now on.
    pub fn on_get_playlist<F, Fut, A: Into<Reply<pb::GetPlaylistResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetPlaylistRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_playlist.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListPlaylistItems` so from now on.
    pub fn on_list_playlist_items<F, Fut, A: Into<Reply<pb::ListPlaylistItemsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPlaylistItemsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_playlist_items.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PlaylistService for FakePlaylistService {
    async fn list_playlists(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaylistsRequest,
    ) -> Result<Reply<pb::ListPlaylistsResponse>> {
        self.list_playlists.answer(ctx, request).await
    }

    async fn get_playlist(
        &self,
        ctx: &Ctx,
        request: pb::GetPlaylistRequest,
    ) -> Result<Reply<pb::GetPlaylistResponse>> {
        self.get_playlist.answer(ctx, request).await
    }

    async fn list_playlist_items(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaylistItemsRequest,
    ) -> Result<Reply<pb::ListPlaylistItemsResponse>> {
        self.list_playlist_items.answer(ctx, request).await
    }
}

/// How much titles are watched (CAT-18, REC-5).
pub trait PopularityService: Send + Sync + 'static {
    /// Lists how much titles are watched: those that were played within 30 days or are rated, with the newest counts,
    /// at most five minutes old. An account counts once a day for a title, and with an episode for its series, too.
    fn list_popularity(
        &self,
        ctx: &Ctx,
        request: pb::ListPopularityRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPopularityResponse>>>> + Send;

    /// Returns a part of what ListPopularity counts, of all tenants, in the order of the titles' ids: for services that order
    /// titles by it.
    fn snapshot_popularity(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotPopularityRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SnapshotPopularityResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.PopularityService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PopularityServiceServer<H>(std::sync::Arc<H>);

impl<H: PopularityService> PopularityServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PopularityServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PopularityServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.PopularityService";
}

impl<H: PopularityService> tower::Service<http::Request<tonic::body::Body>> for PopularityServiceServer<H> {
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
            "/streamverse.content.v1.PopularityService/ListPopularity" => handler::unary::<pb::ListPopularityRequest, pb::ListPopularityResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_popularity(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.PopularityService/SnapshotPopularity" => handler::unary::<pb::SnapshotPopularityRequest, pb::SnapshotPopularityResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.snapshot_popularity(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PopularityService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePopularityService {
    list_popularity: crate::fake::Script<pb::ListPopularityRequest, Reply<pb::ListPopularityResponse>>,
    snapshot_popularity: crate::fake::Script<pb::SnapshotPopularityRequest, Reply<pb::SnapshotPopularityResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePopularityService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListPopularity` so from now on.
    pub fn on_list_popularity<F, Fut, A: Into<Reply<pb::ListPopularityResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPopularityRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_popularity.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SnapshotPopularity` so from now on.
    pub fn on_snapshot_popularity<F, Fut, A: Into<Reply<pb::SnapshotPopularityResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SnapshotPopularityRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.snapshot_popularity.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PopularityService for FakePopularityService {
    async fn list_popularity(
        &self,
        ctx: &Ctx,
        request: pb::ListPopularityRequest,
    ) -> Result<Reply<pb::ListPopularityResponse>> {
        self.list_popularity.answer(ctx, request).await
    }

    async fn snapshot_popularity(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotPopularityRequest,
    ) -> Result<Reply<pb::SnapshotPopularityResponse>> {
        self.snapshot_popularity.answer(ctx, request).await
    }
}

/// What editors do with videos, and creators with their own (CAT-11): another creator's video is not there
/// for them.
pub trait VideoAdminService: Send + Sync + 'static {
    /// Lists videos of every status; a creator's own only.
    fn admin_list_videos(
        &self,
        ctx: &Ctx,
        request: pb::AdminListVideosRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListVideosResponse>>>> + Send;

    /// Returns a video of any status.
    ///
    /// Fails with VIDEO_NOT_FOUND.
    fn admin_get_video(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetVideoRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetVideoResponse>>>> + Send;

    /// Creates a video, which belongs to who creates it (CAT-11).
    ///
    /// Fails with PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN and WINDOW_INVALID.
    fn create_video(
        &self,
        ctx: &Ctx,
        request: pb::CreateVideoRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateVideoResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a video. Its owner stays.
    ///
    /// Fails with VIDEO_NOT_FOUND, PERSON_NOT_FOUND, MARKER_INVALID, EXTERNAL_ID_TAKEN, WINDOW_INVALID, and VERSION_MISMATCH when If-Match or `content.version` names
    /// another version.
    fn update_video(
        &self,
        ctx: &Ctx,
        request: pb::UpdateVideoRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateVideoResponse>>>> + Send;

    /// Deletes a video for good.
    ///
    /// Fails with VIDEO_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_video(
        &self,
        ctx: &Ctx,
        request: pb::DeleteVideoRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteVideoResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.VideoAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct VideoAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: VideoAdminService> VideoAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for VideoAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for VideoAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.VideoAdminService";
}

impl<H: VideoAdminService> tower::Service<http::Request<tonic::body::Body>> for VideoAdminServiceServer<H> {
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
            "/streamverse.content.v1.VideoAdminService/AdminListVideos" => handler::unary::<pb::AdminListVideosRequest, pb::AdminListVideosResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_videos(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.VideoAdminService/AdminGetVideo" => handler::unary::<pb::AdminGetVideoRequest, pb::AdminGetVideoResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_video(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.VideoAdminService/CreateVideo" => handler::unary::<pb::CreateVideoRequest, pb::CreateVideoResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_video(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.VideoAdminService/UpdateVideo" => handler::unary::<pb::UpdateVideoRequest, pb::UpdateVideoResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_video(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.VideoAdminService/DeleteVideo" => handler::unary::<pb::DeleteVideoRequest, pb::DeleteVideoResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_video(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`VideoAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeVideoAdminService {
    admin_list_videos: crate::fake::Script<pb::AdminListVideosRequest, Reply<pb::AdminListVideosResponse>>,
    admin_get_video: crate::fake::Script<pb::AdminGetVideoRequest, Reply<pb::AdminGetVideoResponse>>,
    create_video: crate::fake::Script<pb::CreateVideoRequest, Reply<pb::CreateVideoResponse>>,
    update_video: crate::fake::Script<pb::UpdateVideoRequest, Reply<pb::UpdateVideoResponse>>,
    delete_video: crate::fake::Script<pb::DeleteVideoRequest, Reply<pb::DeleteVideoResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeVideoAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListVideos` so from now on.
    pub fn on_admin_list_videos<F, Fut, A: Into<Reply<pb::AdminListVideosResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListVideosRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_videos.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetVideo` so from now on.
    pub fn on_admin_get_video<F, Fut, A: Into<Reply<pb::AdminGetVideoResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetVideoRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_video.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateVideo` so from now on.
    pub fn on_create_video<F, Fut, A: Into<Reply<pb::CreateVideoResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateVideoRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_video.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateVideo` so from now on.
    pub fn on_update_video<F, Fut, A: Into<Reply<pb::UpdateVideoResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateVideoRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_video.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteVideo` so from now on.
    pub fn on_delete_video<F, Fut, A: Into<Reply<pb::DeleteVideoResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteVideoRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_video.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl VideoAdminService for FakeVideoAdminService {
    async fn admin_list_videos(
        &self,
        ctx: &Ctx,
        request: pb::AdminListVideosRequest,
    ) -> Result<Reply<pb::AdminListVideosResponse>> {
        self.admin_list_videos.answer(ctx, request).await
    }

    async fn admin_get_video(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetVideoRequest,
    ) -> Result<Reply<pb::AdminGetVideoResponse>> {
        self.admin_get_video.answer(ctx, request).await
    }

    async fn create_video(
        &self,
        ctx: &Ctx,
        request: pb::CreateVideoRequest,
    ) -> Result<Reply<pb::CreateVideoResponse>> {
        self.create_video.answer(ctx, request).await
    }

    async fn update_video(
        &self,
        ctx: &Ctx,
        request: pb::UpdateVideoRequest,
    ) -> Result<Reply<pb::UpdateVideoResponse>> {
        self.update_video.answer(ctx, request).await
    }

    async fn delete_video(
        &self,
        ctx: &Ctx,
        request: pb::DeleteVideoRequest,
    ) -> Result<Reply<pb::DeleteVideoResponse>> {
        self.delete_video.answer(ctx, request).await
    }
}

/// The catalogue as players of videos see it (CAT-9, CAT-10, C7): the same titles under other paths.
pub trait VideoService: Send + Sync + 'static {
    /// Lists published videos, filtered and ordered (CAT-9).
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_videos(
        &self,
        ctx: &Ctx,
        request: pb::ListVideosRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListVideosResponse>>>> + Send;

    /// Returns one published title of any type: a video, a film, a series or an episode (CAT-10, C7).
    ///
    /// Fails with CONTENT_NOT_FOUND and PROFILE_NOT_FOUND.
    fn get_video(
        &self,
        ctx: &Ctx,
        request: pb::GetVideoRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetVideoResponse>>>> + Send;
}

/// Leads calls of `streamverse.content.v1.VideoService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct VideoServiceServer<H>(std::sync::Arc<H>);

impl<H: VideoService> VideoServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for VideoServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for VideoServiceServer<H> {
    const NAME: &'static str = "streamverse.content.v1.VideoService";
}

impl<H: VideoService> tower::Service<http::Request<tonic::body::Body>> for VideoServiceServer<H> {
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
            "/streamverse.content.v1.VideoService/ListVideos" => handler::unary::<pb::ListVideosRequest, pb::ListVideosResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_videos(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.content.v1.VideoService/GetVideo" => handler::unary::<pb::GetVideoRequest, pb::GetVideoResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_video(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`VideoService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeVideoService {
    list_videos: crate::fake::Script<pb::ListVideosRequest, Reply<pb::ListVideosResponse>>,
    get_video: crate::fake::Script<pb::GetVideoRequest, Reply<pb::GetVideoResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeVideoService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListVideos` so from now on.
    pub fn on_list_videos<F, Fut, A: Into<Reply<pb::ListVideosResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListVideosRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_videos.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetVideo` so from now on.
    pub fn on_get_video<F, Fut, A: Into<Reply<pb::GetVideoResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetVideoRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_video.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl VideoService for FakeVideoService {
    async fn list_videos(
        &self,
        ctx: &Ctx,
        request: pb::ListVideosRequest,
    ) -> Result<Reply<pb::ListVideosResponse>> {
        self.list_videos.answer(ctx, request).await
    }

    async fn get_video(
        &self,
        ctx: &Ctx,
        request: pb::GetVideoRequest,
    ) -> Result<Reply<pb::GetVideoResponse>> {
        self.get_video.answer(ctx, request).await
    }
}
