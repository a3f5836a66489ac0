// @generated from the services of streamverse.streaming.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::streaming::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// The pictures of titles as editors see to them.
pub trait ArtworkAdminService: Send + Sync + 'static {
    /// Takes a picture as the body: JPEG, PNG or WebP, of at most 4 MiB and 10,000 pixels each way. It stands in place of
    /// the picture with the same role, language and width, so that a role has as many sizes as are uploaded. Its `url`
    /// goes into `artwork` of the title, by which viewers learn of it.
    ///
    /// Fails with CONTENT_NOT_FOUND, ARTWORK_INVALID and ARTWORK_LIMIT.
    fn upload_artwork(
        &self,
        ctx: &Ctx,
        request: pb::UploadArtworkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UploadArtworkResponse>>>> + Send;

    /// Lists the pictures of a title, at most 100, by role, language and width.
    fn list_artwork(
        &self,
        ctx: &Ctx,
        request: pb::ListArtworkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListArtworkResponse>>>> + Send;

    /// Deletes the pictures of a role: those of a language, and of those the one of a width, where that is said.
    ///
    /// Fails with ARTWORK_NOT_FOUND.
    fn delete_artwork(
        &self,
        ctx: &Ctx,
        request: pb::DeleteArtworkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteArtworkResponse>>>> + Send;
}

/// Leads calls of `streamverse.streaming.v1.ArtworkAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct ArtworkAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: ArtworkAdminService> ArtworkAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for ArtworkAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for ArtworkAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.streaming.v1.ArtworkAdminService";
}

impl<H: ArtworkAdminService> tower::Service<http::Request<tonic::body::Body>> for ArtworkAdminServiceServer<H> {
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
            "/streamverse.streaming.v1.ArtworkAdminService/UploadArtwork" => handler::unary::<pb::UploadArtworkRequest, pb::UploadArtworkResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.upload_artwork(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.ArtworkAdminService/ListArtwork" => handler::unary::<pb::ListArtworkRequest, pb::ListArtworkResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_artwork(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.ArtworkAdminService/DeleteArtwork" => handler::unary::<pb::DeleteArtworkRequest, pb::DeleteArtworkResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_artwork(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`ArtworkAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeArtworkAdminService {
    upload_artwork: crate::fake::Script<pb::UploadArtworkRequest, Reply<pb::UploadArtworkResponse>>,
    list_artwork: crate::fake::Script<pb::ListArtworkRequest, Reply<pb::ListArtworkResponse>>,
    delete_artwork: crate::fake::Script<pb::DeleteArtworkRequest, Reply<pb::DeleteArtworkResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeArtworkAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `UploadArtwork` so from now on.
    pub fn on_upload_artwork<F, Fut, A: Into<Reply<pb::UploadArtworkResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UploadArtworkRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.upload_artwork.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListArtwork` so from now on.
    pub fn on_list_artwork<F, Fut, A: Into<Reply<pb::ListArtworkResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListArtworkRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_artwork.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteArtwork` so from now on.
    pub fn on_delete_artwork<F, Fut, A: Into<Reply<pb::DeleteArtworkResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteArtworkRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_artwork.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl ArtworkAdminService for FakeArtworkAdminService {
    async fn upload_artwork(
        &self,
        ctx: &Ctx,
        request: pb::UploadArtworkRequest,
    ) -> Result<Reply<pb::UploadArtworkResponse>> {
        self.upload_artwork.answer(ctx, request).await
    }

    async fn list_artwork(
        &self,
        ctx: &Ctx,
        request: pb::ListArtworkRequest,
    ) -> Result<Reply<pb::ListArtworkResponse>> {
        self.list_artwork.answer(ctx, request).await
    }

    async fn delete_artwork(
        &self,
        ctx: &Ctx,
        request: pb::DeleteArtworkRequest,
    ) -> Result<Reply<pb::DeleteArtworkResponse>> {
        self.delete_artwork.answer(ctx, request).await
    }
}

/// The captions of titles as editors see to them (CAT-15, X-CAT-4).
pub trait CaptionAdminService: Send + Sync + 'static {
    /// Takes a file of captions in a language as the body: WebVTT or SubRip (SRT), UTF-8, of at most 1 MiB. It stands in
    /// place of what the title has of the language and kind. What is stored is WebVTT with the cues in the order of
    /// their times, without styles and notes. Titles that have no media yet take captions, too; players get them as
    /// tracks of the HLS master playlist from the next start of playback on.
    ///
    /// Fails with CONTENT_NOT_FOUND, CAPTIONS_INVALID and CAPTIONS_LIMIT.
    fn upload_captions(
        &self,
        ctx: &Ctx,
        request: pb::UploadCaptionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UploadCaptionsResponse>>>> + Send;

    /// Lists the captions of a title, at most 50, by language and kind.
    fn list_captions(
        &self,
        ctx: &Ctx,
        request: pb::ListCaptionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListCaptionsResponse>>>> + Send;

    /// Deletes the captions of a language and kind.
    ///
    /// Fails with CAPTIONS_NOT_FOUND.
    fn delete_captions(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCaptionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteCaptionsResponse>>>> + Send;
}

/// Leads calls of `streamverse.streaming.v1.CaptionAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct CaptionAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: CaptionAdminService> CaptionAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for CaptionAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for CaptionAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.streaming.v1.CaptionAdminService";
}

impl<H: CaptionAdminService> tower::Service<http::Request<tonic::body::Body>> for CaptionAdminServiceServer<H> {
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
            "/streamverse.streaming.v1.CaptionAdminService/UploadCaptions" => handler::unary::<pb::UploadCaptionsRequest, pb::UploadCaptionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.upload_captions(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.CaptionAdminService/ListCaptions" => handler::unary::<pb::ListCaptionsRequest, pb::ListCaptionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_captions(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.CaptionAdminService/DeleteCaptions" => handler::unary::<pb::DeleteCaptionsRequest, pb::DeleteCaptionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_captions(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`CaptionAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeCaptionAdminService {
    upload_captions: crate::fake::Script<pb::UploadCaptionsRequest, Reply<pb::UploadCaptionsResponse>>,
    list_captions: crate::fake::Script<pb::ListCaptionsRequest, Reply<pb::ListCaptionsResponse>>,
    delete_captions: crate::fake::Script<pb::DeleteCaptionsRequest, Reply<pb::DeleteCaptionsResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeCaptionAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `UploadCaptions` so from now on.
    pub fn on_upload_captions<F, Fut, A: Into<Reply<pb::UploadCaptionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UploadCaptionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.upload_captions.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListCaptions` so from now on.
    pub fn on_list_captions<F, Fut, A: Into<Reply<pb::ListCaptionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListCaptionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_captions.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteCaptions` so from now on.
    pub fn on_delete_captions<F, Fut, A: Into<Reply<pb::DeleteCaptionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteCaptionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_captions.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl CaptionAdminService for FakeCaptionAdminService {
    async fn upload_captions(
        &self,
        ctx: &Ctx,
        request: pb::UploadCaptionsRequest,
    ) -> Result<Reply<pb::UploadCaptionsResponse>> {
        self.upload_captions.answer(ctx, request).await
    }

    async fn list_captions(
        &self,
        ctx: &Ctx,
        request: pb::ListCaptionsRequest,
    ) -> Result<Reply<pb::ListCaptionsResponse>> {
        self.list_captions.answer(ctx, request).await
    }

    async fn delete_captions(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCaptionsRequest,
    ) -> Result<Reply<pb::DeleteCaptionsResponse>> {
        self.delete_captions.answer(ctx, request).await
    }
}

/// Brings files of titles in: uploads that go on where they broke off, by the protocol tus 1.0.0 (https://tus.io), and
/// imports, which check and package what was uploaded and make it the media of its title.
///
/// An upload and its import are one thing with one id. Bytes travel by the service's HTTP mount; progress by messages.
pub trait ImportAdminService: Send + Sync + 'static {
    /// Lists the imports of a title, newest first, at most 100: those whose file is still on its way, too.
    fn list_imports(
        &self,
        ctx: &Ctx,
        request: pb::ListImportsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListImportsResponse>>>> + Send;

    /// Returns an import as it stands.
    ///
    /// Fails with IMPORT_NOT_FOUND.
    fn get_import(
        &self,
        ctx: &Ctx,
        request: pb::GetImportRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetImportResponse>>>> + Send;

    /// Tells how an import goes on: as it stands, and then of each change until it has ended. Opened again, it begins with
    /// how the import stands then.
    ///
    /// Fails with IMPORT_NOT_FOUND.
    fn watch_import(
        &self,
        ctx: &Ctx,
        request: pb::WatchImportRequest,
    ) -> impl Future<Output = Result<handler::Answers<pb::WatchImportResponse>>> + Send;

    /// Has an import that failed tried again, from its uploaded file.
    ///
    /// Fails with IMPORT_NOT_FOUND and IMPORT_NOT_RETRYABLE.
    fn retry_import(
        &self,
        ctx: &Ctx,
        request: pb::RetryImportRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RetryImportResponse>>>> + Send;
}

/// Leads calls of `streamverse.streaming.v1.ImportAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct ImportAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: ImportAdminService> ImportAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for ImportAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for ImportAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.streaming.v1.ImportAdminService";
}

impl<H: ImportAdminService> tower::Service<http::Request<tonic::body::Body>> for ImportAdminServiceServer<H> {
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
            "/streamverse.streaming.v1.ImportAdminService/ListImports" => handler::unary::<pb::ListImportsRequest, pb::ListImportsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_imports(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.ImportAdminService/GetImport" => handler::unary::<pb::GetImportRequest, pb::GetImportResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_import(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.ImportAdminService/WatchImport" => handler::server_streaming::<pb::WatchImportRequest, pb::WatchImportResponse, _, _>(request, move |ctx, request| async move {
                handlers.watch_import(&ctx, request).await
            }),
            "/streamverse.streaming.v1.ImportAdminService/RetryImport" => handler::unary::<pb::RetryImportRequest, pb::RetryImportResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.retry_import(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`ImportAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeImportAdminService {
    list_imports: crate::fake::Script<pb::ListImportsRequest, Reply<pb::ListImportsResponse>>,
    get_import: crate::fake::Script<pb::GetImportRequest, Reply<pb::GetImportResponse>>,
    watch_import: crate::fake::Script<pb::WatchImportRequest, handler::Answers<pb::WatchImportResponse>>,
    retry_import: crate::fake::Script<pb::RetryImportRequest, Reply<pb::RetryImportResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeImportAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListImports` so from now on.
    pub fn on_list_imports<F, Fut, A: Into<Reply<pb::ListImportsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListImportsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_imports.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetImport` so from now on.
    pub fn on_get_import<F, Fut, A: Into<Reply<pb::GetImportResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetImportRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_import.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `WatchImport` so from now on.
    pub fn on_watch_import<F, Fut>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::WatchImportRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<handler::Answers<pb::WatchImportResponse>>> + Send + 'static,
    {
        self.watch_import.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await }
        });
        self
    }

    /// Answers `RetryImport` so from now on.
    pub fn on_retry_import<F, Fut, A: Into<Reply<pb::RetryImportResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RetryImportRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.retry_import.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl ImportAdminService for FakeImportAdminService {
    async fn list_imports(
        &self,
        ctx: &Ctx,
        request: pb::ListImportsRequest,
    ) -> Result<Reply<pb::ListImportsResponse>> {
        self.list_imports.answer(ctx, request).await
    }

    async fn get_import(
        &self,
        ctx: &Ctx,
        request: pb::GetImportRequest,
    ) -> Result<Reply<pb::GetImportResponse>> {
        self.get_import.answer(ctx, request).await
    }

    async fn watch_import(
        &self,
        ctx: &Ctx,
        request: pb::WatchImportRequest,
    ) -> Result<handler::Answers<pb::WatchImportResponse>> {
        self.watch_import.answer(ctx, request).await
    }

    async fn retry_import(
        &self,
        ctx: &Ctx,
        request: pb::RetryImportRequest,
    ) -> Result<Reply<pb::RetryImportResponse>> {
        self.retry_import.answer(ctx, request).await
    }
}

/// Keeps the playable media of titles.
pub trait MediaAdminService: Send + Sync + 'static {
    /// Makes packaged media the media of a title. The bytes are in the blob store already; all of them
    /// are read and compared.
    ///
    /// Fails with CONTENT_NOT_FOUND and MEDIA_INVALID.
    fn publish_media(
        &self,
        ctx: &Ctx,
        request: pb::PublishMediaRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::PublishMediaResponse>>>> + Send;

    /// Tells what media a title has.
    ///
    /// Fails with MEDIA_NOT_READY.
    fn get_media(
        &self,
        ctx: &Ctx,
        request: pb::GetMediaRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetMediaResponse>>>> + Send;
}

/// Leads calls of `streamverse.streaming.v1.MediaAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct MediaAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: MediaAdminService> MediaAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for MediaAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for MediaAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.streaming.v1.MediaAdminService";
}

impl<H: MediaAdminService> tower::Service<http::Request<tonic::body::Body>> for MediaAdminServiceServer<H> {
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
            "/streamverse.streaming.v1.MediaAdminService/PublishMedia" => handler::unary::<pb::PublishMediaRequest, pb::PublishMediaResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.publish_media(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.MediaAdminService/GetMedia" => handler::unary::<pb::GetMediaRequest, pb::GetMediaResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_media(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`MediaAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeMediaAdminService {
    publish_media: crate::fake::Script<pb::PublishMediaRequest, Reply<pb::PublishMediaResponse>>,
    get_media: crate::fake::Script<pb::GetMediaRequest, Reply<pb::GetMediaResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeMediaAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `PublishMedia` so from now on.
    pub fn on_publish_media<F, Fut, A: Into<Reply<pb::PublishMediaResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::PublishMediaRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.publish_media.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetMedia` so from now on.
    pub fn on_get_media<F, Fut, A: Into<Reply<pb::GetMediaResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetMediaRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_media.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl MediaAdminService for FakeMediaAdminService {
    async fn publish_media(
        &self,
        ctx: &Ctx,
        request: pb::PublishMediaRequest,
    ) -> Result<Reply<pb::PublishMediaResponse>> {
        self.publish_media.answer(ctx, request).await
    }

    async fn get_media(
        &self,
        ctx: &Ctx,
        request: pb::GetMediaRequest,
    ) -> Result<Reply<pb::GetMediaResponse>> {
        self.get_media.answer(ctx, request).await
    }
}

/// Running playback: how players report it, and how an account sees and stops it (PLAY-3, PLAY-5, PLAY-7).
///
/// A session holds one of the account's streams from its start until it is completed or stopped, or until
/// neither a heartbeat nor a request for media has come for 90 s (X-ID-2, C14). How many streams an account
/// may run at once is said by its plan.
pub trait PlaySessionService: Send + Sync + 'static {
    /// Reports where playback stands, and says when to report again (PLAY-5).
    ///
    /// A session that was stopped, or whose entitlement has ended, answers with `stop` and the reason: the
    /// player ends. One whose stream was given up after 90 s of silence gets one again if one is free.
    ///
    /// Fails with PLAY_SESSION_NOT_FOUND.
    fn heartbeat(
        &self,
        ctx: &Ctx,
        request: pb::HeartbeatRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::HeartbeatResponse>>>> + Send;

    /// Ends playback, whether the title was watched to its end or not; its stream is free at once (PLAY-3).
    /// It may be repeated.
    ///
    /// Fails with PLAY_SESSION_NOT_FOUND.
    fn complete_play(
        &self,
        ctx: &Ctx,
        request: pb::CompletePlayRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CompletePlayResponse>>>> + Send;

    /// Lists the account's running streams, newest first (X-ID-2). A profile for children sees its own only.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_play_sessions(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaySessionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPlaySessionsResponse>>>> + Send;

    /// Stops playback on any device of the account; its stream is free at once (X-ID-2, X-ID-3). The player
    /// there hears it with its next heartbeat, and its addresses end within 30 s. It may be repeated.
    ///
    /// Fails with PLAY_SESSION_NOT_FOUND.
    fn stop_play_session(
        &self,
        ctx: &Ctx,
        request: pb::StopPlaySessionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::StopPlaySessionResponse>>>> + Send;
}

/// Leads calls of `streamverse.streaming.v1.PlaySessionService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PlaySessionServiceServer<H>(std::sync::Arc<H>);

impl<H: PlaySessionService> PlaySessionServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PlaySessionServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PlaySessionServiceServer<H> {
    const NAME: &'static str = "streamverse.streaming.v1.PlaySessionService";
}

impl<H: PlaySessionService> tower::Service<http::Request<tonic::body::Body>> for PlaySessionServiceServer<H> {
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
            "/streamverse.streaming.v1.PlaySessionService/Heartbeat" => handler::unary::<pb::HeartbeatRequest, pb::HeartbeatResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.heartbeat(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.PlaySessionService/CompletePlay" => handler::unary::<pb::CompletePlayRequest, pb::CompletePlayResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.complete_play(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.PlaySessionService/ListPlaySessions" => handler::unary::<pb::ListPlaySessionsRequest, pb::ListPlaySessionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_play_sessions(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.PlaySessionService/StopPlaySession" => handler::unary::<pb::StopPlaySessionRequest, pb::StopPlaySessionResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.stop_play_session(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PlaySessionService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePlaySessionService {
    heartbeat: crate::fake::Script<pb::HeartbeatRequest, Reply<pb::HeartbeatResponse>>,
    complete_play: crate::fake::Script<pb::CompletePlayRequest, Reply<pb::CompletePlayResponse>>,
    list_play_sessions: crate::fake::Script<pb::ListPlaySessionsRequest, Reply<pb::ListPlaySessionsResponse>>,
    stop_play_session: crate::fake::Script<pb::StopPlaySessionRequest, Reply<pb::StopPlaySessionResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePlaySessionService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `Heartbeat` so from now on.
    pub fn on_heartbeat<F, Fut, A: Into<Reply<pb::HeartbeatResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::HeartbeatRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.heartbeat.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CompletePlay` so from now on.
    pub fn on_complete_play<F, Fut, A: Into<Reply<pb::CompletePlayResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CompletePlayRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.complete_play.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListPlaySessions` so from now on.
    pub fn on_list_play_sessions<F, Fut, A: Into<Reply<pb::ListPlaySessionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPlaySessionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_play_sessions.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `StopPlaySession` so from now on.
    pub fn on_stop_play_session<F, Fut, A: Into<Reply<pb::StopPlaySessionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::StopPlaySessionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.stop_play_session.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PlaySessionService for FakePlaySessionService {
    async fn heartbeat(
        &self,
        ctx: &Ctx,
        request: pb::HeartbeatRequest,
    ) -> Result<Reply<pb::HeartbeatResponse>> {
        self.heartbeat.answer(ctx, request).await
    }

    async fn complete_play(
        &self,
        ctx: &Ctx,
        request: pb::CompletePlayRequest,
    ) -> Result<Reply<pb::CompletePlayResponse>> {
        self.complete_play.answer(ctx, request).await
    }

    async fn list_play_sessions(
        &self,
        ctx: &Ctx,
        request: pb::ListPlaySessionsRequest,
    ) -> Result<Reply<pb::ListPlaySessionsResponse>> {
        self.list_play_sessions.answer(ctx, request).await
    }

    async fn stop_play_session(
        &self,
        ctx: &Ctx,
        request: pb::StopPlaySessionRequest,
    ) -> Result<Reply<pb::StopPlaySessionResponse>> {
        self.stop_play_session.answer(ctx, request).await
    }
}

/// Starts playback.
pub trait PlaybackService: Send + Sync + 'static {
    /// Checks the viewer's rights and starts a playback session (PLAY-1, PLAY-4, MESH-9). Repeating it for
    /// the same profile, device and title gives the running session (C8).
    ///
    /// It takes one of the streams that the account's plan allows at once (X-ID-2). A device that names itself
    /// by `x-device-id`, here or when it signed in, gives up what it played before where no stream is free;
    /// else the refusal lists the streams that run.
    ///
    /// Fails with ACCESS_DENIED (its details tell why, and what would open the title), CONTENT_NOT_FOUND,
    /// MEDIA_NOT_READY, STREAM_LIMIT, PREFETCH_REFUSED and PROFILE_NOT_FOUND.
    fn play_on_demand(
        &self,
        ctx: &Ctx,
        request: pb::PlayOnDemandRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::PlayOnDemandResponse>>>> + Send;

    /// Checks the viewer's rights and starts a playback session of a channel (PLAY-2, MESH-9): for the rest, like
    /// PlayOnDemand. A channel that plays a title over and over is streamed from here (STRM-10). The stream of any
    /// other is made elsewhere (LIVE-6), so that only heartbeats hold the account's stream.
    ///
    /// Fails with CHANNEL_NOT_FOUND, ACCESS_DENIED, CHANNEL_OFF_AIR, CHANNEL_NOT_READY, STREAM_LIMIT,
    /// PREFETCH_REFUSED and PROFILE_NOT_FOUND.
    fn play_live(
        &self,
        ctx: &Ctx,
        request: pb::PlayLiveRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::PlayLiveResponse>>>> + Send;

    /// Plays what has an id, a title or a channel (C8, C28): as PlayOnDemand or PlayLive does.
    ///
    /// Fails with CONTENT_NOT_FOUND, ACCESS_DENIED, MEDIA_NOT_READY, CHANNEL_OFF_AIR, CHANNEL_NOT_READY,
    /// STREAM_LIMIT, PREFETCH_REFUSED and PROFILE_NOT_FOUND.
    fn play(
        &self,
        ctx: &Ctx,
        request: pb::PlayRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::PlayResponse>>>> + Send;
}

/// Leads calls of `streamverse.streaming.v1.PlaybackService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PlaybackServiceServer<H>(std::sync::Arc<H>);

impl<H: PlaybackService> PlaybackServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PlaybackServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PlaybackServiceServer<H> {
    const NAME: &'static str = "streamverse.streaming.v1.PlaybackService";
}

impl<H: PlaybackService> tower::Service<http::Request<tonic::body::Body>> for PlaybackServiceServer<H> {
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
            "/streamverse.streaming.v1.PlaybackService/PlayOnDemand" => handler::unary::<pb::PlayOnDemandRequest, pb::PlayOnDemandResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.play_on_demand(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.PlaybackService/PlayLive" => handler::unary::<pb::PlayLiveRequest, pb::PlayLiveResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.play_live(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.PlaybackService/Play" => handler::unary::<pb::PlayRequest, pb::PlayResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.play(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PlaybackService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePlaybackService {
    play_on_demand: crate::fake::Script<pb::PlayOnDemandRequest, Reply<pb::PlayOnDemandResponse>>,
    play_live: crate::fake::Script<pb::PlayLiveRequest, Reply<pb::PlayLiveResponse>>,
    play: crate::fake::Script<pb::PlayRequest, Reply<pb::PlayResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePlaybackService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `PlayOnDemand` so from now on.
    pub fn on_play_on_demand<F, Fut, A: Into<Reply<pb::PlayOnDemandResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::PlayOnDemandRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.play_on_demand.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `PlayLive` so from now on.
    pub fn on_play_live<F, Fut, A: Into<Reply<pb::PlayLiveResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::PlayLiveRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.play_live.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Play` so from now on.
    pub fn on_play<F, Fut, A: Into<Reply<pb::PlayResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::PlayRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.play.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PlaybackService for FakePlaybackService {
    async fn play_on_demand(
        &self,
        ctx: &Ctx,
        request: pb::PlayOnDemandRequest,
    ) -> Result<Reply<pb::PlayOnDemandResponse>> {
        self.play_on_demand.answer(ctx, request).await
    }

    async fn play_live(
        &self,
        ctx: &Ctx,
        request: pb::PlayLiveRequest,
    ) -> Result<Reply<pb::PlayLiveResponse>> {
        self.play_live.answer(ctx, request).await
    }

    async fn play(
        &self,
        ctx: &Ctx,
        request: pb::PlayRequest,
    ) -> Result<Reply<pb::PlayResponse>> {
        self.play.answer(ctx, request).await
    }
}

/// What a profile has watched, and where it goes on (USER-6, X-CAT-1). It follows from what players report.
///
/// A title counts as begun when 2 % of it were played, and as watched when 90 % were, or where its credits begin if
/// editors marked them before. What was watched once stays so, however it is played again.
pub trait WatchHistoryService: Send + Sync + 'static {
    /// Lists what the profile goes on with, latest first: titles that were begun and not finished, and of each
    /// series one episode: the one that was begun last, or the one that follows the one that was finished
    /// last, also in a later season (X-CAT-1).
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_continue_watching(
        &self,
        ctx: &Ctx,
        request: pb::ListContinueWatchingRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListContinueWatchingResponse>>>> + Send;

    /// Takes a title off that list until it is played again; an episode stands for its series (X-CAT-1). It may
    /// be repeated.
    ///
    /// Fails with PROFILE_NOT_FOUND and NOT_WATCHED.
    fn hide_continue_watching(
        &self,
        ctx: &Ctx,
        request: pb::HideContinueWatchingRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::HideContinueWatchingResponse>>>> + Send;

    /// Lists what the profile has watched or begun, latest first (USER-6).
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_watch_history(
        &self,
        ctx: &Ctx,
        request: pb::ListWatchHistoryRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListWatchHistoryResponse>>>> + Send;

    /// Forgets that the profile has watched a title, and where it stood. It may be repeated.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn delete_watched(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWatchedRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteWatchedResponse>>>> + Send;

    /// Forgets all that the profile has watched.
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn clear_watch_history(
        &self,
        ctx: &Ctx,
        request: pb::ClearWatchHistoryRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ClearWatchHistoryResponse>>>> + Send;
}

/// Leads calls of `streamverse.streaming.v1.WatchHistoryService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct WatchHistoryServiceServer<H>(std::sync::Arc<H>);

impl<H: WatchHistoryService> WatchHistoryServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for WatchHistoryServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for WatchHistoryServiceServer<H> {
    const NAME: &'static str = "streamverse.streaming.v1.WatchHistoryService";
}

impl<H: WatchHistoryService> tower::Service<http::Request<tonic::body::Body>> for WatchHistoryServiceServer<H> {
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
            "/streamverse.streaming.v1.WatchHistoryService/ListContinueWatching" => handler::unary::<pb::ListContinueWatchingRequest, pb::ListContinueWatchingResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_continue_watching(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.WatchHistoryService/HideContinueWatching" => handler::unary::<pb::HideContinueWatchingRequest, pb::HideContinueWatchingResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.hide_continue_watching(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.WatchHistoryService/ListWatchHistory" => handler::unary::<pb::ListWatchHistoryRequest, pb::ListWatchHistoryResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_watch_history(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.WatchHistoryService/DeleteWatched" => handler::unary::<pb::DeleteWatchedRequest, pb::DeleteWatchedResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_watched(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.streaming.v1.WatchHistoryService/ClearWatchHistory" => handler::unary::<pb::ClearWatchHistoryRequest, pb::ClearWatchHistoryResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.clear_watch_history(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`WatchHistoryService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeWatchHistoryService {
    list_continue_watching: crate::fake::Script<pb::ListContinueWatchingRequest, Reply<pb::ListContinueWatchingResponse>>,
    hide_continue_watching: crate::fake::Script<pb::HideContinueWatchingRequest, Reply<pb::HideContinueWatchingResponse>>,
    list_watch_history: crate::fake::Script<pb::ListWatchHistoryRequest, Reply<pb::ListWatchHistoryResponse>>,
    delete_watched: crate::fake::Script<pb::DeleteWatchedRequest, Reply<pb::DeleteWatchedResponse>>,
    clear_watch_history: crate::fake::Script<pb::ClearWatchHistoryRequest, Reply<pb::ClearWatchHistoryResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeWatchHistoryService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListContinueWatching` so from now on.
    pub fn on_list_continue_watching<F, Fut, A: Into<Reply<pb::ListContinueWatchingResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListContinueWatchingRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_continue_watching.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `HideContinueWatching` so from now on.
    pub fn on_hide_continue_watching<F, Fut, A: Into<Reply<pb::HideContinueWatchingResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::HideContinueWatchingRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.hide_continue_watching.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListWatchHistory` so from now on.
    pub fn on_list_watch_history<F, Fut, A: Into<Reply<pb::ListWatchHistoryResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListWatchHistoryRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_watch_history.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteWatched` so from now on.
    pub fn on_delete_watched<F, Fut, A: Into<Reply<pb::DeleteWatchedResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteWatchedRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_watched.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ClearWatchHistory` so from now on.
    pub fn on_clear_watch_history<F, Fut, A: Into<Reply<pb::ClearWatchHistoryResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ClearWatchHistoryRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.clear_watch_history.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl WatchHistoryService for FakeWatchHistoryService {
    async fn list_continue_watching(
        &self,
        ctx: &Ctx,
        request: pb::ListContinueWatchingRequest,
    ) -> Result<Reply<pb::ListContinueWatchingResponse>> {
        self.list_continue_watching.answer(ctx, request).await
    }

    async fn hide_continue_watching(
        &self,
        ctx: &Ctx,
        request: pb::HideContinueWatchingRequest,
    ) -> Result<Reply<pb::HideContinueWatchingResponse>> {
        self.hide_continue_watching.answer(ctx, request).await
    }

    async fn list_watch_history(
        &self,
        ctx: &Ctx,
        request: pb::ListWatchHistoryRequest,
    ) -> Result<Reply<pb::ListWatchHistoryResponse>> {
        self.list_watch_history.answer(ctx, request).await
    }

    async fn delete_watched(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWatchedRequest,
    ) -> Result<Reply<pb::DeleteWatchedResponse>> {
        self.delete_watched.answer(ctx, request).await
    }

    async fn clear_watch_history(
        &self,
        ctx: &Ctx,
        request: pb::ClearWatchHistoryRequest,
    ) -> Result<Reply<pb::ClearWatchHistoryResponse>> {
        self.clear_watch_history.answer(ctx, request).await
    }
}
