//! How soon a change is found: from the answer to an editor's write until search shows the title.
//!
//! `cargo bench -p sv-tests --bench freshness` starts the real program, built beside it, and writes
//! and asks through the public port. With `DATABASE_URL`, `KAFKA_BROKERS` and `OPENSEARCH_URL` the
//! change travels through those servers (the program needs the feature `production`).

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark prints, or dies, and is told by its environment which servers to use"
)]

#[path = "../it"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod it {
    pub(crate) mod harness;
}

use std::{
    thread,
    time::{Duration, Instant},
};

use it::harness::{Client, Deployment};
use serde_json::json;

/// How many editors write at once.
const EDITORS: usize = 4;
/// How many films each of them writes, one after the other.
const FILMS: usize = 50;
/// How often search is asked for a film that is not there yet.
const PAUSE: Duration = Duration::from_millis(5);
/// How long a film may take at the most.
const TIMEOUT: Duration = Duration::from_secs(30);

fn main() {
    let servers = ["DATABASE_URL", "KAFKA_BROKERS", "OPENSEARCH_URL"];
    let servers: Vec<_> = servers
        .into_iter()
        .filter_map(|name| Some((name, std::env::var(name).ok()?)))
        .collect();
    let (way, goal) = match servers.len() {
        0 => ("embedded", Duration::from_millis(200)),
        3 => (
            "through PostgreSQL, Kafka and OpenSearch",
            Duration::from_secs(2),
        ),
        _ => panic!("set all of DATABASE_URL, KAFKA_BROKERS and OPENSEARCH_URL, or none"),
    };
    let rates =
        ["DEFAULT", "SEARCH"].map(|class| format!("STREAMVERSE_EDGE__RATES__{class}__ACCOUNT"));
    let settings: Vec<_> = rates
        .iter()
        .map(|rate| (rate.as_str(), "1000000000".to_owned()))
        .chain(servers)
        .collect();
    let program = Deployment::start(&["all"], &settings);
    let mut editor = Client::new(&program.edge);
    let (email, password) = program.admin();
    editor.login(&email, &password);
    // The first change meets caches and connections that nobody has used.
    until_found(&editor, "Zqwarmup");

    let mut took: Vec<Duration> = thread::scope(|scope| {
        let editors: Vec<_> = (0..EDITORS)
            .map(|number| {
                let editor = editor.clone();
                let film = move |n| until_found(&editor, &format!("Zq{number}x{n:03}wv"));
                scope.spawn(move || (0..FILMS).map(film).collect::<Vec<_>>())
            })
            .collect();
        let each = editors.into_iter().map(|editor| editor.join().unwrap());
        each.flatten().collect()
    });
    took.sort();
    let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)];
    println!(
        "a change is found {way}: p50 {:.0?}, p99 {:.0?}, longest {:.0?} (goal: p99 {goal:?}; {} changes by {EDITORS} editors)",
        at(50),
        at(99),
        at(100),
        took.len(),
    );
}

/// Publishes a film and waits until search shows it; returns how long that took from the answer
/// to the write.
fn until_found(editor: &Client, title: &str) -> Duration {
    let film = json!({"title": title, "status": "published"});
    editor.post("/admin/ondemand/movies", &film).data(201);
    let written = Instant::now();
    let question = format!("/search/global?q={title}");
    loop {
        let found = editor.get(&question).data(200);
        let items = found["items"].as_array().expect("a list");
        if items.iter().any(|item| item["title"] == title) {
            return written.elapsed();
        }
        assert!(written.elapsed() < TIMEOUT, "{title} is not found");
        thread::sleep(PAUSE);
    }
}
