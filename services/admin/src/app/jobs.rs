//! What all services do beside their calls: asked of them, each of which answers from its own tables.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{
    FutureExt as _,
    future::{BoxFuture, join_all, ready},
};
use prost::Message;
use serde_json::Value;
use sv_boot::ServiceContext;
use sv_kernel::{Ctx, Error, Page, PageAsk, PageRequest, PageSigner, Result, Timestamp};
use sv_proto::{
    admin::AdminReason,
    common::CommonReason,
    convert::{count, instant, page_error},
    jobs::{
        DeleteWorkRequest, Job, JobState, ListJobsRequest, ListWorkRequest, RetryWorkRequest,
        RunJobRequest, WorkItem, WorkState, job_service_client::JobServiceClient,
    },
};
use sv_rpc::{Mesh, Transport, call, error};
use sv_store::{Db, audit, work};
use uuid::Uuid;

/// How long a service may take to answer with all others.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The longest name of a job, in characters, that services take.
const LONGEST_NAME: usize = 100;

/// The shortest pause of a job, in seconds, whose end is told when it comes.
const SHORT: f64 = 4.0;

/// How often it is looked whether jobs have ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// When a job last succeeded and failed.
type Ended = (Option<Timestamp>, Option<Timestamp>);

fn ended(job: &Job) -> Ended {
    (
        job.last_success_time.map(instant),
        job.last_failure_time.map(instant),
    )
}

/// What a service is about to answer.
type Asked<T> = BoxFuture<'static, Result<Vec<T>>>;

/// The jobs and the work of all services. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Jobs {
    db: Db,
    pages: PageSigner,
    mesh: Mesh,
    services: Arc<[&'static str]>,
}

/// A part of a list that all services fill.
#[derive(Debug)]
pub(crate) struct Part<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_page_token: String,
    /// The services that did not answer.
    pub(crate) unreachable: Vec<String>,
}

impl Jobs {
    /// Asks these services.
    pub(crate) fn new(context: &ServiceContext, services: Vec<&'static str>) -> Self {
        Self {
            db: context.db.clone(),
            pages: context.pages.clone(),
            mesh: context.mesh.clone(),
            services: services.into(),
        }
    }

    /// Lists jobs by their ids: of one service, or of all.
    pub(crate) async fn list(
        &self,
        ctx: &Ctx,
        service: &str,
        ask: PageAsk<'_>,
    ) -> Result<Part<Job>> {
        let list = format!("jobs of {service}");
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let PageRequest { size, after, skip } = page;
        let (jobs, unreachable) = self
            .ask(service, |service, mut client| {
                let request = ListJobsRequest {
                    service: service.to_owned(),
                };
                let request = call(ctx, request);
                async move {
                    let answer = client.list_jobs(request).await;
                    Ok(answer.map_err(error)?.into_inner().items)
                }
                .boxed()
            })
            .await;
        let mut jobs: Vec<Job> = jobs
            .into_iter()
            .filter(|job| after.as_ref().is_none_or(|after| job.id > *after))
            .collect();
        jobs.sort_by(|a, b| a.id.cmp(&b.id));
        let rest = jobs.into_iter().skip(index(skip)).take(index(size) + 1);
        let page = Page::cut(rest.collect(), size, |job| job.id.clone());
        Ok(Part {
            items: page.items,
            next_page_token: self.pages.write(&list, page.next.as_deref()),
            unreachable,
        })
    }

    /// Returns a job.
    pub(crate) async fn get(&self, ctx: &Ctx, id: &str) -> Result<Job> {
        let (service, _) = self.owner(id).ok_or(AdminReason::JobNotFound)?;
        let request = ListJobsRequest {
            service: service.to_owned(),
        };
        let answer = self.client(service)?.list_jobs(call(ctx, request)).await;
        let jobs = answer.map_err(error)?.into_inner().items;
        let job = jobs.into_iter().find(|job| job.id == id);
        job.ok_or_else(|| AdminReason::JobNotFound.into())
    }

