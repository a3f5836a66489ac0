//! Settings.

use serde::{Deserialize, Serialize};

/// Who takes the payments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Payments {
    /// The built-in provider, which moves no money: for tests and demonstrations.
    #[default]
    Test,
    /// Nobody: nothing is sold. What was sold before goes on until its paid period ends.
    None,
}

/// The service's settings; the default suits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Who takes the payments: `test`, which moves no money, or `none`, which sells nothing.
    pub payments: Payments,
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
            payments: Payments::default(),
            renew_before_seconds: 3_600,
            action_seconds: 86_400,
            job_period_seconds: 30,
        }
    }
}
