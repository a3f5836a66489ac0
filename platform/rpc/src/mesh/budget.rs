//! How many repeated calls a peer is worth: a fifth of the calls, and ten a second (RES-2).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sv_kernel::{Clock, Timestamp};

/// Repeats that may go out each second whatever the traffic.
const PER_SECOND: u64 = 10;
/// What one call adds, in thousandths of a repeat.
const PER_CALL: u64 = 200;
/// How long unspent budget lasts.
const LASTS: Duration = Duration::from_secs(10);

/// The retry budget of one peer, counted in thousandths of a repeat.
#[derive(Debug)]
pub struct Budget {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The fixed share: refilled by time.
    fixed: u64,
    filled_at: Timestamp,
    /// The share of calls, in two halves of the time that it lasts.
    recent: u64,
    older: u64,
    half_since: Timestamp,
}

impl Budget {
    /// Makes a budget with one second's fixed share.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let state = State {
            fixed: PER_SECOND * 1_000,
            filled_at: now,
            recent: 0,
            older: 0,
            half_since: now,
        };
        Self {
            clock,
            state: Mutex::new(state),
        }
    }

    /// Counts a first attempt.
    pub fn deposit(&self) {
        let mut state = self.now();
        state.recent += PER_CALL;
    }

    /// Takes one repeat, or says that none is left.
    #[must_use]
    pub fn withdraw(&self) -> bool {
        let mut state = self.now();
        let mut price = 1_000;
        if state.fixed + state.recent + state.older < price {
            return false;
        }
        let State {
            fixed,
            older,
            recent,
            ..
        } = &mut *state;
        for purse in [older, recent, fixed] {
            let paid = price.min(*purse);
            *purse -= paid;
            price -= paid;
        }
        true
    }

    fn now(&self) -> std::sync::MutexGuard<'_, State> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.since(state.filled_at);
        if passed >= Duration::from_millis(100) {
            let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
            let most = PER_SECOND * 1_000;
            state.fixed = state
                .fixed
                .saturating_add(millis.saturating_mul(PER_SECOND))
                .min(most);
            state.filled_at = now;
        }
        let half = now.since(state.half_since);
        if half >= LASTS {
            (state.older, state.recent, state.half_since) = (0, 0, now);
        } else if half >= LASTS / 2 {
            (state.older, state.recent, state.half_since) = (state.recent, 0, now);
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::MovableClock;

    use super::*;

    #[test]
    fn in_a_total_outage_extra_attempts_stay_within_a_fifth_and_ten_a_second() {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1)));
        let budget = Budget::new(clock.clone());
        let (mut calls, mut extra) = (0_u32, 0_u32);
        for _ in 0..100 {
            for _ in 0..30 {
                calls += 1;
                budget.deposit();
                extra += (0..3).filter(|_| budget.withdraw()).fold(0, |n, _| n + 1);
            }
            clock.advance(Duration::from_millis(100));
        }
        let seconds = 10;
        assert!(
            extra <= calls / 5 + 10 * (seconds + 1),
            "{extra} extra for {calls}"
        );
        assert!(extra >= calls / 5, "{extra} extra for {calls}");
    }

    #[test]
    fn unspent_budget_does_not_pile_up() {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1)));
        let budget = Budget::new(clock.clone());
        (0..10_000).for_each(|_| budget.deposit());
        clock.advance(Duration::from_mins(10));
        let left = (0..10_000).filter(|_| budget.withdraw()).count();
        assert_eq!(left, 10);
    }
}
