// @generated from the services of streamverse.livetv.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::livetv::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// The guide as editors fill it.
pub trait GuideAdminService: Send + Sync + 'static {
    /// Takes a guide file (LIVE-4, C17) as the body: XMLTV, JSON or CSV, plain or packed with gzip or xz, of at
    /// most 4 MiB, 128 MiB unpacked. `Content-Type` says which; where it says nothing of it, the first bytes do.
    /// docs/guides.md describes JSON and CSV. Times without an offset are in `timeZone`.
    ///
    /// For each channel that the file tells of, it replaces what the guide says from the first programme of
    /// the file to the end of the last. Where the file says nothing for more than 48 hours, what is stored
    /// for that time stays (FAR_GAP): a mistyped year takes nothing with it. What the file says as the guide
    /// does is left alone, so uploading a file again writes nothing. A file that cannot be read to its end
    /// changes nothing.
    ///
    /// A large file is written in parts, each of whole days (UTC) of one channel: readers see a day as it was
    /// or as it will be. Uploads wait for each other.
    ///
    /// Fails with GUIDE_INVALID, GUIDE_BUSY, and GUIDE_UNFINISHED when only a part was written.
    fn upload_guide(
        &self,
        ctx: &Ctx,
        request: pb::UploadGuideRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UploadGuideResponse>>>> + Send;
}

/// Leads calls of `streamverse.livetv.v1.GuideAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct GuideAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: GuideAdminService> GuideAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for GuideAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for GuideAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.livetv.v1.GuideAdminService";
}

