//! How often a caller may call (SEC-4, API-8).

mod shared;
#[cfg(test)]
mod tests;

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

use self::shared::Untold;
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

impl Budget {
    /// The name in shared counters.
    const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Credentials => "credentials",
            Self::Search => "search",
            Self::BadTokens => "bad-tokens",
        }
    }
}

/// Counts calls, in bounded memory.
#[derive(Debug)]
pub(crate) struct Rates {
    options: RateOptions,
    clock: Arc<dyn Clock>,
    windows: Cache<Counted, Arc<Mutex<Window>>>,
    /// What other edges have to hear of; none where there is no other.
    untold: Option<Untold>,
}

/// Whose calls of what kind are counted together.
type Counted = (Budget, Who);

#[derive(Debug, Default)]
struct Window {
    number: i64,
    used: u32,
    /// The part of `used` that the other edges have not heard of.
    untold: u32,
}

/// Where a caller stands in a budget; what the `X-RateLimit` headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimitStatus {
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
        shared::begin_figures();
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
            untold: None,
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
    ) -> Option<RateLimitStatus> {
        let (budget, rate) = match class {
            RateClass::Media | RateClass::Internal => return None,
            RateClass::Credentials => (Budget::Credentials, self.options.credentials),
            RateClass::Search => (Budget::Search, self.options.search),
            RateClass::Default | RateClass::Unspecified => (Budget::Default, self.options.default),
        };
        if !self.options.enabled {
            return None;
        }
        let mut tightest: Option<RateLimitStatus> = None;
        for (place, key) in keys.iter().enumerate() {
            let Some((who, limit)) = whose(*key, rate, address, account) else {
                continue;
            };
            let rate_limit = self.count(budget, who, limit, cost);
            if !rate_limit.within {
                let before = &keys[..place];
                for (who, _) in before
                    .iter()
                    .filter_map(|key| whose(*key, rate, address, account))
                {
                    self.give_back(budget, who, cost);
                }
                return Some(rate_limit);
            }
            if tightest.is_none_or(|other| rate_limit.remaining < other.remaining) {
                tightest = Some(rate_limit);
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
        let rate_limit = self.count(Budget::BadTokens, Who::Address(address), limit, 1);
        let bad = rate_limit.limit - rate_limit.remaining;
        (bad > self.options.bad_tokens || !rate_limit.within).then(|| rate_limit.refusal())
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
                window.untold = window.untold.saturating_sub(cost);
            }
        }
    }

    fn count(&self, budget: Budget, who: Who, limit: u32, cost: u32) -> RateLimitStatus {
        let now = self.clock.now().secs();
        let window = self.windows.get_with((budget, who), Arc::default);
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.div_euclid(WINDOW);
        if window.number != number {
            *window = Window {
                number,
                ..Window::default()
            };
        }
        let left = limit - window.used.min(limit);
        let within = cost <= left;
        if within {
            window.used += cost;
            if let Some(untold) = &self.untold
                && cost > 0
            {
                if window.untold == 0 {
                    untold.note((budget, who));
                }
                window.untold += cost;
            }
        }
        let reset = (number + 1) * WINDOW;
        RateLimitStatus {
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

impl RateLimitStatus {
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
