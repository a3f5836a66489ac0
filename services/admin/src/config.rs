//! Settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting};

/// The service's settings; the default suits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Days that audit records are kept, here and in the services where they were written.
    pub audit_retention_days: u32,
}

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[Setting::free(
    "admin.audit_retention_days",
    Bounds::Number(1, 3_660),
)];

impl Default for Options {
    fn default() -> Self {
        Self {
            audit_retention_days: 400,
        }
    }
}

impl Options {
    /// Returns how long audit records are kept.
    pub fn audit_retention(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.audit_retention_days))
    }
}
