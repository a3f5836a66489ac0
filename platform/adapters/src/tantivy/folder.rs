//! The folder of an index: its generations and which of them answers.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sv_ports::PortResult;
use tantivy::TantivyError;

use super::{generation::Generation, schema::LAYOUT, unavailable};

/// The file that names the generation that answers.
const CURRENT: &str = "CURRENT";

/// The folder of an index.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Opens the generation that answers, or makes one, and clears all others away.
    pub(super) fn open_live(&self) -> PortResult<Generation> {
        fs::create_dir_all(&self.0).map_err(unavailable)?;
        let live = match self.readable()? {
            Some(live) => live,
            None => self.create_live()?,
        };
        self.clear_except(&[live.path()]);
        Ok(live)
    }

    fn readable(&self) -> PortResult<Option<Generation>> {
        let Some(path) = self.current().map_err(unavailable)? else {
            return Ok(None);
        };
        match Generation::open(&path) {
            Ok(live) => Ok(Some(live)),
            Err(error) if may_pass(&error) => Err(unavailable(error)),
            Err(error) => {
                tracing::warn!(%error, "the search index cannot be read and is made anew");
                Ok(None)
            }
        }
    }

    fn create_live(&self) -> PortResult<Generation> {
        let made = self.create()?;
        self.promote(&made)?;
        Ok(made)
    }

    /// Makes the next generation; what an earlier rebuild left is cleared away.
    pub(super) fn begin(&self) -> PortResult<Generation> {
        let live = self.current().map_err(unavailable)?;
        let live: Vec<&Path> = live.iter().map(PathBuf::as_path).collect();
        self.clear_except(&live);
        self.create()
    }

    /// Lets a generation answer from now on, also after a crash.
    pub(super) fn promote(&self, generation: &Generation) -> PortResult<()> {
        let name = generation.path().file_name().unwrap_or_default();
        let draft = self.0.join("CURRENT.new");
        let write = || {
            fs::write(&draft, name.as_encoded_bytes())?;
            fs::File::open(&draft)?.sync_all()?;
            fs::rename(&draft, self.0.join(CURRENT))?;
            fs::File::open(&self.0)?.sync_all()
        };
        write().map_err(unavailable)
    }

    fn current(&self) -> io::Result<Option<PathBuf>> {
        match fs::read_to_string(self.0.join(CURRENT)) {
            Ok(name) if name.starts_with(LAYOUT) && !name.contains(['/', '\\']) => {
                Ok(Some(self.0.join(name)))
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn create(&self) -> PortResult<Generation> {
        let mut number = 1_u64;
        let path = loop {
            let path = self.0.join(format!("{LAYOUT}-{number}"));
            if !path.exists() {
                break path;
            }
            number += 1;
        };
        fs::create_dir(&path).map_err(unavailable)?;
        Generation::create(&path).map_err(unavailable)
    }

    /// Removes all generations but these.
    fn clear_except(&self, keep: &[&Path]) {
        let Ok(entries) = fs::read_dir(&self.0) else {
            return;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() && !keep.contains(&path.as_path()) {
                Generation::clear(&path);
            }
        }
    }
}

/// Says whether opening may work another time: a disk that fails, another process that writes.
fn may_pass(error: &TantivyError) -> bool {
    matches!(
        error,
        TantivyError::IoError(_) | TantivyError::LockFailure(..)
    )
}
