//! The relay: brings events from the outbox to the bus.
//!
//! One relay per service runs over all processes (a [lease](crate::lease) sees to it). It takes
//! unpublished rows in the order of their ids and marks them after the bus has acknowledged them,
//! so each event arrives at least once, and the events of one key in order. A transaction that
//! commits late is never skipped: what counts is that a row is unpublished, not how high its id is.
//!
//! A bus that fails is tried for as long as it takes. An event that the bus refuses as it is becomes
//! a [dead letter](crate::outbox::dead) after some tries, instead of holding up the others; later
//! events of its key wait until then.

mod figures;
mod refused;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use sea_orm::DbBackend;
use sv_kernel::{Clock, Ctx, Pulse, SystemClock, Tenant, causes};
use sv_ports::{Bus, PortError, Record};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use self::refused::Refused;
use crate::{
    Db, StoreError,
    lease::{Lease, Leases},
    outbox,
};

/// Name of the lease.
const LEASE: &str = "outbox_relay";
/// Events that are published between two marks.
const BATCH: u64 = 64;
/// Published events that are deleted in one transaction.
const PRUNE_BATCH: u64 = 500;
/// How much more rarely it is counted what waits where nothing did and nobody else writes.
const QUIET: u32 = 12;
/// The longest that a relay is silent though it has nothing to do.
const SILENCE: Duration = Duration::from_mins(1);

/// How the relay works.
#[derive(Clone, Debug)]
pub struct RelayOptions {
    /// How often it looks for events of other processes, and whether a dead one's lease is over.
    pub poll: Duration,
    /// How often it looks where no other process writes the tables, as on SQLite; of what this one
    /// writes it hears at once.
    pub poll_alone: Duration,
    /// How often it looks while other processes tell of what they write; of a dead relay they tell nothing.
    pub poll_told: Duration,
    /// How long a dead relay keeps others waiting.
    pub lease: Duration,
    /// How long the bus may take for a batch; not longer than half the lease.
    pub publish_timeout: Duration,
    /// How often an event is tried that the bus refuses, before it becomes a dead letter.
    pub tries: u32,
    /// The pause after its first refusal; it doubles with each further one.
    pub refused_pause: Duration,
    /// How old an unpublished event may become before it shows in `/ready`.
    pub alarm_age: Duration,
    /// How often what waits is counted.
    pub measure_every: Duration,
    /// The first and the longest pause after the bus has failed.
    pub backoff: (Duration, Duration),
    /// How long published events are kept.
    pub keep: Duration,
    /// How often old events are deleted.
    pub prune_every: Duration,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(500),
            poll_alone: Duration::from_secs(15),
            poll_told: Duration::from_secs(2),
            lease: Duration::from_secs(10),
            publish_timeout: Duration::from_secs(5),
            tries: 5,
            refused_pause: Duration::from_secs(1),
            alarm_age: Duration::from_secs(30),
            measure_every: Duration::from_secs(5),
            backoff: (Duration::from_millis(100), Duration::from_secs(10)),
            keep: Duration::from_hours(24),
            prune_every: Duration::from_mins(1),
        }
    }
}

/// Brings events from one service's outbox to the bus, whose topics the service has ensured.
#[derive(Debug)]
pub struct Relay {
    db: Db,
    bus: Arc<dyn Bus>,
    ctx: Ctx,
    leases: Leases,
    options: RelayOptions,
    pulse: Pulse,
}

