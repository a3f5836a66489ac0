//! What the index holds, and taking changes up.

use std::sync::atomic::Ordering;

use sv_kernel::{Ctx, Result, Timestamp};
use sv_ports::{Position, index::Change};
use sv_proto::search::SearchReason;
use sv_store::{StoreError, work};

use super::{App, unavailable};
use crate::{
    events::{GROUP, topics},
    store,
};

/// What the index holds.
#[derive(Debug)]
pub(crate) struct Status {
    /// How many documents can be found, in all tenants.
    pub(crate) documents: u64,
    /// How many events wait to be taken up.
    pub(crate) lag: u64,
    /// When the newest event was taken up.
    pub(crate) indexed_at: Option<Timestamp>,
    /// Which index it is.
    pub(crate) backend: &'static str,
    /// Whether it is being built anew.
    pub(crate) rebuilding: bool,
    /// Whether the fallback answers at present.
    pub(crate) degraded: bool,
}

impl App {
    /// Tells what the index holds and how far behind the events it is (X-SR-2).
    pub(crate) async fn status(&self, _ctx: &Ctx) -> Result<Status> {
        let shared = &self.0;
        let status = shared.index.status().await.map_err(unavailable)?;
        let mut lag = 0;
        for topic in topics() {
            let waits = shared.bus.lag(GROUP, &topic.name).await;
            lag += waits.map_err(unavailable)?;
        }
        let indexed_at = store::indexed_at(shared.db.read())
            .await
            .map_err(unavailable)?;
        Ok(Status {
            documents: status.documents,
            lag,
            indexed_at,
            backend: shared.index.backend(),
            rebuilding: shared.rebuilding.try_lock().is_err(),
            degraded: self.index_is_left_alone(),
        })
    }

    /// Takes changes up: into the fallback's tables, then into the index.
    pub(crate) async fn take_up(
        &self,
        changes: Vec<Change>,
        done: &[Position],
    ) -> std::result::Result<(), crate::events::TakeUpError> {
        let at = self.0.background.now();
        self.keep(&changes, Some(at)).await?;
        self.0.index.write(changes).await?;
        Ok(self.0.index.commit(done).await?)
    }

    /// Writes changes into the fallback's tables, and when events were taken up.
    pub(super) async fn keep(
        &self,
        changes: &[Change],
        at: Option<Timestamp>,
    ) -> std::result::Result<(), StoreError> {
        // A rebuild and the consumer lock titles and grams in orders of their own.
        let kept = self.0.db.write(&self.0.background, |tx| {
            work(async move {
                for change in changes {
                    store::apply(tx, change).await?;
                }
                if let Some(at) = at {
                    store::set_indexed_at(tx, at).await?;
                }
                Ok(())
            })
        });
        kept.await
    }

    /// Builds the index anew unless it was built to its end, e.g. because its folder was lost.
    /// Meanwhile, also in other processes and after a restart, the fallback answers.
    pub(crate) async fn fill_unless_whole(&self) -> Result<()> {
        let status = self.0.index.status().await.map_err(unavailable)?;
        self.0.whole.store(status.whole, Ordering::Release);
        if !status.whole {
            self.rebuild_here(false).await?;
        }
        Ok(())
    }

    /// Does the same, but leaves it to a rebuild that runs already.
    pub(crate) async fn check_whole(&self) -> Result<()> {
        match self.fill_unless_whole().await {
            Err(error) if error.is(&SearchReason::RebuildRunning) => Ok(()),
            filled => filled,
        }
    }
}
