//! Values that may vanish at any time, and counters within a window.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

use crate::PortResult;

/// Holds values for a while. For what can be rebuilt only: entries may vanish early.
///
/// Keys carry the tenant wherever the value is a tenant's. Values and counters do not share keys:
/// a counter `a` and a value `a` are two things.
#[async_trait]
pub trait Cache: Send + Sync + fmt::Debug {
    /// Returns the value, unless it was never set, has expired or was evicted.
    async fn get(&self, key: &str) -> PortResult<Option<Bytes>>;

    /// Sets the value for `ttl`; a `ttl` of zero removes it.
    async fn set(&self, key: &str, value: Bytes, ttl: Duration) -> PortResult<()>;

    /// Removes the value and the counter of this key, if any.
    async fn delete(&self, key: &str) -> PortResult<()>;

    /// Adds `by` to the counter. The first addition opens a window of length `window`, at whose
    /// end the counter starts again from zero; later additions do not move its end.
    async fn increment(&self, key: &str, by: u64, window: Duration) -> PortResult<Counter>;
}

/// What a counter stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The sum within the window, this addition included.
    pub value: u64,
    /// The time until the window ends.
    pub resets_in: Duration,
}
