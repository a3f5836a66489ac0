//! Settings.

use serde::{Deserialize, Serialize};

/// The service's settings; the default suits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The most profiles of one account.
    pub max_profiles: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_profiles: 8 }
    }
}
