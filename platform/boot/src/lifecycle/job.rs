//! Jobs: what is done by the clock.

use std::{sync::Arc, time::Duration};

use sv_kernel::{BoxError, Steady, causes};
use tokio::sync::Mutex;

use super::{Lifecycle, Stage};

/// How much later than its period a job may come before it counts as missing.
const LATE: Duration = Duration::from_mins(1);
/// The shortest pause between two looks at a clock that jumped.
const PAUSE: Duration = Duration::from_millis(200);

impl Lifecycle {
    /// Does something again and again, with pauses of `period`. A run that has begun is ended also
    /// where the process ends; one that fails is logged, shows in `/ready` where it lasts, and is
    /// tried again after the next pause. `name` is `<service>.<what>`.
    ///
    /// It is not done while the clock cannot be believed ([`Steady`](sv_kernel::Steady)): jobs end,
    /// renew and delete what belongs to people.
    pub fn every<M, F>(&self, name: impl Into<String>, period: Duration, job: M)
    where
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.every_or_when(name, period, std::future::pending, job);
    }

    /// Does something again and again that asks for pauses only, not for what the clock says.
    pub fn upkeep<M, F>(&self, name: impl Into<String>, period: Duration, job: M)
    where
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.job(name.into(), period, None, std::future::pending, job);
    }

    /// Does the same as [`Self::every`], and at once whenever what `wake` makes ends.
    pub fn every_or_when<W, G, M, F>(
        &self,
        name: impl Into<String>,
        period: Duration,
        wake: W,
        job: M,
    ) where
        W: FnMut() -> G + Send + 'static,
        G: Future<Output = ()> + Send + 'static,
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let clock = Some(self.0.steady.clone());
        self.job(name.into(), period, clock, wake, job);
    }

    fn job<W, G, M, F>(
        &self,
        name: String,
        period: Duration,
        clock: Option<Steady>,
        wake: W,
        job: M,
    ) where
        W: FnMut() -> G + Send + 'static,
        G: Future<Output = ()> + Send + 'static,
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        // Kept by all runs: a job that panicked goes on.
        let kept = Arc::new(Mutex::new((wake, job)));
        self.supervise(Stage::Work, name.clone(), move |task| {
            let (kept, name, clock) = (kept.clone(), name.clone(), clock.clone());
            async move {
                task.pulse.expect_every(period * 2 + LATE);
                let mut kept = kept.lock().await;
                let (wake, job) = &mut *kept;
                loop {
                    tokio::select! {
                        () = task.stop.cancelled() => return,
                        () = tokio::time::sleep(period) => {}
                        () = wake() => {}
                    }
                    if let Some(Err(jumped)) = clock.as_ref().map(Steady::look) {
                        task.pulse.failed(jumped.to_string());
                        // What wakes it may do so without end.
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                    match job().await {
                        Ok(()) => task.pulse.succeeded(),
                        Err(cause) => {
                            tracing::warn!(
                                task.name = name,
                                error = &*cause as &dyn std::error::Error,
                                "job waits for its next turn"
                            );
                            task.pulse.failed(causes(&*cause));
                        }
                    }
                }
            }
        });
    }
}
