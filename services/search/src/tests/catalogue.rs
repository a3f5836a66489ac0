//! Content, stood in for: it holds what it has told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use prost::Message as _;
use sv_ports::Record;
use sv_proto::{
    common::CommonReason,
    content::{
        BatchGetContentsRequest, BatchGetContentsResponse, ContentChanged, ContentState,
        GetMovieRequest, GetMovieResponse, ListMoviesRequest, ListMoviesResponse,
        SnapshotContentsRequest, SnapshotContentsResponse, content_service_server::ContentService,
    },
};
use sv_rpc::status;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tonic::{Request, Response, Status, async_trait};

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
}

fn no<T>() -> Result<Response<T>, Status> {
    Err(status(CommonReason::Unimplemented.into()))
}

#[async_trait]
impl ContentService for Catalogue {
    async fn snapshot_contents(
        &self,
        request: Request<SnapshotContentsRequest>,
    ) -> Result<Response<SnapshotContentsResponse>, Status> {
        let after = &request.get_ref().after_id;
        let mut states: Vec<_> = {
            let titles = self.titles.lock().unwrap();
            let behind = titles.values().filter(|state| state.content_id > *after);
            behind.cloned().collect()
        };
        self.taken.send_modify(|taken| *taken += 1);
        drop(self.gate.acquire().await.unwrap());
        states.sort_by(|one, other| one.content_id.cmp(&other.content_id));
        // The ids of these tests are no ids of content: they do not pass as a place to go on.
        Ok(Response::new(SnapshotContentsResponse {
            states,
            next_after_id: String::new(),
        }))
    }

    async fn list_movies(
        &self,
        _: Request<ListMoviesRequest>,
    ) -> Result<Response<ListMoviesResponse>, Status> {
        no()
    }

    async fn get_movie(
        &self,
        _: Request<GetMovieRequest>,
    ) -> Result<Response<GetMovieResponse>, Status> {
        no()
    }

    async fn batch_get_contents(
        &self,
        _: Request<BatchGetContentsRequest>,
    ) -> Result<Response<BatchGetContentsResponse>, Status> {
        no()
    }
}
