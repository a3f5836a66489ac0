//! Work that waits: what a call or a job leaves to be done, piece by piece, after its transaction.
//!
//! An [item](Work) is written in the transaction of the change that makes it necessary, under a key: asked for
//! again, it is still one, and one that is being done then is done once more. Of several processes one does it, while
//! it renews its lease. What fails is tried again, with pauses that grow and are not the same for all; after so many
//! tries it is dead, with the cause, until an administrator has it tried again or deletes it. Tenants take turns, so
//! that nobody waits for all that somebody else has left; among those of one tenant, the higher priority comes first.
//!
//! A piece of work is of bounded size: what is larger says [`Step::More`] and where it goes on. What waits for an
//! instant says [`Step::Later`].
//!
//! Work is due by real time, as leases are, whatever the tenant's clock shows: what is due by business time is decided by
//! whoever leaves it or does it, who has that clock.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::PoisonError, time::Duration};

use futures::{FutureExt as _, future::join_all};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sv_kernel::{Ctx, Entropy as _, Pulse, SystemEntropy, Tenant, Timestamp, causes};
use tokio::{
    sync::{Mutex, Notify, watch},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{JobOptions, PAUSE, SLACK, cut, heard_news, holder, said, while_leased};
use crate::{Db, StoreError, Tx, db::News};

/// The longest that a worker is silent though it has nothing to do.
const SILENCE: Duration = Duration::from_mins(1);
/// How long dead work is kept for somebody to look at it.
pub const KEEP_DEAD: Duration = Duration::from_hours(24 * 30);
/// Dead work that is deleted in one transaction.
const FORGET_BATCH: i64 = 500;

/// Work that shall be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Which worker does it.
    pub kind: &'static str,
    /// What it is about: of a kind and a tenant there is one item for each.
    pub key: String,
    /// The higher comes first.
    pub priority: i32,
    /// What the worker has to know.
    pub payload: Vec<u8>,
}

/// Returns which of some keys have work of a kind that waits, is being done, or failed for good: what is not yet as
/// it shall be.
pub async fn undone(
    db: &Db,
    tenant: &Tenant,
    kind: &'static str,
    keys: &[String],
) -> Result<Vec<String>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (3..keys.len() + 3).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT key FROM work_items WHERE tenant = $1 AND kind = $2 AND key IN ({})",
        places.join(", ")
    );
    let mut values = vec![tenant.as_str().into(), kind.into()];
    values.extend(keys.iter().map(|key| sea_orm::Value::from(key.as_str())));
    let statement = Statement::from_sql_and_values(db.backend(), sql, values);
    let rows = db.read().query_all_raw(statement).await?;
    let keys = rows.iter().map(|row| row.try_get("", "key"));
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Leaves work to be done after the commit. Where the same waits already, dead or alive, it has its tries anew; where
/// it is being done, it is done once more.
pub async fn enqueue(tx: &Tx, ctx: &Ctx, work: Work) -> Result<(), StoreError> {
    let now = ctx.real_now().micros();
    let sql = "INSERT INTO work_items (id, tenant, kind, key, asked, priority, payload, attempts, due_at, token,
                 holder, leased_until, created_at, cause)
               VALUES ($1, $2, $3, $4, 0, $5, $6, 0, $7, 0, '', 0, $7, '')
               ON CONFLICT (tenant, kind, key) DO UPDATE SET asked = work_items.asked + 1,
                 priority = excluded.priority, payload = excluded.payload, attempts = 0, due_at = excluded.due_at,
                 dead_at = NULL, cause = ''";
    let values = [
        ctx.new_id::<Work>().uuid().into(),
        ctx.tenant.as_str().into(),
        work.kind.into(),
        work.key.into(),
        i64::from(work.priority).into(),
        work.payload.into(),
        now.into(),
    ];
    tx.run(sql, values).await?;
    let sql = "INSERT INTO work_turns (kind, tenant, served) VALUES ($1, $2, 0)
               ON CONFLICT (kind, tenant) DO NOTHING";
    tx.run(sql, [work.kind.into(), ctx.tenant.as_str().into()])
        .await?;
    tx.mark_news(News::Work);
    Ok(())
}

