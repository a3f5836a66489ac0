//! Settings.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting, Text};

/// The service's settings; the default suits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Networks between commas to which webhooks may go though they are not public, e.g. `10.20.0.0/16` for receivers of
    /// one's own. Everything that can be reached there can then be called by whoever may make webhooks.
    pub allowed_networks: String,
    /// The most webhooks of a tenant.
    pub limit: u32,
    /// The most deliveries that wait for a webhook; it is disabled where there would be more. Each process counts what
    /// waits only now and then: more than eight of them may exceed this, each by an eighth.
    pub most_waiting: u32,
    /// Seconds that a receiver has to answer.
    pub timeout_seconds: u64,
    /// Hours after which a webhook is disabled that takes no request.
    pub disable_after_hours: u64,
    /// Days for which it is kept what was sent.
    pub keep_days: u64,
}

/// Networks between commas.
const NETWORKS: Text = Text {
    form: "empty or networks such as 10.20.0.0/16, several between commas",
    examples: &["", "10.20.0.0/16", "192.168.7.0/24,fd00:7::/64"],
    fits: |text| read_networks(text).is_some(),
};

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::free("webhooks.allowed_networks", Bounds::Text(NETWORKS)),
    Setting::free("webhooks.limit", Bounds::Number(1, 200)),
    Setting::free("webhooks.most_waiting", Bounds::Number(10, 1_000_000)),
    Setting::free("webhooks.timeout_seconds", Bounds::Number(1, 30)),
    Setting::free("webhooks.disable_after_hours", Bounds::Number(1, 720)),
    Setting::free("webhooks.keep_days", Bounds::Number(1, 365)),
];

/// Reads networks between commas.
fn read_networks(text: &str) -> Option<Vec<IpNet>> {
    let networks = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    networks.map(|one| one.parse().ok()).collect()
}

impl Options {
    /// Returns the networks that webhooks may go to though they are not public.
    pub(crate) fn networks(&self) -> Vec<IpNet> {
        // What cannot be read has been refused at the start.
        read_networks(&self.allowed_networks).unwrap_or_default()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allowed_networks: String::new(),
            limit: 20,
            most_waiting: 20_000,
            timeout_seconds: 10,
            disable_after_hours: 120,
            keep_days: 30,
        }
    }
}
