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