impl<H: GuideAdminService> tower::Service<http::Request<tonic::body::Body>> for GuideAdminServiceServer<H> {
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
            "/streamverse.livetv.v1.GuideAdminService/UploadGuide" => handler::unary::<pb::UploadGuideRequest, pb::UploadGuideResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.upload_guide(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`GuideAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeGuideAdminService {
    upload_guide: crate::fake::Script<pb::UploadGuideRequest, Reply<pb::UploadGuideResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeGuideAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `UploadGuide` so from now on.
    pub fn on_upload_guide<F, Fut, A: Into<Reply<pb::UploadGuideResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UploadGuideRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.upload_guide.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl GuideAdminService for FakeGuideAdminService {
    async fn upload_guide(
        &self,
        ctx: &Ctx,
        request: pb::UploadGuideRequest,
    ) -> Result<Reply<pb::UploadGuideResponse>> {
        self.upload_guide.answer(ctx, request).await
    }
}

/// The guide as viewers see it.
pub trait GuideService: Send + Sync + 'static {
    /// Tells what channels show in a span of time, and what runs there now and next (LIVE-2, C17).
    ///
    /// A page ends early where the answer is full. Only a channel that fills more than an answer by itself is
    /// left without programmes (`tooFull`), or refused where it is the only one that is asked for.
    ///
    /// Fails with WINDOW_INVALID, WINDOW_TOO_FULL and PROFILE_NOT_FOUND.
    fn get_guide(
        &self,
        ctx: &Ctx,
        request: pb::GetGuideRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetGuideResponse>>>> + Send;
}

/// Leads calls of `streamverse.livetv.v1.GuideService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct GuideServiceServer<H>(std::sync::Arc<H>);

impl<H: GuideService> GuideServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for GuideServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for GuideServiceServer<H> {
    const NAME: &'static str = "streamverse.livetv.v1.GuideService";
}

impl<H: GuideService> tower::Service<http::Request<tonic::body::Body>> for GuideServiceServer<H> {
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
            "/streamverse.livetv.v1.GuideService/GetGuide" => handler::unary::<pb::GetGuideRequest, pb::GetGuideResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_guide(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`GuideService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeGuideService {
    get_guide: crate::fake::Script<pb::GetGuideRequest, Reply<pb::GetGuideResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeGuideService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `GetGuide` so from now on.
    pub fn on_get_guide<F, Fut, A: Into<Reply<pb::GetGuideResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetGuideRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_guide.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl GuideService for FakeGuideService {
    async fn get_guide(
        &self,
        ctx: &Ctx,
        request: pb::GetGuideRequest,
    ) -> Result<Reply<pb::GetGuideResponse>> {
        self.get_guide.answer(ctx, request).await
    }
}

/// What editors do with channels.
pub trait LiveTvAdminService: Send + Sync + 'static {
    /// Lists channels of every status (LIVE-3).
    fn admin_list_channels(
        &self,
        ctx: &Ctx,
        request: pb::AdminListChannelsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListChannelsResponse>>>> + Send;

    /// Returns a channel of any status (LIVE-3).
    ///
    /// Fails with CHANNEL_NOT_FOUND.
    fn admin_get_channel(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetChannelRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetChannelResponse>>>> + Send;

    /// Creates a channel (LIVE-3).
    ///
    /// Fails with GUIDE_ID_TAKEN.
    fn create_channel(
        &self,
        ctx: &Ctx,
        request: pb::CreateChannelRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateChannelResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a channel (LIVE-3).
    ///
    /// Fails with CHANNEL_NOT_FOUND, GUIDE_ID_TAKEN, and VERSION_MISMATCH when If-Match or
    /// `channel.version` names another version.
    fn update_channel(
        &self,
        ctx: &Ctx,
        request: pb::UpdateChannelRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateChannelResponse>>>> + Send;

    /// Deletes a channel and its guide for good (LIVE-3).
    ///
    /// Fails with CHANNEL_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_channel(
        &self,
        ctx: &Ctx,
        request: pb::DeleteChannelRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteChannelResponse>>>> + Send;
}

/// Leads calls of `streamverse.livetv.v1.LiveTvAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct LiveTvAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: LiveTvAdminService> LiveTvAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for LiveTvAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for LiveTvAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.livetv.v1.LiveTvAdminService";
}

impl<H: LiveTvAdminService> tower::Service<http::Request<tonic::body::Body>> for LiveTvAdminServiceServer<H> {
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
            "/streamverse.livetv.v1.LiveTvAdminService/AdminListChannels" => handler::unary::<pb::AdminListChannelsRequest, pb::AdminListChannelsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_channels(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.livetv.v1.LiveTvAdminService/AdminGetChannel" => handler::unary::<pb::AdminGetChannelRequest, pb::AdminGetChannelResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_channel(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.livetv.v1.LiveTvAdminService/CreateChannel" => handler::unary::<pb::CreateChannelRequest, pb::CreateChannelResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_channel(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.livetv.v1.LiveTvAdminService/UpdateChannel" => handler::unary::<pb::UpdateChannelRequest, pb::UpdateChannelResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_channel(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.livetv.v1.LiveTvAdminService/DeleteChannel" => handler::unary::<pb::DeleteChannelRequest, pb::DeleteChannelResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_channel(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`LiveTvAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeLiveTvAdminService {
    admin_list_channels: crate::fake::Script<pb::AdminListChannelsRequest, Reply<pb::AdminListChannelsResponse>>,
    admin_get_channel: crate::fake::Script<pb::AdminGetChannelRequest, Reply<pb::AdminGetChannelResponse>>,
    create_channel: crate::fake::Script<pb::CreateChannelRequest, Reply<pb::CreateChannelResponse>>,
    update_channel: crate::fake::Script<pb::UpdateChannelRequest, Reply<pb::UpdateChannelResponse>>,
    delete_channel: crate::fake::Script<pb::DeleteChannelRequest, Reply<pb::DeleteChannelResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeLiveTvAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListChannels` so from now on.
    pub fn on_admin_list_channels<F, Fut, A: Into<Reply<pb::AdminListChannelsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListChannelsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_channels.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetChannel` so from now on.
    pub fn on_admin_get_channel<F, Fut, A: Into<Reply<pb::AdminGetChannelResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetChannelRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_channel.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateChannel` so from now on.
    pub fn on_create_channel<F, Fut, A: Into<Reply<pb::CreateChannelResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateChannelRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_channel.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateChannel` so from now on.
    pub fn on_update_channel<F, Fut, A: Into<Reply<pb::UpdateChannelResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateChannelRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_channel.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteChannel` so from now on.
    pub fn on_delete_channel<F, Fut, A: Into<Reply<pb::DeleteChannelResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteChannelRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_channel.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl LiveTvAdminService for FakeLiveTvAdminService {
    async fn admin_list_channels(
        &self,
        ctx: &Ctx,
        request: pb::AdminListChannelsRequest,
    ) -> Result<Reply<pb::AdminListChannelsResponse>> {
        self.admin_list_channels.answer(ctx, request).await
    }

    async fn admin_get_channel(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetChannelRequest,
    ) -> Result<Reply<pb::AdminGetChannelResponse>> {
        self.admin_get_channel.answer(ctx, request).await
    }

    async fn create_channel(
        &self,
        ctx: &Ctx,
        request: pb::CreateChannelRequest,
    ) -> Result<Reply<pb::CreateChannelResponse>> {
        self.create_channel.answer(ctx, request).await
    }

    async fn update_channel(
        &self,
        ctx: &Ctx,
        request: pb::UpdateChannelRequest,
    ) -> Result<Reply<pb::UpdateChannelResponse>> {
        self.update_channel.answer(ctx, request).await
    }

    async fn delete_channel(
        &self,
        ctx: &Ctx,
        request: pb::DeleteChannelRequest,
    ) -> Result<Reply<pb::DeleteChannelResponse>> {
        self.delete_channel.answer(ctx, request).await
    }
}

/// What viewers see of live television.
pub trait LiveTvService: Send + Sync + 'static {
    /// Lists published channels, filtered and ordered (LIVE-1).
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_channels(
        &self,
        ctx: &Ctx,
        request: pb::ListChannelsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListChannelsResponse>>>> + Send;

    /// Returns one published channel (LIVE-1).
    ///
    /// Fails with CHANNEL_NOT_FOUND and PROFILE_NOT_FOUND.
    fn get_channel(
        &self,
        ctx: &Ctx,
        request: pb::GetChannelRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetChannelResponse>>>> + Send;

    /// Returns channels by id, of any status and with the addresses of their streams, for other services; ids
    /// that nobody knows are left out.
    fn batch_get_channels(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetChannelsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::BatchGetChannelsResponse>>>> + Send;

    /// Returns a part of all channels of all tenants, the deleted ones included, in the order of their ids, with what
    /// they show now and next: for services that hold what follows from them, and build it anew.
    ///
    /// Whoever takes up the events meanwhile and keeps the highest version of each has all of them in the end.
    fn snapshot_channels(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotChannelsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SnapshotChannelsResponse>>>> + Send;
}

/// Leads calls of `streamverse.livetv.v1.LiveTvService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct LiveTvServiceServer<H>(std::sync::Arc<H>);

impl<H: LiveTvService> LiveTvServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for LiveTvServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for LiveTvServiceServer<H> {
    const NAME: &'static str = "streamverse.livetv.v1.LiveTvService";
}

impl<H: LiveTvService> tower::Service<http::Request<tonic::body::Body>> for LiveTvServiceServer<H> {
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
            "/streamverse.livetv.v1.LiveTvService/ListChannels" => handler::unary::<pb::ListChannelsRequest, pb::ListChannelsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_channels(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.livetv.v1.LiveTvService/GetChannel" => handler::unary::<pb::GetChannelRequest, pb::GetChannelResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_channel(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.livetv.v1.LiveTvService/BatchGetChannels" => handler::unary::<pb::BatchGetChannelsRequest, pb::BatchGetChannelsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.batch_get_channels(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.livetv.v1.LiveTvService/SnapshotChannels" => handler::unary::<pb::SnapshotChannelsRequest, pb::SnapshotChannelsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.snapshot_channels(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`LiveTvService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeLiveTvService {
    list_channels: crate::fake::Script<pb::ListChannelsRequest, Reply<pb::ListChannelsResponse>>,
    get_channel: crate::fake::Script<pb::GetChannelRequest, Reply<pb::GetChannelResponse>>,
    batch_get_channels: crate::fake::Script<pb::BatchGetChannelsRequest, Reply<pb::BatchGetChannelsResponse>>,
    snapshot_channels: crate::fake::Script<pb::SnapshotChannelsRequest, Reply<pb::SnapshotChannelsResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeLiveTvService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListChannels` so from now on.
    pub fn on_list_channels<F, Fut, A: Into<Reply<pb::ListChannelsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListChannelsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_channels.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetChannel` so from now on.
    pub fn on_get_channel<F, Fut, A: Into<Reply<pb::GetChannelResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetChannelRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_channel.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `BatchGetChannels` so from now on.
    pub fn on_batch_get_channels<F, Fut, A: Into<Reply<pb::BatchGetChannelsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::BatchGetChannelsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.batch_get_channels.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SnapshotChannels` so from now on.
    pub fn on_snapshot_channels<F, Fut, A: Into<Reply<pb::SnapshotChannelsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SnapshotChannelsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.snapshot_channels.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl LiveTvService for FakeLiveTvService {
    async fn list_channels(
        &self,
        ctx: &Ctx,
        request: pb::ListChannelsRequest,
    ) -> Result<Reply<pb::ListChannelsResponse>> {
        self.list_channels.answer(ctx, request).await
    }

    async fn get_channel(
        &self,
        ctx: &Ctx,
        request: pb::GetChannelRequest,
    ) -> Result<Reply<pb::GetChannelResponse>> {
        self.get_channel.answer(ctx, request).await
    }

    async fn batch_get_channels(
        &self,
        ctx: &Ctx,
        request: pb::BatchGetChannelsRequest,
    ) -> Result<Reply<pb::BatchGetChannelsResponse>> {
        self.batch_get_channels.answer(ctx, request).await
    }

    async fn snapshot_channels(
        &self,
        ctx: &Ctx,
        request: pb::SnapshotChannelsRequest,
    ) -> Result<Reply<pb::SnapshotChannelsResponse>> {
        self.snapshot_channels.answer(ctx, request).await
    }
}
