//! The RPCs: decode, call the use case, encode.

use sv_handlers::admin::{AuditService, DeadLetterService, JobAdminService, TestClockService};
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{admin as pb, convert::id};

use crate::{
    app::{App, Choice, DeadLetters, Jobs, Replayed, TestClock},
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

#[derive(Debug)]
pub(crate) struct Clock {
    pub(crate) clock: TestClock,
}

impl TestClockService for Clock {
    async fn get_test_clock(
        &self,
        ctx: &Ctx,
        _: pb::GetTestClockRequest,
    ) -> Result<pb::GetTestClockResponse> {
        let clock = Some(self.clock.get(ctx)?);
        Ok(pb::GetTestClockResponse { clock })
    }

    async fn move_test_clock(
        &self,
        ctx: &Ctx,
        request: pb::MoveTestClockRequest,
    ) -> Result<pb::MoveTestClockResponse> {
        self.clock.advance(ctx, &request).await
    }
}

#[derive(Debug)]
pub(crate) struct Letters {
    pub(crate) letters: DeadLetters,
}

impl DeadLetterService for Letters {
    async fn list_dead_letters(
        &self,
        ctx: &Ctx,
        request: pb::ListDeadLettersRequest,
    ) -> Result<pb::ListDeadLettersResponse> {
        let choice = Choice {
            source: request.source(),
            service: request.service.clone(),
            topic: request.topic.clone(),
            group: request.group.clone(),
        };
        let part = self.letters.list(ctx, &choice, request.page()).await?;
        Ok(pb::ListDeadLettersResponse {
            items: part.items,
            next_page_token: part.next_page_token,
            unreachable: part.unreachable,
        })
    }

    async fn get_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::GetDeadLetterRequest,
    ) -> Result<pb::GetDeadLetterResponse> {
        let letter = Some(self.letters.get(ctx, &request.letter_id).await?);
        Ok(pb::GetDeadLetterResponse { letter })
    }

    async fn replay_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadLetterRequest,
    ) -> Result<pb::ReplayDeadLetterResponse> {
        let answer = |letter| pb::ReplayDeadLetterResponse {
            letter: Some(letter),
        };
        self.letters.replay(ctx, &request.letter_id, answer).await
    }

    async fn replay_dead_letters(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadLettersRequest,
    ) -> Result<pb::ReplayDeadLettersResponse> {
        let choice = Choice {
            source: request.source(),
            service: request.service,
            topic: request.topic,
            group: request.group,
        };
        let answer = |done: Replayed| pb::ReplayDeadLettersResponse {
            replayed: done.replayed(),
            more: done.more,
            unreachable: done.unreachable,
        };
        self.letters.replay_all(ctx, &choice, answer).await
    }

    async fn drop_dead_letter(
        &self,
        ctx: &Ctx,
        request: pb::DropDeadLetterRequest,
    ) -> Result<pb::DropDeadLetterResponse> {
        self.letters.drop(ctx, &request.letter_id).await
    }
}
