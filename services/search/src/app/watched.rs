//! How much titles are watched, as content counts it (CAT-18): search remembers it in each process.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use sv_kernel::{BoxError, Tenant};
use sv_proto::content::SnapshotPopularityRequest;
use sv_rpc::{call, error};

use super::App;

/// The most titles that are remembered, of all tenants; those of a month are told.
const MAX_TITLES: usize = 1_000_000;

/// Plays of a month by title, of each tenant.
#[derive(Debug, Default)]
pub(crate) struct Watched(RwLock<HashMap<String, Arc<Titles>>>);

/// Plays of a month by title.
#[derive(Debug, Default)]
pub(crate) struct Titles(HashMap<String, f64>);

impl Titles {
    /// Returns how much a title is watched; 0 where nobody has.
    pub(crate) fn of(&self, id: &str) -> f64 {
        self.0.get(id).copied().unwrap_or_default()
    }
}

impl App {
    /// Returns how much a tenant's titles are watched.
    pub(super) fn watched(&self, tenant: &Tenant) -> Arc<Titles> {
        let watched = self.0.watched.0.read();
        let watched = watched.unwrap_or_else(PoisonError::into_inner);
        watched.get(tenant.as_str()).cloned().unwrap_or_default()
    }

    /// Asks content how much titles are watched. Searches do without where it does not answer: a content service that is
    /// away must not make this one look ill.
    pub(crate) async fn ask_what_is_watched(&self) {
        if let Err(error) = self.refresh_watched().await {
            tracing::debug!(error, "search.watched.unknown");
        }
    }

    async fn refresh_watched(&self) -> Result<(), BoxError> {
        let mut read: HashMap<String, Titles> = HashMap::new();
        let (mut after_id, mut titles) = (String::new(), 0);
        loop {
            let request = SnapshotPopularityRequest { after_id };
            let mut content = self.0.popularity.clone();
            let part = content.snapshot_popularity(call(&self.0.background, request));
            let part = part.await.map_err(error)?.into_inner();
            titles += part.items.len();
            for item in part.items {
                // In thousandths of a play.
                #[expect(clippy::cast_precision_loss, reason = "an order needs no last digit")]
                let plays = item.popularity as f64 / 1_000.0;
                read.entry(item.tenant)
                    .or_default()
                    .0
                    .insert(item.content_id, plays);
            }
            after_id = part.next_after_id;
            if after_id.is_empty() || titles >= MAX_TITLES {
                break;
            }
        }
        let read = read
            .into_iter()
            .map(|(tenant, titles)| (tenant, Arc::new(titles)));
        let read = read.collect();
        let watched = self.0.watched.0.write();
        *watched.unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }
}
