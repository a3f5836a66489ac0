//! Building the index anew from the events.

use std::sync::atomic::Ordering;

use futures::StreamExt as _;
use sv_kernel::{BoxError, Error, Result};
use sv_ports::{
    Position, TopicPartition,
    index::{Change, IndexStatus, Rebuild},
};
use sv_proto::search::SearchReason;

use super::{App, unavailable};
use crate::events::{self, CHANGED};

/// Events of one write.
const BATCH: usize = 200;

/// What a rebuild did.
#[derive(Debug)]
pub(crate) struct Rebuilt {
    /// How many titles the new index holds.
    pub(crate) documents: u64,
    /// How many events were replayed.
    pub(crate) events: usize,
}

impl App {
    /// Builds the index anew as [`Self::rebuild_here`] does, to its end though the caller may go
    /// away meanwhile.
    pub(crate) async fn rebuild(&self) -> Result<Rebuilt> {
        let app = self.clone();
        let work = self
            .0
            .lifecycle
            .work(async move { app.rebuild_here(true).await });
        work.await.map_err(unavailable)?
    }

    /// Builds the index anew from all events while the old one answers, then swaps (X-SR-2).
    /// Events that happen meanwhile reach both. Unless it is `wanted` in any case, it is left out where
    /// another process has built a whole index by now.
    pub(super) async fn rebuild_here(&self, wanted: bool) -> Result<Rebuilt> {
        let Ok(_only_one) = self.0.rebuilding.try_lock() else {
            return Err(SearchReason::RebuildRunning.into());
        };
        let begun = self.0.index.begin_rebuild().await.map_err(unavailable)?;
        let mut building = begun.ok_or_else(|| Error::from(SearchReason::RebuildRunning))?;
        let status = self.0.index.status().await.map_err(unavailable)?;
        if !wanted && status.whole {
            building.abandon().await.map_err(unavailable)?;
            self.0.whole.store(true, Ordering::Release);
            let documents = status.documents;
            return Ok(Rebuilt {
                documents,
                events: 0,
            });
        }
        match self.fill(&mut *building).await {
            Ok((events, done)) => {
                let IndexStatus { documents, .. } =
                    building.promote(&done).await.map_err(unavailable)?;
                self.0.whole.store(true, Ordering::Release);
                tracing::info!(documents, events, "search.index.rebuilt");
                Ok(Rebuilt { documents, events })
            }
            Err(cause) => {
                if let Err(error) = building.abandon().await {
                    tracing::warn!(%error, "search.rebuild.left_behind");
                }
                Err(unavailable(cause))
            }
        }
    }

    /// Replays every event into the new index; returns how many, and where the last ones stand.
    async fn fill(
        &self,
        building: &mut dyn Rebuild,
    ) -> std::result::Result<(usize, Vec<Position>), BoxError> {
        let replay = self.0.bus.replay(CHANGED).await?;
        let last = |(partition, end): (u32, u64)| {
            let partition = TopicPartition {
                topic: CHANGED.into(),
                partition,
            };
            let offset = end.checked_sub(1)?;
            Some(Position { partition, offset })
        };
        let done = (0..).zip(replay.ends).filter_map(last).collect();
        let mut records = replay.records.chunks(BATCH);
        let mut events = 0;
        while let Some(batch) = records.next().await {
            if self.0.lifecycle.draining().is_cancelled() {
                return Err("the process is about to end".into());
            }
            let mut changes: Vec<Change> = Vec::with_capacity(batch.len());
            for delivery in batch {
                events += 1;
                let delivery = delivery?;
                match events::change(&delivery.record) {
                    Ok(change) => changes.push(change),
                    // The consumer makes it a dead letter.
                    Err(error) => {
                        tracing::warn!(at = %delivery.position, %error, "search.event.unreadable");
                    }
                }
            }
            self.keep(&changes, None).await?;
            building.write(changes).await?;
        }
        Ok((events, done))
    }
}