/// What became of a piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// All of it is done.
    Done,
    /// A part is done; it goes on with what this says, after others had their turn.
    More(Vec<u8>),
    /// What could be done now is done; it goes on with what it had at an instant of real time, or as soon as it is
    /// asked for again.
    Later(Timestamp),
}

/// A piece of work as its worker is handed it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub tenant: Tenant,
    /// What it is about.
    pub key: String,
    /// What was said of it, or where the part before left it.
    pub payload: Vec<u8>,
    /// Which try of this part it is, from 1.
    pub attempt: u32,
    token: i64,
    asked: i64,
}

impl Item {
    /// Writes what became of it in the transaction of its effect, so that both are there or neither. Not needed
    /// where a part that is done twice does no harm.
    ///
    /// Fails with [`StoreError::Taken`] where the lease was lost.
    pub async fn settle(&self, tx: &Tx, ctx: &Ctx, step: &Step) -> Result<(), StoreError> {
        let (id, token) = (self.id, self.token);
        let same = match step {
            Step::Done => {
                let sql = "DELETE FROM work_items WHERE id = $1 AND token = $2 AND asked = $3";
                tx.run(sql, [id.into(), token.into(), self.asked.into()])
                    .await?
            }
            Step::More(rest) => {
                let sql = "UPDATE work_items SET payload = $1, attempts = 0, leased_until = 0, token = token + 1,
                             due_at = $2, cause = ''
                           WHERE id = $3 AND token = $4 AND asked = $5";
                let values = [
                    rest.clone().into(),
                    ctx.real_now().micros().into(),
                    id.into(),
                    token.into(),
                    self.asked.into(),
                ];
                tx.run(sql, values).await?
            }
            Step::Later(at) => {
                let sql = "UPDATE work_items SET attempts = 0, leased_until = 0, token = token + 1, due_at = $1,
                             cause = ''
                           WHERE id = $2 AND token = $3 AND asked = $4";
                let at = at.micros().into();
                tx.run(sql, [at, id.into(), token.into(), self.asked.into()])
                    .await?
            }
        };
        if same > 0 {
            return Ok(());
        }
        // Asked for again meanwhile: all of it is done once more.
        let sql = "UPDATE work_items SET leased_until = 0, token = token + 1 WHERE id = $1 AND token = $2";
        let anew = tx.run(sql, [id.into(), token.into()]).await?;
        if anew > 0 {
            Ok(())
        } else {
            Err(StoreError::Taken)
        }
    }
}

/// How a worker goes about its work.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// Leases and looks.
    pub jobs: JobOptions,
    /// How often a part is tried before it is dead.
    pub tries: u32,
    /// The first and the longest pause after a failure.
    pub backoff: (Duration, Duration),
}

impl WorkerOptions {
    /// Returns what suits a service's tables.
    pub fn of(db: &Db) -> Self {
        Self {
            jobs: JobOptions::of(db),
            tries: 10,
            backoff: (Duration::from_secs(1), Duration::from_mins(5)),
        }
    }

    /// Returns the pause after so many tries: between half and all of one that doubles.
    fn pause(&self, attempt: u32) -> Duration {
        let (first, longest) = self.backoff;
        let doubled = first.saturating_mul(1 << attempt.saturating_sub(1).min(20));
        let pause = doubled.min(longest);
        let mut random = [0; 2];
        SystemEntropy.fill(&mut random);
        pause / 2 + pause / 2 * u32::from(u16::from_le_bytes(random)) / u32::from(u16::MAX)
    }
}

/// Does the work of one kind together with the workers of other processes.
#[derive(Debug)]
pub struct Worker {
    db: Db,
    ctx: Ctx,
    kind: &'static str,
    options: WorkerOptions,
    pulse: Pulse,
}

