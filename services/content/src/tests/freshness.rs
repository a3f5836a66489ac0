//! What was remembered never outlives a change that somebody has heard of.

use sv_rpc::call;

use super::test_app::{TestApp, by, film};

#[tokio::test]
async fn a_list_is_right_straight_after_a_change() {
    for test in TestApp::all().await {
        let made = test.publish("Before").await;
        for n in 0..20 {
            // Remembered from here on.
            test.titles(by("", 0)).await;
            test.titles(by("", 0)).await;
            let title = format!("After {n}");
            test.update(&made.id, film(&title), &["title"])
                .await
                .unwrap();
            assert_eq!(test.titles(by("", 0)).await, [title]);
        }
    }
}

#[tokio::test]
async fn whoever_heard_of_a_change_never_reads_an_older_state() {
    use std::sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    };
    for test in TestApp::all().await {
        let made = test.publish("0").await;
        let acknowledged = Arc::new(AtomicI32::new(made.version));
        let readers = (0..4).map(|_| {
            let (mut viewers, ctx) = (test.viewers.clone(), test.viewer.clone());
            let acknowledged = acknowledged.clone();
            tokio::spawn(async move {
                let mut reads = 0;
                while acknowledged.load(Ordering::SeqCst) < 15 {
                    let at_least = acknowledged.load(Ordering::SeqCst);
                    let list = viewers.list_movies(call(&ctx, by("", 0))).await.unwrap();
                    let version = list.into_inner().items[0].version;
                    assert!(version >= at_least, "{version} after {at_least}");
                    reads += 1;
                    // Answers from memory never wait: without a pause they would keep the
                    // database's answers from being heard on this one thread.
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
                reads
            })
        });
        let readers: Vec<_> = readers.collect();
        while acknowledged.load(Ordering::SeqCst) < 15 {
            let updated = test.update(&made.id, film("x"), &["title"]).await.unwrap();
            acknowledged.store(updated.version, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
        for reader in readers {
            assert!(reader.await.unwrap() > 0);
        }
    }
}

#[tokio::test]
async fn a_change_of_another_process_shows_when_what_is_remembered_is_too_old() {
    for test in TestApp::all().await {
        let made = test.publish("Remembered").await;
        let mut remembered = false;
        // A machine that is slower than an answer is kept gets another try.
        for status in [3, 2].repeat(5) {
            let before = test.titles(by("", 0)).await;
            let tx = test.db.begin(&test.db.ctx()).await.unwrap();
            let sql = "UPDATE content SET status = $1 WHERE version = $2";
            tx.run(sql, [status.into(), made.version.into()])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            remembered |= test.titles(by("", 0)).await == before;
            let begun = std::time::Instant::now();
            let shown = [&[][..], &["Remembered"]][usize::from(status == 2)];
            while test.titles(by("", 0)).await != shown {
                assert!(begun.elapsed().as_secs() < 20, "never shown");
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        }
        assert!(remembered, "every list was read from the tables");
    }
}
