//! What every blob store must do.

use std::{any::Any, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use sv_kernel::{Entropy as _, SystemEntropy};

use crate::{Blob, MAX_WHOLE_BLOB, PortError};

/// A blob store.
#[derive(Debug)]
pub struct Stand {
    /// The store.
    pub blob: Arc<dyn Blob>,
    /// What lives as long as the store, e.g. its folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Expands to one test per promise of the blob store.
#[macro_export]
macro_rules! blob_suite {
    ($make:path) => {
        $crate::blob_suite!($make;
            what_is_put_can_be_got_read_and_described
            a_put_replaces_and_changes_the_tag
            a_failed_put_changes_nothing
            what_a_put_left_that_never_ended_goes_once_it_is_old
            ranges_yield_the_part_that_exists
            large_blobs_are_streamed_and_never_got_as_a_whole
            readers_see_one_whole_version
            lists_come_in_pages_in_byte_order
            deleting_takes_away_what_was_named_and_nothing_else
            keys_that_lead_elsewhere_are_refused
        );
    };
    ($make:path; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::conformance::blob::$case($make().await).await;
            }
        )*
    };
}

/// A folder that no other test uses.
fn folder() -> String {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    format!("test-{:016x}", u64::from_be_bytes(random))
}

async fn read(blob: &dyn Blob, key: &str, range: Option<std::ops::Range<u64>>) -> (u64, Vec<u8>) {
    let reader = blob.read(key, range).await.unwrap().unwrap();
    let pieces: Vec<Bytes> = reader.body.try_collect().await.unwrap();
    let bytes = pieces.concat();
    assert_eq!(reader.range.end - reader.range.start, bytes.len() as u64);
    (reader.range.start, bytes)
}

async fn keys(blob: &dyn Blob, prefix: &str) -> Vec<String> {
    let page = blob.list(prefix, None, 1000).await.unwrap();
    page.blobs.into_iter().map(|blob| blob.key).collect()
}

/// All ways to a blob agree.
pub async fn what_is_put_can_be_got_read_and_described(stand: Stand) {
    let blob = &*stand.blob;
    let key = format!("{}/größe x/a.bin", folder());
    assert!(blob.get(&key).await.unwrap().is_none());
    assert!(blob.head(&key).await.unwrap().is_none());
    assert!(blob.read(&key, None).await.unwrap().is_none());
    let pieces = ["one ", "", "two"].map(|piece| Ok(Bytes::from(piece)));
    let put = blob.put(&key, stream::iter(pieces).boxed()).await.unwrap();
    assert_eq!((&put.key, put.size), (&key, 7));
    assert!(
        put.etag
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-'),
        "{}",
        put.etag
    );
    assert_eq!(blob.get(&key).await.unwrap().unwrap(), "one two");
    assert_eq!(blob.head(&key).await.unwrap(), Some(put.clone()));
    assert_eq!(read(blob, &key, None).await, (0, b"one two".to_vec()));
    assert_eq!(blob.list(&key, None, 10).await.unwrap().blobs, [put]);
    let empty = format!("{key}.empty");
    assert_eq!(blob.put_bytes(&empty, Bytes::new()).await.unwrap().size, 0);
    assert_eq!(blob.get(&empty).await.unwrap().unwrap(), "");
    assert_eq!(read(blob, &empty, None).await, (0, vec![]));
}

/// Even puts in quick succession, of the same size, are told apart.
pub async fn a_put_replaces_and_changes_the_tag(stand: Stand) {
    let key = format!("{}/a", folder());
    let mut tags = std::collections::BTreeSet::new();
    for n in 10..30 {
        let put = stand
            .blob
            .put_bytes(&key, format!("{n}").into())
            .await
            .unwrap();
        assert_eq!(stand.blob.get(&key).await.unwrap().unwrap(), format!("{n}"));
        tags.insert(put.etag);
    }
    assert_eq!(tags.len(), 20);
}

