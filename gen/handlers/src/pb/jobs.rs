// @generated from the services of streamverse.jobs.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::jobs::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// What a service does beside its calls. Every process answers for the services that it runs, from their own tables;
/// admin asks it in the name of administrators.
pub trait JobService: Send + Sync + 'static {
    /// Lists the jobs by the clock of a service, by name.
    fn list_jobs(
        &self,
        ctx: &Ctx,
        request: pb::ListJobsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListJobsResponse>>>> + Send;

    /// Has a job run at once.
    fn run_job(
        &self,
        ctx: &Ctx,
        request: pb::RunJobRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RunJobResponse>>>> + Send;

    /// Lists the work that waits in a service's tables, newest first.
    fn list_work(
        &self,
        ctx: &Ctx,
        request: pb::ListWorkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListWorkResponse>>>> + Send;

    /// Has a piece of work tried at once, with all its tries before it.
    fn retry_work(
        &self,
        ctx: &Ctx,
        request: pb::RetryWorkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RetryWorkResponse>>>> + Send;

    /// Deletes a piece of work.
    fn delete_work(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWorkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteWorkResponse>>>> + Send;

    /// Lists the events in a service's outbox that the bus refused for good, oldest first.
    fn list_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::ListDeadEventsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListDeadEventsResponse>>>> + Send;

    /// Puts such events back into the outbox.
    fn replay_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadEventsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ReplayDeadEventsResponse>>>> + Send;

    /// Drops such events for good.
    fn drop_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::DropDeadEventsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DropDeadEventsResponse>>>> + Send;
}

/// Leads calls of `streamverse.jobs.v1.JobService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct JobServiceServer<H>(std::sync::Arc<H>);

impl<H: JobService> JobServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for JobServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for JobServiceServer<H> {
    const NAME: &'static str = "streamverse.jobs.v1.JobService";
}

impl<H: JobService> tower::Service<http::Request<tonic::body::Body>> for JobServiceServer<H> {
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
            "/streamverse.jobs.v1.JobService/ListJobs" => handler::unary::<pb::ListJobsRequest, pb::ListJobsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_jobs(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.jobs.v1.JobService/RunJob" => handler::unary::<pb::RunJobRequest, pb::RunJobResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.run_job(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.jobs.v1.JobService/ListWork" => handler::unary::<pb::ListWorkRequest, pb::ListWorkResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_work(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.jobs.v1.JobService/RetryWork" => handler::unary::<pb::RetryWorkRequest, pb::RetryWorkResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.retry_work(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.jobs.v1.JobService/DeleteWork" => handler::unary::<pb::DeleteWorkRequest, pb::DeleteWorkResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_work(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.jobs.v1.JobService/ListDeadEvents" => handler::unary::<pb::ListDeadEventsRequest, pb::ListDeadEventsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_dead_events(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.jobs.v1.JobService/ReplayDeadEvents" => handler::unary::<pb::ReplayDeadEventsRequest, pb::ReplayDeadEventsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.replay_dead_events(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.jobs.v1.JobService/DropDeadEvents" => handler::unary::<pb::DropDeadEventsRequest, pb::DropDeadEventsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.drop_dead_events(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`JobService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeJobService {
    list_jobs: crate::fake::Script<pb::ListJobsRequest, Reply<pb::ListJobsResponse>>,
    run_job: crate::fake::Script<pb::RunJobRequest, Reply<pb::RunJobResponse>>,
    list_work: crate::fake::Script<pb::ListWorkRequest, Reply<pb::ListWorkResponse>>,
    retry_work: crate::fake::Script<pb::RetryWorkRequest, Reply<pb::RetryWorkResponse>>,
    delete_work: crate::fake::Script<pb::DeleteWorkRequest, Reply<pb::DeleteWorkResponse>>,
    list_dead_events: crate::fake::Script<pb::ListDeadEventsRequest, Reply<pb::ListDeadEventsResponse>>,
    replay_dead_events: crate::fake::Script<pb::ReplayDeadEventsRequest, Reply<pb::ReplayDeadEventsResponse>>,
    drop_dead_events: crate::fake::Script<pb::DropDeadEventsRequest, Reply<pb::DropDeadEventsResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeJobService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListJobs` so from now on.
    pub fn on_list_jobs<F, Fut, A: Into<Reply<pb::ListJobsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListJobsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_jobs.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `RunJob` so from now on.
    pub fn on_run_job<F, Fut, A: Into<Reply<pb::RunJobResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RunJobRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.run_job.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListWork` so from now on.
    pub fn on_list_work<F, Fut, A: Into<Reply<pb::ListWorkResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListWorkRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_work.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `RetryWork` so from now on.
    pub fn on_retry_work<F, Fut, A: Into<Reply<pb::RetryWorkResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RetryWorkRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.retry_work.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteWork` so from now on.
    pub fn on_delete_work<F, Fut, A: Into<Reply<pb::DeleteWorkResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteWorkRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_work.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListDeadEvents` so from now on.
    pub fn on_list_dead_events<F, Fut, A: Into<Reply<pb::ListDeadEventsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListDeadEventsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_dead_events.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ReplayDeadEvents` so from now on.
    pub fn on_replay_dead_events<F, Fut, A: Into<Reply<pb::ReplayDeadEventsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ReplayDeadEventsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.replay_dead_events.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DropDeadEvents` so from now on.
    pub fn on_drop_dead_events<F, Fut, A: Into<Reply<pb::DropDeadEventsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DropDeadEventsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.drop_dead_events.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl JobService for FakeJobService {
    async fn list_jobs(
        &self,
        ctx: &Ctx,
        request: pb::ListJobsRequest,
    ) -> Result<Reply<pb::ListJobsResponse>> {
        self.list_jobs.answer(ctx, request).await
    }

    async fn run_job(
        &self,
        ctx: &Ctx,
        request: pb::RunJobRequest,
    ) -> Result<Reply<pb::RunJobResponse>> {
        self.run_job.answer(ctx, request).await
    }

    async fn list_work(
        &self,
        ctx: &Ctx,
        request: pb::ListWorkRequest,
    ) -> Result<Reply<pb::ListWorkResponse>> {
        self.list_work.answer(ctx, request).await
    }

    async fn retry_work(
        &self,
        ctx: &Ctx,
        request: pb::RetryWorkRequest,
    ) -> Result<Reply<pb::RetryWorkResponse>> {
        self.retry_work.answer(ctx, request).await
    }

    async fn delete_work(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWorkRequest,
    ) -> Result<Reply<pb::DeleteWorkResponse>> {
        self.delete_work.answer(ctx, request).await
    }

    async fn list_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::ListDeadEventsRequest,
    ) -> Result<Reply<pb::ListDeadEventsResponse>> {
        self.list_dead_events.answer(ctx, request).await
    }

    async fn replay_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadEventsRequest,
    ) -> Result<Reply<pb::ReplayDeadEventsResponse>> {
        self.replay_dead_events.answer(ctx, request).await
    }

    async fn drop_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::DropDeadEventsRequest,
    ) -> Result<Reply<pb::DropDeadEventsResponse>> {
        self.drop_dead_events.answer(ctx, request).await
    }
}
