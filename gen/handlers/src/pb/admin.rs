// @generated from the services of streamverse.admin.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::admin::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// Tells administrators who did what (ADM-2).
pub trait AuditService: Send + Sync + 'static {
    /// Lists audit records, newest first. Reading them leaves a record, too.
    fn list_audit_records(
        &self,
        ctx: &Ctx,
        request: pb::ListAuditRecordsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListAuditRecordsResponse>>>> + Send;

    /// Returns one audit record.
    ///
    /// Fails with AUDIT_RECORD_NOT_FOUND.
    fn get_audit_record(
        &self,
        ctx: &Ctx,
        request: pb::GetAuditRecordRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetAuditRecordResponse>>>> + Send;
}

/// Leads calls of `streamverse.admin.v1.AuditService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct AuditServiceServer<H>(std::sync::Arc<H>);

impl<H: AuditService> AuditServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for AuditServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for AuditServiceServer<H> {
    const NAME: &'static str = "streamverse.admin.v1.AuditService";
}

impl<H: AuditService> tower::Service<http::Request<tonic::body::Body>> for AuditServiceServer<H> {
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
            "/streamverse.admin.v1.AuditService/ListAuditRecords" => handler::unary::<pb::ListAuditRecordsRequest, pb::ListAuditRecordsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_audit_records(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.AuditService/GetAuditRecord" => handler::unary::<pb::GetAuditRecordRequest, pb::GetAuditRecordResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_audit_record(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`AuditService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeAuditService {
    list_audit_records: crate::fake::Script<pb::ListAuditRecordsRequest, Reply<pb::ListAuditRecordsResponse>>,
    get_audit_record: crate::fake::Script<pb::GetAuditRecordRequest, Reply<pb::GetAuditRecordResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeAuditService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListAuditRecords` so from now on.
    pub fn on_list_audit_records<F, Fut, A: Into<Reply<pb::ListAuditRecordsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListAuditRecordsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_audit_records.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetAuditRecord` so from now on.
    pub fn on_get_audit_record<F, Fut, A: Into<Reply<pb::GetAuditRecordResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetAuditRecordRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_audit_record.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl AuditService for FakeAuditService {
    async fn list_audit_records(
        &self,
        ctx: &Ctx,
        request: pb::ListAuditRecordsRequest,
    ) -> Result<Reply<pb::ListAuditRecordsResponse>> {
        self.list_audit_records.answer(ctx, request).await
    }

    async fn get_audit_record(
        &self,
        ctx: &Ctx,
        request: pb::GetAuditRecordRequest,
    ) -> Result<Reply<pb::GetAuditRecordResponse>> {
        self.get_audit_record.answer(ctx, request).await
    }
}

/// Shows administrators the records of their tenant that wait for somebody: events that the bus refused for good, and
/// records that a consumer gave up after five tries (EVT-9). They are put right here, wherever they lie.
pub trait DeadLetterService: Send + Sync + 'static {
    /// Lists dead letters, oldest first: the oldest 1000 of each outbox and topic. What does not answer is named in
    /// `unreachable`.
    fn list_dead_letters(
        &self,
        ctx: &Ctx,
        request: pb::ListDeadLettersRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListDeadLettersResponse>>>> + Send;

    /// Returns a dead letter with what it says; secrets are left out. Reading it leaves an audit record.
    ///
    /// Fails with DEAD_LETTER_NOT_FOUND.
    fn get_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::GetDeadLetterRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetDeadLetterResponse>>>> + Send;

    /// Has a dead letter tried again, and returns it as it was: an outbox's is published anew, a consumer's goes to the
    /// group that gave it up and to no other. Where it fails again, it is a dead letter again.
    ///
    /// Fails with DEAD_LETTER_NOT_FOUND.
    fn replay_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadLetterRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ReplayDeadLetterResponse>>>> + Send;

    /// Has the oldest dead letters tried again that meet all conditions, at most 500, and counts them. Asked again it
    /// takes the next ones.
    fn replay_dead_letters(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadLettersRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ReplayDeadLettersResponse>>>> + Send;

    /// Drops a dead letter for good: what it would have changed stays as it is.
    ///
    /// Fails with DEAD_LETTER_NOT_FOUND.
    fn drop_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::DropDeadLetterRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DropDeadLetterResponse>>>> + Send;
}

/// Leads calls of `streamverse.admin.v1.DeadLetterService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct DeadLetterServiceServer<H>(std::sync::Arc<H>);

impl<H: DeadLetterService> DeadLetterServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for DeadLetterServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for DeadLetterServiceServer<H> {
    const NAME: &'static str = "streamverse.admin.v1.DeadLetterService";
}

impl<H: DeadLetterService> tower::Service<http::Request<tonic::body::Body>> for DeadLetterServiceServer<H> {
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
            "/streamverse.admin.v1.DeadLetterService/ListDeadLetters" => handler::unary::<pb::ListDeadLettersRequest, pb::ListDeadLettersResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_dead_letters(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.DeadLetterService/GetDeadLetter" => handler::unary::<pb::GetDeadLetterRequest, pb::GetDeadLetterResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_dead_letter(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.DeadLetterService/ReplayDeadLetter" => handler::unary::<pb::ReplayDeadLetterRequest, pb::ReplayDeadLetterResponse, _, _>(request, &Declared { statuses: &[202], headers: &[] }, move |ctx, request| async move {
                handlers.replay_dead_letter(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.DeadLetterService/ReplayDeadLetters" => handler::unary::<pb::ReplayDeadLettersRequest, pb::ReplayDeadLettersResponse, _, _>(request, &Declared { statuses: &[202], headers: &[] }, move |ctx, request| async move {
                handlers.replay_dead_letters(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.DeadLetterService/DropDeadLetter" => handler::unary::<pb::DropDeadLetterRequest, pb::DropDeadLetterResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.drop_dead_letter(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`DeadLetterService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeDeadLetterService {
    list_dead_letters: crate::fake::Script<pb::ListDeadLettersRequest, Reply<pb::ListDeadLettersResponse>>,
    get_dead_letter: crate::fake::Script<pb::GetDeadLetterRequest, Reply<pb::GetDeadLetterResponse>>,
    replay_dead_letter: crate::fake::Script<pb::ReplayDeadLetterRequest, Reply<pb::ReplayDeadLetterResponse>>,
    replay_dead_letters: crate::fake::Script<pb::ReplayDeadLettersRequest, Reply<pb::ReplayDeadLettersResponse>>,
    drop_dead_letter: crate::fake::Script<pb::DropDeadLetterRequest, Reply<pb::DropDeadLetterResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeDeadLetterService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListDeadLetters` so from now on.
    pub fn on_list_dead_letters<F, Fut, A: Into<Reply<pb::ListDeadLettersResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListDeadLettersRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_dead_letters.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetDeadLetter` so from now on.
    pub fn on_get_dead_letter<F, Fut, A: Into<Reply<pb::GetDeadLetterResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetDeadLetterRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_dead_letter.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ReplayDeadLetter` so from now on.
    pub fn on_replay_dead_letter<F, Fut, A: Into<Reply<pb::ReplayDeadLetterResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ReplayDeadLetterRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.replay_dead_letter.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ReplayDeadLetters` so from now on.
    pub fn on_replay_dead_letters<F, Fut, A: Into<Reply<pb::ReplayDeadLettersResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ReplayDeadLettersRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.replay_dead_letters.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DropDeadLetter` so from now on.
    pub fn on_drop_dead_letter<F, Fut, A: Into<Reply<pb::DropDeadLetterResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DropDeadLetterRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.drop_dead_letter.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl DeadLetterService for FakeDeadLetterService {
    async fn list_dead_letters(
        &self,
        ctx: &Ctx,
        request: pb::ListDeadLettersRequest,
    ) -> Result<Reply<pb::ListDeadLettersResponse>> {
        self.list_dead_letters.answer(ctx, request).await
    }

    async fn get_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::GetDeadLetterRequest,
    ) -> Result<Reply<pb::GetDeadLetterResponse>> {
        self.get_dead_letter.answer(ctx, request).await
    }

    async fn replay_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadLetterRequest,
    ) -> Result<Reply<pb::ReplayDeadLetterResponse>> {
        self.replay_dead_letter.answer(ctx, request).await
    }

    async fn replay_dead_letters(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadLettersRequest,
    ) -> Result<Reply<pb::ReplayDeadLettersResponse>> {
        self.replay_dead_letters.answer(ctx, request).await
    }

    async fn drop_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::DropDeadLetterRequest,
    ) -> Result<Reply<pb::DropDeadLetterResponse>> {
        self.drop_dead_letter.answer(ctx, request).await
    }
}

/// Shows administrators what all services do beside their calls: jobs by the clock, and work that changes left to be
/// done (SCHD-1).
pub trait JobAdminService: Send + Sync + 'static {
    /// Lists the jobs of all services, by id. Services that do not answer are named in `unreachable`.
    fn list_jobs(
        &self,
        ctx: &Ctx,
        request: pb::ListJobsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListJobsResponse>>>> + Send;

    /// Returns a job.
    ///
    /// Fails with JOB_NOT_FOUND.
    fn get_job(
        &self,
        ctx: &Ctx,
        request: pb::GetJobRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetJobResponse>>>> + Send;

    /// Has a job run at once instead of at its time, and returns it as it is then: its next turn is due. Asked again
    /// before that begins, it still runs once.
    ///
    /// Fails with JOB_NOT_FOUND, and with JOB_RUNNING while it runs.
    fn run_job(
        &self,
        ctx: &Ctx,
        request: pb::RunJobRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RunJobResponse>>>> + Send;

    /// Lists the work of all services that waits, is being done or has failed for good, newest first. Services that do
    /// not answer are named in `unreachable`.
    fn list_work(
        &self,
        ctx: &Ctx,
        request: pb::ListWorkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListWorkResponse>>>> + Send;

    /// Has a piece of work tried at once, with all its tries before it, and returns it as it was before.
    ///
    /// Fails with WORK_NOT_FOUND, and with WORK_RUNNING while it is being done.
    fn retry_work(
        &self,
        ctx: &Ctx,
        request: pb::RetryWorkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RetryWorkResponse>>>> + Send;

    /// Deletes a piece of work: what it would have done stays undone.
    ///
    /// Fails with WORK_NOT_FOUND, and with WORK_RUNNING while it is being done.
    fn delete_work(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWorkRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteWorkResponse>>>> + Send;
}

/// Leads calls of `streamverse.admin.v1.JobAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct JobAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: JobAdminService> JobAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for JobAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for JobAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.admin.v1.JobAdminService";
}

impl<H: JobAdminService> tower::Service<http::Request<tonic::body::Body>> for JobAdminServiceServer<H> {
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
            "/streamverse.admin.v1.JobAdminService/ListJobs" => handler::unary::<pb::ListJobsRequest, pb::ListJobsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_jobs(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.JobAdminService/GetJob" => handler::unary::<pb::GetJobRequest, pb::GetJobResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_job(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.JobAdminService/RunJob" => handler::unary::<pb::RunJobRequest, pb::RunJobResponse, _, _>(request, &Declared { statuses: &[202], headers: &[] }, move |ctx, request| async move {
                handlers.run_job(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.JobAdminService/ListWork" => handler::unary::<pb::ListWorkRequest, pb::ListWorkResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_work(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.JobAdminService/RetryWork" => handler::unary::<pb::RetryWorkRequest, pb::RetryWorkResponse, _, _>(request, &Declared { statuses: &[202], headers: &[] }, move |ctx, request| async move {
                handlers.retry_work(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.JobAdminService/DeleteWork" => handler::unary::<pb::DeleteWorkRequest, pb::DeleteWorkResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_work(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`JobAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeJobAdminService {
    list_jobs: crate::fake::Script<pb::ListJobsRequest, Reply<pb::ListJobsResponse>>,
    get_job: crate::fake::Script<pb::GetJobRequest, Reply<pb::GetJobResponse>>,
    run_job: crate::fake::Script<pb::RunJobRequest, Reply<pb::RunJobResponse>>,
    list_work: crate::fake::Script<pb::ListWorkRequest, Reply<pb::ListWorkResponse>>,
    retry_work: crate::fake::Script<pb::RetryWorkRequest, Reply<pb::RetryWorkResponse>>,
    delete_work: crate::fake::Script<pb::DeleteWorkRequest, Reply<pb::DeleteWorkResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeJobAdminService {
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

    /// Answers `GetJob` so from now on.
    pub fn on_get_job<F, Fut, A: Into<Reply<pb::GetJobResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetJobRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_job.set(move |ctx, request| {
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
}

#[cfg(any(feature = "testing", test))]
impl JobAdminService for FakeJobAdminService {
    async fn list_jobs(
        &self,
        ctx: &Ctx,
        request: pb::ListJobsRequest,
    ) -> Result<Reply<pb::ListJobsResponse>> {
        self.list_jobs.answer(ctx, request).await
    }

    async fn get_job(
        &self,
        ctx: &Ctx,
        request: pb::GetJobRequest,
    ) -> Result<Reply<pb::GetJobResponse>> {
        self.get_job.answer(ctx, request).await
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
}

/// Puts the clock of the caller's tenant on, in the development profile only, so that what takes months is seen in
/// seconds (X-PAY-8). Plans, rentals, windows, guides, playback addresses and the jobs that go by them follow it; sign-ins, leases and
/// rates go by real time.
pub trait TestClockService: Send + Sync + 'static {
    /// Says what the clock shows.
    ///
    /// Fails with TEST_CLOCK_OFF where the profile is not that of development.
    fn get_test_clock(
        &self,
        ctx: &Ctx,
        request: pb::GetTestClockRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetTestClockResponse>>>> + Send;

    /// Puts the clock on, by steps of at most two days, at each of which what is due is charged, renewed and ended; then has
    /// every job run once. Where the call is cut off, the clock stands where it was, and a repetition goes on.
    ///
    /// Fails with TEST_CLOCK_OFF where the profile is not that of development, with TEST_CLOCK_BACKWARDS for a time that
    /// is over, and with TEST_CLOCK_TOO_FAR beyond 92 days at once or ten years in all.
    fn move_test_clock(
        &self,
        ctx: &Ctx,
        request: pb::MoveTestClockRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::MoveTestClockResponse>>>> + Send;
}

/// Leads calls of `streamverse.admin.v1.TestClockService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct TestClockServiceServer<H>(std::sync::Arc<H>);

impl<H: TestClockService> TestClockServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for TestClockServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for TestClockServiceServer<H> {
    const NAME: &'static str = "streamverse.admin.v1.TestClockService";
}

impl<H: TestClockService> tower::Service<http::Request<tonic::body::Body>> for TestClockServiceServer<H> {
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
            "/streamverse.admin.v1.TestClockService/GetTestClock" => handler::unary::<pb::GetTestClockRequest, pb::GetTestClockResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_test_clock(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.admin.v1.TestClockService/MoveTestClock" => handler::unary::<pb::MoveTestClockRequest, pb::MoveTestClockResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.move_test_clock(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`TestClockService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeTestClockService {
    get_test_clock: crate::fake::Script<pb::GetTestClockRequest, Reply<pb::GetTestClockResponse>>,
    move_test_clock: crate::fake::Script<pb::MoveTestClockRequest, Reply<pb::MoveTestClockResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeTestClockService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `GetTestClock` so from now on.
    pub fn on_get_test_clock<F, Fut, A: Into<Reply<pb::GetTestClockResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetTestClockRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_test_clock.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `MoveTestClock` so from now on.
    pub fn on_move_test_clock<F, Fut, A: Into<Reply<pb::MoveTestClockResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::MoveTestClockRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.move_test_clock.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl TestClockService for FakeTestClockService {
    async fn get_test_clock(
        &self,
        ctx: &Ctx,
        request: pb::GetTestClockRequest,
    ) -> Result<Reply<pb::GetTestClockResponse>> {
        self.get_test_clock.answer(ctx, request).await
    }

    async fn move_test_clock(
        &self,
        ctx: &Ctx,
        request: pb::MoveTestClockRequest,
    ) -> Result<Reply<pb::MoveTestClockResponse>> {
        self.move_test_clock.answer(ctx, request).await
    }
}
