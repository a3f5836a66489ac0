//! On a real server.

use std::{any::Any, sync::Arc, time::Duration};

use serde_json::{Value, json};
use sv_kernel::{Clock as _, IdGen, MovableClock, SystemClock, SystemEntropy};
use sv_ports::{
    conformance::index::{Stand, ids, named, query},
    index::{Change, Index as _},
};
use sv_tls_front::{Begin, Front};
use tokio::sync::OnceCell;

use super::{
    DEADLINE, OpenSearchIndex, Shared,
    http::Http,
    layout::{self, Names},
};

fn url() -> String {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
    std::env::var("OPENSEARCH_URL").expect("OPENSEARCH_URL names a server for test-opensearch")
}

/// Makes a name that no other test has.
fn name() -> String {
    let ids = IdGen::new(Arc::new(SystemClock), Arc::new(SystemEntropy));
    format!("test-{}", ids.next::<()>())
}

/// Removes the indexes of a test when it ends.
struct Cleanup(Http, String);

impl Drop for Cleanup {
    fn drop(&mut self) {
        let (http, pattern) = (self.0.clone(), format!("/{}-v2-*", self.1));
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(http.delete(&pattern))
        });
        assert!(matches!(gone.join(), Ok(Ok(()))) || std::thread::panicking());
    }
}

async fn index() -> (OpenSearchIndex, Box<dyn Any + Send + Sync>) {
    let name = name();
    let index = OpenSearchIndex::open_named(&url(), &name).await.unwrap();
    let cleanup = Cleanup(Http::new(&url(), None).unwrap(), name);
    (index, Box::new(cleanup))
}

mod suite {
    use super::*;

    async fn make() -> Stand {
        let (index, keep) = index().await;
        Stand {
            index: Arc::new(index),
            keep,
        }
    }

    sv_ports::index_suite!(make);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_within_its_deadline() {
    let index = OpenSearchIndex::open("http://127.0.0.1:9", None)
        .await
        .unwrap();
    assert!(index.status().await.unwrap_err().is_transient());
    assert!(
        index
            .candidates(&query("alien"))
            .await
            .unwrap_err()
            .is_transient()
    );
    let change = Change::Put(named("a", 1, "Alien"));
    assert!(index.write(vec![change]).await.unwrap_err().is_transient());
    assert!(OpenSearchIndex::open("no address", None).await.is_err());
}

#[tokio::test]
async fn fields_are_explicit() {
    let (index, _keep) = index().await;
    let path = format!("/{}/_mapping", index.0.names.live);
    let mapping = index.0.http.get(&path, DEADLINE).await.unwrap().unwrap();
    let mapping = mapping.as_object().unwrap().values().next().unwrap();
    assert_eq!(mapping["mappings"]["dynamic"], "strict");
    assert_eq!(mapping["mappings"]["properties"]["name"]["type"], "keyword");
    let unknown: Value = json!({"surprise": 1});
    let refused = index
        .0
        .http
        .put(&format!("/{}/_doc/x", index.0.names.live), &unknown)
        .await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("strict_dynamic_mapping")
    );
}

#[tokio::test]
async fn two_processes_write_into_the_index_that_one_of_them_builds() {
    let (index, _keep) = index().await;
    let other = OpenSearchIndex(Arc::new(Shared {
        http: Http::new(&url(), None).unwrap(),
        names: index.0.names.clone(),
        clock: Arc::new(SystemClock),
        there: OnceCell::new(),
    }));
    let rebuild = index.begin_rebuild().await.unwrap().unwrap();
    assert!(other.begin_rebuild().await.unwrap().is_none());
    other
        .write(vec![Change::Put(named("a", 1, "Alien"))])
        .await
        .unwrap();
    rebuild.promote(&[]).await.unwrap();
    other.commit(&[]).await.unwrap();
    assert_eq!(ids(&other, &query("alien")).await, ["a"]);
    let indexes = index
        .0
        .http
        .get(&format!("/_alias/{}", index.0.names.live), DEADLINE)
        .await;
    assert_eq!(indexes.unwrap().unwrap().as_object().unwrap().len(), 1);
}

/// Processes that share an index and a clock.
struct Processes {
    clock: Arc<MovableClock>,
    names: Names,
    _keep: Box<dyn Any + Send + Sync>,
}

impl Processes {
    async fn new() -> Self {
        let (index, keep) = index().await;
        Self {
            clock: Arc::new(MovableClock::at(SystemClock.now())),
            names: index.0.names.clone(),
            _keep: keep,
        }
    }

    fn another(&self) -> OpenSearchIndex {
        OpenSearchIndex(Arc::new(Shared {
            http: Http::new(&url(), None).unwrap(),
            names: self.names.clone(),
            clock: self.clock.clone(),
            there: OnceCell::new(),
        }))
    }

    /// Lists the indexes that are there.
    async fn indexes(&self) -> Vec<String> {
        let http = self.another().0.http.clone();
        let path = format!("/{}-*", self.names.live);
        let there = http.get(&path, DEADLINE).await.unwrap().unwrap();
        there.as_object().unwrap().keys().cloned().collect()
    }
}

fn put(id: &str, version: i64) -> Vec<Change> {
    vec![Change::Put(named(id, version, "Alien"))]
}

