//! What every service is handed when it starts.

use std::{sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use sv_kernel::{BoxError, Ctx, PageSigner};
use sv_ports::{Bus, ConsumerOptions, Handler, run_consumer};
use sv_rpc::{Env, Mesh};
use sv_store::{
    Db, Relay, RelayOptions, Subscription, inbox,
    jobs::{
        JobOptions,
        clock::Clockwork,
        queue::{self, Item, KEEP_DEAD, Step, Worker, WorkerOptions},
    },
    work,
};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{
    Lifecycle, Readiness, Stage, Task,
    lifecycle::{Job, Wake},
};

/// How often events that were seen are forgotten.
const FORGET_EVENTS: Duration = Duration::from_hours(1);
/// How long they are known: the bus may deliver them again for as long as it keeps them, which is a week.
const KNOW_EVENTS: Duration = Duration::from_hours(24 * 30);
/// How often the work that waits is counted.
const COUNT_WORK: Duration = Duration::from_secs(5);
/// How often it is counted where none waits.
const LOOK_FOR_WORK: Duration = Duration::from_secs(15);
/// How often dead work is looked for that is to be forgotten.
const FORGET_WORK: Duration = Duration::from_hours(1);

/// Does a part of the work of a kind.
type Handle = Box<dyn FnMut(Ctx, Item) -> BoxFuture<'static, sv_kernel::Result<Step>> + Send>;

/// The same, by several hands at a time.
type SharedHandle = dyn Fn(Ctx, Item) -> BoxFuture<'static, sv_kernel::Result<Step>> + Send + Sync;

/// What every service is handed when it starts. What only one service needs (blobs, an index,
/// settings) it asks for by itself. Cheap to clone.
///
/// The process has opened the tables, runs the outbox's relay and knows the idempotency keys by the
/// time a service gets this; the service adds its RPCs and starts its consumers.
#[derive(Clone, Debug)]
pub struct ServiceContext {
    /// The service's own tables.
    pub db: Db,
    /// Events of others; its own go through the outbox.
    pub bus: Arc<dyn Bus>,
    /// Other services, as this one sees them.
    pub mesh: Mesh,
    /// Time, randomness and ids.
    pub env: Env,
    /// Signs page tokens.
    pub pages: PageSigner,
    /// Background tasks and the end of the process.
    pub lifecycle: Lifecycle,
    /// What has to be up before the process takes work.
    pub readiness: Readiness,
}

impl ServiceContext {
    /// Makes the context of work that no request started.
    pub fn background(&self) -> Ctx {
        let env = &self.env;
        Ctx {
            ids: env.ids.clone(),
            ..Ctx::background(
                self.db.service(),
                env.business_clock.clone(),
                env.entropy.clone(),
            )
        }
    }
    /// Runs a task of the service as long as the process takes calls, and starts it again where it
    /// ends or panics. It may write: its events are still published after its end.
    pub fn supervise<M, F>(&self, what: &str, make: M)
    where
        M: FnMut(Task) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.lifecycle.supervise(Stage::Work, self.name(what), make);
    }

    /// Does something for the service again and again, with pauses of `period`: once over all processes, as
    /// [`Clockwork`] says. Administrators see it, and may have it done at once.
    pub fn every<M, F>(&self, what: &str, period: Duration, job: M)
    where
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.every_or_when(what, period, std::future::pending, job);
    }

    /// Does the same as [`Self::every`], and at once whenever what `wake` makes ends.
    pub fn every_or_when<W, G, M, F>(&self, what: &str, period: Duration, mut wake: W, mut job: M)
    where
        W: FnMut() -> G + Send + 'static,
        G: Future<Output = ()> + Send + 'static,
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let wake = Box::new(move || wake().boxed());
        let job = Box::new(move || job().boxed());
        self.repeat(what, period, wake, job);
    }

    /// Does so whatever the job is: this is made once, and not for each job.
    fn repeat(&self, what: &str, period: Duration, wake: Wake, job: Job) {
        let (context, name) = (self.clone(), what.to_owned());
        let kept = Arc::new(Mutex::new((wake, job)));
        self.supervise(what, move |task| {
            let (context, name, kept) = (context.clone(), name.clone(), kept.clone());
            async move {
                // What was due while nothing ran would call services that are not there yet.
                let stop = task.stop();
                if stop
                    .run_until_cancelled(context.mesh.serving())
                    .await
                    .is_none()
                {
                    return;
                }
                let options = JobOptions::of(&context.db).by(context.env.clock.clone());
                let clockwork =
                    Clockwork::new(context.db.clone(), context.background(), name, period)
                        .with(options)
                        .watched_by(task.pulse().clone());
                let (wake, job) = &mut *kept.lock().await;
                clockwork.run(stop, wake, job).await;
            }
        });
    }

    /// Does something again and again in each process, as [`Lifecycle::every`] says: for what processes remember.
    pub fn every_here<M, F>(&self, what: &str, period: Duration, job: M)
    where
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.lifecycle.every(self.name(what), period, job);
    }

    /// Does the work of a kind that waits in the service's tables, as [`Worker`] says: in every process one piece at
    /// a time, each piece in one process. Nothing is begun any more when the process is about to go.
    pub fn work_off<M, F>(&self, kind: &'static str, handle: M)
    where
        M: FnMut(Ctx, Item) -> F + Send + 'static,
        F: Future<Output = sv_kernel::Result<Step>> + Send + 'static,
    {
        let tries = WorkerOptions::of(&self.db).tries;
        self.work_off_in(kind, tries, handle);
    }

    /// Does the same with up to `hands` pieces at a time in each process, and gives none up: for work that waits for
    /// others.
    pub fn work_off_with<M, F>(&self, kind: &'static str, hands: usize, handle: M)
    where
        M: Fn(Ctx, Item) -> F + Send + Sync + 'static,
        F: Future<Output = sv_kernel::Result<Step>> + Send + 'static,
    {
        let handle: Arc<SharedHandle> = Arc::new(move |ctx, item| handle(ctx, item).boxed());
        self.work_by(kind, u32::MAX, move |worker, leaving| {
            let handle = handle.clone();
            async move {
                worker
                    .run_with(hands, leaving, |ctx, item| handle(ctx, item))
                    .await;
            }
        });
    }

    /// Does the same as [`Self::work_off`], and gives a part up after so many tries.
    pub fn work_off_in<M, F>(&self, kind: &'static str, tries: u32, mut handle: M)
    where
        M: FnMut(Ctx, Item) -> F + Send + 'static,
        F: Future<Output = sv_kernel::Result<Step>> + Send + 'static,
    {
        let handle = Box::new(move |ctx, item| handle(ctx, item).boxed());
        self.do_work(kind, tries, handle);
    }

    /// Does so whatever the work is: this is made once, and not for each kind.
    fn do_work(&self, kind: &'static str, tries: u32, handle: Handle) {
        let kept = Arc::new(Mutex::new(handle));
        self.work_by(kind, tries, move |worker, leaving| {
            let kept = kept.clone();
            async move { worker.run(leaving, &mut *kept.lock().await).await }
        });
    }

    /// Has a worker work until the process is about to go.
    fn work_by<W, G>(&self, kind: &'static str, tries: u32, run: W)
    where
        W: Fn(Worker, CancellationToken) -> G + Send + Sync + 'static,
        G: Future<Output = ()> + Send + 'static,
    {
        let (context, run) = (self.clone(), Arc::new(run));
        self.supervise(&format!("work.{kind}"), move |task| {
            let (context, run) = (context.clone(), run.clone());
            async move {
                let (stop, leaving) = (task.stop(), context.lifecycle.leaving());
                if leaving
                    .run_until_cancelled(context.mesh.serving())
                    .await
                    .is_some()
                {
                    let options = WorkerOptions::of(&context.db);
                    let options = WorkerOptions {
                        jobs: options.jobs.by(context.env.clock.clone()),
                        tries,
                        ..options
                    };
                    let worker = Worker::new(context.db.clone(), context.background(), kind)
                        .with(options)
                        .watched_by(task.pulse().clone());
                    run(worker, leaving).await;
                }
                stop.cancelled().await;
            }
        });
    }

    /// Tells how much work waits and what has failed for good, in metrics and `/ready`, and forgets the latter in
    /// time.
    pub fn look_after_work(&self) {
        let (db, clock) = (self.db.clone(), self.env.clock.clone());
        let alarm = self.lifecycle.health().work_age();
        self.supervise("work", move |task| {
            let (db, clock) = (db.clone(), clock.clone());
            async move {
                let (stop, pulse) = (task.stop(), task.pulse());
                loop {
                    let pause = match queue::measure(&db, clock.now(), alarm, pulse).await {
                        Ok(waits) => {
                            pulse.succeeded();
                            if waits { COUNT_WORK } else { LOOK_FOR_WORK }
                        }
                        Err(error) => {
                            pulse.failed(sv_kernel::causes(&error));
                            COUNT_WORK
                        }
                    };
                    let wait = tokio::time::sleep(pause);
                    if stop.run_until_cancelled(wait).await.is_none() {
                        return;
                    }
                }
            }
        });
        let (db, ctx) = (self.db.clone(), self.background());
        self.every("work.retention", FORGET_WORK, move || {
            let (db, ctx) = (db.clone(), ctx.clone());
            async move {
                let before = ctx.now() - KEEP_DEAD;
                let forgotten = db.write(&ctx, |tx| work(queue::forget(tx, before)));
                Ok(forgotten.await.map(drop)?)
            }
        });
    }

    /// Takes up the events of a subscription, and forgets in time which it has seen.
    pub fn subscribe(&self, what: &str, to: Subscription) {
        self.forget_events(what);
        let options = ConsumerOptions::new(to.group(), to.topics().to_vec());
        let handler = to.handler(self.db.clone(), self.background());
        self.consume(what, options, Arc::new(handler));
    }

    fn forget_events(&self, what: &str) {
        let (db, ctx) = (self.db.clone(), self.background());
        self.every(&format!("{what}.inbox"), FORGET_EVENTS, move || {
            let (db, ctx) = (db.clone(), ctx.clone());
            async move {
                let before = ctx.now() - KNOW_EVENTS;
                let forgotten = db.write(&ctx, |tx| work(inbox::forget(tx, before)));
                Ok(forgotten.await.map(drop)?)
            }
        });
    }

    /// Has a handler take up the records of topics, as [`run_consumer`] says.
    pub fn consume(&self, what: &str, options: ConsumerOptions, handler: Arc<dyn Handler>) {
        let context = self.clone();
        self.supervise(what, move |task| {
            context.consumer(task, options.clone(), handler.clone())
        });
    }

    /// Is the task of a consumer: for services that have to do something before.
    pub fn consumer(
        &self,
        task: Task,
        options: ConsumerOptions,
        handler: Arc<dyn Handler>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let options = ConsumerOptions {
            pulse: task.pulse().clone(),
            alarm_lag: self.lifecycle.health().consumer_lag_events,
            ..options
        };
        let run = run_consumer(self.bus.clone(), options, handler, task.stop());
        async move {
            if let Err(error) = run.await {
                task.pulse().failed(sv_kernel::causes(&error));
                tracing::error!(%error, "bus.consumer.ended");
            }
        }
    }

    /// Brings the service's events from its outbox to the bus until all that write have ended.
    pub fn relay(&self) {
        let context = self.clone();
        let options = RelayOptions {
            alarm_age: self.lifecycle.health().outbox_age(),
            ..RelayOptions::default()
        };
        let make = move |task: Task| {
            let (db, ctx, bus) = (
                context.db.clone(),
                context.background(),
                context.bus.clone(),
            );
            let relay = Relay::new(db, ctx, bus, options.clone());
            relay.watched_by(task.pulse().clone()).run(task.stop())
        };
        let name = self.name("outbox");
        self.lifecycle.supervise(Stage::Events, name, make);
    }

    fn name(&self, what: &str) -> String {
        format!("{}.{what}", self.db.service())
    }
}
