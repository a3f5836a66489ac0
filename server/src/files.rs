//! How many files the process may have open, and how many connections that leaves room for.
//!
//! A connection takes one, and another one while it is sent media. One too many, and neither a
//! connection nor a database could be opened: so fewer are accepted than there is room for.

use rustix::process::{Resource, getrlimit, setrlimit};
use sv_boot::{Need, Readiness};
use sv_listen::ConnectionOptions;
use sv_store::files_used_up;
use tracing::{info, warn};

/// What is open besides connections: databases, the index, the log, other servers.
const OWN: u64 = 256;
/// The connections of the operators' port.
const OPERATORS: u64 = 100;
/// A limit below this leaves room for too few connections to serve a public.
const LOW: u64 = 4_096;
/// Fewer connections than this are of no use to anybody.
const LEAST: u64 = 16;

/// What an open database takes: its file and its log for one connection that writes and four that
/// read, and the index of the log.
const DATABASE: u64 = 11;
/// What a process has open besides databases and connections: ports, logs, the search index.
const LITTLE: u64 = 64;

/// Fewer files may be open than a process needs to do anything.
#[derive(Debug, thiserror::Error)]
#[error(
    "at most {limit} files may be open here, and this process needs {needed}: raise the limit \
     (ulimit -Hn, LimitNOFILE= of systemd)"
)]
pub(crate) struct TooFewFiles {
    limit: u64,
    needed: u64,
}

/// The limit of open files; none where the system has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Files(Option<u64>);

impl Files {
    /// Returns what [`Self::raise`] may come to.
    pub(crate) fn most() -> Self {
        Self(getrlimit(Resource::Nofile).maximum)
    }

    /// Raises the limit as far as the system allows it, and returns it.
    pub(crate) fn raise() -> Self {
        let mut limit = getrlimit(Resource::Nofile);
        let before = limit.current;
        limit.current = limit.maximum;
        if let Err(cause) = setrlimit(Resource::Nofile, limit) {
            warn!(%cause, "the limit of open files stays as it is");
            return Self(before);
        }
        Self(limit.current)
    }

    /// Fails where so many databases and a few clients could not be opened: each of them would fail by
    /// itself, and say something else.
    pub(crate) fn suffice_for(self, databases: usize) -> Result<(), TooFewFiles> {
        let databases = u64::try_from(databases).unwrap_or(u64::MAX);
        let needed = LITTLE + 2 * LEAST + databases.saturating_mul(DATABASE);
        match self.0 {
            Some(limit) if limit < needed => Err(TooFewFiles { limit, needed }),
            _ => Ok(()),
        }
    }

    /// Has a process that may not open one more file say so, instead of being sent work.
    pub(crate) fn watch(readiness: &Readiness) {
        readiness.add("open_files", Need::Hard, || async {
            if !files_used_up() {
                return Ok(());
            }
            let limit = Self(getrlimit(Resource::Nofile).current);
            Err(format!(
                "as many files are open as may be ({limit}): raise the limit (ulimit -n, LimitNOFILE=)"
            ))
        });
    }

    /// Says in the log how far it reaches.
    pub(crate) fn tell(self) {
        let connections = self.of_clients(ConnectionOptions::default()).in_all;
        let limit = self.to_string();
        if self.is_low() {
            warn!(
                limit,
                connections, "few files may be open; raise the limit (ulimit -n, LimitNOFILE=)"
            );
        } else {
            info!(limit, connections, "limit of open files");
        }
    }

    /// Says whether it leaves room for a few connections only.
    pub(crate) fn is_low(self) -> bool {
        self.0.is_some_and(|limit| limit < LOW)
    }

    /// Bounds the public port.
    pub(crate) fn of_clients(self, options: ConnectionOptions) -> ConnectionOptions {
        self.bound(options, 3)
    }

    /// Bounds the port of services, whose clients are few.
    pub(crate) fn of_mesh(self, options: ConnectionOptions) -> ConnectionOptions {
        self.bound(options, 1)
    }

    /// Gives a port so many quarters of what there is room for.
    fn bound(self, mut options: ConnectionOptions, quarters: u64) -> ConnectionOptions {
        let Some(limit) = self.0 else {
            return options;
        };
        let room = limit.saturating_sub(OWN + OPERATORS) / 2;
        let most = (room / 4 * quarters).max(LEAST);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if most < options.in_all {
            options.in_all = most;
            // One address alone shall not have them all.
            options.per_address = options.per_address.min((most / 8).max(8));
        }
        options
    }
}

impl std::fmt::Display for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(limit) => limit.fmt(f),
            None => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_takes_no_more_connections_than_there_are_files_for() {
        let bounds = |limit| {
            let bounded = Files(Some(limit)).of_clients(ConnectionOptions::default());
            (bounded.in_all, bounded.per_address)
        };
        assert_eq!(bounds(1_024), (249, 31));
        assert_eq!(bounds(64), (16, 8), "a port takes some in any case");
        assert_eq!(bounds(1 << 20), (10_000, 512));
        let public = Files(Some(1_024)).of_clients(ConnectionOptions::default());
        let mesh = Files(Some(1_024)).of_mesh(ConnectionOptions::of_mesh());
        let connections = u64::try_from(public.in_all + mesh.in_all).unwrap();
        assert!(2 * connections + OPERATORS + OWN <= 1_024);
        Files(Some(217)).suffice_for(11).unwrap();
        let refused = Files(Some(90)).suffice_for(11).unwrap_err().to_string();
        assert!(
            refused.starts_with("at most 90 files may be open here, and this process needs 217: "),
            "{refused}"
        );
        Files(None).suffice_for(11).unwrap();
        let free = Files(None).of_clients(ConnectionOptions::default());
        assert_eq!(free, ConnectionOptions::default());
    }
}
