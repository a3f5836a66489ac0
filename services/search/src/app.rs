//! The use cases.

mod collections;
mod journal;
mod rebuild;
mod search;
mod status;
mod tuning;
mod watched;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sv_boot::{Lifecycle, ServiceContext};
use sv_kernel::{Ctx, Error, PageSigner};
use sv_ports::{Bus, index::Index};
use sv_proto::{
    content::{
        collection_service_client::CollectionServiceClient,
        content_service_client::ContentServiceClient,
        popularity_service_client::PopularityServiceClient,
    },
    livetv::live_tv_service_client::LiveTvServiceClient,
    search::SearchReason,
};
use sv_rpc::{Transport, mesh::MissingPeer};
use sv_store::Db;
use tokio::{sync::Mutex, time::Instant};

use crate::{config::Options, domain::journal::Journal};

/// Search. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    db: Db,
    bus: Arc<dyn Bus>,
    index: Arc<dyn Index>,
    /// Owns the titles.
    content: ContentServiceClient<Transport>,
    /// Owns the collections.
    collections: CollectionServiceClient<Transport>,
    /// Counts what is watched.
    popularity: PopularityServiceClient<Transport>,
    /// Owns the channels and their guide.
    livetv: LiveTvServiceClient<Transport>,
    options: Options,
    pages: PageSigner,
    /// What editors say.
    tunings: tuning::Tunings,
    /// How much titles are watched.
    watched: watched::Watched,
    /// What is looked for.
    journal: std::sync::Mutex<Journal>,
    /// Until when the index is left alone after it failed.
    paused: std::sync::Mutex<Option<Instant>>,
    /// Whether the index was built to its end, as far as is known: until then it is not asked.
    whole: AtomicBool,
    /// Held by the one rebuild of this process.
    rebuilding: Mutex<()>,
    /// The context of work that no request started.
    background: Ctx,
    lifecycle: Lifecycle,
}

impl App {
    pub(crate) fn new(
        context: &ServiceContext,
        index: Arc<dyn Index>,
        options: Options,
    ) -> std::result::Result<Self, MissingPeer> {
        metrics::counter!("streamverse_search_degraded_total").increment(0);
        metrics::counter!("streamverse_search_index_failures_total").increment(0);
        Ok(Self(Arc::new(Shared {
            content: ContentServiceClient::new(context.mesh.client_transport("content")?),
            collections: CollectionServiceClient::new(context.mesh.client_transport("content")?),
            popularity: PopularityServiceClient::new(context.mesh.client_transport("content")?),
            pages: context.pages.clone(),
            tunings: tuning::Tunings::default(),
            watched: watched::Watched::default(),
            journal: std::sync::Mutex::default(),
            livetv: LiveTvServiceClient::new(context.mesh.client_transport("livetv")?),
            db: context.db.clone(),
            bus: context.bus.clone(),
            index,
            options,
            paused: std::sync::Mutex::new(None),
            whole: AtomicBool::new(false),
            rebuilding: Mutex::new(()),
            background: context.background(),
            lifecycle: context.lifecycle.clone(),
        })))
    }

    /// Says whether the index is not asked at present: it is being built for the first time, or it
    /// has just failed.
    fn index_is_left_alone(&self) -> bool {
        !self.0.whole.load(Ordering::Acquire) || self.index_is_paused()
    }

    fn index_is_paused(&self) -> bool {
        let paused = self
            .0
            .paused
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        paused.is_some_and(|until| Instant::now() < until)
    }

    fn pause_index(&self, pause: Duration) {
        let mut paused = self
            .0
            .paused
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *paused = Some(Instant::now() + pause);
    }
}

/// Says that neither the index nor what stands in for it can be reached.
fn unavailable(cause: impl Into<sv_kernel::BoxError>) -> Error {
    Error::from(SearchReason::IndexUnavailable)
        .retry_after(Duration::from_secs(1))
        .because(cause)
}