/// Which tenants have how many of a worker's hands.
struct Shares {
    hands: usize,
    held: std::sync::Mutex<BTreeMap<Tenant, usize>>,
    /// A hand is free again.
    given_back: Notify,
}

/// A hand that a tenant has until this is dropped.
struct Share<'a> {
    of: &'a Shares,
    tenant: Tenant,
}

impl Shares {
    fn of(hands: usize) -> Self {
        Self {
            hands,
            held: std::sync::Mutex::default(),
            given_back: Notify::new(),
        }
    }

    /// Lists the tenants that have as many hands as are free, or more: none of those is for them.
    fn spent(&self) -> Vec<Tenant> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.hands.saturating_sub(held.values().sum::<usize>());
        let spent = held.iter().filter(|(_, held)| **held >= free);
        spent.map(|(tenant, _)| tenant.clone()).collect()
    }

    fn take(&self, tenant: &Tenant) -> Share<'_> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held.entry(tenant.clone()).or_default() += 1;
        Share {
            of: self,
            tenant: tenant.clone(),
        }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut all = self.of.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = all.get_mut(&self.tenant) {
            *held -= 1;
            if *held == 0 {
                all.remove(&self.tenant);
            }
        }
        drop(all);
        self.of.given_back.notify_one();
    }
}

/// What a look for work came to.
enum Found {
    Item(Item),
    /// Somebody else was first; there may be more.
    Again,
    Nothing,
}

impl Worker {
    /// Makes a worker; `ctx` is that of the service's background work.
    pub fn new(db: Db, ctx: Ctx, kind: &'static str) -> Self {
        Self {
            options: WorkerOptions::of(&db),
            db,
            ctx,
            kind,
            pulse: Pulse::default(),
        }
    }

    /// Has it go by other bounds.
    #[must_use]
    pub fn with(mut self, options: WorkerOptions) -> Self {
        self.options = options;
        self
    }

    /// Tells a pulse how it goes.
    #[must_use]
    pub fn watched_by(mut self, pulse: Pulse) -> Self {
        self.pulse = pulse;
        self
    }

    /// Does what waits until `stop` is cancelled: nothing is begun then, and what is begun is ended before.
    pub async fn run<M, F>(self, stop: CancellationToken, mut handle: M)
    where
        M: FnMut(Ctx, Item) -> F + Send,
        F: Future<Output = sv_kernel::Result<Step>> + Send,
    {
        let (mut news, shares) = (self.begin(), Shares::of(1));
        while let Some((item, claimed)) = self.next(&stop, &mut news, &shares).await {
            self.work(item, claimed, &mut handle).await;
        }
    }

    /// Does the same with up to `hands` pieces at a time, for work that waits for others more than it does itself. One
    /// hand at a time looks for a piece. A tenant has as many hands at most as are free beside them: half of all by
    /// itself, and however many tenants leave work that takes long, some are free for another.
    pub async fn run_with<M, F>(self, hands: usize, stop: CancellationToken, handle: M)
    where
        M: Fn(Ctx, Item) -> F + Send + Sync,
        F: Future<Output = sv_kernel::Result<Step>> + Send,
    {
        let (lookout, shares) = (Mutex::new(self.begin()), Shares::of(hands));
        let hand = || async {
            loop {
                let (share, found) = {
                    let mut news = lookout.lock().await;
                    let found = self.next(&stop, &mut news, &shares).await;
                    let Some((item, claimed)) = found else { return };
                    // Before another looks.
                    (shares.take(&item.tenant), (item, claimed))
                };
                let (item, claimed) = found;
                self.work(item, claimed, &mut &handle).await;
                drop(share);
            }
        };
        join_all((0..hands).map(|_| hand())).await;
    }

    /// Shows that there is a worker, and returns what tells it of work.
    fn begin(&self) -> watch::Receiver<u64> {
        self.pulse.expect_every(SILENCE + self.options.jobs.poll);
        let labels = self.labels();
        metrics::counter!("streamverse_work_steps_total", &labels).increment(0);
        metrics::counter!("streamverse_work_failures_total", &labels).increment(0);
        metrics::counter!("streamverse_work_died_total", &labels).increment(0);
        drop(metrics::histogram!(
            "streamverse_work_duration_seconds",
            &labels
        ));
        self.db.news(News::Work)
    }

