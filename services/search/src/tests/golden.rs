//! What a viewer expects first, on every index (X-SR-1): among films of our own choice, and with
//! the feature `test-data` among 3,200.

use std::fmt::Write as _;

use sv_adapters::TantivyIndex;
use sv_kernel::Tenant;
use sv_ports::index::{Candidate, Change, Filter, Index, Query, Words};
use sv_proto::content::ContentType;
use sv_store::testing::TestDb;

use super::corpus::{changes, film, own};
use crate::{
    domain::{Entry, EntryText, Field, MEND_BELOW, rank},
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

/// Orders candidates as the service does.
pub(super) fn ordered(query: &Query, candidates: Vec<Candidate>) -> Vec<Entry> {
    let read = |candidate: Candidate| Entry::read(&candidate.payload).unwrap();
    let entries = candidates.into_iter().map(read).collect();
    let hits = rank(&query.words, entries).into_iter();
    hits.map(|hit| hit.entry).collect()
}

/// A query and what is expected first.
pub(super) struct Golden {
    pub(super) typed: &'static str,
    title: &'static str,
    year: Option<i32>,
}

impl Golden {
    /// Reads all.
    pub(super) fn all() -> Vec<Self> {
        Self::read(include_str!("golden.tsv"))
    }

    /// Reads those of channels and programmes.
    fn live() -> Vec<Self> {
        Self::read(include_str!("golden-live.tsv"))
    }

    fn read(text: &'static str) -> Vec<Self> {
        let lines = text.lines();
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let golden = |line: &'static str| {
            let mut columns = line.split('\t');
            Self {
                typed: columns.next().unwrap(),
                title: columns.next().unwrap(),
                year: columns.next().map(|year| year.parse().unwrap()),
            }
        };
        lines.map(golden).collect()
    }

    fn is(&self, entry: &Entry) -> bool {
        entry.title == self.title && self.year.is_none_or(|year| entry.year == year)
    }
}

/// Asks every golden query whose film is there, and fails with a list of all that differ.
pub(super) async fn check(
    films: &[Entry],
    answer: impl AsyncFn(&Query) -> Vec<Candidate>,
) -> usize {
    check_all(films, Golden::all(), answer).await
}

