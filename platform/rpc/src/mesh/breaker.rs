//! Breakers: five failures within 30 s open one, for 60 s nobody calls, then one probe decides (RES-1). A peer
//! that says before then that it serves, when its health is asked, is probed at once.
//! Failures are counted, not rated. A caller's own errors never count. A peer that has never answered yet
//! is taken for one that starts, and is tried again after a second.
//!
//! A peer that cannot be reached has one for all of its methods; what it answers, or answers too late,
//! counts for that method alone, so that what fails for one purpose keeps nobody from the others. Of a peer
//! with several replicas a failure is a call that found no sound one among them, not an attempt.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use metrics::{Counter, Gauge, counter, gauge};
use sv_kernel::{Clock, Timestamp};

const FAILURES: usize = 5;
const WINDOW: Duration = Duration::from_secs(30);
const OPEN: Duration = Duration::from_mins(1);
const STARTING: Duration = Duration::from_secs(1);
/// How long a probe may take; a hung one must not keep the breaker half open.
pub(super) const PROBE: Duration = Duration::from_secs(5);

/// The name by which metrics tell the breaker of all methods from those of one.
const WHOLE: &str = "*";

/// The breakers of one peer.
#[derive(Debug)]
pub(super) struct Breakers {
    /// Opens when the peer cannot be reached.
    pub(super) endpoint: Breaker,
    /// Each opens when its method fails.
    methods: Mutex<HashMap<Box<str>, Arc<Breaker>>>,
    peer: Box<str>,
    clock: Arc<dyn Clock>,
}

impl Breakers {
    pub(super) fn new(peer: &str, clock: Arc<dyn Clock>) -> Self {
        Self {
            endpoint: Breaker::new(clock.clone()).told_as(peer, WHOLE),
            methods: Mutex::default(),
            peer: peer.into(),
            clock,
        }
    }

    /// Returns the breaker of a method; `method` is one of the protos', of which there are so many.
    pub(super) fn of(&self, method: &str) -> Arc<Breaker> {
        let mut methods = self.methods.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(breaker) = methods.get(method) {
            return breaker.clone();
        }
        let breaker = Breaker::new(self.clock.clone()).told_as(&self.peer, shown(method));
        let breaker = Arc::new(breaker);
        methods.insert(method.into(), breaker.clone());
        breaker
    }

    /// Says whether calls are refused: all, or those of some method.
    pub(super) fn refuses(&self) -> bool {
        let methods = self.methods.lock().unwrap_or_else(PoisonError::into_inner);
        self.endpoint.refuses() || methods.values().any(|breaker| breaker.refuses())
    }
}

/// Decides whether calls are made at all.
#[derive(Debug)]
pub struct Breaker {
    clock: Arc<dyn Clock>,
    /// Whether the peer ever answered.
    proven: AtomicBool,
    state: Mutex<State>,
    figures: Figures,
}

/// What metrics tell of a breaker.
#[derive(Debug)]
struct Figures {
    open: Gauge,
    opened: Counter,
}

#[derive(Debug)]
enum State {
    Closed(VecDeque<Timestamp>),
    Open { until: Timestamp },
    Probing { since: Timestamp },
}

/// The right to make one call; what became of it is told by [`Permit::succeeded`] or
/// [`Permit::failed`]. A call given up by its caller says nothing about the peer.
#[derive(Debug)]
#[must_use]
pub struct Permit<'b> {
    breaker: &'b Breaker,
    probe: Option<Timestamp>,
    told: bool,
}

