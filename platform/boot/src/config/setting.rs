//! What is known of a setting: what it may be, and whether production has a word on it.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::Bounds;

/// A setting as the process sees it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name, e.g. `edge.gzip`.
    pub name: &'static str,
    /// What it may be.
    pub bounds: Bounds,
    /// Whether production refuses some of it.
    pub production: Production,
}

impl Setting {
    /// A setting of which production takes whatever its bounds allow.
    pub const fn free(name: &'static str, bounds: Bounds) -> Self {
        Self {
            name,
            bounds,
            production: Production::TakesAll,
        }
    }

    /// A setting that a rule of the production profile reads.
    pub const fn ruled(name: &'static str, bounds: Bounds) -> Self {
        Self {
            name,
            bounds,
            production: Production::Ruled,
        }
    }
}

/// The decision about a setting in production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Production {
    /// Whatever the bounds allow does no harm.
    TakesAll,
    /// A rule of the production profile reads it.
    Ruled,
}

/// The settings of a service: the section that has its name.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// What they may be.
    pub settings: &'static [Setting],
    /// Returns what they are where nobody says otherwise.
    pub defaults: fn() -> Value,
    /// Says whether they can be read.
    pub check: fn(&Value) -> Result<(), serde_json::Error>,
}

impl Section {
    /// Describes the section that is read into `O`.
    pub const fn of<O: Default + Serialize + DeserializeOwned>(
        settings: &'static [Setting],
    ) -> Self {
        Self {
            settings,
            defaults: || serde_json::to_value(O::default()).unwrap_or_default(),
            check: |values| O::deserialize(values).map(drop),
        }
    }
}