async fn check_all(
    films: &[Entry],
    all: Vec<Golden>,
    answer: impl AsyncFn(&Query) -> Vec<Candidate>,
) -> usize {
    let mut wrong = String::new();
    let mut count = 0;
    for golden in all {
        if !films.iter().any(|film| golden.is(film)) {
            continue;
        }
        count += 1;
        let query = query(golden.typed);
        let found = ordered(&query, answer(&query).await).into_iter().next();
        if !found.as_ref().is_some_and(|entry| golden.is(entry)) {
            let found = found.map(|entry| (entry.title, entry.year));
            let Golden { typed, title, year } = golden;
            writeln!(wrong, "{typed:?} found {found:?}, not {title:?} {year:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "of {count}:\n{wrong}");
    count
}

/// Makes an embedded index of films.
pub(super) async fn embedded(films: &[Entry]) -> (TantivyIndex, tempfile::TempDir) {
    embedded_of(changes(films)).await
}

/// Makes an embedded index of what changes bring in.
pub(super) async fn embedded_of(changes: Vec<Change>) -> (TantivyIndex, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let index = TantivyIndex::open(folder.path()).await.unwrap();
    index.write(changes).await.unwrap();
    index.commit(&[]).await.unwrap();
    (index, folder)
}

/// Makes the fallback's tables of films, on each database under test.
pub(super) async fn fallbacks(films: &[Entry]) -> Vec<TestDb> {
    fallbacks_of(changes(films)).await
}

/// Makes the fallback's tables of what changes bring in.
pub(super) async fn fallbacks_of(changes: Vec<Change>) -> Vec<TestDb> {
    let databases = TestDb::all(store::MIGRATIONS).await;
    for db in &databases {
        let tx = db.begin(&db.ctx()).await.unwrap();
        for change in &changes {
            store::apply(&tx, change).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    databases
}

#[tokio::test]
async fn the_embedded_index_finds_first_what_is_meant() {
    let films = own();
    let (index, _folder) = embedded(&films).await;
    let count = check(&films, async |query| index.candidates(query).await.unwrap()).await;
    assert!(count >= 120, "{count}");
}

#[tokio::test]
async fn the_fallback_finds_first_what_is_meant() {
    let films = own();
    for db in fallbacks(&films).await {
        let count = check(&films, async |query| {
            store::candidates(db.read(), query).await.unwrap()
        });
        assert!(count.await >= 120);
    }
}

/// Channels and programmes among the films of our own choice, in which the golden films are still the first.
fn with_live() -> Vec<Entry> {
    let live = |id: usize, kind: ContentType, title: &str, texts: &[(Field, &str)]| {
        let texts = texts
            .iter()
            .map(|(field, text)| EntryText::new(*field, *text));
        Entry {
            id: format!("live-{id}"),
            kind: kind.into(),
            texts: std::iter::once(EntryText::new(Field::Title, title))
                .chain(texts)
                .collect(),
            ..film(id, title, 0, "", "", 0.0)
        }
    };
    let (channel, programme) = (ContentType::Channel, ContentType::Programme);
    let (genre, tag) = (Field::Genre, Field::Tag);
    let entries = [
        live(1, channel, "Quokka TV", &[(genre, "Nature"), (tag, "7")]),
        live(2, channel, "Nordlys 24", &[(genre, "News"), (tag, "12")]),
        live(3, channel, "Kanal Fjord", &[(genre, "Nature"), (tag, "31")]),
        live(4, programme, "Weather at Sea", &[(tag, "Kanal Fjord")]),
        live(
            5,
            programme,
            "The Nine O'Clock Report",
            &[(genre, "News"), (tag, "Nordlys 24")],
        ),
        live(6, programme, "Månedens Gjest", &[(tag, "Nordlys 24")]),
        live(
            7,
            programme,
            "Small Lives",
            &[(tag, "In the Grass"), (tag, "Quokka TV")],
        ),
    ];
    own().into_iter().chain(entries).collect()
}

#[tokio::test]
async fn channels_and_programmes_are_found_first_where_they_are_meant_and_films_stay_first() {
    let all = with_live();
    let (index, _folder) = embedded(&all).await;
    let by_index = async |query: &Query| index.candidates(query).await.unwrap();
    assert_eq!(
        check_all(&all, Golden::live(), by_index).await,
        Golden::live().len()
    );
    assert!(check(&all, by_index).await >= 120);
    for db in fallbacks(&all).await {
        let by_fallback = async |query: &Query| store::candidates(db.read(), query).await.unwrap();
        assert_eq!(
            check_all(&all, Golden::live(), by_fallback).await,
            Golden::live().len()
        );
    }
}

/// Makes an index of films on OpenSearch.
#[cfg(feature = "test-opensearch")]
async fn on_opensearch(films: &[Entry], name: &str) -> sv_adapters::OpenSearchIndex {
    on_opensearch_of(changes(films), name).await
}

/// Makes an index of what changes bring in on OpenSearch.
#[cfg(feature = "test-opensearch")]
pub(super) async fn on_opensearch_of(
    changes: Vec<Change>,
    name: &str,
) -> sv_adapters::OpenSearchIndex {
    let url = opensearch_url();
    let index = sv_adapters::OpenSearchIndex::open_named(&url, name)
        .await
        .unwrap();
    // What a test before this one left.
    let rebuild = index.begin_rebuild().await.unwrap();
    rebuild.unwrap().promote(&[]).await.unwrap();
    for changes in changes.chunks(500) {
        index.write(changes.to_vec()).await.unwrap();
    }
    index.commit(&[]).await.unwrap();
    index
}

#[cfg(feature = "test-opensearch")]
fn opensearch_url() -> String {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
    std::env::var("OPENSEARCH_URL").expect("OPENSEARCH_URL names a server for test-opensearch")
}

#[cfg(feature = "test-opensearch")]
#[tokio::test]
async fn opensearch_finds_first_what_is_meant() {
    let films = own();
    let index = on_opensearch(&films, "test-search-own").await;
    let count = check(&films, async |query| index.candidates(query).await.unwrap()).await;
    assert!(count >= 120, "{count}");
}

#[cfg(feature = "test-data")]
mod among_3200 {
    use sv_ports::index::analysis;

    use super::*;
    use crate::tests::corpus::movies;

    /// Asks two indexes the golden queries; they agree on every title and its place.
    async fn agree(
        one: impl AsyncFn(&Query) -> Vec<Candidate>,
        other: impl AsyncFn(&Query) -> Vec<Candidate>,
    ) {
        for golden in Golden::all() {
            let query = query(golden.typed);
            let ids = |candidates| {
                let entries = ordered(&query, candidates).into_iter();
                entries.map(|entry| entry.id).collect::<Vec<_>>()
            };
            let (one, other) = (one(&query).await, other(&query).await);
            assert_eq!(ids(one), ids(other), "{}", golden.typed);
        }
    }

    #[tokio::test]
    async fn the_embedded_index_finds_first_what_is_meant() {
        let films = movies::load();
        let (index, _folder) = embedded(&films).await;
        let count = check(&films, async |query| index.candidates(query).await.unwrap()).await;
        assert_eq!(count, Golden::all().len(), "every golden film is there");
    }

    #[tokio::test]
    async fn every_title_that_is_typed_in_full_comes_first() {
        let films = movies::load();
        let (index, _folder) = embedded(&films).await;
        let spelling = |title: &str| analysis::normal(title).replace([' ', '-'], "");
        for film in &films {
            let query = query(&film.title);
            let candidates = index.candidates(&query).await.unwrap();
            let first = ordered(&query, candidates).into_iter().next();
            let found = first.map(|first| spelling(&first.title));
            assert_eq!(found, Some(spelling(&film.title)), "{}", film.title);
        }
    }

    #[tokio::test]
    async fn the_fallback_finds_the_same_titles_in_the_same_order() {
        let films = movies::load();
        let (index, _folder) = embedded(&films).await;
        for db in fallbacks(&films).await {
            let by_index = async |query: &Query| index.candidates(query).await.unwrap();
            agree(by_index, async |query| {
                store::candidates(db.read(), query).await.unwrap()
            })
            .await;
        }
    }

    #[cfg(feature = "test-opensearch")]
    #[tokio::test]
    async fn opensearch_finds_the_same_titles_in_the_same_order() {
        let films = movies::load();
        let (index, _folder) = embedded(&films).await;
        let server = on_opensearch(&films, "test-search-3200").await;
        let by_index = async |query: &Query| index.candidates(query).await.unwrap();
        agree(by_index, async |query| {
            server.candidates(query).await.unwrap()
        })
        .await;
        check(&films, async |query| {
            server.candidates(query).await.unwrap()
        })
        .await;
    }
}
