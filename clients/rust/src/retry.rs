//! Which calls are made again, and when.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use sv_proto::common::CommonReason;
use tonic::Status;

use crate::{Error, methods::Method, system};

/// Names a call whose answer the server keeps.
pub(crate) const KEY: &str = "idempotency-key";

/// How often a call is made in all, and how long the pauses are.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// In all.
    pub attempts: u32,
    /// Each one after it is twice as long.
    pub first_pause: Duration,
    /// The most that is waited once. Where the server asks for more, the call fails at once.
    pub longest_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(5),
        }
    }
}

/// What to do before the next try.
pub(crate) enum Step {
    Refresh,
    Wait(Duration),
    Fail,
}

/// The tries of one call.
pub(crate) struct Tries {
    policy: RetryPolicy,
    /// Whether it may be repeated where nobody knows what became of it.
    harmless: bool,
    failures: u32,
    refreshed: bool,
}

impl Tries {
    pub(crate) fn new(about: Method, policy: RetryPolicy, headers: &mut HeaderMap) -> Self {
        if about.takes_key && !headers.contains_key(KEY) {
            // With a key the server gives the first answer again, so that nothing is done twice.
            if let Ok(key) = HeaderValue::from_str(&system::unique()) {
                headers.insert(KEY, key);
            }
        }
        Self {
            policy,
            harmless: about.repeatable || headers.contains_key(KEY),
            failures: 0,
            refreshed: false,
        }
    }

    pub(crate) fn after(&mut self, status: &Status, signed_in: bool) -> Step {
        let error = Error::from(status.clone());
        let ended = error.is(CommonReason::TokenExpired) || error.is(CommonReason::TokenInvalid);
        if signed_in && ended && !self.refreshed {
            self.refreshed = true;
            return Step::Refresh;
        }
        self.failures += 1;
        let asked = error.retry_after().unwrap_or_default();
        // What the server itself says it cannot do now was not done; a connection that broke leaves that open.
        let harmless = self.harmless || !error.domain().is_empty();
        let over = self.failures >= self.policy.attempts || asked > self.policy.longest_pause;
        if !error.is_passing() || error.is_pushed_back() || !harmless || over {
            return Step::Fail;
        }
        let doubled = 2_u32.saturating_pow(self.failures - 1);
        let grown = self.policy.first_pause.saturating_mul(doubled);
        let pause = system::spread(grown.min(self.policy.longest_pause));
        Step::Wait(pause.max(asked))
    }
}
