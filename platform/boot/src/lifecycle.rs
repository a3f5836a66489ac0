//! Tasks that are waited for, and an orderly end.

use std::{future::Future, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument as _, error, info, warn};

/// Starts background tasks and ends them in order. Cheap to clone; all clones are one lifecycle.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    tracker: TaskTracker,
    draining: CancellationToken,
    stopped: CancellationToken,
}

impl Lifecycle {
    /// Makes a lifecycle with nothing running.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a task that the end of the process waits for. A task that panics is logged by name.
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let span = tracing::info_span!("task", task.name = name);
        let work = self.tracker.spawn(task.instrument(span));
        self.tracker.spawn(async move {
            if let Err(failure) = work.await
                && failure.is_panic()
            {
                error!(task.name = name, "background task panicked");
            }
        });
    }

    /// Returns the tracker that in-process calls run on.
    pub fn tracker(&self) -> TaskTracker {
        self.tracker.clone()
    }

    /// Returns the signal to take no new work.
    pub fn draining(&self) -> CancellationToken {
        self.draining.clone()
    }

    /// Returns the signal to stop; it follows [`Self::draining`] once calls in flight are done.
    pub fn stopped(&self) -> CancellationToken {
        self.stopped.clone()
    }

    /// Waits for SIGTERM or SIGINT.
    pub async fn signalled() {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = async {
            match signal(SignalKind::terminate()) {
                Ok(mut signals) => {
                    signals.recv().await;
                }
                Err(failure) => {
                    warn!(error = %failure, "cannot listen for SIGTERM");
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            () = terminate => info!("SIGTERM received"),
            _ = tokio::signal::ctrl_c() => info!("interrupted"),
        }
    }

    /// Ends: no new work, then background tasks stop, waiting at most `patience` in all. Returns
    /// whether every task ended in time.
    pub async fn end(&self, patience: Duration) -> bool {
        self.draining.cancel();
        self.tracker.close();
        self.stopped.cancel();
        let ended = tokio::time::timeout(patience, self.tracker.wait())
            .await
            .is_ok();
        if !ended {
            warn!(
                tasks = self.tracker.len(),
                "tasks still run after the drain time"
            );
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn the_end_waits_for_tasks_that_listen() {
        let lifecycle = Lifecycle::new();
        let done = Arc::new(AtomicBool::new(false));
        let (stopped, flag) = (lifecycle.stopped(), done.clone());
        lifecycle.spawn("listener", async move {
            stopped.cancelled().await;
            flag.store(true, Ordering::SeqCst);
        });
        assert!(lifecycle.end(Duration::from_secs(5)).await);
        assert!(done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_task_that_does_not_listen_is_reported() {
        let lifecycle = Lifecycle::new();
        lifecycle.spawn("deaf", std::future::pending());
        assert!(!lifecycle.end(Duration::from_millis(50)).await);
    }
}
