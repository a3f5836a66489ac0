//! Blobs in a bucket of S3, or of what speaks its protocol.
//!
//! A small blob is one request; a larger one goes up in parts, of which nothing is to be seen until the last
//! request joins them. Where an upload breaks off, its parts are taken back; what a killed process leaves is
//! invisible, and is taken back later ([`Blob::remove_unfinished`]).

mod unfinished;

#[cfg(test)]
#[cfg(feature = "test-s3")]
mod tests;

use std::{fmt, ops::Range, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{
    BackoffConfig, ClientOptions, Error, GetOptions, GetRange, GetResult, MultipartUpload,
    ObjectMeta, ObjectStore, ObjectStoreExt as _, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    list::{PaginatedListOptions, PaginatedListStore as _},
    path::Path,
};
use sv_kernel::{Clock as _, SystemClock, Timestamp};
use sv_ports::{
    Blob, BlobInfo, BlobPage, BlobReader, ByteStream, MAX_WHOLE_BLOB, PortError, PortResult,
    validate_blob_key, validate_blob_prefix,
};
use tokio::time::timeout;

/// The name of the port in errors.
const PORT: &str = "blob store";
/// The size of a part in bytes: all that an upload holds in memory. A blob has 10,000 at most, 156 GiB.
const PART: usize = 16 * 1024 * 1024;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// How long it may take until the store begins to answer who reads.
const ANSWER: Duration = Duration::from_secs(8);
/// How long the store may say nothing, also while a part goes up.
const SILENCE: Duration = Duration::from_mins(1);
/// How long a request that failed is tried again.
const TRIED_AGAIN: Duration = Duration::from_secs(4);
/// The most blobs that are deleted by one request.
const AT_ONCE: usize = 1000;

/// Where blobs are, and who asks for them.
#[derive(Clone, Default)]
pub struct S3Options {
    /// `s3://bucket/prefix`; the prefix may be left out.
    pub url: String,
    /// The address of what speaks the protocol, e.g. `http://127.0.0.1:9000`; empty is AWS itself.
    pub endpoint: String,
    /// The region, e.g. `eu-north-1`; empty is `us-east-1`.
    pub region: String,
    /// The key and its secret. Both empty: the role of the machine, the container or the service account.
    pub access_key: String,
    /// The secret of the key.
    pub secret_key: String,
    /// Whether the bucket stands in the host name and not in the path.
    pub virtual_host: bool,
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Options")
            .field("url", &self.url)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// The blob store. Several processes may share its bucket. Cheap to clone.
#[derive(Clone, Debug)]
pub struct S3Blob {
    store: Arc<AmazonS3>,
    client: ClientOptions,
    /// Stands before every key; empty, or ends in `/`.
    prefix: String,
}

impl S3Blob {
    /// Makes a store; nothing is connected yet.
    pub fn new(options: &S3Options) -> PortResult<Self> {
        let (bucket, prefix) = place(&options.url)?;
        if options.access_key.is_empty() != options.secret_key.is_empty() {
            return Err(PortError::invalid(
                "a key of S3 is given by its id and its secret, or not at all",
            ));
        }
        let client = ClientOptions::new()
            .with_allow_http(true)
            .with_connect_timeout(CONNECT)
            // The whole of a large blob takes its time; it only has to go on.
            .with_timeout_disabled()
            .with_read_timeout(SILENCE);
        let retry = RetryConfig {
            backoff: BackoffConfig {
                max_backoff: Duration::from_secs(1),
                ..BackoffConfig::default()
            },
            max_retries: 3,
            retry_timeout: TRIED_AGAIN,
        };
        let builder = if options.access_key.is_empty() {
            AmazonS3Builder::from_env()
        } else {
            AmazonS3Builder::new()
                .with_access_key_id(&options.access_key)
                .with_secret_access_key(&options.secret_key)
        };
        let mut builder = builder
            .with_bucket_name(bucket)
            .with_client_options(client.clone())
            .with_retry(retry)
            .with_virtual_hosted_style_request(options.virtual_host);
        if !options.endpoint.is_empty() {
            builder = builder.with_endpoint(endpoint(options, bucket));
        }
        if !options.region.is_empty() {
            builder = builder.with_region(&options.region);
        }
        let store = builder.build().map_err(|cause| {
            PortError::invalid(format!("the store of blobs cannot be used: {cause}"))
        })?;
        Ok(Self {
            store: Arc::new(store),
            client,
            prefix,
        })
    }

    /// Returns where a key lies.
    fn path(&self, key: &str) -> PortResult<Path> {
        validate_blob_key(key)?;
        let path = Path::parse(format!("{}{key}", self.prefix));
        path.map_err(|_| PortError::invalid("not a valid blob key"))
    }

    fn info(&self, meta: ObjectMeta) -> BlobInfo {
        let key = meta.location.as_ref();
        BlobInfo {
            key: key.strip_prefix(&self.prefix).unwrap_or(key).to_owned(),
            size: meta.size,
            etag: tag(meta.e_tag),
            // A list says the time more exactly than the blob itself.
            modified: Timestamp::from_secs(meta.last_modified.timestamp()),
        }
    }

    async fn describe(&self, path: &Path) -> PortResult<Option<BlobInfo>> {
        let meta = there(self.store.head(path)).await?;
        Ok(meta.map(|meta| self.info(meta)))
    }

    async fn page(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> PortResult<(Vec<ObjectMeta>, bool)> {
        let options = PaginatedListOptions {
            offset: after.map(|after| format!("{}{after}", self.prefix)),
            max_keys: Some(limit),
            ..PaginatedListOptions::default()
        };
        let prefix = format!("{}{prefix}", self.prefix);
        let prefix = Some(&*prefix).filter(|prefix| !prefix.is_empty());
        let listed = there(self.store.list_paginated(prefix, options)).await?;
        let listed =
            listed.ok_or_else(|| PortError::unavailable(PORT, "there is no such bucket"))?;
        Ok((listed.result.objects, listed.page_token.is_some()))
    }

    /// Sends a body up in parts; the first is at hand.
    async fn put_parts(&self, path: &Path, first: Bytes, rest: &mut Parts) -> PortResult<u64> {
        let mut upload = self.store.put_multipart(path).await.map_err(failed)?;
        let sent = send(&mut *upload, first, rest).await;
        if sent.is_err()
            && let Err(cause) = upload.abort().await
        {
            tracing::warn!(error = %cause, "the parts of an upload that broke off stay in the bucket");
        }
        sent
    }
}

#[async_trait]
impl Blob for S3Blob {
    async fn put(&self, key: &str, body: ByteStream) -> PortResult<BlobInfo> {
        let path = self.path(key)?;
        let mut parts = Parts::of(body);
        let first = parts.next().await?;
        let size = if first.len() < PART {
            let size = first.len() as u64;
            self.store.put(&path, first.into()).await.map_err(failed)?;
            size
        } else {
            self.put_parts(&path, first, &mut parts).await?
        };
        let info = self.describe(&path).await?;
        info.filter(|info| info.size == size)
            .ok_or_else(|| PortError::unavailable(PORT, "another one was stored at the same time"))
    }

    async fn get(&self, key: &str) -> PortResult<Option<Bytes>> {
        let path = self.path(key)?;
        let Some(found) = there(self.store.get(&path)).await? else {
            return Ok(None);
        };
        if found.meta.size > MAX_WHOLE_BLOB {
            return Err(PortError::invalid(
                "the blob is too large to be read as a whole",
            ));
        }
        found.bytes().await.map(Some).map_err(failed)
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> PortResult<Option<BlobReader>> {
        let path = self.path(key)?;
        let mut failure = None;
        // The protocol knows no empty ranges.
        if !range.as_ref().is_some_and(Range::is_empty) {
            let options = GetOptions {
                range: range.clone().map(asked),
                ..GetOptions::default()
            };
            match there(self.store.get_opts(&path, options)).await {
                Ok(found) => return Ok(found.map(|found| self.reader(found))),
                Err(error) => failure = Some(error),
            }
        }
        let Some(range) = range else {
            return failure.map_or(Ok(None), Err);
        };
        // Nothing of it was asked for; or it begins behind the end, which is refused.
        match (self.describe(&path).await?, failure) {
            (Some(info), Some(failure)) if range.start < info.size => Err(failure),
            (info, _) => Ok(info.map(|info| nothing_of(info, range.start))),
        }
    }

    async fn head(&self, key: &str) -> PortResult<Option<BlobInfo>> {
        self.describe(&self.path(key)?).await
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> PortResult<BlobPage> {
        validate_blob_prefix(prefix)?;
        let (objects, more) = self.page(prefix, after, limit.clamp(1, AT_ONCE)).await?;
        let blobs: Vec<_> = objects.into_iter().map(|meta| self.info(meta)).collect();
        let next = blobs.last().filter(|_| more).map(|last| last.key.clone());
        Ok(BlobPage { blobs, next })
    }

    async fn delete(&self, key: &str) -> PortResult<bool> {
        let path = self.path(key)?;
        // The protocol does not say whether there was one.
        if self.describe(&path).await?.is_none() {
            return Ok(false);
        }
        let deleted = there(self.store.delete(&path)).await?;
        Ok(deleted.is_some())
    }

    /// Deletes a thousand at a time: readers may see a part of them gone.
    async fn delete_prefix(&self, prefix: &str) -> PortResult<u64> {
        validate_blob_prefix(prefix)?;
        if !prefix.ends_with('/') {
            return Err(PortError::invalid("a prefix to delete ends in '/'"));
        }
        let mut count = 0;
        loop {
            let (objects, more) = self.page(prefix, None, AT_ONCE).await?;
            count += objects.len() as u64;
            let paths = objects.into_iter().map(|meta| Ok(meta.location));
            let deleted = self.store.delete_stream(stream::iter(paths).boxed());
            deleted
                .try_for_each(|_| async { Ok(()) })
                .await
                .map_err(failed)?;
            if !more {
                return Ok(count);
            }
        }
    }

    async fn remove_unfinished(&self, age: Duration) -> PortResult<u64> {
        let before = SystemClock.now() - age;
        unfinished::abort(&self.store, &self.client, &self.prefix, before).await
    }
}

impl S3Blob {
    fn reader(&self, found: GetResult) -> BlobReader {
        BlobReader {
            info: self.info(found.meta.clone()),
            range: found.range.clone(),
            body: found.into_stream().map_err(failed).boxed(),
        }
    }
}

/// An open blob of which nothing is asked.
fn nothing_of(info: BlobInfo, start: u64) -> BlobReader {
    let start = start.min(info.size);
    BlobReader {
        range: start..start,
        body: stream::empty().boxed(),
        info,
    }
}

/// A body in parts of equal size, but for the last one.
struct Parts {
    body: ByteStream,
    /// What came beyond the last part.
    left: BytesMut,
}

impl Parts {
    fn of(body: ByteStream) -> Self {
        Self {
            body,
            left: BytesMut::new(),
        }
    }

    /// Returns the next part; a short one is the last.
    async fn next(&mut self) -> PortResult<Bytes> {
        while self.left.len() < PART {
            let Some(piece) = self.body.try_next().await? else {
                break;
            };
            self.left.extend_from_slice(&piece);
        }
        let length = self.left.len().min(PART);
        Ok(self.left.split_to(length).freeze())
    }
}

async fn send(upload: &mut dyn MultipartUpload, first: Bytes, rest: &mut Parts) -> PortResult<u64> {
    let (mut part, mut size) = (first, 0);
    while !part.is_empty() {
        let is_last = part.len() < PART;
        size += part.len() as u64;
        upload.put_part(part.into()).await.map_err(failed)?;
        part = if is_last {
            Bytes::new()
        } else {
            rest.next().await?
        };
    }
    upload.complete().await.map_err(failed)?;
    Ok(size)
}

/// Reads `s3://bucket/prefix`.
fn place(url: &str) -> PortResult<(&str, String)> {
    let bad =
        || PortError::invalid("the address of blobs is not s3://bucket or s3://bucket/prefix");
    let place = url.strip_prefix("s3://").ok_or_else(bad)?;
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let prefix = prefix.trim_end_matches('/');
    if bucket.is_empty() || (!prefix.is_empty() && validate_blob_key(prefix).is_err()) {
        return Err(bad());
    }
    let prefix = match prefix {
        "" => String::new(),
        prefix => format!("{prefix}/"),
    };
    Ok((bucket, prefix))
}

/// Returns where requests go: to a host of the bucket's own, or to one that all buckets share.
fn endpoint(options: &S3Options, bucket: &str) -> String {
    match options.endpoint.split_once("://") {
        Some((scheme, host)) if options.virtual_host => format!("{scheme}://{bucket}.{host}"),
        _ => options.endpoint.clone(),
    }
}

/// Says which part of a blob is wanted. Servers keep sizes as signed numbers.
fn asked(range: Range<u64>) -> GetRange {
    if i64::try_from(range.end).is_err() {
        GetRange::Offset(range.start)
    } else {
        GetRange::Bounded(range)
    }
}

/// Takes the quotes off an entity tag.
fn tag(tag: Option<String>) -> String {
    tag.unwrap_or_default().trim_matches('"').to_owned()
}

/// Waits for an answer, and tells what is not there from what cannot be asked.
async fn there<T>(answer: impl Future<Output = Result<T, Error>>) -> PortResult<Option<T>> {
    match timeout(ANSWER, answer).await {
        Ok(Ok(found)) => Ok(Some(found)),
        Ok(Err(Error::NotFound { .. })) => Ok(None),
        Ok(Err(error)) => Err(failed(error)),
        Err(late) => Err(PortError::unavailable(PORT, late)),
    }
}

fn failed(error: Error) -> PortError {
    PortError::unavailable(PORT, error)
}

#[cfg(test)]
mod places {
    use super::place;

    #[test]
    fn an_address_names_a_bucket_and_where_in_it() {
        for (url, named) in [
            ("s3://media", ("media", "")),
            ("s3://media/", ("media", "")),
            ("s3://media/a/b/", ("media", "a/b/")),
        ] {
            let (bucket, prefix) = place(url).unwrap();
            assert_eq!((bucket, &*prefix), named, "{url}");
        }
        for bad in [
            "",
            "media",
            "s3://",
            "s3:///a",
            "https://media/a",
            "s3://m/../a",
            "s3://m/a//b",
        ] {
            assert!(place(bad).is_err(), "{bad:?}");
        }
    }
}
