//! The login of a client, and what may take its place.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sv_proto::auth::AuthReason;
use tonic::Status;

use crate::{Error, Session};

pub(crate) type OnSession = Arc<dyn Fn(Option<&Session>) + Send + Sync>;

/// Marks the request of whoever has the client's turn.
#[derive(Clone, Copy)]
pub(crate) struct HasTurn;

/// Holds the session that is in force. What began with an older one does not replace it.
pub(crate) struct Login {
    /// Of refreshing, and of choosing a profile, which ends the session that a refresh would begin
    /// with.
    pub(crate) turn: tokio::sync::Mutex<()>,
    on_session: Option<OnSession>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    told: Option<Session>,
    is_telling: bool,
    changes: u64,
    failures: u64,
    failure: Option<Status>,
}

impl Login {
    pub(crate) fn new(session: Option<Session>, on_session: Option<OnSession>) -> Self {
        let state = State {
            told: session.clone(),
            session,
            ..State::default()
        };
        Self {
            turn: tokio::sync::Mutex::new(()),
            on_session,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn session(&self) -> Option<Session> {
        self.state().session.clone()
    }

    /// Returns how often somebody signed in or out or chose a profile; a session that is refreshed is
    /// still the same login.
    pub(crate) fn changes(&self) -> u64 {
        self.state().changes
    }

    /// Takes over another login; where `since` is given, only if there were so many changes until now.
    pub(crate) fn change(&self, session: Option<Session>, since: Option<u64>) {
        let mut state = self.state();
        if since.is_none_or(|since| since == state.changes) {
            state.session = session;
            state.changes += 1;
        }
    }

    /// Goes on with a session if the one that it comes of is still in force.
    pub(crate) fn replace(&self, stale: &Session, session: Option<Session>) {
        let mut state = self.state();
        if state.session.as_ref() == Some(stale) {
            state.session = session;
        }
    }

    /// Returns how many refreshes failed.
    pub(crate) fn failures(&self) -> u64 {
        self.state().failures
    }

    /// Returns what a refresh failed with after so many failures.
    pub(crate) fn failure_after(&self, failures: u64) -> Option<Status> {
        let state = self.state();
        state.failure.clone().filter(|_| state.failures != failures)
    }

    /// Fails with what a refresh was refused with, unless there is a newer session, which needs none.
    pub(crate) fn failed(&self, stale: &Session, status: Status) -> Result<(), Status> {
        let error = Error::from(status);
        let over = [
            AuthReason::RefreshTokenInvalid,
            AuthReason::RefreshTokenExpired,
            AuthReason::RefreshTokenReused,
            AuthReason::AccountBlocked,
        ];
        if over.into_iter().any(|reason| error.is(reason)) {
            self.replace(stale, None);
        }
        let mut state = self.state();
        match &state.session {
            Some(session) if session != stale => Ok(()),
            _ => {
                state.failures += 1;
                state.failure = Some(error.status().clone());
                Err(error.into())
            }
        }
    }

    /// Says what is in force now: one task at a time, so that what is said last is what holds.
    pub(crate) fn tell(&self) {
        let Some(told) = &self.on_session else {
            return;
        };
        if std::mem::replace(&mut self.state().is_telling, true) {
            return;
        }
        let _telling = Telling(self);
        loop {
            let now = {
                let mut state = self.state();
                if state.told == state.session {
                    state.is_telling = false;
                    return;
                }
                let now = state.session.clone();
                state.told.clone_from(&now);
                now
            };
            told(now.as_ref());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment, which is whole also where a thread ended.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets others tell where what was told panicked.
struct Telling<'a>(&'a Login);

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state().is_telling = false;
        }
    }
}
