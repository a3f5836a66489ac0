//! The time of this process: the machine's clock, held against one that nobody sets.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{Clock, Doubt, Timestamp};

/// By how much the machine's clock may run apart from its running time between two looks.
const TOLERANCE: Duration = Duration::from_hours(1);
/// How long a clock that jumped has to run steadily before it is believed.
const STEADY: Duration = Duration::from_mins(5);
/// How long an installation may have stood still before a clock that says so is doubted.
const REST: Duration = Duration::from_hours(24 * 366);

/// The process' clock: one for everything that asks what time it is, whatever it decides by it.
///
/// It follows the machine's clock while that one agrees with the machine's running time, suspension
/// included. After a jump it goes on by the running time alone, until the machine's clock is back or has
/// run steadily for five minutes: a clock that is wrong for three seconds must not end what was paid
/// for, nor forget what was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// All [`SystemClock`]s are one.
static ANCHOR: Mutex<Option<Anchor>> = Mutex::new(None);

impl SystemClock {
    /// Tells when the installation certainly was in use already: a clock that says something far from
    /// it is doubted, and one that comes near to it is believed at once.
    pub fn recall(self, used: Timestamp) {
        Self::look(|anchor| anchor.used = Some((used, running())));
    }

    fn look<T>(ask: impl FnOnce(&mut Anchor) -> T) -> T {
        let mut anchor: MutexGuard<'_, _> = ANCHOR.lock().unwrap_or_else(PoisonError::into_inner);
        let (wall, running) = (wall(), running());
        let anchor = anchor.get_or_insert_with(|| Anchor::at(wall, running));
        anchor.look(wall, running);
        ask(anchor)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Self::look(|anchor| anchor.now)
    }

    fn doubt(&self) -> Option<Doubt> {
        Self::look(|anchor| anchor.doubt())
    }
}

fn wall() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's time"
    )]
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Timestamp::EPOCH + since_epoch
}

/// Returns how long the machine has been up, also while it was suspended.
#[cfg(target_os = "linux")]
fn running() -> Duration {
    let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    since_boot.try_into().unwrap_or(Duration::ZERO)
}

/// Returns how long this process has been running.
#[cfg(not(target_os = "linux"))]
fn running() -> Duration {
    static BEGIN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGIN.get_or_init(std::time::Instant::now).elapsed()
}

/// Where the time is tied to the running time.
#[derive(Debug)]
struct Anchor {
    /// What is believed to be the time, at the last look.
    now: Timestamp,
    /// The running time at the last look.
    running: Duration,
    jump: Option<Jump>,
    /// When the installation was in use, and the running time when that was told.
    used: Option<(Timestamp, Duration)>,
}

#[derive(Clone, Copy, Debug)]
struct Jump {
    /// What the machine's clock said at the last look.
    wall: Timestamp,
    /// The running time when it jumped last.
    since: Duration,
}

impl Anchor {
    /// Believes the clock as it is at the start: there is nothing to hold it against.
    const fn at(wall: Timestamp, running: Duration) -> Self {
        Self {
            now: wall,
            running,
            jump: None,
            used: None,
        }
    }

    fn look(&mut self, wall: Timestamp, running: Duration) {
        let passed = running.saturating_sub(self.running);
        let expected = self.now + passed;
        let jump = match self.jump {
            _ if near(wall, expected) => None,
            // It comes from far away to where the installation was.
            _ if self.is_plausible(wall, running) && !self.is_plausible(expected, running) => None,
            Some(jump) if near(wall, jump.wall + passed) => {
                let steady = running.saturating_sub(jump.since) >= STEADY;
                (!steady).then_some(Jump { wall, ..jump })
            }
            _ => Some(Jump {
                wall,
                since: running,
            }),
        };
        self.now = if jump.is_none() { wall } else { expected };
        (self.jump, self.running) = (jump, running);
    }

    /// Says whether a time fits what is known of the installation.
    fn is_plausible(&self, time: Timestamp, running: Duration) -> bool {
        self.used.is_none_or(|(used, told)| {
            let latest = used + REST + running.saturating_sub(told);
            (used - TOLERANCE..=latest).contains(&time)
        })
    }

    fn doubt(&self) -> Option<Doubt> {
        if let Some(jump) = self.jump {
            let ahead = jump.wall.micros().saturating_sub(self.now.micros());
            return Some(Doubt::Jumped { ahead });
        }
        let (now, (used, _)) = (self.now, self.used?);
        (!self.is_plausible(now, self.running)).then_some(Doubt::Implausible { now, used })
    }
}