    /// Waits for a piece of work that is its own from then on, and says when it asked for it; `None` once `stop` is
    /// cancelled.
    async fn next(
        &self,
        stop: &CancellationToken,
        news: &mut watch::Receiver<u64>,
        shares: &Shares,
    ) -> Option<(Item, Instant)> {
        while !stop.is_cancelled() {
            let asked = Instant::now();
            let wait = match self.claim(&shares.spent()).await {
                Ok(Found::Item(item)) => return Some((item, asked)),
                Ok(Found::Again) => continue,
                Ok(Found::Nothing) => {
                    self.pulse.succeeded();
                    self.wait().await
                }
                Err(error) => {
                    self.failed(&error);
                    PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(wait) => {}
                () = heard_news(news) => {}
                () = shares.given_back.notified() => {}
            }
        }
        None
    }

    fn labels(&self) -> [(&'static str, String); 2] {
        [
            ("svc", self.db.service().to_owned()),
            ("kind", self.kind.to_owned()),
        ]
    }

    async fn work<M, F>(&self, item: Item, claimed: Instant, handle: &mut M)
    where
        M: FnMut(Ctx, Item) -> F + Send,
        F: Future<Output = sv_kernel::Result<Step>> + Send,
    {
        let labels = self.labels();
        let ctx = self.ctx.for_tenant(item.tenant.clone());
        let doing = {
            let (ctx, item) = (ctx.clone(), item.clone());
            AssertUnwindSafe(async { handle(ctx, item).await }).catch_unwind()
        };
        let renew = || self.renew(&item);
        let begin = Instant::now();
        let leased = while_leased(&self.options.jobs, claimed, renew, doing).await;
        metrics::histogram!("streamverse_work_duration_seconds", &labels)
            .record(begin.elapsed().as_secs_f64());
        let Some((ended, _)) = leased else {
            tracing::warn!(
                work.kind = self.kind,
                work.key = item.key,
                "another process does it"
            );
            return;
        };
        let cause = match ended {
            Ok(Ok(step)) => {
                metrics::counter!("streamverse_work_steps_total", &labels).increment(1);
                match self.settle(&ctx, &item, &step).await {
                    // It was settled with its effect, or is somebody else's.
                    Ok(()) | Err(StoreError::Taken) => {}
                    // Its lease runs out, and it is tried again.
                    Err(error) => self.failed(&error),
                }
                return;
            }
            Ok(Err(error)) => causes(&error),
            Err(panic) => format!("it panicked: {}", said(&*panic)),
        };
        metrics::counter!("streamverse_work_failures_total", &labels).increment(1);
        let (kind, tries) = (self.kind, item.attempt);
        tracing::warn!(
            work.kind = kind,
            work.key = item.key,
            cause,
            tries,
            "work failed"
        );
        match self.fail(&item, &cause).await {
            Ok(true) => {
                metrics::counter!("streamverse_work_died_total", &labels).increment(1);
                tracing::error!(work.kind = kind, work.key = item.key, cause, "work is dead");
            }
            Ok(false) => {}
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&self, error: &StoreError) {
        tracing::warn!(
            work.kind = self.kind,
            error = error as &dyn std::error::Error,
            "a worker pauses"
        );
        self.pulse.failed(causes(error));
    }

    /// Returns how long there is nothing to do, as far as is known.
    async fn wait(&self) -> Duration {
        let poll = self.options.jobs.look_every(&self.db);
        let sql = "SELECT MIN(due_at) AS due FROM work_items WHERE kind = $1 AND dead_at IS NULL";
        let values = [Value::from(self.kind)];
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, values);
        let due = match self.db.read().query_one_raw(statement).await {
            Ok(Some(row)) => row.try_get::<Option<i64>>("", "due").ok().flatten(),
            _ => None,
        };
        let now = self.options.jobs.now();
        let wait = due.map_or(poll, |due| Timestamp::from_micros(due).since(now));
        // Not at once: what is due and was not found is held by somebody.
        wait.clamp(poll.min(Duration::from_millis(200)), poll)
    }

    /// Takes the lease of the next item of a tenant that is none of `but`.
    async fn claim(&self, but: &[Tenant]) -> Result<Found, StoreError> {
        let now = self.options.jobs.now();
        let Some(tenant) = self.next_tenant(now, but).await? else {
            return Ok(Found::Nothing);
        };
        let tx = self.db.begin(&self.ctx).await?;
        let last = now + self.options.jobs.lease + SLACK;
        let sql = "SELECT id, token, attempts FROM work_items
                   WHERE kind = $1 AND tenant = $2 AND dead_at IS NULL AND due_at <= $3
                     AND (leased_until <= $3 OR leased_until > $4)
                   ORDER BY priority DESC, due_at, id LIMIT 1";
        let values = [
            self.kind.into(),
            tenant.as_str().into(),
            now.micros().into(),
            last.micros().into(),
        ];
        let Some(row) = tx.row(sql, values).await? else {
            return Ok(Found::Again);
        };
        let (id, token): (Uuid, i64) = (row.try_get("", "id")?, row.try_get("", "token")?);
        let attempts: i64 = row.try_get("", "attempts")?;
        if attempts >= i64::from(self.options.tries) {
            // No try came to its end: not even to a failure.
            let sql = "UPDATE work_items SET dead_at = $1, token = token + 1, cause = $2
                       WHERE id = $3 AND token = $4";
            let cause = "the process that worked on it ended each time";
            let values = [now.micros().into(), cause.into(), id.into(), token.into()];
            tx.run(sql, values).await?;
            tx.commit().await?;
            return Ok(Found::Again);
        }
        let until = now + self.options.jobs.lease;
        let sql = "UPDATE work_items SET token = token + 1, attempts = attempts + 1, leased_until = $1, holder = $2
                   WHERE id = $3 AND token = $4 AND dead_at IS NULL
                   RETURNING key, payload, attempts, token, asked";
        let values = [
            until.micros().into(),
            holder().into(),
            id.into(),
            token.into(),
        ];
        let Some(row) = tx.row(sql, values).await? else {
            return Ok(Found::Again);
        };
        let attempt: i64 = row.try_get("", "attempts")?;
        let item = Item {
            id,
            tenant: Tenant::parse(&tenant)
                .map_err(|_| StoreError::inconsistent("work_items", "tenant", id.to_string()))?,
            key: row.try_get("", "key")?,
            payload: row.try_get("", "payload")?,
            attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
            token: row.try_get("", "token")?,
            asked: row.try_get("", "asked")?,
        };
        let sql = "UPDATE work_turns SET served =
                     (SELECT MAX(served) + 1 FROM work_turns WHERE kind = $1)
                   WHERE kind = $1 AND tenant = $2";
        tx.run(sql, [self.kind.into(), tenant.into()]).await?;
        tx.commit().await?;
        Ok(Found::Item(item))
    }

    /// Returns whose turn it is: of those for whom something is due, and who are none of `but`, who has waited for
    /// longest.
    async fn next_tenant(
        &self,
        now: Timestamp,
        but: &[Tenant],
    ) -> Result<Option<String>, StoreError> {
        let last = now + self.options.jobs.lease + SLACK;
        let places: Vec<String> = (4..but.len() + 4).map(|n| format!("${n}")).collect();
        let others = match places.len() {
            0 => String::new(),
            _ => format!("AND tenant NOT IN ({})", places.join(", ")),
        };
        let sql = format!(
            "SELECT tenant FROM work_turns t WHERE kind = $1 {others} AND EXISTS
               (SELECT 1 FROM work_items w WHERE w.kind = $1 AND w.tenant = t.tenant
                AND w.dead_at IS NULL AND w.due_at <= $2
                AND (w.leased_until <= $2 OR w.leased_until > $3))
             ORDER BY served, tenant LIMIT 1"
        );
        let mut values: Vec<Value> =
            vec![self.kind.into(), now.micros().into(), last.micros().into()];
        values.extend(but.iter().map(|tenant| Value::from(tenant.as_str())));
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, values);
        let row = self.db.read().query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get("", "tenant")).transpose()?)
    }

    async fn renew(&self, item: &Item) -> Result<bool, StoreError> {
        let until = self.options.jobs.now() + self.options.jobs.lease;
        let sql = "UPDATE work_items SET leased_until = $1 WHERE id = $2 AND token = $3";
        let tx = self.db.begin(&self.ctx).await?;
        let values = [until.micros().into(), item.id.into(), item.token.into()];
        let kept = tx.run(sql, values).await? > 0;
        tx.commit().await?;
        Ok(kept)
    }

    async fn settle(&self, ctx: &Ctx, item: &Item, step: &Step) -> Result<(), StoreError> {
        let tx = self.db.begin(ctx).await?;
        item.settle(&tx, ctx, step).await?;
        tx.commit().await
    }

    /// Puts an item off, or buries it; says whether it is dead.
    async fn fail(&self, item: &Item, cause: &str) -> Result<bool, StoreError> {
        let now = self.options.jobs.now();
        let dead = item.attempt >= self.options.tries;
        let again = now + self.options.pause(item.attempt);
        let sql = "UPDATE work_items SET leased_until = 0, token = token + 1, cause = $1,
                     due_at = CASE WHEN asked = $2 THEN $3 ELSE due_at END,
                     dead_at = CASE WHEN asked = $2 AND $4 = 1 THEN $5 ELSE NULL END
                   WHERE id = $6 AND token = $7";
        let values = [
            cut(cause).into(),
            item.asked.into(),
            again.micros().into(),
            i64::from(dead).into(),
            now.micros().into(),
            item.id.into(),
            item.token.into(),
        ];
        let tx = self.db.begin(&self.ctx).await?;
        let written = tx.run(sql, values).await? > 0;
        tx.commit().await?;
        Ok(written && dead)
    }
}

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits for its turn, or for another try.
    Waiting,
    /// Somebody does it.
    Running,
    /// It has failed for good.
    Dead,
}

