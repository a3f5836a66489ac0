//! What every [`Index`] must do.

mod finding;
mod rebuilding;
mod writing;

use std::{any::Any, collections::BTreeMap, fmt, sync::Arc};

use sv_kernel::Tenant;

pub use finding::*;
pub use rebuilding::*;
pub use writing::*;

use crate::{
    Position, TopicPartition,
    index::{Candidate, Change, Document, Filter, Index, Query, Text, Weight, Words, Written},
};

/// A new, empty index.
pub struct Stand {
    /// The index.
    pub index: Arc<dyn Index>,
    /// What must live as long as the index, e.g. its folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stand")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

/// Expands to one test per promise of the index.
#[macro_export]
macro_rules! index_suite {
    ($make:path) => {
        $crate::index_suite!($make;
            words_find_documents
            every_spelling_finds_a_document
            queries_without_sense_are_answered
            filters_hold
            tenants_are_apart
            only_higher_versions_replace
            deletions_are_remembered
            changes_no_index_takes_are_refused
            positions_grow
            the_best_candidates_are_kept
            mended_words_come_only_when_needed
            as_many_words_as_possible
            a_rebuild_replaces_the_index
            live_changes_reach_a_rebuild
            a_rebuild_can_be_given_up
            an_index_is_whole_once_a_rebuild_is_promoted
        );
    };
    ($make:path; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let stand = $make().await;
                $crate::conformance::index::$case(&*stand.index).await;
            }
        )*
    };
}

/// Makes a document of one name.
pub fn named(id: &str, version: i64, name: &str) -> Document {
    Document {
        tenant: Tenant::default(),
        id: id.into(),
        version,
        texts: vec![Text::new(Weight::Name, name)],
        facets: BTreeMap::new(),
        numbers: BTreeMap::new(),
        rank: 0.0,
        payload: name.to_owned().into(),
    }
}

/// Makes a query of the default tenant that mends words if there is nothing else.
pub fn query(text: &str) -> Query {
    Query {
        tenant: Tenant::default(),
        words: Words::parse(text),
        filter: Filter::default(),
        mend_below: 1,
    }
}

/// Lists the ids that a query finds, sorted.
pub async fn ids(index: &dyn Index, query: &Query) -> Vec<String> {
    let mut ids: Vec<String> = found(index, query)
        .await
        .into_iter()
        .map(|candidate| candidate.id)
        .collect();
    ids.sort_unstable();
    ids
}

async fn found(index: &dyn Index, query: &Query) -> Vec<Candidate> {
    index.candidates(query).await.unwrap()
}

async fn put(index: &dyn Index, documents: impl IntoIterator<Item = Document>) -> Written {
    let changes = documents.into_iter().map(Change::Put).collect();
    let written = index.write(changes).await.unwrap();
    index.commit(&[]).await.unwrap();
    written
}

fn delete(id: &str, version: i64) -> Change {
    Change::Delete {
        tenant: Tenant::default(),
        id: id.into(),
        version,
    }
}

fn at(partition: u32, offset: u64) -> Position {
    let topic = "content.changed".into();
    Position {
        partition: TopicPartition { topic, partition },
        offset,
    }
}

fn written(accepted: usize, outdated: usize) -> Written {
    Written { accepted, outdated }
}

async fn put_quietly(index: &dyn Index, document: Document) {
    index.write(vec![Change::Put(document)]).await.unwrap();
}
