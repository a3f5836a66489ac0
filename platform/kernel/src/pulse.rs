//! Whether background work goes well, told by the work itself.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{Clock, SystemClock, Timestamp};

/// How long a failure is remembered that nothing follows: neither another one nor a success.
const FORGET: Duration = Duration::from_mins(1);

/// What a task or a job tells about itself: its successes, its failures, what worries it. Cheap to
/// clone; all clones are one.
#[derive(Clone)]
pub struct Pulse(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    last_sign: Timestamp,
    last_success: Option<Timestamp>,
    failing: Option<Failing>,
    worries: BTreeMap<&'static str, (Timestamp, String)>,
    /// The longest that the work may be silent, if it is to speak at all.
    silence: Option<Duration>,
    forget: Duration,
}

struct Failing {
    since: Timestamp,
    last: Timestamp,
    cause: String,
}

impl Pulse {
    /// Makes the pulse of work that has told nothing yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            last_sign: clock.now(),
            last_success: None,
            failing: None,
            worries: BTreeMap::new(),
            silence: None,
            forget: FORGET,
        };
        Self(Arc::new(Inner {
            clock,
            state: Mutex::new(state),
        }))
    }

    /// Expects a success or a failure at least this often: longer silence is trouble.
    pub fn expect_every(&self, silence: Duration) {
        let mut state = self.state();
        state.silence = Some(silence);
        state.forget = FORGET.max(silence);
    }

    /// Tells of work that was done, which ends what failed before.
    pub fn succeeded(&self) {
        let now = self.0.clock.now();
        let mut state = self.state();
        state.last_sign = now;
        state.last_success = Some(now);
        state.failing = None;
    }

    /// Tells of work that failed.
    pub fn failed(&self, cause: impl Into<String>) {
        let now = self.0.clock.now();
        let mut state = self.state();
        state.last_sign = now;
        let since = match &state.failing {
            Some(failing) if now.since(failing.last) <= state.forget => failing.since,
            _ => now,
        };
        state.failing = Some(Failing {
            since,
            last: now,
            cause: cause.into(),
        });
    }

    /// Tells of something that is not as it should be, or that it is well again. `what` names it.
    pub fn worry(&self, what: &'static str, worry: Option<String>) {
        let now = self.0.clock.now();
        let mut state = self.state();
        match worry {
            Some(text) => {
                let (_, known) = state
                    .worries
                    .entry(what)
                    .or_insert_with(|| (now, String::new()));
                *known = text;
            }
            None => {
                state.worries.remove(what);
            }
        }
    }

    /// Returns when the work last succeeded.
    pub fn last_success(&self) -> Option<Timestamp> {
        self.state().last_success
    }

    /// Says what has been wrong for longer than `tolerance`, if anything has.
    pub fn trouble(&self, tolerance: Duration) -> Option<String> {
        let now = self.0.clock.now();
        let state = self.state();
        let mut all = Vec::new();
        if let Some(failing) = &state.failing
            && now.since(failing.since) >= tolerance
            && now.since(failing.last) <= state.forget
        {
            all.push(failing.cause.clone());
        }
        if let Some(longest) = state.silence
            && now.since(state.last_sign) > longest
        {
            let silent = now.since(state.last_sign).as_secs();
            all.push(format!("no sign of life for {silent} s"));
        }
        let lasting = state.worries.values();
        let lasting = lasting.filter(|(since, _)| now.since(*since) >= tolerance);
        all.extend(lasting.map(|(_, text)| text.clone()));
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Pulse {
    /// The pulse of work that nobody watches.
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

impl fmt::Debug for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pulse")
            .field(&self.trouble(Duration::ZERO))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MovableClock;

    const TOLERANCE: Duration = Duration::from_secs(10);

    fn pulse() -> (Pulse, Arc<MovableClock>) {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        (Pulse::new(clock.clone()), clock)
    }

    #[test]
    fn a_failure_that_repeats_is_trouble_until_the_work_succeeds() {
        let (pulse, clock) = pulse();
        pulse.failed("the disk is gone");
        assert_eq!(pulse.trouble(TOLERANCE), None, "it may pass");
        clock.advance(TOLERANCE);
        pulse.failed("the disk is still gone");
        let trouble = pulse.trouble(TOLERANCE);
        assert_eq!(trouble.as_deref(), Some("the disk is still gone"));
        pulse.succeeded();
        assert_eq!(pulse.trouble(TOLERANCE), None);
        assert_eq!(
            pulse.last_success(),
            Some(Timestamp::from_secs(1_700_000_010))
        );
    }

    #[test]
    fn a_single_failure_long_ago_is_no_trouble() {
        let (pulse, clock) = pulse();
        pulse.failed("once");
        clock.advance(FORGET + Duration::from_secs(1));
        assert_eq!(pulse.trouble(TOLERANCE), None);
        pulse.failed("once more");
        assert_eq!(pulse.trouble(TOLERANCE), None, "it is counted anew");
    }

    #[test]
    fn work_that_should_speak_and_does_not_is_trouble() {
        let (pulse, clock) = pulse();
        clock.advance(Duration::from_hours(5));
        assert_eq!(pulse.trouble(TOLERANCE), None, "nobody asked it to speak");
        pulse.expect_every(Duration::from_mins(1));
        let trouble = pulse.trouble(TOLERANCE).unwrap();
        assert_eq!(trouble, "no sign of life for 18000 s");
        pulse.succeeded();
        assert_eq!(pulse.trouble(TOLERANCE), None);
    }

    #[test]
    fn worries_last_until_they_are_taken_back_whatever_succeeds() {
        let (pulse, clock) = pulse();
        pulse.worry("lag", Some("5 behind".into()));
        clock.advance(TOLERANCE);
        pulse.worry("lag", Some("9 behind".into()));
        pulse.worry("age", Some("old".into()));
        pulse.succeeded();
        assert_eq!(pulse.trouble(TOLERANCE).as_deref(), Some("9 behind"));
        pulse.worry("lag", None);
        assert_eq!(pulse.trouble(TOLERANCE), None);
    }
}
