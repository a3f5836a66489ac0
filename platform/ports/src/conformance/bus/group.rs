//! Groups: who gets what, and where they go on.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;

use super::{
    Stand, TIMEOUT, eventually, positions, record, take, take_nothing, unique, versions_of,
};
use crate::{Delivery, HandleError, Handler};

/// Groups do not disturb each other, and a new one begins at the oldest record.
pub async fn a_group_goes_on_where_it_committed_and_another_begins_at_the_oldest(stand: Stand) {
    let topic = stand.retained().await;
    let sent: Vec<_> = (1..=10)
        .map(|version| record(&topic, "k", version))
        .collect();
    stand.publish(&sent).await;
    let (group, other) = (unique("g"), unique("g"));
    let mut consumer = stand.consumer(&group, &topic).await;
    let first = take(&mut *consumer, 4).await;
    consumer.commit(&positions(&first)).await.unwrap();
    consumer.close().await.unwrap();
    let mut consumer = stand.consumer(&group, &topic).await;
    let rest = take(&mut *consumer, 6).await;
    assert_eq!(versions_of(&rest, "k"), [5, 6, 7, 8, 9, 10]);
    let mut another = stand.consumer(&other, &topic).await;
    assert_eq!(take(&mut *another, 10).await.len(), 10);
}

/// Without a commit the work counts as not done.
pub async fn records_that_were_not_committed_come_again(stand: Stand) {
    let topic = stand.retained().await;
    stand
        .publish(&[record(&topic, "k", 1), record(&topic, "k", 2)])
        .await;
    let group = unique("g");
    let mut consumer = stand.consumer(&group, &topic).await;
    let first = take(&mut *consumer, 2).await;
    consumer.commit(&positions(&first[..1])).await.unwrap();
    consumer.close().await.unwrap();
    let mut consumer = stand.consumer(&group, &topic).await;
    assert_eq!(versions_of(&take(&mut *consumer, 1).await, "k"), [2]);
    take_nothing(&mut *consumer).await;
}

/// A waiting consumer hears of records that another process publishes.
pub async fn a_record_published_elsewhere_ends_the_wait(stand: Stand) {
    let topic = stand.retained().await;
    let mut consumer = stand.consumer(&unique("g"), &topic).await;
    take_nothing(&mut *consumer).await;
    let wait = consumer.poll(1, TIMEOUT);
    let publish = stand.two.publish(vec![record(&topic, "k", 1)]);
    let (batch, published) = tokio::join!(wait, publish);
    published.unwrap();
    assert_eq!(versions_of(&batch.unwrap().deliveries, "k"), [1]);
}

/// A clean end hands over at once, with nothing lost and nothing done twice.
pub async fn a_second_member_takes_over_what_a_closed_one_held(stand: Stand) {
    let topic = stand.retained().await;
    let sent: Vec<_> = (0..30)
        .map(|n| record(&topic, &format!("k{n}"), 1))
        .collect();
    stand.publish(&sent[..20]).await;
    let group = unique("g");
    let mut first = stand.consumer(&group, &topic).await;
    let before = take(&mut *first, 20).await;
    first.commit(&positions(&before)).await.unwrap();
    first.close().await.unwrap();
    stand.publish(&sent[20..]).await;
    let mut second = stand.two.subscribe(&group, &[&topic.name]).await.unwrap();
    let after = take(&mut *second, 10).await;
    let keys = |deliveries: &[Delivery]| -> BTreeSet<_> {
        deliveries
            .iter()
            .map(|delivery| delivery.record.key.clone())
            .collect()
    };
    assert!(keys(&before).is_disjoint(&keys(&after)));
    assert_eq!(keys(&before).len() + keys(&after).len(), 30);
}

/// Counts what it handles.
#[derive(Default)]
struct Counting(Mutex<Vec<Delivery>>);

impl Counting {
    fn seen(&self) -> Vec<Delivery> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Handler for Counting {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        self.0.lock().unwrap().push(delivery.clone());
        Ok(())
    }
}

/// Members of one group may come and go; together they miss nothing.
pub async fn two_members_together_handle_every_record(stand: Stand) {
    let topic = stand.retained().await;
    let group = unique("g");
    let handler = Arc::new(Counting::default());
    let swapped = Stand {
        one: stand.two.clone(),
        two: stand.one.clone(),
        keep: Box::new(()),
    };
    let first = stand.run(&group, &topic, &handler);
    let mut sent = BTreeSet::new();
    let second = swapped.run(&group, &topic, &handler);
    for n in 0..60 {
        let record = record(&topic, &format!("k{}", n % 7), n);
        sent.insert(record.event_id);
        stand.publish(&[record]).await;
    }
    first.stop().await;
    let all = || async {
        let seen: BTreeSet<_> = handler.seen().iter().map(|d| d.record.event_id).collect();
        seen == sent
    };
    eventually("every record is handled", all).await;
    second.stop().await;
}

/// While one partition is paused the others deliver; resumed, it goes on without a gap.
pub async fn a_paused_partition_waits_while_others_go_on(stand: Stand) {
    let topic = stand.retained().await;
    let (a, b) = stand.two_keys(&topic).await;
    let group = unique("g");
    let mut consumer = stand.consumer(&group, &topic).await;
    let lag = usize::try_from(stand.one.lag(&group, &topic.name).await.unwrap()).unwrap();
    take(&mut *consumer, lag).await;
    let at = stand.publish(&[record(&topic, &a, 1)]).await.remove(0);
    take(&mut *consumer, 1).await;
    consumer.pause(&at.partition).await.unwrap();
    stand
        .publish(&[
            record(&topic, &a, 2),
            record(&topic, &b, 1),
            record(&topic, &b, 2),
        ])
        .await;
    let others = take(&mut *consumer, 2).await;
    assert_eq!(versions_of(&others, &b), [1, 2]);
    take_nothing(&mut *consumer).await;
    consumer.resume(&at.partition).await.unwrap();
    assert_eq!(versions_of(&take(&mut *consumer, 1).await, &a), [2]);
}

/// Lag is what operators alarm on.
pub async fn lag_counts_what_is_not_committed(stand: Stand) {
    let topic = stand.retained().await;
    let group = unique("g");
    let lag = || async { stand.two.lag(&group, &topic.name).await.unwrap() };
    assert_eq!(lag().await, 0);
    let sent: Vec<_> = (0..9)
        .map(|n| record(&topic, &format!("k{n}"), 1))
        .collect();
    stand.publish(&sent).await;
    assert_eq!(lag().await, 9);
    let mut consumer = stand.consumer(&group, &topic).await;
    let got = take(&mut *consumer, 9).await;
    assert_eq!(lag().await, 9, "delivered is not done");
    consumer.commit(&positions(&got)).await.unwrap();
    assert_eq!(lag().await, 0);
}

/// The end of a process in good order leaves nothing to do twice.
pub async fn shutdown_commits_what_was_handled(stand: Stand) {
    let topic = stand.retained().await;
    let group = unique("g");
    let handler = Arc::new(Counting::default());
    let running = stand.run(&group, &topic, &handler);
    for version in 0..5 {
        stand.publish(&[record(&topic, "k", version)]).await;
    }
    eventually("all are handled", || async { handler.seen().len() == 5 }).await;
    running.stop().await;
    assert_eq!(stand.one.lag(&group, &topic.name).await.unwrap(), 0);
    let mut consumer = stand.consumer(&group, &topic).await;
    take_nothing(&mut *consumer).await;
    tokio::time::timeout(Duration::from_secs(30), consumer.close())
        .await
        .unwrap()
        .unwrap();
}
