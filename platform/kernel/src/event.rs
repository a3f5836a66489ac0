//! Events: what services tell each other on the bus.

use std::time::Duration;

/// What becomes of old records of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleanup {
    /// The newest record of each key stays, tombstones included.
    Compact,
    /// Records stay this long.
    Retain(Duration),
}

/// A message that is told on the bus. Generated from the `event` option of the message.
pub trait Event {
    /// The bus topic, e.g. `content.changed`.
    const TOPIC: &'static str;
    /// What becomes of its old records.
    const CLEANUP: Cleanup;
}

/// An event that carries key and version of its record.
pub trait Versioned: Event {
    /// Returns the id of the thing that changed; events of one key arrive in order.
    fn key(&self) -> &str;

    /// Returns the version of the thing after the change; it only grows.
    fn version(&self) -> i64;
}
