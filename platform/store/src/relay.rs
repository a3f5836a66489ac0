//! The relay: brings events from the outbox to the bus.
//!
//! One relay per service runs over all processes (a [lease](crate::lease) sees to it). It takes
//! unpublished rows in the order of their ids and marks them after the bus has acknowledged them,
//! so each event arrives at least once, and the events of one key in order. A transaction that
//! commits late is never skipped: what counts is that a row is unpublished, not how high its id is.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use sv_kernel::{Clock, Ctx, SystemClock, Tenant};
use sv_ports::{Bus, PortError, Record};
use tokio_util::sync::CancellationToken;

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

/// How the relay works.
#[derive(Clone, Debug)]
pub struct RelayOptions {
    /// How often it looks for events of other processes.
    pub poll: Duration,
    /// How long a dead relay keeps others waiting.
    pub lease: Duration,
    /// How long the bus may take for a batch; shorter than half the lease.
    pub publish_timeout: Duration,
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
            lease: Duration::from_secs(30),
            publish_timeout: Duration::from_secs(10),
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

/// How far the relay is with its lease and its cleaning.
struct State {
    lease: Option<(Lease, tokio::time::Instant)>,
    pruned_at: Option<tokio::time::Instant>,
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
        }
    }

    /// Works until `stop` is cancelled, publishes what was committed until then, and gives the lease
    /// back.
    pub async fn run(self, stop: CancellationToken) {
        let mut state = State {
            lease: None,
            pruned_at: None,
        };
        let mut pause = self.options.backoff.0;
        while !stop.is_cancelled() {
            let idle = match self.round(&mut state).await {
                Ok(more) => {
                    pause = self.options.backoff.0;
                    if more {
                        continue;
                    }
                    true
                }
                Err(error) => {
                    tracing::warn!(
                        service = self.db.service(),
                        error = &error as &dyn std::error::Error,
                        "relay pauses"
                    );
                    false
                }
            };
            let wait = if idle { self.options.poll } else { pause };
            tokio::select! {
                () = self.db.appended(), if idle => {}
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => {}
            }
            if !idle {
                pause = (pause * 2).min(self.options.backoff.1);
            }
        }
        // Not left for the next start, which may be of another service; but a bus that hangs does not
        // keep the process.
        let rest = async { while let Ok(true) = self.round(&mut state).await {} };
        let _ = tokio::time::timeout(self.options.publish_timeout, rest).await;
        if let Some((lease, _)) = state.lease
            && let Err(error) = self.leases.give_back(&self.ctx, &lease).await
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "lease runs out by itself"
            );
        }
    }

    /// Does one batch; says whether there may be more to do at once.
    async fn round(&self, state: &mut State) -> Result<bool, RelayError> {
        let Some(lease) = self.hold(state).await? else {
            return Ok(false);
        };
        let rows = outbox::unpublished(self.db.read(), BATCH).await?;
        if rows.is_empty() {
            self.prune(state).await?;
            return Ok(false);
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let records = rows.into_iter().map(record).collect::<Result<_, _>>()?;
        tokio::time::timeout(self.options.publish_timeout, self.bus.publish(records))
            .await
            .map_err(|_| RelayError::Slow)??;
        let now = self.ctx.now().micros();
        let tx = self.db.begin(&self.ctx).await?;
        let marked = lease.fence(&tx).await?;
        if marked {
            outbox::mark_published(&tx, &ids, now).await?;
        }
        tx.commit().await?;
        if !marked {
            state.lease = None;
        }
        Ok(marked)
    }

    /// Returns the lease, taken or renewed so that it outlasts the next batch.
    async fn hold(&self, state: &mut State) -> Result<Option<Lease>, StoreError> {
        let asked = tokio::time::Instant::now();
        let kept = match &state.lease {
            Some((lease, since)) if since.elapsed() < self.leases.ttl() / 3 => {
                return Ok(Some(lease.clone()));
            }
            Some((lease, _)) if self.leases.renew(&self.ctx, lease).await? => Some(lease.clone()),
            _ => self.leases.take(&self.ctx, LEASE).await?,
        };
        state.lease = kept.map(|lease| (lease, asked));
        Ok(state.lease.as_ref().map(|(lease, _)| lease.clone()))
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
            state.pruned_at = Some(tokio::time::Instant::now());
        }
        Ok(())
    }
}

fn record(row: outbox::Model) -> Result<Record, StoreError> {
    let tenant = Tenant::parse(&row.tenant)
        .map_err(|_| StoreError::inconsistent("outbox", "tenant", row.id.to_string()))?;
    Ok(Record {
        topic: row.topic.into(),
        key: row.key,
        payload: row.payload.map(Bytes::from),
        event_id: row.event_id,
        version: row.version,
        tenant,
        traceparent: row.traceparent,
        headers: BTreeMap::new(),
    })
}
