//! Room that blobs leave to others on their disk. The tables lie there as well: where films take the last byte, nobody
//! signs in, and not even what filled the disk can be deleted, because that has to be written down.

use std::{io, path::Path};

use sv_sqlite::{free_space, whole_space};

/// Bytes after which one that is written looks at the disk again.
pub(super) const OFTEN: usize = 4 << 20;
/// The most bytes that are left: several may write at once, and each looks now and then.
const MOST: u64 = 64 << 20;
/// The part of a small disk that is left.
const PART: u64 = 16;

/// How many bytes are left to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spare(u64);

impl Spare {
    /// Measures the disk of a folder.
    pub(super) fn of(folder: &Path) -> Self {
        whole_space(folder).map_or(Self(0), Self::on)
    }

    fn on(disk: u64) -> Self {
        Self(MOST.min(disk / PART))
    }

    /// Fails where there is no more room than is left to others.
    pub(super) async fn check(self, folder: &Path) -> io::Result<()> {
        let folder = folder.to_owned();
        let free = tokio::task::spawn_blocking(move || free_space(&folder)).await;
        self.leaves(free.unwrap_or_default())
    }

    fn leaves(self, free: Option<u64>) -> io::Result<()> {
        if free.is_some_and(|free| free <= self.0) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_leave_a_part_of_a_small_disk_and_64_mib_of_a_large_one() {
        assert_eq!(Spare::on(48 << 20), Spare(3 << 20));
        assert_eq!(Spare::on(1 << 40), Spare(64 << 20));
        let spare = Spare(3 << 20);
        spare.leaves(Some(4 << 20)).unwrap();
        spare.leaves(None).unwrap();
        let full = spare.leaves(Some(3 << 20)).unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    }
}
