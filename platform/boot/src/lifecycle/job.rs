//! Jobs: what is done by the clock.

use std::{sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use sv_kernel::{BoxError, causes};
use tokio::sync::Mutex;

use super::{Lifecycle, Stage};

/// How much later than its period a job may come before it counts as missing.
const LATE: Duration = Duration::from_mins(1);

/// Makes what a job waits for beside the clock.
pub(crate) type Wake = Box<dyn FnMut() -> BoxFuture<'static, ()> + Send>;

/// Does a job once.
pub(crate) type Job = Box<dyn FnMut() -> BoxFuture<'static, Result<(), BoxError>> + Send>;

impl Lifecycle {
    /// Does something again and again, with pauses of `period`. A run that has begun is ended also
    /// where the process ends; one that fails is logged, shows in `/ready` where it lasts, and is
    /// tried again after the next pause. `name` is `<service>.<what>`.
    pub fn every<M, F>(&self, name: impl Into<String>, period: Duration, job: M)
    where
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.every_or_when(name, period, std::future::pending, job);
    }

    /// Does the same as [`Self::every`], and at once whenever what `wake` makes ends.
    pub fn every_or_when<W, G, M, F>(
        &self,
        name: impl Into<String>,
        period: Duration,
        mut wake: W,
        mut job: M,
    ) where
        W: FnMut() -> G + Send + 'static,
        G: Future<Output = ()> + Send + 'static,
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let wake = Box::new(move || wake().boxed());
        let job = Box::new(move || job().boxed());
        self.repeat(name.into(), period, wake, job);
    }

    /// Does so whatever the job is: this is made once, and not for each job.
    fn repeat(&self, name: String, period: Duration, wake: Wake, job: Job) {
        // Kept by all runs: a job that panicked goes on.
        let kept = Arc::new(Mutex::new((wake, job)));
        self.supervise(Stage::Work, name.clone(), move |task| {
            let (kept, name) = (kept.clone(), name.clone());
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
