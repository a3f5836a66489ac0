//! Time: one clock for the whole process, movable in tests and per tenant (X-PAY-8).

use std::{
    fmt,
    ops::{Add, Sub},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use time::{
    OffsetDateTime,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

use crate::Tenant;

const HTTP_DATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

/// An instant in UTC with microsecond precision, as stored in every table, of the years 1 to 9999.
///
/// That is what protobuf and RFC 3339 can say: an instant beyond could be stored and never be told again.
/// So there is none, whatever it was computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// The last microsecond of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// Makes a timestamp from microseconds since the epoch; out of range values saturate.
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            Self::MIN
        } else if micros > Self::MAX.0 {
            Self::MAX
        } else {
            Self(micros)
        }
    }

    /// Makes a timestamp from seconds since the epoch; out of range values saturate.
    pub const fn from_secs(secs: i64) -> Self {
        Self::from_micros(secs.saturating_mul(1_000_000))
    }

    /// Makes a timestamp from seconds since the epoch; `None` out of range.
    pub fn try_from_secs(secs: i64) -> Option<Self> {
        let at = Self::from_secs(secs);
        (at.secs() == secs).then_some(at)
    }

    /// Returns microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Returns whole milliseconds since the epoch, rounded down.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Returns whole seconds since the epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Returns the nanoseconds within the second, as protobuf's `Timestamp` wants them.
    pub const fn subsec_nanos(self) -> i32 {
        // rem_euclid is below 1_000_000, so this is below 1_000_000_000 and fits.
        #[expect(clippy::cast_possible_truncation, reason = "below one billion")]
        let nanos = (self.0.rem_euclid(1_000_000) * 1_000) as i32;
        nanos
    }

    /// Returns the time from `earlier` until this instant, or zero if it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads an RFC 3339 date and time; one out of range, its offset counted, is none.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let micros = i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000)).ok()?;
        Some(Self::from_micros(micros)).filter(|at| at.0 == micros)
    }

    /// Writes the date as HTTP does (RFC 9110 5.6.7); `None` where its year has not four digits.
    pub fn http_date(self) -> Option<String> {
        let at = self.date_time()?;
        let year = (0..=9999).contains(&at.year());
        year.then(|| at.format(HTTP_DATE).ok()).flatten()
    }

    fn date_time(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000).ok()
    }
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 in UTC, with `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 40];
        let mut rest = &mut text[..];
        let at = self.date_time();
        let written = at.and_then(|at| at.format_into(&mut rest, &Rfc3339).ok());
        let length = 40 - rest.len();
        let text = written.and_then(|_| std::str::from_utf8(&text[..length]).ok());
        match text {
            Some(text) => f.write_str(text),
            None => write!(f, "{}us", self.0),
        }
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_add(by))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_sub(by))
    }
}

/// Tells the time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Returns the present instant.
    fn now(&self) -> Timestamp;

    /// Says why the machine's clock is not believed at the moment, if it is not.
    fn doubt(&self) -> Option<Doubt> {
        None
    }

    /// Returns the clock of a tenant, where tenants have clocks of their own (X-PAY-8).
    fn of_tenant(&self, _tenant: &Tenant) -> Option<Arc<dyn Clock>> {
        None
    }

    /// Says by how much it is ahead of the installation's clock, by which logins and their tokens end.
    fn ahead(&self) -> Duration {
        Duration::ZERO
    }

    /// Lists the tenants whose clocks were put on, with what they show.
    fn advanced(&self) -> Vec<(Tenant, Timestamp)> {
        Vec::new()
    }
}

/// Returns the clock that a tenant goes by.
pub fn clock_of(clock: &Arc<dyn Clock>, tenant: &Tenant) -> Arc<dyn Clock> {
    clock.of_tenant(tenant).unwrap_or_else(|| clock.clone())
}

/// Why the machine's clock is not believed, or only for want of a better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It jumped a moment ago; the process goes on with its own time.
    Jumped {
        /// Microseconds by which it is ahead of the process' time.
        ahead: i64,
    },
    /// What it said at the start is before, or far after, the last use of the installation.
    Implausible {
        /// What time it is said to be.
        now: Timestamp,
        /// When the installation was last used.
        used: Timestamp,
    },
}

impl Doubt {
    /// Returns by how many seconds the machine's clock is ahead of the process' time.
    pub const fn seconds_ahead(self) -> i64 {
        match self {
            Self::Jumped { ahead } => ahead / 1_000_000,
            Self::Implausible { .. } => 0,
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jumped { ahead } => {
                let minutes = ahead.unsigned_abs() / 60_000_000;
                let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
                let direction = if *ahead < 0 { "back" } else { "ahead" };
                write!(
                    f,
                    "the machine's clock jumped {days} d {hours} h {minutes} min {direction}; time goes on as before \
                     until it is back, or has run steadily for 5 minutes"
                )
            }
            Self::Implausible { now, used } => {
                let far = if now < used { "before" } else { "long after" };
                write!(
                    f,
                    "the machine's clock says {now}, which is {far} the last use of this installation ({used}); \
                     set it right if it is wrong"
                )
            }
        }
    }
}

/// A clock that stands still until it is moved: business time in tests and per tenant.
#[derive(Debug)]
pub struct MovableClock(AtomicI64);

impl MovableClock {
    /// Makes a clock that stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.micros()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.micros(), Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_print_and_read_as_rfc_3339() {
        let at = Timestamp::from_micros(1_700_000_000_123_456);
        assert_eq!(at.to_string(), "2023-11-14T22:13:20.123456Z");
        assert_eq!(
            Timestamp::parse_rfc3339("2023-11-14T23:13:20.123456+01:00"),
            Some(at)
        );
        assert_eq!(Timestamp::parse_rfc3339("yesterday"), None);
    }

    #[test]
    fn no_instant_lies_beyond_what_can_be_told() {
        let (first, last) = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z");
        assert_eq!(Timestamp::MIN.to_string(), first);
        assert_eq!(Timestamp::MAX.to_string(), last);
        for at in [
            Timestamp::from_micros(i64::MAX),
            Timestamp::from_secs(i64::MAX),
            Timestamp::from_secs(253_402_300_800),
            Timestamp::MAX + Duration::from_micros(1),
            Timestamp::EPOCH + Duration::MAX,
        ] {
            assert_eq!(at, Timestamp::MAX);
        }
        for at in [
            Timestamp::from_micros(i64::MIN),
            Timestamp::MIN - Duration::from_micros(1),
            Timestamp::EPOCH - Duration::MAX,
        ] {
            assert_eq!(at, Timestamp::MIN);
        }
        assert_eq!(Timestamp::try_from_secs(253_402_300_800), None);
        assert_eq!(Timestamp::try_from_secs(-62_135_596_801), None);
        assert_eq!(Timestamp::try_from_secs(0), Some(Timestamp::EPOCH));
        // The offset counts.
        assert_eq!(Timestamp::parse_rfc3339("9999-12-31T23:59:59-01:00"), None);
        assert_eq!(Timestamp::parse_rfc3339("0001-01-01T00:00:00+01:00"), None);
    }

    #[test]
    fn instants_before_the_epoch_split_without_negative_nanos() {
        let at = Timestamp::from_micros(-1);
        assert_eq!((at.secs(), at.subsec_nanos()), (-1, 999_999_000));
    }

    #[test]
    fn a_movable_clock_stands_still() {
        let clock = MovableClock::at(Timestamp::from_secs(10));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.now(), Timestamp::from_secs(15));
    }
}
