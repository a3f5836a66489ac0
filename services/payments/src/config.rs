//! Settings.

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting};

/// Who takes the payments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
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
    pub provider: Provider,
    /// Seconds between two looks for payments that wait for their provider.
    pub job_period_seconds: u64,
}

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::ruled("payments.provider", Bounds::OneOf(&["test", "none"])),
    Setting::free("payments.job_period_seconds", Bounds::Number(1, 3_600)),
];

impl Default for Options {
    fn default() -> Self {
        Self {
            provider: Provider::default(),
            job_period_seconds: 5,
        }
    }
}
