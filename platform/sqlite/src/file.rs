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

/// Returns how many bytes there are on the file system of a path, free or not; `None` where it cannot be told.
pub fn whole_space(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_blocks.saturating_mul(stat.f_frsize))
}

/// Says whether not one more file fits on the file system of a path, however small it is.
pub(crate) fn holds_no_more_files(path: &Path) -> bool {
    let stat = rustix::fs::statvfs(path);
    // Some file systems do not count.
    stat.is_ok_and(|stat| stat.f_files > 0 && stat.f_favail == 0)
}

/// Says whether this process, or the machine, may not open one more file at this moment.
pub fn files_used_up() -> bool {
    use rustix::fs::{Mode, OFlags};
    // A folder, because the file of a database must not be opened and closed (see the crate).
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::open("/", flags, Mode::empty());
    opened.is_err_and(|refused| is_of_files(&refused.into()))
}

/// Says whether the system refused because too many files are open.
pub fn is_of_files(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let number = error.raw_os_error();
    number.is_some_and(|number| {
        [Errno::MFILE, Errno::NFILE].contains(&Errno::from_raw_os_error(number))
    })
}
