//! Building the index anew (X-SR-2).

use sv_proto::search::RebuildIndexRequest;
use sv_rpc::{call, error};

use super::test_app::{Fault, TestApp, changed, deleted, film, lose};

#[tokio::test]
async fn a_rebuild_gives_an_equal_index_while_the_old_one_answers() {
    for test in TestApp::all().await {
        for n in 0..450 {
            test.tell([changed(
                film(&format!("f{n}"), &format!("Film number {n}")),
                1,
            )])
            .await;
        }
        test.tell([changed(film("f7", "Solaris"), 2), deleted("f8", 2)])
            .await;
        test.settle().await;
        let before = (test.find("film").await, test.find("solaris").await);
        let (rebuilt, asked) = tokio::join!(test.rebuild(), async {
            let mut asked = 0;
            loop {
                assert_eq!(test.titles("solaris").await, ["Solaris"], "at every moment");
                asked += 1;
                if asked > 20 && !test.status().await.unwrap().rebuilding {
                    return asked;
                }
            }
        });
        let rebuilt = rebuilt.unwrap();
        assert_eq!(rebuilt.documents, 449);
        assert!(rebuilt.events >= 450 && asked > 20);
        assert_eq!(
            (test.find("film").await, test.find("solaris").await),
            before
        );
        assert!(
            test.titles("film number 8")
                .await
                .iter()
                .all(|title| title != "Film number 8")
        );
        assert_eq!(test.status().await.unwrap().documents, 449);
    }
}

#[tokio::test]
async fn what_happens_during_a_rebuild_is_in_the_new_index() {
    for test in TestApp::all().await {
        for n in 0..300 {
            test.tell([changed(film(&format!("f{n}"), &format!("Film {n}")), 1)])
                .await;
        }
        test.settle().await;
        let (rebuilt, ()) = tokio::join!(test.rebuild(), async {
            for n in 0..50 {
                let id = format!("f{n}");
                test.tell([changed(film(&id, &format!("Renamed {n}")), 2)])
                    .await;
                test.tell([deleted(&format!("f{}", n + 100), 2)]).await;
            }
        });
        rebuilt.unwrap();
        test.settle().await;
        assert_eq!(test.find("renamed").await.total, 50);
        assert_eq!(test.status().await.unwrap().documents, 250);
        assert_eq!(test.titles("renamed 49").await[0], "Renamed 49");
    }
}

#[tokio::test]
async fn only_one_rebuild_runs_at_a_time() {
    for test in TestApp::all().await {
        for n in 0..300 {
            test.tell([changed(film(&format!("f{n}"), &format!("Film {n}")), 1)])
                .await;
        }
        test.settle().await;
        let (one, other) = tokio::join!(test.rebuild(), test.rebuild());
        let refused = [one, other]
            .into_iter()
            .filter_map(Result::err)
            .collect::<Vec<_>>();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].reason(), "REBUILD_RUNNING");
        assert!(test.rebuild().await.is_ok(), "afterwards it works again");
    }
}

#[tokio::test]
async fn a_rebuild_that_fails_leaves_the_old_index() {
    for test in TestApp::all().await {
        test.tell([changed(film("a", "Solaris"), 1)]).await;
        test.settle().await;
        test.index.set(Fault::Fails);
        assert_eq!(
            test.rebuild().await.unwrap_err().reason(),
            "INDEX_UNAVAILABLE"
        );
        test.index.set(Fault::None);
        assert_eq!(test.titles("solaris").await, ["Solaris"]);
        assert_eq!(test.rebuild().await.unwrap().documents, 1);
    }
}

#[tokio::test]
async fn a_rebuild_goes_on_when_its_caller_goes_away() {
    for test in TestApp::all().await {
        for n in 0..300 {
            test.tell([changed(film(&format!("f{n}"), &format!("Film {n}")), 1)])
                .await;
        }
        test.settle().await;
        let first = std::time::Duration::from_millis(1);
        assert!(tokio::time::timeout(first, test.rebuild()).await.is_err());
        test.settle().await;
        assert_eq!(test.find("film 299").await.items[0].title, "Film 299");
        assert_eq!(test.rebuild().await.unwrap().documents, 300);
    }
}

#[tokio::test]
async fn viewers_may_not_rebuild() {
    for test in TestApp::all().await {
        let request = call(&test.viewer, RebuildIndexRequest {});
        let refused = test
            .admin
            .clone()
            .rebuild_index(request)
            .await
            .map_err(error);
        assert_eq!(refused.unwrap_err().reason(), "PERMISSION_DENIED");
    }
}

#[tokio::test]
async fn an_index_that_was_lost_is_built_anew_at_the_start() {
    for test in TestApp::all().await {
        test.tell([
            changed(film("a", "Solaris"), 1),
            changed(film("b", "Stalker"), 1),
        ])
        .await;
        test.tell([deleted("b", 2)]).await;
        test.settle().await;
        let test = test.restart(lose).await;
        test.tell([changed(film("c", "Mirror"), 1)]).await;
        test.settle().await;
        assert_eq!(test.titles("mirror").await, ["Mirror"]);
        assert_eq!(test.titles("solaris").await, ["Solaris"]);
        assert!(!test.find("solaris").await.degraded);
        assert!(test.titles("stalker").await.is_empty());
    }
}

/// C20: the log is not where titles live.
#[tokio::test]
async fn a_rebuild_finds_every_title_though_the_log_was_lost() {
    for test in TestApp::all().await {
        for (id, title) in [("a", "Solaris"), ("b", "Stalker"), ("c", "Mirror")] {
            test.tell([changed(film(id, title), 1)]).await;
        }
        test.tell([deleted("b", 2)]).await;
        test.settle().await;
        let lose_log = |folder: &std::path::Path| {
            for end in ["db", "db-wal", "db-shm"] {
                let _ = std::fs::remove_file(folder.join(format!("bus.{end}")));
            }
            lose(folder);
        };
        let test = test.restart(lose_log).await;
        let rebuilt = rebuilt(&test).await;
        assert_eq!(rebuilt.documents, 2);
        assert_eq!(test.titles("solaris").await, ["Solaris"]);
        assert!(test.titles("stalker").await.is_empty());
    }
}

/// C20: a snapshot that was taken before a change and written after it.
#[tokio::test]
async fn a_snapshot_never_undoes_what_events_have_told_since() {
    for test in TestApp::all().await {
        test.tell([changed(film("a", "Solaris"), 1)]).await;
        test.tell([changed(film("b", "Stalker"), 1)]).await;
        test.settle().await;
        let held = test.catalogue.hold_back().await;
        let mut taken = test.catalogue.taken.subscribe();
        taken.mark_unchanged();
        let (rebuilt, ()) = tokio::join!(test.rebuild(), async {
            taken.changed().await.unwrap();
            test.tell([changed(film("a", "Mirror"), 2), deleted("b", 2)])
                .await;
            let told = async { while test.titles("mirror").await.is_empty() {} };
            tokio::time::timeout(std::time::Duration::from_secs(30), told)
                .await
                .unwrap();
            drop(held);
        });
        rebuilt.unwrap();
        assert_eq!(test.titles("mirror").await, ["Mirror"]);
        assert!(test.titles("solaris").await.is_empty());
        assert!(test.titles("stalker").await.is_empty());
        assert_eq!(test.status().await.unwrap().documents, 1);
    }
}

/// Builds the index anew, once the one at the start has come to its end.
async fn rebuilt(test: &TestApp) -> sv_proto::search::RebuildIndexResponse {
    test.settle().await;
    test.rebuild().await.unwrap()
}
