//! The folder keeps the promises of every blob store, and some of its own.

use std::sync::Arc;

use crate::{Blob as _, PortError, conformance::blob::Stand, embedded::Blob};

async fn stand() -> Stand {
    let folder = tempfile::tempdir().unwrap();
    Stand {
        blob: Arc::new(Blob::open(folder.path()).await.unwrap()),
        keep: Box::new(folder),
    }
}

crate::blob_suite!(stand);

#[cfg(unix)]
#[tokio::test]
async fn links_that_lead_out_of_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;

    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Blob::open(folder.path()).await.unwrap();
    std::fs::write(outside.path().join("secret"), "s").unwrap();
    symlink(outside.path(), folder.path().join("out")).unwrap();
    symlink(outside.path().join("secret"), folder.path().join("file")).unwrap();
    for key in ["out/secret", "file"] {
        assert!(store.get(key).await.unwrap().is_none(), "{key}");
        assert!(store.read(key, None).await.unwrap().is_none(), "{key}");
        assert!(store.head(key).await.unwrap().is_none(), "{key}");
    }
    let refused = store.put_bytes("out/new", "n".into()).await.unwrap_err();
    assert!(matches!(refused, PortError::Invalid(_)), "{refused:?}");
    assert!(!store.delete("out/secret").await.unwrap());
    assert_eq!(store.delete_prefix("out/").await.unwrap(), 0);
    assert_eq!(store.list("", None, 10).await.unwrap().blobs, []);
    assert_eq!(std::fs::read(outside.path().join("secret")).unwrap(), b"s");
    assert!(!outside.path().join("new").exists());
}

#[tokio::test]
async fn nothing_unfinished_stays_behind_and_what_a_crash_left_goes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Blob::open(folder.path()).await.unwrap();
    let failing = futures::stream::iter([
        Ok("half".into()),
        Err(PortError::unavailable("blob store", "the upload broke off")),
    ]);
    assert!(store.put("a/b", Box::pin(failing)).await.is_err());
    let unfinished = || {
        std::fs::read_dir(folder.path().join(super::UNFINISHED))
            .unwrap()
            .count()
    };
    assert_eq!(unfinished(), 0);
    let (old, new) = (store.unfinished(), store.unfinished());
    for file in [&old, &new] {
        std::fs::write(file, "x").unwrap();
    }
    let file = std::fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    Blob::open(folder.path()).await.unwrap();
    assert!(!old.exists() && new.exists());
    assert_eq!(store.list("", None, 10).await.unwrap().blobs, []);
}

#[tokio::test]
async fn a_blob_cannot_lie_under_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = Blob::open(folder.path()).await.unwrap();
    store.put_bytes("a/b", "1".into()).await.unwrap();
    for key in ["a", "a/b/c"] {
        let refused = store.put_bytes(key, "2".into()).await.unwrap_err();
        assert!(
            matches!(refused, PortError::Invalid(_)),
            "{key}: {refused:?}"
        );
        assert!(store.get(key).await.unwrap().is_none());
    }
    store.delete("a/b").await.unwrap();
    store.put_bytes("a", "3".into()).await.unwrap();
    assert_eq!(store.get("a").await.unwrap().unwrap(), "3");
}
