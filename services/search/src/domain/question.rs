//! A question, and what was found.

use sv_ports::index::Filter;

use super::{Facet, Ranked};

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
    /// Whether it tells editors what is looked for: not by a child, not among some titles, not a further page.
    pub(crate) counted: bool,
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
    /// How what was typed may have been meant; empty where nothing better is known.
    pub(crate) suggestion: String,
}
