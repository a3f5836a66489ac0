//! What every fan-out must do.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use sv_kernel::{Entropy as _, SystemEntropy};
use tokio::time::timeout;

use crate::{Fanout, Heard, Listener};

/// A fan-out as two processes see it. Both reach each other by the time a case begins.
#[derive(Debug)]
pub struct Stand {
    /// That of one process.
    pub one: Arc<dyn Fanout>,
    /// That of another, or the same where there is one process only.
    pub other: Arc<dyn Fanout>,
}

/// Expands to one test per promise of a fan-out.
#[macro_export]
macro_rules! fanout_suite {
    ($make:path) => {
        $crate::fanout_suite!($make;
            what_is_told_all_who_listen_hear_in_order
            subjects_do_not_share
            who_comes_later_hears_nothing_of_before
            who_is_too_slow_hears_that_something_is_lost_and_goes_on
            what_cannot_be_told_is_refused
        );
    };
    ($make:path; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::conformance::fanout::$case($make().await).await;
            }
        )*
    };
}

/// Longer than a slow machine takes.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Makes a subject of its own.
fn subject() -> String {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    format!("test.{:016x}", u64::from_be_bytes(random))
}

async fn heard(listener: &mut Listener) -> Heard {
    timeout(TIMEOUT, listener.next()).await.unwrap()
}

fn message(text: &str) -> Heard {
    Heard::Message(Bytes::copy_from_slice(text.as_bytes()))
}

/// Here and elsewhere.
pub async fn what_is_told_all_who_listen_hear_in_order(stand: Stand) {
    let subject = subject();
    let mut listeners = vec![
        stand.one.subscribe(&subject).unwrap(),
        stand.one.subscribe(&subject).unwrap(),
        stand.other.subscribe(&subject).unwrap(),
    ];
    for n in 0..20 {
        stand.one.publish(&subject, n.to_string().into()).unwrap();
    }
    for listener in &mut listeners {
        for n in 0..20 {
            assert_eq!(heard(listener).await, message(&n.to_string()));
        }
    }
}

/// Nor does one that begins as another does.
pub async fn subjects_do_not_share(stand: Stand) {
    let subject = subject();
    let mut listener = stand.other.subscribe(&subject).unwrap();
    for elsewhere in [format!("{subject}.more"), format!("{subject}x")] {
        stand.one.publish(&elsewhere, "elsewhere".into()).unwrap();
    }
    stand.one.publish(&subject, "here".into()).unwrap();
    assert_eq!(heard(&mut listener).await, message("here"));
}

/// Nothing is kept.
pub async fn who_comes_later_hears_nothing_of_before(stand: Stand) {
    let subject = subject();
    let mut first = stand.other.subscribe(&subject).unwrap();
    stand.one.publish(&subject, "before".into()).unwrap();
    assert_eq!(heard(&mut first).await, message("before"));
    let mut later = stand.other.subscribe(&subject).unwrap();
    stand.one.publish(&subject, "after".into()).unwrap();
    assert_eq!(heard(&mut later).await, message("after"));
}

/// What waits is bounded.
pub async fn who_is_too_slow_hears_that_something_is_lost_and_goes_on(stand: Stand) {
    let subject = subject();
    let mut slow = stand.one.subscribe(&subject).unwrap();
    for n in 0..10_000 {
        stand.one.publish(&subject, n.to_string().into()).unwrap();
    }
    assert_eq!(heard(&mut slow).await, Heard::Lost);
    let mut last = Heard::Lost;
    while last != message("9999") {
        last = heard(&mut slow).await;
    }
    stand.one.publish(&subject, "on".into()).unwrap();
    assert_eq!(heard(&mut slow).await, message("on"));
}

/// Names and sizes.
pub async fn what_cannot_be_told_is_refused(stand: Stand) {
    let long = "x".repeat(101);
    for bad in ["", ".", "a.", "a b", "a.*", "a.>", "A", "ä", &long] {
        let refused = stand.one.publish(bad, Bytes::new()).unwrap_err();
        assert!(!refused.is_transient(), "{bad:?}");
        stand.one.subscribe(bad).unwrap_err();
    }
    let subject = subject();
    let mut listener = stand.one.subscribe(&subject).unwrap();
    let large = Bytes::from(vec![0; 8 * 1024 + 1]);
    stand.one.publish(&subject, large).unwrap_err();
    stand.one.publish(&subject, "said".into()).unwrap();
    assert_eq!(heard(&mut listener).await, message("said"));
}
