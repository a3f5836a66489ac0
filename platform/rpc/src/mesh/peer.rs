//! One service as its callers see it: the way to it, its breaker and its retry budget.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{Announcement, Breaker, Budget, health::Health};
use crate::{
    Env,
    transport::{Replica, Replicas, Transport, Unreachable, remote},
};

pub(super) struct Peer {
    pub(super) name: String,
    way: Way,
    pub(super) breaker: Breaker,
    pub(super) budget: Budget,
    pub(super) health: Health,
}

/// How a service is reached.
pub(super) enum Way {
    Here(Arc<OnceLock<Transport>>),
    There(Arc<Replicas>),
    Announced(Announced),
}

/// A service of the same machine, which may start, stop and move while we run.
pub(super) struct Announced {
    folder: PathBuf,
    service: String,
    known: Mutex<Option<Transport>>,
}

impl Way {
    pub(super) fn announced(folder: &Path, service: &str) -> Self {
        Self::Announced(Announced {
            folder: folder.to_owned(),
            service: service.to_owned(),
            known: Mutex::default(),
        })
    }
}

impl Peer {
    pub(super) fn new(name: &str, way: Way, env: &Env) -> Self {
        Self {
            name: name.to_owned(),
            way,
            breaker: Breaker::new(env.clock.clone()),
            budget: Budget::new(env.clock.clone()),
            health: Health::new(env.clock.clone()),
        }
    }

    /// Says whether the service runs in this process.
    pub(super) const fn is_here(&self) -> bool {
        matches!(self.way, Way::Here(_))
    }

    /// Returns the way that one attempt takes; `None` where the service has not started yet.
    pub(super) async fn choose(&self) -> Result<Option<Chosen<'_>>, Unreachable> {
        let chosen = match &self.way {
            Way::Here(here) => here.get().cloned().map(Chosen::Here),
            Way::There(replicas) => Some(Chosen::There(replicas, replicas.choose().await?)),
            Way::Announced(announced) => {
                let transport = announced.transport();
                transport.map(|transport| Chosen::Announced(announced, transport))
            }
        };
        Ok(chosen)
    }
}

/// Where one attempt goes.
pub(super) enum Chosen<'p> {
    Here(Transport),
    There(&'p Replicas, Arc<Replica>),
    Announced(&'p Announced, Transport),
}

impl Chosen<'_> {
    pub(super) fn transport(&self) -> Transport {
        match self {
            Self::Here(transport) | Self::Announced(_, transport) => transport.clone(),
            Self::There(_, replica) => replica.transport.clone(),
        }
    }

    /// Hears of a sound answer.
    pub(super) fn answered(&self) {
        if let Self::There(_, replica) = self {
            replica.answered();
        }
    }

    /// Hears that it could not be reached, or answered nothing sound; says whether that speaks
    /// against the service as a whole, because no other replica is left.
    pub(super) fn lost(&self, reached: bool) -> bool {
        match self {
            Self::Here(_) => true,
            Self::There(replicas, replica) => {
                replica.lost();
                !replicas.has_another()
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
        let transport = remote(&url).ok()?;
        *known = Some(transport.clone());
        Some(transport)
    }
}
