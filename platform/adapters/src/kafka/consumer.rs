//! A member of a group on Kafka.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::FutureExt as _;
use rdkafka::{
    ClientContext, Offset, TopicPartitionList,
    config::RDKafkaLogLevel,
    consumer::{
        BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance, StreamConsumer,
    },
    error::KafkaError,
    types::RDKafkaErrorCode,
};
use sv_ports::{Batch, Consumer, Delivery, PortResult, Position, TopicPartition};
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};

use super::{KafkaOptions, failed, log, wire};

/// How long a commit or the end of a membership may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// How long the brokers keep a silent member's partitions for it, in milliseconds: what follows
/// from events stands still for so long after a process was killed.
const SESSION_MS: &str = "10000";

/// A member of a group.
pub(super) struct Member {
    consumer: Option<Arc<StreamConsumer<Watcher>>>,
    group: String,
    /// What could not be committed because the group was just sharing out its partitions anew.
    uncommitted: BTreeMap<TopicPartition, i64>,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

impl Member {
    pub(super) fn join(options: &KafkaOptions, group: &str, topics: &[&str]) -> PortResult<Self> {
        let config = options.config(&[
            ("group.id", group),
            ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "earliest"),
            ("allow.auto.create.topics", "false"),
            ("session.timeout.ms", SESSION_MS),
            ("max.poll.interval.ms", "300000"),
            ("queued.max.messages.kbytes", "16384"),
        ]);
        let consumer: StreamConsumer<Watcher> = config
            .create_with_context(Watcher::default())
            .map_err(failed)?;
        consumer.subscribe(topics).map_err(failed)?;
        Ok(Self {
            consumer: Some(Arc::new(consumer)),
            group: group.into(),
            uncommitted: BTreeMap::new(),
        })
    }

    fn consumer(&self) -> PortResult<&Arc<StreamConsumer<Watcher>>> {
        self.consumer
            .as_ref()
            .ok_or_else(|| failed("the consumer is closed"))
    }

    async fn commit_what_is_left(&mut self) -> PortResult<()> {
        let consumer = self.consumer()?.clone();
        {
            let state = consumer.context().state();
            self.uncommitted
                .retain(|partition, _| state.held.contains(partition));
        }
        if self.uncommitted.is_empty() {
            return Ok(());
        }
        let mut stands = TopicPartitionList::new();
        for (partition, next) in &self.uncommitted {
            let number = number(partition)?;
            let added =
                stands.add_partition_offset(&partition.topic, number, Offset::Offset(*next));
            added.map_err(failed)?;
        }
        let commit = spawn_blocking(move || consumer.commit(&stands, CommitMode::Sync));
        let committed = timeout(DEADLINE, commit)
            .await
            .map_err(failed)?
            .map_err(failed)?;
        match committed {
            Ok(()) => self.uncommitted.clear(),
            // The next poll hears what is still ours, and commits that.
            Err(error) if is_moving(&error) => {}
            Err(error) => return Err(failed(error)),
        }
        Ok(())
    }
}

#[async_trait]
impl Consumer for Member {
    async fn poll(&mut self, max: usize, wait: Duration) -> PortResult<Batch> {
        self.commit_what_is_left().await?;
        let until = Instant::now() + wait;
        let consumer = self.consumer()?;
        let mut deliveries: Vec<Delivery> = Vec::new();
        loop {
            // Waits only while nothing was taken, so that cancelling loses nothing.
            let next = if deliveries.is_empty() {
                timeout_at(until, consumer.recv()).await.ok()
            } else {
                consumer.recv().now_or_never()
            };
            let revoked = consumer.context().take_revoked();
            deliveries.retain(|delivery| !revoked.contains(&delivery.position.partition));
            let over = next.is_none();
            match next {
                Some(Ok(message)) => deliveries.push(wire::delivery(&message)),
                Some(Err(error)) => note(&self.group, &error)?,
                None => {}
            }
            if over || !revoked.is_empty() || deliveries.len() >= max {
                return Ok(Batch {
                    revoked,
                    deliveries,
                });
            }
        }
    }

    async fn commit(&mut self, done: &[Position]) -> PortResult<()> {
        for position in done {
            let next = i64::try_from(position.offset + 1).map_err(failed)?;
            let stands = self
                .uncommitted
                .entry(position.partition.clone())
                .or_insert(next);
            *stands = next.max(*stands);
        }
        self.commit_what_is_left().await
    }

