//! Jobs by the clock: of several processes one runs a job at a time, each turn once.
//!
//! A row per job says when it runs next, who runs it and how it went. Whoever is first when the time has come takes
//! the job's lease, renews it while the job runs, and writes when it is due again: its period after its end, so that
//! turns that were missed, because nothing ran or the clock was put on, are made up for by one. A time that lies
//! farther ahead than the period allows is one that a clock which was put back has left: it counts as come. A process
//! that is killed leaves its lease to run out; one that has lost it stops what it is doing.
//!
//! Jobs of a few seconds keep their lease from turn to turn, and write how it went when they renew it: two
//! transactions a second would be too much for nothing to do.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt as _;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sv_kernel::{BoxError, Ctx, Pulse, Timestamp, causes};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{JobOptions, PAUSE, SLACK, cut, heard_news, holder, micros, said, while_leased};
use crate::{Db, StoreError, Tx, db::News};

/// A job that pauses for less keeps its lease between two turns. Of what others ask meanwhile it hears with its next turn
/// only, so it is not for jobs that somebody would wait for.
const KEPT: Duration = Duration::from_secs(4);

/// The pause after the first failure; it doubles with each further one, up to the period.
const RETRY: Duration = Duration::from_secs(30);
/// How much later than its period a job may come before it counts as missing.
const LATE: Duration = Duration::from_mins(1);

/// A job as its row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockJob {
    /// Its name within the service.
    pub name: String,
    /// How long it pauses between two turns.
    pub period: Duration,
    /// Who runs it, or ran it last: `<host>/<process id>`.
    pub holder: String,
    /// Until when nobody else may run it.
    pub leased_until: Timestamp,
    /// When its last turn began.
    pub started_at: Option<Timestamp>,
    /// When its last turn ended that came to an end.
    pub ended_at: Option<Timestamp>,
    /// When it last succeeded.
    pub succeeded_at: Option<Timestamp>,
    /// When it last failed.
    pub failed_at: Option<Timestamp>,
    /// Why it last failed; empty where it never has.
    pub error: String,
    /// When it runs next.
    pub next_at: Timestamp,
    /// Its turns that came to an end.
    pub runs: u64,
    /// Failures since its last success.
    pub failures: u32,
    /// Turns that never came to an end, because their process did.
    pub interrupted: u64,
}

impl ClockJob {
    /// Says whether somebody runs it now.
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.started_at > self.ended_at && self.leased_until > now
    }

    /// Returns by how much it is late.
    pub fn lag(&self, now: Timestamp) -> Duration {
        if self.is_running(now) {
            Duration::ZERO
        } else {
            now.since(self.next_at)
        }
    }

    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        let time = |column: &str| {
            let at: Option<i64> = row.try_get("", column)?;
            Ok::<_, StoreError>(at.map(Timestamp::from_micros))
        };
        let number = |column: &str| {
            let number: i64 = row.try_get("", column)?;
            Ok::<_, StoreError>(u64::try_from(number).unwrap_or(0))
        };
        Ok(Self {
            name: row.try_get("", "name")?,
            period: Duration::from_micros(number("period")?),
            holder: row.try_get("", "holder")?,
            leased_until: Timestamp::from_micros(row.try_get("", "leased_until")?),
            started_at: time("started_at")?,
            ended_at: time("ended_at")?,
            succeeded_at: time("succeeded_at")?,
            failed_at: time("failed_at")?,
            error: row.try_get("", "error")?,
            next_at: Timestamp::from_micros(row.try_get("", "next_at")?),
            runs: number("runs")?,
            failures: u32::try_from(number("failures")?).unwrap_or(u32::MAX),
            interrupted: number("interrupted")?,
        })
    }
}

/// The most jobs that a service has.
const MOST_JOBS: u64 = 100;

/// The columns by name: a prepared `*` fails for good once a later release has added one beneath this process.
macro_rules! columns {
    () => {
        "name, period, holder, leased_until, started_at, ended_at, succeeded_at, failed_at, error, next_at, runs, \
         failures, interrupted"
    };
}

/// Lists a service's jobs by their names.
pub async fn list(db: &Db) -> Result<Vec<ClockJob>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM clock_jobs ORDER BY name LIMIT $1"
    );
    let statement = Statement::from_sql_and_values(db.backend(), sql, [Value::from(MOST_JOBS)]);
    let rows = db.read().query_all_raw(statement).await?;
    rows.iter().map(ClockJob::read).collect()
}

