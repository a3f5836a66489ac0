//! Finding titles.

use sv_kernel::{BoxError, Ctx, Result};
use sv_ports::index::{Candidate, Filter, Query, Words};
use tokio::time::timeout;

use super::{App, unavailable};
use crate::{
    convert::{is_open, kind_name},
    domain::{Entry, Facet, MEND_BELOW, Ranked, facets, rank},
    store,
};

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// What the viewer typed.
    pub(crate) typed: String,
    /// Among which titles.
    pub(crate) filter: Filter,
    /// The most hits.
    pub(crate) limit: usize,
    /// How many hits to skip.
    pub(crate) offset: usize,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The hits of the asked window, best first.
    pub(crate) hits: Vec<Ranked>,
    /// How many fit in all, as far as candidates go.
    pub(crate) total: usize,
    /// How they divide.
    pub(crate) facets: Vec<Facet>,
    /// Whether the fallback answered.
    pub(crate) degraded: bool,
}

impl App {
    /// Finds titles while the viewer types (SRCH-1, SRCH-2, SRCH-5).
    pub(crate) async fn search(&self, ctx: &Ctx, question: Question) -> Result<Found> {
        let query = Query {
            tenant: ctx.tenant.clone(),
            words: Words::parse(&question.typed),
            filter: question.filter,
            mend_below: MEND_BELOW,
        };
        let (candidates, degraded) = self.candidates(&query).await?;
        let now = ctx.now();
        // Before anything is counted, so that hits, their number and how they divide agree.
        let open = |entry: &Entry| entry.is_current(now) && is_open(entry, ctx.country, now);
        let entries = candidates.iter().filter_map(read).filter(open).collect();
        let mut hits = rank(&query.words, entries);
        let total = hits.len();
        let facets = facets(hits.iter().map(|hit| &hit.entry), kind_name);
        hits.truncate(question.offset + question.limit);
        hits.drain(..question.offset.min(hits.len()));
        Ok(Found {
            hits,
            total,
            facets,
            degraded,
        })
    }

    /// Asks the index, and the fallback where the index is still being built for the first time,
    /// fails or takes too long (SRCH-6). Says whether it was the fallback.
    async fn candidates(&self, query: &Query) -> Result<(Vec<Candidate>, bool)> {
        if !self.index_is_left_alone() {
            match self.ask_index(query).await {
                Ok(found) => return Ok((found, false)),
                Err(cause) => {
                    tracing::warn!(%cause, "search.index.failed");
                    metrics::counter!("search.index.failures").increment(1);
                    self.pause_index(self.0.options.index_pause());
                }
            }
        }
        metrics::counter!("search.degraded").increment(1);
        let found = store::candidates(self.0.db.read(), query);
        let found = timeout(self.0.options.fallback_budget(), found).await;
        Ok((found.map_err(unavailable)?.map_err(unavailable)?, true))
    }

    async fn ask_index(&self, query: &Query) -> Result<Vec<Candidate>, BoxError> {
        let found = self.0.index.candidates(query);
        Ok(timeout(self.0.options.index_budget(), found).await??)
    }
}

/// Reads a candidate; one that an other version of this service wrote is left out.
fn read(candidate: &Candidate) -> Option<Entry> {
    Entry::read(&candidate.payload)
        .inspect_err(|error| tracing::warn!(id = candidate.id, %error, "search.entry.unreadable"))
        .ok()
}
