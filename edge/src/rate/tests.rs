//! What a caller is counted for, by one edge and by several.

use std::sync::atomic::{AtomicBool, Ordering};

use sv_kernel::{MovableClock, SeededEntropy, Timestamp};
use sv_ports::{Counter, Counters, PortError, PortResult};

use super::*;

fn rates(options: RateOptions) -> (Rates, Arc<MovableClock>) {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_030)));
    (Rates::new(options, clock.clone()), clock)
}

const CALLER: [RateKey; 1] = [RateKey::Caller];

fn address(last: u8) -> IpAddr {
    [10, 0, 0, last].into()
}

#[test]
fn an_address_has_a_hundred_calls_a_minute_and_then_waits() {
    let (rates, clock) = rates(RateOptions::default());
    let take = |last| {
        rates
            .take(RateClass::Default, 1, &CALLER, address(last), None)
            .unwrap()
    };
    let first = take(1);
    assert_eq!(
        (first.limit, first.remaining, first.within),
        (100, 99, true)
    );
    assert_eq!(
        (first.reset % 60, first.wait),
        (0, first.reset - 1_700_000_030)
    );
    for _ in 0..99 {
        assert!(take(1).within);
    }
    let beyond = take(1);
    assert!(!beyond.within && beyond.remaining == 0);
    assert!(beyond.refusal().is(&CommonReason::RateLimited));
    assert!(take(2).within, "others are not concerned");
    clock.advance(Duration::from_secs(u64::try_from(beyond.wait).unwrap()));
    assert_eq!(take(1).remaining, 99);
}

#[test]
fn accounts_have_their_own_budget_wherever_they_are() {
    let (rates, clock) = rates(RateOptions::default());
    let entropy = Arc::new(SeededEntropy::new(1));
    let account = sv_kernel::IdGen::new(clock, entropy).next();
    let take = |last| {
        rates
            .take(RateClass::Default, 1, &CALLER, address(last), Some(account))
            .unwrap()
    };
    assert_eq!(take(1).remaining, 999);
    assert_eq!(take(2).remaining, 998);
    // Passwords are counted by address, whoever is signed in.
    let login = rates
        .take(
            RateClass::Credentials,
            1,
            &[RateKey::Address],
            address(1),
            Some(account),
        )
        .unwrap();
    assert_eq!((login.limit, login.remaining), (20, 19));
}

#[test]
fn costs_are_taken_whole_or_not() {
    let (rates, _) = rates(RateOptions::default());
    let take = |cost| {
        rates
            .take(RateClass::Default, cost, &CALLER, address(1), None)
            .unwrap()
    };
    assert_eq!(take(99).remaining, 1);
    let beyond = take(2);
    assert!(!beyond.within && beyond.remaining == 1);
    assert!(take(1).within);
}

#[test]
fn some_classes_are_not_counted() {
    let (counted, _) = rates(RateOptions::default());
    assert!(
        counted
            .take(RateClass::Media, 1, &CALLER, address(1), None)
            .is_none()
    );
    assert!(
        counted
            .take(RateClass::Internal, 1, &CALLER, address(1), None)
            .is_none()
    );
    let off = RateOptions {
        enabled: false,
        ..RateOptions::default()
    };
    let (off, _) = rates(off);
    assert!(
        off.take(RateClass::Default, 1, &CALLER, address(1), None)
            .is_none()
    );
    assert!(off.may_verify(address(1)) && off.bad_token(address(1)).is_none());
}

#[test]
fn bad_tokens_are_counted_apart_and_what_they_cost_is_bounded() {
    let (rates, clock) = rates(RateOptions::default());
    for _ in 0..100 {
        assert!(rates.bad_token(address(1)).is_none());
    }
    let refused = rates.bad_token(address(1)).unwrap();
    assert!(refused.is(&CommonReason::RateLimited));
    // Others of the address, whose tokens may hold, are still looked at …
    assert!(rates.may_verify(address(1)));
    for _ in 0..1_000 {
        rates.bad_token(address(1));
    }
    // … until that costs too much.
    assert!(!rates.may_verify(address(1)) && rates.may_verify(address(2)));
    assert!(
        rates
            .take(RateClass::Default, 1, &CALLER, address(1), None)
            .unwrap()
            .within
    );
    clock.advance(Duration::from_mins(1));
    assert!(rates.may_verify(address(1)) && rates.bad_token(address(1)).is_none());
}

