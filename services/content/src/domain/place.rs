//! Where episodes stand in their series.

use uuid::Uuid;

/// Where an episode stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) series: Uuid,
    pub(crate) season: i32,
    pub(crate) episode: i32,
}

impl Place {
    /// Makes what episodes are sorted by.
    pub(crate) fn key(self) -> String {
        let Self {
            series,
            season,
            episode,
        } = self;
        format!("{}{season:05}{episode:06}", series.simple())
    }
}
