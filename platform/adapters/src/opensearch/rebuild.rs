//! Building the index anew beside the one that answers.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use sv_kernel::Timestamp;
use sv_ports::{
    PortResult, Position,
    index::{Change, IndexStatus, Rebuild, Written},
};

use super::{DEADLINE, Shared, layout, unavailable, write};

/// A rebuild that has taken longer is taken for one that a crash cut off.
const LONGEST: Duration = Duration::from_mins(15);

/// The index that is being built.
#[derive(Debug)]
pub(super) struct OpenSearchRebuild {
    shared: Arc<Shared>,
    index: String,
}

impl Shared {
    /// Makes the index to be built; `None` while another rebuild runs.
    pub(super) async fn begin(self: Arc<Self>) -> PortResult<Option<OpenSearchRebuild>> {
        if let Some(other) = self.index_of(&self.names.building).await?
            && !self.clear_if_cut_off(&other).await?
        {
            return Ok(None);
        }
        let live = self.index_of(&self.names.live).await?;
        let index = self.names.after(&live.unwrap_or_default());
        let made = self
            .http
            .put(&format!("/{index}"), &layout::index(&self.names.building))
            .await;
        match made {
            // Another process begins at this moment.
            Err(error) if error.exists_already() => Ok(None),
            made => {
                made?;
                Ok(Some(OpenSearchRebuild {
                    shared: self,
                    index,
                }))
            }
        }
    }

    /// Removes what a crash left of a rebuild, and says whether it did.
    async fn clear_if_cut_off(&self, index: &str) -> PortResult<bool> {
        let settings = self
            .http
            .get(&format!("/{index}/_settings"), DEADLINE)
            .await?;
        let Some(settings) = settings else {
            return Ok(true);
        };
        let made = &settings[index]["settings"]["index"]["creation_date"];
        let made = made.as_str().and_then(|millis| millis.parse::<i64>().ok());
        let made = Timestamp::from_micros(made.unwrap_or(0).saturating_mul(1000));
        if self.clock.now().since(made) < LONGEST {
            return Ok(false);
        }
        self.http.delete(&format!("/{index}")).await?;
        Ok(true)
    }
}

#[async_trait]
impl Rebuild for OpenSearchRebuild {
    async fn write(&mut self, changes: Vec<Change>) -> PortResult<Written> {
        changes.iter().try_for_each(Change::validate)?;
        let items = write::changes(&changes)?;
        self.shared
            .bulk(&items, &self.shared.names.building, false)
            .await
    }

    async fn promote(self: Box<Self>, done: &[Position]) -> PortResult<IndexStatus> {
        let Self { shared, index } = *self;
        let names = &shared.names;
        shared
            .bulk(&write::positions(done), &names.building, false)
            .await?;
        shared.refresh(&index).await?;
        let old = shared.index_of(&names.live).await?;
        let mut actions = vec![
            json!({"remove": {"index": index, "alias": names.building}}),
            json!({"add": {"index": index, "alias": names.live}}),
        ];
        if let Some(old) = &old {
            actions.push(json!({"remove": {"index": old, "alias": names.live}}));
        }
        let swap: Value = json!({"actions": actions});
        shared.http.post("/_aliases", &swap, DEADLINE).await?;
        if let Some(old) = old {
            // It answers nobody any more; what fails here costs room only.
            if let Err(error) = shared.http.delete(&format!("/{old}")).await {
                tracing::warn!(%error, index = old, "an unneeded index was left behind");
            }
        }
        shared.status(&names.live).await
    }

    async fn abandon(self: Box<Self>) -> PortResult<()> {
        let path = format!("/{}", self.index);
        self.shared.http.delete(&path).await.map_err(unavailable)
    }
}