/// An item as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    /// Its id.
    pub id: Uuid,
    /// Which worker does it.
    pub kind: String,
    /// What it is about.
    pub key: String,
    /// How it stands.
    pub standing: Standing,
    /// The tries of its present part.
    pub attempts: u32,
    /// When it was first asked for.
    pub created_at: Timestamp,
    /// When it is tried next, unless it is dead.
    pub due_at: Timestamp,
    /// When it died.
    pub dead_at: Option<Timestamp>,
    /// Who does it: `<host>/<process id>`; empty unless somebody does.
    pub holder: String,
    /// Why its last try failed; empty where none has.
    pub cause: String,
}

/// The columns by name: a prepared `*` fails for good once a later release has added one beneath this process.
macro_rules! columns {
    () => {
        "id, kind, key, attempts, due_at, holder, leased_until, created_at, dead_at, cause"
    };
}

impl WorkItem {
    fn read(row: &QueryResult, now: Timestamp) -> Result<Self, StoreError> {
        let time =
            |column: &str| Ok::<_, StoreError>(Timestamp::from_micros(row.try_get("", column)?));
        let dead: Option<i64> = row.try_get("", "dead_at")?;
        let attempts: i64 = row.try_get("", "attempts")?;
        let holder: String = row.try_get("", "holder")?;
        let standing = match dead {
            Some(_) => Standing::Dead,
            None if time("leased_until")? > now => Standing::Running,
            None => Standing::Waiting,
        };
        Ok(Self {
            id: row.try_get("", "id")?,
            kind: row.try_get("", "kind")?,
            key: row.try_get("", "key")?,
            standing,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
            created_at: time("created_at")?,
            due_at: time("due_at")?,
            dead_at: dead.map(Timestamp::from_micros),
            holder: if standing == Standing::Running {
                holder
            } else {
                String::new()
            },
            cause: row.try_get("", "cause")?,
        })
    }
}