async fn find(db: &Db, name: &str) -> Result<Option<ClockJob>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM clock_jobs WHERE name = $1");
    let statement = Statement::from_sql_and_values(db.backend(), sql, [Value::from(name)]);
    let row = db.read().query_one_raw(statement).await?;
    row.as_ref().map(ClockJob::read).transpose()
}

/// What became of asking for a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It runs as soon as somebody looks: at once where the process that is asked runs it.
    Due(ClockJob),
    /// It runs now.
    Running(ClockJob),
    /// There is no such job.
    Unknown,
}

/// Has a job run now. Asked again before it has begun, it still runs once.
pub async fn ask(db: &Db, ctx: &Ctx, name: &str, now: Timestamp) -> Result<Asked, StoreError> {
    let tx = db.begin(ctx).await?;
    // The row's lock: between the question and the answer it does not begin.
    let sql = concat!(
        "UPDATE clock_jobs SET token = token WHERE name = $1 RETURNING ",
        columns!()
    );
    let row = tx.row(sql, [name.into()]).await?;
    let Some(job) = row.as_ref().map(ClockJob::read).transpose()? else {
        return Ok(Asked::Unknown);
    };
    if job.is_running(now) {
        return Ok(Asked::Running(job));
    }
    demand(&tx, name, now).await?;
    tx.commit().await?;
    let next_at = job.next_at.min(now);
    Ok(Asked::Due(ClockJob { next_at, ..job }))
}

/// Remembers that a turn is wanted: the next one, or one more where one is under way.
async fn demand(tx: &Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE clock_jobs SET asked_at = $1,
                 next_at = CASE WHEN next_at > $1 THEN $1 ELSE next_at END
               WHERE name = $2";
    tx.run(sql, [now.micros().into(), name.into()]).await?;
    tx.mark_news(News::Jobs);
    Ok(())
}

/// Runs one job of a service together with the same job in other processes.
#[derive(Debug)]
pub struct Clockwork {
    db: Db,
    ctx: Ctx,
    name: String,
    period: Duration,
    options: JobOptions,
    pulse: Pulse,
    /// The turns of other processes that the pulse has heard of.
    heard: (Option<Timestamp>, Option<Timestamp>),
    /// A turn that could not be written yet.
    unwritten: Option<(Held, Outcome)>,
}

/// How a turn went, or why it failed.
type Outcome = Result<(), String>;

/// The lease as the process has it that holds it.
#[derive(Clone, Debug)]
struct Held {
    token: i64,
    renewed: Instant,
    /// When the last turn began.
    started: Timestamp,
    /// When the next turn is due, where the lease is kept until then.
    due: Timestamp,
    failures: u32,
    /// Turns that are not written yet.
    runs: i64,
    /// The row says that a turn is under way.
    shown: bool,
}

/// How a turn ended.
enum End {
    Done(Outcome),
    /// Somebody else may run the job by now.
    Lost,
}

impl Clockwork {
    /// Makes the job `name` of a service with pauses of `period`; `ctx` is that of its background work.
    pub fn new(db: Db, ctx: Ctx, name: impl Into<String>, period: Duration) -> Self {
        Self {
            options: JobOptions::of(&db),
            db,
            ctx,
            name: name.into(),
            period,
            pulse: Pulse::default(),
            heard: (None, None),
            unwritten: None,
        }
    }

    /// Has it go by other leases or another clock.
    #[must_use]
    pub fn with(mut self, options: JobOptions) -> Self {
        self.options = options;
        self
    }

    /// Tells a pulse how it goes, wherever it runs.
    #[must_use]
    pub fn watched_by(mut self, pulse: Pulse) -> Self {
        self.pulse = pulse;
        self
    }

