//! The embedded bus keeps the promises of every bus, and some of its own.

mod crash;
mod damage;
mod files;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::TryStreamExt as _;
use sv_kernel::{Clock as _, MovableClock, SystemClock, Tenant, Timestamp};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Bus, BusOptions, lease::STALE_AFTER, log::Log};
use crate::{
    Bus as _, Consumer, ConsumerOptions, Delivery, HandleError, Handler, Position, Record, Topic,
    TopicPartition, bus::fnv_1a, conformance::bus::Stand, run_consumer,
};

async fn stand() -> Stand {
    let folder = tempfile::tempdir().unwrap();
    Stand {
        one: Arc::new(open(folder.path()).await),
        two: Arc::new(open(folder.path()).await),
        keep: Box::new(folder),
    }
}

crate::bus_suite!(stand);

async fn open(folder: &Path) -> Bus {
    Bus::open(folder, BusOptions::default()).await.unwrap()
}

fn record(topic: &str, key: &str, version: i64) -> Record {
    let thing = u128::from(fnv_1a(key.as_bytes()));
    Record {
        topic: topic.into(),
        key: key.into(),
        payload: Some("payload".into()),
        event_id: Uuid::from_u128(thing << 64 | u128::from(version.unsigned_abs())),
        version,
        tenant: Tenant::default(),
        traceparent: None,
        headers: BTreeMap::new(),
    }
}

async fn all(bus: &Bus, topic: &str) -> Vec<Delivery> {
    let replay = bus.replay(topic).await.unwrap();
    replay.records.try_collect().await.unwrap()
}

async fn poll(consumer: &mut dyn Consumer) -> (Vec<TopicPartition>, Vec<Position>) {
    let batch = consumer.poll(100, Duration::from_secs(5)).await.unwrap();
    let positions = batch
        .deliveries
        .into_iter()
        .map(|delivery| delivery.position);
    (batch.revoked, positions.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_may_be_created_and_closed_by_many_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let start = Arc::new(tokio::sync::Barrier::new(8));
        let opening = (0..8).map(|n| {
            let (folder, start) = (folder.path().to_owned(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                let bus = open(&folder).await;
                bus.ensure_topics(&[Topic::compacted("state")])
                    .await
                    .unwrap();
                bus.publish(vec![record("state", "k", n)]).await.unwrap();
            })
        });
        for opened in futures::future::join_all(opening).await {
            opened.unwrap();
        }
        assert_eq!(all(&open(folder.path()).await, "state").await.len(), 8);
    }
}

/// A relay that died before it noted what it published does it again (EVT-7).
#[tokio::test]
async fn what_is_published_again_stands_where_it_stood() {
    let folder = tempfile::tempdir().unwrap();
    let bus = open(folder.path()).await;
    let topics = [Topic::compacted("state"), Topic::compacted("other")];
    bus.ensure_topics(&topics).await.unwrap();
    let batch = |versions: std::ops::Range<i64>| -> Vec<_> {
        let of_key = |version| record("state", &format!("k{}", version % 3), version);
        versions.map(of_key).collect()
    };
    let first = bus.publish(batch(0..6)).await.unwrap();
    drop(bus);

    let bus = open(folder.path()).await;
    let again = bus.publish(batch(3..9)).await.unwrap();
    assert_eq!(again[..3], first[3..]);
    assert!(again[3..].iter().all(|at| !first.contains(at)));
    assert_eq!(all(&bus, "state").await.len(), 9);
    let mut elsewhere = record("other", "k0", 0);
    elsewhere.event_id = batch(0..1)[0].event_id;
    bus.publish(vec![elsewhere]).await.unwrap();
    assert_eq!(all(&bus, "other").await.len(), 1, "events are of a topic");
}

