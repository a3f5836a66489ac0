//! Segments in memory: a hot one is read once, however many ask for it (STRM-9).

use std::sync::Arc;

use aws_lc_rs::digest;
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use moka::future::Cache;
use sv_ports::{Blob, PortError, PortResult};
use tokio::sync::Semaphore;

use crate::{config::Options, hash::short_hash};

/// Larger segments are sent as they are read, in bytes.
const LARGEST: u32 = 16 * 1024 * 1024;
/// Bytes that one permit of reading stands for.
const PERMIT: u32 = 64 * 1024;

/// Segments, read through a bounded memory. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub(super) struct Segments {
    blobs: Arc<dyn Blob>,
    kept: Cache<Arc<str>, Bytes>,
    /// Bounds the bytes that are being read into memory.
    loading: Arc<Semaphore>,
    permits: u32,
}

impl Segments {
    /// Reads from a blob store.
    pub(super) fn new(blobs: Arc<dyn Blob>, options: &Options) -> Self {
        let weight = |key: &Arc<str>, bytes: &Bytes| {
            u32::try_from(key.len() + bytes.len()).unwrap_or(u32::MAX)
        };
        let permits = options.segment_load_bytes.max(LARGEST) / PERMIT;
        Self {
            blobs,
            kept: Cache::builder()
                .max_capacity(options.segment_cache_bytes)
                .weigher(weight)
                .build(),
            loading: Arc::new(Semaphore::new(permits as usize)),
            permits,
        }
    }

    /// Says whether a segment of this size is kept in memory.
    pub(super) const fn keeps(size: u32) -> bool {
        size <= LARGEST
    }

    /// Returns a segment whole; `None` where there is no such blob, or one with other bytes: caches
    /// all over the world would keep them for a year.
    pub(super) async fn get(
        &self,
        key: &str,
        size: u32,
        hash: &str,
    ) -> Result<Option<Bytes>, Arc<PortError>> {
        let load = self.load(key, size, hash);
        let loaded = self.kept.try_get_with(Arc::from(key), load).await;
        match loaded {
            Ok(bytes) => Ok(Some(bytes)),
            Err(failure) if matches!(&*failure, Failure::Missing) => Ok(None),
            Err(failure) => Err(Arc::new(PortError::unavailable("blob", failure))),
        }
    }

    async fn load(&self, key: &str, size: u32, hash: &str) -> Result<Bytes, Failure> {
        let permits = size.div_ceil(PERMIT).clamp(1, self.permits);
        // The semaphore is never closed.
        let _permit = self.loading.acquire_many(permits).await.ok();
        let bytes = self.read(key, size).await.map_err(Failure::Port)?;
        let bytes = bytes.ok_or(Failure::Missing)?;
        let whole = bytes.clone();
        let found = tokio::task::spawn_blocking(move || {
            short_hash(&digest::digest(&digest::SHA256, &whole))
        });
        // It fails only where the process ends.
        match found.await {
            Ok(found) if found == hash => Ok(bytes),
            _ => Err(Failure::Missing),
        }
    }

    async fn read(&self, key: &str, size: u32) -> PortResult<Option<Bytes>> {
        let Some(mut reader) = self.blobs.read(key, None).await? else {
            return Ok(None);
        };
        if reader.info.size != u64::from(size) {
            return Ok(None);
        }
        let mut bytes = BytesMut::with_capacity(size as usize);
        while let Some(piece) = reader.body.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok((bytes.len() == size as usize).then(|| bytes.freeze()))
    }
}

/// Why a segment is not in memory; a failure is not kept.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("there is no such segment")]
    Missing,
    #[error(transparent)]
    Port(PortError),
}
