//! Records of readings: what can be read is not refused because nothing can be written.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sv_kernel::{Actor, Ctx};

use super::{Act, record_alone};
use crate::{Db, StoreError};

/// How many records wait at most; beyond this, nobody could be held to account, and readings are refused.
const MOST: usize = 1_000;

/// The records of one service's audited readings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Readings {
    db: Db,
    waiting: Arc<Mutex<VecDeque<(Ctx, Act)>>>,
}

impl Readings {
    /// Keeps records in a service's database.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            waiting: Arc::default(),
        }
    }

    /// Writes the record of a reading. Where nothing can be written (a full disk, a lost one), the record
    /// goes into the log at once, and waits in memory until it can be.
    pub async fn record(&self, ctx: &Ctx, act: Act) -> Result<(), StoreError> {
        match record_alone(&self.db, ctx, act.clone()).await {
            Err(failure) if outlasts_a_call(&failure) => self.keep(ctx, act, failure),
            written => written,
        }
    }

    fn keep(&self, ctx: &Ctx, act: Act, failure: StoreError) -> Result<(), StoreError> {
        let mut waiting = self.waiting();
        if waiting.len() >= MOST {
            return Err(failure);
        }
        let who = match &ctx.actor {
            Actor::Viewer(viewer) => viewer.user.to_string(),
            Actor::Service(name) => name.to_string(),
            Actor::Anonymous => String::new(),
        };
        tracing::error!(
            service = self.db.service(),
            actor = who,
            request.id = %ctx.request_id,
            subject.kind = act.subject.0,
            subject.id = act.subject.1,
            read = %act.new,
            error = &failure as &dyn std::error::Error,
            "the audit record of a reading waits in memory"
        );
        ctx.changes_nothing();
        let act = Act {
            at: Some(ctx.now()),
            ..act
        };
        let ctx = Ctx {
            deadline: None,
            trail: ctx.trail.clone(),
            ..ctx.clone()
        };
        waiting.push_back((ctx, act));
        Ok(())
    }

    /// Writes what waits, as long as that goes well.
    pub async fn write_waiting(&self) -> Result<(), StoreError> {
        loop {
            let Some((ctx, act)) = self.waiting().pop_front() else {
                return Ok(());
            };
            if let Err(failure) = record_alone(&self.db, &ctx, act.clone()).await {
                self.waiting().push_front((ctx, act));
                return Err(failure);
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<(Ctx, Act)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says whether a call that is repeated would find the same.
const fn outlasts_a_call(failure: &StoreError) -> bool {
    matches!(
        failure,
        StoreError::Full(_)
            | StoreError::Lost(_)
            | StoreError::Broken(_)
            | StoreError::ReadOnly(_)
            | StoreError::Files(_)
    )
}
