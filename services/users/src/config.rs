//! Settings.

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting};

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

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::free("users.max_profiles", Bounds::Number(1, 100)),
    Setting::free("users.max_ratings", Bounds::Number(1, 100_000)),
    Setting::free("users.max_watchlist", Bounds::Number(1, 10_000)),
];

impl Default for Options {
    fn default() -> Self {
        Self {
            max_profiles: 8,
            max_watchlist: 1000,
            max_ratings: 5000,
        }
    }
}
