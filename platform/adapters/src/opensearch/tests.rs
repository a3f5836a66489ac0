//! On a real server.

use std::{any::Any, sync::Arc, time::Duration};

use serde_json::{Value, json};
use sv_kernel::{Clock as _, IdGen, MovableClock, SystemClock, SystemEntropy, Timestamp};
use sv_ports::{
    conformance::index::{Stand, ids, named, query},
    index::{Change, Index as _},
};
use tokio::sync::OnceCell;

use super::{DEADLINE, OpenSearchIndex, Shared, http::Http, layout::Names};

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
        let (http, pattern) = (self.0.clone(), format!("/{}-v1-*", self.1));
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
    let cleanup = Cleanup(Http::new(&url()).unwrap(), name);
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
    let index = OpenSearchIndex::open("http://127.0.0.1:9").await.unwrap();
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
    assert!(OpenSearchIndex::open("no address").await.is_err());
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
        http: Http::new(&url()).unwrap(),
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

#[tokio::test]
async fn a_rebuild_that_a_crash_cut_off_bars_the_next_one_for_a_while_only() {
    let (index, _keep) = index().await;
    let name = index.0.names.live.trim_end_matches("-v1").to_owned();
    let clock = Arc::new(MovableClock::at(SystemClock.now()));
    let later = OpenSearchIndex(Arc::new(Shared {
        http: Http::new(&url()).unwrap(),
        names: Names::new(&name).unwrap(),
        clock: clock.clone(),
        there: OnceCell::new(),
    }));
    drop(index.begin_rebuild().await.unwrap().unwrap());
    assert!(later.begin_rebuild().await.unwrap().is_none());
    clock.advance(Duration::from_mins(20));
    let rebuild = later.begin_rebuild().await.unwrap().unwrap();
    rebuild.promote(&[]).await.unwrap();
    assert!(clock.now() > Timestamp::EPOCH);
}