fn near(one: Timestamp, other: Timestamp) -> bool {
    one.since(other) <= TOLERANCE && other.since(one) <= TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);
    const MINUTE: Duration = Duration::from_mins(1);
    const START: Timestamp = Timestamp::from_secs(1_700_000_000);

    /// A machine: its running time, and by how much its clock was set ahead or back.
    struct Machine {
        anchor: Anchor,
        /// The time since the start of the process, a day after that of the machine.
        passed: Duration,
    }

    impl Machine {
        fn new() -> Self {
            Self {
                anchor: Anchor::at(START, DAY),
                passed: Duration::ZERO,
            }
        }

        /// Looks after some time at a clock that says `wall` more than it would have without jumps;
        /// returns how far the process' time is from that one.
        fn look(&mut self, after: Duration, set: i64) -> i64 {
            self.passed += after;
            let right = START + self.passed;
            let wall = Timestamp::from_micros(right.micros() + set * 1_000_000);
            self.anchor.look(wall, DAY + self.passed);
            (self.anchor.now.micros() - right.micros()) / 1_000_000
        }

        fn doubt(&self) -> String {
            let doubt = self.anchor.doubt();
            doubt.map_or_else(String::new, |doubt| doubt.to_string())
        }
    }

    const DAYS: i64 = 86_400;

    #[test]
    fn time_goes_on_through_a_jump_until_the_clock_is_back() {
        let mut machine = Machine::new();
        assert_eq!(machine.look(MINUTE, 3_600), 3_600, "an hour is no jump");
        assert_eq!(machine.look(MINUTE, 0), 0);
        assert_eq!(machine.look(MINUTE, 35 * DAYS), 0);
        let doubt = machine.doubt();
        let jumped = "the machine's clock jumped 35 d 0 h 0 min ahead; ";
        assert!(doubt.starts_with(jumped), "{doubt}");
        assert_eq!(machine.look(3 * MINUTE, 35 * DAYS), 0, "it stays ahead");
        assert_eq!(machine.look(MINUTE, 0), 0);
        assert_eq!(machine.doubt(), "");
        assert_eq!(machine.look(MINUTE, -DAYS), 0);
        let doubt = machine.doubt();
        assert!(doubt.contains(" 1 d 0 h 0 min back; "), "{doubt}");
        assert_eq!(machine.anchor.doubt().unwrap().seconds_ahead(), -DAYS);
    }

    #[test]
    fn a_clock_that_was_put_right_is_believed_after_five_steady_minutes() {
        let mut machine = Machine::new();
        assert_eq!(machine.look(60 * MINUTE, 0), 0, "it runs");
        assert_eq!(machine.look(MINUTE, DAYS), 0);
        assert_eq!(machine.look(4 * MINUTE, DAYS), 0);
        let again = machine.look(Duration::ZERO, 2 * DAYS);
        assert_eq!(again, 0, "another jump begins the wait anew");
        assert_eq!(machine.look(4 * MINUTE, 2 * DAYS), 0);
        assert_eq!(machine.look(MINUTE, 2 * DAYS), 2 * DAYS);
        assert_eq!(machine.doubt(), "");
        assert_eq!(machine.look(MINUTE, 2 * DAYS), 2 * DAYS);
    }

    #[test]
    fn a_machine_that_was_suspended_has_not_jumped() {
        let mut machine = Machine::new();
        assert_eq!(machine.look(3 * DAY, 0), 0);
        assert_eq!(machine.doubt(), "");
        // The running time counts the suspension, so it is never behind the time since the start.
        let (wall, up) = (wall(), running());
        std::thread::sleep(Duration::from_millis(2));
        assert!(running() > up);
        assert!(SystemClock.now() >= wall);
    }

    #[test]
    fn a_start_with_a_clock_far_from_the_last_use_is_doubted_and_mended_at_once() {
        let mut machine = Machine::new();
        machine.anchor.used = Some((START + 365 * DAY, DAY));
        machine.look(MINUTE, 0);
        let doubt = machine.doubt();
        assert!(doubt.contains(", which is before the last use"), "{doubt}");
        let right = machine.look(MINUTE, 366 * DAYS);
        assert_eq!(right, 366 * DAYS, "it is near the last use");
        assert_eq!(machine.doubt(), "");
        assert_eq!(machine.look(MINUTE, 0), 366 * DAYS);

        let mut machine = Machine::new();
        machine.anchor.used = Some((START - 400 * DAY, DAY));
        machine.look(MINUTE, 0);
        let doubt = machine.doubt();
        assert!(
            doubt.contains(", which is long after the last use"),
            "{doubt}"
        );
    }

    #[test]
    fn any_time_can_be_looked_at() {
        for wall in [i64::MIN, -1, 0, 1 << 60, i64::MAX] {
            let mut machine = Machine::new();
            machine.anchor.used = Some((START, DAY));
            let wall = Timestamp::from_micros(wall);
            machine.anchor.look(wall, DAY);
            assert_eq!(machine.anchor.now, START);
            assert_ne!(machine.doubt(), "");
        }
    }
}
