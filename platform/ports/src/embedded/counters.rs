//! Counters in the memory of one process, in bounded number.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use moka::{policy::EvictionPolicy, sync};
use sv_kernel::{Clock, Timestamp};

use crate::{Counter, PortError, PortResult};

/// The embedded counters. Beyond their number, what was not counted for longest starts anew.
#[derive(Debug)]
pub struct Counters {
    windows: sync::Cache<Box<str>, Arc<Mutex<Window>>>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Window {
    value: u64,
    ends_at: Timestamp,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            value: 0,
            ends_at: Timestamp::EPOCH,
        }
    }
}

impl Counters {
    /// Keeps up to `most` counters that go by `clock`.
    pub fn new(most: u64, clock: Arc<dyn Clock>) -> Self {
        let windows = sync::Cache::builder()
            .max_capacity(most)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { windows, clock }
    }
}

#[async_trait]
impl crate::Counters for Counters {
    async fn add(&self, key: &str, by: i64, window: Duration) -> PortResult<Counter> {
        if window.is_zero() {
            return Err(PortError::invalid("a counter's window has a length"));
        }
        let counted = self.windows.get_with(key.into(), Arc::default);
        let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if now >= counted.ends_at {
            counted.value = 0;
        }
        if counted.value == 0 && by > 0 {
            counted.ends_at = now + window;
        }
        counted.value = counted.value.saturating_add_signed(by);
        let resets_in = if counted.value == 0 {
            Duration::ZERO
        } else {
            counted.ends_at.since(now)
        };
        Ok(Counter {
            value: counted.value,
            resets_in,
        })
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::MovableClock;

    use super::*;
    use crate::conformance::counters::Stand;

    async fn stand() -> Stand {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        Stand {
            counters: Arc::new(Counters::new(1_000, clock.clone())),
            pass: Box::new(move |time| {
                clock.advance(time);
                Box::pin(std::future::ready(()))
            }),
        }
    }

    crate::counters_suite!(stand);
}