    async fn pause(&mut self, partition: &TopicPartition) -> PortResult<()> {
        let consumer = self.consumer()?;
        let mut state = consumer.context().state();
        if state.held.contains(partition) && state.paused.insert(partition.clone()) {
            consumer.pause(&list(partition)?).map_err(failed)?;
        }
        Ok(())
    }

    async fn resume(&mut self, partition: &TopicPartition) -> PortResult<()> {
        let consumer = self.consumer()?;
        let mut state = consumer.context().state();
        if state.held.contains(partition) && state.paused.remove(partition) {
            consumer.resume(&list(partition)?).map_err(failed)?;
        }
        Ok(())
    }

    async fn close(mut self: Box<Self>) -> PortResult<()> {
        self.commit_what_is_left().await?;
        // Leaves the group; librdkafka blocks until that is done.
        let consumer = self.consumer.take();
        let leaving = spawn_blocking(move || drop(consumer));
        timeout(DEADLINE, leaving)
            .await
            .map_err(failed)?
            .map_err(failed)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        close_apart(self.consumer.take());
    }
}

/// Drops a consumer, which blocks, outside the runtime's threads.
pub(super) fn close_apart<T: Send + 'static>(consumer: Option<T>) {
    if let (Some(consumer), Ok(runtime)) = (consumer, tokio::runtime::Handle::try_current()) {
        runtime.spawn_blocking(move || drop(consumer));
    }
}

/// Errors that pass by themselves are logged; after the others there is no way on.
fn note(group: &str, error: &KafkaError) -> PortResult<()> {
    let is_final = matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::Fatal
                | RDKafkaErrorCode::GroupAuthorizationFailed
                | RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::UnknownTopicOrPartition
        )
    );
    if is_final {
        return Err(failed(error.clone()));
    }
    tracing::warn!(group, cause = %error, "bus.consumer.troubled");
    Ok(())
}

/// Says whether a commit failed only because partitions are being shared out anew.
fn is_moving(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::IllegalGeneration
                | RDKafkaErrorCode::UnknownMemberId
                | RDKafkaErrorCode::RebalanceInProgress
                | RDKafkaErrorCode::AssignmentLost
        )
    )
}

fn number(partition: &TopicPartition) -> PortResult<i32> {
    i32::try_from(partition.partition).map_err(failed)
}

fn list(partition: &TopicPartition) -> PortResult<TopicPartitionList> {
    let mut list = TopicPartitionList::new();
    list.add_partition(&partition.topic, number(partition)?);
    Ok(list)
}

/// Hears which partitions come and go. Called from within `recv`.
#[derive(Default)]
struct Watcher(Mutex<State>);

#[derive(Default)]
struct State {
    held: BTreeSet<TopicPartition>,
    paused: BTreeSet<TopicPartition>,
    revoked: Vec<TopicPartition>,
}

impl Watcher {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_revoked(&self) -> Vec<TopicPartition> {
        std::mem::take(&mut self.state().revoked)
    }
}

impl ClientContext for Watcher {
    fn log(&self, level: RDKafkaLogLevel, part: &str, text: &str) {
        log(level, part, text);
    }

    fn error(&self, error: KafkaError, why: &str) {
        tracing::warn!(cause = %error, why, "bus.client.failed");
    }
}

impl ConsumerContext for Watcher {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, change: &Rebalance<'_>) {
        if let Rebalance::Revoke(partitions) = change {
            let mut state = self.state();
            for partition in partitions_of(partitions) {
                state.held.remove(&partition);
                state.revoked.push(partition);
            }
        }
    }

    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, change: &Rebalance<'_>) {
        if let Rebalance::Assign(partitions) = change {
            let mut state = self.state();
            for partition in partitions_of(partitions) {
                // librdkafka remembers the pause of a partition that went and came back.
                if state.paused.remove(&partition)
                    && let Ok(list) = list(&partition)
                    && let Err(error) = consumer.resume(&list)
                {
                    tracing::warn!(%partition, cause = %error, "bus.resume.failed");
                }
                state.held.insert(partition);
            }
        }
    }
}

fn partitions_of(list: &TopicPartitionList) -> Vec<TopicPartition> {
    let elements = list.elements();
    let read =
        |element: &rdkafka::topic_partition_list::TopicPartitionListElem<'_>| TopicPartition {
            topic: element.topic().into(),
            partition: element.partition().unsigned_abs(),
        };
    elements.iter().map(read).collect()
}
