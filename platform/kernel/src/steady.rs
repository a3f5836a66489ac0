//! Whether the clock can be believed: it is held against one that nobody sets.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{Clock, Timestamp};

/// By how much the clock may run apart from the machine's running time between two looks, in all.
const TOLERANCE: Duration = Duration::from_hours(1);
/// How long a clock that jumped has to run steadily before it is believed.
const STEADY: Duration = Duration::from_mins(5);

/// Watches a clock. What ends, renews or deletes other people's things by the clock asks first: a clock
/// that is wrong for three seconds must not end what was paid for. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Steady(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    begin: Instant,
    state: Mutex<State>,
}

struct State {
    /// What both clocks said at the last look.
    last: (Timestamp, Duration),
    jumped: Option<Jump>,
}

#[derive(Clone, Copy)]
struct Jump {
    /// Microseconds by which the clock is ahead of where it would be without jumps.
    ahead: i128,
    /// The running time at the last jump.
    at: Duration,
}

/// The clock jumped a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jumped {
    ahead: i128,
}

impl Steady {
    /// Watches a clock from now on: as it is now, it is believed.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            last: (clock.now(), Duration::ZERO),
            jumped: None,
        };
        Self(Arc::new(Inner {
            clock,
            begin: Instant::now(),
            state: Mutex::new(state),
        }))
    }

    /// Fails from a jump of more than an hour on until the clock has run steadily for five minutes, or is
    /// back.
    pub fn look(&self) -> Result<(), Jumped> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.look(self.0.clock.now(), self.0.begin.elapsed())
    }
}

impl State {
    fn look(&mut self, now: Timestamp, running: Duration) -> Result<(), Jumped> {
        let (last, ran) = self.last;
        self.last = (now, running);
        let passed = i128::from(now.micros()) - i128::from(last.micros());
        let apart = passed - micros(running.saturating_sub(ran));
        if apart.abs() > micros(TOLERANCE) {
            let before = self.jumped.map_or(0, |jump| jump.ahead);
            self.jumped = Some(Jump {
                ahead: before + apart,
                at: running,
            });
        }
        let is_over = |jump: &Jump| {
            jump.ahead.abs() <= micros(TOLERANCE) || running.saturating_sub(jump.at) >= STEADY
        };
        self.jumped = self.jumped.filter(|jump| !is_over(jump));
        match self.jumped {
            Some(Jump { ahead, .. }) => Err(Jumped { ahead }),
            None => Ok(()),
        }
    }
}

fn micros(time: Duration) -> i128 {
    i128::try_from(time.as_micros()).unwrap_or(i128::MAX)
}

impl fmt::Debug for Steady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Steady").field(&self.0.clock).finish()
    }
}

impl fmt::Display for Jumped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.ahead.abs() / 60_000_000;
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let direction = if self.ahead < 0 { "back" } else { "ahead" };
        write!(
            f,
            "the clock jumped {days} d {hours} h {minutes} min {direction}; what ends, renews and deletes by \
             the clock waits until it is back, or has run steadily for 5 minutes"
        )
    }
}

impl std::error::Error for Jumped {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MovableClock;

    const DAY: Duration = Duration::from_hours(24);
    const START: Timestamp = Timestamp::from_secs(1_700_000_000);

    #[test]
    fn a_clock_that_jumped_is_believed_again_once_it_is_back() {
        let clock = Arc::new(MovableClock::at(START));
        let steady = Steady::new(clock.clone());
        clock.advance(TOLERANCE);
        assert_eq!(steady.look(), Ok(()), "an hour is no jump");
        clock.advance(35 * DAY);
        let jumped = steady.look().unwrap_err().to_string();
        assert!(
            jumped.starts_with("the clock jumped 34 d 23 h 59 min ahead; ")
                || jumped.starts_with("the clock jumped 35 d 0 h 0 min ahead; "),
            "{jumped}"
        );
        assert!(steady.look().is_err(), "it stays ahead");
        clock.set(START + TOLERANCE);
        assert_eq!(steady.look(), Ok(()));
        clock.set(START - DAY);
        let jumped = steady.look().unwrap_err().to_string();
        assert!(jumped.contains(" back; "), "{jumped}");
    }

    #[test]
    fn a_clock_that_was_put_right_is_believed_after_five_steady_minutes() {
        let mut state = State {
            last: (START, Duration::ZERO),
            jumped: None,
        };
        let minute = Duration::from_mins(1);
        let mut look = |ahead: Duration, minutes: u32| {
            let running = minute * minutes;
            state.look(START + running + ahead, running).is_ok()
        };
        assert!(look(Duration::ZERO, 60), "it runs");
        assert!(!look(DAY, 61));
        assert!(!look(DAY, 65));
        assert!(!look(2 * DAY, 65), "another jump begins the wait anew");
        assert!(!look(2 * DAY, 69));
        assert!(look(2 * DAY, 70));
        assert!(look(2 * DAY, 71));
    }
}