impl Breaker {
    /// Makes a closed breaker.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            proven: AtomicBool::new(false),
            state: Mutex::new(State::Closed(VecDeque::new())),
            figures: Figures {
                open: Gauge::noop(),
                opened: Counter::noop(),
            },
        }
    }

    /// Tells its state in the metrics.
    fn told_as(mut self, peer: &str, method: &str) -> Self {
        let labels = [("peer", peer.to_owned()), ("method", method.to_owned())];
        self.figures = Figures {
            open: gauge!("streamverse_breaker_open", &labels),
            opened: counter!("streamverse_breaker_opened_total", &labels),
        };
        self.figures.open.set(0.0);
        self.figures.opened.increment(0);
        self
    }

    /// Returns the right to call, or how long the breaker stays open at least.
    pub fn admit(&self) -> Result<Permit<'_>, Duration> {
        let now = self.clock.now();
        let mut state = self.lock();
        let probe = match *state {
            State::Closed(_) => None,
            State::Open { until } if now < until => return Err(until.since(now)),
            State::Probing { since } if now.since(since) < PROBE => return Err(PROBE),
            State::Open { .. } | State::Probing { .. } => {
                *state = State::Probing { since: now };
                Some(now)
            }
        };
        Ok(Permit {
            breaker: self,
            probe,
            told: false,
        })
    }

    /// Says whether the next call would be refused.
    pub fn refuses(&self) -> bool {
        let now = self.clock.now();
        match *self.lock() {
            State::Closed(_) => false,
            State::Open { until } => now < until,
            State::Probing { since } => now.since(since) < PROBE,
        }
    }

    /// Hears that a whole call failed, whose attempts have told nothing.
    pub fn failed(&self) {
        let now = self.clock.now();
        match &mut *self.lock() {
            // The call was the probe.
            State::Open { until } if *until <= now => *until = now + self.pause(),
            state => self.count(state, now),
        }
    }

    /// Hears by another way that the peer serves again: the next call is the probe.
    pub fn serves_again(&self) {
        let now = self.clock.now();
        let mut state = self.lock();
        if matches!(*state, State::Open { until } if now < until) {
            *state = State::Open { until: now };
        }
    }

    /// Says whether it is open, or half open.
    pub fn is_open(&self) -> bool {
        !matches!(*self.lock(), State::Closed(_))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns for how long it opens.
    fn pause(&self) -> Duration {
        if self.proven.load(Ordering::Relaxed) {
            OPEN
        } else {
            STARTING
        }
    }

    fn settle(&self, probe: Option<Timestamp>, verdict: Option<bool>) {
        let now = self.clock.now();
        let mut state = self.lock();
        if verdict == Some(true) {
            self.proven.store(true, Ordering::Relaxed);
        }
        let reopened = now + self.pause();
        match (&mut *state, probe, verdict) {
            (State::Probing { since }, Some(mine), verdict) if *since == mine => {
                *state = match verdict {
                    Some(true) => {
                        self.figures.open.set(0.0);
                        State::Closed(VecDeque::new())
                    }
                    Some(false) => State::Open { until: reopened },
                    // The probe's caller went away: the next call probes.
                    None => State::Open { until: now },
                };
            }
            (state, None, Some(false)) => self.count(state, now),
            // Late news of calls from before the breaker opened.
            _ => {}
        }
    }

    /// Counts a failure of a closed breaker. Others have late news of calls from before they opened.
    fn count(&self, state: &mut State, now: Timestamp) {
        let State::Closed(failures) = state else {
            return;
        };
        failures.retain(|at| now.since(*at) < WINDOW);
        failures.push_back(now);
        if failures.len() >= FAILURES {
            let until = now + self.pause();
            *state = State::Open { until };
            self.figures.open.set(1.0);
            self.figures.opened.increment(1);
        }
    }
}

/// A method as the metrics name it elsewhere.
fn shown(path: &str) -> &str {
    path.trim_start_matches('/')
}

