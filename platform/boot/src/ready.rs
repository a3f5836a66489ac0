//! Readiness: whether this process should be sent work.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use futures::future::{BoxFuture, join_all};
use serde::Serialize;

/// How long one check may take.
const CHECK_TIME: Duration = Duration::from_secs(1);

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What a failing check means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Without it the process must not be sent work.
    Hard,
    /// Without it the process works with less; it is listed as degraded.
    Soft,
}

/// The checks of a process. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct Readiness {
    checks: Arc<RwLock<BTreeMap<&'static str, (Need, Check)>>>,
    draining: Arc<std::sync::atomic::AtomicBool>,
}

/// The outcome of all checks.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ReadyReport {
    /// Whether the process should be sent work.
    pub ready: bool,
    /// Names of hard needs that are not met.
    pub failing: Vec<&'static str>,
    /// Names of soft needs that are not met.
    pub degraded: Vec<&'static str>,
}

impl Readiness {
    /// Adds a check under a name; a check of the same name is replaced.
    pub fn add<F, Fut>(&self, name: &'static str, need: Need, check: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        let check: Check = Arc::new(move || Box::pin(check()));
        self.checks
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name, (need, check));
    }

    /// Says from now on that no work is wanted.
    pub fn drain(&self) {
        self.draining
            .store(true, std::sync::atomic::Ordering::SeqCst);
    }

    /// Runs every check at once, each for at most one second. Causes go to the log only.
    pub async fn report(&self) -> ReadyReport {
        let checks = self
            .checks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let outcomes = join_all(checks.into_iter().map(|(name, (need, check))| async move {
            let outcome = match tokio::time::timeout(CHECK_TIME, check()).await {
                Ok(outcome) => outcome,
                Err(_) => Err("no answer in time".to_owned()),
            };
            if let Err(cause) = &outcome {
                tracing::warn!(check.name = name, cause, "readiness check failed");
            }
            (name, need, outcome.is_ok())
        }))
        .await;
        let unmet = |wanted| {
            outcomes
                .iter()
                .filter(move |(_, need, met)| *need == wanted && !met)
                .map(|(name, ..)| *name)
                .collect::<Vec<_>>()
        };
        let mut failing = unmet(Need::Hard);
        if self.draining.load(std::sync::atomic::Ordering::SeqCst) {
            failing.push("draining");
        }
        ReadyReport {
            ready: failing.is_empty(),
            failing,
            degraded: unmet(Need::Soft),
        }
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let checks = self.checks.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_list().entries(checks.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn soft_needs_degrade_and_hard_needs_stop() {
        let ready = Readiness::default();
        ready.add("tables", Need::Hard, || async { Ok(()) });
        ready.add("search", Need::Soft, std::future::pending);
        let report = ready.report().await;
        assert_eq!((report.ready, report.degraded), (true, vec!["search"]));

        ready.add("tables", Need::Hard, || async { Err("closed".to_owned()) });
        assert_eq!(ready.report().await.failing, ["tables"]);
    }

    #[tokio::test]
    async fn a_draining_process_is_not_ready() {
        let ready = Readiness::default();
        ready.drain();
        assert!(!ready.report().await.ready);
    }
}