/// Lists a tenant's items, newest first: those of one standing, or all; those that are older than `before`, or all.
pub async fn list(
    db: &Db,
    tenant: &Tenant,
    standing: Option<Standing>,
    before: Option<Uuid>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<WorkItem>, StoreError> {
    // Numbers, so that one statement serves all questions.
    let (any, dead, running) = match standing {
        None => (1, 0, 0),
        Some(Standing::Dead) => (0, 1, 0),
        Some(Standing::Running) => (0, 0, 1),
        Some(Standing::Waiting) => (0, 0, 0),
    };
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM work_items WHERE tenant = $1 AND id < $2
                 AND ($3 = 1 OR ($4 = 1 AND dead_at IS NOT NULL)
                   OR ($4 = 0 AND dead_at IS NULL
                     AND (($5 = 1 AND leased_until > $6) OR ($5 = 0 AND leased_until <= $6))))
               ORDER BY id DESC LIMIT $7"
    );
    let values: [Value; 7] = [
        tenant.as_str().into(),
        before.unwrap_or(Uuid::max()).into(),
        i64::from(any).into(),
        i64::from(dead).into(),
        i64::from(running).into(),
        now.micros().into(),
        i64::from(limit).into(),
    ];
    let statement = Statement::from_sql_and_values(db.backend(), sql, values);
    let rows = db.read().query_all_raw(statement).await?;
    rows.iter().map(|row| WorkItem::read(row, now)).collect()
}

