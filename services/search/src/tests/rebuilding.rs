//! Building the index anew (X-SR-2).

use sv_proto::search::RebuildIndexRequest;
use sv_rpc::{call, error};

use super::world::{Fault, World, changed, deleted, film};

#[tokio::test]
async fn a_rebuild_gives_an_equal_index_while_the_old_one_answers() {
    for world in World::all().await {
        for n in 0..450 {
            world
                .tell([changed(
                    film(&format!("f{n}"), &format!("Film number {n}")),
                    1,
                )])
                .await;
        }
        world
            .tell([changed(film("f7", "Solaris"), 2), deleted("f8", 2)])
            .await;
        world.settle().await;
        let before = (world.find("film").await, world.find("solaris").await);
        let (rebuilt, asked) = tokio::join!(world.rebuild(), async {
            let mut asked = 0;
            loop {
                assert_eq!(
                    world.titles("solaris").await,
                    ["Solaris"],
                    "at every moment"
                );
                asked += 1;
                if asked > 20 && !world.status().await.unwrap().rebuilding {
                    return asked;
                }
            }
        });
        let rebuilt = rebuilt.unwrap();
        assert_eq!(rebuilt.documents, 449);
        assert!(rebuilt.events >= 450 && asked > 20);
        assert_eq!(
            (world.find("film").await, world.find("solaris").await),
            before
        );
        assert!(
            world
                .titles("film number 8")
                .await
                .iter()
                .all(|title| title != "Film number 8")
        );
        assert_eq!(world.status().await.unwrap().documents, 449);
    }
}

#[tokio::test]
async fn what_happens_during_a_rebuild_is_in_the_new_index() {
    for world in World::all().await {
        for n in 0..300 {
            world
                .tell([changed(film(&format!("f{n}"), &format!("Film {n}")), 1)])
                .await;
        }
        world.settle().await;
        let (rebuilt, ()) = tokio::join!(world.rebuild(), async {
            for n in 0..50 {
                let id = format!("f{n}");
                world
                    .tell([changed(film(&id, &format!("Renamed {n}")), 2)])
                    .await;
                world.tell([deleted(&format!("f{}", n + 100), 2)]).await;
            }
        });
        rebuilt.unwrap();
        world.settle().await;
        assert_eq!(world.find("renamed").await.total, 50);
        assert_eq!(world.status().await.unwrap().documents, 250);
        assert_eq!(world.titles("renamed 49").await[0], "Renamed 49");
    }
}

#[tokio::test]
async fn only_one_rebuild_runs_at_a_time() {
    for world in World::all().await {
        for n in 0..300 {
            world
                .tell([changed(film(&format!("f{n}"), &format!("Film {n}")), 1)])
                .await;
        }
        world.settle().await;
        let (one, other) = tokio::join!(world.rebuild(), world.rebuild());
        let refused = [one, other]
            .into_iter()
            .filter_map(Result::err)
            .collect::<Vec<_>>();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].reason(), "REBUILD_RUNNING");
        assert!(world.rebuild().await.is_ok(), "afterwards it works again");
    }
}

#[tokio::test]
async fn a_rebuild_that_fails_leaves_the_old_index() {
    for world in World::all().await {
        world.tell([changed(film("a", "Solaris"), 1)]).await;
        world.settle().await;
        world.index.set(Fault::Fails);
        assert_eq!(
            world.rebuild().await.unwrap_err().reason(),
            "INDEX_UNAVAILABLE"
        );
        world.index.set(Fault::None);
        assert_eq!(world.titles("solaris").await, ["Solaris"]);
        assert_eq!(world.rebuild().await.unwrap().documents, 1);
    }
}

#[tokio::test]
async fn a_rebuild_goes_on_when_its_caller_goes_away() {
    for world in World::all().await {
        for n in 0..300 {
            world
                .tell([changed(film(&format!("f{n}"), &format!("Film {n}")), 1)])
                .await;
        }
        world.settle().await;
        let first = std::time::Duration::from_millis(1);
        assert!(tokio::time::timeout(first, world.rebuild()).await.is_err());
        world.settle().await;
        assert_eq!(world.find("film 299").await.items[0].title, "Film 299");
        assert_eq!(world.rebuild().await.unwrap().documents, 300);
    }
}

#[tokio::test]
async fn viewers_may_not_rebuild() {
    for world in World::all().await {
        let request = call(&world.viewer, RebuildIndexRequest {});
        let refused = world
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
    for world in World::all().await {
        world
            .tell([
                changed(film("a", "Solaris"), 1),
                changed(film("b", "Stalker"), 1),
            ])
            .await;
        world.tell([deleted("b", 2)]).await;
        world.settle().await;
        let lose =
            |folder: &std::path::Path| std::fs::remove_dir_all(folder.join("index")).unwrap();
        let world = world.restart(lose).await;
        world.tell([changed(film("c", "Mirror"), 1)]).await;
        world.settle().await;
        assert_eq!(world.titles("mirror").await, ["Mirror"]);
        assert_eq!(world.titles("solaris").await, ["Solaris"]);
        assert!(!world.find("solaris").await.degraded);
        assert!(world.titles("stalker").await.is_empty());
    }
}

/// C20: the log is not where titles live.
#[tokio::test]
async fn a_rebuild_finds_every_title_though_the_log_was_lost() {
    for world in World::all().await {
        for (id, title) in [("a", "Solaris"), ("b", "Stalker"), ("c", "Mirror")] {
            world.tell([changed(film(id, title), 1)]).await;
        }
        world.tell([deleted("b", 2)]).await;
        world.settle().await;
        let lose = |folder: &std::path::Path| {
            for end in ["db", "db-wal", "db-shm"] {
                let _ = std::fs::remove_file(folder.join(format!("bus.{end}")));
            }
            std::fs::remove_dir_all(folder.join("index")).unwrap();
        };
        let world = world.restart(lose).await;
        let rebuilt = rebuilt(&world).await;
        assert_eq!(rebuilt.documents, 2);
        assert_eq!(world.titles("solaris").await, ["Solaris"]);
        assert!(world.titles("stalker").await.is_empty());
    }
}

/// C20: a snapshot that was taken before a change and written after it.
#[tokio::test]
async fn a_snapshot_never_undoes_what_events_have_told_since() {
    for world in World::all().await {
        world.tell([changed(film("a", "Solaris"), 1)]).await;
        world.tell([changed(film("b", "Stalker"), 1)]).await;
        world.settle().await;
        let held = world.catalogue.hold_back().await;
        let mut taken = world.catalogue.taken.subscribe();
        taken.mark_unchanged();
        let (rebuilt, ()) = tokio::join!(world.rebuild(), async {
            taken.changed().await.unwrap();
            world
                .tell([changed(film("a", "Mirror"), 2), deleted("b", 2)])
                .await;
            let told = async { while world.titles("mirror").await.is_empty() {} };
            tokio::time::timeout(std::time::Duration::from_secs(30), told)
                .await
                .unwrap();
            drop(held);
        });
        rebuilt.unwrap();
        assert_eq!(world.titles("mirror").await, ["Mirror"]);
        assert!(world.titles("solaris").await.is_empty());
        assert!(world.titles("stalker").await.is_empty());
        assert_eq!(world.status().await.unwrap().documents, 1);
    }
}

/// Builds the index anew, once the one at the start has come to its end.
async fn rebuilt(world: &World) -> sv_proto::search::RebuildIndexResponse {
    world.settle().await;
    world.rebuild().await.unwrap()
}
