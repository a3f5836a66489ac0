//! While the index is built for the first time, or again because it was lost (SRCH-6).

use std::{path::Path, time::Duration};

use super::test_app::{Gate, TestApp, changed, film, lose};

/// Titles of the catalogue.
const TITLES: usize = 2_000;

fn keep(_: &Path) {}

async fn believed(test: &TestApp) {
    let believed = async {
        while test.find("solaris").await.degraded {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let came = tokio::time::timeout(Duration::from_mins(1), believed).await;
    assert!(came.is_ok(), "the index is never asked again");
}

async fn filled(test: &TestApp, titles: usize) {
    let films = (0..titles).map(|n| changed(film(&format!("f{n}"), &format!("Film {n}")), 1));
    let films: Vec<_> = films.collect();
    for some in films.chunks(500) {
        test.tell(some.to_vec()).await;
    }
    test.tell([changed(film("s", "Solaris"), 1)]).await;
    test.settle().await;
    believed(test).await;
}

#[tokio::test]
async fn while_an_index_that_was_lost_is_built_the_fallback_answers_whole_and_says_so() {
    for test in TestApp::all().await {
        filled(&test, TITLES).await;
        let before = (test.find("solaris").await, test.find("film").await);
        assert!(!before.0.degraded && before.1.total > 100);

        let gate = Gate::closed();
        let mut test = test.restart_behind(gate.clone(), lose).await;
        // Also after it was cut off in the middle.
        for _ in 0..2 {
            for (asked, before) in [("solaris", &before.0), ("film", &before.1)] {
                let found = test.find(asked).await;
                assert!(found.degraded, "the index is not whole");
                assert_eq!(
                    (found.items, found.total),
                    (before.items.clone(), before.total)
                );
                assert_eq!(found.facets, before.facets);
            }
            assert!(test.status().await.unwrap().degraded);
            let gate = gate.clone();
            test = test.restart_behind(gate, keep).await;
        }
        gate.let_pass();
        believed(&test).await;
        assert_eq!(
            (test.find("solaris").await, test.find("film").await),
            before
        );
    }
}

/// What happens while it is built is found as well, and in the index afterwards.
#[tokio::test]
async fn a_title_that_comes_while_the_first_index_is_built_is_found_at_last() {
    for test in TestApp::all().await {
        filled(&test, 10).await;
        let gate = Gate::closed();
        let test = test.restart_behind(gate.clone(), lose).await;
        test.tell([changed(film("m", "Mirror"), 1)]).await;
        assert!(test.find("solaris").await.degraded);
        gate.let_pass();
        believed(&test).await;
        test.settle().await;
        assert_eq!(test.titles("mirror").await, ["Mirror"]);
        assert_eq!(test.titles("solaris").await, ["Solaris"]);
    }
}

#[tokio::test]
async fn another_process_does_not_believe_in_an_index_that_is_being_built_either() {
    for test in TestApp::all().await {
        filled(&test, 10).await;
        let gate = Gate::closed();
        let test = test.restart_behind(gate.clone(), lose).await;
        let building = async {
            while !test.status().await.unwrap().rebuilding {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let begun = tokio::time::timeout(Duration::from_secs(30), building).await;
        assert!(begun.is_ok(), "the first process builds it");
        let other = test.beside().await;
        for process in [&test, &other] {
            let found = process.find("solaris").await;
            assert_eq!((found.degraded, found.total), (true, 1));
        }
        gate.let_pass();
        for process in [&test, &other] {
            believed(process).await;
            assert_eq!(process.titles("solaris").await, ["Solaris"]);
        }
    }
}

/// An empty catalogue has a whole index, too.
#[tokio::test]
async fn an_index_of_nothing_is_believed() {
    for test in TestApp::all().await {
        believed(&test).await;
        assert_eq!(test.find("solaris").await.total, 0);
    }
}
