//! When a renewal that was not paid is tried again (X-PAY-4).

use std::{str::FromStr, time::Duration};

use sv_kernel::Timestamp;

/// The most tries, and the longest that they or a grace may take in days.
const MOST_TRIES: usize = 10;
const LONGEST: u32 = 60;
/// The shortest time between two tries, whenever the one before was made.
const PAUSE: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// On which days after the end of what is paid a renewal is tried again, and for how long the subscription gives
/// access meanwhile. Written as `1 3 5 7 grace 7`; without a grace it lasts until the last try.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// Rising.
    days: Vec<u32>,
    pub(crate) grace: Duration,
}

impl Schedule {
    /// Returns when a renewal is tried next that was declined so often; `None` where no try is left.
    pub(crate) fn after(&self, declined: u32, end: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let place = usize::try_from(declined.checked_sub(1)?).ok()?;
        let day = self.days.get(place)?;
        Some((end + DAY * *day).max(now + PAUSE))
    }
}

impl FromStr for Schedule {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (days, grace) = match text.split_once("grace") {
            Some((days, grace)) => (days, Some(grace)),
            None => (text, None),
        };
        let day = |word: &str| {
            let day = word.parse::<u32>().ok();
            day.filter(|day| *day <= LONGEST)
                .ok_or("days are whole numbers up to 60")
        };
        let words = days.split([' ', ',']).filter(|word| !word.is_empty());
        let days: Vec<u32> = words.map(day).collect::<Result<_, _>>()?;
        if days.len() > MOST_TRIES || !days.is_sorted_by(|one, next| one < next) {
            return Err("the days rise, and there are ten at most");
        }
        let grace = match grace {
            Some(grace) => day(grace.trim())?,
            None => days.last().copied().unwrap_or_default(),
        };
        Ok(Self {
            days,
            grace: DAY * grace,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_read_as_it_is_written() {
        let read = |text: &str| text.parse::<Schedule>();
        let usual = read("1 3 5 7").unwrap();
        assert_eq!(usual, read("1, 3, 5, 7 grace 7").unwrap());
        assert_eq!(read("2 grace 0").unwrap().grace, Duration::ZERO);
        assert_eq!(read("").unwrap().days, [0_u32; 0]);
        for wrong in [
            "x",
            "3 1",
            "1 1",
            "61",
            "-1",
            "1 grace",
            "1 grace x",
            "1 2 3 4 5 6 7 8 9 10 11",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let end = Timestamp::from_secs(1_700_000_000);
        assert_eq!(usual.after(1, end, end), Some(end + DAY));
        assert_eq!(usual.after(4, end, end), Some(end + DAY * 7));
        assert_eq!(usual.after(5, end, end), None);
        let late = end + DAY * 5;
        assert_eq!(
            usual.after(2, end, late),
            Some(late + PAUSE),
            "not twice at once"
        );
    }
}
