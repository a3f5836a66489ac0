//! The data folder: who uses it, and where its running services are.
//!
//! `locks/<service>.lock` is held by the process that runs the service: by one alone where the tables
//! are files of the folder, by each of several where they are on a server; `run/<service>.json` tells other processes of this machine its address
//! ([`Announcement`]).

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use sv_rpc::Announcement;
use sv_store::DbConfig;

/// How often a lock that somebody has is tried again, and how long after.
const LOOKS: u32 = 5;
/// The pause between two tries: a look whether a service runs takes far less.
const LOOK: std::time::Duration = std::time::Duration::from_millis(10);

/// A data folder on this machine.
#[derive(Clone, Debug)]
pub(crate) struct DataDir(PathBuf);

/// Who else may run a service on the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Nobody: its tables are files of the folder, which one process writes.
    Alone,
    /// Others, too: its tables are on a server.
    Beside,
}

impl From<&DbConfig> for Use {
    fn from(tables: &DbConfig) -> Self {
        match tables {
            DbConfig::Sqlite { .. } => Self::Alone,
            DbConfig::Postgres(_) => Self::Beside,
        }
    }
}

/// A lock on one service of a data folder; it ends with the process or when it is dropped.
#[derive(Debug)]
pub(crate) struct ServiceLock {
    file: File,
    data: DataDir,
    service: String,
    use_of: Use,
}

/// The entry of a running service; it is taken back when it is dropped.
#[derive(Debug)]
pub(crate) struct Announced {
    entry: Announcement,
    folder: PathBuf,
}

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataDirError {
    /// The folder cannot be made or written.
    #[error("the data folder {folder} cannot be used; give another one by --data-dir")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is somebody else's, and what the superuser makes in it would be closed to its owner.
    #[error(
        "the data folder {folder} belongs to user {owner}, who could not read what root makes in it; run this as that \
         user, e.g. `setpriv --reuid={owner} --regid={group} --clear-groups streamverse …`"
    )]
    Owner {
        /// The folder.
        folder: PathBuf,
        /// The number of the user.
        owner: u32,
        /// The number of the user's group, as the folder has it.
        group: u32,
    },
    /// Another process runs the service.
    #[error(
        "{service} already runs on the data folder {folder}; stop that process, or give another folder by --data-dir. \
         Several processes of one service need PostgreSQL: store.url (DATABASE_URL)"
    )]
    InUse {
        /// The service.
        service: String,
        /// The folder.
        folder: PathBuf,
    },
}

/// Fails where the superuser would make files in a folder of somebody else.
#[cfg(unix)]
fn for_its_owner(folder: &Path, me: u32) -> Result<(), DataDirError> {
    use std::os::unix::fs::MetadataExt as _;
    // One that is not there yet will be one's own; one that cannot be looked at says so later.
    let Ok(found) = folder.metadata() else {
        return Ok(());
    };
    let (owner, group) = (found.uid(), found.gid());
    if me != 0 || owner == 0 {
        return Ok(());
    }
    let folder = folder.to_owned();
    Err(DataDirError::Owner {
        folder,
        owner,
        group,
    })
}

impl DataDir {
    /// Opens a data folder, and makes it where it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Self, DataDirError> {
        #[cfg(unix)]
        for_its_owner(folder, rustix::process::geteuid().as_raw())?;
        let make = || {
            for sub in ["locks", "run"] {
                fs::create_dir_all(folder.join(sub))?;
            }
            // It holds keys and addresses: nobody but its owner has business in it.
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
            }
            folder.canonicalize()
        };
        make().map(Self).map_err(|source| DataDirError::Folder {
            folder: folder.into(),
            source,
        })
    }

    /// Returns a data folder that is there, and changes nothing: for those who only look.
    pub(crate) fn existing(folder: &Path) -> Option<Self> {
        folder
            .canonicalize()
            .ok()
            .filter(|path| path.is_dir())
            .map(Self)
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Says whether a service has no tables here yet.
    pub(crate) fn is_fresh(&self, service: &str) -> bool {
        !self.0.join(format!("{service}.db")).exists()
    }

    /// Takes a service for this process.
    pub(crate) fn lock(&self, service: &str, use_of: Use) -> Result<ServiceLock, DataDirError> {
        // Somebody may be asking just now whether the service runs.
        let mut taken = self.try_lock(service, use_of);
        for _ in 0..LOOKS {
            if !matches!(taken, Err(DataDirError::InUse { .. })) {
                break;
            }
            std::thread::sleep(LOOK);
            taken = self.try_lock(service, use_of);
        }
        taken
    }

    fn try_lock(&self, service: &str, use_of: Use) -> Result<ServiceLock, DataDirError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.lock_file(service))
            .map_err(|source| DataDirError::Folder {
                folder: self.0.clone(),
                source,
            })?;
        let locked = match use_of {
            Use::Alone => file.try_lock(),
            Use::Beside => file.try_lock_shared(),
        };
        let in_use = || DataDirError::InUse {
            service: service.to_owned(),
            folder: self.0.clone(),
        };
        let lock = ServiceLock {
            file,
            data: self.clone(),
            service: service.to_owned(),
            use_of,
        };
        match locked {
            // Somebody may have deleted it meanwhile, and another process made it again.
            Ok(()) if !lock.is_in_place() => Err(in_use()),
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(in_use()),
            Err(TryLockError::Error(source)) => Err(DataDirError::Folder {
                folder: self.0.clone(),
                source,
            }),
        }
    }

    /// Says whether some process runs the service. Changes nothing.
    pub(crate) fn is_locked(&self, service: &str) -> bool {
        // A lock that was never made is held by nobody.
        File::options()
            .write(true)
            .open(self.lock_file(service))
            .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    fn lock_file(&self, service: &str) -> PathBuf {
        self.0.join("locks").join(format!("{service}.lock"))
    }

    /// Returns the folder in which running services announce themselves.
    pub(crate) fn announcements(&self) -> PathBuf {
        self.0.join("run")
    }

    /// Tells other processes where a service of this process is.
    pub(crate) fn announce(&self, service: &str, url: &str) -> Result<Announced, DataDirError> {
        let entry = Announcement {
            service: service.to_owned(),
            url: url.to_owned(),
            pid: std::process::id(),
        };
        let folder = self.announcements();
        entry
            .publish(&folder)
            .map_err(|source| DataDirError::Folder {
                folder: self.0.clone(),
                source,
            })?;
        Ok(Announced { entry, folder })
    }

    /// Returns where a service runs now, if it does.
    pub(crate) fn running(&self, service: &str) -> Option<Announcement> {
        if !self.is_locked(service) {
            return None;
        }
        Announcement::read(&self.announcements(), service)
    }
}

