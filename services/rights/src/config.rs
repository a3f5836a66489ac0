//! Settings.

use serde::{Deserialize, Serialize};

/// The service's settings; the default suits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Seconds before the end of a paid period at which the next one is charged.
    pub renew_before_seconds: u64,
    /// Seconds that a payer has to act on a payment; then it counts as declined.
    pub action_seconds: u64,
    /// Seconds between two looks for subscriptions that are due.
    pub job_period_seconds: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            renew_before_seconds: 3_600,
            action_seconds: 86_400,
            job_period_seconds: 30,
        }
    }
}
