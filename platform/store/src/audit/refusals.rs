//! Refusals that are recorded, and those that are only counted: a flood of them must not fill the disk.
//!
//! The first refusal of its kind is written at once. Others like it within the same minute are counted
//! and written as one record at its end. Beyond a rate for the whole service, refusals of strangers
//! to each other are counted together by act and reason.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sv_kernel::{Actor, Ctx, Timestamp, Trail, audit::Outcome, network};

use super::Act;

/// For how long refusals like an earlier one are only counted.
const WINDOW: Duration = Duration::from_mins(1);
/// How many kinds of refusals are remembered at once.
const MOST_KINDS: usize = 2_000;
/// How many records of refusals may come at once, and then one each…
const BURST: i64 = 100;
/// … of this time.
const EVERY: Duration = Duration::from_secs(3);

/// A refusal that is to be recorded.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    ctx: Ctx,
    outcome: Outcome,
    reason: String,
}

impl Refusal {
    pub(super) fn of(ctx: &Ctx, outcome: Outcome, reason: &str) -> Self {
        Self {
            ctx: ctx.clone(),
            outcome,
            reason: reason.to_owned(),
        }
    }

    pub(super) fn ctx(&self) -> Ctx {
        self.ctx.clone()
    }

    pub(super) fn action(&self) -> &str {
        self.ctx.trail.as_ref().map_or("", Trail::action)
    }

    pub(super) fn act(&self, times: i64) -> Act {
        let subject = self.ctx.trail.as_ref().and_then(Trail::subject);
        let subject = subject.map_or_else(
            // What was refused before the request was read is about something of this kind.
            || {
                (
                    self.action()
                        .split('.')
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    String::new(),
                )
            },
            |(kind, id)| (kind.into(), id.into()),
        );
        Act {
            subject,
            outcome: self.outcome,
            reason: self.reason.clone(),
            times,
            ..Act::on("", "")
        }
    }

    /// Names what is alike: tenant, act, outcome, reason, who, about what.
    fn kind(&self) -> String {
        let who = match &self.ctx.actor {
            Actor::Viewer(viewer) => viewer.user.to_string(),
            Actor::Service(name) => name.to_string(),
            Actor::Anonymous => self
                .ctx
                .client
                .map_or_else(String::new, |address| network(address).to_string()),
        };
        let act = self.act(1);
        let (kind, id) = &act.subject;
        format!("{}\n{who}\n{kind}\n{id}", self.common())
    }

    /// Names what is alike among all callers.
    fn common(&self) -> String {
        let (action, outcome) = (self.action(), self.outcome.as_str());
        format!("{}\n{action}\n{outcome}\n{}", self.ctx.tenant, self.reason)
    }

    /// The same without what tells callers apart.
    fn of_many(&self) -> Self {
        let ctx = Ctx {
            actor: Actor::Anonymous,
            client: None,
            device: None,
            request_id: "many".into(),
            trail: self
                .ctx
                .trail
                .as_ref()
                .map(|trail| Trail::of(trail.action())),
            ..self.ctx.clone()
        };
        Self {
            ctx,
            ..self.clone()
        }
    }
}

/// Remembers refusals, in bounded memory.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    kinds: HashMap<String, Counted>,
    /// When the next record would be due if they came evenly.
    due: Option<Timestamp>,
}

#[derive(Debug)]
struct Counted {
    since: Timestamp,
    last: Refusal,
    /// Those that no record counts yet.
    times: i64,
}

impl Refusals {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a refusal; gives it back if it is to be written now.
    pub(super) fn note(&self, refusal: Refusal) -> Option<Refusal> {
        let now = refusal.ctx.now();
        let mut state = self.state();
        if let Some(counted) = state.kinds.get_mut(&refusal.kind()) {
            counted.times += 1;
            counted.last = refusal;
            return None;
        }
        let room = state.kinds.len() < MOST_KINDS;
        if !room || !state.may_write(now) {
            let of_many = refusal.of_many();
            state.count(refusal.common(), of_many, 1, now);
            return None;
        }
        state.count(refusal.kind(), refusal.clone(), 0, now);
        Some(refusal)
    }

    /// Takes out what is to be written: counts whose minute is over, or all.
    pub(super) fn due(&self, now: Timestamp, all: bool) -> Vec<(Refusal, i64)> {
        let mut state = self.state();
        let mut due = Vec::new();
        state.kinds.retain(|_, counted| {
            if !all && now < counted.since + WINDOW {
                return true;
            }
            if counted.times > 0 {
                due.push((counted.last.clone(), counted.times));
            }
            false
        });
        due
    }

    /// Counts again what could not be written.
    pub(super) fn put_back(&self, refusal: Refusal, times: i64) {
        let (now, mut state) = (refusal.ctx.now(), self.state());
        let (kind, refusal) = if state.kinds.len() < MOST_KINDS {
            (refusal.kind(), refusal)
        } else {
            (refusal.common(), refusal.of_many())
        };
        state.count(kind, refusal, times, now);
    }
}

impl State {
    fn count(&mut self, kind: String, refusal: Refusal, times: i64, now: Timestamp) {
        let counted = self.kinds.entry(kind).or_insert_with(|| Counted {
            since: now,
            last: refusal.clone(),
            times: 0,
        });
        counted.times += times;
        counted.last = refusal;
    }

    /// Says whether the rate of records allows one more, and counts it.
    fn may_write(&mut self, now: Timestamp) -> bool {
        let due = self.due.unwrap_or(now).max(now);
        let burst = i64::try_from(EVERY.as_micros()).unwrap_or(i64::MAX) * (BURST - 1);
        if due.micros() - now.micros() > burst {
            return false;
        }
        self.due = Some(due + EVERY);
        true
    }
}
