//! Counters of calls within windows of time, for budgets.

use std::{fmt, time::Duration};

use async_trait::async_trait;

use crate::PortResult;

/// Counts for whoever shares it: one process in memory, or all processes in a database or on Redis.
///
/// Keys carry the tenant wherever what is counted is a tenant's, and nothing that is secret.
#[async_trait]
pub trait Counters: Send + Sync + fmt::Debug {
    /// Adds to a counter and returns where it then stands; 0 only looks, a negative number gives
    /// back, and no counter falls below zero.
    ///
    /// The first positive addition opens a window of length `window`, at whose end the counter
    /// starts again from zero; later additions do not move its end. Additions at the same time are
    /// all counted, each with another result.
    async fn add(&self, key: &str, by: i64, window: Duration) -> PortResult<Counter>;

    /// Adds to many counters, each named once, and returns where they then stand, in the same order:
    /// for those who count by themselves and tell each other now and then.
    async fn add_all(
        &self,
        additions: &[(String, u32)],
        window: Duration,
    ) -> PortResult<Vec<Counter>> {
        let mut counters = Vec::with_capacity(additions.len());
        for (key, by) in additions {
            counters.push(self.add(key, i64::from(*by), window).await?);
        }
        Ok(counters)
    }
}

/// What a counter stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The sum within the window, this addition included.
    pub value: u64,
    /// The time until the window ends.
    pub resets_in: Duration,
}
