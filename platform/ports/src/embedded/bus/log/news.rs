//! How the log tells that something was written, by whatever process.

use std::{
    ffi::OsString,
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use sea_orm::ConnectionTrait as _;

use super::{Log, failed, sql};
use crate::PortResult;

/// The header of the index that `SQLite`'s connections share: it differs after every commit
/// (<https://www.sqlite.org/walformat.html>, 2.1).
pub(in super::super) type Header = [u8; 48];

/// The file that holds the index. To read its header costs a hundredth of a query, and is done all the
/// time.
#[derive(Debug)]
pub(super) struct SharedIndex(PathBuf);

impl SharedIndex {
    /// Names the index of a log's file.
    pub(super) fn of(log: &Path) -> Self {
        let mut path = OsString::from(log);
        path.push("-shm");
        Self(path.into())
    }
}

impl Log {
    /// Opens the file that [`header`] reads; `None` where there is none to open.
    pub(in super::super) fn shared_index(&self) -> Option<File> {
        File::open(&self.index.0).ok()
    }

    /// Returns how many records were ever appended, in all partitions together.
    pub(in super::super) async fn appended(&self) -> PortResult<i64> {
        let select = sql("SELECT COALESCE(SUM(next_offset), 0) FROM partitions", []);
        let row = self.watcher.query_one_raw(select).await;
        let row = row.map_err(failed)?.ok_or_else(|| failed("no sum"))?;
        row.try_get_by(0).map_err(failed)
    }
}

/// Reads the header; what is read while a commit writes it differs from what it is after that.
pub(in super::super) fn header(mut index: &File) -> Option<Header> {
    let mut header = [0; 48];
    index.seek(SeekFrom::Start(0)).ok()?;
    index.read_exact(&mut header).ok()?;
    Some(header)
}
