//! What all counters must do.

use std::{fmt, sync::Arc, time::Duration};

use futures::future::{BoxFuture, join_all};
use sv_kernel::{Entropy as _, SystemEntropy};

use crate::Counters;

/// Counters and their time.
pub struct Stand {
    /// The counters.
    pub counters: Arc<dyn Counters>,
    /// Lets time pass: moves the counters' clock, or waits.
    pub pass: Box<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl fmt::Debug for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stand")
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

/// Expands to one test per promise of counters.
#[macro_export]
macro_rules! counters_suite {
    ($make:path) => {
        $crate::counters_suite!($make;
            they_add_up_within_their_window_and_start_again
            later_additions_do_not_move_the_end
            looking_opens_nothing_and_giving_back_stops_at_zero
            additions_at_the_same_time_all_count
            keys_do_not_share
            many_are_added_to_at_once_in_any_order
            a_window_has_a_length
        );
    };
    ($make:path; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::conformance::counters::$case($make().await).await;
            }
        )*
    };
}

/// Long enough that a slow machine does not outrun it.
const WINDOW: Duration = Duration::from_secs(30);

fn key(name: &str) -> String {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    format!("{name}-{:016x}", u64::from_be_bytes(random))
}

async fn add(stand: &Stand, key: &str, by: i64) -> u64 {
    stand.counters.add(key, by, WINDOW).await.unwrap().value
}

/// Sums, and zero at the end of the window.
pub async fn they_add_up_within_their_window_and_start_again(stand: Stand) {
    let key = key("c");
    assert_eq!(add(&stand, &key, 2).await, 2);
    assert_eq!(add(&stand, &key, 3).await, 5);
    (stand.pass)(WINDOW).await;
    assert_eq!(add(&stand, &key, 1).await, 1);
}

/// The first addition decides when the window ends.
pub async fn later_additions_do_not_move_the_end(stand: Stand) {
    let key = key("c");
    add(&stand, &key, 1).await;
    (stand.pass)(WINDOW / 2).await;
    let counter = stand.counters.add(&key, 1, WINDOW).await.unwrap();
    assert!(counter.resets_in <= WINDOW / 2, "{counter:?}");
    assert!(!counter.resets_in.is_zero());
    (stand.pass)(WINDOW / 2).await;
    assert_eq!(add(&stand, &key, 0).await, 0);
}

/// Looking and giving back.
pub async fn looking_opens_nothing_and_giving_back_stops_at_zero(stand: Stand) {
    let key = key("c");
    assert_eq!(add(&stand, &key, 0).await, 0);
    assert_eq!(add(&stand, &key, -5).await, 0);
    assert_eq!(add(&stand, &key, 3).await, 3);
    assert_eq!(add(&stand, &key, -1).await, 2);
    assert_eq!(add(&stand, &key, -9).await, 0);
    assert_eq!(add(&stand, &key, 1).await, 1);
}

/// None is lost, and no two get the same result.
pub async fn additions_at_the_same_time_all_count(stand: Stand) {
    let key = key("c");
    let all = (0..50).map(|_| add(&stand, &key, 1));
    let mut results = join_all(all).await;
    results.sort_unstable();
    assert_eq!(results, (1..=50).collect::<Vec<_>>());
}

/// Each key by itself.
pub async fn keys_do_not_share(stand: Stand) {
    let (one, other) = (key("a"), key("b"));
    add(&stand, &one, 5).await;
    assert_eq!(add(&stand, &other, 1).await, 1);
}

/// A window of no length is a mistake.
pub async fn a_window_has_a_length(stand: Stand) {
    let refused = stand.counters.add(&key("c"), 1, Duration::ZERO).await;
    assert!(!refused.unwrap_err().is_transient());
}

/// Rounds of many counters, also those of two who tell theirs in another order at the same time.
pub async fn many_are_added_to_at_once_in_any_order(stand: Stand) {
    let keys: Vec<_> = (0..250).map(|n| key(&format!("m{n}"))).collect();
    let round = |by: u32| {
        keys.iter()
            .map(move |key| (key.clone(), by))
            .collect::<Vec<_>>()
    };
    let (there, mut back) = (round(1), round(2));
    back.reverse();
    let both = join_all([
        stand.counters.add_all(&there, WINDOW),
        stand.counters.add_all(&back, WINDOW),
    ]);
    for counted in both.await {
        assert_eq!(counted.unwrap().len(), keys.len());
    }
    let stands = stand.counters.add_all(&there[..2], WINDOW).await.unwrap();
    assert_eq!([stands[0].value, stands[1].value], [4, 4]);
    assert!(!stands[0].resets_in.is_zero() && stands[0].resets_in <= WINDOW);
    assert_eq!(stand.counters.add_all(&[], WINDOW).await.unwrap(), []);
    (stand.pass)(WINDOW).await;
    let anew = stand.counters.add_all(&back[..1], WINDOW).await.unwrap();
    assert_eq!(anew[0].value, 2);
}
