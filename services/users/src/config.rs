//! Settings.

use serde::{Deserialize, Serialize};

/// The service's settings; the default suits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The most profiles of one account.
    pub max_profiles: u32,
    /// The most titles on the watchlist of one profile.
    pub max_watchlist: u32,
    /// The most ratings of one profile.
    pub max_ratings: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_profiles: 8,
            max_watchlist: 1000,
            max_ratings: 5000,
        }
    }
}
