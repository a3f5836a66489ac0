//! Sessions that ended while what was made out to them still lives: a snapshot that follows auth's
//! (AUTH-8).
//!
//! Nobody is let in on a snapshot that is not complete or not fresh: it is completed first, and while
//! that cannot be done the answer is UNAVAILABLE. An entry stays until whatever it revokes has ended by
//! itself. Where there are more than fit into memory, auth is asked about each session that is not
//! known to have ended, until those that did not fit have run out.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;
use sv_kernel::{Clock, Error, Id, Result, Session, Timestamp};
use sv_proto::{auth::ListRevocationsResponse, common::CommonReason};

use super::TokenAuthority;

/// How old the snapshot may be, also while auth does not answer.
const STALE: Duration = Duration::from_secs(30);
/// How old it may be before auth is asked at once. It is renewed more often than that, but not while nobody
/// asks: the first question after a rest waits for a fresh one.
const RESTED: Duration = Duration::from_secs(3);
/// How long a failed question speaks for the next calls that need its answer, so that they do not queue for it.
const PAUSE: Duration = Duration::from_secs(1);
/// How much longer an entry is kept than what it revokes: nothing may slip through the leeway.
const MARGIN: Duration = Duration::from_mins(1);
/// The most ended sessions that are remembered, about 50 bytes each.
const MOST: usize = 1_000_000;
/// The most sessions of which it is remembered that auth was asked about them.
const MOST_ASKED: u64 = 20_000;
/// How long an answer of auth about one session holds.
const ANSWER_HOLDS: Duration = Duration::from_secs(1);

/// The snapshot of ended sessions.
#[derive(Debug)]
pub struct Revocations {
    clock: Arc<dyn Clock>,
    most: usize,
    snapshot: RwLock<Snapshot>,
    /// Sessions that auth was asked about and that had not ended, with the time of the question.
    live: Cache<Id<Session>, Timestamp>,
    failed: Mutex<Option<Failed>>,
    /// How many questions were begun.
    questions: AtomicU64,
    /// How long access tokens live, in seconds, as auth says with each answer; 0 before the first.
    lifetime: AtomicI64,
    gate: tokio::sync::Mutex<()>,
    /// Whether somebody asked since this was last looked at.
    asked: AtomicBool,
}

#[derive(Debug, Default)]
struct Snapshot {
    ended: HashMap<Id<Session>, Timestamp>,
    version: i64,
    /// When the question was asked that completed the snapshot last.
    complete_at: Option<Timestamp>,
    cleaned_at: Option<Timestamp>,
    /// When the last of what did not fit has run out.
    overflow_until: Option<Timestamp>,
}

/// A question that auth did not answer.
#[derive(Clone, Copy, Debug)]
struct Failed {
    /// When that was known.
    at: Timestamp,
    /// Which one it was.
    question: u64,
}

/// What a process can say about a session by itself.
enum Known {
    Ended,
    Live,
    /// The snapshot is too old, or was never complete.
    Stale,
    /// Not all entries fit.
    Unsure,
}

