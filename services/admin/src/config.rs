//! Settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The service's settings; the default suits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Days that audit records are kept, here and in the services where they were written.
    pub audit_retention_days: u32,
}

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