/// A broken upload leaves the old blob, and no new one.
pub async fn a_failed_put_changes_nothing(stand: Stand) {
    let folder = folder();
    let (old, new) = (format!("{folder}/old"), format!("{folder}/new"));
    let before = stand.blob.put_bytes(&old, "old".into()).await.unwrap();
    for key in [&old, &new] {
        let broken = PortError::unavailable("upload", "it broke off");
        let body = stream::iter([Ok(Bytes::from("half")), Err(broken)]);
        assert!(stand.blob.put(key, body.boxed()).await.is_err());
    }
    assert_eq!(stand.blob.head(&old).await.unwrap(), Some(before));
    assert_eq!(keys(&*stand.blob, &format!("{folder}/")).await, [old]);
}

/// Whoever puts may be told to go, or be killed, in the middle.
pub async fn what_a_put_left_that_never_ended_goes_once_it_is_old(stand: Stand) {
    let blob = &*stand.blob;
    let folder = folder();
    let whole = format!("{folder}/whole");
    let before = blob.put_bytes(&whole, "whole".into()).await.unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    // More than stores take by one request.
    let first = Bytes::from(vec![1; 16 * 1024 * 1024 + 1]);
    let further = async move {
        begun.send(()).unwrap();
        std::future::pending().await
    };
    let body = stream::iter([Ok(first)]).chain(stream::once(further));
    let half = format!("{folder}/half");
    tokio::select! {
        ended = blob.put(&half, body.boxed()) => panic!("{ended:?}"),
        heard = has_begun => heard.unwrap(),
    }
    let (hour, none) = (Duration::from_hours(1), Duration::ZERO);
    assert_eq!(
        blob.remove_unfinished(hour).await.unwrap(),
        0,
        "it may go on"
    );
    // Clocks of servers count seconds.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(blob.remove_unfinished(none).await.unwrap(), 1);
    assert_eq!(blob.remove_unfinished(none).await.unwrap(), 0);
    assert_eq!(blob.head(&whole).await.unwrap(), Some(before));
    assert_eq!(keys(blob, &format!("{folder}/")).await, [whole]);
}

/// Ranges are cut to what exists.
pub async fn ranges_yield_the_part_that_exists(stand: Stand) {
    let key = format!("{}/a", folder());
    stand
        .blob
        .put_bytes(&key, "0123456789".into())
        .await
        .unwrap();
    for (range, start, bytes) in [
        (0..10, 0, "0123456789"),
        (3..5, 3, "34"),
        (9..10, 9, "9"),
        (8..99, 8, "89"),
        (0..u64::MAX, 0, "0123456789"),
        (4..4, 4, ""),
        (10..20, 10, ""),
        (50..60, 10, ""),
    ] {
        let got = read(&*stand.blob, &key, Some(range.clone())).await;
        assert_eq!(got, (start, bytes.as_bytes().to_vec()), "{range:?}");
    }
    let backwards = std::ops::Range { start: 5, end: 3 };
    assert_eq!(read(&*stand.blob, &key, Some(backwards)).await, (5, vec![]));
}

/// No blob is ever held in memory as a whole, unless it is small.
pub async fn large_blobs_are_streamed_and_never_got_as_a_whole(stand: Stand) {
    let key = format!("{}/large", folder());
    let piece = Bytes::from(vec![7; 1 << 20]);
    let pieces = usize::try_from(MAX_WHOLE_BLOB >> 20).unwrap() + 1;
    let body = stream::iter(vec![piece; pieces]).map(Ok);
    let put = stand.blob.put(&key, body.boxed()).await.unwrap();
    assert_eq!(put.size, MAX_WHOLE_BLOB + (1 << 20));
    assert!(matches!(
        stand.blob.get(&key).await,
        Err(PortError::Invalid(_))
    ));
    let mut body = stand.blob.read(&key, None).await.unwrap().unwrap().body;
    let mut size = 0;
    while let Some(piece) = body.try_next().await.unwrap() {
        assert!(piece.len() <= 1 << 20, "a piece of {}", piece.len());
        size += piece.len() as u64;
    }
    assert_eq!(size, put.size);
    let (start, end) = read(&*stand.blob, &key, Some(put.size - 2..put.size + 5)).await;
    assert_eq!((start, end), (put.size - 2, vec![7; 2]));
}

