//! One service as its callers see it: the way to it, its breaker and its retry budget.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{Announcement, Breaker, Budget};
use crate::{
    Env,
    transport::{Transport, remote},
};

pub(super) struct Peer {
    pub(super) name: String,
    way: Way,
    pub(super) breaker: Breaker,
    pub(super) budget: Budget,
}

/// How a service is reached.
pub(super) enum Way {
    Here(Arc<OnceLock<Transport>>),
    There(Transport),
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
        }
    }

    /// Says whether the service runs in this process.
    pub(super) const fn is_here(&self) -> bool {
        matches!(self.way, Way::Here(_))
    }

    /// Returns the transport, if the service can be reached at present.
    pub(super) fn transport(&self) -> Option<Transport> {
        match &self.way {
            Way::Here(here) => here.get().cloned(),
            Way::There(transport) => Some(transport.clone()),
            Way::Announced(announced) => announced.transport(),
        }
    }

    /// Hears that the service could not be reached, so that a moved one is found again.
    pub(super) fn lost(&self) {
        if let Way::Announced(announced) = &self.way {
            *announced
                .known
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = None;
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
