//! How much titles are watched, and what that comes to (CAT-18, REC-5).

use std::time::Duration;

use sv_kernel::Timestamp;

/// How long plays are counted.
pub(crate) const MONTH: Duration = Duration::from_hours(24 * 30);
/// The week that is counted.
pub(crate) const WEEK: Duration = Duration::from_hours(24 * 7);
/// The day that is counted.
pub(crate) const DAY: Duration = Duration::from_hours(24);
/// Who has watched so much of a title has watched it.
pub(crate) const COMPLETE: f64 = 0.9;
/// Ratings that every title is taken to have, of the middle: one enthusiast makes no favourite.
const PRIOR: (f64, f64) = (5.0, 3.0);

/// What is counted of a title. An account counts once a day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Plays {
    /// Plays of the last 24 hours.
    pub(crate) day: i64,
    /// Plays of the last seven days.
    pub(crate) week: i64,
    /// Plays of the last 30 days.
    pub(crate) month: i64,
    /// Of those: how many came to the end.
    pub(crate) completed: i64,
}

/// What viewers have said of a title.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Opinion {
    /// How many profiles have rated it.
    pub(crate) count: i64,
    /// Their mean of one to five stars.
    pub(crate) average: f64,
}

impl Plays {
    /// Returns the share of the month's plays that came to the end.
    pub(crate) fn completion(self) -> f64 {
        if self.month <= 0 {
            return 0.0;
        }
        (float(self.completed) / float(self.month)).clamp(0.0, 1.0)
    }

    /// Says how much a title is watched now: a play of the last day counts as eight of the week.
    pub(crate) fn trending(self) -> i64 {
        self.week.saturating_add(self.day.saturating_mul(7))
    }

    /// Says how much a title is liked: the month's plays, up to twice as much where they came to the end, and by
    /// what viewers say a third up to five thirds of that. In thousandths.
    pub(crate) fn popularity(self, opinion: Opinion) -> i64 {
        let (count, middle) = PRIOR;
        let rated = float(opinion.count.max(0));
        let stars = (opinion.average.mul_add(rated, count * middle)) / (rated + count);
        let score = 1_000.0 * float(self.month) * (1.0 + self.completion()) * stars / middle;
        #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
        let score = score.round() as i64;
        score
    }
}

#[expect(clippy::cast_precision_loss, reason = "shares need no last digit")]
fn float(count: i64) -> f64 {
    count as f64
}

/// Returns the number of an hour since the epoch.
pub(crate) fn hour(at: Timestamp) -> i64 {
    at.secs().div_euclid(3_600)
}

/// Returns the number of a day since the epoch, in UTC.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.secs().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_watched_to_its_end_and_praised_is_more_popular_and_one_voice_changes_little() {
        let plays = |completed| Plays {
            day: 1,
            week: 10,
            month: 100,
            completed,
        };
        let opinion = |count, average| Opinion { count, average };
        let plain = plays(0).popularity(Opinion::default());
        assert_eq!(plain, 100_000);
        assert_eq!(plays(100).popularity(Opinion::default()), 200_000);
        let one = plays(0).popularity(opinion(1, 5.0));
        let many = plays(0).popularity(opinion(1_000, 5.0));
        assert!(plain < one && one < plain * 12 / 10 && many > plain * 16 / 10);
        assert!(plays(0).popularity(opinion(1_000, 1.0)) < plain / 2);
        assert_eq!(plays(0).trending(), 17);
        assert_eq!(Plays::default().popularity(opinion(9, 5.0)), 0);
    }
}
