//! The fallback's tables: what the index knows, in SQL that both databases share (SRCH-6).
//!
//! `titles` holds versions, tombstones and what is shown; `terms` is an inverted index of words,
//! beginnings and facets; `grams` finds terms that resemble a word. They are written in one
//! transaction before the index is, so that the fallback is never behind it.

mod candidates;
mod entity;
pub(crate) mod journal;
mod migration;
mod near;
mod pinned;
mod progress;
pub(crate) mod tuning;
mod write;

pub(crate) use candidates::candidates;
pub(crate) use migration::MIGRATIONS;
pub(crate) use near::near;
pub(crate) use pinned::entries;
pub(crate) use progress::{indexed_at, set_indexed_at};
pub(crate) use write::apply;

/// The field of terms that names begin with.
const STARTS: &str = "starts";
/// The field of terms that documents are filtered by.
const FACETS: &str = "facets";

/// Lists the pairs of neighbouring characters of a word, the first one with its beginning.
fn grams(word: &str) -> Vec<String> {
    const LONGEST: usize = 32;
    let chars: Vec<char> = std::iter::once('^')
        .chain(word.chars().take(LONGEST))
        .collect();
    let mut grams: Vec<String> = chars.windows(2).map(|pair| pair.iter().collect()).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}
