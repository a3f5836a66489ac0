//! Prints how fast search answers among the 3,201 films and among 100,000 titles, beside FTS5 of SQLite with the same
//! texts, and how soon a change is found.
//!
//! `cargo bench -p sv-search --features test-data`; the films come from `STREAMVERSE_TEST_DATA`.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot be set up shall stop"
)]
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use prost::Message as _;
use sv_adapters::TantivyIndex;
use sv_boot::testing::Hosted;
use sv_handlers::{
    content::{CollectionServiceServer, ContentServiceServer, PopularityServiceServer},
    livetv::LiveTvServiceServer,
};
use sv_kernel::{Ctx, Tenant};
use sv_ports::{
    Record,
    index::{Filter, Index as _, Query, Words},
};
use sv_proto::{
    content::{Content, ContentChanged, ContentStatus, ContentType, Credit, Score},
    options::Role,
    search::{
        SearchGlobalRequest, SearchGlobalResponse, search_service_client::SearchServiceClient,
    },
};
use sv_rpc::{Server, Transport, call, testing::Harness};
use sv_search::{
    Options, SERVICE,
    domain::{Entry, Field, MEND_BELOW, rank},
};
use sv_store::testing::TestDb;

/// What `corpus` expects at the root of its crate.
mod domain {
    pub(crate) use sv_search::domain::*;
}
#[path = "../src/tests/catalogue.rs"]
#[expect(
    dead_code,
    reason = "the titles come as events, before the index is asked for any other way"
)]
mod catalogue;
#[path = "../src/tests/corpus.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod corpus;
#[path = "search/fts5.rs"]
mod fts5;

/// How often each query is asked.
const ROUNDS: usize = 20;
/// How many titles the large index holds.
const MANY: usize = 100_000;
/// In which time the service answers 99 of 100 questions among so many.
const GOAL: Duration = Duration::from_millis(15);
/// How many changes are waited for.
const CHANGES: usize = 100;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let index = TantivyIndex::open(folder.path()).await.unwrap();
    let service = Service::start(index).await;
    let bus = service.hosted.bus.clone();

    let films = corpus::movies::load();
    let started = Instant::now();
    for films in films.chunks(500) {
        bus.publish(films.iter().map(|film| event(film, 1)).collect())
            .await
            .unwrap();
    }
    while service.ask("western").await.total == 0
        || bus.lag("search", "content.changed").await.unwrap() > 0
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("{} films taken up in {:?}", films.len(), started.elapsed());

    let golden = include_str!("../src/tests/golden.tsv").lines();
    let golden = golden.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let typed: Vec<&str> = golden
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    let ask = async |typed: &str| assert!(service.total(typed).await > 0, "{typed}");
    let what = "answers, with the stacks of client and server";
    measure(what, &typed, ROUNDS, ask).await;

    let mut took = Vec::new();
    for (n, film) in films.iter().take(CHANGES).enumerate() {
        let mut film = film.clone();
        let word = format!("qz{n}x");
        film.texts.retain(|text| text.field != Field::Title);
        film.title.clone_from(&word);
        let changed = Instant::now();
        bus.publish(vec![event(&film, 2)]).await.unwrap();
        while service.total(&word).await == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        took.push(changed.elapsed());
    }
    print("from an event on the bus to its title being found", took);
    service.hosted.end().await;
    among_many(&films, &typed).await;
}

