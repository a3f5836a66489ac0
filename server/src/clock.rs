//! When the installation was last in use, so that a start with a clock far from it is doubted.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use sv_boot::Lifecycle;
use sv_kernel::{Clock as _, SystemClock, Timestamp};

/// How often it is written down.
const EACH: Duration = Duration::from_mins(1);

/// Tells the clock what was written down last.
pub(crate) fn recall(data: &Path) {
    if let Some(used) = last_in_use(data) {
        SystemClock.recall(used);
    }
}

/// Writes down again and again that the installation is in use.
pub(crate) fn remember(data: &Path, lifecycle: &Lifecycle) {
    let file = file(data);
    lifecycle.every("process.clock_mark", EACH, move || {
        let file = file.clone();
        async move {
            // What was written by a clock that was right stays when it is set back.
            if read(&file).is_some_and(|used| used > SystemClock.now()) {
                return Ok(());
            }
            // On a full disk the mark that is there is good enough.
            match write(&file) {
                Err(full) if full.kind() == io::ErrorKind::StorageFull => Ok(()),
                written => Ok(written?),
            }
        }
    });
}

/// Returns when the installation was last in use, as was written down.
pub(crate) fn last_in_use(data: &Path) -> Option<Timestamp> {
    read(&file(data))
}

fn file(data: &Path) -> PathBuf {
    data.join("run").join("clock")
}

fn read(file: &Path) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(fs::read_to_string(file).ok()?.trim())
}

fn write(file: &Path) -> io::Result<()> {
    let draft = file.with_extension(std::process::id().to_string());
    fs::write(&draft, format!("{}\n", SystemClock.now()))?;
    fs::rename(draft, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_down_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clock");
        assert_eq!(read(&file), None);
        let before = SystemClock.now();
        write(&file).unwrap();
        assert!(read(&file).unwrap() >= before);
        fs::write(&file, "yesterday").unwrap();
        assert_eq!(read(&file), None);
    }
}
