//! Audit records: who did what to what, written in the transaction of the act (ADM-2).
//!
//! A use case that changes something hands [`record`] the values before and after. The record goes to
//! the admin service by the outbox. Calls that were refused or failed are recorded by the server
//! stack, through [`AuditRecords`].

mod readings;
mod refusals;
mod values;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future::BoxFuture;
use serde_json::Value;
use sv_kernel::{
    Actor, Ctx, Result, Timestamp,
    audit::{AuditLog, Outcome},
};
use sv_proto::admin::{self as pb, AuditActorKind, AuditOutcome};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::refusals::{Refusal, Refusals};
pub use self::{readings::Readings, values::to_struct};
use crate::{Db, StoreError, Tx, outbox, work};

/// The name under which the command line acts.
const OPERATOR: &str = "operator";
/// How often what was counted is written.
const FLUSH_EVERY: Duration = Duration::from_secs(5);
/// Records that are deleted in one transaction.
const PRUNE_BATCH: i64 = 500;
/// How often it is looked for records whose time is over.
const PRUNE_EVERY: Duration = Duration::from_mins(10);

/// What was done to what.
#[derive(Clone, Debug)]
pub struct Act {
    action: Option<&'static str>,
    subject: (String, String),
    outcome: Outcome,
    reason: String,
    times: i64,
    /// When it happened, where that is not when its record is written.
    at: Option<Timestamp>,
    old: Value,
    new: Value,
}

impl Act {
    /// Starts from what the act is about: a kind, e.g. `content`, and an id.
    #[expect(clippy::needless_pass_by_value, reason = "ids are small")]
    pub fn on(kind: &str, id: impl ToString) -> Self {
        Self {
            action: None,
            subject: (kind.to_owned(), id.to_string()),
            outcome: Outcome::Ok,
            reason: String::new(),
            times: 1,
            at: None,
            old: Value::Null,
            new: Value::Null,
        }
    }

    /// Names the act otherwise than the call's policy does, or where no call acts.
    #[must_use]
    pub fn named(mut self, action: &'static str) -> Self {
        self.action = Some(action);
        self
    }

    /// Says that the act is a refusal that changes something itself, e.g. ends a session.
    #[must_use]
    pub fn denied(mut self, reason: &str) -> Self {
        self.outcome = Outcome::Denied;
        reason.clone_into(&mut self.reason);
        self
    }

    /// Takes values before and after, null for a thing that is new or gone, and keeps what differs.
    /// Nothing in them may be a secret; `sv_rpc::audit::values` leaves out what the protos call so.
    #[must_use]
    pub fn changed(mut self, old: Value, new: Value) -> Self {
        (self.old, self.new) = values::differing(old, new);
        self
    }
}

/// Writes the record of an act, and the event that takes it to the admin service.
pub fn record<'a>(tx: &'a Tx, ctx: &'a Ctx, act: Act) -> BoxFuture<'a, Result<(), StoreError>> {
    Box::pin(record_now(tx, ctx, act))
}

async fn record_now(tx: &Tx, ctx: &Ctx, act: Act) -> Result<(), StoreError> {
    let trail = ctx.trail.as_ref();
    let action = match (act.action, trail) {
        (Some(action), _) => action.to_owned(),
        (None, Some(trail)) => trail.action().to_owned(),
        (None, None) => format!("{}.changed", act.subject.0),
    };
    write(tx, ctx, &action, &act).await?;
    if let Some(trail) = trail {
        tx.mark_audited(trail);
    }
    Ok(())
}

/// Writes the record of an act that has no transaction of its own.
pub async fn record_alone(db: &Db, ctx: &Ctx, act: Act) -> Result<(), StoreError> {
    let act = &act;
    db.write(ctx, |tx| work(record(tx, ctx, act.clone()))).await
}

async fn write(tx: &Tx, ctx: &Ctx, action: &str, act: &Act) -> Result<(), StoreError> {
    let id = ctx.new_id::<Act>().uuid();
    let (kind, actor, session) = actor(ctx);
    let address = ctx.client.map(|address| address.to_string());
    let address = address.unwrap_or_default();
    let sql = "INSERT INTO audit_records (id, at, tenant, action, actor_kind, actor_id, session_id,
                   subject_kind, subject_id, address, request_id, outcome, reason, times,
                   old_values, new_values)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let now = act.at.unwrap_or_else(|| ctx.now());
    let values = [
        id.into(),
        now.micros().into(),
        ctx.tenant.as_str().into(),
        action.into(),
        values::actor_kind(kind).into(),
        actor.as_str().into(),
        session.as_str().into(),
        act.subject.0.as_str().into(),
        act.subject.1.as_str().into(),
        address.as_str().into(),
        (&*ctx.request_id).into(),
        act.outcome.as_str().into(),
        act.reason.as_str().into(),
        act.times.into(),
        act.old.to_string().into(),
        act.new.to_string().into(),
    ];
    tx.run(sql, values).await?;
    let message = pb::AuditRecord {
        id: id.to_string(),
        time: Some(prost_types::Timestamp {
            seconds: now.secs(),
            nanos: now.subsec_nanos(),
        }),
        service: tx.service().to_owned(),
        action: action.to_owned(),
        actor: Some(pb::AuditActor {
            kind: kind.into(),
            id: actor,
            session_id: session,
        }),
        subject: Some(pb::AuditSubject {
            kind: act.subject.0.clone(),
            id: act.subject.1.clone(),
        }),
        address,
        request_id: ctx.request_id.to_string(),
        outcome: outcome(act.outcome).into(),
        reason: act.reason.clone(),
        times: act.times,
        old_values: values::to_struct(&act.old),
        new_values: values::to_struct(&act.new),
    };
    // Records of one subject arrive in order; those that are about nothing in particular, anyhow.
    let key = match &act.subject {
        (kind, id) if !id.is_empty() => format!("{kind}/{id}"),
        _ => id.to_string(),
    };
    outbox::append_as(tx, ctx, key, now.micros(), &message).await
}

