//! The RPCs: decode, call the use case, encode.

use sv_handlers::admin::{AuditService, JobAdminService};
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{admin as pb, convert::id};

use crate::{
    app::{App, Jobs},
    convert,
};

#[derive(Debug)]
pub(crate) struct Audit {
    pub(crate) app: App,
}

impl AuditService for Audit {
    async fn list_audit_records(
        &self,
        ctx: &Ctx,
        request: pb::ListAuditRecordsRequest,
    ) -> Result<pb::ListAuditRecordsResponse> {
        let filter = convert::filter(&request);
        let (items, next_page_token) = self.app.list(ctx, &filter, request.page()).await?;
        Ok(pb::ListAuditRecordsResponse {
            items,
            next_page_token,
        })
    }

    async fn get_audit_record(
        &self,
        ctx: &Ctx,
        request: pb::GetAuditRecordRequest,
    ) -> Result<pb::GetAuditRecordResponse> {
        let record = Some(self.app.get(ctx, id(&request.record_id)?).await?);
        Ok(pb::GetAuditRecordResponse { record })
    }
}

#[derive(Debug)]
pub(crate) struct JobAdmin {
    pub(crate) jobs: Jobs,
}

impl JobAdminService for JobAdmin {
    async fn list_jobs(
        &self,
        ctx: &Ctx,
        request: pb::ListJobsRequest,
    ) -> Result<pb::ListJobsResponse> {
        let part = self
            .jobs
            .list(ctx, &request.service, request.page())
            .await?;
        Ok(pb::ListJobsResponse {
            items: part.items,
            next_page_token: part.next_page_token,
            unreachable: part.unreachable,
        })
    }

    async fn get_job(&self, ctx: &Ctx, request: pb::GetJobRequest) -> Result<pb::GetJobResponse> {
        let job = Some(self.jobs.get(ctx, &request.job_id).await?);
        Ok(pb::GetJobResponse { job })
    }

    async fn run_job(&self, ctx: &Ctx, request: pb::RunJobRequest) -> Result<pb::RunJobResponse> {
        let answer = |job| pb::RunJobResponse { job: Some(job) };
        self.jobs.run(ctx, &request.job_id, answer).await
    }

    async fn list_work(
        &self,
        ctx: &Ctx,
        request: pb::ListWorkRequest,
    ) -> Result<pb::ListWorkResponse> {
        let state = request.state();
        let part = self.jobs.work(ctx, &request.service, state, request.page());
        let part = part.await?;
        Ok(pb::ListWorkResponse {
            items: part.items,
            next_page_token: part.next_page_token,
            unreachable: part.unreachable,
        })
    }

    async fn retry_work(
        &self,
        ctx: &Ctx,
        request: pb::RetryWorkRequest,
    ) -> Result<pb::RetryWorkResponse> {
        let answer = |item| pb::RetryWorkResponse { item: Some(item) };
        self.jobs.retry(ctx, &request.work_id, answer).await
    }

    async fn delete_work(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWorkRequest,
    ) -> Result<pb::DeleteWorkResponse> {
        self.jobs.delete(ctx, &request.work_id).await
    }
}