    /// Has a job run at once, and returns what `answer` makes of it.
    pub(crate) async fn run<A>(&self, ctx: &Ctx, id: &str, answer: fn(Job) -> A) -> Result<A>
    where
        A: Message + Clone,
    {
        let owner = self.owner(id).filter(|(_, name)| may_be_a_job(name));
        let (service, name) = owner.ok_or(AdminReason::JobNotFound)?;
        let request = RunJobRequest {
            service: service.to_owned(),
            name: name.to_owned(),
        };
        let asked = self.client(service)?.run_job(call(ctx, request)).await;
        let job = asked.map_err(error)?.into_inner().job;
        let job = job.ok_or(AdminReason::JobNotFound)?;
        if job.state() == JobState::Running {
            return Err(Error::from(AdminReason::JobRunning).with("job", id));
        }
        let act = audit::Act::on("job", id);
        self.recorded(ctx, act, answer(job)).await
    }

    /// Has jobs of one service or of all run at once, waits for their ends until an instant at most, and names those that
    /// have not ended. Of a job that pauses for less than [`SHORT`] nobody waits for the end: it is told late.
    pub(super) async fn have_run(
        &self,
        ctx: &Ctx,
        service: &str,
        wanted: impl Fn(&str) -> bool,
        until: Instant,
    ) -> Vec<String> {
        let mut open: BTreeMap<String, Option<Ended>> = BTreeMap::new();
        for job in self.all(ctx, service).await {
            if wanted(&job.id) {
                open.insert(job.id, None);
            }
        }
        while !open.is_empty() && Instant::now() < until {
            for job in self.all(ctx, service).await {
                let Some(asked) = open.get(&job.id).copied() else {
                    continue;
                };
                let is_done = match asked {
                    Some(before) => before != ended(&job),
                    None if job.state() == JobState::Running => false,
                    None => {
                        if self.ask_for(ctx, &job).await {
                            open.insert(job.id.clone(), Some(ended(&job)));
                        }
                        job.period_seconds < SHORT
                    }
                };
                if is_done {
                    open.remove(&job.id);
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        open.into_keys().collect()
    }

    /// Lists all jobs of one service or of all, as far as they answer.
    async fn all(&self, ctx: &Ctx, service: &str) -> Vec<Job> {
        let asked = self.ask(service, |service, mut client| {
            let request = ListJobsRequest {
                service: service.to_owned(),
            };
            let request = call(ctx, request);
            async move {
                let answer = client.list_jobs(request).await;
                Ok(answer.map_err(error)?.into_inner().items)
            }
            .boxed()
        });
        asked.await.0
    }

    /// Asks for a turn of a job, and says whether that will come.
    async fn ask_for(&self, ctx: &Ctx, job: &Job) -> bool {
        let request = RunJobRequest {
            service: job.service.clone(),
            name: job.name.clone(),
        };
        let Ok(mut client) = self.client(&job.service) else {
            return false;
        };
        let answer = client.run_job(call(ctx, request)).await;
        let job = answer.ok().and_then(|answer| answer.into_inner().job);
        job.is_some_and(|job| job.state() != JobState::Running)
    }

    /// Lists work, newest first: of one service, or of all.
    pub(crate) async fn work(
        &self,
        ctx: &Ctx,
        service: &str,
        state: WorkState,
        ask: PageAsk<'_>,
    ) -> Result<Part<WorkItem>> {
        let list = format!(
            "{} work of {service} of {}",
            state.as_str_name(),
            ctx.tenant
        );
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let PageRequest { size, after, skip } = page;
        let before = after.unwrap_or_default();
        let most = count(skip.saturating_add(size).saturating_add(1));
        let (mut items, unreachable) = self
            .ask(service, |service, mut client| {
                let request = ListWorkRequest {
                    service: service.to_owned(),
                    state: state.into(),
                    before_id: before.clone(),
                    most,
                };
                let request = call(ctx, request);
                async move {
                    let answer = client.list_work(request).await;
                    Ok(answer.map_err(error)?.into_inner().items)
                }
                .boxed()
            })
            .await;
        // Ids grow with time, whichever service made them.
        let key = |item: &WorkItem| match item.id.split_once('.') {
            Some((_, id)) => id.to_owned(),
            None => String::new(),
        };
        items.sort_by_cached_key(|item| std::cmp::Reverse(key(item)));
        let rest = items.into_iter().skip(index(skip)).take(index(size) + 1);
        let page = Page::cut(rest.collect(), size, key);
        Ok(Part {
            items: page.items,
            next_page_token: self.pages.write(&list, page.next.as_deref()),
            unreachable,
        })
    }

    /// Has a piece of work tried at once, and returns what `answer` makes of it as it was.
    pub(crate) async fn retry<A>(
        &self,
        ctx: &Ctx,
        work_id: &str,
        answer: fn(WorkItem) -> A,
    ) -> Result<A>
    where
        A: Message + Clone,
    {
        let (service, id) = self.piece(work_id)?;
        let request = RetryWorkRequest {
            service: service.to_owned(),
            id,
        };
        let asked = self.client(service)?.retry_work(call(ctx, request)).await;
        let item = touched(work_id, asked.map_err(error)?.into_inner().item)?;
        let act = audit::Act::on("work", work_id).changed(values(&item), Value::Null);
        self.recorded(ctx, act, answer(item)).await
    }

    /// Deletes a piece of work.
    pub(crate) async fn delete<A>(&self, ctx: &Ctx, work_id: &str) -> Result<A>
    where
        A: Message + Clone + Default,
    {
        let (service, id) = self.piece(work_id)?;
        let request = DeleteWorkRequest {
            service: service.to_owned(),
            id,
        };
        let asked = self.client(service)?.delete_work(call(ctx, request)).await;
        let item = touched(work_id, asked.map_err(error)?.into_inner().item)?;
        let act = audit::Act::on("work", work_id).changed(values(&item), Value::Null);
        self.recorded(ctx, act, A::default()).await
    }

    /// Writes the record of an act that its service has carried out, with the answer to it.
    async fn recorded<A>(&self, ctx: &Ctx, act: audit::Act, answer: A) -> Result<A>
    where
        A: Message + Clone,
    {
        let (act, answer) = (&act, &answer);
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                audit::record(tx, ctx, act.clone()).await?;
                Ok(answer.clone())
            })
        });
        done.await
    }

    /// Asks one service or all of them at once, and names those that do not answer.
    async fn ask<T: Send + 'static>(
        &self,
        service: &str,
        question: impl Fn(&'static str, JobServiceClient<Transport>) -> Asked<T>,
    ) -> (Vec<T>, Vec<String>) {
        let asked = self.services.iter().copied();
        let asked = asked.filter(|name| service.is_empty() || *name == service);
        let asked: Vec<(&str, Asked<T>)> = asked
            .map(|name| match self.client(name) {
                Ok(client) => (name, question(name, client)),
                Err(missing) => (name, ready(Err(missing)).boxed()),
            })
            .collect();
        let answers = asked.into_iter().map(|(name, answer)| async move {
            let answer = tokio::time::timeout(TIMEOUT, answer).await;
            (name, answer)
        });
        let answers = join_all(answers);
        let (mut items, mut unreachable) = (Vec::new(), Vec::new());
        for (name, answer) in answers.await {
            match answer {
                Ok(Ok(some)) => items.extend(some),
                Ok(Err(cause)) => {
                    tracing::warn!(service = name, %cause, "a service does not tell its jobs");
                    unreachable.push(name.to_owned());
                }
                Err(_) => unreachable.push(name.to_owned()),
            }
        }
        (items, unreachable)
    }

    fn client(&self, service: &str) -> Result<JobServiceClient<Transport>> {
        let transport = self.mesh.client_transport(service);
        let missing = |cause| Error::from(CommonReason::Unavailable).because(cause);
        Ok(JobServiceClient::new(transport.map_err(missing)?))
    }

    /// Splits an id into the service that has the thing, and its name there.
    fn owner<'i>(&self, id: &'i str) -> Option<(&'static str, &'i str)> {
        let (service, name) = id.split_once('.')?;
        let known = self.services.iter().find(|known| **known == service)?;
        Some((known, name))
    }

    fn piece(&self, id: &str) -> Result<(&'static str, String)> {
        let found = self.owner(id).and_then(|(service, id)| {
            let id = Uuid::try_parse(id).ok()?;
            Some((service, id.to_string()))
        });
        found.ok_or_else(|| AdminReason::WorkNotFound.into())
    }
}

/// Takes the answer about a piece of work that was to be changed.
fn touched(id: &str, item: Option<WorkItem>) -> Result<WorkItem> {
    let item = item.ok_or(AdminReason::WorkNotFound)?;
    if item.state() == WorkState::Running {
        return Err(Error::from(AdminReason::WorkRunning).with("work", id));
    }
    Ok(item)
}

fn values(item: &WorkItem) -> Value {
    sv_rpc::audit::values("streamverse.jobs.v1.WorkItem", item)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Says whether services take a text for the name of a job: what they would refuse, the caller has not sent as such.
fn may_be_a_job(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME
}
