//! A fake of content: it holds what it has told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use prost::Message as _;
use sv_handlers::content::FakeContentService;
use sv_ports::Record;
use sv_proto::content::{ContentChanged, ContentState, SnapshotContentsResponse};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// The titles by tenant and id. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Catalogue {
    titles: Arc<Mutex<BTreeMap<(String, String), ContentState>>>,
    /// Lets snapshots go that were taken.
    gate: Arc<Semaphore>,
    /// Counts the snapshots that were taken.
    pub(super) taken: Arc<watch::Sender<usize>>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            titles: Arc::default(),
            gate: Arc::new(Semaphore::new(1)),
            taken: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Catalogue {
    /// Holds back snapshots, after they were taken, until what is returned goes out of scope.
    pub(super) async fn hold_back(&self) -> OwnedSemaphorePermit {
        self.gate.clone().acquire_owned().await.unwrap()
    }

    /// Holds what these events tell, each title in its highest version.
    pub(super) fn hold(&self, records: &[Record]) {
        let mut titles = self.titles.lock().unwrap();
        for record in records {
            let content = record.payload.clone().and_then(|payload| {
                // What a test made unreadable is not in the catalogue.
                ContentChanged::decode(payload).ok()?.content
            });
            let state = ContentState {
                tenant: record.tenant.to_string(),
                content_id: record.key.clone(),
                version: record.version.try_into().unwrap(),
                content,
            };
            let key = (state.tenant.clone(), state.content_id.clone());
            let held = titles.entry(key).or_insert_with(|| state.clone());
            if held.version < state.version {
                *held = state;
            }
        }
    }

    /// The service that search calls.
    pub(super) fn service(&self) -> FakeContentService {
        let this = self.clone();
        FakeContentService::new().on_snapshot_contents(move |_, request| {
            let catalogue = this.clone();
            async move { Ok(catalogue.snapshot(&request.after_id).await) }
        })
    }

    async fn snapshot(&self, after: &str) -> SnapshotContentsResponse {
        let mut states: Vec<_> = {
            let titles = self.titles.lock().unwrap();
            let behind = titles.values().filter(|state| *state.content_id > *after);
            behind.cloned().collect()
        };
        self.taken.send_modify(|taken| *taken += 1);
        drop(self.gate.acquire().await.unwrap());
        states.sort_by(|one, other| one.content_id.cmp(&other.content_id));
        // The ids of these tests are no ids of content: they do not pass as a place to go on.
        SnapshotContentsResponse {
            states,
            next_after_id: String::new(),
        }
    }
}
