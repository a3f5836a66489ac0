//! Who holds a partition, and whether it still lives.
//!
//! A lease names its owner, `<instance>/<member>`. An instance is one open bus: it holds a lock on
//! a file of its name, which the operating system drops when the process ends, however it ends; so
//! others take over at once. A process that stands still keeps its lock: its leases are taken once
//! they have not been renewed for [`STALE_AFTER`]. Either way the taker counts up the lease's
//! epoch, and commits of the former owner have no effect any more.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sv_kernel::{Clock as _, Entropy as _, SystemClock, SystemEntropy};

use super::log::LeaseRow;

/// How often leases are renewed, in real time.
pub(super) const RENEW_EVERY: Duration = Duration::from_secs(10);

/// The time after which a lease that was not renewed may be taken from a living owner.
pub(super) const STALE_AFTER: Duration = Duration::from_secs(30);

/// One open bus, as others see it.
#[derive(Debug)]
pub(super) struct Instance {
    name: String,
    folder: PathBuf,
    members: Mutex<BTreeSet<String>>,
    // Held, not read: closing it drops the lock.
    _lock: File,
}

impl Instance {
    /// Begins to live: makes and locks a file in `folder`, and removes those of the dead.
    pub(super) fn start(folder: &std::path::Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        remove_the_dead(folder)?;
        let mut random = [0; 8];
        SystemEntropy.fill(&mut random);
        let name = format!("{:016x}", u64::from_be_bytes(random));
        // Locked before it gets its final name, so that nobody ever sees it unlocked.
        let fresh = folder.join(format!("{name}.new"));
        let lock = File::create_new(&fresh)?;
        lock.try_lock()?;
        fs::rename(&fresh, lock_file(folder, &name))?;
        Ok(Self {
            name,
            folder: folder.into(),
            members: Mutex::default(),
            _lock: lock,
        })
    }

    /// Registers a member and returns its name as an owner.
    pub(super) fn join(&self, member: u64) -> String {
        let owner = format!("{}/{member}", self.name);
        self.members().insert(owner.clone());
        owner
    }

    /// Forgets a member.
    pub(super) fn leave(&self, owner: &str) {
        self.members().remove(owner);
    }

    /// Lists the members that live.
    pub(super) fn owners(&self) -> Vec<String> {
        self.members().iter().cloned().collect()
    }

    /// Says whether another bus is open on the folder, in this process or in another. Doubt counts as
    /// yes.
    pub(super) fn has_company(&self) -> bool {
        let own = lock_file(&self.folder, &self.name);
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return true;
        };
        let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        paths.any(|path| {
            path.extension().is_some_and(|end| end == "lock") && path != own && is_locked(&path)
        })
    }

    /// Says whether a lease may be taken over.
    pub(super) fn is_free(&self, lease: &LeaseRow) -> bool {
        SystemClock.now().since(lease.renewed_at) > STALE_AFTER || !self.lives(&lease.owner)
    }

    fn lives(&self, owner: &str) -> bool {
        match owner.split_once('/') {
            Some((instance, _)) if instance == self.name => self.members().contains(owner),
            Some((instance, _)) => is_locked(&lock_file(&self.folder, instance)),
            None => false,
        }
    }

    fn members(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // The lock goes anyway; a file that stays behind is removed by the next to start.
        let _ = fs::remove_file(lock_file(&self.folder, &self.name));
    }
}

fn lock_file(folder: &std::path::Path, instance: &str) -> PathBuf {
    folder.join(format!("{instance}.lock"))
}

/// Says whether somebody holds the file's lock. Doubt counts as yes.
fn is_locked(file: &std::path::Path) -> bool {
    match File::open(file) {
        Ok(file) => !matches!(file.try_lock_shared(), Ok(())),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

fn remove_the_dead(folder: &std::path::Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "lock")
            && !is_locked(&path)
        {
            // Another process may have removed it first.
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sv_kernel::Timestamp;

    use super::*;
    use crate::TopicPartition;

    fn lease(owner: &str, renewed_at: Timestamp) -> LeaseRow {
        LeaseRow {
            partition: TopicPartition {
                topic: "t".into(),
                partition: 0,
            },
            owner: owner.into(),
            epoch: 1,
            renewed_at,
        }
    }

    #[test]
    fn a_lease_is_free_once_its_owner_is_gone_or_stands_still() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (
            Instance::start(folder.path()).unwrap(),
            Instance::start(folder.path()).unwrap(),
        );
        let owner = a.join(0);
        let (now, long_ago) = (SystemClock.now(), SystemClock.now() - STALE_AFTER * 2);
        for instance in [&a, &b] {
            assert!(!instance.is_free(&lease(&owner, now)));
            assert!(instance.is_free(&lease(&owner, long_ago)));
            assert!(instance.is_free(&lease("", now)), "given back");
            assert!(
                instance.is_free(&lease("0123456789abcdef/0", now)),
                "unknown"
            );
        }
        a.leave(&owner);
        assert!(a.is_free(&lease(&owner, now)), "the member left");
        let owner = a.join(1);
        drop(a);
        assert!(b.is_free(&lease(&owner, now)), "the instance ended");
    }

    #[test]
    fn files_of_the_dead_are_removed_and_those_of_the_living_stay() {
        let folder = tempfile::tempdir().unwrap();
        let alive = Instance::start(folder.path()).unwrap();
        let dead = folder.path().join("00000000deadbeef.lock");
        fs::write(&dead, "").unwrap();
        let _next = Instance::start(folder.path()).unwrap();
        assert!(!dead.exists());
        assert!(lock_file(folder.path(), &alive.name).exists());
    }
}
