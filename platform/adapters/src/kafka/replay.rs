//! Reading a topic from its start to the end it has now.

use std::{collections::BTreeMap, time::Duration};

use futures::stream;
use rdkafka::{
    Message as _, Offset, TopicPartitionList,
    consumer::{Consumer as _, StreamConsumer},
    error::KafkaError,
};
use sv_ports::{Delivery, PortResult, Replay};
use tokio::time::timeout;

use super::{KafkaOptions, Logged, blocking, failed, watermarks, wire};

/// How long a replay waits for the next record before it gives up.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A replay under way.
struct Reader {
    consumer: Option<StreamConsumer<Logged>>,
    /// The ends of the partitions that are not read to their ends yet.
    open: BTreeMap<i32, i64>,
}

pub(super) async fn replay(
    options: &KafkaOptions,
    topic: &str,
    partitions: i32,
) -> PortResult<Replay> {
    // A client needs a group's name to consume, but this one never joins or commits.
    let group = format!("{topic}.replay");
    let config = options.config(&[
        ("group.id", &group),
        ("enable.auto.commit", "false"),
        ("enable.partition.eof", "true"),
        ("queued.max.messages.kbytes", "16384"),
    ]);
    let topic = topic.to_owned();
    let assigned = blocking(move || {
        let consumer: StreamConsumer<Logged> = config.create_with_context(Logged::default())?;
        let (mut ends, mut open) = (Vec::new(), BTreeMap::new());
        let mut assignment = TopicPartitionList::new();
        for partition in 0..partitions {
            let (low, high) = watermarks(&consumer, &topic, partition)?;
            ends.push(high);
            if low < high {
                open.insert(partition, high);
                assignment.add_partition_offset(&topic, partition, Offset::Offset(low))?;
            }
        }
        consumer.assign(&assignment)?;
        Ok((consumer, ends, open))
    });
    let (consumer, ends, open) = assigned.await?;
    let ends = ends
        .into_iter()
        .map(|end| u64::try_from(end).map_err(failed));
    let reader = Reader {
        consumer: Some(consumer),
        open,
    };
    let records = stream::try_unfold(reader, |mut reader| async move {
        let delivery = reader.next().await?;
        Ok(delivery.map(|delivery| (delivery, reader)))
    });
    Ok(Replay {
        ends: ends.collect::<PortResult<_>>()?,
        records: Box::pin(records),
    })
}

impl Reader {
    async fn next(&mut self) -> PortResult<Option<Delivery>> {
        let Some(consumer) = &self.consumer else {
            return Ok(None);
        };
        while !self.open.is_empty() {
            match timeout(TIMEOUT, consumer.recv()).await.map_err(failed)? {
                Ok(message) => {
                    let partition = message.partition();
                    let Some(end) = self.open.get(&partition).copied() else {
                        continue;
                    };
                    if message.offset() + 1 >= end {
                        self.open.remove(&partition);
                    }
                    if message.offset() < end {
                        return Ok(Some(wire::delivery(&message)));
                    }
                }
                // The record before the end may have been compacted away.
                Err(KafkaError::PartitionEOF(partition)) => {
                    self.open.remove(&partition);
                }
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(None)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        super::consumer::close_apart(self.consumer.take());
    }
}