/// Why a round ended early.
#[derive(Debug, thiserror::Error)]
enum RelayError {
    #[error("the outbox failed")]
    Store(#[from] StoreError),
    #[error("the bus failed")]
    Bus(#[from] PortError),
    #[error("the bus did not acknowledge in time")]
    Slow,
}

/// How far the relay is with its lease, its cleaning and what the bus refused.
#[derive(Default)]
struct State {
    lease: Option<(Lease, Instant)>,
    pruned_at: Option<Instant>,
    measured_at: Option<Instant>,
    /// Nothing waited when that was last counted, and nothing has come since.
    is_quiet: bool,
    refused: Refused,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// There may be more to do at once.
    More,
    /// Nothing is left to do now.
    Done,
    /// Another process is the relay.
    Elsewhere,
}

/// What became of a batch.
#[derive(Default)]
struct Outcome {
    published: Vec<i64>,
    /// Events to give up, with the causes.
    dead: Vec<(outbox::Model, String)>,
}

impl Relay {
    /// Makes a relay; `ctx` is that of the service's background work.
    pub fn new(db: Db, ctx: Ctx, bus: Arc<dyn Bus>, options: RelayOptions) -> Self {
        Self::with_clock(db, ctx, bus, options, Arc::new(SystemClock))
    }

    /// Makes a relay whose lease goes by a clock of the caller's.
    pub fn with_clock(
        db: Db,
        ctx: Ctx,
        bus: Arc<dyn Bus>,
        options: RelayOptions,
        real_time: Arc<dyn Clock>,
    ) -> Self {
        Self {
            leases: Leases::new(db.clone(), real_time, options.lease),
            db,
            bus,
            ctx,
            options,
            pulse: Pulse::default(),
        }
    }

    /// Tells a pulse how it goes.
    #[must_use]
    pub fn watched_by(mut self, pulse: Pulse) -> Self {
        self.pulse = pulse;
        self
    }

    /// Works until `stop` is cancelled, publishes what was committed until then, and gives the lease
    /// back.
    pub async fn run(self, stop: CancellationToken) {
        let mut state = State::default();
        let mut pause = self.options.backoff.0;
        self.pulse.expect_every(SILENCE + self.options.poll);
        let service = self.db.service().to_owned();
        metrics::counter!("streamverse_outbox_buried_total", "svc" => service).increment(0);
        while !stop.is_cancelled() {
            self.measure(&mut state).await;
            let mut poll = self.options.poll;
            let round = self.round(&mut state).await;
            state.is_quiet &= matches!(round, Ok(Round::Done));
            let idle = match round {
                Ok(round) => {
                    self.pulse.succeeded();
                    pause = self.options.backoff.0;
                    match round {
                        Round::More => continue,
                        Round::Done if self.is_alone() => poll = poll.max(self.options.poll_alone),
                        Round::Done | Round::Elsewhere if self.db.hears_others() => {
                            poll = poll.max(self.options.poll_told);
                        }
                        Round::Done | Round::Elsewhere => {}
                    }
                    true
                }
                Err(error) => {
                    tracing::warn!(
                        service = self.db.service(),
                        error = &error as &dyn std::error::Error,
                        "relay pauses"
                    );
                    self.pulse.failed(causes(&error));
                    false
                }
            };
            let mut wait = if idle { poll } else { pause };
            if let Some(due) = state.refused.next_due() {
                wait = wait.min(due.saturating_duration_since(Instant::now()));
            }
            tokio::select! {
                () = self.db.appended(), if idle => {}
                () = sleep(wait) => {}
                () = stop.cancelled() => {}
            }
            if !idle {
                pause = (pause * 2).min(self.options.backoff.1);
            }
        }
        // Not left for the next start, which may be of another service; but a bus that hangs does not
        // keep the process.
        let rest = self.publish_the_rest(&mut state);
        if timeout(self.options.publish_timeout, rest).await.is_err() {
            tracing::warn!(service = self.db.service(), "events are left in the outbox");
        }
        if let Some((lease, _)) = state.lease
            && let Err(error) = self.leases.give_back(&self.ctx, &lease).await
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "lease runs out by itself"
            );
        }
    }

