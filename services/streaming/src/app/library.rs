//! Published media at hand: what a packaging holds never changes, so it is kept in memory.

use std::sync::Arc;

use moka::future::Cache;
use sv_kernel::{Result, Tenant};
use sv_store::{Db, StoreError};
use uuid::Uuid;

use super::captions::MOST;
use crate::{
    domain::{Picture, PictureKey, Published, Track, TrackKey},
    store,
};

/// The most segments whose descriptions are kept, about 100 bytes each.
const KEPT_SEGMENTS: u64 = 500_000;

type Place = (Tenant, Uuid, String);

/// Published media, read through memory. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    db: Db,
    kept: Cache<Place, Arc<Published>>,
}

impl Library {
    /// Reads from a database.
    pub(crate) fn new(db: Db) -> Self {
        let weight = |_: &Place, published: &Arc<Published>| {
            let segments: usize = published
                .media
                .renditions
                .iter()
                .map(|r| r.segments.len() + 10)
                .sum();
            u32::try_from(segments).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder()
            .max_capacity(KEPT_SEGMENTS)
            .weigher(weight)
            .build();
        Self { db, kept }
    }

    /// Returns one packaging of a title.
    pub(crate) async fn packaging(
        &self,
        tenant: &Tenant,
        content: Uuid,
        generation: &str,
    ) -> Result<Option<Arc<Published>>> {
        let place = (tenant.clone(), content, generation.to_owned());
        if let Some(known) = self.kept.get(&place).await {
            return Ok(Some(known));
        }
        let found = store::media::find(self.db.read(), tenant, content, generation).await?;
        let Some(found) = found.map(Arc::new) else {
            return Ok(None);
        };
        self.kept.insert(place, found.clone()).await;
        Ok(Some(found))
    }

    /// Returns the packaging that a title has now.
    pub(crate) async fn current(
        &self,
        tenant: &Tenant,
        content: Uuid,
    ) -> Result<Option<Arc<Published>>> {
        match self.current_generation(tenant, content).await? {
            Some(generation) => self.packaging(tenant, content, &generation).await,
            None => Ok(None),
        }
    }

    /// Finds a picture of a title.
    pub(crate) async fn picture(
        &self,
        tenant: &Tenant,
        content: Uuid,
        key: &PictureKey,
    ) -> Result<Option<Picture>> {
        Ok(store::artwork::find(self.db.read(), tenant, content, key).await?)
    }

    /// Lists the captions of a title.
    pub(crate) async fn tracks(&self, tenant: &Tenant, content: Uuid) -> Result<Vec<Track>> {
        Ok(store::captions::tracks(self.db.read(), tenant, content, MOST).await?)
    }

    /// Returns the cues of captions and their hash.
    pub(crate) async fn cues(
        &self,
        tenant: &Tenant,
        content: Uuid,
        key: &TrackKey,
    ) -> Result<Option<(String, String)>> {
        Ok(store::captions::cues(self.db.read(), tenant, content, key).await?)
    }

    async fn current_generation(
        &self,
        tenant: &Tenant,
        content: Uuid,
    ) -> Result<Option<String>, StoreError> {
        store::media::current_generation(&self.db, tenant, content).await
    }
}
