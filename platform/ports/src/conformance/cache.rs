//! What every cache must do.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::{BoxFuture, join_all};
use sv_kernel::{Entropy as _, SystemEntropy};

use crate::Cache;

/// A cache and its time.
pub struct Stand {
    /// The cache.
    pub cache: Arc<dyn Cache>,
    /// Lets time pass: moves the cache's clock, or waits.
    pub pass: Box<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl fmt::Debug for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stand")
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

/// Expands to one test per promise of the cache.
#[macro_export]
macro_rules! cache_suite {
    ($make:path) => {
        $crate::cache_suite!($make;
            values_are_there_until_their_time_is_over
            a_value_can_be_replaced_and_deleted
            counters_add_up_within_their_window
            concurrent_increments_are_all_counted
            values_and_counters_do_not_share_keys
            keys_are_bounded
        );
    };
    ($make:path; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::conformance::cache::$case($make().await).await;
            }
        )*
    };
}

/// Long enough that a slow machine does not outrun it.
const TTL: Duration = Duration::from_secs(2);

fn key(name: &str) -> String {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    format!("{name}-{:016x}", u64::from_be_bytes(random))
}

/// A value ends with its time to live.
pub async fn values_are_there_until_their_time_is_over(stand: Stand) {
    let key = key("v");
    assert_eq!(stand.cache.get(&key).await.unwrap(), None);
    let value = Bytes::from_static(b"\0\xFFbytes");
    stand.cache.set(&key, value.clone(), TTL).await.unwrap();
    assert_eq!(stand.cache.get(&key).await.unwrap(), Some(value));
    (stand.pass)(TTL).await;
    assert_eq!(stand.cache.get(&key).await.unwrap(), None);
}

/// The last write wins, with its own time; a time of zero removes.
pub async fn a_value_can_be_replaced_and_deleted(stand: Stand) {
    let key = key("v");
    stand.cache.set(&key, "old".into(), TTL).await.unwrap();
    stand.cache.set(&key, "new".into(), TTL * 10).await.unwrap();
    (stand.pass)(TTL).await;
    assert_eq!(stand.cache.get(&key).await.unwrap(), Some("new".into()));
    stand.cache.delete(&key).await.unwrap();
    assert_eq!(stand.cache.get(&key).await.unwrap(), None);
    stand
        .cache
        .set(&key, "again".into(), TTL * 10)
        .await
        .unwrap();
    stand
        .cache
        .set(&key, "gone".into(), Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(stand.cache.get(&key).await.unwrap(), None);
    stand.cache.delete(&key).await.unwrap();
}

/// Later additions do not move the end of the window.
pub async fn counters_add_up_within_their_window(stand: Stand) {
    let key = key("c");
    let first = stand.cache.increment(&key, 2, TTL).await.unwrap();
    assert_eq!(first.value, 2);
    assert!(
        first.resets_in <= TTL && first.resets_in > TTL / 2,
        "{first:?}"
    );
    (stand.pass)(TTL / 2).await;
    let second = stand.cache.increment(&key, 3, TTL).await.unwrap();
    assert_eq!(second.value, 5);
    assert!(second.resets_in <= TTL / 2, "{second:?}");
    (stand.pass)(TTL / 2).await;
    assert_eq!(stand.cache.increment(&key, 1, TTL).await.unwrap().value, 1);
    stand.cache.delete(&key).await.unwrap();
    assert_eq!(stand.cache.increment(&key, 1, TTL).await.unwrap().value, 1);
    assert!(
        stand
            .cache
            .increment(&key, 1, Duration::ZERO)
            .await
            .is_err()
    );
}

/// No addition is lost, and each sees its own sum.
pub async fn concurrent_increments_are_all_counted(stand: Stand) {
    let key: Arc<str> = key("c").into();
    let window = Duration::from_mins(5);
    let adding = (0..100).map(|_| {
        let (cache, key) = (stand.cache.clone(), key.clone());
        tokio::spawn(async move { cache.increment(&key, 1, window).await.unwrap().value })
    });
    let mut seen: Vec<_> = join_all(adding)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=100).collect::<Vec<_>>());
}

/// A counter and a value may have the same name.
pub async fn values_and_counters_do_not_share_keys(stand: Stand) {
    let key = key("both");
    stand
        .cache
        .set(&key, "value".into(), TTL * 10)
        .await
        .unwrap();
    assert_eq!(
        stand
            .cache
            .increment(&key, 1, TTL * 10)
            .await
            .unwrap()
            .value,
        1
    );
    assert_eq!(stand.cache.get(&key).await.unwrap(), Some("value".into()));
}

/// Empty and endless keys are mistakes.
pub async fn keys_are_bounded(stand: Stand) {
    for bad in [String::new(), "k".repeat(1025)] {
        assert!(stand.cache.set(&bad, "v".into(), TTL).await.is_err());
        assert!(stand.cache.increment(&bad, 1, TTL).await.is_err());
    }
}
