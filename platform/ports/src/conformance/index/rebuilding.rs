//! Building the index anew.

use super::{at, delete, ids, named, put, put_quietly, query, written};
use crate::index::{Change, Index};

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

/// Only what was built to its end may be believed: not a new index, whatever is written into it.
pub async fn an_index_is_whole_once_a_rebuild_is_promoted(index: &dyn Index) {
    let whole = async || index.status().await.unwrap().whole;
    assert!(!whole().await, "it is new");
    put(index, [named("a", 1, "Alien")]).await;
    index.commit(&[at(0, 4)]).await.unwrap();
    assert!(!whole().await, "what came before may be missing");
    let rebuild = index.begin_rebuild().await.unwrap().unwrap();
    rebuild.abandon().await.unwrap();
    assert!(!whole().await, "it was given up");
    let rebuild = index.begin_rebuild().await.unwrap().unwrap();
    assert!(!whole().await, "it is still being built");
    assert!(rebuild.promote(&[]).await.unwrap().whole);
    put(index, [named("b", 1, "Brazil")]).await;
    index.commit(&[at(0, 5)]).await.unwrap();
    assert!(whole().await, "and stays so");
}