/// An item that failed for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// Whose it is.
    pub tenant: Tenant,
    /// What it is about.
    pub key: String,
    /// Why its last try failed.
    pub cause: String,
}

/// Lists what of a kind has failed for good, of all tenants, the last first: for services that tell of it in words of
/// their own.
pub async fn dead(db: &Db, kind: &'static str, limit: u64) -> Result<Vec<Dead>, StoreError> {
    let sql = "SELECT tenant, key, cause FROM work_items WHERE kind = $1 AND dead_at IS NOT NULL
               ORDER BY dead_at DESC LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let statement = Statement::from_sql_and_values(db.backend(), sql, [kind.into(), limit.into()]);
    let rows = db.read().query_all_raw(statement).await?;
    let dead = rows.iter().map(|row| {
        let (tenant, key): (String, String) = (row.try_get("", "tenant")?, row.try_get("", "key")?);
        Ok(Dead {
            tenant: Tenant::parse(&tenant)
                .map_err(|_| StoreError::inconsistent("work_items", "tenant", key.clone()))?,
            key,
            cause: row.try_get("", "cause")?,
        })
    });
    dead.collect()
}

/// What became of a request about an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// It was carried out; the item as it was before.
    Done(WorkItem),
    /// Somebody is doing it; nothing was changed.
    Running(WorkItem),
    /// There is no such item.
    Unknown,
}

/// Has an item tried at once, with all its tries before it.
pub async fn retry(db: &Db, ctx: &Ctx, id: Uuid, now: Timestamp) -> Result<Touched, StoreError> {
    let sql = "UPDATE work_items SET attempts = 0, due_at = $1, dead_at = NULL, token = token + 1, asked = asked + 1
               WHERE tenant = $2 AND id = $3";
    let tx = db.begin(ctx).await?;
    let found = locked(&tx, ctx, id, now).await?;
    if let Touched::Done(_) = found {
        let values = [now.micros().into(), ctx.tenant.as_str().into(), id.into()];
        tx.run(sql, values).await?;
        tx.mark_news(News::Work);
    }
    tx.commit().await?;
    Ok(found)
}