    /// Works until nothing is left but what the bus refuses, also where another process, which may
    /// be dead, still has the lease.
    async fn publish_the_rest(&self, state: &mut State) {
        loop {
            match self.round(state).await {
                Ok(Round::More) => continue,
                Ok(Round::Done) => return,
                Ok(Round::Elsewhere) => {
                    let left = outbox::unpublished(self.db.read(), 1, []).await;
                    if left.is_ok_and(|rows| rows.is_empty()) {
                        return;
                    }
                }
                Err(error) => tracing::warn!(
                    service = self.db.service(),
                    error = &error as &dyn std::error::Error,
                    "relay pauses before its end"
                ),
            }
            sleep(self.options.backoff.0).await;
        }
    }

    /// Says whether no other process writes the tables.
    fn is_alone(&self) -> bool {
        self.db.backend() == DbBackend::Sqlite
    }

    /// Does one batch.
    async fn round(&self, state: &mut State) -> Result<Round, RelayError> {
        // Nobody else is to be kept from nothing: a lease is written, and a process at rest shall write nothing.
        if self.is_alone() && self.held(state).is_none() {
            let rows = outbox::unpublished(self.db.read(), 1, state.refused.held()).await?;
            if rows.is_empty() {
                self.prune(state).await?;
                return Ok(Round::Done);
            }
        }
        let Some(lease) = self.hold(state).await? else {
            state.refused.clear();
            return Ok(Round::Elsewhere);
        };
        let rows = outbox::unpublished(self.db.read(), BATCH, state.refused.held()).await?;
        if rows.is_empty() {
            self.prune(state).await?;
            return Ok(Round::Done);
        }
        let outcome = self.publish(rows, &mut state.refused).await?;
        if outcome.published.is_empty() && outcome.dead.is_empty() {
            return Ok(Round::More);
        }
        let buried: Vec<i64> = outcome.dead.iter().map(|(row, _)| row.id).collect();
        let now = self.ctx.now().micros();
        let tx = self.db.begin(&self.ctx).await?;
        let marked = lease.fence(&tx).await?;
        if marked {
            outbox::mark_published(&tx, &outcome.published, now).await?;
            for (row, cause) in outcome.dead {
                outbox::dead::dead_letter(&tx, row, &cause, now).await?;
            }
        }
        tx.commit().await?;
        if !marked {
            state.lease = None;
            return Ok(Round::Elsewhere);
        }
        state
            .refused
            .forget(outcome.published.iter().chain(&buried));
        if !buried.is_empty() {
            let count = u64::try_from(buried.len()).unwrap_or(u64::MAX);
            let service = self.db.service().to_owned();
            metrics::counter!("streamverse_outbox_buried_total", "svc" => service).increment(count);
            // Told at once.
            state.measured_at = None;
        }
        Ok(Round::More)
    }

    /// Publishes a batch; event by event where the bus refuses some of it.
    async fn publish(
        &self,
        rows: Vec<outbox::Model>,
        refused: &mut Refused,
    ) -> Result<Outcome, RelayError> {
        let until = Instant::now() + self.options.publish_timeout;
        if refused.is_empty()
            && let Ok(records) = rows.iter().map(record).collect::<Result<Vec<_>, _>>()
        {
            let published = timeout_at(until, self.bus.publish(records)).await;
            match published.map_err(|_| RelayError::Slow)? {
                Ok(_) => {
                    return Ok(Outcome {
                        published: rows.iter().map(|row| row.id).collect(),
                        dead: Vec::new(),
                    });
                }
                Err(error) if error.is_transient() => return Err(error.into()),
                Err(_) => {}
            }
        }
        self.publish_one_by_one(rows, refused, until).await
    }

