//! How often a caller may call (SEC-4, API-8).

use std::{
    io::Write as _,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderMap, HeaderName, HeaderValue};
use moka::{policy::EvictionPolicy, sync::Cache};
use sv_kernel::{Clock, Error, Id, User};
use sv_proto::common::CommonReason;
use sv_rpc::policy::{RateClass, RateKey};

use crate::options::{Rate, RateOptions};

/// The length of a window in seconds.
const WINDOW: i64 = 60;

/// Whose calls are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// An address, or its network.
    Address(IpAddr),
    /// An account.
    Account(Id<User>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Budget {
    Default,
    Credentials,
    Search,
    BadTokens,
}

/// Counts calls, in bounded memory.
#[derive(Debug)]
pub(crate) struct Rates {
    options: RateOptions,
    clock: Arc<dyn Clock>,
    windows: Cache<(Budget, Who), Arc<Mutex<Window>>>,
}

#[derive(Debug, Default)]
struct Window {
    number: i64,
    used: u32,
}

/// Where a caller stands in a budget; what the `X-RateLimit` headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Calls per window.
    pub(crate) limit: u32,
    /// Calls that are left.
    pub(crate) remaining: u32,
    /// When the window ends, in seconds since the epoch.
    pub(crate) reset: i64,
    /// Seconds until then.
    pub(crate) wait: i64,
    /// Whether the call was within the budget.
    pub(crate) within: bool,
}

impl Rates {
    pub(crate) fn new(options: RateOptions, clock: Arc<dyn Clock>) -> Self {
        let windows = Cache::builder()
            .max_capacity(options.callers)
            // Who calls now is remembered; who has not called for longest is forgotten.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(Duration::from_mins(3))
            .build();
        Self {
            options,
            clock,
            windows,
        }
    }

    /// Counts a call by each of its keys; `None` where calls of the class are not counted. A call that
    /// one budget refuses is taken from none, and what is returned is the budget that is closest to
    /// its end.
    pub(crate) fn take(
        &self,
        class: RateClass,
        cost: u32,
        keys: &[RateKey],
        address: IpAddr,
        account: Option<Id<User>>,
    ) -> Option<Standing> {
        let (budget, rate) = match class {
            RateClass::Media | RateClass::Internal => return None,
            RateClass::Credentials => (Budget::Credentials, self.options.credentials),
            RateClass::Search => (Budget::Search, self.options.search),
            RateClass::Default | RateClass::Unspecified => (Budget::Default, self.options.default),
        };
        if !self.options.enabled {
            return None;
        }
        let mut tightest: Option<Standing> = None;
        for (place, key) in keys.iter().enumerate() {
            let Some((who, limit)) = whose(*key, rate, address, account) else {
                continue;
            };
            let standing = self.count(budget, who, limit, cost);
            if !standing.within {
                let before = &keys[..place];
                for (who, _) in before
                    .iter()
                    .filter_map(|key| whose(*key, rate, address, account))
                {
                    self.give_back(budget, who, cost);
                }
                return Some(standing);
            }
            if tightest.is_none_or(|other| standing.remaining < other.remaining) {
                tightest = Some(standing);
            }
        }
        tightest
    }

    /// Says whether a token of an address, which may turn out not to hold, is verified: what it costs
    /// is bounded.
    pub(crate) fn may_verify(&self, address: IpAddr) -> bool {
        let who = (Budget::BadTokens, Who::Address(address));
        // Most addresses never sent a bad one, and get no window for asking.
        !self.options.enabled
            || !self.windows.contains_key(&who)
            || self
                .count(who.0, who.1, self.options.verifications, 0)
                .remaining
                > 0
    }

    /// Counts a token that did not hold; returns when to come back if there were too many. Tokens that
    /// hold are none of this: they pass, whatever a neighbour sends.
    pub(crate) fn bad_token(&self, address: IpAddr) -> Option<Error> {
        if !self.options.enabled {
            return None;
        }
        let limit = self.options.verifications.max(self.options.bad_tokens);
        let standing = self.count(Budget::BadTokens, Who::Address(address), limit, 1);
        let bad = standing.limit - standing.remaining;
        (bad > self.options.bad_tokens || !standing.within).then(|| standing.refusal())
    }

    /// Returns the refusal of a token that is not verified any more.
    pub(crate) fn too_many_bad_tokens(&self, address: IpAddr) -> Error {
        let limit = self.options.verifications;
        self.count(Budget::BadTokens, Who::Address(address), limit, 0)
            .refusal()
    }

    fn give_back(&self, budget: Budget, who: Who, cost: u32) {
        let number = self.clock.now().secs().div_euclid(WINDOW);
        if let Some(window) = self.windows.get(&(budget, who)) {
            let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
            if window.number == number {
                window.used = window.used.saturating_sub(cost);
            }
        }
    }

    fn count(&self, budget: Budget, who: Who, limit: u32, cost: u32) -> Standing {
        let now = self.clock.now().secs();
        let window = self.windows.get_with((budget, who), Arc::default);
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.div_euclid(WINDOW);
        if window.number != number {
            *window = Window { number, used: 0 };
        }
        let left = limit - window.used.min(limit);
        let within = cost <= left;
        if within {
            window.used += cost;
        }
        let reset = (number + 1) * WINDOW;
        Standing {
            limit,
            remaining: limit - window.used.min(limit),
            reset,
            wait: reset - now,
            within,
        }
    }
}

/// Returns whose budget a key means, and how much it holds.
const fn whose(
    key: RateKey,
    rate: Rate,
    address: IpAddr,
    account: Option<Id<User>>,
) -> Option<(Who, u32)> {
    match (key, account) {
        (RateKey::Caller | RateKey::Account, Some(account)) if rate.account > 0 => {
            Some((Who::Account(account), rate.account))
        }
        (RateKey::Account, _) => None,
        _ => Some((Who::Address(address), rate.address)),
    }
}

impl Standing {
    /// Returns the refusal of a call beyond the budget.
    pub(crate) fn refusal(&self) -> Error {
        let wait = u64::try_from(self.wait).unwrap_or(1).max(1);
        Error::from(CommonReason::RateLimited)
            .with("seconds", wait)
            .retry_after(Duration::from_secs(wait))
    }

    /// Writes the headers that every counted answer carries.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in [
            ("x-ratelimit-limit", i64::from(self.limit)),
            ("x-ratelimit-remaining", i64::from(self.remaining)),
            ("x-ratelimit-reset", self.reset),
        ] {
            // Written here: `HeaderValue::from` takes two allocations to three digits.
            let mut digits = [0; 20];
            let mut rest = &mut digits[..];
            let written = write!(rest, "{value}").map(|()| 20 - rest.len());
            let value = HeaderValue::from_bytes(&digits[..written.unwrap_or(0)]);
            if let Ok(value) = value {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::{MovableClock, SeededEntropy, Timestamp};

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
}
