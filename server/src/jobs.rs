//! Tells of the jobs, the work and the outboxes' dead letters of the services that this process runs: one
//! implementation for all of them, which reads and changes the tables that every service has.

use std::{collections::BTreeMap, sync::Arc};

use sv_boot::dead_letters;
use sv_handlers::jobs::JobService;
use sv_kernel::{Clock, Ctx, Error, Result, Timestamp};
use sv_proto::{
    common::CommonReason,
    convert::{count, id, optional_id, timestamp},
    jobs as pb,
};
use sv_store::{
    Db,
    jobs::{
        clock::{self, Asked, ClockJob},
        queue::{self, Standing, Touched, WorkItem},
    },
};
use uuid::Uuid;

use crate::test_clocks::StoredClocks;

/// The name under which it is added to the process' server.
pub(crate) const NAME: &str = "jobs";

/// The tables of this process' services.
#[derive(Debug)]
pub(crate) struct Jobs {
    tables: BTreeMap<String, Db>,
    /// By which leases go.
    clock: Arc<dyn Clock>,
    /// What jobs go by, in the development profile.
    test_clocks: Option<Arc<StoredClocks>>,
}

impl Jobs {
    pub(crate) fn of(
        tables: &[Db],
        clock: Arc<dyn Clock>,
        test_clocks: Option<Arc<StoredClocks>>,
    ) -> Self {
        let tables = tables
            .iter()
            .map(|db| (db.service().to_owned(), db.clone()));
        Self {
            tables: tables.collect(),
            clock,
            test_clocks,
        }
    }

    /// Finds the tables of a service. Who asks for one that runs elsewhere was sent the wrong way.
    fn of_service(&self, service: &str) -> Result<&Db> {
        let missing = || {
            let cause = format!("{service} does not run in this process");
            Error::from(CommonReason::Unavailable).because(cause)
        };
        self.tables.get(service).ok_or_else(missing)
    }
}

impl JobService for Jobs {
    async fn list_jobs(
        &self,
        _: &Ctx,
        request: pb::ListJobsRequest,
    ) -> Result<pb::ListJobsResponse> {
        let (db, now) = (self.of_service(&request.service)?, self.clock.now());
        let jobs = clock::list(db).await?.into_iter();
        let items = jobs
            .map(|found| job(&request.service, found, now))
            .collect();
        Ok(pb::ListJobsResponse { items })
    }

    async fn run_job(&self, ctx: &Ctx, request: pb::RunJobRequest) -> Result<pb::RunJobResponse> {
        if let Some(clocks) = &self.test_clocks {
            // Whoever has put one on has jobs run by it.
            let unread = |cause| Error::from(CommonReason::Unavailable).because(cause);
            clocks.refresh().await.map_err(unread)?;
        }
        let (db, now) = (self.of_service(&request.service)?, self.clock.now());
        let job = match clock::ask(db, ctx, &request.name, now).await? {
            Asked::Due(found) | Asked::Running(found) => Some(job(&request.service, found, now)),
            Asked::Unknown => None,
        };
        Ok(pb::RunJobResponse { job })
    }

    async fn list_work(
        &self,
        ctx: &Ctx,
        request: pb::ListWorkRequest,
    ) -> Result<pb::ListWorkResponse> {
        let (db, now) = (self.of_service(&request.service)?, self.clock.now());
        let standing = match request.state() {
            pb::WorkState::Unspecified => None,
            pb::WorkState::Waiting => Some(Standing::Waiting),
            pb::WorkState::Running => Some(Standing::Running),
            pb::WorkState::Dead => Some(Standing::Dead),
        };
        let before = optional_id(&request.before_id)?;
        let most = u32::try_from(request.most).unwrap_or(1);
        let items = queue::list(db, &ctx.tenant, standing, before, now, most).await?;
        let items = items.into_iter();
        let items = items.map(|found| item(&request.service, found)).collect();
        Ok(pb::ListWorkResponse { items })
    }

    async fn retry_work(
        &self,
        ctx: &Ctx,
        request: pb::RetryWorkRequest,
    ) -> Result<pb::RetryWorkResponse> {
        let (db, now) = (self.of_service(&request.service)?, self.clock.now());
        let touched = queue::retry(db, ctx, id(&request.id)?, now).await?;
        let item = of(&request.service, touched);
        Ok(pb::RetryWorkResponse { item })
    }

