//! The log: what was published is what comes, in order.

use std::collections::BTreeSet;

use futures::{TryStreamExt as _, future::join_all};
use sv_kernel::Tenant;

use super::{Stand, Topic, positions, record, take, unique, versions_of};
use crate::{PortError, limits};
use sv_kernel::Cleanup;

/// Key, payload, event id, version, tenant, trace and further headers all arrive (EVT-8).
pub async fn records_come_in_order_per_key_with_all_their_parts(stand: Stand) {
    let topic = stand.retained().await;
    let mut sent = Vec::new();
    for version in 1..=20 {
        for key in ["a", "b", "c", "d"] {
            let mut record = record(&topic, key, version);
            record.tenant = Tenant::parse("acme").unwrap();
            record.traceparent = Some(format!("00-{version:032x}-{version:016x}-01"));
            record.headers.insert("kind".into(), "größer".into());
            sent.push(record);
        }
    }
    let acknowledged = stand.publish(&sent).await;
    let mut consumer = stand.consumer(&unique("g"), &topic).await;
    let got = take(&mut *consumer, sent.len()).await;
    for key in ["a", "b", "c", "d"] {
        assert_eq!(
            versions_of(&got, key),
            (1..=20).collect::<Vec<_>>(),
            "{key}"
        );
    }
    for (record, at) in sent.iter().zip(acknowledged) {
        let delivery = got.iter().find(|delivery| delivery.position == at).unwrap();
        assert_eq!(delivery.record, *record);
    }
}

/// A record without payload says which version is gone.
pub async fn tombstones_keep_their_version(stand: Stand) {
    let topic = stand.create(Topic::compacted(unique("state"))).await;
    let mut gone = record(&topic, "a", 7);
    gone.payload = None;
    let mut empty = record(&topic, "b", 8);
    empty.payload = Some("".into());
    stand.publish(&[gone.clone(), empty.clone()]).await;
    let mut consumer = stand.consumer(&unique("g"), &topic).await;
    let mut got = take(&mut *consumer, 2).await;
    got.sort_by_key(|delivery| delivery.record.version);
    assert_eq!([&got[0].record, &got[1].record], [&gone, &empty]);
    assert!(got[0].record.is_tombstone() && !got[1].record.is_tombstone());
}

/// The largest batch keeps its order, and positions grow within each partition.
pub async fn records_of_one_publish_keep_their_order(stand: Stand) {
    let topic = stand.retained().await;
    let count = i64::try_from(limits::MAX_BATCH).unwrap();
    let sent: Vec<_> = (0..count)
        .map(|version| record(&topic, "k", version))
        .collect();
    let at = stand.publish(&sent).await;
    assert!(
        at.windows(2).all(|pair| pair[0] < pair[1]),
        "positions grow"
    );
    let mut consumer = stand.consumer(&unique("g"), &topic).await;
    let got = take(&mut *consumer, sent.len()).await;
    assert_eq!(versions_of(&got, "k"), (0..count).collect::<Vec<_>>());
    assert_eq!(positions(&got), at);
    assert_eq!(stand.publish(&[]).await, []);
}

/// Publishers of two processes at once: each one's records stay in its order.
pub async fn many_publishers_lose_and_mix_up_nothing(stand: Stand) {
    let topic = stand.retained().await;
    let publishers = (0..8).map(|publisher| {
        let bus = if publisher % 2 == 0 {
            &stand.one
        } else {
            &stand.two
        };
        let (bus, topic) = (bus.clone(), topic.clone());
        async move {
            let mut at = Vec::new();
            for version in 0..25 {
                let record = record(&topic, &format!("p{publisher}"), version);
                at.extend(bus.publish(vec![record]).await.unwrap());
            }
            at
        }
    });
    let at: Vec<_> = join_all(publishers).await.concat();
    assert_eq!(
        at.iter().collect::<BTreeSet<_>>().len(),
        200,
        "every position is unique"
    );
    let mut consumer = stand.consumer(&unique("g"), &topic).await;
    let got = take(&mut *consumer, 200).await;
    for publisher in 0..8 {
        let versions = versions_of(&got, &format!("p{publisher}"));
        assert_eq!(
            versions,
            (0..25).collect::<Vec<_>>(),
            "publisher {publisher}"
        );
    }
}

/// A rebuild reads everything up to a fixed end, however much comes meanwhile.
pub async fn replay_ends_where_the_topic_ended_when_it_began(stand: Stand) {
    let topic = stand.create(Topic::compacted(unique("state"))).await;
    let nothing = stand.two.replay(&topic.name).await.unwrap();
    assert_eq!(nothing.ends, [0, 0, 0]);
    assert_eq!(nothing.records.try_collect::<Vec<_>>().await.unwrap(), []);
    let sent: Vec<_> = (0..500)
        .map(|n| record(&topic, &format!("k{}", n % 50), n))
        .collect();
    stand.publish(&sent).await;
    let replay = stand.two.replay(&topic.name).await.unwrap();
    stand.publish(&[record(&topic, "k0", 1000)]).await;
    assert_eq!(replay.ends.len(), 3);
    let got: Vec<_> = replay.records.try_collect().await.unwrap();
    assert_eq!(got.len(), 500);
    assert_eq!(
        versions_of(&got, "k0"),
        (0..10).map(|n| n * 50).collect::<Vec<_>>()
    );
    for delivery in &got {
        let partition = usize::try_from(delivery.position.partition.partition).unwrap();
        assert!(delivery.position.offset < replay.ends[partition]);
    }
}

/// A typing error in a topic's name or settings is an error, not a new topic.
pub async fn topics_must_exist_and_be_as_asked(stand: Stand) {
    stand.one.ensure_topics(&[]).await.unwrap();
    let topic = stand.create(Topic::compacted(unique("state"))).await;
    stand
        .two
        .ensure_topics(std::slice::from_ref(&topic))
        .await
        .unwrap();
    let mut otherwise = topic.clone();
    otherwise.cleanup = Cleanup::Retain(std::time::Duration::from_mins(1));
    for wrong in [otherwise, topic.with_partitions(4)] {
        let refused = stand.two.ensure_topics(&[wrong]).await.unwrap_err();
        assert!(matches!(refused, PortError::Invalid(_)), "{refused:?}");
    }
    let missing = unique("missing");
    let lost = record(&Topic::compacted(&missing), "k", 1);
    let refused = stand.one.publish(vec![lost]).await.unwrap_err();
    assert!(matches!(refused, PortError::Invalid(_)), "{refused:?}");
    assert!(stand.one.subscribe("g", &[&missing]).await.is_err());
    assert!(stand.one.replay(&missing).await.is_err());
}

/// Nothing of a batch is published when one of its records is refused.
pub async fn records_that_are_too_large_are_refused(stand: Stand) {
    let topic = stand.retained().await;
    let mut large = record(&topic, "k", 2);
    large.payload = Some(vec![0; limits::MAX_PAYLOAD + 1].into());
    let batch = vec![record(&topic, "k", 1), large.clone()];
    assert!(matches!(
        stand.one.publish(batch).await,
        Err(PortError::Invalid(_))
    ));
    let many = vec![record(&topic, "k", 1); limits::MAX_BATCH + 1];
    assert!(matches!(
        stand.one.publish(many).await,
        Err(PortError::Invalid(_))
    ));
    large.payload = Some(vec![7; limits::MAX_PAYLOAD].into());
    stand.publish(std::slice::from_ref(&large)).await;
    let mut consumer = stand.consumer(&unique("g"), &topic).await;
    assert_eq!(take(&mut *consumer, 1).await[0].record, large);
}