/// While it is replaced again and again, a blob is never seen half.
pub async fn readers_see_one_whole_version(stand: Stand) {
    let key = format!("{}/a", folder());
    let version = |n: u8| Bytes::from(vec![n; 100_000]);
    stand.blob.put_bytes(&key, version(0)).await.unwrap();
    let writing = async {
        for n in 1..40 {
            stand.blob.put_bytes(&key, version(n)).await.unwrap();
        }
    };
    let reading = async {
        for _ in 0..80 {
            let (_, bytes) = read(&*stand.blob, &key, None).await;
            assert_eq!(bytes, version(bytes[0]));
        }
    };
    tokio::join!(writing, reading);
}

/// The order is that of bytes, also where a folder's name begins another one's.
pub async fn lists_come_in_pages_in_byte_order(stand: Stand) {
    let folder = folder();
    let names = ["a-b", "a/b/c", "a/b0", "a/c", "a0", "b/x/y", "ab"];
    let mut all: Vec<_> = names
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .collect();
    for key in &all {
        stand.blob.put_bytes(key, "x".into()).await.unwrap();
    }
    all.sort_unstable();
    assert_eq!(keys(&*stand.blob, &format!("{folder}/")).await, all);
    let mut paged = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let prefix = format!("{folder}/");
        let page = stand.blob.list(&prefix, after.as_deref(), 2).await.unwrap();
        assert!(page.blobs.len() <= 2);
        paged.extend(page.blobs.into_iter().map(|blob| blob.key));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, all);
    let ab: Vec<_> = all
        .iter()
        .filter(|key| key.contains("/a/b"))
        .cloned()
        .collect();
    assert_eq!(keys(&*stand.blob, &format!("{folder}/a/b")).await, ab);
    assert_eq!(
        keys(&*stand.blob, &format!("{folder}/nothing/")).await,
        [""; 0]
    );
}

/// A prefix is a folder, not the beginning of a name.
pub async fn deleting_takes_away_what_was_named_and_nothing_else(stand: Stand) {
    let (blob, folder) = (&*stand.blob, folder());
    let key = |name: &str| format!("{folder}/{name}");
    for name in ["a/1", "a/b/2", "ab/3", "c"] {
        blob.put_bytes(&key(name), "x".into()).await.unwrap();
    }
    assert!(blob.delete(&key("c")).await.unwrap());
    assert!(!blob.delete(&key("c")).await.unwrap());
    assert!(
        !blob.delete(&key("a")).await.unwrap(),
        "a folder is no blob"
    );
    assert_eq!(blob.delete_prefix(&key("a/")).await.unwrap(), 2);
    assert_eq!(blob.delete_prefix(&key("a/")).await.unwrap(), 0);
    assert_eq!(keys(blob, &key("")).await, [key("ab/3")]);
    for bad in ["", "/", &key("ab"), "../"] {
        assert!(
            matches!(blob.delete_prefix(bad).await, Err(PortError::Invalid(_))),
            "{bad:?}"
        );
    }
    blob.put_bytes(&key("a/1"), "again".into()).await.unwrap();
    assert_eq!(blob.get(&key("a/1")).await.unwrap().unwrap(), "again");
}

/// Every operation checks its key (D6).
pub async fn keys_that_lead_elsewhere_are_refused(stand: Stand) {
    let blob = &*stand.blob;
    for bad in [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "a\\b",
        "a\0",
        ".unfinished/x",
    ] {
        let invalid = |error: Option<PortError>| matches!(error, Some(PortError::Invalid(_)));
        assert!(
            invalid(blob.put_bytes(bad, "x".into()).await.err()),
            "put {bad:?}"
        );
        assert!(invalid(blob.get(bad).await.err()), "get {bad:?}");
        assert!(invalid(blob.read(bad, None).await.err()), "read {bad:?}");
        assert!(invalid(blob.head(bad).await.err()), "head {bad:?}");
        assert!(invalid(blob.delete(bad).await.err()), "delete {bad:?}");
        if !bad.is_empty() {
            assert!(invalid(blob.list(bad, None, 1).await.err()), "list {bad:?}");
        }
    }
}
