//! Finding titles.

use std::collections::HashSet;

use sv_kernel::{BoxError, Ctx, Result};
use sv_ports::index::{Candidate, Query, Words};
use tokio::time::timeout;

use super::{App, unavailable};
use crate::{
    convert::{is_collection, is_open, kind_name},
    domain::{
        Asked, Entry, Found, Kind, MEND_BELOW, Question, Ranked, facets, pinned_first, rank_all,
        respelled, tuning::Tuning,
    },
    store,
};

/// Which part of the fallback's time may be spent on what may have been meant where nothing was found.
const GUESS_SHARE: u32 = 10;

/// What may be shown, and whether the fallback proposed it.
struct Proposed {
    entries: Vec<Entry>,
    degraded: bool,
}

impl App {
    /// Finds titles while the viewer types (SRCH-1, SRCH-2, SRCH-5).
    pub(crate) async fn search(&self, ctx: &Ctx, question: Question) -> Result<Found> {
        let tuning = self.tuning(ctx).await;
        let typed = Words::parse(&question.typed);
        let synonyms = tuning.alternatives(&question.typed, &ctx.locale);
        let proposed = self.proposed(ctx, &question, (&typed, &synonyms));
        let Proposed { entries, degraded } = proposed.await?;
        let hits = self.ranked(ctx, (&typed, &synonyms), entries);
        let mut hits = self.with_pins(ctx, &question, &tuning, hits).await?;
        let total = hits.len();
        let facets = facets(hits.iter().map(|hit| &hit.entry), kind_name);
        if question.counted && !degraded {
            self.note(ctx, &question.typed, total == 0);
        }
        let suggestion = match hits.first() {
            Some(hit) if hit.kind == Kind::Typo && !hit.pinned => respelled(&typed, &typed, hit),
            Some(_) => None,
            None => self.guess(ctx, &question, &typed).await,
        };
        hits.truncate(question.offset + question.limit);
        hits.drain(..question.offset.min(hits.len()));
        Ok(Found {
            hits,
            total,
            facets,
            degraded,
            suggestion: suggestion.unwrap_or_default(),
        })
    }

    /// Orders what may be meant.
    fn ranked(
        &self,
        ctx: &Ctx,
        (typed, synonyms): (&Words, &[Words]),
        entries: Vec<Entry>,
    ) -> Vec<Ranked> {
        let watched = self.watched(&ctx.tenant);
        let asked = Asked {
            typed,
            synonyms,
            watched: &|entry: &Entry| watched.of(&entry.id),
        };
        rank_all(&asked, entries)
    }

    /// Lists what may be meant by what was typed or means the same, of what the caller may see.
    async fn proposed(
        &self,
        ctx: &Ctx,
        question: &Question,
        (typed, synonyms): (&Words, &[Words]),
    ) -> Result<Proposed> {
        let mut proposed = Proposed {
            entries: Vec::new(),
            degraded: false,
        };
        let mut known = HashSet::new();
        for words in std::iter::once(typed).chain(synonyms) {
            let query = Query {
                tenant: ctx.tenant.clone(),
                words: words.clone(),
                filter: question.filter.clone(),
                mend_below: MEND_BELOW,
            };
            let (candidates, degraded) = self.candidates(&query).await?;
            proposed.degraded |= degraded;
            let new = |candidate: &&Candidate| known.insert(candidate.id.clone());
            let new = candidates.iter().filter(new).filter_map(read);
            proposed.entries.extend(new.collect::<Vec<_>>());
        }
        proposed.entries = self.shown(ctx, proposed.entries).await;
        Ok(proposed)
    }

    /// Leaves what the caller may see: before anything is counted, so that hits, their number and how they divide
    /// agree.
    async fn shown(&self, ctx: &Ctx, mut entries: Vec<Entry>) -> Vec<Entry> {
        let now = ctx.now();
        entries.retain(|entry| entry.is_current(now) && is_open(entry, ctx.whereabouts, now));
        if entries.iter().any(is_collection) {
            let seen = self.seen_collections(ctx).await;
            entries.retain_mut(|entry| {
                if !is_collection(entry) {
                    return true;
                }
                let Some(title) = seen.get(&entry.id) else {
                    return false;
                };
                entry.title.clone_from(title);
                true
            });
        }
        entries
    }

    /// Puts first what editors have pinned to what was typed, as far as the caller may see it and asks for its kind.
    async fn with_pins(
        &self,
        ctx: &Ctx,
        question: &Question,
        tuning: &Tuning,
        hits: Vec<Ranked>,
    ) -> Result<Vec<Ranked>> {
        let ids = tuning.pinned(&question.typed, ctx.now());
        if ids.is_empty() {
            return Ok(hits);
        }
        let stored = store::entries(self.0.db.read(), &ctx.tenant, ids).await;
        let stored = stored.map_err(unavailable)?;
        let fits = |entry: &Entry| entry.fits(&question.filter, &kind_name(entry.kind));
        let entries = stored.iter().filter_map(read).filter(fits).collect();
        let pinned = self.shown(ctx, entries).await;
        Ok(pinned_first(ids, pinned, hits))
    }

    /// Finds out how words that nothing has may have been meant: as words that are somewhere and with which something is
    /// found that the caller may see. Gives up where that takes long.
    async fn guess(&self, ctx: &Ctx, question: &Question, typed: &Words) -> Option<String> {
        if typed.is_empty() {
            return None;
        }
        let guess = async {
            let near = store::near(self.0.db.read(), &ctx.tenant, typed).await;
            let near = near
                .inspect_err(|error| tracing::debug!(%error, "search.guess.failed"))
                .ok()??;
            let meant = Words::parse(&near);
            let proposed = self.proposed(ctx, question, (&meant, &[])).await.ok()?;
            let found = self.ranked(ctx, (&meant, &[]), proposed.entries);
            respelled(&meant, typed, found.first()?)
        };
        let budget = self.0.options.fallback_budget() / GUESS_SHARE;
        timeout(budget, guess).await.ok().flatten()
    }

    /// Asks the index, and the fallback where the index is still being built for the first time,
    /// fails or takes too long (SRCH-6). Says whether it was the fallback.
    async fn candidates(&self, query: &Query) -> Result<(Vec<Candidate>, bool)> {
        if !self.index_is_left_alone() {
            match self.ask_index(query).await {
                Ok(found) => return Ok((found, false)),
                Err(cause) => {
                    tracing::warn!(%cause, "search.index.failed");
                    metrics::counter!("streamverse_search_index_failures_total").increment(1);
                    self.pause_index(self.0.options.index_pause());
                }
            }
        }
        metrics::counter!("streamverse_search_degraded_total").increment(1);
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
