//! Events that the bus refuses as they are.
//!
//! Each is tried a few times more, in case it was not the event's fault after all (a topic that is
//! being made, a broker that is being reconfigured); then it becomes a dead letter. Meanwhile the
//! later events of its key wait, and all others go on.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

use crate::outbox;

/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_mins(1);

/// Events that were refused and are tried again, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Refused(BTreeMap<i64, Refusal>);

#[derive(Debug)]
struct Refusal {
    topic: String,
    key: String,
    tries: u32,
    due: Instant,
}

impl Refused {
    /// Says whether nothing was refused.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lists topics and keys whose events wait at present.
    pub(super) fn held(&self) -> Vec<(String, String)> {
        let now = Instant::now();
        let waiting = self.0.values().filter(|refusal| refusal.due > now);
        waiting
            .map(|refusal| (refusal.topic.clone(), refusal.key.clone()))
            .collect()
    }

    /// Returns when the next one is to be tried.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.0.values().map(|refusal| refusal.due).min()
    }

    /// Notes a refusal and returns how often the event was tried by now.
    pub(super) fn add(&mut self, row: &outbox::Model, first_pause: Duration) -> u32 {
        let refusal = self.0.entry(row.id).or_insert_with(|| Refusal {
            topic: row.topic.clone(),
            key: row.key.clone(),
            tries: 0,
            due: Instant::now(),
        });
        let pause = first_pause.saturating_mul(2_u32.saturating_pow(refusal.tries));
        refusal.tries += 1;
        refusal.due = Instant::now() + pause.min(LONGEST);
        refusal.tries
    }

    /// Forgets events that were published or buried.
    pub(super) fn forget<'a>(&mut self, ids: impl IntoIterator<Item = &'a i64>) {
        for id in ids {
            self.0.remove(id);
        }
    }

    /// Forgets all: somebody else is the relay now.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
