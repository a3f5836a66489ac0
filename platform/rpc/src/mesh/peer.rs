//! One service as its callers see it: the way to it, its breakers and its retry budget.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use sv_kernel::{Clock, Timestamp};
use sv_tls::Tls;

use super::{Announcement, Budget, breaker::Breakers};
use crate::{
    Env,
    transport::{Choice, Replicas, Transport, Unreachable, remote},
};

/// How long an attempt waits that finds out how a replica does that was left alone.
const TRIAL: Duration = Duration::from_secs(1);

/// What a peer said last, and when.
pub(super) struct Health {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) said: tokio::sync::Mutex<Option<(Timestamp, Result<(), String>)>>,
}

impl Health {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            said: tokio::sync::Mutex::default(),
        }
    }
}

pub(super) struct Peer {
    pub(super) name: String,
    endpoint: Endpoint,
    pub(super) breakers: Breakers,
    pub(super) budget: Budget,
    pub(super) health: Health,
}

/// How a service is reached.
pub(super) enum Endpoint {
    Local(Arc<OnceLock<Transport>>),
    Remote(Arc<Replicas>),
    Announced(Announced),
}

/// A service of the same machine, which may start, stop and move while we run.
pub(super) struct Announced {
    tls: Option<Tls>,
    folder: PathBuf,
    service: String,
    known: Mutex<Option<Transport>>,
}

impl Endpoint {
    pub(super) fn announced(folder: &Path, service: &str, tls: Option<Tls>) -> Self {
        Self::Announced(Announced {
            tls,
            folder: folder.to_owned(),
            service: service.to_owned(),
            known: Mutex::default(),
        })
    }
}

impl Peer {
    pub(super) fn new(name: &str, endpoint: Endpoint, env: &Env) -> Self {
        Self {
            name: name.to_owned(),
            endpoint,
            breakers: Breakers::new(name, env.clock.clone()),
            budget: Budget::new(env.clock.clone()),
            health: Health::new(env.clock.clone()),
        }
    }

    /// Says whether the service runs in this process.
    pub(super) const fn is_here(&self) -> bool {
        matches!(self.endpoint, Endpoint::Local(_))
    }

    /// Returns the way that one attempt takes; `None` where the service has not started yet. A call that
    /// `may_try` can be made again elsewhere, and so may find out how a replica does that was left alone.
    pub(super) async fn choose(&self, may_try: bool) -> Result<Option<Chosen<'_>>, Unreachable> {
        let chosen = match &self.endpoint {
            Endpoint::Local(here) => here.get().cloned().map(Chosen::Local),
            Endpoint::Remote(replicas) => {
                Some(Chosen::Remote(replicas, replicas.choose(may_try).await?))
            }
            Endpoint::Announced(announced) => {
                let transport = announced.transport();
                transport.map(|transport| Chosen::Announced(announced, transport))
            }
        };
        Ok(chosen)
    }
}

/// Where one attempt goes.
pub(super) enum Chosen<'p> {
    Local(Transport),
    Remote(&'p Replicas, Choice),
    Announced(&'p Announced, Transport),
}

impl Chosen<'_> {
    pub(super) fn transport(&self) -> Transport {
        match self {
            Self::Local(transport) | Self::Announced(_, transport) => transport.clone(),
            Self::Remote(_, choice) => choice.replica.transport.clone(),
        }
    }

    /// Hears of a sound answer.
    pub(super) fn answered(&self) {
        if let Self::Remote(_, choice) = self {
            choice.replica.answered();
        }
    }

    /// Says how long an attempt that can be made again elsewhere waits, with so much time left.
    pub(super) fn timeout(&self, left: Duration) -> Option<Duration> {
        match self {
            Self::Remote(replicas, choice) if replicas.has_another(&choice.replica) => {
                Some(if choice.trial {
                    TRIAL.min(left / 2)
                } else {
                    left / 2
                })
            }
            _ => None,
        }
    }

    /// Says whether another attempt may find another replica: then no attempt tells about the service, only
    /// the call as a whole.
    pub(super) fn is_one_of_several(&self) -> bool {
        matches!(self, Self::Remote(replicas, _) if replicas.are_several())
    }

    /// Hears that it could not be reached, or answered nothing sound or not in time; says whether that
    /// speaks against the service as a whole, because no other replica is left.
    pub(super) fn lost(&self, reached: bool) -> bool {
        match self {
            Self::Local(_) => true,
            Self::Remote(replicas, choice) => {
                choice.replica.lost();
                !replicas.has_another(&choice.replica)
            }
            // A service that has moved is found again.
            Self::Announced(announced, _) => {
                if !reached {
                    let known = announced.known.lock();
                    *known.unwrap_or_else(PoisonError::into_inner) = None;
                }
                true
            }
        }
    }
}

impl Announced {
    fn transport(&self) -> Option<Transport> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(transport) = &*known {
            return Some(transport.clone());
        }
        // A small local file, read only after a start or a lost connection.
        let url = Announcement::read(&self.folder, &self.service)?.url;
        let transport = remote(&url, self.tls.as_ref()).ok()?;
        *known = Some(transport.clone());
        Some(transport)
    }
}