#[tokio::test]
async fn compaction_keeps_the_newest_of_each_key_tombstones_included() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
    let options = BusOptions {
        clock: clock.clone(),
        clean_every: Duration::from_hours(1),
        ..BusOptions::default()
    };
    let bus = Bus::open(folder.path(), options.clone()).await.unwrap();
    bus.ensure_topics(&[Topic::compacted("state")])
        .await
        .unwrap();
    for round in 0..30 {
        let mut records: Vec<_> = (0..100)
            .map(|key| record("state", &format!("k{key}"), round * 100 + key))
            .collect();
        if round == 29 {
            records[7].payload = None;
        }
        bus.publish(records).await.unwrap();
    }
    assert_eq!(
        bus.clean().await.unwrap(),
        0,
        "what is young may still be read"
    );
    clock.advance(options.compact_after + Duration::from_secs(1));
    let young = bus
        .publish(vec![record("state", "k8", 9_000)])
        .await
        .unwrap();
    assert_eq!(bus.clean().await.unwrap(), 2_900);
    let left = all(&bus, "state").await;
    assert_eq!(left.len(), 101);
    let versions: BTreeMap<_, _> = left
        .iter()
        .map(|delivery| (&*delivery.record.key, delivery.record.version))
        .collect();
    assert_eq!((versions["k3"], versions["k8"]), (2_903, 9_000));
    let gone = left
        .iter()
        .find(|delivery| delivery.record.key == "k7")
        .unwrap();
    assert!(gone.record.is_tombstone());
    clock.advance(options.compact_after + Duration::from_secs(1));
    assert_eq!(bus.clean().await.unwrap(), 1, "the older one of k8");
    assert_eq!(bus.clean().await.unwrap(), 0);
    let next = bus
        .publish(vec![record("state", "k8", 9_001)])
        .await
        .unwrap();
    assert_eq!(
        next[0].offset,
        young[0].offset + 1,
        "offsets are never used again"
    );
}

#[tokio::test]
async fn retention_deletes_what_is_too_old_and_groups_go_on_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
    let options = BusOptions {
        clock: clock.clone(),
        ..BusOptions::default()
    };
    let bus = Bus::open(folder.path(), options).await.unwrap();
    let topic = Topic::retained("events", Duration::from_hours(1)).with_partitions(1);
    bus.ensure_topics(&[topic]).await.unwrap();
    let old = (0..1_000)
        .map(|version| record("events", "k", version))
        .collect();
    bus.publish(old).await.unwrap();
    clock.advance(Duration::from_mins(40));
    bus.publish(vec![record("events", "k", 1_000)])
        .await
        .unwrap();
    assert_eq!(bus.clean().await.unwrap(), 0);
    clock.advance(Duration::from_mins(40));
    assert_eq!(bus.clean().await.unwrap(), 1_000);
    let mut consumer = bus.subscribe("g", &["events"]).await.unwrap();
    let (_, positions) = poll(&mut *consumer).await;
    assert_eq!(
        positions.iter().map(|at| at.offset).collect::<Vec<_>>(),
        [1_000]
    );
    let longer = Topic::retained("events", Duration::from_hours(2)).with_partitions(1);
    bus.ensure_topics(&[longer]).await.unwrap();
    clock.advance(Duration::from_mins(40));
    assert_eq!(
        bus.clean().await.unwrap(),
        0,
        "records may be kept longer later on"
    );
    clock.advance(Duration::from_hours(1));
    assert_eq!(bus.clean().await.unwrap(), 1);
    let next = bus
        .publish(vec![record("events", "k", 1_001)])
        .await
        .unwrap();
    assert_eq!(next[0].offset, 1_001, "offsets are never used again");
}

#[tokio::test]
async fn a_log_that_is_opened_again_holds_everything() {
    let folder = tempfile::tempdir().unwrap();
    let bus = open(folder.path()).await;
    bus.ensure_topics(&[Topic::compacted("state")])
        .await
        .unwrap();
    bus.publish(vec![record("state", "k", 1)]).await.unwrap();
    let mut consumer = bus.subscribe("g", &["state"]).await.unwrap();
    let (_, positions) = poll(&mut *consumer).await;
    consumer.commit(&positions).await.unwrap();
    drop(consumer);
    drop(bus);
    let bus = open(folder.path()).await;
    bus.publish(vec![record("state", "k", 2)]).await.unwrap();
    assert_eq!(all(&bus, "state").await.len(), 2);
    let mut consumer = bus.subscribe("g", &["state"]).await.unwrap();
    let (_, next) = poll(&mut *consumer).await;
    assert_eq!(next[0].offset, positions[0].offset + 1);
    assert_eq!(next.len(), 1);
}

