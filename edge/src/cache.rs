//! Remembered answers (EDGE-11, C46).
//!
//! An answer is remembered for a moment, under everything that it depends on, together with the
//! generation of the events that can make it stale. The generation is read before the service is
//! asked, so that a change during the call is never missed. It grows with every call through this
//! edge that has effects: who changes something sees the change at once.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::HeaderMap;
use moka::sync::Cache as Store;
use sv_kernel::{Clock, Country, Tenant, Timestamp, Viewer, Whereabouts};
use sv_rpc::{
    PolicyTable, names,
    policy::{CacheRule, CacheScope, EventName},
};

use crate::{options::CacheOptions, rest::Success};

/// The longest that an answer is remembered: changes that came by another edge are seen after that.
/// A service may remember it as long before, so that nothing is more than a second old.
const LONGEST: Duration = Duration::from_millis(500);
/// The longest header that is part of a key.
const MAX_HEADER: usize = 200;

/// The remembered answers, in bounded memory.
pub(crate) struct ResponseCache {
    options: CacheOptions,
    clock: Arc<dyn Clock>,
    store: Store<CacheKey, Arc<Entry>>,
    events: Events,
}

/// The generations of all events that policies name.
#[derive(Debug, Default)]
struct Events(HashMap<EventName, AtomicU64>);

/// Everything that an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CacheKey {
    binding: usize,
    tenant: Tenant,
    /// Where the caller is, and what it looks at.
    whereabouts: Whereabouts,
    /// The language as the service reads it.
    language: String,
    /// For whom: account and profile, if it matters.
    whose: Option<(String, String)>,
    request: Vec<u8>,
}

struct Entry {
    success: Success,
    generation: u64,
    until: Timestamp,
}

/// A place for an answer that is being fetched.
#[derive(Debug)]
pub(crate) struct CacheSlot {
    key: CacheKey,
    generation: u64,
    max_age: Duration,
}

/// What a look into the cache brings.
#[derive(Debug)]
pub(crate) enum Found {
    /// The answer.
    Remembered(Success),
    /// Nothing yet; what is fetched now may be remembered here.
    Fetch(CacheSlot),
    /// Nothing, and nothing is to be remembered.
    Pass,
}

impl Events {
    fn bump(&self, service: &str) {
        for (event, generation) in &self.0 {
            if event.service == service {
                generation.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Returns a number that grows whenever one of the events may have happened.
    fn generation(&self, events: &[EventName]) -> u64 {
        events
            .iter()
            .filter_map(|event| self.0.get(event))
            .map(|generation| generation.load(Ordering::SeqCst))
            .sum()
    }
}

impl ResponseCache {
    pub(crate) fn new(
        options: CacheOptions,
        policies: &PolicyTable,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let events = policies
            .iter()
            .filter_map(|policy| policy.cache.as_ref())
            .flat_map(|rule| rule.invalidated_by.iter().cloned())
            .map(|event| (event, AtomicU64::new(0)))
            .collect();
        let store = Store::builder()
            .max_capacity(options.bytes)
            .weigher(|key: &CacheKey, entry: &Arc<Entry>| {
                let bytes = key.request.len() + key.language.len() + entry.success.data.len() + 300;
                u32::try_from(bytes).unwrap_or(u32::MAX)
            })
            .time_to_live(Duration::from_hours(1))
            .build();
        Self {
            options,
            clock,
            store,
            events: Events(events),
        }
    }

    /// Notes a call that may have changed something of a service, e.g. `content`.
    pub(crate) fn wrote(&self, service: &str) {
        self.events.bump(service);
    }

    /// Looks for a remembered answer; `key` is `None` for requests that no key can hold.
    pub(crate) fn look_up(&self, key: Option<CacheKey>, rule: &CacheRule) -> Found {
        let Some(key) = key else {
            return Found::Pass;
        };
        let generation = self.events.generation(&rule.invalidated_by);
        if let Some(entry) = self.store.get(&key)
            && entry.generation == generation
            && self.clock.now() < entry.until
        {
            count("hit");
            return Found::Remembered(entry.success.clone());
        }
        count("miss");
        Found::Fetch(CacheSlot {
            key,
            generation,
            max_age: rule.max_age,
        })
    }

    /// Remembers what was fetched.
    pub(crate) fn fill(&self, slot: CacheSlot, success: &Success) {
        if success.data.len() > self.options.max_answer_bytes {
            return;
        }
        let entry = Entry {
            success: success.clone(),
            generation: slot.generation,
            until: self.clock.now() + slot.max_age.min(LONGEST),
        };
        self.store.insert(slot.key, Arc::new(entry));
    }
}

impl CacheKey {
    /// Makes the key of a request, or `None` if it has parts that no key can hold.
    pub(crate) fn of(
        rule: &CacheRule,
        binding: usize,
        (tenant, country): (&Tenant, Option<Country>),
        viewer: Option<&Viewer>,
        headers: &HeaderMap,
        request: &[u8],
    ) -> Option<Self> {
        let text = |name| {
            let mut values = headers.get_all(name).iter();
            match (values.next(), values.next()) {
                (None, _) => Some(String::new()),
                (Some(value), None) if value.len() <= MAX_HEADER => {
                    value.to_str().ok().map(str::to_owned)
                }
                _ => None,
            }
        };
        // Children see other answers than their parents, and who is one is known by the profile.
        let profile = match viewer.and_then(|viewer| viewer.profile) {
            Some(bound) => format!("{bound} {}", text(names::PROFILE)?),
            None => text(names::PROFILE)?,
        };
        let whose = match (rule.scope, viewer) {
            (CacheScope::Public, Some(viewer)) if !profile.is_empty() => {
                Some((viewer.user.to_string(), profile))
            }
            (CacheScope::Public, _) => None,
            // Nobody's answers are nobody's to remember.
            (CacheScope::Private, viewer) => Some((viewer?.user.to_string(), profile)),
            (CacheScope::Unspecified, _) => return None,
        };
        Some(Self {
            binding,
            tenant: tenant.clone(),
            whereabouts: Whereabouts {
                country,
                platform: sv_rpc::platform(headers).ok()?,
            },
            language: text(names::LANGUAGE)?,
            whose,
            request: request.to_vec(),
        })
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("streamverse_edge_cache_lookups_total", "outcome" => outcome).increment(1);
}