impl Permit<'_> {
    /// Returns the longest that the call may take, if it is a probe.
    pub const fn limit(&self) -> Option<Duration> {
        if self.probe.is_some() {
            Some(PROBE)
        } else {
            None
        }
    }

    /// The peer works, whatever it answered.
    pub fn succeeded(mut self) {
        self.told = true;
        self.breaker.settle(self.probe, Some(true));
    }

    /// The peer could not be reached or did not answer in time.
    pub fn failed(mut self) {
        self.told = true;
        self.breaker.settle(self.probe, Some(false));
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.told {
            self.breaker.settle(self.probe, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::MovableClock;

    use super::*;

    fn breaker() -> (Arc<MovableClock>, Breaker) {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_000)));
        let breaker = Breaker::new(clock.clone());
        breaker.admit().unwrap().succeeded();
        (clock, breaker)
    }

    fn fail(breaker: &Breaker) {
        breaker.admit().unwrap().failed();
    }

    #[test]
    fn the_fifth_failure_within_thirty_seconds_opens_it_even_among_successes() {
        let (clock, breaker) = breaker();
        for _ in 0..4 {
            fail(&breaker);
            breaker.admit().unwrap().succeeded();
            clock.advance(Duration::from_secs(7));
        }
        assert!(!breaker.is_open());
        fail(&breaker);
        assert!(breaker.is_open());
        assert_eq!(breaker.admit().unwrap_err(), OPEN);
    }

    #[test]
    fn whole_calls_that_failed_open_it_and_the_next_one_probes_for_all_of_its_attempts() {
        let (clock, breaker) = breaker();
        for _ in 0..FAILURES {
            drop(breaker.admit().unwrap());
            breaker.failed();
        }
        breaker.failed();
        assert_eq!(breaker.admit().unwrap_err(), OPEN);
        clock.advance(OPEN);
        for _ in 0..3 {
            assert!(breaker.admit().unwrap().limit().is_some(), "an attempt");
        }
        breaker.failed();
        assert_eq!(breaker.admit().unwrap_err(), OPEN);
    }

    #[test]
    fn one_call_probes_a_peer_that_serves_again() {
        let (_clock, breaker) = breaker();
        breaker.serves_again();
        assert!(!breaker.is_open());
        (0..FAILURES).for_each(|_| fail(&breaker));
        breaker.serves_again();
        let probe = breaker.admit().unwrap();
        breaker.admit().unwrap_err();
        probe.failed();
        assert_eq!(breaker.admit().unwrap_err(), OPEN);
    }

    #[test]
    fn five_failures_spread_wider_do_not_open_it() {
        let (clock, breaker) = breaker();
        for _ in 0..20 {
            fail(&breaker);
            clock.advance(Duration::from_secs(8));
        }
        assert!(!breaker.is_open());
    }

    #[test]
    fn after_a_minute_exactly_one_probe_goes_out_and_its_success_closes() {
        let (clock, breaker) = breaker();
        (0..5).for_each(|_| fail(&breaker));
        clock.advance(Duration::from_secs(59));
        assert!(breaker.admit().is_err());
        clock.advance(Duration::from_secs(1));
        let probe = breaker.admit().unwrap();
        assert_eq!(probe.limit(), Some(PROBE));
        assert!((0..50).all(|_| breaker.admit().is_err()));
        probe.succeeded();
        assert!(breaker.admit().unwrap().limit().is_none());
    }

    #[test]
    fn a_failed_probe_opens_it_for_another_minute() {
        let (clock, breaker) = breaker();
        (0..5).for_each(|_| fail(&breaker));
        clock.advance(OPEN);
        fail(&breaker);
        clock.advance(Duration::from_secs(59));
        assert!(breaker.admit().is_err());
        clock.advance(Duration::from_secs(1));
        assert!(breaker.admit().is_ok());
    }

    #[test]
    fn a_peer_that_never_answered_is_tried_every_second() {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_000)));
        let starting = Breaker::new(clock.clone());
        (0..5).for_each(|_| fail(&starting));
        for _ in 0..3 {
            assert_eq!(starting.admit().unwrap_err(), STARTING);
            clock.advance(STARTING);
            fail(&starting);
        }
        clock.advance(STARTING);
        starting.admit().unwrap().succeeded();
        (0..5).for_each(|_| fail(&starting));
        assert_eq!(
            starting.admit().unwrap_err(),
            OPEN,
            "now it has proven itself"
        );
    }

    #[test]
    fn a_probe_that_hangs_or_is_dropped_lets_the_next_one_out() {
        let (clock, breaker) = breaker();
        (0..5).for_each(|_| fail(&breaker));
        clock.advance(OPEN);
        let hung = breaker.admit().unwrap();
        clock.advance(PROBE);
        let second = breaker.admit().unwrap();
        hung.succeeded();
        assert!(
            breaker.is_open(),
            "late news of a hung probe changes nothing"
        );
        drop(second);
        breaker.admit().unwrap().succeeded();
        assert!(!breaker.is_open());
    }

    #[test]
    fn calls_given_up_by_their_callers_never_count() {
        let (_, breaker) = breaker();
        (0..100).for_each(|_| drop(breaker.admit().unwrap()));
        assert!(!breaker.is_open());
    }
}
