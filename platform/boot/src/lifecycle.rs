//! Background work that is watched and waited for, and an orderly end in stages.
//!
//! Whatever runs beside the calls is started here: [`Lifecycle::supervise`] for what runs as long
//! as the process, [`Lifecycle::every`] for what is done by the clock, [`Lifecycle::work`] for what
//! a call leaves to be done. The end goes through the [`Stage`]s in their order, so that nothing is
//! taken away from those who still need it.

mod job;
mod supervise;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sv_kernel::{Clock, Doubt, Pulse, SystemClock};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument as _, info, warn};

pub(crate) use job::{Job, Wake};
pub use supervise::Task;

use crate::{Need, Readiness};

/// The name of the check on the clock.
const CLOCK: &str = "process.clock";

/// When a task is told to stop. A stage begins when the one before has ended or has used its time
/// up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Listeners: nothing new is accepted, and calls under way end with what they left to be done.
    Calls,
    /// Consumers and jobs: whatever else may write. They end what they are at.
    Work,
    /// Relays: they bring out what was written until then.
    Events,
    /// What all of these need: keys, revocations, upkeep.
    Support,
    /// Tables and logs are closed.
    Stores,
    /// The operators' port, which tells of the end until it is over.
    Operators,
}

impl Stage {
    const ALL: [Self; 6] = [
        Self::Calls,
        Self::Work,
        Self::Events,
        Self::Support,
        Self::Stores,
        Self::Operators,
    ];

    /// How much of the time that is left a stage may use, in hundredths: calls that hang shall not
    /// keep events from being published.
    const fn share(self) -> u32 {
        match self {
            Self::Calls | Self::Events => 60,
            Self::Work => 40,
            Self::Support | Self::Stores => 50,
            Self::Operators => 100,
        }
    }
}

/// From when on what is not well counts (`/ready` says `degraded`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthOptions {
    /// Seconds that a failure or any of the others below must last before it shows.
    pub tolerance_seconds: u64,
    /// Seconds that an event may wait in an outbox.
    pub outbox_age_seconds: u64,
    /// Events that a consumer may be behind.
    pub consumer_lag_events: u64,
    /// Seconds that work may wait whose time has come.
    pub work_age_seconds: u64,
}

impl Default for HealthOptions {
    fn default() -> Self {
        Self {
            tolerance_seconds: 10,
            outbox_age_seconds: 30,
            consumer_lag_events: 1_000,
            work_age_seconds: 300,
        }
    }
}

impl HealthOptions {
    /// How long something must last before it shows.
    pub const fn tolerance(&self) -> Duration {
        Duration::from_secs(self.tolerance_seconds)
    }

    /// How long work may wait whose time has come.
    pub const fn work_age(&self) -> Duration {
        Duration::from_secs(self.work_age_seconds)
    }

    /// How long an event may wait in an outbox.
    pub const fn outbox_age(&self) -> Duration {
        Duration::from_secs(self.outbox_age_seconds)
    }
}

/// Starts background work and ends it in order. Cheap to clone; all clones are one lifecycle.
#[derive(Clone)]
pub struct Lifecycle(Arc<Shared>);

struct Shared {
    leaving: CancellationToken,
    stages: [Running; Stage::ALL.len()],
    options: HealthOptions,
    clock: Arc<dyn Clock>,
    readiness: Readiness,
    pulses: Mutex<BTreeMap<String, Pulse>>,
}

/// What runs until one stage.
#[derive(Default)]
struct Running {
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lifecycle").finish_non_exhaustive()
    }
}

impl Lifecycle {
    /// Makes a lifecycle with nothing running and the usual bounds.
    pub fn new() -> Self {
        Self::with(HealthOptions::default(), Arc::new(SystemClock))
    }

    /// Makes a lifecycle with nothing running; `clock` tells real time.
    pub fn with(options: HealthOptions, clock: Arc<dyn Clock>) -> Self {
        let (watched, readiness) = (clock.clone(), Readiness::default());
        readiness.add(CLOCK, Need::Soft, move || {
            let doubt = watched.doubt();
            let ahead = doubt.map_or(0, Doubt::seconds_ahead);
            #[expect(clippy::cast_precision_loss, reason = "seconds need no last digit")]
            metrics::gauge!("streamverse_clock_ahead_seconds").set(ahead as f64);
            async move { doubt.map_or(Ok(()), |doubt| Err(doubt.to_string())) }
        });
        Self(Arc::new(Shared {
            leaving: CancellationToken::new(),
            stages: Default::default(),
            options,
            clock,
            readiness,
            pulses: Mutex::default(),
        }))
    }

