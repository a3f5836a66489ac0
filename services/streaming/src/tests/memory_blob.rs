//! A blob store that counts what it is asked, so that caching can be seen.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use sv_kernel::Timestamp;
use sv_ports::{Blob, BlobInfo, BlobPage, BlobReader, ByteStream, PortError, PortResult};

/// Blobs in memory.
#[derive(Debug, Default)]
pub(crate) struct MemoryBlob {
    blobs: Mutex<BTreeMap<String, Bytes>>,
    /// How often a blob was opened for reading.
    pub(crate) reads: AtomicUsize,
    /// Puts after this many fail; 0 means never.
    pub(crate) fail_after: AtomicUsize,
    /// Puts fail because there is no room.
    pub(crate) full: AtomicBool,
    puts: AtomicUsize,
}

impl MemoryBlob {
    /// Lists all keys.
    #[cfg(feature = "test-media")]
    pub(crate) fn keys(&self) -> Vec<String> {
        self.blobs.lock().unwrap().keys().cloned().collect()
    }

    fn bytes(&self, key: &str) -> Option<Bytes> {
        self.blobs.lock().unwrap().get(key).cloned()
    }
}

fn info(key: &str, bytes: &Bytes) -> BlobInfo {
    BlobInfo {
        key: key.into(),
        size: bytes.len() as u64,
        etag: format!("{:x}", bytes.len()),
        modified: Timestamp::EPOCH,
    }
}

#[async_trait]
impl Blob for MemoryBlob {
    async fn put(&self, key: &str, body: ByteStream) -> PortResult<BlobInfo> {
        let parts: Vec<Bytes> = body.try_collect().await?;
        if self.full.load(Ordering::SeqCst) {
            let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
            return Err(PortError::unavailable("blob", full));
        }
        let nth = self.puts.fetch_add(1, Ordering::SeqCst) + 1;
        let limit = self.fail_after.load(Ordering::SeqCst);
        if limit > 0 && nth > limit {
            return Err(PortError::unavailable("blob", "the disk is gone"));
        }
        let bytes = Bytes::from(parts.concat());
        let about = info(key, &bytes);
        self.blobs.lock().unwrap().insert(key.into(), bytes);
        Ok(about)
    }

    async fn get(&self, key: &str) -> PortResult<Option<Bytes>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        Ok(self.bytes(key))
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> PortResult<Option<BlobReader>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        // Others get their turn, as while a disk works.
        tokio::task::yield_now().await;
        let Some(bytes) = self.bytes(key) else {
            return Ok(None);
        };
        let size = bytes.len() as u64;
        let range = range.unwrap_or(0..size);
        let range = range.start.min(size)..range.end.min(size);
        let part =
            bytes.slice(usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap());
        let pieces: Vec<_> = part.chunks(64 * 1024).map(Bytes::copy_from_slice).collect();
        Ok(Some(BlobReader {
            info: info(key, &bytes),
            range,
            body: futures::stream::iter(pieces).map(Ok).boxed(),
        }))
    }

    async fn head(&self, key: &str) -> PortResult<Option<BlobInfo>> {
        Ok(self.bytes(key).map(|bytes| info(key, &bytes)))
    }

    async fn list(&self, prefix: &str, _: Option<&str>, _: usize) -> PortResult<BlobPage> {
        let blobs = self.blobs.lock().unwrap();
        let blobs = blobs.iter().filter(|(key, _)| key.starts_with(prefix));
        Ok(BlobPage {
            blobs: blobs.map(|(key, bytes)| info(key, bytes)).collect(),
            next: None,
        })
    }

    async fn delete(&self, key: &str) -> PortResult<bool> {
        Ok(self.blobs.lock().unwrap().remove(key).is_some())
    }

    async fn delete_prefix(&self, prefix: &str) -> PortResult<u64> {
        let mut blobs = self.blobs.lock().unwrap();
        let before = blobs.len();
        blobs.retain(|key, _| !key.starts_with(prefix));
        Ok((before - blobs.len()) as u64)
    }

    async fn remove_unfinished(&self, _: Duration) -> PortResult<u64> {
        Ok(0)
    }
}