impl Revocations {
    /// Makes an empty snapshot, which is not complete.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_room(clock, MOST)
    }

    /// Makes an empty snapshot that holds at most so many entries.
    pub(crate) fn with_room(clock: Arc<dyn Clock>, most: usize) -> Self {
        Self {
            clock,
            most,
            snapshot: RwLock::default(),
            live: Cache::new(MOST_ASKED),
            failed: Mutex::new(None),
            questions: AtomicU64::new(0),
            lifetime: AtomicI64::new(0),
            gate: tokio::sync::Mutex::new(()),
            asked: AtomicBool::new(false),
        }
    }

    /// Ends a session at once; for auth in the same process.
    pub fn push(&self, session: Id<Session>, until: Timestamp) {
        self.live.invalidate(&session);
        let (now, most) = (self.clock.now(), self.most);
        self.write(|snapshot| snapshot.insert(session, until, now, most));
    }

    /// Fails with `TOKEN_REVOKED` if the session has ended. A snapshot that was not renewed for a while, as
    /// nobody asked, is renewed first. One that is not complete or older than 30 s has to be, or the answer is
    /// UNAVAILABLE: nobody gets in on old news.
    pub async fn check(&self, session: Id<Session>, authority: &dyn TokenAuthority) -> Result<()> {
        self.asked.store(true, Ordering::Relaxed);
        let mut known = self.known(session);
        let rested = || !self.is_younger_than(RESTED) && !self.has_failed_within(STALE);
        if matches!(known, Known::Stale) {
            self.renew(authority).await?;
            known = self.known(session);
        } else if !matches!(known, Known::Ended) && rested() {
            // Where auth does not answer now, the snapshot is still young enough.
            let _ = self.renew(authority).await;
            known = self.known(session);
        }
        match known {
            Known::Ended => Err(CommonReason::TokenRevoked.into()),
            Known::Live => Ok(()),
            Known::Unsure => self.ask(session, authority).await,
            Known::Stale => Err(CommonReason::Unavailable.into()),
        }
    }

    /// Reads what ended since the snapshot, page by page, until nothing is missing.
    pub async fn refresh(&self, authority: &dyn TokenAuthority) -> Result<()> {
        let _one_at_a_time = self.gate.lock().await;
        self.complete(authority).await
    }

    /// Completes the snapshot, and remembers when that failed.
    async fn complete(&self, authority: &dyn TokenAuthority) -> Result<()> {
        let question = self.questions.fetch_add(1, Ordering::SeqCst) + 1;
        let outcome = self.read_pages(authority).await;
        let at = self.clock.now();
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        *failed = outcome.is_err().then_some(Failed { at, question });
        outcome
    }

    async fn read_pages(&self, authority: &dyn TokenAuthority) -> Result<()> {
        loop {
            let before = self.read(|snapshot| snapshot.version);
            let asked_at = self.clock.now();
            let page = authority.revocations(before).await?;
            self.apply(&page, asked_at);
            if page.complete {
                return Ok(());
            }
            if page.version == before {
                let stuck = "a page of revocations that leads nowhere";
                return Err(Error::from(CommonReason::Internal).because(stuck));
            }
        }
    }

    /// Returns how long access tokens live, if auth has said so.
    pub(super) fn lifetime(&self) -> Option<Duration> {
        let seconds = u64::try_from(self.lifetime.load(Ordering::Relaxed)).ok()?;
        (seconds > 0).then_some(Duration::from_secs(seconds))
    }

    fn apply(&self, page: &ListRevocationsResponse, asked_at: Timestamp) {
        self.lifetime
            .store(page.access_token_seconds, Ordering::Relaxed);
        let (now, most) = (self.clock.now(), self.most);
        self.write(|snapshot| {
            for revocation in &page.revocations {
                let Ok(session) = revocation.session_id.parse() else {
                    continue;
                };
                let until = revocation
                    .expire_time
                    .as_ref()
                    .map_or(now + Duration::from_hours(24), |t| {
                        Timestamp::from_secs(t.seconds.saturating_add(1))
                    });
                self.live.invalidate(&session);
                snapshot.insert(session, until, now, most);
            }
            snapshot.version = page.version;
            if page.complete {
                snapshot.complete_at = Some(asked_at);
            }
            if snapshot.is_to_clean(now) {
                snapshot.clean(now);
            }
        });
    }

    fn known(&self, session: Id<Session>) -> Known {
        let now = self.clock.now();
        self.read(|snapshot| {
            let fresh = snapshot
                .complete_at
                .is_some_and(|at| now.since(at) <= STALE);
            let overflows = snapshot
                .overflow_until
                .is_some_and(|until| now <= until + MARGIN);
            if snapshot.ended.contains_key(&session) {
                Known::Ended
            } else if !fresh {
                Known::Stale
            } else if overflows {
                Known::Unsure
            } else {
                Known::Live
            }
        })
    }

    /// Asks auth about one session.
    async fn ask(&self, session: Id<Session>, authority: &dyn TokenAuthority) -> Result<()> {
        let now = self.clock.now();
        let asked = self.live.get(&session);
        if asked.is_some_and(|at| now.since(at) < ANSWER_HOLDS) {
            return Ok(());
        }
        let ended = authority.has_ended(session).await;
        if ended.map_err(|cause| Error::from(CommonReason::Unavailable).because(cause))? {
            return Err(CommonReason::TokenRevoked.into());
        }
        self.live.insert(session, now);
        Ok(())
    }

    /// Says whether somebody asked since this was called last.
    pub(super) fn were_asked(&self) -> bool {
        self.asked.swap(false, Ordering::Relaxed)
    }

    fn is_younger_than(&self, age: Duration) -> bool {
        let now = self.clock.now();
        self.read(|snapshot| snapshot.complete_at.is_some_and(|at| now.since(at) <= age))
    }

    /// Asks auth once for all who wait. A question that failed speaks for those who come after it, and for those who
    /// waited for all of it; who came in the middle of it, as of one that nobody had asked for, has its own.
    async fn renew(&self, authority: &dyn TokenAuthority) -> Result<()> {
        let asked_before = self.questions.load(Ordering::SeqCst);
        let is_refused = self.has_failed_within(PAUSE);
        let _one_at_a_time = self.gate.lock().await;
        if self.is_younger_than(RESTED) {
            return Ok(());
        }
        let speaks = |failed: Failed| is_refused || failed.question > asked_before;
        if self.has_failed_within(PAUSE) && self.failed().is_some_and(speaks) {
            let cause = "auth has not said which sessions ended, and was asked just now";
            return Err(Error::from(CommonReason::Unavailable).because(cause));
        }
        let completed = self.complete(authority).await;
        completed.map_err(|cause| Error::from(CommonReason::Unavailable).because(cause))
    }

    fn has_failed_within(&self, time: Duration) -> bool {
        let now = self.clock.now();
        self.failed()
            .is_some_and(|failed| now.since(failed.at) < time)
    }

    fn failed(&self) -> Option<Failed> {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, f: impl FnOnce(&Snapshot) -> T) -> T {
        f(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, f: impl FnOnce(&mut Snapshot)) {
        f(&mut self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner));
    }
}

impl Snapshot {
    /// Notes an ended session; an entry is never made to end sooner.
    fn insert(&mut self, session: Id<Session>, until: Timestamp, now: Timestamp, most: usize) {
        if let Some(known) = self.ended.get_mut(&session) {
            *known = until.max(*known);
            return;
        }
        if self.ended.len() >= most && self.is_to_clean(now) {
            self.clean(now);
        }
        if self.ended.len() < most {
            self.ended.insert(session, until);
        } else {
            if self.overflow_until.is_none_or(|over| over + MARGIN < now) {
                tracing::warn!(
                    most,
                    "more sessions ended than are remembered: auth is asked"
                );
            }
            self.overflow_until = self.overflow_until.max(Some(until));
        }
    }

    fn is_to_clean(&self, now: Timestamp) -> bool {
        self.cleaned_at
            .is_none_or(|at| now.since(at) > Duration::from_mins(1))
    }

    fn clean(&mut self, now: Timestamp) {
        self.ended.retain(|_, until| *until + MARGIN > now);
        self.cleaned_at = Some(now);
    }
}
