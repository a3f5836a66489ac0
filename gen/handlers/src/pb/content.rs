// @generated from the services of streamverse.content.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::content::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// What editors do with the catalogue (CAT-5).
pub trait ContentAdminService: Send + Sync + 'static {
    /// Lists films of every status.
    ///
    /// Fails with ORDER_UNKNOWN.
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
    fn create_movie(
        &self,
        ctx: &Ctx,
        request: pb::CreateMovieRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateMovieResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a film.
    ///
    /// Fails with MOVIE_NOT_FOUND, and VERSION_MISMATCH when If-Match or `content.version` names another version.
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

    /// Creates or updates films by their natural keys, all of them or none. A film of which the
    /// source says the same as before is left alone, with whatever editors changed since, so
    /// repeating an import changes nothing.
    fn import_movies(
        &self,
        ctx: &Ctx,
        request: pb::ImportMoviesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ImportMoviesResponse>>>> + Send;
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
            "/streamverse.content.v1.ContentAdminService/ImportMovies" => handler::unary::<pb::ImportMoviesRequest, pb::ImportMoviesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.import_movies(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`ContentAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeContentAdminService {
    admin_list_movies: crate::fake::Script<pb::AdminListMoviesRequest, Reply<pb::AdminListMoviesResponse>>,
    admin_get_movie: crate::fake::Script<pb::AdminGetMovieRequest, Reply<pb::AdminGetMovieResponse>>,
    create_movie: crate::fake::Script<pb::CreateMovieRequest, Reply<pb::CreateMovieResponse>>,
    update_movie: crate::fake::Script<pb::UpdateMovieRequest, Reply<pb::UpdateMovieResponse>>,
    delete_movie: crate::fake::Script<pb::DeleteMovieRequest, Reply<pb::DeleteMovieResponse>>,
    import_movies: crate::fake::Script<pb::ImportMoviesRequest, Reply<pb::ImportMoviesResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeContentAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
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
}

#[cfg(any(feature = "testing", test))]
impl ContentAdminService for FakeContentAdminService {
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

    async fn import_movies(
        &self,
        ctx: &Ctx,
        request: pb::ImportMoviesRequest,
    ) -> Result<Reply<pb::ImportMoviesResponse>> {
        self.import_movies.answer(ctx, request).await
    }
}

/// What viewers see of the catalogue.
pub trait ContentService: Send + Sync + 'static {
    /// Lists published films, filtered and ordered (CAT-1).
    ///
    /// Fails with ORDER_UNKNOWN and PROFILE_NOT_FOUND.
    fn list_movies(
        &self,
        ctx: &Ctx,
        request: pb::ListMoviesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListMoviesResponse>>>> + Send;

    /// Returns one published film (CAT-1).
    ///
    /// Fails with MOVIE_NOT_FOUND.
    fn get_movie(
        &self,
        ctx: &Ctx,
        request: pb::GetMovieRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetMovieResponse>>>> + Send;

    /// Returns titles by id, of any type and status, for other services; ids that nobody knows are left out.
    fn batch_get_contents(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetContentsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::BatchGetContentsResponse>>>> + Send;

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
            "/streamverse.content.v1.ContentService/BatchGetContents" => handler::unary::<pb::BatchGetContentsRequest, pb::BatchGetContentsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.batch_get_contents(&ctx, request).await.map(Into::into)
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
    batch_get_contents: crate::fake::Script<pb::BatchGetContentsRequest, Reply<pb::BatchGetContentsResponse>>,
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

    async fn batch_get_contents(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetContentsRequest,
    ) -> Result<Reply<pb::BatchGetContentsResponse>> {
        self.batch_get_contents.answer(ctx, request).await
    }

    async fn snapshot_contents(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotContentsRequest,
    ) -> Result<Reply<pb::SnapshotContentsResponse>> {
        self.snapshot_contents.answer(ctx, request).await
    }
}
