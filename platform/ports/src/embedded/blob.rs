//! Blobs as files of a folder: the key is the path.

mod list;
mod spare;

#[cfg(test)]
mod tests;

use std::{
    fs::Metadata,
    io::{self, ErrorKind},
    ops::Range,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use sv_kernel::{Clock as _, Entropy as _, SystemClock, SystemEntropy, Timestamp};
use tokio::{
    fs,
    io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, SeekFrom},
};
use tokio_util::io::ReaderStream;

use self::spare::Spare;
use crate::{
    BlobInfo, BlobPage, BlobReader, ByteStream, MAX_WHOLE_BLOB, PortError, PortResult,
    blob::validate_blob_prefix, validate_blob_key,
};

/// Where files are written before they get their names; no key leads there.
const UNFINISHED: &str = ".unfinished";

/// The age from which an unfinished file is one that a crash left behind.
const ABANDONED: Duration = Duration::from_hours(24);

/// How much one read of a stream brings, in bytes.
const PIECE: usize = 64 * 1024;

/// The embedded blob store. Several processes may share its folder.
#[derive(Debug)]
pub struct Blob {
    root: PathBuf,
    spare: Spare,
}

impl Blob {
    /// Opens, and if need be creates, a store in a folder of its own.
    pub async fn open(folder: &Path) -> PortResult<Self> {
        fs::create_dir_all(folder.join(UNFINISHED))
            .await
            .map_err(failed)?;
        let root = fs::canonicalize(folder).await.map_err(failed)?;
        let spare = Spare::of(&root);
        let store = Self { root, spare };
        store.remove_abandoned(ABANDONED).await.map_err(failed)?;
        Ok(store)
    }

    async fn remove_abandoned(&self, age: Duration) -> io::Result<u64> {
        let mut count = 0;
        let mut files = fs::read_dir(self.root.join(UNFINISHED)).await?;
        while let Some(file) = files.next_entry().await? {
            // Another process may remove or finish it at the same time.
            let Ok(metadata) = file.metadata().await else {
                continue;
            };
            if SystemClock.now().since(modified(&metadata)) > age
                && remove(&file.path(), metadata.is_dir()).await.is_ok()
            {
                count += 1;
            }
        }
        Ok(count)
    }

    fn unfinished(&self) -> PathBuf {
        let mut random = [0; 16];
        SystemEntropy.fill(&mut random);
        self.root
            .join(UNFINISHED)
            .join(format!("{:032x}", u128::from_be_bytes(random)))
    }

    /// Writes the body to a file, makes it durable and gives it its name.
    async fn write(&self, file: &Path, key: &str, mut body: ByteStream) -> PortResult<Metadata> {
        let mut out = fs::File::create_new(file).await.map_err(failed)?;
        let mut unseen = spare::OFTEN;
        while let Some(piece) = body.try_next().await? {
            unseen += piece.len();
            if unseen >= spare::OFTEN {
                self.spare.check(&self.root).await.map_err(failed)?;
                unseen = 0;
            }
            out.write_all(&piece).await.map_err(failed)?;
        }
        out.flush().await.map_err(failed)?;
        let target = self.root.join(key);
        // The tag follows from the time; a file system's clock may stand still between two puts.
        if let Ok(old) = fs::symlink_metadata(&target).await {
            let fresh = out.metadata().await.map_err(failed)?;
            let (old, fresh) = (
                old.modified().map_err(failed)?,
                fresh.modified().map_err(failed)?,
            );
            if fresh <= old {
                let out = out.try_clone().await.map_err(failed)?.into_std().await;
                out.set_modified(old + Duration::from_micros(1))
                    .map_err(failed)?;
            }
        }
        out.sync_all().await.map_err(failed)?;
        let metadata = out.metadata().await.map_err(failed)?;
        self.make_folders(key).await?;
        self.name(file, &target).await?;
        Ok(metadata)
    }

    /// Makes the key's folders, durably.
    async fn make_folders(&self, key: &str) -> PortResult<()> {
        let mut folder = self.root.clone();
        let parts: Vec<_> = key.split('/').collect();
        for part in &parts[..parts.len() - 1] {
            let parent = folder.clone();
            folder.push(part);
            match fs::create_dir(&folder).await {
                Ok(()) => sync_folder(&parent).await?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(in_the_way(error)),
            }
        }
        Ok(())
    }

    async fn name(&self, file: &Path, target: &Path) -> PortResult<()> {
        if let Some(folder) = target.parent()
            && !self.contains(folder).await?
        {
            return Err(PortError::invalid(
                "the key's folder leads out of the store",
            ));
        }
        if let Err(error) = fs::rename(file, target).await {
            // An empty folder that deleted blobs left behind may be in the way.
            fs::remove_dir(target)
                .await
                .map_err(|_| in_the_way(error))?;
            fs::rename(file, target).await.map_err(in_the_way)?;
        }
        sync_folder(target.parent().unwrap_or(&self.root)).await
    }

