//! What every [`Index`] must do.

use std::{any::Any, collections::BTreeMap, fmt, sync::Arc};

use sv_kernel::Tenant;

use crate::{
    Position, TopicPartition,
    index::{
        Candidate, Change, Document, Filter, Index, IndexStatus, MAX_CANDIDATES, Query, Text,
        Weight, Words, Written,
    },
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

/// Words are found in names, persons and descriptions, whole and begun, all of them together.
pub async fn words_find_documents(index: &dyn Index) {
    let mut alien = named("alien", 1, "Alien");
    alien.texts.push(Text::new(Weight::Person, "Ridley Scott"));
    alien
        .texts
        .push(Text::new(Weight::About, "Science Fiction"));
    put(index, [alien, named("aliens", 1, "Aliens")]).await;
    for (text, expected) in [
        ("alien", vec!["alien", "aliens"]),
        ("ALIENS", vec!["aliens"]),
        ("ali", vec!["alien", "aliens"]),
        ("ridley sco", vec!["alien"]),
        ("scott ridley", vec!["alien"]),
        ("alien fiction scott", vec!["alien"]),
        ("the alien of science", vec!["alien"]),
        ("lien", vec!["alien", "aliens"]),
        ("aline", vec!["alien", "aliens"]),
        ("scot alienn", vec!["alien"]),
        ("predator", vec![]),
        ("xyzzy", vec![]),
    ] {
        assert_eq!(ids(index, &query(text)).await, expected, "{text}");
    }
    let hit = found(index, &query("aliens")).await.remove(0);
    assert_eq!(hit.version, 1);
    assert_eq!(hit.payload, "Aliens");
}

/// Diacritics, ligatures, punctuation and spaces do not matter (X-SR-1).
pub async fn every_spelling_finds_a_document(index: &dyn Index) {
    let names = [
        ("leon", "Léon"),
        ("coeur", "De battre mon cœur s'est arrêté"),
        ("walle", "WALL·E"),
        ("www", "WWW-234"),
        ("spider", "Spider-Man"),
        ("mash", "M*A*S*H"),
        ("furious", "Fast & Furious"),
        ("chihiro", "千と千尋の神隠し"),
        ("ghost", "攻殻機動隊"),
    ];
    put(index, names.map(|(id, name)| named(id, 1, name))).await;
    for (text, expected) in [
        ("leon", "leon"),
        ("LÉON", "leon"),
        ("Le\u{301}on", "leon"),
        ("coeur arrete", "coeur"),
        ("CŒUR s’est", "coeur"),
        ("wall e", "walle"),
        ("wall-e", "walle"),
        ("walle", "walle"),
        ("WALL·E", "walle"),
        ("www 234", "www"),
        ("www234", "www"),
        ("spiderman", "spider"),
        ("spider man", "spider"),
        ("mash", "mash"),
        ("m.a.s.h.", "mash"),
        ("fast and furious", "furious"),
        ("fast & furi", "furious"),
        ("千尋", "chihiro"),
        ("千と千尋の神隠し", "chihiro"),
        ("神隠", "chihiro"),
        ("神", "chihiro"),
        ("機動隊", "ghost"),
    ] {
        assert_eq!(ids(index, &query(text)).await, [expected], "{text}");
    }
    let reversed = ids(index, &query("尋千")).await;
    assert!(reversed.is_empty(), "the order of Han characters counts");
}

/// No input breaks a query, and nothing in it is syntax.
pub async fn queries_without_sense_are_answered(index: &dyn Index) {
    put(index, [named("a", 1, "Alien")]).await;
    for text in [
        "",
        "   ",
        "*",
        "a* OR b",
        "\"",
        "\\",
        "alien\0",
        "name:alien~2",
        "{\"match_all\":{}}",
        "../../etc/passwd",
        "' OR 1=1 --",
        "%",
        "_____",
        "🎬",
        "\u{202e}neila",
        "[a-z]*",
        "(((((",
    ] {
        index.candidates(&query(text)).await.unwrap();
    }
    for text in ["_lien", "a%", "al?en"] {
        // Were these wildcards, they would match as exact words do.
        let none = Query {
            mend_below: 0,
            ..query(text)
        };
        let found = ids(index, &none).await;
        assert!(found.is_empty() || text == "a%", "{text} found {found:?}");
    }
    let long = "a".repeat(10_000);
    assert!(ids(index, &query(&long)).await.is_empty());
    put(index, [named("long", 1, &long)]).await;
    assert_eq!(ids(index, &query(&long)).await, ["long"], "cut alike");
}

/// Facets and numbers narrow what is found.
pub async fn filters_hold(index: &dyn Index) {
    let film = |id: &str, year, genres: &[&str]| {
        let mut film = named(id, 1, "King Kong");
        film.numbers = BTreeMap::from([("year".into(), year)]);
        let genres = genres.iter().map(ToString::to_string).collect();
        film.facets = BTreeMap::from([
            ("type".into(), vec!["movie".into()]),
            ("genre".into(), genres),
        ]);
        film
    };
    let old = film("1933", 1933, &["Adventure", "Horror"]);
    let new = film("2005", 2005, &["Action/Thriller", "Adventure"]);
    put(index, [old, new, named("other", 1, "King Kong")]).await;

    let facet = |name: &str, values: &[&str]| {
        let values = values.iter().map(ToString::to_string).collect();
        Filter {
            facets: BTreeMap::from([(name.into(), values)]),
            ..Filter::default()
        }
    };
    let years = |range| Filter {
        numbers: BTreeMap::from([("year".into(), range)]),
        ..Filter::default()
    };
    let both = Filter {
        numbers: years(1900..=1950).numbers,
        ..facet("genre", &["Adventure"])
    };
    for (filter, expected) in [
        (Filter::default(), vec!["1933", "2005", "other"]),
        (facet("type", &["movie"]), vec!["1933", "2005"]),
        (facet("type", &["series"]), vec![]),
        (
            facet("genre", &["Horror", "Action/Thriller"]),
            vec!["1933", "2005"],
        ),
        (facet("genre", &["Horror"]), vec!["1933"]),
        (facet("genre", &[]), vec![]),
        (years(1933..=1933), vec!["1933"]),
        (years(1934..=2004), vec![]),
        (years(2005..=i64::MAX), vec!["2005"]),
        (years(i64::MIN..=2005), vec!["1933", "2005"]),
        (both, vec!["1933"]),
    ] {
        let asked = Query {
            filter: filter.clone(),
            ..query("kong")
        };
        assert_eq!(ids(index, &asked).await, expected, "{filter:?}");
    }
}

/// A tenant finds and replaces its own documents only (TEN-1).
pub async fn tenants_are_apart(index: &dyn Index) {
    let acme = Tenant::parse("acme").unwrap();
    let theirs = Document {
        tenant: acme.clone(),
        ..named("a", 7, "Alien")
    };
    put(index, [named("a", 1, "Alien Resurrection"), theirs]).await;
    let asked = Query {
        tenant: acme.clone(),
        ..query("alien")
    };
    assert_eq!(found(index, &query("alien")).await[0].version, 1);
    assert_eq!(found(index, &asked).await[0].version, 7);
    let gone = Change::Delete {
        tenant: acme,
        id: "a".into(),
        version: 8,
    };
    index.write(vec![gone]).await.unwrap();
    index.commit(&[]).await.unwrap();
    assert!(ids(index, &asked).await.is_empty());
    assert_eq!(ids(index, &query("alien")).await, ["a"]);
}

/// Older and repeated changes are ignored, also within one write and before a commit.
pub async fn only_higher_versions_replace(index: &dyn Index) {
    assert_eq!(put(index, [named("a", 3, "Gravity")]).await, written(1, 0));
    assert_eq!(put(index, [named("a", 3, "Solaris")]).await, written(0, 1));
    assert_eq!(put(index, [named("a", 2, "Solaris")]).await, written(0, 1));
    assert_eq!(ids(index, &query("gravity")).await, ["a"]);
    assert!(ids(index, &query("solaris")).await.is_empty());

    let changes = [5, 4, 6, 6].map(|n| named("a", n, &format!("Version{n}")));
    assert_eq!(put(index, changes).await, written(2, 2));
    assert_eq!(ids(index, &query("version6")).await, ["a"]);
    for gone in ["gravity", "version5", "version4"] {
        let strict = Query {
            mend_below: 0,
            ..query(gone)
        };
        assert!(ids(index, &strict).await.is_empty(), "{gone}");
    }

    // Uncommitted changes count as well.
    let early = index.write(vec![Change::Put(named("b", 9, "Nine"))]).await;
    assert_eq!(early.unwrap(), written(1, 0));
    assert_eq!(put(index, [named("b", 8, "Eight")]).await, written(0, 1));
    assert_eq!(index.status().await.unwrap().documents, 2);
}

/// What was deleted stays so when older changes come late (C20).
pub async fn deletions_are_remembered(index: &dyn Index) {
    put(index, [named("a", 1, "Alien")]).await;
    let gone = index
        .write(vec![delete("a", 5), delete("never-seen", 2)])
        .await;
    assert_eq!(gone.unwrap(), written(2, 0));
    index.commit(&[]).await.unwrap();
    assert!(ids(index, &query("alien")).await.is_empty());

    let late = [
        named("a", 4, "Alien"),
        named("a", 5, "Alien"),
        named("never-seen", 1, "Alien"),
    ];
    assert_eq!(put(index, late).await, written(0, 3));
    assert!(ids(index, &query("alien")).await.is_empty());
    let status = index.status().await.unwrap();
    assert_eq!((status.documents, status.tombstones), (0, 2));

    assert_eq!(put(index, [named("a", 6, "Alien")]).await, written(1, 0));
    assert_eq!(ids(index, &query("alien")).await, ["a"]);
    let status = index.status().await.unwrap();
    assert_eq!((status.documents, status.tombstones), (1, 1));
}

/// A change that not every index takes is refused, and none of its batch is taken over.
pub async fn changes_no_index_takes_are_refused(index: &dyn Index) {
    for bad in [
        named("", 1, "Alien"),
        named(&"x".repeat(101), 1, "Alien"),
        Document {
            rank: f64::NAN,
            ..named("a", 1, "Alien")
        },
        Document {
            payload: vec![0; 300 * 1024].into(),
            ..named("a", 1, "Alien")
        },
    ] {
        let changes = vec![Change::Put(named("good", 1, "Alien")), Change::Put(bad)];
        let refused = index.write(changes).await.unwrap_err();
        assert!(!refused.is_transient(), "{refused}");
    }
    index.commit(&[]).await.unwrap();
    assert!(ids(index, &query("alien")).await.is_empty());
}

/// The status tells the newest committed record of each partition.
pub async fn positions_grow(index: &dyn Index) {
    assert_eq!(index.status().await.unwrap(), IndexStatus::default());
    index.commit(&[at(1, 5), at(0, 2)]).await.unwrap();
    index.commit(&[at(1, 4), at(0, 3), at(2, 0)]).await.unwrap();
    index.commit(&[]).await.unwrap();
    let status = index.status().await.unwrap();
    assert_eq!(status.done, [at(0, 3), at(1, 5), at(2, 0)]);
}

/// Where too many fit, the nearer and the higher ranked are kept.
pub async fn the_best_candidates_are_kept(index: &dyn Index) {
    let ranked = |id: String, name: &str, rank: f64| Document {
        rank,
        ..named(&id, 1, name)
    };
    let mut documents = vec![
        ranked("is".into(), "The Star", 0.0),
        ranked("begins".into(), "Star Wars", 1.0),
        ranked("has".into(), "Morning Star", 2.0),
    ];
    let mut person = ranked("person".into(), "Nobody", 3.0);
    person.texts.push(Text::new(Weight::Person, "Ringo Star"));
    documents.push(person);
    for n in 0..300 {
        documents.push(ranked(
            format!("go{n}"),
            &format!("Stargaze {n}"),
            1000.0 + f64::from(n),
        ));
        let mut about = ranked(format!("about{n}"), &format!("Tale {n}"), 2000.0);
        about.texts.push(Text::new(Weight::About, "Starring many"));
        documents.push(about);
    }
    put(index, documents).await;

    let found = ids(index, &query("star")).await;
    assert_eq!(found.len(), MAX_CANDIDATES);
    for id in ["is", "begins", "has", "person", "go299", "go150"] {
        assert!(found.contains(&id.to_owned()), "{id} of {found:?}");
    }
    assert!(
        !found.contains(&"go0".to_owned()),
        "the lowest ranked gives way"
    );
    assert!(!found.iter().any(|id| id.starts_with("about")));

    for n in 0..250 {
        put_quietly(
            index,
            ranked(format!("star{n}"), &format!("Lone Star {n}"), 50.0),
        )
        .await;
    }
    index.commit(&[]).await.unwrap();
    let found = ids(index, &query("star")).await;
    assert_eq!(found.len(), MAX_CANDIDATES);
    for id in ["is", "begins"] {
        assert!(found.contains(&id.to_owned()), "{id}");
    }
    assert!(
        !found.iter().any(|id| id.starts_with("go")),
        "whole words before begun ones"
    );
}

async fn put_quietly(index: &dyn Index, document: Document) {
    index.write(vec![Change::Put(document)]).await.unwrap();
}

/// Mended words are looked for while too little was found.
pub async fn mended_words_come_only_when_needed(index: &dyn Index) {
    let names = ["Cars", "Carts", "Bars", "Fahrenheit"];
    put(index, names.map(|name| named(name, 1, name))).await;
    let mended = |text, mend_below| Query {
        mend_below,
        ..query(text)
    };
    assert_eq!(ids(index, &mended("cars", 1)).await, ["Cars"]);
    assert_eq!(
        ids(index, &mended("cars", 2)).await,
        ["Bars", "Cars", "Carts"]
    );
    for (text, hits) in [
        ("fahrenhiet", 1),
        ("farenheit", 1),
        ("fahrrenheitt", 1),
        ("farenhiet", 1),
        ("farrenhiett", 0),
        ("fahrnh", 1),
        ("bra", 0),
        ("brs", 0),
    ] {
        assert_eq!(ids(index, &query(text)).await.len(), hits, "{text}");
    }
}

/// If no document has all words, those with the most are found, but not by common words alone.
pub async fn as_many_words_as_possible(index: &dyn Index) {
    let names = [
        "Harry Potter and the Goblet of Fire",
        "Harry Brown",
        "Dirty Harry",
        "The Town",
    ];
    put(index, names.map(|name| named(name, 1, name))).await;
    assert_eq!(ids(index, &query("harry poter zzz")).await, [names[0]]);
    assert_eq!(ids(index, &query("harry zzz")).await.len(), 3);
    assert!(ids(index, &query("the zzz")).await.is_empty());
    assert_eq!(ids(index, &query("the zzz town")).await, [names[3]]);
}

/// The old index answers until the new one is promoted; then only the new one does (X-SR-2).
pub async fn a_rebuild_replaces_the_index(index: &dyn Index) {
    put(
        index,
        [named("old", 1, "Old Boy"), named("kept", 2, "Kept Boy")],
    )
    .await;
    index.commit(&[at(0, 1), at(1, 1)]).await.unwrap();
    let mut rebuild = index.begin_rebuild().await.unwrap().unwrap();
    assert!(
        index.begin_rebuild().await.unwrap().is_none(),
        "one at a time"
    );
    let changes = vec![
        Change::Put(named("kept", 2, "Kept Boy")),
        Change::Put(named("new", 1, "New Boy")),
        delete("gone", 4),
    ];
    assert_eq!(rebuild.write(changes).await.unwrap(), written(3, 0));
    let again = vec![Change::Put(named("new", 1, "New Boy"))];
    assert_eq!(rebuild.write(again).await.unwrap(), written(0, 1));
    assert_eq!(ids(index, &query("boy")).await, ["kept", "old"]);

    let status = rebuild.promote(&[at(0, 7)]).await.unwrap();
    assert_eq!((status.documents, status.tombstones), (2, 1));
    assert_eq!(ids(index, &query("boy")).await, ["kept", "new"]);
    let status = index.status().await.unwrap();
    assert_eq!((status.documents, status.done), (2, vec![at(0, 7)]));
    assert_eq!(
        put(index, [named("gone", 3, "Gone Boy")]).await,
        written(0, 1)
    );
    assert_eq!(
        put(index, [named("old", 1, "Old Boy")]).await,
        written(1, 0)
    );

    let next = index.begin_rebuild().await.unwrap().unwrap();
    next.promote(&[]).await.unwrap();
    assert!(ids(index, &query("boy")).await.is_empty());
}

/// Live changes during a rebuild are in the new index, and replayed older ones do not undo them.
pub async fn live_changes_reach_a_rebuild(index: &dyn Index) {
    put(index, [named("a", 1, "Alien"), named("b", 1, "Brazil")]).await;
    let mut rebuild = index.begin_rebuild().await.unwrap().unwrap();
    index
        .write(vec![Change::Put(named("a", 2, "Aliens")), delete("b", 2)])
        .await
        .unwrap();
    index.commit(&[at(0, 9)]).await.unwrap();
    assert_eq!(
        ids(index, &query("aliens")).await,
        ["a"],
        "the old index lives on"
    );
    let replayed = vec![
        Change::Put(named("a", 1, "Alien")),
        Change::Put(named("b", 1, "Brazil")),
    ];
    assert_eq!(rebuild.write(replayed).await.unwrap(), written(0, 2));
    put_quietly(index, named("c", 1, "Cube")).await;
    rebuild.promote(&[at(0, 3)]).await.unwrap();
    index.commit(&[]).await.unwrap();
    assert_eq!(ids(index, &query("aliens")).await, ["a"]);
    assert_eq!(ids(index, &query("cube")).await, ["c"]);
    assert!(ids(index, &query("brazil")).await.is_empty());
    assert_eq!(
        index.status().await.unwrap().done,
        [at(0, 9)],
        "the newest record counts"
    );
}

/// A rebuild that is given up changes nothing, and another may follow.
pub async fn a_rebuild_can_be_given_up(index: &dyn Index) {
    put(index, [named("a", 1, "Alien")]).await;
    let mut rebuild = index.begin_rebuild().await.unwrap().unwrap();
    rebuild.write(vec![delete("a", 2)]).await.unwrap();
    rebuild.abandon().await.unwrap();
    assert_eq!(ids(index, &query("alien")).await, ["a"]);
    assert_eq!(
        put(index, [named("a", 2, "Alien Again")]).await,
        written(1, 0)
    );
    let rebuild = index.begin_rebuild().await.unwrap();
    rebuild.unwrap().abandon().await.unwrap();
}