/// Returns kind, id and session of who acts.
fn actor(ctx: &Ctx) -> (AuditActorKind, String, String) {
    match &ctx.actor {
        Actor::Viewer(viewer) => (
            AuditActorKind::Account,
            viewer.user.to_string(),
            viewer.session.to_string(),
        ),
        Actor::Service(name) if &**name == OPERATOR => {
            (AuditActorKind::Operator, name.to_string(), String::new())
        }
        Actor::Service(name) => (AuditActorKind::Service, name.to_string(), String::new()),
        Actor::Anonymous => (AuditActorKind::Anonymous, String::new(), String::new()),
    }
}

const fn outcome(outcome: Outcome) -> AuditOutcome {
    match outcome {
        Outcome::Ok => AuditOutcome::Ok,
        Outcome::Denied => AuditOutcome::Denied,
        Outcome::Failed => AuditOutcome::Failed,
    }
}

/// The audit records of one service, for `ServerBuilder::audit`. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AuditRecords {
    db: Db,
    refusals: Arc<Refusals>,
    /// Whether a success without a record of its own is a fault.
    strict: bool,
}

impl AuditRecords {
    /// Keeps records in a service's database.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            refusals: Arc::default(),
            strict: false,
        }
    }

    /// The same for tests: a call that succeeds and left no record in its transaction fails.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Writes what was counted, and deletes records that are older than `keep`, until `stop`.
    pub async fn run(self, ctx: Ctx, keep: Duration, stop: CancellationToken) {
        let mut stopping = false;
        let mut prune_at = Instant::now();
        while !stopping {
            tokio::select! {
                () = stop.cancelled() => stopping = true,
                () = tokio::time::sleep(FLUSH_EVERY) => {}
            }
            let kept = async {
                self.flush(&ctx, stopping).await?;
                if Instant::now() >= prune_at
                    && self.prune(&ctx, keep).await? < PRUNE_BATCH.unsigned_abs()
                {
                    prune_at = Instant::now() + PRUNE_EVERY;
                }
                Ok::<_, StoreError>(())
            };
            if let Err(failure) = kept.await {
                tracing::warn!(
                    service = self.db.service(),
                    error = &failure as &dyn std::error::Error,
                    "audit records wait"
                );
            }
        }
    }

    /// Writes the refusals that were only counted and whose minute is over, or all of them.
    pub async fn flush(&self, ctx: &Ctx, all: bool) -> Result<(), StoreError> {
        for (refusal, times) in self.refusals.due(ctx.now(), all) {
            if let Err(failure) = self.write(&refusal, times).await {
                self.refusals.put_back(refusal, times);
                return Err(failure);
            }
        }
        Ok(())
    }

    async fn write(&self, refusal: &Refusal, times: i64) -> Result<(), StoreError> {
        let ctx = refusal.ctx();
        let (ctx, act) = (&ctx, &refusal.act(times));
        let written = self
            .db
            .write(ctx, |tx| work(write(tx, ctx, refusal.action(), act)));
        written.await
    }

    /// Deletes some records that are older, and returns how many.
    async fn prune(&self, ctx: &Ctx, keep: Duration) -> Result<u64, StoreError> {
        let before = (ctx.now() - keep).micros();
        let sql = "DELETE FROM audit_records WHERE id IN
                   (SELECT id FROM audit_records WHERE at < $1 ORDER BY at LIMIT $2)";
        let values = || [before.into(), PRUNE_BATCH.into()];
        self.db.write(ctx, |tx| work(tx.run(sql, values()))).await
    }
}

#[async_trait]
impl AuditLog for AuditRecords {
    async fn succeeded(&self, ctx: &Ctx) -> Result<()> {
        let Some(trail) = &ctx.trail else {
            return Ok(());
        };
        if self.strict {
            let problem = format!("{} left no audit record", trail.action());
            return Err(
                sv_kernel::Error::from(sv_proto::common::CommonReason::Internal).because(problem),
            );
        }
        tracing::error!(
            audit.action = trail.action(),
            "an act left its audit record to the stack"
        );
        let (kind, id) = trail.subject().unwrap_or_default();
        Ok(record_alone(&self.db, ctx, Act::on(&kind, &id)).await?)
    }

    async fn refused(&self, ctx: &Ctx, outcome: Outcome, reason: &str) -> Result<()> {
        let Some(refusal) = self.refusals.note(Refusal::of(ctx, outcome, reason)) else {
            return Ok(());
        };
        if let Err(failure) = self.write(&refusal, 1).await {
            self.refusals.put_back(refusal, 1);
            return Err(failure.into());
        }
        Ok(())
    }
}
