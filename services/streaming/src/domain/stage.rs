//! Where an episode stands in its series, and how far a title was played.

use std::time::Duration;

use uuid::Uuid;

/// Where an episode stands in its series. It is kept, so that the next one is found when it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The series.
    pub series: Uuid,
    /// The number of the season; 0 are specials.
    pub season: i32,
    /// The number in the season.
    pub episode: i32,
}

/// How far a title was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Not so far that it means anything.
    Unbegun,
    /// 2 % or more.
    Begun,
    /// 90 % or more, or the credits have begun.
    Finished,
}

impl Stage {
    /// Judges a position by the title's length, and by where its credits begin if that is known.
    pub fn of(position: Duration, length: Duration, credits: Option<Duration>) -> Self {
        let at_credits = credits.is_some_and(|credits| position >= credits);
        let (position, length) = (position.as_millis(), length.as_millis());
        if length == 0 || position * 100 < length * 2 {
            Self::Unbegun
        } else if position * 100 < length * 90 && !at_credits {
            Self::Begun
        } else {
            Self::Finished
        }
    }
}
