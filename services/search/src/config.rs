//! Settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting};

/// The service's settings; the default suits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Milliseconds that the index has for an answer; then the fallback gives it (SRCH-6).
    pub index_budget_ms: u64,
    /// Milliseconds that the fallback has for an answer.
    pub fallback_budget_ms: u64,
    /// Milliseconds for which the index is left alone after it failed.
    pub index_pause_ms: u64,
}

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::free("search.index_budget_ms", Bounds::Number(10, 60_000)),
    Setting::free("search.fallback_budget_ms", Bounds::Number(10, 60_000)),
    Setting::free("search.index_pause_ms", Bounds::Number(0, 600_000)),
];

impl Default for Options {
    fn default() -> Self {
        Self {
            index_budget_ms: 300,
            fallback_budget_ms: 1_000,
            index_pause_ms: 2_000,
        }
    }
}

impl Options {
    pub(crate) fn index_budget(&self) -> Duration {
        Duration::from_millis(self.index_budget_ms)
    }

    pub(crate) fn fallback_budget(&self) -> Duration {
        Duration::from_millis(self.fallback_budget_ms)
    }

    pub(crate) fn index_pause(&self) -> Duration {
        Duration::from_millis(self.index_pause_ms)
    }
}
