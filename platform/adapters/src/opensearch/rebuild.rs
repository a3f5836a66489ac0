//! Building the index anew beside the one that answers.
//!
//! Two aliases name an index that is being built: one by which every process writes into it, and a
//! lease, whose name tells when the builder last said that it lives. Who says so, promotes the index
//! or clears it away takes the lease off it in the same request, of which OpenSearch carries out all
//! or nothing. So only one of them succeeds, and a builder that was taken for dead does no harm.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use sv_kernel::Timestamp;
use sv_ports::{
    PortError, PortResult, Position,
    index::{Change, IndexStatus, Rebuild, Written},
};

use super::{DEADLINE, Shared, http::HttpError, layout, unavailable, write};

/// A rebuild that has been silent for so long is taken for one that a crash cut off.
const SILENCE: Duration = Duration::from_mins(1);
/// How often a rebuild that writes says that it lives.
const SIGN_EVERY: Duration = Duration::from_secs(10);

/// The index that is being built.
#[derive(Debug)]
pub(super) struct OpenSearchRebuild {
    shared: Arc<Shared>,
    index: String,
    /// The alias by which this rebuild holds the index.
    lease: String,
    /// When it last said that it lives.
    signed: Timestamp,
}

impl Shared {
    /// Makes the index to be built; `None` while another rebuild runs.
    pub(super) async fn begin(self: Arc<Self>) -> PortResult<Option<OpenSearchRebuild>> {
        let indexes = self.indexes().await?;
        for (index, aliases) in &indexes {
            if aliases.contains(&self.names.building) {
                if !self.take_if_cut_off(index, aliases).await? {
                    return Ok(None);
                }
            } else if !aliases.is_empty() {
                continue;
            }
            // It answers nobody, and nobody builds it.
            self.http.delete(&format!("/{index}")).await?;
        }
        let index = self.names.after(indexes.keys());
        let signed = self.clock.now();
        let lease = layout::lease(&index, signed);
        // An alias has one index to be written to, so that one process begins.
        let aliases = json!({&self.names.building: {"is_write_index": true}, &lease: {}});
        let body = layout::index(&aliases);
        match self.http.put(&format!("/{index}"), &body).await {
            // Another process begins at this moment.
            Err(error) if error.exists_already() => return Ok(None),
            made => made?,
        };
        Ok(Some(OpenSearchRebuild {
            shared: self,
            index,
            lease,
            signed,
        }))
    }

    /// Lists all indexes of these names and their aliases.
    async fn indexes(&self) -> PortResult<BTreeMap<String, Vec<String>>> {
        let path = format!("/{}-*/_alias", self.names.live);
        let listed = self.http.get(&path, DEADLINE).await?.unwrap_or_default();
        let aliases = |listed: &Value| {
            let aliases = listed["aliases"].as_object();
            aliases
                .into_iter()
                .flat_map(|a| a.keys().cloned())
                .collect()
        };
        let indexes = listed.as_object().into_iter().flatten();
        Ok(indexes
            .filter(|(index, _)| self.names.number(index).is_some())
            .map(|(index, listed)| (index.clone(), aliases(listed)))
            .collect())
    }

    /// Takes an index from a rebuild that a crash cut off, and says whether it did.
    async fn take_if_cut_off(&self, index: &str, aliases: &[String]) -> PortResult<bool> {
        let leases = aliases
            .iter()
            .filter_map(|alias| Some((layout::leased_at(index, alias)?, alias)));
        let (signed, lease) = leases
            .max()
            .unwrap_or((Timestamp::EPOCH, &self.names.building));
        if self.clock.now().since(signed) < SILENCE {
            return Ok(false);
        }
        self.take(index, lease).await
    }

    /// Takes an index that is being built out of use, and says whether the lease was still valid.
    async fn take(&self, index: &str, lease: &str) -> PortResult<bool> {
        let unused = json!({"remove": {"index": index, "alias": self.names.building}});
        self.with_lease(index, lease, [unused]).await
    }

    /// Changes aliases, all or none, if a lease is valid, which ends it; says whether it was.
    async fn with_lease(
        &self,
        index: &str,
        lease: &str,
        changes: impl IntoIterator<Item = Value>,
    ) -> PortResult<bool> {
        let mut actions = vec![removal(index, lease)];
        actions.extend(changes);
        let changed = self
            .http
            .post("/_aliases", &json!({"actions": actions}), DEADLINE)
            .await;
        match changed {
            Err(HttpError::Refused { status: 404, .. }) => Ok(false),
            changed => Ok(changed.map(|_| true)?),
        }
    }
}

/// Removes an alias that must be there.
fn removal(index: &str, alias: &str) -> Value {
    json!({"remove": {"index": index, "alias": alias, "must_exist": true}})
}

impl OpenSearchRebuild {
    /// Says, from time to time, that the rebuild lives.
    async fn sign(&mut self) -> PortResult<()> {
        let now = self.shared.clock.now();
        if now.since(self.signed) < SIGN_EVERY {
            return Ok(());
        }
        let lease = layout::lease(&self.index, now);
        let renewed = json!({"add": {"index": self.index, "alias": lease}});
        let held = self.shared.with_lease(&self.index, &self.lease, [renewed]);
        if !held.await? {
            return Err(taken());
        }
        (self.lease, self.signed) = (lease, now);
        Ok(())
    }
}

#[async_trait]
impl Rebuild for OpenSearchRebuild {
    async fn write(&mut self, changes: Vec<Change>) -> PortResult<Written> {
        changes.iter().try_for_each(Change::validate)?;
        let items = write::changes(&changes)?;
        self.sign().await?;
        self.shared.bulk(&items, &self.lease, false).await
    }

    async fn promote(self: Box<Self>, done: &[Position]) -> PortResult<IndexStatus> {
        let Self {
            shared,
            index,
            lease,
            ..
        } = *self;
        let names = &shared.names;
        let mut told = write::positions(done);
        told.push(write::whole());
        shared.bulk(&told, &lease, false).await?;
        shared.refresh(&index).await?;
        let old = shared.index_of(&names.live).await?;
        let mut swap = vec![
            json!({"remove": {"index": index, "alias": names.building}}),
            json!({"add": {"index": index, "alias": names.live}}),
        ];
        swap.extend(old.iter().map(|old| removal(old, &names.live)));
        if !shared.with_lease(&index, &lease, swap).await? {
            return Err(taken());
        }
        if let Some(old) = old {
            // It answers nobody any more; the next rebuild tries again.
            if let Err(error) = shared.http.delete(&format!("/{old}")).await {
                tracing::warn!(%error, index = old, "an unneeded index was left behind");
            }
        }
        shared.status(&names.live).await
    }

    async fn abandon(self: Box<Self>) -> PortResult<()> {
        if self.shared.take(&self.index, &self.lease).await? {
            let path = format!("/{}", self.index);
            self.shared.http.delete(&path).await?;
        }
        Ok(())
    }
}

/// Says that another rebuild took this one for dead.
fn taken() -> PortError {
    unavailable("the rebuild was silent for so long that another one began")
}