/// Deletes an item that nobody is doing.
pub async fn delete(db: &Db, ctx: &Ctx, id: Uuid, now: Timestamp) -> Result<Touched, StoreError> {
    let tx = db.begin(ctx).await?;
    let found = locked(&tx, ctx, id, now).await?;
    if let Touched::Done(_) = found {
        let sql = "DELETE FROM work_items WHERE tenant = $1 AND id = $2";
        tx.run(sql, [ctx.tenant.as_str().into(), id.into()]).await?;
    }
    tx.commit().await?;
    Ok(found)
}

/// Finds an item and locks its row.
async fn locked(tx: &Tx, ctx: &Ctx, id: Uuid, now: Timestamp) -> Result<Touched, StoreError> {
    let sql = concat!(
        "UPDATE work_items SET token = token WHERE tenant = $1 AND id = $2 RETURNING ",
        columns!()
    );
    let row = tx.row(sql, [ctx.tenant.as_str().into(), id.into()]).await?;
    let item = row
        .as_ref()
        .map(|row| WorkItem::read(row, now))
        .transpose()?;
    Ok(match item {
        None => Touched::Unknown,
        Some(item) if item.standing == Standing::Running => Touched::Running(item),
        Some(item) => Touched::Done(item),
    })
}

/// Deletes work that died before an instant, of all tenants, and returns how much.
pub async fn forget(tx: &Tx, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM work_items WHERE id IN
                 (SELECT id FROM work_items WHERE dead_at < $1 ORDER BY dead_at LIMIT $2)";
    tx.run(sql, [before.micros().into(), FORGET_BATCH.into()])
        .await
}

/// How much waits in a service's tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Items that are not dead.
    pub open: u64,
    /// Since when the oldest of them is due; none where all are put off.
    pub due_since: Option<Timestamp>,
    /// Dead items.
    pub dead: u64,
}

/// Counts what waits.
pub async fn waiting(db: &Db) -> Result<Waiting, StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM work_items WHERE dead_at IS NULL) AS open_items,
                 (SELECT MIN(due_at) FROM work_items WHERE dead_at IS NULL) AS due,
                 (SELECT COUNT(*) FROM work_items WHERE dead_at IS NOT NULL) AS dead_items";
    let statement = Statement::from_string(db.backend(), sql);
    let Some(row) = db.read().query_one_raw(statement).await? else {
        return Ok(Waiting::default());
    };
    let count = |column: &str| {
        let count: i64 = row.try_get("", column)?;
        Ok::<_, StoreError>(u64::try_from(count).unwrap_or(0))
    };
    let due: Option<i64> = row.try_get("", "due")?;
    Ok(Waiting {
        open: count("open_items")?,
        due_since: due.map(Timestamp::from_micros),
        dead: count("dead_items")?,
    })
}

/// Tells metrics and a pulse how much waits; `alarm` is how long something may be due. Says whether anything does, or
/// failed for good.
pub async fn measure(
    db: &Db,
    now: Timestamp,
    alarm: Duration,
    to: &Pulse,
) -> Result<bool, StoreError> {
    let waiting = waiting(db).await?;
    let labels = [("svc", db.service().to_owned())];
    let age = waiting
        .due_since
        .map_or(Duration::ZERO, |due| now.since(due));
    metrics::gauge!("streamverse_work_open", &labels).set(float(waiting.open));
    metrics::gauge!("streamverse_work_oldest_due_seconds", &labels).set(age.as_secs_f64());
    metrics::gauge!("streamverse_work_dead", &labels).set(float(waiting.dead));
    let (open, seconds) = (waiting.open, age.as_secs());
    let late =
        (age > alarm).then(|| format!("{open} pieces of work wait, the oldest for {seconds} s"));
    to.worry("late", late);
    let count = waiting.dead;
    let dead =
        (count > 0).then(|| format!("{count} pieces of work failed for good; see GET /admin/work"));
    to.worry("dead", dead);
    Ok(open + count > 0)
}

#[expect(clippy::cast_precision_loss, reason = "a gauge needs no last digit")]
fn float(count: u64) -> f64 {
    count as f64
}
