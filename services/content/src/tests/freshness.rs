//! What was remembered never outlives a change that somebody has heard of.

use sv_rpc::call;

use super::world::{World, by, film};

#[tokio::test]
async fn a_list_is_right_straight_after_a_change() {
    for world in World::all().await {
        let made = world.publish("Before").await;
        for n in 0..20 {
            // Remembered from here on.
            world.titles(by("", 0)).await;
            world.titles(by("", 0)).await;
            let title = format!("After {n}");
            world
                .update(&made.id, film(&title), &["title"])
                .await
                .unwrap();
            assert_eq!(world.titles(by("", 0)).await, [title]);
        }
    }
}

#[tokio::test]
async fn whoever_heard_of_a_change_never_reads_an_older_state() {
    use std::sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    };
    for world in World::all().await {
        let made = world.publish("0").await;
        let acknowledged = Arc::new(AtomicI32::new(made.version));
        let readers = (0..4).map(|_| {
            let (mut viewers, ctx) = (world.viewers.clone(), world.viewer.clone());
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
            let updated = world.update(&made.id, film("x"), &["title"]).await.unwrap();
            acknowledged.store(updated.version, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
        for reader in readers {
            assert!(reader.await.unwrap() > 0);
        }
    }
}

#[tokio::test]
async fn a_change_of_another_process_shows_when_its_event_comes() {
    use sv_ports::{Delivery, Handler as _, Position, Record, TopicPartition};
    for world in World::all().await {
        world.publish("Ours").await;
        world.titles(by("", 0)).await;
        // Another process changes the same tables; this one has not heard of it.
        let sql = "UPDATE content SET status = 3";
        let ctx = world.db.ctx();
        let tx = world.db.begin(&ctx).await.unwrap();
        tx.run(sql, []).await.unwrap();
        tx.commit().await.unwrap();
        let at = Position {
            partition: TopicPartition {
                topic: crate::CHANGED.into(),
                partition: 0,
            },
            offset: 0,
        };
        let record = Record::from_wire(&at, "k".into(), None, std::collections::BTreeMap::new());
        let delivery = Delivery {
            position: at,
            at: sv_kernel::Timestamp::EPOCH,
            record,
        };
        world.invalidation.handle(&delivery).await.unwrap();
        assert_eq!(world.titles(by("", 0)).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_list_that_was_just_asked_for_is_not_read_again() {
    for world in World::all().await {
        let made = world.publish("Remembered").await;
        // Behind the service's back, so that only reading again would show it. An answer lives a
        // second: a machine that is slower than that gets another try.
        let mut remembered = false;
        for status in [3, 2].repeat(5) {
            let before = world.titles(by("", 0)).await;
            let tx = world.db.begin(&world.db.ctx()).await.unwrap();
            let sql = "UPDATE content SET status = $1 WHERE version = $2";
            tx.run(sql, [status.into(), made.version.into()])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            remembered |= world.titles(by("", 0)).await == before;
            world.invalidation.now();
            let shown = if status == 2 {
                vec!["Remembered"]
            } else {
                vec![]
            };
            assert_eq!(world.titles(by("", 0)).await, shown);
        }
        assert!(remembered, "every list was read from the tables");
    }
}
