//! What the log does with its file.

use super::{all, open, record};
use crate::{Bus as _, Record, Topic};

fn big(key: &str) -> Record {
    Record {
        payload: Some(vec![0; 100_000].into()),
        ..record("state", key, 1)
    }
}

/// C40.
#[tokio::test]
async fn what_is_acknowledged_after_the_disk_was_full_is_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let bus = open(folder.path()).await;
    bus.ensure_topics(&[Topic::compacted("state")])
        .await
        .unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let before = record("state", &format!("before-{round}"), 1);
        acknowledged.push(before.key.clone());
        bus.publish(vec![before]).await.unwrap();
        bus.shared.log.writer().bound(Some(1)).await.unwrap();
        for n in 0..3 {
            bus.publish(vec![big(&format!("full-{round}-{n}"))])
                .await
                .unwrap_err();
        }
        bus.check_room().await.unwrap_err();
        bus.shared.log.writer().bound(None).await.unwrap();
        bus.check_room().await.unwrap();
    }
    let after = big("after");
    acknowledged.push(after.key.clone());
    bus.publish(vec![after]).await.unwrap();
    drop(bus);
    let bus = open(folder.path()).await;
    let mut stored: Vec<String> = all(&bus, "state")
        .await
        .into_iter()
        .map(|at| at.record.key)
        .collect();
    stored.sort();
    acknowledged.sort();
    assert_eq!(stored, acknowledged);
}

/// Counts the locks that this process holds on the log's file and on the index of its log. `/proc/locks`
/// would miss some while other processes take and release theirs.
#[cfg(target_os = "linux")]
fn locks(folder: &std::path::Path) -> [usize; 2] {
    ["bus.db", "bus.db-shm"].map(|file| {
        let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        let of_file = open
            .filter(|fd| std::fs::read_link(fd.path()).is_ok_and(|path| path == folder.join(file)));
        let held = of_file.filter_map(|fd| {
            let info = std::path::Path::new("/proc/self/fdinfo").join(fd.file_name());
            std::fs::read_to_string(info).ok()
        });
        held.map(|info| {
            info.lines()
                .filter(|line| line.starts_with("lock:"))
                .count()
        })
        .sum()
    })
}

/// C40.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_keeps_its_locks_while_it_looks_for_news_and_is_opened_once_more() {
    use std::time::Duration;

    let folder = tempfile::tempdir().unwrap();
    let bus = open(folder.path()).await;
    bus.ensure_topics(&[Topic::compacted("state")])
        .await
        .unwrap();
    let mut consumer = bus.subscribe("group", &["state"]).await.unwrap();
    for version in 1..20 {
        // Another handle of the same process, as a test or a second part of it would have.
        let other = open(folder.path()).await;
        other
            .publish(vec![record("state", "a", version)])
            .await
            .unwrap();
        drop(other);
        let batch = consumer.poll(10, Duration::from_secs(5)).await.unwrap();
        assert_eq!(batch.deliveries.len(), 1, "the news was seen");
        let held = locks(folder.path());
        assert!(held.iter().all(|held| *held > 0), "{held:?}");
    }
}