    async fn publish_one_by_one(
        &self,
        rows: Vec<outbox::Model>,
        refused: &mut Refused,
        until: Instant,
    ) -> Result<Outcome, RelayError> {
        let mut outcome = Outcome::default();
        let mut held: Vec<(String, String)> = Vec::new();
        for row in rows {
            if held.iter().any(|(t, k)| (t, k) == (&row.topic, &row.key)) {
                continue;
            }
            let published = match record(&row) {
                Ok(record) => timeout_at(until, self.bus.publish(vec![record])).await,
                Err(error) => Ok(Err(PortError::invalid(error.to_string()))),
            };
            let cause = match published {
                Ok(Ok(_)) => {
                    outcome.published.push(row.id);
                    continue;
                }
                Ok(Err(error)) if !error.is_transient() => error.to_string(),
                // What is done is kept; the rest has its turn later.
                Ok(Err(_)) | Err(_) if !outcome.published.is_empty() => break,
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => return Err(RelayError::Slow),
            };
            let tries = refused.add(&row, self.options.refused_pause);
            let (event, topic) = (row.event_id, &row.topic);
            let service = self.db.service();
            if tries >= self.options.tries {
                tracing::error!(service, %event, topic, cause, "event becomes a dead letter");
                outcome.dead.push((row, cause));
            } else {
                tracing::warn!(service, %event, topic, cause, tries, "the bus refuses an event");
                held.push((row.topic, row.key));
            }
        }
        Ok(outcome)
    }

    /// Counts what waits, now and then. That it cannot be counted shows in the next round.
    async fn measure(&self, state: &mut State) {
        let every = if state.is_quiet && self.is_alone() {
            self.options.measure_every * QUIET
        } else {
            self.options.measure_every
        };
        if state.measured_at.is_some_and(|at| at.elapsed() < every) {
            return;
        }
        state.measured_at = Some(Instant::now());
        if let Ok(waiting) = outbox::waiting(self.db.read()).await {
            let (now, alarm) = (self.ctx.now(), self.options.alarm_age);
            state.is_quiet = waiting.count == 0 && waiting.dead == 0;
            figures::tell(self.db.service(), waiting, now, alarm, &self.pulse);
        }
    }

    /// Returns the lease, taken or renewed so that it outlasts the next batch.
    async fn hold(&self, state: &mut State) -> Result<Option<Lease>, StoreError> {
        if let Some(lease) = self.held(state) {
            return Ok(Some(lease));
        }
        let asked = Instant::now();
        let kept = match &state.lease {
            Some((lease, _)) if self.leases.renew(&self.ctx, lease).await? => Some(lease.clone()),
            _ => self.leases.take(&self.ctx, LEASE).await?,
        };
        state.lease = kept.map(|lease| (lease, asked));
        Ok(state.lease.as_ref().map(|(lease, _)| lease.clone()))
    }

    /// Returns the lease, if it is there for long enough.
    fn held(&self, state: &State) -> Option<Lease> {
        let (lease, since) = state.lease.as_ref()?;
        (since.elapsed() < self.leases.ttl() / 3).then(|| lease.clone())
    }

    async fn prune(&self, state: &mut State) -> Result<(), StoreError> {
        if state
            .pruned_at
            .is_some_and(|at| at.elapsed() < self.options.prune_every)
        {
            return Ok(());
        }
        let before = (self.ctx.now() - self.options.keep).micros();
        let tx = self.db.begin(&self.ctx).await?;
        let deleted = outbox::prune(&tx, before, PRUNE_BATCH).await?;
        tx.commit().await?;
        if deleted < PRUNE_BATCH {
            state.pruned_at = Some(Instant::now());
        }
        Ok(())
    }
}

fn record(row: &outbox::Model) -> Result<Record, StoreError> {
    let tenant = Tenant::parse(&row.tenant)
        .map_err(|_| StoreError::inconsistent("outbox", "tenant", row.id.to_string()))?;
    Ok(Record {
        topic: row.topic.as_str().into(),
        key: row.key.clone(),
        payload: row.payload.clone().map(Bytes::from),
        event_id: row.event_id,
        version: row.version,
        tenant,
        traceparent: row.traceparent.clone(),
        headers: BTreeMap::new(),
    })
}
