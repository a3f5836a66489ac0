//! What is taken over and remembered.

use sv_kernel::Tenant;

use super::{at, delete, found, ids, named, put, query, written};
use crate::index::{Change, Document, Index, IndexStatus, Query};

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
