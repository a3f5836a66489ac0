//! Documents that are found by their words while someone types (SRCH-1..6, X-SR-1..3).
//!
//! An index answers a [`Query`] with up to [`MAX_CANDIDATES`] documents that may be meant; which
//! of them is meant most is decided by one ranker of the caller, so that all indexes agree. What
//! counts as fitting is fixed here, by [`analysis`], [`Words`] and [`typo`]: every index finds the
//! same documents.

pub mod analysis;
mod document;
mod fold;
pub mod grapheme;
mod han;
mod query;
mod tier;
pub mod typo;

use std::fmt;

use async_trait::async_trait;

pub use document::{Change, Document, Text, Weight};
pub use query::{Candidate, Filter, Form, Query, Word, Words};
pub use tier::{Reach, Tier};

use crate::{PortResult, Position};

/// The most documents that an index answers with.
pub const MAX_CANDIDATES: usize = 200;

/// Finds documents by their words.
#[async_trait]
pub trait Index: Send + Sync + fmt::Debug {
    /// Names the implementation, e.g. `tantivy`.
    fn backend(&self) -> &'static str;

    /// Takes changes over, each only if its version is higher than that of the change to the same
    /// document before it. A deleted document is remembered by its version, so that an older
    /// change that comes late does not bring it back. While a rebuild runs, changes go into the
    /// new index too. They are found, and survive a crash, after [`commit`](Self::commit).
    async fn write(&self, changes: Vec<Change>) -> PortResult<Written>;

    /// Makes what was written durable and findable, together with where its records stand.
    async fn commit(&self, done: &[Position]) -> PortResult<()>;

    /// Finds documents that a query may mean, at most [`MAX_CANDIDATES`], in no order.
    ///
    /// Where more fit, those of an earlier tier win, within a tier those of higher rank:
    /// 1. a name (a text of [`Weight::Name`]) is the query;
    /// 2. a name begins with the query's words;
    /// 3. all words are in names; 4. all words are in the document;
    /// 5. a name begins with the query, its last word continued;
    /// 6. all words are in names, the last one continued; 7. so in the document;
    /// 8. only while fewer than `mend_below` were found: all words are in names, mended by
    ///    [`typo`] or numbers written otherwise; 9. so in the document;
    /// 10. only if nothing was found: as many of the words as any document has, mended where need be.
    ///
    /// A number is not [continued](Word::goes_on_in) in texts of [`Weight::About`].
    /// A single letter is taken as a beginning: tiers 2 to 4 are left out. Words that are [`Word::optional`] need not be found. With a `mend_below` of 0 nothing is mended.
    async fn candidates(&self, query: &Query) -> PortResult<Vec<Candidate>>;

    /// Tells what the index holds.
    async fn status(&self) -> PortResult<IndexStatus>;

    /// Says whether the index can answer.
    async fn health(&self) -> PortResult<()> {
        self.status().await.map(drop)
    }

    /// Begins to build the index anew beside the one that answers; `None` while another rebuild
    /// runs. What a crash leaves of a rebuild is cleared away by the next one.
    async fn begin_rebuild(&self) -> PortResult<Option<Box<dyn Rebuild>>>;
}

/// An index that is being built beside the one that answers.
#[async_trait]
pub trait Rebuild: Send + fmt::Debug {
    /// Takes changes over, like [`Index::write`], into the new index only.
    async fn write(&mut self, changes: Vec<Change>) -> PortResult<Written>;

    /// Lets the new index, which is [whole](IndexStatus::whole), answer from now on, and drops the
    /// old one. `done` is where the records stand that were written.
    async fn promote(self: Box<Self>, done: &[Position]) -> PortResult<IndexStatus>;

    /// Gives the new index up.
    async fn abandon(self: Box<Self>) -> PortResult<()>;
}

/// What became of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many were taken over.
    pub accepted: usize,
    /// How many were older than, or as old as, what the index knew.
    pub outdated: usize,
}

/// What an index holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexStatus {
    /// How many documents can be found, in all tenants.
    pub documents: u64,
    /// How many deleted documents are remembered.
    pub tombstones: u64,
    /// The last committed record of each partition, sorted; empty in a new index.
    pub done: Vec<Position>,
    /// Whether the index was once built to its end. It is not while it is new, or was lost and made
    /// anew: then it must not be believed, whatever was written into it since, before a rebuild is
    /// promoted.
    pub whole: bool,
}

/// Sets the newest of `done` as the positions of a status, each partition once, sorted.
pub fn newest_positions(known: Vec<Position>, done: &[Position]) -> Vec<Position> {
    let mut all = std::collections::BTreeMap::new();
    for position in known.into_iter().chain(done.iter().cloned()) {
        let offset = all.entry(position.partition).or_insert(position.offset);
        *offset = position.offset.max(*offset);
    }
    all.into_iter()
        .map(|(partition, offset)| Position { partition, offset })
        .collect()
}
