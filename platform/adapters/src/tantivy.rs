//! The search index in a folder of this machine: what [`Index`] promises, by tantivy.
//!
//! The folder holds generations of the index and a file that names the one that answers; a rebuild
//! makes the next generation and its promotion replaces that file atomically. Where the records of
//! the bus stand lies in the payload of each commit, so that it can never differ from the
//! documents.

mod folder;
mod generation;
mod query;
mod schema;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock, Weak},
};

use async_trait::async_trait;
use sv_ports::{
    PortError, PortResult, Position,
    index::{Candidate, Change, Index, IndexStatus, Query, Rebuild, Written},
};

use self::{folder::Folder, generation::Generation};

/// The name of the port in errors.
const PORT: &str = "search index";

/// The search index in a folder. One process writes into a folder.
#[derive(Clone, Debug)]
pub struct TantivyIndex(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    folder: Folder,
    /// The generation that answers.
    live: RwLock<Arc<Generation>>,
    /// Held by whoever writes; the generation that is being built, as long as its rebuild lives.
    next: tokio::sync::Mutex<Weak<Generation>>,
}

impl TantivyIndex {
    /// Opens the index of a folder, or makes an empty one where there is none, or one that this
    /// version cannot read; it is not [whole](IndexStatus::whole) then, and the caller rebuilds.
    pub async fn open(folder: &Path) -> PortResult<Self> {
        let folder = Folder::new(folder);
        let (folder, live) = blocking(move || {
            let live = folder.open_live()?;
            Ok((folder, live))
        })
        .await?;
        Ok(Self(Arc::new(Shared {
            folder,
            live: RwLock::new(Arc::new(live)),
            next: tokio::sync::Mutex::new(Weak::new()),
        })))
    }
}

impl Shared {
    fn live(&self) -> Arc<Generation> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.clone()
    }

    /// Returns the generation that is being built; one that was promoted is none.
    fn building(&self, next: &Weak<Generation>) -> Option<Arc<Generation>> {
        next.upgrade()
            .filter(|next| !Arc::ptr_eq(next, &self.live()))
    }
}

#[async_trait]
impl Index for TantivyIndex {
    fn backend(&self) -> &'static str {
        "tantivy"
    }

    async fn write(&self, changes: Vec<Change>) -> PortResult<Written> {
        changes.iter().try_for_each(Change::validate)?;
        let next = self.0.next.lock().await;
        let (live, building) = (self.0.live(), self.0.building(&next));
        blocking(move || {
            let written = live.write(&changes)?;
            if let Some(building) = building {
                building.write(&changes)?;
            }
            Ok(written)
        })
        .await
    }

    async fn commit(&self, done: &[Position]) -> PortResult<()> {
        let next = self.0.next.lock().await;
        let (live, building) = (self.0.live(), self.0.building(&next));
        let done = done.to_vec();
        blocking(move || {
            live.commit(&done)?;
            building.map_or(Ok(()), |building| building.commit(&done))
        })
        .await
    }

    async fn candidates(&self, query: &Query) -> PortResult<Vec<Candidate>> {
        let (live, query) = (self.0.live(), query.clone());
        blocking(move || query::candidates(&live, &query)).await
    }

    async fn status(&self) -> PortResult<IndexStatus> {
        let live = self.0.live();
        blocking(move || live.status()).await
    }

    async fn begin_rebuild(&self) -> PortResult<Option<Box<dyn Rebuild>>> {
        let mut next = self.0.next.lock().await;
        if self.0.building(&next).is_some() {
            return Ok(None);
        }
        let shared = self.0.clone();
        let building = Arc::new(blocking(move || shared.folder.begin()).await?);
        *next = Arc::downgrade(&building);
        Ok(Some(Box::new(TantivyRebuild {
            shared: self.0.clone(),
            building,
        })))
    }
}

/// The generation that is being built.
#[derive(Debug)]
struct TantivyRebuild {
    shared: Arc<Shared>,
    building: Arc<Generation>,
}

impl TantivyRebuild {
    /// Ends the rebuild; returns the generation that is not needed any more.
    async fn finish(&self, promoted: Option<Vec<Position>>) -> PortResult<IndexStatus> {
        let mut next = self.shared.next.lock().await;
        let (shared, building) = (self.shared.clone(), self.building.clone());
        let status = blocking(move || {
            let unneeded = match promoted {
                Some(done) => {
                    building.complete(&done)?;
                    shared.folder.promote(&building)?;
                    let mut live = shared.live.write().unwrap_or_else(PoisonError::into_inner);
                    std::mem::replace(&mut *live, building)
                }
                None => building,
            };
            unneeded.remove();
            shared.live().status()
        })
        .await?;
        *next = Weak::new();
        Ok(status)
    }
}

#[async_trait]
impl Rebuild for TantivyRebuild {
    async fn write(&mut self, changes: Vec<Change>) -> PortResult<Written> {
        changes.iter().try_for_each(Change::validate)?;
        // The lock keeps a live change and a replayed one of the same document apart.
        let _writing = self.shared.next.lock().await;
        let building = self.building.clone();
        blocking(move || building.write(&changes)).await
    }

    async fn promote(self: Box<Self>, done: &[Position]) -> PortResult<IndexStatus> {
        self.finish(Some(done.to_vec())).await
    }

    async fn abandon(self: Box<Self>) -> PortResult<()> {
        self.finish(None).await.map(drop)
    }
}

/// Runs work that waits for the disk or computes for long on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> PortResult<T> + Send + 'static,
) -> PortResult<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|panic| Err(unavailable(panic)))
}

fn unavailable(source: impl Into<sv_kernel::BoxError>) -> PortError {
    PortError::unavailable(PORT, source)
}

#[cfg(test)]
mod tests;