/// A member whose process stood still must not undo what its successor did.
#[tokio::test]
async fn a_member_that_lost_its_lease_commits_nothing_and_hears_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()).await, open(folder.path()).await);
    let topic = Topic::compacted("state").with_partitions(1);
    one.ensure_topics(&[topic]).await.unwrap();
    one.publish(vec![record("state", "k", 1), record("state", "k", 2)])
        .await
        .unwrap();
    let mut stalled = one.subscribe("g", &["state"]).await.unwrap();
    let (_, delivered) = poll(&mut *stalled).await;
    let mut standby = two.subscribe("g", &["state"]).await.unwrap();
    let idle = standby.poll(10, Duration::from_millis(50)).await.unwrap();
    assert!(
        idle.deliveries.is_empty(),
        "the first member holds the partition"
    );

    // As if the first member's process had stood still for this long.
    let log = Log::open(&folder.path().join("bus.db")).await.unwrap();
    let lease = log.leases("g").await.unwrap().remove(0);
    log.renew(&[lease.owner], SystemClock.now() - STALE_AFTER * 2)
        .await
        .unwrap();
    let (_, again) = poll(&mut *standby).await;
    assert_eq!(again, delivered);
    standby.commit(&again).await.unwrap();

    stalled.commit(&delivered[..1]).await.unwrap();
    assert_eq!(
        one.lag("g", "state").await.unwrap(),
        0,
        "the late commit has no effect"
    );
    let (revoked, nothing) = poll(&mut *stalled).await;
    assert_eq!(revoked, [delivered[0].partition.clone()]);
    assert_eq!(nothing, []);
}

#[tokio::test]
async fn a_standby_takes_over_from_a_member_that_was_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()).await, open(folder.path()).await);
    one.ensure_topics(&[Topic::compacted("state")])
        .await
        .unwrap();
    one.publish(vec![record("state", "k", 1)]).await.unwrap();
    let mut first = one.subscribe("g", &["state"]).await.unwrap();
    poll(&mut *first).await;
    let mut standby = two.subscribe("g", &["state"]).await.unwrap();
    let idle = standby.poll(10, Duration::from_millis(50)).await.unwrap();
    assert!(idle.deliveries.is_empty());
    drop(first);
    let (_, positions) = poll(&mut *standby).await;
    assert_eq!(positions.len(), 1);
}

#[tokio::test]
async fn a_long_backlog_of_one_partition_does_not_hold_up_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let bus = open(folder.path()).await;
    bus.ensure_topics(&[Topic::compacted("state")])
        .await
        .unwrap();
    let long = (0..500)
        .map(|version| record("state", "k", version))
        .collect();
    bus.publish(long).await.unwrap();
    let others = (0..20)
        .map(|n| record("state", &format!("k{n}"), 1))
        .collect();
    let at = bus.publish(others).await.unwrap();
    let mut consumer = bus.subscribe("g", &["state"]).await.unwrap();
    let batch = consumer.poll(30, Duration::from_secs(5)).await.unwrap();
    let seen: BTreeSet<_> = batch
        .deliveries
        .iter()
        .map(|delivery| &delivery.position.partition)
        .collect();
    let filled: BTreeSet<_> = at.iter().map(|at| &at.partition).collect();
    assert!(filled.len() > 1);
    assert_eq!(seen, filled);
}

/// Hangs on its first record until it is cancelled.
#[derive(Default)]
struct Hanging(AtomicUsize);

#[async_trait]
impl Handler for Hanging {
    async fn handle(&self, _: &Delivery) -> Result<(), HandleError> {
        if self.0.fetch_add(1, Ordering::SeqCst) == 0 {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_handler_that_hangs_is_cancelled_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Arc::new(open(folder.path()).await);
    let topic = Topic::compacted("state");
    bus.ensure_topics(std::slice::from_ref(&topic))
        .await
        .unwrap();
    bus.publish(vec![record("state", "k", 1)]).await.unwrap();
    let options = ConsumerOptions {
        deadline: Duration::from_millis(20),
        first_wait: Duration::from_millis(1),
        ..ConsumerOptions::new("g", [topic])
    };
    let (handler, stop) = (Arc::new(Hanging::default()), CancellationToken::new());
    let running = tokio::spawn(run_consumer(
        bus.clone(),
        options,
        handler.clone(),
        stop.clone(),
    ));
    let waiting = async {
        while bus.lag("g", "state").await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .unwrap();
    stop.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(handler.0.load(Ordering::SeqCst), 2);
}
