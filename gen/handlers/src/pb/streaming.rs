// @generated from the services of streamverse.streaming.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::streaming::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

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

/// Starts playback.
pub trait PlaybackService: Send + Sync + 'static {
    /// Checks the viewer's rights and starts a playback session (PLAY-1, PLAY-4, MESH-9). Repeating it for
    /// the same profile, device and title gives the running session (C8).
    ///
    /// Fails with ACCESS_DENIED (its details tell why, and what would open the title), CONTENT_NOT_FOUND,
    /// MEDIA_NOT_READY and PREFETCH_REFUSED.
    fn play_on_demand(
        &self,
        ctx: &Ctx,
        request: pb::PlayOnDemandRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::PlayOnDemandResponse>>>> + Send;
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
            _ => handler::unknown(),
        }
    }
}

/// A [`PlaybackService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePlaybackService {
    play_on_demand: crate::fake::Script<pb::PlayOnDemandRequest, Reply<pb::PlayOnDemandResponse>>,
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
}
