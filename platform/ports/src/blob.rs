//! Bytes under keys: packaged media, images, exports.

use std::{fmt, ops::Range, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use sv_kernel::Timestamp;

use crate::{PortError, PortResult};

/// Bytes in pieces. An error ends the stream.
pub type ByteStream = BoxStream<'static, PortResult<Bytes>>;

/// The largest blob, in bytes, that [`Blob::get`] reads into memory; larger ones are streamed.
pub const MAX_WHOLE_BLOB: u64 = 16 * 1024 * 1024;

/// The longest key, in bytes.
const MAX_KEY: usize = 1024;

/// The longest part of a key between slashes, in bytes, as file systems limit it.
const MAX_SEGMENT: usize = 255;

/// Stores bytes under keys such as `media/0190b8e1/720p/segment-3.ts`.
///
/// A key obeys [`validate_blob_key`], and no key is a folder of another one. A put is atomic: a
/// reader sees the whole old or the whole new blob, and what was acknowledged survives a crash.
#[async_trait]
pub trait Blob: Send + Sync + fmt::Debug {
    /// Stores what the stream yields; if the stream fails, nothing changes.
    async fn put(&self, key: &str, body: ByteStream) -> PortResult<BlobInfo>;

    /// Stores these bytes.
    async fn put_bytes(&self, key: &str, body: Bytes) -> PortResult<BlobInfo> {
        let body = futures::stream::once(std::future::ready(Ok(body)));
        self.put(key, Box::pin(body)).await
    }

    /// Returns the whole blob; one above [`MAX_WHOLE_BLOB`] is refused.
    async fn get(&self, key: &str) -> PortResult<Option<Bytes>>;

    /// Opens the blob for reading in pieces: the whole of it, or the part of `range` that exists.
    async fn read(&self, key: &str, range: Option<Range<u64>>) -> PortResult<Option<BlobReader>>;

    /// Describes the blob.
    async fn head(&self, key: &str) -> PortResult<Option<BlobInfo>>;

    /// Lists up to `limit` (1 to 1000) blobs whose keys begin with `prefix` and come after
    /// `after`, in the byte order of their keys.
    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> PortResult<BlobPage>;

    /// Deletes the blob and says whether there was one.
    async fn delete(&self, key: &str) -> PortResult<bool>;

    /// Deletes all blobs whose keys begin with `prefix`, which ends in `/`, and counts them.
    async fn delete_prefix(&self, prefix: &str) -> PortResult<u64>;

    /// Takes away what puts have left behind that never ended, e.g. because their process was killed, and counts it. One
    /// that was begun less than `age` ago may still go on, and stays.
    async fn remove_unfinished(&self, age: Duration) -> PortResult<u64>;
}

/// What is known about a blob without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobInfo {
    /// The key.
    pub key: String,
    /// The size in bytes.
    pub size: u64,
    /// The entity tag without quotes; it changes whenever the bytes do.
    pub etag: String,
    /// When the blob was stored.
    pub modified: Timestamp,
}

/// An open blob.
pub struct BlobReader {
    /// What is known about the whole blob.
    pub info: BlobInfo,
    /// The part that `body` yields; empty when the asked range lies behind the end.
    pub range: Range<u64>,
    /// The bytes.
    pub body: ByteStream,
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader")
            .field("info", &self.info)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlobPage {
    /// The blobs in the byte order of their keys.
    pub blobs: Vec<BlobInfo>,
    /// The last key of this page if more may follow: the `after` of the next page.
    pub next: Option<String>,
}

/// Refuses keys that could leave their folder or that not every store can hold (X-SEC D6).
///
/// A key has 1 to 1024 bytes in parts of 1 to 255 bytes between single slashes; no part begins
/// with a dot, and there are no backslashes and no control characters.
pub fn validate_blob_key(key: &str) -> PortResult<()> {
    let part_fits =
        |part: &str| !part.is_empty() && part.len() <= MAX_SEGMENT && !part.starts_with('.');
    let fits = key.len() <= MAX_KEY
        && key.split('/').all(part_fits)
        && !key.chars().any(|c| c == '\\' || c.is_control());
    if fits {
        Ok(())
    } else {
        Err(PortError::invalid("not a valid blob key"))
    }
}

/// Refuses prefixes that no key can have. The empty prefix is that of all keys.
pub fn validate_blob_prefix(prefix: &str) -> PortResult<()> {
    match prefix.strip_suffix('/').unwrap_or(prefix) {
        "" if prefix.is_empty() => Ok(()),
        rest => validate_blob_key(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_could_leave_the_folder_are_refused() {
        for good in ["a", "media/1/segment-0.ts", "a/%2e%2e/b", "ü/x y"] {
            assert!(validate_blob_key(good).is_ok(), "{good:?}");
        }
        let long_part = "a".repeat(256);
        let long_key = "ab/".repeat(342) + "c";
        for bad in [
            "",
            "/",
            "/etc/passwd",
            "a//b",
            "a/",
            "..",
            "a/../b",
            "./a",
            "a/.hidden",
            "a\\b",
            "a\0b",
            "a\nb",
            &long_part,
            &long_key,
        ] {
            assert!(validate_blob_key(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_prefix_may_be_empty_or_end_in_a_slash() {
        for good in ["", "a", "a/", "a/b"] {
            assert!(validate_blob_prefix(good).is_ok(), "{good:?}");
        }
        for bad in ["/", "a//", "../", "a/.."] {
            assert!(validate_blob_prefix(bad).is_err(), "{bad:?}");
        }
    }
}
