//! How far the demonstration has come, in files of the data folder, so that it is loaded once although processes are
//! killed.

use std::{fs, io, path::PathBuf};

use crate::data_dir::DataDir;

/// The folder in the data folder.
const FOLDER: &str = "demo";
/// What stands in the file of a step that is not done, and of one that is.
const BEGUN: &str = "begun";
const DONE: &str = "done";

/// A file for each step, and for each thing that steps made the id that it was given.
#[derive(Clone, Debug)]
pub(super) struct Progress(PathBuf);

impl Progress {
    pub(super) fn of(data: &DataDir) -> Self {
        Self(data.path().join(FOLDER))
    }

    /// Says whether a step is to be done, and remembers that it was begun: it goes only into fresh tables, which are
    /// that no more when the process is killed in the middle.
    pub(super) fn begin(&self, step: &str, fresh: bool) -> bool {
        if let Some(state) = self.recall(step) {
            return state != DONE;
        }
        if fresh && let Err(cause) = self.remember(step, BEGUN) {
            tracing::warn!(step, %cause, "a demonstration that is broken off will not go on");
        }
        fresh
    }

    /// Remembers that a step is done.
    pub(super) fn done(&self, step: &str) -> io::Result<()> {
        self.remember(step, DONE)
    }

    /// Returns what was remembered under a name.
    pub(super) fn recall(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.0.join(name)).ok()
    }

    /// Remembers a value under a name: all of it or nothing.
    pub(super) fn remember(&self, name: &str, value: &str) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let draft = self.0.join(format!("{name}.draft"));
        fs::write(&draft, value)?;
        fs::rename(draft, self.0.join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_was_begun_goes_on_until_it_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let progress = Progress::of(&data);
        assert!(!progress.begin("old", false));
        assert!(progress.begin("new", true));
        // The tables are there now.
        assert!(progress.begin("new", false));
        progress.done("new").unwrap();
        assert!(!progress.begin("new", false) && !progress.begin("new", true));
    }
}