/// Asks an index of 100,000 titles, made of the words of two films each, and ranks what it
/// proposes; then asks the service that has it (X-SR-1).
async fn among_many(films: &[Entry], typed: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let index = TantivyIndex::open(folder.path()).await.unwrap();
    let pairs = (0..MANY).map(|n| (n, &films[n % films.len()], &films[(n * 7919) % films.len()]));
    let mixed = pairs.map(|(n, one, other)| {
        let title = if n < films.len() {
            one.title.clone()
        } else {
            format!("{} {}", one.title, other.title)
        };
        let genre = one.genres.first().map_or("", String::as_str);
        corpus::film(n, &title, one.year, &other.title, genre, one.popularity)
    });
    let mixed: Vec<Entry> = mixed.collect();
    let started = Instant::now();
    // As a rebuild writes it, so that the service believes in it.
    let mut building = index.begin_rebuild().await.unwrap().unwrap();
    for mixed in mixed.chunks(5_000) {
        building.write(corpus::changes(mixed)).await.unwrap();
    }
    building.promote(&[]).await.unwrap();
    println!(
        "{MANY} titles written in {:?}, {} bytes each",
        started.elapsed(),
        bytes(folder.path()) / u64::try_from(MANY).unwrap()
    );
    let ask = async |typed: &str| {
        let query = Query {
            tenant: Tenant::default(),
            words: Words::parse(typed),
            filter: Filter::default(),
            mend_below: MEND_BELOW,
        };
        let found = index.candidates(&query).await.unwrap();
        let read = found
            .iter()
            .map(|found| Entry::read(&found.payload).unwrap());
        rank(&query.words, read.collect());
    };
    let what = "answers of an index of 100,000 titles, ranked";
    measure(what, typed, 3, ask).await;

    let hosted = Service::start(index).await;
    while hosted.ask("western").await.degraded {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ask = async |typed: &str| {
        let answer = hosted.ask(typed).await;
        assert!(!answer.degraded, "{typed}");
    };
    let what = "answers of the service that has it, with the stacks of client and server";
    let (_, p99) = measure(what, typed, 3, ask).await;
    println!("p99 {p99:?} (goal {GOAL:?})");
    beside_fts5(&mixed, typed, &hosted).await;
    hosted.hosted.end().await;
}

/// Asks SQLite's FTS5 the same, and the service again, of what FTS5 finds at all: it mends no slips.
async fn beside_fts5(titles: &[Entry], typed: &[&str], hosted: &Service) {
    let started = Instant::now();
    let fts5 = fts5::Fts5::of(titles).await;
    println!("{MANY} titles written by FTS5 in {:?}", started.elapsed());
    let mut found = Vec::new();
    for typed in typed.iter().copied() {
        if fts5.ask(typed).await.1 > 0 {
            found.push(typed);
        }
    }
    let what = "answers of FTS5, the first 20 by bm25 and their count";
    let ask = async |typed: &str| drop(fts5.ask(typed).await);
    let (its_p50, its_p99) = measure(what, &found, 3, ask).await;
    let what = "answers of the service to the same, with facets and what may be seen";
    let ask = async |typed: &str| drop(hosted.ask(typed).await);
    let (p50, p99) = measure(what, &found, 3, ask).await;
    println!(
        "the service takes {:.2} times as long as FTS5 at p50, {:.2} times at p99",
        p50.as_secs_f64() / its_p50.as_secs_f64(),
        p99.as_secs_f64() / its_p99.as_secs_f64()
    );
}

/// Counts the bytes of a folder.
fn bytes(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap();
    let sizes = entries.map(|entry| {
        let entry = entry.unwrap();
        let about = entry.metadata().unwrap();
        if about.is_dir() {
            bytes(&entry.path())
        } else {
            about.len()
        }
    });
    sizes.sum()
}

/// The service in miniature, on an index.
struct Service {
    client: SearchServiceClient<Transport>,
    viewer: Ctx,
    hosted: Hosted,
    _server: Server,
    _harness: Harness,
    _db: TestDb,
}

impl Service {
    async fn start(index: TantivyIndex) -> Self {
        let harness = Harness::new(&[SERVICE.name, "content", "livetv"]);
        let db = TestDb::sqlite(SERVICE.migrations).await;
        let topics = (SERVICE.topics)();
        let (mut server, hosted) = Hosted::start(&harness, SERVICE.name, &db, &topics).await;
        let catalogue = catalogue::Catalogue::default();
        let livetv = LiveTvServiceServer::new(catalogue.livetv());
        harness.peer(&mut server, "livetv", livetv);
        let content = catalogue.service();
        harness.peer(&mut server, "content", ContentServiceServer::new(content));
        let collections = CollectionServiceServer::new(catalogue.collections());
        server.add("content", collections);
        let popularity = PopularityServiceServer::new(catalogue.popularity());
        server.add("content", popularity);
        sv_search::register(&mut server, &hosted, Arc::new(index), Options::default()).unwrap();
        let server = harness.serve(server);
        let mesh = harness.mesh.calling_as("edge");
        let transport = mesh.client_transport(SERVICE.name).unwrap();
        Self {
            viewer: harness.viewer(harness.env.ids.next(), [Role::Viewer]),
            client: SearchServiceClient::new(transport),
            hosted,
            _server: server,
            _harness: harness,
            _db: db,
        }
    }

    async fn ask(&self, typed: &str) -> SearchGlobalResponse {
        let request = SearchGlobalRequest {
            q: typed.into(),
            ..Default::default()
        };
        let mut client = self.client.clone();
        let answer = client.search_global(call(&self.viewer, request)).await;
        answer.unwrap().into_inner()
    }

    async fn total(&self, typed: &str) -> i32 {
        let answer = self.ask(typed).await;
        assert!(!answer.degraded, "{typed}");
        answer.total
    }
}

/// Asks every query some times; prints the spread, and the queries that are slow every time. Returns the time in which
/// half of all and 99 of 100 were answered.
async fn measure(
    what: &str,
    typed: &[&str],
    rounds: usize,
    ask: impl AsyncFn(&str),
) -> (Duration, Duration) {
    let mut all = Vec::new();
    let mut quickest = Vec::new();
    for typed in typed {
        let mut took = Vec::new();
        for _ in 0..rounds {
            let asked = Instant::now();
            ask(typed).await;
            took.push(asked.elapsed());
        }
        quickest.push((took.iter().min().copied().unwrap_or_default(), *typed));
        all.extend(took);
    }
    let spread = print(what, all);
    quickest.sort_unstable();
    println!(
        "slowest at their best: {:?}",
        quickest.iter().rev().take(8).collect::<Vec<_>>()
    );
    spread
}

/// Tells of a film as content does.
fn event(film: &Entry, version: i32) -> Record {
    let directors = film.texts.iter().filter(|text| text.field == Field::Person);
    let credit = |name: &String| Credit {
        name: name.clone(),
        ..Default::default()
    };
    let content = Content {
        id: film.id.clone(),
        r#type: ContentType::Movie.into(),
        title: film.title.clone(),
        status: ContentStatus::Published.into(),
        release_date: format!("{:04}-01-01", film.year),
        genres: film.genres.clone(),
        credits: directors.map(|text| credit(&text.text)).collect(),
        scores: vec![Score {
            source: "imdb".into(),
            value: 1.0,
            scale: 10.0,
            #[expect(clippy::cast_possible_truncation, reason = "votes of a film")]
            votes: film.popularity as i32,
        }],
        ..Default::default()
    };
    let event = ContentChanged {
        content_id: film.id.clone(),
        version,
        content: Some(content),
    };
    Record {
        topic: "content.changed".into(),
        key: film.id.clone(),
        payload: Some(event.encode_to_vec().into()),
        event_id: uuid::Uuid::from_u128(
            film.id
                .bytes()
                .fold(version.unsigned_abs().into(), |id: u128, b| {
                    id * 31 + u128::from(b)
                }),
        ),
        version: version.into(),
        tenant: Tenant::default(),
        traceparent: None,
        headers: BTreeMap::new(),
    }
}

fn print(what: &str, mut took: Vec<Duration>) -> (Duration, Duration) {
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    let (p50, p95, p99, max) = (at(50), at(95), at(99), at(100));
    println!(
        "{what}: {} times, p50 {p50:?}, p95 {p95:?}, p99 {p99:?}, max {max:?}",
        took.len()
    );
    (p50, p99)
}