#[test]
fn a_call_draws_from_all_of_its_budgets_or_from_none() {
    let (rates, clock) = rates(RateOptions {
        default: Rate {
            address: 5,
            account: 3,
        },
        ..RateOptions::default()
    });
    let entropy = Arc::new(SeededEntropy::new(1));
    let ids = sv_kernel::IdGen::new(clock, entropy);
    let (ana, bo) = (ids.next(), ids.next());
    let both = [RateKey::Address, RateKey::Account];
    let take = |account| {
        rates
            .take(RateClass::Default, 1, &both, address(1), Some(account))
            .unwrap()
    };
    assert_eq!(
        (take(ana).limit, take(ana).remaining),
        (3, 1),
        "the tightest"
    );
    assert!(take(ana).within);
    // Ana's own budget is empty: what she goes on asking for is not taken from the address.
    for _ in 0..10 {
        assert!(!take(ana).within);
    }
    assert!(take(bo).within && take(bo).within);
    let beyond = take(bo);
    assert!(
        !beyond.within && beyond.limit == 5,
        "now the address is empty"
    );
}

#[test]
fn fifty_callers_at_once_share_one_budget() {
    // E18: the count holds under concurrency.
    let (rates, _) = rates(RateOptions::default());
    let within = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|_| {
                scope.spawn(|| {
                    (0..10)
                        .filter(|_| {
                            rates
                                .take(RateClass::Default, 1, &CALLER, address(1), None)
                                .unwrap()
                                .within
                        })
                        .count()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum::<usize>()
    });
    assert_eq!(within, 100);
}

#[test]
fn memory_is_bounded() {
    let options = RateOptions {
        callers: 100,
        ..RateOptions::default()
    };
    let (rates, _) = rates(options);
    for n in 0..10_000_u32 {
        rates.take(
            RateClass::Default,
            1,
            &CALLER,
            IpAddr::from(n.to_be_bytes()),
            None,
        );
    }
    rates.windows.run_pending_tasks();
    assert!(rates.windows.entry_count() <= 100);
}

#[tokio::test]
async fn several_edges_share_a_budget_and_lose_nothing_where_they_cannot_tell_each_other() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_040)));
    let counters = Arc::new(Flaky {
        counters: sv_ports::embedded::Counters::new(100, clock.clone()),
        down: AtomicBool::new(false),
    });
    let edge = || Rates::new(RateOptions::default(), clock.clone()).shared(counters.clone());
    let (one, other) = (edge(), edge());
    let take = |edge: &Rates, cost| {
        let taken = edge.take(RateClass::Default, cost, &CALLER, address(1), None);
        taken.unwrap().remaining
    };
    take(&one, 40);
    one.share().await.unwrap();
    // The other one has not asked yet.
    assert_eq!(take(&other, 10), 90);
    other.share().await.unwrap();
    assert_eq!(take(&other, 0), 50);
    counters.down.store(true, Ordering::SeqCst);
    take(&other, 20);
    other.share().await.unwrap_err();
    take(&other, 5);
    counters.down.store(false, Ordering::SeqCst);
    other.share().await.unwrap();
    assert_eq!(take(&other, 0), 25);
    take(&one, 1);
    one.share().await.unwrap();
    assert_eq!(take(&one, 0), 24);
    // The next minute is another window for all of them.
    clock.advance(Duration::from_mins(1));
    take(&one, 1);
    one.share().await.unwrap();
    assert_eq!(take(&one, 0), 99);
}

#[tokio::test]
async fn counters_that_are_lost_give_no_caller_his_budget_back() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_040)));
    let shared = |counters: &Arc<sv_ports::embedded::Counters>| {
        Rates::new(RateOptions::default(), clock.clone()).shared(counters.clone())
    };
    let fresh = || Arc::new(sv_ports::embedded::Counters::new(100, clock.clone()));
    let (counters, restarted) = (fresh(), fresh());
    let take = |edge: &Rates, cost| {
        let taken = edge.take(RateClass::Default, cost, &CALLER, address(1), None);
        taken.unwrap().remaining
    };
    let one = shared(&counters);
    take(&one, 60);
    one.share().await.unwrap();
    let one = Rates {
        untold: shared(&restarted).untold,
        ..one
    };
    take(&one, 5);
    one.share().await.unwrap();
    assert_eq!(take(&one, 0), 35);
}

#[test]
fn what_waits_to_be_told_is_bounded() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_040)));
    let counters = Arc::new(sv_ports::embedded::Counters::new(100, clock.clone()));
    let options = RateOptions {
        callers: 100,
        ..RateOptions::default()
    };
    let rates = Rates::new(options, clock).shared(counters);
    for n in 0..1_000_u32 {
        let address = IpAddr::from(n.to_be_bytes());
        rates.take(RateClass::Default, 1, &CALLER, address, None);
    }
    assert_eq!(rates.untold.unwrap().len(), 100);
}

/// Counters that are not there now and then.
#[derive(Debug)]
struct Flaky {
    counters: sv_ports::embedded::Counters,
    down: AtomicBool,
}

#[async_trait::async_trait]
impl Counters for Flaky {
    async fn add(&self, key: &str, by: i64, window: Duration) -> PortResult<Counter> {
        if self.down.load(Ordering::SeqCst) {
            return Err(PortError::unavailable(
                "counters",
                std::io::Error::other("down"),
            ));
        }
        self.counters.add(key, by, window).await
    }
}
