//! Tasks that run as long as the process: one that ends or panics is started again.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use sv_kernel::{Entropy as _, Pulse, SystemEntropy};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, error};

use super::{Lifecycle, Stage};

/// The first and the longest pause before a task is started again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));
/// A task that ran for so long is taken to have started well.
const STABLE: Duration = Duration::from_mins(1);
/// How often the figures of all tasks and the readiness of the process are looked at.
const WATCH: Duration = Duration::from_secs(5);

/// What a task is handed each time it is started.
#[derive(Clone, Debug)]
pub struct Task {
    pub(super) stop: CancellationToken,
    pub(super) pulse: Pulse,
}

impl Task {
    /// Returns the signal to end.
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Returns where the task tells how it goes.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }
}

/// Makes a task.
type Make = Box<dyn FnMut(Task) -> BoxFuture<'static, ()> + Send>;

impl Lifecycle {
    /// Runs a task until its stage, and starts it again when it ends before or panics: after a
    /// pause that grows, and that is not the same for all. `name` is `<service>.<what>`.
    ///
    /// What the task tells its [`Pulse`] shows in `/ready` and in the metrics.
    pub fn supervise<M, F>(&self, stage: Stage, name: impl Into<String>, mut make: M)
    where
        M: FnMut(Task) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.supervise_task(stage, name.into(), Box::new(move |task| make(task).boxed()));
    }

    /// Does so whatever the task is: this is made once, and not for each task.
    fn supervise_task(&self, stage: Stage, name: String, mut make: Make) {
        let task = self.task(stage, &name);
        let span = tracing::info_span!("task", task.name = name);
        let restarts = metrics::counter!("streamverse_task_restarts_total", "task" => name.clone());
        restarts.increment(0);
        let watched = async move {
            let (mut pause, mut last) = (PAUSES.0, None::<String>);
            loop {
                let begin = Instant::now();
                let run = AssertUnwindSafe(async { make(task.clone()).await }).catch_unwind();
                let outcome = run.await;
                let cause = match &outcome {
                    Ok(()) => ended(&task.pulse, last.as_deref()),
                    Err(panic) => format!("the task panicked: {}", said(&**panic)),
                };
                if task.stop.is_cancelled() {
                    if outcome.is_err() {
                        error!(task.name = name, cause, "task failed at its end");
                    }
                    return;
                }
                if begin.elapsed() >= STABLE {
                    pause = PAUSES.0;
                }
                let wait = jittered(pause);
                error!(task.name = name, cause, ?wait, "task is started again");
                restarts.increment(1);
                task.pulse.failed(&*cause);
                last = Some(cause);
                let sleep = tokio::time::sleep(wait);
                if task.stop.run_until_cancelled(sleep).await.is_none() {
                    return;
                }
                pause = (pause * 2).min(PAUSES.1);
            }
        };
        let tracker = &self.stage(stage).tracker;
        tracker.spawn(watched.instrument(span));
    }

    /// Runs something once that lasts until its stage; that it ended before, or panicked, shows in
    /// `/ready`.
    pub(super) fn once<F>(&self, stage: Stage, name: &str, make: impl FnOnce(Task) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = self.task(stage, name);
        let run = AssertUnwindSafe(make(task.clone())).catch_unwind();
        let name = name.to_owned();
        let watched = async move {
            let cause = match run.await {
                Ok(()) if task.stop.is_cancelled() => return,
                Ok(()) => "it ended by itself".to_owned(),
                Err(panic) => format!("it panicked: {}", said(&*panic)),
            };
            error!(task.name = name, cause, "task ended too early");
            task.pulse.worry("end", Some(cause));
        };
        self.stage(stage).tracker.spawn(watched);
    }

    /// Keeps figures of all tasks, and logs when what `/ready` says changes, though nobody asks.
    pub fn watch(&self) {
        let lifecycle = self.clone();
        self.supervise(Stage::Support, "process.watch", move |task| {
            let lifecycle = lifecycle.clone();
            async move {
                let mut ticks = tokio::time::interval(WATCH);
                while task.stop.run_until_cancelled(ticks.tick()).await.is_some() {
                    lifecycle.measure();
                    lifecycle.readiness().report().await;
                }
            }
        });
    }

    fn measure(&self) {
        for (name, pulse) in &*self.pulses() {
            let labels = [("task", name.clone())];
            if let Some(at) = pulse.last_success() {
                #[expect(clippy::cast_precision_loss, reason = "seconds need no last digit")]
                metrics::gauge!("streamverse_task_last_success_timestamp_seconds", &labels)
                    .set(at.secs() as f64);
            }
        }
    }

    fn task(&self, stage: Stage, name: &str) -> Task {
        Task {
            stop: self.stage(stage).stop.clone(),
            pulse: self.pulse(name),
        }
    }
}

/// Returns between half and all of a pause: tasks that failed together shall not come back so.
fn jittered(pause: Duration) -> Duration {
    let mut random = [0; 2];
    SystemEntropy.fill(&mut random);
    pause / 2 + pause / 2 * u32::from(u16::from_le_bytes(random)) / u32::from(u16::MAX)
}

/// Says that a task ended by itself, and why, where it has told of a failure. `last` is what was told of its end before.
fn ended(pulse: &Pulse, last: Option<&str>) -> String {
    const ENDED: &str = "the task ended by itself";
    let told = pulse.trouble(Duration::ZERO);
    let told = told.filter(|told| last.is_none_or(|last| !told.starts_with(last)));
    told.map_or_else(|| ENDED.to_owned(), |told| format!("{ENDED}: {told}"))
}

/// Returns what a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a word")
}
