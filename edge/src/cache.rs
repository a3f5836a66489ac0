//! Remembered answers (EDGE-11, C46).
//!
//! An answer is remembered under everything that it depends on, together with the generation of
//! the topics that can make it stale. The generation is read before the service is asked, so that
//! a change during the call is never missed. It grows with every event, and with every call
//! through this edge that has effects: who changes something sees the change at once.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::HeaderMap;
use moka::sync::Cache as Store;
use sv_kernel::{Clock, Tenant, Timestamp, Viewer};
use sv_rpc::{
    PolicyTable, names,
    policy::{CacheRule, CacheScope},
};

use crate::{options::CacheOptions, rest::Success};

/// The longest that an answer is remembered while nobody tells of changes.
const UNTOLD: Duration = Duration::from_secs(1);
/// The longest header that is part of a key.
const MAX_HEADER: usize = 200;

/// The remembered answers, in bounded memory.
pub(crate) struct Cache {
    options: CacheOptions,
    clock: Arc<dyn Clock>,
    store: Store<Key, Arc<Entry>>,
    topics: Arc<Topics>,
}

/// The generations of all topics that policies name.
#[derive(Debug, Default)]
struct Topics {
    generations: HashMap<String, AtomicU64>,
    followers: AtomicUsize,
}

/// Everything that an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    binding: usize,
    tenant: Tenant,
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
pub(crate) struct Vacancy {
    key: Key,
    generation: u64,
    max_age: Duration,
}

/// What a look into the cache brings.
#[derive(Debug)]
pub(crate) enum Found {
    /// The answer.
    Remembered(Success),
    /// Nothing yet; what is fetched now may be remembered here.
    Fetch(Vacancy),
    /// Nothing, and nothing is to be remembered.
    Pass,
}

/// Tells the edge of changes. While one of these lives, answers are remembered for as long as
/// their policies say; without one, for one second.
pub struct Changes(Arc<Topics>);

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Changes")
    }
}

impl Changes {
    /// Lists the topics whose events matter here.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.0.generations.keys().map(String::as_str)
    }

    /// Makes answers stale that an event on this topic may concern.
    pub fn happened(&self, topic: &str) {
        self.0.bump(|known| known == topic);
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.0.followers.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Topics {
    fn bump(&self, concerned: impl Fn(&str) -> bool) {
        for (topic, generation) in &self.generations {
            if concerned(topic) {
                generation.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Returns a number that grows whenever one of the topics does.
    fn generation(&self, topics: &[String]) -> u64 {
        topics
            .iter()
            .filter_map(|topic| self.generations.get(topic))
            .map(|generation| generation.load(Ordering::SeqCst))
            .sum()
    }
}

impl Cache {
    pub(crate) fn new(
        options: CacheOptions,
        policies: &PolicyTable,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let topics = policies
            .iter()
            .filter_map(|policy| policy.cache.as_ref())
            .flat_map(|rule| rule.invalidated_by.iter().cloned())
            .map(|topic| (topic, AtomicU64::new(0)))
            .collect();
        let store = Store::builder()
            .max_capacity(options.bytes)
            .weigher(|key: &Key, entry: &Arc<Entry>| {
                let bytes = key.request.len() + key.language.len() + entry.success.data.len() + 300;
                u32::try_from(bytes).unwrap_or(u32::MAX)
            })
            .time_to_live(Duration::from_hours(1))
            .build();
        Self {
            options,
            clock,
            store,
            topics: Arc::new(Topics {
                generations: topics,
                followers: AtomicUsize::new(0),
            }),
        }
    }

    /// Returns a handle by which changes are told.
    pub(crate) fn changes(&self) -> Changes {
        self.topics.followers.fetch_add(1, Ordering::SeqCst);
        Changes(self.topics.clone())
    }

    /// Notes a call that may have changed something of a service, e.g. `content`.
    pub(crate) fn wrote(&self, service: &str) {
        let of_service = |topic: &str| topic.split('.').next() == Some(service);
        self.topics.bump(of_service);
    }

    /// Looks for a remembered answer; `key` is `None` for requests that no key can hold.
    pub(crate) fn look_up(&self, key: Option<Key>, rule: &CacheRule) -> Found {
        let Some(key) = key else {
            return Found::Pass;
        };
        let generation = self.topics.generation(&rule.invalidated_by);
        if let Some(entry) = self.store.get(&key)
            && entry.generation == generation
            && self.clock.now() < entry.until
        {
            count("hit");
            return Found::Remembered(entry.success.clone());
        }
        count("miss");
        Found::Fetch(Vacancy {
            key,
            generation,
            max_age: rule.max_age,
        })
    }

    /// Remembers what was fetched.
    pub(crate) fn fill(&self, vacancy: Vacancy, success: &Success) {
        if success.data.len() > self.options.max_answer_bytes {
            return;
        }
        let followed = self.topics.followers.load(Ordering::SeqCst) > 0;
        let max_age = if followed {
            vacancy.max_age
        } else {
            vacancy.max_age.min(UNTOLD)
        };
        let entry = Entry {
            success: success.clone(),
            generation: vacancy.generation,
            until: self.clock.now() + max_age,
        };
        self.store.insert(vacancy.key, Arc::new(entry));
    }
}

impl Key {
    /// Makes the key of a request, or `None` if it has parts that no key can hold.
    pub(crate) fn of(
        rule: &CacheRule,
        binding: usize,
        tenant: &Tenant,
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
        let whose = match rule.scope {
            CacheScope::Public => None,
            // Nobody's answers are nobody's to remember.
            CacheScope::Private => Some((viewer?.user.to_string(), text(names::PROFILE)?)),
            CacheScope::Unspecified => return None,
        };
        Some(Self {
            binding,
            tenant: tenant.clone(),
            language: text(names::LANGUAGE)?,
            whose,
            request: request.to_vec(),
        })
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("edge_cache_lookups_total", "outcome" => outcome).increment(1);
}