    /// Returns the checks of the process, among them one for each supervised task.
    pub fn readiness(&self) -> Readiness {
        self.0.readiness.clone()
    }

    /// Returns from when on what is not well counts.
    pub fn health(&self) -> &HealthOptions {
        &self.0.options
    }

    /// Serves a port until calls end: `listener` gets the signal to accept no more, and ends when
    /// its connections have.
    pub fn listen<F>(&self, name: &str, listener: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.once(Stage::Calls, name, |task| listener(task.stop()));
    }

    /// Serves a port until everything else has ended.
    pub fn listen_to_the_end<F>(&self, name: &str, listener: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.once(Stage::Operators, name, |task| listener(task.stop()));
    }

    /// Runs what a call leaves to be done to its end, though the caller may go away meanwhile. The
    /// end of the process waits for it as for the call itself.
    pub fn work<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let work = work.instrument(tracing::Span::current());
        self.stage(Stage::Calls).tracker.spawn(work)
    }

    /// Does something when a stage has come, e.g. closes tables.
    pub fn at<F>(&self, stage: Stage, name: &str, deed: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.once(stage, name, |task| async move {
            task.stop().cancelled().await;
            deed.await;
        });
    }

    /// Returns the tracker that in-process calls run on.
    pub fn tracker(&self) -> TaskTracker {
        self.stage(Stage::Calls).tracker.clone()
    }

    /// Returns the signal that the process is about to go: whoever can go elsewhere should.
    pub fn leaving(&self) -> CancellationToken {
        self.0.leaving.clone()
    }

    /// Returns the signal to take no new calls.
    pub fn draining(&self) -> CancellationToken {
        self.stage(Stage::Calls).stop.clone()
    }

    /// Waits for SIGTERM or SIGINT, which are listened for from the call on, not only while the future is polled.
    pub fn signalled() -> impl Future<Output = ()> + Send {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind, name: &'static str| {
            let signals = signal(kind);
            async move {
                match signals {
                    Ok(mut signals) => {
                        signals.recv().await;
                    }
                    Err(failure) => {
                        warn!(error = %failure, "cannot listen for {name}");
                        std::future::pending::<()>().await;
                    }
                }
            }
        };
        let terminate = listen(SignalKind::terminate(), "SIGTERM");
        let interrupt = listen(SignalKind::interrupt(), "SIGINT");
        async move {
            tokio::select! {
                () = terminate => info!("SIGTERM received"),
                () = interrupt => info!("interrupted"),
            }
        }
    }

    /// Says that the process is about to go, and takes calls for this long yet, so that whoever
    /// sends them hears of it.
    pub async fn announce(&self, timeout: Duration) {
        self.0.readiness.drain();
        self.0.leaving.cancel();
        tokio::time::sleep(timeout).await;
    }

    /// Ends, stage by stage, waiting at most `timeout` in all. Returns whether everything ended in
    /// time.
    pub async fn end(&self, timeout: Duration) -> bool {
        self.0.readiness.drain();
        self.0.leaving.cancel();
        let until = Instant::now() + timeout;
        let mut ended = true;
        for stage in Stage::ALL {
            let running = self.stage(stage);
            running.stop.cancel();
            running.tracker.close();
            let left = until.saturating_duration_since(Instant::now());
            let time = left * stage.share() / 100;
            if tokio::time::timeout(time, running.tracker.wait())
                .await
                .is_err()
            {
                ended = false;
                let tasks = running.tracker.len();
                warn!(?stage, tasks, "tasks still run after their time to end");
            }
        }
        ended
    }

    fn stage(&self, stage: Stage) -> &Running {
        &self.0.stages[stage as usize]
    }

    /// Makes the pulse of a task, shown by `/ready` and in the metrics.
    fn pulse(&self, name: &str) -> Pulse {
        let pulse = Pulse::new(self.0.clock.clone());
        let (watched, tolerance) = (pulse.clone(), self.0.options.tolerance());
        self.0.readiness.add(name, Need::Soft, move || {
            let trouble = watched.trouble(tolerance);
            async move { trouble.map_or(Ok(()), Err) }
        });
        self.pulses().insert(name.to_owned(), pulse.clone());
        pulse
    }

    fn pulses(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Pulse>> {
        self.0.pulses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
