//! Records that services tell each other, in order per key (EVT-1..9, C20).
//!
//! A producer hands records to [`Bus::publish`]; a consumer is a [`Handler`] that
//! [`run_consumer`] drives. Delivery is at least once: a handler records
//! [`Record::event_id`] with its effect in one transaction, or writes by [`Record::version`].

mod dead;
mod handler;
mod record;
mod run;
mod topic;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;

pub use dead::{DeadLetter, dead_letter, dead_letters, drop_dead_letters, retry_dead_letters};
pub use handler::{HandleError, Handler};
pub(crate) use record::fnv_1a;
pub use record::{Delivery, Position, Record, TopicPartition, headers, limits};
pub use run::{ConsumerOptions, run_consumer};
pub use topic::Topic;
pub(crate) use topic::validate_name;

use crate::PortResult;

/// Carries records between services.
#[async_trait]
pub trait Bus: Send + Sync + fmt::Debug {
    /// Creates the topics that do not exist. One that exists with another number of partitions or
    /// the other kind of cleanup is an error; so is publishing or subscribing to one that was never
    /// created. How long an existing topic retains its records may differ.
    async fn ensure_topics(&self, topics: &[Topic]) -> PortResult<()>;

    /// Appends up to [`limits::MAX_BATCH`] records, in order per key, and returns where they
    /// stand once all of them are durable. After an error some, all or none may have been
    /// appended: publishing again is right, since consumers know events by their ids. A bus may know
    /// them, too, and return where they stand.
    async fn publish(&self, records: Vec<Record>) -> PortResult<Vec<Position>>;

    /// Joins a group, whose members share the topics' partitions and commit where they stand.
    /// A group begins at the oldest record.
    async fn subscribe(&self, group: &str, topics: &[&str]) -> PortResult<Box<dyn Consumer>>;

    /// Reads a topic from its oldest record to the end it has now, in order per key, outside any
    /// group: to rebuild what follows from it.
    async fn replay(&self, topic: &str) -> PortResult<Replay>;

    /// Counts the records of a topic that a group has not committed; compacted ones may count.
    async fn lag(&self, group: &str, topic: &str) -> PortResult<u64>;

    /// Fails while there is no room for further records: looks again where a publish has found none.
    async fn check_room(&self) -> PortResult<()> {
        Ok(())
    }

    /// Fails where what is published would be lost, though it were taken.
    async fn check_place(&self) -> PortResult<()> {
        Ok(())
    }

    /// Closes what it holds open; nothing is published or read after it.
    async fn close(&self) -> PortResult<()> {
        Ok(())
    }
}

/// One member of a group. [`run_consumer`] is its usual user.
#[async_trait]
pub trait Consumer: Send + fmt::Debug {
    /// Waits up to `wait` for records and returns up to `max` of them, never of a paused
    /// partition. Cancelling the future loses no record.
    async fn poll(&mut self, max: usize, wait: Duration) -> PortResult<Batch>;

    /// Records durably that the group has dealt with everything up to and including these
    /// positions. Partitions that meanwhile belong to another member are left as they are; the
    /// next poll reports them as revoked.
    async fn commit(&mut self, done: &[Position]) -> PortResult<()>;

    /// Stops delivering a partition. One that is not this member's is left as it is.
    async fn pause(&mut self, partition: &TopicPartition) -> PortResult<()>;

    /// Delivers a paused partition again, after the last record that was delivered. One
    /// that is not this member's is left as it is.
    async fn resume(&mut self, partition: &TopicPartition) -> PortResult<()>;

    /// Leaves the group, so that other members take over at once.
    async fn close(self: Box<Self>) -> PortResult<()>;
}

/// What one poll brings.
#[derive(Debug, Default)]
pub struct Batch {
    /// Partitions that were taken away: undone work on them is another member's now. Happened
    /// before the deliveries of this batch.
    pub revoked: Vec<TopicPartition>,
    /// Records, in order within each partition.
    pub deliveries: Vec<Delivery>,
}

/// A topic's records from the oldest to an end captured at the start.
pub struct Replay {
    /// Per partition, in their order, the offset at which the replay ends (exclusive).
    pub ends: Vec<u64>,
    /// The records. An error ends the stream.
    pub records: BoxStream<'static, PortResult<Delivery>>,
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("ends", &self.ends)
            .finish_non_exhaustive()
    }
}
