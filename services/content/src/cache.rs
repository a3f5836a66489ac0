//! Answers that viewers and other services ask for again and again, as the bytes they travel in.
//!
//! An answer belongs to the generation that was read before its tables were. Every change raises
//! the generation before it is acknowledged, so whoever has heard of a change never gets an older
//! answer. Changes of other processes are seen by [`Invalidation`], or after [`MAX_AGE`].

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use sv_kernel::{Locale, Tenant};

use crate::domain::Seer;

/// How long an answer is given again at most. The edge remembers as long again what it got here.
const MAX_AGE: Duration = Duration::from_millis(500);
/// The most bytes of all answers.
const MAX_BYTES: u64 = 32 << 20;
/// Answers larger than this are not worth their place.
const MAX_ANSWER: usize = 1 << 20;

/// An answer's name: who asked what, and when.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CacheKey {
    generation: u64,
    tenant: Tenant,
    /// Names of collections are translated.
    locale: Locale,
    method: &'static str,
    seer: Seer,
    request: Vec<u8>,
}

/// Remembered answers.
#[derive(Debug)]
pub(crate) struct ResponseCache {
    generation: Arc<AtomicU64>,
    known: moka::sync::Cache<CacheKey, Bytes>,
}

impl ResponseCache {
    pub(crate) fn new() -> Self {
        let weight = |question: &CacheKey, answer: &Bytes| {
            let bytes = question.request.len() + answer.len() + 200;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Self {
            generation: Arc::default(),
            known: moka::sync::Cache::builder()
                .weigher(weight)
                .max_capacity(MAX_BYTES)
                .time_to_live(MAX_AGE)
                .build(),
        }
    }

    /// Names an answer. Comes before the tables are read.
    pub(crate) fn question(
        &self,
        (tenant, locale): (&Tenant, &Locale),
        method: &'static str,
        seer: Seer,
        request: Vec<u8>,
    ) -> CacheKey {
        CacheKey {
            generation: self.generation.load(Ordering::Acquire),
            tenant: tenant.clone(),
            locale: locale.clone(),
            method,
            seer,
            request,
        }
    }

    pub(crate) fn get(&self, question: &CacheKey) -> Option<Bytes> {
        self.known.get(question)
    }

    pub(crate) fn put(&self, question: CacheKey, answer: Bytes) {
        if answer.len() <= MAX_ANSWER {
            self.known.insert(question, answer);
        }
    }

    pub(crate) fn invalidation(&self) -> Invalidation {
        Invalidation(self.generation.clone())
    }
}

/// Makes all remembered answers of this process stale.
#[derive(Clone, Debug)]
pub(crate) struct Invalidation(Arc<AtomicU64>);

impl Invalidation {
    pub(crate) fn now(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::Whereabouts;

    use super::*;

    const NOWHERE: Seer = Seer::Viewer(Whereabouts::country(None));
    const CHILD: Seer = Seer::Child(Whereabouts::country(None));

    #[test]
    fn an_answer_read_before_a_change_is_not_given_after_it() {
        let answers = ResponseCache::new();
        let tenant = Tenant::default();
        let ask = || answers.question((&tenant, &Locale::default()), "list", NOWHERE, vec![1]);

        let slow = ask();
        answers.put(ask(), Bytes::from_static(b"old"));
        assert_eq!(answers.get(&ask()).unwrap(), "old");

        answers.invalidation().now();
        // A reader that began before the change finishes after it.
        answers.put(slow, Bytes::from_static(b"old"));
        assert_eq!(answers.get(&ask()), None);
    }

    #[test]
    fn tenants_languages_methods_and_children_do_not_share_answers() {
        let answers = ResponseCache::new();
        let (a, b) = (Tenant::default(), Tenant::parse("acme").unwrap());
        answers.put(
            answers.question((&a, &Locale::default()), "list", NOWHERE, vec![1]),
            Bytes::from_static(b"x"),
        );
        assert_eq!(
            answers.get(&answers.question((&b, &Locale::default()), "list", NOWHERE, vec![1])),
            None
        );
        let norwegian = Locale::parse("nb").unwrap();
        assert_eq!(
            answers.get(&answers.question((&a, &norwegian), "list", NOWHERE, vec![1])),
            None
        );
        assert_eq!(
            answers.get(&answers.question((&a, &Locale::default()), "get", NOWHERE, vec![1])),
            None
        );
        assert_eq!(
            answers.get(&answers.question((&a, &Locale::default()), "list", NOWHERE, vec![2])),
            None
        );
        assert_eq!(
            answers.get(&answers.question((&a, &Locale::default()), "list", CHILD, vec![1])),
            None
        );
    }
}