#[tokio::test]
async fn a_rebuild_that_a_crash_cut_off_bars_the_next_one_for_a_minute_only() {
    let processes = Processes::new().await;
    let (one, other) = (processes.another(), processes.another());
    let mut rebuild = one.begin_rebuild().await.unwrap().unwrap();
    for version in 1..4 {
        processes.clock.advance(Duration::from_secs(50));
        rebuild.write(put("a", version)).await.unwrap();
        let begun = other.begin_rebuild().await.unwrap();
        assert!(begun.is_none(), "a slow rebuild is none that was cut off");
    }
    drop(rebuild);
    processes.clock.advance(Duration::from_secs(59));
    assert!(other.begin_rebuild().await.unwrap().is_none());
    processes.clock.advance(Duration::from_secs(1));
    let rebuild = other.begin_rebuild().await.unwrap().unwrap();
    rebuild.promote(&[]).await.unwrap();
    assert_eq!(processes.indexes().await.len(), 1);
}

/// C40: a process that was stopped for longer than a minute goes on beside the one that took over.
#[tokio::test]
async fn a_rebuild_that_was_taken_for_dead_does_no_harm() {
    let processes = Processes::new().await;
    let (one, other) = (processes.another(), processes.another());
    let stopped = async || {
        let mut rebuild = one.begin_rebuild().await.unwrap().unwrap();
        rebuild.write(put("half", 1)).await.unwrap();
        processes.clock.advance(Duration::from_mins(2));
        let next = other.begin_rebuild().await.unwrap().unwrap();
        (rebuild, next)
    };

    let (mut late, mut next) = stopped().await;
    assert!(late.write(put("late", 1)).await.unwrap_err().is_transient());
    next.write(put("a", 1)).await.unwrap();
    assert!(late.promote(&[]).await.unwrap_err().is_transient());
    next.promote(&[]).await.unwrap();
    assert_eq!(ids(&one, &query("alien")).await, ["a"]);

    let (late, mut next) = stopped().await;
    next.write(put("b", 1)).await.unwrap();
    late.abandon().await.unwrap();
    next.promote(&[]).await.unwrap();
    assert_eq!(ids(&one, &query("alien")).await, ["b"]);

    let (late, mut next) = stopped().await;
    next.write(put("c", 1)).await.unwrap();
    next.promote(&[]).await.unwrap();
    assert!(late.promote(&[]).await.unwrap_err().is_transient());
    assert_eq!(ids(&one, &query("alien")).await, ["c"]);
    assert_eq!(processes.indexes().await.len(), 1);
}

#[tokio::test]
async fn what_a_crash_leaves_behind_is_cleared_away_and_nothing_else() {
    let processes = Processes::new().await;
    let process = processes.another();
    let live = &processes.names.live;
    let (left, others) = (format!("{live}-7"), format!("{live}-7-of-somebody"));
    for index in [&left, &others] {
        let body = layout::index(&json!({}));
        let path = format!("/{index}");
        process.0.http.put(&path, &body).await.unwrap();
    }
    let rebuild = process.begin_rebuild().await.unwrap().unwrap();
    rebuild.promote(&[]).await.unwrap();
    let there = processes.indexes().await;
    assert_eq!(there.len(), 2, "{there:?}");
    assert!(there.contains(&others) && !there.contains(&left));
}

#[tokio::test]
async fn of_many_processes_one_begins_a_rebuild() {
    let processes = Processes::new().await;
    for _ in 0..5 {
        let begun = (0..8).map(|_| {
            let process = processes.another();
            async move { process.begin_rebuild().await.unwrap() }
        });
        let begun = futures::future::join_all(begun).await;
        assert_eq!(begun.iter().flatten().count(), 1);
        // Each takes the other for dead, and one comes first.
        processes.clock.advance(Duration::from_mins(2));
    }
}

#[tokio::test]
async fn the_server_lets_one_index_be_built_at_a_time() {
    let processes = Processes::new().await;
    let process = processes.another();
    let _rebuild = process.begin_rebuild().await.unwrap().unwrap();
    let names = &processes.names;
    // So does a process that looked when there was no rebuild, and slept through one.
    let path = format!("/{}-9", names.live);
    let body = layout::index(&json!({&names.building: {"is_write_index": true}}));
    let refused = process.0.http.put(&path, &body).await.unwrap_err();
    assert!(refused.exists_already(), "{refused}");
    assert_eq!(processes.indexes().await.len(), 2);
}

#[tokio::test]
async fn opensearch_is_held_to_its_certificate() {
    let address = url();
    let server = address.trim_start_matches("http://").trim_end_matches('/');
    let front = Front::before(server, Begin::AtOnce).await.unwrap();
    let expired = Front::expired(server, Begin::AtOnce).await.unwrap();
    let ask = |of: &Front, host: &str, ca: &Front| {
        // Name and password go along; a server without security reads past them.
        let url = format!("https://sv:sesame@{host}:{}", of.port());
        let ca = std::fs::read(ca.ca()).unwrap();
        async move {
            let http = Http::new(&url, Some(&ca)).unwrap();
            let answer = http.get("/", DEADLINE).await;
            answer
                .map(drop)
                .map_err(|failure| sv_kernel::causes(&failure))
        }
    };
    ask(&front, "localhost", &front).await.unwrap();
    for (of, host, ca, said) in [
        (&front, "127.0.0.1", &front, "not valid for name"),
        (&front, "localhost", &expired, "UnknownIssuer"),
        (&expired, "localhost", &expired, "expired"),
    ] {
        let refused = ask(of, host, ca).await.unwrap_err();
        assert!(refused.contains(said), "{said}: {refused}");
    }
}
