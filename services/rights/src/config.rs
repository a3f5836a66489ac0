//! Settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting, Text};
use sv_kernel::Tenant;

use crate::domain::Schedule;

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
    /// On which days after the end of what is paid a renewal that was declined is tried again, and for how many days
    /// the subscription opens titles meanwhile, e.g. `1 3 5 7 grace 7`. After the last try it is over; empty, it ends
    /// with what is paid.
    pub dunning: String,
    /// The same for single tenants, by their names.
    pub dunning_of: BTreeMap<String, String>,
}

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::free("rights.renew_before_seconds", Bounds::Number(0, 7 * 86_400)),
    Setting::free("rights.action_seconds", Bounds::Number(60, 30 * 86_400)),
    Setting::free("rights.job_period_seconds", Bounds::Number(1, 3_600)),
    Setting::free("rights.dunning", Bounds::Text(SCHEDULE)),
    Setting::free(
        "rights.dunning_of",
        Bounds::Map {
            key: TENANT,
            value: SCHEDULE,
        },
    ),
];

/// The days on which a renewal is tried again.
const SCHEDULE: Text = Text {
    form: "rising days up to 60, ten at most, and a grace, e.g. 1 3 5 7 grace 7",
    examples: &["1 3 5 7 grace 7", "2", ""],
    fits: |text| text.parse::<Schedule>().is_ok(),
};

const TENANT: Text = Text {
    form: "the name of a tenant",
    examples: &["acme"],
    fits: |text| Tenant::parse(text).is_ok(),
};

impl Options {
    /// Returns how a tenant's renewals are tried again.
    pub(crate) fn schedule(&self, tenant: &Tenant) -> Schedule {
        let own = self.dunning_of.get(tenant.as_str());
        // What cannot be read has been refused at the start.
        own.unwrap_or(&self.dunning)
            .parse()
            .unwrap_or_else(|_| Schedule::default())
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            renew_before_seconds: 3_600,
            action_seconds: 86_400,
            job_period_seconds: 30,
            dunning: "1 3 5 7 grace 7".to_owned(),
            dunning_of: BTreeMap::new(),
        }
    }
}
