//! Making a database's file.

use std::{
    fs, io,
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Held while a file is made, so that nobody of this process has it open as a database yet when the
/// handle that made it is closed.
static MAKING: Mutex<()> = Mutex::new(());

/// Makes folder and file where they are missing, readable by their owner only: there are password
/// hashes and keys in the tables. `SQLite` gives its side files the same rights.
///
/// A file that is there is not opened.
pub(crate) fn make_private(file: &Path) -> io::Result<()> {
    let (mut folders, mut files) = (fs::DirBuilder::new(), fs::OpenOptions::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        files.mode(0o600);
    }
    if let Some(folder) = file.parent() {
        folders.recursive(true).create(folder)?;
    }
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    match files.write(true).create_new(true).open(file) {
        Err(failure) if failure.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Returns how many bytes the file system of a path still takes from us, where it can tell.
pub fn free_space(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}
