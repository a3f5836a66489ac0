//! What a profile keeps: titles to watch, and what it thinks of those that it has seen.

use sv_kernel::Timestamp;
use uuid::Uuid;

/// A title on a watchlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) content: Uuid,
    pub(crate) added_at: Timestamp,
}

/// What a profile thinks of a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rating {
    pub(crate) content: Uuid,
    /// 1 to 5.
    pub(crate) stars: i32,
    pub(crate) review: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Rating {
    /// Makes the rating that takes the place of `before`; it is that one where it says the same.
    pub(crate) fn anew(
        content: Uuid,
        stars: i32,
        review: &str,
        before: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        let review = review.trim();
        match before {
            Some(before) if before.stars == stars && before.review == review => before.clone(),
            _ => Self {
                content,
                stars,
                review: review.to_owned(),
                created_at: before.map_or(now, |before| before.created_at),
                updated_at: now,
            },
        }
    }
}

/// What all profiles together think of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opinion {
    /// How many profiles have rated it.
    pub(crate) count: i64,
    /// The sum of their stars.
    pub(crate) stars: i64,
    /// Grows with every change.
    pub(crate) version: i64,
}

impl Opinion {
    /// Returns the mean; 0 where nobody has rated the title.
    #[expect(
        clippy::cast_precision_loss,
        reason = "there are fewer than 2^53 stars"
    )]
    pub(crate) fn average(self) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        self.stars as f64 / self.count as f64
    }
}

/// How a title's ratings change together when one comes, goes or becomes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    pub(crate) count: i64,
    pub(crate) stars: i64,
}

impl Shift {
    /// Compares a rating with the one before it; `None` where nothing is counted otherwise.
    pub(crate) fn between(before: Option<&Rating>, after: Option<&Rating>) -> Option<Self> {
        let weigh =
            |rating: Option<&Rating>| rating.map_or((0, 0), |rating| (1, i64::from(rating.stars)));
        let ((had, was), (has, is)) = (weigh(before), weigh(after));
        let shift = Self {
            count: has - had,
            stars: is - was,
        };
        (shift.count != 0 || shift.stars != 0).then_some(shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(stars: i32, review: &str) -> Rating {
        let now = Timestamp::from_secs(1);
        Rating::anew(Uuid::nil(), stars, review, None, now)
    }

    #[test]
    fn a_rating_that_says_the_same_is_no_new_one() {
        let (before, later) = (rating(4, " Fine "), Timestamp::from_secs(2));
        assert_eq!(before.review, "Fine");
        let anew =
            |stars, review: &str| Rating::anew(Uuid::nil(), stars, review, Some(&before), later);
        assert_eq!(anew(4, "Fine\n"), before);
        let worse = anew(3, "Fine");
        assert_eq!(
            (worse.created_at, worse.updated_at),
            (before.created_at, later)
        );
    }

    #[test]
    fn what_is_counted_shifts_by_what_is_different() {
        let (four, two) = (rating(4, ""), rating(2, ""));
        let shift = |count, stars| Some(Shift { count, stars });
        assert_eq!(Shift::between(None, Some(&four)), shift(1, 4));
        assert_eq!(Shift::between(Some(&four), Some(&two)), shift(0, -2));
        assert_eq!(Shift::between(Some(&two), None), shift(-1, -2));
        assert_eq!(Shift::between(Some(&four), Some(&rating(4, "x"))), None);
    }

    #[test]
    fn the_mean_of_nothing_is_nothing() {
        let of = |count, stars| {
            let version = 1;
            Opinion {
                count,
                stars,
                version,
            }
            .average()
        };
        assert!(of(0, 0).abs() < f64::EPSILON);
        assert!((of(2, 9) - 4.5).abs() < f64::EPSILON);
    }
}
