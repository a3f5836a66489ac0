//! Readiness: whether this process should be sent work.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, join_all};
use serde::Serialize;

/// How long one check may take.
const CHECK_TIME: Duration = Duration::from_secs(1);
/// What fails while the process is about to go.
const DRAINING: &str = "draining";

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
pub struct Readiness(Arc<Inner>);

#[derive(Default)]
struct Inner {
    checks: RwLock<BTreeMap<String, (Need, Check)>>,
    draining: AtomicBool,
    /// What was last said of each check that failed.
    known: Mutex<BTreeMap<String, String>>,
}

/// The outcome of all checks.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ReadyReport {
    /// Whether the process should be sent work.
    pub ready: bool,
    /// Names of hard needs that are not met.
    pub failing: Vec<String>,
    /// Names of soft needs that are not met.
    pub degraded: Vec<String>,
    /// Why, by name. For operators only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub causes: BTreeMap<String, String>,
}

impl ReadyReport {
    /// Returns what everybody may know: names, no causes.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.causes.clear();
        self
    }
}

impl Readiness {
    /// Adds a check under a name; a check of the same name is replaced.
    pub fn add<F, Fut>(&self, name: impl Into<String>, need: Need, check: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        let check: Check = Arc::new(move || Box::pin(check()));
        self.0
            .checks
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.into(), (need, check));
    }

    /// Says from now on that no work is wanted.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::SeqCst);
    }

    /// Runs every check at once, each for at most one second. A check that begins or ceases to fail
    /// is logged with its cause, however often somebody asks.
    pub async fn report(&self) -> ReadyReport {
        let checks = self
            .0
            .checks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let outcomes = join_all(checks.into_iter().map(|(name, (need, check))| async move {
            let outcome = match tokio::time::timeout(CHECK_TIME, check()).await {
                Ok(outcome) => outcome,
                Err(_) => Err("no answer in time".to_owned()),
            };
            (name, need, outcome.err())
        }))
        .await;
        let (mut failing, mut degraded, mut causes) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (name, need, cause) in outcomes {
            self.note(&name, need, cause.as_deref());
            let Some(cause) = cause else { continue };
            match need {
                Need::Hard => failing.push(name.clone()),
                Need::Soft => degraded.push(name.clone()),
            }
            causes.insert(name, cause);
        }
        if self.0.draining.load(Ordering::SeqCst) {
            failing.push(DRAINING.to_owned());
        }
        let ready = failing.is_empty();
        metrics::gauge!("streamverse_ready").set(if ready { 1.0 } else { 0.0 });
        ReadyReport {
            ready,
            failing,
            degraded,
            causes,
        }
    }

    /// Logs what has changed since the last report, and keeps the figure.
    fn note(&self, name: &str, need: Need, cause: Option<&str>) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let need = match need {
            Need::Hard => "hard",
            Need::Soft => "soft",
        };
        let labels = [("check", name.to_owned()), ("need", need.to_owned())];
        metrics::gauge!("streamverse_ready_failing", &labels).set(if cause.is_some() {
            1.0
        } else {
            0.0
        });
        match cause {
            Some(cause) => {
                let before = known.insert(name.to_owned(), gist(cause));
                if before.as_deref() != Some(&gist(cause)) {
                    tracing::warn!(check.name = name, cause, "readiness check fails");
                }
            }
            None => {
                if known.remove(name).is_some() {
                    tracing::info!(check.name = name, "readiness check passes again");
                }
            }
        }
    }
}

/// Returns a cause without its figures, which change from look to look.
fn gist(cause: &str) -> String {
    cause.chars().filter(|c| !c.is_ascii_digit()).collect()
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let checks = self.0.checks.read();
        let checks = checks.unwrap_or_else(PoisonError::into_inner);
        f.debug_list().entries(checks.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[tokio::test]
    async fn soft_needs_degrade_and_hard_needs_stop() {
        let ready = Readiness::default();
        ready.add("tables", Need::Hard, || async { Ok(()) });
        ready.add("search", Need::Soft, std::future::pending);
        let report = ready.report().await;
        assert_eq!(
            (report.ready, report.degraded),
            (true, vec!["search".into()])
        );

        ready.add("tables", Need::Hard, || async { Err("closed".to_owned()) });
        assert_eq!(ready.report().await.failing, ["tables"]);
    }

    #[tokio::test]
    async fn a_draining_process_is_not_ready() {
        let ready = Readiness::default();
        ready.drain();
        assert!(!ready.report().await.ready);
    }

    #[tokio::test]
    async fn causes_are_for_operators_only() {
        let ready = Readiness::default();
        ready.add("search", Need::Soft, || async {
            Err("disk /x is gone".into())
        });
        let report = ready.report().await;
        let told = serde_json::to_string(&report).unwrap();
        assert!(told.contains(r#""causes":{"search":"disk /x is gone"}"#));
        let told = serde_json::to_string(&report.public()).unwrap();
        assert_eq!(told, r#"{"ready":true,"failing":[],"degraded":["search"]}"#);
    }

    /// Where the log of a test goes.
    #[derive(Clone, Debug, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Log {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    #[tokio::test]
    async fn a_cause_is_logged_once_per_change_and_not_per_probe() {
        let log = Log::default();
        let lines = tracing_subscriber::fmt().with_writer(log.clone());
        let _guard = tracing::subscriber::set_default(lines.with_ansi(false).finish());
        let ready = Readiness::default();
        let say = |cause: Option<&'static str>| {
            ready.add("outbox", Need::Soft, move || async move {
                cause.map_or(Ok(()), |cause| Err(cause.to_owned()))
            });
        };
        let causes = [Some("7 events wait"), Some("9 events wait"), None];
        for cause in causes.into_iter().chain([Some("the disk is full")]) {
            say(cause);
            for _ in 0..3 {
                ready.report().await;
            }
        }
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = log.lines().collect();
        assert_eq!(lines.len(), 3, "{log}");
        assert!(lines[0].contains("7 events wait") && lines[1].contains("passes again"));
        assert!(lines[2].contains("the disk is full"), "{log}");
    }
}
