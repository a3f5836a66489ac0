//! Work that is done once over all processes, in the service's own tables (SCHD-1).
//!
//! - [`clock`]: jobs by the clock. Each has a row; whoever holds its lease runs it.
//! - [`queue`]: work that a call or a job leaves to be done in pieces: leased, tried again with growing pauses,
//!   dead after so many tries.

pub mod clock;
pub mod queue;

use std::{
    any::Any,
    fs,
    sync::{Arc, OnceLock},
    time::Duration,
};

use sea_orm::DbBackend;
use sv_kernel::{Clock, Ctx, SystemClock, Timestamp};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::{Db, StoreError};

/// How far the clocks of processes may lie apart before one does not believe what another has written: nothing
/// lies farther ahead than its period or lease allows, unless a clock was put back.
const SLACK: Duration = Duration::from_mins(1);
/// The pause after the tables have failed.
const PAUSE: Duration = Duration::from_secs(1);
/// How often tables are looked at that other processes write, while these say what they have left to be done.
const SELDOM: Duration = Duration::from_secs(5);
/// The most characters that are kept of why something failed.
const MOST_CAUSE: usize = 1_000;

/// How often the tables are looked at, and how long a lease lasts.
#[derive(Clone, Debug)]
pub struct JobOptions {
    /// How long a process that was killed keeps others from its job or piece of work.
    pub lease: Duration,
    /// How often it is looked whether there is something to do.
    pub poll: Duration,
    /// Tells real time, by which leases and turns go.
    pub clock: Arc<dyn Clock>,
    /// No other process writes these tables: what one that ended has left behind is free at once, and nobody can
    /// take anything over.
    pub alone: bool,
}

impl JobOptions {
    /// Returns what suits a service's tables: files belong to one process.
    pub fn of(db: &Db) -> Self {
        let alone = db.backend() == DbBackend::Sqlite;
        Self {
            // Nobody waits for what nobody else can take over, and a lease that is renewed is written.
            lease: Duration::from_secs(if alone { 60 } else { 10 }),
            // Where nobody else writes the tables, what is written wakes who waits; looking is for clocks that jump.
            poll: Duration::from_secs(if alone { 15 } else { 1 }),
            clock: Arc::new(SystemClock),
            alone,
        }
    }

    /// The same by another clock.
    #[must_use]
    pub fn by(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// How often the tables are looked at now.
    fn look_every(&self, db: &Db) -> Duration {
        if !self.alone && db.hears_others() {
            self.poll.max(SELDOM)
        } else {
            self.poll
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// After how long a lease is renewed.
    fn renewal(&self) -> Duration {
        self.lease / 3
    }
}

/// Frees what the last process on these tables held, where they belong to one process alone, as files do. To be called
/// before any job of the service starts.
pub async fn free_all(db: &Db, ctx: &Ctx) -> Result<(), StoreError> {
    if db.backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let tx = db.begin(ctx).await?;
    tx.run(
        "UPDATE clock_jobs SET leased_until = 0 WHERE leased_until > 0",
        [],
    )
    .await?;
    tx.run(
        "UPDATE work_items SET leased_until = 0 WHERE leased_until > 0",
        [],
    )
    .await?;
    tx.commit().await
}

/// Says which process this is, for people: `<host>/<process id>`.
fn holder() -> &'static str {
    static HOLDER: OnceLock<String> = OnceLock::new();
    HOLDER.get_or_init(|| {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host: String = host.trim().chars().take(100).collect();
        format!("{host}/{}", std::process::id())
    })
}

/// Returns as much of a cause as is kept.
fn cut(cause: &str) -> String {
    cause.chars().take(MOST_CAUSE).collect()
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Does a turn while its lease is renewed, and says when that was last done. `None` where somebody else may have the
/// lease by now: then the turn is given up.
async fn while_leased<T, R, F>(
    options: &JobOptions,
    renewed: Instant,
    renew: R,
    turn: impl Future<Output = T> + Send,
) -> Option<(T, Instant)>
where
    R: Fn() -> F + Send,
    F: Future<Output = Result<bool, StoreError>> + Send,
{
    let renewed = watch::Sender::new(renewed);
    let beat = async {
        loop {
            let last = *renewed.borrow();
            sleep_until(last + options.renewal()).await;
            let asked = Instant::now();
            match timeout(options.renewal(), renew()).await {
                Ok(Ok(true)) => {
                    renewed.send_replace(asked);
                }
                // Where nobody else is, nobody has it: only the tables are slow.
                _ if options.alone => sleep(PAUSE).await,
                Ok(Ok(false)) => return,
                _ if last.elapsed() >= options.lease => return,
                _ => sleep(PAUSE.min(options.renewal())).await,
            }
        }
    };
    // Both go on at once: on SQLite the turn may hold the only connection that writes.
    tokio::select! {
        done = turn => Some((done, *renewed.borrow())),
        () = beat => None,
    }
}

/// Waits for a commit that has left something to do.
pub(crate) async fn heard_news(news: &mut watch::Receiver<u64>) {
    if news.changed().await.is_err() {
        // The tables are closed.
        std::future::pending::<()>().await;
    }
}

/// Returns what a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a word")
}
