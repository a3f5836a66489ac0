//! Sessions that ended while their access tokens still run: a snapshot that follows auth's (AUTH-8).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use sv_kernel::{Clock, Error, Id, Result, Session, Timestamp};
use sv_proto::{auth::ListRevocationsResponse, common::CommonReason};

use super::TokenAuthority;

/// How old the snapshot may be before auth is asked at once.
const STALE: Duration = Duration::from_secs(30);
/// How long a failed question speaks for the next calls, so that they do not queue for it.
const PAUSE: Duration = Duration::from_secs(1);
/// The most sessions that are remembered; they end with their tokens, within the hour.
const MOST: usize = 1_000_000;

/// The snapshot of revoked sessions.
#[derive(Debug)]
pub struct Revocations {
    clock: Arc<dyn Clock>,
    snapshot: RwLock<Snapshot>,
    failed: Mutex<Option<Timestamp>>,
    gate: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Snapshot {
    ended: HashMap<Id<Session>, Timestamp>,
    version: i64,
    read_at: Option<Timestamp>,
    cleaned_at: Option<Timestamp>,
}

impl Revocations {
    /// Makes an empty snapshot, which counts as stale.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            snapshot: RwLock::default(),
            failed: Mutex::new(None),
            gate: tokio::sync::Mutex::new(()),
        }
    }

    /// Ends a session at once; for auth in the same process.
    pub fn push(&self, session: Id<Session>, until: Timestamp) {
        self.write(|snapshot| {
            snapshot.ended.insert(session, until);
        });
    }

    /// Fails with `TOKEN_REVOKED` if the session has ended; a snapshot older than 30 s is renewed
    /// first, and without it the answer is UNAVAILABLE: nobody gets in on old news.
    pub async fn check(&self, session: Id<Session>, authority: &dyn TokenAuthority) -> Result<()> {
        if !self.is_fresh() {
            self.renew(authority).await?;
        }
        let revoked = {
            let snapshot = self.snapshot.read().unwrap_or_else(PoisonError::into_inner);
            snapshot.ended.contains_key(&session)
        };
        if revoked {
            Err(CommonReason::TokenRevoked.into())
        } else {
            Ok(())
        }
    }

    /// Reads what ended since the snapshot.
    pub async fn refresh(&self, authority: &dyn TokenAuthority) -> Result<()> {
        let version = self.read(|snapshot| snapshot.version);
        let asked_at = self.clock.now();
        let news = authority.revocations(version).await?;
        self.apply(&news, asked_at);
        Ok(())
    }

    fn apply(&self, news: &ListRevocationsResponse, asked_at: Timestamp) {
        let now = self.clock.now();
        self.write(|snapshot| {
            for revocation in &news.revocations {
                let Ok(session) = revocation.session_id.parse() else {
                    continue;
                };
                let until = revocation
                    .expire_time
                    .as_ref()
                    .map_or(now + Duration::from_hours(24), |t| {
                        Timestamp::from_secs(t.seconds + 1)
                    });
                if snapshot.ended.len() < MOST {
                    snapshot.ended.insert(session, until);
                }
            }
            snapshot.version = news.version;
            snapshot.read_at = Some(asked_at);
            let clean = snapshot
                .cleaned_at
                .is_none_or(|at| now.since(at) > Duration::from_mins(1));
            if clean {
                // A minute more than the token's own end: nothing may slip through the leeway.
                snapshot
                    .ended
                    .retain(|_, until| *until + Duration::from_mins(1) > now);
                snapshot.cleaned_at = Some(now);
            }
        });
    }

    fn is_fresh(&self) -> bool {
        let now = self.clock.now();
        self.read(|snapshot| snapshot.read_at.is_some_and(|at| now.since(at) <= STALE))
    }

    /// Asks auth once for all who wait.
    async fn renew(&self, authority: &dyn TokenAuthority) -> Result<()> {
        let _one_at_a_time = self.gate.lock().await;
        if self.is_fresh() {
            return Ok(());
        }
        let now = self.clock.now();
        let just_failed = {
            let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.is_some_and(|at| now.since(at) < PAUSE)
        };
        if just_failed {
            return Err(CommonReason::Unavailable.into());
        }
        self.refresh(authority).await.map_err(|cause| {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
            Error::from(CommonReason::Unavailable).because(cause)
        })
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