    fn labels(&self) -> [(&'static str, String); 1] {
        [("task", format!("{}.{}", self.db.service(), self.name))]
    }

    /// Says whether the lease is kept between two turns.
    fn keeps(&self) -> bool {
        self.period < self.options.renewal().min(KEPT)
    }

    /// Takes turns until `stop` is cancelled, and one whenever what `wake` makes ends. A turn that has begun then is
    /// ended before.
    pub async fn run<W, G, M, F>(mut self, stop: CancellationToken, mut wake: W, mut job: M)
    where
        W: FnMut() -> G + Send,
        G: Future<Output = ()> + Send,
        M: FnMut() -> F + Send,
        F: Future<Output = Result<(), BoxError>> + Send,
    {
        self.pulse.expect_every(self.period * 2 + LATE);
        let labels = self.labels();
        metrics::counter!("streamverse_job_runs_total", &labels).increment(0);
        metrics::counter!("streamverse_job_failures_total", &labels).increment(0);
        metrics::counter!("streamverse_job_lost_total", &labels).increment(0);
        drop(metrics::histogram!(
            "streamverse_job_duration_seconds",
            &labels
        ));
        metrics::gauge!("streamverse_job_period_seconds", &labels).set(self.period.as_secs_f64());
        metrics::gauge!("streamverse_job_lag_seconds", &labels).set(0.0);
        let mut news = self.db.news(News::Jobs);
        let mut registered = false;
        let mut held = None;
        while !stop.is_cancelled() {
            if !registered {
                registered = self.told(self.register().await).is_some();
            }
            let wait = if registered {
                self.turn(&mut held, &mut job).await
            } else {
                PAUSE
            };
            let woken = tokio::select! {
                () = stop.cancelled() => break,
                () = sleep(wait) => false,
                () = heard_news(&mut news) => false,
                () = wake() => true,
            };
            if woken && self.told(self.demand().await).is_some() {
                // What this process asks for it does not wait for.
                if let Some(held) = &mut held {
                    Held::make_due(held, self.options.now());
                }
            }
        }
        let left = match (self.unwritten.take(), held) {
            (Some((held, outcome)), _) => Some((held, Some(outcome))),
            (None, held) => held.map(|held| (held, None)),
        };
        if let Some((held, outcome)) = left
            && let Err(error) = self.end(&held, outcome.as_ref(), false).await
        {
            tracing::warn!(job = self.name, %error, "the lease of a job runs out by itself");
        }
    }

    /// Takes a turn if it is time, and says how long to wait for the next look.
    async fn turn<M, F>(&mut self, held: &mut Option<Held>, job: &mut M) -> Duration
    where
        M: FnMut() -> F + Send,
        F: Future<Output = Result<(), BoxError>> + Send,
    {
        if let Some((ended, outcome)) = self.unwritten.take() {
            let written = self.end(&ended, Some(&outcome), false).await;
            if self.told(written).is_none() {
                self.unwritten = Some((ended, outcome));
                return PAUSE;
            }
        }
        let now = self.options.now();
        let kept = held.as_ref().filter(|held| {
            // With time for the first renewal.
            held.renewed.elapsed() < self.options.renewal() * 2
        });
        let claimed = match kept {
            Some(kept) if kept.due > now && kept.due <= now + self.period + SLACK => {
                return self.bounded(kept.due.since(now));
            }
            Some(kept) => Some(kept.clone()),
            None => {
                let mine = held.take().map_or(-1, |held| held.token);
                let looked = self.claim(mine).await;
                match self.told(looked) {
                    None => return PAUSE,
                    Some(Err(wait)) => return self.bounded(wait),
                    Some(Ok(claimed)) => Some(claimed),
                }
            }
        };
        let Some(mut claimed) = claimed else {
            return PAUSE;
        };
        let begin = Instant::now();
        let labels = self.labels();
        let ended = self.work(&mut claimed, async { job().await }).await;
        metrics::histogram!("streamverse_job_duration_seconds", &labels)
            .record(begin.elapsed().as_secs_f64());
        let End::Done(outcome) = ended else {
            metrics::counter!("streamverse_job_lost_total", &labels).increment(1);
            self.pulse.failed("another process has taken the job over");
            return PAUSE;
        };
        metrics::counter!("streamverse_job_runs_total", &labels).increment(1);
        match &outcome {
            Ok(()) => self.pulse.succeeded(),
            Err(cause) => {
                metrics::counter!("streamverse_job_failures_total", &labels).increment(1);
                tracing::warn!(job = self.name, cause, "job waits for its next turn");
                self.pulse.failed(cause.clone());
            }
        }
        self.settle(held, claimed, outcome).await
    }

    /// Runs a turn and renews its lease meanwhile.
    async fn work(
        &self,
        claimed: &mut Held,
        turn: impl Future<Output = Result<(), BoxError>> + Send,
    ) -> End {
        let (token, started) = (claimed.token, self.options.now());
        let renew = || self.renew(token, started);
        let turn = AssertUnwindSafe(turn).catch_unwind();
        let leased = while_leased(&self.options, claimed.renewed, renew, turn).await;
        let Some((ended, last)) = leased else {
            return End::Lost;
        };
        claimed.shown |= last != claimed.renewed;
        claimed.renewed = last;
        claimed.started = started;
        claimed.runs += 1;
        End::Done(match ended {
            Ok(Ok(())) => Ok(()),
            Ok(Err(cause)) => Err(causes(&*cause)),
            Err(panic) => Err(format!("it panicked: {}", said(&*panic))),
        })
    }

    /// Writes how a turn went, or keeps it with the lease, and says how long to wait.
    async fn settle(
        &mut self,
        held: &mut Option<Held>,
        mut claimed: Held,
        outcome: Outcome,
    ) -> Duration {
        let failed_before = claimed.failures > 0;
        claimed.failures = match outcome {
            Ok(()) => 0,
            Err(_) => claimed.failures.saturating_add(1),
        };
        let pause = self.pause(claimed.failures);
        claimed.due = self.options.now() + pause;
        let is_news = outcome.is_err() || failed_before || claimed.shown;
        if self.keeps() && !is_news && claimed.renewed.elapsed() < self.options.renewal() {
            *held = Some(claimed);
            return self.bounded(pause);
        }
        let asked = Instant::now();
        let keep = self.keeps();
        let written = self.end(&claimed, Some(&outcome), keep).await;
        match self.told(written) {
            Some(true) if keep => {
                claimed.renewed = asked;
                claimed.runs = 0;
                claimed.shown = false;
                *held = Some(claimed);
                self.bounded(pause)
            }
            // Somebody may have asked for another turn.
            Some(_) => Duration::ZERO,
            None => {
                self.unwritten = Some((claimed, outcome));
                PAUSE
            }
        }
    }

    /// Returns the pause after so many failures.
    fn pause(&self, failures: u32) -> Duration {
        match failures.checked_sub(1) {
            None => self.period,
            Some(further) => self.period.min(RETRY * (1 << further.min(16))),
        }
    }

    /// How long to wait for a look: no longer than the clock may be trusted.
    fn bounded(&self, wait: Duration) -> Duration {
        wait.clamp(Duration::from_millis(1), self.options.look_every(&self.db))
    }

    /// Tells the pulse what went wrong with the tables, and that they are well again: the next turn, which would say so,
    /// may be hours away.
    fn told<T>(&self, result: Result<T, StoreError>) -> Option<T> {
        match result {
            Ok(value) => {
                self.pulse.worry("tables", None);
                Some(value)
            }
            Err(error) => {
                tracing::warn!(
                    job = self.name,
                    error = &error as &dyn std::error::Error,
                    "a job cannot look at its row"
                );
                self.pulse.worry("tables", Some(causes(&error)));
                None
            }
        }
    }

    /// Makes the job known. Only a shorter period brings its next turn nearer: a process that was slow to come here
    /// would have a turn taken again that others have taken meanwhile.
    async fn register(&self) -> Result<(), StoreError> {
        let next = self.options.now() + self.period;
        let tx = self.db.begin(&self.ctx).await?;
        let sql = "INSERT INTO clock_jobs
                     (name, period, token, holder, leased_until, next_at, error, runs, failures, interrupted)
                   VALUES ($1, $2, 0, '', 0, $3, '', 0, 0, 0)
                   ON CONFLICT (name) DO UPDATE SET period = excluded.period,
                     next_at = CASE WHEN excluded.period < clock_jobs.period
                         AND excluded.next_at < clock_jobs.next_at
                       THEN excluded.next_at ELSE clock_jobs.next_at END";
        let values = [
            self.name.as_str().into(),
            micros(self.period).into(),
            next.micros().into(),
        ];
        tx.run(sql, values).await?;
        tx.commit().await
    }

    async fn demand(&self) -> Result<(), StoreError> {
        let tx = self.db.begin(&self.ctx).await?;
        demand(&tx, &self.name, self.options.now()).await?;
        tx.commit().await
    }

    /// Takes the lease if the job is due and nobody has it, or says how long to wait.
    async fn claim(&mut self, mine: i64) -> Result<Result<Held, Duration>, StoreError> {
        let Some(job) = find(&self.db, &self.name).await? else {
            self.register().await?;
            return Ok(Err(Duration::ZERO));
        };
        self.hear_of(&job);
        let now = self.options.now();
        let (until, last) = (now + self.options.lease, now + self.options.lease + SLACK);
        let latest = now + self.period + SLACK;
        let is_free = job.leased_until <= now || job.leased_until > last;
        let is_due = job.next_at <= now || job.next_at > latest;
        if mine < 0 && !(is_free && is_due) {
            let free = job.leased_until.max(job.next_at);
            return Ok(Err(free.since(now)));
        }
        let tx = self.db.begin(&self.ctx).await?;
        let sql = "UPDATE clock_jobs SET token = token + 1, holder = $1, leased_until = $2, started_at = $3,
                     asked_at = NULL,
                     interrupted = interrupted + CASE
                       WHEN started_at IS NOT NULL AND (ended_at IS NULL OR ended_at < started_at)
                         AND token <> $7 THEN 1 ELSE 0 END
                   WHERE name = $4 AND (leased_until <= $3 OR leased_until > $5 OR token = $7)
                     AND (next_at <= $3 OR next_at > $6)
                   RETURNING token";
        let values = [
            holder().into(),
            until.micros().into(),
            now.micros().into(),
            self.name.as_str().into(),
            last.micros().into(),
            latest.micros().into(),
            mine.into(),
        ];
        let asked = Instant::now();
        let row = tx.row(sql, values).await?;
        let token = row.map(|row| row.try_get("", "token")).transpose()?;
        tx.commit().await?;
        let Some(token) = token else {
            return Ok(Err(self.options.look_every(&self.db)));
        };
        let labels = self.labels();
        metrics::gauge!("streamverse_job_lag_seconds", &labels)
            .set(now.since(job.next_at).as_secs_f64());
        Ok(Ok(Held {
            token,
            renewed: asked,
            started: now,
            due: now,
            failures: job.failures,
            runs: 0,
            shown: true,
        }))
    }

    /// Makes the lease last while the turn does that began at `started`.
    async fn renew(&self, token: i64, started: Timestamp) -> Result<bool, StoreError> {
        let until = self.options.now() + self.options.lease;
        let tx = self.db.begin(&self.ctx).await?;
        let sql = "UPDATE clock_jobs SET leased_until = $1, started_at = $2
                   WHERE name = $3 AND token = $4";
        let values = [
            until.micros().into(),
            started.micros().into(),
            self.name.as_str().into(),
            token.into(),
        ];
        let kept = tx.run(sql, values).await? > 0;
        tx.commit().await?;
        Ok(kept)
    }

    /// Writes how turns went, and gives the lease back unless it is kept. `false` where somebody else has it.
    async fn end(
        &self,
        held: &Held,
        outcome: Option<&Outcome>,
        keep: bool,
    ) -> Result<bool, StoreError> {
        let now = self.options.now();
        let until = if keep {
            (now + self.options.lease).micros()
        } else {
            0
        };
        let tx = self.db.begin(&self.ctx).await?;
        let sql = "UPDATE clock_jobs SET leased_until = $1, asked_at = NULL, runs = runs + $3, failures = $4,
                     started_at = CASE WHEN $5 = 0 THEN started_at ELSE $10 END,
                     ended_at = CASE WHEN $5 = 0 THEN ended_at ELSE $2 END,
                     succeeded_at = CASE WHEN $5 = 1 THEN $2 ELSE succeeded_at END,
                     failed_at = CASE WHEN $5 = 2 THEN $2 ELSE failed_at END,
                     error = CASE WHEN $5 = 2 THEN $6 ELSE error END,
                     next_at = CASE WHEN asked_at IS NULL THEN $7 ELSE $2 END
                   WHERE name = $8 AND token = $9";
        // What is kept until the end has succeeded: a failure is written at once.
        let (how, cause) = match outcome {
            Some(Err(cause)) => (2, cut(cause)),
            None if held.runs == 0 => (0, String::new()),
            Some(Ok(())) | None => (1, String::new()),
        };
        let values: [Value; 10] = [
            until.into(),
            now.micros().into(),
            held.runs.into(),
            i64::from(held.failures).into(),
            i64::from(how).into(),
            cause.into(),
            held.due.micros().into(),
            self.name.as_str().into(),
            held.token.into(),
            held.started.micros().into(),
        ];
        let written = tx.run(sql, values).await? > 0;
        tx.commit().await?;
        Ok(written)
    }

    /// Tells the pulse of turns that other processes took.
    fn hear_of(&mut self, job: &ClockJob) {
        let heard = (job.succeeded_at, job.failed_at);
        let before = std::mem::replace(&mut self.heard, heard);
        if heard.0 > before.0 {
            self.pulse.succeeded();
        }
        if heard.1 > before.1 && job.failures > 0 {
            self.pulse.failed(job.error.clone());
        }
    }
}

impl Held {
    fn make_due(&mut self, now: Timestamp) {
        self.due = self.due.min(now);
    }
}
