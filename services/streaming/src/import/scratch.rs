//! Folders for the files of an import. One that a process left behind when it was killed is removed by whoever begins
//! an import next: the lock of its owner tells whether somebody works there.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// How such folders begin.
const PREFIX: &str = "streamverse-upload-";
const LOCK: &str = "lock";

/// A folder that goes with its owner.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes a folder, and removes those that nobody works in any more.
    pub(crate) async fn open(parent: &Path) -> io::Result<Self> {
        let parent = parent.to_owned();
        let made = move || {
            fs::create_dir_all(&parent)?;
            sweep(&parent)?;
            let folder = tempfile::Builder::new()
                .prefix(PREFIX)
                .tempdir_in(&parent)?;
            let lock = File::create_new(folder.path().join(LOCK))?;
            lock.lock()?;
            Ok(Self {
                folder,
                _lock: lock,
            })
        };
        tokio::task::spawn_blocking(made).await?
    }

    /// Returns its path.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes folders whose owners are gone.
pub(crate) fn sweep(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let is_ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(PREFIX));
        if is_ours && is_left(&entry.path()) {
            // Another process may remove it at the same time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// Says whether the owner of a folder is gone. One without a lock is being made.
fn is_left(folder: &Path) -> bool {
    let lock: PathBuf = folder.join(LOCK);
    File::open(lock).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_killed_process_left_goes_and_what_is_worked_in_stays() {
        let parent = tempfile::tempdir().unwrap();
        let left = parent.path().join(format!("{PREFIX}left"));
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::write(left.join("upload"), "bytes").unwrap();
        let other = parent.path().join("somebody-else");
        fs::create_dir(&other).unwrap();
        let first = Scratch::open(parent.path()).await.unwrap();
        assert!(!left.exists() && other.exists());
        let second = Scratch::open(parent.path()).await.unwrap();
        assert!(first.path().exists() && second.path().exists());
        let path = first.path().to_owned();
        drop(first);
        assert!(!path.exists());
    }
}
