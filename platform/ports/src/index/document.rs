//! Documents: what can be found, without a word of what they are.

use std::collections::BTreeMap;

use bytes::Bytes;
use sv_kernel::Tenant;

use super::analysis;
use crate::{PortError, PortResult};

/// The longest id in bytes.
const MAX_ID: usize = 100;
/// The largest payload in bytes.
const MAX_PAYLOAD: usize = 256 * 1024;
/// Separates parts of keys and of facet terms; no part has it.
const SEPARATOR: char = '\u{1f}';

/// Something that can be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Whose it is; other tenants never find it.
    pub tenant: Tenant,
    /// Its id within the tenant, 1 to 100 bytes.
    pub id: String,
    /// Its version; only higher ones replace it.
    pub version: i64,
    /// What it can be found by.
    pub texts: Vec<Text>,
    /// What it can be filtered by, e.g. `type` → `movie`.
    pub facets: BTreeMap<String, Vec<String>>,
    /// Numbers that it can be filtered by, e.g. `year`.
    pub numbers: BTreeMap<String, i64>,
    /// Which document wins where too many fit equally: the higher, finite and not negative.
    pub rank: f64,
    /// What a [`Candidate`](super::Candidate) gives back, at most 256 KiB.
    pub payload: Bytes,
}

/// A text that a document can be found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// How much it says about the document.
    pub weight: Weight,
    /// Its words, as [`analysis::normal`] writes them.
    pub line: String,
}

/// How much a text says about its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It is the document's name.
    Name,
    /// It names someone who belongs to the document.
    Person,
    /// It tells about the document.
    About,
}

/// Something that happened to a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is now this.
    Put(Document),
    /// It cannot be found any more.
    Delete {
        /// Whose it was.
        tenant: Tenant,
        /// Its id.
        id: String,
        /// The version of its deletion.
        version: i64,
    },
}

impl Weight {
    /// Every weight, the heaviest first.
    pub const ALL: [Self; 3] = [Self::Name, Self::Person, Self::About];

    /// Names the weight in an index.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Person => "person",
            Self::About => "about",
        }
    }
}

impl Text {
    /// Makes a text of words as people write them.
    pub fn new(weight: Weight, text: &str) -> Self {
        Self {
            weight,
            line: analysis::normal(text),
        }
    }
}

impl Document {
    /// Lists the terms that texts of this weight can be found by, sorted, each once.
    pub fn terms(&self, weight: Weight) -> Vec<String> {
        let mut terms: Vec<String> = self
            .lines(weight)
            .flat_map(|line| analysis::terms(line))
            .collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// Lists how the document's names begin.
    pub fn starts(&self) -> Vec<String> {
        self.lines(Weight::Name)
            .flat_map(|line| analysis::starts(line))
            .collect()
    }

    /// Lists the terms of the document's facets.
    pub fn facet_terms(&self) -> Vec<String> {
        self.facets
            .iter()
            .flat_map(|(name, values)| values.iter().map(|value| facet_term(name, value)))
            .collect()
    }

    fn lines(&self, weight: Weight) -> impl Iterator<Item = &String> {
        let fits = move |text: &&Text| text.weight == weight;
        self.texts.iter().filter(fits).map(|text| &text.line)
    }
}

impl Change {
    /// Returns the key of the document among those of all tenants.
    pub fn key(&self) -> String {
        let (Self::Put(Document { tenant, id, .. }) | Self::Delete { tenant, id, .. }) = self;
        format!("{tenant}{SEPARATOR}{id}")
    }

    /// Returns the version after the change.
    pub fn version(&self) -> i64 {
        let (Self::Put(Document { version, .. }) | Self::Delete { version, .. }) = self;
        *version
    }

    /// Refuses what not every index takes.
    pub fn validate(&self) -> PortResult<()> {
        let (Self::Put(Document { id, .. }) | Self::Delete { id, .. }) = self;
        if id.is_empty() || id.len() > MAX_ID || id.contains(SEPARATOR) {
            return Err(PortError::invalid("a document's id has 1 to 100 bytes"));
        }
        let Self::Put(document) = self else {
            return Ok(());
        };
        if document.payload.len() > MAX_PAYLOAD {
            Err(PortError::invalid("a document's payload is too large"))
        } else if !document.rank.is_finite() || document.rank < 0.0 {
            Err(PortError::invalid(
                "a document's rank is finite and not negative",
            ))
        } else {
            Ok(())
        }
    }
}

/// Returns the term by which documents with this value of a facet are filtered.
pub(super) fn facet_term(name: &str, value: &str) -> String {
    format!("{name}{SEPARATOR}{value}")
}