    /// Says whether a path exists and is inside the store after following all links.
    async fn contains(&self, path: &Path) -> PortResult<bool> {
        match fs::canonicalize(path).await {
            Ok(real) => Ok(real.starts_with(&self.root)),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn open_file(&self, key: &str) -> PortResult<Option<(fs::File, BlobInfo)>> {
        validate_blob_key(key)?;
        let path = self.root.join(key);
        if !self.contains(&path).await? {
            return Ok(None);
        }
        let file = match fs::File::open(&path).await {
            Ok(file) => file,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let metadata = file.metadata().await.map_err(failed)?;
        Ok(metadata.is_file().then(|| (file, info(key, &metadata))))
    }
}

#[async_trait]
impl crate::Blob for Blob {
    async fn put(&self, key: &str, body: ByteStream) -> PortResult<BlobInfo> {
        validate_blob_key(key)?;
        let file = self.unfinished();
        let written = self.write(&file, key, body).await;
        if written.is_err() {
            // Best effort: what stays is removed when it is old.
            let _ = fs::remove_file(&file).await;
        }
        Ok(info(key, &written?))
    }

    async fn get(&self, key: &str) -> PortResult<Option<Bytes>> {
        let Some((file, info)) = self.open_file(key).await? else {
            return Ok(None);
        };
        if info.size > MAX_WHOLE_BLOB {
            return Err(PortError::invalid(
                "the blob is too large to be read as a whole",
            ));
        }
        let mut whole = Vec::with_capacity(usize::try_from(info.size).map_err(failed)?);
        file.take(MAX_WHOLE_BLOB)
            .read_to_end(&mut whole)
            .await
            .map_err(failed)?;
        Ok(Some(whole.into()))
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> PortResult<Option<BlobReader>> {
        let Some((mut file, info)) = self.open_file(key).await? else {
            return Ok(None);
        };
        let asked = range.unwrap_or(0..info.size);
        let start = asked.start.min(info.size);
        let range = start..asked.end.clamp(start, info.size);
        file.seek(SeekFrom::Start(range.start))
            .await
            .map_err(failed)?;
        let body = ReaderStream::with_capacity(file.take(range.end - range.start), PIECE);
        Ok(Some(BlobReader {
            info,
            range,
            body: body.map_err(failed).boxed(),
        }))
    }

    async fn head(&self, key: &str) -> PortResult<Option<BlobInfo>> {
        Ok(self.open_file(key).await?.map(|(_, info)| info))
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> PortResult<BlobPage> {
        validate_blob_prefix(prefix)?;
        let (root, prefix) = (self.root.clone(), prefix.to_owned());
        let (after, limit) = (after.unwrap_or_default().to_owned(), limit.clamp(1, 1000));
        let walk = move || list::list(&root, &prefix, &after, limit);
        tokio::task::spawn_blocking(walk)
            .await
            .map_err(failed)?
            .map_err(failed)
    }

    async fn delete(&self, key: &str) -> PortResult<bool> {
        validate_blob_key(key)?;
        let path = self.root.join(key);
        let Some(folder) = path.parent() else {
            return Ok(false);
        };
        if !self.contains(folder).await? || path.is_dir() {
            return Ok(false);
        }
        match fs::remove_file(&path).await {
            Ok(()) => sync_folder(folder).await.map(|()| true),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn delete_prefix(&self, prefix: &str) -> PortResult<u64> {
        validate_blob_prefix(prefix)?;
        let Some(folder) = prefix.strip_suffix('/') else {
            return Err(PortError::invalid("a prefix to delete ends in '/'"));
        };
        let path = self.root.join(folder);
        if !self.contains(&path).await? || !path.is_dir() {
            return Ok(0);
        }
        // Moved away first, so that nobody sees half of it.
        let doomed = self.unfinished();
        fs::rename(&path, &doomed).await.map_err(failed)?;
        sync_folder(path.parent().unwrap_or(&self.root)).await?;
        let count = {
            let doomed = doomed.clone();
            tokio::task::spawn_blocking(move || list::count(&doomed))
        };
        let count = count.await.map_err(failed)?.map_err(failed)?;
        remove(&doomed, true).await.map_err(failed)?;
        Ok(count)
    }

    async fn remove_unfinished(&self, age: Duration) -> PortResult<u64> {
        self.remove_abandoned(age).await.map_err(failed)
    }
}

/// Describes a file. The tag follows from what changes with every put.
fn info(key: &str, metadata: &Metadata) -> BlobInfo {
    let time = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanos = time.unwrap_or_default().as_nanos();
    BlobInfo {
        key: key.into(),
        size: metadata.len(),
        etag: format!("{nanos:x}-{:x}-{:x}", metadata.len(), file_number(metadata)),
        modified: modified(metadata),
    }
}

#[cfg(unix)]
fn file_number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn file_number(_: &Metadata) -> u64 {
    0
}

fn modified(metadata: &Metadata) -> Timestamp {
    let time = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Timestamp::EPOCH + time.unwrap_or_default()
}

async fn remove(path: &Path, is_folder: bool) -> io::Result<()> {
    if is_folder {
        fs::remove_dir_all(path).await
    } else {
        fs::remove_file(path).await
    }
}

/// Makes the names in a folder durable.
async fn sync_folder(folder: &Path) -> PortResult<()> {
    #[cfg(unix)]
    fs::File::open(folder)
        .await
        .map_err(failed)?
        .sync_all()
        .await
        .map_err(failed)?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Nothing is there, or a blob is where the key has a folder.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// A blob cannot be put where a folder of blobs is, nor under another blob.
fn in_the_way(error: io::Error) -> PortError {
    match error.kind() {
        ErrorKind::NotADirectory | ErrorKind::IsADirectory | ErrorKind::DirectoryNotEmpty => {
            PortError::invalid("the key is a folder of other blobs, or lies under a blob")
        }
        _ => failed(error),
    }
}

fn failed(error: impl Into<sv_kernel::BoxError>) -> PortError {
    PortError::unavailable("blob store", error)
}
