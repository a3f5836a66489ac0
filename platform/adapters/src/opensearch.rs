//! The search index on OpenSearch: what [`Index`] promises, with explicit mappings, external
//! versions and aliases (SRCH-3, C32).
//!
//! An alias names the index that answers; a rebuild fills another one, which a second alias names
//! meanwhile, so that every process writes into both; promotion moves the first alias. Deleted
//! documents stay as tombstones, because OpenSearch forgets the versions of deletions after a
//! minute. Where the records of the bus stand are documents of the same index.

mod http;
mod layout;
mod query;
mod rebuild;
mod write;

#[cfg(test)]
#[cfg(feature = "test-opensearch")]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use sv_kernel::{Clock, SystemClock};
use sv_ports::{
    PortError, PortResult, Position,
    index::{Candidate, Change, Index, IndexStatus, Query, Rebuild, Written},
};
use tokio::sync::OnceCell;

use self::{
    http::{Http, HttpError},
    layout::Names,
};

/// The name of the port in errors.
const PORT: &str = "search index";
/// How long a question of a viewer may take; callers are less patient.
const SEARCH_DEADLINE: Duration = Duration::from_secs(2);
/// How long anything else may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// The search index on OpenSearch. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OpenSearchIndex(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    http: Http,
    names: Names,
    clock: Arc<dyn Clock>,
    /// Set once the index is known to be there.
    there: OnceCell<()>,
}

impl OpenSearchIndex {
    /// Uses the server at `url`, with credentials as `https://user:password@host:9200`. The index
    /// is made if it is not there; where the server does not answer yet, at the first write. Behind `https://` the
    /// server is vouched for by the machine's authorities, or by those of `authorities` (PEM).
    pub async fn open(url: &str, authorities: Option<&[u8]>) -> PortResult<Self> {
        Self::begin_with(Http::new(url, authorities)?, "streamverse-search").await
    }

    /// Uses the index of another name: 1 to 100 of `a-z`, `0-9` and `-`.
    pub async fn open_named(url: &str, name: &str) -> PortResult<Self> {
        Self::begin_with(Http::new(url, None)?, name).await
    }

    async fn begin_with(http: Http, name: &str) -> PortResult<Self> {
        let index = Self(Arc::new(Shared {
            http,
            names: Names::new(name)?,
            clock: Arc::new(SystemClock),
            there: OnceCell::new(),
        }));
        if let Err(error) = index.0.make().await {
            let cause = sv_kernel::causes(&error);
            tracing::warn!(cause, "opensearch does not answer yet");
        }
        Ok(index)
    }
}

impl Shared {
    /// Makes sure that the alias names an index.
    async fn make(&self) -> PortResult<()> {
        let make = async {
            let alias = format!("/_alias/{}", self.names.live);
            if self.http.get(&alias, DEADLINE).await?.is_some() {
                return Ok(());
            }
            let body = layout::index(&json!({&self.names.live: {}}));
            let index = format!("/{}", self.names.first());
            match self.http.put(&index, &body).await {
                // Another process was faster.
                Err(error) if error.exists_already() => Ok(()),
                made => made.map(drop),
            }
        };
        self.there.get_or_try_init(|| make).await?;
        Ok(())
    }

    /// Names the index behind an alias.
    async fn index_of(&self, alias: &str) -> PortResult<Option<String>> {
        let named = self.http.get(&format!("/_alias/{alias}"), DEADLINE).await?;
        let named = named.and_then(|named| named.as_object()?.keys().next().cloned());
        Ok(named)
    }

    async fn refresh(&self, indexes: &str) -> PortResult<()> {
        let path = format!("/{indexes}/_refresh?ignore_unavailable=true");
        Ok(self
            .http
            .post(&path, &json!({}), DEADLINE)
            .await
            .map(drop)?)
    }
}

#[async_trait]
impl Index for OpenSearchIndex {
    fn backend(&self) -> &'static str {
        "opensearch"
    }

    async fn write(&self, changes: Vec<Change>) -> PortResult<Written> {
        changes.iter().try_for_each(Change::validate)?;
        self.0.make().await?;
        let building = self.0.index_of(&self.0.names.building).await?.is_some();
        self.0
            .bulk(&write::changes(&changes)?, &self.0.names.live, building)
            .await
    }

    async fn commit(&self, done: &[Position]) -> PortResult<()> {
        self.0.make().await?;
        let building = self.0.index_of(&self.0.names.building).await?.is_some();
        let done = write::positions(done);
        self.0.bulk(&done, &self.0.names.live, building).await?;
        self.0.refresh(&self.0.names.live).await
    }

    async fn candidates(&self, query: &Query) -> PortResult<Vec<Candidate>> {
        self.0.candidates(query).await
    }

    async fn status(&self) -> PortResult<IndexStatus> {
        self.0.make().await?;
        self.0.status(&self.0.names.live).await
    }

    async fn begin_rebuild(&self) -> PortResult<Option<Box<dyn Rebuild>>> {
        self.0.make().await?;
        let begun = self.0.clone().begin().await?;
        Ok(begun.map(|rebuild| Box::new(rebuild) as Box<dyn Rebuild>))
    }
}

impl Shared {
    /// Counts documents by state and lists where records stand.
    async fn status(&self, index: &str) -> PortResult<IndexStatus> {
        let body = json!({
            "size": 1000,
            "_source": ["done"],
            "aggs": {"states": {"terms": {"field": "state"}}},
            "post_filter": {"term": {"state": layout::DONE}},
        });
        let path = format!("/{index}/_search");
        let answer = match self.http.post(&path, &body, DEADLINE).await {
            // Somebody took the index away: there is nothing to believe.
            Err(HttpError::Refused { status: 404, .. }) => return Ok(IndexStatus::default()),
            answer => answer?,
        };
        let buckets = answer["aggregations"]["states"]["buckets"].as_array();
        let count = |state: &str| {
            let bucket = buckets?.iter().find(|bucket| bucket["key"] == state)?;
            bucket["doc_count"].as_u64()
        };
        let hits = answer["hits"]["hits"].as_array();
        let hits: Vec<&Value> = hits.into_iter().flatten().collect();
        let whole = |hit: &&Value| write::tells_whole(&hit["_source"]["done"]);
        let read = |hit: &&Value| write::read_position(&hit["_source"]["done"]);
        let done = hits.iter().filter_map(read).collect();
        Ok(IndexStatus {
            documents: count(layout::LIVE).unwrap_or(0),
            tombstones: count(layout::GONE).unwrap_or(0),
            done: sv_ports::index::newest_positions(done, &[]),
            whole: hits.iter().any(whole),
        })
    }
}

fn unavailable(source: impl Into<sv_kernel::BoxError>) -> PortError {
    PortError::unavailable(PORT, source)
}
