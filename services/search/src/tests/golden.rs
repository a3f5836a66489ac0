//! What a viewer expects first, on every index (X-SR-1).

use std::{fmt::Write as _, sync::Arc, time::Instant};

use sv_kernel::Tenant;
use sv_ports::index::{Candidate, Filter, Index, Query, Words};
use sv_store::testing::TestDb;

use super::corpus::{changes, film, movies};
use crate::{
    domain::{Entry, MEND_BELOW, rank},
    store,
};

/// Makes the query that the service makes of what was typed.
pub(super) fn query(typed: &str) -> Query {
    Query {
        tenant: Tenant::default(),
        words: Words::parse(typed),
        filter: Filter::default(),
        mend_below: MEND_BELOW,
    }
}

/// Orders candidates and returns the first one's title and year.
fn first(query: &Query, candidates: Vec<Candidate>) -> Option<Entry> {
    let read = |candidate: Candidate| Entry::read(&candidate.payload).unwrap();
    let entries = candidates.into_iter().map(read).collect();
    rank(&query.words, entries)
        .into_iter()
        .next()
        .map(|hit| hit.entry)
}

/// Asks every golden query and fails with a list of all that differ.
async fn check(answer: impl AsyncFn(&Query) -> Vec<Candidate>) {
    let mut wrong = String::new();
    let mut count = 0;
    let lines = include_str!("golden.tsv").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (typed, title) = (columns.next().unwrap(), columns.next().unwrap());
        let year = columns.next().map(|year| year.parse::<i32>().unwrap());
        let query = query(typed);
        let found = first(&query, answer(&query).await);
        let right = found.as_ref().is_some_and(|entry| {
            entry.title == title && year.is_none_or(|year| entry.year == year)
        });
        if !right {
            let found = found.map(|entry| (entry.title, entry.year));
            writeln!(wrong, "{typed:?} found {found:?}, not {title:?} {year:?}").unwrap();
        }
        count += 1;
    }
    assert!(count >= 120);
    assert!(wrong.is_empty(), "of {count}:\n{wrong}");
}

#[tokio::test]
async fn the_embedded_index_finds_first_what_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let index = sv_adapters::TantivyIndex::open(folder.path())
        .await
        .unwrap();
    index.write(changes(&movies::load())).await.unwrap();
    index.commit(&[]).await.unwrap();
    check(async |query| index.candidates(query).await.unwrap()).await;
}

#[tokio::test]
async fn the_fallback_finds_first_what_is_meant() {
    for db in TestDb::all(store::MIGRATIONS).await {
        let tx = db.begin(&db.ctx()).await.unwrap();
        for change in changes(&movies::load()) {
            store::apply(&tx, &change).await.unwrap();
        }
        tx.commit().await.unwrap();
        check(async |query| store::candidates(db.read(), query).await.unwrap()).await;
    }
}
