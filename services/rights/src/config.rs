//! Settings.

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting};

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

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::free("rights.renew_before_seconds", Bounds::Number(0, 7 * 86_400)),
    Setting::free("rights.action_seconds", Bounds::Number(60, 30 * 86_400)),
    Setting::free("rights.job_period_seconds", Bounds::Number(1, 3_600)),
];

impl Default for Options {
    fn default() -> Self {
        Self {
            renew_before_seconds: 3_600,
            action_seconds: 86_400,
            job_period_seconds: 30,
        }
    }
}
