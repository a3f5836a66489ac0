//! What every bus must do.

mod dead;
mod group;
mod log;

use std::{any::Any, collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use sv_kernel::{Entropy as _, SystemEntropy, Tenant};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use self::{dead::*, group::*, log::*};
use crate::{
    Bus, Consumer, ConsumerOptions, Delivery, Handler, PortResult, Position, Record, Topic,
    run_consumer,
};

/// The longest that anything here may take.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A bus as two processes see it.
#[derive(Debug)]
pub struct Stand {
    /// The bus.
    pub one: Arc<dyn Bus>,
    /// The same bus through a second client.
    pub two: Arc<dyn Bus>,
    /// What lives as long as the bus, e.g. its folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Expands to one test per promise of the bus.
#[macro_export]
macro_rules! bus_suite {
    ($make:path) => {
        $crate::bus_suite!($make;
            records_come_in_order_per_key_with_all_their_parts
            tombstones_keep_their_version
            records_of_one_publish_keep_their_order
            many_publishers_lose_and_mix_up_nothing
            replay_ends_where_the_topic_ended_when_it_began
            topics_must_exist_and_be_as_asked
            records_that_are_too_large_are_refused
            a_group_goes_on_where_it_committed_and_another_begins_at_the_oldest
            records_that_were_not_committed_come_again
            a_record_published_elsewhere_ends_the_wait
            a_second_member_takes_over_what_a_closed_one_held
            two_members_together_handle_every_record
            a_paused_partition_waits_while_others_go_on
            lag_counts_what_is_not_committed
            transient_faults_are_retried_while_other_partitions_go_on
            poison_becomes_a_dead_letter_after_five_tries
            a_panic_is_poison
            dead_letters_are_tried_again_by_their_group_only
            dead_tombstones_are_tried_again_as_tombstones
            dead_letters_can_be_dropped
            a_failed_flush_finds_the_record_at_fault
            shutdown_commits_what_was_handled
        );
    };
    ($make:path; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::conformance::bus::$case($make().await).await;
            }
        )*
    };
}

impl Stand {
    /// Creates a topic with a name of its own.
    async fn retained(&self) -> Topic {
        self.create(Topic::retained(unique("events"), Duration::from_hours(1)))
            .await
    }

    async fn create(&self, topic: Topic) -> Topic {
        let topics = [topic.dead_letters(), topic];
        self.one.ensure_topics(&topics).await.unwrap();
        let [_, topic] = topics;
        topic
    }

    /// Finds two keys that go to different partitions.
    async fn two_keys(&self, topic: &Topic) -> (String, String) {
        let first = self.publish(&[record(topic, "key", 0)]).await.remove(0);
        for number in 0..1000 {
            let key = format!("key-{number}");
            let at = self.publish(&[record(topic, &key, 0)]).await.remove(0);
            if at.partition != first.partition {
                return ("key".into(), key);
            }
        }
        panic!("all keys go to {}", first.partition);
    }

    async fn publish(&self, records: &[Record]) -> Vec<Position> {
        self.one.publish(records.to_vec()).await.unwrap()
    }

    async fn consumer(&self, group: &str, topic: &Topic) -> Box<dyn Consumer> {
        self.one.subscribe(group, &[&topic.name]).await.unwrap()
    }

    /// Runs a handler until it is stopped.
    fn run(&self, group: &str, topic: &Topic, handler: &Arc<impl Handler + 'static>) -> Running {
        let options = ConsumerOptions {
            first_wait: Duration::from_millis(5),
            longest_wait: Duration::from_millis(20),
            ..ConsumerOptions::new(group, [topic.clone()])
        };
        let stop = CancellationToken::new();
        let run = run_consumer(self.one.clone(), options, handler.clone(), stop.clone());
        Running {
            task: tokio::spawn(run),
            stop,
        }
    }
}

/// A consumer that runs.
struct Running {
    task: JoinHandle<PortResult<()>>,
    stop: CancellationToken,
}

impl Running {
    async fn stop(self) {
        self.stop.cancel();
        timeout(TIMEOUT, self.task).await.unwrap().unwrap().unwrap();
    }
}

/// Adds to a name what no other test adds.
fn unique(name: &str) -> String {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    format!("{name}-{:016x}", u64::from_be_bytes(random))
}

/// Makes a record whose payload tells its version.
fn record(topic: &Topic, key: &str, version: i64) -> Record {
    let mut random = [0; 16];
    SystemEntropy.fill(&mut random);
    Record {
        topic: topic.name.as_str().into(),
        key: key.into(),
        payload: Some(Bytes::from(format!("{key} {version}"))),
        event_id: Uuid::from_bytes(random),
        version,
        tenant: Tenant::default(),
        traceparent: None,
        headers: BTreeMap::new(),
    }
}

/// Polls until so many records came.
async fn take(consumer: &mut dyn Consumer, count: usize) -> Vec<Delivery> {
    let mut taken = Vec::new();
    let polling = async {
        while taken.len() < count {
            let batch = consumer
                .poll(count - taken.len(), Duration::from_secs(1))
                .await;
            taken.extend(batch.unwrap().deliveries);
        }
    };
    timeout(TIMEOUT, polling).await.unwrap();
    taken
}

/// Asserts that nothing comes.
async fn take_nothing(consumer: &mut dyn Consumer) {
    for _ in 0..3 {
        let batch = consumer.poll(10, Duration::from_millis(100)).await.unwrap();
        assert_eq!(batch.deliveries, []);
    }
}

/// Waits until something is so.
async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let watching = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(timeout(TIMEOUT, watching).await.is_ok(), "never: {what}");
}

fn versions_of<'a>(deliveries: impl IntoIterator<Item = &'a Delivery>, key: &str) -> Vec<i64> {
    let records = deliveries.into_iter().map(|delivery| &delivery.record);
    records
        .filter(|record| record.key == key)
        .map(|record| record.version)
        .collect()
}

fn positions(deliveries: &[Delivery]) -> Vec<Position> {
    deliveries
        .iter()
        .map(|delivery| delivery.position.clone())
        .collect()
}