impl ServiceLock {
    /// Takes the lock anew where its file was deleted or replaced: others would not know of it. Fails
    /// where another process was faster.
    pub(crate) fn keep(&mut self) -> Result<(), DataDirError> {
        if !self.is_in_place() {
            DataDir::open(&self.data.0)?;
            *self = self.data.lock(&self.service, self.use_of)?;
            tracing::warn!(
                service = self.service,
                "the lock was deleted under the running process, and is made again"
            );
        }
        Ok(())
    }

    fn is_in_place(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let held = self.file.metadata();
        let found = fs::metadata(self.data.lock_file(&self.service));
        let both = held.and_then(|held| Ok((held, found?)));
        both.is_ok_and(|(held, found)| (held.dev(), held.ino()) == (found.dev(), found.ino()))
    }
}

impl Announced {
    /// Announces the service anew where its file was deleted: others would not find it.
    pub(crate) fn keep(&self) -> Result<(), DataDirError> {
        let service = &self.entry.service;
        if Announcement::read(&self.folder, service).is_none() {
            let unusable = |source| DataDirError::Folder {
                folder: self.folder.clone(),
                source,
            };
            self.entry.publish(&self.folder).map_err(unusable)?;
            tracing::warn!(service, "the announcement was deleted, and is made again");
        }
        Ok(())
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        // A stale entry does no harm: readers ask for the lock first.
        let _ = self.entry.withdraw(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_runs_a_service() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        assert!(data.is_fresh("auth"));
        let lock = data.lock("auth", Use::Alone).unwrap();
        for use_of in [Use::Alone, Use::Beside] {
            let refused = data.lock("auth", use_of).unwrap_err();
            assert!(refused.to_string().contains("store.url"), "{refused}");
        }
        data.lock("users", Use::Alone).unwrap();
        drop(lock);
        data.lock("auth", Use::Alone).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn the_superuser_makes_nothing_in_a_folder_of_somebody_else() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let owner = folder.path().metadata().unwrap().uid();
        for_its_owner(folder.path(), owner).unwrap();
        for_its_owner(&folder.path().join("new"), 0).unwrap();
        // Somebody else may have been let in by rights of the group.
        for_its_owner(folder.path(), 4711).unwrap();
        if owner == 0 {
            std::os::unix::fs::chown(folder.path(), Some(4711), Some(4712)).unwrap();
        }
        let refused = for_its_owner(folder.path(), 0).unwrap_err().to_string();
        assert!(refused.contains("setpriv --reuid="), "{refused}");
    }

    #[test]
    fn a_lock_that_was_deleted_is_made_again_unless_another_process_was_faster() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let mut lock = data.lock("auth", Use::Alone).unwrap();
        fs::remove_dir_all(folder.path().join("locks")).unwrap();
        lock.keep().unwrap();
        assert!(data.is_locked("auth"));
        data.lock("auth", Use::Alone).unwrap_err();

        fs::remove_file(folder.path().join("locks/auth.lock")).unwrap();
        let other = data.lock("auth", Use::Alone).unwrap();
        lock.keep().unwrap_err();
        drop(other);
        lock.keep().unwrap();
    }

    #[test]
    fn several_processes_run_a_service_whose_tables_are_on_a_server() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let one = data.lock("auth", Use::Beside).unwrap();
        let other = data.lock("auth", Use::Beside).unwrap();
        drop(one);
        assert!(data.is_locked("auth"), "one of them still runs");
        assert!(data.lock("auth", Use::Alone).is_err());
        drop(other);
        assert!(!data.is_locked("auth"));
    }

    #[test]
    fn a_service_is_found_only_while_it_runs() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let entry = data.announce("auth", "http://127.0.0.1:9081").unwrap();
        assert_eq!(data.running("auth"), None, "nobody holds the lock");
        let lock = data.lock("auth", Use::Alone).unwrap();
        assert_eq!(data.running("auth").unwrap().url, "http://127.0.0.1:9081");
        drop((lock, entry));
        assert_eq!(data.running("auth"), None);
    }

    #[test]
    fn an_announcement_that_was_deleted_is_made_again_unless_another_process_has_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let _lock = data.lock("auth", Use::Beside).unwrap();
        let entry = data.announce("auth", "http://127.0.0.1:9081").unwrap();
        fs::remove_dir_all(data.announcements()).unwrap();
        entry.keep().unwrap();
        assert_eq!(data.running("auth").unwrap().url, "http://127.0.0.1:9081");
        let other = data.announce("auth", "http://127.0.0.1:9082").unwrap();
        entry.keep().unwrap();
        assert_eq!(data.running("auth").unwrap().url, "http://127.0.0.1:9082");
        drop((entry, other));
    }
}
