//! Room that the installation keeps for its next start: a file that holds nothing.
//!
//! A start writes, though little: the indexes of the databases' logs, its addresses, its keys. On a full
//! disk it could not, and what can be read would be out of reach until somebody has made room. So a
//! start on a full disk gives the file up, and takes again what it has not used.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use sv_store::free_space;
use tracing::{info, warn};

/// The size of the reserve; what a start needs is a quarter of it.
const SIZE: u64 = 4 << 20;
/// What is written at once.
const PIECE: usize = 64 << 10;
/// With less free space than this, a start may find no room.
const SCARCE: u64 = 2 * SIZE;
/// Only from so much free space on is the reserve made larger: it must not be what fills a disk.
const PLENTY: u64 = 8 * SIZE;

/// The reserve of a data folder.
#[derive(Clone, Debug)]
pub(crate) struct Reserve {
    file: PathBuf,
    /// How much was given up for this start.
    lent: u64,
}

impl Reserve {
    /// Gives the reserve up where there may be too little room to start.
    pub(crate) fn lend(data: &Path) -> Self {
        let file = data.join("reserve");
        let held = fs::metadata(&file).map_or(0, |file| file.len());
        let scarce = free_space(data).is_some_and(|free| free < SCARCE);
        if held == 0 || !scarce {
            return Self { file, lent: 0 };
        }
        match fs::remove_file(&file) {
            Ok(()) => warn!(
                bytes = held,
                "there is hardly room in the data folder; the start uses what is kept for it"
            ),
            Err(cause) => warn!(%cause, file = %file.display(), "the reserve is not given up"),
        }
        Self { file, lent: held }
    }

    /// Takes back what was given up and is still there: as a rule all but a little.
    pub(crate) fn take_back(&self) {
        if self.lent > 0 {
            let held = self.grow(self.lent).unwrap_or_else(|(held, _)| held);
            info!(bytes = held, "room is kept for the next start again");
        }
    }

    /// Makes the reserve as large as it should be, where there is plenty of room.
    pub(crate) fn look_after(&self) -> io::Result<()> {
        let Some(folder) = self.file.parent() else {
            return Ok(());
        };
        let held = fs::metadata(&self.file).map_or(0, |file| file.len());
        if held >= SIZE || free_space(folder).is_none_or(|free| free < PLENTY) {
            return Ok(());
        }
        self.grow(SIZE).map(drop).map_err(|(_, failure)| failure)
    }

    /// Writes as much as there is room for, and returns how much that is.
    fn grow(&self, size: u64) -> Result<u64, (u64, io::Error)> {
        let (mut held, piece) = (0, vec![0_u8; PIECE]);
        let mut write = || {
            let mut file = File::options().create(true).append(true).open(&self.file)?;
            held = file.metadata()?.len();
            while held < size {
                file.write_all(&piece)?;
                held += PIECE as u64;
            }
            Ok(())
        };
        match write() {
            Ok(()) => Ok(held),
            Err(failure) => Err((held, failure)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_is_kept_where_there_is_room_and_not_given_up_there() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = Reserve::lend(folder.path());
        reserve.look_after().unwrap();
        let size = || fs::metadata(folder.path().join("reserve")).unwrap().len();
        assert_eq!(size(), SIZE);
        let reserve = Reserve::lend(folder.path());
        assert_eq!((size(), reserve.lent), (SIZE, 0));
        reserve.look_after().unwrap();
        assert_eq!(size(), SIZE);
        // What was given up comes back.
        fs::remove_file(folder.path().join("reserve")).unwrap();
        Reserve {
            lent: SIZE,
            ..reserve
        }
        .take_back();
        assert_eq!(size(), SIZE);
    }
}
