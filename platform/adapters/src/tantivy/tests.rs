use std::{path::PathBuf, sync::Arc};

use sv_ports::{
    Position, TopicPartition,
    conformance::index::{Stand, ids, named, query},
    index::{Change, Index as _},
};

use super::TantivyIndex;

fn put(name: &str, version: i64) -> Vec<Change> {
    vec![Change::Put(named("a", version, name))]
}

fn at(offset: u64) -> Position {
    let topic = "content.changed".into();
    let partition = TopicPartition {
        topic,
        partition: 0,
    };
    Position { partition, offset }
}

fn folders(root: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect()
}

mod suite {
    use super::*;

    async fn make() -> Stand {
        let folder = tempfile::tempdir().unwrap();
        let index = TantivyIndex::open(folder.path()).await.unwrap();
        Stand {
            index: Arc::new(index),
            keep: Box::new(folder),
        }
    }

    sv_ports::index_suite!(make);
}

#[tokio::test]
async fn what_is_committed_survives_and_what_is_not_comes_again() {
    let root = tempfile::tempdir().unwrap();
    let index = TantivyIndex::open(root.path()).await.unwrap();
    index.write(put("Alien", 1)).await.unwrap();
    index.commit(&[at(3)]).await.unwrap();
    index.write(put("Aliens", 2)).await.unwrap();
    drop(index);

    let index = TantivyIndex::open(root.path()).await.unwrap();
    assert_eq!(index.status().await.unwrap().done, [at(3)]);
    assert_eq!(
        index.candidates(&query("alien")).await.unwrap()[0].version,
        1
    );
    let again = index.write(put("Aliens", 2)).await.unwrap();
    assert_eq!(again.accepted, 1, "its version was not kept either");
}

#[tokio::test]
async fn a_rebuild_that_was_cut_off_leaves_no_trace() {
    let root = tempfile::tempdir().unwrap();
    let index = TantivyIndex::open(root.path()).await.unwrap();
    index.write(put("Alien", 1)).await.unwrap();
    index.commit(&[at(3)]).await.unwrap();
    let mut rebuild = index.begin_rebuild().await.unwrap().unwrap();
    rebuild.write(put("Brazil", 2)).await.unwrap();
    assert_eq!(folders(root.path()).len(), 2);
    drop((rebuild, index));

    let index = TantivyIndex::open(root.path()).await.unwrap();
    assert_eq!(folders(root.path()).len(), 1);
    assert_eq!(ids(&index, &query("alien")).await, ["a"]);

    // A rebuild whose future was dropped does not bar the next one.
    drop(index.begin_rebuild().await.unwrap().unwrap());
    let mut rebuild = index.begin_rebuild().await.unwrap().unwrap();
    rebuild.write(put("Brazil", 2)).await.unwrap();
    rebuild.promote(&[at(9)]).await.unwrap();
    drop(index);
    let index = TantivyIndex::open(root.path()).await.unwrap();
    assert_eq!(ids(&index, &query("brazil")).await, ["a"]);
    assert_eq!(index.status().await.unwrap().done, [at(9)]);
    assert_eq!(folders(root.path()).len(), 1);
}

#[tokio::test]
async fn an_index_that_cannot_be_read_is_made_anew() {
    let root = tempfile::tempdir().unwrap();
    let index = TantivyIndex::open(root.path()).await.unwrap();
    index.write(put("Alien", 1)).await.unwrap();
    index.commit(&[at(3)]).await.unwrap();
    drop(index);
    let generation = folders(root.path()).remove(0);
    std::fs::write(generation.join("meta.json"), "{").unwrap();

    let index = TantivyIndex::open(root.path()).await.unwrap();
    assert!(index.status().await.unwrap().done.is_empty());
    assert!(ids(&index, &query("alien")).await.is_empty());
    index.write(put("Alien", 1)).await.unwrap();
    index.commit(&[]).await.unwrap();
    assert_eq!(ids(&index, &query("alien")).await, ["a"]);
}

#[tokio::test]
async fn a_second_process_cannot_write_into_the_folder() {
    let root = tempfile::tempdir().unwrap();
    let first = TantivyIndex::open(root.path()).await.unwrap();
    first.write(put("Alien", 1)).await.unwrap();
    let second = TantivyIndex::open(root.path()).await.unwrap();
    assert!(
        second
            .write(put("Alien", 2))
            .await
            .unwrap_err()
            .is_transient()
    );
    first.commit(&[]).await.unwrap();
    assert_eq!(ids(&first, &query("alien")).await, ["a"]);
}

#[tokio::test]
async fn what_a_late_thread_writes_into_an_unneeded_generation_stops_nothing() {
    let root = tempfile::tempdir().unwrap();
    drop(TantivyIndex::open(root.path()).await.unwrap());
    let unneeded = root.path().join("v3-77");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let late = std::thread::spawn(move || {
        for n in 0_u64.. {
            let _ = std::fs::create_dir_all(&unneeded);
            let _ = std::fs::write(unneeded.join(n.to_string()), "");
            if stopped.try_recv() != Err(std::sync::mpsc::TryRecvError::Empty) {
                return;
            }
        }
    });
    for _ in 0..200 {
        let index = TantivyIndex::open(root.path()).await.unwrap();
        let rebuild = index.begin_rebuild().await.unwrap().unwrap();
        rebuild.promote(&[at(1)]).await.unwrap();
    }
    drop(stop);
    late.join().unwrap();
    drop(TantivyIndex::open(root.path()).await.unwrap());
    assert_eq!(folders(root.path()).len(), 1);
}