    async fn delete_work(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWorkRequest,
    ) -> Result<pb::DeleteWorkResponse> {
        let (db, now) = (self.of_service(&request.service)?, self.clock.now());
        let touched = queue::delete(db, ctx, id(&request.id)?, now).await?;
        let item = of(&request.service, touched);
        Ok(pb::DeleteWorkResponse { item })
    }

    async fn list_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::ListDeadEventsRequest,
    ) -> Result<pb::ListDeadEventsResponse> {
        let (db, service) = (self.of_service(&request.service)?, &request.service);
        let one: Option<Uuid> = optional_id(&request.id)?;
        let most = u64::try_from(request.most).unwrap_or(1);
        let found = db.dead_events_of(&ctx.tenant, &request.topic, one.as_slice(), most);
        let mut items = Vec::new();
        for dead in found.await? {
            let event = dead.event_id;
            let letter = dead_letters::of_outbox(service, dead);
            items.push(if one.is_some() {
                let payload = db.dead_payload(event).await?;
                dead_letters::with_payload(letter, payload.as_deref())
            } else {
                letter
            });
        }
        Ok(pb::ListDeadEventsResponse { items })
    }

    async fn replay_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeadEventsRequest,
    ) -> Result<pb::ReplayDeadEventsResponse> {
        let db = self.of_service(&request.service)?;
        let ids = theirs(db, ctx, &request.ids).await?;
        let found = count(db.replay_dead_events(ctx, Some(&ids)).await?);
        Ok(pb::ReplayDeadEventsResponse { found })
    }

    async fn drop_dead_events(
        &self,
        ctx: &Ctx,
        request: pb::DropDeadEventsRequest,
    ) -> Result<pb::DropDeadEventsResponse> {
        let db = self.of_service(&request.service)?;
        let ids = theirs(db, ctx, &request.ids).await?;
        let found = count(db.drop_dead_events(ctx, Some(&ids)).await?);
        Ok(pb::DropDeadEventsResponse { found })
    }
}

/// Keeps of these dead events those of the caller's tenant.
async fn theirs(db: &Db, ctx: &Ctx, ids: &[String]) -> Result<Vec<Uuid>> {
    let asked: Vec<Uuid> = ids.iter().map(|text| id(text)).collect::<Result<_>>()?;
    if asked.is_empty() {
        return Ok(asked);
    }
    let most = u64::try_from(asked.len()).unwrap_or(u64::MAX);
    let found = db.dead_events_of(&ctx.tenant, "", &asked, most).await?;
    Ok(found.into_iter().map(|dead| dead.event_id).collect())
}

fn job(service: &str, found: ClockJob, now: Timestamp) -> pb::Job {
    let running = found.is_running(now);
    let state = match (running, found.failures) {
        (true, _) => pb::JobState::Running,
        (false, 0) => pb::JobState::Waiting,
        (false, _) => pb::JobState::Failing,
    };
    pb::Job {
        id: format!("{service}.{}", found.name),
        service: service.to_owned(),
        period_seconds: found.period.as_secs_f64(),
        state: state.into(),
        lag_seconds: found.lag(now).as_secs_f64(),
        running_on: if running { found.holder } else { String::new() },
        last_start_time: found.started_at.map(timestamp),
        last_success_time: found.succeeded_at.map(timestamp),
        last_failure_time: found.failed_at.map(timestamp),
        last_error: found.error,
        failures: count(found.failures),
        next_run_time: Some(timestamp(found.next_at)),
        runs: i64::try_from(found.runs).unwrap_or(i64::MAX),
        interrupted: i64::try_from(found.interrupted).unwrap_or(i64::MAX),
        name: found.name,
    }
}

fn of(service: &str, touched: Touched) -> Option<pb::WorkItem> {
    match touched {
        Touched::Done(found) | Touched::Running(found) => Some(item(service, found)),
        Touched::Unknown => None,
    }
}

fn item(service: &str, found: WorkItem) -> pb::WorkItem {
    let state = match found.standing {
        Standing::Waiting => pb::WorkState::Waiting,
        Standing::Running => pb::WorkState::Running,
        Standing::Dead => pb::WorkState::Dead,
    };
    let dead = found.dead_at.is_some();
    pb::WorkItem {
        id: format!("{service}.{}", found.id),
        service: service.to_owned(),
        kind: found.kind,
        key: found.key,
        state: state.into(),
        attempts: count(found.attempts),
        cause: found.cause,
        create_time: Some(timestamp(found.created_at)),
        due_time: (!dead).then(|| timestamp(found.due_at)),
        dead_time: found.dead_at.map(timestamp),
        running_on: found.holder,
    }
}
