//! Building the index anew from the catalogue and the channels.

use std::sync::atomic::Ordering;

use sv_kernel::{BoxError, Ctx, Error, Result, Tenant};
use sv_ports::{
    Position, TopicPartition,
    index::{Change, IndexStatus, Rebuild},
};
use sv_proto::{
    content::{CollectionState, ContentState, SnapshotCollectionsRequest, SnapshotContentsRequest},
    livetv::{ChannelState, SnapshotChannelsRequest},
    search::SearchReason,
};
use sv_rpc::{call, error};
use sv_store::audit;

use super::{App, unavailable};
use crate::events;

/// What a rebuild did.
#[derive(Debug)]
pub(crate) struct Rebuilt {
    /// How many titles the new index holds.
    pub(crate) documents: u64,
    /// How many titles were read, those included that nobody can find.
    pub(crate) events: usize,
}

impl App {
    /// Builds the index anew as [`Self::rebuild_here`] does, to its end though the caller may go
    /// away meanwhile.
    pub(crate) async fn rebuild(&self, ctx: &Ctx) -> Result<Rebuilt> {
        let (app, ctx) = (self.clone(), ctx.clone());
        let work = self
            .0
            .lifecycle
            .work(async move { app.rebuild_for(&ctx).await });
        work.await.map_err(unavailable)?
    }

    async fn rebuild_for(&self, ctx: &Ctx) -> Result<Rebuilt> {
        let rebuilt = self.rebuild_here(true).await?;
        let values = serde_json::json!({
            "documents": rebuilt.documents,
            "events": rebuilt.events,
        });
        let act = audit::Act::on("search", "index").changed(serde_json::Value::Null, values);
        // The caller may be gone, and with it its deadline.
        let ctx = Ctx {
            deadline: None,
            ..ctx.clone()
        };
        audit::record_alone(&self.0.db, &ctx, act).await?;
        Ok(rebuilt)
    }

    /// Builds the index anew from all titles while the old one answers, then swaps (X-SR-2).
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
        match Box::pin(self.fill(&mut *building)).await {
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

    /// Writes every title and channel into the new index, as their owners tell them; returns how many, and
    /// where the events stand that are in it.
    async fn fill(
        &self,
        building: &mut dyn Rebuild,
    ) -> std::result::Result<(usize, Vec<Position>), BoxError> {
        // Before the first title is read: what an event up to here tells is in the tables of its owner.
        // Later ones reach the new index by the consumer, and the higher version stays.
        let done = self.ends().await?;
        let titles = Box::pin(self.fill_titles(building)).await?;
        let channels = Box::pin(self.fill_channels(building)).await?;
        let collections = Box::pin(self.fill_collections(building)).await?;
        Ok((titles + channels + collections, done))
    }

    async fn fill_titles(
        &self,
        building: &mut dyn Rebuild,
    ) -> std::result::Result<usize, BoxError> {
        let (mut titles, mut after_id) = (0, String::new());
        loop {
            self.go_on()?;
            let request = SnapshotContentsRequest { after_id };
            let mut content = self.0.content.clone();
            let part = content.snapshot_contents(call(&self.0.background, request));
            let part = part.await.map_err(error)?.into_inner();
            titles += part.states.len();
            let changes = part.states.into_iter().filter_map(change).collect();
            self.write(building, changes).await?;
            if part.next_after_id.is_empty() {
                return Ok(titles);
            }
            after_id = part.next_after_id;
        }
    }

    async fn fill_channels(
        &self,
        building: &mut dyn Rebuild,
    ) -> std::result::Result<usize, BoxError> {
        let (mut channels, mut after_id) = (0, String::new());
        loop {
            self.go_on()?;
            let request = SnapshotChannelsRequest { after_id };
            let mut livetv = self.0.livetv.clone();
            let part = livetv.snapshot_channels(call(&self.0.background, request));
            let part = part.await.map_err(error)?.into_inner();
            channels += part.states.len();
            let changes = part.states.into_iter().flat_map(channel_changes).collect();
            self.write(building, changes).await?;
            if part.next_after_id.is_empty() {
                return Ok(channels);
            }
            after_id = part.next_after_id;
        }
    }

    async fn fill_collections(
        &self,
        building: &mut dyn Rebuild,
    ) -> std::result::Result<usize, BoxError> {
        let (mut collections, mut after_id) = (0, String::new());
        loop {
            self.go_on()?;
            let request = SnapshotCollectionsRequest { after_id };
            let mut content = self.0.collections.clone();
            let part = content.snapshot_collections(call(&self.0.background, request));
            let part = part.await.map_err(error)?.into_inner();
            collections += part.states.len();
            let changes = part.states.into_iter().filter_map(collection_change);
            self.write(building, changes.collect()).await?;
            if part.next_after_id.is_empty() {
                return Ok(collections);
            }
            after_id = part.next_after_id;
        }
    }

    fn go_on(&self) -> std::result::Result<(), BoxError> {
        if self.0.lifecycle.draining().is_cancelled() {
            return Err("the process is about to end".into());
        }
        Ok(())
    }

    async fn write(
        &self,
        building: &mut dyn Rebuild,
        changes: Vec<Change>,
    ) -> std::result::Result<(), BoxError> {
        self.keep(&changes, None).await?;
        building.write(changes).await?;
        Ok(())
    }

    /// Returns the last event of each partition.
    async fn ends(&self) -> std::result::Result<Vec<Position>, BoxError> {
        let mut all = Vec::new();
        for topic in events::topics() {
            let ends = self.0.bus.replay(&topic.name).await?.ends;
            let last = |(partition, end): (u32, u64)| {
                let partition = TopicPartition {
                    topic: topic.name.as_str().into(),
                    partition,
                };
                let offset = end.checked_sub(1)?;
                Some(Position { partition, offset })
            };
            all.extend((0..).zip(ends).filter_map(last));
        }
        Ok(all)
    }
}

/// Reads a title's state. One that cannot be read is left out, as its event is.
fn change(state: ContentState) -> Option<Change> {
    let id = state.content_id;
    let read = Tenant::parse(&state.tenant)
        .map_err(BoxError::from)
        .and_then(|tenant| events::change_to(&tenant, &id, state.version.into(), state.content));
    read.inspect_err(|error| tracing::warn!(content.id = id, %error, "search.title.unreadable"))
        .ok()
}

/// Reads a collection's state.
fn collection_change(state: CollectionState) -> Option<Change> {
    let collection = state.collection?;
    let id = collection.id.clone();
    let read = Tenant::parse(&state.tenant)
        .map_err(BoxError::from)
        .and_then(|tenant| {
            let version = collection.version.into();
            events::collection_change(&tenant, &id, version, Some(collection))
        });
    read.inspect_err(
        |error| tracing::warn!(collection.id = id, %error, "search.collection.unreadable"),
    )
    .ok()
}

/// Reads a channel's state, and what it shows.
fn channel_changes(state: ChannelState) -> Vec<Change> {
    let id = state.channel_id;
    let read = Tenant::parse(&state.tenant)
        .map_err(BoxError::from)
        .and_then(|tenant| {
            let version = state.version.into();
            let mut changes = vec![events::channel_change(
                &tenant,
                &id,
                version,
                state.channel,
            )?];
            if let Some(airing) = state.airing {
                let version = airing.version;
                changes.extend(events::airing_changes(&tenant, &id, version, Some(airing))?);
            }
            Ok(changes)
        });
    read.inspect_err(|error| tracing::warn!(channel.id = id, %error, "search.channel.unreadable"))
        .unwrap_or_default()
}
