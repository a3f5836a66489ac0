//! A cache in memory, bounded by weight.

use std::{sync::Arc, time::Duration, time::Instant};

use async_trait::async_trait;
use bytes::Bytes;
use moka::{Expiry, sync};
use sv_kernel::{Clock, Timestamp};

use crate::{Counter, PortError, PortResult};

/// The longest key in bytes.
const MAX_KEY: usize = 1024;

/// What an entry weighs beside its key and value, in bytes: about what the cache itself keeps.
const OVERHEAD: usize = 128;

/// The embedded cache. When its weight is spent, what is rarely used goes first.
#[derive(Debug)]
pub struct Cache {
    entries: sync::Cache<Key, Entry>,
    clock: Arc<dyn Clock>,
}

/// Values and counters of one name are two things.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Value(Box<str>),
    Counter(Box<str>),
}

#[derive(Clone, Debug)]
struct Entry {
    content: Content,
    /// When the entry ends by the clock that was given; decides what is returned.
    ends_at: Timestamp,
    /// The same as a length of real time from the last write; frees the memory.
    lasts: Duration,
}

#[derive(Clone, Debug)]
enum Content {
    Value(Bytes),
    Counter(u64),
}

impl Cache {
    /// Makes a cache that holds up to `max_bytes` of keys, values and their overhead.
    pub fn new(max_bytes: u64, clock: Arc<dyn Clock>) -> Self {
        let entries = sync::Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|key: &Key, entry: &Entry| {
                let (Key::Value(name) | Key::Counter(name)) = key;
                let value = match &entry.content {
                    Content::Value(bytes) => bytes.len(),
                    Content::Counter(_) => 0,
                };
                u32::try_from(name.len() + value + OVERHEAD).unwrap_or(u32::MAX)
            })
            .expire_after(Lasting)
            .build();
        Self { entries, clock }
    }
}

/// Lets entries last as long as they say.
struct Lasting;

impl Expiry<Key, Entry> for Lasting {
    fn expire_after_create(&self, _: &Key, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.lasts)
    }

    fn expire_after_update(
        &self,
        _: &Key,
        entry: &Entry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.lasts)
    }
}

#[async_trait]
impl crate::Cache for Cache {
    async fn get(&self, key: &str) -> PortResult<Option<Bytes>> {
        let entry = self.entries.get(&Key::Value(key.into()));
        let now = self.clock.now();
        Ok(entry.and_then(|entry| match entry.content {
            Content::Value(value) if entry.ends_at > now => Some(value),
            _ => None,
        }))
    }

    async fn set(&self, key: &str, value: Bytes, ttl: Duration) -> PortResult<()> {
        check(key)?;
        let key = Key::Value(key.into());
        if ttl.is_zero() {
            self.entries.invalidate(&key);
            return Ok(());
        }
        let entry = Entry {
            content: Content::Value(value),
            ends_at: self.clock.now() + ttl,
            lasts: ttl,
        };
        self.entries.insert(key, entry);
        Ok(())
    }

    async fn delete(&self, key: &str) -> PortResult<()> {
        self.entries.invalidate(&Key::Value(key.into()));
        self.entries.invalidate(&Key::Counter(key.into()));
        Ok(())
    }

    async fn increment(&self, key: &str, by: u64, window: Duration) -> PortResult<Counter> {
        check(key)?;
        if window.is_zero() {
            return Err(PortError::invalid("a window has some length"));
        }
        let now = self.clock.now();
        let add = |old: Option<moka::Entry<Key, Entry>>| {
            let old = old.map(moka::Entry::into_value);
            match old.filter(|old| old.ends_at > now) {
                Some(Entry {
                    content: Content::Counter(value),
                    ends_at,
                    ..
                }) => Entry {
                    content: Content::Counter(value.saturating_add(by)),
                    ends_at,
                    lasts: ends_at.since(now),
                },
                _ => Entry {
                    content: Content::Counter(by),
                    ends_at: now + window,
                    lasts: window,
                },
            }
        };
        let entry = self
            .entries
            .entry(Key::Counter(key.into()))
            .and_upsert_with(add)
            .into_value();
        let value = match entry.content {
            Content::Counter(value) => value,
            Content::Value(_) => by,
        };
        Ok(Counter {
            value,
            resets_in: entry.ends_at.since(now),
        })
    }
}

fn check(key: &str) -> PortResult<()> {
    if (1..=MAX_KEY).contains(&key.len()) {
        Ok(())
    } else {
        Err(PortError::invalid("a cache key has 1 to 1024 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::{MovableClock, Timestamp};

    use super::*;
    use crate::{Cache as _, conformance::cache::Stand};

    async fn stand() -> Stand {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_000)));
        Stand {
            cache: Arc::new(Cache::new(1 << 20, clock.clone())),
            pass: Box::new(move |time| {
                clock.advance(time);
                Box::pin(std::future::ready(()))
            }),
        }
    }

    crate::cache_suite!(stand);

    #[tokio::test]
    async fn the_weight_is_bounded() {
        let clock = Arc::new(MovableClock::at(Timestamp::EPOCH));
        let cache = Cache::new(100_000, clock);
        for n in 0..1_000 {
            let value = Bytes::from(vec![0; 1_000]);
            cache
                .set(&format!("k{n}"), value, Duration::from_mins(1))
                .await
                .unwrap();
        }
        cache.entries.run_pending_tasks();
        assert!(cache.entries.weighted_size() <= 100_000);
        assert!(cache.entries.entry_count() > 50, "and it is used");
    }
}
