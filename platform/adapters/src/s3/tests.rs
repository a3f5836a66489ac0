use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use sv_kernel::{Entropy as _, SystemEntropy};
use sv_ports::{Blob as _, PortError, conformance::blob::Stand};
use tokio::net::TcpListener;

use super::{PART, S3Blob, S3Options};

/// Returns a setting of the stack.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told where the server is"
)]
fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name}: start the server by tests/stack/up s3"))
}

/// Returns a place in the bucket that no other test uses.
fn options() -> S3Options {
    let mut place = [0; 8];
    SystemEntropy.fill(&mut place);
    let place = u64::from_be_bytes(place);
    S3Options {
        url: format!("s3://{}/test-{place:016x}", told("S3_BUCKET")),
        endpoint: told("S3_ENDPOINT"),
        region: told("AWS_REGION"),
        access_key: told("AWS_ACCESS_KEY_ID"),
        secret_key: told("AWS_SECRET_ACCESS_KEY"),
        virtual_host: false,
    }
}

async fn stand() -> Stand {
    Stand {
        blob: Arc::new(S3Blob::new(&options()).unwrap()),
        keep: Box::new(()),
    }
}

sv_ports::blob_suite!(stand);

/// Says how many blobs are to be seen.
async fn seen(blob: &S3Blob) -> usize {
    let page = blob.list("", None, 1000).await.unwrap();
    page.blobs.len()
}

#[tokio::test]
async fn an_upload_that_breaks_off_after_parts_leaves_nothing_to_be_seen() {
    let blob = S3Blob::new(&options()).unwrap();
    let part = Bytes::from(vec![1; PART]);
    let broken = PortError::unavailable("upload", "it broke off");
    let body = stream::iter([Ok(part.clone()), Ok(part.clone()), Err(broken)]);
    assert!(blob.put("media/film.mp4", body.boxed()).await.is_err());
    assert_eq!(seen(&blob).await, 0);
    // The same, dropped in the middle, as when a process is told to end.
    let body = stream::iter([Ok(part.clone()), Ok(part)]).chain(stream::pending());
    let put = blob.put("media/film.mp4", body.boxed());
    assert!(
        tokio::time::timeout(Duration::from_secs(2), put)
            .await
            .is_err()
    );
    assert_eq!(seen(&blob).await, 0);
    assert!(blob.head("media/film.mp4").await.unwrap().is_none());
    let whole = blob.put_bytes("media/film.mp4", Bytes::from_static(b"whole"));
    assert_eq!(whole.await.unwrap().size, 5);
}

#[tokio::test]
async fn blobs_of_one_prefix_are_not_there_for_another() {
    let (one, other) = (options(), options());
    let (one, other) = (S3Blob::new(&one).unwrap(), S3Blob::new(&other).unwrap());
    one.put_bytes("a/b", Bytes::from_static(b"one"))
        .await
        .unwrap();
    assert!(other.get("a/b").await.unwrap().is_none());
    assert!(other.list("", None, 10).await.unwrap().blobs.is_empty());
    assert_eq!(other.delete_prefix("a/").await.unwrap(), 0);
    assert_eq!(one.get("a/b").await.unwrap().unwrap(), "one");
}

#[tokio::test]
async fn a_wrong_key_or_bucket_is_told() {
    for wrong in [
        S3Options {
            secret_key: "another".into(),
            ..options()
        },
        S3Options {
            url: "s3://not-there".into(),
            ..options()
        },
    ] {
        let look = S3Blob::new(&wrong).unwrap().list("", None, 1).await;
        assert!(look.unwrap_err().is_transient(), "{wrong:?}");
    }
    let right = S3Blob::new(&options()).unwrap();
    right.list("", None, 1).await.unwrap();
}

/// A server that takes connections and says nothing, and one that is not there.
#[tokio::test]
async fn a_store_that_is_away_is_told_of_in_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addresses = [silent.local_addr().unwrap(), gone.local_addr().unwrap()];
    drop(gone);
    for address in addresses {
        let away = S3Options {
            endpoint: format!("http://{address}"),
            ..options()
        };
        let blob = S3Blob::new(&away).unwrap();
        let began = Instant::now();
        let failure = blob.get("a").await.unwrap_err();
        assert!(
            matches!(failure, PortError::Unavailable { .. }),
            "{failure}"
        );
        assert!(began.elapsed() < Duration::from_secs(30), "{address}");
    }
}
